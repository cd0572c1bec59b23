// Stages 1 to 3 for sixteen units at once: td_lanes.h says how.
#if defined(__x86_64__)

#include <immintrin.h>

#include "topdown.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,popcnt"))), \
                             apply_to = function)

// Constants as arguments unroll what follows, and keep its vectors in registers.
#define INLINE static inline __attribute__((always_inline))

INLINE __mmask16 tail(int32_t count) { return (__mmask16)((1u << count) - 1); }

// ---- sixteen vectors, one of each unit ----

// The sums of each row, a lane a row.
INLINE __m512 sums_of_rows(const float *rows) {
    __m512 quarter[4];
    for (int i = 0; i < 4; i++) {
        const float *row = rows + 64 * i;
        const __m512 a = _mm512_load_ps(row), b = _mm512_load_ps(row + 16), c = _mm512_load_ps(row + 32),
                     d = _mm512_load_ps(row + 48);
        const __m512d ab = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)));
        const __m512d cd = _mm512_castps_pd(_mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d)));
        quarter[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
                                   _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)));
    }
    const __m512 first = _mm512_add_ps(_mm512_shuffle_f32x4(quarter[0], quarter[1], 0x88),
                                       _mm512_shuffle_f32x4(quarter[0], quarter[1], 0xdd));
    const __m512 second = _mm512_add_ps(_mm512_shuffle_f32x4(quarter[2], quarter[3], 0x88),
                                        _mm512_shuffle_f32x4(quarter[2], quarter[3], 0xdd));
    return _mm512_add_ps(_mm512_shuffle_f32x4(first, second, 0x88), _mm512_shuffle_f32x4(first, second, 0xdd));
}

// Columns 0 ..< 16 of sixteen rows.
INLINE void transpose(const float *rows, int64_t stride, __m512 *columns) {
    __m512d four[16];
    for (int i = 0; i < 16; i += 4) {
        const float *row = rows + i * stride;
        const __m512 a = _mm512_loadu_ps(row), b = _mm512_loadu_ps(row + stride), c = _mm512_loadu_ps(row + 2 * stride),
                     d = _mm512_loadu_ps(row + 3 * stride);
        const __m512d ab0 = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
        const __m512d ab1 = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
        const __m512d cd0 = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
        const __m512d cd1 = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
        four[i] = _mm512_unpacklo_pd(ab0, cd0);
        four[i + 1] = _mm512_unpackhi_pd(ab0, cd0);
        four[i + 2] = _mm512_unpacklo_pd(ab1, cd1);
        four[i + 3] = _mm512_unpackhi_pd(ab1, cd1);
    }
    for (int i = 0; i < 4; i++) {
        const __m512 a = _mm512_castpd_ps(four[i]), b = _mm512_castpd_ps(four[i + 4]);
        const __m512 c = _mm512_castpd_ps(four[i + 8]), d = _mm512_castpd_ps(four[i + 12]);
        const __m512 ab0 = _mm512_shuffle_f32x4(a, b, 0x44), ab1 = _mm512_shuffle_f32x4(a, b, 0xee);
        const __m512 cd0 = _mm512_shuffle_f32x4(c, d, 0x44), cd1 = _mm512_shuffle_f32x4(c, d, 0xee);
        columns[i] = _mm512_shuffle_f32x4(ab0, cd0, 0x88);
        columns[i + 4] = _mm512_shuffle_f32x4(ab0, cd0, 0xdd);
        columns[i + 8] = _mm512_shuffle_f32x4(ab1, cd1, 0x88);
        columns[i + 12] = _mm512_shuffle_f32x4(ab1, cd1, 0xdd);
    }
}

typedef __m512 td_vector;

INLINE void order(td_vector *v, int a, int b) {
    const __m512 low = _mm512_min_ps(v[a], v[b]);
    v[b] = _mm512_max_ps(v[a], v[b]);
    v[a] = low;
}

#include "td_sort.h"

// ---- stage 1: what a unit's products sum to, and the largest of them ----

// One vector of each unit; in the end, sums of rows are the units' sums.
typedef struct {
    _Alignas(64) float total[TD_LANES * 16];
    _Alignas(64) float positive[TD_LANES * 16];  // of the products that are positive in fixed point
    _Alignas(64) float squares[TD_LANES * 16];   // of those
} partial_sums;

typedef struct {
    __m512 total, positive, squares;
} sweep;

INLINE void sweep_step(sweep *s, __m512 weights, __m512 input) {
    const __m512 product = _mm512_mul_ps(weights, input);
    const __mmask16 is_positive = _mm512_cmp_ps_mask(product, _mm512_set1_ps(TD_ZERO), _CMP_GT_OQ);
    s->total = _mm512_add_ps(s->total, product);
    s->positive = _mm512_mask_add_ps(s->positive, is_positive, s->positive, product);
    s->squares = _mm512_mask3_fmadd_ps(product, product, s->squares, is_positive);
}

static void add_up(const float *weights, const float *input, int32_t count, partial_sums *sums, int32_t lane) {
    sweep s = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps()};
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) sweep_step(&s, _mm512_loadu_ps(weights + i), _mm512_loadu_ps(input + i));
    if (i < count) {
        const __mmask16 rest = tail(count - i);
        sweep_step(&s, _mm512_maskz_loadu_ps(rest, weights + i), _mm512_maskz_loadu_ps(rest, input + i));
    }
    _mm512_store_ps(sums->total + 16 * lane, s.total);
    _mm512_store_ps(sums->positive + 16 * lane, s.positive);
    _mm512_store_ps(sums->squares + 16 * lane, s.squares);
}

typedef struct {
    int32_t count;
    __m512i number;  // of the products in hand
} found;

INLINE void gather_step(found *f, __m512 weights, __m512 input, __m512 pivot, float *value, int32_t *index) {
    const __m512 product = _mm512_mul_ps(weights, input);
    const __mmask16 above = _mm512_cmp_ps_mask(product, pivot, _CMP_GT_OQ);
    _mm512_storeu_ps(value + f->count, _mm512_maskz_compress_ps(above, product));
    _mm512_storeu_si512(index + f->count, _mm512_maskz_compress_epi32(above, f->number));
    f->count += __builtin_popcount(above);
    f->number = _mm512_add_epi32(f->number, _mm512_set1_epi32(16));
}

// Writes the products above the pivot, zeros up to TD_SLOTS behind them, and their indices; returns their number.
static int32_t gather(const float *weights, const float *input, int32_t count, float pivot, float *value,
                      int32_t *index) {
    const __m512 least = _mm512_set1_ps(pivot);
    found f = {0, _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)};
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) {
        gather_step(&f, _mm512_loadu_ps(weights + i), _mm512_loadu_ps(input + i), least, value, index);
    }
    if (i < count) {
        const __mmask16 rest = tail(count - i);
        gather_step(&f, _mm512_maskz_loadu_ps(rest, weights + i), _mm512_maskz_loadu_ps(rest, input + i), least, value,
                    index);
    }
    _mm512_storeu_ps(value + f.count, _mm512_setzero_ps());
    _mm512_storeu_ps(value + f.count + 16, _mm512_setzero_ps());
    return f.count;
}

INLINE __mmask16 above_pivot(const float *weights, const float *input, __mmask16 lanes, __m512 pivot) {
    return _mm512_cmp_ps_mask(
        _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, weights), _mm512_maskz_loadu_ps(lanes, input)), pivot, _CMP_GT_OQ);
}

// A bit for each of at most 64 products: it is above the pivot.
INLINE uint64_t block_above(const float *weights, const float *input, int32_t count, __m512 pivot) {
    if (count >= 64) {
        const __mmask32 first = _mm512_kunpackw(above_pivot(weights + 16, input + 16, 0xffff, pivot),
                                                above_pivot(weights, input, 0xffff, pivot));
        const __mmask32 second = _mm512_kunpackw(above_pivot(weights + 48, input + 48, 0xffff, pivot),
                                                 above_pivot(weights + 32, input + 32, 0xffff, pivot));
        return _cvtmask64_u64(_mm512_kunpackd(second, first));
    }
    uint64_t bits = 0;
    for (int32_t i = 0; i < count; i += 16) {
        const __mmask16 lanes = count - i < 16 ? tail(count - i) : 0xffff;
        bits |= (uint64_t)above_pivot(weights + i, input + i, lanes, pivot) << i;
    }
    return bits;
}

// From so many products on, listing the few above the pivot bit by bit is faster; measured.
enum { MANY = 448 };

// The same for many products, of which few are above the pivot: their indices first.
static int32_t gather_few(const float *weights, const float *input, int32_t count, float pivot, float *value,
                          int32_t *index) {
    const __m512 least = _mm512_set1_ps(pivot);
    enum { STEP = 6 };
    int32_t found = 0;
    for (int32_t i = 0; i < count; i += 64) {
        uint64_t bits = block_above(weights + i, input + i, count - i, least);
        int32_t *next = index + found;
        found += __builtin_popcountll(bits);
        // Some at a time, be there less: how many there are cannot be predicted.
        do {
            for (int32_t bit = 0; bit < STEP; bit++, bits &= bits - 1) {
                next[bit] = i + __builtin_ctzll(bits | (uint64_t)1 << 63);
            }
            next += STEP;
        } while (bits != 0);
    }
    if (found > TD_SLOTS) return found;
    // Behind the last: the first product.
    _mm256_storeu_si256((__m256i *)(index + found), _mm256_setzero_si256());
    for (int32_t i = 0; i < found; i += 8) {
        for (int32_t j = i; j < i + 8; j++) value[j] = weights[index[j]] * input[index[j]];
    }
    _mm512_storeu_ps(value + found, _mm512_setzero_ps());
    _mm512_storeu_ps(value + found + 16, _mm512_setzero_ps());
    return found;
}

// What is known of the units' sums, a lane a unit.
typedef struct {
    __m512 total, around;  // the exact total, and that of any candidates, are nearer to theirs than `around`
    __m512 pivot;
    __mmask16 whole;  // lanes in which every positive product is a candidate
} known;

INLINE __m512 log_about(__m512 x) {
    const __m512i bits = _mm512_sub_epi32(_mm512_castps_si512(x), _mm512_set1_epi32(0x3f800000));
    return _mm512_mul_ps(_mm512_cvtepi32_ps(bits), _mm512_set1_ps(0.6931472f * 0x1p-23f));
}

// Where to look for theta from: td_first_pivot for a distribution whose mean is half its ratio of squares to sums, as
// an exponential one's is. Products have longer tails, and the ratio tells how long.
INLINE __m512 pivots(const td_lanes *l, __m512 positive, __m512 squares, __m512 total) {
    const __m512 zero = _mm512_set1_ps(TD_ZERO);
    if (l->products <= 16) return zero;
    const __m512 mean = _mm512_mul_ps(_mm512_set1_ps(0.5f), _mm512_div_ps(squares, positive));
    const __m512 exponent = _mm512_sub_ps(_mm512_setzero_ps(), log_about(_mm512_div_ps(total, positive)));
    const __m512 theta =
        _mm512_mul_ps(mean, _mm512_add_ps(exponent, log_about(_mm512_add_ps(_mm512_set1_ps(1), exponent))));
    const float epsilon = l->rule->strict ? 0 : (float)td_double(l->rule->epsilon);
    // What is not a number becomes zero, too.
    return _mm512_max_ps(_mm512_sub_ps(_mm512_mul_ps(theta, _mm512_loadu_ps(l->guess)), _mm512_set1_ps(epsilon)), zero);
}

// The lanes whose total exceeds the lower bound; notes those where it does not.
INLINE __mmask16 weigh(td_lanes *l, const partial_sums *sums, known *k) {
    const __m512 total = sums_of_rows(sums->total), positive = sums_of_rows(sums->positive);
    const __m512 absolute = _mm512_sub_ps(_mm512_add_ps(positive, positive), total);
    // Twice what the products' rounding and chains of additions lose, as a share of the absolute sum; what rounding to
    // fixed point does to each product; and what a chain of TD_SLOTS additions of candidates loses.
    const __m512 lost = _mm512_set1_ps((float)(l->products / 16 + 8) * 0x1p-23f);
    const __m512 rounded = _mm512_set1_ps((float)l->products * 0x1p-36f);
    k->around = _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(absolute, lost), rounded),
                              _mm512_mul_ps(positive, _mm512_set1_ps(0x1p-18f)));
    k->total = total;
    k->pivot = pivots(l, positive, sums_of_rows(sums->squares), total);
    k->whole = _mm512_cmp_ps_mask(k->pivot, _mm512_set1_ps(TD_ZERO), _CMP_EQ_OQ);
    // Doubles hold such sums in fixed point. The comparison is false for what is not a number.
    const __mmask16 fair = (__mmask16)(l->lanes & _mm512_cmp_ps_mask(absolute, _mm512_set1_ps(0x1p15f), _CMP_LT_OQ));
    const double bound = l->rule->lower_bound > 0 ? td_double(l->rule->lower_bound) : 0;
    const __m512 below = _mm512_set1_ps((float)(bound * (1 - 0x1p-20)));
    const __m512 above = _mm512_set1_ps((float)(bound * (1 + 0x1p-20)));
    l->dropped = _mm512_mask_cmp_ps_mask(fair, _mm512_add_ps(total, k->around), below, _CMP_LT_OQ);
    return _mm512_mask_cmp_ps_mask(fair, _mm512_sub_ps(total, k->around), above, _CMP_GT_OQ);
}

INLINE __m512d half_of(__m512 x, int half) {
    return _mm512_cvtps_pd(half ? _mm512_extractf32x8_ps(x, 1) : _mm512_castps512_ps256(x));
}

// In units of fixed point, rounded to nearest even.
INLINE __m512d fixed_half(__m512 x, int half) {
    return _mm512_roundscale_pd(_mm512_mul_pd(half_of(x, half), _mm512_set1_pd(0x1p36)), 0);
}

// The smallest floats that are not below thresholds in fixed point: from 2^24 on, floats are integers there.
INLINE __m512 floats_from(__m512d low, __m512d high) {
    const __m256 first = _mm512_cvt_roundpd_ps(low, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
    const __m256 second = _mm512_cvt_roundpd_ps(high, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
    return _mm512_mul_ps(_mm512_insertf32x8(_mm512_castps256_ps512(first), second, 1), _mm512_set1_ps(0x1p-36f));
}

INLINE __mmask16 both(__mmask8 low, __mmask8 high) { return (__mmask16)(low | high << 8); }

INLINE __mmask8 at_least(__m512d x, double bound) { return _mm512_cmp_pd_mask(x, _mm512_set1_pd(bound), _CMP_GE_OQ); }

// Of the lanes given, those in which the winners' smallest product is found, which is stored. `v`: the candidates in
// ascending order, zeros first.
INLINE __mmask16 find_winners(td_lanes *l, const __m512 *v, const int slots, const known *k, __mmask16 lanes,
                              __m512 *wins) {
    const __m512 zero = _mm512_setzero_ps();
    const __m512 low = _mm512_sub_ps(k->total, k->around), high = _mm512_add_ps(k->total, k->around);
    // Theta is the last one, from above, for which the sum of those before it is less than the total: for sure, and
    // possibly.
    __m512 sure = v[slots - 1], possible = sure, above = zero;
    for (int i = slots - 2; i >= 0; i--) {
        above = _mm512_add_ps(above, v[i + 1]);
        const __mmask16 there = _mm512_cmp_ps_mask(v[i], zero, _CMP_GT_OQ);
        sure = _mm512_mask_mov_ps(sure, _mm512_mask_cmp_ps_mask(there, above, low, _CMP_LT_OQ), v[i]);
        possible = _mm512_mask_mov_ps(possible, _mm512_mask_cmp_ps_mask(there, above, high, _CMP_LE_OQ), v[i]);
    }
    above = _mm512_add_ps(above, v[0]);
    __mmask16 covered = k->whole | _mm512_cmp_ps_mask(above, high, _CMP_GT_OQ);
    const __m512d epsilon = _mm512_set1_pd(l->rule->strict ? 0 : (double)l->rule->epsilon);
    const __m512d low_threshold = _mm512_sub_pd(fixed_half(sure, 0), epsilon);
    const __m512d high_threshold = _mm512_sub_pd(fixed_half(sure, 1), epsilon);
    // Half a unit of fixed point above the pivot, whatever wins was gathered.
    const __m512d scale = _mm512_set1_pd(0x1p36), one = _mm512_set1_pd(1);
    const __m512d low_pivot = _mm512_add_pd(_mm512_mul_pd(half_of(k->pivot, 0), scale), one);
    const __m512d high_pivot = _mm512_add_pd(_mm512_mul_pd(half_of(k->pivot, 1), scale), one);
    covered &= k->whole | both(_mm512_cmp_pd_mask(low_threshold, low_pivot, _CMP_GE_OQ),
                               _mm512_cmp_pd_mask(high_threshold, high_pivot, _CMP_GE_OQ));
    l->too_few = lanes & (__mmask16)~covered;
    *wins = floats_from(low_threshold, high_threshold);
    return lanes & covered & _mm512_cmp_ps_mask(sure, possible, _CMP_EQ_OQ) &
           both(at_least(low_threshold, 0x1p24), at_least(high_threshold, 0x1p24));
}

// ---- stages 2 and 3: the ladder ----

INLINE __m512d real(__m512d fixed) { return _mm512_mul_pd(fixed, _mm512_set1_pd(0x1p-36)); }

// Eight units' winners, and what they sum to; afterwards those that pass the gating on.
typedef struct {
    __m512d product[TD_SLOTS];  // in fixed point
    __mmask8 wins[TD_SLOTS];
    __m512d sum;
} winners;

// The ladder's threshold in fixed point. Every operation is one of ladder_threshold in td_subset.c.
INLINE __m512d ladder(const winners *w, int32_t count, int32_t offset) {
    static const double means[6] = {1, 1, 1, 1, 0.5, 0.2}, deviations[6] = {3, 2, 1, 0, 0, 0};
    const __m512d scale = _mm512_set1_pd(0x1p36);
    __m512d sum = _mm512_setzero_pd(), n = sum;
    for (int32_t i = 0; i < count; i++) {
        sum = _mm512_mask_add_pd(sum, w->wins[i], sum, w->product[i]);
        n = _mm512_mask_add_pd(n, w->wins[i], n, _mm512_set1_pd(1));
    }
    const __m512d mean = _mm512_div_pd(real(sum), n);
    __m512i squares = _mm512_setzero_si512();
    for (int32_t i = 0; i < count; i++) {
        const __m512d difference = _mm512_sub_pd(real(w->product[i]), mean);
        const __m512d square = _mm512_mul_pd(_mm512_mul_pd(difference, difference), scale);
        squares = _mm512_mask_add_epi64(squares, w->wins[i], squares, _mm512_cvtpd_epi64(square));
    }
    const __m512d deviation = _mm512_sqrt_pd(_mm512_div_pd(real(_mm512_cvtepi64_pd(squares)), n));
    __m512d threshold[6];
    for (int r = 0; r < 6; r++) {
        const __m512d value = _mm512_add_pd(_mm512_mul_pd(_mm512_set1_pd(means[r]), mean),
                                            _mm512_mul_pd(_mm512_set1_pd(deviations[r]), deviation));
        threshold[r] = _mm512_roundscale_pd(_mm512_mul_pd(value, scale), 0);
    }
    __m512d chosen = threshold[5];
    for (int r = 4; r >= 0; r--) {
        const __mmask8 reached = _mm512_cmp_pd_mask(w->product[0], threshold[r], _CMP_GE_OQ);
        chosen = _mm512_mask_mov_pd(chosen, reached, threshold[r + offset < 5 ? r + offset : 5]);
    }
    return chosen;
}

INLINE __m512d pass_on(winners *w, int32_t count, int32_t offset) {
    const __m512d threshold = ladder(w, count, offset);
    w->sum = _mm512_setzero_pd();
    for (int32_t i = 0; i < count; i++) {
        w->sum = _mm512_mask_add_pd(w->sum, _mm512_mask_cmp_pd_mask(w->wins[i], w->product[i], threshold, _CMP_GE_OQ),
                                    w->sum, w->product[i]);
    }
    return threshold;
}

// Raises the smallest winning product to the smallest that passes gating on, and stores what those sum to. Returns the
// lanes that are decided still.
INLINE __mmask16 climb(td_lanes *l, const __m512 *v, const int slots, __mmask16 lanes, __m512 *wins) {
    winners low, high;
    int32_t count = 0;
    for (; count < slots; count++) {
        const __m512 value = v[slots - 1 - count];
        const __mmask16 winning = _mm512_mask_cmp_ps_mask(lanes, value, *wins, _CMP_GE_OQ);
        if (winning == 0) break;
        low.wins[count] = (__mmask8)winning;
        high.wins[count] = (__mmask8)(winning >> 8);
        low.product[count] = fixed_half(value, 0);
        high.product[count] = fixed_half(value, 1);
    }
    if (count == 0) return 0;
    const __m512d low_threshold = pass_on(&low, count, l->rule->offset);
    const __m512d high_threshold = pass_on(&high, count, l->rule->offset);
    _mm512_storeu_pd(l->sum, low.sum);
    _mm512_storeu_pd(l->sum + 8, high.sum);
    *wins = _mm512_max_ps(*wins, floats_from(low_threshold, high_threshold));
    // Squares of differences of at most so much can be summed.
    return lanes & _mm512_cmp_ps_mask(v[slots - 1], _mm512_set1_ps(0x1p11f), _CMP_LT_OQ) &
           both(at_least(low_threshold, 0x1p24), at_least(high_threshold, 0x1p24));
}

// ---- all together ----

// Keeps the candidates from `least` on, with zeros behind them.
INLINE int32_t keep(float *value, int32_t *index, int32_t count, float least) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i += 16) {
        const __m512 product = _mm512_loadu_ps(value + i);
        const __m512i number = _mm512_loadu_si512(index + i);
        const __mmask16 chosen = _mm512_cmp_ps_mask(product, _mm512_set1_ps(least), _CMP_GE_OQ);
        _mm512_storeu_ps(value + kept, _mm512_maskz_compress_ps(chosen, product));
        _mm512_storeu_si512(index + kept, _mm512_maskz_compress_epi32(chosen, number));
        kept += __builtin_popcount(chosen);
    }
    _mm512_storeu_ps(value + kept, _mm512_setzero_ps());
    return kept;
}

// Lets the candidates from `least` on share the unit's gating.
INLINE void append(td_lanes *l, int lane, const float *value, const int32_t *index, float least) {
    int32_t end = l->shared;
    for (int32_t i = 0; i < l->count[lane]; i += 16) {
        const __m512 product = _mm512_loadu_ps(value + i);
        const __m512i place = _mm512_add_epi32(_mm512_loadu_si512(index + i), _mm512_set1_epi32(l->first[lane]));
        const __mmask16 chosen = _mm512_cmp_ps_mask(product, _mm512_set1_ps(least), _CMP_GE_OQ);
        _mm512_storeu_ps(l->product + end, _mm512_maskz_compress_ps(chosen, product));
        _mm512_storeu_si512(l->place + end, _mm512_maskz_compress_epi32(chosen, place));
        _mm512_storeu_si512(l->lane + end, _mm512_set1_epi32(lane));
        end += __builtin_popcount(chosen);
    }
    l->shared = end;
}

INLINE void turn(td_lanes *l, const int slots, const known *k, __mmask16 lanes) {
    __m512 v[TD_SLOTS];
    transpose(l->value, l->stride, v);
    if (slots > 16) transpose(l->value + 16, l->stride, v + 16);
    if (slots == 8) sort_8(v, 0);
    if (slots == 16) sort_16(v, 0);
    if (slots == 32) sort_32(v, 0);
    __m512 wins;
    lanes = find_winners(l, v, slots, k, lanes, &wins);
    _mm512_storeu_ps(l->maximum, v[slots - 1]);
    const int climbs = l->rule->select == CK_TD_LADDER;
    if (climbs) lanes = climb(l, v, slots, lanes, &wins);
    _Alignas(64) float least[TD_LANES];
    _mm512_store_ps(least, wins);
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        float *value = l->value + (int64_t)lane * l->stride;
        int32_t *index = l->index + (int64_t)lane * l->stride;
        if (climbs) {
            append(l, lane, value, index, least[lane]);
        } else {
            l->count[lane] = keep(value, index, l->count[lane], least[lane]);
        }
    }
    l->decided = lanes;
}

static void turn_8(td_lanes *l, const known *k, __mmask16 lanes) { turn(l, 8, k, lanes); }
static void turn_16(td_lanes *l, const known *k, __mmask16 lanes) { turn(l, 16, k, lanes); }
static void turn_32(td_lanes *l, const known *k, __mmask16 lanes) { turn(l, 32, k, lanes); }

void ck_td_lanes_avx512(td_lanes *l) {
    partial_sums sums;
    for (int i = 0; i < TD_LANES; i++) add_up(l->weights[i], l->input[i], l->products, &sums, i);
    known k;
    __mmask16 lanes = weigh(l, &sums, &k);
    _Alignas(64) float pivot[TD_LANES];
    _mm512_store_ps(pivot, k.pivot);
    l->decided = l->too_few = l->too_many = 0;
    l->shared = 0;
    int32_t most = 0;
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        const int lane = __builtin_ctz(left);
        float *value = l->value + (int64_t)lane * l->stride;
        int32_t *index = l->index + (int64_t)lane * l->stride;
        const int32_t count =
            l->products >= MANY ? gather_few(l->weights[lane], l->input[lane], l->products, pivot[lane], value, index)
                                : gather(l->weights[lane], l->input[lane], l->products, pivot[lane], value, index);
        l->count[lane] = count;
        if (count > TD_SLOTS) l->too_many |= 1u << lane;
        if (count <= TD_SLOTS && count > most) most = count;
    }
    lanes &= (__mmask16)~l->too_many;
    if (lanes == 0) return;
    if (most <= 8) {
        turn_8(l, &k, lanes);
    } else if (most <= 16) {
        turn_16(l, &k, lanes);
    } else {
        turn_32(l, &k, lanes);
    }
}

void ck_td_shares_avx512(td_lanes *l) {
    const __m512d low_gating = _mm512_loadu_pd(l->gating), high_gating = _mm512_loadu_pd(l->gating + 8);
    const __m512d low_sum = _mm512_loadu_pd(l->sum), high_sum = _mm512_loadu_pd(l->sum + 8);
    __m512i magnitude = _mm512_setzero_si512();
    for (int32_t i = 0; i < l->shared; i += 8) {
        const __mmask8 there = l->shared - i < 8 ? (__mmask8)tail(l->shared - i) : 0xff;
        const __m512i lane = _mm512_cvtepi32_epi64(_mm256_loadu_si256((const __m256i *)(l->lane + i)));
        const __m512d gating = _mm512_permutex2var_pd(low_gating, lane, high_gating);
        const __m512d sum = _mm512_permutex2var_pd(low_sum, lane, high_sum);
        const __m512d product = _mm512_roundscale_pd(
            _mm512_mul_pd(_mm512_cvtps_pd(_mm256_loadu_ps(l->product + i)), _mm512_set1_pd(0x1p36)), 0);
        const __m512i share = _mm512_cvtpd_epi64(_mm512_div_pd(_mm512_mul_pd(gating, product), sum));
        magnitude = _mm512_mask_add_epi64(magnitude, there, magnitude, _mm512_abs_epi64(share));
        _mm512_storeu_si512(l->share + i, share);
    }
    l->magnitude = (uint64_t)_mm512_reduce_add_epi64(magnitude);
}

#pragma clang attribute pop

#endif
