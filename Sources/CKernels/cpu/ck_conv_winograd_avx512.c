#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd"))), \
                             apply_to = function)

#define WIDTH 16
#include "ck_conv_winograd_transform.h"

#pragma clang attribute pop

const ck_winograd_transforms ck_winograd_avx512 = {input, output};
#endif
