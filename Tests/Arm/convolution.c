// Convolutions: exact (dense, and with the zeros left out), fast, depthwise.
#include "check.h"

#include <math.h>

#include "ck_conv_fast.h"
#include "ck_depthwise.h"
#include "ck_nonzero.h"

static float random_ceiling(void) { return below(3) == 0 ? 0 : below(2) == 0 ? INFINITY : 6; }

/// Finite and never -0: the contract of ck_conv.h.
static float *biases(int32_t count, int32_t padded) {
    const number_kind kind = random_kind(0);
    float *made = numbers((size_t)padded, kind);
    for (int32_t c = 0; c < padded; c++) {
        if (c >= count || made[c] == 0) made[c] = 0;
    }
    return made;
}

enum { MOST_RUNS = 49 };

typedef struct {
    ck_conv conv;
    int32_t inputs, kernel_height, kernel_width;
    int64_t chain;
    size_t outputs;  // floats, those between the pixels included
    float *input, *bias;
    uint8_t *bits;
    int32_t offset[MOST_RUNS], length[MOST_RUNS];
} layer;

/// Without a halo: what lies around the map is no part of what a convolution knows.
static layer random_layer(int32_t kernel_height, int32_t kernel_width, int32_t stride_y, int32_t stride_x) {
    layer made = {.kernel_height = kernel_height, .kernel_width = kernel_width};
    ck_conv *conv = &made.conv;
    made.inputs = below(2) == 0 ? of(1, 40) : 8 * of(1, 12);
    if (below(12) == 0) made.inputs = 8 * of(100, 125);
    *conv = (ck_conv){.stride_y = stride_y, .stride_x = stride_x, .batch = of(1, 2), .height = of(1, 5),
                      .width = of(1, 6), .channels = of(1, 150), .ceiling = random_ceiling()};
    const int32_t gap = 8 * below(2);
    conv->input_pixel = made.inputs + gap;
    conv->input_row = ((conv->width - 1) * stride_x + kernel_width) * conv->input_pixel;
    conv->input_image = ((conv->height - 1) * stride_y + kernel_height) * conv->input_row;
    made.input = numbers((size_t)(conv->batch * conv->input_image), random_kind(1));
    conv->input = made.input;
    conv->output_pixel = conv->channels + below(3);
    conv->output_row = conv->width * conv->output_pixel;
    conv->output_image = conv->height * conv->output_row;
    made.outputs = (size_t)(conv->batch * conv->output_image);
    // A kernel's row is one run where nothing lies between its pixels.
    const int32_t rows_are_runs = gap == 0 && kernel_width * made.inputs <= CK_CONV_RUN_LIMIT;
    conv->runs = rows_are_runs ? kernel_height : kernel_height * kernel_width;
    for (int32_t i = 0; i < conv->runs; i++) {
        const int32_t y = rows_are_runs ? i : i / kernel_width, x = rows_are_runs ? 0 : i % kernel_width;
        made.offset[i] = (int32_t)(y * conv->input_row + x * conv->input_pixel);
        made.length[i] = rows_are_runs ? kernel_width * made.inputs : made.inputs;
    }
    made.chain = (int64_t)kernel_height * kernel_width * made.inputs;
    made.bias = biases(conv->channels, ck_conv_padded_channels(conv->channels));
    conv->bias = made.bias;
    return made;
}

static void free_layer(layer *l) { free(l->input), free(l->bias), free(l->bits); }

/// Arrays inside of the structure: it must not move any more.
static void attach(layer *l) { l->conv.run_offset = l->offset, l->conv.run_length = l->length; }

void check_convolution(void) {
    layer l = random_layer(of(1, 4), of(1, 4), of(1, 3), of(1, 3));
    attach(&l);
    ck_conv *conv = &l.conv;
    float *weights = numbers((size_t)(conv->channels * l.chain), random_kind(0));
    float *packed = aligned_memory((size_t)(ck_conv_padded_channels(conv->channels) * l.chain) * sizeof(float));
    ck_conv_pack(weights, conv->channels, l.chain, packed);
    conv->weights = packed;
    float *kept = memory(l.outputs * sizeof(float)), *scratch = aligned_memory(CK_CONV_SCRATCH * sizeof(float));
    const int64_t floats = conv->batch * conv->input_image;
    if (l.inputs % 8 == 0) {
        l.bits = memory((size_t)(floats + 7) / 8 + CK_NONZERO_SLACK);
        memset(l.bits, 0, (size_t)(floats + 7) / 8 + CK_NONZERO_SLACK);
        ck_nonzero_bits(CK_ISA_PORTABLE, l.input, floats, l.bits);
    }
    FOR_EACH_ISA(isa) {
        // Dense, then with the products left out, where there are bits.
        for (int32_t sparse = 0; sparse <= (isa != CK_ISA_PORTABLE && l.bits != NULL); sparse++) {
            conv->nonzero = sparse ? l.bits : NULL;
            float *output = unwritten(l.outputs * sizeof(float));
            conv->output = output;
            for (int32_t task = 0; task < ck_conv_tasks(conv); task++) ck_conv_run(isa, conv, task, scratch);
            same_floats(isa, sparse ? "sparse convolution" : "convolution", output, kept, l.outputs);
            free(output);
        }
    }
    free(weights), free(packed), free(kept), free(scratch);
    free_layer(&l);
}

static void run_fast(layer *l, ck_fast_method method) {
    ck_conv_fast fast = {.method = method, .channels_in = l->inputs};
    const int32_t channels = l->conv.channels;
    float *weights = numbers((size_t)(channels * l->chain), random_kind(0));
    void *packed = aligned_memory(ck_conv_fast_packed_bytes(method, channels, l->chain));
    for (int32_t task = 0; task < ck_conv_fast_pack_tasks(channels); task++) {
        ck_conv_fast_pack(method, weights, channels, l->chain, task, packed);
    }
    void *scratch = aligned_memory(ck_conv_fast_scratch_bytes(method, l->inputs));
    float *kept = memory(l->outputs * sizeof(float));
    FOR_EACH_ISA(isa) {
        float *output = unwritten(l->outputs * sizeof(float));
        l->conv.output = output;
        fast.isa = isa, fast.weights = packed, fast.conv = l->conv;
        for (int32_t task = 0; task < ck_conv_fast_tasks(&fast); task++) ck_conv_fast_run(&fast, task, scratch);
        same_floats(isa, method == CK_FAST_WINOGRAD ? "Winograd" : "bfloat16", output, kept, l->outputs);
        free(output);
    }
    free(weights), free(packed), free(scratch), free(kept);
}

void check_fast_convolution(void) {
    layer winograd = random_layer(3, 3, 1, 1);
    attach(&winograd);
    run_fast(&winograd, CK_FAST_WINOGRAD);
    free_layer(&winograd);
    layer bf16 = random_layer(of(1, 3), of(1, 3), of(1, 2), of(1, 2));
    attach(&bf16);
    run_fast(&bf16, CK_FAST_BF16);
    free_layer(&bf16);
}

void check_depthwise(void) {
    static const int32_t kernels[] = {1, 3, 3, 5, 5, 2, 4};
    const int32_t kernel = kernels[below(7)], stride = of(1, 2), other = below(4) == 0;
    ck_depthwise call = {.kernel_height = kernel, .kernel_width = other ? kernels[below(7)] : kernel,
                         .stride_y = stride, .stride_x = other ? of(1, 3) : stride, .batch = of(1, 2),
                         .height = of(1, 6), .width = of(1, 24), .channels = of(1, 45), .ceiling = random_ceiling()};
    // Where there is much to read, it is asked for before.
    if (below(16) == 0) call.height = 30, call.width = 30, call.channels = of(80, 90);
    call.input_pixel = call.channels + below(3);
    call.input_row = ((call.width - 1) * call.stride_x + call.kernel_width) * call.input_pixel;
    call.input_image = ((call.height - 1) * call.stride_y + call.kernel_height) * call.input_row;
    call.output_pixel = call.channels + below(3);
    call.output_row = call.width * call.output_pixel;
    call.output_image = call.height * call.output_row;
    float *input = numbers((size_t)(call.batch * call.input_image), random_kind(1));
    float *weights = numbers((size_t)(call.kernel_height * call.kernel_width * call.channels), random_kind(0));
    float *bias = biases(call.channels, call.channels);
    const size_t count = (size_t)(call.batch * call.output_image);
    float *kept = memory(count * sizeof(float));
    call.input = input, call.weights = weights, call.bias = bias;
    FOR_EACH_ISA(isa) {
        float *output = unwritten(count * sizeof(float));
        call.output = output;
        for (int32_t task = 0; task < ck_depthwise_tasks(&call); task++) ck_depthwise_run(isa, &call, task);
        same_floats(isa, "depthwise convolution", output, kept, count);
        free(output);
    }
    free(input), free(weights), free(bias), free(kept);
}
