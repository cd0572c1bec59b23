// Additions to a gating, and the order in which its units are visited.
#ifndef CK_TD_GATING_H
#define CK_TD_GATING_H

#include <math.h>
#include <stdint.h>

#include "ck_topdown.h"

/// Brings a gating's list into ascending order, by its bits: neighbours read the same activities, and write their
/// gating nearby, soon after each other.
void ck_td_sort(const ck_gating *gating);

/// Asks for the value of a gating's unit that will be visited some steps after number i.
static inline void td_prefetch_value(const ck_gating *gating, int32_t i) {
    enum { STEPS = 24 };
    if (i + STEPS < gating->count) __builtin_prefetch(gating->value + gating->list[i + STEPS]);
}

/// Additions to the gating of one layer that wait for their place in memory: gating lies far apart, and a cache line
/// from main memory takes as long as a small unit. Sums of integers do not mind the order.
enum { TD_LATE = 32 };
typedef struct {
    uint64_t count;  // of all so far; the last TD_LATE of them wait
    int32_t index[TD_LATE];
    int64_t addend[TD_LATE];
} td_late;

/// The part of an addition that can fail: whether the sum of magnitudes stays in range.
static inline ck_td_status td_gating_account(ck_gating *gating, int64_t addend) {
    uint64_t magnitude = addend < 0 ? 0 - (uint64_t)addend : (uint64_t)addend;
    if (magnitude > (uint64_t)INT64_MAX - gating->absolute) return CK_TD_GATING_RANGE;
    gating->absolute += magnitude;
    return CK_TD_OK;
}

/// The other part, for addends that are not 0.
static inline void td_gating_put(ck_gating *gating, int32_t index, int64_t addend) {
    gating->value[index] += addend;
    // Without a branch: whether a place was touched before cannot be predicted. The list has one entry to spare.
    const uint8_t byte = gating->touched[index >> 3];
    gating->list[gating->count] = index;
    gating->count += !(byte >> (index & 7) & 1);
    gating->touched[index >> 3] = (uint8_t)(byte | 1u << (index & 7));
    gating->words[index >> 12] |= (uint64_t)1 << (index >> 6 & 63);
}

/// ck_gating_add, here so that the loops over shares need no call.
static inline ck_td_status td_gating_add(ck_gating *gating, int32_t index, int64_t addend) {
    if (addend == 0) return CK_TD_OK;
    if (td_gating_account(gating, addend) != CK_TD_OK) return CK_TD_GATING_RANGE;
    td_gating_put(gating, index, addend);
    return CK_TD_OK;
}

/// Stage 3 for one cell: product first, then the division, then to fixed point by round to nearest even.
static inline ck_td_status td_propagate(ck_gating *gating, int32_t index, double unit_gating, int64_t product,
                                        double sum) {
    double share = unit_gating * (double)product / sum;
    if (!(fabs(share) < 0x1p62)) return CK_TD_GATING_RANGE;
    return td_gating_add(gating, index, llrint(share));
}

/// td_gating_add, but the addition waits until what it touches is in the cache.
static inline ck_td_status td_gating_add_later(td_late *late, ck_gating *gating, int32_t index, int64_t addend) {
    if (addend == 0) return CK_TD_OK;
    if (td_gating_account(gating, addend) != CK_TD_OK) return CK_TD_GATING_RANGE;
    __builtin_prefetch(gating->value + index, 0, 2);
    const uint64_t place = late->count++ % TD_LATE;
    if (late->count > TD_LATE) td_gating_put(gating, late->index[place], late->addend[place]);
    late->index[place] = index;
    late->addend[place] = addend;
    return CK_TD_OK;
}

/// td_propagate with such an addition.
static inline ck_td_status td_propagate_later(td_late *late, ck_gating *gating, int32_t index, double unit_gating,
                                              int64_t product, double sum) {
    double share = unit_gating * (double)product / sum;
    if (!(fabs(share) < 0x1p62)) return CK_TD_GATING_RANGE;
    return td_gating_add_later(late, gating, index, llrint(share));
}

/// td_gating_put for many.
static inline void td_gating_put_all(ck_gating *gating, const int32_t *index, const int64_t *addend, int32_t count) {
    // Not by way of the structure: each addition would wait for the one before to have stored the list's length.
    int64_t *value = gating->value;
    uint8_t *touched = gating->touched;
    int32_t *list = gating->list, length = gating->count;
    for (int32_t i = 0; i < count; i++) {
        const int32_t at = index[i];
        if (addend[i] == 0) continue;
        value[at] += addend[i];
        const uint8_t byte = touched[at >> 3];
        list[length] = at;
        length += !(byte >> (at & 7) & 1);
        touched[at >> 3] = (uint8_t)(byte | 1u << (at & 7));
    }
    for (int32_t i = gating->count; i < length; i++) {
        gating->words[list[i] >> 12] |= (uint64_t)1 << (list[i] >> 6 & 63);
    }
    gating->count = length;
}

/// Makes up for the additions that still wait.
static inline void td_catch_up(td_late *late, ck_gating *gating) {
    const uint64_t waiting = late->count < TD_LATE ? late->count : TD_LATE;
    for (uint64_t i = 0; i < waiting; i++) td_gating_put(gating, late->index[i], late->addend[i]);
    late->count = 0;
}

#endif
