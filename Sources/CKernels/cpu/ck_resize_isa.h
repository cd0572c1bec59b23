// The passes of ck_resize.h for each instruction set, for an axis that is not the identity. The vertical pass makes
// one row, that of `output`; `source` is the first row that it needs.
#ifndef CK_RESIZE_ISA_H
#define CK_RESIZE_ISA_H

#include "ck_resize.h"

void ck_resize_rows_portable(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                             uint8_t *target, int64_t target_stride, int32_t rows);
void ck_resize_columns_portable(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                                int64_t source_stride, int64_t row_bytes, uint8_t *target);
#if defined(__x86_64__)
void ck_resize_rows_avx2(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                         uint8_t *target, int64_t target_stride, int32_t rows);
void ck_resize_columns_avx2(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                            int64_t source_stride, int64_t row_bytes, uint8_t *target);
void ck_resize_rows_avx512(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                           uint8_t *target, int64_t target_stride, int32_t rows);
void ck_resize_columns_avx512(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                              int64_t source_stride, int64_t row_bytes, uint8_t *target);
#elif defined(__aarch64__)
void ck_resize_rows_neon(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                         uint8_t *target, int64_t target_stride, int32_t rows);
void ck_resize_columns_neon(const ck_resize_axis *axis, int32_t output, const uint8_t *source,
                            int64_t source_stride, int64_t row_bytes, uint8_t *target);
#endif

#endif
