// Stages 1 to 3 for sixteen units, eight at a time: td_lanes.h says how. td_lanes_avx512.c is the same with masks and
// wider vectors.
#if defined(__x86_64__)

#include <immintrin.h>

#include "topdown.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt"))), apply_to = function)

typedef __m256 td_vector;

// Constants as arguments unroll what follows, and keep its vectors in registers.
#define INLINE static inline __attribute__((always_inline))

enum { WIDTH = 8 };  // floats of a vector, and units at a time

INLINE void order(td_vector *v, int a, int b) {
    const __m256 low = _mm256_min_ps(v[a], v[b]);
    v[b] = _mm256_max_ps(v[a], v[b]);
    v[a] = low;
}

#include "td_sort.h"

// ---- eight vectors, one of each unit ----

// The sums of each row, a lane a row.
INLINE __m256 sums_of_rows(const float *rows) {
    __m256 half[2];
    for (int i = 0; i < 2; i++) {
        const float *row = rows + 4 * WIDTH * i;
        const __m256 first = _mm256_hadd_ps(_mm256_load_ps(row), _mm256_load_ps(row + WIDTH));
        const __m256 second = _mm256_hadd_ps(_mm256_load_ps(row + 2 * WIDTH), _mm256_load_ps(row + 3 * WIDTH));
        half[i] = _mm256_hadd_ps(first, second);
    }
    return _mm256_add_ps(_mm256_permute2f128_ps(half[0], half[1], 0x20),
                         _mm256_permute2f128_ps(half[0], half[1], 0x31));
}

// Columns 0 ..< 8 of eight rows.
INLINE void transpose(const float *rows, int64_t stride, __m256 *columns) {
    __m256d four[WIDTH];
    for (int i = 0; i < WIDTH; i += 4) {
        const float *row = rows + i * stride;
        const __m256 a = _mm256_loadu_ps(row), b = _mm256_loadu_ps(row + stride), c = _mm256_loadu_ps(row + 2 * stride),
                     d = _mm256_loadu_ps(row + 3 * stride);
        const __m256d ab0 = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
        const __m256d ab1 = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
        const __m256d cd0 = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
        const __m256d cd1 = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
        four[i] = _mm256_unpacklo_pd(ab0, cd0);
        four[i + 1] = _mm256_unpackhi_pd(ab0, cd0);
        four[i + 2] = _mm256_unpacklo_pd(ab1, cd1);
        four[i + 3] = _mm256_unpackhi_pd(ab1, cd1);
    }
    for (int i = 0; i < 4; i++) {
        const __m256 low = _mm256_castpd_ps(four[i]), high = _mm256_castpd_ps(four[i + 4]);
        columns[i] = _mm256_permute2f128_ps(low, high, 0x20);
        columns[i + 4] = _mm256_permute2f128_ps(low, high, 0x31);
    }
}

// ---- stage 1: what a unit's products sum to, and the largest of them ----

// One vector of each unit; in the end, sums of rows are the units' sums.
typedef struct {
    _Alignas(32) float total[WIDTH * WIDTH];
    _Alignas(32) float positive[WIDTH * WIDTH];  // of the products that are positive in fixed point
    _Alignas(32) float squares[WIDTH * WIDTH];   // of those
} partial_sums;

// All ones in the first `count` lanes, of fewer than eight.
INLINE __m256i first_lanes(int32_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

typedef struct {
    __m256 total, positive, squares;
} sweep;

INLINE void sweep_step(sweep *s, __m256 weights, __m256 input) {
    const __m256 product = _mm256_mul_ps(weights, input);
    const __m256 kept = _mm256_and_ps(product, _mm256_cmp_ps(product, _mm256_set1_ps(TD_ZERO), _CMP_GT_OQ));
    s->total = _mm256_add_ps(s->total, product);
    s->positive = _mm256_add_ps(s->positive, kept);
    s->squares = _mm256_fmadd_ps(kept, kept, s->squares);
}

static void add_up(const float *weights, const float *input, int32_t count, partial_sums *sums, int32_t row) {
    sweep s = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    int32_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) sweep_step(&s, _mm256_loadu_ps(weights + i), _mm256_loadu_ps(input + i));
    if (i < count) {
        const __m256i rest = first_lanes(count - i);
        sweep_step(&s, _mm256_maskload_ps(weights + i, rest), _mm256_maskload_ps(input + i, rest));
    }
    _mm256_store_ps(sums->total + WIDTH * row, s.total);
    _mm256_store_ps(sums->positive + WIDTH * row, s.positive);
    _mm256_store_ps(sums->squares + WIDTH * row, s.squares);
}

// The numbers of the lanes chosen, the first of them in front.
INLINE __m256i chosen_lanes(uint32_t chosen) {
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)ck_td_chosen_lanes[chosen]));
}

INLINE int32_t gather_step(__m256 weights, __m256 input, __m256 pivot, int32_t i, float *value, int32_t *index) {
    const __m256 product = _mm256_mul_ps(weights, input);
    const uint32_t above = (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(product, pivot, _CMP_GT_OQ));
    const __m256i lanes = chosen_lanes(above);
    _mm256_storeu_ps(value, _mm256_permutevar8x32_ps(product, lanes));
    _mm256_storeu_si256((__m256i *)index, _mm256_add_epi32(lanes, _mm256_set1_epi32(i)));
    return __builtin_popcount(above);
}

// Writes the products above the pivot, zeros up to TD_SLOTS behind them, and their indices; returns their number.
static int32_t gather(const float *weights, const float *input, int32_t count, float pivot, float *value,
                      int32_t *index) {
    const __m256 least = _mm256_set1_ps(pivot);
    int32_t found = 0, i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        found += gather_step(_mm256_loadu_ps(weights + i), _mm256_loadu_ps(input + i), least, i, value + found,
                             index + found);
    }
    if (i < count) {
        const __m256i rest = first_lanes(count - i);
        found += gather_step(_mm256_maskload_ps(weights + i, rest), _mm256_maskload_ps(input + i, rest), least, i,
                             value + found, index + found);
    }
    for (int32_t j = 0; j < TD_SLOTS; j += WIDTH) _mm256_storeu_ps(value + found + j, _mm256_setzero_ps());
    return found;
}

// What is known of the units' sums, a lane a unit.
typedef struct {
    __m256 total, around;  // the exact total, and that of any candidates, are nearer to theirs than `around`
    __m256 pivot;
    uint32_t whole;  // lanes in which every positive product is a candidate
} known;

INLINE __m256 log_about(__m256 x) {
    const __m256i bits = _mm256_sub_epi32(_mm256_castps_si256(x), _mm256_set1_epi32(0x3f800000));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(bits), _mm256_set1_ps(0.6931472f * 0x1p-23f));
}

// Where to look for theta from, as in td_lanes_avx512.c.
INLINE __m256 pivots(const td_lanes *l, int first, __m256 positive, __m256 squares, __m256 total) {
    const __m256 zero = _mm256_set1_ps(TD_ZERO);
    if (l->products <= 16) return zero;
    const __m256 mean = _mm256_mul_ps(_mm256_set1_ps(0.5f), _mm256_div_ps(squares, positive));
    const __m256 exponent = _mm256_sub_ps(_mm256_setzero_ps(), log_about(_mm256_div_ps(total, positive)));
    const __m256 theta =
        _mm256_mul_ps(mean, _mm256_add_ps(exponent, log_about(_mm256_add_ps(_mm256_set1_ps(1), exponent))));
    const float epsilon = l->rule->strict ? 0 : (float)td_double(l->rule->epsilon);
    // What is not a number becomes zero, too.
    return _mm256_max_ps(
        _mm256_sub_ps(_mm256_mul_ps(theta, _mm256_loadu_ps(l->guess + first)), _mm256_set1_ps(epsilon)), zero);
}

INLINE uint32_t bits_of(__m256 mask) { return (uint32_t)_mm256_movemask_ps(mask); }

// Of the lanes given, those whose total exceeds the lower bound; notes those where it does not.
INLINE uint32_t weigh(td_lanes *l, int first, uint32_t lanes, const partial_sums *sums, known *k) {
    const __m256 total = sums_of_rows(sums->total), positive = sums_of_rows(sums->positive);
    const __m256 absolute = _mm256_sub_ps(_mm256_add_ps(positive, positive), total);
    // Twice what the products' rounding and chains of additions lose, as a share of the absolute sum; what rounding to
    // fixed point does to each product; and what a chain of TD_SLOTS additions of candidates loses.
    const __m256 lost = _mm256_set1_ps((float)(l->products / WIDTH + 8) * 0x1p-23f);
    const __m256 rounded = _mm256_set1_ps((float)l->products * 0x1p-36f);
    k->around = _mm256_add_ps(_mm256_add_ps(_mm256_mul_ps(absolute, lost), rounded),
                              _mm256_mul_ps(positive, _mm256_set1_ps(0x1p-18f)));
    k->total = total;
    k->pivot = pivots(l, first, positive, sums_of_rows(sums->squares), total);
    k->whole = bits_of(_mm256_cmp_ps(k->pivot, _mm256_set1_ps(TD_ZERO), _CMP_EQ_OQ));
    // Doubles hold such sums in fixed point. The comparison is false for what is not a number.
    const uint32_t fair = lanes & bits_of(_mm256_cmp_ps(absolute, _mm256_set1_ps(0x1p15f), _CMP_LT_OQ));
    const double bound = l->rule->lower_bound > 0 ? td_double(l->rule->lower_bound) : 0;
    const __m256 below = _mm256_set1_ps((float)(bound * (1 - 0x1p-20)));
    const __m256 above = _mm256_set1_ps((float)(bound * (1 + 0x1p-20)));
    l->dropped |= (fair & bits_of(_mm256_cmp_ps(_mm256_add_ps(total, k->around), below, _CMP_LT_OQ))) << first;
    return fair & bits_of(_mm256_cmp_ps(_mm256_sub_ps(total, k->around), above, _CMP_GT_OQ));
}

INLINE __m256d half_of(__m256 x, int half) {
    return _mm256_cvtps_pd(half ? _mm256_extractf128_ps(x, 1) : _mm256_castps256_ps128(x));
}

INLINE __m256d rounded(__m256d x) { return _mm256_round_pd(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }

// In units of fixed point, rounded to nearest even.
INLINE __m256d fixed_half(__m256 x, int half) {
    return rounded(_mm256_mul_pd(half_of(x, half), _mm256_set1_pd(0x1p36)));
}

// The smallest floats that are not below positive numbers: the nearest one, or the next.
INLINE __m128 float_from(__m256d x) {
    const __m128 nearest = _mm256_cvtpd_ps(x);
    const __m256i below = _mm256_castpd_si256(_mm256_cmp_pd(_mm256_cvtps_pd(nearest), x, _CMP_LT_OQ));
    const __m128i low = _mm256_castsi256_si128(below), high = _mm256_extracti128_si256(below, 1);
    const __m128i step = _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(low), _mm_castsi128_ps(high), 0x88));
    return _mm_castsi128_ps(_mm_sub_epi32(_mm_castps_si128(nearest), step));
}

// The smallest floats that are not below thresholds in fixed point: from 2^24 on, floats are integers there.
INLINE __m256 floats_from(__m256d low, __m256d high) {
    const __m256 both = _mm256_insertf128_ps(_mm256_castps128_ps256(float_from(low)), float_from(high), 1);
    return _mm256_mul_ps(both, _mm256_set1_ps(0x1p-36f));
}

// A bit for each lane of both halves.
INLINE uint32_t both(__m256d low, __m256d high) {
    return (uint32_t)_mm256_movemask_pd(low) | (uint32_t)_mm256_movemask_pd(high) << 4;
}

INLINE __m256d at_least(__m256d x, double bound) { return _mm256_cmp_pd(x, _mm256_set1_pd(bound), _CMP_GE_OQ); }

// Of the lanes given, those in which the winners' smallest product is found, which is stored. `v`: the candidates in
// ascending order, zeros first.
INLINE uint32_t find_winners(td_lanes *l, int first, const __m256 *v, const int slots, const known *k, uint32_t lanes,
                             __m256 *wins) {
    const __m256 zero = _mm256_setzero_ps();
    const __m256 low = _mm256_sub_ps(k->total, k->around), high = _mm256_add_ps(k->total, k->around);
    // Theta is the last one, from above, for which the sum of those before it is less than the total: for sure, and
    // possibly.
    __m256 sure = v[slots - 1], possible = sure, above = zero;
    for (int i = slots - 2; i >= 0; i--) {
        above = _mm256_add_ps(above, v[i + 1]);
        const __m256 there = _mm256_cmp_ps(v[i], zero, _CMP_GT_OQ);
        const __m256 less = _mm256_and_ps(there, _mm256_cmp_ps(above, low, _CMP_LT_OQ));
        const __m256 may_be = _mm256_and_ps(there, _mm256_cmp_ps(above, high, _CMP_LE_OQ));
        sure = _mm256_blendv_ps(sure, v[i], less);
        possible = _mm256_blendv_ps(possible, v[i], may_be);
    }
    above = _mm256_add_ps(above, v[0]);
    uint32_t covered = k->whole | bits_of(_mm256_cmp_ps(above, high, _CMP_GT_OQ));
    const __m256d epsilon = _mm256_set1_pd(l->rule->strict ? 0 : (double)l->rule->epsilon);
    const __m256d low_threshold = _mm256_sub_pd(fixed_half(sure, 0), epsilon);
    const __m256d high_threshold = _mm256_sub_pd(fixed_half(sure, 1), epsilon);
    // Half a unit of fixed point above the pivot, whatever wins was gathered.
    const __m256d scale = _mm256_set1_pd(0x1p36), one = _mm256_set1_pd(1);
    const __m256d low_pivot = _mm256_add_pd(_mm256_mul_pd(half_of(k->pivot, 0), scale), one);
    const __m256d high_pivot = _mm256_add_pd(_mm256_mul_pd(half_of(k->pivot, 1), scale), one);
    covered &= k->whole | both(_mm256_cmp_pd(low_threshold, low_pivot, _CMP_GE_OQ),
                               _mm256_cmp_pd(high_threshold, high_pivot, _CMP_GE_OQ));
    l->too_few |= (lanes & ~covered) << first;
    *wins = floats_from(low_threshold, high_threshold);
    return lanes & covered & bits_of(_mm256_cmp_ps(sure, possible, _CMP_EQ_OQ)) &
           both(at_least(low_threshold, 0x1p24), at_least(high_threshold, 0x1p24));
}

// ---- stages 2 and 3: the ladder ----

INLINE __m256d real(__m256d fixed) { return _mm256_mul_pd(fixed, _mm256_set1_pd(0x1p-36)); }

// Four units' winners, and what they sum to; afterwards those that pass the gating on.
typedef struct {
    __m256d product[TD_SLOTS];  // in fixed point
    __m256d wins[TD_SLOTS];     // all ones or zeros
    __m256d sum;
} winners;

// The sum of squares of the winners' differences from the mean, each rounded to fixed point, as a double that was
// rounded once. Squares are integers of up to 58 bits, which are summed as multiples of 2^30 and what is left: exactly.
INLINE __m256d sum_of_squares(const winners *w, int32_t count, __m256d mean) {
    const __m256d large = _mm256_set1_pd(0x1p30), small = _mm256_set1_pd(0x1p-30);
    __m256d multiples = _mm256_setzero_pd(), rest = multiples;
    for (int32_t i = 0; i < count; i++) {
        const __m256d difference = _mm256_sub_pd(real(w->product[i]), mean);
        const __m256d square =
            rounded(_mm256_mul_pd(_mm256_mul_pd(difference, difference), _mm256_set1_pd(0x1p36)));
        const __m256d multiple = rounded(_mm256_mul_pd(square, small));
        const __m256d left = _mm256_sub_pd(square, _mm256_mul_pd(multiple, large));
        multiples = _mm256_add_pd(multiples, _mm256_and_pd(w->wins[i], multiple));
        rest = _mm256_add_pd(rest, _mm256_and_pd(w->wins[i], left));
    }
    return _mm256_add_pd(_mm256_mul_pd(multiples, large), rest);
}

// The ladder's threshold in fixed point. Every operation is one of ladder_threshold in td_subset.c.
INLINE __m256d ladder(const winners *w, int32_t count, int32_t offset) {
    static const double means[6] = {1, 1, 1, 1, 0.5, 0.2}, deviations[6] = {3, 2, 1, 0, 0, 0};
    const __m256d scale = _mm256_set1_pd(0x1p36), one = _mm256_set1_pd(1);
    __m256d sum = _mm256_setzero_pd(), n = sum;
    for (int32_t i = 0; i < count; i++) {
        sum = _mm256_add_pd(sum, _mm256_and_pd(w->wins[i], w->product[i]));
        n = _mm256_add_pd(n, _mm256_and_pd(w->wins[i], one));
    }
    const __m256d mean = _mm256_div_pd(real(sum), n);
    const __m256d deviation = _mm256_sqrt_pd(_mm256_div_pd(real(sum_of_squares(w, count, mean)), n));
    __m256d threshold[6];
    for (int r = 0; r < 6; r++) {
        const __m256d value = _mm256_add_pd(_mm256_mul_pd(_mm256_set1_pd(means[r]), mean),
                                            _mm256_mul_pd(_mm256_set1_pd(deviations[r]), deviation));
        threshold[r] = rounded(_mm256_mul_pd(value, scale));
    }
    __m256d chosen = threshold[5];
    for (int r = 4; r >= 0; r--) {
        const __m256d reached = _mm256_cmp_pd(w->product[0], threshold[r], _CMP_GE_OQ);
        chosen = _mm256_blendv_pd(chosen, threshold[r + offset < 5 ? r + offset : 5], reached);
    }
    return chosen;
}

INLINE __m256d pass_on(winners *w, int32_t count, int32_t offset) {
    const __m256d threshold = ladder(w, count, offset);
    w->sum = _mm256_setzero_pd();
    for (int32_t i = 0; i < count; i++) {
        const __m256d passes = _mm256_and_pd(w->wins[i], _mm256_cmp_pd(w->product[i], threshold, _CMP_GE_OQ));
        w->sum = _mm256_add_pd(w->sum, _mm256_and_pd(passes, w->product[i]));
    }
    return threshold;
}

INLINE __m256d wide_mask(__m128 mask) { return _mm256_castsi256_pd(_mm256_cvtepi32_epi64(_mm_castps_si128(mask))); }

// Raises the smallest winning product to the smallest that passes gating on, and stores what those sum to. Returns the
// lanes that are decided still.
INLINE uint32_t climb(td_lanes *l, int first, const __m256 *v, const int slots, uint32_t lanes, __m256 *wins) {
    // Lanes that are not given may hold anything.
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i given = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int32_t)lanes), bit), bit);
    winners low, high;
    int32_t count = 0;
    for (; count < slots; count++) {
        const __m256 value = v[slots - 1 - count];
        const __m256 winning = _mm256_and_ps(_mm256_castsi256_ps(given), _mm256_cmp_ps(value, *wins, _CMP_GE_OQ));
        if (bits_of(winning) == 0) break;
        low.wins[count] = wide_mask(_mm256_castps256_ps128(winning));
        high.wins[count] = wide_mask(_mm256_extractf128_ps(winning, 1));
        low.product[count] = fixed_half(value, 0);
        high.product[count] = fixed_half(value, 1);
    }
    if (count == 0) return 0;
    const __m256d low_threshold = pass_on(&low, count, l->rule->offset);
    const __m256d high_threshold = pass_on(&high, count, l->rule->offset);
    _mm256_storeu_pd(l->sum + first, low.sum);
    _mm256_storeu_pd(l->sum + first + 4, high.sum);
    *wins = _mm256_max_ps(*wins, floats_from(low_threshold, high_threshold));
    // Squares of differences of at most so much can be summed.
    return lanes & bits_of(_mm256_cmp_ps(v[slots - 1], _mm256_set1_ps(0x1p11f), _CMP_LT_OQ)) &
           both(at_least(low_threshold, 0x1p24), at_least(high_threshold, 0x1p24));
}

// ---- all together ----

INLINE __m256i chosen_of(__m256 product, float least, int32_t *count) {
    const uint32_t chosen = bits_of(_mm256_cmp_ps(product, _mm256_set1_ps(least), _CMP_GE_OQ));
    *count = __builtin_popcount(chosen);
    return chosen_lanes(chosen);
}

// Keeps the candidates from `least` on, with zeros behind them.
INLINE int32_t keep(float *value, int32_t *index, int32_t count, float least) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i += WIDTH) {
        const __m256 product = _mm256_loadu_ps(value + i);
        const __m256i number = _mm256_loadu_si256((const __m256i *)(index + i));
        int32_t chosen;
        const __m256i lanes = chosen_of(product, least, &chosen);
        _mm256_storeu_ps(value + kept, _mm256_permutevar8x32_ps(product, lanes));
        _mm256_storeu_si256((__m256i *)(index + kept), _mm256_permutevar8x32_epi32(number, lanes));
        kept += chosen;
    }
    _mm256_storeu_ps(value + kept, _mm256_setzero_ps());
    return kept;
}

// Lets the candidates from `least` on share the unit's gating.
INLINE void append(td_lanes *l, int lane, const float *value, const int32_t *index, float least) {
    int32_t end = l->shared;
    for (int32_t i = 0; i < l->count[lane]; i += WIDTH) {
        const __m256 product = _mm256_loadu_ps(value + i);
        const __m256i place =
            _mm256_add_epi32(_mm256_loadu_si256((const __m256i *)(index + i)), _mm256_set1_epi32(l->first[lane]));
        int32_t chosen;
        const __m256i lanes = chosen_of(product, least, &chosen);
        _mm256_storeu_ps(l->product + end, _mm256_permutevar8x32_ps(product, lanes));
        _mm256_storeu_si256((__m256i *)(l->place + end), _mm256_permutevar8x32_epi32(place, lanes));
        _mm256_storeu_si256((__m256i *)(l->lane + end), _mm256_set1_epi32(lane));
        end += chosen;
    }
    l->shared = end;
}

INLINE void turn(td_lanes *l, int first, const int slots, const known *k, uint32_t lanes) {
    __m256 v[TD_SLOTS];
    const float *rows = l->value + first * (int64_t)l->stride;
    for (int i = 0; i < slots; i += WIDTH) transpose(rows + i, l->stride, v + i);
    if (slots == 8) sort_8(v, 0);
    if (slots == 16) sort_16(v, 0);
    if (slots == 32) sort_32(v, 0);
    __m256 wins;
    lanes = find_winners(l, first, v, slots, k, lanes, &wins);
    _mm256_storeu_ps(l->maximum + first, v[slots - 1]);
    const int climbs = l->rule->select == CK_TD_LADDER;
    if (climbs) lanes = climb(l, first, v, slots, lanes, &wins);
    _Alignas(32) float least[WIDTH];
    _mm256_store_ps(least, wins);
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        const int row = __builtin_ctz(left), lane = first + row;
        float *value = l->value + (int64_t)lane * l->stride;
        int32_t *index = l->index + (int64_t)lane * l->stride;
        if (climbs) {
            append(l, lane, value, index, least[row]);
        } else {
            l->count[lane] = keep(value, index, l->count[lane], least[row]);
        }
    }
    l->decided |= lanes << first;
}

static void turn_8(td_lanes *l, int first, const known *k, uint32_t lanes) { turn(l, first, 8, k, lanes); }
static void turn_16(td_lanes *l, int first, const known *k, uint32_t lanes) { turn(l, first, 16, k, lanes); }
static void turn_32(td_lanes *l, int first, const known *k, uint32_t lanes) { turn(l, first, 32, k, lanes); }

// Lanes first ..< first + WIDTH.
static void visit_lanes(td_lanes *l, int first) {
    partial_sums sums;
    for (int i = 0; i < WIDTH; i++) add_up(l->weights[first + i], l->input[first + i], l->products, &sums, i);
    known k;
    uint32_t lanes = weigh(l, first, l->lanes >> first & 0xff, &sums, &k);
    _Alignas(32) float pivot[WIDTH];
    _mm256_store_ps(pivot, k.pivot);
    int32_t most = 0;
    uint32_t too_many = 0;
    for (uint32_t left = lanes; left != 0; left &= left - 1) {
        const int row = __builtin_ctz(left), lane = first + row;
        const int32_t count =
            gather(l->weights[lane], l->input[lane], l->products, pivot[row], l->value + (int64_t)lane * l->stride,
                   l->index + (int64_t)lane * l->stride);
        l->count[lane] = count;
        if (count > TD_SLOTS) too_many |= 1u << row;
        if (count <= TD_SLOTS && count > most) most = count;
    }
    l->too_many |= too_many << first;
    lanes &= ~too_many;
    if (lanes == 0) return;
    if (most <= 8) {
        turn_8(l, first, &k, lanes);
    } else if (most <= 16) {
        turn_16(l, first, &k, lanes);
    } else {
        turn_32(l, first, &k, lanes);
    }
}

void ck_td_lanes_avx2(td_lanes *l) {
    l->dropped = l->decided = l->too_few = l->too_many = 0;
    l->shared = 0;
    for (int first = 0; first < TD_LANES; first += WIDTH) {
        if (l->lanes >> first != 0) visit_lanes(l, first);
    }
}

// Numbers below 2^51, rounded to nearest even: the last bit of the sum's mantissa is worth 1.
INLINE __m256i integers(__m256d x) {
    const __m256d origin = _mm256_set1_pd(0x1.8p52);
    return _mm256_sub_epi64(_mm256_castpd_si256(_mm256_add_pd(x, origin)), _mm256_castpd_si256(origin));
}

INLINE __m256d of_lanes(const double *values, const int32_t *lane) {
    return _mm256_setr_pd(values[lane[0]], values[lane[1]], values[lane[2]], values[lane[3]]);
}

void ck_td_shares_avx2(td_lanes *l) {
    __m256i magnitude = _mm256_setzero_si256();
    for (int32_t i = 0; i < l->shared; i += 4) {
        const __m256d gating = of_lanes(l->gating, l->lane + i), sum = of_lanes(l->sum, l->lane + i);
        const __m256d product =
            rounded(_mm256_mul_pd(_mm256_cvtps_pd(_mm_loadu_ps(l->product + i)), _mm256_set1_pd(0x1p36)));
        const __m256i share = integers(_mm256_div_pd(_mm256_mul_pd(gating, product), sum));
        _mm256_storeu_si256((__m256i *)(l->share + i), share);
        const __m256i sign = _mm256_cmpgt_epi64(_mm256_setzero_si256(), share);
        const __m256i there =
            _mm256_cmpgt_epi64(_mm256_set1_epi64x(l->shared - i), _mm256_setr_epi64x(0, 1, 2, 3));
        magnitude = _mm256_add_epi64(
            magnitude, _mm256_and_si256(there, _mm256_sub_epi64(_mm256_xor_si256(share, sign), sign)));
    }
    _Alignas(32) uint64_t parts[4];
    _mm256_store_si256((__m256i *)parts, magnitude);
    l->magnitude = parts[0] + parts[1] + parts[2] + parts[3];
}

#pragma clang attribute pop

#endif
