// 1x1 convolutions over few channels: a thread a unit, a warp 32 of them at a time. A warp that shares one unit would spend
// most of its instructions on bringing the lanes' sums together.
#ifndef TD_THREAD_CUH
#define TD_THREAD_CUH

#include "td_group.cuh"
#include "td_subset.cuh"

/// The sum over a warp's lanes.
__device__ __forceinline__ uint64_t td_warp_sum(uint64_t value) {
#pragma unroll
    for (int by = 16; by > 0; by /= 2) value += __shfl_xor_sync(~0u, value, by);
    return value;
}

/// The products of the lanes' units, by all lanes: neighbouring ones take neighbouring channels of one unit, so that each
/// row of weights is read as it lies in memory. `count` of a lane is its unit's, or 0. Ends with a barrier of the warp.
__device__ __forceinline__ void td_products_of_lanes(const TdWindow &window, int count, int channels, float *products) {
    const int lane = (int)(threadIdx.x % 32), width = TD_LANES_A_UNIT(channels);
    for (int first = 0; first < 32; first += 32 / width) {
        const int unit = first + lane / width;
        const float *weights = reinterpret_cast<const float *>(
            __shfl_sync(~0u, reinterpret_cast<uint64_t>(window.weights), unit));
        const float *input = reinterpret_cast<const float *>(
            __shfl_sync(~0u, reinterpret_cast<uint64_t>(window.input), unit));
        const int end = __shfl_sync(~0u, count, unit);
        for (int i = lane % width; i < end; i += width) {
            products[unit * TD_THREAD_STRIDE(channels) + i] = __fmul_rn(__ldg(weights + i), __ldg(input + i));
        }
    }
    __syncwarp();
}

/// Stages 2 and 3 of this thread's unit, which has one cell: the best channel alone gets all. Returns it.
__device__ __forceinline__ TdRank td_select_channel(const TdUnit &unit, const TdStage1 &stage1, const float *products,
                                                    const TdGating &input, TdPaid &paid, uint64_t &ineligible) {
    const TdWinners<TdAlone> winners(TdAlone(), products, unit.channels, stage1.at_least);
    TdRank best = {-1.0, 0x7fffffff, 0};
    winners.each([&](int channel, int64_t sum) {
        if (sum <= 0) {
            ineligible++;
        } else {
            best.add({td_score(sum, 1), channel, 0});
        }
    });
    if (best.score >= 0.0) {
        const int64_t sum = td_fixed(products[best.channel]);
        td_propagate(paid, input, unit.input_index + best.channel, __ll2double_rn(unit.gating), sum,
                     __ll2double_rn(sum));
    }
    return best;
}

/// Stages 1 to 3 of the units from place `listed` of the block's list on, one a lane; by a whole warp. `products` is the
/// warp's.
template <bool GROUP>
__device__ __forceinline__ void td_thread_units(const ck_cuda_td_conv &layer, int image, TdBlock &block, int listed,
                                                int stretch, float *products) {
    const int lane = (int)(threadIdx.x % 32), channels = layer.input.channels / layer.groups;
    const TdGating output = td_of_image(layer.output_gating, image), input = td_of_image(layer.input_gating, image);
    TdUnit unit = {0, 0, 0, 0, 0, 0};
    TdWindow window = {nullptr, nullptr, 0, 0, 0, 0, 0, 0};
    if (listed + lane < block.listed) {
        unit.unit = stretch + (int)block.list[listed + lane];
        unit.gating = output.value[unit.unit];
        if (unit.gating != 0) window = td_window(layer, image, unit);
    }
    const bool is_active = unit.gating != 0;
    const int count = unit.rows * unit.columns * channels;
    td_products_of_lanes(window, count, channels, products);
    TdAlone alone;
    TdPaid paid = {0, 0, 0};
    uint64_t ineligible = 0;
    bool is_dropped = false, is_tied = false;
    int status = CK_TD_OK;
    if (is_active) {
        const float *own = products + lane * TD_THREAD_STRIDE(channels);
        TdSums sums = {0, 0, 0, 0, 0, 0};
        for (int i = 0; i < count; i++) sums.take(own[i]);
        const TdStage1 stage1 = td_reduce(alone, own, count, sums, layer.rule);
        status = stage1.status;
        is_dropped = status == CK_TD_OK && stage1.dropped;
        if (status == CK_TD_OK && !is_dropped) {
            if (GROUP) {
                const TdRank best = td_select_channel(unit, stage1, own, input, paid, ineligible);
                is_dropped = best.score < 0.0;
                is_tied = !is_dropped && best.tied != 0;
            } else if (!td_select_subset(alone, unit, stage1, own, (int64_t)channels - count, layer.rule,
                                         TdPlaces{0, 0}, input, paid)) {
                status = CK_TD_RANGE;
            }
        }
        // As td_settle leaves it, for `finish`.
        output.value[unit.unit] = (int64_t)paid.absolute;
        if (status != CK_TD_OK) td_note_error(block, unit.unit, status);
        if (paid.failed) td_note_error(block, unit.unit, CK_TD_GATING_RANGE);
    }
    // What the warp has counted, in one place each.
    const uint32_t active = __ballot_sync(~0u, is_active), counted = __ballot_sync(~0u, count > 0);
    const uint32_t dropped = __ballot_sync(~0u, is_dropped), tied = __ballot_sync(~0u, is_tied);
    const uint64_t mass = dropped != 0 ? td_warp_sum(is_dropped ? (uint64_t)unit.gating : 0) : 0;
    if (__any_sync(~0u, ineligible != 0)) ineligible = td_warp_sum(ineligible);
    TdMagnitude absolute = {paid.absolute};
#pragma unroll
    for (int by = 16; by > 0; by /= 2) absolute.add(td_exchanged(absolute, by));
    if (lane == 0) {
        atomicAdd(&block.tally.active_units, (uint32_t)__popc(active));
        atomicAdd(&block.tally.products, (uint64_t)__popc(counted) * (uint64_t)channels);
        if (dropped != 0) {
            atomicAdd(&block.tally.dropped_units, (uint32_t)__popc(dropped));
            atomicAdd(&block.tally.dropped_mass, mass);
        }
        if (tied != 0) atomicAdd(&block.tally.ties, (uint32_t)__popc(tied));
        if (ineligible != 0) atomicAdd(&block.tally.ineligible, ineligible);
        td_account(block, absolute.sum);
    }
    __syncwarp();
}

#endif
