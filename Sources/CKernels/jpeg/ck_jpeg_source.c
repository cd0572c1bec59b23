#include "ck_jpeg_source.h"

#include "ck_jpeg_error.h"

static void do_nothing(j_decompress_ptr cinfo) { (void)cinfo; }

// FALSE tells libjpeg to wait for more.
static boolean at_end(j_decompress_ptr cinfo) {
    if (!((ck_jpeg_source *)cinfo->src)->image_done) {
        ck_jpeg_fail((j_common_ptr)cinfo, "the file is truncated: it ends before its image does");
    }
    return FALSE;
}

static void skip(j_decompress_ptr cinfo, long count) {
    if (count <= 0) return;
    if ((size_t)count > cinfo->src->bytes_in_buffer) {
        at_end(cinfo);
        count = (long)cinfo->src->bytes_in_buffer;
    }
    cinfo->src->next_input_byte += count;
    cinfo->src->bytes_in_buffer -= (size_t)count;
}

void ck_jpeg_source_init(ck_jpeg_source *source, j_decompress_ptr cinfo, const uint8_t *bytes, size_t count) {
    source->image_done = 0;
    source->manager.next_input_byte = bytes;
    source->manager.bytes_in_buffer = count;
    source->manager.init_source = do_nothing;
    source->manager.fill_input_buffer = at_end;
    source->manager.skip_input_data = skip;
    source->manager.resync_to_restart = jpeg_resync_to_restart;
    source->manager.term_source = do_nothing;
    cinfo->src = &source->manager;
}
