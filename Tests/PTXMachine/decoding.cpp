// One instruction, from its name and operands.
#include <string.h>

#include "fault.h"
#include "reader.h"

namespace ptx {

namespace {

struct MemoryType {
    const char *name;
    int bytes;
    bool is_signed;
};

const MemoryType memory_types[] = {
    {"u8", 1, false},  {"s8", 1, true},   {"b8", 1, false},  {"u16", 2, false}, {"s16", 2, true},
    {"b16", 2, false}, {"u32", 4, false}, {"s32", 4, true},  {"b32", 4, false}, {"f32", 4, false},
    {"u64", 8, false}, {"s64", 8, false}, {"b64", 8, false}, {"f64", 8, false},
};

const MemoryType *memory_type(const std::string &name) {
    for (const MemoryType &type : memory_types) {
        if (name == type.name) return &type;
    }
    return nullptr;
}

/// The parts of a name between its points, from front to back.
class Parts {
public:
    explicit Parts(const std::string &name) {
        for (size_t begin = 0; begin <= name.size();) {
            const size_t end = std::min(name.find('.', begin), name.size());
            parts.push_back(name.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    bool take(const char *part) {
        if (at >= parts.size() || parts[at] != part) return false;
        at++;
        return true;
    }
    std::string next() { return at < parts.size() ? parts[at++] : std::string(); }
    std::string rest() const {
        std::string text;
        for (size_t i = at; i < parts.size(); i++) text += (i > at ? "." : "") + parts[i];
        return text;
    }

private:
    std::vector<std::string> parts;
    size_t at = 0;
};

[[noreturn]] void unknown(const std::string &name, uint32_t line) {
    throw Fault{formatted("the instruction %s is not known", name.c_str()), line, -1};
}

[[noreturn]] void wrong_operands(const std::string &name, uint32_t line) {
    throw Fault{formatted("the operands of %s are not what it takes", name.c_str()), line, -1};
}

/// Places of an instruction have a meaning each; a mask's is this one, and an address's that.
constexpr int MASK = 5, ADDRESS = 4;

}  // namespace

void Body::take_read(Instruction &instruction, Uses &used, int index, const Place &place) {
    instruction.place[index] = place.place;
    if (place.number != NOWHERE) used.reads.push_back(place.number);
}

void Body::take_write(Instruction &instruction, Uses &used, int index, const Place &place) {
    if (place.number == NOWHERE) throw Fault{"the result is no register", instruction.line, -1};
    instruction.place[index] = place.place;
    used.writes.push_back(place.number);
}

void Body::decode(Instruction &instruction, Uses &used, const std::string &name, std::vector<Operand> operands) {
    const std::string head = name.substr(0, name.find('.'));
    if (head == "bra") return decode_branch(instruction, name, operands);
    if (head == "ld" || head == "st" || head == "atom" || head == "red") {
        return decode_access(instruction, used, name, operands);
    }
    std::string full = name;
    bool takes_vector = false;
    if (name == "mov.b64" && operands.size() == 2) {
        takes_vector = operands[0].kind == Operand::vector || operands[1].kind == Operand::vector;
        if (takes_vector) full += operands[0].kind == Operand::vector ? " split" : " join";
    }
    if (name == "bar.sync" && operands.size() == 2) full += " counted";
    // A conversion may take a register that is wider than its type.
    const uint32_t wide = head == "cvt" && operands.size() == 2 ? registers.bytes_of_register(operands[1].words[0]) : 0;
    const MemoryType *from = memory_type(name.substr(name.rfind('.') + 1));
    if (wide != 0 && from != nullptr && (int)wide > from->bytes) full += " of " + std::to_string(8 * wide);
    const Operation *operation = instruction_set().find(full);
    if (operation == nullptr) unknown(name, instruction.line);
    // One word after the other, as the letters say.
    std::vector<std::string> words;
    for (const Operand &operand : operands) {
        const bool has_pair = strchr(operation->operands, '|') != nullptr && &operand == &operands[0];
        const bool fits = operand.kind == Operand::word || (takes_vector && operand.kind == Operand::vector) ||
                          (has_pair && operand.kind == Operand::pair);
        if (!fits) wrong_operands(name, instruction.line);
        words.insert(words.end(), operand.words.begin(), operand.words.end());
        if (has_pair && operand.kind == Operand::word) words.push_back("");
    }
    instruction.run = operation->run;
    instruction.flow = operation->flow;
    if (operation->flow == Flow::block_barrier) instruction.place[1] = NOWHERE;
    const bool has_mask = operation->flow == Flow::exchange || operation->flow == Flow::warp_barrier;
    bool is_result = true;
    size_t at = 0;
    for (const char *letter = operation->operands; *letter != 0; letter++) {
        if (*letter == '=') is_result = false;
        if (*letter == '=' || *letter == '|') continue;
        if (at >= words.size()) wrong_operands(name, instruction.line);
        const bool is_mask = has_mask && letter[1] == 0;
        const int index = is_mask ? MASK : (int)at;
        const std::string &word = words[at++];
        if (is_result && word.empty()) {
            instruction.place[index] = NOWHERE;
            continue;
        }
        const Place place = registers.find(word, *letter, instruction.line);
        if (is_result) {
            take_write(instruction, used, index, place);
        } else {
            take_read(instruction, used, index, place);
        }
    }
    if (at != words.size()) wrong_operands(name, instruction.line);
}

void Body::decode_branch(Instruction &instruction, const std::string &name, const std::vector<Operand> &operands) {
    if (name != "bra" && name != "bra.uni") unknown(name, instruction.line);
    if (operands.size() != 1 || operands[0].kind != Operand::word) wrong_operands(name, instruction.line);
    instruction.flow = Flow::branch;
    instruction.uniform = name == "bra.uni";
    jumps.push_back({(uint32_t)kernel.code.size(), operands[0].words[0]});
}

void Body::decode_access(Instruction &instruction, Uses &used, const std::string &name,
                         const std::vector<Operand> &operands) {
    const uint32_t line = instruction.line;
    Parts parts(name);
    const std::string head = parts.next();
    const bool is_load = head == "ld", is_store = head == "st", is_atomic = !is_load && !is_store;
    const bool is_volatile = !is_atomic && parts.take("volatile");
    if (parts.take("global")) {
        instruction.space = Space::global;
    } else if (parts.take("shared")) {
        instruction.space = Space::shared;
    } else if (is_load && !is_volatile && parts.take("param")) {
        instruction.space = Space::parameter;
    } else {
        unknown(name, line);
    }
    const bool is_read_only = is_load && !is_volatile && instruction.space == Space::global && parts.take("nc");
    int count = 1;
    std::string operation;
    if (is_atomic) {
        operation = parts.rest();
        parts.next();
    } else {
        count = parts.take("v2") ? 2 : parts.take("v4") ? 4 : 1;
    }
    const MemoryType *type = memory_type(parts.next());
    if (type == nullptr || !parts.rest().empty()) unknown(name, line);
    instruction.bytes = (uint8_t)(type->bytes * count);
    instruction.access = is_atomic       ? Access::strong_write
                         : is_volatile   ? (is_load ? Access::strong_read : Access::strong_write)
                         : is_read_only  ? Access::read_only
                         : is_load       ? Access::read
                                         : Access::write;
    const bool returns = head == "atom";
    const size_t wanted = returns ? 3 : 2;
    const size_t address = is_load || returns ? 1 : 0, value = is_load ? 0 : address + 1;
    if (operands.size() != wanted || operands[address].kind != Operand::address) wrong_operands(name, line);
    const Operand &values = operands[value];
    if (values.kind != (count > 1 ? Operand::vector : Operand::word) || (int)values.words.size() != count) {
        wrong_operands(name, line);
    }
    take_read(instruction, used, ADDRESS, registers.find(operands[address].words[0], 'l', line));
    instruction.offset = operands[address].offset;
    if (is_atomic) {
        const char letter = type->bytes == 8 ? 'l' : 'w';
        if (returns) take_write(instruction, used, 0, registers.find(operands[0].words[0], letter, line));
        take_read(instruction, used, 1, registers.find(values.words[0], letter, line));
        instruction.run = instruction_set().atomic(operation, returns);
        if (instruction.run == nullptr) unknown(name, line);
        return;
    }
    uint32_t register_bytes = 0;
    for (int i = 0; i < count; i++) {
        const Place place = registers.find_any(values.words[i], (uint32_t)type->bytes, line);
        if (i > 0 && place.bytes != register_bytes) wrong_operands(name, line);
        register_bytes = place.bytes;
        if (is_load) {
            take_write(instruction, used, i, place);
        } else {
            take_read(instruction, used, i, place);
        }
    }
    instruction.run = is_load
                          ? instruction_set().load(type->bytes, type->is_signed, (int)register_bytes, count)
                          : instruction_set().store(type->bytes, (int)register_bytes, count);
    if (instruction.run == nullptr) wrong_operands(name, line);
}

}  // namespace ptx
