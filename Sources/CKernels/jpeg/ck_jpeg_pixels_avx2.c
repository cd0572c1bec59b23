#include "ck_jpeg_dct.h"
#include "ck_jpeg_pixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// One-dimensional transforms, eight at a time. Sums of two products of 16-bit numbers are one instruction: p04 holds
// samples 0 and 4 of each transform in turn, and so on. The numbers are the products of the method's butterflies
// multiplied out, v[k] is sample k.
static inline __m256i dot(__m256i pairs, int16_t a, int16_t b) {
    return _mm256_madd_epi16(pairs, _mm256_set1_epi32((int32_t)((uint32_t)(uint16_t)b << 16 | (uint16_t)a)));
}

static inline __attribute__((always_inline)) void transform(__m256i p04, __m256i p26, __m256i p13, __m256i p57,
                                                            const int32_t shift, __m256i v[8]) {
    const __m256i round = _mm256_set1_epi32(1 << (shift - 1));
    const __m256i even0 = _mm256_add_epi32(dot(p04, 8192, 8192), round);
    const __m256i even1 = _mm256_add_epi32(dot(p04, 8192, -8192), round);
    const __m256i even2 = dot(p26, 4433, -10704), even3 = dot(p26, 10703, 4433);
    const __m256i e[4] = {_mm256_add_epi32(even0, even3), _mm256_add_epi32(even1, even2),
                          _mm256_sub_epi32(even1, even2), _mm256_sub_epi32(even0, even3)};
    const __m256i o[4] = {_mm256_add_epi32(dot(p13, 11363, 9633), dot(p57, 6437, 2260)),
                          _mm256_add_epi32(dot(p13, 9633, -2259), dot(p57, -11362, -6436)),
                          _mm256_add_epi32(dot(p13, 6437, -11362), dot(p57, 2261, 9633)),
                          _mm256_add_epi32(dot(p13, 2260, -6436), dot(p57, 9633, -11363))};
    for (int32_t k = 0; k < 4; k++) {
        v[k] = _mm256_srai_epi32(_mm256_add_epi32(e[k], o[k]), shift);
        v[7 - k] = _mm256_srai_epi32(_mm256_sub_epi32(e[k], o[k]), shift);
    }
}

// From the eight rows of the columns' transforms, columns in the order 0, 4, 2, 6, 1, 3, 5, 7, to the pairs of the
// rows' transforms. Between the passes numbers are below 16100 = limit * 11363 / 2^11: 16 bits hold them.
static inline void transpose(const __m256i v[8], __m256i *p04, __m256i *p26, __m256i *p13, __m256i *p57) {
    __m256i a[4];  // in each half: two pairs of row k, then of row k + 4
    for (int32_t k = 0; k < 4; k++) a[k] = _mm256_packs_epi32(v[k], v[k + 4]);
    const __m256i rows01 = _mm256_unpacklo_epi32(a[0], a[1]), rows45 = _mm256_unpackhi_epi32(a[0], a[1]);
    const __m256i rows23 = _mm256_unpacklo_epi32(a[2], a[3]), rows67 = _mm256_unpackhi_epi32(a[2], a[3]);
    const __m256i upper = _mm256_unpacklo_epi64(rows01, rows23), lower = _mm256_unpacklo_epi64(rows45, rows67);
    const __m256i upper2 = _mm256_unpackhi_epi64(rows01, rows23), lower2 = _mm256_unpackhi_epi64(rows45, rows67);
    *p04 = _mm256_permute2x128_si256(upper, lower, 0x20);
    *p13 = _mm256_permute2x128_si256(upper, lower, 0x31);
    *p26 = _mm256_permute2x128_si256(upper2, lower2, 0x20);
    *p57 = _mm256_permute2x128_si256(upper2, lower2, 0x31);
}

// Four columns of bytes, clamped and plus 128: in each half row after row of four.
static inline __m256i bytes_of(const __m256i columns[4]) {
    const __m256i words0 = _mm256_packs_epi32(columns[0], columns[1]);
    const __m256i words1 = _mm256_packs_epi32(columns[2], columns[3]);
    const __m256i bytes = _mm256_xor_si256(_mm256_packs_epi16(words0, words1), _mm256_set1_epi8((char)0x80));
    const __m256i by_row = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    return _mm256_shuffle_epi8(bytes, by_row);
}

static inline void store_two_rows(__m128i rows, uint8_t *out, int64_t stride) {
    _mm_storel_epi64((__m128i *)out, rows);
    _mm_storeh_pd((double *)(out + stride), _mm_castsi128_pd(rows));
}

static int32_t inverse_dct(const int16_t coefficients[64], const ck_jpeg_quantiser *quantiser, uint8_t *out,
                           int64_t stride) {
    __m256i p[4], sum = _mm256_setzero_si256();
    for (int32_t i = 0; i < 4; i++) {
        const __m256i values = _mm256_loadu_si256((const __m256i *)(coefficients + 16 * i));
        const __m256i factors = _mm256_loadu_si256((const __m256i *)(quantiser->factor + 16 * i));
        // What is over the limit alone stays over it, and the product fits 16 bits.
        const __m256i over = _mm256_loadu_si256((const __m256i *)(quantiser->over + 16 * i));
        const __m256i sizes = _mm256_mullo_epi16(_mm256_min_epi16(_mm256_abs_epi16(values), over), factors);
        sum = _mm256_add_epi16(sum, sizes);
        p[i] = _mm256_sign_epi16(sizes, values);
    }
    const __m256i over = _mm256_cmpgt_epi32(dot(sum, 1, 1), _mm256_set1_epi32(CK_JPEG_COLUMN_LIMIT));
    if (!_mm256_testz_si256(over, over)) return 0;
    __m256i v[8];
    transform(p[0], p[1], p[2], p[3], CK_JPEG_DCT_FIRST_SHIFT, v);
    transpose(v, &p[0], &p[1], &p[2], &p[3]);
    transform(p[0], p[1], p[2], p[3], CK_JPEG_DCT_SECOND_SHIFT, v);
    const __m256i left = bytes_of(v), right = bytes_of(v + 4);
    const __m256i rows0145 = _mm256_unpacklo_epi32(left, right), rows2367 = _mm256_unpackhi_epi32(left, right);
    store_two_rows(_mm256_castsi256_si128(rows0145), out, stride);
    store_two_rows(_mm256_castsi256_si128(rows2367), out + 2 * stride, stride);
    store_two_rows(_mm256_extracti128_si256(rows0145, 1), out + 4 * stride, stride);
    store_two_rows(_mm256_extracti128_si256(rows2367, 1), out + 6 * stride, stride);
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

// In pairs of rows (0, 4), (2, 6), (1, 3), (5, 7) a vector each, columns in the order 0, 4, 2, 6, 1, 3, 5, 7.
const ck_jpeg_pixels ck_jpeg_pixels_avx2 = {
    {0, 8, 4, 10, 2, 12, 6, 14,
     32, 40, 36, 42, 34, 44, 38, 46,
     16, 24, 20, 26, 18, 28, 22, 30,
     33, 41, 37, 43, 35, 45, 39, 47,
     1, 9, 5, 11, 3, 13, 7, 15,
     48, 56, 52, 58, 50, 60, 54, 62,
     17, 25, 21, 27, 19, 29, 23, 31,
     49, 57, 53, 59, 51, 61, 55, 63},
    inverse_dct, widen, widen_between, colour};

#pragma clang attribute pop
#endif
