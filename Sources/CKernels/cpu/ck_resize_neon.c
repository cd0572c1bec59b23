#include "ck_resize_isa.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

// NEON multiplies whole 32-bit numbers, so that the weights need not be taken in two parts.

static inline uint16x4_t rounded(int32x4_t sum) {
    return vqmovun_s32(vshrq_n_s32(vaddq_s32(sum, vdupq_n_s32(1 << (CK_RESIZE_BITS - 1))), CK_RESIZE_BITS));
}

// A vector holds (red, green, blue, 0) of a tap. The rows share the weights, of which those behind the last tap are 0.
static inline __attribute__((always_inline)) void rows_of(const int rows, const ck_resize_axis *axis,
                                                          const uint8_t *source, int64_t source_stride,
                                                          uint8_t *target, int64_t target_stride) {
    static const uint8_t places[4][16] = {
        {0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255},
        {3, 255, 255, 255, 4, 255, 255, 255, 5, 255, 255, 255, 255, 255, 255, 255},
        {6, 255, 255, 255, 7, 255, 255, 255, 8, 255, 255, 255, 255, 255, 255, 255},
        {9, 255, 255, 255, 10, 255, 255, 255, 11, 255, 255, 255, 255, 255, 255, 255}};
    const uint8x16_t tap0 = vld1q_u8(places[0]), tap1 = vld1q_u8(places[1]);
    const uint8x16_t tap2 = vld1q_u8(places[2]), tap3 = vld1q_u8(places[3]);
    for (int32_t x = 0; x < axis->count; x++) {
        const int32_t *weights = axis->weights + (int64_t)x * axis->stride;
        const uint8_t *pixel = source + (int64_t)axis->first[x] * 3;
        int32x4_t sum[4];
#pragma clang loop unroll(full)
        for (int y = 0; y < rows; y++) sum[y] = vdupq_n_s32(0);
        for (int32_t t = 0; t < axis->taps[x]; t += 4) {
            const int32x4_t w = vld1q_s32(weights + t);
#pragma clang loop unroll(full)
            for (int y = 0; y < rows; y++) {
                const uint8x16_t bytes = vld1q_u8(pixel + y * source_stride + 3 * (int64_t)t);
                sum[y] = vmlaq_laneq_s32(sum[y], vreinterpretq_s32_u8(vqtbl1q_u8(bytes, tap0)), w, 0);
                sum[y] = vmlaq_laneq_s32(sum[y], vreinterpretq_s32_u8(vqtbl1q_u8(bytes, tap1)), w, 1);
                sum[y] = vmlaq_laneq_s32(sum[y], vreinterpretq_s32_u8(vqtbl1q_u8(bytes, tap2)), w, 2);
                sum[y] = vmlaq_laneq_s32(sum[y], vreinterpretq_s32_u8(vqtbl1q_u8(bytes, tap3)), w, 3);
            }
        }
#pragma clang loop unroll(full)
        for (int y = 0; y < rows; y++) {
            const uint16x4_t words = rounded(sum[y]);
            const uint8x8_t bytes = vqmovn_u16(vcombine_u16(words, words));
            // The fourth byte is overwritten by the next pixel, or lies in the row's padding.
            memcpy(target + y * target_stride + (int64_t)x * 3, &bytes, 4);
        }
    }
}

void ck_resize_rows_neon(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                         int64_t target_stride, int32_t rows) {
    int32_t y = 0;
    for (; y + 4 <= rows; y += 4) {
        rows_of(4, axis, source + y * source_stride, source_stride, target + y * target_stride, target_stride);
    }
    for (; y < rows; y++) {
        rows_of(1, axis, source + y * source_stride, source_stride, target + y * target_stride, target_stride);
    }
}

void ck_resize_columns_neon(const ck_resize_axis *axis, int32_t output, const uint8_t *source, int64_t source_stride,
                            int64_t row_bytes, uint8_t *target) {
    const int32_t *weights = axis->weights + (int64_t)output * axis->stride;
    const int32_t taps = axis->taps[output];
    for (int64_t x = 0; x < row_bytes; x += 16) {
        int32x4_t sum0 = vdupq_n_s32(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
        for (int32_t t = 0; t < taps; t++) {
            const uint8x16_t bytes = vld1q_u8(source + t * source_stride + x);
            const int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
            const int16x8_t high = vreinterpretq_s16_u16(vmovl_high_u8(bytes));
            sum0 = vmlaq_n_s32(sum0, vmovl_s16(vget_low_s16(low)), weights[t]);
            sum1 = vmlaq_n_s32(sum1, vmovl_high_s16(low), weights[t]);
            sum2 = vmlaq_n_s32(sum2, vmovl_s16(vget_low_s16(high)), weights[t]);
            sum3 = vmlaq_n_s32(sum3, vmovl_high_s16(high), weights[t]);
        }
        const uint8x8_t low = vqmovn_u16(vcombine_u16(rounded(sum0), rounded(sum1)));
        const uint8x8_t high = vqmovn_u16(vcombine_u16(rounded(sum2), rounded(sum3)));
        const uint8x16_t bytes = vcombine_u8(low, high);
        if (row_bytes - x >= 16) {
            vst1q_u8(target + x, bytes);
        } else {
            memcpy(target + x, &bytes, (size_t)(row_bytes - x));
        }
    }
}

#endif
