// What the convolution kernels share: one tile is some pixels times one panel of output channels.
#ifndef CK_CONV_TILE_H
#define CK_CONV_TILE_H

#include "ck_conv.h"

typedef struct {
    const float *const *pixels;  // the first tap of each pixel
    float *const *outputs;       // channel 0 of this panel of each pixel
    int32_t run_begin, run_end;  // the part of the chain to add
    const float *weights;        // this panel's weights for run_begin, [chain][lanes]
    const float *bias;           // this panel's
    int32_t channels;            // real channels in this panel, 1...64
    float *chains;               // stored chains, [pixel][CK_CONV_PANEL]
    int64_t ahead;               // floats from a tap to one that the next tile begins with; 0 asks for nothing
    int32_t first, last;         // whether the chains start here, and whether they end here
} ck_conv_tile;

/// Computes a tile of `count` pixels; `lanes` (16, 32, 48 or 64) is the panel's packed width.
typedef void (*ck_conv_tile_function)(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes);

void ck_conv_tile_portable(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes);
#if defined(__x86_64__)
void ck_conv_tile_avx2(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes);
void ck_conv_tile_avx512(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes);
#elif defined(__aarch64__)
void ck_conv_tile_neon(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes);
#endif

/// The kernel of an instruction set.
ck_conv_tile_function ck_conv_tile_for(ck_isa isa);

/// The packed width of a panel: 64, or less in a layer's last one.
int32_t ck_conv_panel_lanes(int32_t channels, int32_t panel);

/// First taps, and channel 0 of the outputs, of `count` output pixels of the batch from number `begin` on.
void ck_conv_addresses(const ck_conv *conv, int64_t begin, int32_t count, const float **pixels, float **outputs);

/// The most pixels that a kernel takes at once for a panel of so many lanes.
static inline int32_t ck_conv_tile_pixels(int32_t lanes) {
    switch (lanes) {
    case 64: return 6;
    case 48: return 8;
    default: return 12;
    }
}

#endif
