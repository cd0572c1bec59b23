// ck_relu over a vector of sums.
#include <arm_neon.h>

static inline __attribute__((always_inline)) float32x4_t ck_relu_neon(float32x4_t value, float ceiling) {
    if (ceiling == 0.0f) return value;
    // This maximum is the number where the other operand is not one (a sum is never a signalling NaN), and +0 of two zeros
    // of either sign.
    return vminnmq_f32(vmaxnmq_f32(value, vdupq_n_f32(0.0f)), vdupq_n_f32(ceiling));
}
