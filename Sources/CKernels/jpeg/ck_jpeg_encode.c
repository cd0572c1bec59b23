#include "ck_jpeg.h"
#include "ck_jpeg_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A growing buffer as libjpeg's destination. libjpeg's own memory destination leaks its buffer when it fails.
typedef struct {
    struct jpeg_destination_mgr manager;  // first, so that cinfo->dest points to the whole
    uint8_t *bytes;
    size_t capacity, count;
} growing_destination;

static void grow(j_compress_ptr cinfo, size_t used) {
    growing_destination *destination = (growing_destination *)cinfo->dest;
    size_t capacity = destination->capacity == 0 ? 1 << 16 : destination->capacity * 2;
    uint8_t *bytes = realloc(destination->bytes, capacity);
    if (bytes == NULL) ck_jpeg_fail((j_common_ptr)cinfo, "out of memory");
    destination->bytes = bytes;
    destination->capacity = capacity;
    destination->manager.next_output_byte = bytes + used;
    destination->manager.free_in_buffer = capacity - used;
}

static void start(j_compress_ptr cinfo) { grow(cinfo, 0); }

// libjpeg calls this when the whole buffer is filled, whatever free_in_buffer says.
static boolean enlarge(j_compress_ptr cinfo) {
    grow(cinfo, ((growing_destination *)cinfo->dest)->capacity);
    return TRUE;
}

static void finish(j_compress_ptr cinfo) {
    growing_destination *destination = (growing_destination *)cinfo->dest;
    destination->count = destination->capacity - destination->manager.free_in_buffer;
}

static void compress(j_compress_ptr cinfo, const uint8_t *rgb, int32_t width, int32_t height, int32_t quality,
                     ck_jpeg_subsampling subsampling) {
    cinfo->image_width = (JDIMENSION)width;
    cinfo->image_height = (JDIMENSION)height;
    cinfo->input_components = 3;
    cinfo->in_color_space = JCS_RGB;
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, quality, TRUE);
    cinfo->dct_method = JDCT_ISLOW;
    cinfo->optimize_coding = TRUE;
    int factor = subsampling == CK_JPEG_420 ? 2 : 1;
    cinfo->comp_info[0].h_samp_factor = factor;
    cinfo->comp_info[0].v_samp_factor = factor;
    jpeg_start_compress(cinfo, TRUE);
    while (cinfo->next_scanline < cinfo->image_height) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)cinfo->next_scanline * (size_t)width * 3);
        jpeg_write_scanlines(cinfo, &row, 1);
    }
    jpeg_finish_compress(cinfo);
}

typedef struct {
    struct jpeg_compress_struct cinfo;
    ck_jpeg_error handler;
    growing_destination destination;
} encoder;

// What a jump may leave half done lives in the caller's frame, where its values stay defined.
static int32_t attempt(encoder *state, const uint8_t *rgb, int32_t width, int32_t height, int32_t quality,
                       ck_jpeg_subsampling subsampling) {
    if (setjmp(state->handler.escape) != 0) return -1;
    jpeg_create_compress(&state->cinfo);
    state->destination.manager.init_destination = start;
    state->destination.manager.empty_output_buffer = enlarge;
    state->destination.manager.term_destination = finish;
    state->cinfo.dest = &state->destination.manager;
    compress(&state->cinfo, rgb, width, height, quality, subsampling);
    return 0;
}

int32_t ck_jpeg_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t quality,
                       ck_jpeg_subsampling subsampling, uint8_t **bytes, size_t *count, char error[CK_JPEG_TEXT]) {
    *bytes = NULL;
    *count = 0;
    if (width < 1 || height < 1 || width > JPEG_MAX_DIMENSION || height > JPEG_MAX_DIMENSION) {
        snprintf(error, CK_JPEG_TEXT, "%d x %d pixels, expected 1...%ld a side", width, height, JPEG_MAX_DIMENSION);
        return -1;
    }
    encoder state;
    memset(&state, 0, sizeof state);
    state.cinfo.err = ck_jpeg_error_init(&state.handler, error);
    const int32_t status = attempt(&state, rgb, width, height, quality, subsampling);
    jpeg_destroy_compress(&state.cinfo);
    if (status != 0) {
        free(state.destination.bytes);
        return -1;
    }
    *bytes = state.destination.bytes;
    *count = state.destination.count;
    return 0;
}

void ck_jpeg_free(uint8_t *bytes) { free(bytes); }
