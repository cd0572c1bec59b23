// Adds a layer up: what it dropped, what it added to the gating of its input, whether the image has failed.
// Block x: image.
#include "td_range.cuh"

struct TdFinishShared {
    TdTeamShared<TD_BLOCK> team;
};

CK_KERNEL __launch_bounds__(TD_BLOCK) ck_td_finish(const ck_cuda_td_finish finish) {
    CK_DYNAMIC_SHARED(memory);
    TdTeam<TD_BLOCK> team = {reinterpret_cast<TdFinishShared *>(memory)->team, (int)threadIdx.x, TD_BLOCK};
    const int image = (int)blockIdx.x;
    ck_cuda_td_image *state = finish.images + image;
    if (state->status != CK_TD_OK) return;
    const uint64_t before = finish.input_gating.absolute[image], added = state->layer_absolute;
    const bool overflow = state->overflow != 0 || added >= TD_LIMIT - before;
    uint64_t error = state->layer_error;
    int status = CK_TD_OK, unit = -1;
    if (overflow) {
        status = CK_TD_GATING_RANGE;
        if (finish.has_units) {
            // The sums of magnitudes that td_settle left.
            const TdGating output = td_of_image(finish.output_gating, image);
            const int passing =
                td_unit_past_range(team, output.touched, td_words(finish.output_gating), TD_LIMIT - before,
                                   [&](int unit) { return (uint64_t)output.value[unit]; });
            const uint64_t note = (uint64_t)(uint32_t)passing << 8 | (uint64_t)CK_TD_GATING_RANGE;
            error = note < error ? note : error;
        }
    }
    __syncthreads();
    if (team.lane != 0) return;
    if (error != ~(uint64_t)0) {
        status = (int)(error & 255);
        unit = (int)(error >> 8);
    }
    const int64_t dropped = (int64_t)state->layer_dropped, mass = (int64_t)state->dropped_mass;
    const bool beyond = dropped > 0 ? mass > TD_MOST - dropped : mass < -TD_MOST - 1 - dropped;
    if (beyond && status == CK_TD_OK) status = CK_TD_GATING_RANGE;
    state->dropped_mass += state->layer_dropped;
    finish.input_gating.absolute[image] = overflow ? TD_LIMIT - 1 : before + added;
    state->overflow = 0;
    state->layer_absolute = 0;
    state->layer_dropped = 0;
    state->layer_error = ~(uint64_t)0;
    if (status == CK_TD_OK) return;
    state->status = status;
    state->error_layer = finish.layer;
    state->error_unit = unit;
}
