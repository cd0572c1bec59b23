#include <stdlib.h>

#include "ck_memory.h"
#include "topdown.h"

ck_td_status ck_gating_create(ck_gating *gating, int32_t height, int32_t width, int32_t channels) {
    *gating = (ck_gating){.height = height, .width = width, .channels = channels};
    if (height < 1 || width < 1 || channels < 1) return CK_TD_SHAPE;
    int64_t count = (int64_t)height * width;
    if (count > INT32_MAX || count * channels > INT32_MAX) return CK_TD_SHAPE;
    count *= channels;
    // In huge pages: values lie so far apart that the translation of their addresses costs more than the memory.
    gating->value = ck_memory_allocate((size_t)count * sizeof *gating->value);
    gating->touched = calloc((size_t)(count + 63) / 64, sizeof(uint64_t));
    gating->words = calloc((size_t)(count + 4095) / 4096, sizeof *gating->words);
    gating->list = malloc(((size_t)count + 1) * sizeof *gating->list);
    if (gating->value == NULL || gating->touched == NULL || gating->words == NULL || gating->list == NULL) {
        ck_gating_destroy(gating);
        return CK_TD_MEMORY;
    }
    return CK_TD_OK;
}

void ck_gating_destroy(ck_gating *gating) {
    const int64_t count = (int64_t)gating->height * gating->width * gating->channels;
    ck_memory_free(gating->value, (size_t)count * sizeof *gating->value);
    free(gating->touched);
    free(gating->words);
    free(gating->list);
    *gating = (ck_gating){0};
}

void ck_gating_clear(ck_gating *gating) {
    for (int32_t i = 0; i < gating->count; i++) {
        td_prefetch_value(gating, i);
        gating->value[gating->list[i]] = 0;
        gating->touched[gating->list[i] >> 3] = 0;
        gating->words[gating->list[i] >> 12] = 0;
    }
    gating->count = 0;
    gating->absolute = 0;
}

void ck_td_sort(const ck_gating *gating) {
    int32_t count = 0;
    for (int64_t group = 0; count < gating->count; group++) {
        for (uint64_t words = gating->words[group]; words != 0; words &= words - 1) {
            const int64_t word = 64 * group + __builtin_ctzll(words);
            uint64_t bits;
            memcpy(&bits, gating->touched + 8 * word, sizeof bits);
            for (; bits != 0; bits &= bits - 1) gating->list[count++] = (int32_t)(64 * word + __builtin_ctzll(bits));
        }
    }
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
    td_late late = {.count = 0};
    ck_td_sort(whole);
    for (int32_t i = 0; i < whole->count; i++) {
        td_prefetch_value(whole, i);
        int32_t index = whole->list[i];
        int32_t pixel = index / whole->channels;
        int32_t channel = index - pixel * whole->channels - first_channel;
        if (channel < 0 || channel >= part->channels) continue;
        ck_td_status added =
            td_gating_add_later(&late, part, pixel * part->channels + channel, whole->value[index]);
        if (added != CK_TD_OK) status = added;
    }
    td_catch_up(&late, part);
    return status;
}

ck_td_status ck_td_pass(const ck_gating *from, ck_gating *to) {
    if (!td_has_shape(to, from->height, from->width, from->channels)) return CK_TD_SHAPE;
    return ck_td_slice(from, 0, to);
}
