// How layers that compute little for each element are divided into tasks: bands of output rows of one image.
#ifndef CK_BANDS_H
#define CK_BANDS_H

#include <stdint.h>

enum {
    // Floats of output a band: as many as stay in the second-level cache, so that the rows which two bands read are few,
    // and fewer where even one image has to be work for many threads.
    CK_BAND_MOST = 64 * 1024,
    CK_BAND_LEAST = 8 * 1024,
    CK_BANDS_WANTED = 64
};

typedef struct {
    int32_t image, begin, end;  // rows begin ..< end
} ck_band;

/// Bands of one image.
static inline int32_t ck_bands_of(int32_t batch, int32_t height, int32_t width, int32_t channels) {
    const int64_t floats = (int64_t)height * width * channels;
    int64_t band = floats * batch / CK_BANDS_WANTED;
    if (band > CK_BAND_MOST) band = CK_BAND_MOST;
    if (band < CK_BAND_LEAST) band = CK_BAND_LEAST;
    const int64_t bands = (floats + band - 1) / band;
    return bands < height ? (int32_t)bands : height;
}

/// Bands of one image have nearly the same number of rows.
static inline ck_band ck_band_at(int32_t task, int32_t batch, int32_t height, int32_t width, int32_t channels) {
    const int32_t bands = ck_bands_of(batch, height, width, channels), band = task % bands;
    return (ck_band){task / bands, (int32_t)((int64_t)height * band / bands),
                     (int32_t)((int64_t)height * (band + 1) / bands)};
}

#endif
