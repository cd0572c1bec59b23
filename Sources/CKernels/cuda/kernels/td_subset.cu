// The top-down pass of fully connected layers, and of convolutions whose units choose a subset. A unit has a warp; or a
// thread in 1x1 convolutions over few channels; or a block and scratch memory, if it has many products.
#include "td_convolution.cuh"

CK_KERNEL __launch_bounds__(TD_BLOCK, 6) ck_td_subset_warp(const ck_cuda_td_conv layer) {
    CK_DYNAMIC_SHARED(memory);
    td_convolution<32, false, TD_SUBSET>(layer, memory);
}

CK_KERNEL __launch_bounds__(TD_BLOCK, 5) ck_td_subset_thread(const ck_cuda_td_conv layer) {
    CK_DYNAMIC_SHARED(memory);
    td_convolution<32, false, TD_SUBSET, true>(layer, memory);
}

CK_KERNEL __launch_bounds__(TD_BLOCK, 5) ck_td_subset_scratch(const ck_cuda_td_conv layer) {
    CK_DYNAMIC_SHARED(memory);
    td_convolution<TD_BLOCK, true, TD_SUBSET>(layer, memory);
}
