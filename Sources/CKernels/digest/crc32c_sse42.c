#include "ck_crc32c.h"

#if defined(__x86_64__)

#include <nmmintrin.h>
#include <string.h>

__attribute__((target("sse4.2")))
uint32_t ck_crc32c_sse42(uint32_t seed, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t crc = ~seed;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, sizeof word);
        crc = _mm_crc32_u64(crc, word);
    }
    uint32_t rest = (uint32_t)crc;
    for (; count > 0; count--) rest = _mm_crc32_u8(rest, *next++);
    return ~rest;
}

#else
typedef int ck_crc32c_sse42_is_empty_here;  // a C file may not be empty
#endif
