// Byte stuffing of JPEG scans (ITU T.81, section B.1.1.5).
#ifndef CK_JPEG_UNSTUFF_H
#define CK_JPEG_UNSTUFF_H

#include <stddef.h>
#include <stdint.h>

/// Copies a scan without the zero that follows each 0xFF, up to the end-of-image marker. `out` has room for `count`
/// bytes. The bytes written, or -1 where another marker or the end of the data comes first.
ptrdiff_t ck_jpeg_unstuff(const uint8_t *scan, size_t count, uint8_t *out);

#endif
