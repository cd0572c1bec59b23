// One value a cell of a read-out: the sum of its channels, or the largest. The bits of `touched` come first, so that of a
// sparse map little more than them is read.
#ifndef COLLAPSE_CUH
#define COLLAPSE_CUH

#include "kernel.cuh"

#include "ck_cuda_read_out.h"
#include "read_out_launch.h"

/// One image's gating.
struct CkCells {
    const int64_t *value;
    const uint32_t *touched;
    int cells, channels, at_once;
    bool is_maximum;

    __device__ __forceinline__ CkCells(const ck_cuda_gating &gating, ck_collapse rule, int image) {
        cells = gating.height * gating.width;
        channels = gating.channels;
        at_once = CK_CELLS_AT_ONCE(channels);
        is_maximum = rule == CK_COLLAPSE_MAX;
        const int64_t count = (int64_t)cells * channels;
        value = gating.value + image * count;
        touched = gating.touched + image * ((count + 31) / 32);
    }

    /// The value of cell `first` + lane, of `at_once` of them; 0 in the other lanes and beyond the map. By a whole warp.
    __device__ __forceinline__ int64_t of_warp(int first) const {
        const int lane = (int)(threadIdx.x % 32);
        return channels <= 32 ? of_lane(first + lane) : of_lanes(first, lane);
    }

private:
    __device__ __forceinline__ int64_t both(int64_t a, int64_t b) const {
        if (!is_maximum) return a + b;
        return a > b ? a : b;
    }

    /// What the values that are touched are added to: 0, or below all where no other takes part.
    __device__ __forceinline__ int64_t start(bool all_touched) const {
        return is_maximum && all_touched ? -0x7fffffffffffffff - 1 : 0;
    }

    /// Few channels: a lane a cell, whose bits lie in at most two words.
    __device__ __forceinline__ int64_t of_lane(int cell) const {
        if (cell >= cells) return 0;
        const int begin = cell * channels, offset = begin & 31;
        uint64_t words = touched[begin >> 5];
        if (offset + channels > 32) words |= (uint64_t)touched[(begin >> 5) + 1] << 32;
        uint32_t bits = (uint32_t)(words >> offset) & (~0u >> (32 - channels));
        if (bits == 0) return 0;
        int64_t all = start(__popc(bits) == channels);
        for (; bits != 0; bits &= bits - 1) all = both(all, value[begin + __ffs((int)bits) - 1]);
        return all;
    }

    /// Many: one cell after the other, a lane a channel of 32.
    __device__ __forceinline__ int64_t of_lanes(int first, int lane) const {
        const int end = cells - first < at_once ? cells : first + at_once;
        if (at_once > 1) {
            const int word = (first * channels >> 5) + lane;
            const bool is_inside = word <= (end * channels - 1) >> 5;
            if (!__any_sync(~0u, is_inside && touched[is_inside ? word : 0] != 0)) return 0;
        }
        int64_t own = 0;
        for (int cell = first; cell < end; cell++) {
            const int64_t all = of_channels(cell, lane);
            if (lane == cell - first) own = all;
        }
        return own;
    }

    __device__ __forceinline__ int64_t of_channels(int cell, int lane) const {
        const int begin = cell * channels, last = begin + (channels - 1);
        int64_t all = start(true);
        bool is_empty = true, lacks = false;
        for (int word = begin >> 5; word <= last >> 5; word += 32) {
            // The bits of this lane's word that are the cell's.
            const int own = word + lane;
            uint32_t mask = own > last >> 5 ? 0 : ~0u;
            if (own == begin >> 5) mask &= ~0u << (begin & 31);
            if (own == last >> 5) mask &= ~0u >> (31 - (last & 31));
            const uint32_t bits = mask != 0 ? touched[own] & mask : 0;
            lacks = lacks || bits != mask;
            for (uint32_t left = __ballot_sync(~0u, bits != 0); left != 0; left &= left - 1) {
                const int owner = __ffs((int)left) - 1;
                const uint32_t its = __shfl_sync(~0u, bits, owner);
                if (its >> lane & 1) all = both(all, value[(int64_t)32 * (word + owner) + lane]);
                is_empty = false;
            }
        }
        if (is_empty) return 0;
        if (lacks) all = both(all, 0);
#pragma unroll
        for (int by = 16; by > 0; by /= 2) all = both(all, __shfl_xor_sync(~0u, all, by));
        return all;
    }
};

#endif
