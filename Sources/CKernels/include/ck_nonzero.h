// Which floats are not zero, one bit each: what the convolutions need to leave out products that ReLU made zero.
#ifndef CK_NONZERO_H
#define CK_NONZERO_H

#include <stdint.h>

#include "ck_cpu.h"

/// Bytes that a reader of 64 bits at once may read beyond the last bit.
enum { CK_NONZERO_SLACK = 8 };

/// Bit i of `bits` (bit i % 8 of byte i / 8) becomes 1 where values[i] is neither +0 nor -0; not a number counts as
/// not zero. Writes (count + 7) / 8 bytes; the bits beyond `count` are 0.
void ck_nonzero_bits(ck_isa isa, const float *values, int64_t count, uint8_t *bits);

#endif
