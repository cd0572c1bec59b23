// NVIDIA's driver, opened at run time: the build needs neither CUDA's headers nor its library, and a machine without a
// GPU runs the same program. Every call that can fail returns 1, or 0 and says why in `error`.
#ifndef CK_CUDA_H
#define CK_CUDA_H

#include <stddef.h>
#include <stdint.h>

enum {
    CK_CUDA_DRIVER_VERSION = 12040,  // the embedded PTX is of CUDA 12.4: drivers from 550 on
    CK_CUDA_COMPUTE_CAPABILITY = 75  // major * 10 + minor, at the least
};

typedef enum {
    CK_CUDA_NO_ERROR = 0,
    CK_CUDA_NO_DRIVER,       // the library was not found
    CK_CUDA_OLD_DRIVER,      // it is too old for the kernels
    CK_CUDA_NO_DEVICE,       // it sees no device
    CK_CUDA_UNKNOWN_DEVICE,  // no device is called so, or more than one
    CK_CUDA_OLD_DEVICE,      // it cannot run the kernels
    CK_CUDA_OUT_OF_MEMORY,   // on the device or of the host: something smaller may succeed
    CK_CUDA_CALL_FAILED      // anything else; `sticky` says whether the context is lost
} ck_cuda_problem;

typedef struct {
    ck_cuda_problem problem;
    int32_t code;    // of the driver, or 0
    int32_t sticky;  // every later call of this process will fail too: the process has to end
    char text[1024];
} ck_cuda_error;

/// The error's text: what was called or looked for, what came back, what was expected.
const char *ck_cuda_error_text(const ck_cuda_error *error);

typedef struct ck_cuda_driver ck_cuda_driver;

/// Opens and initialises the driver. `library` is NULL for the one of the environment variable STNET_LIBCUDA, or else
/// libcuda.so.1. Returns NULL with NO_DRIVER, OLD_DRIVER, NO_DEVICE or CALL_FAILED. Never closed: the driver does not
/// allow it.
const ck_cuda_driver *ck_cuda_driver_open(const char *library, ck_cuda_error *error);

/// major * 1000 + minor * 10 of the CUDA version that the driver supports.
int32_t ck_cuda_driver_version(const ck_cuda_driver *driver);

typedef struct {
    int32_t index, handle;
    int32_t compute_major, compute_minor, multiprocessors;
    uint64_t memory_bytes;
    int32_t is_slice;  // a part of a GPU (MIG) and no whole one
    char uuid[48];     // "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" or "MIG-...", as nvidia-smi prints it
    char name[128];
} ck_cuda_device;

int32_t ck_cuda_device_count(const ck_cuda_driver *driver, int32_t *count, ck_cuda_error *error);
int32_t ck_cuda_device_describe(const ck_cuda_driver *driver, int32_t index, ck_cuda_device *device,
                                ck_cuda_error *error);

/// Finds a device by its index or by its UUID, of which the beginning is enough where it fits one device alone.
/// UNKNOWN_DEVICE lists the devices that are there, OLD_DEVICE describes the one that cannot run the kernels.
int32_t ck_cuda_device_find(const ck_cuda_driver *driver, const char *wanted, ck_cuda_device *device,
                            ck_cuda_error *error);

// A device's primary context; a thread makes it its current one before any of the calls below.
int32_t ck_cuda_context_retain(const ck_cuda_driver *driver, int32_t device_handle, void **context,
                               ck_cuda_error *error);
int32_t ck_cuda_context_release(const ck_cuda_driver *driver, int32_t device_handle, ck_cuda_error *error);
int32_t ck_cuda_context_make_current(const ck_cuda_driver *driver, void *context, ck_cuda_error *error);

/// Translates and loads PTX; what the driver's compiler says about it stands in the error.
int32_t ck_cuda_module_load(const ck_cuda_driver *driver, const char *ptx, void **module, ck_cuda_error *error);
int32_t ck_cuda_module_unload(const ck_cuda_driver *driver, void *module, ck_cuda_error *error);
int32_t ck_cuda_module_function(const ck_cuda_driver *driver, void *module, const char *name, void **function,
                                ck_cuda_error *error);

// Memory of the device, by address, and pinned memory of the host, which copies overlap with computation from.
int32_t ck_cuda_memory_info(const ck_cuda_driver *driver, size_t *free_bytes, size_t *total_bytes,
                            ck_cuda_error *error);
int32_t ck_cuda_memory_allocate(const ck_cuda_driver *driver, size_t bytes, uint64_t *address, ck_cuda_error *error);
int32_t ck_cuda_memory_free(const ck_cuda_driver *driver, uint64_t address, ck_cuda_error *error);
int32_t ck_cuda_pinned_allocate(const ck_cuda_driver *driver, size_t bytes, void **memory, ck_cuda_error *error);
int32_t ck_cuda_pinned_free(const ck_cuda_driver *driver, void *memory, ck_cuda_error *error);

// Asynchronous, in the order of their stream.
int32_t ck_cuda_copy_to_device(const ck_cuda_driver *driver, uint64_t target, const void *source, size_t bytes,
                               void *stream, ck_cuda_error *error);
int32_t ck_cuda_copy_to_host(const ck_cuda_driver *driver, void *target, uint64_t source, size_t bytes, void *stream,
                             ck_cuda_error *error);
/// `words` words of 32 bits.
int32_t ck_cuda_fill(const ck_cuda_driver *driver, uint64_t target, uint32_t value, size_t words, void *stream,
                     ck_cuda_error *error);
/// `arguments` is the one structure that the kernel takes; it is copied. `shared`: bytes of dynamic shared memory.
int32_t ck_cuda_launch_kernel(const ck_cuda_driver *driver, void *function, const uint32_t grid[3], uint32_t block,
                              uint32_t shared, void *stream, const void *arguments, ck_cuda_error *error);

/// A stream that does not wait for the default one.
int32_t ck_cuda_stream_create(const ck_cuda_driver *driver, void **stream, ck_cuda_error *error);
int32_t ck_cuda_stream_destroy(const ck_cuda_driver *driver, void *stream, ck_cuda_error *error);
int32_t ck_cuda_stream_wait(const ck_cuda_driver *driver, void *stream, void *event, ck_cuda_error *error);

/// With `timed` 0 the event only orders streams, which costs less. A thread that waits for it sleeps.
int32_t ck_cuda_event_create(const ck_cuda_driver *driver, int32_t timed, void **event, ck_cuda_error *error);
int32_t ck_cuda_event_destroy(const ck_cuda_driver *driver, void *event, ck_cuda_error *error);
int32_t ck_cuda_event_record(const ck_cuda_driver *driver, void *event, void *stream, ck_cuda_error *error);
int32_t ck_cuda_event_synchronize(const ck_cuda_driver *driver, void *event, ck_cuda_error *error);
int32_t ck_cuda_event_elapsed(const ck_cuda_driver *driver, void *begin, void *end, float *milliseconds,
                              ck_cuda_error *error);

// A graph: what a stream was given, kept to be given again by one call. Between begin and end nothing is done, and the
// calling thread allocates, frees, loads and waits for nothing.
int32_t ck_cuda_capture_begin(const ck_cuda_driver *driver, void *stream, ck_cuda_error *error);
/// Ends the capture whatever happens; `graph` is NULL where it fails.
int32_t ck_cuda_capture_end(const ck_cuda_driver *driver, void *stream, void **graph, ck_cuda_error *error);
int32_t ck_cuda_graph_launch(const ck_cuda_driver *driver, void *graph, void *stream, ck_cuda_error *error);
int32_t ck_cuda_graph_destroy(const ck_cuda_driver *driver, void *graph, ck_cuda_error *error);

#endif
