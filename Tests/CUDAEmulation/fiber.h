// A fiber: a stack of its own and a switch to it. Some ten nanoseconds on x86-64; through ucontext elsewhere.
#ifndef FIBER_H
#define FIBER_H

#include <stddef.h>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace emulation {

struct Fiber {
#if defined(__x86_64__)
    void *stack_pointer;
#else
    ucontext_t context;
#endif
};

/// Makes a fiber that calls `entry`, which must not return, on the given stack.
void fiber_start(Fiber &fiber, char *stack, size_t bytes, void (*entry)());

/// Leaves `from`, which goes on when something switches to it.
void fiber_switch(Fiber &from, Fiber &to);

}  // namespace emulation

#endif
