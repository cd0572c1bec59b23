// libjpeg's default error handler prints and calls exit(). This one keeps the text and jumps back to the caller.
#ifndef CK_JPEG_ERROR_H
#define CK_JPEG_ERROR_H

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>  // before jpeglib.h, which needs size_t and FILE

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr manager;  // first, so that cinfo->err points to the whole
    jmp_buf escape;
    char *text;  // CK_JPEG_TEXT bytes of the caller's
} ck_jpeg_error;

/// Fills in the handler. The caller sets `escape` by setjmp before it calls libjpeg.
struct jpeg_error_mgr *ck_jpeg_error_init(ck_jpeg_error *error, char *text);

/// Writes `text` as the error and jumps to `escape`.
_Noreturn void ck_jpeg_fail(j_common_ptr cinfo, const char *text);

#endif
