#if defined(__x86_64__)

#include <immintrin.h>

#include "topdown.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt,bmi,bmi2"))), apply_to = function)

// Moves the chosen lanes to the front: their numbers, one byte each, are extracted from 0, 1, ... 7.
static inline __m256 compress(__m256 value, uint32_t chosen) {
    uint64_t bytes = _pdep_u64(chosen, 0x0101010101010101u) * 0xff;
    uint64_t lanes = _pext_u64(0x0706050403020100u, bytes);
    return _mm256_permutevar8x32_ps(value, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)lanes)));
}

// Buffers have slack: whole vectors are read and written. In place, a write never passes the read.
static inline int32_t keep(const float *values, int32_t count, float pivot, float *out, int greater) {
    const __m256 middle = _mm256_set1_ps(pivot);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i += 8) {
        __m256 value = _mm256_loadu_ps(values + i);
        __m256 chosen = greater ? _mm256_cmp_ps(value, middle, _CMP_GT_OQ) : _mm256_cmp_ps(value, middle, _CMP_LE_OQ);
        uint32_t lanes = (uint32_t)_mm256_movemask_ps(chosen);
        if (count - i < 8) lanes &= (1u << (count - i)) - 1;
        _mm256_storeu_ps(out + kept, compress(value, lanes));
        kept += __builtin_popcount(lanes);
    }
    return kept;
}

static int32_t keep_greater(const float *values, int32_t count, float pivot, float *upper) {
    return keep(values, count, pivot, upper, 1);
}

static int32_t keep_others(const float *values, int32_t count, float pivot, float *lower) {
    return keep(values, count, pivot, lower, 0);
}

#define TD_HAS_COMPACTION
#include "td_generic.h"

#pragma clang attribute pop

const td_kernels ck_td_kernels_avx2 = {products_generic, theta_generic, at_least_generic, masks_generic,
                                             peak_generic};

#endif
