// Section 4 for windows of more than TD_MASK_CELLS cells: a block labels all channels at once, in scratch memory.
#ifndef TD_GROUP_LARGE_CUH
#define TD_GROUP_LARGE_CUH

#include "td_group.cuh"

/// One entry a connection, [rows][columns][channels] like the products. A component's number is its first cell.
struct TdLabels {
    int *label;     // of a winner its component, as far as known; of others -1
    int *area;      // at a component's first cell
    uint64_t *sum;  // likewise
};

struct TdChanged {
    uint32_t any;
    __device__ __forceinline__ void add(const TdChanged &other) { any |= other.any; }
};

/// The lowest label around a winner, and what that cell calls itself meanwhile: long components take few rounds. Volatile:
/// others may write them.
__device__ __forceinline__ int td_lowest_label(const TdUnit &unit, const volatile int *label, int cell, int channel) {
    const int row = cell / unit.columns, column = cell - row * unit.columns;
    int lowest = label[(int64_t)cell * unit.channels + channel];
    for (int y = row > 0 ? row - 1 : 0; y <= row + 1 && y < unit.rows; y++) {
        for (int x = column > 0 ? column - 1 : 0; x <= column + 1 && x < unit.columns; x++) {
            const int other = label[((int64_t)y * unit.columns + x) * unit.channels + channel];
            if (other >= 0 && other < lowest) lowest = other;
        }
    }
    const int further = label[(int64_t)lowest * unit.channels + channel];
    return further < lowest ? further : lowest;
}

template <typename Team>
__device__ __forceinline__ void td_label(Team &team, const TdUnit &unit, const float *products, float at_least,
                                         const TdLabels &labels) {
    const int count = unit.rows * unit.columns * unit.channels;
    for (int i = team.lane; i < count; i += team.width) {
        labels.label[i] = products[i] >= at_least ? i / unit.channels : -1;
        labels.area[i] = 0;
        labels.sum[i] = 0;
    }
    team.sync();
    TdChanged changed;
    do {
        // Others may write what is read here, and read what is written: every access is volatile. Labels only fall, and a
        // round without a change has read the final ones.
        volatile int *const shared_labels = labels.label;
        changed.any = 0;
        for (int i = team.lane; i < count; i += team.width) {
            const int label = shared_labels[i];
            if (label < 0) continue;
            const int cell = i / unit.channels;
            const int lowest = td_lowest_label(unit, shared_labels, cell, i - cell * unit.channels);
            if (lowest >= label) continue;
            shared_labels[i] = lowest;
            changed.any = 1;
        }
        changed = team.all(changed);
    } while (changed.any);
    for (int i = team.lane; i < count; i += team.width) {
        if (labels.label[i] < 0) continue;
        const int64_t first = (int64_t)labels.label[i] * unit.channels + i % unit.channels;
        atomicAdd(&labels.area[first], 1);
        atomicAdd(&labels.sum[first], (uint64_t)td_fixed(products[i]));
    }
    team.sync();
}

/// Stages 2 and 3 of the block's unit.
template <typename Team>
__device__ __forceinline__ void td_select_large(Team &team, TdBlock &block, const TdUnit &unit, const TdStage1 &stage1,
                                                const float *products, const TdLabels &labels, int row_step,
                                                int column_step, const TdGating &input, int64_t *value) {
    td_label(team, unit, products, stage1.at_least, labels);
    const int cells = unit.rows * unit.columns, count = cells * unit.channels;
    // Of equal scores the lowest channel wins, then the first cell: `channel` has both here.
    TdRank best = {-1.0, 0x7fffffff, 0};
    int ineligible = 0;
    for (int i = team.lane; i < count; i += team.width) {
        const int cell = i / unit.channels, channel = i - cell * unit.channels;
        if (labels.label[i] != cell) continue;
        const int64_t sum = (int64_t)labels.sum[i];
        if (sum <= 0) {
            ineligible++;
        } else {
            const TdRank rank = {td_score(sum, labels.area[i]), channel * cells + cell, 0};
            best.add(rank);
        }
    }
    if (ineligible != 0) atomicAdd(&block.tally.ineligible, (uint64_t)ineligible);
    best = team.all(best);
    const bool found = best.score >= 0.0;
    TdPaid paid = {0, 0, 0};
    if (found) {
        const int channel = best.channel / cells, first = best.channel - channel * cells;
        const double gating = __ll2double_rn(unit.gating);
        const double sum = __ll2double_rn((int64_t)labels.sum[(int64_t)first * unit.channels + channel]);
        for (int cell = team.lane; cell < cells; cell += team.width) {
            const int64_t i = (int64_t)cell * unit.channels + channel;
            if (labels.label[i] != first) continue;
            const int row = cell / unit.columns, column = cell - row * unit.columns;
            td_propagate(paid, input, unit.input_index + row * row_step + column * column_step + channel, gating,
                         td_fixed(products[i]), sum);
        }
    }
    paid = team.all(paid);
    if (team.lane == 0) td_settle_group(block, best, paid, value, unit);
}

#endif
