// The names of a kernel: registers, constants, special registers and symbols, and their places.
#ifndef REGISTERS_H
#define REGISTERS_H

#include <map>
#include <string>
#include <vector>

#include "program.h"

namespace ptx {

/// What an operand stands for.
struct Place {
    uint32_t place;
    uint32_t number;  // of the register; NOWHERE: it is none
    uint32_t bytes;   // of a lane; 0: a predicate
};

class Registers {
public:
    explicit Registers(Kernel &kernel) : kernel(kernel) {}

    /// Of `bytes` bytes each, or a predicate. `count`: of names that end with their number; NOWHERE: one of this name.
    void declare(const std::string &name, uint32_t count, uint32_t bytes, uint32_t line);
    void declare_symbol(const std::string &name, uint64_t value) { symbols[name] = value; }

    /// Finds a register of the operand's letter (see Operation), or the constant or symbol of this name; throws Fault.
    Place find(const std::string &word, char letter, uint32_t line);
    /// A register of any width, as a load's or a store's may be.
    Place find_any(const std::string &word, uint32_t bytes_of_constant, uint32_t line);

    /// Bytes of the register of this name; 0 where it is a predicate or none.
    uint32_t bytes_of_register(const std::string &word) const {
        const auto found = registers.find(word);
        return found == registers.end() ? 0 : found->second.bytes;
    }

    std::vector<std::string> names;

private:
    Kernel &kernel;
    std::map<std::string, Place> registers;
    std::map<std::string, uint64_t> symbols;
    std::map<std::pair<uint32_t, uint64_t>, uint32_t> constants;

    uint32_t take(uint32_t bytes);
    uint32_t constant(uint32_t bytes, uint64_t bits);
    uint32_t special(const std::string &word, uint32_t line);
    void add(const std::string &name, uint32_t bytes, uint32_t line);
};

}  // namespace ptx

#endif
