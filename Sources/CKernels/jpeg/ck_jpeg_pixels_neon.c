#include "ck_jpeg_dct.h"
#include "ck_jpeg_pixels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

// Four columns of a block, or four rows.
typedef struct {
    int32x4_t v[8];
} half;

// Transforms four columns in place: the portable form's formulas.
static inline __attribute__((always_inline)) void transform(int32x4_t v[8], const int32_t shift) {
    const int32x4_t rotated = vmulq_n_s32(vaddq_s32(v[2], v[6]), 4433), round = vdupq_n_s32(1 << (shift - 1));
    const int32x4_t even2 = vmlsq_n_s32(rotated, v[6], 15137), even3 = vmlaq_n_s32(rotated, v[2], 6270);
    const int32x4_t even0 = vshlq_n_s32(vaddq_s32(v[0], v[4]), 13), even1 = vshlq_n_s32(vsubq_s32(v[0], v[4]), 13);
    const int32x4_t e[4] = {
        vaddq_s32(vaddq_s32(even0, even3), round), vaddq_s32(vaddq_s32(even1, even2), round),
        vaddq_s32(vsubq_s32(even1, even2), round), vaddq_s32(vsubq_s32(even0, even3), round)};
    const int32x4_t s73 = vaddq_s32(v[7], v[3]), s51 = vaddq_s32(v[5], v[1]);
    const int32x4_t s = vmulq_n_s32(vaddq_s32(s73, s51), 9633);
    const int32x4_t z3 = vmlsq_n_s32(s, s73, 16069), z4 = vmlsq_n_s32(s, s51, 3196);
    const int32x4_t z1 = vmulq_n_s32(vaddq_s32(v[7], v[1]), 7373), z2 = vmulq_n_s32(vaddq_s32(v[5], v[3]), 20995);
    const int32x4_t o[4] = {
        vmlaq_n_s32(vsubq_s32(z4, z1), v[1], 12299), vmlaq_n_s32(vsubq_s32(z3, z2), v[3], 25172),
        vmlaq_n_s32(vsubq_s32(z4, z2), v[5], 16819), vmlaq_n_s32(vsubq_s32(z3, z1), v[7], 2446)};
    const int32x4_t down = vdupq_n_s32(-shift);
    for (int32_t k = 0; k < 4; k++) {
        v[k] = vshlq_s32(vaddq_s32(e[k], o[k]), down);
        v[7 - k] = vshlq_s32(vsubq_s32(e[k], o[k]), down);
    }
}

// Row r of the result is lane r of each of the four.
static inline void transpose(const int32x4_t in[4], int32x4_t out[4]) {
    const int32x4_t a = vtrn1q_s32(in[0], in[1]), b = vtrn2q_s32(in[0], in[1]);
    const int32x4_t c = vtrn1q_s32(in[2], in[3]), d = vtrn2q_s32(in[2], in[3]);
    out[0] = vreinterpretq_s32_s64(vtrn1q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(c)));
    out[1] = vreinterpretq_s32_s64(vtrn1q_s64(vreinterpretq_s64_s32(b), vreinterpretq_s64_s32(d)));
    out[2] = vreinterpretq_s32_s64(vtrn2q_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(c)));
    out[3] = vreinterpretq_s32_s64(vtrn2q_s64(vreinterpretq_s64_s32(b), vreinterpretq_s64_s32(d)));
}

// The whole block: what were columns 0 ... 3 and 4 ... 7 are rows after it, and the other way round.
static inline void transpose_block(half block[2]) {
    half turned[2];
    for (int32_t i = 0; i < 2; i++) {
        for (int32_t j = 0; j < 2; j++) transpose(block[i].v + 4 * j, turned[j].v + 4 * i);
    }
    block[0] = turned[0];
    block[1] = turned[1];
}

static int32_t inverse_dct(const int16_t coefficients[64], const ck_jpeg_quantiser *quantiser, uint8_t *out,
                           int64_t stride) {
    half block[2];
    int32x4_t sum[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (int32_t y = 0; y < 8; y++) {
        for (int32_t i = 0; i < 2; i++) {
            const int16x4_t row = vld1_s16(coefficients + 8 * y + 4 * i);
            const int32x4_t scaled = vmull_s16(row, vld1_s16(quantiser->factor + 8 * y + 4 * i));
            sum[i] = vaddq_s32(sum[i], vabsq_s32(scaled));
            block[i].v[y] = scaled;
        }
    }
    if (vmaxvq_s32(vmaxq_s32(sum[0], sum[1])) > CK_JPEG_COLUMN_LIMIT) return 0;
    for (int32_t i = 0; i < 2; i++) transform(block[i].v, CK_JPEG_DCT_FIRST_SHIFT);
    transpose_block(block);
    for (int32_t i = 0; i < 2; i++) transform(block[i].v, CK_JPEG_DCT_SECOND_SHIFT);
    transpose_block(block);
    for (int32_t y = 0; y < 8; y++) {
        const int16x8_t row = vcombine_s16(vqmovn_s32(block[0].v[y]), vqmovn_s32(block[1].v[y]));
        vst1_u8(out + y * stride, veor_u8(vreinterpret_u8_s8(vqmovn_s16(row)), vdup_n_u8(0x80)));
    }
    return 1;
}

// The ends have no neighbour: the middle is done in vectors first, then both ends one by one.
static void widen(const uint8_t *row, int32_t count, uint8_t *out) {
    const uint8x8_t three = vdup_n_u8(3);
    int32_t x = 1;
    for (; x + 8 < count; x += 8) {
        const uint16x8_t here = vmull_u8(vld1_u8(row + x), three);
        const uint16x8_t before = vaddw_u8(here, vld1_u8(row + x - 1)), after = vaddw_u8(here, vld1_u8(row + x + 1));
        const uint8x8x2_t both = {{vshrn_n_u16(vaddq_u16(before, vdupq_n_u16(1)), 2), vrshrn_n_u16(after, 2)}};
        vst2_u8(out + 2 * x, both);
    }
    for (; x < count - 1; x++) {
        out[2 * x] = (uint8_t)((3 * row[x] + row[x - 1] + 1) >> 2);
        out[2 * x + 1] = (uint8_t)((3 * row[x] + row[x + 1] + 2) >> 2);
    }
    out[0] = row[0];
    out[1] = (uint8_t)((3 * row[0] + row[1] + 2) >> 2);
    out[2 * count - 2] = (uint8_t)((3 * row[count - 1] + row[count - 2] + 1) >> 2);
    out[2 * count - 1] = row[count - 1];
}

// 3/4 of the nearer row and 1/4 of the farther one, four times as large.
static inline uint16x8_t between(const uint8_t *near, const uint8_t *far) {
    return vaddw_u8(vmull_u8(vld1_u8(near), vdup_n_u8(3)), vld1_u8(far));
}

static void widen_between(const uint8_t *near, const uint8_t *far, int32_t count, uint8_t *out) {
    int32_t x = 1;
    for (; x + 8 < count; x += 8) {
        const uint16x8_t left = between(near + x - 1, far + x - 1), right = between(near + x + 1, far + x + 1);
        const uint16x8_t here = vmulq_n_u16(between(near + x, far + x), 3);
        const uint16x8_t odd = vaddq_u16(vaddq_u16(here, right), vdupq_n_u16(7));
        const uint8x8x2_t both = {{vrshrn_n_u16(vaddq_u16(here, left), 4), vshrn_n_u16(odd, 4)}};
        vst2_u8(out + 2 * x, both);
    }
    int32_t left = 3 * near[x - 1] + far[x - 1], here = 3 * near[x] + far[x];
    for (; x < count - 1; x++) {
        const int32_t right = 3 * near[x + 1] + far[x + 1];
        out[2 * x] = (uint8_t)((3 * here + left + 8) >> 4);
        out[2 * x + 1] = (uint8_t)((3 * here + right + 7) >> 4);
        left = here;
        here = right;
    }
    out[2 * x] = (uint8_t)((3 * here + left + 8) >> 4);
    out[2 * x + 1] = (uint8_t)((4 * here + 7) >> 4);
    const int32_t first = 3 * near[0] + far[0];
    out[0] = (uint8_t)((4 * first + 8) >> 4);
    out[1] = (uint8_t)((3 * first + 3 * near[1] + far[1] + 7) >> 4);
}

// (a * blue + b * red + half) / 2^16 for factors of 16 bits; the whole parts of the weights are added to it.
static inline int16x8_t mixed(int16x8_t blue, int16_t a, int16x8_t red, int16_t b) {
    const int32x4_t low = vmlal_n_s16(vmull_n_s16(vget_low_s16(blue), a), vget_low_s16(red), b);
    const int32x4_t high = vmlal_n_s16(vmull_n_s16(vget_high_s16(blue), a), vget_high_s16(red), b);
    return vcombine_s16(vrshrn_n_s32(low, 16), vrshrn_n_s32(high, 16));
}

static inline int16x8_t one(int16x8_t channel, int16_t factor) {
    const int32x4_t low = vmull_n_s16(vget_low_s16(channel), factor);
    const int32x4_t high = vmull_n_s16(vget_high_s16(channel), factor);
    return vcombine_s16(vrshrn_n_s32(low, 16), vrshrn_n_s32(high, 16));
}

static inline int16x8_t words(uint8x8_t bytes) { return vreinterpretq_s16_u16(vmovl_u8(bytes)); }

static void eight(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, uint8_t *rgb) {
    const int16x8_t centre = vdupq_n_s16(128), light = words(vld1_u8(y));
    const int16x8_t blue = vsubq_s16(words(vld1_u8(cb)), centre), red = vsubq_s16(words(vld1_u8(cr)), centre);
    // 91881 = 65536 + 26345; 116130 = 2 * 65536 - 14942; -46802 = -65536 + 18734.
    const int16x8_t r = vaddq_s16(vaddq_s16(light, red), one(red, 26345));
    const int16x8_t g = vaddq_s16(vsubq_s16(light, red), mixed(blue, -22554, red, 18734));
    const int16x8_t b = vaddq_s16(vaddq_s16(light, vshlq_n_s16(blue, 1)), one(blue, -14942));
    const uint8x8x3_t three = {{vqmovun_s16(r), vqmovun_s16(g), vqmovun_s16(b)}};
    vst3_u8(rgb, three);
}

// The planes' rows have room for a whole last group, the picture's row has not.
static void colour(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int32_t count, uint8_t *rgb) {
    int32_t x = 0;
    for (; x + 8 <= count; x += 8) eight(y + x, cb + x, cr + x, rgb + 3 * (int64_t)x);
    if (x == count) return;
    uint8_t last[24];
    eight(y + x, cb + x, cr + x, last);
    memcpy(rgb + 3 * (int64_t)x, last, (size_t)(count - x) * 3);
}

const ck_jpeg_pixels ck_jpeg_pixels_neon = {
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
     22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
     44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63},
    inverse_dct, widen, widen_between, colour};

#endif
