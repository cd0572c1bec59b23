#include <string.h>

#include "ck_backward.h"

enum { BLOCK = 32 };  // channels a task: two lines of the cache of each cell

int32_t ck_backward_pool_tasks(const ck_backward_pool *call) {
    return call->batch * ((call->channels + BLOCK - 1) / BLOCK);
}

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/// One axis of a window: its length inside of the padded input, and [first, last) clipped to the input.
typedef struct {
    int32_t padded, first, last;
} span;

static inline __attribute__((always_inline)) span span_of(int32_t at, int32_t stride, int32_t kernel, int32_t before,
                                                          int32_t after, int32_t size) {
    const int32_t begin = at * stride - before, end = smaller(begin + kernel, size + after);
    return (span){end - begin, larger(begin, 0), smaller(end, size)};
}

/// `n` channels from `c` on of one picture. Adding a zero to a sum that began at +0 changes no bit, so that a cell which is
/// not its window's largest needs no test.
static inline __attribute__((always_inline)) void channels_of(const ck_backward_pool *call, int32_t image, int32_t c,
                                                              const int32_t n, const int is_maximum) {
    const ck_window *w = &call->window;
    const float *input = is_maximum ? call->input + image * call->input_image + c : 0;
    const float *gradient = call->gradient + image * call->gradient_image + c;
    float *sums = call->input_gradient + image * call->input_gradient_image + c;
    for (int32_t y = 0; y < call->input_height; y++) {
        for (int32_t x = 0; x < call->input_width; x++) {
            memset(sums + y * call->input_gradient_row + x * call->input_gradient_pixel, 0, (size_t)n * sizeof(float));
        }
    }
    for (int32_t y = 0; y < call->height; y++) {
        const span rows = span_of(y, w->stride_y, w->kernel_height, w->pad_top, w->pad_bottom, call->input_height);
        for (int32_t x = 0; x < call->width; x++) {
            const span columns =
                span_of(x, w->stride_x, w->kernel_width, w->pad_left, w->pad_right, call->input_width);
            if (rows.first >= rows.last || columns.first >= columns.last) continue;
            const float *restrict part = gradient + y * call->gradient_row + x * call->gradient_pixel;
            float best[BLOCK], share[BLOCK];
            int32_t place[BLOCK];
            if (is_maximum) {
                memcpy(best, input + rows.first * call->input_row + columns.first * call->input_pixel,
                       (size_t)n * sizeof(float));
                memset(place, 0, sizeof place);
                int32_t cell = 0;
                for (int32_t iy = rows.first; iy < rows.last; iy++) {
                    for (int32_t ix = columns.first; ix < columns.last; ix++, cell++) {
                        const float *restrict in = input + iy * call->input_row + ix * call->input_pixel;
                        for (int32_t i = 0; i < n; i++) {
                            place[i] = in[i] > best[i] ? cell : place[i];
                            best[i] = in[i] > best[i] ? in[i] : best[i];
                        }
                    }
                }
            } else {
                const int32_t cells = call->counts_padding
                                          ? rows.padded * columns.padded
                                          : (rows.last - rows.first) * (columns.last - columns.first);
                for (int32_t i = 0; i < n; i++) share[i] = part[i] / (float)cells;
            }
            int32_t cell = 0;
            for (int32_t iy = rows.first; iy < rows.last; iy++) {
                for (int32_t ix = columns.first; ix < columns.last; ix++, cell++) {
                    float *restrict sum = sums + iy * call->input_gradient_row + ix * call->input_gradient_pixel;
                    if (is_maximum) {
                        for (int32_t i = 0; i < n; i++) sum[i] += place[i] == cell ? part[i] : 0.0f;
                    } else {
                        for (int32_t i = 0; i < n; i++) sum[i] += share[i];
                    }
                }
            }
        }
    }
}

static inline __attribute__((always_inline)) void body(const ck_backward_pool *call, int32_t task,
                                                       const int is_maximum) {
    const int32_t blocks = (call->channels + BLOCK - 1) / BLOCK, image = task / blocks, c = task % blocks * BLOCK;
    if (c + BLOCK <= call->channels) {
        channels_of(call, image, c, BLOCK, is_maximum);
    } else {
        channels_of(call, image, c, call->channels - c, is_maximum);
    }
}

static void max_portable(const ck_backward_pool *call, int32_t task) { body(call, task, 1); }
static void average_portable(const ck_backward_pool *call, int32_t task) { body(call, task, 0); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void max_avx2(const ck_backward_pool *call, int32_t task) {
    body(call, task, 1);
}
__attribute__((target("avx2"))) static void average_avx2(const ck_backward_pool *call, int32_t task) {
    body(call, task, 0);
}
__attribute__((target("avx512f,avx512vl"))) static void max_avx512(const ck_backward_pool *call, int32_t task) {
    body(call, task, 1);
}
__attribute__((target("avx512f,avx512vl"))) static void average_avx512(const ck_backward_pool *call, int32_t task) {
    body(call, task, 0);
}
#endif

void ck_backward_max_pool_run(ck_isa isa, const ck_backward_pool *call, int32_t task) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return max_avx512(call, task);
    if (isa == CK_ISA_AVX2) return max_avx2(call, task);
#endif
    (void)isa;
    max_portable(call, task);
}

void ck_backward_average_pool_run(ck_isa isa, const ck_backward_pool *call, int32_t task) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return average_avx512(call, task);
    if (isa == CK_ISA_AVX2) return average_avx2(call, task);
#endif
    (void)isa;
    average_portable(call, task);
}
