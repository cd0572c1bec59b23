#include <stddef.h>

#include "ck_cuda_layers.h"

typedef struct {
    int32_t pixels, channels, threads;
    // The share of the device's rate that the tile should reach, relative to the largest: an estimate from how many
    // products it makes for each float that it reads from shared memory, not a measurement. It changes no bit.
    double efficiency;
    const char *vector, *scalar;
} tile_shape;

static const tile_shape tiles[CK_CUDA_TILES] = {
    [CK_CUDA_TILE_128X128] = {128, 128, 256, 1.0, "ck_conv_128x128_vector", "ck_conv_128x128_scalar"},
    [CK_CUDA_TILE_128X64] = {128, 64, 128, 0.95, "ck_conv_128x64_vector", "ck_conv_128x64_scalar"},
    [CK_CUDA_TILE_64X64] = {64, 64, 256, 0.7, "ck_conv_64x64_vector", "ck_conv_64x64_scalar"},
    [CK_CUDA_TILE_32X32] = {32, 32, 64, 0.5, "ck_conv_32x32_vector", "ck_conv_32x32_scalar"},
};

void ck_cuda_conv_join_runs(ck_cuda_conv *conv) {
    if (conv->input_pixel == conv->channels_in) {
        conv->channels_in *= conv->kernel_columns;
        conv->kernel_columns = 1;
    }
    if (conv->kernel_columns == 1 && conv->input_row == conv->channels_in) {
        conv->channels_in *= conv->kernel_rows;
        conv->kernel_rows = 1;
    }
}

static int64_t blocks_a_group(const ck_cuda_conv *conv, const tile_shape *tile) {
    const int64_t pixels = (int64_t)conv->batch * conv->height * conv->width;
    return (pixels + tile->pixels - 1) / tile->pixels * ((conv->channels + tile->channels - 1) / tile->channels);
}

ck_cuda_tile ck_cuda_conv_tile(const ck_cuda_conv *conv, int32_t multiprocessors) {
    ck_cuda_tile best = CK_CUDA_TILE_128X128;
    double least = 0;
    for (int candidate = 0; candidate < CK_CUDA_TILES; candidate++) {
        const tile_shape *tile = &tiles[candidate];
        const int64_t blocks = blocks_a_group(conv, tile) * conv->groups;
        const int64_t rounds = (blocks + multiprocessors - 1) / multiprocessors;
        const double cost = (double)rounds * tile->pixels * tile->channels / tile->efficiency;
        if (candidate == 0 || cost < least) {
            least = cost;
            best = (ck_cuda_tile)candidate;
        }
    }
    return best;
}

// Whether every four steps of the chain that begin at a multiple of four are 16 aligned bytes.
static int loads_vectors(const ck_cuda_conv *conv) {
    const int64_t all = (int64_t)((uintptr_t)conv->input >> 2) | conv->input_image | conv->input_row |
                        conv->input_pixel | conv->input_group | conv->channels_in;
    return ((uintptr_t)conv->input & 3) == 0 && (all & 3) == 0;
}

ck_cuda_launch ck_cuda_conv_launch(const ck_cuda_conv *conv, ck_cuda_tile which) {
    const tile_shape *tile = &tiles[which];
    const int64_t pixels = (int64_t)conv->batch * conv->height * conv->width;
    const int64_t chain = (int64_t)conv->kernel_rows * conv->kernel_columns * conv->channels_in;
    const int64_t blocks = blocks_a_group(conv, tile);
    // The kernels count pixels, steps, blocks, weights and a chain's reach in memory in 32 bits, and look past by up to a
    // tile.
    const int64_t reach = (conv->kernel_rows + 1) * conv->input_row;
    const int64_t weights_a_step = (int64_t)(conv->channels + 15) / 16 * 16 * conv->groups;
    if (reach > INT32_MAX || weights_a_step > INT32_MAX / (chain + 128) || pixels > INT32_MAX - 128 || chain > INT32_MAX - 128 || blocks > INT32_MAX ||
        conv->groups > 65535) {
        return (ck_cuda_launch){NULL, NULL, 0, 0, 0, 0, 0};
    }
    return (ck_cuda_launch){"convolution",
                            loads_vectors(conv) ? tile->vector : tile->scalar,
                            (uint32_t)blocks,
                            (uint32_t)conv->groups,
                            1,
                            (uint32_t)tile->threads,
                            0};
}
