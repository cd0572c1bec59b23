#include "ck_conv_fast.h"

#include "ck_conv_bf16.h"
#include "ck_conv_winograd.h"

// Which method for which layer: the one place that decides. Speeds are relative to the exact kernel on the same core
// (AMD Zen 4 with AVX-512 BF16, one thread), errors are one layer's, relative to its outputs' root mean square.
//
// - Winograd F(4x4, 3x3) makes a quarter of the products with nearly exact's error (1e-6 to 4e-6): 2.5 to 3.3 times as
//   fast on maps that tiles of 4x4 cover well, 1.8 on 13x13, 1.2 on 5x5, 0.8 on 2x2. Few input channels do not pay for
//   the transforms: 1.2 times at 8 channels, 0.6 at 3.
// - bfloat16 makes two products in the time of one: 1.8 to 2.2 times as fast with an error of 2e-3, on any shape that
//   has enough arithmetic for each input it gathers and each output it stores: a chain of 8 gives 0.9, one of 16 gives
//   1.1, one panel of 16 channels gives 1.0. It also halves the weights, which is what a fully connected layer reads.
//
// So Winograd comes first where it is about as fast, which spares the accuracy. Tried on VGG-16's convolutions and left
// out: Winograd F(2x2, 3x3) in float32 is 1.7 times as fast as exact where F(4x4) is 2.6, with a third of its error;
// F(2x2) in bfloat16 is 2.8 times as fast, which is not worth a thousand times the error (3e-3).
enum {
    WINOGRAD_CHANNELS = 16,
    WINOGRAD_CHANNELS_WITHOUT_BF16 = 8,
    BF16_CHAIN = 32,
    BF16_CHANNELS = 17
};

/// Exact's products over Winograd's: 4 when every tile is full.
static double winograd_gain(int32_t height, int32_t width) {
    const double down = (height + CK_WINOGRAD_OUT - 1) / CK_WINOGRAD_OUT;
    const double across = (width + CK_WINOGRAD_OUT - 1) / CK_WINOGRAD_OUT;
    return (double)height * width * 9 / (down * across * CK_WINOGRAD_AREA);
}

ck_fast_method ck_conv_fast_choose(ck_isa isa, int32_t bf16, int32_t kernel_h, int32_t kernel_w, int32_t stride,
                                   int32_t channels_in, int32_t channels_out, int32_t height, int32_t width) {
    const int has_bf16 = bf16 && isa == CK_ISA_AVX512;
    if (kernel_h == 3 && kernel_w == 3 && stride == 1) {
        const int32_t channels = has_bf16 ? WINOGRAD_CHANNELS : WINOGRAD_CHANNELS_WITHOUT_BF16;
        const double gain = has_bf16 ? 2.5 : 1.5;  // 13x13 has 2.64, 5x5 has 1.56
        if (channels_in >= channels && winograd_gain(height, width) >= gain) return CK_FAST_WINOGRAD;
    }
    const int64_t chain = (int64_t)kernel_h * kernel_w * channels_in;
    return has_bf16 && chain >= BF16_CHAIN && channels_out >= BF16_CHANNELS ? CK_FAST_BF16 : CK_FAST_EXACT;
}

static int32_t panel_count(int32_t channels) { return (channels + CK_CONV_PANEL - 1) / CK_CONV_PANEL; }

size_t ck_conv_fast_packed_bytes(ck_fast_method method, int32_t channels, int64_t chain) {
    switch (method) {
    case CK_FAST_BF16: return ck_bf16_packed_bytes(channels, chain);
    case CK_FAST_WINOGRAD: return ck_winograd_packed_bytes(channels, chain);
    default: return (size_t)ck_conv_padded_channels(channels) * (size_t)chain * sizeof(float);
    }
}

int32_t ck_conv_fast_pack_tasks(int32_t channels) { return panel_count(channels); }

void ck_conv_fast_pack(ck_fast_method method, const float *weights, int32_t channels, int64_t chain, int32_t task,
                       void *packed) {
    switch (method) {
    case CK_FAST_BF16: ck_bf16_pack(weights, channels, chain, task, packed); break;
    case CK_FAST_WINOGRAD: ck_winograd_pack(weights, channels, chain, task, packed); break;
    default: {
        // A panel is laid out as if it were a layer of its own.
        const int64_t first = (int64_t)task * CK_CONV_PANEL * chain;
        const int32_t rest = channels - task * CK_CONV_PANEL;
        ck_conv_pack(weights + first, rest < CK_CONV_PANEL ? rest : CK_CONV_PANEL, chain, (float *)packed + first);
    }
    }
}

size_t ck_conv_fast_scratch_bytes(ck_fast_method method, int32_t channels_in) {
    switch (method) {
    case CK_FAST_BF16: return ck_bf16_scratch_bytes();
    case CK_FAST_WINOGRAD: return ck_winograd_scratch_bytes(channels_in);
    default: return CK_CONV_SCRATCH * sizeof(float);
    }
}

int32_t ck_conv_fast_tasks(const ck_conv_fast *layer) {
    switch (layer->method) {
    case CK_FAST_BF16: return ck_bf16_tasks(layer);
    case CK_FAST_WINOGRAD: return ck_winograd_tasks(layer);
    default: return ck_conv_tasks(&layer->conv);
    }
}

void ck_conv_fast_run(const ck_conv_fast *layer, int32_t task, void *scratch) {
    switch (layer->method) {
    case CK_FAST_BF16: ck_bf16_run(layer, task, scratch); break;
    case CK_FAST_WINOGRAD: ck_winograd_run(layer, task, scratch); break;
    default: {
        ck_conv conv = layer->conv;
        conv.weights = layer->weights;
        ck_conv_run(layer->isa, &conv, task, scratch);
    }
    }
}
