// Register tile: 4 vectors of output channels x 6 pixels, 3 x 8, 2 x 12 or 1 x 12: at the most 24 accumulators, which
// hide the latency of the fused multiply-add (4 cycles, two a cycle) and need few loads for each of them.
#include "ck_conv_tile.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), apply_to = function)

#include "ck_relu_512.h"

static inline __attribute__((always_inline)) void tile_of(const int pixels, const int vectors, const ck_conv *conv,
                                                          const ck_conv_tile *tile) {
    __m512 sum[12][4];
    const float *tap[12];
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        tap[p] = tile->pixels[p];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            sum[p][v] = tile->first ? _mm512_setzero_ps() : _mm512_load_ps(tile->chains + p * CK_CONV_PANEL + v * 16);
        }
    }
    const float *weights = tile->weights;
    for (int32_t r = tile->run_begin; r < tile->run_end; r++) {
        const int64_t begin = conv->run_offset[r], end = begin + conv->run_length[r];
        for (int64_t i = begin; i < end; i++, weights += vectors * 16) {
            if (i % 16 == 0 && tile->ahead != 0) {
#pragma clang loop unroll(full)
                for (int p = 0; p < pixels; p++) __builtin_prefetch(tap[p] + i + tile->ahead, 0, 3);
            }
            __m512 w[4];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) w[v] = _mm512_load_ps(weights + v * 16);
#pragma clang loop unroll(full)
            for (int p = 0; p < pixels; p++) {
                const __m512 h = _mm512_set1_ps(tap[p][i]);
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sum[p][v] = _mm512_fmadd_ps(h, w[v], sum[p][v]);
            }
        }
    }
    if (!tile->last) {
#pragma clang loop unroll(full)
        for (int p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) _mm512_store_ps(tile->chains + p * CK_CONV_PANEL + v * 16, sum[p][v]);
        }
        return;
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        const __m512 bias = _mm512_loadu_ps(tile->bias + v * 16);
        const int rest = tile->channels - v * 16;
        const __mmask16 mask = rest >= 16 ? 0xffff : (__mmask16)((1u << rest) - 1);
#pragma clang loop unroll(full)
        for (int p = 0; p < pixels; p++) {
            __m512 value = _mm512_add_ps(sum[p][v], bias);
            value = ck_relu_512(value, conv->ceiling);
            _mm512_mask_storeu_ps(tile->outputs[p] + v * 16, mask, value);
        }
    }
}

#define TILE(p, v) \
    case p: tile_of(p, v, conv, tile); break;

void ck_conv_tile_avx512(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes) {
    switch (lanes) {
    case 64:
        switch (count) { TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4) }
        break;
    case 48:
        switch (count) {
            TILE(1, 3) TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3)
        }
        break;
    case 32:
        switch (count) {
            TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
            TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
        }
        break;
    default:
        switch (count) {
            TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
            TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
        }
        break;
    }
}

#pragma clang attribute pop
#endif
