#include "ck_jpeg_dct.h"
#include "ck_jpeg_pixels.h"

// The reference: the formulas, one sample at a time.

static uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static int32_t inverse_dct(const int16_t coefficients[64], const int32_t quantiser[64], uint8_t *out, int64_t stride) {
    int32_t middle[64];
    for (int32_t x = 0; x < 8; x++) {
        int32_t column[8], sum = 0;
        for (int32_t y = 0; y < 8; y++) {
            column[y] = coefficients[8 * y + x] * quantiser[8 * y + x];
            sum += column[y] < 0 ? -column[y] : column[y];
        }
        if (sum > CK_JPEG_COLUMN_LIMIT) return 0;
        CK_JPEG_DCT(int32_t, , column, CK_JPEG_DCT_FIRST_SHIFT)
        for (int32_t y = 0; y < 8; y++) middle[8 * y + x] = column[y];
    }
    for (int32_t y = 0; y < 8; y++) {
        int32_t *row = middle + 8 * y;
        CK_JPEG_DCT(int32_t, , row, CK_JPEG_DCT_SECOND_SHIFT)
        for (int32_t x = 0; x < 8; x++) out[y * stride + x] = clamped(row[x] + 128);
    }
    return 1;
}

static void widen(const uint8_t *row, int32_t count, uint8_t *out) {
    for (int32_t x = 0; x < count; x++) {
        const int32_t left = row[x > 0 ? x - 1 : 0], right = row[x < count - 1 ? x + 1 : x];
        out[2 * x] = (uint8_t)((3 * row[x] + left + 1) >> 2);
        out[2 * x + 1] = (uint8_t)((3 * row[x] + right + 2) >> 2);
    }
}

static void widen_between(const uint8_t *near, const uint8_t *far, int32_t count, uint8_t *out) {
    for (int32_t x = 0; x < count; x++) {
        const int32_t before = x > 0 ? x - 1 : 0, after = x < count - 1 ? x + 1 : x;
        const int32_t here = 3 * near[x] + far[x];
        const int32_t left = 3 * near[before] + far[before], right = 3 * near[after] + far[after];
        out[2 * x] = (uint8_t)((3 * here + left + 8) >> 4);
        out[2 * x + 1] = (uint8_t)((3 * here + right + 7) >> 4);
    }
}

static void colour(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int32_t count, uint8_t *rgb) {
    for (int32_t x = 0; x < count; x++) {
        const int32_t blue = cb[x] - 128, red = cr[x] - 128;
        rgb[3 * x] = clamped(y[x] + ((91881 * red + 32768) >> 16));
        rgb[3 * x + 1] = clamped(y[x] + ((-22554 * blue - 46802 * red + 32768) >> 16));
        rgb[3 * x + 2] = clamped(y[x] + ((116130 * blue + 32768) >> 16));
    }
}

const ck_jpeg_pixels ck_jpeg_pixels_portable = {inverse_dct, widen, widen_between, colour};
