// A device's rate of float32 multiply-adds, measured: what that of a convolution is a share of.
#ifndef CK_CUDA_PEAK_H
#define CK_CUDA_PEAK_H

#include "ck_cuda_layers.h"

enum { CK_CUDA_PEAK_CHAINS = 16, CK_CUDA_PEAK_BLOCK = 256, CK_CUDA_PEAK_BLOCKS_EACH = 8 };

/// Chains of fused multiply-adds in registers, CK_CUDA_PEAK_CHAINS a thread and `steps` long. Four bytes of memory a
/// thread are written, none are read.
typedef struct {
    float *output;  // [multiprocessors][CK_CUDA_PEAK_BLOCKS_EACH][CK_CUDA_PEAK_BLOCK]
    int32_t steps;
    float factor, addend;
} ck_cuda_peak;

#ifndef __CUDACC_RTC__

ck_cuda_launch ck_cuda_peak_launch(int32_t multiprocessors);

/// Floating-point operations of a launch, two a multiply-add.
double ck_cuda_peak_operations(int32_t multiprocessors, int32_t steps);

#endif
#endif
