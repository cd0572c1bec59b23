// A sum of two activations: one addition an element, then the ReLU.
// Block x: 256 places of one row, of one channel or of four; block y: row; block z: image.
#include "rectified.cuh"

/// The places of one row, as many as `quads` channels a pixel; false beyond them.
struct AddPlace {
    const float *left, *right;
    float *output;

    __device__ __forceinline__ bool find(const ck_add &sum, int channels, int width) {
        const int index = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
        if (index >= sum.width * channels) return false;
        const int x = index / channels, channel = index % channels * width;
        left = sum.left + blockIdx.z * sum.left_image + y * sum.left_row + x * sum.left_pixel + channel;
        right = sum.right + blockIdx.z * sum.right_image + y * sum.right_row + x * sum.right_pixel + channel;
        output = sum.output + blockIdx.z * sum.output_image + y * sum.output_row + x * sum.output_pixel + channel;
        return true;
    }
};

CK_KERNEL ck_add_scalar(const ck_add sum) {
    AddPlace place;
    if (!place.find(sum, sum.channels, 1)) return;
    *place.output = rectified(__fadd_rn(*place.left, *place.right), sum.ceiling);
}

/// Every pixel of all three begins at a multiple of 16 bytes, and the channels are a multiple of four.
CK_KERNEL ck_add_vector(const ck_add sum) {
    AddPlace place;
    if (!place.find(sum, sum.channels / 4, 4)) return;
    const float4 left = *reinterpret_cast<const float4 *>(place.left);
    const float4 right = *reinterpret_cast<const float4 *>(place.right);
    *reinterpret_cast<float4 *>(place.output) = make_float4(
        rectified(__fadd_rn(left.x, right.x), sum.ceiling), rectified(__fadd_rn(left.y, right.y), sum.ceiling),
        rectified(__fadd_rn(left.z, right.z), sum.ceiling), rectified(__fadd_rn(left.w, right.w), sum.ceiling));
}
