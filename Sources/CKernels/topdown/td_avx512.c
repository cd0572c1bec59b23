#if defined(__x86_64__)

#include <immintrin.h>

#include "topdown.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,popcnt"))), \
                             apply_to = function)

static inline __mmask16 tail(int32_t count) { return (__mmask16)((1u << count) - 1); }

// The fixed-point values of lanes 0 ..< 8 and 8 ..< 16: the conversion rounds to nearest even.
static inline __m512i fixed_low(__m512 scaled) { return _mm512_cvtps_epi64(_mm512_castps512_ps256(scaled)); }
static inline __m512i fixed_high(__m512 scaled) { return _mm512_cvtps_epi64(_mm512_extractf32x8_ps(scaled, 1)); }

typedef struct {
    __m512i total0, total1, largest;
    __m512 maximum, sum;
    float *positive;
} sweep;

static inline void sweep_step(sweep *s, __m512 weights, __m512 input, float *products) {
    __m512 product = _mm512_mul_ps(weights, input);
    _mm512_storeu_ps(products, product);
    __m512 scaled = _mm512_mul_ps(product, _mm512_set1_ps(TD_SCALE));
    s->total0 = _mm512_add_epi64(s->total0, fixed_low(scaled));
    s->total1 = _mm512_add_epi64(s->total1, fixed_high(scaled));
    __m512i magnitude = _mm512_and_si512(_mm512_castps_si512(product), _mm512_set1_epi32(0x7fffffff));
    s->largest = _mm512_max_epu32(s->largest, magnitude);
    __mmask16 positive = _mm512_cmp_ps_mask(product, _mm512_set1_ps(TD_ZERO), _CMP_GT_OQ);
    s->maximum = _mm512_max_ps(product, s->maximum);
    s->sum = _mm512_mask_add_ps(s->sum, positive, s->sum, product);
    _mm512_storeu_ps(s->positive, _mm512_maskz_compress_ps(positive, product));
    s->positive += __builtin_popcount(positive);
}

static td_sums products_avx512(const td_window *window, float *products, float *positive) {
    sweep s = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
               _mm512_setzero_ps(),    _mm512_setzero_ps(),    positive};
    const int32_t run = window->run;
    const __mmask16 rest = tail(run & 15);
    for (int32_t row = 0; row < window->rows; row++) {
        for (int32_t segment = 0; segment < window->segments; segment++) {
            const float *weights = window->weights + row * window->weight_row + segment * window->weight_segment;
            const float *input = window->input + row * window->input_row + segment * window->input_segment;
            int32_t i = 0;
            for (; i + 16 <= run; i += 16) {
                sweep_step(&s, _mm512_loadu_ps(weights + i), _mm512_loadu_ps(input + i), products + i);
            }
            // The zeros behind the end are overwritten by the next run.
            if (rest) {
                sweep_step(&s, _mm512_maskz_loadu_ps(rest, weights + i), _mm512_maskz_loadu_ps(rest, input + i),
                           products + i);
            }
            products += run;
        }
    }
    return (td_sums){_mm512_reduce_add_epi64(_mm512_add_epi64(s.total0, s.total1)), _mm512_reduce_max_epu32(s.largest),
                     _mm512_reduce_max_ps(s.maximum), _mm512_reduce_add_ps(s.sum), (int32_t)(s.positive - positive)};
}

// At most 16 values: each lane's sum of the greater ones, and the smallest lane for which it is < total.
static float theta_of_few(const float *values, int32_t count, int64_t total) {
    __m512 lanes = _mm512_maskz_loadu_ps(tail(count), values);
    __m512 scaled = _mm512_mul_ps(lanes, _mm512_set1_ps(TD_SCALE));
    _Alignas(64) int64_t fixed[16];
    _mm512_store_si512(fixed, fixed_low(scaled));
    _mm512_store_si512(fixed + 8, fixed_high(scaled));
    __m512i above0 = _mm512_setzero_si512(), above1 = above0;
    for (int32_t i = 0; i < count; i++) {
        __mmask16 lower = _mm512_cmp_ps_mask(lanes, _mm512_set1_ps(values[i]), _CMP_LT_OQ);
        __m512i value = _mm512_set1_epi64(fixed[i]);
        above0 = _mm512_mask_add_epi64(above0, (__mmask8)lower, above0, value);
        above1 = _mm512_mask_add_epi64(above1, (__mmask8)(lower >> 8), above1, value);
    }
    __m512i bound = _mm512_set1_epi64(total);
    uint32_t reached = _mm512_cmplt_epi64_mask(above0, bound) | (uint32_t)_mm512_cmplt_epi64_mask(above1, bound) << 8;
    return _mm512_mask_reduce_min_ps((__mmask16)reached & tail(count), lanes);
}

static float middle_of_bits(const float *values, int32_t count) {
    __m512i low = _mm512_set1_epi32((int32_t)td_bits(values[0])), high = low;
    for (int32_t i = 0; i < count; i += 16) {
        __mmask16 lanes = count - i < 16 ? tail(count - i) : (__mmask16)0xffff;
        __m512i bits = _mm512_maskz_loadu_epi32(lanes, values + i);
        low = _mm512_mask_min_epu32(low, lanes, low, bits);
        high = _mm512_max_epu32(high, bits);
    }
    uint32_t first = _mm512_reduce_min_epu32(low), last = _mm512_reduce_max_epu32(high);
    return td_float(first + (last - first) / 2);
}

static float theta_avx512(float *values, float *spare, int32_t count, int64_t total, float sum) {
    float kept = sum;
    for (int round = 0; count > 16; round++) {
        float pivot = round == 0 ? td_first_pivot(kept, count, total) : kept / (float)count;
        // Halving the interval of bit patterns ends after 31 rounds, whatever the values are.
        if (round >= 6 || !(pivot > 0)) pivot = middle_of_bits(values, count);
        const __m512 middle = _mm512_set1_ps(pivot);
        const __m512 scale = _mm512_set1_ps(TD_SCALE);
        __m512i above0 = _mm512_setzero_si512(), above1 = above0;
        float *upper_end = values, *lower_end = spare;
        for (int32_t i = 0; i < count; i += 16) {
            __mmask16 lanes = count - i < 16 ? tail(count - i) : (__mmask16)0xffff;
            __m512 value = _mm512_maskz_loadu_ps(lanes, values + i);
            __mmask16 upper = _mm512_cmp_ps_mask(value, middle, _CMP_GT_OQ);
            __mmask16 lower = (__mmask16)(lanes & ~upper);
            __m512 greater = _mm512_maskz_compress_ps(upper, value);
            __m512 scaled = _mm512_mul_ps(greater, scale);
            above0 = _mm512_add_epi64(above0, fixed_low(scaled));
            above1 = _mm512_add_epi64(above1, fixed_high(scaled));
            // In place: the write never passes the read.
            _mm512_storeu_ps(upper_end, greater);
            _mm512_storeu_ps(lower_end, _mm512_maskz_compress_ps(lower, value));
            upper_end += __builtin_popcount(upper);
            lower_end += __builtin_popcount(lower);
        }
        int64_t above = _mm512_reduce_add_epi64(_mm512_add_epi64(above0, above1));
        int32_t upper_count = (int32_t)(upper_end - values), lower_count = (int32_t)(lower_end - spare);
        float above_sum = (float)td_double(above);
        if (upper_count == 0 && round >= 6) return pivot;  // all values are equal
        if (upper_count == 0 || lower_count == 0) round = 6;
        // Without a branch: on which side theta lies cannot be predicted. Nothing below the pivot: all stay.
        const int upwards = above >= total || lower_count == 0;
        total -= upwards ? 0 : above;
        kept = upwards ? above_sum : kept - above_sum;
        count = upwards ? upper_count : lower_count;
        float *const other = upwards ? spare : values;
        values = upwards ? values : spare;
        spare = other;
    }
    return theta_of_few(values, count, total);
}

static int32_t at_least_avx512(const float *values, int32_t count, float threshold, int32_t *indices) {
    const __m512 bound = _mm512_set1_ps(threshold);
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int32_t found = 0;
    for (int32_t i = 0; i < count; i += 16) {
        __mmask16 lanes = count - i < 16 ? tail(count - i) : (__mmask16)0xffff;
        __mmask16 wins = _mm512_mask_cmp_ps_mask(lanes, _mm512_maskz_loadu_ps(lanes, values + i), bound, _CMP_GE_OQ);
        _mm512_storeu_si512(indices + found, _mm512_maskz_compress_epi32(wins, index));
        found += __builtin_popcount(wins);
        index = _mm512_add_epi32(index, _mm512_set1_epi32(16));
    }
    return found;
}

// The same for a picture's three channels and whole rows: lanes run over the cells, where channels would leave most idle.
static float masks_of_three(const float *products, int32_t cells, int32_t first_bit, float threshold, uint32_t *masks,
                            int32_t stride, int32_t words, float *bounds) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512 least = _mm512_set1_ps(threshold);
    const __m512 weight = _mm512_set1_ps(0.2f), area = _mm512_set1_ps(0.8f);
    float largest = 0;
    for (int32_t c = 0; c < 3; c++) {
        // Cell i's product is float 3 i + c of three vectors: first from two of them, then from the third.
        const __m512i from = _mm512_add_epi32(_mm512_mullo_epi32(lane, _mm512_set1_epi32(3)), _mm512_set1_epi32(c));
        const __mmask16 in_third = _mm512_cmpge_epi32_mask(from, _mm512_set1_epi32(32));
        const __m512i then = _mm512_mask_sub_epi32(lane, in_third, from, _mm512_set1_epi32(16));
        unsigned __int128 set = 0;
        __m512 bound = _mm512_setzero_ps();
        for (int32_t cell = 0; cell < cells; cell += 16) {
            const __mmask16 lanes = cells - cell < 16 ? tail(cells - cell) : (__mmask16)0xffff;
            const float *in = products + 3 * cell;  // may read into the slack behind the products
            __m512 two = _mm512_permutex2var_ps(_mm512_loadu_ps(in), from, _mm512_loadu_ps(in + 16));
            __m512 product = _mm512_permutex2var_ps(two, then, _mm512_loadu_ps(in + 32));
            __mmask16 wins = _mm512_mask_cmp_ps_mask(lanes, product, least, _CMP_GE_OQ);
            set |= (unsigned __int128)wins << (first_bit + cell);
            __m512 score = _mm512_add_ps(_mm512_mul_ps(weight, product), area);
            bound = _mm512_mask_add_ps(bound, wins, bound, score);
        }
        for (int32_t word = 0; word < words; word++) {
            masks[(int64_t)word * stride + c] = (uint32_t)(set >> (32 * word));
        }
        bounds[c] = _mm512_reduce_add_ps(bound);
        if (bounds[c] > largest) largest = bounds[c];
    }
    return largest;
}

static float masks_avx512(const float *products, int32_t rows, int32_t columns, int32_t channels, int32_t first_row,
                          int32_t first_column, int32_t width, float threshold, uint32_t *masks, int32_t stride,
                          int32_t words, float *bounds) {
    if (channels == 3 && columns == width) {
        return masks_of_three(products, rows * columns, first_row * width, threshold, masks, stride, words, bounds);
    }
    const __m512 least = _mm512_set1_ps(threshold);
    const __m512 weight = _mm512_set1_ps(0.2f), area = _mm512_set1_ps(0.8f);
    __m512 largest = _mm512_setzero_ps();
    for (int32_t c = 0; c < channels; c += 16) {
        const __mmask16 lanes = channels - c < 16 ? tail(channels - c) : (__mmask16)0xffff;
        const float *in = products + c;
        __m512 bound = _mm512_setzero_ps();
        __m512i mask = _mm512_setzero_si512();
        int32_t word = 0;
        for (int32_t row = 0; row < rows; row++) {
            int32_t bit = (row + first_row) * width + first_column;
            for (int32_t column = 0; column < columns; column++, bit++, in += channels) {
                if (bit >> 5 != word) {
                    for (; word < bit >> 5; word++) {
                        _mm512_storeu_si512(masks + (int64_t)word * stride + c, mask);
                        mask = _mm512_setzero_si512();
                    }
                }
                __m512 product = _mm512_maskz_loadu_ps(lanes, in);
                __mmask16 wins = _mm512_mask_cmp_ps_mask(lanes, product, least, _CMP_GE_OQ);
                mask = _mm512_mask_or_epi32(mask, wins, mask, _mm512_set1_epi32((int32_t)(1u << (bit & 31))));
                __m512 score = _mm512_add_ps(_mm512_mul_ps(weight, product), area);
                bound = _mm512_mask_add_ps(bound, wins, bound, score);
            }
        }
        for (; word < words; word++) {
            _mm512_storeu_si512(masks + (int64_t)word * stride + c, mask);
            mask = _mm512_setzero_si512();
        }
        _mm512_storeu_ps(bounds + c, bound);
        largest = _mm512_max_ps(largest, bound);
    }
    return _mm512_reduce_max_ps(largest);
}

typedef struct {
    __m512 total, absolute, small, maximum, second;
    __m512i index;
} peak_sweep;

static inline void peak_step(peak_sweep *s, __m512 weights, __m512 input, __m512i index, __m512 bound) {
    const __m512 product = _mm512_mul_ps(weights, input);
    s->total = _mm512_add_ps(s->total, product);
    s->absolute = _mm512_add_ps(s->absolute, _mm512_abs_ps(product));
    s->small = _mm512_mask_add_ps(s->small, _mm512_cmp_ps_mask(product, bound, _CMP_LE_OQ), s->small, product);
    const __mmask16 greater = _mm512_cmp_ps_mask(product, s->maximum, _CMP_GT_OQ);
    s->second = _mm512_max_ps(_mm512_min_ps(product, s->maximum), s->second);
    s->maximum = _mm512_mask_mov_ps(s->maximum, greater, product);
    s->index = _mm512_mask_mov_epi32(s->index, greater, index);
}

static td_peak peak_avx512(const float *weights, const float *input, int32_t count, float bound) {
    const __m512 zero = _mm512_setzero_ps();
    peak_sweep s = {zero, zero, zero, zero, zero, _mm512_setzero_si512()};
    const __m512 least = _mm512_set1_ps(bound);
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        peak_step(&s, _mm512_loadu_ps(weights + i), _mm512_loadu_ps(input + i), index, least);
        index = _mm512_add_epi32(index, _mm512_set1_epi32(16));
    }
    if (i < count) {
        const __mmask16 rest = tail(count - i);
        peak_step(&s, _mm512_maskz_loadu_ps(rest, weights + i), _mm512_maskz_loadu_ps(rest, input + i), index, least);
    }
    const float maximum = _mm512_reduce_max_ps(s.maximum);
    const __mmask16 there = _mm512_cmp_ps_mask(s.maximum, _mm512_set1_ps(maximum), _CMP_EQ_OQ);
    // The runner-up is a lane's own, or another lane's maximum.
    const __mmask16 first = there & (__mmask16)-there;
    const __m512 others = _mm512_mask_mov_ps(s.maximum, first, s.second);
    const __m512i chosen = _mm512_maskz_compress_epi32(there, s.index);
    return (td_peak){_mm512_reduce_add_ps(s.total),
                     _mm512_reduce_add_ps(s.absolute),
                     _mm512_reduce_add_ps(s.small),
                     maximum,
                     _mm512_reduce_max_ps(_mm512_max_ps(others, s.second)),
                     _mm_cvtsi128_si32(_mm512_castsi512_si128(chosen))};
}

#pragma clang attribute pop

const td_kernels ck_td_kernels_avx512 = {products_avx512, theta_avx512, at_least_avx512,
                                         masks_avx512,    peak_avx512,  ck_td_lanes_avx512, ck_td_shares_avx512};

#endif
