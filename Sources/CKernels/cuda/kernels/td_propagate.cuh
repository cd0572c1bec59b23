// Stage 3: shares of a unit's gating.
#ifndef TD_PROPAGATE_CUH
#define TD_PROPAGATE_CUH

#include "td_units.cuh"

/// What a thread has passed on of a unit's gating.
struct TdPaid {
    uint64_t absolute;  // saturated
    uint32_t failed;
    uint32_t unused;  // whole words, all of them set

    __device__ __forceinline__ void add(const TdPaid &other) {
        absolute = td_saturated(absolute, other.absolute);
        failed |= other.failed;
    }
};

/// One cell's share: product first, then the division, then to fixed point by round to nearest even. Returns whether it
/// is in range.
__device__ __forceinline__ bool td_share(double unit_gating, int64_t product, double sum, int64_t &addend) {
    const double share = __ddiv_rn(__dmul_rn(unit_gating, __ll2double_rn(product)), sum);
    if (!(share < 0x1p62 && share > -0x1p62)) return false;
    addend = __double2ll_rn(share);
    return true;
}

__device__ __forceinline__ void td_propagate(TdPaid &paid, const TdGating &input, int index, double unit_gating,
                                             int64_t product, double sum) {
    int64_t addend;
    if (!td_share(unit_gating, product, sum, addend)) {
        paid.failed = 1;
        return;
    }
    if (addend == 0) return;
    paid.absolute = td_saturated(paid.absolute, td_magnitude(addend));
    td_put(input, index, addend);
}

/// One thread of a unit's team ends it. Its sum of magnitudes takes the place of its gating, so that `finish` can find
/// the unit at which an image's sum left its range.
__device__ __forceinline__ void td_settle(TdBlock &block, const TdPaid &paid, int64_t *value, int unit) {
    if (paid.failed) td_note_error(block, unit, CK_TD_GATING_RANGE);
    *value = (int64_t)paid.absolute;
    td_account(block, paid.absolute);
}

#endif
