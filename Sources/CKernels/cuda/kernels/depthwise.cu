// Depthwise convolution: a chain over the kernel's cells for each output, in order, then the bias and the ReLU.
//
// A thread makes neighbouring outputs of one row and channel, so that their taps are read once a kernel row; channels
// lie across lanes. Block x: 256 threads of one row of outputs; block y: row; block z: image.
#include "rectified.cuh"

/// A thread's outputs: `count` of them from column x on.
struct DepthwisePlace {
    int channel, x, count;
    const float *input;  // first tap of the first output
    float *output;

    __device__ __forceinline__ bool find(const ck_depthwise &layer, int outputs) {
        const int index = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y;
        const int strips = (layer.width + outputs - 1) / outputs;
        if (index >= strips * layer.channels) return false;
        channel = index % layer.channels;
        x = index / layer.channels * outputs;
        count = layer.width - x < outputs ? layer.width - x : outputs;
        input = layer.input + blockIdx.z * layer.input_image + y * layer.stride_y * layer.input_row +
                x * layer.stride_x * layer.input_pixel + channel;
        output =
            layer.output + blockIdx.z * layer.output_image + y * layer.output_row + x * layer.output_pixel + channel;
        return true;
    }
};

/// A kernel of KERNEL x KERNEL, STRIDE apart along the row.
template <int KERNEL, int STRIDE, int OUTPUTS>
__device__ __forceinline__ void depthwise_square(const ck_depthwise &layer) {
    constexpr int TAPS = (OUTPUTS - 1) * STRIDE + KERNEL;
    DepthwisePlace place;
    if (!place.find(layer, OUTPUTS)) return;
    // Taps of outputs beyond the row's end may lie outside of the memory.
    const int taps = (place.count - 1) * STRIDE + KERNEL;
    const float *weights = layer.weights + place.channel;
    const float bias = __ldg(layer.bias + place.channel);
    float sums[OUTPUTS];
#pragma unroll
    for (int i = 0; i < OUTPUTS; i++) sums[i] = 0.0f;
#pragma unroll
    for (int row = 0; row < KERNEL; row++) {
        const float *input = place.input + row * layer.input_row;
        float values[TAPS];
#pragma unroll
        for (int tap = 0; tap < TAPS; tap++) values[tap] = tap < taps ? __ldg(input + tap * layer.input_pixel) : 0.0f;
#pragma unroll
        for (int column = 0; column < KERNEL; column++) {
            const float weight = __ldg(weights + (row * KERNEL + column) * layer.channels);
#pragma unroll
            for (int i = 0; i < OUTPUTS; i++) sums[i] = __fmaf_rn(values[i * STRIDE + column], weight, sums[i]);
        }
    }
#pragma unroll
    for (int i = 0; i < OUTPUTS; i++) {
        const float value = rectified(__fadd_rn(sums[i], bias), layer.ceiling);
        if (i < place.count) place.output[i * layer.output_pixel] = value;
    }
}

CK_KERNEL ck_depthwise_3x3_stride1(const ck_depthwise layer) { depthwise_square<3, 1, 4>(layer); }
CK_KERNEL ck_depthwise_3x3_stride2(const ck_depthwise layer) { depthwise_square<3, 2, 4>(layer); }
CK_KERNEL ck_depthwise_5x5_stride1(const ck_depthwise layer) { depthwise_square<5, 1, 4>(layer); }
CK_KERNEL ck_depthwise_5x5_stride2(const ck_depthwise layer) { depthwise_square<5, 2, 4>(layer); }

/// Any kernel and strides: a thread an output.
CK_KERNEL ck_depthwise_any(const ck_depthwise layer) {
    DepthwisePlace place;
    if (!place.find(layer, 1)) return;
    const float *weights = layer.weights + place.channel;
    float sum = 0.0f;
    for (int row = 0; row < layer.kernel_height; row++) {
        const float *input = place.input + row * layer.input_row;
        for (int column = 0; column < layer.kernel_width; column++) {
            sum = __fmaf_rn(__ldg(input), __ldg(weights), sum);
            input += layer.input_pixel;
            weights += layer.channels;
        }
    }
    *place.output = rectified(__fadd_rn(sum, __ldg(layer.bias + place.channel)), layer.ceiling);
}
