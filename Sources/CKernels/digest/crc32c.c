#include "ck_crc32c.h"

#include "ck_cpu.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static int has_instructions(void) {
    enum { HAS_CRC32 = 1 << 7 };  // of AT_HWCAP, part of Linux's interface for 64-bit Arm
    return ck_isa_best() != CK_ISA_PORTABLE && (getauxval(AT_HWCAP) & HAS_CRC32) != 0;
}
#elif defined(__aarch64__)
static int has_instructions(void) { return 0; }
#endif

uint32_t ck_crc32c(uint32_t seed, const void *bytes, size_t count) {
#if defined(__x86_64__)
    // A processor with AVX2 has SSE4.2.
    if (ck_isa_best() != CK_ISA_PORTABLE) return ck_crc32c_sse42(seed, bytes, count);
#elif defined(__aarch64__)
    if (has_instructions()) return ck_crc32c_armv8(seed, bytes, count);
#endif
    return ck_crc32c_portable(seed, bytes, count);
}
