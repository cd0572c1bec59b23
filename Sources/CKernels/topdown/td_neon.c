#if defined(__aarch64__)

#include <arm_neon.h>

#include "topdown.h"

// For each set of lanes the numbers of their bytes, the first lane's first; what follows them does not matter.
#define L0 0, 1, 2, 3
#define L1 4, 5, 6, 7
#define L2 8, 9, 10, 11
#define L3 12, 13, 14, 15
static const uint8_t bytes_of[16][16] = {
    {L0, L0, L0, L0}, {L0, L0, L0, L0}, {L1, L0, L0, L0}, {L0, L1, L0, L0}, {L2, L0, L0, L0}, {L0, L2, L0, L0},
    {L1, L2, L0, L0}, {L0, L1, L2, L0}, {L3, L0, L0, L0}, {L0, L3, L0, L0}, {L1, L3, L0, L0}, {L0, L1, L3, L0},
    {L2, L3, L0, L0}, {L0, L2, L3, L0}, {L1, L2, L3, L0}, {L0, L1, L2, L3}};

// Buffers have slack: whole vectors are read and written. In place, a write never passes the read.
static inline int32_t keep(const float *values, int32_t count, float pivot, float *out, int greater) {
    static const uint32_t places[4] = {1, 2, 4, 8};
    const float32x4_t middle = vdupq_n_f32(pivot);
    const uint32x4_t place = vld1q_u32(places);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i += 4) {
        const float32x4_t value = vld1q_f32(values + i);
        const uint32x4_t chosen = greater ? vcgtq_f32(value, middle) : vcleq_f32(value, middle);
        uint32_t lanes = vaddvq_u32(vandq_u32(chosen, place));
        if (count - i < 4) lanes &= (1u << (count - i)) - 1;
        const uint8x16_t front = vqtbl1q_u8(vreinterpretq_u8_f32(value), vld1q_u8(bytes_of[lanes]));
        vst1q_f32(out + kept, vreinterpretq_f32_u8(front));
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

const td_kernels ck_td_kernels_neon = {products_generic, theta_generic, at_least_generic, masks_generic,
                                       peak_generic,     NULL,          NULL};

#endif
