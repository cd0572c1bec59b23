// Runs the CUDA kernels' own sources on the CPU: a test's device. No backend.
#ifndef CUDA_EMULATION_H
#define CUDA_EMULATION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// In which order the threads of a block run between two barriers. A kernel whose barriers suffice gives the same
/// results for each.
typedef enum {
    CUDA_EMULATION_FORWARD = 0,
    CUDA_EMULATION_REVERSED = 1,
    CUDA_EMULATION_SHUFFLED = 2  // another order after each barrier
} cuda_emulation_order;

/// Runs every block of a kernel, in this thread; any number of threads may do so at once. `arguments` is the kernel's
/// structure, `shared` the bytes of dynamic shared memory. Returns NULL, or what went wrong: an unknown kernel, a structure of another size, a barrier or a warp's
/// exchange that not all threads reach, shared memory that was written outside of its bounds.
const char *cuda_emulation_launch(const char *kernel, const void *arguments, size_t bytes, uint32_t grid_x,
                                  uint32_t grid_y, uint32_t grid_z, uint32_t block, uint32_t shared,
                                  cuda_emulation_order order);

/// The name as the table of kernels has it, which stays valid; NULL where there is no such kernel.
const char *cuda_emulation_kernel_name(const char *kernel);

/// Bytes of the structure that a kernel takes; 0 where there is no such kernel.
size_t cuda_emulation_argument_bytes(const char *kernel);

#ifdef __cplusplus
}
#endif
#endif
