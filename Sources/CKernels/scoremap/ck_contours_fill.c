#include "ck_contours.h"

#include <string.h>

// A flood from the outside with one bucket a level: cells leave the buckets in ascending order of the level at which
// the flood reaches them.
int32_t ck_contours_fill(ck_contours *c) {
    int32_t head[256];
    memset(head, 0xff, sizeof head);
    memset(c->seen, 1, (size_t)c->cells);
    for (int32_t y = 1; y <= c->height; y++) memset(c->seen + y * c->stride + 1, 0, (size_t)c->width);
    for (int32_t y = 1; y <= c->height; y++) {
        const int32_t edge = y == 1 || y == c->height;
        for (int32_t x = 1; x <= c->width; x += edge || c->width == 1 ? 1 : c->width - 1) {
            const int32_t cell = y * c->stride + x;
            const uint8_t level = c->levels[cell];
            c->seen[cell] = 1;
            c->filled[cell] = level;
            c->next[cell] = head[level];
            head[level] = cell;
        }
    }
    const int32_t step[4] = {-c->stride, -1, 1, c->stride};
    int32_t changed = 0;
    for (int32_t level = 0; level < 256; level++) {
        while (head[level] >= 0) {
            const int32_t cell = head[level];
            head[level] = c->next[cell];
            for (int32_t i = 0; i < 4; i++) {
                const int32_t other = cell + step[i];
                if (c->seen[other]) continue;
                c->seen[other] = 1;
                const int32_t own = c->levels[other];
                const int32_t reached = own < level ? level : own;
                changed |= reached != own;
                c->filled[other] = (uint8_t)reached;
                c->next[other] = head[reached];
                head[reached] = other;
            }
        }
    }
    return changed;
}
