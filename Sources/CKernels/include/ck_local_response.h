// Local response normalisation across channels, on channel-last activations.
#ifndef CK_LOCAL_RESPONSE_H
#define CK_LOCAL_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"
#include "ck_layer_calls.h"

/// Floats of scratch memory for ck_local_response_run.
size_t ck_local_response_scratch(int32_t channels, int32_t size);

/// output = x / (t^0.5 * t^0.25), t = fma(alpha_over_size, s, k): t^0.75 from correctly rounded square roots, so that no
/// library's power function decides a bit. s is one chain of fused multiply-adds of the squares, ascending by channel,
/// from +0; channels beyond the ends add nothing. One image of the batch.
void ck_local_response_run(ck_isa isa, const ck_local_response *layer, int32_t image, float *scratch);

#endif
