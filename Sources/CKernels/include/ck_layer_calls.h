// What the kernels of layers take, on the CPU and as CUDA alike: one structure a kernel, over the whole batch.
// Activations are channel-last inside a halo of zeros; strides are in floats. For CUDA the pointers are device addresses
// and the structure is passed by value.
#ifndef CK_LAYER_CALLS_H
#define CK_LAYER_CALLS_H

#include "ck_fixed_width.h"

/// A sliding window. `pad_bottom` and `pad_right` only count where an average's divisor counts the cells of the padding:
/// how many windows there are, the output's size says.
typedef struct {
    int32_t kernel_height, kernel_width, stride_y, stride_x;
    int32_t pad_top, pad_left, pad_bottom, pad_right;
} ck_window;

/// A sum of two: one float32 addition an element, then the ReLU. The output may be `left` itself. Sums of more than two
/// are made by one call after the other, from the first to the last, with the ReLU in the last one.
typedef struct {
    const float *left, *right;  // channel 0 of pixel (0,0) of image 0
    int64_t left_image, left_row, left_pixel;
    int64_t right_image, right_row, right_pixel;
    float *output;
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width, channels;
    float ceiling;  // of the ReLU: 0 for no ReLU, infinity for a plain one
} ck_add;

/// A convolution with one input and one output channel a group, as many groups as channels. The contract of ck_conv.h:
/// one chain of fused multiply-adds from +0 over (kernel row, kernel column), one addition of the bias, the ReLU. With a
/// 1x1 kernel it is a factor and a summand for each channel.
typedef struct {
    const float *input;  // channel 0 of the first tap of output pixel (0,0) of image 0
    int64_t input_image, input_row, input_pixel;
    int32_t kernel_height, kernel_width, stride_y, stride_x;
    float *output;  // channel 0 of pixel (0,0) of image 0; not the input
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width, channels;
    const float *weights;  // [kernel row][kernel column][channels]
    const float *bias;     // [channels], no -0
    float ceiling;         // of the ReLU: 0 for no ReLU, infinity for a plain one
} ck_depthwise;

/// Maximum, average and global average; a copy of channels uses what it needs. A window without a cell of the input (it
/// lies in the padding alone) gives 0.
typedef struct {
    const float *input;  // channel 0 of pixel (0,0) of image 0, inside of the halo
    int64_t input_image, input_row, input_pixel;
    int32_t input_height, input_width;
    float *output;
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width, channels;
    ck_window window;
    int32_t counts_padding;  // averages: the divisor counts the cells of the padding too
} ck_pool2d;

/// Local response normalisation; the output may be the input itself.
typedef struct {
    const float *input;
    int64_t input_image, input_row, input_pixel;
    float *output;
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width, channels;
    int32_t size;  // channels that are summed, odd
    float alpha_over_size, k;
} ck_local_response;

#endif
