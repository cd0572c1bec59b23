// One block of threads as fibers of one thread of the host: each runs until it waits for the others.
#ifndef BLOCK_H
#define BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "cuda_emulation.h"

struct uint3 {
    unsigned x, y, z;
};

// As CUDA C++ names them; those of the fiber that runs.
extern __thread uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulation {

using Kernel = void (*)(const void *arguments);

/// Waits for all threads of the block.
void block_barrier();

/// Gives `value` to the lanes of `mask`, waits for them, and returns what each of the 32 gave.
const uint64_t *warp_exchange(unsigned mask, uint64_t value);

unsigned lane();

/// The block's shared memory: filled with NaN before its first use, guarded on both sides.
void *shared_memory(size_t bytes);

/// The same as long as the launch says.
unsigned char *dynamic_shared_memory();

/// Runs blockIdx; returns NULL or what went wrong.
const char *run_block(Kernel kernel, const void *arguments, size_t dynamic_shared, cuda_emulation_order order);

}  // namespace emulation

#endif
