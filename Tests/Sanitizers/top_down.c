// The top-down pass, layer by layer, on random activities and gatings, all rules.
#include "inputs.h"

#include "ck_topdown.h"

static ck_gating gating(int32_t height, int32_t width, int32_t channels, int32_t units) {
    ck_gating made;
    EXPECT(ck_gating_create(&made, height, width, channels) == CK_TD_OK, "a gating");
    for (; units > 0; units--) {
        ck_gating_add(&made, below(height * width * channels), (int64_t)next_number() << below(20));
    }
    return made;
}

static ck_td_rule random_rule(ck_td_rule (*rule)(int32_t, ck_td_select, int32_t)) {
    return rule(below(2), (ck_td_select)below(4), below(4));
}

static void convolution(ck_isa isa) {
    const int32_t groups = 1 + below(2), in = 1 + below(20), out = 1 + below(20);
    const int32_t kernel = 1 + 2 * below(3), padding = below(kernel), stride = 1 + below(2);
    const int32_t height = kernel + below(8), width = kernel + below(8);
    const int32_t out_height = (height + 2 * padding - kernel) / stride + 1;
    const int32_t out_width = (width + 2 * padding - kernel) / stride + 1;
    float *activities = values((size_t)(height * width * in * groups));
    for (int32_t i = 0; i < height * width * in * groups; i++) activities[i] = activities[i] < 0 ? 0 : activities[i];
    float *weights = values((size_t)(out * groups * kernel * kernel * in));
    const ck_window window = {kernel, kernel, stride, stride, padding, padding, padding, padding};
    const ck_td_conv_layer layer = {weights, window, groups, out * groups, random_rule(ck_td_rule_conv)};
    const ck_td_view view = {activities, (int64_t)width * in * groups, (int64_t)in * groups, height, width,
                             in * groups};
    ck_td_workspace *workspace = ck_td_workspace_create(isa, (int64_t)kernel * kernel * in);
    EXPECT(workspace != NULL, "a workspace");
    ck_gating above = gating(out_height, out_width, out * groups, below(300));  // some batches
    ck_gating pooled = gating(out_height, out_width, in * groups, below(30));
    ck_gating below_it = gating(height, width, in * groups, 0);
    ck_td_stats stats = {0};
    ck_td_conv(workspace, &layer, &view, &above, &below_it, &stats);
    ck_gating_clear(&below_it);
    ck_td_max_pool(&window, &view, &pooled, &below_it, &stats);
    ck_gating_clear(&below_it);
    ck_td_average_pool(&window, &view, &pooled, &below_it, &stats);
    ck_gating part = gating(height, width, 1 + below(in * groups), 0);
    ck_td_slice(&below_it, below(in * groups - part.channels + 1), &part);
    ck_gating same = gating(height, width, in * groups, 0);
    ck_td_pass(&below_it, &same);
    ck_gating *all[] = {&above, &pooled, &below_it, &part, &same};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) ck_gating_destroy(all[i]);
    ck_td_workspace_destroy(workspace);
    free(activities), free(weights);
}

/// What is added is anything, unknown in the first input now and then, and one tensor may be added twice.
static void addition(void) {
    const int32_t height = 1 + below(5), width = 1 + below(5), channels = 1 + below(9);
    const int32_t inputs = 2 + below(CK_TD_ADD_INPUTS - 1);
    ck_td_add_layer layer = {.inputs = inputs, .rule = random_rule(ck_td_rule_conv), .residual = (ck_td_residual)below(3)};
    float *activities[CK_TD_ADD_INPUTS + 1];
    ck_gating gatings[CK_TD_ADD_INPUTS], *targets[CK_TD_ADD_INPUTS];
    for (int32_t i = 0; i <= inputs; i++) {
        activities[i] = values((size_t)(height * width * channels));
        if (below(4) == 0) activities[i][below(height * width * channels)] *= 0x1p127f;
        const ck_td_view view = {activities[i], (int64_t)width * channels, channels, height, width, channels};
        if (i == inputs) {
            layer.sum = view;
            continue;
        }
        layer.input[i] = view;
        gatings[i] = gating(height, width, channels, 0);
        targets[i] = &gatings[below(8) == 0 ? 0 : i];
    }
    if (below(2) == 0) layer.input[0].data = NULL;
    ck_gating above = gating(height, width, channels, below(30));
    ck_td_stats stats = {0};
    ck_td_add(&layer, &above, targets, &stats);
    ck_gating_destroy(&above);
    for (int32_t i = 0; i <= inputs; i++) {
        free(activities[i]);
        if (i < inputs) ck_gating_destroy(&gatings[i]);
    }
}

static void fully_connected(ck_isa isa) {
    const int32_t in = 1 + below(300), out = 1 + below(40);
    float *activities = values((size_t)in), *weights = values((size_t)(in * out));
    ck_td_workspace *workspace = ck_td_workspace_create(isa, in > out ? in : out);
    EXPECT(workspace != NULL, "a workspace");
    ck_gating above = gating(1, 1, out, below(5)), selected = gating(1, 1, out, 0), below_it = gating(1, 1, in, 0);
    ck_td_stats stats = {0};
    ck_td_rule rule = random_rule(ck_td_rule_linear);
    if (rule.select == CK_TD_GROUP) rule.select = CK_TD_LADDER;  // there is no space to be contiguous in
    ck_td_bridge(workspace, &rule, &above, &selected, &stats);
    ck_td_linear(workspace, weights, &rule, activities, &selected, &below_it, &stats);
    ck_gating_destroy(&above), ck_gating_destroy(&selected), ck_gating_destroy(&below_it);
    ck_td_workspace_destroy(workspace);
    free(activities), free(weights);
}

void check_top_down(int32_t rounds) {
    for (int32_t round = 0; round < rounds; round++) {
        for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
            convolution((ck_isa)isa);
            fully_connected((ck_isa)isa);
        }
        addition();
    }
}
