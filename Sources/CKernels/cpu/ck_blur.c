#include "ck_blur.h"

#include <string.h>

// So many sums stay in registers.
enum { BLUR_BLOCK = 16 };

#define BLUR_ROW row_portable
#define BLUR_COLUMN column_portable
#include "ck_blur_isa.h"
#undef BLUR_ROW
#undef BLUR_COLUMN

#if defined(__x86_64__)
#define BLUR_ROW row_avx2
#define BLUR_COLUMN column_avx2
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "ck_blur_isa.h"
#pragma clang attribute pop
#undef BLUR_ROW
#undef BLUR_COLUMN
#endif

typedef void row_kernel(const double *padded, int32_t width, const double *taps, int32_t count, double *out);
typedef void column_kernel(const double *const *rows, int32_t width, const double *taps, int32_t count, double *out);

// Rows are as long as whole blocks.
static int32_t stride_of(int32_t width) { return (width + BLUR_BLOCK - 1) / BLUR_BLOCK * BLUR_BLOCK; }

static int32_t reflected(int32_t index, int32_t count) {
    const int64_t period = 2 * (int64_t)count;
    const int64_t phase = ((index % period) + period) % period;
    return (int32_t)(phase < count ? phase : period - 1 - phase);
}

// The blurred rows and a row of zeros, a row's result, the padded row, and the list of rows.
int64_t ck_blur_scratch(int32_t width, int32_t height, int32_t across) {
    const int64_t stride = stride_of(width);
    return stride * (height + 2) + stride + 2 * (int64_t)across;
}

static int32_t is_empty(const double *row, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        if (row[x] != 0) return 0;
    }
    return 1;
}

void ck_blur_run(ck_isa isa, const double *in, int32_t width, int32_t height, ck_blur_axis across, ck_blur_axis down,
                 double *out, double *scratch) {
    row_kernel *blur_row = row_portable;
    column_kernel *blur_column = column_portable;
#if defined(__x86_64__)
    // Longer vectors are no faster: the rows come from the cache.
    if (isa != CK_ISA_PORTABLE) {
        blur_row = row_avx2;
        blur_column = column_avx2;
    }
#endif
    (void)isa;
    const int64_t stride = stride_of(width);
    double *rows = scratch, *zeros = rows + stride * height, *sums = zeros + stride, *padded = sums + stride;
    const int32_t radius = across.count - 1;
    memset(zeros, 0, sizeof(double) * (size_t)stride);
    memset(padded, 0, sizeof(double) * (size_t)(stride + 2 * radius));
    for (int32_t y = 0; y < height; y++) {
        const double *row = in + (int64_t)y * width;
        double *to = rows + stride * y;
        if (is_empty(row, width)) {
            memset(to, 0, sizeof(double) * (size_t)stride);
            continue;
        }
        memcpy(padded + radius, row, sizeof(double) * (size_t)width);
        for (int32_t i = 1; i <= radius; i++) {
            padded[radius - i] = row[reflected(-i, width)];
            padded[radius + width - 1 + i] = row[reflected(width - 1 + i, width)];
        }
        blur_row(padded, width, across.taps, across.count, to);
    }
    for (int32_t y = 0; y < height; y++) {
        // So many pairs of rows at a time: the list is on the stack.
        enum { LIST = 64 };
        const double *list[2 * LIST + 1];
        double *to = out + (int64_t)y * width;
        memset(to, 0, sizeof(double) * (size_t)width);
        for (int32_t first = 0; first == 0 || first < down.count; first += LIST) {
            const int32_t end = first + LIST < down.count ? first + LIST : down.count;
            // Offset 0 of a later part is a row of zeros.
            list[0] = first == 0 ? rows + stride * y : zeros;
            int32_t count = 1;
            double taps[LIST + 1];
            taps[0] = down.taps[0];
            for (int32_t i = first > 0 ? first : 1; i < end; i++) {
                list[2 * count - 1] = rows + stride * reflected(y - i, height);
                list[2 * count] = rows + stride * reflected(y + i, height);
                taps[count++] = down.taps[i];
            }
            blur_column(list, width, taps, count, sums);
            for (int32_t x = 0; x < width; x++) to[x] += sums[x];
        }
    }
}
