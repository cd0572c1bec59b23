// Stage 2 for convolutions: one spatially contiguous group of one channel (selective-tuning.md, section 4). A thread
// looks for the components of a channel, the threads of a unit take the channels in turn.
#ifndef TD_GROUP_CUH
#define TD_GROUP_CUH

#include "td_cells.cuh"
#include "td_propagate.cuh"
#include "td_stage1.cuh"

/// Of the best component of some: its score (below 0: there is none), its channel, whether another has the same score.
struct TdRank {
    double score;
    int channel, tied;

    /// The higher score wins, then the lower channel.
    __device__ __forceinline__ void add(const TdRank &other) {
        if (other.score > score) {
            *this = other;
        } else if (other.score == score) {
            tied = 1;
            channel = other.channel < channel ? other.channel : channel;
        }
    }
};

/// The component itself.
template <typename Cells> struct TdChosen {
    int64_t sum;
    Cells cells;
    __device__ __forceinline__ void clear() {
        sum = 0;
        cells = Cells::none();
    }
};
template <> struct TdChosen<TdCells32> {
    int64_t sum;
    TdCells32 cells;
    uint32_t unused;  // whole words, all of them set
    __device__ __forceinline__ void clear() {
        sum = 0;
        cells = TdCells32::none();
        unused = 0;
    }
};

/// Section 4's score, in double: three correctly rounded operations.
__device__ __forceinline__ double td_score(int64_t sum, int area) {
    return __dadd_rn(__dmul_rn(0.2, td_double(sum)), __dmul_rn(0.8, (double)area));
}

template <typename Cells>
__device__ __forceinline__ int64_t td_sum_of(Cells cells, const float *products, int channels) {
    int64_t sum = 0;
    while (!cells.empty()) {
        sum += td_fixed(products[(int64_t)cells.first() * channels]);
        cells = cells.without(cells.lowest());
    }
    return sum;
}

/// This thread's channels of a unit. `products` are the unit's; returns how many components are not eligible.
template <typename Cells>
__device__ __forceinline__ int td_look_at_channels(const TdUnit &unit, const TdStage1 &stage1, int first, int step,
                                                   const float *products, TdRank &best, TdChosen<Cells> &chosen) {
    const TdGrid<Cells> grid(unit.rows, unit.columns);
    const int cells = unit.rows * unit.columns;
    // Winners that are not positive: every component has to be looked at.
    const bool exact = stage1.threshold <= 0;
    // What a cell scores at most, with a margin over the rounding here and there.
    const float most = __fmul_rn(__fadd_rn(__fmul_rn(0.2f, stage1.maximum), 0.8f), 1.0f + 0x1p-10f);
    float reached = -1.0f;
    int ineligible = 0;
    for (int channel = first; channel < unit.channels; channel += step) {
        Cells set = Cells::none();
        for (int cell = 0; cell < cells; cell++) {
            if (products[(int64_t)cell * unit.channels + channel] >= stage1.at_least) set.set(cell);
        }
        while (!set.empty()) {
            const Cells group = grid.component(set);
            set = set.without(group);
            const int area = group.area();
            if (!exact && __fmul_rn(most, __int2float_rn(area)) < reached) continue;
            const int64_t sum = td_sum_of(group, products + channel, unit.channels);
            if (sum <= 0) {
                ineligible++;
                continue;
            }
            const double score = td_score(sum, area);
            // Of equals the first stays: channels and cells come in ascending order.
            if (score == best.score) best.tied = 1;
            if (score <= best.score) continue;
            best = {score, channel, 0};
            chosen.sum = sum;
            chosen.cells = group;
            reached = __double2float_rn(score);
        }
    }
    return ineligible;
}

/// One thread of a unit's team ends it: with the best component, or without one.
__device__ __forceinline__ void td_settle_group(TdBlock &block, const TdRank &best, const TdPaid &paid, int64_t *value,
                                                const TdUnit &unit) {
    if (best.score < 0.0) {
        td_drop(block, unit.gating);
    } else if (best.tied) {
        atomicAdd(&block.tally.ties, 1u);
    }
    td_settle(block, paid, value, unit.unit);
}

/// Stages 2 and 3 for the unit that this team (perhaps a part of a warp) holds; `live`: it holds one that got this far.
template <typename Cells, typename Team>
__device__ __forceinline__ void td_select_group(Team &team, TdBlock &block, bool live, const TdUnit &unit,
                                                const TdStage1 &stage1, const float *products, int row_step,
                                                int column_step, const TdGating &input, int64_t *value) {
    TdRank best = {-1.0, 0x7fffffff, 0};
    TdChosen<Cells> chosen;
    chosen.clear();
    int ineligible = 0;
    if (live) {
        ineligible = td_look_at_channels<Cells>(unit, stage1, team.lane, team.width, products, best, chosen);
    }
    if (ineligible != 0) atomicAdd(&block.tally.ineligible, (uint64_t)ineligible);
    const TdRank mine = best;
    best = team.all(best);
    const bool found = best.score >= 0.0;
    chosen = team.from_owner(chosen, found && mine.score >= 0.0 && mine.channel == best.channel, found);
    TdPaid paid = {0, 0, 0};
    if (live && found) {
        const double gating = __ll2double_rn(unit.gating), sum = __ll2double_rn(chosen.sum);
        for (int cell = team.lane; cell < unit.rows * unit.columns; cell += team.width) {
            if (!chosen.cells.has(cell)) continue;
            const int row = cell / unit.columns, column = cell - row * unit.columns;
            const int64_t product = td_fixed(products[(int64_t)cell * unit.channels + best.channel]);
            td_propagate(paid, input, unit.input_index + row * row_step + column * column_step + best.channel, gating,
                         product, sum);
        }
    }
    paid = team.all(paid);
    if (live && team.lane == 0) td_settle_group(block, best, paid, value, unit);
}

#endif
