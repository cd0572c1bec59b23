// The top-down pass of convolutions whose units choose a spatially contiguous group. A unit has a warp, a block, or,
// where its products do not fit shared memory, a block and scratch memory. `wide`: windows of more than 32 cells.
#include "td_convolution.cuh"

#define TD_GROUP_KERNEL(name, threads, scratch, wide)                                             \
    CK_KERNEL __launch_bounds__(TD_BLOCK) name(const ck_cuda_td_conv layer) {                     \
        CK_DYNAMIC_SHARED(memory);                                                                \
        td_convolution<threads, scratch, true, wide>(layer, memory);                              \
    }

TD_GROUP_KERNEL(ck_td_group_warp, 32, false, false)
TD_GROUP_KERNEL(ck_td_group_warp_wide, 32, false, true)
TD_GROUP_KERNEL(ck_td_group_block, TD_BLOCK, false, false)
TD_GROUP_KERNEL(ck_td_group_block_wide, TD_BLOCK, false, true)
TD_GROUP_KERNEL(ck_td_group_scratch, TD_BLOCK, true, true)
