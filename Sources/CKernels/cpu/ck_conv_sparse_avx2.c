// One pixel x 8 (or 6, 4, 2) vectors of output channels: see ck_conv_sparse_avx512.c.
#include "ck_conv_sparse.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "ck_relu_256.h"

static inline __attribute__((always_inline)) void finish(const int vectors, const ck_conv *conv,
                                                         const ck_conv_tile *tile, int32_t p, const __m256 *sum) {
    float values[CK_CONV_PANEL];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        __m256 value = _mm256_add_ps(sum[v], _mm256_loadu_ps(tile->bias + v * 8));
        value = ck_relu_256(value, conv->ceiling);
        _mm256_storeu_ps(values + v * 8, value);
    }
    __builtin_memcpy(tile->outputs[p], values, (size_t)tile->channels * sizeof(float));
}

static inline __attribute__((always_inline)) void word_of(const int vectors, const ck_conv *conv,
                                                          const ck_conv_tile *tile, int32_t count, int32_t offset,
                                                          int32_t length) {
    const float *const weights = tile->weights;
    for (int32_t p = 0; p < count; p++) {
        const float *taps = tile->pixels[p] + offset;
        const float *ahead = tile->pixels[p + 2 < count ? p + 2 : p] + offset;
#pragma clang loop unroll(full)
        for (int i = 0; i < CK_CONV_WORD; i += 16) __builtin_prefetch(ahead + i);
        float *chains = tile->chains + (int64_t)p * CK_CONV_PANEL;
        __m256 sum[8];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[v] = tile->first ? _mm256_setzero_ps() : _mm256_load_ps(chains + v * 8);
        uint64_t word = ck_conv_nonzero_word(conv, tile->pixels[p], offset, length);
        while (word != 0) {
            const int64_t i = __builtin_ctzll(word);
            word &= word - 1;
            const __m256 h = _mm256_set1_ps(taps[i]);
            const float *w = weights + i * (vectors * 8);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[v] = _mm256_fmadd_ps(h, _mm256_load_ps(w + v * 8), sum[v]);
        }
        if (tile->last) {
            // The lines that a later pixel writes come from main memory.
            const float *later = tile->outputs[p + 4 < count ? p + 4 : p];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v += 2) __builtin_prefetch(later + v * 8, 0, 2);
            finish(vectors, conv, tile, p, sum);
        } else {
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) _mm256_store_ps(chains + v * 8, sum[v]);
        }
    }
}

void ck_conv_sparse_avx2(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes, int32_t offset,
                         int32_t length) {
    switch (lanes) {
    case 64: word_of(8, conv, tile, count, offset, length); break;
    case 48: word_of(6, conv, tile, count, offset, length); break;
    case 32: word_of(4, conv, tile, count, offset, length); break;
    default: word_of(2, conv, tile, count, offset, length); break;
    }
}

#pragma clang attribute pop
#endif
