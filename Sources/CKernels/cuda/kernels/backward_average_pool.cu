// The gradient of an average: each cell of a window gets its gradient divided by its divisor.
#include "backward_pool.cuh"

CK_KERNEL ck_backward_average_pool(const ck_backward_pool call) {
    PoolCell cell;
    if (!cell.find(call)) return;
    const ck_window &w = call.window;
    float sum = 0.0f;
    for (int wy = cell.y0; wy < cell.y1; wy++) {
        const int top = wy * w.stride_y - w.pad_top;
        const int limit = call.input_height + w.pad_bottom;
        const int bottom = top + w.kernel_height < limit ? top + w.kernel_height : limit;
        const int inside_y = (bottom < call.input_height ? bottom : call.input_height) - (top > 0 ? top : 0);
        for (int wx = cell.x0; wx < cell.x1; wx++) {
            const int left = wx * w.stride_x - w.pad_left;
            const int end = call.input_width + w.pad_right;
            const int right = left + w.kernel_width < end ? left + w.kernel_width : end;
            const int inside_x = (right < call.input_width ? right : call.input_width) - (left > 0 ? left : 0);
            const int cells = call.counts_padding ? (bottom - top) * (right - left) : inside_y * inside_x;
            sum = __fadd_rn(sum, __fdiv_rn(cell.gradient(call, wy, wx), __int2float_rn(cells)));
        }
    }
    *cell.target(call) = sum;
}
