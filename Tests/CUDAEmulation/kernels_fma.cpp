// Chosen at run time, as the CPU's kernels are: with the processor's own instruction the tests take seconds.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#endif
#define TABLE kernels_with_fma
#include "kernels.inc"
#if defined(__x86_64__)
#pragma clang attribute pop
#endif
