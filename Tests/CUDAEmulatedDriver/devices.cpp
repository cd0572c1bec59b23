// The driver's version, its errors, devices and contexts.
#include <stdio.h>
#include <string.h>

#include "state.h"

using namespace emulated;

EXPORT int cuDriverGetVersion(int *version) {
    *version = 12040;
    return SUCCESS;
}

namespace {

struct Code {
    int code;
    const char *name, *text;
};

const Code codes[] = {
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
    {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error"},
};

const Code *find(int code) {
    for (const Code &known : codes) {
        if (known.code == code) return &known;
    }
    return nullptr;
}

/// The number of a device that is shown; -1 for other handles.
int index_of(int device) {
    for (int number : shown_devices()) {
        if (number == device - FIRST_HANDLE) return number;
    }
    return -1;
}

bool is_slice(int number) { return (state().settings.slices >> number & 1) != 0; }

/// That of a slice begins with its number and then 0xAA, that of a GPU with its number and then 0xEE.
void fill_uuid(unsigned char *uuid, int number, bool slice) {
    memset(uuid, slice ? 0xaa : 0xee, 16);
    uuid[0] = (unsigned char)number;
}

}  // namespace

std::vector<int> emulated::shown_devices() {
    const bool names_slices = state().visible.find("MIG-") != std::string::npos;
    std::vector<int> shown;
    for (int number = 0; number < (int)state().settings.devices; number++) {
        char name[16];
        snprintf(name, sizeof name, "MIG-%02xaaaaaa", number);
        if (is_slice(number) ? state().visible.find(name) != std::string::npos : !names_slices) shown.push_back(number);
    }
    return shown;
}

EXPORT int cuGetErrorName(int code, const char **text) {
    const Code *known = find(code);
    if (known == nullptr) return INVALID_VALUE;
    *text = known->name;
    return SUCCESS;
}

EXPORT int cuGetErrorString(int code, const char **text) {
    const Code *known = find(code);
    if (known == nullptr) return INVALID_VALUE;
    *text = known->text;
    return SUCCESS;
}

EXPORT int cuDeviceGetCount(int *count) {
    return guarded([&] {
        *count = (int)shown_devices().size();
        return (int)SUCCESS;
    });
}

EXPORT int cuDeviceGet(int *device, int index) {
    return guarded([&] {
        const std::vector<int> shown = shown_devices();
        if (index < 0 || (size_t)index >= shown.size()) return (int)INVALID_DEVICE;
        *device = FIRST_HANDLE + shown[(size_t)index];
        return (int)SUCCESS;
    });
}

// Whoever prints it says that this is no GPU.
EXPORT int cuDeviceGetName(char *name, int bytes, int device) {
    return guarded([&] {
        if (index_of(device) < 0) return (int)INVALID_DEVICE;
        snprintf(name, (size_t)bytes, "emulation on the CPU, no GPU");
        return (int)SUCCESS;
    });
}

EXPORT int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
    return guarded([&] {
        if (index_of(device) < 0) return (int)INVALID_DEVICE;
        fill_uuid(uuid, index_of(device), is_slice(index_of(device)));
        return (int)SUCCESS;
    });
}

// The whole GPU's, of a slice too.
EXPORT int cuDeviceGetUuid(unsigned char *uuid, int device) {
    return guarded([&] {
        if (index_of(device) < 0) return (int)INVALID_DEVICE;
        fill_uuid(uuid, is_slice(index_of(device)) ? 0 : index_of(device), false);
        return (int)SUCCESS;
    });
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
    return guarded([&] {
        if (index_of(device) < 0) return (int)INVALID_DEVICE;
        switch (attribute) {
        case 16: *value = (int)state().settings.multiprocessors; return (int)SUCCESS;
        case 75: *value = 7; return (int)SUCCESS;
        case 76: *value = 5; return (int)SUCCESS;
        default: return (int)INVALID_VALUE;
        }
    });
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    return guarded([&] {
        *bytes = state().settings.memory;
        return index_of(device) < 0 ? (int)INVALID_DEVICE : (int)SUCCESS;
    });
}

EXPORT int cuDevicePrimaryCtxRetain(void **context, int device) {
    return guarded([&] {
        const int index = index_of(device);
        if (index < 0) return (int)INVALID_DEVICE;
        if (state().contexts[index].sticky != SUCCESS) return state().contexts[index].sticky;
        state().contexts[index].device = device;
        state().contexts[index].references++;
        if (state().contexts[index].memory == nullptr) state().contexts[index].memory = ptx_memory_create();
        state().objects++;
        *context = &state().contexts[index];
        return (int)SUCCESS;
    });
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
    return guarded([&] {
        const int index = index_of(device);
        if (index < 0 || state().contexts[index].references == 0) return (int)INVALID_DEVICE;
        if (state().contexts[index].sticky != SUCCESS) return state().contexts[index].sticky;
        state().contexts[index].references--;
        state().objects--;
        return (int)SUCCESS;
    });
}

EXPORT int cuCtxSetCurrent(void *context) {
    return guarded([&] {
        current = static_cast<Context *>(context);
        return current == nullptr ? (int)SUCCESS : current->sticky;
    });
}
