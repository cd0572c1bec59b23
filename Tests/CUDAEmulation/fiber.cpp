#include "fiber.h"

#include <stdint.h>

#if defined(__x86_64__)

// Saves what the System V convention lets a callee change, on the stack that is left.
__asm__(
    ".text\n"
    ".type cuda_emulation_switch, @function\n"
    "cuda_emulation_switch:\n"
    "    pushq %rbp\n    pushq %rbx\n    pushq %r12\n    pushq %r13\n    pushq %r14\n    pushq %r15\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsi, %rsp\n"
    "    popq %r15\n    popq %r14\n    popq %r13\n    popq %r12\n    popq %rbx\n    popq %rbp\n"
    "    ret\n"
    ".size cuda_emulation_switch, . - cuda_emulation_switch\n");

extern "C" void cuda_emulation_switch(void **left, void *entered);

namespace emulation {

void fiber_start(Fiber &fiber, char *stack, size_t bytes, void (*entry)()) {
    // Six registers, the address that `ret` goes to, and a return address for `entry`, which keeps the stack aligned.
    uintptr_t *top = reinterpret_cast<uintptr_t *>(stack + bytes / 16 * 16);
    for (int i = 1; i <= 8; i++) top[-i] = 0;
    top[-2] = reinterpret_cast<uintptr_t>(entry);
    fiber.stack_pointer = top - 8;
}

void fiber_switch(Fiber &from, Fiber &to) { cuda_emulation_switch(&from.stack_pointer, to.stack_pointer); }

}  // namespace emulation

#else

namespace emulation {

void fiber_start(Fiber &fiber, char *stack, size_t bytes, void (*entry)()) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = stack;
    fiber.context.uc_stack.ss_size = bytes;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, entry, 0);
}

void fiber_switch(Fiber &from, Fiber &to) { swapcontext(&from.context, &to.context); }

}  // namespace emulation

#endif
