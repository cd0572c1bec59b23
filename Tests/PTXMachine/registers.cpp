#include "registers.h"

#include <stdlib.h>

#include "fault.h"
#include "tokens.h"

namespace ptx {

namespace {

const char *const special_names[] = {"%tid.x",   "%ntid.x",   "%ctaid.x",  "%ctaid.y", "%ctaid.z",
                                     "%nctaid.x", "%nctaid.y", "%nctaid.z", "%laneid"};

uint32_t bytes_of(char letter) {
    switch (letter) {
    case 'p': return 0;
    case 'h': return 2;
    case 'w':
    case 'f': return 4;
    default: return 8;
    }
}

}  // namespace

uint32_t Registers::take(uint32_t bytes) {
    // A predicate is one word; the others begin where their lanes are aligned.
    if (bytes != 0) kernel.register_bytes = (kernel.register_bytes + LANES - 1) / LANES * LANES;
    const uint32_t place = (uint32_t)kernel.register_bytes;
    kernel.register_bytes += bytes == 0 ? 4 : bytes * LANES;
    return place;
}

void Registers::add(const std::string &name, uint32_t bytes, uint32_t line) {
    const Place place = {take(bytes), (uint32_t)names.size(), bytes};
    if (!registers.emplace(name, place).second) {
        throw Fault{formatted("the register %s is declared twice", name.c_str()), line, -1};
    }
    names.push_back(name);
}

void Registers::declare(const std::string &name, uint32_t count, uint32_t bytes, uint32_t line) {
    if (count == NOWHERE) return add(name, bytes, line);
    for (uint32_t i = 0; i < count; i++) add(name + std::to_string(i), bytes, line);
}

uint32_t Registers::constant(uint32_t bytes, uint64_t bits) {
    if (bytes < 8) bits &= ((uint64_t)1 << 8 * bytes) - 1;
    const auto [found, is_new] = constants.emplace(std::make_pair(bytes, bits), 0u);
    if (is_new) {
        found->second = take(bytes);
        kernel.constants.push_back({found->second, bytes, bits});
    }
    return found->second;
}

uint32_t Registers::special(const std::string &word, uint32_t line) {
    for (size_t i = 0; i < sizeof special_names / sizeof special_names[0]; i++) {
        if (word != special_names[i]) continue;
        if (kernel.special[i] == NOWHERE) kernel.special[i] = take(4);
        return kernel.special[i];
    }
    throw Fault{formatted("the register %s is not known", word.c_str()), line, -1};
}

Place Registers::find(const std::string &word, char letter, uint32_t line) {
    const uint32_t bytes = bytes_of(letter);
    const auto found = registers.find(word);
    if (found != registers.end()) {
        if (found->second.bytes == bytes) return found->second;
        throw Fault{formatted("the register %s has another size than the instruction", word.c_str()), line, -1};
    }
    if (word[0] == '%') {
        if (letter != 'w') throw Fault{formatted("the register %s is not known", word.c_str()), line, -1};
        return {special(word, line), NOWHERE, 4};
    }
    if (letter == 'f' || letter == 'd') {
        const size_t digits = 2 * bytes;
        char *end = nullptr;
        const bool begins = word[0] == '0' && (word[1] == letter || word[1] == (char)(letter - 'a' + 'A'));
        if (begins && word.size() == digits + 2) {
            const uint64_t bits = strtoull(word.c_str() + 2, &end, 16);
            if (*end == 0) return {constant(bytes, bits), NOWHERE, bytes};
        }
    } else {
        int64_t value = 0;
        if (is_integer(word, value)) {
            if (letter != 'p') return {constant(bytes, (uint64_t)value), NOWHERE, bytes};
            uint32_t &place = kernel.special[(int)(value == 0 ? Special::zero : Special::one)];
            if (place == NOWHERE) place = take(0);
            return {place, NOWHERE, 0};
        }
        const auto symbol = symbols.find(word);
        if (symbol != symbols.end() && letter == 'l') return {constant(8, symbol->second), NOWHERE, 8};
    }
    throw Fault{formatted("the operand %s is not known, or not for this instruction", word.c_str()), line, -1};
}

Place Registers::find_any(const std::string &word, uint32_t bytes_of_constant, uint32_t line) {
    const auto found = registers.find(word);
    if (found != registers.end() && found->second.bytes != 0) return found->second;
    if (found == registers.end() && word[0] != '%') {
        const bool is_float = word.size() > 2 && word[0] == '0' && (word[1] == 'f' || word[1] == 'd');
        const char letter = is_float ? word[1] : bytes_of_constant == 8 ? 'l' : bytes_of_constant == 4 ? 'w' : 'h';
        return find(word, letter, line);
    }
    throw Fault{formatted("the register %s is not known, or a predicate", word.c_str()), line, -1};
}

}  // namespace ptx
