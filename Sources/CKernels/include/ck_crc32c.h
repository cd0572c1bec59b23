// CRC-32C, the Castagnoli polynomial (RFC 3720, section 12.1 and appendix B.4): guards the journal's records.
#ifndef CK_CRC32C_H
#define CK_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// The checksum of `count` bytes that follow those whose checksum is `seed`; 0 where nothing precedes.
uint32_t ck_crc32c(uint32_t seed, const void *bytes, size_t count);

/// The same in plain C, eight bytes a step.
uint32_t ck_crc32c_portable(uint32_t seed, const void *bytes, size_t count);
#if defined(__x86_64__)
/// Needs SSE4.2.
uint32_t ck_crc32c_sse42(uint32_t seed, const void *bytes, size_t count);
#elif defined(__aarch64__)
/// Needs Armv8's CRC32 instructions.
uint32_t ck_crc32c_armv8(uint32_t seed, const void *bytes, size_t count);
#endif

#endif
