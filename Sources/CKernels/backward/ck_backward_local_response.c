#include <math.h>
#include <string.h>

#include "../cpu/ck_bands.h"
#include "ck_backward.h"

int32_t ck_backward_local_response_tasks(const ck_backward_local_response *call) {
    return call->batch * ck_bands_of(call->batch, call->height, call->width, call->channels);
}

size_t ck_backward_local_response_scratch(int32_t channels, int32_t size) {
    return 3 * ((size_t)channels + (size_t)size);
}

// One body, compiled for each instruction set: every operation is one correctly rounded one, in any lane width. Inputs and
// quotients lie between zeros, so that no channel needs a test.
static inline __attribute__((always_inline)) void rows_of(const ck_backward_local_response *call, ck_band band,
                                                          const int32_t size, float *scratch) {
    const int32_t channels = call->channels, half = size / 2;
    float *restrict inputs = scratch;
    float *restrict quotients = inputs + channels + size;
    float *restrict powers = quotients + channels + size;
    memset(scratch, 0, 2 * (size_t)(channels + size) * sizeof(float));
    const float factor = call->alpha_over_size, k = call->k, slope = 1.5f * factor;
    for (int32_t y = band.begin; y < band.end; y++) {
        for (int32_t x = 0; x < call->width; x++) {
            memcpy(inputs + half,
                   call->input + band.image * call->input_image + y * call->input_row + x * call->input_pixel,
                   (size_t)channels * sizeof(float));
            const float *restrict gradient =
                call->gradient + band.image * call->gradient_image + y * call->gradient_row + x * call->gradient_pixel;
            float *restrict out = call->input_gradient + band.image * call->input_gradient_image +
                                  y * call->input_gradient_row + x * call->input_gradient_pixel;
            for (int32_t c = 0; c < channels; c++) {
                float squares = 0;
                for (int32_t i = 0; i < size; i++) squares = fmaf(inputs[c + i], inputs[c + i], squares);
                const float t = fmaf(factor, squares, k), root = sqrtf(t);
                powers[c] = root * sqrtf(root);
                quotients[c + half] = gradient[c] * (inputs[c + half] / powers[c]) / t;
            }
            for (int32_t c = 0; c < channels; c++) {
                float sum = 0;
                for (int32_t i = 0; i < size; i++) sum += quotients[c + i];
                out[c] = fmaf(-(slope * inputs[c + half]), sum, gradient[c] / powers[c]);
            }
        }
    }
}

// The usual size with its loops unrolled, so that the loop over channels is the one that becomes vectors.
static inline __attribute__((always_inline)) void body(const ck_backward_local_response *call, int32_t task,
                                                       float *scratch) {
    const ck_band band = ck_band_at(task, call->batch, call->height, call->width, call->channels);
    if (call->size == 5) {
        rows_of(call, band, 5, scratch);
    } else {
        rows_of(call, band, call->size, scratch);
    }
}

static void run_portable(const ck_backward_local_response *call, int32_t task, float *scratch) {
    body(call, task, scratch);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void run_avx2(const ck_backward_local_response *call, int32_t task,
                                                         float *scratch) {
    body(call, task, scratch);
}
__attribute__((target("avx512f,avx512vl,fma"))) static void run_avx512(const ck_backward_local_response *call,
                                                                       int32_t task, float *scratch) {
    body(call, task, scratch);
}
#endif

void ck_backward_local_response_run(ck_isa isa, const ck_backward_local_response *call, int32_t task, float *scratch) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return run_avx512(call, task, scratch);
    if (isa == CK_ISA_AVX2) return run_avx2(call, task, scratch);
#endif
    (void)isa;
    run_portable(call, task, scratch);
}
