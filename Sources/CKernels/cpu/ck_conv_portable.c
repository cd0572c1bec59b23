#include <math.h>

#include "ck_conv_tile.h"
#include "ck_relu.h"

void ck_conv_tile_portable(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes) {
    for (int32_t p = 0; p < count; p++) {
        float *chains = tile->chains + (int64_t)p * CK_CONV_PANEL;
        if (tile->first) {
            for (int32_t lane = 0; lane < lanes; lane++) chains[lane] = 0.0f;
        }
        const float *weights = tile->weights;
        for (int32_t r = tile->run_begin; r < tile->run_end; r++) {
            const float *taps = tile->pixels[p] + conv->run_offset[r];
            for (int32_t i = 0; i < conv->run_length[r]; i++, weights += lanes) {
                for (int32_t lane = 0; lane < lanes; lane++) {
                    chains[lane] = fmaf(taps[i], weights[lane], chains[lane]);
                }
            }
        }
        if (!tile->last) continue;
        for (int32_t lane = 0; lane < tile->channels; lane++) {
            const float sum = chains[lane] + tile->bias[lane];
            tile->outputs[p][lane] = ck_relu(sum, conv->ceiling);
        }
    }
}

void ck_conv_reference(const float *input, int32_t height, int32_t width, int32_t channels_in,
                       const float *weights, const float *bias, int32_t channels_out,
                       int32_t kernel_h, int32_t kernel_w, int32_t stride, int32_t padding, int32_t groups,
                       float ceiling, float *output, int32_t out_h, int32_t out_w) {
    const int32_t group_in = channels_in / groups, group_out = channels_out / groups;
    for (int32_t y = 0; y < out_h; y++) {
        for (int32_t x = 0; x < out_w; x++) {
            for (int32_t o = 0; o < channels_out; o++) {
                const float *w = weights + (int64_t)o * kernel_h * kernel_w * group_in;
                float sum = 0.0f;
                for (int32_t ky = 0; ky < kernel_h; ky++) {
                    for (int32_t kx = 0; kx < kernel_w; kx++) {
                        int32_t iy = y * stride + ky - padding, ix = x * stride + kx - padding;
                        if (iy < 0 || iy >= height || ix < 0 || ix >= width) {
                            w += group_in;  // fma(w, 0, sum) is sum
                            continue;
                        }
                        const float *h = input + ((int64_t)iy * width + ix) * channels_in + o / group_out * group_in;
                        for (int32_t c = 0; c < group_in; c++) sum = fmaf(*w++, h[c], sum);
                    }
                }
                sum += bias[o];
                output[((int64_t)y * out_w + x) * channels_out + o] = ck_relu(sum, ceiling);
            }
        }
    }
}
