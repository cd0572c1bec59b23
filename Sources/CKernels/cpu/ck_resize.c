#include "ck_resize_isa.h"

#include <string.h>

typedef struct {
    void (*rows)(const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride, uint8_t *target,
                 int64_t target_stride, int32_t rows);
    void (*columns)(const ck_resize_axis *axis, int32_t output, const uint8_t *source, int64_t source_stride,
                    int64_t row_bytes, uint8_t *target);
} kernels;

static kernels kernels_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return (kernels){ck_resize_rows_avx512, ck_resize_columns_avx512};
    if (isa == CK_ISA_AVX2) return (kernels){ck_resize_rows_avx2, ck_resize_columns_avx2};
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return (kernels){ck_resize_rows_neon, ck_resize_columns_neon};
#else
    (void)isa;
#endif
    return (kernels){ck_resize_rows_portable, ck_resize_columns_portable};
}

void ck_resize_rows(ck_isa isa, const ck_resize_axis *axis, const uint8_t *source, int64_t source_stride,
                    uint8_t *target, int64_t target_stride, int32_t rows) {
    if (!axis->identity) {
        kernels_of(isa).rows(axis, source, source_stride, target, target_stride, rows);
        return;
    }
    for (int32_t y = 0; y < rows; y++) {
        memcpy(target + y * target_stride, source + y * source_stride + (int64_t)axis->start * 3,
               (size_t)axis->count * 3);
    }
}

void ck_resize_columns(ck_isa isa, const ck_resize_axis *axis, int32_t start, int32_t outputs, const uint8_t *source,
                       int64_t source_stride, int32_t source_first, int64_t row_bytes, uint8_t *target,
                       int64_t target_stride) {
    const kernels chosen = kernels_of(isa);
    for (int32_t y = 0; y < outputs; y++) {
        int32_t first, last;
        ck_resize_axis_needs(axis, start + y, &first, &last);
        const uint8_t *from = source + (first - source_first) * source_stride;
        if (axis->identity) {
            memcpy(target + y * target_stride, from, (size_t)row_bytes);
        } else {
            chosen.columns(axis, start + y, from, source_stride, row_bytes, target + y * target_stride);
        }
    }
}
