#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ck_cuda_driver.h"

int32_t ck_cuda_device_count(const ck_cuda_driver *driver, int32_t *count, ck_cuda_error *error) {
    return ck_cuda_check(driver, driver->device_get_count(count), "cuDeviceGetCount", error);
}

static void print_uuid(const char *kind, const ck_cuda_uuid *uuid, char *text) {
    text += sprintf(text, "%s", kind);
    for (int i = 0; i < 16; i++) {
        // 4, 2, 2, 2 and 6 bytes.
        const int begins = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
        text += sprintf(text, "%s%02x", begins ? "-" : "", uuid->bytes[i]);
    }
}

int32_t ck_cuda_device_describe(const ck_cuda_driver *driver, int32_t index, ck_cuda_device *device,
                                ck_cuda_error *error) {
    memset(device, 0, sizeof *device);
    ck_cuda_uuid uuid, whole;
    size_t bytes = 0;
    if (!ck_cuda_check(driver, driver->device_get(&device->handle, index), "cuDeviceGet", error)) return 0;
    const int handle = device->handle;
    if (!ck_cuda_check(driver, driver->device_get_name(device->name, sizeof device->name, handle), "cuDeviceGetName",
                       error) ||
        !ck_cuda_check(driver, driver->device_get_uuid(&uuid, handle), "cuDeviceGetUuid", error) ||
        !ck_cuda_check(driver, driver->device_total_mem(&bytes, handle), "cuDeviceTotalMem", error)) {
        return 0;
    }
    const struct {
        int attribute;
        int32_t *value;
    } attributes[] = {{CK_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &device->compute_major},
                      {CK_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &device->compute_minor},
                      {CK_CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, &device->multiprocessors}};
    for (int i = 0; i < 3; i++) {
        const int code = driver->device_get_attribute(attributes[i].value, attributes[i].attribute, handle);
        if (!ck_cuda_check(driver, code, "cuDeviceGetAttribute", error)) return 0;
    }
    device->name[sizeof device->name - 1] = '\0';
    device->index = index;
    device->memory_bytes = bytes;
    // The older call gives the GPU's UUID where the newer one gives that of the slice.
    device->is_slice = driver->device_get_whole_uuid != NULL &&
                       driver->device_get_whole_uuid(&whole, handle) == CK_CUDA_SUCCESS &&
                       memcmp(&whole, &uuid, sizeof uuid) != 0;
    print_uuid(device->is_slice ? "MIG" : "GPU", &uuid, device->uuid);
    return 1;
}

// The index that a text of decimal digits says; -1 where it is none.
static int32_t index_of(const char *text) {
    if (text[0] == '\0' || strlen(text) > 6 || strspn(text, "0123456789") != strlen(text)) return -1;
    return (int32_t)strtol(text, NULL, 10);
}

static int32_t is_uuid(const char *text) {
    return strncasecmp(text, "GPU-", 4) == 0 || strncasecmp(text, "MIG-", 4) == 0;
}

static int32_t unknown(const ck_cuda_driver *driver, const char *wanted, int32_t count, int32_t matches,
                       ck_cuda_error *error) {
    if (matches > 1) {
        ck_cuda_fail(error, CK_CUDA_UNKNOWN_DEVICE,
                     "%d GPUs have a UUID that begins with %.64s, expected one; there are: ", matches, wanted);
    } else {
        ck_cuda_fail(error, CK_CUDA_UNKNOWN_DEVICE,
                     "no GPU is called %.64s, expected an index or the beginning of a UUID (GPU-..., MIG-...); there "
                     "are: ",
                     wanted);
    }
    for (int32_t index = 0; index < count; index++) {
        ck_cuda_device device;
        ck_cuda_error ignored;
        const size_t used = strlen(error->text);
        if (!ck_cuda_device_describe(driver, index, &device, &ignored)) continue;
        snprintf(error->text + used, sizeof error->text - used, "%s%d (%s, %s)", index == 0 ? "" : ", ", index,
                 device.uuid, device.name);
    }
    if (strncasecmp(wanted, "MIG-", 4) == 0) {
        const char *visible = getenv("CUDA_VISIBLE_DEVICES");
        const size_t used = strlen(error->text);
        snprintf(error->text + used, sizeof error->text - used,
                 "; CUDA shows a process those slices of GPUs that CUDA_VISIBLE_DEVICES (%.200s) names by their whole "
                 "UUIDs, and no more than one with most drivers",
                 visible == NULL ? "not set" : visible);
    }
    return 0;
}

int32_t ck_cuda_device_find(const ck_cuda_driver *driver, const char *wanted, ck_cuda_device *device,
                            ck_cuda_error *error) {
    int32_t count = 0, matches = 0, found = index_of(wanted);
    if (!ck_cuda_device_count(driver, &count, error)) return 0;
    if (found >= 0) {
        matches = found < count;
    } else if (is_uuid(wanted)) {
        for (int32_t index = 0; index < count; index++) {
            if (!ck_cuda_device_describe(driver, index, device, error)) return 0;
            if (strncasecmp(device->uuid, wanted, strlen(wanted)) == 0) {
                found = index;
                matches++;
            }
        }
    }
    if (matches != 1) return unknown(driver, wanted, count, matches, error);
    if (!ck_cuda_device_describe(driver, found, device, error)) return 0;
    if (device->compute_major * 10 + device->compute_minor < CK_CUDA_COMPUTE_CAPABILITY) {
        return ck_cuda_fail(error, CK_CUDA_OLD_DEVICE,
                            "GPU %d (%s) has compute capability %d.%d, expected %d.%d or newer", found, device->name,
                            device->compute_major, device->compute_minor, CK_CUDA_COMPUTE_CAPABILITY / 10,
                            CK_CUDA_COMPUTE_CAPABILITY % 10);
    }
    return 1;
}
