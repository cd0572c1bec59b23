// For layers whose threads make one output each, channels side by side so that a warp's accesses are contiguous:
// block x: 256 outputs of one row; block y: row; block z: image.
#ifndef CK_EACH_OUTPUT_CUH
#define CK_EACH_OUTPUT_CUH

#include "kernel.cuh"

/// Finds this thread's output; false where there is none.
__device__ __forceinline__ bool each_output(const ck_pool2d &pool, int &x, int &y, int &channel) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= pool.width * pool.channels) return false;
    x = index / pool.channels;
    channel = index % pool.channels;
    y = blockIdx.y;
    return true;
}

__device__ __forceinline__ const float *input_of(const ck_pool2d &pool, int channel) {
    return pool.input + blockIdx.z * pool.input_image + channel;
}

__device__ __forceinline__ float *output_of(const ck_pool2d &pool, int x, int y, int channel) {
    return pool.output + blockIdx.z * pool.output_image + y * pool.output_row + x * pool.output_pixel + channel;
}

__device__ __forceinline__ int smaller(int a, int b) { return a < b ? a : b; }
__device__ __forceinline__ int larger(int a, int b) { return a > b ? a : b; }

#endif
