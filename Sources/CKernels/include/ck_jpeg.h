// JPEG through libjpeg-turbo with its error path turned into a return value: it never exits, prints or leaks.
#ifndef CK_JPEG_H
#define CK_JPEG_H

#include <stddef.h>
#include <stdint.h>

/// Bytes of the buffer that every function here writes its error text into, terminating zero included.
#define CK_JPEG_TEXT 256

/// How the two colour planes are sampled: for every pixel, or once for each 2 x 2 pixels.
typedef enum { CK_JPEG_444 = 0, CK_JPEG_420 = 1 } ck_jpeg_subsampling;

/// Encodes rgb ([height, width, 3], 8 bits) as a baseline JFIF file with optimised Huffman tables, the slow
/// integer DCT and `quality` 1...100. On success 0, and *bytes holds *count bytes which ck_jpeg_free releases;
/// otherwise -1 and a text in `error`.
int32_t ck_jpeg_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t quality,
                       ck_jpeg_subsampling subsampling, uint8_t **bytes, size_t *count, char error[CK_JPEG_TEXT]);
void ck_jpeg_free(uint8_t *bytes);

#endif
