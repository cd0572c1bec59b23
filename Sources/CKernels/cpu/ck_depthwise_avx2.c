#if defined(__x86_64__)
#include <immintrin.h>

#include "ck_depthwise_isa.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "ck_relu_256.h"

enum { WIDTH = 8, ROWS = 1 };
typedef __m256 vector;
typedef __m256i part;  // the lanes that exist

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *from) { return _mm256_loadu_ps(from); }
INLINE void store(float *to, vector value) { _mm256_storeu_ps(to, value); }
INLINE part first_lanes(int32_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vector load_part(const float *from, part lanes) { return _mm256_maskload_ps(from, lanes); }
INLINE void store_part(float *to, vector value, part lanes) { _mm256_maskstore_ps(to, lanes, value); }
INLINE vector zero(void) { return _mm256_setzero_ps(); }
INLINE vector fused(vector a, vector b, vector sum) { return _mm256_fmadd_ps(a, b, sum); }
INLINE vector finished(vector sum, vector bias, float ceiling) {
    return ck_relu_256(_mm256_add_ps(sum, bias), ceiling);
}

#define FUNCTION ck_depthwise_avx2
#include "ck_depthwise_tile.h"

#pragma clang attribute pop
#endif
