#include "ck_jpeg_source.h"

#include "ck_jpeg_error.h"

static void do_nothing(j_decompress_ptr cinfo) { (void)cinfo; }

static boolean fail_at_end(j_decompress_ptr cinfo) {
    ck_jpeg_fail((j_common_ptr)cinfo, "the file is truncated: it ends before its image does");
}

static void skip(j_decompress_ptr cinfo, long count) {
    if (count <= 0) return;
    if ((size_t)count > cinfo->src->bytes_in_buffer) fail_at_end(cinfo);
    cinfo->src->next_input_byte += count;
    cinfo->src->bytes_in_buffer -= (size_t)count;
}

void ck_jpeg_source_init(struct jpeg_source_mgr *manager, j_decompress_ptr cinfo, const uint8_t *bytes,
                         size_t count) {
    manager->next_input_byte = bytes;
    manager->bytes_in_buffer = count;
    manager->init_source = do_nothing;
    manager->fill_input_buffer = fail_at_end;
    manager->skip_input_data = skip;
    manager->resync_to_restart = jpeg_resync_to_restart;
    manager->term_source = do_nothing;
    cinfo->src = manager;
}
