// A separable blur of integers that are held in doubles: every sum is exact, so that its bits do not depend on the order of the
// additions, on vectors or on fused operations.
#ifndef CK_BLUR_H
#define CK_BLUR_H

#include "ck_cpu.h"

#include <stdint.h>

/// One direction: taps for the offsets 0, 1, ... count - 1 to both sides.
typedef struct {
    const double *taps;
    int32_t count;
} ck_blur_axis;

/// Doubles of scratch memory for ck_blur_run.
int64_t ck_blur_scratch(int32_t width, int32_t height, int32_t across);

/// Blurs `in` [height][width] along the rows, multiplies by 2^-13 and rounds to the nearest integer (halves to even), then blurs
/// along the columns into `out`. Beyond an edge the map is reflected: (c b a | a b c). No sum of products along a row may reach
/// 2^64, and none at all 2^53.
void ck_blur_run(ck_isa isa, const double *in, int32_t width, int32_t height, ck_blur_axis across, ck_blur_axis down,
                 double *out, double *scratch);

#endif
