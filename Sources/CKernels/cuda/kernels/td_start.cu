// Begins a pass: gating 1 for one unit of each image. A thread an image.
#include "td_units.cuh"

CK_KERNEL ck_td_start(const ck_cuda_td_start start) {
    const int image = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (image >= start.batch) return;
    const int unit = start.unit[image];
    const int64_t one = (int64_t)1 << CK_TD_GATING_BITS;
    const TdGating gating = td_of_image(start.gating, image);
    gating.value[unit] = one;
    gating.touched[unit / 32] = 1u << unit % 32;
    start.gating.absolute[image] = (uint64_t)one;
    ck_cuda_td_image state = {0, 0, 0, 0, 0, 0, CK_TD_OK, -1, -1, 0, 0, 0, ~(uint64_t)0};
    start.images[image] = state;
}
