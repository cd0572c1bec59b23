#include "ck_cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *setting(void) {
    const char *wanted = getenv("STNET_ISA");
    return wanted != NULL && wanted[0] != 0 ? wanted : NULL;
}

// Every feature that a kernel of the set is compiled for is asked for: a hypervisor may mask single ones.
static ck_isa detect(void) {
    ck_isa best = CK_ISA_PORTABLE;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
        __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2")) {
        best = CK_ISA_AVX2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512cd")) {
            best = CK_ISA_AVX512;
        }
    }
#endif
    const char *wanted = setting();
    if (wanted != NULL) {
        for (int isa = CK_ISA_PORTABLE; isa < (int)best; isa++) {
            if (strcmp(wanted, ck_isa_name((ck_isa)isa)) == 0) return (ck_isa)isa;
        }
    }
    return best;
}

const char *ck_isa_unknown(void) {
    const char *wanted = setting();
    if (wanted == NULL) return NULL;
    for (int isa = CK_ISA_PORTABLE; isa <= CK_ISA_AVX512; isa++) {
        if (strcmp(wanted, ck_isa_name((ck_isa)isa)) == 0) return NULL;
    }
    return wanted;
}

ck_isa ck_isa_best(void) {
    // Two threads may both detect; they find the same answer.
    static int cached = -1;
    int known = __atomic_load_n(&cached, __ATOMIC_RELAXED);
    if (known < 0) {
        known = (int)detect();
        __atomic_store_n(&cached, known, __ATOMIC_RELAXED);
    }
    return (ck_isa)known;
}

int ck_cpu_has_bf16(void) {
#if defined(__x86_64__)
    // Like every AVX-512 feature it is reported only when the operating system saves the wide registers.
    return ck_isa_best() == CK_ISA_AVX512 && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}

const char *ck_isa_name(ck_isa isa) {
    switch (isa) {
    case CK_ISA_AVX512: return "avx512";
    case CK_ISA_AVX2: return "avx2";
    default: return "portable";
    }
}
