#ifndef CK_INFLATE_H
#define CK_INFLATE_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    CK_INFLATE_DONE,
    /// Bits that no deflate stream has: a code that is not assigned, a distance before the start.
    CK_INFLATE_DAMAGED,
    /// The stream goes on behind the source's last byte.
    CK_INFLATE_TRUNCATED,
    /// The stream makes more bytes than the target holds.
    CK_INFLATE_TOO_LONG,
} ck_inflate_status;

/// Decompresses one raw deflate stream (RFC 1951). Memory is the target's and some kilobytes on the stack, whatever the
/// stream says.
/// `used` and `made`: bytes of the source up to the stream's end, and bytes written; also where it fails.
ck_inflate_status ck_inflate(
    const void *source, size_t source_count, void *target, size_t target_count, size_t *used, size_t *made);

/// The CRC-32 of zip and gzip (ISO 3309, polynomial 0xedb88320 reflected) of bytes behind those whose checksum is
/// `seed`; 0 for the first.
uint32_t ck_crc32(uint32_t seed, const void *bytes, size_t count);

#endif
