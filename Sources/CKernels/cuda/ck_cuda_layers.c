#include "ck_cuda_layers.h"

#include <stddef.h>

enum { BLOCK = 256, GRID_YZ_LIMIT = 65535, RESPONSE_BLOCK = 512 };

static const ck_cuda_launch impossible = {NULL, NULL, 0, 0, 0, 0, 0};

static int64_t parts(int64_t count, int64_t size) { return (count + size - 1) / size; }

// One thread an output of a row; a row a block y, an image a block z.
static ck_cuda_launch rows(const char *module, const char *kernel, int64_t across, int32_t height, int32_t batch) {
    if (across > INT32_MAX - BLOCK || height > GRID_YZ_LIMIT || batch > GRID_YZ_LIMIT) return impossible;
    const uint32_t x = (uint32_t)parts(across, BLOCK);
    return (ck_cuda_launch){module, kernel, x, (uint32_t)height, (uint32_t)batch, BLOCK, 0};
}

// How many neighbouring outputs a thread makes: as the kernel's source says.
static const struct {
    int32_t kernel, stride;
    const char *name;
} squares[] = {
    {3, 1, "ck_depthwise_3x3_stride1"},
    {3, 2, "ck_depthwise_3x3_stride2"},
    {5, 1, "ck_depthwise_5x5_stride1"},
    {5, 2, "ck_depthwise_5x5_stride2"},
};
enum { DEPTHWISE_OUTPUTS = 4 };

ck_cuda_launch ck_cuda_depthwise_launch(const ck_depthwise *layer) {
    // The kernels count a weight's place in 32 bits.
    const int64_t cells = (int64_t)layer->kernel_height * layer->kernel_width;
    if (cells * layer->channels > INT32_MAX) return impossible;
    const char *name = "ck_depthwise_any";
    int64_t outputs = 1;
    for (size_t i = 0; i < sizeof squares / sizeof squares[0]; i++) {
        const int32_t kernel = squares[i].kernel;
        if (layer->kernel_height != kernel || layer->kernel_width != kernel || layer->stride_x != squares[i].stride) {
            continue;
        }
        name = squares[i].name;
        outputs = DEPTHWISE_OUTPUTS;
    }
    return rows("depthwise", name, parts(layer->width, outputs) * layer->channels, layer->height, layer->batch);
}

// Whether every pixel begins at a multiple of 16 bytes.
static int is_aligned(const float *first, int64_t image, int64_t row, int64_t pixel) {
    return ((uintptr_t)first & 15) == 0 && ((image | row | pixel) & 3) == 0;
}

ck_cuda_launch ck_cuda_add_launch(const ck_add *sum) {
    const int vector = sum->channels % 4 == 0 &&
                       is_aligned(sum->left, sum->left_image, sum->left_row, sum->left_pixel) &&
                       is_aligned(sum->right, sum->right_image, sum->right_row, sum->right_pixel) &&
                       is_aligned(sum->output, sum->output_image, sum->output_row, sum->output_pixel);
    const int64_t across = (int64_t)sum->width * (vector ? sum->channels / 4 : sum->channels);
    return rows("add", vector ? "ck_add_vector" : "ck_add_scalar", across, sum->height, sum->batch);
}

ck_cuda_launch ck_cuda_max_pool_launch(const ck_pool2d *pool) {
    return rows("max_pool", "ck_max_pool", (int64_t)pool->width * pool->channels, pool->height, pool->batch);
}

ck_cuda_launch ck_cuda_average_pool_launch(const ck_pool2d *pool) {
    return rows("average_pool", "ck_average_pool", (int64_t)pool->width * pool->channels, pool->height, pool->batch);
}

ck_cuda_launch ck_cuda_global_average_launch(const ck_pool2d *pool) {
    if (pool->width != 1 || pool->height != 1) return impossible;
    return rows("global_average", "ck_global_average", pool->channels, 1, pool->batch);
}

ck_cuda_launch ck_cuda_copy_channels_launch(const ck_pool2d *copy) {
    return rows("copy_channels", "ck_copy_channels", (int64_t)copy->width * copy->channels, copy->height, copy->batch);
}

ck_cuda_launch ck_cuda_normalize_launch(const ck_cuda_normalize *layer) {
    return rows("normalize", "ck_normalize", layer->width, layer->height, layer->batch);
}

ck_cuda_launch ck_cuda_local_response_launch(const ck_local_response *layer) {
    // Whole warps; with a shorter block than the channels, half a window may not be longer than the block.
    int64_t block = parts(layer->channels, 32) * 32;
    if (block > RESPONSE_BLOCK) {
        block = RESPONSE_BLOCK;
        if (layer->size / 2 > RESPONSE_BLOCK) return impossible;
    }
    if (layer->height > GRID_YZ_LIMIT || layer->batch > GRID_YZ_LIMIT) return impossible;
    return (ck_cuda_launch){"local_response",        "ck_local_response_channels",
                            (uint32_t)layer->width,  (uint32_t)layer->height,
                            (uint32_t)layer->batch,  (uint32_t)block,
                            0};
}
