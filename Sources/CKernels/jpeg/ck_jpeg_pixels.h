// From coefficients to pixels for the plain case of JPEG, with libjpeg-turbo's bits.
#ifndef CK_JPEG_PIXELS_H
#define CK_JPEG_PIXELS_H

#include <stdint.h>

/// Columns of dequantised coefficients whose absolute values sum to more are none of a picture's: there libjpeg's
/// 16-bit vector code and its plain code may differ, and the file is left to libjpeg.
#define CK_JPEG_COLUMN_LIMIT 2900

/// Rows of samples need so many readable bytes behind their end.
#define CK_JPEG_ROW_PADDING 64

/// What the coefficients of a block are multiplied by, 0...255, and the least absolute value of one that is over the
/// limit alone; in the order of the coefficients.
typedef struct {
    int16_t factor[64], over[64];
} ck_jpeg_quantiser;

typedef struct {
    /// Where the inverse DCT wants the coefficient of row y and column x, at [8 * y + x]. The first one is at 0.
    uint8_t places[64];
    /// The slow integer inverse DCT of a block, times the quantiser, plus 128, clamped: 8 rows of 8 bytes, `stride`
    /// apart. Coefficients are of -4095...4095. 0 where a column is over the limit.
    int32_t (*inverse_dct)(const int16_t coefficients[64], const ck_jpeg_quantiser *quantiser, uint8_t *out,
                           int64_t stride);
    /// Fancy upsampling of a row to twice its width: 3/4 of the nearer sample, 1/4 of the farther one. count > 2.
    void (*widen)(const uint8_t *row, int32_t count, uint8_t *out);
    /// The same in both directions: `near` is the nearer row, `far` the farther one.
    void (*widen_between)(const uint8_t *near, const uint8_t *far, int32_t count, uint8_t *out);
    /// YCbCr to RGB (JFIF), coefficients with 16 fraction bits.
    void (*colour)(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int32_t count, uint8_t *rgb);
} ck_jpeg_pixels;

extern const ck_jpeg_pixels ck_jpeg_pixels_portable;
#if defined(__x86_64__)
extern const ck_jpeg_pixels ck_jpeg_pixels_avx2;
#elif defined(__aarch64__)
extern const ck_jpeg_pixels ck_jpeg_pixels_neon;
#endif

#endif
