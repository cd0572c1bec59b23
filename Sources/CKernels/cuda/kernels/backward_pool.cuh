// The gradients of poolings: a thread an input cell, which gathers from the windows that hold it in row-major order.
// Block x: 256 cells of one row of the input; block y: row; block z: picture.
#ifndef CK_BACKWARD_POOL_CUH
#define CK_BACKWARD_POOL_CUH

#include "kernel.cuh"

/// This thread's cell, and the windows [y0, y1) x [x0, x1) that hold it.
struct PoolCell {
    int y, x, channel, y0, y1, x0, x1;

    /// False where there is no cell.
    __device__ __forceinline__ bool find(const ck_backward_pool &call) {
        const int index = blockIdx.x * blockDim.x + threadIdx.x;
        if (index >= call.input_width * call.channels) return false;
        y = blockIdx.y;
        x = index / call.channels;
        channel = index % call.channels;
        const ck_window &w = call.window;
        first_to_last(y + w.pad_top, w.kernel_height, w.stride_y, call.height, y0, y1);
        first_to_last(x + w.pad_left, w.kernel_width, w.stride_x, call.width, x0, x1);
        return true;
    }

    /// `at`: the cell's place in the padded input.
    static __device__ __forceinline__ void first_to_last(int at, int kernel, int stride, int windows, int &first,
                                                         int &end) {
        first = at < kernel ? 0 : (at - kernel) / stride + 1;
        end = at / stride + 1 < windows ? at / stride + 1 : windows;
    }

    __device__ __forceinline__ float *target(const ck_backward_pool &call) const {
        return call.input_gradient + blockIdx.z * call.input_gradient_image + y * call.input_gradient_row +
               x * call.input_gradient_pixel + channel;
    }

    __device__ __forceinline__ float gradient(const ck_backward_pool &call, int wy, int wx) const {
        return call.gradient[blockIdx.z * call.gradient_image + wy * call.gradient_row + wx * call.gradient_pixel +
                             channel];
    }
};

#endif
