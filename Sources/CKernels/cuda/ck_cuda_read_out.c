#include "ck_cuda_read_out.h"

#include <stddef.h>

enum { BLOCK = 256 };

ck_cuda_launch ck_cuda_read_out_launch(const ck_cuda_read_out *layer) {
    const int64_t values = (int64_t)layer->gating.height * layer->gating.width * layer->gating.channels;
    const int64_t words = (values + 31) / 32;
    if (layer->batch > 65535 || values * layer->batch > INT32_MAX) {
        return (ck_cuda_launch){NULL, NULL, 0, 0, 0, 0, 0};
    }
    return (ck_cuda_launch){"read_out",      "ck_read_out", (uint32_t)((words + BLOCK - 1) / BLOCK),
                            (uint32_t)layer->batch, 1,             BLOCK,
                            0};
}
