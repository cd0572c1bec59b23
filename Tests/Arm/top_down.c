// The top-down pass: whole layers, whose gating is integers, and the step that NEON has a form of its own for.
#include "check.h"

#include "../../Sources/CKernels/topdown/topdown.h"

static ck_td_rule random_rule(ck_td_rule (*rule)(int32_t, ck_td_select, int32_t)) {
    return rule(below(2), (ck_td_select)below(4), below(4));
}

static ck_gating gating(int32_t height, int32_t width, int32_t channels, int32_t units) {
    ck_gating made;
    EXPECT(ck_gating_create(&made, height, width, channels) == CK_TD_OK, "a gating");
    for (; units > 0; units--) {
        ck_gating_add(&made, below(height * width * channels), (int64_t)next_number() << below(20));
    }
    return made;
}

static float *activities_of(size_t count) {
    float *made = values(count);
    for (size_t i = 0; i < count; i++) made[i] = made[i] < 0 ? 0 : made[i];
    return made;
}

/// A gating after a layer means something where the layer has succeeded.
static void same_gating(ck_isa isa, ck_td_status status, const ck_td_stats *stats, const ck_gating *found,
                        int64_t *kept) {
    const int32_t outcome = (int32_t)status;
    static int32_t kept_outcome;
    static ck_td_stats kept_stats;
    same(isa, "a layer's outcome", &outcome, &kept_outcome, sizeof outcome);
    if (status != CK_TD_OK) return;
    same(isa, "a layer's counts", stats, &kept_stats, offsetof(ck_td_stats, error_unit));
    const size_t count = (size_t)found->height * (size_t)found->width * (size_t)found->channels;
    same(isa, "a layer's gating", found->value, kept, count * sizeof(int64_t));
}

void check_top_down_convolution(void) {
    const int32_t groups = of(1, 2), in = below(4) == 0 ? of(1, 120) : of(1, 20), out = of(1, 12);
    const int32_t kernel = below(8) == 0 ? 12 : 1 + 2 * below(4), padding = below(kernel), stride = of(1, 2);
    const int32_t height = kernel + below(6), width = kernel + below(6);
    const int32_t out_height = (height + 2 * padding - kernel) / stride + 1;
    const int32_t out_width = (width + 2 * padding - kernel) / stride + 1;
    const size_t count = (size_t)(height * width * in * groups);
    float *activities = activities_of(count), *weights = values((size_t)(out * groups * kernel * kernel * in));
    const ck_window window = {kernel, kernel, stride, stride, padding, padding, padding, padding};
    const ck_td_conv_layer layer = {weights, window, groups, out * groups, random_rule(ck_td_rule_conv)};
    const ck_td_view view = {activities, (int64_t)width * in * groups, (int64_t)in * groups, height, width,
                             in * groups};
    ck_gating above = gating(out_height, out_width, out * groups, of(1, 20));
    int64_t *kept = memory(count * sizeof(int64_t));
    FOR_EACH_ISA(isa) {
        ck_td_workspace *workspace = ck_td_workspace_create(isa, (int64_t)kernel * kernel * in);
        EXPECT(workspace != NULL, "a workspace");
        ck_gating found = gating(height, width, in * groups, 0);
        ck_td_stats stats = {0};
        const ck_td_status status = ck_td_conv(workspace, &layer, &view, &above, &found, &stats);
        same_gating(isa, status, &stats, &found, kept);
        ck_gating_destroy(&found);
        ck_td_workspace_destroy(workspace);
    }
    ck_gating_destroy(&above);
    free(activities), free(weights), free(kept);
}

void check_top_down_linear(void) {
    const int32_t in = of(1, 500), out = of(1, 30);
    float *activities = activities_of((size_t)in), *weights = values((size_t)(in * out));
    ck_td_rule rule = random_rule(ck_td_rule_linear);
    if (rule.select == CK_TD_GROUP) rule.select = CK_TD_LADDER;  // there is no space to be contiguous in
    ck_gating above = gating(1, 1, out, of(1, 6));
    int64_t *kept = memory((size_t)in * sizeof(int64_t));
    FOR_EACH_ISA(isa) {
        ck_td_workspace *workspace = ck_td_workspace_create(isa, in > out ? in : out);
        EXPECT(workspace != NULL, "a workspace");
        ck_gating selected = gating(1, 1, out, 0), found = gating(1, 1, in, 0);
        ck_td_stats stats = {0};
        ck_td_status status = ck_td_bridge(workspace, &rule, &above, &selected, &stats);
        if (status == CK_TD_OK) {
            status = ck_td_linear(workspace, weights, &rule, activities, &selected, &found, &stats);
        }
        same_gating(isa, status, &stats, &found, kept);
        ck_gating_destroy(&selected), ck_gating_destroy(&found);
        ck_td_workspace_destroy(workspace);
    }
    ck_gating_destroy(&above);
    free(activities), free(weights), free(kept);
}

/// One run of products, what is positive of them, and the value above which they sum to a part of their total.
void check_compaction(void) {
    const int32_t count = of(1, 300);
    float *weights = values((size_t)count), *input = values((size_t)count);
    float *kept_products = memory((size_t)count * sizeof(float)), *kept_positive = memory((size_t)count * sizeof(float));
    const td_window window = {.weights = weights, .input = input, .rows = 1, .segments = 1, .run = count};
    const float share = (float)of(1, 99) / 100;
    FOR_EACH_ISA(isa) {
        ck_td_workspace *workspace = ck_td_workspace_create(isa, count);
        EXPECT(workspace != NULL, "a workspace");
        float *products = workspace->products, *positive = workspace->positive;
        const td_sums sums = workspace->kernels->products(&window, products, positive);
        static td_sums kept;
        same(isa, "the sum of a unit's products", &sums.total, &kept.total, sizeof sums.total);
        same(isa, "the largest size of a product", &sums.largest, &kept.largest, sizeof sums.largest);
        same(isa, "the largest product", &sums.maximum, &kept.maximum, sizeof sums.maximum);
        same(isa, "the number of positive products", &sums.positives, &kept.positives, sizeof sums.positives);
        same(isa, "products", products, kept_products, (size_t)count * sizeof(float));
        same(isa, "positive products", positive, kept_positive, (size_t)sums.positives * sizeof(float));
        int64_t total = 0;
        for (int32_t i = 0; i < sums.positives; i++) total += td_fixed(positive[i]);
        if (total > 0) {
            const int64_t wanted = (int64_t)((double)total * (double)share) + 1;
            const float theta = workspace->kernels->theta(positive, workspace->spare, sums.positives, wanted,
                                                          sums.positive);
            static float kept_theta;
            same(isa, "theta", &theta, &kept_theta, sizeof theta);
        }
        ck_td_workspace_destroy(workspace);
    }
    free(weights), free(input), free(kept_products), free(kept_positive);
}
