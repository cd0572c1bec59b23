// The words of CUDA C++ that the kernels use, for a host compiler. Included before
// them, it takes the place of what NVRTC knows.
#ifndef EMULATION_H
#define EMULATION_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "block.h"
#include "ck_cuda_layers.h"
#include "ck_cuda_topdown.h"

#define CK_KERNEL static void
#define CK_SHARED(name, ...) auto &name = emulation_shared<__VA_ARGS__>()
template <typename T> static inline T &emulation_shared() {
    return *static_cast<T *>(emulation::shared_memory(sizeof(T)));
}

/// Against the end of the block's memory, so that every array has to say how long it is: as bytes, from the front.
#define CK_DYNAMIC_SHARED(name) unsigned char *const name = emulation::dynamic_shared_memory()

static inline int ck_thread_again() { return (int)threadIdx.x; }
static inline int ck_block_again() { return (int)blockIdx.x; }

#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)

struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(16) int4 {
    int x, y, z, w;
};
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

template <typename T> static inline T __ldg(const T *at) { return *at; }

// One correctly rounded operation each; the build forbids contraction.
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline float __int2float_rn(int a) { return (float)a; }
static inline float __ll2float_rn(long long a) { return (float)a; }
static inline float __double2float_rn(double a) { return (float)a; }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return __builtin_sqrt(a); }
static inline double __ll2double_rn(long long a) { return (double)a; }

// Beyond the range a device gives the nearest integer, and for NaN the most negative one.
static inline long long __double2ll_rn(double a) {
    if (a >= 0x1p63) return INT64_MAX;
    return a > -0x1p63 ? __builtin_llrint(a) : INT64_MIN;
}
static inline long long __float2ll_rn(float a) { return __double2ll_rn((double)a); }

template <typename To, typename From> static inline To emulation_bits(From value) {
    static_assert(sizeof(To) == sizeof(From), "bits of one size");
    To bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline unsigned __float_as_uint(float a) { return emulation_bits<unsigned>(a); }
static inline float __uint_as_float(unsigned a) { return emulation_bits<float>(a); }

static inline void __syncthreads() { emulation::block_barrier(); }
static inline void __syncwarp(unsigned mask = ~0u) { emulation::warp_exchange(mask, 0); }

static inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
static inline int __popcll(unsigned long long bits) { return __builtin_popcountll(bits); }
static inline int __ffs(int bits) { return __builtin_ffs(bits); }
static inline int __ffsll(long long bits) { return __builtin_ffsll(bits); }
static inline int __clz(int bits) { return bits == 0 ? 32 : __builtin_clz((unsigned)bits); }

static inline unsigned __ballot_sync(unsigned mask, int predicate) {
    const uint64_t *lanes = emulation::warp_exchange(mask, predicate != 0);
    unsigned bits = 0;
    for (unsigned lane = 0; lane < 32; lane++) {
        if (mask >> lane & 1 && lanes[lane] != 0) bits |= 1u << lane;
    }
    return bits;
}
static inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
static inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) == mask; }

/// The value of a lane of the same segment of `width` lanes; this lane's own where that is outside.
template <typename T> static inline T emulation_shuffle(unsigned mask, T value, int source, bool inside) {
    static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves at most eight bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    const uint64_t *lanes = emulation::warp_exchange(mask, bits);
    if (inside) memcpy(&value, &lanes[source], sizeof value);
    return value;
}
template <typename T> static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
    const int lane = (int)emulation::lane();
    return emulation_shuffle(mask, value, lane / width * width + (source & (width - 1)), true);
}
template <typename T> static inline T __shfl_xor_sync(unsigned mask, T value, int other, int width = 32) {
    const int lane = (int)emulation::lane(), source = lane ^ other;
    return emulation_shuffle(mask, value, source, source < lane / width * width + width);
}
template <typename T> static inline T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const int lane = (int)emulation::lane(), source = lane + (int)by;
    return emulation_shuffle(mask, value, source, source < lane / width * width + width);
}
template <typename T> static inline T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    const int lane = (int)emulation::lane(), source = lane - (int)by;
    return emulation_shuffle(mask, value, source, source >= lane / width * width);
}

// Plain, since the threads of all blocks of a launch take turns.
template <typename T> static inline T emulation_replace(T *at, T value) {
    const T old = *at;
    *at = value;
    return old;
}
template <typename T> static inline T atomicAdd(T *at, T value) { return emulation_replace(at, (T)(*at + value)); }
template <typename T> static inline T atomicOr(T *at, T value) { return emulation_replace(at, (T)(*at | value)); }
template <typename T> static inline T atomicAnd(T *at, T value) { return emulation_replace(at, (T)(*at & value)); }
template <typename T> static inline T atomicMin(T *at, T value) {
    return emulation_replace(at, value < *at ? value : *at);
}
template <typename T> static inline T atomicMax(T *at, T value) {
    return emulation_replace(at, value > *at ? value : *at);
}
template <typename T> static inline T atomicExch(T *at, T value) { return emulation_replace(at, value); }
template <typename T> static inline T atomicCAS(T *at, T expected, T value) {
    return emulation_replace(at, *at == expected ? value : *at);
}

#endif
