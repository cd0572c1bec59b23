#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt,bmi,bmi2"))), apply_to = function)

#include "td_generic.h"

#pragma clang attribute pop

const td_kernels ck_td_kernels_avx2 = {products_generic, theta_generic, at_least_generic, masks_generic};

#endif
