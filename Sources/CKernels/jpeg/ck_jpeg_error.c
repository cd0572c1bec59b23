#include "ck_jpeg_error.h"

#include <stdio.h>

#include "ck_jpeg.h"

static void fail_with_message(j_common_ptr cinfo) {
    char text[JMSG_LENGTH_MAX];
    cinfo->err->format_message(cinfo, text);
    ck_jpeg_fail(cinfo, text);
}

// A warning is data that libjpeg could replace (num_warnings counts them); nothing is printed.
static void keep_quiet(j_common_ptr cinfo) { (void)cinfo; }

struct jpeg_error_mgr *ck_jpeg_error_init(ck_jpeg_error *error, char *text) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&error->manager);
    manager->error_exit = fail_with_message;
    manager->output_message = keep_quiet;
    error->text = text;
    error->text[0] = 0;
    return manager;
}

void ck_jpeg_fail(j_common_ptr cinfo, const char *text) {
    ck_jpeg_error *error = (ck_jpeg_error *)cinfo->err;
    snprintf(error->text, CK_JPEG_TEXT, "%s", text);
    longjmp(error->escape, 1);
}
