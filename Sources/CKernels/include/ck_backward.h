// The backward pass on the CPU: kernels for what is no convolution. See ck_backward_calls.h for their structures, and for
// what each computes. Every call runs one of a number of independent tasks, on any thread, with the same bits for every
// instruction set.
#ifndef CK_BACKWARD_H
#define CK_BACKWARD_H

#include <stddef.h>

#include "ck_backward_calls.h"
#include "ck_cpu.h"

/// A task is a band of rows of one picture.
int32_t ck_backward_relu_tasks(const ck_backward_relu *call);
void ck_backward_relu_run(ck_isa isa, const ck_backward_relu *call, int32_t task);

/// A task is some channels of one picture, over the whole map: no two add to one cell.
int32_t ck_backward_pool_tasks(const ck_backward_pool *call);
void ck_backward_max_pool_run(ck_isa isa, const ck_backward_pool *call, int32_t task);
void ck_backward_average_pool_run(ck_isa isa, const ck_backward_pool *call, int32_t task);

/// Floats of scratch memory for ck_backward_local_response_run.
size_t ck_backward_local_response_scratch(int32_t channels, int32_t size);

/// A task is a band of rows of one picture; `scratch` belongs to the calling thread.
int32_t ck_backward_local_response_tasks(const ck_backward_local_response *call);
void ck_backward_local_response_run(ck_isa isa, const ck_backward_local_response *call, int32_t task, float *scratch);

/// A task is some inputs of all pictures: each row of weights is read once for many of them.
int32_t ck_backward_linear_tasks(const ck_backward_linear *call);
void ck_backward_linear_run(ck_isa isa, const ck_backward_linear *call, int32_t task);

#endif
