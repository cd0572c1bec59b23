#include "ck_local_response.h"

#include <math.h>
#include <string.h>

// One body, compiled for each instruction set: every operation is one correctly rounded one, in any lane width.
static inline __attribute__((always_inline)) void body(const ck_local_response *layer, int32_t image,
                                                       float *restrict scratch) {
    const int32_t channels = layer->channels, size = layer->size, half = size / 2;
    memset(scratch, 0, (size_t)half * sizeof(float));
    memset(scratch + half + channels, 0, (size_t)half * sizeof(float));
    const float factor = layer->alpha_over_size, k = layer->k;
    const float *input = layer->input + image * layer->input_image;
    float *output = layer->output + image * layer->output_image;
    for (int32_t y = 0; y < layer->height; y++) {
        for (int32_t x = 0; x < layer->width; x++) {
            // A copy between zeros: the output may overwrite the input, and no channel needs a test.
            memcpy(scratch + half, input + y * layer->input_row + x * layer->input_pixel,
                   (size_t)channels * sizeof(float));
            float *restrict out = output + y * layer->output_row + x * layer->output_pixel;
            for (int32_t c = 0; c < channels; c++) {
                float sum = 0;
                for (int32_t i = 0; i < size; i++) sum = fmaf(scratch[c + i], scratch[c + i], sum);
                const float t = fmaf(factor, sum, k), root = sqrtf(t);
                out[c] = scratch[c + half] / (root * sqrtf(root));
            }
        }
    }
}

// The usual size with its loop unrolled, so that the loop over channels is the one that becomes vectors.
static inline __attribute__((always_inline)) void run(const ck_local_response *layer, int32_t image, float *scratch) {
    if (layer->size == 5) {
        ck_local_response five = *layer;
        five.size = 5;
        body(&five, image, scratch);
    } else {
        body(layer, image, scratch);
    }
}

static void run_portable(const ck_local_response *layer, int32_t image, float *scratch) { run(layer, image, scratch); }

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void run_avx2(const ck_local_response *layer, int32_t image,
                                                         float *scratch) {
    run(layer, image, scratch);
}
__attribute__((target("avx512f,avx512vl,fma"))) static void run_avx512(const ck_local_response *layer, int32_t image,
                                                                       float *scratch) {
    run(layer, image, scratch);
}
#endif

size_t ck_local_response_scratch(int32_t channels, int32_t size) { return (size_t)channels + (size_t)size; }

void ck_local_response_run(ck_isa isa, const ck_local_response *layer, int32_t image, float *scratch) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return run_avx512(layer, image, scratch);
    if (isa == CK_ISA_AVX2) return run_avx2(layer, image, scratch);
#endif
    (void)isa;
    run_portable(layer, image, scratch);
}
