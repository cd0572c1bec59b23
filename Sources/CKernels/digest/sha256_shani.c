#include "ck_sha256.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The instructions keep the state as two vectors, from the highest lane: A B E F and C D G H.
// sha256rnds2 does two rounds; the words plus constants of four rounds lie in one vector.
__attribute__((target("sha,sse4.1,ssse3")))
void ck_sha256_blocks_shani(uint32_t state[8], const uint8_t *blocks, size_t count) {
    const __m128i swap_bytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; count > 0; count--, blocks += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
        for (int i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + 16 * i)), swap_bytes);
        }
#pragma clang loop unroll(full)
        for (int group = 0; group < 16; group++) {
            __m128i current = w[group & 3];
            __m128i k = _mm_load_si128((const __m128i *)(ck_sha256_k + 4 * group));
            __m128i sum = _mm_add_epi32(current, k);
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            if (group < 12) {
                // Words t+16 ... t+19 from words t ... t+15.
                __m128i w1 = w[(group + 1) & 3], w2 = w[(group + 2) & 3], w3 = w[(group + 3) & 3];
                __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(current, w1), _mm_alignr_epi8(w3, w2, 4));
                w[group & 3] = _mm_sha256msg2_epu32(partial, w3);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else
typedef int ck_sha256_shani_is_empty_here;  // a C file may not be empty
#endif
