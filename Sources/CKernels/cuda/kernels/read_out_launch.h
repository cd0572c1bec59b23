// What the kernels of the read-out and the host that launches them have to agree on.
#ifndef READ_OUT_LAUNCH_H
#define READ_OUT_LAUNCH_H

enum {
    CK_READ_OUT_BLOCK = 256,  // threads of a block
    CK_EXTENT_SHARED = 672    // bytes of dynamic shared memory in front of the marginals; the kernel asserts it
};

/// Cells that a warp collapses at a time: one a lane, or as many as lie in 32 words of `touched`, wherever they begin.
#define CK_CELLS_AT_ONCE(channels) ((channels) <= 32 ? 32 : (channels) <= 993 ? 993 / (channels) : 1)

#endif
