// Sets of cells of a kernel, and their 8-connected components.
#ifndef CK_TD_CELLS_H
#define CK_TD_CELLS_H

#include "topdown.h"

static inline int32_t first_of(td_cells set) {
    uint64_t low = (uint64_t)set;
    return low != 0 ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(set >> 64));
}

static inline int32_t area_of(td_cells set) {
    return __builtin_popcountll((uint64_t)set) + __builtin_popcountll((uint64_t)(set >> 64));
}

static inline td_cells shift_up(td_cells set, int32_t bits) { return bits < 128 ? set << bits : 0; }
static inline td_cells shift_down(td_cells set, int32_t bits) { return bits < 128 ? set >> bits : 0; }

// The 8-connected component of `set` that holds its first cell.
static inline td_cells component(td_cells set, const td_grid *g) {
    td_cells now = set & (0 - set), before;
    do {
        before = now;
        td_cells row = now | (now & g->not_last) << 1 | (now & g->not_first) >> 1;
        now = (row | shift_up(row, g->width) | shift_down(row, g->width)) & set;
    } while (now != before);
    return now;
}

static inline td_cells lonely(td_cells set, const td_grid *g) {
    td_cells sides = (set & g->not_last) << 1 | (set & g->not_first) >> 1;
    td_cells row = set | sides;
    return set & ~(sides | shift_up(row, g->width) | shift_down(row, g->width));
}

// The same in kernels of at most 63 cells. Bit 63 stays free: a step to the right, out of the set, may be followed by
// one up, into it.
static inline uint64_t small_component(uint64_t set, const td_grid *g) {
    const uint64_t not_last = (uint64_t)g->not_last, not_first = (uint64_t)g->not_first;
    uint64_t now = set & (0 - set), before;
    do {
        // Four steps are enough in 3x3 cells, so that the branch can be predicted.
        for (int step = 0; step < 4; step++) {
            before = now;
            uint64_t row = now | (now & not_last) << 1 | (now & not_first) >> 1;
            now = (row | row << g->width | row >> g->width) & set;
        }
    } while (now != before);
    return now;
}

static inline uint64_t small_lonely(uint64_t set, const td_grid *g) {
    uint64_t sides = (set & (uint64_t)g->not_last) << 1 | (set & (uint64_t)g->not_first) >> 1;
    uint64_t row = set | sides;
    return set & ~(sides | row << g->width | row >> g->width);
}

#endif
