// From the number formats of weight files to float32. Every function takes sources of any alignment, little-endian.
#ifndef CK_HALF_H
#define CK_HALF_H

#include <stddef.h>

/// IEEE 754 binary16 to binary32: exact; subnormals, infinities and NaN included.
void ck_half_to_float(const void *source, float *out, size_t count);

/// bfloat16 (the upper half of a binary32) to binary32: exact.
void ck_bfloat16_to_float(const void *source, float *out, size_t count);

/// Binary64 to binary32, rounded to the nearest, ties to even; beyond the range of float32 it becomes infinite.
void ck_double_to_float(const void *source, float *out, size_t count);

/// The index of the first infinity or NaN, or `count` when every value is finite.
size_t ck_first_nonfinite(const float *values, size_t count);

#endif
