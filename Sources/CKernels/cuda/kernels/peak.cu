// Independent chains of multiply-adds, enough to hide their latency.
#include "kernel.cuh"

#include "ck_cuda_peak.h"

CK_KERNEL __launch_bounds__(CK_CUDA_PEAK_BLOCK) ck_peak(const ck_cuda_peak peak) {
    const int thread = blockIdx.x * blockDim.x + threadIdx.x;
    float sums[CK_CUDA_PEAK_CHAINS];
#pragma unroll
    for (int i = 0; i < CK_CUDA_PEAK_CHAINS; i++) sums[i] = __int2float_rn(thread + i);
    for (int step = 0; step < peak.steps; step++) {
#pragma unroll
        for (int i = 0; i < CK_CUDA_PEAK_CHAINS; i++) sums[i] = __fmaf_rn(sums[i], peak.factor, peak.addend);
    }
    float all = 0.0f;
#pragma unroll
    for (int i = 0; i < CK_CUDA_PEAK_CHAINS; i++) all = __fadd_rn(all, sums[i]);
    peak.output[thread] = all;
}
