#include <stdlib.h>

#include "topdown.h"

static const td_kernels *kernels_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return &ck_td_kernels_avx512;
    if (isa == CK_ISA_AVX2) return &ck_td_kernels_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return &ck_td_kernels_neon;
#endif
    (void)isa;
    return &ck_td_kernels_portable;
}

static void *aligned(int64_t count) {
    size_t bytes = ((size_t)count + TD_SLACK) * 4;
    return aligned_alloc(64, (bytes + 63) / 64 * 64);
}

ck_td_workspace *ck_td_workspace_create(ck_isa isa, int64_t products) {
    if (products < 1) products = 1;
    if (products > INT32_MAX / 2) return NULL;
    ck_td_workspace *workspace = calloc(1, sizeof *workspace);
    if (workspace == NULL) return NULL;
    workspace->kernels = kernels_of(isa);
    workspace->capacity = products;
    ck_td_make_components(&workspace->grid);
    workspace->products = aligned(products);
    workspace->positive = aligned(products);
    workspace->spare = aligned(products);
    workspace->indices = aligned(products);
    workspace->bounds = aligned(products);
    workspace->labels = aligned(2 * products);
    workspace->sets = calloc((size_t)products, sizeof *workspace->sets);
    workspace->sums = calloc((size_t)products, sizeof *workspace->sums);
    workspace->mask_stride = (int32_t)((products + TD_SLACK + 15) / 16 * 16);
    workspace->masks = aligned((int64_t)workspace->mask_stride * (TD_MASK_CELLS / 32));
    if (workspace->kernels->lanes != NULL) workspace->lanes = ck_td_lanes_create(products);
    if (workspace->products == NULL || workspace->positive == NULL || workspace->spare == NULL ||
        workspace->indices == NULL || workspace->bounds == NULL || workspace->labels == NULL ||
        workspace->masks == NULL || workspace->sets == NULL ||
        workspace->sums == NULL ||
        (workspace->lanes == NULL && workspace->kernels->lanes != NULL)) {
        ck_td_workspace_destroy(workspace);
        return NULL;
    }
    return workspace;
}

void ck_td_workspace_destroy(ck_td_workspace *workspace) {
    if (workspace == NULL) return;
    free(workspace->products);
    free(workspace->positive);
    free(workspace->spare);
    free(workspace->indices);
    free(workspace->bounds);
    free(workspace->labels);
    free(workspace->masks);
    free(workspace->sets);
    free(workspace->sums);
    ck_td_lanes_destroy(workspace->lanes);
    free(workspace);
}

static ck_td_rule rule(double lower_bound, double epsilon, int32_t strict, ck_td_select select, int32_t offset) {
    return (ck_td_rule){llrint(lower_bound * 0x1p36), llrint(epsilon * 0x1p36), strict, select, offset};
}

ck_td_rule ck_td_rule_conv(int32_t strict, ck_td_select select, int32_t offset) {
    return rule(3e-4, 2e-4, strict, select, offset);
}

ck_td_rule ck_td_rule_linear(int32_t strict, ck_td_select select, int32_t offset) {
    return rule(1e-5, 1e-4, strict, select, offset);
}
