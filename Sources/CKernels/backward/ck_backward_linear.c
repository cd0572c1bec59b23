#include <math.h>
#include <string.h>

#include "ck_backward.h"

enum {
    BLOCK = 256,   // inputs a task
    PICTURES = 16  // pictures that share what is read of a row of weights: their sums stay in the L1 cache
};

static inline int64_t inputs_of(const ck_backward_linear *call) {
    return (int64_t)call->height * call->width * call->channels;
}

int32_t ck_backward_linear_tasks(const ck_backward_linear *call) {
    return (int32_t)((inputs_of(call) + BLOCK - 1) / BLOCK);
}

/// `n` inputs from number `begin` on. A gradient of zero is left out: it changes no bit but the sign of a sum of zero, which
/// the addition of +0 takes away; weights are finite.
static inline __attribute__((always_inline)) void inputs_from(const ck_backward_linear *call, int64_t begin,
                                                              const int32_t n) {
    const int64_t count = inputs_of(call);
    for (int32_t first = 0; first < call->batch; first += PICTURES) {
        const int32_t pictures = call->batch - first < PICTURES ? call->batch - first : PICTURES;
        float sums[PICTURES][BLOCK];
        memset(sums, 0, (size_t)pictures * sizeof sums[0]);
        for (int32_t o = 0; o < call->outputs; o++) {
            const float *restrict row = call->weights + o * count + begin;
            for (int32_t p = 0; p < pictures; p++) {
                const float gradient = call->gradient[(first + p) * call->gradient_image + o];
                if (gradient == 0.0f) continue;
                float *restrict sum = sums[p];
                for (int32_t i = 0; i < n; i++) sum[i] = fmaf(row[i], gradient, sum[i]);
            }
        }
        for (int32_t p = 0; p < pictures; p++) {
            float *to = call->input_gradient + (first + p) * call->input_gradient_image;
            for (int32_t i = 0, run; i < n; i += run) {
                const int64_t pixel = (begin + i) / call->channels;
                const int32_t c = (int32_t)((begin + i) % call->channels);
                run = call->channels - c < n - i ? call->channels - c : n - i;
                float *out = to + pixel / call->width * call->input_gradient_row +
                             pixel % call->width * call->input_gradient_pixel + c;
                for (int32_t j = 0; j < run; j++) out[j] = sums[p][i + j] + 0.0f;
            }
        }
    }
}

static inline __attribute__((always_inline)) void body(const ck_backward_linear *call, int32_t task) {
    const int64_t begin = (int64_t)task * BLOCK, rest = inputs_of(call) - begin;
    if (rest >= BLOCK) {
        inputs_from(call, begin, BLOCK);
    } else {
        inputs_from(call, begin, (int32_t)rest);
    }
}

static void run_portable(const ck_backward_linear *call, int32_t task) { body(call, task); }

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void run_avx2(const ck_backward_linear *call, int32_t task) {
    body(call, task);
}
__attribute__((target("avx512f,avx512vl,fma"))) static void run_avx512(const ck_backward_linear *call, int32_t task) {
    body(call, task);
}
#endif

void ck_backward_linear_run(ck_isa isa, const ck_backward_linear *call, int32_t task) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return run_avx512(call, task);
    if (isa == CK_ISA_AVX2) return run_avx2(call, task);
#endif
    (void)isa;
    run_portable(call, task);
}
