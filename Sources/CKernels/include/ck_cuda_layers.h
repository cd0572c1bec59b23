// What the CUDA kernels of the bottom-up pass take: one structure a kernel, passed by value, read by the kernels' own
// sources and by the host. Activations are channel-last inside a halo of zeros, as on the CPU; strides are in floats.
// The pointers are device addresses; the whole batch is one launch. Most layers take the CPU's structures
// (ck_layer_calls.h).
#ifndef CK_CUDA_LAYERS_H
#define CK_CUDA_LAYERS_H

#include "ck_fixed_width.h"
#include "ck_layer_calls.h"

/// Convolution or fully connected layer (ck_conv.h has the contract of its chain).
typedef struct {
    const float *input;  // first tap of output pixel (0,0) of image 0 of group 0
    int64_t input_image, input_row, input_pixel;
    int32_t input_group;  // floats from a group's first channel to the next group's
    int32_t stride_y, stride_x;

    float *output;  // channel 0 of pixel (0,0) of image 0
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width;
    int32_t channels;  // of one group
    int32_t groups;

    // The chain: kernel_rows runs of kernel_columns runs of channels_in floats, input_row and input_pixel apart.
    int32_t kernel_rows, kernel_columns, channels_in;

    const float *weights;  // groups of ck_conv_pack's panels, one after the other; 16-byte aligned
    const float *bias;     // ck_conv_padded_channels(channels) for each group, no -0
    float ceiling;         // of the ReLU: 0 for no ReLU, infinity for a plain one
} ck_cuda_conv;

/// The input's normalisation, see ck_normalize.
typedef struct {
    const uint8_t *rgb;  // [batch][height][width][3]
    const float *table;  // [3][256], by source channel
    int32_t order[3];
    float *output;  // channel 0 of pixel (0,0) of image 0
    int64_t output_image, output_row, output_pixel;
    int32_t batch, height, width;
} ck_cuda_normalize;

#ifndef __CUDACC_RTC__

/// How a kernel is launched; `kernel` is NULL where the shape is beyond a grid's limits.
typedef struct {
    const char *module;  // which of the embedded modules has it, see ck_cuda_ptx.h
    const char *kernel;
    uint32_t grid_x, grid_y, grid_z;
    uint32_t block;   // threads
    uint32_t shared;  // bytes of dynamic shared memory, below 48 KiB
} ck_cuda_launch;

/// The convolution's tiles, output pixels x output channels a block. Every one gives the same bits.
typedef enum {
    CK_CUDA_TILE_128X128,
    CK_CUDA_TILE_128X64,
    CK_CUDA_TILE_64X64,
    CK_CUDA_TILE_32X32,
    CK_CUDA_TILES
} ck_cuda_tile;

/// Joins runs of the chain that follow each other in memory, which makes most input loads vectors. Same bits.
void ck_cuda_conv_join_runs(ck_cuda_conv *conv);

/// The tile that should take the least time on a device with so many multiprocessors.
ck_cuda_tile ck_cuda_conv_tile(const ck_cuda_conv *conv, int32_t multiprocessors);

ck_cuda_launch ck_cuda_conv_launch(const ck_cuda_conv *conv, ck_cuda_tile tile);
ck_cuda_launch ck_cuda_depthwise_launch(const ck_depthwise *layer);
ck_cuda_launch ck_cuda_add_launch(const ck_add *sum);
ck_cuda_launch ck_cuda_max_pool_launch(const ck_pool2d *pool);
ck_cuda_launch ck_cuda_average_pool_launch(const ck_pool2d *pool);
ck_cuda_launch ck_cuda_global_average_launch(const ck_pool2d *pool);
ck_cuda_launch ck_cuda_copy_channels_launch(const ck_pool2d *copy);
ck_cuda_launch ck_cuda_local_response_launch(const ck_local_response *layer);
ck_cuda_launch ck_cuda_normalize_launch(const ck_cuda_normalize *layer);

#endif
#endif
