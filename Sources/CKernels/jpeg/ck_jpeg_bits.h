// Huffman-coded blocks (ITU T.81, section F.2.2) from a scan whose byte stuffing is already removed.
#ifndef CK_JPEG_BITS_H
#define CK_JPEG_BITS_H

#include <stdint.h>
#include <string.h>

#include "ck_jpeg_codes.h"

/// The scan, left-aligned in `window`. Bytes are readable well past `end`.
typedef struct {
    uint64_t window;
    int32_t count;  // valid bits, at least 56 after ck_jpeg_bits_fill
    const uint8_t *next;
} ck_jpeg_bits;

static inline void ck_jpeg_bits_fill(ck_jpeg_bits *bits) {
    uint64_t bytes;
    memcpy(&bytes, bits->next, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    bits->window |= bytes >> bits->count;
    bits->next += (63 - bits->count) >> 3;
    bits->count |= 56;
}

/// Where each coefficient of the zigzag goes; what lies past the block goes to the room behind it. The farthest: from 62
/// on a run of 16, then an end of block.
#define CK_JPEG_ORDER (62 + 16 + CK_JPEG_END + 1)
typedef struct {
    uint8_t places[CK_JPEG_ORDER];
} ck_jpeg_order;

/// places[8 * y + x]: where the coefficient of row y and column x goes. places[0] is 0.
void ck_jpeg_order_set(ck_jpeg_order *order, const uint8_t places[64]);

/// Decodes a block: coefficients[0...63] in that order, zero on entry, and room behind them. The return is the position
/// of the last coefficient of the zigzag plus 1, 1...64; or 0 for damaged data.
int32_t ck_jpeg_block(ck_jpeg_bits *bits, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor,
                      const ck_jpeg_order *order, int16_t coefficients[72]);

/// Reads over a block whose coefficients nobody wants; the rest as ck_jpeg_block.
int32_t ck_jpeg_pass_block(ck_jpeg_bits *bits, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor);

#endif
