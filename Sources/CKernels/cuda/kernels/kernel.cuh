// What every kernel's source includes first. Compiled by NVRTC for the device, or as host C++ under the tests'
// emulation, whose header then stands before.
//
// Arithmetic on floats is written with the round-to-nearest intrinsics alone, so that no compiler contracts or splits
// any of it; shared memory is declared with CK_SHARED alone, so that the emulation can guard it.
#ifndef CK_KERNEL_CUH
#define CK_KERNEL_CUH

#ifndef EMULATION_H
#include "ck_cuda_layers.h"

/// A kernel; it is found by its plain name.
#define CK_KERNEL extern "C" __global__ void
/// Memory of the block, uninitialised: CK_SHARED(name, type), where the type may be an array's. At most one a kernel.
#define CK_SHARED(name, ...) __shared__ ck_type<__VA_ARGS__> name
template <typename T> using ck_type = T;
#endif

#endif
