#include "ck_resize_isa.h"

// The reference: one weighted sum per output byte.

static uint8_t rounded(int32_t sum) {
    const int32_t value = sum >> CK_RESIZE_BITS;  // a cubic overshoots on both sides
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void ck_resize_rows_portable(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                             uint8_t *target, int64_t target_stride, int32_t rows) {
    for (int32_t y = 0; y < rows; y++) {
        for (int32_t x = 0; x < axis->count; x++) {
            const int32_t *weights = axis->weights + (int64_t)x * axis->stride;
            const uint8_t *pixel = source + y * source_stride + (int64_t)axis->first[x] * 3;
            int32_t red = 1 << (CK_RESIZE_BITS - 1), green = red, blue = red;
            for (int32_t t = 0; t < axis->taps[x]; t++) {
                red += pixel[3 * t] * weights[t];
                green += pixel[3 * t + 1] * weights[t];
                blue += pixel[3 * t + 2] * weights[t];
            }
            uint8_t *out = target + y * target_stride + (int64_t)x * 3;
            out[0] = rounded(red);
            out[1] = rounded(green);
            out[2] = rounded(blue);
        }
    }
}

void ck_resize_columns_portable(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                                int64_t source_stride, int64_t row_bytes, uint8_t *target) {
    const int32_t *weights = axis->weights + (int64_t)output * axis->stride;
    const int32_t taps = axis->taps[output];
    for (int64_t x = 0; x < row_bytes; x++) {
        int32_t sum = 1 << (CK_RESIZE_BITS - 1);
        for (int32_t t = 0; t < taps; t++) sum += source[t * source_stride + x] * weights[t];
        target[x] = rounded(sum);
    }
}
