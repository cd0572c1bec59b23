// The gradient of a maximum: a window's goes to the first of its largest cells.
#include "backward_pool.cuh"

CK_KERNEL ck_backward_max_pool(const ck_backward_pool call) {
    PoolCell cell;
    if (!cell.find(call)) return;
    const float *input = call.input + blockIdx.z * call.input_image + cell.channel;
    const ck_window &w = call.window;
    float sum = 0.0f;
    for (int wy = cell.y0; wy < cell.y1; wy++) {
        const int top = wy * w.stride_y - w.pad_top;
        const int y0 = top > 0 ? top : 0;
        const int y1 = top + w.kernel_height < call.input_height ? top + w.kernel_height : call.input_height;
        for (int wx = cell.x0; wx < cell.x1; wx++) {
            const int left = wx * w.stride_x - w.pad_left;
            const int x0 = left > 0 ? left : 0;
            const int x1 = left + w.kernel_width < call.input_width ? left + w.kernel_width : call.input_width;
            // The forward pass's walk: the first cell counts whatever it holds, another one only where it is larger.
            float best = input[y0 * call.input_row + x0 * call.input_pixel];
            int best_y = y0, best_x = x0;
            for (int iy = y0; iy < y1; iy++) {
                for (int ix = x0; ix < x1; ix++) {
                    const float value = input[iy * call.input_row + ix * call.input_pixel];
                    if (value > best) {
                        best = value;
                        best_y = iy;
                        best_x = ix;
                    }
                }
            }
            if (best_y == cell.y && best_x == cell.x) sum = __fadd_rn(sum, cell.gradient(call, wy, wx));
        }
    }
    *cell.target(call) = sum;
}
