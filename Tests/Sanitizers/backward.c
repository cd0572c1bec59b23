// The backward pass's own kernels on random odd shapes: every instruction set gives the portable one's bits.
#include "inputs.h"

#include <math.h>

#include "ck_backward.h"

static int32_t of(int32_t least, int32_t most) { return least + below(most - least + 1); }

/// Whether the best instruction set's result is that of the one before it; else the first is kept.
static void same(float *kept, const float *found, size_t count, int32_t isa, const char *what) {
    for (size_t i = 0; isa > 0 && i < count; i++) {
        EXPECT(memcmp(&kept[i], &found[i], sizeof(float)) == 0, "%s, %s: element %zu is %g, expected %g", what,
               ck_isa_name((ck_isa)isa), i, (double)found[i], (double)kept[i]);
    }
    memcpy(kept, found, count * sizeof(float));
}

static void check_relu(void) {
    const int32_t batch = of(1, 2), height = of(1, 4), width = of(1, 5), channels = of(1, 70);
    const size_t count = (size_t)(batch * height * width * channels);
    float *activation = values(count), *start = values(count), *kept = aligned_memory(count * sizeof(float));
    const int32_t guided = below(2);
    const float ceiling = below(2) == 0 ? INFINITY : 0.5f;
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        float *gradient = aligned_memory(count * sizeof(float));
        memcpy(gradient, start, count * sizeof(float));
        const int64_t row = (int64_t)width * channels, image = height * row;
        const ck_backward_relu call = {activation, image, row, channels, gradient, image, row, channels,
                                       batch, height, width, channels, ceiling, guided};
        for (int32_t t = 0; t < ck_backward_relu_tasks(&call); t++) ck_backward_relu_run((ck_isa)isa, &call, t);
        same(kept, gradient, count, isa, "ReLU");
        free(gradient);
    }
    free(activation), free(start), free(kept);
}

static void check_pool(int is_maximum) {
    const int32_t batch = of(1, 2), channels = of(1, 70), kernel_y = of(1, 4), kernel_x = of(1, 4);
    ck_backward_pool call = {.batch = batch, .channels = channels, .counts_padding = below(2)};
    call.window = (ck_window){kernel_y, kernel_x, of(1, 3), of(1, 3), below(kernel_y / 2 + 1), below(kernel_x / 2 + 1),
                              below(kernel_y / 2 + 1), below(kernel_x / 2 + 1)};
    call.input_height = of(kernel_y, 9), call.input_width = of(kernel_x, 9);
    call.height = (call.input_height + call.window.pad_top + call.window.pad_bottom - kernel_y) / call.window.stride_y + 1;
    call.width = (call.input_width + call.window.pad_left + call.window.pad_right - kernel_x) / call.window.stride_x + 1;
    // As ceil mode may ask for: a window that begins beyond the input.
    call.height += below(2);
    const int64_t in_row = (int64_t)call.input_width * channels, out_row = (int64_t)call.width * channels;
    const size_t inputs = (size_t)(batch * call.input_height * in_row), outputs = (size_t)(batch * call.height * out_row);
    float *input = values(inputs), *gradient = values(outputs), *kept = aligned_memory(inputs * sizeof(float));
    call.input = is_maximum ? input : NULL;
    call.input_image = call.input_gradient_image = call.input_height * in_row;
    call.input_row = call.input_gradient_row = in_row;
    call.gradient = gradient, call.gradient_image = call.height * out_row, call.gradient_row = out_row;
    call.input_pixel = call.input_gradient_pixel = call.gradient_pixel = channels;
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        call.input_gradient = aligned_memory(inputs * sizeof(float));
        for (int32_t t = 0; t < ck_backward_pool_tasks(&call); t++) {
            if (is_maximum) {
                ck_backward_max_pool_run((ck_isa)isa, &call, t);
            } else {
                ck_backward_average_pool_run((ck_isa)isa, &call, t);
            }
        }
        same(kept, call.input_gradient, inputs, isa, is_maximum ? "maximum" : "average");
        free(call.input_gradient);
    }
    free(input), free(gradient), free(kept);
}

static void check_local_response(void) {
    const int32_t batch = of(1, 2), height = of(1, 3), width = of(1, 3), channels = of(1, 70), size = 2 * below(5) + 1;
    const int64_t row = (int64_t)width * channels, image = height * row;
    const size_t count = (size_t)(batch * image);
    float *input = values(count), *gradient = values(count), *kept = aligned_memory(count * sizeof(float));
    float *scratch = aligned_memory(ck_backward_local_response_scratch(channels, size) * sizeof(float));
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        float *found = aligned_memory(count * sizeof(float));
        const ck_backward_local_response call = {input, image, row, channels, found, image, row, channels, gradient,
                                                 image, row, channels, batch, height, width, channels, size, 0.3f, 1};
        for (int32_t t = 0; t < ck_backward_local_response_tasks(&call); t++) {
            ck_backward_local_response_run((ck_isa)isa, &call, t, scratch);
        }
        same(kept, found, count, isa, "local response");
        free(found);
    }
    free(input), free(gradient), free(kept), free(scratch);
}

static void check_linear(void) {
    const int32_t batch = of(1, 19), height = of(1, 3), width = of(1, 3), channels = of(1, 130), outputs = of(1, 20);
    const size_t inputs = (size_t)(height * width * channels), count = (size_t)batch * inputs;
    float *weights = values((size_t)outputs * inputs), *gradient = values((size_t)(batch * outputs));
    float *kept = aligned_memory(count * sizeof(float));
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        float *found = aligned_memory(count * sizeof(float));
        const ck_backward_linear call = {weights, gradient, outputs, outputs, found, (int64_t)inputs,
                                         (int64_t)width * channels, channels, batch, height, width, channels};
        for (int32_t t = 0; t < ck_backward_linear_tasks(&call); t++) ck_backward_linear_run((ck_isa)isa, &call, t);
        same(kept, found, count, isa, "fully connected");
        free(found);
    }
    free(weights), free(gradient), free(kept);
}

void check_backward(int32_t rounds) {
    for (int32_t round = 0; round < rounds; round++) {
        check_relu();
        check_pool(0);
        check_pool(1);
        check_local_response();
        check_linear();
    }
}
