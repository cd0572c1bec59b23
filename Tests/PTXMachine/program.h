// A module as it is executed: instructions with their registers' places, and what a kernel needs to run.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ptx {

constexpr int LANES = 32;
constexpr uint32_t ALL_LANES = ~0u, NOWHERE = ~0u;

// Where the spaces that are no global memory begin. No allocation of a process lies there: an address of one space in an
// instruction of another is found.
constexpr uint64_t SHARED_WINDOW = 0x51000000, PARAMETER_WINDOW = 0x52000000, WINDOW_BYTES = 0x1000000;

class Warp;
struct Instruction;

/// Does the instruction for these lanes of a warp.
using Run = void (*)(Warp &, const Instruction &, uint32_t lanes);

/// What comes after an instruction.
enum class Flow : uint8_t { next, branch, exit, block_barrier, warp_barrier, exchange };

enum class Space : uint8_t { none, global, shared, parameter };

/// How memory is accessed. A strong access is a volatile or an atomic one: it races with no other strong one.
enum class Access : uint8_t { read, read_only, write, strong_read, strong_write };

/// Places are bytes from the beginning of a warp's registers; a register of n bytes is 32 times n bytes, a predicate a
/// word with a bit for each lane. Constants are registers that nothing writes.
struct Instruction {
    Run run = nullptr;
    uint32_t place[6] = {};  // results first; a vector's at 0...3, its address at 4
    int64_t offset = 0;      // of the address
    uint32_t target = 0;     // of a branch: the instruction's index
    uint32_t join = NOWHERE; // where all ways from a branch meet again
    uint32_t line = 0;       // of the module's text
    uint32_t guard = NOWHERE;  // place of the predicate
    uint32_t watched = NOWHERE;  // index of what is to be watched: registers that may not have been written
    uint32_t used_bytes = ~0u;   // of a vector: what of it is used at all
    Flow flow = Flow::next;
    Space space = Space::none;
    Access access = Access::read;
    uint8_t bytes = 0;  // of one access
    uint8_t results = 0;
    bool negated = false;
    bool uniform = false;
};

/// Registers that an instruction reads and perhaps nothing has written, and of these those that it writes: indices of a
/// warp's list of written lanes.
struct Watched {
    struct Read {
        uint32_t number;
        std::string name;
        bool is_guard;  // all lanes read it, not only those for which it holds
    };
    std::vector<Read> reads;
    std::vector<uint32_t> writes;
};

/// A register that is known to every kernel.
enum class Special { tid_x, ntid_x, ctaid_x, ctaid_y, ctaid_z, nctaid_x, nctaid_y, nctaid_z, laneid, zero, one, count };

struct Kernel {
    std::string name;
    size_t parameter_bytes = 0;
    uint32_t most_threads = 1024;   // of a block
    uint32_t shared_bytes = 0;      // static
    bool has_dynamic_shared = false;
    size_t register_bytes = 0;      // of a warp
    uint32_t special[(int)Special::count] = {};  // places, or NOWHERE
    /// Places and bits of the constants.
    struct Constant {
        uint32_t place, bytes;
        uint64_t bits;
    };
    std::vector<Constant> constants;
    std::vector<Instruction> code;
    std::vector<Watched> watched;
    uint32_t watched_registers = 0;
};

struct Module {
    std::string name;
    std::vector<std::string> lines;
    std::vector<std::unique_ptr<Kernel>> kernels;
    /// Variables of the module in global memory.
    struct Variable {
        std::string name;
        std::unique_ptr<uint64_t> memory;
        size_t bytes;
    };
    std::vector<Variable> variables;
};

}  // namespace ptx

#endif
