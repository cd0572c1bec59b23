// One block's units of a convolution through the three stages.
#ifndef TD_CONVOLUTION_CUH
#define TD_CONVOLUTION_CUH

#include "td_group_large.cuh"
#include "td_subset.cuh"
#include "td_thread.cuh"

/// Stage 2: a subset, or a group in windows of up to 32 cells, of up to TD_MASK_CELLS, or of any number.
enum TdWay { TD_SUBSET, TD_NARROW, TD_WIDE, TD_LARGE };

/// Dynamic shared memory: this, then the products of each team unless they are in scratch memory.
template <int THREADS> struct TdConvShared {
    TdBlock block;
    TdTeamShared<THREADS> teams[TD_BLOCK / THREADS];
};

/// Stage 1 of one unit by the whole team; true where stage 2 follows.
template <typename Team>
__device__ __forceinline__ bool td_first_stage(Team &team, const ck_cuda_td_conv &layer, int image, TdBlock &block,
                                               int64_t *value, float *products, TdUnit &unit, TdStage1 &stage1) {
    unit.gating = *value;
    if (unit.gating == 0) return false;
    const TdWindow window = td_window(layer, image, unit);
    const int count = unit.rows * unit.columns * unit.channels;
    const TdSums sums = td_products(team, window, count, products);
    stage1 = td_reduce(team, products, count, sums, layer.rule);
    const bool ends = stage1.status != CK_TD_OK || stage1.dropped;
    if (team.lane == 0) {
        atomicAdd(&block.tally.active_units, 1u);
        atomicAdd(&block.tally.products, (uint64_t)count);
        if (stage1.status != CK_TD_OK) {
            td_note_error(block, unit.unit, stage1.status);
        } else if (stage1.dropped) {
            td_drop(block, unit.gating);
        }
        if (ends) *value = 0;
    }
    return !ends;
}

/// Stages 1 to 3 of the units that start at place `listed` of the block's list: one, or as many as a warp's parts.
template <int THREADS, bool WIDE>
__device__ __forceinline__ void td_group_units(const ck_cuda_td_conv &layer, int image, TdBlock &block,
                                               TdTeamShared<THREADS> &shared, int listed, int stretch, int parts,
                                               float *products, int capacity) {
    TdTeam<THREADS> team = {shared, (int)threadIdx.x % THREADS, THREADS};
    const TdGating output = td_of_image(layer.output_gating, image), input = td_of_image(layer.input_gating, image);
    const int width = THREADS / parts, part = team.lane / width;
    TdUnit unit = {0, 0, 0, 0, 0, 0};
    TdStage1 stage1 = {0, 0.0f, 0.0f, CK_TD_OK, 0};
    bool live = false;
    for (int i = 0; i < parts && listed + i < block.listed; i++) {
        TdUnit found = {0, stretch + (int)block.list[listed + i], 0, 0, 0, 0};
        TdStage1 reduced = stage1;
        const bool goes_on = td_first_stage(team, layer, image, block, output.value + found.unit,
                                            products + i * capacity, found, reduced);
        if (part != i) continue;
        unit = found;
        stage1 = reduced;
        live = goes_on;
    }
    TdTeam<THREADS> own = {shared, team.lane % width, width};
    own.turn = team.turn;
    using Cells = typename TdCellsOf<WIDE>::Type;
    td_select_group<Cells>(own, block, live, unit, stage1, products + part * capacity,
                           layer.input.width * layer.input.channels, layer.input.channels, input,
                           output.value + unit.unit);
    own.sync();
}

/// Stages 1 to 3 of one unit whose stage 2 is a whole team's: a subset, or a group of a large window.
template <int THREADS, TdWay WAY>
__device__ __forceinline__ void td_team_unit(const ck_cuda_td_conv &layer, int image, TdBlock &block,
                                             TdTeamShared<THREADS> &shared, int listed, int stretch, float *products,
                                             int capacity) {
    TdTeam<THREADS> team = {shared, (int)threadIdx.x % THREADS, THREADS};
    const TdGating output = td_of_image(layer.output_gating, image), input = td_of_image(layer.input_gating, image);
    TdUnit unit = {0, stretch + (int)block.list[listed], 0, 0, 0, 0};
    TdStage1 stage1 = {0, 0.0f, 0.0f, CK_TD_OK, 0};
    int64_t *value = output.value + unit.unit;
    if (td_first_stage(team, layer, image, block, value, products, unit, stage1)) {
        const TdPlaces places = {layer.input.width * layer.input.channels, layer.input.channels};
        if (WAY == TD_LARGE) {
            // The sums lie before the products, where their alignment is known, the rest behind: TD_LARGE_WORDS.
            const TdLabels labels = {reinterpret_cast<int *>(products + capacity),
                                     reinterpret_cast<int *>(products + (int64_t)2 * capacity),
                                     reinterpret_cast<uint64_t *>(products - (int64_t)2 * capacity)};
            td_select_large(team, block, unit, stage1, products, labels, places.row_step, places.column_step, input,
                            value);
            team.sync();
            return;
        }
        const ck_window &window = layer.window;
        const int64_t padding =
            ((int64_t)window.kernel_height * window.kernel_width - unit.rows * unit.columns) * unit.channels;
        TdPaid paid = {0, 0, 0};
        const bool in_range =
            td_select_subset(team, unit, stage1, products, padding, layer.rule, places, input, paid);
        paid = team.all(paid);
        if (team.lane == 0) {
            if (!in_range) td_note_error(block, unit.unit, CK_TD_RANGE);
            td_settle(block, paid, value, unit.unit);
        }
    }
    team.sync();
}

/// The next places of the block's list, for a warp: units take different times. The first of them.
__device__ __forceinline__ int td_next(TdBlock &block, int units) {
    int listed = 0;
    if (threadIdx.x % 32 == 0) listed = atomicAdd(&block.next, units);
    return __shfl_sync(~0u, listed, 0);
}

/// One block: its stretch of `touched`, some words at a time. ALONE: a thread a unit, where there are units enough.
template <int THREADS, bool SCRATCH, TdWay WAY, bool ALONE = false>
__device__ __forceinline__ void td_convolution(const ck_cuda_td_conv &layer, unsigned char *memory) {
    TdConvShared<THREADS> &shared = *reinterpret_cast<TdConvShared<THREADS> *>(memory);
    TdBlock &block = shared.block;
    const int image = (int)blockIdx.y, teams = TD_BLOCK / THREADS, team = (int)threadIdx.x / THREADS;
    if (layer.images[image].status != CK_TD_OK) return;
    const int channels = layer.input.channels / layer.groups;
    const int capacity = layer.window.kernel_height * layer.window.kernel_width * channels;
    constexpr bool by_channel = WAY == TD_NARROW || WAY == TD_WIDE;
    const int parts = by_channel && THREADS == 32 ? 32 / TD_LANES_A_UNIT(channels) : 1;
    float *products = reinterpret_cast<float *>(memory + sizeof shared) + team * parts * capacity;
    float *lanes = reinterpret_cast<float *>(memory + sizeof shared) + team * 32 * TD_THREAD_STRIDE(channels);
    if (SCRATCH) {
        const int64_t number = (int64_t)blockIdx.y * gridDim.x + blockIdx.x;
        products = layer.scratch + (WAY == TD_LARGE ? (TD_LARGE_WORDS * number + 2) * capacity : number * capacity);
    }
    const uint32_t *touched = td_of_image(layer.output_gating, image).touched;
    const TdStretch stretch = td_stretch(layer.output_gating);
    td_begin(block);
    for (int word = stretch.first; word < stretch.end; word += TD_WORDS) {
        td_list_units(block, touched + word, stretch.end - word < TD_WORDS ? stretch.end - word : TD_WORDS);
        if constexpr (ALONE) {
            if (block.listed >= TD_THREAD_UNITS) {
                for (int listed = td_next(block, 32); listed < block.listed; listed = td_next(block, 32)) {
                    td_thread_units<by_channel>(layer, image, block, listed, 32 * word, lanes);
                }
                __syncthreads();
                continue;
            }
        }
        int listed = team * parts;
        for (;;) {
            if (THREADS == 32) listed = td_next(block, parts);
            if (listed >= block.listed) break;
            if (by_channel) {
                td_group_units<THREADS, WAY == TD_WIDE>(layer, image, block, shared.teams[team], listed, 32 * word,
                                                        parts, products, capacity);
            } else {
                td_team_unit<THREADS, WAY>(layer, image, block, shared.teams[team], listed, 32 * word, products,
                                           capacity);
            }
            listed += teams * parts;
        }
        __syncthreads();
    }
    td_end(block, layer.images[image]);
}

#endif
