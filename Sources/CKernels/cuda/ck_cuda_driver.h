// The driver's functions that are used, with types of our own: CUDA's headers are not needed to build. check_header.py
// holds both tables, and the structure, against the real header.
#ifndef CK_CUDA_DRIVER_H
#define CK_CUDA_DRIVER_H

#include "ck_cuda.h"

typedef struct {
    unsigned char bytes[16];
} ck_cuda_uuid;

// name of the table's entry, symbol in the library (the newest form of each, which 12.4 has), parameters.
// A device is an int, an address 64 bits, everything else that CUDA has a handle for a pointer.
#define CK_CUDA_FUNCTIONS(F)                                                                                         \
    F(init, "cuInit", (unsigned flags))                                                                              \
    F(driver_get_version, "cuDriverGetVersion", (int *version))                                                      \
    F(get_error_name, "cuGetErrorName", (int code, const char **text))                                               \
    F(get_error_string, "cuGetErrorString", (int code, const char **text))                                           \
    F(device_get_count, "cuDeviceGetCount", (int *count))                                                            \
    F(device_get, "cuDeviceGet", (int *device, int index))                                                           \
    F(device_get_name, "cuDeviceGetName", (char *name, int bytes, int device))                                       \
    F(device_get_uuid, "cuDeviceGetUuid_v2", (ck_cuda_uuid * uuid, int device))                                      \
    F(device_get_attribute, "cuDeviceGetAttribute", (int *value, int attribute, int device))                         \
    F(device_total_mem, "cuDeviceTotalMem_v2", (size_t *bytes, int device))                                          \
    F(context_retain, "cuDevicePrimaryCtxRetain", (void **context, int device))                                      \
    F(context_release, "cuDevicePrimaryCtxRelease_v2", (int device))                                                 \
    F(context_set_current, "cuCtxSetCurrent", (void *context))                                                       \
    F(module_load, "cuModuleLoadDataEx",                                                                             \
      (void **module, const void *image, unsigned options, int *option, void **value))                               \
    F(module_unload, "cuModuleUnload", (void *module))                                                               \
    F(module_get_function, "cuModuleGetFunction", (void **function, void *module, const char *name))                 \
    F(mem_get_info, "cuMemGetInfo_v2", (size_t *free, size_t *total))                                                \
    F(mem_alloc, "cuMemAlloc_v2", (uint64_t * address, size_t bytes))                                                \
    F(mem_free, "cuMemFree_v2", (uint64_t address))                                                                  \
    F(mem_host_alloc, "cuMemHostAlloc", (void **memory, size_t bytes, unsigned flags))                               \
    F(mem_free_host, "cuMemFreeHost", (void *memory))                                                                \
    F(copy_to_device, "cuMemcpyHtoDAsync_v2", (uint64_t target, const void *source, size_t bytes, void *stream))     \
    F(copy_to_host, "cuMemcpyDtoHAsync_v2", (void *target, uint64_t source, size_t bytes, void *stream))             \
    F(memset_words, "cuMemsetD32Async", (uint64_t target, unsigned value, size_t words, void *stream))               \
    F(launch_kernel, "cuLaunchKernel",                                                                               \
      (void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,        \
       unsigned block_z, unsigned shared_bytes, void *stream, void **parameters, void **extra))                      \
    F(stream_create, "cuStreamCreate", (void **stream, unsigned flags))                                              \
    F(stream_destroy, "cuStreamDestroy_v2", (void *stream))                                                          \
    F(stream_wait_event, "cuStreamWaitEvent", (void *stream, void *event, unsigned flags))                           \
    F(event_create, "cuEventCreate", (void **event, unsigned flags))                                                 \
    F(event_destroy, "cuEventDestroy_v2", (void *event))                                                             \
    F(event_record, "cuEventRecord", (void *event, void *stream))                                                    \
    F(event_synchronize, "cuEventSynchronize", (void *event))                                                        \
    F(event_elapsed_time, "cuEventElapsedTime", (float *milliseconds, void *begin, void *end))                       \
    F(stream_begin_capture, "cuStreamBeginCapture_v2", (void *stream, int mode))                                     \
    F(stream_end_capture, "cuStreamEndCapture", (void *stream, void **graph))                                        \
    F(graph_instantiate, "cuGraphInstantiateWithFlags", (void **executable, void *graph, unsigned long long flags))  \
    F(graph_launch, "cuGraphLaunch", (void *executable, void *stream))                                               \
    F(graph_executable_destroy, "cuGraphExecDestroy", (void *executable))                                            \
    F(graph_destroy, "cuGraphDestroy", (void *graph))

// What a driver may lack: the field is NULL then.
#define CK_CUDA_OPTIONAL_FUNCTIONS(F) \
    F(device_get_whole_uuid, "cuDeviceGetUuid", (ck_cuda_uuid * uuid, int device))

struct ck_cuda_driver {
    int32_t version;
#define CK_CUDA_FIELD(field, symbol, parameters) int(*field) parameters;
    CK_CUDA_FUNCTIONS(CK_CUDA_FIELD)
    CK_CUDA_OPTIONAL_FUNCTIONS(CK_CUDA_FIELD)
#undef CK_CUDA_FIELD
};

// Values of the driver's interface that are used, by the header's names.
#define CK_CUDA_CONSTANTS(C)                            \
    C(CUDA_SUCCESS, 0)                                  \
    C(CUDA_ERROR_OUT_OF_MEMORY, 2)                      \
    C(CUDA_ERROR_NO_DEVICE, 100)                        \
    C(CUDA_ERROR_ECC_UNCORRECTABLE, 214)                \
    C(CUDA_ERROR_NVLINK_UNCORRECTABLE, 220)             \
    C(CUDA_ERROR_ILLEGAL_ADDRESS, 700)                  \
    C(CUDA_ERROR_LAUNCH_TIMEOUT, 702)                   \
    C(CUDA_ERROR_CONTEXT_IS_DESTROYED, 709)             \
    C(CUDA_ERROR_ASSERT, 710)                           \
    C(CUDA_ERROR_HARDWARE_STACK_ERROR, 714)             \
    C(CUDA_ERROR_ILLEGAL_INSTRUCTION, 715)              \
    C(CUDA_ERROR_MISALIGNED_ADDRESS, 716)               \
    C(CUDA_ERROR_INVALID_ADDRESS_SPACE, 717)            \
    C(CUDA_ERROR_INVALID_PC, 718)                       \
    C(CUDA_ERROR_LAUNCH_FAILED, 719)                    \
    C(CUDA_ERROR_UNKNOWN, 999)                          \
    C(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 16)     \
    C(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 75) \
    C(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, 76) \
    C(CU_STREAM_NON_BLOCKING, 1)                        \
    C(CU_EVENT_BLOCKING_SYNC, 1)                        \
    C(CU_EVENT_DISABLE_TIMING, 2)                       \
    C(CU_EVENT_WAIT_DEFAULT, 0)                         \
    C(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL, 1)           \
    C(CU_JIT_ERROR_LOG_BUFFER, 5)                       \
    C(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, 6)

#define CK_CUDA_CONSTANT(name, value) CK_##name = value,
enum { CK_CUDA_CONSTANTS(CK_CUDA_CONSTANT) };
#undef CK_CUDA_CONSTANT

/// Sets the error's problem and text; returns 0.
__attribute__((format(printf, 3, 4))) int32_t ck_cuda_fail(ck_cuda_error *error, ck_cuda_problem problem,
                                                           const char *format, ...);

/// 1 when the driver's function `call` returned success; else 0 with its name and the error's name and text.
int32_t ck_cuda_check(const ck_cuda_driver *driver, int code, const char *call, ck_cuda_error *error);

#endif
