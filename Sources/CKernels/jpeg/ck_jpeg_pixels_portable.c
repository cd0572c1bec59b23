#include "ck_jpeg_dct.h"
#include "ck_jpeg_pixels.h"

// The reference: the formulas, one sample at a time.

static uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

// Transforms v[0...7] in place.
static void transform(int32_t v[8], int32_t shift) {
    const int32_t rotated = (v[2] + v[6]) * 4433;
    const int32_t even2 = rotated - v[6] * 15137, even3 = rotated + v[2] * 6270;
    const int32_t even0 = (v[0] + v[4]) * (1 << 13), even1 = (v[0] - v[4]) * (1 << 13);
    const int32_t round = 1 << (shift - 1);
    const int32_t e0 = even0 + even3 + round, e3 = even0 - even3 + round;
    const int32_t e1 = even1 + even2 + round, e2 = even1 - even2 + round;
    const int32_t s73 = v[7] + v[3], s51 = v[5] + v[1];
    const int32_t s = (s73 + s51) * 9633;
    const int32_t z3 = s - s73 * 16069, z4 = s - s51 * 3196;
    const int32_t z1 = (v[7] + v[1]) * 7373, z2 = (v[5] + v[3]) * 20995;
    const int32_t o0 = v[7] * 2446 - z1 + z3, o1 = v[5] * 16819 - z2 + z4;
    const int32_t o2 = v[3] * 25172 - z2 + z3, o3 = v[1] * 12299 - z1 + z4;
    v[0] = (e0 + o3) >> shift;
    v[7] = (e0 - o3) >> shift;
    v[1] = (e1 + o2) >> shift;
    v[6] = (e1 - o2) >> shift;
    v[2] = (e2 + o1) >> shift;
    v[5] = (e2 - o1) >> shift;
    v[3] = (e3 + o0) >> shift;
    v[4] = (e3 - o0) >> shift;
}

static int32_t inverse_dct(const int16_t coefficients[64], const ck_jpeg_quantiser *quantiser, uint8_t *out,
                           int64_t stride) {
    int32_t middle[64];
    for (int32_t x = 0; x < 8; x++) {
        int32_t column[8], sum = 0;
        for (int32_t y = 0; y < 8; y++) {
            column[y] = coefficients[8 * y + x] * quantiser->factor[8 * y + x];
            sum += column[y] < 0 ? -column[y] : column[y];
        }
        if (sum > CK_JPEG_COLUMN_LIMIT) return 0;
        transform(column, CK_JPEG_DCT_FIRST_SHIFT);
        for (int32_t y = 0; y < 8; y++) middle[8 * y + x] = column[y];
    }
    for (int32_t y = 0; y < 8; y++) {
        int32_t *row = middle + 8 * y;
        transform(row, CK_JPEG_DCT_SECOND_SHIFT);
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

const ck_jpeg_pixels ck_jpeg_pixels_portable = {
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
     22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
     44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63},
    inverse_dct, widen, widen_between, colour};
