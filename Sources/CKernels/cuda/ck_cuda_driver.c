#include "ck_cuda_driver.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

int32_t ck_cuda_driver_version(const ck_cuda_driver *driver) { return driver->version; }

// Before anything else that a driver may lack: so an old one is called old, not incomplete.
static int32_t check_version(void *library, const char *path, int32_t *version, ck_cuda_error *error) {
    int (*get_version)(int *version);
    *(void **)&get_version = dlsym(library, "cuDriverGetVersion");
    if (get_version == NULL) {
        return ck_cuda_fail(error, CK_CUDA_NO_DRIVER, "%s is not NVIDIA's driver: it has no cuDriverGetVersion", path);
    }
    int found = 0;
    const int code = get_version(&found);
    if (code != CK_CUDA_SUCCESS) {
        ck_cuda_fail(error, CK_CUDA_CALL_FAILED, "cuDriverGetVersion of %s: error %d", path, code);
        error->code = code;
        return 0;
    }
    if (found < CK_CUDA_DRIVER_VERSION) {
        return ck_cuda_fail(error, CK_CUDA_OLD_DRIVER,
                            "%s: the driver is too old: it supports CUDA %d.%d, expected %d.%d or newer (driver 550 or "
                            "newer)",
                            path, found / 1000, found % 1000 / 10, CK_CUDA_DRIVER_VERSION / 1000,
                            CK_CUDA_DRIVER_VERSION % 1000 / 10);
    }
    *version = found;
    return 1;
}

static int32_t fill_table(ck_cuda_driver *driver, void *library, const char *path, ck_cuda_error *error) {
    // By way of a void *, as POSIX wants it: C has no cast from it to a function's address.
#define CK_CUDA_LOOK_UP(field, symbol, parameters)                                                      \
    *(void **)&driver->field = dlsym(library, symbol);                                                  \
    if (driver->field == NULL) {                                                                        \
        return ck_cuda_fail(error, CK_CUDA_OLD_DRIVER, "%s: the driver has no function %s", path, symbol); \
    }
    CK_CUDA_FUNCTIONS(CK_CUDA_LOOK_UP)
#undef CK_CUDA_LOOK_UP
#define CK_CUDA_LOOK_FOR(field, symbol, parameters) *(void **)&driver->field = dlsym(library, symbol);
    CK_CUDA_OPTIONAL_FUNCTIONS(CK_CUDA_LOOK_FOR)
#undef CK_CUDA_LOOK_FOR
    return 1;
}

const ck_cuda_driver *ck_cuda_driver_open(const char *path, ck_cuda_error *error) {
    if (path == NULL) path = getenv("STNET_LIBCUDA");
    if (path == NULL || path[0] == '\0') path = "libcuda.so.1";
    memset(error, 0, sizeof *error);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        ck_cuda_fail(error, CK_CUDA_NO_DRIVER, "NVIDIA's driver was not found: looked for %s (%s)", path,
                     reason == NULL ? "no reason given" : reason);
        return NULL;
    }
    ck_cuda_driver *driver = calloc(1, sizeof *driver);
    if (driver == NULL) {
        ck_cuda_fail(error, CK_CUDA_OUT_OF_MEMORY, "no memory for the driver's table of functions");
        return NULL;
    }
    if (check_version(library, path, &driver->version, error) && fill_table(driver, library, path, error)) {
        const int code = driver->init(0);
        int count = 0;
        if (code == CK_CUDA_ERROR_NO_DEVICE ||
            (code == CK_CUDA_SUCCESS && driver->device_get_count(&count) == CK_CUDA_SUCCESS && count == 0)) {
            ck_cuda_fail(error, CK_CUDA_NO_DEVICE,
                         "the driver (CUDA %d.%d) sees no GPU: is there one, and does CUDA_VISIBLE_DEVICES, if set, "
                         "name it?",
                         driver->version / 1000, driver->version % 1000 / 10);
            error->code = code;
        } else if (ck_cuda_check(driver, code, "cuInit", error)) {
            return driver;
        }
    }
    free(driver);  // the library stays open: what it started cannot be undone
    return NULL;
}
