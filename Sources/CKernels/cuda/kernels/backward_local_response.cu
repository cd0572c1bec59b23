// The gradient of local response normalisation: a thread a channel of a pixel, which computes the quotients of the channels
// around it itself.
// Block x: 256 places of one row; block y: row; block z: picture.
#include "kernel.cuh"

/// One channel's t and p = t^0.75.
struct Response {
    float t, power;

    __device__ __forceinline__ Response(const ck_backward_local_response &call, const float *pixel, int channel) {
        const int half = call.size / 2;
        const int from = channel - half > 0 ? channel - half : 0;
        const int to = channel + half < call.channels - 1 ? channel + half : call.channels - 1;
        float sum = 0.0f;
        for (int i = from; i <= to; i++) sum = __fmaf_rn(pixel[i], pixel[i], sum);
        t = __fmaf_rn(call.alpha_over_size, sum, call.k);
        const float root = __fsqrt_rn(t);
        power = __fmul_rn(root, __fsqrt_rn(root));
    }
};

CK_KERNEL ck_backward_responses(const ck_backward_local_response call) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
    if (index >= call.width * call.channels) return;
    const int x = index / call.channels, channel = index % call.channels;
    const float *input = call.input + blockIdx.z * call.input_image + y * call.input_row + x * call.input_pixel;
    const float *gradient =
        call.gradient + blockIdx.z * call.gradient_image + y * call.gradient_row + x * call.gradient_pixel;
    const int half = call.size / 2;
    const int from = channel - half > 0 ? channel - half : 0;
    const int to = channel + half < call.channels - 1 ? channel + half : call.channels - 1;
    float sum = 0.0f, own = 0.0f;
    for (int i = from; i <= to; i++) {
        const Response response(call, input, i);
        const float normal = __fdiv_rn(input[i], response.power);
        sum = __fadd_rn(sum, __fdiv_rn(__fmul_rn(gradient[i], normal), response.t));
        if (i == channel) own = __fdiv_rn(gradient[i], response.power);
    }
    const float slope = __fmul_rn(__fmul_rn(-1.5f, call.alpha_over_size), input[channel]);
    call.input_gradient[blockIdx.z * call.input_gradient_image + y * call.input_gradient_row +
                        x * call.input_gradient_pixel + channel] = __fmaf_rn(slope, sum, own);
}
