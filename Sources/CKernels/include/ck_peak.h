// What the machine can do at most, measured by loops that do nothing else: the yardstick of the benchmarks.
#ifndef CK_PEAK_H
#define CK_PEAK_H

#include <stdint.h>

#include "ck_cpu.h"

/// Runs `steps` rounds of independent float32 fused multiply-adds held in registers on the calling thread and returns
/// how many floating-point operations they were (two a multiply-add and lane).
int64_t ck_peak_fma(ck_isa isa, int64_t steps);

#endif
