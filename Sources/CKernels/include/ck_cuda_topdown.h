// What the CUDA kernels of the top-down pass take: one structure a kernel, passed by value, read by the kernels' own
// sources and by the host. The whole batch is one launch; the results have the bits of ck_topdown.h's functions.
//
// A pass, all in one stream and without waiting for the host:
//
//     start                          one unit of the last gating, for each image
//     for each layer, from the last one down to the read-out:
//         bridge                     where the layer's output has one: re-selects its gating, in place
//         the layer                  from the gating of its output to the gating of its input
//         finish                     adds the layer up: statistics, and whether an image failed
//         (a concatenation: slice and finish for each of its inputs; an addition: td_add, td_add_range and one finish)
//         clear                      of the gating of the layer's output, which nothing reads any more
//     copy `images` and the read-out's values to the host; clear the read-out's gating
//
// An image that fails takes no further part; clear still works for it. Everything is sums of integers, so no result
// depends on the order in which units are visited.
#ifndef CK_CUDA_TOPDOWN_H
#define CK_CUDA_TOPDOWN_H

#include "ck_cuda_layers.h"
#include "ck_layer_calls.h"
#include "ck_topdown_rule.h"

/// The gating of one tensor of a batch. All three arrays are zero before their first use, and after a clear.
typedef struct {
    int64_t *value;      // [batch][height][width][channels], 48 fraction bits
    uint32_t *touched;   // [batch][ck_cuda_gating_words]: bit index % 32 of word index / 32; a value without it is 0
    uint64_t *absolute;  // [batch]: sum of the absolute addends since the last clear
    int32_t height, width, channels;
} ck_cuda_gating;

/// The activities of a batch, NHWC: channel c of pixel (y, x) of image i is data[i * image_stride + y * row_stride +
/// x * pixel_stride + c]. Nothing outside of height x width pixels is read. Strides are in floats.
typedef struct {
    const float *data;
    int64_t image_stride, row_stride, pixel_stride;
    int32_t height, width, channels;
} ck_cuda_view;

/// What is known of one image of the batch. `start` sets it up.
typedef struct {
    // As in ck_td_stats, over all layers so far; dropped_mass is signed.
    uint64_t active_units, products, dropped_units, dropped_mass, ties, ineligible;
    int32_t status;       // a ck_td_status: other than CK_TD_OK since layer error_layer
    int32_t error_layer;  // `layer` of the call that failed
    int32_t error_unit;   // the lowest index of a failing unit of that layer's output, or -1
    // Of the layer in hand, until `finish`.
    int32_t overflow;                      // layer_absolute has reached 2^63 at some time
    uint64_t layer_absolute, layer_dropped;
    uint64_t layer_error;                  // the lowest (unit << 8 | status) so far, or all ones
} ck_cuda_td_image;

/// Sets `images` up and the gating of one unit of each image to 1. The gating has to be clear.
typedef struct {
    ck_cuda_gating gating;
    const int32_t *unit;  // [batch]: index in the gating
    ck_cuda_td_image *images;  // [batch]
    int32_t batch;
} ck_cuda_td_start;

/// A convolution; a fully connected layer is one over a 1x1 map (as in ck_td_linear) or over a feature map.
typedef struct {
    const float *weights;  // [out_channels][kernel_height][kernel_width][in_channels / groups], as LayerWeights.rows
    ck_cuda_view input;
    ck_window window;
    int32_t groups, out_channels;
    ck_td_rule rule;
    ck_cuda_gating output_gating, input_gating;
    ck_cuda_td_image *images;
    int32_t batch;
    float *scratch;  // ck_cuda_td_conv_scratch bytes, or NULL where that is 0
} ck_cuda_td_conv;

/// The bridge: re-selects a gating vector in place. Needs no finish. CK_TD_ALL changes nothing and is no launch.
typedef struct {
    ck_cuda_gating vector;
    ck_td_rule rule;
    ck_cuda_td_image *images;
    int32_t batch, layer;
    float *scratch;  // ck_cuda_td_bridge_scratch bytes
} ck_cuda_td_bridge;

/// Maximum and average pooling; the global average is the window of the map's size.
typedef struct {
    ck_cuda_view input;
    ck_window window;
    ck_cuda_gating output_gating, input_gating;
    ck_cuda_td_image *images;
    int32_t batch;
} ck_cuda_td_pool;

/// A sum of activities of one shape, see ck_td_add_layer. Inputs that are one tensor have one gating.
///
/// Two launches take it, td_add and then td_add_range; one finish follows, with the gating of any of the inputs. td_add
/// adds to each gating's `absolute` itself, so that finish finds nothing left to add. Where one has left its range,
/// td_add_range computes the units' shares once more and notes the lowest unit at which one did, as the CPU does, which
/// visits them in ascending order; else it ends at once.
typedef struct {
    int32_t inputs;  // 2 to CK_TD_ADD_INPUTS
    ck_cuda_view input[CK_TD_ADD_INPUTS];  // the first one's data may be NULL
    ck_cuda_view sum;                      // the layer's output, read only then
    ck_td_rule rule;                       // `select` and `offset` are not read
    ck_td_residual residual;
    ck_cuda_gating output_gating, input_gating[CK_TD_ADD_INPUTS];
    ck_cuda_td_image *images;
    int32_t batch;
} ck_cuda_td_add;

/// Adds channels first_channel ..< first_channel + part.channels of `whole` to `part`: concatenations; with all the
/// channels, layers that change nothing.
typedef struct {
    ck_cuda_gating whole, part;
    int32_t first_channel;
    ck_cuda_td_image *images;
    int32_t batch;
} ck_cuda_td_slice;

/// Ends a layer: after every launch of a convolution, a pooling or a slice, and after an addition's two.
typedef struct {
    ck_cuda_gating output_gating;  // of the layer (a slice's `whole`)
    ck_cuda_gating input_gating;   // what the layer added to
    int32_t has_units;             // 0 after a slice: its failures name no unit
    int32_t layer;                 // any number, for error_layer
    ck_cuda_td_image *images;
    int32_t batch;
} ck_cuda_td_finish;

/// Sets every touched value, and `touched` and `absolute`, to zero.
typedef struct {
    ck_cuda_gating gating;
    int32_t batch;
} ck_cuda_td_clear;

#ifndef __CUDACC_RTC__

/// 32-bit words of `touched` for one image.
int64_t ck_cuda_gating_words(int32_t height, int32_t width, int32_t channels);

/// Bytes of scratch memory, 0 for most convolutions. What `scratch` holds between launches does not matter, so that all
/// layers may have the same.
int64_t ck_cuda_td_conv_scratch(const ck_cuda_td_conv *layer, int32_t multiprocessors);
int64_t ck_cuda_td_bridge_scratch(const ck_cuda_td_bridge *bridge);

// `kernel` is NULL where the shapes do not fit each other or are beyond a grid's limits.

ck_cuda_launch ck_cuda_td_start_launch(const ck_cuda_td_start *start);
ck_cuda_launch ck_cuda_td_conv_launch(const ck_cuda_td_conv *layer, int32_t multiprocessors);
ck_cuda_launch ck_cuda_td_bridge_launch(const ck_cuda_td_bridge *bridge);
ck_cuda_launch ck_cuda_td_max_pool_launch(const ck_cuda_td_pool *pool, int32_t multiprocessors);
ck_cuda_launch ck_cuda_td_average_pool_launch(const ck_cuda_td_pool *pool, int32_t multiprocessors);
ck_cuda_launch ck_cuda_td_add_launch(const ck_cuda_td_add *add, int32_t multiprocessors);
ck_cuda_launch ck_cuda_td_add_range_launch(const ck_cuda_td_add *add);
ck_cuda_launch ck_cuda_td_slice_launch(const ck_cuda_td_slice *slice, int32_t multiprocessors);
ck_cuda_launch ck_cuda_td_finish_launch(const ck_cuda_td_finish *finish);
ck_cuda_launch ck_cuda_td_clear_launch(const ck_cuda_td_clear *clear, int32_t multiprocessors);

#endif
#endif
