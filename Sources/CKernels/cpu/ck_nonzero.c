#include "ck_nonzero.h"

#include <string.h>

static void portable(const float *values, int64_t count, uint8_t *bits) {
    for (int64_t first = 0; first < count; first += 8) {
        const int64_t end = first + 8 < count ? first + 8 : count;
        unsigned byte = 0;
        for (int64_t i = first; i < end; i++) byte |= (unsigned)(values[i] != 0.0f) << (i - first);
        bits[first / 8] = (uint8_t)byte;
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

// Both return how many values they have done, a multiple of 32.
__attribute__((target("avx2"))) static int64_t in_avx2(const float *values, int64_t count, uint8_t *bits) {
    int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        uint32_t word = 0;
#pragma clang loop unroll(full)
        for (int v = 0; v < 4; v++) {
            const __m256 value = _mm256_loadu_ps(values + i + v * 8);
            const __m256 differs = _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_NEQ_UQ);
            word |= (uint32_t)_mm256_movemask_ps(differs) << (v * 8);
        }
        memcpy(bits + i / 8, &word, sizeof word);
    }
    return i;
}

__attribute__((target("avx512f"))) static int64_t in_avx512(const float *values, int64_t count, uint8_t *bits) {
    int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m512 zero = _mm512_setzero_ps();
        const __mmask16 low = _mm512_cmp_ps_mask(_mm512_loadu_ps(values + i), zero, _CMP_NEQ_UQ);
        const __mmask16 high = _mm512_cmp_ps_mask(_mm512_loadu_ps(values + i + 16), zero, _CMP_NEQ_UQ);
        const uint32_t word = (uint32_t)low | (uint32_t)high << 16;
        memcpy(bits + i / 8, &word, sizeof word);
    }
    return i;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

// Returns how many values it has done, a multiple of 16.
static int64_t in_neon(const float *values, int64_t count, uint8_t *bits) {
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t place = vld1q_u8(places);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        uint16x4_t zeros[4];
#pragma clang loop unroll(full)
        for (int v = 0; v < 4; v++) zeros[v] = vmovn_u32(vceqzq_f32(vld1q_f32(values + i + v * 4)));
        const uint8x8_t low = vmovn_u16(vcombine_u16(zeros[0], zeros[1]));
        const uint8x8_t high = vmovn_u16(vcombine_u16(zeros[2], zeros[3]));
        const uint8x16_t found = vbicq_u8(place, vcombine_u8(low, high));
        bits[i / 8] = vaddv_u8(vget_low_u8(found));
        bits[i / 8 + 1] = vaddv_u8(vget_high_u8(found));
    }
    return i;
}
#endif

void ck_nonzero_bits(ck_isa isa, const float *values, int64_t count, uint8_t *bits) {
    int64_t done = 0;
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) done = in_avx512(values, count, bits);
    if (isa == CK_ISA_AVX2) done = in_avx2(values, count, bits);
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) done = in_neon(values, count, bits);
#endif
    (void)isa;
    portable(values + done, count - done, bits + done / 8);
}
