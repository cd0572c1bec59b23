#include "instruction_set_includes.h"
#define INSTRUCTION_SET set_portable
#include "instruction_set.inc"

#include <stdlib.h>

const ptx::InstructionSet &ptx::instruction_set() {
#if defined(__x86_64__)
    const char *wanted = getenv("STNET_ISA");
    const bool portable = wanted != nullptr && strcmp(wanted, "portable") == 0;
    if (portable || !__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return set_portable;
#endif
    return set_with_fma;
}
