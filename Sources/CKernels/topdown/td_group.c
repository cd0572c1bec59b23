// Section 4: stage 2 for convolution, one spatially contiguous group of one channel, and stage 3 for it.
#include "td_cells.h"

typedef td_cells cells;

void ck_td_make_components(td_grid *g) {
    const td_grid three = {.height = 3, .width = 3, .not_last = 0333, .not_first = 0666};
    for (uint32_t set = 0; set < 512; set++) {
        const uint64_t first = small_component(set, &three);
        g->components[set] = (uint16_t)(first | (uint64_t)__builtin_popcountll(first) << TD_AREA);
    }
}

typedef struct {
    const ck_td_workspace *workspace;
    const td_unit *unit;
    double maximum;  // of the unit's products
    int exact;       // every component has to be looked at: winners may be <= 0
    int64_t ineligible;
    td_best best;
    cells chosen;
} search;

static inline int64_t product_at(const search *s, int32_t cell, int32_t channel) {
    const td_unit *unit = s->unit;
    int32_t tap = cell - unit->first_row * unit->kernel_width;
    if (unit->columns != unit->kernel_width) {
        const td_cell at = s->workspace->grid.cells[cell];
        tap = (at.row - unit->first_row) * unit->columns + at.column - unit->first_column;
    }
    return td_fixed(s->workspace->products[(int64_t)tap * unit->channels + channel]);
}

// Whether no component of this area can reach the best score. The margin covers the rounding of both.
static int hopeless(const search *s, int32_t area) {
    return !s->exact && (0.2 * s->maximum + 0.8) * area * (1 + 1e-9) < s->best.score;
}

static void offer(search *s, cells group, int64_t sum, int32_t area, int32_t channel) {
    if (sum <= 0) {
        s->ineligible++;
    } else if (td_offer(&s->best, td_score(sum, area), sum, channel, first_of(group))) {
        s->chosen = group;
    }
}

static void look_at(search *s, cells set, int32_t channel) {
    while (set != 0) {
        const cells group = component(set, &s->workspace->grid);
        set &= ~group;
        const int32_t area = area_of(group);
        if (hopeless(s, area)) continue;
        int64_t sum = 0;
        for (cells left = group; left != 0; left &= left - 1) sum += product_at(s, first_of(left), channel);
        offer(s, group, sum, area, channel);
    }
}

static void small_look_at(search *s, uint64_t set, int32_t channel) {
    const td_grid *g = &s->workspace->grid;
    while (set != 0) {
        uint64_t group;
        int32_t area;
        if (g->is_three) {
            group = g->components[set] & ((1 << TD_AREA) - 1);
            area = g->components[set] >> TD_AREA;
        } else {
            group = small_component(set, g);
            area = __builtin_popcountll(group);
        }
        set &= ~group;
        if (hopeless(s, area)) continue;
        int64_t sum = 0;
        for (uint64_t left = group; left != 0; left &= left - 1) {
            sum += product_at(s, __builtin_ctzll(left), channel);
        }
        offer(s, group, sum, area, channel);
    }
}

// Components of one cell come last: they are many where windows are large, and seldom reach what the others score.
static void look_at_channel(search *s, int32_t channel) {
    const ck_td_workspace *workspace = s->workspace;
    const td_grid *g = &workspace->grid;
    const uint32_t *masks = workspace->masks + channel;
    const int32_t size = g->height * g->width, words = (size + 31) / 32;
    if (size < 64) {
        const uint64_t set = masks[0] | (words > 1 ? (uint64_t)masks[workspace->mask_stride] << 32 : 0);
        const uint64_t alone = words > 1 && !s->exact ? small_lonely(set, g) : 0;
        small_look_at(s, set & ~alone, channel);
        if (alone != 0 && !hopeless(s, 1)) small_look_at(s, alone, channel);
        return;
    }
    cells set = 0;
    for (int32_t word = 0; word < words; word++) {
        set |= (cells)masks[(int64_t)word * workspace->mask_stride] << (32 * word);
    }
    const cells alone = s->exact ? 0 : lonely(set, g);
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
    // The most promising channel first; then only those whose bound, with its float errors, reaches its score. Mostly
    // they are among those that come near its bound.
    const float near = largest * (1 - 0x1p-13f);
    int32_t count = kernels->at_least(workspace->bounds, unit->channels, near, workspace->indices);
    int32_t first = workspace->indices[0];
    for (int32_t i = 1; i < count; i++) {
        const int32_t channel = workspace->indices[i];
        if (workspace->bounds[channel] > workspace->bounds[first]) first = channel;
    }
    look_at_channel(s, first);
    const float enough = (float)(s->best.score * (1 - 0x1p-14));
    if (enough < near) count = kernels->at_least(workspace->bounds, unit->channels, enough, workspace->indices);
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

// What a channel wins of a list of winners, in workspace: its set of cells, their number in labels, their sum in sums.
// Returns the channels' number; they are in workspace->indices.
static int32_t collect(ck_td_workspace *workspace, int32_t channels, const float *value, const int32_t *index,
                       int32_t count) {
    // Quotients of numbers below TD_LANE_PRODUCTS by multiplication.
    const uint64_t reciprocal = ((uint64_t)1 << 32) / (uint64_t)channels + 1;
    int32_t distinct = 0;
    for (int32_t i = 0; i < count; i++) {
        const int32_t cell = (int32_t)((uint64_t)index[i] * reciprocal >> 32), channel = index[i] - cell * channels;
        const uint64_t set = workspace->sets[channel];
        const int64_t product = td_fixed(value[i]);
        workspace->products[index[i]] = value[i];
        workspace->sets[channel] = set | (uint64_t)1 << cell;
        workspace->sums[channel] = set == 0 ? product : workspace->sums[channel] + product;
        workspace->labels[channel] = set == 0 ? 1 : workspace->labels[channel] + 1;
        workspace->indices[distinct] = channel;
        distinct += set == 0;
    }
    return distinct;
}

static void look_at_few(search *s, int32_t channel) {
    const ck_td_workspace *workspace = s->workspace;
    const td_grid *g = &workspace->grid;
    const uint64_t set = workspace->sets[channel];
    const int32_t area = workspace->labels[channel];
    const uint64_t first = area == 1     ? set
                           : g->is_three ? g->components[set] & ((1 << TD_AREA) - 1)
                                         : small_component(set, g);
    if (first == set) {
        offer(s, set, workspace->sums[channel], area, channel);
        return;
    }
    const uint64_t single = g->is_three ? 0 : small_lonely(set, g);
    small_look_at(s, set & ~single, channel);
    if (single != 0 && !hopeless(s, 1)) small_look_at(s, single, channel);
}

static void search_few(ck_td_workspace *workspace, search *s, int32_t distinct) {
    const int32_t *channels = workspace->indices;
    // No component scores more than all of them together, were they one: rounding keeps the order.
    double bounds[TD_SLOTS], largest = -1;
    int32_t best = 0;
    for (int32_t i = 0; i < distinct; i++) {
        bounds[i] = td_score(workspace->sums[channels[i]], workspace->labels[channels[i]]);
        best = bounds[i] > largest ? i : best;
        largest = bounds[i] > largest ? bounds[i] : largest;
    }
    look_at_few(s, channels[best]);
    bounds[best] = -1;
    for (int32_t i = 0; i < distinct; i++) {
        if (bounds[i] >= s->best.score) look_at_few(s, channels[i]);
    }
    for (int32_t i = 0; i < distinct; i++) workspace->sets[channels[i]] = 0;
}

// The gating index of the kernel's first cell, be it inside the map or not.
static int64_t origin_of(const ck_td_workspace *workspace, const td_unit *unit) {
    return unit->input_index - workspace->grid.offsets[unit->first_row * unit->kernel_width] -
           workspace->grid.offsets[unit->first_column];
}

// Stage 3 for the best component.
static ck_td_status propagate(ck_td_workspace *workspace, const search *s, ck_gating *input_gating) {
    const td_unit *unit = s->unit;
    const double gating = (double)unit->gating, sum = (double)s->best.sum;
    const int64_t origin = origin_of(workspace, unit) + s->best.channel;
    ck_td_status status = CK_TD_OK;
    cells set = s->chosen;
    for (int32_t half = 0; half < 128; half += 64, set >>= 64) {
        for (uint64_t left = (uint64_t)set; left != 0; left &= left - 1) {
            const int32_t cell = half + __builtin_ctzll(left);
            ck_td_status added = td_propagate_later(&workspace->late, input_gating,
                                                    (int32_t)(origin + workspace->grid.offsets[cell]), gating,
                                                    product_at(s, cell, s->best.channel), sum);
            if (added != CK_TD_OK) status = added;
        }
    }
    return status;
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
        search_masks(workspace, &s, stage1);
    }
    stats->ineligible += s.ineligible;
    if (s.best.score < 0) {
        *dropped = 1;
        return CK_TD_OK;
    }
    stats->ties += s.best.tied;
    return propagate(workspace, &s, input_gating);
}

void ck_td_select_group_of_few(ck_td_workspace *workspace, const td_unit *unit, int32_t lane, ck_td_stats *stats) {
    td_lanes *lanes = workspace->lanes;
    const int64_t at = (int64_t)lane * lanes->stride;
    td_unit whole = {.channels = unit->channels, .columns = unit->kernel_width, .kernel_width = unit->kernel_width};
    search s = {.workspace = workspace,
                .unit = &whole,
                .maximum = td_double(td_fixed(lanes->maximum[lane])),
                .best = {.score = -1}};
    search_few(workspace, &s,
               collect(workspace, unit->channels, lanes->value + at, lanes->index + at, lanes->count[lane]));
    stats->ties += s.best.tied;
    lanes->sum[lane] = (double)s.best.sum;
    const int64_t origin = origin_of(workspace, unit) + s.best.channel;
    int32_t end = lanes->shared;
    for (uint64_t left = (uint64_t)s.chosen; left != 0; left &= left - 1, end++) {
        const int32_t cell = __builtin_ctzll(left);
        lanes->place[end] = (int32_t)(origin + workspace->grid.offsets[cell]);
        lanes->product[end] = workspace->products[cell * unit->channels + s.best.channel];
        lanes->lane[end] = lane;
    }
    lanes->shared = end;
}
