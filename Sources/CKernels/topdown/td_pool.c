// Section 7: pooling layers. The active units are few, so plain loops do.
#include "topdown.h"

enum { AHEAD = 16 };  // units between asking for a window and using it: a power of two

typedef struct {
    int32_t y0, y1, x0, x1;  // half open, inside the map
    int32_t channel;
} pool_window;

static pool_window window_of(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                             int32_t index) {
    const int32_t pixel = index / output_gating->channels, y = pixel / output_gating->width;
    const int64_t top = (int64_t)y * layer->stride_y - layer->pad_top;
    const int64_t left = (int64_t)(pixel - y * output_gating->width) * layer->stride_x - layer->pad_left;
    const int64_t bottom = top + layer->kernel_height, right = left + layer->kernel_width;
    pool_window window = {
        .y0 = top < 0 ? 0 : (int32_t)(top < input->height ? top : input->height),
        .y1 = bottom < 0 ? 0 : (int32_t)(bottom < input->height ? bottom : input->height),
        .x0 = left < 0 ? 0 : (int32_t)(left < input->width ? left : input->width),
        .x1 = right < 0 ? 0 : (int32_t)(right < input->width ? right : input->width),
        .channel = index - pixel * output_gating->channels,
    };
    return window;
}

static int fits(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                const ck_gating *input_gating) {
    return layer->kernel_height > 0 && layer->kernel_width > 0 && layer->stride_y > 0 && layer->stride_x > 0 &&
           layer->pad_top >= 0 && layer->pad_left >= 0 && output_gating->channels == input->channels &&
           td_has_shape(input_gating, input->height, input->width, input->channels);
}

static const float *first_cell(const ck_td_view *input, const pool_window *window) {
    return input->data + window->y0 * input->row_stride + window->x0 * input->pixel_stride + window->channel;
}

static float activity(const ck_td_view *input, int32_t y, int32_t x, int32_t channel) {
    return input->data[y * input->row_stride + x * input->pixel_stride + channel];
}

typedef ck_td_status (*unit_rule)(const ck_td_view *input, const pool_window *window, int64_t gating,
                                  ck_gating *input_gating, td_late *late, int *dropped);

static ck_td_status to_maximum(const ck_td_view *input, const pool_window *window, int64_t gating,
                               ck_gating *input_gating, td_late *late, int *dropped) {
    if (window->y0 >= window->y1 || window->x0 >= window->x1) {
        *dropped = 1;
        return CK_TD_OK;
    }
    // Which cell is greater cannot be predicted: conditional moves instead of branches.
    int32_t first = (window->y0 * input->width + window->x0) * input->channels + window->channel, best = first;
    const float *row = first_cell(input, window);
    float maximum = *row;
    for (int32_t y = window->y0; y < window->y1; y++) {
        const float *cell = row;
        int32_t index = first;
        for (int32_t x = window->x0; x < window->x1; x++) {
            const int greater = *cell > maximum;
            maximum = greater ? *cell : maximum;
            best = greater ? index : best;
            cell += input->pixel_stride;
            index += input->channels;
        }
        row += input->row_stride;
        first += input->width * input->channels;
    }
    return td_gating_add_later(late, input_gating, best, gating);
}

static ck_td_status in_proportion(const ck_td_view *input, const pool_window *window, int64_t gating,
                                  ck_gating *input_gating, td_late *late, int *dropped) {
    (void)late;
    int64_t sum = 0;
    uint64_t absolute = 0;
    ck_td_status status = CK_TD_OK;
    for (int32_t y = window->y0; y < window->y1; y++) {
        for (int32_t x = window->x0; x < window->x1; x++) {
            float value = activity(input, y, x, window->channel);
            if (!isfinite(value)) return CK_TD_NOT_FINITE;
            if (fabsf(value) >= 0x1p27f || status == CK_TD_RANGE) {
                status = CK_TD_RANGE;
                continue;
            }
            absolute += (uint64_t)td_fixed(fabsf(value));
            if (absolute > (uint64_t)INT64_MAX) {
                status = CK_TD_RANGE;
                continue;
            }
            if (value > 0) sum += td_fixed(value);
        }
    }
    if (status != CK_TD_OK) return status;
    if (sum == 0) {
        *dropped = 1;
        return CK_TD_OK;
    }
    for (int32_t y = window->y0; y < window->y1; y++) {
        for (int32_t x = window->x0; x < window->x1; x++) {
            int32_t index = (y * input->width + x) * input->channels + window->channel;
            int64_t value = td_fixed(activity(input, y, x, window->channel));
            if (value <= 0) continue;
            ck_td_status added = td_propagate(input_gating, index, (double)gating, value, (double)sum);
            if (added != CK_TD_OK) status = added;
        }
    }
    return status;
}

// Each cell of a window is a cache line of its own: they are asked for some units ahead.
static void prefetch(const ck_td_view *input, const pool_window *window) {
    if ((int64_t)(window->y1 - window->y0) * (window->x1 - window->x0) > 16) return;
    const float *row = first_cell(input, window);
    for (int32_t y = window->y0; y < window->y1; y++, row += input->row_stride) {
        const float *cell = row;
        // To the second-level cache, which waits for more lines at a time than the first.
        for (int32_t x = window->x0; x < window->x1; x++, cell += input->pixel_stride) __builtin_prefetch(cell, 0, 2);
    }
}

static ck_td_status run(unit_rule rule, const ck_window *layer, const ck_td_view *input,
                        const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats) {
    stats->error_unit = -1;
    if (!fits(layer, input, output_gating, input_gating)) return CK_TD_SHAPE;
    ck_td_status status = CK_TD_OK;
    int64_t dropped_mass = 0;
    ck_td_sort(output_gating);
    pool_window windows[AHEAD];
    td_late late = {.count = 0};
    for (int32_t asked = 0, i = 0; i < output_gating->count; i++) {
        td_prefetch_value(output_gating, i);
        for (; asked < output_gating->count && asked < i + AHEAD; asked++) {
            windows[asked % AHEAD] = window_of(layer, input, output_gating, output_gating->list[asked]);
            prefetch(input, &windows[asked % AHEAD]);
        }
        const int32_t index = output_gating->list[i];
        const int64_t gating = output_gating->value[index];
        if (gating == 0) continue;
        stats->active_units++;
        int dropped = 0;
        ck_td_status found = rule(input, &windows[i % AHEAD], gating, input_gating, &late, &dropped);
        if (found != CK_TD_OK) td_note_error(&status, stats, found, index);
        if (dropped) {
            stats->dropped_units++;
            dropped_mass += gating;
        }
    }
    td_catch_up(&late, input_gating);
    if (__builtin_add_overflow(stats->dropped_mass, dropped_mass, &stats->dropped_mass) && status == CK_TD_OK) {
        return CK_TD_GATING_RANGE;
    }
    return status;
}

ck_td_status ck_td_max_pool(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                            ck_gating *input_gating, ck_td_stats *stats) {
    return run(to_maximum, layer, input, output_gating, input_gating, stats);
}

ck_td_status ck_td_average_pool(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                                ck_gating *input_gating, ck_td_stats *stats) {
    return run(in_proportion, layer, input, output_gating, input_gating, stats);
}
