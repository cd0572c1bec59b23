// The gating at the read-out as a list: a thread a word of `touched`, 32 values; a warp asks once for its places.
// block x: 256 words of one image; block y: image.
#include "kernel.cuh"

#include "ck_cuda_read_out.h"

CK_KERNEL ck_read_out(const ck_cuda_read_out layer) {
    const int values = layer.gating.height * layer.gating.width * layer.gating.channels;
    const int words = (values + 31) / 32;
    const int word = blockIdx.x * blockDim.x + threadIdx.x;
    const int image = blockIdx.y;
    const int64_t *value = layer.gating.value + (int64_t)image * values;
    uint32_t found = 0;
    if (word < words) {
        uint32_t touched = layer.gating.touched[(int64_t)image * words + word];
        while (touched != 0) {
            const int bit = __ffs((int)touched) - 1;
            touched &= touched - 1;
            if (value[word * 32 + bit] != 0) found |= 1u << bit;
        }
    }
    // How many the lanes before this one have, and all together.
    const int lane = threadIdx.x & 31, own = __popc(found);
    int before = own;
    for (int by = 1; by < 32; by *= 2) {
        const int other = __shfl_up_sync(~0u, before, by);
        if (lane >= by) before += other;
    }
    const int all = __shfl_sync(~0u, before, 31);
    uint32_t place = 0;
    if (lane == 0 && all > 0) place = atomicAdd(layer.count, (uint32_t)all);
    place = __shfl_sync(~0u, place, 0) + (uint32_t)(before - own);
    while (found != 0) {
        const int bit = __ffs((int)found) - 1, index = word * 32 + bit;
        found &= found - 1;
        ck_cuda_read_out_entry entry;
        entry.value = value[index];
        entry.index = index;
        entry.image = image;
        layer.entries[place++] = entry;
    }
}
