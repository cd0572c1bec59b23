// The transforms of ck_conv_winograd.h in terms of a vector of WIDTH floats: each instruction set's file defines WIDTH
// and includes this. Lanes are channels, and no operation is fused, so that every width gives the same bits.
#include <string.h>

#include "ck_conv_winograd.h"

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float))));
typedef int32_t mask __attribute__((vector_size(WIDTH * sizeof(int32_t))));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const float *from) {
    vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void store(float *to, vector value) { memcpy(to, &value, sizeof value); }

/// B' times one column or row of six.
INLINE void input_line(const vector d[6], vector v[6]) {
    const vector a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
    const vector c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/// A' times one column or row of six.
INLINE void output_line(const vector m[6], vector y[4]) {
    const vector a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
    y[0] = m[0] + a + c;
    y[1] = b + 2.0f * e;
    y[2] = a + 4.0f * c;
    y[3] = b + 8.0f * e + m[5];
}

/// One vector of channels of one tile, all of whose inputs exist.
INLINE void input_vector(const float *taps, ptrdiff_t row, ptrdiff_t pixel, float *values, ptrdiff_t place_stride) {
    vector half[6][6];  // [place][column]
#pragma clang loop unroll(full)
    for (int x = 0; x < 6; x++) {
        vector d[6], v[6];
#pragma clang loop unroll(full)
        for (int y = 0; y < 6; y++) d[y] = load(taps + y * row + x * pixel);
        input_line(d, v);
#pragma clang loop unroll(full)
        for (int y = 0; y < 6; y++) half[y][x] = v[y];
    }
#pragma clang loop unroll(full)
    for (int y = 0; y < 6; y++) {
        vector v[6];
        input_line(half[y], v);
#pragma clang loop unroll(full)
        for (int x = 0; x < 6; x++) store(values + (y * 6 + x) * place_stride, v[x]);
    }
}

static void input(const float *taps, ptrdiff_t row, ptrdiff_t pixel, int32_t rows, int32_t columns, int32_t channels,
                  float *values, ptrdiff_t place_stride) {
    int32_t c = 0;
    if (rows == 6 && columns == 6) {
        for (; c + WIDTH <= channels; c += WIDTH) input_vector(taps + c, row, pixel, values + c, place_stride);
    }
    // The border of the map and the last channels: through a copy with zeros where nothing may be read.
    for (; c < channels; c += WIDTH) {
        float copy[36 * WIDTH] = {0};
        const int32_t real = channels - c < WIDTH ? channels - c : WIDTH;
        for (int32_t y = 0; y < rows; y++) {
            for (int32_t x = 0; x < columns; x++) {
                memcpy(copy + (y * 6 + x) * WIDTH, taps + y * row + x * pixel + c, (size_t)real * sizeof(float));
            }
        }
        input_vector(copy, 6 * WIDTH, WIDTH, values + c, place_stride);
    }
}

INLINE vector relu(vector value, float ceiling) {
    const vector positive = (vector)((mask)value & (value > 0.0f)), limit = (vector){0} + ceiling;
    const mask below = positive < limit;
    return (vector)(((mask)positive & below) | ((mask)limit & ~below));
}

static void output(const float *sums, ptrdiff_t place_stride, const float *bias, float ceiling, int32_t channels,
                   float *output, ptrdiff_t row, ptrdiff_t pixel, int32_t rows, int32_t columns) {
    for (int32_t c = 0; c < channels; c += WIDTH) {
        vector half[4][6];
        const vector add = load(bias + c);
#pragma clang loop unroll(full)
        for (int x = 0; x < 6; x++) {
            vector m[6], y[4];
#pragma clang loop unroll(full)
            for (int i = 0; i < 6; i++) m[i] = load(sums + (i * 6 + x) * place_stride + c);
            output_line(m, y);
#pragma clang loop unroll(full)
            for (int i = 0; i < 4; i++) half[i][x] = y[i];
        }
        const int32_t real = channels - c < WIDTH ? channels - c : WIDTH;
#pragma clang loop unroll(full)
        for (int y = 0; y < 4; y++) {
            vector line[4];
            output_line(half[y], line);
#pragma clang loop unroll(full)
            for (int x = 0; x < 4; x++) {
                if (y >= rows || x >= columns) continue;
                vector value = line[x] + add;
                if (ceiling != 0.0f) value = relu(value, ceiling);
                float *to = output + y * row + x * pixel + c;
                if (real == WIDTH) {
                    store(to, value);
                } else {
                    memcpy(to, &value, (size_t)real * sizeof(float));
                }
            }
        }
    }
}
