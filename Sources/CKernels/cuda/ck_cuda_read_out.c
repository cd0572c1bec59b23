// Grid, block and shared memory of the kernels between the passes and the host.
#include "ck_cuda_read_out.h"

#include <stddef.h>

#include "kernels/read_out_launch.h"

enum { GRID_Y_LIMIT = 65535, SHARED_LIMIT = 48 << 10 };

static const ck_cuda_launch impossible = {NULL, NULL, 0, 0, 0, 0, 0};

// With values that an index can name.
static int is_gating(const ck_cuda_gating *gating) {
    if (gating->height < 1 || gating->width < 1 || gating->channels < 1) return 0;
    const int64_t cells = (int64_t)gating->height * gating->width;
    return cells <= INT32_MAX && cells * gating->channels <= INT32_MAX;
}

static int is_collapsed(ck_collapse rule) { return rule == CK_COLLAPSE_SUM || rule == CK_COLLAPSE_MAX; }

static uint32_t parts(int64_t count, int64_t size) { return (uint32_t)((count + size - 1) / size); }

ck_cuda_launch ck_cuda_rank_launch(const ck_cuda_rank *rank) {
    if (rank->classes < 1 || rank->classes > INT32_MAX / 2 || rank->batch < 1) return impossible;
    return (ck_cuda_launch){"rank", "ck_rank", (uint32_t)rank->batch, 1, 1, CK_READ_OUT_BLOCK, 0};
}

ck_cuda_launch ck_cuda_read_out_launch(const ck_cuda_read_out *read_out) {
    const ck_cuda_gating *gating = &read_out->gating;
    if (!is_gating(gating) || read_out->batch < 1 || read_out->batch > GRID_Y_LIMIT) return impossible;
    const int64_t cells = (int64_t)gating->height * gating->width;
    int64_t threads = parts(cells * gating->channels, 32);
    if (is_collapsed(read_out->collapse)) {
        threads = (int64_t)32 * parts(cells, CK_CELLS_AT_ONCE(gating->channels));
    } else if (read_out->collapse != CK_COLLAPSE_NONE) {
        return impossible;
    }
    // The threads of one image are numbered.
    if (threads > INT32_MAX - CK_READ_OUT_BLOCK) return impossible;
    return (ck_cuda_launch){"read_out", "ck_read_out", parts(threads, CK_READ_OUT_BLOCK), (uint32_t)read_out->batch, 1,
                            CK_READ_OUT_BLOCK, 0};
}

ck_cuda_launch ck_cuda_extent_launch(const ck_cuda_extent *extent) {
    if (!is_gating(&extent->gating) || !is_collapsed(extent->collapse) || extent->batch < 1) return impossible;
    int64_t shared = CK_EXTENT_SHARED;
    switch (extent->rule) {
        case CK_EXTENT_ALL:
        case CK_EXTENT_MEAN:
        case CK_EXTENT_MEAN_ALL: break;
        case CK_EXTENT_MASS:
            shared += ((int64_t)extent->gating.width + extent->gating.height) * (int64_t)sizeof(uint64_t);
            break;
        default: return impossible;
    }
    if (shared > SHARED_LIMIT) return impossible;
    return (ck_cuda_launch){"extent", "ck_extent", (uint32_t)extent->batch, 1, 1, CK_READ_OUT_BLOCK, (uint32_t)shared};
}
