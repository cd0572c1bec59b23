#include "ck_half.h"

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weight files are read in place as little-endian"
#endif

// Plain loops without branches: the compiler vectorises them for the baseline instruction set, and memory, not
// arithmetic, bounds them. memcpy stands for a load without alignment.

void ck_half_to_float(const void *source, float *out, size_t count) {
    const char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, bytes + 2 * i, sizeof half);
        uint32_t magnitude = (uint32_t)(half & 0x7fff) << 13;
        // The exponents' biases differ by 112. The product is exact, and it normalises subnormals on the way.
        float scaled;
        memcpy(&scaled, &magnitude, sizeof scaled);
        scaled *= 0x1p112f;
        uint32_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        // An all-ones exponent means infinity or NaN in either format.
        bits |= (half & 0x7c00) == 0x7c00 ? 0x7f800000u : 0u;
        bits |= (uint32_t)(half & 0x8000) << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

void ck_bfloat16_to_float(const void *source, float *out, size_t count) {
    const char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        uint16_t upper;
        memcpy(&upper, bytes + 2 * i, sizeof upper);
        uint32_t bits = (uint32_t)upper << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

void ck_double_to_float(const void *source, float *out, size_t count) {
    const char *bytes = source;
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, bytes + 8 * i, sizeof value);
        out[i] = (float)value;
    }
}

size_t ck_first_nonfinite(const float *values, size_t count) {
    enum { BLOCK = 4096 };
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t end = count - start < BLOCK ? count : start + BLOCK;
        uint32_t found = 0;
        for (size_t i = start; i < end; i++) {
            uint32_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            found |= (bits & 0x7f800000u) == 0x7f800000u;
        }
        if (!found) continue;
        for (size_t i = start; i < end; i++) {
            uint32_t bits;
            memcpy(&bits, &values[i], sizeof bits);
            if ((bits & 0x7f800000u) == 0x7f800000u) return i;
        }
    }
    return count;
}
