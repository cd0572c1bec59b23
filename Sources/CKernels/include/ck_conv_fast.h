// Convolution and fully connected layers in precision `fast`.
//
// The layer is described as in ck_conv.h: same activations, same chain, same output, bias and ReLU. What differs is the
// arithmetic, and with it the layout of the packed weights:
//
// - CK_FAST_BF16: both factors are rounded to bfloat16 (nearest, ties to even; subnormals become zero), products are
//   added in float32 in pairs along the chain, the second of a pair first. The bits depend on the processor's rounding.
// - CK_FAST_WINOGRAD: F(4x4, 3x3) in float32, for kernels of 3x3 with stride 1: 36 products for 16 outputs instead of
//   144. The same bits for every instruction set.
// - CK_FAST_EXACT: ck_conv itself, where nothing faster is known.
//
// On one machine an output never depends on the batch, its place in it, the number of threads or the order of tasks.
#ifndef CK_CONV_FAST_H
#define CK_CONV_FAST_H

#include "ck_conv.h"

typedef enum {
    CK_FAST_EXACT = 0,
    CK_FAST_BF16 = 1,
    CK_FAST_WINOGRAD = 2
} ck_fast_method;

typedef struct {
    ck_fast_method method;
    ck_isa isa;
    int32_t bf16;         // whether bfloat16 instructions may be used: ck_cpu_has_bf16(), or 0 for the portable twin
    int32_t channels_in;  // of one group; the chain is kernel area * channels_in
    const void *weights;  // from ck_conv_fast_pack, 64-byte aligned; conv.weights is not read
    ck_conv conv;
} ck_conv_fast;

/// The fastest method for a layer on a machine. Channels are those of one group, height and width the output's.
ck_fast_method ck_conv_fast_choose(ck_isa isa, int32_t bf16, int32_t kernel_h, int32_t kernel_w, int32_t stride,
                                   int32_t channels_in, int32_t channels_out, int32_t height, int32_t width);

/// Bytes of the packed weights of one group.
size_t ck_conv_fast_packed_bytes(ck_fast_method method, int32_t channels, int64_t chain);

/// The number of independent parts that packing can be done in, each on any thread.
int32_t ck_conv_fast_pack_tasks(int32_t channels);

/// Packs one part of weights [channels][chain] (chain in canonical order: kernel row, kernel column, input channel).
/// `packed` begins with the first part for every task and is aligned to 64 bytes.
void ck_conv_fast_pack(ck_fast_method method, const float *weights, int32_t channels, int64_t chain, int32_t task,
                       void *packed);

/// Bytes of scratch memory, 64-byte aligned, that each thread needs for a method and so many input channels.
size_t ck_conv_fast_scratch_bytes(ck_fast_method method, int32_t channels_in);

/// The number of independent tasks; each may run on any thread.
int32_t ck_conv_fast_tasks(const ck_conv_fast *layer);

/// Runs one task. `scratch` belongs to the calling thread.
void ck_conv_fast_run(const ck_conv_fast *layer, int32_t task, void *scratch);

#endif
