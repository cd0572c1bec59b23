// Register tile: 4 vectors of 4 output channels x up to 6 pixels, over the panel in slices of 16. With 24 of the 32
// registers for sums there is room for 6 pixels' next four inputs, whose lanes a multiply-add takes as they are, and two
// vectors of weights.
#include "ck_conv_tile.h"

#if defined(__aarch64__)
#include <string.h>

#include "ck_relu_neon.h"

enum { PIXELS = 6 };

#define INLINE static inline __attribute__((always_inline))

/// One step of the chain: each pixel's input is lane `lane` of its vector.
#define STEP(lane)                                                                                   \
    _Pragma("clang loop unroll(full)") for (int v = 0; v < 4; v++) {                                 \
        const float32x4_t w = vld1q_f32(weights + v * 4);                                            \
        _Pragma("clang loop unroll(full)") for (int p = 0; p < pixels; p++) {                        \
            sum[p][v] = vfmaq_laneq_f32(sum[p][v], w, in[p], lane);                                  \
        }                                                                                            \
    }                                                                                                \
    weights += lanes;

INLINE void slice_of(const int pixels, const ck_conv *conv, const ck_conv_tile *tile, int32_t at, int32_t slice,
                     int32_t lanes) {
    float32x4_t sum[PIXELS][4];
    const float *tap[PIXELS];
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        tap[p] = tile->pixels[at + p];
        const float *chains = tile->chains + (at + p) * CK_CONV_PANEL + slice;
#pragma clang loop unroll(full)
        for (int v = 0; v < 4; v++) sum[p][v] = tile->first ? vdupq_n_f32(0.0f) : vld1q_f32(chains + v * 4);
    }
    const float *weights = tile->weights + slice;
    for (int32_t r = tile->run_begin; r < tile->run_end; r++) {
        const int64_t begin = conv->run_offset[r], end = begin + conv->run_length[r];
        int64_t i = begin;
        float32x4_t in[PIXELS];
        for (; i + 4 <= end; i += 4) {
            if ((i - begin) % 16 == 0 && tile->ahead != 0) {
#pragma clang loop unroll(full)
                for (int p = 0; p < pixels; p++) __builtin_prefetch(tap[p] + i + tile->ahead, 0, 3);
            }
#pragma clang loop unroll(full)
            for (int p = 0; p < pixels; p++) in[p] = vld1q_f32(tap[p] + i);
            STEP(0)
            STEP(1)
            STEP(2)
            STEP(3)
        }
        for (; i < end; i++) {
#pragma clang loop unroll(full)
            for (int p = 0; p < pixels; p++) in[p] = vsetq_lane_f32(tap[p][i], vdupq_n_f32(0.0f), 0);
            STEP(0)
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        if (!tile->last) {
            float *chains = tile->chains + (at + p) * CK_CONV_PANEL + slice;
#pragma clang loop unroll(full)
            for (int v = 0; v < 4; v++) vst1q_f32(chains + v * 4, sum[p][v]);
            continue;
        }
        float *output = tile->outputs[at + p] + slice;
        const int32_t rest = tile->channels - slice;
#pragma clang loop unroll(full)
        for (int v = 0; v < 4; v++) {
            const float32x4_t biased = vaddq_f32(sum[p][v], vld1q_f32(tile->bias + slice + v * 4));
            const float32x4_t value = ck_relu_neon(biased, conv->ceiling);
            if (rest >= v * 4 + 4) {
                vst1q_f32(output + v * 4, value);
            } else if (rest > v * 4) {
                memcpy(output + v * 4, &value, (size_t)(rest - v * 4) * sizeof(float));
            }
        }
    }
}

void ck_conv_tile_neon(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes) {
    // Parts of nearly the same size: a last one of few pixels would have too few chains to hide a multiply-add's latency.
    const int32_t parts = (count + PIXELS - 1) / PIXELS;
    for (int32_t part = 0; part < parts; part++) {
        const int32_t at = count * part / parts, pixels = count * (part + 1) / parts - at;
        for (int32_t slice = 0; slice < lanes; slice += 16) {
            switch (pixels) {
            case 1: slice_of(1, conv, tile, at, slice, lanes); break;
            case 2: slice_of(2, conv, tile, at, slice, lanes); break;
            case 3: slice_of(3, conv, tile, at, slice, lanes); break;
            case 4: slice_of(4, conv, tile, at, slice, lanes); break;
            case 5: slice_of(5, conv, tile, at, slice, lanes); break;
            default: slice_of(6, conv, tile, at, slice, lanes); break;
            }
        }
    }
}

#endif
