#include <stdlib.h>

#include "topdown.h"

ck_td_status ck_gating_create(ck_gating *gating, int32_t height, int32_t width, int32_t channels) {
    *gating = (ck_gating){.height = height, .width = width, .channels = channels};
    if (height < 1 || width < 1 || channels < 1) return CK_TD_SHAPE;
    int64_t count = (int64_t)height * width;
    if (count > INT32_MAX || count * channels > INT32_MAX) return CK_TD_SHAPE;
    count *= channels;
    gating->value = calloc((size_t)count, sizeof *gating->value);
    gating->touched = calloc((size_t)(count + 7) / 8, sizeof *gating->touched);
    gating->list = malloc(((size_t)count + 1) * sizeof *gating->list);
    if (gating->value == NULL || gating->touched == NULL || gating->list == NULL) {
        ck_gating_destroy(gating);
        return CK_TD_MEMORY;
    }
    return CK_TD_OK;
}

void ck_gating_destroy(ck_gating *gating) {
    free(gating->value);
    free(gating->touched);
    free(gating->list);
    *gating = (ck_gating){0};
}

void ck_gating_clear(ck_gating *gating) {
    for (int32_t i = 0; i < gating->count; i++) {
        gating->value[gating->list[i]] = 0;
        gating->touched[gating->list[i] >> 3] = 0;
    }
    gating->count = 0;
    gating->absolute = 0;
}

ck_td_status ck_gating_add(ck_gating *gating, int32_t index, int64_t addend) {
    return td_gating_add(gating, index, addend);
}

ck_td_status ck_td_slice(const ck_gating *whole, int32_t first_channel, ck_gating *part) {
    if (whole->height != part->height || whole->width != part->width || first_channel < 0 ||
        part->channels > whole->channels - first_channel) {
        return CK_TD_SHAPE;
    }
    ck_td_status status = CK_TD_OK;
    for (int32_t i = 0; i < whole->count; i++) {
        int32_t index = whole->list[i];
        int32_t pixel = index / whole->channels;
        int32_t channel = index - pixel * whole->channels - first_channel;
        if (channel < 0 || channel >= part->channels) continue;
        ck_td_status added = td_gating_add(part, pixel * part->channels + channel, whole->value[index]);
        if (added != CK_TD_OK) status = added;
    }
    return status;
}

ck_td_status ck_td_pass(const ck_gating *from, ck_gating *to) {
    if (!td_has_shape(to, from->height, from->width, from->channels)) return CK_TD_SHAPE;
    return ck_td_slice(from, 0, to);
}
