// Sixteen units of a convolution at a time.
#ifndef CK_TD_LANES_H
#define CK_TD_LANES_H

#include <stdint.h>

#include "ck_topdown_rule.h"

enum {
    TD_LANES = 16,
    TD_SLOTS = 32,            // candidates of a unit, at most
    TD_LANE_PRODUCTS = 4096,  // of a unit, at most: what is kept for a batch stays in the cache
    TD_SHARES = TD_LANES * TD_SLOTS + TD_SLOTS,
};

/// Units with more gating are run alone: sums of a batch's shares cannot leave 64 bits.
#define TD_LANE_GATING ((int64_t)1 << 50)

/// A batch of units, all of one layer: what they are and what became of them.
///
/// A unit has some hundred products, of which some ten win, and what takes its time is that each step waits for the one
/// before. Here the products are looked at twice: for their sums, and for those above a pivot, the candidates. These
/// are turned, a lane a unit, and sorted, so that theta and the ladder's threshold are found for all units at once.
///
/// Sums of products are in float32, with a bound for what they lose. Where the bound leaves anything open, or numbers
/// are so large that double would round their sums, a unit is undecided: nothing was done for it, it has to be run alone.
typedef struct {
    // What they are. Lanes without a unit have the weights and the input of another.
    const ck_td_rule *rule;
    int32_t products;  // of each unit
    uint32_t lanes;    // bit i: lane i has a unit
    const float *weights[TD_LANES], *input[TD_LANES];  // [products]
    double gating[TD_LANES];
    float guess[TD_LANES];  // scales the pivot: only speed depends on it

    int32_t first[TD_LANES];  // with the ladder: gating index of the first input

    // What became of them: bit i is lane i.
    uint32_t dropped;   // the total does not exceed the lower bound
    uint32_t decided;   // without those: the rest of this structure tells
    uint32_t too_few;   // undecided, and a lower pivot may help
    uint32_t too_many;  // undecided, and a higher pivot may help
    float maximum[TD_LANES];   // the largest product
    int32_t count[TD_LANES];   // unless with the ladder: of winners, at most TD_SLOTS
    int32_t stride;
    int32_t *index;  // [TD_LANES][stride]: of the winners, ascending, in the order of the unit's products
    float *value;    // [TD_LANES][stride]: their products
    float *window;   // [TD_LANES][stride]: room for inputs that do not lie in memory in the order of the weights

    // The inputs that share the units' gating, unit after unit.
    int32_t shared;  // their number
    int32_t place[TD_SHARES], lane[TD_SHARES];  // gating index of the input, and whose gating
    float product[TD_SHARES];
    double sum[TD_LANES];  // of a unit's products that share, in fixed point
    int64_t share[TD_SHARES];
    uint64_t magnitude;  // sum of the shares' absolute values
} td_lanes;

/// NULL when memory is short. products: the largest number of one unit's.
td_lanes *ck_td_lanes_create(int64_t products);
void ck_td_lanes_destroy(td_lanes *lanes);

#endif
