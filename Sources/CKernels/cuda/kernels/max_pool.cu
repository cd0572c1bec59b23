// Maximum over each window, clipped to the input; 0 where nothing of it is inside.
#include "each_output.cuh"

CK_KERNEL ck_max_pool(const ck_pool2d pool) {
    int x, y, channel;
    if (!each_output(pool, x, y, channel)) return;
    const float *input = input_of(pool, channel);
    const ck_window &window = pool.window;
    const int top = y * window.stride_y - window.pad_top, left = x * window.stride_x - window.pad_left;
    const int y0 = larger(top, 0), y1 = smaller(top + window.kernel_height, pool.input_height);
    const int x0 = larger(left, 0), x1 = smaller(left + window.kernel_width, pool.input_width);
    float best = y0 < y1 && x0 < x1 ? input[y0 * pool.input_row + x0 * pool.input_pixel] : 0.0f;
    for (int iy = y0; iy < y1; iy++) {
        for (int ix = x0; ix < x1; ix++) {
            const float value = input[iy * pool.input_row + ix * pool.input_pixel];
            best = value > best ? value : best;  // a selection, not fmaxf: of two zeros the first stays, as on the CPU
        }
    }
    *output_of(pool, x, y, channel) = best;
}
