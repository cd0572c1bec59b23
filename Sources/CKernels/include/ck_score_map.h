// Score maps, as the WSOL benchmark turns them into boxes (Choe et al., "Evaluating weakly supervised object
// localization methods right", CVPR 2020): resized to the input, mapped to 8 bits, then the boxes of the contours at
// every threshold. What the benchmark does with OpenCV is done here for all 255 thresholds at once.
#ifndef CK_SCORE_MAP_H
#define CK_SCORE_MAP_H

#include <stdint.h>

/// Bicubic interpolation (Keys 1981, a = -0.75) of a map [in_height][in_width] to [out_height][out_width], float32.
///
/// The centre of output pixel i lies at (i + 0.5) * in / out - 0.5 of the input; pixels beyond the edge are those at
/// the edge; no antialiasing when the map is shrunk. Rows first, then columns; each output is a sum of four products
/// from left to right and from top to bottom, without fused operations: the same bits everywhere. A map of the right
/// size is copied, and a constant one stays constant, which the rounded weights alone would not keep. `scratch` holds ck_score_map_scratch(...) floats.
void ck_score_map_resize(const float *in, int32_t in_height, int32_t in_width, float *out, int32_t out_height,
                         int32_t out_width, float *scratch);

/// Floats of scratch memory for ck_score_map_resize.
int64_t ck_score_map_scratch(int32_t in_height, int32_t out_width);

/// (value - min) / (max - min) * 255 in float32, cut to an integer, into `levels`. Where the values are all equal or
/// one is not finite, all levels are zero and the result is 0, else 1. `first_maximum` is the index of the greatest
/// value, the first of those that are equal in (value - min) / (max - min); -1 where a value is not finite.
int32_t ck_score_map_levels(const float *map, int64_t count, uint8_t *levels, int64_t *first_maximum);

enum { CK_CONTOUR_THRESHOLDS = 255 };

/// The box of a contour that is the same at the thresholds first <= t <= last. As the benchmark has it: the far corner
/// is one pixel beyond the contour's last pixel, but not beyond the map's last pixel.
typedef struct {
    uint16_t x0, y0, x1, y1;
    uint8_t first, last;
} ck_contour_box;

/// Memory for maps of one size.
typedef struct ck_contours ck_contours;

/// 1 <= width, height <= 4096. NULL when there is no memory.
ck_contours *ck_contours_create(int32_t width, int32_t height);
void ck_contours_destroy(ck_contours *contours);

/// Finds the contours of {level > t} for t = 0 ... 254 in `levels` [height][width]: the outer borders of the
/// 8-connected components and the borders of their holes, nested ones too, as OpenCV's retrieval of the whole tree.
/// Time is about linear in the pixels, whatever they show.
void ck_contours_find(ck_contours *contours, const uint8_t *levels);

/// What ck_contours_find found last: the boxes of all contours. At most two a pixel.
const ck_contour_box *ck_contours_boxes(const ck_contours *contours, int32_t *count);

/// And for each threshold the box of the contour whose polygon through the centres of its pixels has the largest area;
/// of equals, that whose first pixel in rows from the top comes last. (0, 0, 0, 0) at thresholds without a contour.
/// CK_CONTOUR_THRESHOLDS boxes; `first` and `last` are the threshold.
const ck_contour_box *ck_contours_largest(const ck_contours *contours);

#endif
