#include "ck_cuda_peak.h"

ck_cuda_launch ck_cuda_peak_launch(int32_t multiprocessors) {
    return (ck_cuda_launch){"peak", "ck_peak", (uint32_t)(multiprocessors * CK_CUDA_PEAK_BLOCKS_EACH), 1, 1,
                            CK_CUDA_PEAK_BLOCK, 0};
}

double ck_cuda_peak_operations(int32_t multiprocessors, int32_t steps) {
    return 2.0 * multiprocessors * CK_CUDA_PEAK_BLOCKS_EACH * CK_CUDA_PEAK_BLOCK * CK_CUDA_PEAK_CHAINS * steps;
}
