// Section 4: stage 2 for convolution, one spatially contiguous group of one channel, and stage 3 for it.
#include "topdown.h"

typedef unsigned __int128 cells;  // bit y * width + x: a set of cells of one channel's window

static int32_t first_of(cells set) {
    uint64_t low = (uint64_t)set;
    return low != 0 ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(set >> 64));
}

static int32_t area_of(cells set) {
    return __builtin_popcountll((uint64_t)set) + __builtin_popcountll((uint64_t)(set >> 64));
}

// The columns that have a right or a left neighbour, for a kernel of a given size.
typedef struct {
    cells not_last, not_first;
    int32_t width;
} grid;

static grid make_grid(int32_t height, int32_t width) {
    cells row = width == 128 ? ~(cells)0 : ((cells)1 << width) - 1;
    cells all = 0;
    for (int32_t y = 0; y < height; y++) all |= row << (y * width);
    cells first = 0;
    for (int32_t y = 0; y < height; y++) first |= (cells)1 << (y * width);
    return (grid){all & ~(first << (width - 1)), all & ~first, width};
}

static inline cells shift_up(cells set, int32_t bits) { return bits < 128 ? set << bits : 0; }
static inline cells shift_down(cells set, int32_t bits) { return bits < 128 ? set >> bits : 0; }

// The 8-connected component of `set` that holds its first cell.
static cells component(cells set, const grid *g) {
    if ((uint64_t)(set >> 63) == 0 && g->width < 64) {
        // Bit 63 stays free: a step to the right, out of the set, may be followed by one up, into it.
        uint64_t members = (uint64_t)set, now = members & (0 - members), before;
        uint64_t not_last = (uint64_t)g->not_last, not_first = (uint64_t)g->not_first;
        do {
            before = now;
            uint64_t row = now | (now & not_last) << 1 | (now & not_first) >> 1;
            now = (row | row << g->width | row >> g->width) & members;
        } while (now != before);
        return now;
    }
    cells now = set & (0 - set), before;
    do {
        before = now;
        cells row = now | (now & g->not_last) << 1 | (now & g->not_first) >> 1;
        now = (row | shift_up(row, g->width) | shift_down(row, g->width)) & set;
    } while (now != before);
    return now;
}

static cells lonely(cells set, const grid *g) {
    cells sides = (set & g->not_last) << 1 | (set & g->not_first) >> 1;
    cells row = set | sides;
    return set & ~(sides | shift_up(row, g->width) | shift_down(row, g->width));
}

typedef struct {
    const ck_td_workspace *workspace;
    const td_unit *unit;
    grid grid;
    double maximum;  // of the unit's products
    int exact;       // every component has to be looked at: winners may be <= 0
    int64_t ineligible;
    td_best best;
    cells chosen;
} search;

static int64_t product_at(const search *s, int32_t cell, int32_t channel) {
    const td_unit *unit = s->unit;
    int32_t row = cell / unit->kernel_width, column = cell - row * unit->kernel_width;
    int32_t tap = (row - unit->first_row) * unit->columns + column - unit->first_column;
    return td_fixed(s->workspace->products[(int64_t)tap * unit->channels + channel]);
}

static int64_t sum_over(const search *s, cells set, int32_t channel) {
    int64_t sum = 0;
    for (; set != 0; set &= set - 1) sum += product_at(s, first_of(set), channel);
    return sum;
}

// Whether no component of this area can reach the best score. The margin covers the rounding of both.
static int hopeless(const search *s, int32_t area) {
    return !s->exact && (0.2 * s->maximum + 0.8) * area * (1 + 1e-9) < s->best.score;
}

static void look_at(search *s, cells set, int32_t channel) {
    while (set != 0) {
        cells group = component(set, &s->grid);
        set &= ~group;
        int32_t area = area_of(group);
        if (hopeless(s, area)) continue;
        int64_t sum = sum_over(s, group, channel);
        if (sum <= 0) {
            s->ineligible++;
        } else if (td_offer(&s->best, td_score(sum, area), sum, channel, first_of(group))) {
            s->chosen = group;
        }
    }
}

static void look_at_channel(search *s, int32_t channel) {
    const ck_td_workspace *workspace = s->workspace;
    const int32_t words = (s->unit->kernel_height * s->unit->kernel_width + 31) / 32;
    cells set = 0;
    for (int32_t word = 0; word < words; word++) {
        set |= (cells)workspace->masks[(int64_t)word * workspace->mask_stride + channel] << (32 * word);
    }
    cells alone = words > 1 && !s->exact ? lonely(set, &s->grid) : 0;
    look_at(s, set & ~alone, channel);
    if (alone != 0 && !hopeless(s, 1)) look_at(s, alone, channel);
}

static void search_masks(ck_td_workspace *workspace, search *s, const td_stage1 *stage1) {
    const td_unit *unit = s->unit;
    const td_kernels *kernels = workspace->kernels;
    const int32_t words = (unit->kernel_height * unit->kernel_width + 31) / 32;
    float largest = kernels->masks(workspace->products, unit->rows, unit->columns, unit->channels, unit->first_row,
                                   unit->first_column, unit->kernel_width, stage1->at_least, workspace->masks,
                                   workspace->mask_stride, words, workspace->bounds);
    if (s->exact) {
        for (int32_t channel = 0; channel < unit->channels; channel++) look_at_channel(s, channel);
        return;
    }
    // The most promising channel first; then only those whose bound, with its float errors, reaches its score.
    kernels->at_least(workspace->bounds, unit->channels, largest, workspace->indices);
    const int32_t first = workspace->indices[0];
    look_at_channel(s, first);
    float enough = (float)(s->best.score * (1 - 0x1p-14));
    int32_t count = kernels->at_least(workspace->bounds, unit->channels, enough, workspace->indices);
    for (int32_t i = 0; i < count; i++) {
        int32_t channel = workspace->indices[i];
        if (channel != first && workspace->bounds[channel] * (1 + 0x1p-14) >= s->best.score) {
            look_at_channel(s, channel);
        }
    }
}

// One cell a channel: only the largest products can have the best score.
static void search_cells(ck_td_workspace *workspace, search *s, const td_stage1 *stage1) {
    const int32_t channels = s->unit->channels;
    const td_kernels *kernels = workspace->kernels;
    if (s->exact) {
        int32_t winners = kernels->at_least(workspace->products, channels, stage1->at_least, workspace->indices);
        float positive = ck_td_smallest_float(1);
        int32_t eligible = kernels->at_least(workspace->products, channels, positive, workspace->indices);
        s->ineligible = winners - eligible;
    }
    // Scores differ in double wherever the products differ by a millionth.
    int64_t maximum = td_fixed(stage1->maximum);
    float near = ck_td_smallest_float(maximum - (maximum >> 20));
    int32_t count = kernels->at_least(workspace->products, channels, near, workspace->indices);
    for (int32_t i = 0; i < count; i++) {
        int32_t channel = workspace->indices[i];
        int64_t product = td_fixed(workspace->products[channel]);
        if (product >= stage1->threshold && td_offer(&s->best, td_score(product, 1), product, channel, 0)) {
            s->chosen = 1;
        }
    }
}

// Where the gating of a kernel's cell and channel goes.
static int32_t gating_index(const td_unit *unit, int32_t cell, int32_t channel) {
    int32_t row = cell / unit->kernel_width, column = cell - row * unit->kernel_width;
    return unit->input_index + (row - unit->first_row) * unit->row_step +
           (column - unit->first_column) * unit->column_step + channel;
}

ck_td_status ck_td_select_group(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                ck_gating *input_gating, ck_td_stats *stats, int *dropped) {
    if ((int64_t)unit->kernel_height * unit->kernel_width > TD_MASK_CELLS) {
        return ck_td_select_group_large(workspace, unit, stage1, input_gating, stats, dropped);
    }
    search s = {.workspace = workspace,
                .unit = unit,
                .maximum = td_double(td_fixed(stage1->maximum)),
                .exact = stage1->threshold <= 0,
                .best = {.score = -1}};
    if (unit->kernel_height * unit->kernel_width == 1) {
        search_cells(workspace, &s, stage1);
    } else {
        s.grid = make_grid(unit->kernel_height, unit->kernel_width);
        search_masks(workspace, &s, stage1);
    }
    stats->ineligible += s.ineligible;
    if (s.best.score < 0) {
        *dropped = 1;
        return CK_TD_OK;
    }
    stats->ties += s.best.tied;
    ck_td_status status = CK_TD_OK;
    const double gating = (double)unit->gating, sum = (double)s.best.sum;
    // The gating lies far apart, one cache line or more a row: all of it is asked for before the first is needed.
    for (cells set = s.chosen; set != 0; set &= set - 1) {
        __builtin_prefetch(input_gating->value + gating_index(unit, first_of(set), s.best.channel), 1);
    }
    for (cells set = s.chosen; set != 0; set &= set - 1) {
        int32_t cell = first_of(set);
        ck_td_status added = td_propagate(input_gating, gating_index(unit, cell, s.best.channel), gating,
                                          product_at(&s, cell, s.best.channel), sum);
        if (added != CK_TD_OK) status = added;
    }
    return status;
}
