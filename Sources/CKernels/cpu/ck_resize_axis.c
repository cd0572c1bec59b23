#include "ck_resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void ck_resize_axis_free(ck_resize_axis *axis) {
    free(axis->first);
    free(axis->taps);
    free(axis->weights);
    free(axis->pairs);
    memset(axis, 0, sizeof *axis);
}

static int32_t *grown(int32_t *memory, int64_t count) {
    free(memory);
    return malloc((size_t)count * sizeof *memory);
}

static int32_t reserve(ck_resize_axis *axis, int32_t count, int64_t weights) {
    if (count > axis->window_capacity) {
        axis->first = grown(axis->first, count);
        axis->taps = grown(axis->taps, count);
        axis->window_capacity = count;
    }
    if (weights > axis->capacity) {
        axis->weights = grown(axis->weights, weights);
        axis->pairs = grown(axis->pairs, weights);
        axis->capacity = weights;
    }
    if (axis->first != NULL && axis->taps != NULL && axis->weights != NULL && axis->pairs != NULL) return 0;
    ck_resize_axis_free(axis);
    return -1;
}

static double triangle(double x) {
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

// Keys' cubic convolution with a = -0.5.
static double cubic(double x) {
    const double a = -0.5;
    x = fabs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    return x < 2.0 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
}

static double half_width(ck_resize_filter filter) { return filter == CK_RESIZE_BICUBIC ? 2.0 : 1.0; }

// The high and low parts in the order of a multiply-add of 16-bit pairs.
static void split(const int32_t *weights, int32_t *pairs, int32_t stride) {
    const int32_t low = (1 << CK_RESIZE_LOW_BITS) - 1;
    for (int32_t t = 0; t < stride; t += 2) {
        int32_t a = weights[t], b = weights[t + 1];
        pairs[t] = (int32_t)(((uint32_t)(a >> CK_RESIZE_LOW_BITS) & 0xffff) | (uint32_t)(b >> CK_RESIZE_LOW_BITS) << 16);
        pairs[t + 1] = (a & low) | (b & low) << 16;
    }
}

// Double precision in this order of operations: the weights' last bits depend on it.
static void weigh(ck_resize_axis *axis, double *exact) {
    const double scale = (double)axis->input / axis->output;
    const double widening = scale < 1.0 ? 1.0 : scale;
    const double support = half_width(axis->filter) * widening, narrowing = 1.0 / widening;
    for (int32_t i = 0; i < axis->count; i++) {
        const double center = (axis->start + i + 0.5) * scale;
        // Truncation, not floor: a negative start is cut to 0 either way.
        int32_t first = (int32_t)(center - support + 0.5);
        int32_t last = (int32_t)(center + support + 0.5);
        if (first < 0) first = 0;
        if (last > axis->input) last = axis->input;
        const int32_t taps = last - first;
        double sum = 0;
        for (int32_t t = 0; t < taps; t++) {
            const double x = (t + first - center + 0.5) * narrowing;
            exact[t] = axis->filter == CK_RESIZE_BICUBIC ? cubic(x) : triangle(x);
            sum += exact[t];
        }
        int32_t *weights = axis->weights + (int64_t)i * axis->stride;
        memset(weights, 0, (size_t)axis->stride * sizeof *weights);
        for (int32_t t = 0; t < taps; t++) {
            const double weight = exact[t] / sum;
            weights[t] = (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << CK_RESIZE_BITS));
        }
        split(weights, axis->pairs + (int64_t)i * axis->stride, axis->stride);
        axis->first[i] = first;
        axis->taps[i] = taps;
    }
}

int32_t ck_resize_axis_set(ck_resize_axis *axis, ck_resize_filter filter, int32_t input, int32_t output, int32_t start,
                           int32_t count) {
    if (axis->filter == filter && axis->input == input && axis->output == output && axis->start == start &&
        axis->count == count) {
        return 0;
    }
    axis->identity = input == output;
    if (!axis->identity) {
        const double scale = (double)input / output;
        axis->stride = (2 * (int32_t)ceil(half_width(filter) * (scale < 1.0 ? 1.0 : scale)) + 1 + 3) & ~3;
        if (reserve(axis, count, (int64_t)count * axis->stride) != 0) return -1;
    }
    axis->filter = filter;
    axis->input = input;
    axis->output = output;
    axis->start = start;
    axis->count = count;
    if (axis->identity) return 0;
    double *exact = malloc((size_t)axis->stride * sizeof *exact);
    if (exact == NULL) {
        ck_resize_axis_free(axis);
        return -1;
    }
    weigh(axis, exact);
    free(exact);
    return 0;
}

void ck_resize_axis_needs(const ck_resize_axis *axis, int32_t index, int32_t *first, int32_t *last) {
    *first = axis->identity ? axis->start + index : axis->first[index];
    *last = *first + (axis->identity ? 1 : axis->taps[index]);
}
