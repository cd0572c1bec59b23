// A layer's units in batches of sixteen.
#include "td_lanes.h"

#include <stdlib.h>

#include "topdown.h"

enum { FLOATS = 16 };  // of a vector

static int32_t rounded_up(int32_t count) { return (count + FLOATS - 1) / FLOATS * FLOATS; }

static void *zeros(size_t count) {
    const size_t bytes = (count * 4 + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);
    if (memory != NULL) memset(memory, 0, bytes);
    return memory;
}

td_lanes *ck_td_lanes_create(int64_t products) {
    td_lanes *lanes = zeros((sizeof *lanes + 3) / 4);
    if (lanes == NULL) return NULL;
    lanes->stride = rounded_up((int32_t)(products < TD_LANE_PRODUCTS ? products : TD_LANE_PRODUCTS)) + TD_SLACK;
    lanes->index = zeros((size_t)lanes->stride * TD_LANES);
    lanes->value = zeros((size_t)lanes->stride * TD_LANES);
    lanes->window = zeros((size_t)lanes->stride * TD_LANES);
    if (lanes->index == NULL || lanes->value == NULL || lanes->window == NULL) {
        ck_td_lanes_destroy(lanes);
        return NULL;
    }
    return lanes;
}

void ck_td_lanes_destroy(td_lanes *lanes) {
    if (lanes == NULL) return;
    free(lanes->index);
    free(lanes->value);
    free(lanes->window);
    free(lanes);
}

int ck_td_lanes_fit(const ck_td_workspace *workspace, const ck_td_conv_layer *layer, int32_t channels) {
    if (workspace->lanes == NULL) return 0;
    const int64_t cells = (int64_t)layer->window.kernel_height * layer->window.kernel_width;
    if (cells * channels > TD_LANE_PRODUCTS) return 0;
    // One cell's strongest channel needs no theta.
    if (layer->rule.select == CK_TD_GROUP) return cells > 1 && cells <= TD_FEW_CELLS;
    // Only there are inputs in the order of the weights.
    return layer->rule.select == CK_TD_LADDER && cells == 1;
}

typedef struct {
    ck_td_workspace *workspace;
    const ck_td_conv_layer *layer;
    ck_gating *input_gating;
    ck_td_stats *stats;
    int64_t *dropped_mass;
    ck_td_status status;
    int out_of_range;  // gating left its range somewhere
    td_waiting again[2 * TD_LANES];  // units whose pivot was not good
    float guess[2 * TD_LANES];
    int32_t count;  // of those
} layer_run;

static void copy(float *to, const float *from, int32_t count) {
    int32_t i = 0;
    for (; i + FLOATS <= count; i += FLOATS) memcpy(to + i, from + i, FLOATS * sizeof *to);
    for (; i < count; i++) to[i] = from[i];
}

// The activities below the whole kernel, in the order of the weights, and zeros where it lies outside of the map.
static void copy_window(const td_waiting *waiting, float *to) {
    const td_unit *unit = &waiting->unit;
    const td_window *window = &waiting->window;
    const int32_t row = unit->kernel_width * unit->channels;
    if (unit->rows != unit->kernel_height || unit->columns != unit->kernel_width) {
        memset(to, 0, sizeof *to * (size_t)(row * unit->kernel_height));
    }
    to += unit->first_row * row + unit->first_column * unit->channels;
    // Several rows may be one run.
    const int32_t step = window->rows == unit->rows ? row : 0;
    for (int32_t y = 0; y < window->rows; y++) {
        for (int32_t x = 0; x < window->segments; x++) {
            copy(to + y * step + x * window->run,
                 window->input + y * window->input_row + x * window->input_segment, window->run);
        }
    }
}

// Where the pivot is looked for first, as a share of where theta is likely; and by what factor next. Measured on
// photographs: a tenth of the units fail at the first, a few in a hundred at the second.
#define FIRST_GUESS 0.85f
#define LOWER_GUESS 0.5f
#define HIGHER_GUESS 1.6f

// Gives each lane a unit's products.
static void fill(const layer_run *run, const td_waiting *units, const float *guess, int32_t count) {
    td_lanes *lanes = run->workspace->lanes;
    const int is_one = run->layer->window.kernel_height * run->layer->window.kernel_width == 1;
    float *next = lanes->window;
    lanes->lanes = (1u << count) - 1;
    for (int32_t i = 0; i < count; i++) {
        const td_waiting *waiting = &units[i];
        lanes->weights[i] = run->layer->weights + (int64_t)waiting->out * lanes->products;
        lanes->gating[i] = (double)waiting->unit.gating;
        lanes->first[i] = waiting->unit.input_index;
        if (waiting->unit.gating >= TD_LANE_GATING || waiting->unit.gating <= -TD_LANE_GATING) {
            lanes->lanes &= ~(1u << i);
        }
        lanes->guess[i] = guess == NULL ? FIRST_GUESS : guess[i];
        if (i > 0 && units[i - 1].pixel == waiting->pixel && run->layer->groups == 1) {
            lanes->input[i] = lanes->input[i - 1];
        } else if (is_one && waiting->window.rows > 0) {
            lanes->input[i] = waiting->window.input;
        } else {
            copy_window(waiting, next);
            lanes->input[i] = next;
            next += lanes->stride;
        }
    }
    for (int32_t i = count; i < TD_LANES; i++) {
        lanes->weights[i] = lanes->weights[0];
        lanes->input[i] = lanes->input[0];
        lanes->guess[i] = FIRST_GUESS;
    }
}

static void alone(layer_run *run, const td_waiting *waiting) {
    const ck_td_status found = ck_td_run_window(run->workspace, &waiting->unit, &waiting->window, run->input_gating,
                                                run->stats, run->dropped_mass);
    if (found != CK_TD_OK) td_note_error(&run->status, run->stats, found, waiting->index);
    run->out_of_range |= found == CK_TD_GATING_RANGE;
}

// Adds the shares to the input's gating.
static void propagate(layer_run *run) {
    td_lanes *lanes = run->workspace->lanes;
    ck_gating *gating = run->input_gating;
    for (int32_t i = 0; i < lanes->shared; i++) __builtin_prefetch(gating->value + lanes->place[i]);
    run->workspace->kernels->shares(lanes);
    if (lanes->magnitude > (uint64_t)INT64_MAX - gating->absolute) {
        run->out_of_range = 1;
        return;
    }
    gating->absolute += lanes->magnitude;
    td_gating_put_all(gating, lanes->place, lanes->share, lanes->shared);
}

static void visit(layer_run *run, const td_waiting *units, const float *guess, int32_t count) {
    td_lanes *lanes = run->workspace->lanes;
    const int is_group = run->layer->rule.select == CK_TD_GROUP;
    fill(run, units, guess, count);
    run->workspace->kernels->lanes(lanes);
    for (int32_t i = 0; i < count; i++) {
        const uint32_t bit = 1u << i;
        const td_unit *unit = &units[i].unit;
        if (!((lanes->decided | lanes->dropped) & bit)) {
            if (guess == NULL && (lanes->too_few | lanes->too_many) & bit) {
                run->guess[run->count] = lanes->too_few & bit ? LOWER_GUESS : HIGHER_GUESS;
                run->again[run->count++] = units[i];
            } else {
                alone(run, &units[i]);
            }
            continue;
        }
        run->stats->active_units++;
        run->stats->products += (int64_t)unit->rows * unit->columns * unit->channels;
        if (lanes->dropped & bit) {
            run->stats->dropped_units++;
            *run->dropped_mass += unit->gating;
        } else if (is_group) {
            ck_td_select_group_of_few(run->workspace, unit, i, run->stats);
        }
    }
    propagate(run);
}

ck_td_status ck_td_conv_lanes(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                              const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats,
                              int64_t *dropped_mass) {
    layer_run run = {.workspace = workspace, .layer = layer, .input_gating = input_gating, .stats = stats,
                     .dropped_mass = dropped_mass};
    workspace->lanes->rule = &layer->rule;
    workspace->lanes->products =
        layer->window.kernel_height * layer->window.kernel_width * (input->channels / layer->groups);
    td_waiting batches[2][TD_LANES];
    const td_waiting nothing = {.pixel = -1}, *before = &nothing;
    int32_t next = 0, waiting = 0;
    for (int turn = 0; waiting > 0 || next < output_gating->count; turn ^= 1) {
        // The next ones are asked for before those that wait are visited.
        td_waiting *ahead = batches[turn];
        int32_t count = 0;
        for (; count < TD_LANES && next < output_gating->count; next++) {
            td_prefetch_value(output_gating, next);
            const int32_t index = output_gating->list[next];
            if (output_gating->value[index] == 0) continue;
            ck_td_prepare(workspace, layer, input, output_gating, index, &ahead[count], before);
            before = &ahead[count++];
        }
        if (waiting > 0) visit(&run, batches[turn ^ 1], NULL, waiting);
        waiting = count;
        if (run.count >= TD_LANES) {
            run.count -= TD_LANES;
            visit(&run, run.again + run.count, run.guess + run.count, TD_LANES);
        }
    }
    if (run.count > 0) visit(&run, run.again, run.guess, run.count);
    return run.out_of_range ? CK_TD_GATING_RANGE : run.status;
}
