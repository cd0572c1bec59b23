// The addition of several activations: what a unit adds up are its products, with weights of 1. The active units are
// few, so plain loops do.
#include "topdown.h"

enum { AHEAD = 16 };  // units between asking for what they add up and using it

static int has_shape(const ck_td_view *view, const ck_gating *gating) {
    return td_has_shape(gating, view->height, view->width, view->channels);
}

static int fits(const ck_td_add_layer *layer, const ck_gating *output_gating, ck_gating *const input_gatings[]) {
    if (layer->inputs < 2 || layer->inputs > CK_TD_ADD_INPUTS || !has_shape(&layer->sum, output_gating)) return 0;
    for (int32_t i = 0; i < layer->inputs; i++) {
        if (!has_shape(&layer->input[i], output_gating) || !has_shape(&layer->input[i], input_gatings[i])) return 0;
        if (i > 0 && layer->input[i].data == NULL) return 0;
    }
    return layer->input[0].data != NULL || layer->sum.data != NULL;
}

/// Where a unit lies.
typedef struct {
    int32_t y, x, channel;
} place;

static place place_of(const ck_gating *gating, int32_t index) {
    const int32_t pixel = index / gating->channels, y = pixel / gating->width;
    return (place){y, pixel - y * gating->width, index - pixel * gating->channels};
}

static const float *address(const ck_td_view *view, place at) {
    return view->data + at.y * view->row_stride + at.x * view->pixel_stride + at.channel;
}

/// The view that says what the first input adds.
static const ck_td_view *first_view(const ck_td_add_layer *layer) {
    return layer->input[0].data != NULL ? &layer->input[0] : &layer->sum;
}

static void prefetch(const ck_td_add_layer *layer, place at) {
    __builtin_prefetch(address(first_view(layer), at), 0, 2);
    for (int32_t i = 1; i < layer->inputs; i++) __builtin_prefetch(address(&layer->input[i], at), 0, 2);
}

/// What one unit adds up, in fixed point.
typedef struct {
    int64_t value[CK_TD_ADD_INPUTS];
    int64_t total;
} summands;

static ck_td_status read_summands(const ck_td_add_layer *layer, place at, summands *s) {
    float values[CK_TD_ADD_INPUTS];
    values[0] = *address(first_view(layer), at);
    for (int32_t i = 1; i < layer->inputs; i++) values[i] = *address(&layer->input[i], at);
    for (int32_t i = 0; i < layer->inputs; i++) {
        if (!isfinite(values[i])) return CK_TD_NOT_FINITE;
    }
    uint64_t absolute = 0;
    int64_t others = 0;
    for (int32_t i = layer->inputs - 1; i >= 0; i--) {
        if (fabsf(values[i]) >= 0x1p27f) return CK_TD_RANGE;
        s->value[i] = td_fixed(values[i]);
        if (i == 0 && layer->input[0].data == NULL) {
            if (__builtin_sub_overflow(s->value[0], others, &s->value[0])) return CK_TD_RANGE;
        }
        // Never the most negative number: |others| is at most the sum of magnitudes so far.
        absolute += s->value[i] < 0 ? 0 - (uint64_t)s->value[i] : (uint64_t)s->value[i];
        if (absolute > (uint64_t)INT64_MAX) return CK_TD_RANGE;
        others += s->value[i];
    }
    s->total = others;
    return CK_TD_OK;
}

/// Stage 1: the smallest summand that wins, before epsilon. `total` is positive.
static int64_t theta_of(const summands *s, int32_t count) {
    int64_t ascending[CK_TD_ADD_INPUTS], running = 0;
    int32_t positives = 0;
    for (int32_t i = 0; i < count; i++) {
        if (s->value[i] < 0) running += s->value[i];
        if (s->value[i] <= 0) continue;
        int32_t at = positives++;
        for (; at > 0 && ascending[at - 1] > s->value[i]; at--) ascending[at] = ascending[at - 1];
        ascending[at] = s->value[i];
    }
    int32_t last = 0;
    for (; last < positives - 1; last++) {
        running += ascending[last];
        if (running > 0) break;
    }
    return ascending[last];
}

static ck_td_status run_unit(const ck_td_add_layer *layer, int32_t index, place at, int64_t gating,
                             ck_gating *const input_gatings[], td_late *late, ck_td_stats *stats, int *dropped) {
    const int32_t count = layer->inputs;
    summands s;
    const ck_td_status status = read_summands(layer, at, &s);
    if (status != CK_TD_OK) return status;
    // A total that is not positive has no theta, whatever the lower bound.
    *dropped = s.total <= layer->rule.lower_bound || s.total <= 0;
    if (*dropped) return CK_TD_OK;
    int64_t threshold = theta_of(&s, count) - (layer->rule.strict ? 0 : layer->rule.epsilon);
    if (threshold < 1) threshold = 1;

    int64_t sum = 0;
    int32_t best = -1, reached = 0;
    for (int32_t i = 0; i < count; i++) {
        if (s.value[i] < threshold) continue;
        sum += s.value[i];
        if (best < 0 || s.value[i] > s.value[best]) {
            best = i;
            reached = 1;
        } else {
            reached += s.value[i] == s.value[best];
        }
    }
    int32_t only = -1;
    if (layer->residual == CK_TD_WINNER) {
        only = best;
        stats->ties += reached > 1;
    } else if (layer->residual == CK_TD_BRANCH && s.value[0] >= threshold) {
        only = 0;
    }
    if (only >= 0) return td_gating_add_later(&late[only], input_gatings[only], index, gating);
    ck_td_status shared = CK_TD_OK;
    for (int32_t i = 0; i < count; i++) {
        if (s.value[i] < threshold) continue;
        const ck_td_status added =
            td_propagate_later(&late[i], input_gatings[i], index, (double)gating, s.value[i], (double)sum);
        if (added != CK_TD_OK) shared = added;
    }
    return shared;
}

ck_td_status ck_td_add(const ck_td_add_layer *layer, const ck_gating *output_gating, ck_gating *const input_gatings[],
                       ck_td_stats *stats) {
    stats->error_unit = -1;
    if (!fits(layer, output_gating, input_gatings)) return CK_TD_SHAPE;
    ck_td_status status = CK_TD_OK;
    int64_t dropped_mass = 0;
    ck_td_sort(output_gating);
    td_late late[CK_TD_ADD_INPUTS];
    for (int32_t i = 0; i < layer->inputs; i++) late[i].count = 0;
    for (int32_t asked = 0, i = 0; i < output_gating->count; i++) {
        td_prefetch_value(output_gating, i);
        for (; asked < output_gating->count && asked < i + AHEAD; asked++) {
            prefetch(layer, place_of(output_gating, output_gating->list[asked]));
        }
        const int32_t index = output_gating->list[i];
        const int64_t gating = output_gating->value[index];
        if (gating == 0) continue;
        stats->active_units++;
        stats->products += layer->inputs;
        int dropped = 0;
        const ck_td_status found =
            run_unit(layer, index, place_of(output_gating, index), gating, input_gatings, late, stats, &dropped);
        if (found != CK_TD_OK) td_note_error(&status, stats, found, index);
        if (dropped) {
            stats->dropped_units++;
            dropped_mass += gating;  // cannot overflow: gating's absolute sum is below 2^63
        }
    }
    for (int32_t i = 0; i < layer->inputs; i++) td_catch_up(&late[i], input_gatings[i]);
    if (__builtin_add_overflow(stats->dropped_mass, dropped_mass, &stats->dropped_mass) && status == CK_TD_OK) {
        return CK_TD_GATING_RANGE;
    }
    return status;
}
