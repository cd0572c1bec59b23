// The gradient of a ReLU, in place: a selection an element.
// Block x: 256 elements of one row; block y: row; block z: picture.
#include "kernel.cuh"

CK_KERNEL ck_backward_relu_gradient(const ck_backward_relu call) {
    const int index = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
    if (index >= call.width * call.channels) return;
    const int x = index / call.channels, channel = index % call.channels;
    const float activation = call.activation[blockIdx.z * call.activation_image + y * call.activation_row +
                                             x * call.activation_pixel + channel];
    float *gradient = call.gradient + blockIdx.z * call.gradient_image + y * call.gradient_row +
                      x * call.gradient_pixel + channel;
    const bool passes = activation > 0.0f && (__float_as_uint(call.ceiling) == 0x7f800000u || activation < call.ceiling);
    const bool rises = !call.guided || *gradient > 0.0f;
    if (!(passes && rises)) *gradient = 0.0f;
}
