#include "ck_crc32c.h"

#include "ck_cpu.h"

uint32_t ck_crc32c(uint32_t seed, const void *bytes, size_t count) {
#if defined(__x86_64__)
    // A processor with AVX2 has SSE4.2.
    if (ck_isa_best() != CK_ISA_PORTABLE) return ck_crc32c_sse42(seed, bytes, count);
#endif
    return ck_crc32c_portable(seed, bytes, count);
}
