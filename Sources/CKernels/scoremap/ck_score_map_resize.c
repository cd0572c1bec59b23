#include "ck_score_map.h"

#include <math.h>
#include <string.h>

// One output coordinate: the first of its four input samples (before clamping) and their weights.
typedef struct {
    int32_t first;
    float weight[4];
} tap;

static tap tap_of(int32_t out, int32_t in_size, int32_t out_size) {
    const double a = -0.75;
    // The position is rounded to float32 before its fraction is taken, as OpenCV does: close to the bit.
    const float position = (float)((out + 0.5) * ((double)in_size / out_size) - 0.5);
    const float whole = floorf(position);
    const double t = (double)(position - whole);
    const double before = t + 1, after = 1 - t;
    tap result;
    result.first = (int32_t)whole - 1;
    result.weight[0] = (float)(((a * before - 5 * a) * before + 8 * a) * before - 4 * a);
    result.weight[1] = (float)(((a + 2) * t - (a + 3)) * t * t + 1);
    result.weight[2] = (float)(((a + 2) * after - (a + 3)) * after * after + 1);
    // The weights add up to one.
    result.weight[3] = 1.0f - result.weight[0] - result.weight[1] - result.weight[2];
    return result;
}

static int32_t clamped(int32_t index, int32_t size) { return index < 0 ? 0 : index >= size ? size - 1 : index; }

int64_t ck_score_map_scratch(int32_t in_height, int32_t out_width) {
    return (int64_t)in_height * out_width;
}

static int32_t is_constant(const float *map, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        if (map[i] != map[0]) return 0;
    }
    return 1;
}

void ck_score_map_resize(const float *in, int32_t in_height, int32_t in_width, float *out, int32_t out_height,
                         int32_t out_width, float *scratch) {
    if (is_constant(in, (int64_t)in_height * in_width)) {
        for (int64_t i = 0; i < (int64_t)out_height * out_width; i++) out[i] = in[0];
        return;
    }
    if (in_height == out_height && in_width == out_width) {
        memcpy(out, in, sizeof(float) * (size_t)in_height * (size_t)in_width);
        return;
    }
    for (int32_t x = 0; x < out_width; x++) {
        const tap tap = tap_of(x, in_width, out_width);
        int32_t column[4];
        for (int32_t i = 0; i < 4; i++) column[i] = clamped(tap.first + i, in_width);
        for (int32_t y = 0; y < in_height; y++) {
            const float *row = in + (int64_t)y * in_width;
            scratch[(int64_t)y * out_width + x] = ((row[column[0]] * tap.weight[0] + row[column[1]] * tap.weight[1])
                                                   + row[column[2]] * tap.weight[2])
                                                  + row[column[3]] * tap.weight[3];
        }
    }
    for (int32_t y = 0; y < out_height; y++) {
        const tap tap = tap_of(y, in_height, out_height);
        const float *row[4];
        for (int32_t i = 0; i < 4; i++) row[i] = scratch + (int64_t)clamped(tap.first + i, in_height) * out_width;
        float *to = out + (int64_t)y * out_width;
        for (int32_t x = 0; x < out_width; x++) {
            to[x] = ((row[0][x] * tap.weight[0] + row[1][x] * tap.weight[1]) + row[2][x] * tap.weight[2])
                    + row[3][x] * tap.weight[3];
        }
    }
}
