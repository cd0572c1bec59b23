#include "ck_peak.h"

#include <math.h>

// Enough independent chains to fill two units of four cycles' latency and more, few enough to stay in registers. The
// empty assembly statement keeps the compiler from combining rounds.
#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f"))) static int64_t peak_avx512(int64_t steps) {
    __m512 sum[16];
    for (int i = 0; i < 16; i++) sum[i] = _mm512_set1_ps((float)i);
    __m512 factor = _mm512_set1_ps(0.999f), addend = _mm512_set1_ps(0.001f);
    for (int64_t step = 0; step < steps; step++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            sum[i] = _mm512_fmadd_ps(sum[i], factor, addend);
            __asm__ volatile("" : "+v"(sum[i]));
        }
    }
    return steps * 16 * 16 * 2;
}

__attribute__((target("avx2,fma"))) static int64_t peak_avx2(int64_t steps) {
    __m256 sum[12];
    for (int i = 0; i < 12; i++) sum[i] = _mm256_set1_ps((float)i);
    __m256 factor = _mm256_set1_ps(0.999f), addend = _mm256_set1_ps(0.001f);
    for (int64_t step = 0; step < steps; step++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 12; i++) {
            sum[i] = _mm256_fmadd_ps(sum[i], factor, addend);
            __asm__ volatile("" : "+x"(sum[i]));
        }
    }
    return steps * 12 * 8 * 2;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

// Four units of four cycles' latency in the widest processors.
static int64_t peak_neon(int64_t steps) {
    float32x4_t sum[24];
    for (int i = 0; i < 24; i++) sum[i] = vdupq_n_f32((float)i);
    const float32x4_t factor = vdupq_n_f32(0.999f), addend = vdupq_n_f32(0.001f);
    for (int64_t step = 0; step < steps; step++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < 24; i++) {
            sum[i] = vfmaq_f32(addend, sum[i], factor);
            __asm__ volatile("" : "+w"(sum[i]));
        }
    }
    return steps * 24 * 4 * 2;
}
#endif

static int64_t peak_portable(int64_t steps) {
    float sum[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int64_t step = 0; step < steps; step++) {
        for (int i = 0; i < 8; i++) sum[i] = fmaf(sum[i], 0.999f, 0.001f);
        __asm__ volatile("" : : "r"(sum) : "memory");
    }
    return steps * 8 * 2;
}

int64_t ck_peak_fma(ck_isa isa, int64_t steps) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return peak_avx512(steps);
    if (isa == CK_ISA_AVX2) return peak_avx2(steps);
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return peak_neon(steps);
#endif
    (void)isa;
    return peak_portable(steps);
}
