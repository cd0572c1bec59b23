#include "tokens.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

namespace ptx {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '%' || c == '.';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::vector<Token> tokens_of(const char *text) {
    std::vector<Token> found;
    uint32_t line = 1;
    for (const char *at = text; *at != 0;) {
        if (*at == '\n') line++;
        if (strchr(" \t\r\n", *at) != nullptr) {
            at++;
        } else if (at[0] == '/' && at[1] == '/') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at, "*/");
            if (end == nullptr) throw Fault{"a comment without an end", line, -1};
            for (; at != end; at++) line += *at == '\n';
            at += 2;
        } else if (*at == '"') {
            const size_t length = strcspn(at + 1, "\"\n");
            if (at[length + 1] != '"') throw Fault{"a text without an end", line, -1};
            found.push_back({std::string(at, length + 2), line});
            at += length + 2;
        } else if (is_word(*at) || (*at == '-' && is_digit(at[1]))) {
            const char *begin = at++;
            while (is_word(*at)) at++;
            found.push_back({std::string(begin, at), line});
        } else if (strchr(",;:{}[]()<>+-|@!=", *at) != nullptr) {
            found.push_back({std::string(1, *at++), line});
        } else {
            throw Fault{formatted("the sign '%c' is not PTX", *at), line, -1};
        }
    }
    found.push_back({"", line});
    return found;
}

bool Tokens::take(const char *text) {
    if (peek().text != text) return false;
    next();
    return true;
}

void Tokens::expect(const char *text) {
    if (take(text)) return;
    throw Fault{formatted("expected '%s', found '%s'", text, peek().text.c_str()), peek().line, -1};
}

int64_t Tokens::integer() {
    int64_t value = 0;
    if (!is_integer(peek().text, value)) {
        throw Fault{formatted("expected an integer, found '%s'", peek().text.c_str()), peek().line, -1};
    }
    next();
    return value;
}

bool is_integer(const std::string &text, int64_t &value) {
    const bool negative = text[0] == '-';
    const char *begin = text.c_str() + negative;
    if (!is_digit(*begin)) return false;
    char *end = nullptr;
    errno = 0;
    const uint64_t magnitude = strtoull(begin, &end, 0);
    if (*end == 'U') end++;
    if (*end != 0 || errno != 0) return false;
    value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

}  // namespace ptx
