// Adds some channels of a gating to another one: the parts of a concatenation, and layers that change nothing.
#include "td_units.cuh"

CK_KERNEL __launch_bounds__(TD_BLOCK) ck_td_slice(const ck_cuda_td_slice slice) {
    CK_DYNAMIC_SHARED(memory);
    TdBlock &block = *reinterpret_cast<TdBlock *>(memory);
    const int image = (int)blockIdx.y;
    if (slice.images[image].status != CK_TD_OK) return;
    const TdGating whole = td_of_image(slice.whole, image), part = td_of_image(slice.part, image);
    const TdStretch stretch = td_stretch(slice.whole);
    td_begin(block);
    for (int word = stretch.first; word < stretch.end; word += TD_WORDS) {
        td_list_units(block, whole.touched + word, stretch.end - word < TD_WORDS ? stretch.end - word : TD_WORDS);
        uint64_t absolute = 0;
        for (int i = (int)threadIdx.x; i < block.listed; i += TD_BLOCK) {
            const int index = 32 * word + (int)block.list[i], pixel = index / slice.whole.channels;
            const int channel = index - pixel * slice.whole.channels - slice.first_channel;
            const int64_t gating = whole.value[index];
            if (channel < 0 || channel >= slice.part.channels || gating == 0) continue;
            td_put(part, pixel * slice.part.channels + channel, gating);
            absolute = td_saturated(absolute, td_magnitude(gating));
        }
        td_account(block, absolute);
        __syncthreads();
    }
    td_end(block, slice.images[image]);
}
