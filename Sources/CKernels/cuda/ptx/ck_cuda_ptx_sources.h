// What make_ptx.py's files define.
#ifndef CK_CUDA_PTX_SOURCES_H
#define CK_CUDA_PTX_SOURCES_H

extern const char ck_ptx_add[], ck_ptx_average_pool[], ck_ptx_backward_average_pool[], ck_ptx_backward_linear[],
    ck_ptx_backward_local_response[], ck_ptx_backward_max_pool[], ck_ptx_backward_relu[], ck_ptx_backward_start[],
    ck_ptx_convolution[], ck_ptx_copy_channels[], ck_ptx_depthwise[], ck_ptx_global_average[], ck_ptx_local_response[], ck_ptx_max_pool[], ck_ptx_normalize[], ck_ptx_peak[],
    ck_ptx_read_out[], ck_ptx_td_add[], ck_ptx_td_average_pool[], ck_ptx_td_bridge[], ck_ptx_td_clear[],
    ck_ptx_td_finish[], ck_ptx_td_group[], ck_ptx_td_group_large[], ck_ptx_td_max_pool[], ck_ptx_td_slice[],
    ck_ptx_td_start[], ck_ptx_td_subset[];

#endif
