// Resampling with antialiasing of 8-bit RGB, with the bits of Pillow's Image.resize(size, BILINEAR) and (size, BICUBIC):
// a triangle or a cubic filter (a = -0.5) widened by the scale, weights with 22 fraction bits, two passes, each rounded and clipped to
// 8 bits. Any window of the output can be computed alone.
#ifndef CK_RESIZE_H
#define CK_RESIZE_H

#include <stdint.h>

#include "ck_cpu.h"

/// Fraction bits of a weight.
#define CK_RESIZE_BITS 22

/// Bytes that must be readable after the last pixel of every row given to ck_resize_rows.
#define CK_RESIZE_PADDING 64

typedef enum {
    CK_RESIZE_BILINEAR = 0,
    CK_RESIZE_BICUBIC = 1
} ck_resize_filter;

/// One axis: which input samples make each output of the window, and how much each one counts. Starts zeroed.
typedef struct {
    ck_resize_filter filter;
    int32_t input, output;    // samples before and after
    int32_t start, count;     // the window of the output
    int32_t identity;         // input == output: samples are copied, and there are no weights
    int32_t stride;           // weights of an output: a multiple of 4
    int32_t *first;           // [count] first input sample
    int32_t *taps;            // [count] input samples that count
    int32_t *weights;         // [count][stride], unused ones zero
    int32_t *pairs;           // [count][stride]: per two taps, two 16-bit high parts, then two 16-bit low parts
    int64_t capacity;         // weights that the memory holds
    int32_t window_capacity;  // outputs that the memory holds
} ck_resize_axis;

/// The low part of a weight has this many bits: weight = high * 2^11 + low, both fit a signed 16-bit number, and
/// the sums of 255 * high and 255 * low stay exact in 32 bits. A cubic's outer weights are negative: `high` has the sign.
#define CK_RESIZE_LOW_BITS 11

/// Plans outputs start ..< start + count of an axis of `input` samples resized to `output`. Memory is kept from call
/// to call. 0, or -1 when memory cannot be had; the axis is then empty.
int32_t ck_resize_axis_set(ck_resize_axis *axis, ck_resize_filter filter, int32_t input, int32_t output, int32_t start,
                           int32_t count);
void ck_resize_axis_free(ck_resize_axis *axis);

/// The input samples of output `index` (counted from the window's start): *first ..< *last.
void ck_resize_axis_needs(const ck_resize_axis *axis, int32_t index, int32_t *first, int32_t *last);

/// Horizontal pass. source: rows of [input, 3], each followed by CK_RESIZE_PADDING readable bytes; target: rows of
/// [count, 3], each followed by a byte that may be overwritten. Strides in bytes.
void ck_resize_rows(ck_isa isa, const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                    uint8_t *target, int64_t target_stride, int32_t rows);

/// Vertical pass for outputs `start` ..< `start + outputs` of the window. source: rows of row_bytes from sample
/// `source_first` on, each followed by CK_RESIZE_PADDING readable bytes; target: rows of row_bytes, the first one for
/// output `start`. Strides in bytes.
void ck_resize_columns(ck_isa isa, const ck_resize_axis *axis, int32_t start, int32_t outputs, const uint8_t *source,
                       int64_t source_stride, int32_t source_first, int64_t row_bytes, uint8_t *target,
                       int64_t target_stride);

#endif
