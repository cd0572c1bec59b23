// The gating at the read-out as a list. A thread takes a word of `touched`, 32 values; or, collapsed, a warp some cells. A
// warp asks once for its places. Block x: a part of one image; block y: image.
#include "collapse.cuh"

/// Where this lane's `own` entries begin, in the image's segment. By a whole warp.
static __device__ __forceinline__ uint32_t ck_place(uint32_t *count, int own) {
    const int lane = (int)(threadIdx.x % 32);
    int end = own;
#pragma unroll
    for (int by = 1; by < 32; by *= 2) {
        const int before = __shfl_up_sync(~0u, end, (unsigned)by);
        if (lane >= by) end += before;
    }
    uint32_t first = 0;
    if (lane == 31 && end > 0) first = atomicAdd(count, (uint32_t)end);
    return __shfl_sync(~0u, first, 31) + (uint32_t)(end - own);
}

CK_KERNEL __launch_bounds__(CK_READ_OUT_BLOCK) ck_read_out(const ck_cuda_read_out layer) {
    const int image = (int)blockIdx.y;
    const int cells = layer.gating.height * layer.gating.width, values = cells * layer.gating.channels;
    uint32_t *count = &layer.findings[image].entries;
    const int thread = (int)(blockIdx.x * CK_READ_OUT_BLOCK + threadIdx.x);
    if (layer.collapse != CK_COLLAPSE_NONE) {
        const CkCells map(layer.gating, layer.collapse, image);
        const int64_t first = (int64_t)(thread / 32) * map.at_once;
        if (first >= cells) return;
        const int64_t value = map.of_warp((int)first);
        const uint32_t place = ck_place(count, value != 0);
        if (value != 0) layer.entries[(int64_t)image * cells + place] = {value, (int)first + (int)threadIdx.x % 32, 0};
        return;
    }
    const int words = values / 32 + (values % 32 != 0);
    const int64_t *value = layer.gating.value + (int64_t)image * values;
    uint32_t found = 0;
    if (thread < words) {
        for (uint32_t bits = layer.gating.touched[(int64_t)image * words + thread]; bits != 0; bits &= bits - 1) {
            const int bit = __ffs((int)bits) - 1;
            if (value[thread * 32 + bit] != 0) found |= 1u << bit;
        }
    }
    ck_cuda_read_out_entry *entry = layer.entries + (int64_t)image * values + ck_place(count, __popc(found));
    for (; found != 0; found &= found - 1) {
        const int index = thread * 32 + __ffs((int)found) - 1;
        *entry++ = {value[index], index, 0};
    }
}
