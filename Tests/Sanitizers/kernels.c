// The forward kernels on random odd shapes, compared with the plain loop where there is one.
#include "inputs.h"

#include <math.h>

#include "ck_add.h"
#include "ck_conv_fast.h"
#include "ck_depthwise.h"
#include "ck_layers.h"
#include "ck_local_response.h"
#include "ck_nonzero.h"
#include "ck_resize.h"
#include "ck_score_map.h"

typedef struct {
    int32_t height, width, in, out, kernel, stride, padding, out_height, out_width;
    float *plain, *padded, *weights, *bias;  // the input without and with its halo
} shape;

static shape random_shape(void) {
    static const int32_t kernels[] = {1, 1, 2, 3, 3, 5, 7};
    shape s = {.kernel = kernels[below(7)], .stride = 1 + below(3)};
    s.padding = below(s.kernel);
    s.height = s.kernel + below(11);
    s.width = s.kernel + below(11);
    // The kernels that leave out zeros need multiples of 8.
    s.in = below(2) == 0 ? 1 + below(40) : 8 * (1 + below(8));
    s.out = 1 + below(150);
    s.out_height = (s.height + 2 * s.padding - s.kernel) / s.stride + 1;
    s.out_width = (s.width + 2 * s.padding - s.kernel) / s.stride + 1;
    s.plain = values((size_t)s.height * (size_t)s.width * (size_t)s.in);
    const int32_t row = (s.width + 2 * s.padding) * s.in;
    s.padded = aligned_memory((size_t)(s.height + 2 * s.padding) * (size_t)row * sizeof(float));
    memset(s.padded, 0, (size_t)(s.height + 2 * s.padding) * (size_t)row * sizeof(float));
    for (int32_t y = 0; y < s.height; y++) {
        memcpy(s.padded + (y + s.padding) * row + s.padding * s.in, s.plain + y * s.width * s.in,
               (size_t)s.width * (size_t)s.in * sizeof(float));
    }
    s.weights = values((size_t)s.out * (size_t)(s.kernel * s.kernel * s.in));
    s.bias = values((size_t)ck_conv_padded_channels(s.out));
    for (int32_t c = 0; c < ck_conv_padded_channels(s.out); c++) {
        if (c >= s.out || s.bias[c] == 0) s.bias[c] = 0;
    }
    return s;
}

static void free_shape(shape *s) {
    free(s->plain), free(s->padded), free(s->weights), free(s->bias);
}

static void convolve_exact(ck_conv *conv, const shape *s, const float *expected) {
    float *packed = aligned_memory((size_t)ck_conv_padded_channels(s->out) * (size_t)(s->kernel * s->kernel * s->in) *
                                   sizeof(float));
    float *scratch = aligned_memory(CK_CONV_SCRATCH * sizeof(float));
    ck_conv_pack(s->weights, s->out, (int64_t)s->kernel * s->kernel * s->in, packed);
    conv->weights = packed;
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        for (int32_t task = 0; task < ck_conv_tasks(conv); task++) ck_conv_run((ck_isa)isa, conv, task, scratch);
        for (int32_t i = 0; i < s->out_height * s->out_width * s->out; i++) {
            EXPECT(memcmp(&conv->output[i], &expected[i], sizeof(float)) == 0, "%s: output %d is %g, expected %g",
                   ck_isa_name((ck_isa)isa), i, (double)conv->output[i], (double)expected[i]);
        }
    }
    free(packed), free(scratch);
}

static void convolve_fast(const ck_conv *conv, const shape *s) {
    const int64_t chain = (int64_t)s->kernel * s->kernel * s->in;
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        for (int32_t bf16 = 0; bf16 <= (isa == CK_ISA_AVX512 ? ck_cpu_has_bf16() : 0); bf16++) {
            for (int32_t method = CK_FAST_EXACT; method <= CK_FAST_WINOGRAD; method++) {
                if (method == CK_FAST_WINOGRAD && (s->kernel != 3 || s->stride != 1)) continue;
                ck_conv_fast layer = {.method = (ck_fast_method)method, .isa = (ck_isa)isa, .bf16 = bf16,
                                      .channels_in = s->in, .conv = *conv};
                void *packed = aligned_memory(ck_conv_fast_packed_bytes(layer.method, s->out, chain));
                for (int32_t task = 0; task < ck_conv_fast_pack_tasks(s->out); task++) {
                    ck_conv_fast_pack(layer.method, s->weights, s->out, chain, task, packed);
                }
                layer.weights = packed;
                // As the network gives it: scratch for the method and for the exact kernels.
                const size_t bytes = ck_conv_fast_scratch_bytes(layer.method, s->in);
                void *scratch = aligned_memory(bytes);
                if (method == CK_FAST_EXACT) layer.conv.weights = packed;
                for (int32_t task = 0; task < ck_conv_fast_tasks(&layer); task++) {
                    ck_conv_fast_run(&layer, task, scratch);
                }
                free(packed), free(scratch);
            }
        }
    }
}

static void convolve(void) {
    shape s = random_shape();
    const int32_t row = (s.width + 2 * s.padding) * s.in;
    const float ceiling = below(3) == 0 ? 0 : below(2) == 0 ? INFINITY : 0.5f;
    const size_t count = (size_t)s.out_height * (size_t)s.out_width * (size_t)s.out;
    float *expected = memory(count * sizeof(float)), *output = memory(count * sizeof(float));
    ck_conv_reference(s.plain, s.height, s.width, s.in, s.weights, s.bias, s.out, s.kernel, s.kernel, s.stride,
                      s.padding, 1, ceiling, expected, s.out_height, s.out_width);
    int32_t offsets[49], lengths[49];
    for (int32_t i = 0; i < s.kernel * s.kernel; i++) {
        offsets[i] = i / s.kernel * row + i % s.kernel * s.in;
        lengths[i] = s.in;
    }
    ck_conv conv = {.input = s.padded, .input_image = (ptrdiff_t)(s.height + 2 * s.padding) * row, .input_row = row,
                    .input_pixel = s.in, .stride_y = s.stride, .stride_x = s.stride, .output = output,
                    .output_image = (ptrdiff_t)count, .output_row = s.out_width * s.out, .output_pixel = s.out,
                    .batch = 1, .height = s.out_height, .width = s.out_width, .channels = s.out,
                    .runs = s.kernel * s.kernel, .run_offset = offsets, .run_length = lengths, .bias = s.bias,
                    .ceiling = ceiling};
    convolve_exact(&conv, &s, expected);
    if (s.in % 8 == 0) {
        const int64_t floats = (int64_t)(s.height + 2 * s.padding) * row;
        uint8_t *bits = memory((size_t)(floats + 7) / 8 + CK_NONZERO_SLACK);
        memset(bits, 0, (size_t)(floats + 7) / 8 + CK_NONZERO_SLACK);
        for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
            ck_nonzero_bits((ck_isa)isa, s.padded, floats, bits);
        }
        conv.nonzero = bits;
        convolve_exact(&conv, &s, expected);
        conv.nonzero = NULL;
        free(bits);
    }
    convolve_fast(&conv, &s);
    free(expected), free(output);
    free_shape(&s);
}

/// A window of its own in each axis, over a map of which it may cover the padding alone.
static ck_window random_window(void) {
    return (ck_window){1 + below(5), 1 + below(5), 1 + below(3), 1 + below(3), below(3), below(3), below(3), below(3)};
}

static int32_t windows_of(int32_t size, int32_t kernel, int32_t stride, int32_t before, int32_t after) {
    const int32_t room = size + before + after - kernel;
    return room < 0 ? 1 : room / stride + 1;
}

static void pool(void) {
    const int32_t height = 1 + below(12), width = 1 + below(12), channels = 1 + below(70);
    const ck_window w = random_window();
    ck_pool2d pool = {.input_row = width * channels, .input_pixel = channels, .input_height = height,
                      .input_width = width, .batch = 1, .channels = channels, .window = w,
                      .height = windows_of(height, w.kernel_height, w.stride_y, w.pad_top, w.pad_bottom),
                      .width = windows_of(width, w.kernel_width, w.stride_x, w.pad_left, w.pad_right),
                      .counts_padding = below(2)};
    const int32_t pixels = height * width > pool.height * pool.width ? height * width : pool.height * pool.width;
    float *input = values((size_t)(height * width * channels));
    float *output = memory((size_t)(pixels * channels) * sizeof(float));
    pool.input = input, pool.output = output;
    pool.output_row = pool.width * channels, pool.output_pixel = channels;
    const int32_t size = 2 * below(4) + 1;
    float *scratch = memory(ck_local_response_scratch(channels, size) * sizeof(float));
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        ck_max_pool((ck_isa)isa, &pool, 0);
        ck_average_pool((ck_isa)isa, &pool, 0);
        const ck_local_response response = {
            .input = input, .input_row = width * channels, .input_pixel = channels, .output = output,
            .output_row = width * channels, .output_pixel = channels, .batch = 1, .height = height, .width = width,
            .channels = channels, .size = size, .alpha_over_size = 1e-4f, .k = 1};
        ck_local_response_run((ck_isa)isa, &response, 0, scratch);
    }
    ck_global_average(&pool, 0);
    free(input), free(output), free(scratch);
}

/// Depthwise convolution, and the sum of its output with itself, against the plain loop.
static void depthwise(void) {
    static const int32_t kernels[] = {1, 3, 3, 5, 5, 2, 7};
    const int32_t height_of = kernels[below(7)], width_of = below(3) == 0 ? kernels[below(7)] : height_of;
    const int32_t stride = 1 + below(2), across = below(4) == 0 ? 1 + below(3) : stride;
    const int32_t channels = 1 + below(70), height = height_of + below(9), width = width_of + below(30);
    const int32_t rows = (height - height_of) / stride + 1, columns = (width - width_of) / across + 1;
    const size_t count = (size_t)rows * (size_t)columns * (size_t)channels;
    const float ceiling = below(3) == 0 ? 0 : below(2) == 0 ? INFINITY : 0.5f;
    float *input = values((size_t)height * (size_t)width * (size_t)channels), *bias = values((size_t)channels);
    float *weights = values((size_t)height_of * (size_t)width_of * (size_t)channels);
    float *output = memory(count * sizeof(float)), *expected = memory(count * sizeof(float));
    for (int32_t c = 0; c < channels; c++) bias[c] += 0.0f;  // no -0
    for (size_t i = 0; i < count; i++) {
        const int32_t c = (int32_t)(i % (size_t)channels), pixel = (int32_t)(i / (size_t)channels);
        const float *taps = input + (pixel / columns * stride * width + pixel % columns * across) * channels + c;
        float sum = 0;
        for (int32_t k = 0; k < height_of * width_of; k++) {
            sum = fmaf(taps[(k / width_of * width + k % width_of) * channels], weights[k * channels + c], sum);
        }
        sum += bias[c];
        expected[i] = ceiling == 0 ? sum : !(sum > 0) ? 0 : sum < ceiling ? sum : ceiling;
    }
    const ck_depthwise call = {
        .input = input, .input_row = width * channels, .input_pixel = channels, .kernel_height = height_of,
        .kernel_width = width_of, .stride_y = stride, .stride_x = across, .output = output,
        .output_row = columns * channels, .output_pixel = channels, .batch = 1, .height = rows, .width = columns,
        .channels = channels, .weights = weights, .bias = bias, .ceiling = ceiling};
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        for (int32_t task = 0; task < ck_depthwise_tasks(&call); task++) ck_depthwise_run((ck_isa)isa, &call, task);
        EXPECT(memcmp(output, expected, count * sizeof(float)) == 0, "%s: %dx%d of %d channels",
               ck_isa_name((ck_isa)isa), height_of, width_of, channels);
        const ck_add sum = {
            .left = output, .right = expected, .left_row = call.output_row, .left_pixel = channels,
            .right_row = call.output_row, .right_pixel = channels, .output = output, .output_row = call.output_row,
            .output_pixel = channels, .batch = 1, .height = rows, .width = columns, .channels = channels};
        for (int32_t task = 0; task < ck_add_tasks(&sum); task++) ck_add_run((ck_isa)isa, &sum, task);
        for (size_t i = 0; i < count; i++) EXPECT(output[i] == 2 * expected[i], "%g", (double)output[i]);
    }
    free(input), free(bias), free(weights), free(output), free(expected);
}

/// A window of a resized picture: rows first, then columns, as the pictures' preparation does it.
static void resize(void) {
    const int32_t in_width = 1 + below(90), in_height = 1 + below(90), width = 1 + below(90), height = 1 + below(90);
    const int32_t left = below(width), top = below(height);
    ck_resize_axis x = {0}, y = {0};
    const ck_resize_filter filter = below(2) ? CK_RESIZE_BICUBIC : CK_RESIZE_BILINEAR;
    EXPECT(ck_resize_axis_set(&x, filter, in_width, width, left, 1 + below(width - left)) == 0, "an axis");
    EXPECT(ck_resize_axis_set(&y, filter, in_height, height, top, 1 + below(height - top)) == 0, "an axis");
    const size_t stride = (size_t)in_width * 3 + CK_RESIZE_PADDING, row = (size_t)x.count * 3;
    const size_t middle_stride = row + CK_RESIZE_PADDING;
    uint8_t *source = memory(stride * (size_t)in_height), *middle = memory(middle_stride * (size_t)in_height);
    uint8_t *target = memory(row * (size_t)y.count);
    for (size_t i = 0; i < stride * (size_t)in_height; i++) source[i] = (uint8_t)below(256);
    memset(middle, 0, middle_stride * (size_t)in_height);
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        ck_resize_rows((ck_isa)isa, &x, source, (int64_t)stride, middle, (int64_t)middle_stride, in_height);
        ck_resize_columns((ck_isa)isa, &y, 0, y.count, middle, (int64_t)middle_stride, 0, (int64_t)row, target,
                          (int64_t)row);
    }
    free(source), free(middle), free(target);
    ck_resize_axis_free(&x), ck_resize_axis_free(&y);
}

static void score_map(void) {
    const int32_t in_width = 1 + below(20), in_height = 1 + below(20), width = 1 + below(60), height = 1 + below(60);
    float *in = values((size_t)(in_width * in_height)), *out = memory((size_t)(width * height) * sizeof(float));
    if (below(8) == 0) in[below(in_width * in_height)] = below(2) == 0 ? NAN : INFINITY;
    float *scratch = memory((size_t)ck_score_map_scratch(in_height, width) * sizeof(float));
    uint8_t *levels = memory((size_t)(width * height));
    int64_t maximum;
    int32_t count;
    ck_score_map_resize(in, in_height, in_width, out, height, width, scratch);
    ck_score_map_levels(out, (int64_t)width * height, levels, &maximum);
    ck_contours *contours = ck_contours_create(width, height);
    EXPECT(contours != NULL, "%d x %d", width, height);
    for (int32_t again = 0; again < 2; again++) {
        ck_contours_find(contours, levels);
        ck_contours_boxes(contours, &count);
        EXPECT(count <= 2 * width * height, "%d boxes", count);
        ck_contours_largest(contours);
        for (int32_t i = 0; i < width * height; i++) levels[i] = (uint8_t)(below(2) * below(256));
    }
    ck_contours_destroy(contours);
    free(in), free(out), free(scratch), free(levels);
}

void check_kernels(int32_t rounds) {
    for (int32_t round = 0; round < rounds; round++) {
        convolve();
        pool();
        depthwise();
        resize();
        score_map();
    }
}
