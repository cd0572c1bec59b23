// The twin of the AVX-512 kernel in plain C: each lane does what the instruction set's manual says for vdpbf16ps. A
// processor may round the sum of a pair differently: the two agree within a bound, not to the bit.
#include <math.h>
#include <string.h>

#include "ck_conv_bf16.h"
#include "ck_relu.h"

static float widen(uint16_t value) {
    const uint32_t bits = (uint32_t)value << 16;
    float wide;
    memcpy(&wide, &bits, sizeof wide);
    return wide;
}

/// A subnormal result becomes a zero of its sign.
static float flush(float value) { return fabsf(value) < 0x1p-126f ? copysignf(0.0f, value) : value; }

static void gather(const ck_conv *conv, const float *pixel, ck_bf16_place from, int32_t count, uint16_t *out) {
    int32_t at = from.at, done = 0;
    for (int32_t run = from.run; run < conv->runs && done < count; run++, at = 0) {
        const float *taps = pixel + conv->run_offset[run];
        for (; at < conv->run_length[run] && done < count; at++) out[done++] = ck_bf16_round(taps[at]);
    }
    if (done % 2 == 1) out[done] = 0;
}

static void compute(const ck_bf16_tile *tile, int32_t count, int32_t lanes) {
    for (int32_t p = 0; p < count; p++) {
        float *chains = tile->chains + (int64_t)p * CK_CONV_PANEL;
        if (tile->first) memset(chains, 0, (size_t)lanes * sizeof(float));
        const uint16_t *taps = tile->pixels + (int64_t)p * CK_BF16_ROW, *weights = tile->weights;
        for (int32_t k = 0; k < tile->pairs; k++, weights += 2 * lanes) {
            const float even = widen(taps[2 * k]), odd = widen(taps[2 * k + 1]);
            for (int32_t lane = 0; lane < lanes; lane++) {
                float sum = flush(fmaf(odd, widen(weights[2 * lane + 1]), chains[lane]));
                chains[lane] = flush(fmaf(even, widen(weights[2 * lane]), sum));
            }
        }
        if (!tile->last) continue;
        for (int32_t lane = 0; lane < tile->channels; lane++) {
            const float sum = chains[lane] + tile->bias[lane];
            tile->outputs[p][lane] = ck_relu(sum, tile->ceiling);
        }
    }
}

const ck_bf16_kernels ck_bf16_portable = {gather, compute};
