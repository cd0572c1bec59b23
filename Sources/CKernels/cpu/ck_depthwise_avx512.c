#if defined(__x86_64__)
#include <immintrin.h>

#include "ck_depthwise_isa.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), apply_to = function)

#include "ck_relu_512.h"

enum { WIDTH = 16, ROWS = 2 };
typedef __m512 vector;
typedef __mmask16 part;  // the lanes that exist

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *from) { return _mm512_loadu_ps(from); }
INLINE void store(float *to, vector value) { _mm512_storeu_ps(to, value); }
INLINE part first_lanes(int32_t count) { return (__mmask16)((1u << count) - 1); }
INLINE vector load_part(const float *from, part lanes) { return _mm512_maskz_loadu_ps(lanes, from); }
INLINE void store_part(float *to, vector value, part lanes) { _mm512_mask_storeu_ps(to, lanes, value); }
INLINE vector zero(void) { return _mm512_setzero_ps(); }
INLINE vector fused(vector a, vector b, vector sum) { return _mm512_fmadd_ps(a, b, sum); }
INLINE vector finished(vector sum, vector bias, float ceiling) {
    return ck_relu_512(_mm512_add_ps(sum, bias), ceiling);
}

#define FUNCTION ck_depthwise_avx512
#include "ck_depthwise_tile.h"

#pragma clang attribute pop
#endif
