// The whole gating of a unit goes to its window's maximum, the first in row-major order. A thread a unit.
#include "td_pool.cuh"


CK_KERNEL __launch_bounds__(TD_BLOCK, 8) ck_td_max_pool(const ck_cuda_td_pool pool) {
    CK_DYNAMIC_SHARED(memory);
    TdBlock &block = *reinterpret_cast<TdBlock *>(memory);
    const int image = (int)blockIdx.y;
    if (pool.images[image].status != CK_TD_OK) return;
    const TdGating output = td_of_image(pool.output_gating, image), input = td_of_image(pool.input_gating, image);
    const float *activities = pool.input.data + image * pool.input.image_stride;
    const TdStretch stretch = td_stretch(pool.output_gating);
    td_begin(block);
    for (int word = stretch.first; word < stretch.end; word += TD_WORDS) {
        td_list_units(block, output.touched + word,
                      stretch.end - word < TD_WORDS ? stretch.end - word : TD_WORDS);
        uint32_t active = 0;
        uint64_t absolute = 0;
        for (int i = (int)threadIdx.x; i < block.listed; i += TD_BLOCK) {
            const int unit = 32 * word + (int)block.list[i];
            const int64_t gating = output.value[unit];
            if (gating == 0) continue;
            active++;
            const TdPoolWindow window = td_pool_window(pool, unit);
            if (window.empty()) {
                td_drop(block, gating);
                output.value[unit] = 0;
                continue;
            }
            const float *row = activities + window.y0 * pool.input.row_stride +
                               window.x0 * pool.input.pixel_stride + window.channel;
            int first = (window.y0 * pool.input.width + window.x0) * pool.input.channels + window.channel;
            int best = first;
            float maximum = *row;
            for (int y = window.y0; y < window.y1; y++) {
                for (int x = 0; x < window.x1 - window.x0; x++) {
                    const float value = row[x * pool.input.pixel_stride];
                    best = value > maximum ? first + x * pool.input.channels : best;
                    maximum = value > maximum ? value : maximum;
                }
                row += pool.input.row_stride;
                first += pool.input.width * pool.input.channels;
            }
            td_put(input, best, gating);
            const uint64_t magnitude = td_magnitude(gating);
            absolute = td_saturated(absolute, magnitude);
            output.value[unit] = (int64_t)magnitude;  // see td_settle
        }
        if (active != 0) atomicAdd(&block.tally.active_units, active);
        td_account(block, absolute);
        __syncthreads();
    }
    td_end(block, pool.images[image]);
}
