// What the checks share. Each computes the same random cases with every form of a kernel that runs here: what the portable
// form finds goes into a checksum, which is to be the same on every architecture, and what any other form finds is
// compared with it.
#ifndef CHECK_H
#define CHECK_H

#include "../Sanitizers/inputs.h"

#define FOR_EACH_ISA(isa)                                                        \
    for (ck_isa isa = CK_ISA_PORTABLE; isa <= CK_ISA_NEON; isa = (ck_isa)(isa + 1)) \
        if (ck_isa_available(isa))

/// In [least, most].
static inline int32_t of(int32_t least, int32_t most) { return least + below(most - least + 1); }

/// What the numbers of a tensor are like.
typedef struct {
    int32_t zeros;      // of 8 numbers, of either sign
    int32_t exponent;   // of the smallest others, those below 2^-126 included; the largest are 2^20 times as large
    int32_t specials;   // whether infinities and what is not a number are among them
} number_kind;

number_kind random_kind(int32_t specials);
float number(number_kind kind);
/// Aligned to 64 bytes.
float *numbers(size_t count, number_kind kind);
uint8_t *random_bytes(size_t count);
/// Memory in which a byte that nobody has written shows; aligned to 64 bytes.
void *unwritten(size_t bytes);

/// The bytes that a form has found. Those of the portable one come first, are kept in `kept` (as large), and count.
void same(ck_isa isa, const char *what, const void *found, void *kept, size_t bytes);
/// The same for floats. All that is no number is the same: its bits are the architecture's choice.
void same_floats(ck_isa isa, const char *what, float *found, float *kept, size_t count);

/// Runs a check so many times and prints its name and checksum.
void check(const char *name, void (*once)(void), int32_t rounds);

void check_convolution(void);
void check_fast_convolution(void);
void check_depthwise(void);
void check_layers(void);
void check_backward_layers(void);
void check_nonzero(void);
void check_resize(void);
void check_pixels(void);
void check_blur(void);
void check_top_down_convolution(void);
void check_top_down_linear(void);
void check_compaction(void);
void check_digests(void);
void check_formats(void);
/// Not there where libjpeg is not.
__attribute__((weak)) void check_file(const char *path);

#endif
