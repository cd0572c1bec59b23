#include "ck_cuda_backward.h"

#include <stddef.h>

enum { BLOCK = 256, GRID_YZ_LIMIT = 65535 };

static const ck_cuda_launch impossible = {NULL, NULL, 0, 0, 0, 0, 0};

static int64_t parts(int64_t count, int64_t size) { return (count + size - 1) / size; }

// One thread an element of a row; a row a block y, a picture a block z.
static ck_cuda_launch rows(const char *module, const char *kernel, int64_t across, int32_t height, int32_t batch) {
    if (across > INT32_MAX - BLOCK || height > GRID_YZ_LIMIT || batch > GRID_YZ_LIMIT) return impossible;
    const uint32_t x = (uint32_t)parts(across, BLOCK);
    return (ck_cuda_launch){module, kernel, x, (uint32_t)height, (uint32_t)batch, BLOCK, 0};
}

ck_cuda_launch ck_cuda_backward_start_launch(const ck_backward_start *call) {
    return rows("backward_start", "ck_backward_start_classes", call->batch, 1, 1);
}

ck_cuda_launch ck_cuda_backward_relu_launch(const ck_backward_relu *call) {
    const int64_t across = (int64_t)call->width * call->channels;
    return rows("backward_relu", "ck_backward_relu_gradient", across, call->height, call->batch);
}

ck_cuda_launch ck_cuda_backward_max_pool_launch(const ck_backward_pool *call) {
    const int64_t across = (int64_t)call->input_width * call->channels;
    return rows("backward_max_pool", "ck_backward_max_pool", across, call->input_height, call->batch);
}

ck_cuda_launch ck_cuda_backward_average_pool_launch(const ck_backward_pool *call) {
    const int64_t across = (int64_t)call->input_width * call->channels;
    return rows("backward_average_pool", "ck_backward_average_pool", across, call->input_height, call->batch);
}

ck_cuda_launch ck_cuda_backward_local_response_launch(const ck_backward_local_response *call) {
    const int64_t across = (int64_t)call->width * call->channels;
    return rows("backward_local_response", "ck_backward_responses", across, call->height, call->batch);
}

ck_cuda_launch ck_cuda_backward_linear_launch(const ck_backward_linear *call) {
    const int64_t inputs = (int64_t)call->height * call->width * call->channels;
    const int64_t groups = parts(call->batch, CK_BACKWARD_PICTURES);
    if (groups > GRID_YZ_LIMIT) return impossible;
    return rows("backward_linear", "ck_backward_linear_rows", inputs, (int32_t)groups, 1);
}
