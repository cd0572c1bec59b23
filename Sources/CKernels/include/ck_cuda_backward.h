// The CUDA kernels of the backward pass: how each is launched. They take the CPU's structures (ck_backward_calls.h), by value,
// with device addresses; convolutions, sums and copies are the bottom-up pass's (ck_cuda_layers.h).
#ifndef CK_CUDA_BACKWARD_H
#define CK_CUDA_BACKWARD_H

#include "ck_backward_calls.h"
#include "ck_cuda_layers.h"

/// Pictures for which a thread of the fully connected layers' kernel reads a weight once.
#define CK_BACKWARD_PICTURES 8

/// The one-hot of each picture's class, in memory that is zero.
typedef struct {
    float *gradient;
    int64_t gradient_image;
    const int32_t *classes;
    int32_t batch;
} ck_backward_start;

#ifndef __CUDACC_RTC__

ck_cuda_launch ck_cuda_backward_start_launch(const ck_backward_start *call);
ck_cuda_launch ck_cuda_backward_relu_launch(const ck_backward_relu *call);
ck_cuda_launch ck_cuda_backward_max_pool_launch(const ck_backward_pool *call);
ck_cuda_launch ck_cuda_backward_average_pool_launch(const ck_backward_pool *call);
ck_cuda_launch ck_cuda_backward_local_response_launch(const ck_backward_local_response *call);
ck_cuda_launch ck_cuda_backward_linear_launch(const ck_backward_linear *call);

#endif
#endif
