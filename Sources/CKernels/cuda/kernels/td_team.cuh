// The threads that work on one unit together: a warp, or a block. All of them have to come to every call.
#ifndef TD_TEAM_CUH
#define TD_TEAM_CUH

#include "td_fixed.cuh"
#include "td_launch.h"

constexpr int TD_FEW = 32;     // candidates that a warp sorts out without another sweep

/// What a team needs of the block's shared memory.
template <int THREADS> struct TdTeamShared {
    alignas(16) unsigned char slots[2][THREADS / 32][32];
    uint32_t few[TD_FEW];
    int found;
};

static_assert(sizeof(TdTeamShared<32>) == TD_WARP_TEAM_SHARED && sizeof(TdTeamShared<TD_BLOCK>) == TD_BLOCK_TEAM_SHARED,
              "the host knows these sizes");

/// A structure's words from the lane `by` away.
template <typename T> __device__ __forceinline__ T td_exchanged(T value, int by) {
    static_assert(sizeof(T) % 4 == 0 && sizeof(T) <= 32, "words that fit a slot");
    uint32_t words[sizeof(T) / 4];
    memcpy(words, &value, sizeof value);
#pragma unroll
    for (unsigned i = 0; i < sizeof(T) / 4; i++) words[i] = __shfl_xor_sync(~0u, words[i], by);
    memcpy(&value, words, sizeof value);
    return value;
}

template <typename T> __device__ __forceinline__ T td_from_lane(T value, int lane) {
    uint32_t words[sizeof(T) / 4];
    memcpy(words, &value, sizeof value);
#pragma unroll
    for (unsigned i = 0; i < sizeof(T) / 4; i++) words[i] = __shfl_sync(~0u, words[i], lane);
    memcpy(&value, words, sizeof value);
    return value;
}

template <int THREADS> struct TdTeam {
    TdTeamShared<THREADS> &shared;
    int lane;   // in the team
    int width;  // threads of the team: a part of a warp, or THREADS
    int turn = 0;

    __device__ __forceinline__ void sync() const {
        if (THREADS == 32) {
            __syncwarp();
        } else {
            __syncthreads();
        }
    }

    /// Every thread's value taken together, by T's `add`, which must not depend on order.
    template <typename T> __device__ __forceinline__ T all(T value) {
#pragma unroll
        for (int by = 16; by > 0; by /= 2) {
            if (THREADS == 32 && by >= width) continue;
            value.add(td_exchanged(value, by));
        }
        if (THREADS == 32) return value;
        // Two sets of slots in turn: who still reads one has not yet come to the barrier of the other.
        turn ^= 1;
        if (lane % 32 == 0) memcpy(shared.slots[turn][lane / 32], &value, sizeof value);
        __syncthreads();
        memcpy(&value, shared.slots[turn][0], sizeof value);
#pragma unroll
        for (int warp = 1; warp < THREADS / 32; warp++) {
            T other;
            memcpy(&other, shared.slots[turn][warp], sizeof other);
            value.add(other);
        }
        return value;
    }

    /// The value of the one thread that owns it; where there is none, anything. `exists`: whether there is one; it is the
    /// same for the whole team.
    template <typename T> __device__ __forceinline__ T from_owner(T value, bool owns, bool exists) {
        if (THREADS == 32) {
            const int first = (int)(threadIdx.x % 32) - lane;
            const uint32_t mine = width == 32 ? ~0u : ((1u << width) - 1) << first;
            const int owner = __ffs((int)(__ballot_sync(~0u, owns) & mine)) - 1;
            return td_from_lane(value, owner < 0 ? first : owner);
        }
        if (!exists) return value;
        turn ^= 1;
        if (owns) memcpy(shared.slots[turn][0], &value, sizeof value);
        __syncthreads();
        memcpy(&value, shared.slots[turn][0], sizeof value);
        return value;
    }
};

/// A thread that works on a unit of its own: nothing to wait for, and nothing to take together.
struct TdAlone {
    enum { lane = 0, width = 1 };

    template <typename T> __device__ __forceinline__ T all(T value) const { return value; }
};

#endif
