// A convolution's unit: its window inside the map, and its products.
#ifndef TD_WINDOW_CUH
#define TD_WINDOW_CUH

#include "td_team.cuh"

/// One unit: its products are [rows][columns][channels].
struct TdUnit {
    int64_t gating;
    int unit;         // index in the output's gating
    int rows, columns, channels;
    int input_index;  // gating index of the first cell inside the map, first channel of the group
};

/// Where they come from.
struct TdWindow {
    const float *weights, *input;
    int rows, segments, run;  // rows x segments runs of contiguous floats
    int64_t weight_row, input_row, input_segment;
};

/// What one sweep over a unit's products finds.
struct TdSums {
    uint64_t total;     // of the products in fixed point; meaningless where the range is left
    uint64_t positive;  // of those above 0
    uint32_t largest;   // bits of the largest |product|: ordered like integers, infinities and NaN on top
    int maximum;        // bits of the largest product, at least 0
    int positives;      // products above 0 in fixed point
    int unused;

    __device__ __forceinline__ void take(float product) {
        const int64_t fixed = td_fixed(product);
        const int bits = (int)__float_as_uint(product);
        const uint32_t magnitude = (uint32_t)bits & 0x7fffffffu;
        total += (uint64_t)fixed;
        positive += fixed > 0 ? (uint64_t)fixed : 0;
        positives += fixed > 0;
        largest = magnitude > largest ? magnitude : largest;
        maximum = bits > maximum ? bits : maximum;
    }

    __device__ __forceinline__ void add(const TdSums &other) {
        total += other.total;
        positive += other.positive;
        largest = other.largest > largest ? other.largest : largest;
        maximum = other.maximum > maximum ? other.maximum : maximum;
        positives += other.positives;
    }
};

/// The part [first, end) of a window of `size` cells from `origin` on that lies inside 0 ..< limit.
__device__ __forceinline__ void td_clip(int64_t origin, int size, int limit, int &first, int &end) {
    const int64_t inside = limit - origin;
    first = origin < 0 ? (int)(-origin < size ? -origin : size) : 0;
    end = inside < size ? (int)(inside > 0 ? inside : 0) : size;
    if (end < first) end = first;
}

__device__ __forceinline__ TdWindow td_window(const ck_cuda_td_conv &layer, int image, TdUnit &unit) {
    const ck_cuda_view &input = layer.input;
    const int channels = input.channels / layer.groups;
    const int pixel = unit.unit / layer.out_channels, out = unit.unit - pixel * layer.out_channels;
    const int y = pixel / layer.output_gating.width, x = pixel - y * layer.output_gating.width;
    const int first_channel = layer.groups == 1 ? 0 : out / (layer.out_channels / layer.groups) * channels;
    const ck_window &kernel = layer.window;
    const int64_t top = (int64_t)y * kernel.stride_y - kernel.pad_top;
    const int64_t left = (int64_t)x * kernel.stride_x - kernel.pad_left;
    int first_row, row_end, first_column, column_end;
    td_clip(top, kernel.kernel_height, input.height, first_row, row_end);
    td_clip(left, kernel.kernel_width, input.width, first_column, column_end);
    unit.rows = row_end - first_row;
    unit.columns = column_end - first_column;
    unit.channels = channels;
    unit.input_index = 0;
    TdWindow window = {nullptr, nullptr, 0, 0, 0, 0, 0, 0};
    if (unit.rows == 0 || unit.columns == 0) {
        unit.rows = unit.columns = 0;
        return window;
    }
    const int64_t row = top + first_row, column = left + first_column;
    unit.input_index = (int)((row * input.width + column) * input.channels + first_channel);
    window.weight_row = (int64_t)kernel.kernel_width * channels;
    window.weights = layer.weights + out * (kernel.kernel_height * window.weight_row) +
                     first_row * window.weight_row + (int64_t)first_column * channels;
    window.input = input.data + image * input.image_stride + row * input.row_stride + column * input.pixel_stride +
                   first_channel;
    window.rows = unit.rows;
    window.segments = unit.columns;
    window.run = channels;
    window.input_row = input.row_stride;
    window.input_segment = input.pixel_stride;
    if (window.input_segment == channels) {
        // Neighbouring pixels are contiguous: a row is one run; and where whole rows are, all is one run.
        window.run *= window.segments;
        window.segments = 1;
        if (window.run == window.weight_row && window.run == window.input_row) {
            window.run *= window.rows;
            window.rows = 1;
        }
    }
    return window;
}

/// Writes a unit's products, each rounded once, and sums them up. Ends with a barrier of the team.
template <typename Team>
__device__ __forceinline__ TdSums td_products(Team &team, const TdWindow &window, int count, float *products) {
    TdSums sums = {0, 0, 0, 0, 0, 0};
    // This thread's place in the runs, moved on by the team's size from product to product.
    int row = 0, segment = 0, step = team.lane;
    for (int i = team.lane; i < count; i += team.width) {
        while (step >= window.run) {
            step -= window.run;
            if (++segment == window.segments) {
                segment = 0;
                row++;
            }
        }
        const float weight = __ldg(window.weights + row * window.weight_row + segment * window.run + step);
        const float input = __ldg(window.input + row * window.input_row + segment * window.input_segment + step);
        const float product = __fmul_rn(weight, input);
        products[i] = product;
        sums.take(product);
        step += team.width;
    }
    sums = team.all(sums);
    team.sync();
    return sums;
}

#endif
