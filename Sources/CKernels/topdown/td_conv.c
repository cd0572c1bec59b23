// One convolution, fully connected layer or bridge: visits the active units and sends each through the three stages.
#include "topdown.h"

static int fits(const ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                const ck_gating *output_gating, const ck_gating *input_gating) {
    const int32_t groups = layer->groups;
    if (groups < 1 || input->channels < 1 || input->channels % groups != 0) return 0;
    if (layer->out_channels < 1 || layer->out_channels % groups != 0) return 0;
    if (layer->window.kernel_height < 1 || layer->window.kernel_width < 1 || layer->window.stride_y < 1 || layer->window.stride_x < 1) return 0;
    if (layer->window.pad_top < 0 || layer->window.pad_left < 0) return 0;
    if (layer->window.kernel_height > INT32_MAX / layer->window.kernel_width) return 0;
    int64_t cells = (int64_t)layer->window.kernel_height * layer->window.kernel_width;
    if (cells > workspace->capacity || cells * (input->channels / groups) > workspace->capacity) return 0;
    if (output_gating->channels != layer->out_channels) return 0;
    return td_has_shape(input_gating, input->height, input->width, input->channels);
}

static void drop(const td_unit *unit, ck_td_stats *stats, int64_t *dropped_mass) {
    stats->dropped_units++;
    *dropped_mass += unit->gating;  // cannot overflow: gating's absolute sum is below 2^63
}

// Stages 1 to 3 for a unit whose products are in the workspace.
static ck_td_status run_unit(ck_td_workspace *workspace, const td_unit *unit, const td_sums *sums,
                             ck_gating *input_gating, ck_td_stats *stats, int64_t *dropped_mass) {
    const int32_t count = unit->rows * unit->columns * unit->channels;
    td_stage1 stage1 = ck_td_reduce(workspace, sums, count, unit->rule);
    if (stage1.status != CK_TD_OK) return stage1.status;
    int dropped = stage1.dropped;
    ck_td_status status = CK_TD_OK;
    if (!dropped) {
        status = unit->rule->select == CK_TD_GROUP
                     ? ck_td_select_group(workspace, unit, &stage1, input_gating, stats, &dropped)
                     : ck_td_select_subset(workspace, unit, &stage1, input_gating);
    }
    if (dropped) drop(unit, stats, dropped_mass);
    return status;
}

ck_td_status ck_td_run_window(ck_td_workspace *workspace, const td_unit *unit, const td_window *window,
                              ck_gating *input_gating, ck_td_stats *stats, int64_t *dropped_mass) {
    stats->active_units++;
    stats->products += (int64_t)unit->rows * unit->columns * unit->channels;
    if (unit->rule->select == CK_TD_GROUP && unit->kernel_height * unit->kernel_width == 1 && window->rows == 1) {
        ck_td_status status;
        int dropped;
        if (ck_td_strongest_channel(workspace, unit, window, input_gating, &status, &dropped)) {
            if (dropped) drop(unit, stats, dropped_mass);
            return status;
        }
    }
    td_sums sums = {0};
    if (window->rows > 0) sums = workspace->kernels->products(window, workspace->products, workspace->positive);
    return run_unit(workspace, unit, &sums, input_gating, stats, dropped_mass);
}

static ck_td_status add_dropped(ck_td_status status, ck_td_stats *stats, int64_t dropped_mass) {
    if (__builtin_add_overflow(stats->dropped_mass, dropped_mass, &stats->dropped_mass) && status == CK_TD_OK) {
        return CK_TD_GATING_RANGE;
    }
    return status;
}

// The units one after the other, in ascending order.
static ck_td_status visit_each(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                               const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats,
                               int64_t *dropped_mass) {
    ck_td_status status = CK_TD_OK;
    td_waiting queue[TD_AHEAD];
    queue[TD_AHEAD - 1].pixel = -1;
    for (int32_t i = 0; i < output_gating->count + TD_AHEAD - 1; i++) {
        if (i < output_gating->count) {
            td_prefetch_value(output_gating, i);
            ck_td_prepare(workspace, layer, input, output_gating, output_gating->list[i], &queue[i % TD_AHEAD],
                    &queue[(i + TD_AHEAD - 1) % TD_AHEAD]);
        }
        if (i < TD_AHEAD - 1) continue;
        const td_waiting *next = &queue[(i + 1) % TD_AHEAD];
        if (next->unit.gating == 0) continue;
        ck_td_status found =
            ck_td_run_window(workspace, &next->unit, &next->window, input_gating, stats, dropped_mass);
        if (found != CK_TD_OK) td_note_error(&status, stats, found, next->index);
    }
    td_catch_up(&workspace->late, input_gating);
    return status;
}

// The same in batches, where the layer is one for that.
static ck_td_status visit(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                          const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats,
                          int64_t *dropped_mass) {
    if (ck_td_lanes_fit(workspace, layer, input->channels / layer->groups)) {
        const ck_td_stats stats_before = *stats;
        const uint64_t absolute = input_gating->absolute;
        const ck_td_status status =
            ck_td_conv_lanes(workspace, layer, input, output_gating, input_gating, stats, dropped_mass);
        td_catch_up(&workspace->late, input_gating);
        if (status != CK_TD_GATING_RANGE) return status;
        // Which unit is the first to leave the range depends on their order. The gating's values mean nothing any more.
        ck_gating_clear(input_gating);
        input_gating->absolute = absolute;
        *stats = stats_before;
        *dropped_mass = 0;
    }
    return visit_each(workspace, layer, input, output_gating, input_gating, stats, dropped_mass);
}

ck_td_status ck_td_conv(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                        const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats) {
    stats->error_unit = -1;
    if (!fits(workspace, layer, input, output_gating, input_gating)) return CK_TD_SHAPE;
    int64_t dropped_mass = 0;
    ck_td_sort(output_gating);
    ck_td_make_grid(&workspace->grid, layer, input);
    memset(workspace->seen, 0, sizeof workspace->seen);
    workspace->largest_small = ck_td_largest_float(layer->rule.epsilon);
    const ck_td_status status =
        visit(workspace, layer, input, output_gating, input_gating, stats, &dropped_mass);
    return add_dropped(status, stats, dropped_mass);
}

ck_td_status ck_td_linear(ck_td_workspace *workspace, const float *weights, const ck_td_rule *rule, const float *input,
                          const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats) {
    const int32_t channels = input_gating->channels;
    const ck_td_conv_layer layer = {.weights = weights, .window = {.kernel_height = 1, .kernel_width = 1, .stride_y = 1,
                                                                   .stride_x = 1},
                                    .groups = 1, .out_channels = output_gating->channels, .rule = *rule};
    const ck_td_view view = {input, channels, channels, 1, 1, channels};
    return ck_td_conv(workspace, &layer, &view, output_gating, input_gating, stats);
}

ck_td_status ck_td_bridge(ck_td_workspace *workspace, const ck_td_rule *rule, const ck_gating *vector,
                          ck_gating *selected, ck_td_stats *stats) {
    stats->error_unit = -1;
    const int64_t length = (int64_t)vector->height * vector->width * vector->channels;
    if (length > workspace->capacity || rule->select == CK_TD_GROUP ||
        !td_has_shape(selected, vector->height, vector->width, vector->channels)) {
        return CK_TD_SHAPE;
    }
    if (rule->select == CK_TD_ALL) return ck_td_pass(vector, selected);
    td_sums sums = {0};
    uint64_t total = 0;
    for (int32_t i = 0; i < length; i++) {
        // The conversion rounds, scaling by a power of two does not.
        float product = (float)vector->value[i] * 0x1p-48f;
        workspace->products[i] = product;
        total += (uint64_t)td_fixed(product);
        uint32_t magnitude = td_bits(product) & 0x7fffffffu;
        if (magnitude > sums.largest) sums.largest = magnitude;
        if (product > sums.maximum) sums.maximum = product;
        if (product > TD_ZERO) {
            workspace->positive[sums.positives++] = product;
            sums.positive += product;
        }
    }
    if (sums.largest == 0) return CK_TD_OK;
    sums.total = (int64_t)total;
    td_unit unit = {.gating = (int64_t)1 << CK_TD_GATING_BITS,
                    .rows = 1, .columns = 1, .channels = (int32_t)length,
                    .kernel_height = 1, .kernel_width = 1,
                    .rule = rule};
    stats->active_units++;
    stats->products += length;
    int64_t dropped_mass = 0;
    ck_td_status status = run_unit(workspace, &unit, &sums, selected, stats, &dropped_mass);
    if (status != CK_TD_OK) stats->error_unit = 0;
    return add_dropped(status, stats, dropped_mass);
}
