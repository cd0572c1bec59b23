// What ends the reading of a module or a launch.
#ifndef FAULT_H
#define FAULT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <string>

namespace ptx {

struct Fault {
    std::string text;
    uint32_t line;   // of the module's text; 0: not known yet
    int lane;        // of the warp that runs; -1: no one in particular
};

__attribute__((format(printf, 1, 2))) inline std::string formatted(const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return text;
}

}  // namespace ptx

#endif
