// The sum of two activations of the same shape, element by element: see ck_layer_calls.h for its structure.
#ifndef CK_ADD_H
#define CK_ADD_H

#include "ck_cpu.h"
#include "ck_layer_calls.h"

/// The number of independent tasks, each a band of output rows of one image; each may run on any thread.
int32_t ck_add_tasks(const ck_add *call);

/// Runs one task. The same bits for every instruction set.
void ck_add_run(ck_isa isa, const ck_add *call, int32_t task);

#endif
