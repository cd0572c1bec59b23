// Convolution and fully connected layers in precision `exact`: one kernel for each tile and way of loading the input.
#include "convolution_tile.cuh"

// 8 x 8 outputs a thread: 16 floats from shared memory for 64 products. The smaller tiles are for layers with too few
// outputs to fill the device with large ones.
using Tile128x128 = ConvTile<128, 128, 8, 8, 8>;
using Tile128x64 = ConvTile<128, 64, 8, 8, 8>;
using Tile64x64 = ConvTile<64, 64, 16, 4, 4>;
using Tile32x32 = ConvTile<32, 32, 16, 4, 4>;

#define CK_CONV_KERNEL(name, Tile, blocks, vector)                                        \
    CK_KERNEL __launch_bounds__(Tile::THREADS, blocks) name(const ck_cuda_conv conv) {    \
        CK_SHARED(shared, Tile::Shared);                                                  \
        conv_block<Tile, vector>(conv, shared);                                           \
    }

CK_CONV_KERNEL(ck_conv_128x128_vector, Tile128x128, 2, true)
CK_CONV_KERNEL(ck_conv_128x128_scalar, Tile128x128, 2, false)
CK_CONV_KERNEL(ck_conv_128x64_vector, Tile128x64, 4, true)
CK_CONV_KERNEL(ck_conv_128x64_scalar, Tile128x64, 4, false)
CK_CONV_KERNEL(ck_conv_64x64_vector, Tile64x64, 3, true)
CK_CONV_KERNEL(ck_conv_64x64_scalar, Tile64x64, 3, false)
CK_CONV_KERNEL(ck_conv_32x32_vector, Tile32x32, 8, true)
CK_CONV_KERNEL(ck_conv_32x32_scalar, Tile32x32, 8, false)
