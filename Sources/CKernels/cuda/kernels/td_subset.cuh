// Stage 2 for fully connected layers: the statistically important subset, the largest product or every winner
// (selective-tuning.md, section 5), by a team.
#ifndef TD_SUBSET_CUH
#define TD_SUBSET_CUH

#include "td_propagate.cuh"
#include "td_stage1.cuh"

/// Some of the winners.
struct TdSome {
    int64_t sum;
    int count, first;  // first: the lowest index
    __device__ __forceinline__ void take(int64_t product, int index) {
        sum += product;
        count++;
        first = index < first ? index : first;
    }
    __device__ __forceinline__ void add(const TdSome &other) {
        sum += other.sum;
        count += other.count;
        first = other.first < first ? other.first : first;
    }
};

/// A team's winners: each thread looks at its products.
template <typename Team> struct TdWinners {
    const Team &team;
    const float *products;
    int count;
    float at_least;

    __device__ __forceinline__ TdWinners(const Team &team, const float *products, int count, float at_least)
        : team(team), products(products), count(count), at_least(at_least) {}

    /// Calls take(index, product in fixed point).
    template <typename Take> __device__ __forceinline__ void each(Take take) const {
        for (int i = team.lane; i < count; i += team.width) {
            if (products[i] >= at_least) take(i, td_fixed(products[i]));
        }
    }
};

/// One thread's: up to 64 of them as bits, so that products that do not win are looked at once. They come from the lane's
/// own place on, so that the lanes of a warp, whose units are often of one pixel, pay different channels at a time.
template <> struct TdWinners<TdAlone> {
    const float *products;
    int count, from;
    uint64_t bits = 0;

    __device__ __forceinline__ TdWinners(const TdAlone &, const float *products, int count, float at_least)
        : products(products), count(count), from((int)(threadIdx.x % 32) * count / 32) {
        for (int place = 0, i = from; place < count; place++) {
            if (products[i] >= at_least) bits |= (uint64_t)1 << place;
            i = i + 1 < count ? i + 1 : 0;
        }
    }

    template <typename Take> __device__ __forceinline__ void each(Take take) const {
        for (uint64_t left = bits; left != 0; left &= left - 1) {
            int i = from + __ffsll((int64_t)left) - 1;
            i = i < count ? i : i - count;
            take(i, td_fixed(products[i]));
        }
    }
};

/// The sum of (PS - m)^2 over the winners that are not 0, each term rounded to fixed point; TD_LIMIT: out of range.
template <typename Team>
__device__ __forceinline__ uint64_t td_squares(Team &team, const TdWinners<Team> &winners, double mean) {
    TdMagnitude squares = {0};
    winners.each([&](int, int64_t product) {
        if (product == 0) return;
        const double difference = __dsub_rn(td_double(product), mean);
        const double square = __dmul_rn(__dmul_rn(difference, difference), 0x1p36);
        squares.sum = td_saturated(squares.sum, square < 0x1p63 ? (uint64_t)__double2ll_rn(square) : TD_LIMIT);
    });
    return team.all(squares).sum;
}

/// A threshold in fixed point. One that no product can reach stays one.
__device__ __forceinline__ int64_t td_fixed_threshold(double threshold) {
    const double scaled = __dmul_rn(threshold, 0x1p36);
    return scaled < 0x1p63 ? __double2ll_rn(scaled) : TD_MOST;
}

/// The ladder's threshold for `sum` over n winners.
__device__ __forceinline__ int64_t td_ladder(int64_t sum, uint64_t squares, int64_t n, int64_t maximum, int offset) {
    const double mean = __ddiv_rn(td_double(sum), __ll2double_rn(n));
    const double deviation = __dsqrt_rn(__ddiv_rn(td_double((int64_t)squares), __ll2double_rn(n)));
    int row = 5;
    for (int candidate = 4; candidate >= -1; candidate--) {
        // The first row that the maximum reaches: going upwards, the last found stays. Then its relaxed one.
        const bool relaxed = candidate < 0;
        if (relaxed) row = row + offset < 5 ? row + offset : 5;
        const int r = relaxed ? row : candidate;
        const double share = r < 4 ? 1.0 : r == 4 ? 0.5 : 0.2, deviations = r < 3 ? (double)(3 - r) : 0.0;
        const int64_t threshold =
            td_fixed_threshold(__dadd_rn(__dmul_rn(share, mean), __dmul_rn(deviations, deviation)));
        if (relaxed) return threshold;
        if (maximum >= threshold) row = candidate;
    }
    return 0;
}

/// Where a product's gating goes: its index in the window to the gating's.
struct TdPlaces {
    int row_step, column_step;

    __device__ __forceinline__ int of(const TdUnit &unit, int index) const {
        if (unit.rows * unit.columns == 1) return unit.input_index + index;
        const int tap = index / unit.channels, row = tap / unit.columns;
        return unit.input_index + row * row_step + (tap - row * unit.columns) * column_step +
               index - tap * unit.channels;
    }
};

/// Stages 2 and 3. `padding`: connections of the unit outside of the map. Returns whether the sum of squares was in
/// range; `paid` is what this thread passed on.
template <typename Team>
__device__ __forceinline__ bool td_select_subset(Team &team, const TdUnit &unit, const TdStage1 &stage1,
                                                 const float *products, int64_t padding, const ck_td_rule &rule,
                                                 TdPlaces places, const TdGating &input, TdPaid &paid) {
    const int count = unit.rows * unit.columns * unit.channels;
    const int64_t maximum = td_fixed(stage1.maximum);
    // The maximum is always a winner, and so is everything that is as large in fixed point.
    const float at_least = rule.select == CK_TD_MAXIMUM ? td_smallest_float(maximum) : stage1.at_least;
    const TdWinners<Team> winners(team, products, count, at_least);
    TdSome all = {0, 0, 0x7fffffff};
    winners.each([&](int index, int64_t product) { all.take(product, index); });
    all = team.all(all);
    const double gating = __ll2double_rn(unit.gating);
    if (rule.select == CK_TD_MAXIMUM) {
        if (team.lane == 0) {
            td_propagate(paid, input, places.of(unit, all.first), gating, maximum, __ll2double_rn(maximum));
        }
        return true;
    }
    int64_t threshold = -TD_MOST, sum = all.sum;
    if (rule.select == CK_TD_LADDER) {
        const int64_t n = all.count + (stage1.threshold <= 0 ? padding : 0);
        const double mean = __ddiv_rn(td_double(sum), __ll2double_rn(n));
        const uint64_t squares = td_squares(team, winners, mean);
        if (squares >= TD_LIMIT) return false;
        threshold = td_ladder(sum, squares, n, maximum, rule.offset);
        threshold = threshold > 1 ? threshold : 1;
        TdSome kept = {0, 0, 0x7fffffff};
        winners.each([&](int index, int64_t product) {
            if (product >= threshold) kept.take(product, index);
        });
        sum = team.all(kept).sum;
    }
    const double whole = __ll2double_rn(sum);
    winners.each([&](int index, int64_t product) {
        if (product >= threshold) td_propagate(paid, input, places.of(unit, index), gating, product, whole);
    });
    return true;
}

#endif
