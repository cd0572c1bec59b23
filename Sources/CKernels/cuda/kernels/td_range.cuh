// Where a gating leaves its range: the unit that the CPU, which visits units in ascending order, would name.
#ifndef TD_RANGE_CUH
#define TD_RANGE_CUH

#include "td_stage1.cuh"
#include "td_units.cuh"

/// The lowest of the units in `touched` up to which their magnitudes, by `magnitude_of(unit)`, sum up to `needed`; the
/// last one of all where they do not.
template <typename Magnitude>
__device__ __forceinline__ int td_unit_past_range(TdTeam<TD_BLOCK> &team, const uint32_t *touched, int words,
                                                  uint64_t needed, Magnitude magnitude_of) {
    int first = 0, last = 32 * words - 1;
    while (first < last) {
        const int middle = first + (last - first) / 2;
        TdMagnitude sum = {0};
        for (int word = team.lane; word <= middle / 32; word += TD_BLOCK) {
            for (uint32_t bits = touched[word]; bits != 0; bits &= bits - 1) {
                const int unit = 32 * word + __ffs((int)bits) - 1;
                if (unit <= middle) sum.sum = td_saturated(sum.sum, magnitude_of(unit));
            }
        }
        if (team.all(sum).sum >= needed) {
            last = middle;
        } else {
            first = middle + 1;
        }
    }
    return first;
}

#endif
