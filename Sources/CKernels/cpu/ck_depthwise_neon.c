#if defined(__aarch64__)
#include <string.h>

#include "ck_depthwise_isa.h"
#include "ck_relu_neon.h"

enum { WIDTH = 4, ROWS = 2 };
typedef float32x4_t vector;
typedef int32_t part;  // so many lanes exist

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *from) { return vld1q_f32(from); }
INLINE void store(float *to, vector value) { vst1q_f32(to, value); }
INLINE part first_lanes(int32_t count) { return count; }
INLINE vector load_part(const float *from, part lanes) {
    vector value = vdupq_n_f32(0.0f);
    memcpy(&value, from, (size_t)lanes * sizeof(float));
    return value;
}
INLINE void store_part(float *to, vector value, part lanes) { memcpy(to, &value, (size_t)lanes * sizeof(float)); }
INLINE vector zero(void) { return vdupq_n_f32(0.0f); }
INLINE vector fused(vector a, vector b, vector sum) { return vfmaq_f32(sum, a, b); }
INLINE vector finished(vector sum, vector bias, float ceiling) { return ck_relu_neon(vaddq_f32(sum, bias), ceiling); }

#define FUNCTION ck_depthwise_neon
#include "ck_depthwise_tile.h"

#endif
