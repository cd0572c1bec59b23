// What the top-down kernels and the host that launches them have to agree on.
#ifndef TD_LAUNCH_H
#define TD_LAUNCH_H

enum {
    TD_BLOCK = 128,  // threads of a block, in all kernels that look for units
    TD_WORDS = 32,   // words of `touched` that a block looks through before it works on what it has found
    TD_MASK_CELLS = 128,   // cells of a window whose components a thread can find
    TD_NARROW_CELLS = 32,  // and of one that is not `wide`
    TD_LARGE_WORDS = 6,    // of scratch memory a product of a larger window takes, even so that sums are aligned
    // Input channels of a group up to which a thread takes a unit of a 1x1 convolution; but a warp takes it where a block has
    // found fewer units than this. (Counted: docs/gpu.md.)
    TD_THREAD_CHANNELS = 64,
    TD_THREAD_UNITS = 12,
    // Bytes of dynamic shared memory in front of the products. The kernels assert them.
    TD_BLOCK_SHARED = 2112,
    TD_WARP_TEAM_SHARED = 208,
    TD_BLOCK_TEAM_SHARED = 400,
    // Behind the block's, of an addition.
    TD_ADD_SHARED = 128
};

/// Threads that a warp gives to one unit while it looks for components, a power of two: with few channels, several
/// units at once.
#define TD_LANES_A_UNIT(channels) ((channels) <= 8 ? 8 : (channels) <= 16 ? 16 : 32)

/// Floats from one thread's products to the next one's: odd, so that the same product of each lies in another bank.
#define TD_THREAD_STRIDE(channels) ((channels) | 1)

#endif
