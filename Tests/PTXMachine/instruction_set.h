// What each instruction does, compiled for one instruction set of the processor.
#ifndef INSTRUCTION_SET_H
#define INSTRUCTION_SET_H

#include <string>

#include "program.h"

namespace ptx {

/// An instruction that is known by its whole name, with all its modifiers.
struct Operation {
    Run run;
    /// Its operands, results before the sign =. p: predicate; h, w, l: 16, 32, 64 bits; f, d: numbers of 32 and 64 bits.
    const char *operands;
    Flow flow;
};

struct InstructionSet {
    /// Null where there is no such instruction. Loads, stores and atomics are not among them.
    const Operation *(*find)(const std::string &name);
    /// Of `count` values of `bytes` each, into registers of `register_bytes`; null where that does not fit.
    Run (*load)(int bytes, bool is_signed, int register_bytes, int count);
    Run (*store)(int bytes, int register_bytes, int count);
    /// By operation and type, as "add.u32"; `returns`: with the old value as its result.
    Run (*atomic)(const std::string &name, bool returns);
};

extern const InstructionSet set_with_fma, set_portable;

/// The one for this processor.
const InstructionSet &instruction_set();

}  // namespace ptx

#endif
