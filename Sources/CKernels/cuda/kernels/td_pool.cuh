// Pooling windows in the top-down pass (selective-tuning.md, section 7).
#ifndef TD_POOL_CUH
#define TD_POOL_CUH

#include "td_propagate.cuh"

/// A unit's window, [y0, y1) x [x0, x1) inside of the map.
struct TdPoolWindow {
    int y0, y1, x0, x1, channel;

    __device__ __forceinline__ bool empty() const { return y0 >= y1 || x0 >= x1; }
};

__device__ __forceinline__ int td_inside(int64_t place, int limit) {
    return place < 0 ? 0 : place < limit ? (int)place : limit;
}

__device__ __forceinline__ TdPoolWindow td_pool_window(const ck_cuda_td_pool &pool, int unit) {
    const int channels = pool.output_gating.channels, pixel = unit / channels;
    const int y = pixel / pool.output_gating.width, x = pixel - y * pool.output_gating.width;
    const ck_window &window = pool.window;
    const int64_t top = (int64_t)y * window.stride_y - window.pad_top;
    const int64_t left = (int64_t)x * window.stride_x - window.pad_left;
    return {td_inside(top, pool.input.height), td_inside(top + window.kernel_height, pool.input.height),
            td_inside(left, pool.input.width), td_inside(left + window.kernel_width, pool.input.width),
            unit - pixel * channels};
}

#endif
