// What the kernels take that test the emulation itself (self_check.cuh).
#ifndef EMULATION_CHECK_H
#define EMULATION_CHECK_H

#include <stdint.h>

typedef struct {
    float *floats;     // one a thread
    uint32_t *counts;  // what each kernel says
} emulation_check;

#endif
