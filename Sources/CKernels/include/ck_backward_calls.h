// What the kernels of the backward pass take, on the CPU and as CUDA alike: one structure a kernel, over all pictures of a
// chunk. Activations and gradients are channel-last; strides are in floats, and every address is that of channel 0 of
// pixel (0,0) of the chunk's first picture. For CUDA the pointers are device addresses and the structure is passed by value.
//
// A gradient is the derivative of a class's score by an activation. The gradients of convolutions are convolutions: they
// have no kernels of their own.
#ifndef CK_BACKWARD_CALLS_H
#define CK_BACKWARD_CALLS_H

#include "ck_layer_calls.h"

/// A ReLU, in place: the gradient stays where the activation is positive, and below the ceiling where there is one; else it
/// becomes +0. `guided`: it stays only where it is positive itself, too.
typedef struct {
    const float *activation;  // the ReLU's output
    int64_t activation_image, activation_row, activation_pixel;
    float *gradient;
    int64_t gradient_image, gradient_row, gradient_pixel;
    int32_t batch, height, width, channels;
    float ceiling;  // infinity for none
    int32_t guided;
} ck_backward_relu;

/// Maximum, average and global average. A cell starts at +0, and gets the parts of the windows that hold it by float32
/// additions in row-major order of the windows. A maximum's window gives its gradient to the first of its largest cells in
/// row-major order; an average's gives each of its cells the gradient divided by its divisor, the forward pass's.
typedef struct {
    const float *input;  // activations, of a maximum alone
    int64_t input_image, input_row, input_pixel;
    float *input_gradient;
    int64_t input_gradient_image, input_gradient_row, input_gradient_pixel;
    int32_t input_height, input_width;
    const float *gradient;
    int64_t gradient_image, gradient_row, gradient_pixel;
    int32_t batch, height, width, channels;  // windows
    ck_window window;
    int32_t counts_padding;  // averages: the divisor counts the cells of the padding too
} ck_backward_pool;

/// Local response normalisation, y[i] = x[i] / p[i] with p = t^0.75 and t as in ck_local_response.h:
///     q[i] = (gradient[i] * (x[i] / p[i])) / t[i]
///     s[c] = the sum of q over the channels around c, float32 additions from +0, ascending by channel
///     input gradient[c] = fma(-((1.5 * alpha_over_size) * x[c]), s[c], gradient[c] / p[c])
typedef struct {
    const float *input;
    int64_t input_image, input_row, input_pixel;
    float *input_gradient;
    int64_t input_gradient_image, input_gradient_row, input_gradient_pixel;
    const float *gradient;
    int64_t gradient_image, gradient_row, gradient_pixel;
    int32_t batch, height, width, channels;
    int32_t size;  // channels that are summed, odd
    float alpha_over_size, k;
} ck_backward_local_response;

/// A fully connected layer over a whole map: for each input one chain of float32 fused multiply-adds of weight and
/// gradient, from +0, ascending by output; then one addition of +0. The forward pass's rows of weights are walked as they
/// are, so that no second copy of them is kept.
typedef struct {
    const float *weights;  // [outputs][height][width][channels], finite
    const float *gradient;  // [batch][outputs]
    int64_t gradient_image;
    int32_t outputs;
    float *input_gradient;
    int64_t input_gradient_image, input_gradient_row, input_gradient_pixel;
    int32_t batch, height, width, channels;
} ck_backward_linear;

#endif
