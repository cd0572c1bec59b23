// The top-down pass of convolutions whose windows have more cells than a thread keeps in registers. No network of the
// catalogue has one; a description of one's own may.
#include "td_convolution.cuh"

CK_KERNEL __launch_bounds__(TD_BLOCK, 5) ck_td_group_large(const ck_cuda_td_conv layer) {
    CK_DYNAMIC_SHARED(memory);
    td_convolution<TD_BLOCK, true, TD_LARGE>(layer, memory);
}
