// Huffman-coded blocks (ITU T.81, section F.2.2) from a scan whose byte stuffing is already removed.
#ifndef CK_JPEG_BITS_H
#define CK_JPEG_BITS_H

#include <stdint.h>
#include <string.h>

/// Bits of a code that one look-up resolves; longer codes are rare.
#define CK_JPEG_LOOKUP 11

/// A decoded symbol: how many bits code and value take together, how many of them are the value's, and how far the
/// coefficient lies after the last one. An end of block goes CK_JPEG_END further. `bits` is 0 where there is no symbol.
typedef struct {
    uint8_t bits, size, skip, unused;
} ck_jpeg_symbol;
#define CK_JPEG_END 128

typedef struct {
    ck_jpeg_symbol first[1 << CK_JPEG_LOOKUP];  // by the next bits
    ck_jpeg_symbol longer[256];                 // by place among the codes
    int32_t limit[18];                          // left-aligned 16-bit codes below limit[n] are of n bits or less
    int32_t place[17];                          // what turns a code of n bits into its place
} ck_jpeg_codes;

/// Builds the table for bits[1...16] codes of each length and their symbols. `is_dc` tells a size alone from a run and
/// a size. 0 where the table is none, or has a symbol that baseline JPEG has not.
int32_t ck_jpeg_codes_build(ck_jpeg_codes *codes, const uint8_t bits[17], const uint8_t *symbols, int32_t is_dc);

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

/// Decodes a block: coefficients[0...63] in natural order, zero on entry, and room behind them. The return is the
/// position of the last coefficient plus 1, 1...64; or 0 for damaged data.
int32_t ck_jpeg_block(ck_jpeg_bits *bits, const ck_jpeg_codes *dc, const ck_jpeg_codes *ac, int32_t *predictor,
                      int16_t coefficients[72]);

#endif
