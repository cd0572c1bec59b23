#include "ck_resize_isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), \
                             apply_to = function)

// weight = high * 2^11 + low. Both sums are exact in 32 bits, so their recombination is the sum over whole weights.
static inline __m512i combined(__m512i high, __m512i low) {
    const __m512i half = _mm512_set1_epi32(1 << (CK_RESIZE_BITS - 1));
    const __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(high, CK_RESIZE_LOW_BITS), _mm512_add_epi32(low, half));
    return _mm512_max_epi32(_mm512_srai_epi32(sum, CK_RESIZE_BITS), _mm512_setzero_si512());
}

static inline __m512i four_rows(const uint8_t *pixel, int64_t stride) {
    const __m256i upper = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)pixel)),
        _mm_loadu_si128((const __m128i *)(pixel + stride)), 1);
    const __m256i lower = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(pixel + 2 * stride))),
        _mm_loadu_si128((const __m128i *)(pixel + 3 * stride)), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(upper), lower, 1);
}

// Four rows at a time, one in each 128-bit lane: the rows share the weights. A lane holds (red, green, blue, unused).
static void rows_of_four(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                         int64_t target_stride) {
    const __m512i taps01 = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
    const __m512i taps23 = _mm512_broadcast_i32x4(
        _mm_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
    for (int32_t x = 0; x < axis->count; x++) {
        const int32_t *pairs = axis->pairs + (int64_t)x * axis->stride;
        const uint8_t *pixel = source + (int64_t)axis->first[x] * 3;
        __m512i high = _mm512_setzero_si512(), low = high;
        for (int32_t t = 0; t < axis->taps[x]; t += 4) {
            const __m512i bytes = four_rows(pixel + 3 * (int64_t)t, source_stride);
            const __m512i a = _mm512_shuffle_epi8(bytes, taps01), b = _mm512_shuffle_epi8(bytes, taps23);
            high = _mm512_add_epi32(high, _mm512_madd_epi16(a, _mm512_set1_epi32(pairs[t])));
            low = _mm512_add_epi32(low, _mm512_madd_epi16(a, _mm512_set1_epi32(pairs[t + 1])));
            high = _mm512_add_epi32(high, _mm512_madd_epi16(b, _mm512_set1_epi32(pairs[t + 2])));
            low = _mm512_add_epi32(low, _mm512_madd_epi16(b, _mm512_set1_epi32(pairs[t + 3])));
        }
        const __m128i out = _mm512_cvtusepi32_epi8(combined(high, low));
        // The fourth byte is overwritten by the next pixel, or lies in the row's padding.
        uint8_t *to = target + (int64_t)x * 3;
        _mm_storeu_si32(to, out);
        _mm_storeu_si32(to + target_stride, _mm_shuffle_epi32(out, 1));
        _mm_storeu_si32(to + 2 * target_stride, _mm_shuffle_epi32(out, 2));
        _mm_storeu_si32(to + 3 * target_stride, _mm_shuffle_epi32(out, 3));
    }
}

void ck_resize_rows_avx512(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                           int64_t target_stride, int32_t rows) {
    int32_t y = 0;
    for (; y + 4 <= rows; y += 4) {
        rows_of_four(axis, source + y * source_stride, source_stride, target + y * target_stride, target_stride);
    }
    if (y < rows) {
        ck_resize_rows_avx2(axis, source + y * source_stride, source_stride, target + y * target_stride,
                            target_stride, rows - y);
    }
}

void ck_resize_columns_avx512(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                              int64_t source_stride, int64_t row_bytes, uint8_t *target) {
    const int32_t *pairs = axis->pairs + (int64_t)output * axis->stride;
    const int32_t taps = axis->taps[output];
    for (int64_t x = 0; x < row_bytes; x += 32) {
        __m512i high0 = _mm512_setzero_si512(), low0 = high0, high1 = high0, low1 = high0;
        for (int32_t t = 0; t < taps; t += 2) {
            const uint8_t *byte = source + t * source_stride + x;
            // An odd count of taps: the second row may not exist, and its weight is 0.
            const uint8_t *next = t + 1 < taps ? byte + source_stride : byte;
            const __m512i a = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)byte));
            const __m512i b = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)next));
            const __m512i first = _mm512_unpacklo_epi16(a, b), second = _mm512_unpackhi_epi16(a, b);
            const __m512i high = _mm512_set1_epi32(pairs[t]), low = _mm512_set1_epi32(pairs[t + 1]);
            high0 = _mm512_add_epi32(high0, _mm512_madd_epi16(first, high));
            low0 = _mm512_add_epi32(low0, _mm512_madd_epi16(first, low));
            high1 = _mm512_add_epi32(high1, _mm512_madd_epi16(second, high));
            low1 = _mm512_add_epi32(low1, _mm512_madd_epi16(second, low));
        }
        const __m512i words = _mm512_packus_epi32(combined(high0, low0), combined(high1, low1));
        const int64_t left = row_bytes - x;
        const __mmask32 mask = left >= 32 ? ~(__mmask32)0 : ((__mmask32)1 << left) - 1;
        _mm256_mask_storeu_epi8(target + x, mask, _mm512_cvtusepi16_epi8(words));
    }
}

#pragma clang attribute pop
#endif
