// Convolution and fully connected layers in precision `exact`.
//
// Contract, the same for every instruction set: an output is ONE chain of float32 fused multiply-adds that starts
// at +0 and runs over (kernel row, kernel column, input channel), then one addition of the bias, then ReLU:
// min(max(value, 0), ceiling), which is never -0.
// Lanes and tiles run across output channels, pixels and images, never along the chain.
//
// Weights are finite and no bias is -0, so that leaving out the product with an input that is zero changes no output.
//
// Activations are channel-last with a halo of zeros as wide as the padding, so that the taps of one kernel row are
// contiguous in memory and no tap needs a test. The chain is given as a list of contiguous runs.
#ifndef CK_CONV_H
#define CK_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"

enum {
    CK_CONV_PANEL = 64,        // output channels that are packed side by side
    CK_CONV_LANES = 16,        // packed channels are padded with zeros to a multiple of this
    CK_CONV_CHUNK = 192,       // output pixels a task at the most
    CK_CONV_RUN_LIMIT = 1024,  // floats in a run at the most, so that a block of weights stays in the L2 cache
    CK_CONV_SCRATCH = CK_CONV_CHUNK * CK_CONV_PANEL  // floats of scratch memory a thread
};

typedef struct {
    // Input: address of the first tap of output pixel (0,0) of image 0; strides in floats.
    const float *input;
    ptrdiff_t input_image, input_row, input_pixel;
    int32_t stride_y, stride_x;

    // Output: address of channel 0 of pixel (0,0) of image 0; strides in floats.
    float *output;
    ptrdiff_t output_image, output_row, output_pixel;
    int32_t batch, height, width, channels;

    // The chain: runs[i] starts run_offset[i] floats after a pixel's first tap and holds run_length[i] floats.
    int32_t runs;
    const int32_t *run_offset, *run_length;

    // From ck_conv_pack; the bias has ck_conv_padded_channels(channels) entries.
    const float *weights;
    const float *bias;
    float ceiling;  // of the ReLU: 0 for no ReLU, infinity for a plain one

    // From ck_nonzero_bits over the memory around the input, or NULL: the bit of input[0], which must be the first of its
    // byte, as must be the bits of every pixel's first tap and of every run: all strides are multiples of 8. With it the
    // products with zeros are left out where that is faster. CK_NONZERO_SLACK bytes follow the last bit.
    const uint8_t *nonzero;
} ck_conv;

/// Output channels rounded up to whole vectors.
int32_t ck_conv_padded_channels(int32_t channels);

/// Packs weights [channels][chain] (chain in canonical order, floats) into panels: [panel][chain][lanes of the panel].
/// `packed` holds ck_conv_padded_channels(channels) * chain floats.
void ck_conv_pack(const float *weights, int32_t channels, int64_t chain, float *packed);

/// The number of independent tasks; each may run on any thread.
int32_t ck_conv_tasks(const ck_conv *conv);

/// Runs one task. `scratch` holds CK_CONV_SCRATCH floats, 64-byte aligned, and belongs to the calling thread.
void ck_conv_run(ck_isa isa, const ck_conv *conv, int32_t task, float *scratch);

/// The plain loop that every kernel must agree with to the bit.
/// input [height][width][channels_in] without halo; weights [out][kernel_h][kernel_w][channels_in / groups];
/// output [out_h][out_w][out]. One image.
void ck_conv_reference(const float *input, int32_t height, int32_t width, int32_t channels_in,
                       const float *weights, const float *bias, int32_t channels_out,
                       int32_t kernel_h, int32_t kernel_w, int32_t stride, int32_t padding, int32_t groups,
                       float ceiling, float *output, int32_t out_h, int32_t out_w);

#endif
