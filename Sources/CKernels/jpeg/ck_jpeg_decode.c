#include "ck_jpeg.h"
#include "ck_jpeg_baseline.h"
#include "ck_jpeg_error.h"
#include "ck_jpeg_source.h"

#include <stdlib.h>
#include <string.h>

struct ck_jpeg_decoder {
    struct jpeg_decompress_struct cinfo;
    ck_jpeg_error error;
    ck_jpeg_source source;
    struct jpeg_progress_mgr progress;
    ck_jpeg_baseline *baseline;
    ck_isa isa;
    JSAMPROW inks;  // one row of CMYK, in libjpeg's memory of the open file
    int32_t row;    // the next one
    int created;    // cinfo holds libjpeg's structures
    int plain;      // rows come from `baseline`
    int started;    // rows come from libjpeg
};

ck_jpeg_decoder *ck_jpeg_decoder_create(ck_isa isa, int32_t plain) {
    ck_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL) return NULL;
    decoder->isa = isa;
    if (!plain) return decoder;
    decoder->baseline = ck_jpeg_baseline_create();
    if (decoder->baseline != NULL) return decoder;
    free(decoder);
    return NULL;
}

void ck_jpeg_decoder_destroy(ck_jpeg_decoder *decoder) {
    if (decoder == NULL) return;
    ck_jpeg_close(decoder);
    ck_jpeg_baseline_destroy(decoder->baseline);
    free(decoder);
}

// No failure inside libjpeg's clean-up is known; should one happen, nothing is left to jump to but the caller.
void ck_jpeg_close(ck_jpeg_decoder *decoder) {
    if (decoder->created) jpeg_destroy_decompress(&decoder->cinfo);
    decoder->created = 0;
    decoder->plain = 0;
    decoder->started = 0;
    decoder->row = 0;
    decoder->inks = NULL;
}

static int32_t failed(ck_jpeg_decoder *decoder) {
    ck_jpeg_close(decoder);
    return -1;
}

// libjpeg calls this before each row of blocks.
static void limit_scans(j_common_ptr common) {
    const j_decompress_ptr cinfo = (j_decompress_ptr)common;
    const long long pixels = (long long)cinfo->image_width * cinfo->image_height;
    if (cinfo->input_scan_number > CK_JPEG_MAX_SCANS ||
        cinfo->input_scan_number > 1 + CK_JPEG_MAX_SCANNED_PIXELS / pixels) {
        ck_jpeg_fail(common, "more scans than an image of this size may have");
    }
}

static void check_header(j_decompress_ptr cinfo) {
    char text[CK_JPEG_TEXT];
    if ((long long)cinfo->image_width * cinfo->image_height > CK_JPEG_MAX_PIXELS) {
        snprintf(text, sizeof text, "%u x %u pixels declared, expected at most %d in all", cinfo->image_width,
                 cinfo->image_height, CK_JPEG_MAX_PIXELS);
        ck_jpeg_fail((j_common_ptr)cinfo, text);
    }
    const int components = cinfo->num_components;
    if (components != 1 && components != 3 && components != 4) {
        snprintf(text, sizeof text, "%d colour components, expected 1, 3 or 4", components);
        ck_jpeg_fail((j_common_ptr)cinfo, text);
    }
}

int32_t ck_jpeg_open(ck_jpeg_decoder *decoder, const uint8_t *bytes, size_t count, int32_t *width, int32_t *height,
                     char error[CK_JPEG_TEXT]) {
    ck_jpeg_close(decoder);
    const j_decompress_ptr cinfo = &decoder->cinfo;
    memset(cinfo, 0, sizeof *cinfo);
    cinfo->err = ck_jpeg_error_init(&decoder->error, error);
    if (setjmp(decoder->error.escape) != 0) return failed(decoder);
    decoder->created = 1;
    jpeg_create_decompress(cinfo);
    cinfo->mem->max_memory_to_use = CK_JPEG_MAX_MEMORY;
    decoder->progress.progress_monitor = limit_scans;
    cinfo->progress = &decoder->progress;
    ck_jpeg_source_init(&decoder->source, cinfo, bytes, count);
    jpeg_read_header(cinfo, TRUE);
    check_header(cinfo);
    *width = (int32_t)cinfo->image_width;
    *height = (int32_t)cinfo->image_height;
    decoder->plain = decoder->baseline != NULL &&
                     ck_jpeg_baseline_open(decoder->baseline, decoder->isa, cinfo,
                                           decoder->source.manager.next_input_byte,
                                           decoder->source.manager.bytes_in_buffer);
    return 0;
}

void ck_jpeg_window(ck_jpeg_decoder *decoder, int32_t left, int32_t right, int32_t top, int32_t bottom) {
    if (decoder->plain && decoder->row == 0) ck_jpeg_baseline_window(decoder->baseline, left, right, top, bottom);
}

// Adobe stores inks inverted: 255 is none. Light is what the ink and the black both let through.
static void inks_to_rgb(const uint8_t *inks, uint8_t *rgb, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint32_t light = inks[4 * x + 3];
        for (int32_t c = 0; c < 3; c++) {
            const uint32_t product = (255u - inks[4 * x + c]) * light + 128;
            rgb[3 * x + c] = (uint8_t)(light - (((product >> 8) + product) >> 8));  // product / 255, rounded
        }
    }
}

// One row by libjpeg.
static void read_row(ck_jpeg_decoder *decoder, uint8_t *rgb) {
    JSAMPROW row = decoder->inks != NULL ? decoder->inks : rgb;
    jpeg_read_scanlines(&decoder->cinfo, &row, 1);
    if (decoder->inks != NULL) inks_to_rgb(decoder->inks, rgb, (int32_t)decoder->cinfo.output_width);
}

static void start(ck_jpeg_decoder *decoder) {
    const j_decompress_ptr cinfo = &decoder->cinfo;
    cinfo->out_color_space = cinfo->num_components == 4 ? JCS_CMYK : JCS_RGB;
    cinfo->dct_method = JDCT_ISLOW;
    cinfo->do_fancy_upsampling = TRUE;
    jpeg_start_decompress(cinfo);  // reads a whole progressive file
    const j_common_ptr common = (j_common_ptr)cinfo;
    if (cinfo->num_components == 4) {
        decoder->inks = cinfo->mem->alloc_sarray(common, JPOOL_IMAGE, cinfo->output_width * 4, 1)[0];
    }
    // Rows that the plain decoder gave before it met damage.
    uint8_t *spare = cinfo->mem->alloc_sarray(common, JPOOL_IMAGE, cinfo->output_width * 3, 1)[0];
    for (int32_t row = 0; row < decoder->row; row++) read_row(decoder, spare);
    decoder->started = 1;
}

static void read_rows(ck_jpeg_decoder *decoder, uint8_t *rgb, int64_t stride, int32_t rows) {
    for (int32_t i = 0; i < rows; i++, decoder->row++) {
        uint8_t *row = rgb + i * stride;
        if (decoder->plain) decoder->plain = ck_jpeg_baseline_row(decoder->baseline, row);
        if (decoder->plain) continue;
        if (!decoder->started) start(decoder);
        read_row(decoder, row);
    }
}

// What follows the image may be missing, as in Pillow; a marker that has no place there is an error. The plain decoder
// has seen that the end follows.
static void finish(ck_jpeg_decoder *decoder) {
    if (decoder->plain || decoder->source.image_done) return;
    decoder->source.image_done = 1;
    jpeg_finish_decompress(&decoder->cinfo);
}

int32_t ck_jpeg_read(ck_jpeg_decoder *decoder, uint8_t *rgb, int64_t stride, int32_t rows,
                     char error[CK_JPEG_TEXT]) {
    error[0] = 0;
    const int32_t height = (int32_t)decoder->cinfo.image_height;
    if (!decoder->created || rows > height - decoder->row) {
        snprintf(error, CK_JPEG_TEXT, "more rows asked for than the image has");
        return -1;
    }
    decoder->error.text = error;
    if (setjmp(decoder->error.escape) != 0) return failed(decoder);
    read_rows(decoder, rgb, stride, rows);
    if (decoder->row == height) finish(decoder);
    return 0;
}
