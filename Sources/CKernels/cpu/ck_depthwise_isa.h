// What the depthwise kernels share.
#ifndef CK_DEPTHWISE_ISA_H
#define CK_DEPTHWISE_ISA_H

#include "ck_bands.h"
#include "ck_depthwise.h"

/// Computes the output rows of a band.
typedef void (*ck_depthwise_rows)(const ck_depthwise *call, ck_band band);

void ck_depthwise_portable(const ck_depthwise *call, ck_band band);
#if defined(__x86_64__)
void ck_depthwise_avx2(const ck_depthwise *call, ck_band band);
void ck_depthwise_avx512(const ck_depthwise *call, ck_band band);
#elif defined(__aarch64__)
void ck_depthwise_neon(const ck_depthwise *call, ck_band band);
#endif

#endif
