// Section 4 for 1x1 convolutions, where one channel wins alone: the one with the largest product, whatever theta is.
#include "topdown.h"

// Scores are compared in double, where products may tie that are not equal. They do not if they differ by a millionth.
static int may_tie(const td_peak *peak) {
    const int64_t maximum = td_fixed(peak->maximum);
    return td_fixed(peak->second) >= maximum - (maximum >> 20);
}

// How far the sums are from those in fixed point, at most: twice what float32 may lose in additions, which covers that
// the sum of absolute values is one of them, and half a unit of fixed point for each product, doubled likewise.
static double uncertainty(const td_peak *peak, int32_t count) {
    return ((double)count + 1) * ((double)peak->absolute * 0x1p-23 + 0x1p-36);
}

int ck_td_strongest_channel(ck_td_workspace *workspace, const td_unit *unit, const td_window *window,
                            ck_gating *input_gating, ck_td_status *status, int *dropped) {
    const ck_td_rule *rule = unit->rule;
    if (unit->channels > TD_PEAK_CHANNELS) return 0;
    const td_peak peak =
        workspace->kernels->peak(window->weights, window->input, window->run, workspace->largest_small);
    // Else the range is in doubt, or left. The comparison is false for what is not a number.
    if (!(peak.absolute < 0x1p26f)) return 0;
    const double around = uncertainty(&peak, unit->channels);
    const double bound = rule->lower_bound > 0 ? td_double(rule->lower_bound) : 0;
    *status = CK_TD_OK;
    *dropped = peak.total + around < bound;
    if (*dropped) return 1;
    if (peak.total - around <= bound) return 0;
    // If the running sum of stage 1 were positive at epsilon already, theta were at most epsilon, and products that are
    // not positive would win as well. They would have to be counted.
    if (!rule->strict && peak.small + around > 0) return 0;
    if (may_tie(&peak)) return 0;
    const int64_t product = td_fixed(peak.maximum);
    *status = td_propagate_later(&workspace->late, input_gating, unit->input_index + peak.channel,
                                 (double)unit->gating, product, (double)product);
    return 1;
}
