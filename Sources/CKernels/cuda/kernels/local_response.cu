// Local response normalisation across channels.
#include "kernel.cuh"

/// x / (t^0.5 * t^0.25) with t = fma(alpha_over_size, sum of squares, k); `pixel` points at channel 0.
__device__ __forceinline__ float response(const ck_local_response &layer, const float *pixel, int channel) {
    const int half = layer.size / 2;
    const int from = channel - half > 0 ? channel - half : 0;
    const int to = channel + half < layer.channels - 1 ? channel + half : layer.channels - 1;
    float sum = 0.0f;
    for (int i = from; i <= to; i++) sum = __fmaf_rn(pixel[i], pixel[i], sum);
    const float t = __fmaf_rn(layer.alpha_over_size, sum, layer.k), root = __fsqrt_rn(t);
    return __fdiv_rn(pixel[channel], __fmul_rn(root, __fsqrt_rn(root)));
}

/// Block x: column; block y: row; block z: image. The block goes over the channels, a stretch as long as itself at a
/// time.
///
/// The output may be the input: a stretch's results are written only when every thread has read the next stretch, which
/// reaches back by half a window, at most a stretch (ck_cuda_local_response_launch sees to that).
CK_KERNEL ck_local_response_channels(const ck_local_response layer) {
    const float *input =
        layer.input + blockIdx.z * layer.input_image + blockIdx.y * layer.input_row + blockIdx.x * layer.input_pixel;
    float *output = layer.output + blockIdx.z * layer.output_image + blockIdx.y * layer.output_row +
                    blockIdx.x * layer.output_pixel;
    const int stretch = blockDim.x;
    float pending = 0.0f;
    int channel = threadIdx.x;
    for (int first = 0; first < layer.channels; first += stretch, channel += stretch) {
        float value = 0.0f;
        if (channel < layer.channels) value = response(layer, input, channel);
        __syncthreads();
        if (first > 0) output[channel - stretch] = pending;
        pending = value;
    }
    channel -= stretch;
    if (channel < layer.channels) output[channel] = pending;
}
