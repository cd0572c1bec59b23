// What follows a convolution's chains: bias, ReLU, and the outputs in their places.
#ifndef CK_CONVOLUTION_FINISH_CUH
#define CK_CONVOLUTION_FINISH_CUH

#include "rectified.cuh"

/// Writes one pixel's four channels from `channel` on; those beyond the layer's are not written.
__device__ __forceinline__ void conv_store(float *pixel, int channel, const float *values, bool vector,
                                           const ck_cuda_conv &conv) {
    if (vector && channel + 4 <= conv.channels) {
        *reinterpret_cast<float4 *>(pixel + channel) = make_float4(values[0], values[1], values[2], values[3]);
        return;
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (channel + i < conv.channels) pixel[channel + i] = values[i];
    }
}

/// Finishes one thread's chains. Whose outputs they are is worked out again here, so that no register keeps it meanwhile.
template <typename Tile>
__device__ __forceinline__ void conv_finish(const ck_cuda_conv &conv,
                                            const float (&sums)[Tile::PIXELS_EACH][Tile::CHANNELS_EACH]) {
    const int thread = ck_thread_again(), block = ck_block_again(), group = blockIdx.y;
    const int row = Tile::row(thread), column = Tile::column(thread);
    const int first_channel = Tile::first_channel(block, conv), first_pixel = Tile::first_pixel(block, conv);
    const int padded = (conv.channels + 15) / 16 * 16;
    const int area = conv.height * conv.width, pixels = conv.batch * area;

    // The bias is padded to 16 channels: a quad that begins inside is readable to its end.
    const float *bias = conv.bias + (int64_t)group * padded + first_channel + 4 * column;
    float biases[Tile::CHANNELS_EACH];
#pragma unroll
    for (int c = 0; c < Tile::CHANNELS_EACH; c++) {
        const int quad = c / 4 * Tile::CHANNEL_GAP;
        biases[c] = first_channel + quad + 4 * column < conv.channels ? __ldg(bias + quad + c % 4) : 0.0f;
    }
    float *output = conv.output + (int64_t)group * conv.channels;
    const bool vector = ((reinterpret_cast<unsigned long long>(output) >> 2 | conv.output_image | conv.output_row |
                          conv.output_pixel) & 3) == 0;
#pragma unroll
    for (int quad = 0; quad < Tile::PIXEL_QUADS; quad++) {
        const int from = first_pixel + quad * Tile::PIXEL_GAP + 4 * row, place = from % area;
        int image = from / area, y = place / conv.width, x = place % conv.width;
#pragma unroll
        for (int p = 0; p < 4; p++) {
            if (from + p >= pixels) break;
            float *target = output + image * conv.output_image + y * conv.output_row + x * conv.output_pixel;
#pragma unroll
            for (int q = 0; q < Tile::CHANNEL_QUADS; q++) {
                float values[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    const float sum = __fadd_rn(sums[4 * quad + p][4 * q + i], biases[4 * q + i]);
                    values[i] = rectified(sum, conv.ceiling);
                }
                conv_store(target, first_channel + q * Tile::CHANNEL_GAP + 4 * column, values, vector, conv);
            }
            if (++x == conv.width) {
                x = 0;
                if (++y == conv.height) {
                    y = 0;
                    image++;
                }
            }
        }
    }
}

#endif
