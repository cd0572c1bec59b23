#include "ck_conv_sparse.h"

// Where the two ways are equally fast, as the share of inputs that are not zero, measured on GoogLeNet's and
// SqueezeNet's layers with their trained weights on photographs (Zen 4; on Arm nobody has measured). A narrow panel has few products for each
// input that is looked up, and too few chains to hide the latency of a multiply-add.
static double break_even(int32_t lanes) {
    switch (lanes) {
    case 64: return 0.70;
    case 48: return 0.65;
    case 32: return 0.55;
    default: return 0.33;
    }
}

static ck_conv_sparse_function function_for(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return ck_conv_sparse_avx512;
    if (isa == CK_ISA_AVX2) return ck_conv_sparse_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return ck_conv_sparse_neon;
#endif
    (void)isa;
    return 0;
}

int ck_conv_sparse_pays(ck_isa isa, const ck_conv *conv, const float *const *pixels, int32_t count, int32_t lanes) {
    if (conv->nonzero == 0 || function_for(isa) == 0) return 0;
    enum { SAMPLE_WORDS = 256, SAMPLE_PIXELS = 16 };
    int64_t chain = 0;
    for (int32_t r = 0; r < conv->runs; r++) chain += conv->run_length[r];
    int64_t samples = SAMPLE_WORDS * CK_CONV_WORD / chain;
    if (samples > SAMPLE_PIXELS) samples = SAMPLE_PIXELS;
    if (samples < 4) samples = 4;
    if (samples > count) samples = count;
    int64_t found = 0;
    for (int64_t s = 0; s < samples; s++) {
        const float *pixel = pixels[(2 * s + 1) * count / (2 * samples)];
        for (int32_t r = 0; r < conv->runs; r++) {
            for (int32_t at = 0; at < conv->run_length[r]; at += CK_CONV_WORD) {
                const int32_t rest = conv->run_length[r] - at;
                const int32_t length = rest < CK_CONV_WORD ? rest : CK_CONV_WORD;
                found += __builtin_popcountll(ck_conv_nonzero_word(conv, pixel, conv->run_offset[r] + at, length));
            }
        }
    }
    return (double)found < break_even(lanes) * (double)(samples * chain);
}

void ck_conv_sparse_run(ck_isa isa, const ck_conv *conv, ck_conv_tile *tile, int32_t count, int32_t lanes) {
    const ck_conv_sparse_function compute = function_for(isa);
    for (int32_t r = 0; r < conv->runs; r++) {
        for (int32_t at = 0; at < conv->run_length[r]; at += CK_CONV_WORD) {
            const int32_t rest = conv->run_length[r] - at;
            const int32_t length = rest < CK_CONV_WORD ? rest : CK_CONV_WORD;
            tile->first = r == 0 && at == 0;
            tile->last = r == conv->runs - 1 && rest <= CK_CONV_WORD;
            compute(conv, tile, count, lanes, conv->run_offset[r] + at, length);
            tile->weights += (int64_t)length * lanes;
        }
    }
}
