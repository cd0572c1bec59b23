#include "ck_contours.h"

#include <string.h>

// The frame is the outside, with its root at cell 0.
enum { OUTSIDE = 0 };

// A hole's border lies in the pixels around it.
static void close_state(ck_contours *c, const component *part, int32_t level) {
    ck_contours_add(c, part->x0 - 1, part->y0 - 1, part->x1 + 1, part->y1 + 1, part->since, level - 1);
}

// Adds a pixel to the background that it touches.
static inline void add_pixel(ck_contours *c, component *part, int32_t cell, int32_t level) {
    const uint16_t x = c->column[cell], y = c->row[cell];
    if (x < part->x0 || y < part->y0 || x > part->x1 || y > part->y1) {
        if (part->since != level) {
            close_state(c, part, level);
            part->since = (uint8_t)level;
        }
        if (x < part->x0) part->x0 = x;
        if (y < part->y0) part->y0 = y;
        if (x > part->x1) part->x1 = x;
        if (y > part->y1) part->y1 = y;
    }
    part->pixels++;
    c->next[part->last] = cell;
    part->last = cell;
}

// Background that is not connected to the outside below a level is filled up to it. Gives whether that raises a pixel.
static int32_t fill(ck_contours *c, const component *part, int32_t level) {
    int32_t raises = 0;
    for (int32_t cell = part->first; cell >= 0; cell = c->next[cell]) {
        raises |= c->levels[cell] != level;
        c->filled[cell] = (uint8_t)level;
    }
    return raises;
}

static int32_t join(ck_contours *c, int32_t one, int32_t other, int32_t level, int32_t *raised) {
    if (other == OUTSIDE || (one != OUTSIDE && c->components[one].pixels < c->components[other].pixels)) {
        const int32_t swapped = one;
        one = other;
        other = swapped;
    }
    component *a = &c->components[one];
    const component *b = &c->components[other];
    c->parent[other] = one;
    if (b->since != level) close_state(c, b, level);
    if (one == OUTSIDE) {
        *raised |= fill(c, b, level);
        return one;
    }
    c->next[a->last] = b->first;
    a->last = b->last;
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

int32_t ck_contours_holes(ck_contours *c) {
    int32_t raised = 0;
    const int32_t stride = c->stride;
    const int32_t step[4] = {-stride, -1, 1, stride};
    memcpy(c->filled, c->levels, (size_t)c->cells);
    memset(c->parent, 0, (size_t)c->cells * sizeof *c->parent);
    for (int32_t y = 1; y <= c->height; y++) {
        memset(c->parent + y * stride + 1, 0xff, (size_t)c->width * sizeof *c->parent);
    }
    for (int32_t level = 0; level < CK_CONTOUR_THRESHOLDS; level++) {
        for (int32_t i = c->start[level]; i < c->start[level + 1]; i++) {
            const int32_t cell = c->order[i];
            int32_t root = -1;
            for (int32_t n = 0; n < 4; n++) {
                const int32_t other = cell + step[n];
                const int32_t parent = c->parent[other];
                if (parent < 0 || parent == root) continue;
                const int32_t found = ck_contours_root(c->parent, other);
                if (root < 0) {
                    root = found;
                } else if (found != root) {
                    root = join(c, root, found, level, &raised);
                }
            }
            if (root < 0) {
                const uint16_t x = c->column[cell], y = c->row[cell];
                root = cell;
                c->components[cell] = (component){x, y, x, y, 1, {cell}, cell, (uint8_t)level};
                c->next[cell] = -1;
            } else if (root != OUTSIDE) {
                c->next[cell] = -1;
                add_pixel(c, &c->components[root], cell, level);
            }
            c->parent[cell] = root;
        }
    }
    for (int32_t y = 1; y <= c->height; y++) {
        for (int32_t cell = y * stride + 1; cell <= y * stride + c->width; cell++) {
            if (c->parent[cell] != cell) continue;
            close_state(c, &c->components[cell], CK_CONTOUR_THRESHOLDS);
            raised |= fill(c, &c->components[cell], CK_CONTOUR_THRESHOLDS);
        }
    }
    return raised;
}
