// One pixel x 4 (or 3, 2, 1) vectors of output channels. The chains of neighbouring pixels are independent, so that the
// processor overlaps the end of one with the begin of the next; bits found early hide the loop's unpredictable end.
#include "ck_conv_sparse.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), apply_to = function)

#include "ck_relu_512.h"

static inline __attribute__((always_inline)) void finish(const int vectors, const ck_conv *conv,
                                                         const ck_conv_tile *tile, int32_t p, const __m512 *sum) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        const int rest = tile->channels - v * 16;
        const __mmask16 mask = rest >= 16 ? 0xffff : (__mmask16)((1u << rest) - 1);
        __m512 value = _mm512_add_ps(sum[v], _mm512_loadu_ps(tile->bias + v * 16));
        value = ck_relu_512(value, conv->ceiling);
        _mm512_mask_storeu_ps(tile->outputs[p] + v * 16, mask, value);
    }
}

static inline __attribute__((always_inline)) void word_of(const int vectors, const ck_conv *conv,
                                                          const ck_conv_tile *tile, int32_t count, int32_t offset,
                                                          int32_t length) {
    const float *const weights = tile->weights;
    for (int32_t p = 0; p < count; p++) {
        const float *taps = tile->pixels[p] + offset;
        // The pixel after the next: its inputs come from the L2 cache.
        const float *ahead = tile->pixels[p + 2 < count ? p + 2 : p] + offset;
#pragma clang loop unroll(full)
        for (int i = 0; i < CK_CONV_WORD; i += 16) __builtin_prefetch(ahead + i);
        float *chains = tile->chains + (int64_t)p * CK_CONV_PANEL;
        __m512 sum[4];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[v] = tile->first ? _mm512_setzero_ps() : _mm512_load_ps(chains + v * 16);
        uint64_t word = ck_conv_nonzero_word(conv, tile->pixels[p], offset, length);
        while (word != 0) {
            const int64_t i = __builtin_ctzll(word);
            word &= word - 1;
            const __m512 h = _mm512_set1_ps(taps[i]);
            const float *w = weights + i * (vectors * 16);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[v] = _mm512_fmadd_ps(h, _mm512_load_ps(w + v * 16), sum[v]);
        }
        if (tile->last) {
            // The lines that a later pixel writes come from main memory.
            const float *later = tile->outputs[p + 4 < count ? p + 4 : p];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v += 1) __builtin_prefetch(later + v * 16, 0, 2);
            finish(vectors, conv, tile, p, sum);
        } else {
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) _mm512_store_ps(chains + v * 16, sum[v]);
        }
    }
}

void ck_conv_sparse_avx512(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes,
                           int32_t offset, int32_t length) {
    switch (lanes) {
    case 64: word_of(4, conv, tile, count, offset, length); break;
    case 48: word_of(3, conv, tile, count, offset, length); break;
    case 32: word_of(2, conv, tile, count, offset, length); break;
    default: word_of(1, conv, tile, count, offset, length); break;
    }
}

#pragma clang attribute pop
#endif
