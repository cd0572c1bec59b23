// The bridge: a gating vector re-selected as the inputs of one unit with all weights 1 and gating 1, in place.
// Block x: image.
#include "td_subset.cuh"

struct TdBridgeShared {
    TdBlock block;
    TdTeamShared<TD_BLOCK> team;
};

CK_KERNEL __launch_bounds__(TD_BLOCK) ck_td_bridge(const ck_cuda_td_bridge bridge) {
    CK_DYNAMIC_SHARED(memory);
    TdBridgeShared &shared = *reinterpret_cast<TdBridgeShared *>(memory);
    TdBlock &block = shared.block;
    TdTeam<TD_BLOCK> team = {shared.team, (int)threadIdx.x, TD_BLOCK};
    const int image = (int)blockIdx.x;
    ck_cuda_td_image &state = bridge.images[image];
    if (state.status != CK_TD_OK) return;
    const TdGating vector = td_of_image(bridge.vector, image);
    const int length = bridge.vector.height * bridge.vector.width * bridge.vector.channels;
    float *products = bridge.scratch + (int64_t)image * length;
    td_begin(block);
    TdSums sums = {0, 0, 0, 0, 0, 0};
    for (int i = team.lane; i < length; i += TD_BLOCK) {
        // The conversion rounds, scaling by a power of two does not.
        products[i] = __fmul_rn(__ll2float_rn(vector.value[i]), 0x1p-48f);
        sums.take(products[i]);
    }
    sums = team.all(sums);
    if (sums.largest == 0) return;
    for (int i = team.lane; i < length; i += TD_BLOCK) vector.value[i] = 0;
    for (int i = team.lane; i < td_words(bridge.vector); i += TD_BLOCK) vector.touched[i] = 0;
    team.sync();
    const TdUnit unit = {(int64_t)1 << CK_TD_GATING_BITS, 0, 1, 1, length, 0};
    const TdStage1 stage1 = td_reduce(team, products, length, sums, bridge.rule);
    TdPaid paid = {0, 0, 0};
    int status = stage1.status;
    if (status == CK_TD_OK && !stage1.dropped) {
        const TdPlaces places = {length, length};
        if (!td_select_subset(team, unit, stage1, products, 0, bridge.rule, places, vector, paid)) {
            status = CK_TD_RANGE;
        }
    }
    paid = team.all(paid);
    if (team.lane != 0) return;
    if (status == CK_TD_OK && (paid.failed || paid.absolute >= TD_LIMIT)) status = CK_TD_GATING_RANGE;
    bridge.vector.absolute[image] = paid.absolute;
    state.active_units++;
    state.products += (uint64_t)length;
    int64_t mass = (int64_t)state.dropped_mass;
    if (status == CK_TD_OK && stage1.dropped) {
        state.dropped_units++;
        // One more may be too much.
        if (mass > TD_MOST - unit.gating) {
            state.status = CK_TD_GATING_RANGE;
            state.error_layer = bridge.layer;
        }
        state.dropped_mass += (uint64_t)unit.gating;
    }
    if (status != CK_TD_OK) {
        state.status = status;
        state.error_layer = bridge.layer;
        state.error_unit = 0;
    }
}
