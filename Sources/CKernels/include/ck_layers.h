// The layers that are no convolution, on channel-last activations, and the input's normalisation. All strides in floats.
#ifndef CK_LAYERS_H
#define CK_LAYERS_H

#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"
#include "ck_layer_calls.h"

// Each call computes one image of the batch; images may be computed on any threads.

/// Maximum over each window, clipped to the input (padding and ceil mode never add a value).
void ck_max_pool(ck_isa isa, const ck_pool2d *pool, int32_t image);

/// Mean over each window: float32 additions of the cells inside the input in row-major order from +0, then one division
/// by their number, or, if padding counts, by the number of cells inside the padded input: below and to the right too.
void ck_average_pool(ck_isa isa, const ck_pool2d *pool, int32_t image);

/// Mean over the whole input of one image: float32 additions in row-major order from +0, then one division.
/// The window, output_row and output_pixel are not used; height and width are 1.
void ck_global_average(const ck_pool2d *pool, int32_t image);

/// Copies channels of every pixel; for a concatenation whose parts could not be written in place.
void ck_copy_channels(const ck_pool2d *copy, int32_t image);

/// 8-bit RGB [height][width][3] to float32 through a table [3][256] that is indexed by source channel;
/// output channel c of a pixel is table[order[c]][pixel[order[c]]].
void ck_normalize(const uint8_t *rgb, int32_t height, int32_t width, const float *table, const int32_t order[3],
                  float *output, ptrdiff_t output_row, ptrdiff_t output_pixel);

#endif
