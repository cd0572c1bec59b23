// A kernel's ways: where branches meet again, and which registers may be read before they are written.
#ifndef FLOW_H
#define FLOW_H

#include <string>
#include <vector>

#include "program.h"

namespace ptx {

/// The registers of one instruction, by number.
struct Uses {
    std::vector<uint32_t> reads, writes;
    uint32_t guard = NOWHERE;  // the predicate that says whether it is executed
};

/// Sets `join` of every branch.
void find_joins(Kernel &kernel);

/// Sets `watched` of the instructions that read what perhaps nothing has written on some way to them, and of those that
/// write such a register. `names` are the registers'.
void find_unwritten(Kernel &kernel, const std::vector<Uses> &uses, const std::vector<std::string> &names);

}  // namespace ptx

#endif
