// The CUDA kernels between the passes and the host, whose link is the slowest part of the way: the classes with the largest
// outputs, the gating at the read-out as a list of what is not zero, and the cells of its box. The results are those of
// Ranking, ReadOutMap and CellMap on the host.
//
//     rank        after the forward pass: sets each image's finding up, and may choose where the top-down pass begins
//     read_out    where maps are asked for, or the box needs all cells: its values, or one value a cell
//     extent      else: the columns and rows of the box's cells
#ifndef CK_CUDA_READ_OUT_H
#define CK_CUDA_READ_OUT_H

#include "ck_cuda_layers.h"
#include "ck_cuda_topdown.h"

enum { CK_FINDING_CLASSES = 5 };

/// What the host needs to know of one image where no map is asked for.
typedef struct {
    int32_t top[CK_FINDING_CLASSES];   // classes with the largest outputs, best first; -1 where there are fewer classes
    float scores[CK_FINDING_CLASSES];  // their outputs; 0 where there are fewer
    float start_score;                 // the output of the unit in `starts`
    int32_t first_column, last_column, first_row, last_row;  // of the box's cells, inclusive; all -1: there are none
    uint32_t entries;                  // listed by read_out
} ck_cuda_finding;

/// Sets findings up: no entries, no cells, the best classes. A tie is the lower class's; where outputs are not numbers, the
/// decisions are those of Ranking.top, one class after the other.
typedef struct {
    const float *outputs;  // class c of image i: outputs[i * image_stride + c]
    int64_t image_stride;
    // [batch]: read; written where `predicted` with the class of the largest output, Ranking.top(1). That is top[0], unless
    // one of five better ones is not a number.
    int32_t *starts;
    ck_cuda_finding *findings;  // [batch]
    int32_t classes, predicted, batch;
} ck_cuda_rank;

/// The values of a cell's channels as one: as they are, their sum, or the largest, in which a channel without gating is a 0.
typedef enum { CK_COLLAPSE_NONE = 0, CK_COLLAPSE_SUM = 1, CK_COLLAPSE_MAX = 2 } ck_collapse;

typedef struct {
    int64_t value;  // 48 fraction bits, not 0
    int32_t index;  // [height][width][channels], or [height][width] where collapsed
    int32_t unused;
} ck_cuda_read_out_entry;

/// Lists every value that is not 0, each image in a segment of its own, in no particular order. How many stands in the
/// image's finding, whose `entries` have to be 0 before. The gating stays as it is.
typedef struct {
    ck_cuda_gating gating;
    ck_collapse collapse;
    ck_cuda_read_out_entry *entries;  // [batch][height * width, times channels where not collapsed]
    ck_cuda_finding *findings;        // [batch]
    int32_t batch;
} ck_cuda_read_out;

/// Which collapsed cells make the box. The first three keep cells that are not 0: all; those of at least `low` times their
/// mean, and times the mean of all cells of the map. The last cuts their mass along each axis: between the shares `low` and
/// `high` of it, where cells below 0 are no mass.
typedef enum { CK_EXTENT_ALL = 0, CK_EXTENT_MEAN = 1, CK_EXTENT_MEAN_ALL = 2, CK_EXTENT_MASS = 3 } ck_extent_rule;

/// The columns and rows of the box's cells, in findings. The gating stays as it is.
typedef struct {
    ck_cuda_gating gating;
    ck_collapse collapse;  // not CK_COLLAPSE_NONE
    ck_extent_rule rule;
    double low, high;
    const ck_cuda_td_image *images;  // [batch]: one that failed is left out
    ck_cuda_finding *findings;       // [batch]
    int32_t batch;
} ck_cuda_extent;

#ifndef __CUDACC_RTC__

// `kernel` is NULL where the shape is beyond the grid's limits or an index's, or a rule is none of the above.

ck_cuda_launch ck_cuda_rank_launch(const ck_cuda_rank *rank);
ck_cuda_launch ck_cuda_read_out_launch(const ck_cuda_read_out *read_out);
/// NULL too where the sums of columns and rows do not fit into 48 KiB: some 6,000 of both.
ck_cuda_launch ck_cuda_extent_launch(const ck_cuda_extent *extent);

#endif
#endif
