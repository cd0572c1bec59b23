#include "ck_layers.h"

#include <string.h>

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/// One axis of a window: [begin, end) is clipped to the padded input, [first, last) to the input.
typedef struct {
    int32_t begin, end, first, last;
} span;

static inline __attribute__((always_inline)) span span_of(int32_t at, int32_t stride, int32_t kernel, int32_t before,
                                                          int32_t after, int32_t size) {
    const int32_t begin = at * stride - before, end = smaller(begin + kernel, size + after);
    return (span){begin, end, larger(begin, 0), smaller(end, size)};
}

static inline __attribute__((always_inline)) span rows_of(const ck_pool2d *pool, int32_t y) {
    const ck_window *w = &pool->window;
    return span_of(y, w->stride_y, w->kernel_height, w->pad_top, w->pad_bottom, pool->input_height);
}

static inline __attribute__((always_inline)) span columns_of(const ck_pool2d *pool, int32_t x) {
    const ck_window *w = &pool->window;
    return span_of(x, w->stride_x, w->kernel_width, w->pad_left, w->pad_right, pool->input_width);
}

// One body, compiled for each instruction set: a comparison and a selection give the same bits in any lane width.
static inline __attribute__((always_inline)) void max_pool_body(const ck_pool2d *pool, int32_t image) {
    const int32_t channels = pool->channels;
    const float *input = pool->input + image * pool->input_image;
    for (int32_t y = 0; y < pool->height; y++) {
        const span rows = rows_of(pool, y);
        for (int32_t x = 0; x < pool->width; x++) {
            const span columns = columns_of(pool, x);
            float *restrict out =
                pool->output + image * pool->output_image + y * pool->output_row + x * pool->output_pixel;
            if (rows.first >= rows.last || columns.first >= columns.last) {
                memset(out, 0, (size_t)channels * sizeof(float));
                continue;
            }
            memcpy(out, input + rows.first * pool->input_row + columns.first * pool->input_pixel,
                   (size_t)channels * sizeof(float));
            for (int32_t iy = rows.first; iy < rows.last; iy++) {
                for (int32_t ix = columns.first; ix < columns.last; ix++) {
                    const float *restrict in = input + iy * pool->input_row + ix * pool->input_pixel;
                    for (int32_t c = 0; c < channels; c++) out[c] = in[c] > out[c] ? in[c] : out[c];
                }
            }
        }
    }
}

static void max_pool_portable(const ck_pool2d *pool, int32_t image) { max_pool_body(pool, image); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void max_pool_avx2(const ck_pool2d *pool, int32_t image) {
    max_pool_body(pool, image);
}
__attribute__((target("avx512f,avx512vl"))) static void max_pool_avx512(const ck_pool2d *pool, int32_t image) {
    max_pool_body(pool, image);
}
#endif

void ck_max_pool(ck_isa isa, const ck_pool2d *pool, int32_t image) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return max_pool_avx512(pool, image);
    if (isa == CK_ISA_AVX2) return max_pool_avx2(pool, image);
#endif
    (void)isa;
    max_pool_portable(pool, image);
}

static inline __attribute__((always_inline)) void average_pool_body(const ck_pool2d *pool, int32_t image) {
    const int32_t channels = pool->channels;
    const float *input = pool->input + image * pool->input_image;
    for (int32_t y = 0; y < pool->height; y++) {
        const span rows = rows_of(pool, y);
        for (int32_t x = 0; x < pool->width; x++) {
            const span columns = columns_of(pool, x);
            float *restrict out =
                pool->output + image * pool->output_image + y * pool->output_row + x * pool->output_pixel;
            memset(out, 0, (size_t)channels * sizeof(float));
            if (rows.first >= rows.last || columns.first >= columns.last) continue;
            for (int32_t iy = rows.first; iy < rows.last; iy++) {
                for (int32_t ix = columns.first; ix < columns.last; ix++) {
                    const float *restrict in = input + iy * pool->input_row + ix * pool->input_pixel;
                    for (int32_t c = 0; c < channels; c++) out[c] += in[c];
                }
            }
            const int32_t cells = pool->counts_padding
                                      ? (rows.end - rows.begin) * (columns.end - columns.begin)
                                      : (rows.last - rows.first) * (columns.last - columns.first);
            for (int32_t c = 0; c < channels; c++) out[c] /= (float)cells;
        }
    }
}

static void average_pool_portable(const ck_pool2d *pool, int32_t image) { average_pool_body(pool, image); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void average_pool_avx2(const ck_pool2d *pool, int32_t image) {
    average_pool_body(pool, image);
}
__attribute__((target("avx512f,avx512vl"))) static void average_pool_avx512(const ck_pool2d *pool, int32_t image) {
    average_pool_body(pool, image);
}
#endif

void ck_average_pool(ck_isa isa, const ck_pool2d *pool, int32_t image) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return average_pool_avx512(pool, image);
    if (isa == CK_ISA_AVX2) return average_pool_avx2(pool, image);
#endif
    (void)isa;
    average_pool_portable(pool, image);
}

void ck_global_average(const ck_pool2d *pool, int32_t image) {
    const float *input = pool->input + image * pool->input_image;
    float *restrict out = pool->output + image * pool->output_image;
    const int32_t channels = pool->channels;
    memset(out, 0, (size_t)channels * sizeof(float));
    for (int32_t y = 0; y < pool->input_height; y++) {
        for (int32_t x = 0; x < pool->input_width; x++) {
            const float *restrict in = input + y * pool->input_row + x * pool->input_pixel;
            for (int32_t c = 0; c < channels; c++) out[c] += in[c];
        }
    }
    const float cells = (float)(pool->input_height * pool->input_width);
    for (int32_t c = 0; c < channels; c++) out[c] /= cells;
}

void ck_copy_channels(const ck_pool2d *copy, int32_t image) {
    const float *input = copy->input + image * copy->input_image;
    float *output = copy->output + image * copy->output_image;
    for (int32_t y = 0; y < copy->height; y++) {
        for (int32_t x = 0; x < copy->width; x++) {
            memcpy(output + y * copy->output_row + x * copy->output_pixel,
                   input + y * copy->input_row + x * copy->input_pixel, (size_t)copy->channels * sizeof(float));
        }
    }
}

void ck_normalize(const uint8_t *rgb, int32_t height, int32_t width, const float *table, const int32_t order[3],
                  float *output, ptrdiff_t output_row, ptrdiff_t output_pixel) {
    const float *table0 = table + 256 * order[0], *table1 = table + 256 * order[1], *table2 = table + 256 * order[2];
    for (int32_t y = 0; y < height; y++) {
        float *out = output + y * output_row;
        for (int32_t x = 0; x < width; x++, rgb += 3, out += output_pixel) {
            out[0] = table0[rgb[order[0]]];
            out[1] = table1[rgb[order[1]]];
            out[2] = table2[rgb[order[2]]];
        }
    }
}
