#include <math.h>

#include "ck_depthwise_isa.h"
#include "ck_relu.h"

void ck_depthwise_portable(const ck_depthwise *call, ck_band band) {
    const int32_t channels = call->channels;
    for (int32_t y = band.begin; y < band.end; y++) {
        for (int32_t x = 0; x < call->width; x++) {
            const float *taps = call->input + band.image * call->input_image + y * call->stride_y * call->input_row +
                                x * call->stride_x * call->input_pixel;
            float *out = call->output + band.image * call->output_image + y * call->output_row + x * call->output_pixel;
            for (int32_t c = 0; c < channels; c++) {
                const float *weights = call->weights + c;
                float sum = 0.0f;
                for (int32_t ky = 0; ky < call->kernel_height; ky++) {
                    const float *row = taps + ky * call->input_row + c;
                    for (int32_t kx = 0; kx < call->kernel_width; kx++, weights += channels) {
                        sum = fmaf(row[kx * call->input_pixel], *weights, sum);
                    }
                }
                out[c] = ck_relu(sum + call->bias[c], call->ceiling);
            }
        }
    }
}
