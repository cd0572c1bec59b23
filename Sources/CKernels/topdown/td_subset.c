// Section 5: stage 2 for fully connected layers, the statistically important subset, and stage 3 for it.
#include "topdown.h"

typedef struct {
    const float *products;
    const int32_t *indices;  // of the winners
    int32_t count;
} winners;

static int64_t product_at(const winners *w, int32_t i) { return td_fixed(w->products[w->indices[i]]); }

// The sum of (PS - m)^2 over the winners that are not 0, each term rounded to fixed point. Below 0: 2^63 is reached.
static int64_t sum_of_squares(const winners *w, double mean) {
    int64_t sum = 0;
    for (int32_t i = 0; i < w->count; i++) {
        int64_t product = product_at(w, i);
        if (product == 0) continue;
        double difference = td_double(product) - mean;
        double square = difference * difference * 0x1p36;
        // All terms are >= 0, so an overflow shows itself in any order of them.
        if (!(square < 0x1p63) || __builtin_add_overflow(sum, llrint(square), &sum)) return -1;
    }
    return sum;
}

// A threshold in fixed point. One that no product can reach stays one.
static int64_t fixed_threshold(double threshold) {
    double scaled = threshold * 0x1p36;
    return scaled < 0x1p63 ? llrint(scaled) : INT64_MAX;
}

// The ladder's threshold for `sum` over n winners; padding cells among them have PS = 0. Below 0: out of range.
static int64_t ladder_threshold(const winners *w, int64_t sum, int64_t n, int64_t maximum, int32_t offset) {
    static const double means[6] = {1, 1, 1, 1, 0.5, 0.2}, deviations[6] = {3, 2, 1, 0, 0, 0};
    double mean = td_double(sum) / (double)n;
    int64_t squares = sum_of_squares(w, mean);
    if (squares < 0) return -1;
    double deviation = sqrt(td_double(squares) / (double)n);
    int64_t thresholds[6];
    int32_t row = -1;
    for (int32_t r = 0; r < 6; r++) {
        thresholds[r] = fixed_threshold(means[r] * mean + deviations[r] * deviation);
        if (row < 0 && maximum >= thresholds[r]) row = r;
    }
    if (row < 0) row = 5;
    row = row + offset < 5 ? row + offset : 5;
    return thresholds[row];
}

ck_td_status ck_td_select_subset(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                 ck_gating *input_gating) {
    const int32_t cells = unit->rows * unit->columns * unit->channels;
    const ck_td_select select = unit->rule->select;
    const int64_t maximum = td_fixed(stage1->maximum);
    int32_t *indices = workspace->indices;
    const td_kernels *kernels = workspace->kernels;
    winners w = {workspace->products, indices, 0};

    // The maximum is always a winner, and so is everything near it that is as large in fixed point.
    float at_least = select == CK_TD_MAXIMUM ? ck_td_smallest_float(maximum) : stage1->at_least;
    w.count = kernels->at_least(workspace->products, cells, at_least, indices);
    if (select == CK_TD_MAXIMUM) w.count = 1;

    int64_t sum = 0;
    for (int32_t i = 0; i < w.count; i++) sum += product_at(&w, i);
    if (select == CK_TD_LADDER) {
        int64_t n = w.count;
        if (stage1->threshold <= 0) {
            n += ((int64_t)unit->kernel_height * unit->kernel_width - unit->rows * unit->columns) * unit->channels;
        }
        int64_t threshold = ladder_threshold(&w, sum, n, maximum, unit->rule->offset);
        if (threshold < 0) return CK_TD_RANGE;
        int32_t kept = 0;
        sum = 0;
        for (int32_t i = 0; i < w.count; i++) {
            int64_t product = product_at(&w, i);
            if (product < threshold || product <= 0) continue;
            sum += product;
            indices[kept++] = indices[i];
        }
        w.count = kept;
    }

    ck_td_status status = CK_TD_OK;
    for (int32_t i = 0; i < w.count; i++) {
        int32_t index = unit->input_index;
        if (unit->rows * unit->columns == 1) {
            index += indices[i];
        } else {
            int32_t tap = indices[i] / unit->channels, row = tap / unit->columns;
            index += row * unit->row_step + (tap - row * unit->columns) * unit->column_step +
                     indices[i] % unit->channels;
        }
        ck_td_status added =
            td_propagate(input_gating, index, (double)unit->gating, product_at(&w, i), (double)sum);
        if (added != CK_TD_OK) status = added;
    }
    return status;
}
