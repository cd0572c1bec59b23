#include "ck_crc32c.h"

#if defined(__aarch64__)

#include <arm_acle.h>
#include <string.h>

__attribute__((target("crc")))
uint32_t ck_crc32c_armv8(uint32_t seed, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint32_t crc = ~seed;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, sizeof word);
        crc = __crc32cd(crc, word);
    }
    for (; count > 0; count--) crc = __crc32cb(crc, *next++);
    return ~crc;
}

#else
typedef int ck_crc32c_armv8_is_empty_here;  // a C file may not be empty
#endif
