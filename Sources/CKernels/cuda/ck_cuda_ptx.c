#include "ck_cuda_ptx.h"

#include <stddef.h>
#include <string.h>

#ifndef __has_embed
#error "this compiler has no #embed: Clang 19, GCC 15 or newer is needed"
#endif
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc23-extensions"  // the rest of the C is C17
#endif

// A module a file of ptx/, each text ended by a zero. The compiler names the files among what this one depends on, so
// that a build notices a new text.
static const struct {
    const char *name, *text;
} modules[] = {
    // clang-format off
    {"add", (const char[]){
#embed "ptx/add.ptx" suffix(, 0)
    }},
    {"average_pool", (const char[]){
#embed "ptx/average_pool.ptx" suffix(, 0)
    }},
    {"backward_average_pool", (const char[]){
#embed "ptx/backward_average_pool.ptx" suffix(, 0)
    }},
    {"backward_linear", (const char[]){
#embed "ptx/backward_linear.ptx" suffix(, 0)
    }},
    {"backward_local_response", (const char[]){
#embed "ptx/backward_local_response.ptx" suffix(, 0)
    }},
    {"backward_max_pool", (const char[]){
#embed "ptx/backward_max_pool.ptx" suffix(, 0)
    }},
    {"backward_relu", (const char[]){
#embed "ptx/backward_relu.ptx" suffix(, 0)
    }},
    {"backward_start", (const char[]){
#embed "ptx/backward_start.ptx" suffix(, 0)
    }},
    {"convolution", (const char[]){
#embed "ptx/convolution.ptx" suffix(, 0)
    }},
    {"copy_channels", (const char[]){
#embed "ptx/copy_channels.ptx" suffix(, 0)
    }},
    {"depthwise", (const char[]){
#embed "ptx/depthwise.ptx" suffix(, 0)
    }},
    {"extent", (const char[]){
#embed "ptx/extent.ptx" suffix(, 0)
    }},
    {"global_average", (const char[]){
#embed "ptx/global_average.ptx" suffix(, 0)
    }},
    {"local_response", (const char[]){
#embed "ptx/local_response.ptx" suffix(, 0)
    }},
    {"max_pool", (const char[]){
#embed "ptx/max_pool.ptx" suffix(, 0)
    }},
    {"normalize", (const char[]){
#embed "ptx/normalize.ptx" suffix(, 0)
    }},
    {"peak", (const char[]){
#embed "ptx/peak.ptx" suffix(, 0)
    }},
    {"rank", (const char[]){
#embed "ptx/rank.ptx" suffix(, 0)
    }},
    {"read_out", (const char[]){
#embed "ptx/read_out.ptx" suffix(, 0)
    }},
    {"td_add", (const char[]){
#embed "ptx/td_add.ptx" suffix(, 0)
    }},
    {"td_average_pool", (const char[]){
#embed "ptx/td_average_pool.ptx" suffix(, 0)
    }},
    {"td_bridge", (const char[]){
#embed "ptx/td_bridge.ptx" suffix(, 0)
    }},
    {"td_clear", (const char[]){
#embed "ptx/td_clear.ptx" suffix(, 0)
    }},
    {"td_finish", (const char[]){
#embed "ptx/td_finish.ptx" suffix(, 0)
    }},
    {"td_group", (const char[]){
#embed "ptx/td_group.ptx" suffix(, 0)
    }},
    {"td_group_large", (const char[]){
#embed "ptx/td_group_large.ptx" suffix(, 0)
    }},
    {"td_max_pool", (const char[]){
#embed "ptx/td_max_pool.ptx" suffix(, 0)
    }},
    {"td_slice", (const char[]){
#embed "ptx/td_slice.ptx" suffix(, 0)
    }},
    {"td_start", (const char[]){
#embed "ptx/td_start.ptx" suffix(, 0)
    }},
    {"td_subset", (const char[]){
#embed "ptx/td_subset.ptx" suffix(, 0)
    }},
    // clang-format on
};

int32_t ck_cuda_ptx_count(void) { return (int32_t)(sizeof modules / sizeof modules[0]); }

const char *ck_cuda_ptx_name(int32_t index) { return modules[index].name; }

const char *ck_cuda_ptx(const char *name) {
    for (int32_t i = 0; i < ck_cuda_ptx_count(); i++) {
        if (strcmp(modules[i].name, name) == 0) return modules[i].text;
    }
    return NULL;
}
