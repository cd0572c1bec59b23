// JPEG through libjpeg-turbo with its error path turned into a return value: it never exits, prints or leaks.
#ifndef CK_JPEG_H
#define CK_JPEG_H

#include <stddef.h>
#include <stdint.h>

#include "ck_cpu.h"

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

/// Pixels that an image may declare: 64 Mi. A larger one is refused before anything is allocated for it.
#define CK_JPEG_MAX_PIXELS (64 << 20)

/// A progressive file may have this many scans, and this many pixels times scans: a few kilobytes can otherwise
/// declare hours of work. Encoders write about ten scans.
#define CK_JPEG_MAX_SCANS 100
#define CK_JPEG_MAX_SCANNED_PIXELS (1LL << 30)

/// Bytes that libjpeg may hold for one image, the whole-image coefficients of a progressive file included.
#define CK_JPEG_MAX_MEMORY (448L << 20)

/// Decodes one file after another, rows in order. One thread at a time.
typedef struct ck_jpeg_decoder ck_jpeg_decoder;

/// `plain` 1: files of the most common kind (baseline, one scan, gray or YCbCr) are decoded by this package's own
/// Huffman decoder, faster and with the same bits; 0: all by libjpeg. NULL when memory cannot be had.
ck_jpeg_decoder *ck_jpeg_decoder_create(ck_isa isa, int32_t plain);
void ck_jpeg_decoder_destroy(ck_jpeg_decoder *decoder);

/// Reads the header of the file in `bytes`, which must stay where it is until ck_jpeg_close. What an earlier file
/// left behind is dropped. 0, or -1 and a text in `error`. EXIF orientation and colour profiles are ignored.
int32_t ck_jpeg_open(ck_jpeg_decoder *decoder, const uint8_t *bytes, size_t count, int32_t *width, int32_t *height,
                     char error[CK_JPEG_TEXT]);

/// Between ck_jpeg_open and the first ck_jpeg_read: of the picture only columns left ..< right and rows top ..< bottom
/// (inside of it, not empty) are wanted. All rows are read as ever, and damage anywhere is seen, but what lies outside
/// of the window may hold anything.
void ck_jpeg_window(ck_jpeg_decoder *decoder, int32_t left, int32_t right, int32_t top, int32_t bottom);

/// Decodes the next `rows` rows into rgb, `stride` bytes apart: the slow integer DCT, fancy upsampling, gray
/// replicated, CMYK and YCCK as Adobe writes them (inverted) to RGB. 0, or -1 and a text in `error`: a file that ends
/// before its image does is an error, damaged data inside a complete file is replaced as libjpeg sees fit.
int32_t ck_jpeg_read(ck_jpeg_decoder *decoder, uint8_t *rgb, int64_t stride, int32_t rows, char error[CK_JPEG_TEXT]);

/// Forgets the open file and releases the memory it needed.
void ck_jpeg_close(ck_jpeg_decoder *decoder);

#endif
