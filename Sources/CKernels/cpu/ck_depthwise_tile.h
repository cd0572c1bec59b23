// The depthwise kernels in terms of a vector of WIDTH channels: each instruction set's file defines the operations and
// ROWS, and includes this. A tile is PIXELS output pixels of ROWS neighbouring rows times one vector of channels: its
// sums stay in registers, a weight that is loaded serves all pixels of a row, and an input that is loaded all of the
// outputs that it is a tap of, so that the arithmetic and not the cache is what a tile waits for.

enum { ASKS_INPUTS = 1, ASKS_OUTPUTS = 2 };  // what is asked for before it is needed

enum { PIXELS = 7 };  // maps of 7, 14, 28, 56 and 112 pixels have no rest

typedef struct {
    const float *input, *weights, *bias;  // first tap of the first pixel, first weight: of the first channel
    float *output;
    int64_t ahead;  // floats from an input to the one that the next tile below begins with; 0 asks for nothing
} tile;

/// One tile of usual shape: all but the first two arguments are constants.
INLINE void tile_of(const ck_depthwise *call, const tile *t, const int rows, const int pixels, const int kernel,
                    const int stride, const int asks) {
    const int64_t row = call->input_row, pixel = call->input_pixel, channels = call->channels;
    vector sum[ROWS * PIXELS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * pixels; i++) {
        sum[i] = zero();
        // What the tile to the right writes.
        if (asks & ASKS_OUTPUTS) {
            __builtin_prefetch(
                t->output + i / pixels * call->output_row + (i % pixels + pixels) * call->output_pixel, 0, 2);
        }
    }
    const float *taps = t->input;
#pragma clang loop unroll(full)
    for (int y = 0; y < (rows - 1) * stride + kernel; y++, taps += row) {
        // The weights by which this row of inputs counts for each row of outputs.
        vector w[ROWS][5];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const int ky = y - r * stride;
            if (ky < 0 || ky >= kernel) continue;
#pragma clang loop unroll(full)
            for (int kx = 0; kx < kernel; kx++) w[r][kx] = load(t->weights + (ky * kernel + kx) * channels);
        }
        // Each output takes its taps from left to right.
#pragma clang loop unroll(full)
        for (int x = 0; x < (pixels - 1) * stride + kernel; x++) {
            const vector in = load(taps + x * pixel);
            // The rows that the tile below reads first.
            if (asks & ASKS_INPUTS && y >= kernel - stride && x < pixels * stride) {
                __builtin_prefetch(taps + x * pixel + t->ahead, 0, 2);
            }
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const int ky = y - r * stride;
                if (ky < 0 || ky >= kernel) continue;
#pragma clang loop unroll(full)
                for (int p = 0; p < pixels; p++) {
                    const int kx = x - p * stride;
                    if (kx >= 0 && kx < kernel) sum[r * pixels + p] = fused(in, w[r][kx], sum[r * pixels + p]);
                }
            }
        }
    }
    const vector bias = load(t->bias);
    const float ceiling = call->ceiling;
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * pixels; i++) {
        store(t->output + i / pixels * call->output_row + i % pixels * call->output_pixel,
              finished(sum[i], bias, ceiling));
    }
}

/// Any kernel and stride, for `pixels` pixels of one row: the whole vector where `lanes` is NULL, else its lanes.
INLINE void any_tile_of(const ck_depthwise *call, const tile *t, const int pixels, const part *lanes) {
    vector sum[PIXELS];
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) sum[p] = zero();
    const float *weights = t->weights, *row = t->input;
    const int64_t step = call->stride_x * call->input_pixel;
    for (int32_t ky = 0; ky < call->kernel_height; ky++, row += call->input_row) {
        const float *tap = row;
        for (int32_t kx = 0; kx < call->kernel_width; kx++, weights += call->channels, tap += call->input_pixel) {
            const vector w = lanes == 0 ? load(weights) : load_part(weights, *lanes);
#pragma clang loop unroll(full)
            for (int p = 0; p < pixels; p++) {
                sum[p] = fused(lanes == 0 ? load(tap + p * step) : load_part(tap + p * step, *lanes), w, sum[p]);
            }
        }
    }
    const vector bias = lanes == 0 ? load(t->bias) : load_part(t->bias, *lanes);
#pragma clang loop unroll(full)
    for (int p = 0; p < pixels; p++) {
        float *out = t->output + p * call->output_pixel;
        const vector value = finished(sum[p], bias, call->ceiling);
        if (lanes == 0) {
            store(out, value);
        } else {
            store_part(out, value, *lanes);
        }
    }
}

INLINE tile next_channels(tile t) {
    t.input += WIDTH, t.weights += WIDTH, t.bias += WIDTH, t.output += WIDTH;
    return t;
}

/// Some pixels of one row from channel `c` on, vector by vector: what is read of a pixel is contiguous.
INLINE void any_channels_of(const ck_depthwise *call, tile t, int32_t c, const int pixels) {
    for (; c + WIDTH <= call->channels; c += WIDTH, t = next_channels(t)) any_tile_of(call, &t, pixels, 0);
    if (c == call->channels) return;
    const part lanes = first_lanes(call->channels - c);
    any_tile_of(call, &t, pixels, &lanes);
}

/// PIXELS pixels of some rows, for the shapes that tile_of knows.
INLINE void channels_of(const ck_depthwise *call, tile t, const int rows, const int kernel, const int stride,
                        const int asks) {
    int32_t c = 0;
    for (; c + WIDTH <= call->channels; c += WIDTH, t = next_channels(t)) {
        tile_of(call, &t, rows, PIXELS, kernel, stride, asks);
    }
    for (int r = 0; r < rows && c < call->channels; r++) {
        any_channels_of(call, t, c, PIXELS);
        t.input += stride * call->input_row, t.output += call->output_row;
    }
}

static tile tile_at(const ck_depthwise *call, int32_t image, int32_t y, int32_t x) {
    return (tile){
        .input = call->input + image * call->input_image + y * call->stride_y * call->input_row +
                 x * call->stride_x * call->input_pixel,
        .weights = call->weights,
        .bias = call->bias,
        .output = call->output + image * call->output_image + y * call->output_row + x * call->output_pixel,
    };
}

static void any_row(const ck_depthwise *call, int32_t image, int32_t y) {
    int32_t x = 0;
    for (; x + PIXELS <= call->width; x += PIXELS) any_channels_of(call, tile_at(call, image, y, x), 0, PIXELS);
    for (; x < call->width; x++) any_channels_of(call, tile_at(call, image, y, x), 0, 1);
}

/// Rows begin ..< end of one image, at least PIXELS wide, for a shape that tile_of knows.
INLINE void rows_of(const ck_depthwise *call, ck_band band, const int kernel, const int stride, const int asks) {
    for (int32_t y = band.begin, rows; y < band.end; y += rows) {
        rows = y + ROWS <= band.end ? ROWS : 1;
        for (int32_t x = 0; x < call->width; x += PIXELS) {
            // The last tile ends with the row: what it shares with the one before is computed twice.
            tile t = tile_at(call, band.image, y, x + PIXELS <= call->width ? x : call->width - PIXELS);
            t.ahead = ROWS * stride * call->input_row;
            if (rows == ROWS) {
                channels_of(call, t, ROWS, kernel, stride, asks);
            } else {
                channels_of(call, t, 1, kernel, stride, 0);
            }
        }
    }
}

/// A 1x1 kernel, a factor and a summand for each channel: one pass along the memory.
static void factors(const ck_depthwise *call, ck_band band) {
    const int32_t channels = call->channels, whole = channels / WIDTH * WIDTH;
    const float *weights = call->weights, *biases = call->bias;
    const float ceiling = call->ceiling;
    const part lanes = first_lanes(channels - whole);
    for (int32_t y = band.begin; y < band.end; y++) {
        for (int32_t x = 0; x < call->width; x++) {
            const tile t = tile_at(call, band.image, y, x);
            for (int32_t c = 0; c < whole; c += WIDTH) {
                const vector product = fused(load(t.input + c), load(weights + c), zero());
                store(t.output + c, finished(product, load(biases + c), ceiling));
            }
            if (whole == channels) continue;
            const vector product = fused(load_part(t.input + whole, lanes), load_part(weights + whole, lanes), zero());
            store_part(t.output + whole, finished(product, load_part(biases + whole, lanes), ceiling), lanes);
        }
    }
}

#define SHAPES(asks)                                                                      \
    if (square && kernel == 3 && stride == 1) return rows_of(call, band, 3, 1, asks);     \
    if (square && kernel == 3 && stride == 2) return rows_of(call, band, 3, 2, asks);     \
    if (square && kernel == 5 && stride == 1) return rows_of(call, band, 5, 1, asks);     \
    if (square && kernel == 5 && stride == 2) return rows_of(call, band, 5, 2, asks)

void FUNCTION(const ck_depthwise *call, ck_band band) {
    const int32_t kernel = call->kernel_width, stride = call->stride_x;
    const int square = call->kernel_height == kernel && call->stride_y == stride && call->width >= PIXELS;
    if (call->kernel_height == 1 && kernel == 1) return factors(call, band);
    // Inputs come from main memory where they are more than the last cache holds; outputs go there, but for small maps.
    const int64_t inputs = (int64_t)call->batch * call->height * call->stride_y * call->input_row;
    if (inputs >= 3 << 20) {
        SHAPES(ASKS_INPUTS | ASKS_OUTPUTS);
    } else if (inputs >= 1 << 16) {
        SHAPES(ASKS_OUTPUTS);
    }
    SHAPES(0);
    for (int32_t y = band.begin; y < band.end; y++) any_row(call, band.image, y);
}
