#include "ck_contours.h"

#include <stdlib.h>
#include <string.h>

ck_contours *ck_contours_create(int32_t width, int32_t height) {
    ck_contours *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->width = width;
    c->height = height;
    c->stride = width + 2;
    c->cells = c->stride * (height + 2);
    const size_t cells = (size_t)c->cells, pixels = (size_t)width * (size_t)height;
    c->parent = malloc(cells * sizeof *c->parent);
    c->order = malloc(pixels * sizeof *c->order);
    c->next = malloc(cells * sizeof *c->next);
    c->column = calloc(cells, sizeof *c->column);
    c->row = calloc(cells, sizeof *c->row);
    c->levels = calloc(cells, 1);
    c->filled = calloc(cells, 1);
    c->components = malloc(cells * sizeof *c->components);
    // Each pixel starts at most one state of a component's box, and one of a hole's.
    c->boxes = malloc(2 * pixels * sizeof *c->boxes);
    if (!c->parent || !c->order || !c->next || !c->column || !c->row || !c->levels || !c->filled
        || !c->components || !c->boxes) {
        ck_contours_destroy(c);
        return NULL;
    }
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            const int32_t cell = (y + 1) * c->stride + x + 1;
            c->column[cell] = (uint16_t)x;
            c->row[cell] = (uint16_t)y;
        }
    }
    return c;
}

void ck_contours_destroy(ck_contours *c) {
    if (!c) return;
    free(c->parent);
    free(c->order);
    free(c->next);
    free(c->column);
    free(c->row);
    free(c->levels);
    free(c->filled);
    free(c->components);
    free(c->boxes);
    free(c);
}

const ck_contour_box *ck_contours_boxes(const ck_contours *c, int32_t *count) {
    *count = c->box_count;
    return c->boxes;
}

const ck_contour_box *ck_contours_largest(const ck_contours *c) { return c->largest; }

void ck_contours_sort(ck_contours *c, const uint8_t *levels) {
    int32_t count[256] = {0};
    for (int32_t y = 1; y <= c->height; y++) {
        const uint8_t *row = levels + y * c->stride;
        for (int32_t x = 1; x <= c->width; x++) count[row[x]]++;
    }
    c->start[0] = 0;
    for (int32_t level = 0; level < 256; level++) c->start[level + 1] = c->start[level] + count[level];
    int32_t place[256];
    memcpy(place, c->start, sizeof place);
    for (int32_t y = 1; y <= c->height; y++) {
        for (int32_t x = 1; x <= c->width; x++) {
            const int32_t cell = y * c->stride + x;
            c->order[place[levels[cell]]++] = cell;
        }
    }
}

void ck_contours_find(ck_contours *c, const uint8_t *levels) {
    for (int32_t y = 0; y < c->height; y++) {
        memcpy(c->levels + (y + 1) * c->stride + 1, levels + (int64_t)y * c->width, (size_t)c->width);
    }
    c->box_count = 0;
    ck_contours_sort(c, c->levels);
    if (!ck_contours_holes(c)) {
        // Without holes at any threshold, one walk serves both.
        ck_contours_components(c, 1, 1);
        return;
    }
    ck_contours_components(c, 1, 0);
    // With its holes filled, a component's outer border is the same, and its polygon's area can be counted.
    ck_contours_sort(c, c->filled);
    ck_contours_components(c, 0, 1);
}
