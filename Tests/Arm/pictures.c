// From JPEG's coefficients to a network's input, and the blur of maps.
#include "check.h"

#include <math.h>

#include "../../Sources/CKernels/jpeg/ck_jpeg_pixels.h"
#include "ck_blur.h"
#include "ck_nonzero.h"
#include "ck_resize.h"

void check_nonzero(void) {
    const int32_t count = below(200);
    float *input = numbers((size_t)count, random_kind(1));
    const size_t bytes = (size_t)(count + 7) / 8;
    uint8_t *kept = memory(bytes);
    FOR_EACH_ISA(isa) {
        uint8_t *bits = unwritten(bytes + 1);
        ck_nonzero_bits(isa, input, count, bits);
        same(isa, "bits of what is not zero", bits, kept, bytes);
        EXPECT(bits[bytes] == 0xa5, "%s: a byte behind the last one is written", ck_isa_name(isa));
        free(bits);
    }
    free(input), free(kept);
}

void check_resize(void) {
    const int32_t in_width = of(1, 120), in_height = of(1, 90), width = of(1, 60), height = of(1, 60);
    const int32_t left = below(width), top = below(height);
    const ck_resize_filter filter = below(2) == 0 ? CK_RESIZE_BICUBIC : CK_RESIZE_BILINEAR;
    ck_resize_axis x = {0}, y = {0};
    EXPECT(ck_resize_axis_set(&x, filter, in_width, width, left, of(1, width - left)) == 0, "an axis");
    EXPECT(ck_resize_axis_set(&y, filter, in_height, height, top, of(1, height - top)) == 0, "an axis");
    const size_t stride = (size_t)in_width * 3 + CK_RESIZE_PADDING, row = (size_t)x.count * 3;
    const size_t middle_stride = row + CK_RESIZE_PADDING, middle_bytes = middle_stride * (size_t)in_height;
    uint8_t *source = random_bytes(stride * (size_t)in_height);
    uint8_t *kept = memory(middle_bytes), *kept_target = memory(row * (size_t)y.count);
    FOR_EACH_ISA(isa) {
        uint8_t *middle = unwritten(middle_bytes), *target = unwritten(row * (size_t)y.count + 1);
        ck_resize_rows(isa, &x, source, (int64_t)stride, middle, (int64_t)middle_stride, in_height);
        // The byte behind a row may be overwritten.
        for (int32_t i = 0; i < in_height; i++) middle[(size_t)i * middle_stride + row] = 0;
        same(isa, "rows of a resized picture", middle, kept, middle_bytes);
        ck_resize_columns(isa, &y, 0, y.count, middle, (int64_t)middle_stride, y.identity ? y.start : y.first[0],
                          (int64_t)row, target, (int64_t)row);
        same(isa, "columns of a resized picture", target, kept_target, row * (size_t)y.count);
        EXPECT(target[row * (size_t)y.count] == 0xa5, "%s: a byte behind the picture is written", ck_isa_name(isa));
        free(middle), free(target);
    }
    free(source), free(kept), free(kept_target);
    ck_resize_axis_free(&x), ck_resize_axis_free(&y);
}

static const ck_jpeg_pixels *pixels_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa != CK_ISA_PORTABLE) return &ck_jpeg_pixels_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return &ck_jpeg_pixels_neon;
#endif
    (void)isa;
    return &ck_jpeg_pixels_portable;
}

static void block(void) {
    int16_t coefficients[64];
    int16_t factors[64];
    // Some blocks reach the limit of a column, some leave it.
    const int32_t largest = 1 << below(10), share = of(1, 8);
    for (int32_t i = 0; i < 64; i++) {
        factors[i] = (int16_t)of(1, below(3) == 0 ? 255 : 8);
        coefficients[i] = (int16_t)(below(8) < share ? of(-largest, largest) : 0);
    }
    uint8_t kept[8 * 11];
    int32_t kept_status;
    FOR_EACH_ISA(isa) {
        uint8_t out[8 * 11];
        memset(out, 0xa5, sizeof out);
        // Each form wants them in an order of its own.
        const ck_jpeg_pixels *pixels = pixels_of(isa);
        int16_t placed[64];
        ck_jpeg_quantiser quantiser;
        for (int32_t i = 0; i < 64; i++) {
            const int32_t place = pixels->places[i];
            placed[place] = coefficients[i];
            quantiser.factor[place] = factors[i];
            quantiser.over[place] = (int16_t)(CK_JPEG_COLUMN_LIMIT / factors[i] + 1);
        }
        const int32_t status = pixels->inverse_dct(placed, &quantiser, out, 11);
        same(isa, "inverse DCT, whether a block is within the limit", &status, &kept_status, sizeof status);
        if (status != 0) same(isa, "inverse DCT", out, kept, sizeof out);
    }
}

static void rows(void) {
    const int32_t count = of(3, 70);
    const size_t padded = (size_t)count + CK_JPEG_ROW_PADDING;
    uint8_t *first = random_bytes(padded), *second = random_bytes(padded), *third = random_bytes(padded);
    const size_t doubled = (size_t)count * 2, coloured = (size_t)count * 3;
    uint8_t *kept[3] = {memory(doubled), memory(doubled), memory(coloured)};
    FOR_EACH_ISA(isa) {
        const ck_jpeg_pixels *pixels = pixels_of(isa);
        // Planes have room behind their rows, the picture has not.
        uint8_t *out = unwritten(doubled + CK_JPEG_ROW_PADDING), *rgb = unwritten(coloured + 1);
        pixels->widen(first, count, out);
        same(isa, "a row of twice the width", out, kept[0], doubled);
        pixels->widen_between(first, second, count, out);
        same(isa, "a row between two", out, kept[1], doubled);
        pixels->colour(first, second, third, count, rgb);
        same(isa, "colours", rgb, kept[2], coloured);
        EXPECT(rgb[coloured] == 0xa5, "%s: a byte behind the row is written", ck_isa_name(isa));
        free(out), free(rgb);
    }
    free(first), free(second), free(third);
    for (int32_t i = 0; i < 3; i++) free(kept[i]);
}

void check_pixels(void) {
    block();
    rows();
}

void check_blur(void) {
    const int32_t width = of(1, 50), height = of(1, 30);
    const size_t count = (size_t)(width * height);
    double taps[20];
    for (int32_t i = 0; i < 20; i++) taps[i] = below(1 << 13);
    const ck_blur_axis across = {taps, of(1, 20)}, down = {taps, of(1, 20)};
    double *in = memory(count * sizeof(double)), *kept = memory(count * sizeof(double));
    double *scratch = aligned_memory((size_t)ck_blur_scratch(width, height, across.count) * sizeof(double));
    const int32_t zeros = below(8);
    for (size_t i = 0; i < count; i++) in[i] = below(8) < zeros ? 0 : below(1 << 20);
    FOR_EACH_ISA(isa) {
        double *out = unwritten(count * sizeof(double));
        ck_blur_run(isa, in, width, height, across, down, out, scratch);
        same(isa, "a blurred map", out, kept, count * sizeof(double));
        free(out);
    }
    free(in), free(kept), free(scratch);
}
