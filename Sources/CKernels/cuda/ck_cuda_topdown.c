// Grid, block and shared memory of the top-down kernels.
#include "ck_cuda_topdown.h"

#include <stddef.h>

#include "kernels/td_launch.h"

enum {
    GRID_Y_LIMIT = 65535,
    SHARED_LIMIT = 48 << 10,
    // Products that a warp keeps: with more, a block shares a unit, so that enough warps fit a multiprocessor.
    WARP_FLOATS = 1536,
    // Blocks for each multiprocessor: as many as run at once; in scratch memory, fewer.
    BLOCKS_EACH = 16,
    SCRATCH_BLOCKS_EACH = 8
};

static const ck_cuda_launch impossible = {NULL, NULL, 0, 0, 0, 0, 0};

static int64_t parts(int64_t count, int64_t size) { return (count + size - 1) / size; }

int64_t ck_cuda_gating_words(int32_t height, int32_t width, int32_t channels) {
    return parts((int64_t)height * width * channels, 32);
}

static int64_t words_of(const ck_cuda_gating *gating) {
    return ck_cuda_gating_words(gating->height, gating->width, gating->channels);
}

static int is_gating(const ck_cuda_gating *gating) {
    if (gating->height < 1 || gating->width < 1 || gating->channels < 1) return 0;
    const int64_t cells = (int64_t)gating->height * gating->width;
    return cells <= INT32_MAX && cells * gating->channels <= INT32_MAX;
}

static int has_shape(const ck_cuda_gating *gating, const ck_cuda_view *view) {
    return is_gating(gating) && gating->height == view->height && gating->width == view->width &&
           gating->channels == view->channels;
}

static int is_batch(int32_t batch) { return batch > 0 && batch <= GRID_Y_LIMIT; }

// Stretches of a gating's words, one a block: short where there are few, so that all multiprocessors have some.
static uint32_t stretches(const ck_cuda_gating *gating, int32_t batch, int32_t multiprocessors) {
    const int64_t words = words_of(gating), blocks = (int64_t)BLOCKS_EACH * (multiprocessors > 0 ? multiprocessors : 1);
    int64_t each = words * batch / blocks;
    each = each < 1 ? 1 : each > TD_WORDS ? TD_WORDS : each;
    return (uint32_t)parts(words, each);
}

static ck_cuda_launch over_units(const char *module, const char *kernel, const ck_cuda_gating *units, int32_t batch,
                                 int32_t multiprocessors, uint32_t shared) {
    return (ck_cuda_launch){module,   kernel, stretches(units, batch, multiprocessors), (uint32_t)batch, 1,
                            TD_BLOCK, shared};
}

static int is_window(const ck_window *window) {
    return window->kernel_height > 0 && window->kernel_width > 0 && window->stride_y > 0 && window->stride_x > 0 &&
           window->pad_top >= 0 && window->pad_left >= 0;
}

static int64_t cells(const ck_window *window) { return (int64_t)window->kernel_height * window->kernel_width; }

static int conv_fits(const ck_cuda_td_conv *layer) {
    const int32_t groups = layer->groups;
    if (groups < 1 || layer->input.channels < 1 || layer->input.channels % groups != 0) return 0;
    if (layer->out_channels < 1 || layer->out_channels % groups != 0) return 0;
    if (!is_window(&layer->window) || !is_batch(layer->batch)) return 0;
    if (layer->window.kernel_height > INT32_MAX / layer->window.kernel_width) return 0;
    if (cells(&layer->window) * (layer->input.channels / groups) > INT32_MAX / 2) return 0;
    return is_gating(&layer->output_gating) && layer->output_gating.channels == layer->out_channels &&
           has_shape(&layer->input_gating, &layer->input);
}

static int64_t connections(const ck_cuda_td_conv *layer) {
    return cells(&layer->window) * (layer->input.channels / layer->groups);
}

static int64_t block_shared(int64_t products) {
    return TD_BLOCK_SHARED + TD_BLOCK_TEAM_SHARED + products * (int64_t)sizeof(float);
}

static int is_wide(const ck_cuda_td_conv *layer) { return cells(&layer->window) > TD_NARROW_CELLS; }

static int is_large(const ck_cuda_td_conv *layer) {
    return layer->rule.select == CK_TD_GROUP && cells(&layer->window) > TD_MASK_CELLS;
}

// Units that a warp works on at the same time.
static int64_t at_once(const ck_cuda_td_conv *layer) {
    return layer->rule.select == CK_TD_GROUP ? 32 / TD_LANES_A_UNIT(layer->input.channels / layer->groups) : 1;
}

// A thread's unit has one cell, and the products of 128 of them fit a block's shared memory.
static int fits_threads(const ck_cuda_td_conv *layer) {
    return cells(&layer->window) == 1 && layer->input.channels / layer->groups <= TD_THREAD_CHANNELS;
}

static int fits_warps(const ck_cuda_td_conv *layer) { return at_once(layer) * connections(layer) <= WARP_FLOATS; }

// Units with many products are the most common in narrow windows, the others are few: those take another memory.
static int needs_scratch(const ck_cuda_td_conv *layer) {
    if (fits_warps(layer) && !is_large(layer)) return 0;
    return layer->rule.select != CK_TD_GROUP || is_wide(layer) || block_shared(connections(layer)) > SHARED_LIMIT;
}

ck_cuda_launch ck_cuda_td_conv_launch(const ck_cuda_td_conv *layer, int32_t multiprocessors) {
    if (!conv_fits(layer)) return impossible;
    const int group = layer->rule.select == CK_TD_GROUP;
    const int64_t count = connections(layer);
    const char *module = is_large(layer) ? "td_group_large" : group ? "td_group" : "td_subset";
    if (needs_scratch(layer)) {
        const int64_t blocks = (int64_t)SCRATCH_BLOCKS_EACH * (multiprocessors > 0 ? multiprocessors : 1);
        int64_t each = blocks / layer->batch, words = words_of(&layer->output_gating);
        each = each < 1 ? 1 : each > words ? words : each;
        const char *kernel = is_large(layer) ? "ck_td_group_large"
                             : group         ? "ck_td_group_scratch"
                                             : "ck_td_subset_scratch";
        return (ck_cuda_launch){module, kernel,   (uint32_t)each,           (uint32_t)layer->batch,
                                1,      TD_BLOCK, (uint32_t)block_shared(0)};
    }
    const char *kernel = "ck_td_group_block";
    int64_t shared = block_shared(count);
    if (fits_warps(layer)) {
        kernel = !group ? "ck_td_subset_warp" : is_wide(layer) ? "ck_td_group_warp_wide" : "ck_td_group_warp";
        const int64_t products = at_once(layer) * count * (int64_t)sizeof(float);
        shared = TD_BLOCK_SHARED + TD_BLOCK / 32 * (TD_WARP_TEAM_SHARED + products);
        if (fits_threads(layer)) {
            kernel = group ? "ck_td_group_thread" : "ck_td_subset_thread";
            shared = TD_BLOCK_SHARED + TD_BLOCK / 32 * TD_WARP_TEAM_SHARED +
                     TD_BLOCK * TD_THREAD_STRIDE(count) * (int64_t)sizeof(float);
        }
    }
    return over_units(module, kernel, &layer->output_gating, layer->batch, multiprocessors, (uint32_t)shared);
}

int64_t ck_cuda_td_conv_scratch(const ck_cuda_td_conv *layer, int32_t multiprocessors) {
    if (!conv_fits(layer) || !needs_scratch(layer)) return 0;
    const ck_cuda_launch launch = ck_cuda_td_conv_launch(layer, multiprocessors);
    const int64_t words = connections(layer) * (is_large(layer) ? TD_LARGE_WORDS : 1);
    return (int64_t)launch.grid_x * launch.grid_y * words * (int64_t)sizeof(float);
}

static int64_t bridge_length(const ck_cuda_td_bridge *bridge) {
    return (int64_t)bridge->vector.height * bridge->vector.width * bridge->vector.channels;
}

ck_cuda_launch ck_cuda_td_bridge_launch(const ck_cuda_td_bridge *bridge) {
    const ck_td_select select = bridge->rule.select;
    if (!is_gating(&bridge->vector) || bridge->batch < 1) return impossible;
    if (select == CK_TD_GROUP || select == CK_TD_ALL || bridge_length(bridge) > INT32_MAX / 2) return impossible;
    return (ck_cuda_launch){"td_bridge", "ck_td_bridge", (uint32_t)bridge->batch, 1, 1, TD_BLOCK,
                            (uint32_t)block_shared(0)};
}

int64_t ck_cuda_td_bridge_scratch(const ck_cuda_td_bridge *bridge) {
    return bridge->batch * bridge_length(bridge) * (int64_t)sizeof(float);
}

static int pool_fits(const ck_cuda_td_pool *pool) {
    return is_window(&pool->window) && is_batch(pool->batch) && is_gating(&pool->output_gating) &&
           pool->output_gating.channels == pool->input.channels && has_shape(&pool->input_gating, &pool->input);
}

ck_cuda_launch ck_cuda_td_max_pool_launch(const ck_cuda_td_pool *pool, int32_t multiprocessors) {
    if (!pool_fits(pool)) return impossible;
    return over_units("td_max_pool", "ck_td_max_pool", &pool->output_gating, pool->batch, multiprocessors,
                      TD_BLOCK_SHARED);
}

ck_cuda_launch ck_cuda_td_average_pool_launch(const ck_cuda_td_pool *pool, int32_t multiprocessors) {
    if (!pool_fits(pool)) return impossible;
    return over_units("td_average_pool", "ck_td_average_pool", &pool->output_gating, pool->batch, multiprocessors,
                      TD_BLOCK_SHARED + TD_BLOCK / 32 * TD_WARP_TEAM_SHARED);
}

static int same_shape(const ck_cuda_gating *a, const ck_cuda_gating *b) {
    return a->height == b->height && a->width == b->width && a->channels == b->channels;
}

static int add_fits(const ck_cuda_td_add *add) {
    const ck_cuda_gating *units = &add->output_gating;
    if (add->inputs < 2 || add->inputs > CK_TD_ADD_INPUTS || !is_batch(add->batch)) return 0;
    if (!has_shape(units, &add->sum)) return 0;
    for (int32_t i = 0; i < add->inputs; i++) {
        const ck_cuda_view *read = i == 0 && add->input[0].data == NULL ? &add->sum : &add->input[i];
        if (!has_shape(units, &add->input[i]) || !same_shape(units, &add->input_gating[i])) return 0;
        if (read->data == NULL) return 0;
    }
    return add->residual == CK_TD_SPLIT || add->residual == CK_TD_WINNER || add->residual == CK_TD_BRANCH;
}

ck_cuda_launch ck_cuda_td_add_launch(const ck_cuda_td_add *add, int32_t multiprocessors) {
    if (!add_fits(add)) return impossible;
    return over_units("td_add", "ck_td_add_units", &add->output_gating, add->batch, multiprocessors,
                      TD_BLOCK_SHARED + TD_ADD_SHARED);
}

ck_cuda_launch ck_cuda_td_add_range_launch(const ck_cuda_td_add *add) {
    if (!add_fits(add)) return impossible;
    return (ck_cuda_launch){"td_add", "ck_td_add_range", (uint32_t)add->batch, 1, 1, TD_BLOCK, TD_BLOCK_TEAM_SHARED};
}

ck_cuda_launch ck_cuda_td_slice_launch(const ck_cuda_td_slice *slice, int32_t multiprocessors) {
    const ck_cuda_gating *whole = &slice->whole, *part = &slice->part;
    if (!is_gating(whole) || !is_gating(part) || !is_batch(slice->batch)) return impossible;
    if (whole->height != part->height || whole->width != part->width || slice->first_channel < 0 ||
        part->channels > whole->channels - slice->first_channel) {
        return impossible;
    }
    return over_units("td_slice", "ck_td_slice", whole, slice->batch, multiprocessors, TD_BLOCK_SHARED);
}

ck_cuda_launch ck_cuda_td_finish_launch(const ck_cuda_td_finish *finish) {
    if (!is_gating(&finish->output_gating) || finish->batch < 1) return impossible;
    return (ck_cuda_launch){"td_finish", "ck_td_finish", (uint32_t)finish->batch, 1, 1, TD_BLOCK,
                            TD_BLOCK_TEAM_SHARED};
}

ck_cuda_launch ck_cuda_td_clear_launch(const ck_cuda_td_clear *clear, int32_t multiprocessors) {
    if (!is_gating(&clear->gating) || !is_batch(clear->batch)) return impossible;
    const int64_t words = words_of(&clear->gating);
    const int64_t blocks = (int64_t)BLOCKS_EACH * (multiprocessors > 0 ? multiprocessors : 1);
    // A block takes TD_BLOCK words at a time.
    int64_t each = parts(words, TD_BLOCK), most = parts(blocks, clear->batch);
    return (ck_cuda_launch){"td_clear", "ck_td_clear", (uint32_t)(each < most ? each : most), (uint32_t)clear->batch,
                            1, TD_BLOCK, 0};
}

ck_cuda_launch ck_cuda_td_start_launch(const ck_cuda_td_start *start) {
    if (!is_gating(&start->gating) || start->batch < 1) return impossible;
    return (ck_cuda_launch){"td_start", "ck_td_start", (uint32_t)parts(start->batch, TD_BLOCK), 1, 1, TD_BLOCK, 0};
}
