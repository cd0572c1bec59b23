#include "ck_cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *setting(void) {
    const char *wanted = getenv("STNET_ISA");
    return wanted != NULL && wanted[0] != 0 ? wanted : NULL;
}

// The sets of this architecture, from the least to the best.
static const ck_isa sets[] = {
    CK_ISA_PORTABLE,
#if defined(__x86_64__)
    CK_ISA_AVX2, CK_ISA_AVX512,
#elif defined(__aarch64__)
    CK_ISA_NEON,
#endif
};
enum { SETS = sizeof sets / sizeof *sets };

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
#elif defined(__aarch64__)
    // Part of every such processor. Loops that the compiler makes into vectors have no form of their own for it.
    best = CK_ISA_NEON;
#endif
    const char *wanted = setting();
    if (wanted != NULL) {
        for (int i = 0; sets[i] != best; i++) {
            if (strcmp(wanted, ck_isa_name(sets[i])) == 0) return sets[i];
        }
    }
    return best;
}

const char *ck_isa_names(void) {
#if defined(__x86_64__)
    return "portable, avx2 or avx512";
#elif defined(__aarch64__)
    return "portable or neon";
#else
    return "portable";
#endif
}

const char *ck_isa_unknown(void) {
    const char *wanted = setting();
    if (wanted == NULL) return NULL;
    for (int i = 0; i < SETS; i++) {
        if (strcmp(wanted, ck_isa_name(sets[i])) == 0) return NULL;
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

int ck_isa_available(ck_isa isa) {
    for (int i = 0; i < SETS; i++) {
        if (sets[i] == isa) return 1;
        if (sets[i] == ck_isa_best()) return 0;
    }
    return 0;
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
    case CK_ISA_NEON: return "neon";
    case CK_ISA_AVX512: return "avx512";
    case CK_ISA_AVX2: return "avx2";
    default: return "portable";
    }
}
