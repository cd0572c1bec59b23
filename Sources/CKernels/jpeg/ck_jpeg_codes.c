#include "ck_jpeg_codes.h"

#include <string.h>

static ck_jpeg_pair pair_at(const ck_jpeg_codes *codes, uint32_t index) {
    const uint64_t window = (uint64_t)index << (64 - CK_JPEG_LOOKUP);
    const ck_jpeg_symbol first = codes->first[index];
    const int32_t bits = first.code + first.size;
    if (first.code == 0 || bits > CK_JPEG_LOOKUP) return 0;
    const uint16_t value = (uint16_t)ck_jpeg_value(window << first.code, first.size);
    const ck_jpeg_pair alone = (uint64_t)value << 32 | (uint64_t)first.skip << 8 | (uint64_t)bits;
    if (first.skip == CK_JPEG_END) return alone;
    const uint64_t rest = window << bits;
    const ck_jpeg_symbol second = codes->first[rest >> (64 - CK_JPEG_LOOKUP)];
    const int32_t all_bits = bits + second.code + second.size;
    if (second.code == 0 || all_bits > CK_JPEG_LOOKUP) return alone;
    const uint16_t second_value = (uint16_t)ck_jpeg_value(rest << second.code, second.size);
    return (uint64_t)second_value << 48 | (uint64_t)value << 32 | (uint64_t)second.skip << 16 |
           (uint64_t)first.skip << 8 | (uint64_t)all_bits;
}

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
            const ck_jpeg_symbol symbol = {(uint8_t)length, (uint8_t)size, (uint8_t)skip, 0};
            codes->longer[place] = symbol;
            if (length <= CK_JPEG_LOOKUP) {
                const int32_t free_bits = CK_JPEG_LOOKUP - length;
                for (int32_t j = 0; j < 1 << free_bits; j++) codes->first[(code << free_bits) + j] = symbol;
            }
        }
        codes->limit[length] = code << (16 - length);
        code <<= 1;
    }
    if (is_dc) return 1;
    for (uint32_t i = 0; i < 1u << CK_JPEG_LOOKUP; i++) codes->pairs[i] = pair_at(codes, i);
    return 1;
}
