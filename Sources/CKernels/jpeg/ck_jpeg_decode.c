#include "ck_jpeg.h"
#include "ck_jpeg_error.h"
#include "ck_jpeg_source.h"

#include <stdlib.h>
#include <string.h>

struct ck_jpeg_decoder {
    struct jpeg_decompress_struct cinfo;
    ck_jpeg_error error;
    ck_jpeg_source source;
    struct jpeg_progress_mgr progress;
    JSAMPROW inks;  // one row of CMYK, in libjpeg's memory of the open file
    int created;    // cinfo holds libjpeg's structures
    int started;    // rows can be read
};

ck_jpeg_decoder *ck_jpeg_decoder_create(void) { return calloc(1, sizeof(ck_jpeg_decoder)); }

void ck_jpeg_decoder_destroy(ck_jpeg_decoder *decoder) {
    if (decoder == NULL) return;
    ck_jpeg_close(decoder);
    free(decoder);
}

// No failure inside libjpeg's clean-up is known; should one happen, nothing is left to jump to but the caller.
void ck_jpeg_close(ck_jpeg_decoder *decoder) {
    if (decoder->created) jpeg_destroy_decompress(&decoder->cinfo);
    decoder->created = 0;
    decoder->started = 0;
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

static void choose_output(ck_jpeg_decoder *decoder) {
    const j_decompress_ptr cinfo = &decoder->cinfo;
    cinfo->out_color_space = cinfo->num_components == 4 ? JCS_CMYK : JCS_RGB;
    cinfo->dct_method = JDCT_ISLOW;
    cinfo->do_fancy_upsampling = TRUE;
    if (cinfo->out_color_space == JCS_CMYK) {
        decoder->inks = cinfo->mem->alloc_sarray((j_common_ptr)cinfo, JPOOL_IMAGE, cinfo->image_width * 4, 1)[0];
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
    return 0;
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

static void read_rows(ck_jpeg_decoder *decoder, uint8_t *rgb, int64_t stride, int32_t rows) {
    const j_decompress_ptr cinfo = &decoder->cinfo;
    enum { AT_ONCE = 16 };
    int32_t done = 0;
    while (done < rows) {
        if (decoder->inks != NULL) {
            jpeg_read_scanlines(cinfo, &decoder->inks, 1);
            inks_to_rgb(decoder->inks, rgb + done * stride, (int32_t)cinfo->output_width);
            done++;
            continue;
        }
        JSAMPROW pointers[AT_ONCE];
        const int32_t wanted = rows - done < AT_ONCE ? rows - done : AT_ONCE;
        for (int32_t i = 0; i < wanted; i++) pointers[i] = rgb + (done + i) * stride;
        done += (int32_t)jpeg_read_scanlines(cinfo, pointers, (JDIMENSION)wanted);
    }
}

int32_t ck_jpeg_read(ck_jpeg_decoder *decoder, uint8_t *rgb, int64_t stride, int32_t rows,
                     char error[CK_JPEG_TEXT]) {
    decoder->error.text = error;
    error[0] = 0;
    if (!decoder->created) {
        snprintf(error, CK_JPEG_TEXT, "no file is open");
        return -1;
    }
    if (setjmp(decoder->error.escape) != 0) return failed(decoder);
    if (!decoder->started) {
        choose_output(decoder);
        jpeg_start_decompress(&decoder->cinfo);  // reads a whole progressive file
        decoder->started = 1;
    }
    if (decoder->source.image_done ||
        rows > (int32_t)(decoder->cinfo.output_height - decoder->cinfo.output_scanline)) {
        ck_jpeg_fail((j_common_ptr)&decoder->cinfo, "more rows asked for than the image has");
    }
    read_rows(decoder, rgb, stride, rows);
    if (decoder->cinfo.output_scanline == decoder->cinfo.output_height && !decoder->source.image_done) {
        // What follows the image may be missing, as in Pillow; a marker that has no place there is an error.
        decoder->source.image_done = 1;
        jpeg_finish_decompress(&decoder->cinfo);
    }
    return 0;
}
