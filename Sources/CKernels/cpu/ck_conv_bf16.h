// What the bfloat16 convolution kernels share: a tile is some gathered pixels times one panel of output channels.
#ifndef CK_CONV_BF16_H
#define CK_CONV_BF16_H

#include "ck_conv_fast.h"

enum {
    CK_BF16_CHUNK = 96,      // output pixels a task at the most
    CK_BF16_BLOCK = 1536,    // chain steps at a time: 192 KiB of a panel's weights, and 18 KiB of six pixels' inputs
    CK_BF16_ROW = 1536 + 64  // from pixel to pixel: room for a vector past the end, and no power of two
};

/// Where a pixel's chain continues: `at` floats into run `run`.
typedef struct {
    int32_t run, at;
} ck_bf16_place;

typedef struct {
    const uint16_t *pixels;   // [pixel][CK_BF16_ROW], bfloat16
    const uint16_t *weights;  // [pair][lanes][2]
    int32_t pairs;
    float *const *outputs;    // channel 0 of this panel of each pixel
    const float *bias;        // this panel's
    int32_t channels;         // real channels in this panel, 1...64
    float ceiling;
    float *chains;            // stored sums, [pixel][CK_CONV_PANEL]
    int32_t first, last;      // whether the chains start here, and whether they end here
} ck_bf16_tile;

typedef struct {
    /// Rounds `count` steps of a pixel's chain, which start at `from`, to bfloat16; zeros fill the last vector.
    /// May write 31 elements past the last step.
    void (*gather)(const ck_conv *conv, const float *pixel, ck_bf16_place from, int32_t count, uint16_t *out);
    /// Computes a tile of `count` pixels; `lanes` (16, 32, 48 or 64) is the panel's packed width.
    void (*compute)(const ck_bf16_tile *tile, int32_t count, int32_t lanes);
} ck_bf16_kernels;

extern const ck_bf16_kernels ck_bf16_portable;
#if defined(__x86_64__)
extern const ck_bf16_kernels ck_bf16_avx512;
#endif

/// To the nearest bfloat16, ties to even; a subnormal becomes a zero of its sign, as the instructions do it.
static inline uint16_t ck_bf16_round(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7f800000u) == 0) return (uint16_t)(bits >> 16 & 0x8000u);
    return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

size_t ck_bf16_packed_bytes(int32_t channels, int64_t chain);
void ck_bf16_pack(const float *weights, int32_t channels, int64_t chain, int32_t panel, uint16_t *packed);
size_t ck_bf16_scratch_bytes(void);
int32_t ck_bf16_tasks(const ck_conv_fast *layer);
void ck_bf16_run(const ck_conv_fast *layer, int32_t task, void *scratch);

#endif
