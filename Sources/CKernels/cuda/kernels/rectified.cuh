// The ReLU at the end of a layer.
#ifndef CK_RECTIFIED_CUH
#define CK_RECTIFIED_CUH

#include "kernel.cuh"

/// min(max(value, 0), ceiling), or the value itself where the ceiling is 0. Selections, so that neither -0 nor NaN
/// passes a ReLU, and infinity as the ceiling changes nothing. Whether a value is positive is read from its bits: of a
/// comparison the compiler would make an instruction for the maximum, whose zeros have the sign that it gives them.
__device__ __forceinline__ float rectified(float value, float ceiling) {
    const bool has_relu = ceiling != 0.0f;
    const bool is_positive = __float_as_uint(value) - 1 < 0x7f800000u;
    const float positive = has_relu && !is_positive ? 0.0f : value;
    return has_relu && positive > ceiling ? ceiling : positive;
}

#endif
