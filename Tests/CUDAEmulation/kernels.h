// The kernels as functions of the host, compiled for one instruction set.
#ifndef KERNELS_H
#define KERNELS_H

#include "block.h"

namespace emulation {

struct NamedKernel {
    const char *name;
    Kernel run;
    size_t argument_bytes;
};

/// With the fused multiply-add of the processor, and through the library's function. Ended by a name that is null.
extern const NamedKernel kernels_with_fma[], kernels_portable[];

}  // namespace emulation

#endif
