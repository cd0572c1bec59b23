// From a module's text to what is executed.
#ifndef READER_H
#define READER_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flow.h"
#include "instruction_set.h"
#include "program.h"
#include "registers.h"
#include "tokens.h"

namespace ptx {

/// An operand as it stands in the text.
struct Operand {
    enum { word, address, vector, pair } kind = word;
    std::vector<std::string> words;  // an address's: its base
    int64_t offset = 0;
};

/// Reads the text from front to back; throws Fault where anything is not known.
class Reader {
public:
    Reader(const char *text, Module &module);
    void read();

private:
    Tokens tokens;
    Module &module;
    std::map<std::string, uint64_t> variables;
    std::string dynamic_shared;

    uint32_t read_alignment();
    void read_version();
    void read_target();
    void read_external();
    void read_variable();
    void read_kernel();
    void read_parameter(Kernel &kernel, Registers &registers);
    void read_hints(Kernel &kernel);
};

/// Reads the body of one kernel.
class Body {
public:
    Body(Tokens &tokens, Kernel &kernel, Registers &registers) : tokens(tokens), kernel(kernel), registers(registers) {}
    /// Up to the bracket that ends it. `dynamic_shared`: name of the memory that is as long as the launch says, or empty.
    void read(const std::string &dynamic_shared);

private:
    Tokens &tokens;
    Kernel &kernel;
    Registers &registers;
    std::vector<Uses> uses;
    std::map<std::string, uint32_t> labels;
    struct Jump {
        uint32_t instruction;
        std::string label;
    };
    std::vector<Jump> jumps;
    uint32_t used_bytes = ~0u;  // of the instruction that follows

    void read_registers();
    void read_shared();
    void read_pragma();
    void read_instruction();
    Operand read_operand();
    void resolve_jumps();

    // Of one instruction.
    void decode(Instruction &instruction, Uses &used, const std::string &name, std::vector<Operand> operands);
    void decode_branch(Instruction &instruction, const std::string &name, const std::vector<Operand> &operands);
    void decode_access(Instruction &instruction, Uses &used, const std::string &name, const std::vector<Operand> &operands);
    void take_read(Instruction &instruction, Uses &used, int index, const Place &place);
    void take_write(Instruction &instruction, Uses &used, int index, const Place &place);
};

}  // namespace ptx

#endif
