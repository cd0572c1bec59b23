#include "ck_cuda_ptx.h"

#include <stddef.h>
#include <string.h>

#include "ptx/ck_cuda_ptx_sources.h"

static const struct {
    const char *name, *text;
} modules[] = {
    {"add", ck_ptx_add},
    {"average_pool", ck_ptx_average_pool},
    {"backward_average_pool", ck_ptx_backward_average_pool},
    {"backward_linear", ck_ptx_backward_linear},
    {"backward_local_response", ck_ptx_backward_local_response},
    {"backward_max_pool", ck_ptx_backward_max_pool},
    {"backward_relu", ck_ptx_backward_relu},
    {"backward_start", ck_ptx_backward_start},
    {"convolution", ck_ptx_convolution},
    {"copy_channels", ck_ptx_copy_channels},
    {"depthwise", ck_ptx_depthwise},
    {"global_average", ck_ptx_global_average},
    {"local_response", ck_ptx_local_response},
    {"max_pool", ck_ptx_max_pool},
    {"normalize", ck_ptx_normalize},
    {"peak", ck_ptx_peak},
    {"read_out", ck_ptx_read_out},
    {"td_add", ck_ptx_td_add},
    {"td_average_pool", ck_ptx_td_average_pool},
    {"td_bridge", ck_ptx_td_bridge},
    {"td_clear", ck_ptx_td_clear},
    {"td_finish", ck_ptx_td_finish},
    {"td_group", ck_ptx_td_group},
    {"td_group_large", ck_ptx_td_group_large},
    {"td_max_pool", ck_ptx_td_max_pool},
    {"td_slice", ck_ptx_td_slice},
    {"td_start", ck_ptx_td_start},
    {"td_subset", ck_ptx_td_subset},
};

int32_t ck_cuda_ptx_count(void) { return (int32_t)(sizeof modules / sizeof modules[0]); }

const char *ck_cuda_ptx_name(int32_t index) { return modules[index].name; }

const char *ck_cuda_ptx(const char *name) {
    for (int32_t i = 0; i < ck_cuda_ptx_count(); i++) {
        if (strcmp(modules[i].name, name) == 0) return modules[i].text;
    }
    return NULL;
}
