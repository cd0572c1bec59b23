// Maximum over each window, clipped to the input.
#include "each_output.cuh"

CK_KERNEL ck_max_pool(const ck_cuda_pool2d pool) {
    int x, y, channel;
    if (!each_output(pool, x, y, channel)) return;
    const float *input = input_of(pool, channel);
    const int top = y * pool.stride - pool.padding, left = x * pool.stride - pool.padding;
    const int y0 = larger(top, 0), y1 = smaller(top + pool.kernel, pool.input_height);
    const int x0 = larger(left, 0), x1 = smaller(left + pool.kernel, pool.input_width);
    float best = input[y0 * pool.input_row + x0 * pool.input_pixel];
    for (int iy = y0; iy < y1; iy++) {
        for (int ix = x0; ix < x1; ix++) {
            const float value = input[iy * pool.input_row + ix * pool.input_pixel];
            best = value > best ? value : best;  // a selection, not fmaxf: of two zeros the first stays, as on the CPU
        }
    }
    *output_of(pool, x, y, channel) = best;
}
