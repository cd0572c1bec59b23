#include "ck_sha256.h"

#if defined(__aarch64__)

#include <arm_neon.h>

// The instructions keep the state as A B C D and E F G H, from the lowest lane; a pair of them does four rounds, whose
// words plus constants lie in one vector.
__attribute__((target("sha2")))
void ck_sha256_blocks_sha2(uint32_t state[8], const uint8_t *blocks, size_t count) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; count > 0; count--, blocks += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t w[4];
        for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(blocks + 16 * i)));
#pragma clang loop unroll(full)
        for (int group = 0; group < 16; group++) {
            const uint32x4_t sum = vaddq_u32(w[group & 3], vld1q_u32(ck_sha256_k + 4 * group));
            const uint32x4_t abcd_of_group = abcd;
            abcd = vsha256hq_u32(abcd, efgh, sum);
            efgh = vsha256h2q_u32(efgh, abcd_of_group, sum);
            if (group < 12) {
                // Words t+16 ... t+19 from words t ... t+15.
                const uint32x4_t partial = vsha256su0q_u32(w[group & 3], w[(group + 1) & 3]);
                w[group & 3] = vsha256su1q_u32(partial, w[(group + 2) & 3], w[(group + 3) & 3]);
            }
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

#else
typedef int ck_sha256_sha2_is_empty_here;  // a C file may not be empty
#endif
