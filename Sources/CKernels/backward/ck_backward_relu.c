#include "../cpu/ck_bands.h"
#include "ck_backward.h"

int32_t ck_backward_relu_tasks(const ck_backward_relu *call) {
    return call->batch * ck_bands_of(call->batch, call->height, call->width, call->channels);
}

// The choices are constants in each loop, so that it becomes comparisons and one selection.
static inline __attribute__((always_inline)) void pass(const float *restrict activation, float *restrict gradient,
                                                       int64_t count, float ceiling, int bounded, int guided) {
    for (int64_t i = 0; i < count; i++) {
        const int below = bounded ? activation[i] < ceiling : 1, rising = guided ? gradient[i] > 0.0f : 1;
        gradient[i] = (activation[i] > 0.0f) & below & rising ? gradient[i] : 0.0f;
    }
}

static inline __attribute__((always_inline)) void body(const ck_backward_relu *call, int32_t task) {
    const ck_band band = ck_band_at(task, call->batch, call->height, call->width, call->channels);
    // Where pixels follow each other without a gap, a row is one run.
    const int whole = call->activation_pixel == call->channels && call->gradient_pixel == call->channels;
    const int64_t run = whole ? (int64_t)call->width * call->channels : call->channels;
    const int bounded = call->ceiling < __builtin_inff();
    for (int32_t y = band.begin; y < band.end; y++) {
        for (int32_t x = 0; x < (whole ? 1 : call->width); x++) {
            const float *activation = call->activation + band.image * call->activation_image +
                                      y * call->activation_row + x * call->activation_pixel;
            float *gradient = call->gradient + band.image * call->gradient_image + y * call->gradient_row +
                              x * call->gradient_pixel;
            if (bounded && call->guided) {
                pass(activation, gradient, run, call->ceiling, 1, 1);
            } else if (bounded) {
                pass(activation, gradient, run, call->ceiling, 1, 0);
            } else if (call->guided) {
                pass(activation, gradient, run, call->ceiling, 0, 1);
            } else {
                pass(activation, gradient, run, call->ceiling, 0, 0);
            }
        }
    }
}

static void run_portable(const ck_backward_relu *call, int32_t task) { body(call, task); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void run_avx2(const ck_backward_relu *call, int32_t task) { body(call, task); }
__attribute__((target("avx512f,avx512vl"))) static void run_avx512(const ck_backward_relu *call, int32_t task) {
    body(call, task);
}
#endif

void ck_backward_relu_run(ck_isa isa, const ck_backward_relu *call, int32_t task) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return run_avx512(call, task);
    if (isa == CK_ISA_AVX2) return run_avx2(call, task);
#endif
    (void)isa;
    run_portable(call, task);
}
