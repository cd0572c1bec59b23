#include "ck_jpeg_bits.h"

int32_t ck_jpeg_codes_build(ck_jpeg_codes *codes, const uint8_t bits[17], const uint8_t *symbols, int32_t is_dc) {
    memset(codes, 0, sizeof *codes);
    int32_t code = 0, place = 0;
    for (int32_t length = 1; length <= 16; length++) {
        codes->place[length] = place - code;
        for (int32_t i = 0; i < bits[length]; i++, code++, place++) {
            if (place > 255 || code >= 1 << length) return 0;
            const int32_t size = is_dc ? symbols[place] : symbols[place] & 15;
            const int32_t run = is_dc ? 0 : symbols[place] >> 4;
            if (size > (is_dc ? 11 : 10) || (!is_dc && size == 0 && run != 0 && run != 15)) return 0;
            const int32_t skip = is_dc ? 0 : symbols[place] == 0 ? CK_JPEG_END : run + 1;
            const ck_jpeg_symbol symbol = {(uint8_t)(length + size), (uint8_t)size, (uint8_t)skip, 0};
            codes->longer[place] = symbol;
            if (length <= CK_JPEG_LOOKUP) {
                const int32_t free_bits = CK_JPEG_LOOKUP - length;
                for (int32_t j = 0; j < 1 << free_bits; j++) codes->first[(code << free_bits) + j] = symbol;
            }
        }
        codes->limit[length] = code << (16 - length);
        code <<= 1;
    }
    return 1;
}

static ck_jpeg_symbol longer_code(const ck_jpeg_codes *codes, uint64_t window) {
    const int32_t next = (int32_t)(window >> 48);
    for (int32_t length = CK_JPEG_LOOKUP + 1; length <= 16; length++) {
        if (next < codes->limit[length]) return codes->longer[codes->place[length] + (next >> (16 - length))];
    }
    return (ck_jpeg_symbol){0, 0, 0, 0};
}

// One symbol; its value's bits stand behind its code. A number whose first bit is 0 is negative (T.81, figure F.12).
#define TAKE(codes, symbol, value)                                                           \
    ck_jpeg_symbol symbol = (codes)->first[bits.window >> (64 - CK_JPEG_LOOKUP)];            \
    if (__builtin_expect(symbol.bits == 0, 0)) {                                             \
        symbol = longer_code((codes), bits.window);                                          \
        if (symbol.bits == 0) return 0;                                                      \
    }                                                                                        \
    const uint64_t value##_bits = bits.window << (symbol.bits - symbol.size);                \
    bits.window <<= symbol.bits;                                                             \
    bits.count -= symbol.bits;                                                               \
    const int32_t value##_low = (int32_t)((~value##_bits >> 63) * ((1u << symbol.size) - 1)); \
    const int32_t value = (int32_t)(value##_bits >> 1 >> (63 - symbol.size)) - value##_low

// Natural positions in zigzag order; what lies past the block goes to the room behind it.
#define REST4 64, 64, 64, 64
#define REST16 REST4, REST4, REST4, REST4
static const uint8_t natural[CK_JPEG_END + 64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    REST16, REST16, REST16, REST16, REST16, REST16, REST16, REST16};

int32_t ck_jpeg_block(ck_jpeg_bits *reader, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor,
                      int16_t coefficients[72]) {
    ck_jpeg_bits bits = *reader;
    ck_jpeg_bits_fill(&bits);
    {
        TAKE(dc, symbol, difference);
        *predictor += difference;
        if (*predictor > 4095 || *predictor < -4095) return 0;  // no 8-bit picture's
        coefficients[0] = (int16_t)*predictor;
    }
    int32_t position = 0, last = 0;
    // A code and its value are at most 26 bits: a filled window holds two, also behind the first block's 27.
    for (;;) {
        TAKE(ac, first, value);
        last = position;
        position += first.skip;
        coefficients[natural[position]] = (int16_t)value;
        if (position >= 63) break;
        ck_jpeg_bits_fill(&bits);
        TAKE(ac, second, other);
        last = position;
        position += second.skip;
        coefficients[natural[position]] = (int16_t)other;
        if (position >= 63) break;
    }
    *reader = bits;
    if (position == 63) return 64;
    return position >= CK_JPEG_END ? last + 1 : 0;
}
