// Where the products of a convolution's unit come from, known some units ahead.
#include "topdown.h"

// The part [first, end) of a window of `size` cells starting at `origin` that lies inside 0 ..< limit.
static void clip(int64_t origin, int32_t size, int32_t limit, int32_t *first, int32_t *end) {
    *first = origin < 0 ? (int32_t)(-origin < size ? -origin : size) : 0;
    int64_t inside = limit - origin;
    *end = inside < size ? (int32_t)(inside > 0 ? inside : 0) : size;
    if (*end < *first) *end = *first;
}

void ck_td_make_grid(td_grid *g, const ck_td_conv_layer *layer, const ck_td_view *input) {
    const int32_t height = layer->window.kernel_height, width = layer->window.kernel_width;
    if ((int64_t)height * width > TD_MASK_CELLS) return;
    td_cells row = width == 128 ? ~(td_cells)0 : ((td_cells)1 << width) - 1;
    td_cells all = 0, first = 0;
    for (int32_t y = 0; y < height; y++) {
        all |= row << (y * width);
        first |= (td_cells)1 << (y * width);
        for (int32_t x = 0; x < width; x++) {
            g->cells[y * width + x] = (td_cell){(uint8_t)y, (uint8_t)x};
            g->offsets[y * width + x] = ((int64_t)y * input->width + x) * input->channels;
        }
    }
    g->height = height;
    g->width = width;
    g->is_three = height == 3 && width == 3;
    g->not_last = all & ~(first << (width - 1));
    g->not_first = all & ~first;
}

// The window of unit (y, x, out): where its products come from, and its geometry.
static td_window window_of(const ck_td_conv_layer *layer, const ck_td_view *input, int32_t y, int32_t x, int32_t out,
                           td_unit *unit) {
    const int32_t channels = input->channels / layer->groups;
    const int32_t first_channel = out / (layer->out_channels / layer->groups) * channels;
    const int64_t top = (int64_t)y * layer->window.stride_y - layer->window.pad_top, left = (int64_t)x * layer->window.stride_x - layer->window.pad_left;
    int32_t row_end, column_end;
    clip(top, layer->window.kernel_height, input->height, &unit->first_row, &row_end);
    clip(left, layer->window.kernel_width, input->width, &unit->first_column, &column_end);
    unit->rows = row_end - unit->first_row;
    unit->columns = column_end - unit->first_column;
    unit->channels = channels;
    unit->kernel_height = layer->window.kernel_height;
    unit->kernel_width = layer->window.kernel_width;
    unit->row_step = input->width * input->channels;
    unit->column_step = input->channels;
    unit->rule = &layer->rule;
    if (unit->rows == 0 || unit->columns == 0) return (td_window){0};
    const int64_t row = top + unit->first_row, column = left + unit->first_column;
    unit->input_index = (int32_t)((row * input->width + column) * input->channels + first_channel);
    const int64_t kernel = (int64_t)layer->window.kernel_height * layer->window.kernel_width * channels;
    td_window window = {
        .weights = layer->weights + out * kernel +
                   ((int64_t)unit->first_row * layer->window.kernel_width + unit->first_column) * channels,
        .input = input->data + row * input->row_stride + column * input->pixel_stride + first_channel,
        .rows = unit->rows,
        .segments = unit->columns,
        .run = channels,
        .weight_row = (int64_t)layer->window.kernel_width * channels,
        .weight_segment = channels,
        .input_row = input->row_stride,
        .input_segment = input->pixel_stride,
    };
    if (window.input_segment == channels) {
        // Neighbouring pixels are contiguous: a row is one run; and where whole rows are, all is one run.
        window.run *= window.segments;
        window.segments = 1;
        if (window.run == window.weight_row && window.run == window.input_row) {
            window.run *= window.rows;
            window.rows = 1;
        }
    }
    return window;
}

// Floats of a window asked for: the hardware notices long runs itself.
enum { ASKED_FOR = 64 * 16 };

// To the second-level cache, which waits for more lines at a time than the first.
static inline void prefetch_run(const float *floats, int32_t run) {
    int32_t i = 0;
    for (; i + 64 <= run; i += 64) {
        __builtin_prefetch(floats + i, 0, 2);
        __builtin_prefetch(floats + i + 16, 0, 2);
        __builtin_prefetch(floats + i + 32, 0, 2);
        __builtin_prefetch(floats + i + 48, 0, 2);
    }
    for (; i < run; i += 16) __builtin_prefetch(floats + i, 0, 2);
    __builtin_prefetch(floats + run - 1, 0, 2);  // a run need not begin with a cache line
}

// Asks for a window of activities. A network's weights are many times the cache, and so are a picture's activities.
static void prefetch_input(const td_window *window) {
    int32_t left = ASKED_FOR;
    for (int32_t row = 0; row < window->rows; row++) {
        for (int32_t segment = 0; segment < window->segments && left > 0; segment++) {
            const int32_t run = window->run < left ? window->run : left;
            prefetch_run(window->input + row * window->input_row + segment * window->input_segment, run);
            left -= run;
        }
    }
}

// Asks for a channel's weights where its unit is the first of this layer: later ones find them in the cache.
static void prefetch_weights(ck_td_workspace *workspace, const td_window *window, int32_t out) {
    uint64_t *seen = &workspace->seen[out / 64 % TD_SEEN];
    const uint64_t bit = (uint64_t)1 << (out % 64);
    if (*seen & bit || window->rows == 0) return;
    *seen |= bit;
    const int64_t floats = (window->rows - 1) * window->weight_row + (window->segments - 1) * window->weight_segment +
                           window->run;
    prefetch_run(window->weights, floats < ASKED_FOR ? (int32_t)floats : ASKED_FOR);
}

void ck_td_prepare(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                    const ck_gating *output_gating, int32_t index, td_waiting *last, const td_waiting *before) {
    const int64_t gating = output_gating->value[index];
    const int32_t pixel = index / layer->out_channels, out = index - pixel * layer->out_channels;
    const int same = before->pixel == pixel && layer->groups == 1;
    if (same) {
        // Another channel of the same pixel has other weights, nothing else.
        *last = *before;
        if (last->window.rows > 0) {
            last->window.weights += (int64_t)(out - before->out) * layer->window.kernel_height * layer->window.kernel_width *
                                    input->channels;
        }
    } else {
        const int32_t y = pixel / output_gating->width, x = pixel - y * output_gating->width;
        last->window = window_of(layer, input, y, x, out, &last->unit);
    }
    last->unit.gating = gating;
    last->index = index;
    last->pixel = pixel;
    last->out = out;
    prefetch_weights(workspace, &last->window, out);
    if (!same) prefetch_input(&last->window);
}
