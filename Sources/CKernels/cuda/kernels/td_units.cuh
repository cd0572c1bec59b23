// Which units a block works on, and what it counts. Block x: a stretch of the words of `touched`; block y: image.
#ifndef TD_UNITS_CUH
#define TD_UNITS_CUH

#include "td_team.cuh"

/// In shared memory: what one block counts. Written to the image's when the block ends.
struct TdTally {
    uint64_t products, dropped_mass, absolute, ineligible, error;
    uint32_t active_units, dropped_units, ties, overflow;
};

struct TdBlock {
    TdTally tally;
    int listed;                      // units found
    int next;                        // of them, the first that no warp has taken
    uint16_t list[32 * TD_WORDS];    // their places in the stretch
};

static_assert(sizeof(TdBlock) == TD_BLOCK_SHARED, "the host knows this size");

__device__ __forceinline__ int td_words(const ck_cuda_gating &gating) {
    return (int)(((int64_t)gating.height * gating.width * gating.channels + 31) / 32);
}

/// One image's part of a gating.
struct TdGating {
    int64_t *value;
    uint32_t *touched;
};

__device__ __forceinline__ TdGating td_of_image(const ck_cuda_gating &gating, int image) {
    const int64_t count = (int64_t)gating.height * gating.width * gating.channels;
    return {gating.value + image * count, gating.touched + image * ((count + 31) / 32)};
}

/// An addend that is not 0.
__device__ __forceinline__ void td_put(const TdGating &gating, int index, int64_t addend) {
    atomicAdd(reinterpret_cast<uint64_t *>(gating.value + index), (uint64_t)addend);
    const uint32_t bit = 1u << (index & 31);
    // Mostly set already: a read instead of an atomic. Bits are only ever set while it may be read.
    if (!(*(volatile uint32_t *)(gating.touched + (index >> 5)) & bit)) atomicOr(gating.touched + (index >> 5), bit);
}

/// This block's stretch of words, [first, end).
struct TdStretch {
    int first, end;
};

__device__ __forceinline__ TdStretch td_stretch(const ck_cuda_gating &gating) {
    const int words = td_words(gating), each = (words + (int)gridDim.x - 1) / (int)gridDim.x;
    const int64_t first = (int64_t)blockIdx.x * each;
    if (first >= words) return {0, 0};
    return {(int)first, words - (int)first < each ? words : (int)first + each};
}

__device__ __forceinline__ void td_begin(TdBlock &block) {
    if (threadIdx.x == 0) block.tally = {0, 0, 0, 0, ~(uint64_t)0, 0, 0, 0, 0};
    __syncthreads();
}

/// Lists the units whose bit is set in up to TD_WORDS words, ascending; all threads of the block.
__device__ __forceinline__ void td_list_units(TdBlock &block, const uint32_t *touched, int words) {
    if (threadIdx.x < 32) {
        const int lane = (int)threadIdx.x;
        uint32_t bits = lane < words ? touched[lane] : 0;
        int end = __popc(bits);
#pragma unroll
        for (int by = 1; by < 32; by *= 2) {
            const int before = __shfl_up_sync(~0u, end, (unsigned)by);
            if (lane >= by) end += before;
        }
        int place = end - __popc(bits);
        for (; bits != 0; bits &= bits - 1) block.list[place++] = (uint16_t)(32 * lane + __ffs((int)bits) - 1);
        if (lane == 31) {
            block.listed = end;
            block.next = 0;
        }
    }
    __syncthreads();
}

__device__ __forceinline__ void td_note_error(TdBlock &block, int unit, int status) {
    atomicMin(&block.tally.error, (uint64_t)(uint32_t)unit << 8 | (uint64_t)status);
}

__device__ __forceinline__ void td_drop(TdBlock &block, int64_t gating) {
    atomicAdd(&block.tally.dropped_units, 1u);
    atomicAdd(&block.tally.dropped_mass, (uint64_t)gating);
}

/// Several threads may say so at once: a plain store of each would be a race.
__device__ __forceinline__ void td_note_overflow(TdBlock &block) {
    *(volatile uint32_t *)&block.tally.overflow = 1;
}

__device__ __forceinline__ void td_account(TdBlock &block, uint64_t absolute) {
    if (absolute != 0 && td_adds_past_limit(&block.tally.absolute, absolute)) td_note_overflow(block);
}

/// Adds the block's counts to the image's.
__device__ __forceinline__ void td_end(TdBlock &block, ck_cuda_td_image &image) {
    __syncthreads();
    if (threadIdx.x != 0) return;
    const TdTally &tally = block.tally;
    if (tally.active_units != 0) atomicAdd(&image.active_units, (uint64_t)tally.active_units);
    if (tally.products != 0) atomicAdd(&image.products, tally.products);
    if (tally.dropped_units != 0) atomicAdd(&image.dropped_units, (uint64_t)tally.dropped_units);
    if (tally.dropped_mass != 0) atomicAdd(&image.layer_dropped, tally.dropped_mass);
    if (tally.ties != 0) atomicAdd(&image.ties, (uint64_t)tally.ties);
    if (tally.ineligible != 0) atomicAdd(&image.ineligible, tally.ineligible);
    if (tally.error != ~(uint64_t)0) atomicMin(&image.layer_error, tally.error);
    // A block's own sum may have wrapped around when it passed the limit: it stands as the limit then.
    const uint64_t absolute = tally.overflow != 0 ? TD_LIMIT : tally.absolute;
    if (absolute != 0 && td_adds_past_limit(&image.layer_absolute, absolute)) atomicExch(&image.overflow, 1);
}

#endif
