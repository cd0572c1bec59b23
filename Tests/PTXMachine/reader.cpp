#include "reader.h"

#include <string.h>

#include "fault.h"

namespace ptx {

namespace {

/// Bytes of a type that memory or a register may have; 0: a predicate. Throws Fault for another one.
uint32_t bytes_of_type(const Token &type) {
    const std::string &text = type.text;
    if (text == ".pred") return 0;
    if (text == ".b8" || text == ".u8" || text == ".s8") return 1;
    if (text == ".b16" || text == ".u16" || text == ".s16") return 2;
    if (text == ".b32" || text == ".u32" || text == ".s32" || text == ".f32") return 4;
    if (text == ".b64" || text == ".u64" || text == ".s64" || text == ".f64") return 8;
    throw Fault{formatted("the type %s is not known", text.c_str()), type.line, -1};
}

}  // namespace

Reader::Reader(const char *text, Module &module) : tokens(tokens_of(text)), module(module) {
    for (const char *at = text; *at != 0;) {
        const size_t length = strcspn(at, "\n");
        module.lines.emplace_back(at, length);
        at += length + (at[length] == '\n');
    }
}

void Reader::read() {
    read_version();
    read_target();
    while (!tokens.ended()) {
        const Token directive = tokens.next();
        if (directive.text == ".extern") {
            read_external();
        } else if (directive.text == ".global") {
            read_variable();
        } else if (directive.text == ".visible") {
            tokens.expect(".entry");
            read_kernel();
        } else {
            throw Fault{formatted("the directive %s is not known", directive.text.c_str()), directive.line, -1};
        }
    }
}

void Reader::read_version() {
    tokens.expect(".version");
    const Token version = tokens.next();
    if (version.text[0] < '6' || version.text[0] > '9') {
        throw Fault{formatted("version %s is not known", version.text.c_str()), version.line, -1};
    }
}

void Reader::read_target() {
    tokens.expect(".target");
    const Token target = tokens.next();
    // What the targets before do otherwise with lanes that go different ways is not done here.
    if (target.text.compare(0, 3, "sm_") != 0 || atoi(target.text.c_str() + 3) < 70) {
        throw Fault{formatted("expected a target from sm_70 on, found %s", target.text.c_str()), target.line, -1};
    }
    tokens.expect(".address_size");
    tokens.expect("64");
}

uint32_t Reader::read_alignment() { return tokens.take(".align") ? (uint32_t)tokens.integer() : 1; }

/// .shared .align 16 .b8 name[];
void Reader::read_external() {
    tokens.expect(".shared");
    if (read_alignment() > 16) throw Fault{"shared memory is aligned to 16 bytes", tokens.peek().line, -1};
    bytes_of_type(tokens.next());
    dynamic_shared = tokens.next().text;
    tokens.expect("[");
    tokens.expect("]");
    tokens.expect(";");
}

/// .align 4 .u32 name = 32;
void Reader::read_variable() {
    read_alignment();
    const uint32_t bytes = bytes_of_type(tokens.next());
    const Token name = tokens.next();
    uint64_t bits = 0;
    if (tokens.take("=")) {
        const std::string &value = tokens.peek().text;
        if (value[0] == '0' && (value[1] == 'f' || value[1] == 'd')) {
            bits = strtoull(tokens.next().text.c_str() + 2, nullptr, 16);
        } else {
            bits = (uint64_t)tokens.integer();
        }
    }
    tokens.expect(";");
    module.variables.push_back({name.text, std::make_unique<uint64_t>(bits), bytes});
    variables[name.text] = (uint64_t)(uintptr_t)module.variables.back().memory.get();
}

void Reader::read_kernel() {
    module.kernels.push_back(std::make_unique<Kernel>());
    Kernel &kernel = *module.kernels.back();
    for (uint32_t &place : kernel.special) place = NOWHERE;
    kernel.name = tokens.next().text;
    Registers registers(kernel);
    for (const auto &[name, address] : variables) registers.declare_symbol(name, address);
    tokens.expect("(");
    read_parameter(kernel, registers);
    tokens.expect(")");
    read_hints(kernel);
    tokens.expect("{");
    Body(tokens, kernel, registers).read(dynamic_shared);
}

/// .param .align 8 .b8 name[120]
void Reader::read_parameter(Kernel &kernel, Registers &registers) {
    tokens.expect(".param");
    if (read_alignment() > 16) throw Fault{"a parameter is aligned to 16 bytes at most", tokens.peek().line, -1};
    kernel.parameter_bytes = bytes_of_type(tokens.next());
    registers.declare_symbol(tokens.next().text, PARAMETER_WINDOW);
    if (tokens.take("[")) {
        kernel.parameter_bytes *= (size_t)tokens.integer();
        tokens.expect("]");
    }
    if (tokens.peek().text == ",") throw Fault{"more than one parameter is not known", tokens.peek().line, -1};
}

void Reader::read_hints(Kernel &kernel) {
    for (;;) {
        if (tokens.take(".maxntid")) {
            uint64_t threads = (uint64_t)tokens.integer();
            while (tokens.take(",")) threads *= (uint64_t)tokens.integer();
            kernel.most_threads = (uint32_t)threads;
        } else if (tokens.take(".minnctapersm")) {
            tokens.integer();
        } else {
            return;
        }
    }
}

void Body::read(const std::string &dynamic_shared) {
    while (!tokens.take("}")) {
        if (tokens.take(".reg")) {
            read_registers();
        } else if (tokens.take(".shared")) {
            read_shared();
        } else if (tokens.take(".pragma")) {
            read_pragma();
        } else if (tokens.peek().text[0] == '.') {
            throw Fault{formatted("the directive %s is not known", tokens.peek().text.c_str()), tokens.peek().line, -1};
        } else {
            if (!dynamic_shared.empty() && !kernel.has_dynamic_shared) {
                // Behind what the kernel itself declares, which comes first.
                kernel.has_dynamic_shared = true;
                kernel.shared_bytes = (kernel.shared_bytes + 15) / 16 * 16;
                registers.declare_symbol(dynamic_shared, SHARED_WINDOW + kernel.shared_bytes);
            }
            read_instruction();
        }
    }
    resolve_jumps();
    find_joins(kernel);
    find_unwritten(kernel, uses, registers.names);
}

/// .b32 %r<22>; or .b32 a, b;
void Body::read_registers() {
    const Token type = tokens.next();
    const uint32_t bytes = bytes_of_type(type);
    if (bytes == 1) throw Fault{"registers of 8 bits are not known", type.line, -1};
    do {
        const Token name = tokens.next();
        uint32_t count = NOWHERE;
        if (tokens.take("<")) {
            count = (uint32_t)tokens.integer();
            tokens.expect(">");
        }
        registers.declare(name.text, count, bytes, name.line);
    } while (tokens.take(","));
    tokens.expect(";");
}

/// .align 16 .b8 name[16896];
void Body::read_shared() {
    const uint32_t line = tokens.peek().line;
    if (kernel.has_dynamic_shared) throw Fault{"shared memory that is declared behind the first instruction", line, -1};
    const uint32_t alignment = tokens.take(".align") ? (uint32_t)tokens.integer() : 1;
    uint32_t bytes = bytes_of_type(tokens.next());
    kernel.shared_bytes = (kernel.shared_bytes + alignment - 1) / alignment * alignment;
    registers.declare_symbol(tokens.next().text, SHARED_WINDOW + kernel.shared_bytes);
    if (tokens.take("[")) {
        bytes *= (uint32_t)tokens.integer();
        tokens.expect("]");
    }
    kernel.shared_bytes += bytes;
    tokens.expect(";");
}

void Body::read_pragma() {
    const Token text = tokens.next();
    // The one is a hint about speed; the other says which bytes of the load that follows are used.
    unsigned mask = 0;
    if (sscanf(text.text.c_str(), "\"used_bytes_mask %u\"", &mask) == 1) {
        used_bytes = mask;
    } else if (text.text != "\"nounroll\"") {
        throw Fault{formatted("the pragma %s is not known", text.text.c_str()), text.line, -1};
    }
    tokens.expect(";");
}

Operand Body::read_operand() {
    Operand operand;
    if (tokens.take("[")) {
        operand.kind = Operand::address;
        operand.words.push_back(tokens.next().text);
        while (tokens.take("+")) operand.offset += tokens.integer();
        tokens.expect("]");
    } else if (tokens.take("{")) {
        operand.kind = Operand::vector;
        do operand.words.push_back(tokens.next().text);
        while (tokens.take(","));
        tokens.expect("}");
    } else {
        operand.words.push_back(tokens.next().text);
        if (tokens.take("|")) {
            operand.kind = Operand::pair;
            operand.words.push_back(tokens.next().text);
        }
    }
    return operand;
}

void Body::read_instruction() {
    Instruction instruction;
    Uses used;
    instruction.line = tokens.peek().line;
    if (tokens.take("@")) {
        instruction.negated = tokens.take("!");
        const std::string name = tokens.next().text;
        const Place guard = registers.find(name, 'p', instruction.line);
        instruction.guard = guard.place;
        used.guard = guard.number;
    }
    const Token name = tokens.next();
    if (tokens.take(":")) {
        if (!labels.emplace(name.text, (uint32_t)kernel.code.size()).second) {
            throw Fault{formatted("the label %s stands twice", name.text.c_str()), name.line, -1};
        }
        return;
    }
    std::vector<Operand> operands;
    if (!tokens.take(";")) {
        do operands.push_back(read_operand());
        while (tokens.take(","));
        tokens.expect(";");
    }
    instruction.used_bytes = used_bytes;
    used_bytes = ~0u;
    decode(instruction, used, name.text, std::move(operands));
    kernel.code.push_back(instruction);
    uses.push_back(used);
}

void Body::resolve_jumps() {
    if (kernel.code.empty() || (kernel.code.back().flow != Flow::exit && kernel.code.back().flow != Flow::branch) ||
        kernel.code.back().guard != NOWHERE) {
        throw Fault{formatted("%s does not end with ret", kernel.name.c_str()), tokens.peek().line, -1};
    }
    for (const Jump &jump : jumps) {
        const auto found = labels.find(jump.label);
        Instruction &instruction = kernel.code[jump.instruction];
        if (found == labels.end() || found->second >= kernel.code.size()) {
            throw Fault{formatted("no instruction has the label %s", jump.label.c_str()), instruction.line, -1};
        }
        instruction.target = found->second;
    }
}

}  // namespace ptx
