// A module's text as words and signs.
#ifndef TOKENS_H
#define TOKENS_H

#include <stdint.h>

#include <string>
#include <vector>

namespace ptx {

struct Token {
    std::string text;
    uint32_t line;
};

/// Ended by an empty token. Throws Fault for a sign that PTX does not have.
std::vector<Token> tokens_of(const char *text);

/// The tokens from front to back.
class Tokens {
public:
    explicit Tokens(std::vector<Token> tokens) : tokens(std::move(tokens)) {}
    const Token &peek() const { return tokens[at]; }
    bool ended() const { return peek().text.empty(); }
    const Token &next() { return ended() ? tokens[at] : tokens[at++]; }
    /// Whether the next token is this one, which is then taken.
    bool take(const char *text);
    /// Takes it, or throws Fault.
    void expect(const char *text);
    /// The next one as an integer, or throws Fault.
    int64_t integer();

private:
    std::vector<Token> tokens;
    size_t at = 0;
};

/// A decimal, hexadecimal or octal integer with or without a sign; false where the text is none.
bool is_integer(const std::string &text, int64_t &value);

}  // namespace ptx

#endif
