#if defined(__x86_64__)

#include <immintrin.h>

#include "topdown.h"

// The numbers of a mask's lanes, one byte each, the first in the lowest; zeros above them. A table, since the two
// instructions that would compute an entry (PDEP, PEXT) take up to hundreds of cycles on the AMD processors before Zen 3,
// and are not on every machine with AVX2. Where they are fast the table is as fast.
#define BELOW(mask, lane) ((mask) & ((1u << (lane)) - 1))
#define COUNT(mask)                                                                                                  \
    (((mask) & 1) + ((mask) >> 1 & 1) + ((mask) >> 2 & 1) + ((mask) >> 3 & 1) + ((mask) >> 4 & 1) + ((mask) >> 5 & 1) + \
     ((mask) >> 6 & 1) + ((mask) >> 7 & 1))
#define LANE(mask, lane) ((mask) >> (lane) & 1 ? (uint64_t)(lane) << 8 * COUNT(BELOW(mask, lane)) : 0)
#define ENTRY(mask)                                                                                                  \
    (LANE(mask, 0) | LANE(mask, 1) | LANE(mask, 2) | LANE(mask, 3) | LANE(mask, 4) | LANE(mask, 5) | LANE(mask, 6) |   \
     LANE(mask, 7))
#define FOUR(mask) ENTRY((mask)), ENTRY((mask) + 1u), ENTRY((mask) + 2u), ENTRY((mask) + 3u)
#define SIXTEEN(mask) FOUR((mask)), FOUR((mask) + 4u), FOUR((mask) + 8u), FOUR((mask) + 12u)
#define SIXTY_FOUR(mask) SIXTEEN((mask)), SIXTEEN((mask) + 16u), SIXTEEN((mask) + 32u), SIXTEEN((mask) + 48u)
const uint64_t ck_td_chosen_lanes[256] = {SIXTY_FOUR(0u), SIXTY_FOUR(64u), SIXTY_FOUR(128u), SIXTY_FOUR(192u)};

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)

// Moves the chosen lanes to the front.
static inline __m256 compress(__m256 value, uint32_t chosen) {
    __m128i lanes = _mm_cvtsi64_si128((int64_t)ck_td_chosen_lanes[chosen]);
    return _mm256_permutevar8x32_ps(value, _mm256_cvtepu8_epi32(lanes));
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

const td_kernels ck_td_kernels_avx2 = {products_generic, theta_generic,    at_least_generic, masks_generic,
                                       peak_generic,     ck_td_lanes_avx2, ck_td_shares_avx2};

#endif
