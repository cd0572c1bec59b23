// The top-down pass's arithmetic: fixed point with 36 fraction bits for products, 48 for gating. What is no sum of
// integers is one correctly rounded operation, written as such (selective-tuning.md, section 2).
#ifndef TD_FIXED_CUH
#define TD_FIXED_CUH

#include "kernel.cuh"

constexpr float TD_SCALE = 0x1p36f;
/// The bits of the largest float whose product is 0 in fixed point: half a unit, rounded to even.
constexpr int TD_ZERO_BITS = 0x2d000000;
/// Where sums of magnitudes stop counting: beyond 63 bits.
constexpr uint64_t TD_LIMIT = (uint64_t)1 << 63;
constexpr int64_t TD_MOST = 0x7fffffffffffffff;

/// A product in fixed point, rounded to nearest even; scaling is exact. Meaningless from 2^27 on.
__device__ __forceinline__ int64_t td_fixed(float product) { return __float2ll_rn(__fmul_rn(product, TD_SCALE)); }

__device__ __forceinline__ double td_double(int64_t fixed) { return __dmul_rn(__ll2double_rn(fixed), 0x1p-36); }

/// For magnitudes up to TD_LIMIT. In any order, the limit is reached or it is not.
__device__ __forceinline__ uint64_t td_saturated(uint64_t a, uint64_t b) {
    return a > TD_LIMIT - b ? TD_LIMIT : a + b;
}

__device__ __forceinline__ uint64_t td_magnitude(int64_t value) {
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/// Adds to a counter that several threads add to. Where the true sum passes 63 bits, some addition sees it, whatever
/// comes after: a magnitude is at most TD_LIMIT.
__device__ __forceinline__ bool td_adds_past_limit(uint64_t *counter, uint64_t magnitude) {
    const uint64_t before = atomicAdd(counter, magnitude);
    return before >= TD_LIMIT || magnitude >= TD_LIMIT - before;
}

__device__ __forceinline__ float td_neighbour(float x, bool up) {
    if (x == 0.0f) return __uint_as_float(up ? 1u : 0x80000001u);
    const uint32_t bits = __float_as_uint(x);
    return __uint_as_float((x > 0.0f) == up ? bits + 1 : bits - 1);
}

/// The smallest float whose value in fixed point is >= threshold: winners are found without converting each product.
__device__ __forceinline__ float td_smallest_float(int64_t threshold) {
    if (threshold >= 1 << 24) {
        // Floats of this size are integers: the nearest one, or the next.
        const float nearest = __ll2float_rn(threshold);
        const uint32_t next = __float2ll_rn(nearest) < threshold ? 1 : 0;
        return __fmul_rn(__uint_as_float(__float_as_uint(nearest) + next), 0x1p-36f);
    }
    // In units of fixed point. Half a unit below the threshold, or the nearest float: at most a few steps away.
    float scaled = __double2float_rn(__dsub_rn(__ll2double_rn(threshold), 0.5));
    while (__float2ll_rn(scaled) >= threshold) scaled = td_neighbour(scaled, false);
    while (__float2ll_rn(scaled) < threshold) scaled = td_neighbour(scaled, true);
    return __fmul_rn(scaled, 0x1p-36f);
}

#endif
