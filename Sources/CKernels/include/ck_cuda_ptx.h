// The kernels' PTX (cuda/ptx), embedded in the binary.
#ifndef CK_CUDA_PTX_H
#define CK_CUDA_PTX_H

#include <stdint.h>

int32_t ck_cuda_ptx_count(void);

/// The name of one module: that of its source without the ending, as in ck_cuda_launch.
const char *ck_cuda_ptx_name(int32_t index);

/// A module's PTX, ended by a zero as the driver wants it; NULL for an unknown name.
const char *ck_cuda_ptx(const char *name);

#endif
