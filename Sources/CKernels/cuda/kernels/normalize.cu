// 8-bit RGB to float32 through a table.
#include "kernel.cuh"

/// Block x: 256 pixels of one row; block y: row; block z: image.
CK_KERNEL ck_normalize(const ck_cuda_normalize layer) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y, image = blockIdx.z;
    if (x >= layer.width) return;
    const uint8_t *rgb = layer.rgb + (((int64_t)image * layer.height + y) * layer.width + x) * 3;
    float *output = layer.output + image * layer.output_image + y * layer.output_row + x * layer.output_pixel;
#pragma unroll
    for (int c = 0; c < 3; c++) output[c] = layer.table[256 * layer.order[c] + rgb[layer.order[c]]];
}
