// A library with the functions of NVIDIA's driver that the loader looks for, for its tests. What it simulates is chosen
// when it is compiled: FAKE_VERSION, FAKE_DEVICES, FAKE_INIT (cuInit's answer), FAKE_WITHOUT_LAUNCH. Device memory is
// the host's; a "kernel" adds up the two integers of its arguments.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef FAKE_VERSION
#define FAKE_VERSION 12040
#endif
#ifndef FAKE_DEVICES
#define FAKE_DEVICES 2
#endif
#ifndef FAKE_INIT
#define FAKE_INIT (FAKE_DEVICES == 0 ? 100 : 0)
#endif

enum { INVALID_VALUE = 1, OUT_OF_MEMORY = 2, INVALID_DEVICE = 101, INVALID_PTX = 218, ILLEGAL_ADDRESS = 700 };

static int32_t objects, sum;  // streams, events, modules, contexts and memory that were not given back

int cuInit(unsigned flags) { return flags == 0 ? FAKE_INIT : INVALID_VALUE; }

int cuDriverGetVersion(int *version) {
    *version = FAKE_VERSION;
    return 0;
}

int cuGetErrorName(int code, const char **text) {
    switch (code) {
    case OUT_OF_MEMORY: *text = "CUDA_ERROR_OUT_OF_MEMORY"; return 0;
    case INVALID_PTX: *text = "CUDA_ERROR_INVALID_PTX"; return 0;
    case ILLEGAL_ADDRESS: *text = "CUDA_ERROR_ILLEGAL_ADDRESS"; return 0;
    case 3: *text = "CUDA_ERROR_NOT_INITIALIZED"; return 0;
    default: return INVALID_VALUE;
    }
}

int cuGetErrorString(int code, const char **text) {
    if (cuGetErrorName(code, text) != 0) return INVALID_VALUE;
    *text = code == OUT_OF_MEMORY ? "out of memory" : "something was wrong";
    return 0;
}

int cuDeviceGetCount(int *count) {
    *count = FAKE_DEVICES;
    return 0;
}

int cuDeviceGet(int *device, int index) {
    if (index < 0 || index >= FAKE_DEVICES) return INVALID_DEVICE;
    *device = 40 + index;  // a handle, not the index
    return 0;
}

int cuDeviceGetName(char *name, int bytes, int device) {
    snprintf(name, (size_t)bytes, "Imagined %d", device - 40);
    return 0;
}

// GPU-ab010203-0405-0607-0809-0a0b0c0d0e00 and so on: they differ in the last digits alone, device 2 in the first too.
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
    for (int i = 0; i < 16; i++) uuid[i] = (unsigned char)i;
    uuid[0] = device == 42 ? 0xcd : 0xab;
    uuid[15] = (unsigned char)(device - 40);
    return 0;
}

// Device 2 is of an old generation.
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    switch (attribute) {
    case 16: *value = 132; return 0;
    case 75: *value = device == 42 ? 6 : 9; return 0;
    case 76: *value = device == 42 ? 1 : 0; return 0;
    default: return INVALID_VALUE;
    }
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    (void)device;
    *bytes = (size_t)80 << 30;
    return 0;
}

static int make(void **object) {
    *object = &objects;
    objects++;
    return 0;
}

static int give_back(void) {
    objects--;
    return 0;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
    return device >= 40 && device < 40 + FAKE_DEVICES ? make(context) : INVALID_DEVICE;
}
int cuDevicePrimaryCtxRelease_v2(int device) { return device >= 40 ? give_back() : INVALID_DEVICE; }
int cuCtxSetCurrent(void *context) { return context == NULL || context == &objects ? 0 : INVALID_VALUE; }

int cuModuleLoadDataEx(void **module, const void *image, unsigned options, int *option, void **value) {
    if (strstr(image, ".version") != NULL) return make(module);
    for (unsigned i = 0; i < options; i++) {
        if (option[i] == 5 && options > 1 && option[1 - i] == 6 && (size_t)value[1 - i] > 64) {
            strcpy(value[i], "ptxas: Missing .version directive");
        }
    }
    return INVALID_PTX;
}
int cuModuleUnload(void *module) { return module == &objects ? give_back() : INVALID_VALUE; }

int cuModuleGetFunction(void **function, void *module, const char *name) {
    if (module != &objects || strcmp(name, "add") != 0) return 500;
    *function = &sum;
    return 0;
}

int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    *free_bytes = (size_t)79 << 30;
    *total = (size_t)80 << 30;
    return 0;
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
    if (bytes > (size_t)1 << 30) return OUT_OF_MEMORY;
    objects++;
    *address = (uint64_t)(uintptr_t)calloc(1, bytes);
    return 0;
}
int cuMemFree_v2(uint64_t address) {
    free((void *)(uintptr_t)address);
    return give_back();
}
int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
    objects++;
    *memory = malloc(bytes);
    return flags == 0 ? 0 : INVALID_VALUE;
}
int cuMemFreeHost(void *memory) {
    free(memory);
    return give_back();
}

int cuMemcpyHtoDAsync_v2(uint64_t target, const void *source, size_t bytes, void *stream) {
    if (stream != &objects) return INVALID_VALUE;
    memcpy((void *)(uintptr_t)target, source, bytes);
    return 0;
}
int cuMemcpyDtoHAsync_v2(void *target, uint64_t source, size_t bytes, void *stream) {
    if (stream != &objects) return INVALID_VALUE;
    memcpy(target, (void *)(uintptr_t)source, bytes);
    return 0;
}
int cuMemsetD32Async(uint64_t target, unsigned value, size_t words, void *stream) {
    if (stream != &objects) return INVALID_VALUE;
    for (size_t i = 0; i < words; i++) ((unsigned *)(uintptr_t)target)[i] = value;
    return 0;
}

#ifndef FAKE_WITHOUT_LAUNCH
int cuLaunchKernel(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                   unsigned block_y, unsigned block_z, unsigned shared_bytes, void *stream, void **parameters,
                   void **extra) {
    if (function != &sum || stream != &objects || extra != NULL || block_y != 1 || block_z != 1 || shared_bytes != 0) {
        return INVALID_VALUE;
    }
    const struct {
        int32_t *result, a, b;
    } *arguments = parameters[0];
    if (arguments->result == NULL) return ILLEGAL_ADDRESS;
    *arguments->result = (arguments->a + arguments->b) * (int32_t)(grid_x * grid_y * grid_z * block_x);
    return 0;
}
#endif

int cuStreamCreate(void **stream, unsigned flags) { return flags == 1 ? make(stream) : INVALID_VALUE; }
int cuStreamDestroy_v2(void *stream) { return stream == &objects ? give_back() : INVALID_VALUE; }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) {
    return stream == &objects && event == &objects && flags == 0 ? 0 : INVALID_VALUE;
}
int cuEventCreate(void **event, unsigned flags) { return flags == 1 || flags == 3 ? make(event) : INVALID_VALUE; }
int cuEventDestroy_v2(void *event) { return event == &objects ? give_back() : INVALID_VALUE; }
int cuEventRecord(void *event, void *stream) { return event == &objects && stream == &objects ? 0 : INVALID_VALUE; }
int cuEventSynchronize(void *event) { return event == &objects ? 0 : INVALID_VALUE; }
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
    *milliseconds = 1.5f;
    return begin == &objects && end == &objects ? 0 : INVALID_VALUE;
}

// What is captured is only counted: a graph's launch does nothing but say so.
static int is_captured = 0, graph_launches = 0;
int cuStreamBeginCapture_v2(void *stream, int mode) {
    if (stream != &objects || mode != 1 || is_captured) return INVALID_VALUE;
    is_captured = 1;
    return 0;
}
int cuStreamEndCapture(void *stream, void **graph) {
    if (stream != &objects || !is_captured) return INVALID_VALUE;
    is_captured = 0;
    return make(graph);
}
int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
    return graph == &objects && flags == 0 ? make(executable) : INVALID_VALUE;
}
int cuGraphLaunch(void *executable, void *stream) {
    if (executable != &objects || stream != &objects) return INVALID_VALUE;
    graph_launches++;
    return 0;
}
int cuGraphExecDestroy(void *executable) { return executable == &objects ? give_back() : INVALID_VALUE; }
int cuGraphDestroy(void *graph) { return graph == &objects ? give_back() : INVALID_VALUE; }

/// For the test: graphs that were launched.
int fake_graph_launches(void) { return graph_launches; }

/// For the test: what was not given back.
int fake_objects(void) { return objects; }
