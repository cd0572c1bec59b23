// The gradient of a fully connected layer: a thread an input, for some pictures at once, so that each weight is read once
// for all of them. Rows of weights whose gradients are zero are not read.
// Block x: 256 inputs; block y: CK_BACKWARD_PICTURES pictures.
#include "kernel.cuh"

CK_KERNEL ck_backward_linear_rows(const ck_backward_linear call) {
    const int64_t inputs = (int64_t)call.height * call.width * call.channels;
    const int64_t index = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= inputs) return;
    const int first = blockIdx.y * CK_BACKWARD_PICTURES;
    const int pictures = call.batch - first < CK_BACKWARD_PICTURES ? call.batch - first : CK_BACKWARD_PICTURES;
    float sums[CK_BACKWARD_PICTURES];
#pragma unroll
    for (int p = 0; p < CK_BACKWARD_PICTURES; p++) sums[p] = 0.0f;
    for (int o = 0; o < call.outputs; o++) {
        float gradients[CK_BACKWARD_PICTURES];
        bool any = false;
#pragma unroll
        for (int p = 0; p < CK_BACKWARD_PICTURES; p++) {
            gradients[p] = p < pictures ? call.gradient[(first + p) * call.gradient_image + o] : 0.0f;
            any = any || gradients[p] != 0.0f;
        }
        if (!any) continue;
        const float weight = call.weights[o * inputs + index];
#pragma unroll
        for (int p = 0; p < CK_BACKWARD_PICTURES; p++) sums[p] = __fmaf_rn(weight, gradients[p], sums[p]);
    }
    const int64_t pixel = index / call.channels;
    float *target = call.input_gradient + pixel / call.width * call.input_gradient_row +
                    pixel % call.width * call.input_gradient_pixel + index % call.channels;
#pragma unroll
    for (int p = 0; p < CK_BACKWARD_PICTURES; p++) {
        if (p < pictures) target[(first + p) * call.input_gradient_image] = __fadd_rn(sums[p], 0.0f);
    }
}
