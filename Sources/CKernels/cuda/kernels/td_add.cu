// The top-down pass of an addition.
#include "td_add.cuh"
#include "td_range.cuh"

struct TdAddShared {
    TdBlock block;
    uint64_t absolute[CK_TD_ADD_INPUTS];  // what the block adds to each input's
};

static_assert(sizeof(TdAddShared) == TD_BLOCK_SHARED + TD_ADD_SHARED, "the host knows this size");

/// Magnitudes of what units pass on to one gating. All of a layer's are less than 2^64, since those of the units' own
/// gating are less than 2^63.
struct TdAdded {
    uint64_t sum;
    __device__ __forceinline__ void add(const TdAdded &other) { sum += other.sum; }
};

/// Passes a unit's share on to input i: its magnitude.
__device__ __forceinline__ uint64_t td_add_pay(const ck_cuda_td_add &add, TdBlock &block, const TdAddUnit &at,
                                               const TdAddChoice &choice, int unit, int64_t gating, int i) {
    const int64_t product = at.product(add, i);
    int64_t addend = 0;
    if (!choice.pays(i, product)) return 0;
    if (!choice.share(gating, product, addend)) {
        td_note_error(block, unit, CK_TD_GATING_RANGE);
        return 0;
    }
    if (addend != 0) td_put(td_of_image(add.input_gating[i], at.image), unit, addend);
    return td_magnitude(addend);
}

/// The units' gating stays as it is: td_add_range may need it.
CK_KERNEL __launch_bounds__(TD_BLOCK, 8) ck_td_add_units(const ck_cuda_td_add add) {
    CK_DYNAMIC_SHARED(memory);
    TdAddShared &shared = *reinterpret_cast<TdAddShared *>(memory);
    TdBlock &block = shared.block;
    const int image = (int)blockIdx.y, lane = (int)threadIdx.x % 32;
    if (add.images[image].status != CK_TD_OK) return;
    const TdGating output = td_of_image(add.output_gating, image);
    const TdStretch stretch = td_stretch(add.output_gating);
    if (threadIdx.x < CK_TD_ADD_INPUTS) shared.absolute[threadIdx.x] = 0;
    td_begin(block);
    for (int word = stretch.first; word < stretch.end; word += TD_WORDS) {
        td_list_units(block, output.touched + word, stretch.end - word < TD_WORDS ? stretch.end - word : TD_WORDS);
        // A warp's lanes stay together, to add up what they pass on to one input.
        for (int first = (int)threadIdx.x - lane; first < block.listed; first += TD_BLOCK) {
            const bool listed = first + lane < block.listed;
            const int unit = 32 * word + (listed ? (int)block.list[first + lane] : 0);
            const int64_t gating = listed ? output.value[unit] : 0;
            TdAddUnit at(add, image, unit);
            TdAddChoice choice = {CK_TD_OK, 1, 0, -1, 0, 0.0};
            if (gating != 0) {
                choice = td_add_choose(add, at);
                atomicAdd(&block.tally.active_units, 1u);
                if (choice.status != CK_TD_OK) {
                    td_note_error(block, unit, choice.status);
                } else if (choice.dropped) {
                    td_drop(block, gating);
                }
                if (choice.tied) atomicAdd(&block.tally.ties, 1u);
            }
#pragma unroll 1
            for (int i = 0; i < add.inputs; i++) {
                TdAdded added = {0};
                if (gating != 0) added.sum = td_add_pay(add, block, at, choice, unit, gating, i);
#pragma unroll
                for (int by = 16; by > 0; by /= 2) added.add(td_exchanged(added, by));
                if (lane == 0 && added.sum != 0 && td_adds_past_limit(&shared.absolute[i], added.sum)) {
                    td_note_overflow(block);
                }
            }
        }
        __syncthreads();
    }
    if ((int)threadIdx.x < add.inputs) {
        const uint64_t absolute = shared.absolute[threadIdx.x];
        if (absolute != 0 && td_adds_past_limit(add.input_gating[threadIdx.x].absolute + image, absolute)) {
            td_note_overflow(block);
        }
    }
    if (threadIdx.x == 0) block.tally.products = (uint64_t)block.tally.active_units * (uint64_t)add.inputs;
    td_end(block, add.images[image]);
}

/// What a unit passes on to the gating of input k, which may be that of others too.
__device__ __forceinline__ uint64_t td_add_magnitude(const ck_cuda_td_add &add, int image, int unit, int k) {
    const int64_t gating = td_of_image(add.output_gating, image).value[unit];
    if (gating == 0) return 0;
    TdAddUnit at(add, image, unit);
    const TdAddChoice choice = td_add_choose(add, at);
    uint64_t sum = 0;
#pragma unroll 1
    for (int i = k; i < add.inputs; i++) {
        const int64_t product = at.product(add, i);
        int64_t addend = 0;
        if (add.input_gating[i].absolute != add.input_gating[k].absolute || !choice.pays(i, product)) continue;
        if (choice.share(gating, product, addend)) sum += td_magnitude(addend);
    }
    return sum;
}

/// Where a gating has left its range, notes the lowest unit at which one did. Block x: image.
CK_KERNEL __launch_bounds__(TD_BLOCK, 1) ck_td_add_range(const ck_cuda_td_add add) {
    CK_DYNAMIC_SHARED(memory);
    TdTeam<TD_BLOCK> team = {*reinterpret_cast<TdTeamShared<TD_BLOCK> *>(memory), (int)threadIdx.x, TD_BLOCK};
    const int image = (int)blockIdx.x, words = td_words(add.output_gating);
    ck_cuda_td_image &state = add.images[image];
    if (state.status != CK_TD_OK || state.overflow == 0) return;
    const uint32_t *touched = td_of_image(add.output_gating, image).touched;
    uint64_t error = ~(uint64_t)0;
#pragma unroll 1
    for (int k = 0; k < add.inputs; k++) {
        uint64_t *absolute = add.input_gating[k].absolute;
        TdAdded added = {0};
        for (int word = team.lane; word < words; word += TD_BLOCK) {
            for (uint32_t bits = touched[word]; bits != 0; bits &= bits - 1) {
                added.sum += td_add_magnitude(add, image, 32 * word + __ffs((int)bits) - 1, k);
            }
        }
        added = team.all(added);
        // What the gating had before td_add: below 2^63, whatever has wrapped around since. One that was looked at for
        // an input before this one is in range now.
        const uint64_t before = absolute[image] - added.sum, needed = TD_LIMIT - before;
        if (added.sum < needed) continue;
        const int unit = td_unit_past_range(team, touched, words, needed, [&](int candidate) {
            const uint64_t magnitude = td_add_magnitude(add, image, candidate, k);
            return magnitude < TD_LIMIT ? magnitude : TD_LIMIT;
        });
        const uint64_t note = (uint64_t)(uint32_t)unit << 8 | (uint64_t)CK_TD_GATING_RANGE;
        error = note < error ? note : error;
        // Read by all in front of the search's barriers.
        if (team.lane == 0) absolute[image] = TD_LIMIT - 1;
    }
    __syncthreads();
    if (team.lane != 0) return;
    if (error < state.layer_error) state.layer_error = error;
    state.overflow = 0;
    state.layer_absolute = 0;
}
