#include "ck_add.h"

#include "ck_bands.h"
#include "ck_relu.h"

int32_t ck_add_tasks(const ck_add *call) {
    return call->batch * ck_bands_of(call->batch, call->height, call->width, call->channels);
}

// One body, compiled for each instruction set: every operation is one correctly rounded one, in any lane width. The two
// loops let the compiler know what overlaps: nothing, or each element with itself alone.
static inline __attribute__((always_inline)) void sum(const float *restrict left, const float *restrict right,
                                                      float *restrict output, int64_t count, float ceiling) {
    for (int64_t i = 0; i < count; i++) output[i] = ck_relu(left[i] + right[i], ceiling);
}

static inline __attribute__((always_inline)) void sum_in_place(float *left, const float *right, int64_t count,
                                                               float ceiling) {
    for (int64_t i = 0; i < count; i++) left[i] = ck_relu(left[i] + right[i], ceiling);
}

static inline __attribute__((always_inline)) void body(const ck_add *call, int32_t task) {
    const ck_band band = ck_band_at(task, call->batch, call->height, call->width, call->channels);
    const int32_t channels = call->channels;
    // Where pixels follow each other without a gap, a row is one run.
    const int whole =
        call->left_pixel == channels && call->right_pixel == channels && call->output_pixel == channels;
    const int64_t run = whole ? (int64_t)call->width * channels : channels;
    for (int32_t y = band.begin; y < band.end; y++) {
        const float *left = call->left + band.image * call->left_image + y * call->left_row;
        const float *right = call->right + band.image * call->right_image + y * call->right_row;
        float *output = call->output + band.image * call->output_image + y * call->output_row;
        for (int32_t x = 0; x < (whole ? 1 : call->width); x++) {
            const float *first = left + x * call->left_pixel, *second = right + x * call->right_pixel;
            float *to = output + x * call->output_pixel;
            if (first == to) {
                sum_in_place(to, second, run, call->ceiling);
            } else {
                sum(first, second, to, run, call->ceiling);
            }
        }
    }
}

static void run_portable(const ck_add *call, int32_t task) { body(call, task); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void run_avx2(const ck_add *call, int32_t task) { body(call, task); }
__attribute__((target("avx512f,avx512vl"))) static void run_avx512(const ck_add *call, int32_t task) {
    body(call, task);
}
#endif

void ck_add_run(ck_isa isa, const ck_add *call, int32_t task) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return run_avx512(call, task);
    if (isa == CK_ISA_AVX2) return run_avx2(call, task);
#endif
    (void)isa;
    run_portable(call, task);
}
