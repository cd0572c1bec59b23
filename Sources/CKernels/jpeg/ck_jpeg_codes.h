// A JPEG file's Huffman table (ITU T.81, annex C), made for look-ups.
#ifndef CK_JPEG_CODES_H
#define CK_JPEG_CODES_H

#include <stdint.h>

/// Bits that one look-up sees. With more of them fewer codes are left for the slow way, but the tables of luma and
/// chroma push each other out of the L1 cache.
#define CK_JPEG_LOOKUP 10

/// A symbol: how many bits its code takes, how many the value behind the code, and how far the coefficient lies after
/// the last one. An end of block goes CK_JPEG_END further. `code` is 0 where there is no symbol.
typedef struct {
    uint8_t code, size, skip, unused;
} ck_jpeg_symbol;
#define CK_JPEG_END 128

/// What CK_JPEG_LOOKUP bits hold whole, values included: one symbol, or two. From the lowest bit on: the bits of all
/// (8; 0 where not even the first symbol is whole), the first one's skip (8), the second one's (8; 0 where there is
/// none), 8 unused, the first one's value (16), the second one's (16).
typedef uint64_t ck_jpeg_pair;
static inline int32_t ck_jpeg_pair_bits(ck_jpeg_pair pair) { return pair & 0xff; }
static inline int32_t ck_jpeg_pair_skip(ck_jpeg_pair pair) { return pair >> 8 & 0xff; }
static inline int32_t ck_jpeg_pair_second_skip(ck_jpeg_pair pair) { return pair >> 16 & 0xff; }
static inline int16_t ck_jpeg_pair_value(ck_jpeg_pair pair) { return (int16_t)(pair >> 32); }
static inline int16_t ck_jpeg_pair_second_value(ck_jpeg_pair pair) { return (int16_t)(pair >> 48); }

typedef struct {
    ck_jpeg_pair pairs[1 << CK_JPEG_LOOKUP];     // by the next bits; not of a table for DC
    ck_jpeg_symbol first[1 << CK_JPEG_LOOKUP];   // by the next bits
    ck_jpeg_symbol longer[256];                  // by place among the codes
    int32_t limit[18];                           // left-aligned 16-bit codes below limit[n] are of n bits or less
    int32_t place[17];                           // what turns a code of n bits into its place
} ck_jpeg_codes;

/// Builds the table for bits[1...16] codes of each length and their symbols. `is_dc` tells a size alone from a run and
/// a size. 0 where the table is none, or has a symbol that baseline JPEG has not.
int32_t ck_jpeg_codes_build(ck_jpeg_codes *codes, const uint8_t bits[17], const uint8_t *symbols, int32_t is_dc);

/// The symbol that the left-aligned `window` begins with.
static inline ck_jpeg_symbol ck_jpeg_codes_symbol(const ck_jpeg_codes *codes, uint64_t window) {
    const ck_jpeg_symbol symbol = codes->first[window >> (64 - CK_JPEG_LOOKUP)];
    if (__builtin_expect(symbol.code != 0, 1)) return symbol;
    const int32_t next = (int32_t)(window >> 48);
    for (int32_t length = CK_JPEG_LOOKUP + 1; length <= 16; length++) {
        if (next < codes->limit[length]) return codes->longer[codes->place[length] + (next >> (16 - length))];
    }
    return symbol;
}

/// The value of `size` bits that the left-aligned `bits` begin with: one whose first bit is 0 is negative (T.81, figure
/// F.12).
static inline int32_t ck_jpeg_value(uint64_t bits, int32_t size) {
    const int32_t below = (int32_t)((~bits >> 63) * ((1u << size) - 1));
    return (int32_t)(bits >> 1 >> (63 - size)) - below;
}

#endif
