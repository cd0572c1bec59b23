// Layers that are one body of C, which the compiler makes into vectors; forward and backward.
#include "check.h"

#include <math.h>

#include "ck_add.h"
#include "ck_backward.h"
#include "ck_layers.h"
#include "ck_local_response.h"

static int32_t windows_of(int32_t size, int32_t kernel, int32_t stride, int32_t before, int32_t after) {
    const int32_t room = size + before + after - kernel;
    return room < 0 ? 1 : room / stride + 1;
}

static void add(void) {
    ck_add call = {.batch = of(1, 2), .height = of(1, 5), .width = of(1, 5), .channels = of(1, 70),
                   .ceiling = below(3) == 0 ? 0 : below(2) == 0 ? INFINITY : 6};
    call.left_pixel = call.right_pixel = call.output_pixel = call.channels + below(2);
    call.left_row = call.right_row = call.output_row = call.width * call.output_pixel;
    call.left_image = call.right_image = call.output_image = call.height * call.output_row;
    const size_t count = (size_t)(call.batch * call.output_image);
    float *left = numbers(count, random_kind(1)), *right = numbers(count, random_kind(1));
    float *kept = memory(count * sizeof(float));
    const int32_t in_place = below(2);
    FOR_EACH_ISA(isa) {
        float *output = unwritten(count * sizeof(float));
        if (in_place) memcpy(output, left, count * sizeof(float));
        call.left = in_place ? output : left, call.right = right, call.output = output;
        for (int32_t task = 0; task < ck_add_tasks(&call); task++) ck_add_run(isa, &call, task);
        same_floats(isa, "sum of two", output, kept, count);
        free(output);
    }
    free(left), free(right), free(kept);
}

static void pool(void) {
    const int32_t height = of(1, 9), width = of(1, 9), channels = of(1, 70);
    const ck_window w = {of(1, 4), of(1, 4), of(1, 3), of(1, 3), below(3), below(3), below(3), below(3)};
    ck_pool2d call = {.input_row = width * channels, .input_pixel = channels, .input_height = height,
                      .input_width = width, .batch = 1, .channels = channels, .window = w,
                      .height = windows_of(height, w.kernel_height, w.stride_y, w.pad_top, w.pad_bottom),
                      .width = windows_of(width, w.kernel_width, w.stride_x, w.pad_left, w.pad_right),
                      .counts_padding = below(2)};
    call.output_pixel = channels, call.output_row = call.width * channels;
    const size_t inputs = (size_t)(height * width * channels), count = (size_t)(call.height * call.output_row);
    float *input = numbers(inputs, random_kind(1));
    float *kept[4] = {memory(count * sizeof(float)), memory(count * sizeof(float)), memory(inputs * sizeof(float)),
                      memory((size_t)channels * sizeof(float))};
    const int32_t size = 2 * below(4) + 1;
    float *scratch = memory(ck_local_response_scratch(channels, size) * sizeof(float));
    call.input = input;
    FOR_EACH_ISA(isa) {
        float *output = unwritten(count * sizeof(float)), *response = unwritten(inputs * sizeof(float));
        float mean[70];
        call.output = output;
        ck_max_pool(isa, &call, 0);
        same_floats(isa, "maximum", output, kept[0], count);
        ck_average_pool(isa, &call, 0);
        same_floats(isa, "average", output, kept[1], count);
        const ck_local_response layer = {
            .input = input, .input_row = width * channels, .input_pixel = channels, .output = response,
            .output_row = width * channels, .output_pixel = channels, .batch = 1, .height = height, .width = width,
            .channels = channels, .size = size, .alpha_over_size = 1e-4f, .k = 1};
        ck_local_response_run(isa, &layer, 0, scratch);
        same_floats(isa, "local response", response, kept[2], inputs);
        ck_pool2d global = call;
        global.output = mean;
        ck_global_average(&global, 0);
        same_floats(isa, "global average", mean, kept[3], (size_t)channels);
        free(output), free(response);
    }
    free(input), free(scratch);
    for (int32_t i = 0; i < 4; i++) free(kept[i]);
}

void check_layers(void) {
    add();
    pool();
}

static void backward_relu(void) {
    const int32_t batch = of(1, 2), height = of(1, 4), width = of(1, 5), channels = of(1, 70), guided = below(2);
    const int64_t row = (int64_t)width * channels, image = height * row;
    const size_t count = (size_t)(batch * image);
    float *activation = numbers(count, random_kind(0)), *start = numbers(count, random_kind(0));
    float *kept = memory(count * sizeof(float));
    const float ceiling = below(2) == 0 ? INFINITY : 6;
    FOR_EACH_ISA(isa) {
        float *gradient = memory(count * sizeof(float));
        memcpy(gradient, start, count * sizeof(float));
        const ck_backward_relu call = {activation, image, row, channels, gradient, image, row, channels,
                                       batch, height, width, channels, ceiling, guided};
        for (int32_t t = 0; t < ck_backward_relu_tasks(&call); t++) ck_backward_relu_run(isa, &call, t);
        same_floats(isa, "gradient of a ReLU", gradient, kept, count);
        free(gradient);
    }
    free(activation), free(start), free(kept);
}

static void backward_pool(int32_t is_maximum) {
    const int32_t channels = of(1, 70), kernel_y = of(1, 4), kernel_x = of(1, 4);
    ck_backward_pool call = {.batch = of(1, 2), .channels = channels, .counts_padding = below(2)};
    const ck_window w = {kernel_y, kernel_x, of(1, 3), of(1, 3), below(kernel_y / 2 + 1), below(kernel_x / 2 + 1),
                         below(kernel_y / 2 + 1), below(kernel_x / 2 + 1)};
    call.window = w;
    call.input_height = of(kernel_y, 9), call.input_width = of(kernel_x, 9);
    call.height = windows_of(call.input_height, kernel_y, w.stride_y, w.pad_top, w.pad_bottom);
    call.width = windows_of(call.input_width, kernel_x, w.stride_x, w.pad_left, w.pad_right);
    call.input_pixel = call.input_gradient_pixel = call.gradient_pixel = channels;
    call.input_row = call.input_gradient_row = (int64_t)call.input_width * channels;
    call.input_image = call.input_gradient_image = call.input_height * call.input_row;
    call.gradient_row = (int64_t)call.width * channels, call.gradient_image = call.height * call.gradient_row;
    const size_t inputs = (size_t)(call.batch * call.input_image);
    const size_t outputs = (size_t)(call.batch * call.gradient_image);
    float *input = numbers(inputs, random_kind(0)), *gradient = numbers(outputs, random_kind(0));
    float *kept = memory(inputs * sizeof(float));
    call.input = is_maximum ? input : NULL, call.gradient = gradient;
    FOR_EACH_ISA(isa) {
        float *found = unwritten(inputs * sizeof(float));
        call.input_gradient = found;
        for (int32_t t = 0; t < ck_backward_pool_tasks(&call); t++) {
            if (is_maximum) {
                ck_backward_max_pool_run(isa, &call, t);
            } else {
                ck_backward_average_pool_run(isa, &call, t);
            }
        }
        same_floats(isa, is_maximum ? "gradient of a maximum" : "gradient of an average", found, kept, inputs);
        free(found);
    }
    free(input), free(gradient), free(kept);
}

static void backward_local_response(void) {
    const int32_t batch = of(1, 2), height = of(1, 3), width = of(1, 3), channels = of(1, 70), size = 2 * below(5) + 1;
    const int64_t row = (int64_t)width * channels, image = height * row;
    const size_t count = (size_t)(batch * image);
    float *input = numbers(count, random_kind(0)), *gradient = numbers(count, random_kind(0));
    float *kept = memory(count * sizeof(float));
    float *scratch = aligned_memory(ck_backward_local_response_scratch(channels, size) * sizeof(float));
    FOR_EACH_ISA(isa) {
        float *found = unwritten(count * sizeof(float));
        const ck_backward_local_response call = {input, image, row, channels, found, image, row, channels, gradient,
                                                 image, row, channels, batch, height, width, channels, size, 0.3f, 1};
        for (int32_t t = 0; t < ck_backward_local_response_tasks(&call); t++) {
            ck_backward_local_response_run(isa, &call, t, scratch);
        }
        same_floats(isa, "gradient of a local response", found, kept, count);
        free(found);
    }
    free(input), free(gradient), free(kept), free(scratch);
}

static void backward_linear(void) {
    const int32_t batch = of(1, 19), height = of(1, 3), width = of(1, 3), channels = of(1, 90), outputs = of(1, 20);
    const size_t inputs = (size_t)(height * width * channels), count = (size_t)batch * inputs;
    float *weights = numbers((size_t)outputs * inputs, random_kind(0));
    float *gradient = numbers((size_t)(batch * outputs), random_kind(0)), *kept = memory(count * sizeof(float));
    FOR_EACH_ISA(isa) {
        float *found = unwritten(count * sizeof(float));
        const ck_backward_linear call = {weights, gradient, outputs, outputs, found, (int64_t)inputs,
                                         (int64_t)width * channels, channels, batch, height, width, channels};
        for (int32_t t = 0; t < ck_backward_linear_tasks(&call); t++) ck_backward_linear_run(isa, &call, t);
        same_floats(isa, "gradient of a fully connected layer", found, kept, count);
        free(found);
    }
    free(weights), free(gradient), free(kept);
}

void check_backward_layers(void) {
    backward_relu();
    backward_pool(0);
    backward_pool(1);
    backward_local_response();
    backward_linear();
}
