#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define WIDTH 8
#include "ck_conv_winograd_transform.h"

#pragma clang attribute pop

const ck_winograd_transforms ck_winograd_avx2 = {input, output};
#endif
