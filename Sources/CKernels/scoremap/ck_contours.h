// The parts of the search for contours. All pictures here have a frame of one cell around them, so that no pixel needs
// a test for the edge: cell = (y + 1) * stride + (x + 1).
#ifndef CK_CONTOURS_H
#define CK_CONTOURS_H

#include "ck_score_map.h"

// A component, kept at its root's cell.
typedef struct {
    uint16_t x0, y0, x1, y1;  // its pixels' bounding box, inclusive
    int32_t pixels;
    union {
        int32_t halves;  // the area of its contour's polygon in halves of a pixel
        int32_t last;    // of background: the last of its cells, which `next` lists
    };
    int32_t first;   // its first cell in rows from the top; of background: the first that `next` lists
    uint8_t since;   // the level at which its bounding box became what it is
} component;

struct ck_contours {
    int32_t width, height, stride, cells;
    int32_t *parent;       // union-find; -1: the cell is in no component yet
    int32_t *order;        // the pixels' cells by level, ascending
    int32_t start[257];    // where each level begins in `order`
    int32_t *next;         // of background: the cell behind, -1 behind the last
    uint16_t *column, *row;
    uint8_t *levels;       // framed; the frame is 0
    uint8_t *filled;       // the levels with their holes filled
    component *components;
    ck_contour_box *boxes;
    int32_t box_count;
    ck_contour_box largest[CK_CONTOUR_THRESHOLDS];
};

// Sorts the pixels by level.
void ck_contours_sort(ck_contours *contours, const uint8_t *levels);

// Walks from the highest threshold to the lowest over the sorted pixels, 8-connected. Adds the components'
// boxes to `boxes` when asked to, and finds the largest contour at each threshold when asked to.
void ck_contours_components(ck_contours *contours, int32_t boxes, int32_t largest);

// Walks from the lowest threshold to the highest over the sorted pixels, background 4-connected, and adds the boxes of
// holes: of the background that is not connected to the outside. Into `filled` goes, for each pixel, the least level at which
// it is connected to the outside through background (the grey-scale filling of holes: Soille, Morphological Image Analysis,
// 6.3.7). Returns whether that is another level than its own for any pixel.
int32_t ck_contours_holes(ck_contours *contours);

// Adds a box, with the benchmark's far corner.
static inline void ck_contours_add(ck_contours *contours, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                                   int32_t first, int32_t last) {
    const int32_t right = x1 + 1 < contours->width ? x1 + 1 : contours->width - 1;
    const int32_t bottom = y1 + 1 < contours->height ? y1 + 1 : contours->height - 1;
    contours->boxes[contours->box_count++] = (ck_contour_box){
        (uint16_t)x0, (uint16_t)y0, (uint16_t)right, (uint16_t)bottom, (uint8_t)first, (uint8_t)last};
}

// Whether the bounding box of `a` grows when `b` joins it.
static inline int32_t ck_component_outgrows(const component *a, const component *b) {
    return b->x0 < a->x0 || b->y0 < a->y0 || b->x1 > a->x1 || b->y1 > a->y1;
}

static inline void ck_component_grow(component *a, const component *b) {
    if (b->x0 < a->x0) a->x0 = b->x0;
    if (b->y0 < a->y0) a->y0 = b->y0;
    if (b->x1 > a->x1) a->x1 = b->x1;
    if (b->y1 > a->y1) a->y1 = b->y1;
}

static inline int32_t ck_contours_root(int32_t *parent, int32_t cell) {
    while (parent[cell] != cell) {
        parent[cell] = parent[parent[cell]];
        cell = parent[cell];
    }
    return cell;
}

#endif
