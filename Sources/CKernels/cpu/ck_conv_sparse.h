// The convolution of inputs that are zero in many places: the products with them are left out.
//
// No bit of an output changes. A chain with the products left out holds the same numbers at each step but for the sign
// of a zero: fma(w, 0, sum) is `sum`, or +0 where `sum` is -0. A later product that is not zero gives the same bits
// from either zero, and the addition of the bias, which is never -0, ends with the same bits too. It takes finite
// weights, which the readers of weights make sure of.
//
// A tile is one pixel times one panel of output channels, over at most 64 steps of the chain, a *word*, whose weights
// (16 KiB) stay in the L1 cache while all pixels of the task go by. A dense tile shares each weight that it loads
// between six pixels; here each product loads its own, which is why this pays only where zeros are many.
#ifndef CK_CONV_SPARSE_H
#define CK_CONV_SPARSE_H

#include "ck_conv_tile.h"

enum { CK_CONV_WORD = 64 };  // steps of the chain at a time: the bits of one machine word

/// Adds the `length` <= CK_CONV_WORD steps that begin `offset` floats after each pixel's first tap to the chains of
/// `count` pixels; tile->weights are those of these steps.
typedef void (*ck_conv_sparse_function)(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes,
                                        int32_t offset, int32_t length);

#if defined(__x86_64__)
void ck_conv_sparse_avx2(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes, int32_t offset,
                         int32_t length);
void ck_conv_sparse_avx512(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes,
                           int32_t offset, int32_t length);
#elif defined(__aarch64__)
void ck_conv_sparse_neon(const ck_conv *conv, const ck_conv_tile *tile, int32_t count, int32_t lanes, int32_t offset,
                         int32_t length);
#endif

/// Whether leaving zeros out is faster for these pixels: known from a sample of their inputs.
int ck_conv_sparse_pays(ck_isa isa, const ck_conv *conv, const float *const *pixels, int32_t count, int32_t lanes);

/// Computes a task; tile->weights are the panel's from the chain's first step on.
void ck_conv_sparse_run(ck_isa isa, const ck_conv *conv, ck_conv_tile *tile, int32_t count, int32_t lanes);

/// Which of the `length` floats that begin `offset` floats after the pixel's first tap are not zero.
static inline uint64_t ck_conv_nonzero_word(const ck_conv *conv, const float *pixel, int32_t offset, int32_t length) {
    uint64_t word;
    __builtin_memcpy(&word, conv->nonzero + (pixel - conv->input + offset) / 8, sizeof word);
    return length < CK_CONV_WORD ? word & (((uint64_t)1 << length) - 1) : word;
}

#endif
