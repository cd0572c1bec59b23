// A unit's gating is shared in proportion to the positive activities of its window. A warp a unit; its lanes take the window's
// cells in turn.
#include "td_activities.cuh"
#include "td_pool.cuh"

struct TdShares {
    TdActivities all;
    int64_t positive;  // of those in range

    __device__ __forceinline__ void take(float value) {
        all.take(value);
        if (value > 0.0f && value < 0x1p27f) positive = (int64_t)((uint64_t)positive + (uint64_t)td_fixed(value));
    }
    __device__ __forceinline__ void add(const TdShares &other) {
        all.add(other.all);
        positive = (int64_t)((uint64_t)positive + (uint64_t)other.positive);
    }
};

struct TdAverageShared {
    TdBlock block;
    TdTeamShared<32> teams[TD_BLOCK / 32];
};

__device__ __forceinline__ void td_average_unit(const ck_cuda_td_pool &pool, TdTeam<32> &team, TdBlock &block,
                                                const float *activities, const TdGating &input, int64_t *value,
                                                int unit) {
    const int64_t gating = *value;
    if (gating == 0) return;
    const TdPoolWindow window = td_pool_window(pool, unit);
    const int columns = window.x1 - window.x0, cells = window.empty() ? 0 : (window.y1 - window.y0) * columns;
    TdShares shares = {{0, 0, 0, 0}, 0};
    for (int cell = team.lane; cell < cells; cell += 32) {
        const int y = window.y0 + cell / columns, x = window.x0 + cell % columns;
        shares.take(activities[y * pool.input.row_stride + x * pool.input.pixel_stride + window.channel]);
    }
    shares = team.all(shares);
    const int status = shares.all.status();
    TdPaid paid = {0, 0, 0};
    if (status == CK_TD_OK && shares.positive != 0) {
        const double all = __ll2double_rn(shares.positive), whole = __ll2double_rn(gating);
        for (int cell = team.lane; cell < cells; cell += 32) {
            const int y = window.y0 + cell / columns, x = window.x0 + cell % columns;
            const float activity =
                activities[y * pool.input.row_stride + x * pool.input.pixel_stride + window.channel];
            const int64_t share = td_fixed(activity);
            if (share <= 0) continue;
            td_propagate(paid, input, (y * pool.input.width + x) * pool.input.channels + window.channel, whole, share,
                         all);
        }
    }
    paid = team.all(paid);
    // All have read the gating that is written over now; exchanged values alone do not order memory.
    team.sync();
    if (team.lane != 0) return;
    atomicAdd(&block.tally.active_units, 1u);
    if (status != CK_TD_OK) {
        td_note_error(block, unit, status);
    } else if (shares.positive == 0) {
        td_drop(block, gating);
    }
    td_settle(block, paid, value, unit);
}

CK_KERNEL __launch_bounds__(TD_BLOCK, 6) ck_td_average_pool(const ck_cuda_td_pool pool) {
    CK_DYNAMIC_SHARED(memory);
    TdAverageShared &shared = *reinterpret_cast<TdAverageShared *>(memory);
    TdBlock &block = shared.block;
    const int image = (int)blockIdx.y, warp = (int)threadIdx.x / 32;
    if (pool.images[image].status != CK_TD_OK) return;
    TdTeam<32> team = {shared.teams[warp], (int)threadIdx.x % 32, 32};
    const TdGating output = td_of_image(pool.output_gating, image), input = td_of_image(pool.input_gating, image);
    const float *activities = pool.input.data + image * pool.input.image_stride;
    const TdStretch stretch = td_stretch(pool.output_gating);
    td_begin(block);
    for (int word = stretch.first; word < stretch.end; word += TD_WORDS) {
        td_list_units(block, output.touched + word,
                      stretch.end - word < TD_WORDS ? stretch.end - word : TD_WORDS);
        for (int i = warp; i < block.listed; i += TD_BLOCK / 32) {
            const int unit = 32 * word + (int)block.list[i];
            td_average_unit(pool, team, block, activities, input, output.value + unit, unit);
        }
        __syncthreads();
    }
    td_end(block, pool.images[image]);
}
