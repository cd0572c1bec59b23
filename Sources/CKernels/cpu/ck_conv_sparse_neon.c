// One pixel x 16 (or 12, 8, 4) vectors of output channels: see ck_conv_sparse_avx512.c.
#include "ck_conv_sparse.h"

#if defined(__aarch64__)
#include "ck_relu_neon.h"

#define INLINE static inline __attribute__((always_inline))

INLINE void finish(const int vectors, const ck_conv *conv, const ck_conv_tile *tile, int32_t p, const float32x4_t *sum) {
    float values[CK_CONV_PANEL];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        const float32x4_t value = vaddq_f32(sum[v], vld1q_f32(tile->bias + v * 4));
        vst1q_f32(values + v * 4, ck_relu_neon(value, conv->ceiling));
    }
    __builtin_memcpy(tile->outputs[p], values, (size_t)tile->channels * sizeof(float));
}

INLINE void word_of(const int vectors, const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t offset,
                    int32_t length) {
    const float *const weights = tile->weights;
    for (int32_t p = 0; p < count; p++) {
        const float *taps = tile->pixels[p] + offset;
        const float *ahead = tile->pixels[p + 2 < count ? p + 2 : p] + offset;
#pragma clang loop unroll(full)
        for (int i = 0; i < CK_CONV_WORD; i += 16) __builtin_prefetch(ahead + i);
        float *chains = tile->chains + (int64_t)p * CK_CONV_PANEL;
        float32x4_t sum[16];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[v] = tile->first ? vdupq_n_f32(0.0f) : vld1q_f32(chains + v * 4);
        uint64_t word = ck_conv_nonzero_word(conv, tile->pixels[p], offset, length);
        while (word != 0) {
            const int64_t i = __builtin_ctzll(word);
            word &= word - 1;
            const float32x4_t h = vdupq_n_f32(taps[i]);
            const float *w = weights + i * (vectors * 4);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[v] = vfmaq_f32(sum[v], h, vld1q_f32(w + v * 4));
        }
        if (tile->last) {
            // The lines that a later pixel writes come from main memory.
            const float *later = tile->outputs[p + 4 < count ? p + 4 : p];
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v += 4) __builtin_prefetch(later + v * 4, 0, 2);
            finish(vectors, conv, tile, p, sum);
        } else {
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) vst1q_f32(chains + v * 4, sum[v]);
        }
    }
}

void ck_conv_sparse_neon(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes, int32_t offset,
                         int32_t length) {
    switch (lanes) {
    case 64: word_of(16, conv, tile, count, offset, length); break;
    case 48: word_of(12, conv, tile, count, offset, length); break;
    case 32: word_of(8, conv, tile, count, offset, length); break;
    default: word_of(4, conv, tile, count, offset, length); break;
    }
}

#endif
