#include "ck_inflate.h"

#include <string.h>

enum { LONGEST = 15, LITERALS = 288, DISTANCES = 32, LOOK_UP = 9 };

/// Bits are consumed from the low end. `bits` holds `count` of them; zeros stand above.
typedef struct {
    const uint8_t *next, *end;
    uint64_t bits;
    unsigned count;
    /// Zero bytes that were added behind the source's end, so that a code may be looked up there.
    unsigned beyond;
    uint8_t *start, *out, *limit;
} inflater;

/// A canonical Huffman code (RFC 1951, 3.2.2).
typedef struct {
    /// By the next LOOK_UP bits: symbol << 4 | length; 0 for longer codes and for bits that no code starts with.
    uint16_t quick[1 << LOOK_UP];
    /// Codes of each length.
    uint16_t counts[LONGEST + 1];
    /// In the order of their codes.
    uint16_t symbols[LITERALS];
} huffman;

static void refill(inflater *state)
{
    while (state->count <= 56) {
        uint64_t byte = 0;
        if (state->next < state->end)
            byte = *state->next++;
        else
            state->beyond++;
        state->bits |= byte << state->count;
        state->count += 8;
    }
}

/// Whether bits were consumed that the source does not have.
static int ran_out(const inflater *state) { return state->beyond * 8 > state->count; }

static unsigned take(inflater *state, unsigned count)
{
    refill(state);
    unsigned value = (unsigned)(state->bits & ((UINT64_C(1) << count) - 1));
    state->bits >>= count;
    state->count -= count;
    return value;
}

/// Zero where the lengths are no prefix code. An incomplete one is accepted only where it has one code at most, as the
/// format allows for distances.
static int make_code(huffman *code, const uint8_t *lengths, unsigned count)
{
    uint16_t next[LONGEST + 2] = {0}, place[LONGEST + 2] = {0};
    memset(code, 0, sizeof *code);
    for (unsigned symbol = 0; symbol < count; symbol++)
        code->counts[lengths[symbol]]++;
    unsigned used = count - code->counts[0];
    code->counts[0] = 0;
    int left = 1;
    for (unsigned length = 1; length <= LONGEST; length++) {
        left = left * 2 - code->counts[length];
        if (left < 0)
            return 0;
        next[length + 1] = (uint16_t)((next[length] + code->counts[length]) << 1);
        place[length + 1] = (uint16_t)(place[length] + code->counts[length]);
    }
    if (left > 0 && used > 1)
        return 0;
    for (unsigned symbol = 0; symbol < count; symbol++) {
        unsigned length = lengths[symbol];
        if (length == 0)
            continue;
        code->symbols[place[length]++] = (uint16_t)symbol;
        unsigned bits = next[length]++;
        if (length > LOOK_UP)
            continue;
        unsigned reversed = 0;
        for (unsigned i = 0; i < length; i++)
            reversed |= (bits >> i & 1) << (length - 1 - i);
        for (unsigned entry = reversed; entry < 1 << LOOK_UP; entry += 1u << length)
            code->quick[entry] = (uint16_t)(symbol << 4 | length);
    }
    return 1;
}

/// The next symbol, or -1 for bits that are no code.
static int decode(inflater *state, const huffman *code)
{
    refill(state);
    unsigned entry = code->quick[state->bits & ((1 << LOOK_UP) - 1)];
    if (entry) {
        state->bits >>= entry & 15;
        state->count -= entry & 15;
        return (int)(entry >> 4);
    }
    int value = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= LONGEST; length++) {
        value = value << 1 | (int)(state->bits >> (length - 1) & 1);
        int count = code->counts[length];
        if (value - first < count) {
            state->bits >>= length;
            state->count -= length;
            return code->symbols[index + value - first];
        }
        index += count;
        first = (first + count) << 1;
    }
    return -1;
}

static ck_inflate_status stored(inflater *state)
{
    take(state, state->count % 8);
    unsigned length = take(state, 16), complement = take(state, 16);
    if (ran_out(state))
        return CK_INFLATE_TRUNCATED;
    if ((length ^ complement) != 0xffff)
        return CK_INFLATE_DAMAGED;
    // What was looked at and not used goes back: whole bytes, those beyond the end first.
    state->next -= state->count / 8 - state->beyond;
    state->bits = state->count = state->beyond = 0;
    if (length > (size_t)(state->end - state->next))
        return CK_INFLATE_TRUNCATED;
    if (length > (size_t)(state->limit - state->out))
        return CK_INFLATE_TOO_LONG;
    memcpy(state->out, state->next, length);
    state->out += length;
    state->next += length;
    return CK_INFLATE_DONE;
}

static ck_inflate_status compressed(inflater *state, const huffman *literals, const huffman *distances)
{
    static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                             31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t length_bits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                            2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t distance_base[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,
                                               33,  49,  65,  97,  129, 193,  257,  385,  513,  769,
                                               1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    for (;;) {
        int symbol = decode(state, literals);
        if (ran_out(state))
            return CK_INFLATE_TRUNCATED;
        if (symbol < 0 || symbol > 285)
            return CK_INFLATE_DAMAGED;
        if (symbol == 256)
            return CK_INFLATE_DONE;
        if (symbol < 256) {
            if (state->out == state->limit)
                return CK_INFLATE_TOO_LONG;
            *state->out++ = (uint8_t)symbol;
            continue;
        }
        size_t length = length_base[symbol - 257] + take(state, length_bits[symbol - 257]);
        int code = decode(state, distances);
        if (code < 0 || code > 29)
            return ran_out(state) ? CK_INFLATE_TRUNCATED : CK_INFLATE_DAMAGED;
        size_t distance = distance_base[code] + take(state, code < 2 ? 0 : (unsigned)code / 2 - 1);
        if (ran_out(state))
            return CK_INFLATE_TRUNCATED;
        if (distance > (size_t)(state->out - state->start))
            return CK_INFLATE_DAMAGED;
        if (length > (size_t)(state->limit - state->out))
            return CK_INFLATE_TOO_LONG;
        // The copy may read what it writes: byte by byte.
        const uint8_t *from = state->out - distance;
        for (size_t i = 0; i < length; i++)
            state->out[i] = from[i];
        state->out += length;
    }
}

/// Reads the two codes of a block (RFC 1951, 3.2.7).
static ck_inflate_status dynamic(inflater *state, huffman *literals, huffman *distances)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    unsigned literal_count = 257 + take(state, 5), distance_count = 1 + take(state, 5);
    unsigned order_count = 4 + take(state, 4);
    for (unsigned i = 0; i < order_count; i++)
        lengths[order[i]] = (uint8_t)take(state, 3);
    if (ran_out(state))
        return CK_INFLATE_TRUNCATED;
    if (literal_count > 286 || distance_count > 30 || !make_code(literals, lengths, 19))
        return CK_INFLATE_DAMAGED;
    memset(lengths, 0, sizeof lengths);
    for (unsigned filled = 0; filled < literal_count + distance_count;) {
        int symbol = decode(state, literals);
        if (ran_out(state))
            return CK_INFLATE_TRUNCATED;
        if (symbol < 0)
            return CK_INFLATE_DAMAGED;
        if (symbol < 16) {
            lengths[filled++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && filled == 0)
            return CK_INFLATE_DAMAGED;
        uint8_t value = symbol == 16 ? lengths[filled - 1] : 0;
        unsigned repeats = symbol == 16 ? 3 + take(state, 2) : symbol == 17 ? 3 + take(state, 3) : 11 + take(state, 7);
        if (repeats > literal_count + distance_count - filled)
            return CK_INFLATE_DAMAGED;
        while (repeats--)
            lengths[filled++] = value;
    }
    // A block without its end would never be left.
    if (lengths[256] == 0 || !make_code(literals, lengths, literal_count)
        || !make_code(distances, lengths + literal_count, distance_count))
        return CK_INFLATE_DAMAGED;
    return CK_INFLATE_DONE;
}

static void fixed(huffman *literals, huffman *distances)
{
    uint8_t lengths[LITERALS];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    make_code(literals, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    make_code(distances, lengths, DISTANCES);
}

ck_inflate_status ck_inflate(
    const void *source, size_t source_count, void *target, size_t target_count, size_t *used, size_t *made)
{
    inflater state = {.next = source, .end = (const uint8_t *)source + source_count};
    state.start = state.out = target;
    state.limit = state.out + target_count;
    huffman literals, distances;
    ck_inflate_status status = CK_INFLATE_DONE;
    for (unsigned is_last = 0; !is_last && status == CK_INFLATE_DONE;) {
        is_last = take(&state, 1);
        unsigned kind = take(&state, 2);
        if (ran_out(&state))
            status = CK_INFLATE_TRUNCATED;
        else if (kind == 0)
            status = stored(&state);
        else if (kind == 3)
            status = CK_INFLATE_DAMAGED;
        else if (kind == 1)
            fixed(&literals, &distances);
        else
            status = dynamic(&state, &literals, &distances);
        if (status == CK_INFLATE_DONE && (kind == 1 || kind == 2))
            status = compressed(&state, &literals, &distances);
    }
    size_t ahead = state.count / 8;
    *used = source_count - (size_t)(state.end - state.next) - (ahead > state.beyond ? ahead - state.beyond : 0);
    *made = (size_t)(state.out - state.start);
    return status;
}
