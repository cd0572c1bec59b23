// The top-down pass of convolutions whose units choose a spatially contiguous group. A unit has a warp; or a thread in 1x1
// convolutions over few channels; or a block, if it has many products; or a block and scratch memory, where its window is
// large, too. `wide`: more than 32 cells.
#include "td_convolution.cuh"

#define TD_GROUP_KERNEL(name, threads, scratch, way, blocks)                                      \
    CK_KERNEL __launch_bounds__(TD_BLOCK, blocks) name(const ck_cuda_td_conv layer) {             \
        CK_DYNAMIC_SHARED(memory);                                                                \
        td_convolution<threads, scratch, way>(layer, memory);                                     \
    }

// As many blocks a multiprocessor as have registers enough for nothing to be spilled.
TD_GROUP_KERNEL(ck_td_group_warp, 32, false, TD_NARROW, 6)
TD_GROUP_KERNEL(ck_td_group_warp_wide, 32, false, TD_WIDE, 6)
TD_GROUP_KERNEL(ck_td_group_block, TD_BLOCK, false, TD_NARROW, 8)
TD_GROUP_KERNEL(ck_td_group_scratch, TD_BLOCK, true, TD_WIDE, 6)

CK_KERNEL __launch_bounds__(TD_BLOCK, 5) ck_td_group_thread(const ck_cuda_td_conv layer) {
    CK_DYNAMIC_SHARED(memory);
    td_convolution<32, false, TD_NARROW, true>(layer, memory);
}
