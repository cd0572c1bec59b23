// The vectorised steps of the top-down pass in plain C, as static functions: included by the portable file, by the
// NEON file and, under another target attribute, by the AVX2 file. Loops are written so that a compiler vectorises those worth it.
#include "topdown.h"

// Rounding to an integer by adding: the sum's last mantissa bit is worth 1 for |x| < 2^51.
#define TD_ROUND 0x1.8p52
// Below this, fixed-point values stay below 2^51.
#define TD_SMALL 0x1p15f

static inline int64_t round_small(float product) {
    double shifted = (double)(product * TD_SCALE) + TD_ROUND;
    double zero = TD_ROUND;
    int64_t bits, origin;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&origin, &zero, sizeof origin);
    return (int64_t)((uint64_t)bits - (uint64_t)origin);
}

#ifndef TD_HAS_COMPACTION
// Writes the values > pivot to `upper`, which may be `values` itself; returns their number.
static int32_t keep_greater(const float *values, int32_t count, float pivot, float *upper) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        float value = values[i];
        upper[kept] = value;
        kept += value > pivot;
    }
    return kept;
}

static int32_t keep_others(const float *values, int32_t count, float pivot, float *lower) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        lower[kept] = values[i];
        kept += values[i] <= pivot;
    }
    return kept;
}
#endif

static td_sums products_generic(const td_window *window, float *products, float *positive) {
    int64_t total = 0;
    uint32_t largest = 0;
    int32_t count = 0;
    const int32_t run = window->run;
    for (int32_t row = 0; row < window->rows; row++) {
        for (int32_t segment = 0; segment < window->segments; segment++) {
            const float *weights = window->weights + row * window->weight_row + segment * window->weight_segment;
            const float *input = window->input + row * window->input_row + segment * window->input_segment;
            float *out = products + count;
            int64_t run_total = 0;
            uint32_t run_largest = 0;
            for (int32_t i = 0; i < run; i++) {
                float product = weights[i] * input[i];
                out[i] = product;
                run_total = (int64_t)((uint64_t)run_total + (uint64_t)round_small(product));
                uint32_t magnitude = td_bits(product) & 0x7fffffffu;
                run_largest = magnitude > run_largest ? magnitude : run_largest;
            }
            total = (int64_t)((uint64_t)total + (uint64_t)run_total);
            largest = run_largest > largest ? run_largest : largest;
            count += run;
        }
    }
    const int32_t positives = keep_greater(products, count, TD_ZERO, positive);
    // Eight sums, because one chain of additions would have to wait for each; bits of positive floats are ordered.
    float sums[8] = {0};
    uint32_t top = 0;
    for (int32_t i = 0; i + 8 <= positives; i += 8) {
        for (int32_t lane = 0; lane < 8; lane++) sums[lane] += positive[i + lane];
    }
    for (int32_t i = positives & ~7; i < positives; i++) sums[0] += positive[i];
    for (int32_t i = 0; i < positives; i++) top = td_bits(positive[i]) > top ? td_bits(positive[i]) : top;
    float sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    if (largest >= td_bits(TD_SMALL) && largest < td_bits(0x1p27f)) {
        // The sum of the absolute values is checked by the caller; the sum itself must not trap before.
        uint64_t exact = 0;
        for (int32_t i = 0; i < count; i++) exact += (uint64_t)td_fixed(products[i]);
        total = (int64_t)exact;
    }
    return (td_sums){total, largest, td_float(top), sum, positives};
}

static int64_t sum_above(const float *values, int32_t count, float pivot, int small) {
    int64_t sum = 0;
    if (small) {
        for (int32_t i = 0; i < count; i++) sum += round_small(values[i] > pivot ? values[i] : 0);
    } else {
        for (int32_t i = 0; i < count; i++) sum += td_fixed(values[i] > pivot ? values[i] : 0);
    }
    return sum;
}

static float theta_of_few(float *values, int32_t count, int64_t total) {
    for (int32_t i = 1; i < count; i++) {
        float value = values[i];
        int32_t j = i;
        for (; j > 0 && values[j - 1] < value; j--) values[j] = values[j - 1];
        values[j] = value;
    }
    // Descending now: theta is the last one for which the sum of those before it is < total.
    int32_t last = 0;
    int64_t above = 0;
    for (int32_t i = 1; i < count; i++) {
        above += td_fixed(values[i - 1]);
        if (above >= total) break;
        last = i;
    }
    return values[last];
}

static float theta_generic(float *values, float *spare, int32_t count, int64_t total, float sum) {
    int small = sum < TD_SMALL / 2;
    float kept = sum;
    for (int round = 0; count > 16; round++) {
        float pivot = kept / (float)count;
        if (round >= 6 || !(pivot > 0)) {
            // Halve the interval of bit patterns instead: at most 31 times, whatever the values are.
            float low = values[0], high = values[0];
            for (int32_t i = 1; i < count; i++) {
                low = values[i] < low ? values[i] : low;
                high = values[i] > high ? values[i] : high;
            }
            if (low == high) return low;
            pivot = td_float(td_bits(low) + (td_bits(high) - td_bits(low)) / 2);
        }
        int64_t above = sum_above(values, count, pivot, small);
        int32_t lower = keep_others(values, count, pivot, spare);
        int32_t upper = keep_greater(values, count, pivot, values);
        if (lower == 0 || upper == 0) round = 6;
        float above_sum = (float)td_double(above);
        if (above >= total) {
            kept = above_sum;
            count = upper;
        } else if (lower > 0) {
            total -= above;
            kept -= above_sum;
            count = lower;
            float *swap = values;
            values = spare;
            spare = swap;
        }
    }
    return theta_of_few(values, count, total);
}

static int32_t at_least_generic(const float *values, int32_t count, float threshold, int32_t *indices) {
    int32_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        indices[found] = i;
        found += values[i] >= threshold;
    }
    return found;
}

static float masks_generic(const float *products, int32_t rows, int32_t columns, int32_t channels, int32_t first_row,
                           int32_t first_column, int32_t width, float threshold, uint32_t *masks, int32_t stride,
                           int32_t words, float *bounds) {
    for (int32_t word = 0; word < words; word++) {
        memset(masks + (int64_t)word * stride, 0, sizeof *masks * (size_t)channels);
    }
    memset(bounds, 0, sizeof *bounds * (size_t)channels);
    for (int32_t row = 0; row < rows; row++) {
        for (int32_t column = 0; column < columns; column++) {
            int32_t bit = (row + first_row) * width + column + first_column;
            uint32_t *restrict mask = masks + (int64_t)(bit / 32) * stride;
            float *restrict bound = bounds;
            const uint32_t value = 1u << (bit % 32);
            for (int32_t c = 0; c < channels; c++) {
                float product = products[c];
                int wins = product >= threshold;
                mask[c] |= wins ? value : 0;
                bound[c] += wins ? 0.2f * product + 0.8f : 0;
            }
            products += channels;
        }
    }
    float largest = 0;
    for (int32_t c = 0; c < channels; c++) largest = bounds[c] > largest ? bounds[c] : largest;
    return largest;
}

enum { LANES = 16 };

typedef struct {
    float total[LANES], absolute[LANES], small[LANES], maximum[LANES], second[LANES];
    int32_t index[LANES];
} peak_lanes;

static inline void peak_step(peak_lanes *s, const float *weights, const float *input, int32_t first, int32_t lanes,
                             float bound) {
    for (int32_t lane = 0; lane < lanes; lane++) {
        const float product = weights[first + lane] * input[first + lane], maximum = s->maximum[lane];
        s->total[lane] += product;
        s->absolute[lane] += fabsf(product);
        s->small[lane] += product <= bound ? product : 0;
        const float lesser = product < maximum ? product : maximum;
        s->second[lane] = s->second[lane] > lesser ? s->second[lane] : lesser;
        s->index[lane] = product > maximum ? first + lane : s->index[lane];
        s->maximum[lane] = product > maximum ? product : maximum;
    }
}

static td_peak peak_generic(const float *weights, const float *input, int32_t count, float bound) {
    peak_lanes s = {0};
    int32_t i = 0;
    for (; i + LANES <= count; i += LANES) peak_step(&s, weights, input, i, LANES, bound);
    peak_step(&s, weights, input, i, count - i, bound);
    td_peak peak = {0};
    int32_t best = 0;
    for (int32_t lane = 1; lane < LANES; lane++) best = s.maximum[lane] > s.maximum[best] ? lane : best;
    peak.maximum = s.maximum[best];
    peak.channel = s.index[best];
    for (int32_t lane = 0; lane < LANES; lane++) {
        peak.total += s.total[lane];
        peak.absolute += s.absolute[lane];
        peak.small += s.small[lane];
        // The runner-up is a lane's own, or another lane's maximum.
        const float other = lane == best ? s.second[lane] : s.maximum[lane];
        peak.second = other > peak.second ? other : peak.second;
    }
    return peak;
}
