// The top-down pass of selective tuning, one layer and one image at a time: from the gating of a layer's output to the
// gating of its input (selective-tuning.md, sections 2 to 7). Every sum is a sum of integers, so the result has the
// same bits for any order of the active units and any instruction set.
//
// Where that text leaves a choice:
// - PS is the float32 product, times 2^36, rounded to nearest even. Constants are rounded to 36 fraction bits the
//   same way.
// - The ladder: m = double(sum) * 2^-36 / n; each (PS - m)^2 is a subtraction and a product in double, rounded to 36
//   fraction bits; s = sqrt(double(sum of squares) * 2^-36 / n); p * m + q * s in double, rounded to 36 fraction
//   bits, and compared as an integer.
// - The score of a component is compared in double. A unit without an eligible component is dropped.
// - A convolution keeps its constants with a 1x1 kernel, with the ladder, and when it stands for a fully connected
//   layer over a feature map.
// - The bridge's activity is the gating as float32. A bridge that drops its unit drops gating 1; over nothing but
//   zeros it does nothing, and drops nothing.
// - Average pooling that divides by a count of cells, padding included or not, shares alike.
#ifndef CK_TOPDOWN_H
#define CK_TOPDOWN_H

#include <stdint.h>

#include "ck_cpu.h"
#include "ck_layer_calls.h"
#include "ck_topdown_rule.h"

/// The activities of one image, NHWC: channel c of pixel (y, x) is data[y * row_stride + x * pixel_stride + c].
/// Nothing outside of height x width pixels is read: padding is known to be zero.
typedef struct {
    const float *data;
    int64_t row_stride, pixel_stride;  // in floats
    int32_t height, width, channels;
} ck_td_view;

/// The gating of one tensor of one image, dense but cleared and visited sparsely.
typedef struct {
    int64_t *value;    // [height][width][channels], 48 fraction bits
    uint8_t *touched;  // bit index % 8 of byte index / 8: the index is in list; as bits, it stays in the cache
    uint64_t *words;   // bit i: word i of touched, of 64 bits, is not 0
    int32_t *list;     // the indices that were added to, each once, in no particular order; the value may be 0 again
    int32_t count;     // of list
    int32_t height, width, channels;
    uint64_t absolute;  // sum of the absolute addends since the last clear; below 2^63, so that no order wraps around
} ck_gating;

/// What happened on the way; every call adds to it.
typedef struct {
    int64_t active_units;   // output units with non-zero gating
    int64_t products;       // weight x activity, padding left out
    int64_t dropped_units;  // units whose gating went nowhere
    int64_t dropped_mass;   // the sum of their gating, 48 fraction bits
    int64_t ties;           // units whose best score was reached by more than one component
    int64_t ineligible;     // components whose sum is not positive
    int32_t error_unit;     // where the status is not CK_TD_OK: the lowest index of a failing output unit, or -1
} ck_td_stats;

/// The constants of stage 1 for convolutions (3e-4, 2e-4) and for fully connected layers and the bridge (1e-5, 1e-4).
ck_td_rule ck_td_rule_conv(int32_t strict, ck_td_select select, int32_t offset);
ck_td_rule ck_td_rule_linear(int32_t strict, ck_td_select select, int32_t offset);

/// A convolution, or a fully connected layer as a convolution whose kernel covers the whole feature map.
typedef struct {
    const float *weights;  // [out_channels][kernel_height][kernel_width][in_channels / groups]
    ck_window window;
    int32_t groups, out_channels;
    ck_td_rule rule;
} ck_td_conv_layer;

/// A sum of activities of one shape, element by element.
typedef struct {
    int32_t inputs;  // 2 to CK_TD_ADD_INPUTS
    /// What is added. The first one's data may be NULL: then it is what the others leave of `sum`, in fixed point.
    ck_td_view input[CK_TD_ADD_INPUTS];
    ck_td_view sum;  // the layer's output, after its ReLU; read only where the first input's data is NULL
    ck_td_rule rule;  // the constants of stage 1; `select` and `offset` are not read
    ck_td_residual residual;
} ck_td_add_layer;

/// The scratch memory of one thread.
typedef struct ck_td_workspace ck_td_workspace;

/// products: the largest number of connections of one unit (kernel height x width x channels), or the bridge's length.
/// NULL when memory is short.
ck_td_workspace *ck_td_workspace_create(ck_isa isa, int64_t products);
void ck_td_workspace_destroy(ck_td_workspace *workspace);

/// Allocates a cleared gating. CK_TD_SHAPE when the number of values does not fit 31 bits, CK_TD_MEMORY when memory
/// is short.
ck_td_status ck_gating_create(ck_gating *gating, int32_t height, int32_t width, int32_t channels);
void ck_gating_destroy(ck_gating *gating);
/// Sets every touched value back to zero.
void ck_gating_clear(ck_gating *gating);
/// Adds to one value. CK_TD_GATING_RANGE (and nothing is added) when the gating's absolute sum would reach 2^63.
ck_td_status ck_gating_add(ck_gating *gating, int32_t index, int64_t addend);

// The layers: each adds to `input_gating`. After a status other than CK_TD_OK its values mean nothing, but it can be
// cleared. A unit at output index i is named by stats->error_unit.

ck_td_status ck_td_conv(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                        const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats);

/// weights: [out][in]. The input is one vector of `in` activities; its gating's shape is 1 x 1 x in.
ck_td_status ck_td_linear(ck_td_workspace *workspace, const float *weights, const ck_td_rule *rule, const float *input,
                          const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats);

/// Re-selects a gating vector as the inputs of one unit with all weights 1 and gating 1; CK_TD_ALL passes it through.
/// A vector that is all zero stays so, and nothing is dropped.
ck_td_status ck_td_bridge(ck_td_workspace *workspace, const ck_td_rule *rule, const ck_gating *vector,
                          ck_gating *selected, ck_td_stats *stats);

// Pooling windows are clipped to the map: rounding up of the output's size, and padding below and to the right, need no
// mention.

ck_td_status ck_td_max_pool(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                            ck_gating *input_gating, ck_td_stats *stats);

/// Shares in proportion to the positive activities of the window; drops what finds none. The global average is the window
/// of the map's size.
ck_td_status ck_td_average_pool(const ck_window *layer, const ck_td_view *input, const ck_gating *output_gating,
                                ck_gating *input_gating, ck_td_stats *stats);

/// Stages 1 and 3 over the inputs of each unit, whose products are what they add. Winners are those that stage 1 keeps
/// and that are positive. A single one that takes all gets the unit's gating itself; shares are made as everywhere.
/// Adds to the gating of each input; inputs that are one tensor may have one gating. All have the output's shape.
ck_td_status ck_td_add(const ck_td_add_layer *layer, const ck_gating *output_gating, ck_gating *const input_gatings[],
                       ck_td_stats *stats);

/// Concatenation along the channels: adds channels first_channel ..< first_channel + part->channels of `whole` to
/// `part`.
ck_td_status ck_td_slice(const ck_gating *whole, int32_t first_channel, ck_gating *part);

/// Layers that change nothing: adds `from` to `to`, of the same shape.
ck_td_status ck_td_pass(const ck_gating *from, ck_gating *to);

#endif
