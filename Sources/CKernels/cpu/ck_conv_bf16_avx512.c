// Register tiles as in ck_conv_avx512.c; an instruction adds two products a lane, a broadcast fetches a pair of inputs.
#include "ck_conv_bf16.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512bf16"))), \
                             apply_to = function)

#include "ck_relu_512.h"

static inline __attribute__((always_inline)) __m512bh pair_of_vectors(const float *from, int32_t rest) {
    if (rest >= 32) return _mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + 16), _mm512_loadu_ps(from));
    const __mmask32 mask = (__mmask32)((1u << rest) - 1);
    const __m512 low = _mm512_maskz_loadu_ps((__mmask16)mask, from);
    return _mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps((__mmask16)(mask >> 16), from + 16), low);
}

static void gather(const ck_conv *conv, const float *pixel, ck_bf16_place from, int32_t count, uint16_t *out) {
    int32_t at = from.at;
    for (int32_t run = from.run; count > 0; run++, at = 0) {
        const float *taps = pixel + conv->run_offset[run] + at;
        int32_t length = conv->run_length[run] - at;
        if (length > count) length = count;
        // Whole vectors are written: the next run overwrites what a short one leaves behind, which is zeros.
        for (int32_t i = 0; i < length; i += 32) {
            _mm512_storeu_si512(out + i, (__m512i)pair_of_vectors(taps + i, length - i));
        }
        out += length;
        count -= length;
    }
}

static inline __attribute__((always_inline)) void tile_of(const int pixels, const int vectors,
                                                          const ck_bf16_tile *tile) {
    __m512 sum[12][4];
    const uint16_t *tap[12];
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        tap[p] = tile->pixels + p * CK_BF16_ROW;
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            sum[p][v] = tile->first ? _mm512_setzero_ps() : _mm512_load_ps(tile->chains + p * CK_CONV_PANEL + v * 16);
        }
    }
    const uint16_t *weights = tile->weights;
    const int64_t pairs = tile->pairs;
    for (int64_t k = 0; k < pairs; k++, weights += vectors * 32) {
        __m512bh w[4];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) w[v] = (__m512bh)_mm512_load_si512(weights + v * 32);
#pragma clang loop unroll(full)
        for (int p = 0; p < pixels; p++) {
            int32_t two;
            __builtin_memcpy(&two, tap[p] + 2 * k, sizeof two);
            const __m512bh h = (__m512bh)_mm512_set1_epi32(two);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[p][v] = _mm512_dpbf16_ps(sum[p][v], h, w[v]);
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
            value = ck_relu_512(value, tile->ceiling);
            _mm512_mask_storeu_ps(tile->outputs[p] + v * 16, mask, value);
        }
    }
}

#define TILE(p, v) \
    case p: tile_of(p, v, tile); break;

static void compute(const ck_bf16_tile *tile, int32_t count, int32_t lanes) {
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

const ck_bf16_kernels ck_bf16_avx512 = {gather, compute};
#endif
