#include <stdlib.h>
#include <string.h>

#include "kernels.h"

// As ck_isa_best decides, which C++ cannot call by its name.
static bool uses_fma() {
#if defined(__x86_64__)
    const char *wanted = getenv("STNET_ISA");
    const bool portable = wanted != nullptr && strcmp(wanted, "portable") == 0;
    return !portable && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return true;
#endif
}

static const emulation::NamedKernel *find(const char *kernel) {
    const emulation::NamedKernel *found =
        uses_fma() ? emulation::kernels_with_fma : emulation::kernels_portable;
    while (found->name != nullptr && strcmp(found->name, kernel) != 0) found++;
    return found->name == nullptr ? nullptr : found;
}

const char *cuda_emulation_kernel_name(const char *kernel) {
    const emulation::NamedKernel *found = find(kernel);
    return found == nullptr ? nullptr : found->name;
}

size_t cuda_emulation_argument_bytes(const char *kernel) {
    const emulation::NamedKernel *found = find(kernel);
    return found == nullptr ? 0 : found->argument_bytes;
}

const char *cuda_emulation_launch(const char *kernel, const void *arguments, size_t bytes, uint32_t grid_x,
                                  uint32_t grid_y, uint32_t grid_z, uint32_t block, uint32_t shared,
                                  cuda_emulation_order order) {
    if (block == 0 || block > 1024) return "expected 1 to 1024 threads a block";
    const emulation::NamedKernel *found = find(kernel);
    if (found == nullptr) return "no kernel of this name";
    if (found->argument_bytes != bytes) return "the kernel takes a structure of another size";
    gridDim = {grid_x, grid_y, grid_z};
    blockDim = {block, 1, 1};
    for (uint32_t z = 0; z < grid_z; z++) {
        for (uint32_t y = 0; y < grid_y; y++) {
            for (uint32_t x = 0; x < grid_x; x++) {
                blockIdx = {x, y, z};
                const char *problem = emulation::run_block(found->run, arguments, shared, order);
                if (problem != nullptr) return problem;
            }
        }
    }
    return nullptr;
}
