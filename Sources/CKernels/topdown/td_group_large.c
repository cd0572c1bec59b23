// Section 4 for kernels of more than TD_MASK_CELLS cells: components by a stack of cells, one channel after the other.
#include "topdown.h"

typedef struct {
    const td_unit *unit;
    const float *products;
    int32_t *stack;  // the members of the component in hand, from the start; grows as they are found
    int32_t *seen;   // [rows * columns]: nonzero where a cell is no winner or belongs to a component already
} large;

// Collects the component of `start` in the stack and returns its area.
static int32_t collect(const large *l, int32_t start) {
    const int32_t rows = l->unit->rows, columns = l->unit->columns;
    int32_t area = 0;
    l->stack[area++] = start;
    l->seen[start] = 1;
    for (int32_t next = 0; next < area; next++) {
        int32_t row = l->stack[next] / columns, column = l->stack[next] % columns;
        for (int32_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < rows; y++) {
            for (int32_t x = column > 0 ? column - 1 : 0; x <= column + 1 && x < columns; x++) {
                if (l->seen[y * columns + x]) continue;
                l->seen[y * columns + x] = 1;
                l->stack[area++] = y * columns + x;
            }
        }
    }
    return area;
}

static int64_t product_at(const large *l, int32_t cell, int32_t channel) {
    return td_fixed(l->products[(int64_t)cell * l->unit->channels + channel]);
}

static void mark(const large *l, int32_t channel, int64_t threshold) {
    for (int32_t cell = 0; cell < l->unit->rows * l->unit->columns; cell++) {
        l->seen[cell] = product_at(l, cell, channel) < threshold;
    }
}

ck_td_status ck_td_select_group_large(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                      ck_gating *input_gating, ck_td_stats *stats, int *dropped) {
    const int32_t cells = unit->rows * unit->columns;
    const large l = {unit, workspace->products, workspace->labels, workspace->labels + cells};
    td_best best = {.score = -1};
    for (int32_t channel = 0; channel < unit->channels; channel++) {
        mark(&l, channel, stage1->threshold);
        for (int32_t cell = 0; cell < cells; cell++) {
            if (l.seen[cell]) continue;
            int32_t area = collect(&l, cell);
            int64_t sum = 0;
            for (int32_t i = 0; i < area; i++) sum += product_at(&l, l.stack[i], channel);
            if (sum <= 0) {
                stats->ineligible++;
            } else {
                td_offer(&best, td_score(sum, area), sum, channel, cell);
            }
        }
    }
    if (best.score < 0) {
        *dropped = 1;
        return CK_TD_OK;
    }
    stats->ties += best.tied;
    mark(&l, best.channel, stage1->threshold);
    int32_t area = collect(&l, best.first);
    ck_td_status status = CK_TD_OK;
    for (int32_t i = 0; i < area; i++) {
        int32_t row = l.stack[i] / unit->columns, column = l.stack[i] % unit->columns;
        int32_t index = unit->input_index + row * unit->row_step + column * unit->column_step + best.channel;
        ck_td_status added = td_propagate(input_gating, index, (double)unit->gating,
                                          product_at(&l, l.stack[i], best.channel), (double)best.sum);
        if (added != CK_TD_OK) status = added;
    }
    return status;
}
