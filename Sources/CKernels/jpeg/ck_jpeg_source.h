// The whole file in memory as libjpeg's source. Asking for more is an error: the file is truncated.
#ifndef CK_JPEG_SOURCE_H
#define CK_JPEG_SOURCE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>  // before jpeglib.h, which needs size_t and FILE

#include <jpeglib.h>

typedef struct {
    struct jpeg_source_mgr manager;  // first, so that cinfo->src points to the whole
    int image_done;  // all rows are decoded: an end that comes now cuts nothing off
} ck_jpeg_source;

/// Makes `source` the source of cinfo, whose error handler must be a ck_jpeg_error.
/// libjpeg's own memory source invents an end-of-image marker instead, and decodes a truncated file to gray.
void ck_jpeg_source_init(ck_jpeg_source *source, j_decompress_ptr cinfo, const uint8_t *bytes, size_t count);

#endif
