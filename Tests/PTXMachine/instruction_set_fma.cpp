// With the processor's own fused multiply-add and its vectors of eight.
#include "instruction_set_includes.h"
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#endif
#define INSTRUCTION_SET set_with_fma
#include "instruction_set.inc"
#if defined(__x86_64__)
#pragma clang attribute pop
#endif
