// The driver's functions with an error that says which of them failed.
#include <stdio.h>
#include <string.h>

#include "ck_cuda_driver.h"

#define CALL(field, name, ...) ck_cuda_check(driver, driver->field(__VA_ARGS__), name, error)

int32_t ck_cuda_context_retain(const ck_cuda_driver *driver, int32_t device, void **context, ck_cuda_error *error) {
    return CALL(context_retain, "cuDevicePrimaryCtxRetain", context, device);
}

int32_t ck_cuda_context_release(const ck_cuda_driver *driver, int32_t device, ck_cuda_error *error) {
    return CALL(context_release, "cuDevicePrimaryCtxRelease", device);
}

int32_t ck_cuda_context_make_current(const ck_cuda_driver *driver, void *context, ck_cuda_error *error) {
    return CALL(context_set_current, "cuCtxSetCurrent", context);
}

int32_t ck_cuda_module_load(const ck_cuda_driver *driver, const char *ptx, void **module, ck_cuda_error *error) {
    char log[512] = "";
    int options[] = {CK_CU_JIT_ERROR_LOG_BUFFER, CK_CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
    if (CALL(module_load, "cuModuleLoadDataEx", module, ptx, 2, options, values)) return 1;
    log[sizeof log - 1] = '\0';
    const size_t used = strlen(error->text);
    if (log[0] != '\0') snprintf(error->text + used, sizeof error->text - used, ": %s", log);
    return 0;
}

int32_t ck_cuda_module_unload(const ck_cuda_driver *driver, void *module, ck_cuda_error *error) {
    return CALL(module_unload, "cuModuleUnload", module);
}

int32_t ck_cuda_module_function(const ck_cuda_driver *driver, void *module, const char *name, void **function,
                                ck_cuda_error *error) {
    if (CALL(module_get_function, "cuModuleGetFunction", function, module, name)) return 1;
    const size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof error->text - used, ": %s", name);
    return 0;
}

int32_t ck_cuda_memory_info(const ck_cuda_driver *driver, size_t *free_bytes, size_t *total_bytes,
                            ck_cuda_error *error) {
    return CALL(mem_get_info, "cuMemGetInfo", free_bytes, total_bytes);
}

int32_t ck_cuda_memory_allocate(const ck_cuda_driver *driver, size_t bytes, uint64_t *address, ck_cuda_error *error) {
    return CALL(mem_alloc, "cuMemAlloc", address, bytes);
}

int32_t ck_cuda_memory_free(const ck_cuda_driver *driver, uint64_t address, ck_cuda_error *error) {
    return CALL(mem_free, "cuMemFree", address);
}

int32_t ck_cuda_pinned_allocate(const ck_cuda_driver *driver, size_t bytes, void **memory, ck_cuda_error *error) {
    return CALL(mem_host_alloc, "cuMemHostAlloc", memory, bytes, 0);
}

int32_t ck_cuda_pinned_free(const ck_cuda_driver *driver, void *memory, ck_cuda_error *error) {
    return CALL(mem_free_host, "cuMemFreeHost", memory);
}

int32_t ck_cuda_copy_to_device(const ck_cuda_driver *driver, uint64_t target, const void *source, size_t bytes,
                               void *stream, ck_cuda_error *error) {
    return CALL(copy_to_device, "cuMemcpyHtoDAsync", target, source, bytes, stream);
}

int32_t ck_cuda_copy_to_host(const ck_cuda_driver *driver, void *target, uint64_t source, size_t bytes, void *stream,
                             ck_cuda_error *error) {
    return CALL(copy_to_host, "cuMemcpyDtoHAsync", target, source, bytes, stream);
}

int32_t ck_cuda_fill(const ck_cuda_driver *driver, uint64_t target, uint32_t value, size_t words, void *stream,
                     ck_cuda_error *error) {
    return CALL(memset_words, "cuMemsetD32Async", target, value, words, stream);
}

int32_t ck_cuda_launch_kernel(const ck_cuda_driver *driver, void *function, const uint32_t grid[3], uint32_t block,
                              uint32_t shared, void *stream, const void *arguments, ck_cuda_error *error) {
    void *parameters[] = {(void *)(uintptr_t)arguments};  // only read
    return CALL(launch_kernel, "cuLaunchKernel", function, grid[0], grid[1], grid[2], block, 1, 1, shared, stream,
                parameters, NULL);
}

int32_t ck_cuda_stream_create(const ck_cuda_driver *driver, void **stream, ck_cuda_error *error) {
    return CALL(stream_create, "cuStreamCreate", stream, CK_CU_STREAM_NON_BLOCKING);
}

int32_t ck_cuda_stream_destroy(const ck_cuda_driver *driver, void *stream, ck_cuda_error *error) {
    return CALL(stream_destroy, "cuStreamDestroy", stream);
}

int32_t ck_cuda_stream_wait(const ck_cuda_driver *driver, void *stream, void *event, ck_cuda_error *error) {
    return CALL(stream_wait_event, "cuStreamWaitEvent", stream, event, CK_CU_EVENT_WAIT_DEFAULT);
}

int32_t ck_cuda_event_create(const ck_cuda_driver *driver, int32_t timed, void **event, ck_cuda_error *error) {
    // Whoever waits sleeps, and leaves its processor to the threads that decode.
    const unsigned flags = CK_CU_EVENT_BLOCKING_SYNC | (timed ? 0 : CK_CU_EVENT_DISABLE_TIMING);
    return CALL(event_create, "cuEventCreate", event, flags);
}

int32_t ck_cuda_event_destroy(const ck_cuda_driver *driver, void *event, ck_cuda_error *error) {
    return CALL(event_destroy, "cuEventDestroy", event);
}

int32_t ck_cuda_event_record(const ck_cuda_driver *driver, void *event, void *stream, ck_cuda_error *error) {
    return CALL(event_record, "cuEventRecord", event, stream);
}

int32_t ck_cuda_event_synchronize(const ck_cuda_driver *driver, void *event, ck_cuda_error *error) {
    return CALL(event_synchronize, "cuEventSynchronize", event);
}

int32_t ck_cuda_event_elapsed(const ck_cuda_driver *driver, void *begin, void *end, float *milliseconds,
                              ck_cuda_error *error) {
    return CALL(event_elapsed_time, "cuEventElapsedTime", milliseconds, begin, end);
}

int32_t ck_cuda_capture_begin(const ck_cuda_driver *driver, void *stream, ck_cuda_error *error) {
    return CALL(stream_begin_capture, "cuStreamBeginCapture", stream, CK_CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
}

int32_t ck_cuda_capture_end(const ck_cuda_driver *driver, void *stream, void **graph, ck_cuda_error *error) {
    void *captured = NULL;
    *graph = NULL;
    if (!CALL(stream_end_capture, "cuStreamEndCapture", stream, &captured)) return 0;
    const int32_t done = CALL(graph_instantiate, "cuGraphInstantiate", graph, captured, 0);
    // What can be run is a copy.
    driver->graph_destroy(captured);
    return done;
}

int32_t ck_cuda_graph_launch(const ck_cuda_driver *driver, void *graph, void *stream, ck_cuda_error *error) {
    return CALL(graph_launch, "cuGraphLaunch", graph, stream);
}

int32_t ck_cuda_graph_destroy(const ck_cuda_driver *driver, void *graph, ck_cuda_error *error) {
    return CALL(graph_executable_destroy, "cuGraphExecDestroy", graph);
}
