// A convolution as an implicit matrix product: the pixels of all images by the output channels, in tiles.
//
// Each thread owns PIXELS_EACH x CHANNELS_EACH outputs and runs their whole chains in order: STEPS products at a time
// are staged in shared memory, in two buffers, so that the next ones are loaded while these are computed. Nothing is
// split along the chain. The first stage is filled up with 0 x 0 before the chain, which leaves sums at the +0 they begin
// with.
//
// Of the instructions between two barriers as many as can be are the products': where a step of the chain lies in the
// input is looked up in a table, which the block makes for some hundred steps at a time, and both buffers are written
// out, so that an address in shared memory is a constant beside a thread's own place.
#ifndef CK_CONVOLUTION_TILE_CUH
#define CK_CONVOLUTION_TILE_CUH

#include "convolution_finish.cuh"

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

    // Which outputs are a thread's: a warp covers 4 x 8 threads, so that its reads of shared memory are broadcasts and
    // fall into different banks; quads of outputs lie a fraction of the tile apart for the same reason.
    static constexpr int PIXEL_QUADS = PIXELS_EACH / 4, CHANNEL_QUADS = CHANNELS_EACH / 4;
    static constexpr int PIXEL_GAP = PIXELS / PIXEL_QUADS, CHANNEL_GAP = CHANNELS / CHANNEL_QUADS;
    static __device__ __forceinline__ int row(int thread) { return thread / 32 / (COLUMNS / 8) * 4 + thread % 32 / 8; }
    static __device__ __forceinline__ int column(int thread) { return thread / 32 % (COLUMNS / 8) * 8 + thread % 8; }

    // The first of a block's channels and pixels: the channels first, so that blocks that run together read the same pixels.
    static __device__ __forceinline__ int channel_tiles(const ck_cuda_conv &conv) {
        return (conv.channels + CHANNELS - 1) / CHANNELS;
    }
    static __device__ __forceinline__ int first_channel(int block, const ck_cuda_conv &conv) {
        return block % channel_tiles(conv) * CHANNELS;
    }
    static __device__ __forceinline__ int first_pixel(int block, const ck_cuda_conv &conv) {
        return block / channel_tiles(conv) * PIXELS;
    }

    // Entries of the table of places: a step each, or four where four are loaded at once.
    static constexpr int PLACES = 256;
    static_assert(PLACES % STEPS == 0 && PLACES % THREADS == 0, "a table is for whole stages, and made by all threads");
    static_assert(PIXELS <= THREADS, "a thread makes the place of at most one pixel");

    struct alignas(16) Shared {
        float inputs[2][STEPS][PIXELS + 4];  // 4 more: the transposing stores of a warp fall into different banks
        float weights[2][STEPS][CHANNELS];
        int places[PLACES];
        const float *pixels[PIXELS];  // the first tap of each
    };
};

/// Floats from a pixel's first tap to that of a step of the chain, -1 before the chain; an image is shorter than 2^31 floats.
__device__ __forceinline__ int conv_place(int step, const ck_cuda_conv &conv) {
    const int tap = step / conv.channels_in, channel = step - tap * conv.channels_in;
    const int row = tap / conv.kernel_columns, column = tap - row * conv.kernel_columns;
    // Unsigned: the end of the table may have steps far beyond the chain, which nothing reads.
    const unsigned place = (unsigned)row * (unsigned)conv.input_row + (unsigned)column * (unsigned)conv.input_pixel + channel;
    return step < 0 ? -1 : (int)place;
}

__device__ __forceinline__ float conv_load_one(const float *at, bool is_there) { return is_there ? __ldg(at) : 0.0f; }

/// Four neighbouring floats that are aligned.
__device__ __forceinline__ float4 conv_load_four(const float *at, bool is_there) {
    return is_there ? __ldg(reinterpret_cast<const float4 *>(at)) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
}

/// Block x: tile of pixels and tile of channels; block y: group.
template <typename Tile, bool VECTOR>
__device__ __forceinline__ void conv_block(const ck_cuda_conv &conv, typename Tile::Shared &shared) {
    constexpr int STEPS = Tile::STEPS, QUADS_A_PIXEL = STEPS / 4, QUADS_A_STEP = Tile::CHANNELS / 4;
    const int thread = threadIdx.x;
    const int first_channel = Tile::first_channel(blockIdx.x, conv), first_pixel = Tile::first_pixel(blockIdx.x, conv);
    const int group = blockIdx.y;
    const int chain = conv.kernel_rows * conv.kernel_columns * conv.channels_in;
    // The steps before the chain: so the first stage alone is filled up, and every other loads without a question.
    const int before = (STEPS - chain % STEPS) % STEPS;
    const int padded = (conv.channels + 15) / 16 * 16;
    const int area = conv.height * conv.width, pixels = conv.batch * area;

    // Pixels beyond the last one repeat it; their outputs are not written.
    if (thread < Tile::PIXELS) {
        const int pixel = first_pixel + thread < pixels ? first_pixel + thread : pixels - 1, place = pixel % area;
        shared.pixels[thread] = conv.input + pixel / area * conv.input_image +
                                place / conv.width * conv.stride_y * conv.input_row +
                                place % conv.width * conv.stride_x * conv.input_pixel + (int64_t)group * conv.input_group;
    }

    // What this thread stages of the input: the same four steps of INPUT_QUADS pixels.
    constexpr int INPUT_STRIDE = Tile::THREADS / QUADS_A_PIXEL;
    const int input_pixel = thread / QUADS_A_PIXEL, input_step = thread % QUADS_A_PIXEL * 4;

    // And of the weights: the same four channels of WEIGHT_QUADS steps. Beyond the layer's channels it repeats some.
    const int weight_channel = thread % QUADS_A_STEP * 4, weight_step = thread / QUADS_A_STEP;
    constexpr int WEIGHT_STRIDE = Tile::THREADS / QUADS_A_STEP;
    const int channel = first_channel + weight_channel < padded ? first_channel + weight_channel : 0;
    const int panel = channel / 64, lanes = padded - panel * 64 < 64 ? padded - panel * 64 : 64;
    // Counted in 32 bits from the first of all weights, which takes half of a pointer's registers.
    int weights = (group * padded + panel * 64) * chain + (weight_step - before) * lanes + channel % 64;

    float4 next_inputs[Tile::INPUT_QUADS], next_weights[Tile::WEIGHT_QUADS];
    // Loads the next stage, whose places are at `place`. All its steps are there but in the first one.
    auto load = [&](const int *place, bool all) {
        int4 places;
        if (VECTOR) {
            places.x = *place;
        } else {
            places = *reinterpret_cast<const int4 *>(place);
        }
#pragma unroll
        for (int i = 0; i < Tile::INPUT_QUADS; i++) {
            const float *pixel = shared.pixels[input_pixel + i * INPUT_STRIDE];
            if (VECTOR) {
                next_inputs[i] = conv_load_four(pixel + places.x, all || places.x >= 0);
            } else {
                next_inputs[i] = make_float4(conv_load_one(pixel + places.x, all || places.x >= 0),
                                             conv_load_one(pixel + places.y, all || places.y >= 0),
                                             conv_load_one(pixel + places.z, all || places.z >= 0),
                                             conv_load_one(pixel + places.w, all || places.w >= 0));
            }
        }
#pragma unroll
        for (int i = 0; i < Tile::WEIGHT_QUADS; i++) {
            next_weights[i] = conv_load_four(conv.weights + (weights + i * WEIGHT_STRIDE * lanes),
                                             all || weight_step + i * WEIGHT_STRIDE >= before);
        }
        weights += STEPS * lanes;
    };
    auto stage = [&](int buffer) {
#pragma unroll
        for (int i = 0; i < Tile::INPUT_QUADS; i++) {
            shared.inputs[buffer][input_step][input_pixel + i * INPUT_STRIDE] = next_inputs[i].x;
            shared.inputs[buffer][input_step + 1][input_pixel + i * INPUT_STRIDE] = next_inputs[i].y;
            shared.inputs[buffer][input_step + 2][input_pixel + i * INPUT_STRIDE] = next_inputs[i].z;
            shared.inputs[buffer][input_step + 3][input_pixel + i * INPUT_STRIDE] = next_inputs[i].w;
        }
#pragma unroll
        for (int i = 0; i < Tile::WEIGHT_QUADS; i++) {
            *reinterpret_cast<float4 *>(&shared.weights[buffer][weight_step + i * WEIGHT_STRIDE][weight_channel]) =
                next_weights[i];
        }
    };

    const int row = Tile::row(thread), column = Tile::column(thread);
    float sums[Tile::PIXELS_EACH][Tile::CHANNELS_EACH];
#pragma unroll
    for (int p = 0; p < Tile::PIXELS_EACH; p++) {
#pragma unroll
        for (int c = 0; c < Tile::CHANNELS_EACH; c++) sums[p][c] = 0.0f;
    }

    auto multiply = [&](int buffer) {
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
            // So no assembler reads ahead further than it has registers: reads of shared memory stay on their side of it.
            if (Tile::PIXELS_EACH * Tile::CHANNELS_EACH >= 64 && s == STEPS / 2) __syncwarp();
            alignas(16) float taps[Tile::PIXELS_EACH], factors[Tile::CHANNELS_EACH];
#pragma unroll
            for (int q = 0; q < Tile::PIXEL_QUADS; q++) {
                *reinterpret_cast<float4 *>(&taps[4 * q]) =
                    *reinterpret_cast<const float4 *>(&shared.inputs[buffer][s][q * Tile::PIXEL_GAP + 4 * row]);
            }
#pragma unroll
            for (int q = 0; q < Tile::CHANNEL_QUADS; q++) {
                *reinterpret_cast<float4 *>(&factors[4 * q]) =
                    *reinterpret_cast<const float4 *>(&shared.weights[buffer][s][q * Tile::CHANNEL_GAP + 4 * column]);
            }
#pragma unroll
            for (int p = 0; p < Tile::PIXELS_EACH; p++) {
#pragma unroll
                for (int c = 0; c < Tile::CHANNELS_EACH; c++) {
                    sums[p][c] = __fmaf_rn(taps[p], factors[c], sums[p][c]);
                }
            }
        }
    };

    constexpr int STEPS_A_PLACE = VECTOR ? 4 : 1, PLACES_A_STAGE = STEPS / STEPS_A_PLACE;
    constexpr int STAGES_A_TABLE = Tile::PLACES / PLACES_A_STAGE;
    for (int begin = -before; begin < chain; begin += STAGES_A_TABLE * STEPS) {
        // Its last readers were before the last barrier.
#pragma unroll
        for (int i = 0; i < Tile::PLACES; i += Tile::THREADS) {
            shared.places[i + thread] = conv_place(begin + (i + thread) * STEPS_A_PLACE, conv);
        }
        __syncthreads();
        const int *place = &shared.places[input_step / STEPS_A_PLACE];
        if (begin <= 0) {
            load(place, false);
        } else {
            load(place, true);
        }
        stage(0);
        __syncthreads();
        int left = (chain - begin) / STEPS;  // stages after this one
        if (left > STAGES_A_TABLE) left = STAGES_A_TABLE;
        left -= 1;
        // A buffer was read before the last barrier when it is written, and is read after the next one.
        for (;; place += 2 * PLACES_A_STAGE, left -= 2) {
            if (left > 0) load(place + PLACES_A_STAGE, true);
            multiply(0);
            if (left == 0) break;
            stage(1);
            __syncthreads();
            if (left > 1) load(place + 2 * PLACES_A_STAGE, true);
            multiply(1);
            if (left == 1) break;
            stage(0);
            __syncthreads();
        }
    }

    conv_finish<Tile>(conv, sums);
}

#endif
