// The top-down pass of fully connected layers, and of convolutions whose units choose a subset: a warp or a block a
// unit, as in td_group.cu.
#include "td_convolution.cuh"

#define TD_SUBSET_KERNEL(name, threads, scratch)                                                  \
    CK_KERNEL __launch_bounds__(TD_BLOCK) name(const ck_cuda_td_conv layer) {                     \
        CK_DYNAMIC_SHARED(memory);                                                                \
        td_convolution<threads, scratch, false, false>(layer, memory);                            \
    }

TD_SUBSET_KERNEL(ck_td_subset_warp, 32, false)
TD_SUBSET_KERNEL(ck_td_subset_block, TD_BLOCK, false)
TD_SUBSET_KERNEL(ck_td_subset_scratch, TD_BLOCK, true)
