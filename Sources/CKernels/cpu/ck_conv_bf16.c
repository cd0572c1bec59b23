#include "ck_conv_bf16.h"

#include "ck_conv_tile.h"

// A task takes a chunk of pixels and a few panels. For each block of the chain it gathers the chunk's inputs, rounded
// to bfloat16, once: the activations stay float32 and no second copy of them exists. The more panels share a gathered
// block, the less it costs (one panel of a 3x3 kernel: a twentieth of the arithmetic).
enum { PANELS_AT_MOST = 8, TASKS_WANTED = 64 };

size_t ck_bf16_packed_bytes(int32_t channels, int64_t chain) {
    return (size_t)ck_conv_padded_channels(channels) * (size_t)((chain + 1) / 2 * 2) * sizeof(uint16_t);
}

void ck_bf16_pack(const float *weights, int32_t channels, int64_t chain, int32_t panel, uint16_t *packed) {
    const int32_t lanes = ck_conv_panel_lanes(channels, panel), first = panel * CK_CONV_PANEL;
    const int64_t even = (chain + 1) / 2 * 2;
    uint16_t *target = packed + (int64_t)first * even;
    for (int64_t k0 = 0; k0 < even; k0 += 64) {  // in blocks, so that both sides stay in the cache
        const int64_t k1 = k0 + 64 < even ? k0 + 64 : even;
        for (int32_t lane = 0; lane < lanes; lane++) {
            for (int64_t k = k0; k < k1; k++) {
                const int real = first + lane < channels && k < chain;
                const float weight = real ? weights[(int64_t)(first + lane) * chain + k] : 0.0f;
                target[(k / 2 * lanes + lane) * 2 + k % 2] = ck_bf16_round(weight);
            }
        }
    }
}

typedef struct {
    int32_t chunks, panels;  // of the layer
    int32_t shared;          // panels a task at the most
    int32_t groups;          // tasks a chunk
} division;

static int64_t pixel_count(const ck_conv *conv) { return (int64_t)conv->batch * conv->height * conv->width; }

static division divide(const ck_conv *conv) {
    division d;
    d.chunks = (int32_t)((pixel_count(conv) + CK_BF16_CHUNK - 1) / CK_BF16_CHUNK);
    d.panels = (conv->channels + CK_CONV_PANEL - 1) / CK_CONV_PANEL;
    d.shared = (int32_t)((int64_t)d.chunks * d.panels / TASKS_WANTED);
    if (d.shared < 1) d.shared = 1;
    if (d.shared > PANELS_AT_MOST) d.shared = PANELS_AT_MOST;
    if (d.shared > d.panels) d.shared = d.panels;
    d.groups = (d.panels + d.shared - 1) / d.shared;
    return d;
}

int32_t ck_bf16_tasks(const ck_conv_fast *layer) {
    const division d = divide(&layer->conv);
    return d.chunks * d.groups;
}

size_t ck_bf16_scratch_bytes(void) {
    return (size_t)CK_BF16_CHUNK * CK_CONV_PANEL * PANELS_AT_MOST * sizeof(float) +
           ((size_t)CK_BF16_CHUNK * CK_BF16_ROW + CK_CONV_PANEL) * sizeof(uint16_t);
}

static const ck_bf16_kernels *kernels_of(const ck_conv_fast *layer) {
#if defined(__x86_64__)
    if (layer->bf16 && layer->isa == CK_ISA_AVX512) return &ck_bf16_avx512;
#endif
    (void)layer;
    return &ck_bf16_portable;
}

void ck_bf16_run(const ck_conv_fast *layer, int32_t task, void *scratch) {
    const ck_bf16_kernels *kernels = kernels_of(layer);
    const ck_conv *conv = &layer->conv;
    const division d = divide(conv);
    // The chunks of one group of panels follow each other, so that its weights stay in the cache.
    const int32_t group = task / d.chunks, chunk = task % d.chunks;
    const int32_t panel_begin = (int32_t)((int64_t)d.panels * group / d.groups);
    const int32_t panel_end = (int32_t)((int64_t)d.panels * (group + 1) / d.groups);
    const int64_t total = pixel_count(conv);
    const int64_t begin = total * chunk / d.chunks;
    const int32_t count = (int32_t)(total * (chunk + 1) / d.chunks - begin);

    const float *pixels[CK_BF16_CHUNK];
    float *outputs[CK_BF16_CHUNK], *panel_outputs[CK_BF16_CHUNK];
    ck_conv_addresses(conv, begin, count, pixels, outputs);

    int64_t chain = 0;
    for (int32_t r = 0; r < conv->runs; r++) chain += conv->run_length[r];
    const int64_t even = (chain + 1) / 2 * 2;
    float *chains = scratch;
    uint16_t *gathered = (uint16_t *)(chains + (size_t)CK_BF16_CHUNK * CK_CONV_PANEL * PANELS_AT_MOST);

    ck_bf16_place place = {0, 0};
    for (int64_t k = 0; k < even; k += CK_BF16_BLOCK) {
        const int32_t steps = (int32_t)(chain - k < CK_BF16_BLOCK ? chain - k : CK_BF16_BLOCK);
        for (int32_t i = 0; i < count; i++) {
            kernels->gather(conv, pixels[i], place, steps, gathered + (int64_t)i * CK_BF16_ROW);
        }
        for (int32_t left = steps; left > 0 && place.run < conv->runs;) {
            const int32_t rest = conv->run_length[place.run] - place.at;
            place = rest <= left ? (ck_bf16_place){place.run + 1, 0} : (ck_bf16_place){place.run, place.at + left};
            left -= rest <= left ? rest : left;
        }
        for (int32_t panel = panel_begin; panel < panel_end; panel++) {
            const int32_t lanes = ck_conv_panel_lanes(conv->channels, panel), first = panel * CK_CONV_PANEL;
            for (int32_t i = 0; i < count; i++) panel_outputs[i] = outputs[i] + first;
            const int32_t channels = conv->channels - first;
            const int32_t most = ck_conv_tile_pixels(lanes), tiles = (count + most - 1) / most;
            for (int32_t t = 0; t < tiles; t++) {
                const int32_t from = count * t / tiles, to = count * (t + 1) / tiles;
                const ck_bf16_tile tile = {
                    .pixels = gathered + (int64_t)from * CK_BF16_ROW,
                    .weights = (const uint16_t *)layer->weights + first * even + k * lanes,
                    .pairs = (steps + 1) / 2,
                    .outputs = panel_outputs + from,
                    .bias = conv->bias + first,
                    .channels = channels < CK_CONV_PANEL ? channels : CK_CONV_PANEL,
                    .ceiling = conv->ceiling,
                    .chains = chains + ((int64_t)(panel - panel_begin) * CK_BF16_CHUNK + from) * CK_CONV_PANEL,
                    .first = k == 0,
                    .last = k + CK_BF16_BLOCK >= even,
                };
                kernels->compute(&tile, to - from, lanes);
            }
        }
    }
}
