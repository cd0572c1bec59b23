// Stage 1, interference reduction (selective-tuning.md, section 3), by a team: selection without sorting.
#ifndef TD_STAGE1_CUH
#define TD_STAGE1_CUH

#include "td_window.cuh"

struct TdStage1 {
    int64_t threshold;  // winners: PS >= threshold, in fixed point
    float at_least;     // the same as a float: the smallest product that wins
    float maximum;      // the largest product
    int status;         // a ck_td_status; where it is CK_TD_OK:
    int dropped;        // the total does not exceed the lower bound
};

/// A sum of magnitudes.
struct TdMagnitude {
    uint64_t sum;  // saturated
    __device__ __forceinline__ void add(const TdMagnitude &other) { sum = td_saturated(sum, other.sum); }
};

/// Products above a pivot.
struct TdAbove {
    uint64_t sum;
    int count, unused;
    __device__ __forceinline__ void add(const TdAbove &other) {
        sum += other.sum;
        count += other.count;
    }
};

/// Section 2's range: the sum of |PS| in fixed point stays below 2^63.
template <typename Team>
__device__ __forceinline__ int td_check_range(Team &team, const float *products, int count, const TdSums &sums) {
    if (sums.largest >= 0x7f800000u) return CK_TD_NOT_FINITE;
    const float largest = __uint_as_float(sums.largest);
    // Far away from the limit, rounding to fixed point adds at most half a unit for each product.
    if (__dmul_rn((double)largest, (double)count) < 0x1p26) return CK_TD_OK;
    if (largest >= 0x1p27f) return CK_TD_RANGE;
    TdMagnitude absolute = {0};
#pragma unroll 1
    for (int i = team.lane; i < count; i += team.width) {
        absolute.sum = td_saturated(absolute.sum, td_magnitude(td_fixed(products[i])));
    }
    return team.all(absolute).sum >= TD_LIMIT ? CK_TD_RANGE : CK_TD_OK;
}

/// Within a tenth of the natural logarithm of a normal positive number: the mantissa counts as if it were linear.
__device__ __forceinline__ float td_log_about(float x) {
    return __fmul_rn(__int2float_rn((int)__float_as_uint(x) - 0x3f800000), 0.6931472f * 0x1p-23f);
}

/// Where to split the positive products first: a little below the place where theta would be if they were distributed
/// exponentially, so that few are left to look at. Only speed depends on it.
__device__ __forceinline__ float td_first_pivot(float sum, int count, uint64_t total) {
    const float mean = __fdiv_rn(sum, __int2float_rn(count));
    const float share = __fdiv_rn(__fmul_rn(__ll2float_rn((int64_t)total), 0x1p-36f), sum);
    if (!(share > 0.0f) || share >= 1.0f) return mean;
    const float exponent = -td_log_about(share);
    return __fmul_rn(mean, __fadd_rn(exponent, td_log_about(__fadd_rn(1.0f, exponent))));
}

/// Where to split so many candidates in (low, high], of the sum `inside`.
__device__ __forceinline__ int td_pivot(int round, int low, int high, int candidates, uint64_t inside, uint64_t total) {
    const float sum = __fmul_rn(__ll2float_rn((int64_t)inside), 0x1p-36f);
    const float guess =
        round == 0 ? td_first_pivot(sum, candidates, total) : __fdiv_rn(sum, __int2float_rn(candidates));
    const int pivot = (int)__float_as_uint(guess);
    // Halving the interval of bit patterns takes at most 31 rounds, whatever the products are.
    if (round >= 6 || pivot <= low || pivot >= high) return low + (high - low) / 2;
    return pivot;
}

/// The smallest of up to TD_FEW candidates for which `base` and the sum of all greater ones stay below `total`; by each
/// warp on its own.
__device__ __forceinline__ int td_theta_of_few(const uint32_t *few, int count, uint64_t base, uint64_t total) {
    const int lane = (int)(threadIdx.x % 32);
    const int bits = lane < count ? (int)few[lane] : 0;
    const uint64_t fixed = lane < count ? (uint64_t)td_fixed(__uint_as_float((uint32_t)bits)) : 0;
    uint64_t above = base;
    for (int other = 0; other < count; other++) {
        const int other_bits = __shfl_sync(~0u, bits, other);
        const uint64_t other_fixed = __shfl_sync(~0u, fixed, other);
        above += other_bits > bits ? other_fixed : 0;
    }
    int theta = lane < count && above < total ? bits : 0x7fffffff;
#pragma unroll
    for (int by = 16; by > 0; by /= 2) {
        const int other = __shfl_xor_sync(~0u, theta, by);
        theta = other < theta ? other : theta;
    }
    return theta;
}

/// Theta's bits: the smallest positive product for which the sum of all greater ones is < total. Bits of positive
/// floats are ordered like integers, and negative ones are below them all.
///
/// It lies in (low, high]: the products above low sum up to >= total, those above high (`base`) to < total.
template <typename Team>
__device__ __forceinline__ int td_theta(Team &team, const float *products, int count, const TdSums &sums) {
    int low = TD_ZERO_BITS, high = sums.maximum, candidates = sums.positives;
    uint64_t base = 0, inside = sums.positive;
    for (int round = 0; candidates > TD_FEW && high - low > 1; round++) {
        const int pivot = td_pivot(round, low, high, candidates, inside, sums.total);
        TdAbove above = {0, 0, 0};
        for (int i = team.lane; i < count; i += team.width) {
            const float product = products[i];
            const int bits = (int)__float_as_uint(product);
            if (bits > pivot && bits <= high) {
                above.sum += (uint64_t)td_fixed(product);
                above.count++;
            }
        }
        above = team.all(above);
        if (base + above.sum >= sums.total) {
            low = pivot;
            inside = above.sum;
            candidates = above.count;
        } else {
            high = pivot;
            base += above.sum;
            inside -= above.sum;
            candidates -= above.count;
        }
    }
    if (high - low == 1) return high;
    if (team.lane == 0) team.shared.found = 0;
    team.sync();
#pragma unroll 1
    for (int i = team.lane; i < count; i += team.width) {
        const int bits = (int)__float_as_uint(products[i]);
        if (bits > low && bits <= high) team.shared.few[atomicAdd(&team.shared.found, 1)] = (uint32_t)bits;
    }
    team.sync();
    const int theta = td_theta_of_few(team.shared.few, candidates, base, sums.total);
    team.sync();
    return theta;
}

/// The same by one thread. `high` is a candidate at any time, and the interval ends at candidates on both sides, so that one
/// sweep less or more leaves a single one.
__device__ __forceinline__ int td_theta(TdAlone &, const float *products, int count, const TdSums &sums) {
    int low = TD_ZERO_BITS, high = sums.maximum, candidates = sums.positives;
    uint64_t base = 0, inside = sums.positive;
    for (int round = 0; candidates > 1 && high - low > 1; round++) {
        const int pivot = td_pivot(round, low, high, candidates, inside, sums.total);
        TdAbove above = {0, 0, 0};
        int least = high, most = low;  // of those above the pivot, and of the others
        for (int i = 0; i < count; i++) {
            const int bits = (int)__float_as_uint(products[i]);
            if (bits > high) continue;
            if (bits > pivot) {
                above.sum += (uint64_t)td_fixed(products[i]);
                above.count++;
                least = bits < least ? bits : least;
            } else {
                most = bits > most ? bits : most;
            }
        }
        if (base + above.sum >= sums.total) {
            low = least - 1;
            inside = above.sum;
            candidates = above.count;
        } else {
            high = most;
            base += above.sum;
            inside -= above.sum;
            candidates -= above.count;
        }
    }
    return high;
}

template <typename Team>
__device__ __forceinline__ TdStage1 td_reduce(Team &team, const float *products, int count, const TdSums &sums,
                                              const ck_td_rule &rule) {
    TdStage1 result = {0, 0.0f, __uint_as_float((uint32_t)sums.maximum), CK_TD_OK, 0};
    result.status = td_check_range(team, products, count, sums);
    if (result.status != CK_TD_OK) return result;
    // A total that is not positive has no theta, whatever the lower bound.
    const int64_t total = (int64_t)sums.total;
    result.dropped = total <= rule.lower_bound || total <= 0;
    if (result.dropped) return result;
    const float theta = __uint_as_float((uint32_t)td_theta(team, products, count, sums));
    result.threshold = td_fixed(theta) - (rule.strict ? 0 : rule.epsilon);
    result.at_least = td_smallest_float(result.threshold);
    return result;
}

#endif
