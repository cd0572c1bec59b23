#include "ck_contours.h"

#include <string.h>

// Closes the state of a box that ends above threshold `level` - 1.
static void close_state(ck_contours *c, const component *part, int32_t level) {
    ck_contours_add(c, part->x0, part->y0, part->x1, part->y1, level, part->since - 1);
}

// Joins two components at a level; gives the root of both.
static int32_t join(ck_contours *c, int32_t one, int32_t other, int32_t level, int32_t boxes) {
    if (c->components[one].pixels < c->components[other].pixels) {
        const int32_t swapped = one;
        one = other;
        other = swapped;
    }
    component *a = &c->components[one];
    const component *b = &c->components[other];
    c->parent[other] = one;
    if (boxes && b->since != level) close_state(c, b, level);
    if (ck_component_outgrows(a, b)) {
        if (a->since != level) {
            if (boxes) close_state(c, a, level);
            a->since = (uint8_t)level;
        }
        ck_component_grow(a, b);
    }
    a->pixels += b->pixels;
    a->halves += b->halves;
    if (b->first < a->first) a->first = b->first;
    return one;
}

// Adds a pixel to the component that it touches.
static inline void add_pixel(ck_contours *c, component *part, uint16_t x, uint16_t y, int32_t cell, int32_t level,
                             int32_t boxes) {
    if (x < part->x0 || y < part->y0 || x > part->x1 || y > part->y1) {
        if (part->since != level) {
            if (boxes) close_state(c, part, level);
            part->since = (uint8_t)level;
        }
        if (x < part->x0) part->x0 = x;
        if (y < part->y0) part->y0 = y;
        if (x > part->x1) part->x1 = x;
        if (y > part->y1) part->y1 = y;
    }
    part->pixels++;
    if (cell < part->first) part->first = cell;
}

static int32_t is_larger(const component *a, const component *b) {
    return a->halves > b->halves || (a->halves == b->halves && a->first > b->first);
}

// The largest component, given the largest one of the level above, as it was there. An untouched component has not
// changed since then, so that it can only win where the former winner has lost.
static int32_t largest_of(ck_contours *c, int32_t former, int32_t halves, int32_t first, int32_t level) {
    int32_t best = -1;
    if (former >= 0) {
        best = ck_contours_root(c->parent, former);
        const component *now = &c->components[best];
        if (now->halves == halves && now->first < first) {
            for (int32_t cell = 0; cell < c->cells; cell++) {
                if (c->parent[cell] == cell && is_larger(&c->components[cell], &c->components[best])) best = cell;
            }
            return best;
        }
    }
    for (int32_t i = c->start[level]; i < c->start[level + 1]; i++) {
        const int32_t root = ck_contours_root(c->parent, c->order[i]);
        if (best < 0 || is_larger(&c->components[root], &c->components[best])) best = root;
    }
    return best;
}

void ck_contours_components(ck_contours *c, int32_t boxes, int32_t largest) {
    const int32_t stride = c->stride;
    // Around a pixel, so that two neighbours in a row and the pixel are three corners of a square of pixels.
    const int32_t step[8] = {-stride - 1, -stride, -stride + 1, 1, stride + 1, stride, stride - 1, -1};
    memset(c->parent, 0xff, (size_t)c->cells * sizeof *c->parent);
    int32_t winner = -1, halves = 0, first = 0;
    for (int32_t level = 255; level > 0; level--) {
        for (int32_t i = c->start[level]; i < c->start[level + 1]; i++) {
            const int32_t cell = c->order[i];
            int32_t root = -1, near = 0;
            for (int32_t n = 0; n < 8; n++) {
                const int32_t other = cell + step[n];
                const int32_t parent = c->parent[other];
                if (parent < 0) continue;
                near |= 1 << n;
                if (parent == root || other == root) continue;
                const int32_t found = ck_contours_root(c->parent, other);
                if (root < 0) {
                    root = found;
                } else if (found != root) {
                    root = join(c, root, found, level, boxes);
                }
            }
            const uint16_t x = c->column[cell], y = c->row[cell];
            if (root < 0) {
                root = cell;
                c->components[cell] = (component){x, y, x, y, 1, {0}, cell, (uint8_t)level};
            } else {
                add_pixel(c, &c->components[root], x, y, cell, level, boxes);
            }
            c->parent[cell] = root;
            if (largest) {
                // Each square of four pixels around this one gives half a pixel to the polygon when it gets its third
                // corner, and another half when it gets its fourth.
                const int32_t ring = near | near << 8;
                for (int32_t corner = 0; corner < 8; corner += 2) {
                    const int32_t square = ring >> (corner == 0 ? 7 : corner - 1) & 7;
                    c->components[root].halves += (square & 1) + (square >> 1 & 1) + (square >> 2) >= 2;
                }
            }
        }
        if (!largest) continue;
        if (c->start[level] < c->start[level + 1]) {
            winner = largest_of(c, winner, halves, first, level);
            halves = c->components[winner].halves;
            first = c->components[winner].first;
        }
        ck_contour_box *box = &c->largest[level - 1];
        *box = (ck_contour_box){0, 0, 0, 0, (uint8_t)(level - 1), (uint8_t)(level - 1)};
        if (winner < 0) continue;
        const component *part = &c->components[winner];
        box->x0 = part->x0;
        box->y0 = part->y0;
        box->x1 = (uint16_t)(part->x1 + 1 < c->width ? part->x1 + 1 : c->width - 1);
        box->y1 = (uint16_t)(part->y1 + 1 < c->height ? part->y1 + 1 : c->height - 1);
    }
    if (!boxes) return;
    for (int32_t cell = 0; cell < c->cells; cell++) {
        if (c->parent[cell] == cell) close_state(c, &c->components[cell], 0);
    }
}
