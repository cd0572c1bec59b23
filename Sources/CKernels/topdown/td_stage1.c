// Section 3: interference reduction.
#include "topdown.h"

// Section 2's range: the sum of |PS| in fixed point must stay below 2^63. Exact, so that every instruction set agrees.
static ck_td_status check_range(const float *products, const td_sums *sums, int32_t count) {
    if (sums->largest >= td_bits(INFINITY)) return CK_TD_NOT_FINITE;
    float largest = td_float(sums->largest);
    // Far away from the limit, rounding to fixed point adds at most half a unit for each product.
    if ((double)largest * count < 0x1p26) return CK_TD_OK;
    if (largest >= 0x1p27f) return CK_TD_RANGE;
    uint64_t sum = 0;
    for (int32_t i = 0; i < count; i++) {
        sum += (uint64_t)td_fixed(fabsf(products[i]));
        if (sum > (uint64_t)INT64_MAX) return CK_TD_RANGE;
    }
    return CK_TD_OK;
}

static float neighbour(float x, int up) {
    if (x == 0) return td_float(up ? 1u : 0x80000001u);
    uint32_t bits = td_bits(x);
    return td_float((x > 0) == (up != 0) ? bits + 1 : bits - 1);
}

float ck_td_smallest_float(int64_t threshold) {
    if (threshold >= 1 << 24) {
        // Floats of this size are integers: the nearest one, or the next.
        float nearest = (float)threshold;
        uint32_t bits = td_bits(nearest) + ((int64_t)nearest < threshold);
        return td_float(bits) * 0x1p-36f;
    }
    // In units of fixed point. Half a unit below the threshold, or the nearest float: at most a few steps away.
    float scaled = (float)((double)threshold - 0.5);
    while (llrintf(scaled) >= threshold) scaled = neighbour(scaled, 0);
    while (llrintf(scaled) < threshold) scaled = neighbour(scaled, 1);
    return scaled * 0x1p-36f;
}

float ck_td_largest_float(int64_t bound) { return neighbour(ck_td_smallest_float(bound + 1), 0); }

td_stage1 ck_td_reduce(ck_td_workspace *workspace, const td_sums *sums, int32_t count, const ck_td_rule *rule) {
    td_stage1 result = {.status = check_range(workspace->products, sums, count), .maximum = sums->maximum};
    if (result.status != CK_TD_OK) return result;
    // A total that is not positive has no theta, whatever the lower bound.
    if (sums->total <= rule->lower_bound || sums->total <= 0) {
        result.dropped = 1;
        return result;
    }
    // The running sum from below is > 0 where the sum of all greater products is less than the total.
    float theta = workspace->kernels->theta(workspace->positive, workspace->spare, sums->positives, sums->total,
                                            sums->positive);
    result.threshold = td_fixed(theta) - (rule->strict ? 0 : rule->epsilon);
    result.at_least = ck_td_smallest_float(result.threshold);
    return result;
}
