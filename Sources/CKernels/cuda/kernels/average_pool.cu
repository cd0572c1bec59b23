// Mean over each window: additions in row-major order from +0, then one division; 0 where nothing of it is inside.
#include "each_output.cuh"

CK_KERNEL ck_average_pool(const ck_pool2d pool) {
    int x, y, channel;
    if (!each_output(pool, x, y, channel)) return;
    const float *input = input_of(pool, channel);
    const ck_window &window = pool.window;
    const int top = y * window.stride_y - window.pad_top, left = x * window.stride_x - window.pad_left;
    const int bottom = smaller(top + window.kernel_height, pool.input_height + window.pad_bottom);
    const int right = smaller(left + window.kernel_width, pool.input_width + window.pad_right);
    const int y0 = larger(top, 0), y1 = smaller(bottom, pool.input_height);
    const int x0 = larger(left, 0), x1 = smaller(right, pool.input_width);
    float sum = 0.0f;
    for (int iy = y0; iy < y1; iy++) {
        for (int ix = x0; ix < x1; ix++) sum = __fadd_rn(sum, input[iy * pool.input_row + ix * pool.input_pixel]);
    }
    const int cells = pool.counts_padding ? (bottom - top) * (right - left) : (y1 - y0) * (x1 - x0);
    const bool empty = y0 >= y1 || x0 >= x1;
    *output_of(pool, x, y, channel) = empty ? 0.0f : __fdiv_rn(sum, __int2float_rn(cells));
}
