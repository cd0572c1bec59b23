// Copies channels of every pixel; for a concatenation whose parts could not be written in place.
#include "each_output.cuh"

CK_KERNEL ck_copy_channels(const ck_pool2d copy) {
    int x, y, channel;
    if (!each_output(copy, x, y, channel)) return;
    *output_of(copy, x, y, channel) = input_of(copy, channel)[y * copy.input_row + x * copy.input_pixel];
}
