// What the files of the top-down pass share: fixed point, the kernels' table, the workspace.
#ifndef CK_TOPDOWN_INTERNAL_H
#define CK_TOPDOWN_INTERNAL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ck_topdown.h"
#include "td_gating.h"
#include "td_lanes.h"

#define TD_SCALE 0x1p36f
/// The largest float whose product is 0 in fixed point: half a unit, rounded to even.
#define TD_ZERO 0x1p-37f
/// Floats after the end of every buffer that a vector store may overwrite.
#define TD_SLACK 64

/// A product in fixed point, rounded to nearest even. Scaling by a power of two is exact. |product| < 2^27.
static inline int64_t td_fixed(float product) { return llrintf(product * TD_SCALE); }

static inline double td_double(int64_t fixed) { return (double)fixed * 0x1p-36; }

static inline uint32_t td_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float td_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/// The connections of one unit that lie inside the map: rows x segments runs of contiguous floats.
typedef struct {
    const float *weights, *input;
    int32_t rows, segments, run;
    int64_t weight_row, weight_segment, input_row, input_segment;
} td_window;

/// What one sweep over a unit's products finds.
typedef struct {
    int64_t total;      // sum of the products in fixed point; meaningless where the range is left
    uint32_t largest;   // bits of the largest |product|: ordered like unsigned integers, infinities and NaN on top
    float maximum;      // largest product, at least 0
    float positive;     // about the sum of the positive products: for guesses only
    int32_t positives;  // number of products that are positive in fixed point
} td_sums;

/// What one sweep over the products of a 1x1 convolution's unit finds. The sums are float32's, in some order: off by at
/// most their number times 2^-24 times the sum of the absolute values.
typedef struct {
    float total, absolute;  // sum of the products, and of their absolute values
    float small;            // sum of those that do not exceed a bound
    float maximum, second;  // the largest product and the second: equal where two products are; at least 0
    int32_t channel;        // of the maximum, where it is greater than 0 and than the second
} td_peak;

/// The vectorised steps. All of them give results that do not depend on the instruction set, except td_sums.positive
/// and the sums of td_peak.
typedef struct {
    /// products[rows * segments * run] = weights * input, rounded once; `positive` gets those > TD_ZERO.
    td_sums (*products)(const td_window *window, float *products, float *positive);
    /// Theta of section 3: the smallest of the values for which the sum of all greater ones is < total.
    /// Overwrites both arrays. `sum` is about the sum of the values.
    float (*theta)(float *values, float *spare, int32_t count, int64_t total, float sum);
    /// The indices of the values >= threshold, ascending; returns their number.
    int32_t (*at_least)(const float *values, int32_t count, float threshold, int32_t *indices);
    /// For [rows * columns][channels] products: bit y * width + x of channel c's mask says that the product in row
    /// y - first_row, column x - first_column is >= threshold. Word w of it is masks[w * stride + c], for `words`
    /// words. bounds[c] is about the sum of (0.2 * product + 0.8) over the set bits; returns the largest.
    float (*masks)(const float *products, int32_t rows, int32_t columns, int32_t channels, int32_t first_row,
                   int32_t first_column, int32_t width, float threshold, uint32_t *masks, int32_t stride, int32_t words,
                   float *bounds);
    /// Over the products of one run of weights and input, which are not kept. `bound` is that of td_peak.small.
    td_peak (*peak)(const float *weights, const float *input, int32_t count, float bound);
    /// All that lanes have in common, for a batch of units. NULL: units are run alone, which gives the same.
    void (*lanes)(td_lanes *lanes);
    /// td_propagate's arithmetic for all that share.
    void (*shares)(td_lanes *lanes);
} td_kernels;

extern const td_kernels ck_td_kernels_portable;
#if defined(__x86_64__)
extern const td_kernels ck_td_kernels_avx2;
extern const td_kernels ck_td_kernels_avx512;
/// The numbers of the bits that are set in a byte, one byte each, the first in the lowest; zeros above them.
extern const uint64_t ck_td_chosen_lanes[256];
void ck_td_lanes_avx2(td_lanes *lanes);
void ck_td_shares_avx2(td_lanes *lanes);
void ck_td_lanes_avx512(td_lanes *lanes);
void ck_td_shares_avx512(td_lanes *lanes);
#elif defined(__aarch64__)
extern const td_kernels ck_td_kernels_neon;
#endif

/// A window of more cells than this is labelled cell by cell.
#define TD_MASK_CELLS 128

/// The cells of a kernel whose sets fit a word, as small_component has it.
#define TD_FEW_CELLS 63

enum { TD_SEEN = 32 };

/// Bit y * width + x: a set of cells of one channel's window.
typedef unsigned __int128 td_cells;

/// Where a kernel's cell lies.
typedef struct {
    uint8_t row, column;
} td_cell;

/// A layer's kernel, if it has at most TD_MASK_CELLS cells.
typedef struct {
    int32_t height, width;
    int64_t offsets[TD_MASK_CELLS];  // in gating indices, of a cell from the first
    td_cells not_last, not_first;  // the cells that have a right or a left neighbour
    td_cell cells[TD_MASK_CELLS];  // in row-major order: instead of divisions
    int is_three;                  // 3x3: the kernel of most layers has its components in a table
    uint16_t components[512];      // of each set of its cells: the first, and its area << TD_AREA
} td_grid;

enum { TD_AREA = 12 };

/// Fills in what no layer changes.
void ck_td_make_components(td_grid *grid);

/// Fills a layer's grid in, where its kernel is small enough for one.
void ck_td_make_grid(td_grid *grid, const ck_td_conv_layer *layer, const ck_td_view *input);

struct ck_td_workspace {
    const td_kernels *kernels;
    int64_t capacity;   // products
    float *products;    // [capacity], in the order of the connections inside the map
    float *positive;    // [capacity]
    float *spare;       // [capacity]
    int32_t *indices;   // [capacity]
    uint32_t *masks;    // [TD_MASK_CELLS / 32][capacity rounded up]
    float *bounds;      // [capacity]
    int32_t *labels;    // [capacity]: stack and marks for large windows
    int32_t mask_stride;
    td_grid grid;         // of the layer's kernel
    uint64_t seen[TD_SEEN];  // a bit for each output channel of the layer, modulo their number: it was active already
    float largest_small;  // the largest product <= epsilon of the layer's rule
    td_late late;       // empty between layers
    td_lanes *lanes;    // NULL where the kernels have none
    uint64_t *sets;     // [capacity]: of a channel's cells; zeros between units
    int64_t *sums;      // [capacity]: of their products
};

/// The outcome of stage 1 for one unit.
typedef struct {
    ck_td_status status;
    int dropped;        // the total does not exceed the lower bound
    int64_t threshold;  // winners: PS >= threshold, in fixed point
    float at_least;     // the same as a float: the smallest product that wins
    float maximum;      // the largest product
} td_stage1;

/// Stage 1 over `count` products already in the workspace, of which sums.positives are also in workspace->positive.
td_stage1 ck_td_reduce(ck_td_workspace *workspace, const td_sums *sums, int32_t count, const ck_td_rule *rule);

/// The smallest float whose fixed-point value is >= threshold.
float ck_td_smallest_float(int64_t threshold);
/// The largest float whose fixed-point value is <= bound.
float ck_td_largest_float(int64_t bound);

/// One unit on its way: where its products come from and where its gating goes.
typedef struct {
    int64_t gating;      // of the unit
    int32_t rows, columns, channels;   // of its window inside the map; products are [rows][columns][channels]
    int32_t first_row, first_column;   // the window's first cell inside the map, in the kernel
    int32_t kernel_height, kernel_width;
    int32_t input_index;               // gating index of the first cell inside the map, first channel of the group
    int32_t row_step, column_step;     // in gating indices
    const ck_td_rule *rule;
} td_unit;

/// A unit that waits until what it reads is in the cache.
typedef struct {
    td_unit unit;
    td_window window;
    int32_t index, pixel, out;
} td_waiting;

/// Units between asking for a window and using it: a power of two.
enum { TD_AHEAD = 16 };

/// Fills in the unit at an index of the output's gating and asks for what it reads. `before` is the unit in front of
/// it; its pixel is -1 if there is none.
void ck_td_prepare(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                   const ck_gating *output_gating, int32_t index, td_waiting *last, const td_waiting *before);

/// Stage 2 and 3. `dropped` is set when no component is eligible.
ck_td_status ck_td_select_group(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                ck_gating *input_gating, ck_td_stats *stats, int *dropped);
ck_td_status ck_td_select_subset(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                 ck_gating *input_gating);

/// The same of winners that are known, those of a lane; appends the inputs that share the unit's gating to those of the
/// batch. The kernel has at most TD_FEW_CELLS cells.
void ck_td_select_group_of_few(ck_td_workspace *workspace, const td_unit *unit, int32_t lane, ck_td_stats *stats);

/// All stages for one unit. Adds to the layer's dropped mass.
ck_td_status ck_td_run_window(ck_td_workspace *workspace, const td_unit *unit, const td_window *window,
                              ck_gating *input_gating, ck_td_stats *stats, int64_t *dropped_mass);

/// Whether a layer's units can be visited in batches. channels: of one group.
int ck_td_lanes_fit(const ck_td_workspace *workspace, const ck_td_conv_layer *layer, int32_t channels);
/// Visits a layer's units in batches, in whatever order is good. Where gating leaves its range, that is the status, but
/// which unit is named depends on the order.
ck_td_status ck_td_conv_lanes(ck_td_workspace *workspace, const ck_td_conv_layer *layer, const ck_td_view *input,
                              const ck_gating *output_gating, ck_gating *input_gating, ck_td_stats *stats,
                              int64_t *dropped_mass);

/// So many float32 additions leave at least a digit.
#define TD_PEAK_CHANNELS (1 << 20)

/// All three stages of a 1x1 convolution's unit in one sweep. Returns 0, having done nothing, where that does not
/// decide: then the general way has to.
int ck_td_strongest_channel(ck_td_workspace *workspace, const td_unit *unit, const td_window *window,
                            ck_gating *input_gating, ck_td_status *status, int *dropped);

/// The best component so far, and where the next ones are compared with it.
typedef struct {
    double score;     // below 0: none yet
    int32_t channel;  // of the best
    int32_t first;    // its first cell, in row-major order of the kernel
    int64_t sum;
    int tied;
} td_best;

/// Takes a component into account: the higher score wins, then the lower channel, then the first cell.
/// Returns whether it is the best now.
static inline int td_offer(td_best *best, double score, int64_t sum, int32_t channel, int32_t first) {
    if (score < best->score) return 0;
    if (score == best->score) {
        best->tied = 1;
        if (channel > best->channel || (channel == best->channel && first > best->first)) return 0;
    } else {
        best->tied = 0;
    }
    best->score = score;
    best->sum = sum;
    best->channel = channel;
    best->first = first;
    return 1;
}

/// Within a tenth of the natural logarithm of a normal positive number: the mantissa counts as if it were linear.
static inline float td_log_about(float x) {
    return (float)((int32_t)td_bits(x) - 0x3f800000) * (0.6931472f * 0x1p-23f);
}

/// Where to split positive values first, to find the one above which they sum to `total`: a little below the place where
/// it would be if they were distributed exponentially, so that few are left to look at. Only speed depends on it.
static inline float td_first_pivot(float sum, int32_t count, int64_t total) {
    const float mean = sum / (float)count, share = (float)td_double(total) / sum;
    if (!(share > 0) || share >= 1) return mean;
    const float exponent = -td_log_about(share);
    return mean * (exponent + td_log_about(1 + exponent));
}

/// Section 4's score, in double: three correctly rounded operations.
static inline double td_score(int64_t sum, int32_t area) { return 0.2 * td_double(sum) + 0.8 * (double)area; }

/// Section 4 for windows of more than TD_MASK_CELLS cells, cell by cell.
ck_td_status ck_td_select_group_large(ck_td_workspace *workspace, const td_unit *unit, const td_stage1 *stage1,
                                      ck_gating *input_gating, ck_td_stats *stats, int *dropped);

/// Whether a gating has its declared shape and the indices fit.
static inline int td_has_shape(const ck_gating *gating, int32_t height, int32_t width, int32_t channels) {
    return gating->height == height && gating->width == width && gating->channels == channels;
}

/// Notes a unit that failed: the lowest index is kept, so that the order of the units does not matter.
static inline void td_note_error(ck_td_status *status, ck_td_stats *stats, ck_td_status found, int32_t unit) {
    if (*status == CK_TD_OK || unit < stats->error_unit) {
        *status = found;
        stats->error_unit = unit;
    }
}

#endif
