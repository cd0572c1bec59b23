#include "ck_layers.h"

#include <string.h>

// One body, compiled for each instruction set: a comparison and a selection give the same bits in any lane width.
static inline __attribute__((always_inline)) void max_pool_body(const ck_pool2d *pool) {
    const int32_t channels = pool->channels;
    for (int32_t y = 0; y < pool->height; y++) {
        int32_t y0 = y * pool->stride - pool->padding, y1 = y0 + pool->kernel;
        if (y0 < 0) y0 = 0;
        if (y1 > pool->input_height) y1 = pool->input_height;
        for (int32_t x = 0; x < pool->width; x++) {
            int32_t x0 = x * pool->stride - pool->padding, x1 = x0 + pool->kernel;
            if (x0 < 0) x0 = 0;
            if (x1 > pool->input_width) x1 = pool->input_width;
            float *restrict out = pool->output + y * pool->output_row + x * pool->output_pixel;
            memcpy(out, pool->input + y0 * pool->input_row + x0 * pool->input_pixel, (size_t)channels * sizeof(float));
            for (int32_t iy = y0; iy < y1; iy++) {
                for (int32_t ix = x0; ix < x1; ix++) {
                    const float *restrict in = pool->input + iy * pool->input_row + ix * pool->input_pixel;
                    for (int32_t c = 0; c < channels; c++) out[c] = in[c] > out[c] ? in[c] : out[c];
                }
            }
        }
    }
}

static void max_pool_portable(const ck_pool2d *pool) { max_pool_body(pool); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void max_pool_avx2(const ck_pool2d *pool) { max_pool_body(pool); }
__attribute__((target("avx512f,avx512vl"))) static void max_pool_avx512(const ck_pool2d *pool) { max_pool_body(pool); }
#endif

void ck_max_pool(ck_isa isa, const ck_pool2d *pool) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return max_pool_avx512(pool);
    if (isa == CK_ISA_AVX2) return max_pool_avx2(pool);
#endif
    (void)isa;
    max_pool_portable(pool);
}

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static inline __attribute__((always_inline)) void average_pool_body(const ck_pool2d *pool) {
    const int32_t channels = pool->channels, padding = pool->padding;
    for (int32_t y = 0; y < pool->height; y++) {
        const int32_t top = y * pool->stride - padding, y0 = larger(top, 0);
        const int32_t bottom = smaller(top + pool->kernel, pool->input_height + padding);
        const int32_t y1 = smaller(bottom, pool->input_height);
        for (int32_t x = 0; x < pool->width; x++) {
            const int32_t left = x * pool->stride - padding, x0 = larger(left, 0);
            const int32_t right = smaller(left + pool->kernel, pool->input_width + padding);
            const int32_t x1 = smaller(right, pool->input_width);
            float *restrict out = pool->output + y * pool->output_row + x * pool->output_pixel;
            memset(out, 0, (size_t)channels * sizeof(float));
            for (int32_t iy = y0; iy < y1; iy++) {
                for (int32_t ix = x0; ix < x1; ix++) {
                    const float *restrict in = pool->input + iy * pool->input_row + ix * pool->input_pixel;
                    for (int32_t c = 0; c < channels; c++) out[c] += in[c];
                }
            }
            const int32_t cells = pool->counts_padding ? (bottom - top) * (right - left) : (y1 - y0) * (x1 - x0);
            for (int32_t c = 0; c < channels; c++) out[c] /= (float)cells;
        }
    }
}

static void average_pool_portable(const ck_pool2d *pool) { average_pool_body(pool); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void average_pool_avx2(const ck_pool2d *pool) { average_pool_body(pool); }
__attribute__((target("avx512f,avx512vl"))) static void average_pool_avx512(const ck_pool2d *pool) {
    average_pool_body(pool);
}
#endif

void ck_average_pool(ck_isa isa, const ck_pool2d *pool) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return average_pool_avx512(pool);
    if (isa == CK_ISA_AVX2) return average_pool_avx2(pool);
#endif
    (void)isa;
    average_pool_portable(pool);
}

void ck_global_average(const ck_pool2d *pool) {
    float *restrict out = pool->output;
    const int32_t channels = pool->channels;
    memset(out, 0, (size_t)channels * sizeof(float));
    for (int32_t y = 0; y < pool->input_height; y++) {
        for (int32_t x = 0; x < pool->input_width; x++) {
            const float *restrict in = pool->input + y * pool->input_row + x * pool->input_pixel;
            for (int32_t c = 0; c < channels; c++) out[c] += in[c];
        }
    }
    const float cells = (float)(pool->input_height * pool->input_width);
    for (int32_t c = 0; c < channels; c++) out[c] /= cells;
}

void ck_copy_channels(const ck_pool2d *copy) {
    for (int32_t y = 0; y < copy->height; y++) {
        for (int32_t x = 0; x < copy->width; x++) {
            memcpy(copy->output + y * copy->output_row + x * copy->output_pixel,
                   copy->input + y * copy->input_row + x * copy->input_pixel, (size_t)copy->channels * sizeof(float));
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
