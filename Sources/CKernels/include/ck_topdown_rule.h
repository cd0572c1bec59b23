// How the units of the top-down pass choose among their inputs: for the CPU's kernels and for CUDA's.
#ifndef CK_TOPDOWN_RULE_H
#define CK_TOPDOWN_RULE_H

#include "ck_fixed_width.h"

/// Fraction bits of a gating value.
#define CK_TD_GATING_BITS 48

typedef enum {
    CK_TD_OK = 0,
    CK_TD_NOT_FINITE = 1,    // a product is infinite or not a number
    CK_TD_RANGE = 2,         // a unit's sum of |PS| (or its sum of squares) reaches 2^27
    CK_TD_GATING_RANGE = 3,  // gating beyond what 64 bits hold
    CK_TD_SHAPE = 4,         // shapes that do not fit each other, or the workspace
    CK_TD_MEMORY = 5
} ck_td_status;

/// Stage 2: which of the winners pass the gating on.
typedef enum {
    CK_TD_GROUP = 0,    // one spatially contiguous group of one channel (section 4)
    CK_TD_LADDER = 1,   // the statistically important subset (section 5)
    CK_TD_MAXIMUM = 2,  // the largest product, the first of equals
    CK_TD_ALL = 3       // every winner
} ck_td_select;

/// How units choose among their inputs.
typedef struct {
    int64_t lower_bound, epsilon;  // of stage 1, 36 fraction bits
    int32_t strict;                // 0: winners have PS >= theta - epsilon; 1: PS >= theta
    ck_td_select select;
    int32_t offset;  // of the ladder
} ck_td_rule;

/// How the winners of an addition's unit share its gating.
typedef enum {
    CK_TD_SPLIT = 0,   // in proportion to what they added
    CK_TD_WINNER = 1,  // the largest takes all; the first of equals, which counts as a tie
    CK_TD_BRANCH = 2   // the first input takes all where it is a winner, else all share in proportion
} ck_td_residual;

enum { CK_TD_ADD_INPUTS = 16 };  // of an addition, at the most

#endif
