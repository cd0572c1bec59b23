#include "ck_jpeg_bits.h"

#include <stddef.h>

// Natural positions in zigzag order.
static const uint8_t zigzag[64] = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                   12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                   35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                   58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

void ck_jpeg_order_set(ck_jpeg_order *order, const uint8_t places[64]) {
    for (int32_t k = 0; k < CK_JPEG_ORDER; k++) order->places[k] = k < 64 ? places[zigzag[k]] : 64;
}

// Moves a copy of the reader over so many bits.
static inline void drop(ck_jpeg_bits *bits, int32_t count) {
    bits->window <<= count;
    bits->count -= count;
}

// With `store` 0 coefficients are not touched.
static inline __attribute__((always_inline)) int32_t read_block(
    ck_jpeg_bits *reader, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor,
    const ck_jpeg_order *order, int16_t *coefficients, const int store) {
    ck_jpeg_bits bits = *reader;
    ck_jpeg_bits_fill(&bits);
    const ck_jpeg_symbol mean = ck_jpeg_codes_symbol(dc, bits.window);
    if (mean.code == 0) return 0;
    *predictor += ck_jpeg_value(bits.window << mean.code, mean.size);
    if (*predictor > 4095 || *predictor < -4095) return 0;  // no 8-bit picture's
    if (store) coefficients[0] = (int16_t)*predictor;
    drop(&bits, mean.code + mean.size);

    // `position` is the last coefficient's, `first` that of the first one of a pair. Where a pair is one symbol only,
    // both are the same, and the second store is the one that counts.
    int32_t position = 0, first = 0;
    uint64_t before = 0;
    for (;;) {
        ck_jpeg_bits_fill(&bits);
        ck_jpeg_pair pair = 0;
        int32_t step = 0;
        for (; step < 4; step++) {
            pair = ac->pairs[bits.window >> (64 - CK_JPEG_LOOKUP)];
            if (__builtin_expect(ck_jpeg_pair_bits(pair) == 0, 0)) break;
            before = bits.window;
            drop(&bits, ck_jpeg_pair_bits(pair));
            first = position + ck_jpeg_pair_skip(pair);
            position = first + ck_jpeg_pair_second_skip(pair);
            if (store) {
                coefficients[order->places[position]] = ck_jpeg_pair_second_value(pair);
                coefficients[order->places[first]] = ck_jpeg_pair_value(pair);
            }
            if (position >= 63) goto done;
        }
        if (step == 4) continue;
        ck_jpeg_bits_fill(&bits);
        const ck_jpeg_symbol symbol = ck_jpeg_codes_symbol(ac, bits.window);
        if (symbol.code == 0) return 0;
        first = position += symbol.skip;
        if (store) {
            coefficients[order->places[position]] = (int16_t)ck_jpeg_value(bits.window << symbol.code, symbol.size);
        }
        drop(&bits, symbol.code + symbol.size);
        if (position >= 63) goto done;
    }
done:
    if (first >= 63 && first != position) {
        // The block was full before the second symbol: that is the next block's.
        const ck_jpeg_symbol symbol = ck_jpeg_codes_symbol(ac, before);
        const int32_t all = ck_jpeg_pair_bits(ac->pairs[before >> (64 - CK_JPEG_LOOKUP)]);
        bits.window = before << (symbol.code + symbol.size);
        bits.count += all - symbol.code - symbol.size;
        position = first;
    }
    *reader = bits;
    if (position == 63) return 64;
    return position >= CK_JPEG_END ? position - CK_JPEG_END + 1 : 0;
}

int32_t ck_jpeg_block(ck_jpeg_bits *bits, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor,
                      const ck_jpeg_order *order, int16_t coefficients[72]) {
    return read_block(bits, dc, ac, predictor, order, coefficients, 1);
}

int32_t ck_jpeg_pass_block(ck_jpeg_bits *bits, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor) {
    return read_block(bits, dc, ac, predictor, NULL, NULL, 0);
}
