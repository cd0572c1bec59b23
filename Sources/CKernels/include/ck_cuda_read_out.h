// The CUDA kernel between the top-down pass and the host: the gating at the read-out as a list of what is not zero,
// since most of it is, and the host's link is the slowest part of the way.
#ifndef CK_CUDA_READ_OUT_H
#define CK_CUDA_READ_OUT_H

#include "ck_cuda_layers.h"
#include "ck_cuda_topdown.h"

/// One value of one image's gating.
typedef struct {
    int64_t value;   // 48 fraction bits, not 0
    int32_t index;   // [height][width][channels]
    int32_t image;   // of the batch
} ck_cuda_read_out_entry;

/// Appends every value that is not 0 to `entries`, in no particular order. The gating stays as it is.
typedef struct {
    ck_cuda_gating gating;
    ck_cuda_read_out_entry *entries;  // room for batch * height * width * channels
    uint32_t *count;                  // entries so far: one word, 0 before the launch
    int32_t batch;
} ck_cuda_read_out;

#ifndef __CUDACC_RTC__

/// `kernel` is NULL where the batch has 2^31 values or more.
ck_cuda_launch ck_cuda_read_out_launch(const ck_cuda_read_out *layer);

#endif
#endif
