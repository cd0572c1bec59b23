// Which instruction set the kernels run on. Every kernel family takes a ck_isa and gives the same bits for each.
#ifndef CK_CPU_H
#define CK_CPU_H

typedef enum {
    CK_ISA_PORTABLE = 0,  // plain C; fused multiply-add through fmaf
    CK_ISA_AVX2 = 1,      // AVX2, FMA, F16C, POPCNT, SSE4.2
    CK_ISA_AVX512 = 2,    // AVX-512 F, BW, DQ, VL, CD
    CK_ISA_NEON = 3       // NEON, which every 64-bit Arm processor has
} ck_isa;

/// The best instruction set of this processor and operating system, decided once; thread-safe.
/// The environment variable STNET_ISA (one of ck_isa_names()) lowers it, never raises it.
ck_isa ck_isa_best(void);

/// Whether kernels of a set may run here: `portable`, the best one, and what lies between the two.
int ck_isa_available(ck_isa isa);

/// The names that STNET_ISA may have on this architecture: "portable, avx2 or avx512", or "portable or neon".
const char *ck_isa_names(void);

/// The value of STNET_ISA where it is none of these names; NULL where it is one of them, empty or not set.
const char *ck_isa_unknown(void);

/// Whether the kernels may use bfloat16 dot products (AVX-512 BF16): 0 when STNET_ISA chose less than avx512.
int ck_cpu_has_bf16(void);

/// "portable", "avx2", "avx512" or "neon".
const char *ck_isa_name(ck_isa isa);

#endif
