// Sets a gating's touched values to zero. Block x: a stretch of words; block y: image. A warp takes 32 words at a time.
#include "td_units.cuh"

CK_KERNEL __launch_bounds__(TD_BLOCK) ck_td_clear(const ck_cuda_td_clear clear) {
    const int image = (int)blockIdx.y, lane = (int)threadIdx.x % 32;
    const TdGating gating = td_of_image(clear.gating, image);
    const TdStretch stretch = td_stretch(clear.gating);
    if (blockIdx.x == 0 && threadIdx.x == 0) clear.gating.absolute[image] = 0;
    for (int first = stretch.first + (int)threadIdx.x - lane; first < stretch.end; first += TD_BLOCK) {
        const int word = first + lane;
        const uint32_t bits = word < stretch.end ? gating.touched[word] : 0;
        if (bits != 0) gating.touched[word] = 0;
        for (uint32_t left = __ballot_sync(~0u, bits != 0); left != 0; left &= left - 1) {
            const int owner = __ffs((int)left) - 1;
            const uint32_t its = __shfl_sync(~0u, bits, owner);
            if (its >> lane & 1) gating.value[(int64_t)32 * (first + owner) + lane] = 0;
        }
    }
}
