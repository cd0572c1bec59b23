// A convolution as an implicit matrix product: the pixels of all images by the output channels, in tiles.
//
// Each thread owns PIXELS_EACH x CHANNELS_EACH outputs and runs their whole chains in order: STEPS products at a time
// are staged in shared memory, in two buffers, so that the next ones are loaded while these are computed. Nothing is
// split along the chain. Steps beyond its end are 0 x 0, which leaves a sum as it is (but for a zero's sign, and adding
// the bias, which is never -0, takes that away).
#ifndef CK_CONVOLUTION_TILE_CUH
#define CK_CONVOLUTION_TILE_CUH

#include "rectified.cuh"

template <int PIXELS_, int CHANNELS_, int STEPS_, int PIXELS_EACH_, int CHANNELS_EACH_> struct ConvTile {
    static constexpr int PIXELS = PIXELS_, CHANNELS = CHANNELS_, STEPS = STEPS_;
    static constexpr int PIXELS_EACH = PIXELS_EACH_, CHANNELS_EACH = CHANNELS_EACH_;
    static constexpr int ROWS = PIXELS / PIXELS_EACH, COLUMNS = CHANNELS / CHANNELS_EACH;
    static constexpr int THREADS = ROWS * COLUMNS;
    // Groups of four neighbouring floats that each thread stages: of one pixel along the chain; of one step's channels.
    static constexpr int INPUT_QUADS = PIXELS * STEPS / 4 / THREADS;
    static constexpr int WEIGHT_QUADS = CHANNELS * STEPS / 4 / THREADS;
    static_assert(INPUT_QUADS * THREADS * 4 == PIXELS * STEPS && WEIGHT_QUADS * THREADS * 4 == CHANNELS * STEPS,
                  "every thread stages as much as the others");
    static_assert(ROWS % 4 == 0 && COLUMNS % 8 == 0, "a warp covers 4 x 8 threads");

    struct alignas(16) Shared {
        float inputs[2][STEPS][PIXELS + 4];  // 4 more: the transposing stores of a warp fall into different banks
        float weights[2][STEPS][CHANNELS];
    };
};

/// A place in the chain.
struct ConvStep {
    int index, row, column, channel;
};

__device__ __forceinline__ void conv_advance(ConvStep &step, int by, const ck_cuda_conv &conv) {
    step.index += by;
    step.channel += by;
    while (step.channel >= conv.channels_in) {
        step.channel -= conv.channels_in;
        if (++step.column == conv.kernel_columns) {
            step.column = 0;
            step.row++;
        }
    }
}

/// Floats from a pixel's first tap; an image is shorter than 2^31 floats.
__device__ __forceinline__ int conv_offset(ConvStep step, const ck_cuda_conv &conv) {
    return step.row * (int)conv.input_row + step.column * (int)conv.input_pixel + step.channel;
}

/// Four neighbouring steps of one pixel; VECTOR: they are neighbours in memory too, and aligned.
template <bool VECTOR>
__device__ __forceinline__ float4 conv_load(const float *pixel, ConvStep step, int chain, const ck_cuda_conv &conv) {
    float4 quad = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (VECTOR) {
        if (step.index < chain) {
            quad = __ldg(reinterpret_cast<const float4 *>(pixel + conv_offset(step, conv)));
        }
        return quad;
    }
    float values[4] = {0.0f, 0.0f, 0.0f, 0.0f};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        if (step.index < chain) {
            values[i] = __ldg(pixel + conv_offset(step, conv));
        }
        conv_advance(step, 1, conv);
    }
    return make_float4(values[0], values[1], values[2], values[3]);
}

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

/// Block x: tile of pixels, tile of channels (the channels first: blocks that run together read the same pixels);
/// block y: group.
template <typename Tile, bool VECTOR>
__device__ __forceinline__ void conv_block(const ck_cuda_conv &conv, typename Tile::Shared &shared) {
    constexpr int STEPS = Tile::STEPS, QUADS_A_PIXEL = STEPS / 4, QUADS_A_STEP = Tile::CHANNELS / 4;
    const int thread = threadIdx.x;
    const int channel_tiles = (conv.channels + Tile::CHANNELS - 1) / Tile::CHANNELS;
    const int first_channel = (int)blockIdx.x % channel_tiles * Tile::CHANNELS;
    const int first_pixel = (int)blockIdx.x / channel_tiles * Tile::PIXELS;
    const int group = blockIdx.y;
    const int chain = conv.kernel_rows * conv.kernel_columns * conv.channels_in;
    const int padded = (conv.channels + 15) / 16 * 16;
    const int area = conv.height * conv.width, pixels = conv.batch * area;

    // What this thread stages of the input: the same four steps of INPUT_QUADS pixels. Pixels beyond the last one
    // repeat it; their outputs are not written.
    const float *input[Tile::INPUT_QUADS];
    int input_pixel[Tile::INPUT_QUADS];
#pragma unroll
    for (int i = 0; i < Tile::INPUT_QUADS; i++) {
        input_pixel[i] = thread / QUADS_A_PIXEL + i * (Tile::THREADS / QUADS_A_PIXEL);
        int pixel = first_pixel + input_pixel[i];
        if (pixel >= pixels) pixel = pixels - 1;
        const int place = pixel % area;
        input[i] = conv.input + pixel / area * conv.input_image +
                   place / conv.width * conv.stride_y * conv.input_row +
                   place % conv.width * conv.stride_x * conv.input_pixel + (int64_t)group * conv.input_group;
    }
    const int input_step = thread % QUADS_A_PIXEL * 4;
    ConvStep step = {0, 0, 0, 0};
    conv_advance(step, input_step, conv);

    // And of the weights: the same four channels of WEIGHT_QUADS steps.
    const int weight_channel = thread % QUADS_A_STEP * 4, weight_step = thread / QUADS_A_STEP;
    constexpr int WEIGHT_STRIDE = Tile::THREADS / QUADS_A_STEP;
    const int channel = first_channel + weight_channel, panel = channel / 64;
    const int lanes = padded - panel * 64 < 64 ? padded - panel * 64 : 64;
    const bool has_weights = channel < padded;
    const float *weights =
        conv.weights + ((int64_t)group * padded + panel * 64) * chain + (int64_t)weight_step * lanes + channel % 64;

    float4 next_inputs[Tile::INPUT_QUADS], next_weights[Tile::WEIGHT_QUADS];
    int next = 0;  // first step of the stage that is loaded next
    auto load = [&]() {
#pragma unroll
        for (int i = 0; i < Tile::INPUT_QUADS; i++) next_inputs[i] = conv_load<VECTOR>(input[i], step, chain, conv);
        conv_advance(step, STEPS, conv);
#pragma unroll
        for (int i = 0; i < Tile::WEIGHT_QUADS; i++) {
            next_weights[i] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            if (has_weights && next + weight_step + i * WEIGHT_STRIDE < chain) {
                next_weights[i] = __ldg(reinterpret_cast<const float4 *>(weights + (int64_t)i * WEIGHT_STRIDE * lanes));
            }
        }
        weights += (int64_t)STEPS * lanes;
        next += STEPS;
    };
    auto stage = [&](int buffer) {
#pragma unroll
        for (int i = 0; i < Tile::INPUT_QUADS; i++) {
            shared.inputs[buffer][input_step][input_pixel[i]] = next_inputs[i].x;
            shared.inputs[buffer][input_step + 1][input_pixel[i]] = next_inputs[i].y;
            shared.inputs[buffer][input_step + 2][input_pixel[i]] = next_inputs[i].z;
            shared.inputs[buffer][input_step + 3][input_pixel[i]] = next_inputs[i].w;
        }
#pragma unroll
        for (int i = 0; i < Tile::WEIGHT_QUADS; i++) {
            *reinterpret_cast<float4 *>(&shared.weights[buffer][weight_step + i * WEIGHT_STRIDE][weight_channel]) =
                next_weights[i];
        }
    };

    // Which outputs are this thread's: a warp covers 4 x 8 threads, so that its reads of shared memory are broadcasts
    // and fall into different banks; quads of outputs lie a fraction of the tile apart for the same reason.
    const int lane = thread % 32, warp = thread / 32;
    const int row = warp / (Tile::COLUMNS / 8) * 4 + lane / 8, column = warp % (Tile::COLUMNS / 8) * 8 + lane % 8;
    constexpr int PIXEL_QUADS = Tile::PIXELS_EACH / 4, CHANNEL_QUADS = Tile::CHANNELS_EACH / 4;
    constexpr int PIXEL_GAP = Tile::PIXELS / PIXEL_QUADS, CHANNEL_GAP = Tile::CHANNELS / CHANNEL_QUADS;

    float sums[Tile::PIXELS_EACH][Tile::CHANNELS_EACH];
#pragma unroll
    for (int p = 0; p < Tile::PIXELS_EACH; p++) {
#pragma unroll
        for (int c = 0; c < Tile::CHANNELS_EACH; c++) sums[p][c] = 0.0f;
    }

    load();
    stage(0);
    __syncthreads();
    for (int first = 0, buffer = 0; first < chain; first += STEPS, buffer ^= 1) {
        const bool more = first + STEPS < chain;
        if (more) load();
#pragma unroll 2  // more, and the loads that are moved ahead need more registers than there are
        for (int s = 0; s < STEPS; s++) {
            alignas(16) float taps[Tile::PIXELS_EACH], factors[Tile::CHANNELS_EACH];
#pragma unroll
            for (int q = 0; q < PIXEL_QUADS; q++) {
                *reinterpret_cast<float4 *>(&taps[4 * q]) =
                    *reinterpret_cast<const float4 *>(&shared.inputs[buffer][s][q * PIXEL_GAP + 4 * row]);
            }
#pragma unroll
            for (int q = 0; q < CHANNEL_QUADS; q++) {
                *reinterpret_cast<float4 *>(&factors[4 * q]) =
                    *reinterpret_cast<const float4 *>(&shared.weights[buffer][s][q * CHANNEL_GAP + 4 * column]);
            }
#pragma unroll
            for (int p = 0; p < Tile::PIXELS_EACH; p++) {
#pragma unroll
                for (int c = 0; c < Tile::CHANNELS_EACH; c++) {
                    sums[p][c] = __fmaf_rn(taps[p], factors[c], sums[p][c]);
                }
            }
        }
        // The other buffer was read before the last barrier; this one is written again only after the next.
        if (more) stage(buffer ^ 1);
        __syncthreads();
    }

    // The bias is padded to 16 channels: a quad that begins inside is readable to its end.
    const float *bias = conv.bias + (int64_t)group * padded + first_channel + 4 * column;
    float biases[Tile::CHANNELS_EACH];
#pragma unroll
    for (int c = 0; c < Tile::CHANNELS_EACH; c++) {
        const int quad = c / 4 * CHANNEL_GAP;
        biases[c] = first_channel + quad + 4 * column < conv.channels ? __ldg(bias + quad + c % 4) : 0.0f;
    }
    float *output = conv.output + (int64_t)group * conv.channels;
    const bool vector = ((reinterpret_cast<unsigned long long>(output) >> 2 | conv.output_image | conv.output_row |
                          conv.output_pixel) & 3) == 0;
#pragma unroll
    for (int quad = 0; quad < PIXEL_QUADS; quad++) {
        const int from = first_pixel + quad * PIXEL_GAP + 4 * row, place = from % area;
        int image = from / area, y = place / conv.width, x = place % conv.width;
#pragma unroll
        for (int p = 0; p < 4; p++) {
            if (from + p >= pixels) break;
            float *target = output + image * conv.output_image + y * conv.output_row + x * conv.output_pixel;
#pragma unroll
            for (int q = 0; q < CHANNEL_QUADS; q++) {
                float values[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    const float sum = __fadd_rn(sums[4 * quad + p][4 * q + i], biases[4 * q + i]);
                    values[i] = rectified(sum, conv.ceiling);
                }
                conv_store(target, first_channel + q * CHANNEL_GAP + 4 * column, values, vector, conv);
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
