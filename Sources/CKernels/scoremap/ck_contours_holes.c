#include "ck_contours.h"

#include <string.h>

// The frame is the outside, with its root at cell 0.
enum { OUTSIDE = 0 };

// A hole's border lies in the pixels around it.
static void close_state(ck_contours *c, const component *part, int32_t level) {
    ck_contours_add(c, part->x0 - 1, part->y0 - 1, part->x1 + 1, part->y1 + 1, part->since, level - 1);
}

static int32_t join(ck_contours *c, int32_t one, int32_t other, int32_t level) {
    if (other == OUTSIDE || (one != OUTSIDE && c->components[one].pixels < c->components[other].pixels)) {
        const int32_t swapped = one;
        one = other;
        other = swapped;
    }
    component *a = &c->components[one];
    const component *b = &c->components[other];
    c->parent[other] = one;
    if (b->since != level) close_state(c, b, level);
    if (one == OUTSIDE) return one;
    if (ck_component_outgrows(a, b)) {
        if (a->since != level) {
            close_state(c, a, level);
            a->since = (uint8_t)level;
        }
        ck_component_grow(a, b);
    }
    a->pixels += b->pixels;
    return one;
}

void ck_contours_holes(ck_contours *c) {
    const int32_t stride = c->stride;
    const int32_t step[4] = {-stride, -1, 1, stride};
    memset(c->parent, 0, (size_t)c->cells * sizeof *c->parent);
    for (int32_t y = 1; y <= c->height; y++) {
        memset(c->parent + y * stride + 1, 0xff, (size_t)c->width * sizeof *c->parent);
    }
    for (int32_t level = 0; level < CK_CONTOUR_THRESHOLDS; level++) {
        for (int32_t i = c->start[level]; i < c->start[level + 1]; i++) {
            const int32_t cell = c->order[i];
            const uint16_t x = c->column[cell], y = c->row[cell];
            c->parent[cell] = cell;
            c->components[cell] = (component){x, y, x, y, 1, 0, cell, (uint8_t)level};
            int32_t root = cell;
            for (int32_t n = 0; n < 4; n++) {
                const int32_t other = cell + step[n];
                if (c->parent[other] < 0 || c->parent[other] == root) continue;
                const int32_t found = ck_contours_root(c->parent, other);
                if (found != root) root = join(c, root, found, level);
            }
        }
    }
    for (int32_t y = 1; y <= c->height; y++) {
        for (int32_t cell = y * stride + 1; cell <= y * stride + c->width; cell++) {
            if (c->parent[cell] == cell) close_state(c, &c->components[cell], CK_CONTOUR_THRESHOLDS);
        }
    }
}
