#include "ck_sha256.h"

#include <string.h>

#include "ck_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

// Asked directly: the compiler's __builtin_cpu_supports does not know "sha" in every version.
static int detect(void) {
    unsigned a, b, c, d;
    if (ck_isa_best() == CK_ISA_PORTABLE) return 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    int ssse3 = (c >> 9) & 1, sse41 = (c >> 19) & 1;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    int sha = (b >> 29) & 1;
    return ssse3 && sse41 && sha;
}
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static int detect(void) {
    enum { HAS_SHA2 = 1 << 6 };  // of AT_HWCAP, part of Linux's interface for 64-bit Arm
    return ck_isa_best() != CK_ISA_PORTABLE && (getauxval(AT_HWCAP) & HAS_SHA2) != 0;
}
#else
static int detect(void) { return 0; }
#endif

int ck_sha256_has_instructions(void) {
    // Two threads may both detect; they find the same answer.
    static int cached = -1;
    int known = __atomic_load_n(&cached, __ATOMIC_RELAXED);
    if (known < 0) {
        known = detect();
        __atomic_store_n(&cached, known, __ATOMIC_RELAXED);
    }
    return known;
}

void ck_sha256_init(ck_sha256 *digest, int portable) {
    // FIPS 180-4, section 5.3.3: the fractional parts of the square roots of the first 8 primes.
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(digest, 0, sizeof *digest);
    memcpy(digest->state, initial, sizeof initial);
    digest->blocks = ck_sha256_blocks_portable;
#if defined(__x86_64__)
    if (!portable && ck_sha256_has_instructions()) digest->blocks = ck_sha256_blocks_shani;
#elif defined(__aarch64__)
    if (!portable && ck_sha256_has_instructions()) digest->blocks = ck_sha256_blocks_sha2;
#else
    (void)portable;
#endif
}

void ck_sha256_update(ck_sha256 *digest, const void *bytes, size_t count) {
    if (count == 0) return;
    const uint8_t *next = bytes;
    size_t held = (size_t)(digest->length % 64);
    digest->length += count;
    if (held > 0) {
        size_t taken = 64 - held < count ? 64 - held : count;
        memcpy(digest->pending + held, next, taken);
        if (held + taken < 64) return;
        digest->blocks(digest->state, digest->pending, 1);
        next += taken;
        count -= taken;
    }
    digest->blocks(digest->state, next, count / 64);
    if (count % 64 > 0) memcpy(digest->pending, next + (count - count % 64), count % 64);
}

void ck_sha256_final(ck_sha256 *digest, uint8_t out[32]) {
    // Section 5.1.1: one bit 1, zeros, and the length in bits as 64 bits, to the end of a block.
    uint8_t padding[72] = {0x80};
    uint64_t bits = digest->length * 8;
    size_t held = (size_t)(digest->length % 64);
    size_t zeros_end = held < 56 ? 56 - held : 120 - held;
    for (int i = 0; i < 8; i++) padding[zeros_end + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    ck_sha256_update(digest, padding, zeros_end + 8);
    for (int i = 0; i < 32; i++) out[i] = (uint8_t)(digest->state[i / 4] >> (24 - 8 * (i % 4)));
}
