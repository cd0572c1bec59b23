// The kernels' forms against each other, and a checksum for each kind of kernel. `run` builds and starts this twice.
#include "check.h"

#include "ck_sha256.h"

static uint64_t checksum;

// FNV-1a, from zero, with the number of bytes.
static void count_in(const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    checksum += count;
    for (size_t i = 0; i < count; i++) checksum = (checksum ^ next[i]) * 0x100000001b3u;
}

number_kind random_kind(int32_t specials) {
    static const int32_t exponents[] = {-20, -20, -20, -75, -140, 45};
    return (number_kind){below(8), exponents[below(6)], specials && below(4) == 0};
}

float number(number_kind kind) {
    uint32_t bits = (uint32_t)below(2) << 31;
    if (kind.specials && below(200) == 0) {
        bits = below(2) == 0 ? 0x7fc00000u : bits | 0x7f800000u;
    } else if (below(8) >= kind.zeros) {
        const int32_t exponent = kind.exponent + below(20) + 127;
        bits |= (uint32_t)(exponent > 0 ? exponent : 0) << 23 | (next_number() & 0x7fffff);
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

float *numbers(size_t count, number_kind kind) {
    float *made = aligned_memory(count * sizeof(float));
    for (size_t i = 0; i < count; i++) made[i] = number(kind);
    return made;
}

uint8_t *random_bytes(size_t count) {
    uint8_t *made = memory(count);
    const int32_t extremes = below(3);
    for (size_t i = 0; i < count; i++) made[i] = (uint8_t)(extremes == 0 ? 255 * below(2) : below(256));
    return made;
}

void *unwritten(size_t bytes) {
    void *made = aligned_memory(bytes);
    memset(made, 0xa5, bytes);
    return made;
}

void same(ck_isa isa, const char *what, const void *found, void *kept, size_t bytes) {
    if (isa == CK_ISA_PORTABLE) {
        memcpy(kept, found, bytes);
        count_in(found, bytes);
        return;
    }
    const uint8_t *mine = found, *expected = kept;
    for (size_t i = 0; i < bytes; i++) {
        EXPECT(mine[i] == expected[i], "%s, %s: byte %zu of %zu is %u, the portable form's is %u", what,
               ck_isa_name(isa), i, bytes, mine[i], expected[i]);
    }
}

void same_floats(ck_isa isa, const char *what, float *found, float *kept, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (found[i] != found[i]) found[i] = __builtin_nanf("");
    }
    same(isa, what, found, kept, count * sizeof(float));
}

void check(const char *name, void (*once)(void), int32_t rounds) {
    checksum = 0;
    for (int32_t round = 0; round < rounds; round++) once();
    printf("%s %016llx\n", name, (unsigned long long)checksum);
}

int main(int count, char **words) {
    EXPECT(count >= 2, "usage: %s ROUNDS [FILE...]", words[0]);
    const int32_t rounds = atoi(words[1]);
    check("convolution", check_convolution, rounds);
    check("fast", check_fast_convolution, rounds / 2);
    check("depthwise", check_depthwise, rounds);
    check("layers", check_layers, rounds / 2);
    check("backward", check_backward_layers, rounds / 2);
    check("nonzero", check_nonzero, rounds);
    check("resize", check_resize, rounds);
    check("pixels", check_pixels, rounds);
    check("blur", check_blur, rounds / 4);
    check("top-down", check_top_down_convolution, rounds);
    check("top-down-linear", check_top_down_linear, rounds);
    check("compaction", check_compaction, rounds);
    check("digests", check_digests, rounds);
    check("formats", check_formats, rounds);
    for (int32_t file = 2; file < count; file++) {
        checksum = 0;
        check_file(words[file]);
        printf("%s %016llx\n", words[file], (unsigned long long)checksum);
    }
    fprintf(stderr, "%s", "arm:");
    FOR_EACH_ISA(isa) fprintf(stderr, " %s", ck_isa_name(isa));
    fprintf(stderr, "%s\n", ck_sha256_has_instructions() ? ", SHA-256 instructions" : "");
    return 0;
}
