// What every kernel's source includes first. Compiled by NVRTC for the device, or as host C++ under the tests'
// emulation, whose header then stands before.
//
// Arithmetic on floats is written with the round-to-nearest intrinsics alone, so that no compiler contracts or splits
// any of it; shared memory is declared with CK_SHARED alone, so that the emulation can guard it.
#ifndef CK_KERNEL_CUH
#define CK_KERNEL_CUH

#ifndef EMULATION_H
#include "ck_cuda_backward.h"
#include "ck_cuda_layers.h"
#include "ck_cuda_topdown.h"

/// A kernel; it is found by its plain name.
#define CK_KERNEL extern "C" __global__ void
/// Memory of the block, uninitialised: CK_SHARED(name, type), where the type may be an array's. At most one a kernel.
#define CK_SHARED(name, ...) __shared__ ck_type<__VA_ARGS__> name
template <typename T> using ck_type = T;
/// Memory of the block as long as the launch says, uninitialised and aligned to 16 bytes, as bytes.
#define CK_DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]
/// threadIdx.x and blockIdx.x asked for once more: what is made of them is computed anew, and needs no register before.
static __device__ __forceinline__ int ck_thread_again() {
    int thread;
    asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread));
    return thread;
}
static __device__ __forceinline__ int ck_block_again() {
    int block;
    asm volatile("mov.u32 %0, %%ctaid.x;" : "=r"(block));
    return block;
}
#endif

#endif
