// A machine for PTX: it reads a module's text and executes its kernels, one instruction after the other, as the
// instruction set says. A test's device; no speed is meant.
//
// What it holds for a fault ends the launch, with a text that names the kernel, the line of the PTX, the block and the
// thread:
// - an access outside of the memory that was named, in the wrong space, or not aligned to its size;
// - shared memory or a register that is read before anything was written to it;
// - a barrier that not all threads of the block reach together, and a lane that a mask names and that does not come;
// - a branch that says it is uniform and is not;
// - a race: two accesses to the same byte by different threads of the launch, at least one of them a write, that nothing
//   orders, unless both are atomic or volatile. What orders is: in one thread, the program; in a warp, bar.warp.sync; in a
//   block, bar.sync; between blocks of a launch, nothing. shfl.sync and vote.sync order no memory;
// - bytes read by ld.global.nc that the launch writes.
#ifndef PTX_MACHINE_H
#define PTX_MACHINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Global memory: the parts of the process that kernels may touch. Several threads may use one.
typedef struct ptx_memory ptx_memory;

ptx_memory *ptx_memory_create(void);
void ptx_memory_destroy(ptx_memory *memory);
/// Names `bytes` bytes from `begin` on; a part that begins at the same address is replaced.
void ptx_memory_add(ptx_memory *memory, const void *begin, size_t bytes);
/// Forgets the part that begins there.
void ptx_memory_remove(ptx_memory *memory, const void *begin);

typedef struct ptx_module ptx_module;

/// Reads a module's text, all of it. `name` stands in messages and may be null. Returns null, and in `problem` a text
/// (to be freed with ptx_text_free) that names the line, where anything is not known or does not fit.
ptx_module *ptx_module_load(const char *text, const char *name, char **problem);
void ptx_module_destroy(ptx_module *module);
void ptx_text_free(char *text);

int32_t ptx_module_kernels(const ptx_module *module);
/// The name of the kernel of this index; it lives as long as the module.
const char *ptx_module_kernel_name(const ptx_module *module, int32_t index);
/// Bytes of the kernel's one parameter; 0 where there is no such kernel.
size_t ptx_module_parameter_bytes(const ptx_module *module, const char *kernel);

/// What a launch was worth.
typedef struct {
    uint64_t instructions;       // executed by warps
    uint64_t lane_instructions;  // the same, counted by lanes that were active
    uint64_t divergences;        // branches that some lanes of a warp took and others did not
} ptx_counts;

/// Runs a kernel to its end, in this thread. `parameters` are the bytes of its one parameter. `seed` chooses the order:
/// with 0 blocks, warps and the sides of a branch come in order, one after the other up to where they have to wait; with
/// an odd number in random order; with another even number they also change at random instructions.
/// Returns null, or what went wrong (to be freed with ptx_text_free). `counts` may be null.
char *ptx_launch(const ptx_module *module, const char *kernel, const uint32_t grid[3], uint32_t block,
                 uint32_t dynamic_shared, const void *parameters, size_t bytes, ptx_memory *memory, uint64_t seed,
                 ptx_counts *counts);

#ifdef __cplusplus
}
#endif
#endif
