#include "ck_jpeg_unstuff.h"

#include <string.h>

ptrdiff_t ck_jpeg_unstuff(const uint8_t *scan, size_t count, uint8_t *out) {
    const uint8_t *next = scan, *const end = scan + count;
    uint8_t *to = out;
    for (;;) {
        const uint8_t *mark = memchr(next, 0xFF, (size_t)(end - next));
        if (mark == NULL || mark + 1 == end) return -1;
        memcpy(to, next, (size_t)(mark - next));
        to += mark - next;
        if (mark[1] == 0xD9) return to - out;
        if (mark[1] != 0) return -1;
        *to++ = 0xFF;
        next = mark + 2;
    }
}
