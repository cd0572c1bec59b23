// Depthwise convolution in one sweep over all channels: see ck_layer_calls.h for its structure and ck_conv.h for its
// contract. Lanes run across channels, tiles across the pixels of a row, never along the chain.
#ifndef CK_DEPTHWISE_H
#define CK_DEPTHWISE_H

#include "ck_cpu.h"
#include "ck_layer_calls.h"

/// The number of independent tasks, each a band of output rows of one image; each may run on any thread.
int32_t ck_depthwise_tasks(const ck_depthwise *call);

/// Runs one task. The same bits for every instruction set.
void ck_depthwise_run(ck_isa isa, const ck_depthwise *call, int32_t task);

#endif
