// Activities as products with weight 1: their sum, and section 2's range.
#ifndef TD_ACTIVITIES_CUH
#define TD_ACTIVITIES_CUH

#include "td_fixed.cuh"

/// What is known of some activities.
struct TdActivities {
    uint64_t absolute;  // saturated
    int64_t sum;
    uint32_t not_finite, out_of_range;

    __device__ __forceinline__ void take(float value) {
        const uint32_t magnitude = __float_as_uint(value) & 0x7fffffffu;
        if (magnitude >= 0x7f800000u) {
            not_finite = 1;
        } else if (__uint_as_float(magnitude) >= 0x1p27f) {
            out_of_range = 1;
        } else {
            const int64_t fixed = td_fixed(value);
            absolute = td_saturated(absolute, td_magnitude(fixed));
            sum = (int64_t)((uint64_t)sum + (uint64_t)fixed);
        }
    }
    __device__ __forceinline__ void add(const TdActivities &other) {
        absolute = td_saturated(absolute, other.absolute);
        sum = (int64_t)((uint64_t)sum + (uint64_t)other.sum);
        not_finite |= other.not_finite;
        out_of_range |= other.out_of_range;
    }
    __device__ __forceinline__ int status() const {
        if (not_finite) return CK_TD_NOT_FINITE;
        return out_of_range || absolute >= TD_LIMIT ? CK_TD_RANGE : CK_TD_OK;
    }
};

#endif
