#include "ck_resize_isa.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// weight = high * 2^11 + low. Both sums are exact in 32 bits, so their recombination is the sum over whole weights.
static inline __m256i combined(__m256i high, __m256i low) {
    const __m256i half = _mm256_set1_epi32(1 << (CK_RESIZE_BITS - 1));
    const __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, CK_RESIZE_LOW_BITS), _mm256_add_epi32(low, half));
    return _mm256_srai_epi32(sum, CK_RESIZE_BITS);
}

// Two rows at a time, one in each 128-bit lane: the rows share the weights. A lane holds (red, green, blue, unused).
// With stride 0 both lanes are the same row.
static void rows_of_two(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                        int64_t target_stride) {
    const __m256i taps01 = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
    const __m256i taps23 = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
    const __m256i zero = _mm256_setzero_si256();
    for (int32_t x = 0; x < axis->count; x++) {
        const int32_t *pairs = axis->pairs + (int64_t)x * axis->stride;
        const uint8_t *pixel = source + (int64_t)axis->first[x] * 3;
        __m256i high = zero, low = zero;
        for (int32_t t = 0; t < axis->taps[x]; t += 4) {
            const uint8_t *from = pixel + 3 * (int64_t)t;
            const __m256i bytes = _mm256_inserti128_si256(
                _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)from)),
                _mm_loadu_si128((const __m128i *)(from + source_stride)), 1);
            const __m256i a = _mm256_shuffle_epi8(bytes, taps01), b = _mm256_shuffle_epi8(bytes, taps23);
            high = _mm256_add_epi32(high, _mm256_madd_epi16(a, _mm256_set1_epi32(pairs[t])));
            low = _mm256_add_epi32(low, _mm256_madd_epi16(a, _mm256_set1_epi32(pairs[t + 1])));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(b, _mm256_set1_epi32(pairs[t + 2])));
            low = _mm256_add_epi32(low, _mm256_madd_epi16(b, _mm256_set1_epi32(pairs[t + 3])));
        }
        const __m256i bytes = _mm256_packus_epi16(_mm256_packus_epi32(combined(high, low), zero), zero);
        // The fourth byte is overwritten by the next pixel, or lies in the row's padding.
        uint8_t *to = target + (int64_t)x * 3;
        _mm_storeu_si32(to, _mm256_castsi256_si128(bytes));
        _mm_storeu_si32(to + target_stride, _mm256_extracti128_si256(bytes, 1));
    }
}

void ck_resize_rows_avx2(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                         int64_t target_stride, int32_t rows) {
    int32_t y = 0;
    for (; y + 2 <= rows; y += 2) {
        rows_of_two(axis, source + y * source_stride, source_stride, target + y * target_stride, target_stride);
    }
    if (y < rows) rows_of_two(axis, source + y * source_stride, 0, target + y * target_stride, 0);
}

void ck_resize_columns_avx2(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                            int64_t source_stride, int64_t row_bytes, uint8_t *target) {
    const int32_t *pairs = axis->pairs + (int64_t)output * axis->stride;
    const int32_t taps = axis->taps[output];
    for (int64_t x = 0; x < row_bytes; x += 16) {
        __m256i high0 = _mm256_setzero_si256(), low0 = high0, high1 = high0, low1 = high0;
        for (int32_t t = 0; t < taps; t += 2) {
            const uint8_t *byte = source + t * source_stride + x;
            // An odd count of taps: the second row may not exist, and its weight is 0.
            const uint8_t *next = t + 1 < taps ? byte + source_stride : byte;
            const __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)byte));
            const __m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)next));
            const __m256i first = _mm256_unpacklo_epi16(a, b), second = _mm256_unpackhi_epi16(a, b);
            const __m256i high = _mm256_set1_epi32(pairs[t]), low = _mm256_set1_epi32(pairs[t + 1]);
            high0 = _mm256_add_epi32(high0, _mm256_madd_epi16(first, high));
            low0 = _mm256_add_epi32(low0, _mm256_madd_epi16(first, low));
            high1 = _mm256_add_epi32(high1, _mm256_madd_epi16(second, high));
            low1 = _mm256_add_epi32(low1, _mm256_madd_epi16(second, low));
        }
        const __m256i words = _mm256_packus_epi32(combined(high0, low0), combined(high1, low1));
        const __m128i bytes =
            _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        if (row_bytes - x >= 16) {
            _mm_storeu_si128((__m128i *)(target + x), bytes);
        } else {
            uint8_t last[16];
            _mm_storeu_si128((__m128i *)last, bytes);
            memcpy(target + x, last, (size_t)(row_bytes - x));
        }
    }
}

#pragma clang attribute pop
#endif
