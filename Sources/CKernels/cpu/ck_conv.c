#include "ck_conv.h"

#include <string.h>

#include "ck_conv_sparse.h"
#include "ck_conv_tile.h"

enum { BLOCK_FLOATS = 1536 };  // chain steps whose weights (256 bytes each) are kept in the L2 cache at a time

int32_t ck_conv_padded_channels(int32_t channels) {
    return (channels + CK_CONV_LANES - 1) / CK_CONV_LANES * CK_CONV_LANES;
}

int32_t ck_conv_panel_lanes(int32_t channels, int32_t panel) {
    int32_t rest = ck_conv_padded_channels(channels) - panel * CK_CONV_PANEL;
    return rest < CK_CONV_PANEL ? rest : CK_CONV_PANEL;
}

void ck_conv_pack(const float *weights, int32_t channels, int64_t chain, float *packed) {
    int32_t padded = ck_conv_padded_channels(channels);
    for (int32_t first = 0; first < padded; first += CK_CONV_PANEL) {
        int32_t lanes = ck_conv_panel_lanes(channels, first / CK_CONV_PANEL);
        float *panel = packed + (int64_t)first * chain;
        for (int64_t k0 = 0; k0 < chain; k0 += 64) {  // in blocks, so that both sides stay in the cache
            int64_t k1 = k0 + 64 < chain ? k0 + 64 : chain;
            for (int32_t lane = 0; lane < lanes; lane++) {
                int32_t channel = first + lane;
                for (int64_t k = k0; k < k1; k++) {
                    panel[k * lanes + lane] = channel < channels ? weights[(int64_t)channel * chain + k] : 0.0f;
                }
            }
        }
    }
}

static int64_t pixel_count(const ck_conv *conv) { return (int64_t)conv->batch * conv->height * conv->width; }

static int32_t chunk_count(const ck_conv *conv) {
    return (int32_t)((pixel_count(conv) + CK_CONV_CHUNK - 1) / CK_CONV_CHUNK);
}

int32_t ck_conv_tasks(const ck_conv *conv) {
    int32_t panels = (conv->channels + CK_CONV_PANEL - 1) / CK_CONV_PANEL;
    return panels * chunk_count(conv);
}

ck_conv_tile_function ck_conv_tile_for(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return ck_conv_tile_avx512;
    if (isa == CK_ISA_AVX2) return ck_conv_tile_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) return ck_conv_tile_neon;
#endif
    (void)isa;
    return ck_conv_tile_portable;
}

void ck_conv_addresses(const ck_conv *conv, int64_t begin, int32_t count, const float **pixels, float **outputs) {
    // One division at the begin: with one for each pixel, a short chain would cost less than where it starts.
    const int64_t area = (int64_t)conv->height * conv->width;
    int64_t image = begin / area;
    int32_t y = (int32_t)(begin % area / conv->width), x = (int32_t)(begin % conv->width);
    const int64_t step_x = conv->stride_x * conv->input_pixel;
    const float *pixel = conv->input + image * conv->input_image + y * conv->stride_y * conv->input_row + x * step_x;
    float *output = conv->output + image * conv->output_image + y * conv->output_row + x * conv->output_pixel;
    for (int32_t i = 0; i < count; i++) {
        pixels[i] = pixel;
        outputs[i] = output;
        pixel += step_x, output += conv->output_pixel;
        if (++x < conv->width) continue;
        x = 0;
        if (++y == conv->height) y = 0, image++;
        pixel = conv->input + image * conv->input_image + y * conv->stride_y * conv->input_row;
        output = conv->output + image * conv->output_image + y * conv->output_row;
    }
}

/// Asks for the lines that the next tile writes: those of a batch come from main memory, and are on their way into the
/// second-level cache while this tile is computed.
static void ask_for_outputs(float *const *outputs, int32_t count, int32_t lanes) {
    for (int32_t p = 0; p < count; p++) {
        for (int32_t i = 0; i < lanes; i += CK_CONV_LANES) __builtin_prefetch(outputs[p] + i, 0, 2);
    }
}

void ck_conv_run(ck_isa isa, const ck_conv *conv, int32_t task, float *scratch) {
    const ck_conv_tile_function compute = ck_conv_tile_for(isa);
    const int32_t chunks = chunk_count(conv);
    const int32_t panel = task / chunks, chunk = task % chunks;
    const int32_t lanes = ck_conv_panel_lanes(conv->channels, panel);
    const int64_t total = pixel_count(conv);
    // Chunks of equal size rather than full ones and a rest.
    const int64_t begin = total * chunk / chunks, end = total * (chunk + 1) / chunks;
    const int32_t count = (int32_t)(end - begin);

    const float *pixels[CK_CONV_CHUNK];
    float *outputs[CK_CONV_CHUNK];
    ck_conv_addresses(conv, begin, count, pixels, outputs);
    for (int32_t i = 0; i < count; i++) outputs[i] += (int64_t)panel * CK_CONV_PANEL;

    int64_t chain = 0;
    for (int32_t r = 0; r < conv->runs; r++) chain += conv->run_length[r];
    ck_conv_tile tile = {
        .weights = conv->weights + (int64_t)panel * CK_CONV_PANEL * chain,
        .bias = conv->bias + panel * CK_CONV_PANEL,
        .channels = conv->channels - panel * CK_CONV_PANEL,
    };
    if (tile.channels > CK_CONV_PANEL) tile.channels = CK_CONV_PANEL;
    if (ck_conv_sparse_pays(isa, conv, pixels, count, lanes)) {
        tile.pixels = pixels;
        tile.outputs = outputs;
        tile.chains = scratch;
        ck_conv_sparse_run(isa, conv, &tile, count, lanes);
        return;
    }
    const int32_t most = ck_conv_tile_pixels(lanes);
    const int32_t tiles = (count + most - 1) / most;

    for (int32_t run = 0; run < conv->runs;) {
        int64_t block = 0;
        tile.run_begin = run;
        do {
            block += conv->run_length[run];
            run++;
        } while (run < conv->runs && block + conv->run_length[run] <= BLOCK_FLOATS);
        tile.run_end = run;
        tile.first = tile.run_begin == 0;
        tile.last = run == conv->runs;
        for (int32_t t = 0; t < tiles; t++) {
            int32_t from = (int32_t)((int64_t)count * t / tiles), to = (int32_t)((int64_t)count * (t + 1) / tiles);
            tile.pixels = pixels + from;
            tile.outputs = outputs + from;
            tile.chains = scratch + (int64_t)from * CK_CONV_PANEL;
            const int32_t next = (int32_t)((int64_t)count * (t + 2) / tiles);
            if (tile.last && t + 1 < tiles) ask_for_outputs(outputs + to, next - to, lanes);
            // The taps of a 1x1 kernel are read here for the first time; a larger one reads most of them again and again.
            tile.ahead = conv->runs == 1 ? (to - from) * conv->stride_x * conv->input_pixel : 0;
            compute(conv, &tile, to - from, lanes);
        }
        tile.weights += block * lanes;
    }
}
