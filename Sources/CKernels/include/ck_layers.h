// The layers that are no convolution, on channel-last activations, and the input's normalisation. All strides in floats.
#ifndef CK_LAYERS_H
#define CK_LAYERS_H

#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"

typedef struct {
    const float *input;  // channel 0 of pixel (0,0), without the halo; one image
    ptrdiff_t input_row, input_pixel;
    int32_t input_height, input_width;
    float *output;
    ptrdiff_t output_row, output_pixel;
    int32_t height, width, channels;
    int32_t kernel, stride, padding;
    int32_t counts_padding;  // averages: the divisor counts the cells of the padding too
} ck_pool2d;

/// Maximum over each window, clipped to the input (padding and ceil mode never add a value).
void ck_max_pool(ck_isa isa, const ck_pool2d *pool);

/// Mean over each window: float32 additions of the cells inside the input in row-major order from +0, then one division
/// by their number, or, if padding counts, by the number of cells inside the padded input.
void ck_average_pool(ck_isa isa, const ck_pool2d *pool);

/// Mean over the whole input of one image: float32 additions in row-major order from +0, then one division.
/// output_row and output_pixel are not used; height and width are 1.
void ck_global_average(const ck_pool2d *pool);

/// Copies channels of every pixel; for a concatenation whose parts could not be written in place.
void ck_copy_channels(const ck_pool2d *copy);

/// 8-bit RGB [height][width][3] to float32 through a table [3][256] that is indexed by source channel;
/// output channel c of a pixel is table[order[c]][pixel[order[c]]].
void ck_normalize(const uint8_t *rgb, int32_t height, int32_t width, const float *table, const int32_t order[3],
                  float *output, ptrdiff_t output_row, ptrdiff_t output_pixel);

#endif
