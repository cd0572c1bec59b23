// Register tile: 2 vectors of 8 output channels x up to 6 pixels (12 of the 16 registers), over the panel in slices of 16.
#include "ck_conv_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "ck_relu_256.h"

static inline __attribute__((always_inline)) void slice_of(const int pixels, const ck_conv *conv,
                                                           const ck_conv_tile *tile, int32_t at, int32_t slice,
                                                           int32_t lanes) {
    __m256 sum[6][2];
    const float *tap[6];
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        tap[p] = tile->pixels[at + p];
        const float *chains = tile->chains + (at + p) * CK_CONV_PANEL + slice;
        for (int v = 0; v < 2; v++) sum[p][v] = tile->first ? _mm256_setzero_ps() : _mm256_load_ps(chains + v * 8);
    }
    const float *weights = tile->weights + slice;
    for (int32_t r = tile->run_begin; r < tile->run_end; r++) {
        const int64_t begin = conv->run_offset[r], end = begin + conv->run_length[r];
        for (int64_t i = begin; i < end; i++, weights += lanes) {
            if (i % 16 == 0 && tile->ahead != 0) {
#pragma clang loop unroll(full)
                for (int p = 0; p < pixels; p++) __builtin_prefetch(tap[p] + i + tile->ahead, 0, 3);
            }
            const __m256 w0 = _mm256_load_ps(weights), w1 = _mm256_load_ps(weights + 8);
#pragma clang loop unroll(full)
            for (int p = 0; p < pixels; p++) {
                const __m256 h = _mm256_set1_ps(tap[p][i]);
                sum[p][0] = _mm256_fmadd_ps(h, w0, sum[p][0]);
                sum[p][1] = _mm256_fmadd_ps(h, w1, sum[p][1]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        if (!tile->last) {
            float *chains = tile->chains + (at + p) * CK_CONV_PANEL + slice;
            for (int v = 0; v < 2; v++) _mm256_store_ps(chains + v * 8, sum[p][v]);
            continue;
        }
        float values[16];
        for (int v = 0; v < 2; v++) {
            __m256 value = _mm256_add_ps(sum[p][v], _mm256_loadu_ps(tile->bias + slice + v * 8));
            value = ck_relu_256(value, conv->ceiling);
            _mm256_storeu_ps(values + v * 8, value);
        }
        const int32_t rest = tile->channels - slice;
        for (int32_t c = 0; c < 16 && c < rest; c++) tile->outputs[at + p][slice + c] = values[c];
    }
}

void ck_conv_tile_avx2(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes) {
    for (int32_t at = 0; at < count; at += 6) {
        for (int32_t slice = 0; slice < lanes; slice += 16) {
            switch (count - at) {
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

#pragma clang attribute pop
#endif
