#include "ck_jpeg_dct.h"
#include "ck_jpeg_pixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef int32_t lanes __attribute__((vector_size(32)));
#define SPLAT(x) ((lanes){0} + (x))

// Row r of the result is lane r of each of the eight.
static inline void transpose(lanes v[8]) {
    __m256i a[8], b[8];
    for (int32_t i = 0; i < 8; i += 2) {
        a[i] = _mm256_unpacklo_epi32((__m256i)v[i], (__m256i)v[i + 1]);
        a[i + 1] = _mm256_unpackhi_epi32((__m256i)v[i], (__m256i)v[i + 1]);
    }
    for (int32_t i = 0; i < 8; i += 4) {
        b[i] = _mm256_unpacklo_epi64(a[i], a[i + 2]);
        b[i + 1] = _mm256_unpackhi_epi64(a[i], a[i + 2]);
        b[i + 2] = _mm256_unpacklo_epi64(a[i + 1], a[i + 3]);
        b[i + 3] = _mm256_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
    for (int32_t i = 0; i < 4; i++) {
        v[i] = (lanes)_mm256_permute2x128_si256(b[i], b[i + 4], 0x20);
        v[i + 4] = (lanes)_mm256_permute2x128_si256(b[i], b[i + 4], 0x31);
    }
}

static int32_t inverse_dct(const int16_t coefficients[64], const int32_t quantiser[64], uint8_t *out, int64_t stride) {
    lanes v[8];
    __m256i sum = _mm256_setzero_si256();
    for (int32_t i = 0; i < 8; i++) {
        const __m256i row = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(coefficients + 8 * i)));
        const __m256i scaled = _mm256_mullo_epi32(row, _mm256_loadu_si256((const __m256i *)(quantiser + 8 * i)));
        sum = _mm256_add_epi32(sum, _mm256_abs_epi32(scaled));
        v[i] = (lanes)scaled;
    }
    const __m256i over = _mm256_cmpgt_epi32(sum, _mm256_set1_epi32(CK_JPEG_COLUMN_LIMIT));
    if (!_mm256_testz_si256(over, over)) return 0;
    CK_JPEG_DCT(lanes, SPLAT, v, CK_JPEG_DCT_FIRST_SHIFT)
    transpose(v);
    CK_JPEG_DCT(lanes, SPLAT, v, CK_JPEG_DCT_SECOND_SHIFT)
    transpose(v);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    for (int32_t i = 0; i < 8; i += 4) {
        // Packed bytes of four rows: in each half-row first, the quarters then put in order.
        const __m256i upper = _mm256_packs_epi32((__m256i)v[i], (__m256i)v[i + 1]);
        const __m256i lower = _mm256_packs_epi32((__m256i)v[i + 2], (__m256i)v[i + 3]);
        const __m256i bytes = _mm256_xor_si256(_mm256_packs_epi16(upper, lower), _mm256_set1_epi8((char)0x80));
        const __m256i rows = _mm256_permutevar8x32_epi32(bytes, order);
        const __m128i first = _mm256_castsi256_si128(rows), second = _mm256_extracti128_si256(rows, 1);
        _mm_storel_epi64((__m128i *)(out + i * stride), first);
        _mm_storeh_pd((double *)(out + (i + 1) * stride), _mm_castsi128_pd(first));
        _mm_storel_epi64((__m128i *)(out + (i + 2) * stride), second);
        _mm_storeh_pd((double *)(out + (i + 3) * stride), _mm_castsi128_pd(second));
    }
    return 1;
}

// Sixteen samples as 16-bit numbers.
static inline __m256i words(const uint8_t *bytes) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)bytes));
}

static inline __m256i three(__m256i x) { return _mm256_add_epi16(x, _mm256_add_epi16(x, x)); }

// The bytes that two vectors of 16-bit numbers hold, in turn.
static inline void store_interleaved(__m256i even, __m256i odd, uint8_t *out) {
    _mm256_storeu_si256((__m256i *)out, _mm256_or_si256(even, _mm256_slli_epi16(odd, 8)));
}

// The ends have no neighbour: the middle is done in vectors first, then both ends one by one.
static void widen(const uint8_t *row, int32_t count, uint8_t *out) {
    const __m256i one = _mm256_set1_epi16(1), two = _mm256_set1_epi16(2);
    int32_t x = 1;
    for (; x + 16 < count; x += 16) {
        const __m256i here = three(words(row + x));
        const __m256i even = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(here, words(row + x - 1)), one), 2);
        const __m256i odd = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(here, words(row + x + 1)), two), 2);
        store_interleaved(even, odd, out + 2 * x);
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

static void widen_between(const uint8_t *near, const uint8_t *far, int32_t count, uint8_t *out) {
    const __m256i seven = _mm256_set1_epi16(7), eight = _mm256_set1_epi16(8);
    int32_t x = 1;
    for (; x + 16 < count; x += 16) {
        const __m256i left = _mm256_add_epi16(three(words(near + x - 1)), words(far + x - 1));
        const __m256i here = three(_mm256_add_epi16(three(words(near + x)), words(far + x)));
        const __m256i right = _mm256_add_epi16(three(words(near + x + 1)), words(far + x + 1));
        const __m256i even = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(here, left), eight), 4);
        const __m256i odd = _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(here, right), seven), 4);
        store_interleaved(even, odd, out + 2 * x);
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

// (a * blue + b * red + half) / 2^16 plus the whole parts of the weights: only their remainders fit 16 bits.
static inline __m256i mixed(__m256i low_pairs, __m256i high_pairs, __m256i weights, __m256i whole) {
    const __m256i half = _mm256_set1_epi32(1 << 15);
    const __m256i low = _mm256_srai_epi32(_mm256_add_epi32(_mm256_madd_epi16(low_pairs, weights), half), 16);
    const __m256i high = _mm256_srai_epi32(_mm256_add_epi32(_mm256_madd_epi16(high_pairs, weights), half), 16);
    return _mm256_add_epi16(_mm256_packs_epi32(low, high), whole);
}

static inline __m128i packed(__m256i values) {
    const __m256i bytes = _mm256_packus_epi16(values, values);
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(bytes, 0x08));
}

static void store_rgb(__m128i red, __m128i green, __m128i blue, uint8_t *rgb) {
    static const int8_t places[3][3][16] = {
        {{0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5},
         {-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1},
         {-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1}},
        {{-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1},
         {5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10},
         {-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1}},
        {{-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1},
         {-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1},
         {10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15}}};
    for (int32_t part = 0; part < 3; part++) {
        const __m128i r = _mm_shuffle_epi8(red, _mm_loadu_si128((const __m128i *)places[part][0]));
        const __m128i g = _mm_shuffle_epi8(green, _mm_loadu_si128((const __m128i *)places[part][1]));
        const __m128i b = _mm_shuffle_epi8(blue, _mm_loadu_si128((const __m128i *)places[part][2]));
        _mm_storeu_si128((__m128i *)(rgb + 16 * part), _mm_or_si128(r, _mm_or_si128(g, b)));
    }
}

static void sixteen(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, uint8_t *rgb) {
    const __m256i centre = _mm256_set1_epi16(128);
    const __m256i light = words(y);
    const __m256i blue = _mm256_sub_epi16(words(cb), centre), red = _mm256_sub_epi16(words(cr), centre);
    const __m256i low = _mm256_unpacklo_epi16(blue, red), high = _mm256_unpackhi_epi16(blue, red);
    // 91881 = 65536 + 26345; 116130 = 2 * 65536 - 14942; -46802 = -65536 + 18734.
    const __m256i for_red = _mm256_set1_epi32(26345 << 16);
    const __m256i for_green = _mm256_set1_epi32((int32_t)((uint32_t)18734 << 16 | (uint16_t)-22554));
    const __m256i for_blue = _mm256_set1_epi32((int32_t)(uint16_t)-14942);
    const __m256i r = mixed(low, high, for_red, _mm256_add_epi16(light, red));
    const __m256i g = mixed(low, high, for_green, _mm256_sub_epi16(light, red));
    const __m256i b = mixed(low, high, for_blue, _mm256_add_epi16(light, _mm256_add_epi16(blue, blue)));
    store_rgb(packed(r), packed(g), packed(b), rgb);
}

// The planes' rows have room for a whole last group, the picture's row has not.
static void colour(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int32_t count, uint8_t *rgb) {
    int32_t x = 0;
    for (; x + 16 <= count; x += 16) sixteen(y + x, cb + x, cr + x, rgb + 3 * (int64_t)x);
    if (x == count) return;
    uint8_t last[48];
    sixteen(y + x, cb + x, cr + x, last);
    memcpy(rgb + 3 * (int64_t)x, last, (size_t)(count - x) * 3);
}

const ck_jpeg_pixels ck_jpeg_pixels_avx2 = {inverse_dct, widen, widen_between, colour};

#pragma clang attribute pop
#endif
