// Mean over the whole input of each image: additions in row-major order from +0, then one division.
#include "each_output.cuh"

/// height and width are 1.
CK_KERNEL ck_global_average(const ck_pool2d pool) {
    int x, y, channel;
    if (!each_output(pool, x, y, channel)) return;
    const float *input = input_of(pool, channel);
    float sum = 0.0f;
    for (int iy = 0; iy < pool.input_height; iy++) {
        for (int ix = 0; ix < pool.input_width; ix++) {
            sum = __fadd_rn(sum, input[iy * pool.input_row + ix * pool.input_pixel]);
        }
    }
    *output_of(pool, x, y, channel) = __fdiv_rn(sum, __int2float_rn(pool.input_height * pool.input_width));
}
