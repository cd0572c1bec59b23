#include "ck_conv_winograd.h"

#include "ck_conv_tile.h"

// A task takes a chunk of tiles of the batch and a few panels: it transforms the chunk's inputs, then for each panel
// makes 36 matrix products by the exact kernel's tiles and transforms them back. Everything in between stays in scratch
// memory, so that no activation has a transformed copy.
enum {
    TILES_AT_MOST = 96,       // each transformed weight, which may come from main memory, serves so many tiles
    PANELS_AT_MOST = 8,
    TASKS_WANTED = 64,
    VECTOR = 16,
    // Distances between places are no power of two: the 36 streams would share the cache's sets.
    SUMS_STRIDE = TILES_AT_MOST * CK_CONV_PANEL + VECTOR
};

static int32_t padded_input(int32_t channels_in) { return (channels_in + VECTOR - 1) / VECTOR * VECTOR; }

static ptrdiff_t values_stride(int32_t channels_in) {
    return (ptrdiff_t)TILES_AT_MOST * padded_input(channels_in) + VECTOR;
}

size_t ck_winograd_packed_bytes(int32_t channels, int64_t chain) {
    return (size_t)ck_conv_padded_channels(channels) * (size_t)(chain / 9) * CK_WINOGRAD_AREA * sizeof(float);
}

// G times a kernel times G', in double and rounded once. [panel][place][input channel][lanes]
void ck_winograd_pack(const float *weights, int32_t channels, int64_t chain, int32_t panel, float *packed) {
    static const double G[6][3] = {{1.0 / 4, 0, 0},
                                   {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                   {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                   {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                   {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                   {0, 0, 1}};
    const int32_t lanes = ck_conv_panel_lanes(channels, panel), first = panel * CK_CONV_PANEL;
    const int64_t inputs = chain / 9;
    float *target = packed + (int64_t)first * inputs * CK_WINOGRAD_AREA;
    for (int64_t c = 0; c < inputs; c++) {
        for (int32_t lane = 0; lane < lanes; lane++) {
            double kernel[3][3] = {{0}}, half[6][3];
            for (int k = 0; k < 9 && first + lane < channels; k++) {
                kernel[k / 3][k % 3] = (double)weights[(first + lane) * chain + k * inputs + c];
            }
            for (int y = 0; y < 6; y++) {
                for (int x = 0; x < 3; x++) {
                    half[y][x] = G[y][0] * kernel[0][x] + G[y][1] * kernel[1][x] + G[y][2] * kernel[2][x];
                }
            }
            for (int y = 0; y < 6; y++) {
                for (int x = 0; x < 6; x++) {
                    const double value = G[x][0] * half[y][0] + G[x][1] * half[y][1] + G[x][2] * half[y][2];
                    target[((y * 6 + x) * inputs + c) * lanes + lane] = (float)value;
                }
            }
        }
    }
}

size_t ck_winograd_scratch_bytes(int32_t channels_in) {
    return (size_t)CK_WINOGRAD_AREA * (size_t)(values_stride(channels_in) + SUMS_STRIDE) * sizeof(float);
}

typedef struct {
    int32_t down, across;    // tiles of an image
    int64_t tiles;           // of the batch
    int32_t chunks, panels;  // of the layer
    int32_t groups;          // tasks a chunk
} division;

static division divide(const ck_conv *conv) {
    division d;
    d.down = (conv->height + CK_WINOGRAD_OUT - 1) / CK_WINOGRAD_OUT;
    d.across = (conv->width + CK_WINOGRAD_OUT - 1) / CK_WINOGRAD_OUT;
    d.tiles = (int64_t)conv->batch * d.down * d.across;
    d.chunks = (int32_t)((d.tiles + TILES_AT_MOST - 1) / TILES_AT_MOST);
    d.panels = (conv->channels + CK_CONV_PANEL - 1) / CK_CONV_PANEL;
    int32_t shared = (int32_t)((int64_t)d.chunks * d.panels / TASKS_WANTED);
    if (shared < 1) shared = 1;
    if (shared > PANELS_AT_MOST) shared = PANELS_AT_MOST;
    if (shared > d.panels) shared = d.panels;
    d.groups = (d.panels + shared - 1) / shared;
    return d;
}

int32_t ck_winograd_tasks(const ck_conv_fast *layer) {
    const division d = divide(&layer->conv);
    return d.chunks * d.groups;
}

static const ck_winograd_transforms *transforms_of(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_ISA_AVX512) return &ck_winograd_avx512;
    if (isa == CK_ISA_AVX2) return &ck_winograd_avx2;
#endif
    (void)isa;
    return &ck_winograd_portable;
}

typedef struct {
    int64_t image;
    int32_t y, x;  // of the first output
} tile_place;

static tile_place place_of(const division *d, int64_t tile) {
    const int64_t area = (int64_t)d->down * d->across, place = tile % area;
    return (tile_place){tile / area, (int32_t)(place / d->across) * CK_WINOGRAD_OUT,
                        (int32_t)(place % d->across) * CK_WINOGRAD_OUT};
}

static int32_t at_most(int32_t value, int32_t limit) { return value < limit ? value : limit; }

/// The 36 products of a panel: sums[place][tile][lane] = values[place][tile][channel] * weights[place][channel][lane].
static void multiply(const ck_conv_fast *layer, const float *values, int32_t count, int32_t lanes, const float *weights,
                     float *sums) {
    static const float no_bias[CK_CONV_PANEL];
    const ck_conv_tile_function compute = ck_conv_tile_for(layer->isa);
    const int32_t inputs = layer->channels_in, padded = padded_input(inputs), start = 0;
    const ck_conv product = {.runs = 1, .run_offset = &start, .run_length = &inputs};
    const int32_t most = ck_conv_tile_pixels(lanes), parts = (count + most - 1) / most;
    float stored[12 * CK_CONV_PANEL] __attribute__((aligned(64)));
    for (int32_t place = 0; place < CK_WINOGRAD_AREA; place++) {
        const float *rows[TILES_AT_MOST];
        float *targets[TILES_AT_MOST];
        for (int32_t t = 0; t < count; t++) {
            rows[t] = values + place * values_stride(inputs) + (ptrdiff_t)t * padded;
            targets[t] = sums + (ptrdiff_t)place * SUMS_STRIDE + t * CK_CONV_PANEL;
        }
        for (int32_t part = 0; part < parts; part++) {
            const int32_t from = count * part / parts, to = count * (part + 1) / parts;
            const ck_conv_tile tile = {
                .pixels = rows + from, .outputs = targets + from, .run_begin = 0, .run_end = 1,
                .weights = weights + (int64_t)place * inputs * lanes, .bias = no_bias, .channels = lanes,
                .chains = stored, .first = 1, .last = 1,
            };
            compute(&product, &tile, to - from, lanes);
        }
    }
}

void ck_winograd_run(const ck_conv_fast *layer, int32_t task, void *scratch) {
    const ck_winograd_transforms *transforms = transforms_of(layer->isa);
    const ck_conv *conv = &layer->conv;
    const division d = divide(conv);
    // The chunks of one group of panels follow each other, so that its weights stay in the cache.
    const int32_t group = task / d.chunks, chunk = task % d.chunks;
    const int32_t panel_begin = (int32_t)((int64_t)d.panels * group / d.groups);
    const int32_t panel_end = (int32_t)((int64_t)d.panels * (group + 1) / d.groups);
    const int64_t begin = d.tiles * chunk / d.chunks;
    const int32_t count = (int32_t)(d.tiles * (chunk + 1) / d.chunks - begin);
    const int32_t inputs = layer->channels_in;
    float *values = scratch, *sums = values + CK_WINOGRAD_AREA * values_stride(inputs);

    for (int32_t t = 0; t < count; t++) {
        const tile_place at = place_of(&d, begin + t);
        const float *taps = conv->input + at.image * conv->input_image + at.y * conv->input_row +
                            at.x * conv->input_pixel;
        // The taps of the outputs that exist, and no others: two rows more than outputs.
        transforms->input(taps, conv->input_row, conv->input_pixel, at_most(conv->height - at.y + 2, CK_WINOGRAD_IN),
                          at_most(conv->width - at.x + 2, CK_WINOGRAD_IN), inputs,
                          values + (ptrdiff_t)t * padded_input(inputs), values_stride(inputs));
    }
    for (int32_t panel = panel_begin; panel < panel_end; panel++) {
        const int32_t first = panel * CK_CONV_PANEL, lanes = ck_conv_panel_lanes(conv->channels, panel);
        const float *weights = (const float *)layer->weights + (int64_t)first * inputs * CK_WINOGRAD_AREA;
        multiply(layer, values, count, lanes, weights, sums);
        for (int32_t t = 0; t < count; t++) {
            const tile_place at = place_of(&d, begin + t);
            float *output = conv->output + at.image * conv->output_image + at.y * conv->output_row +
                            at.x * conv->output_pixel + first;
            transforms->output(sums + t * CK_CONV_PANEL, SUMS_STRIDE, conv->bias + first, conv->ceiling,
                               at_most(conv->channels - first, CK_CONV_PANEL), output, conv->output_row,
                               conv->output_pixel, at_most(conv->height - at.y, CK_WINOGRAD_OUT),
                               at_most(conv->width - at.x, CK_WINOGRAD_OUT));
        }
    }
}
