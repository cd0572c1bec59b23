// What the checks below share: numbers that are the same in every run, and memory that ends where it says, so that the
// address sanitizer sees the first byte that is read or written beyond it.
#ifndef INPUTS_H
#define INPUTS_H

// posix_memalign; this header comes first everywhere.
#define _POSIX_C_SOURCE 200809L

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck_cpu.h"

static uint64_t number_state = 1;
static inline uint32_t next_number(void) {
    number_state = number_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(number_state >> 33);
}
static inline int32_t below(int32_t n) { return (int32_t)(next_number() % (uint32_t)n); }
/// In (-1, 1); a third of them zero.
static inline float next_value(void) {
    const float value = (float)((int32_t)(next_number() & 0xffffff) - 0x800000) / (float)0x800000;
    return below(3) == 0 ? 0 : value;
}

#define EXPECT(condition, ...)                                               \
    do {                                                                     \
        if (!(condition)) {                                                  \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            fprintf(stderr, __VA_ARGS__);                                    \
            fputc('\n', stderr);                                             \
            exit(1);                                                         \
        }                                                                    \
    } while (0)

static inline void *memory(size_t bytes) {
    void *found = malloc(bytes > 0 ? bytes : 1);
    EXPECT(found != NULL, "%zu bytes", bytes);
    return found;
}
/// Aligned to 64 bytes; what follows the last byte is the sanitizer's.
static inline void *aligned_memory(size_t bytes) {
    void *found = NULL;
    EXPECT(posix_memalign(&found, 64, bytes > 0 ? bytes : 1) == 0, "%zu bytes", bytes);
    return found;
}
static inline float *values(size_t count) {
    float *found = aligned_memory(count * sizeof(float));
    for (size_t i = 0; i < count; i++) found[i] = next_value();
    return found;
}

/// A copy with some bytes changed, cut, or doubled; of a size of its own.
static inline uint8_t *changed(const uint8_t *bytes, size_t count, size_t *changed_count) {
    size_t length = count;
    if (below(4) == 0) length = count > 0 ? (size_t)below((int32_t)count) : 0;
    uint8_t *copy = memory(length);
    memcpy(copy, bytes, length);
    for (int32_t edits = below(6); edits > 0 && length > 0; edits--) {
        const size_t at = (size_t)below((int32_t)length);
        switch (below(4)) {
            case 0: copy[at] ^= (uint8_t)(1u << below(8)); break;
            case 1: copy[at] = (uint8_t)(below(2) == 0 ? 0xff : 0); break;
            case 2: copy[at] = (uint8_t)below(256); break;
            default: {
                const size_t run = (size_t)below((int32_t)(length - at) < 64 ? (int32_t)(length - at) : 64);
                memmove(copy + at, copy + (size_t)below((int32_t)(length - run)), run);
            }
        }
    }
    *changed_count = length;
    return copy;
}

void check_files(int count, char **paths, int32_t rounds);
void check_kernels(int32_t rounds);
void check_top_down(int32_t rounds);
void check_backward(int32_t rounds);

#endif
