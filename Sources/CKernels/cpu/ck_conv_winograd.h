// What the Winograd kernels share. F(4x4, 3x3) over the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray, 2016):
// a tile of 4x4 outputs comes from 6x6 inputs through 36 independent sums over the input channels.
#ifndef CK_CONV_WINOGRAD_H
#define CK_CONV_WINOGRAD_H

#include "ck_conv_fast.h"

enum {
    CK_WINOGRAD_OUT = 4,
    CK_WINOGRAD_IN = 6,
    CK_WINOGRAD_AREA = 36
};

typedef struct {
    /// B'dB of one tile for `channels` channels. Rows and columns from `rows` and `columns` (at most 6) on are zeros.
    /// Writes values[place * place_stride + channel].
    void (*input)(const float *taps, ptrdiff_t row, ptrdiff_t pixel, int32_t rows, int32_t columns, int32_t channels,
                  float *values, ptrdiff_t place_stride);
    /// A'mA of one tile for `channels` channels (at most 64), bias and ReLU; writes the first `rows` and `columns`.
    /// Reads sums[place * place_stride + channel], channels rounded up to 16.
    void (*output)(const float *sums, ptrdiff_t place_stride, const float *bias, float ceiling, int32_t channels,
                   float *output, ptrdiff_t row, ptrdiff_t pixel, int32_t rows, int32_t columns);
} ck_winograd_transforms;

extern const ck_winograd_transforms ck_winograd_portable;
#if defined(__x86_64__)
extern const ck_winograd_transforms ck_winograd_avx2;
extern const ck_winograd_transforms ck_winograd_avx512;
#endif

size_t ck_winograd_packed_bytes(int32_t channels, int64_t chain);
void ck_winograd_pack(const float *weights, int32_t channels, int64_t chain, int32_t panel, float *packed);
size_t ck_winograd_scratch_bytes(int32_t channels_in);
int32_t ck_winograd_tasks(const ck_conv_fast *layer);
void ck_winograd_run(const ck_conv_fast *layer, int32_t task, void *scratch);

#endif
