// The plain case of JPEG, decoded here because libjpeg's Huffman decoder is what limits the whole preparation of an
// image: one interleaved baseline scan, 8 bits, gray or YCbCr in 4:4:4, 4:2:2 or 4:2:0, no restart markers, undamaged.
// libjpeg reads the header and decodes every other file. The bits are libjpeg-turbo's.
#ifndef CK_JPEG_BASELINE_H
#define CK_JPEG_BASELINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>  // before jpeglib.h, which needs size_t and FILE

#include <jpeglib.h>

#include "ck_cpu.h"

typedef struct ck_jpeg_baseline ck_jpeg_baseline;

ck_jpeg_baseline *ck_jpeg_baseline_create(void);
void ck_jpeg_baseline_destroy(ck_jpeg_baseline *baseline);

/// Takes over a file whose header libjpeg has read and whose scan starts at `scan`. 1, or 0 when the file is not of the
/// plain kind; cinfo is not changed.
int32_t ck_jpeg_baseline_open(ck_jpeg_baseline *baseline, ck_isa isa, j_decompress_ptr cinfo, const uint8_t *scan,
                              size_t count);

/// Only these columns and rows of the picture are wanted (left ..< right, top ..< bottom, not empty): the others' bytes
/// mean nothing, and are mostly not computed. To be called before the first row.
void ck_jpeg_baseline_window(ck_jpeg_baseline *baseline, int32_t left, int32_t right, int32_t top, int32_t bottom);

/// Decodes the next row, [width, 3]. 1, or 0 when the data turns out to be damaged: the rows so far are libjpeg's
/// rows, and libjpeg must decode the rest.
int32_t ck_jpeg_baseline_row(ck_jpeg_baseline *baseline, uint8_t *rgb);

#endif
