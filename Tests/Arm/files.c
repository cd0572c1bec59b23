// JPEG files: libjpeg's pixels count, and this package's own decoder finds the same with each form of what makes them.
#include "check.h"

#include "ck_jpeg.h"

/// NULL where the file cannot be read.
static uint8_t *decoded(ck_isa isa, int32_t plain, const uint8_t *bytes, size_t count, size_t *size) {
    ck_jpeg_decoder *decoder = ck_jpeg_decoder_create(isa, plain);
    EXPECT(decoder != NULL, "a decoder");
    char error[CK_JPEG_TEXT];
    int32_t width, height;
    uint8_t *rgb = NULL;
    if (ck_jpeg_open(decoder, bytes, count, &width, &height, error) == 0) {
        *size = (size_t)width * (size_t)height * 3;
        rgb = unwritten(*size);
        if (ck_jpeg_read(decoder, rgb, width * 3, height, error) != 0) {
            free(rgb);
            rgb = NULL;
        }
    }
    ck_jpeg_decoder_destroy(decoder);
    return rgb;
}

void check_file(const char *path) {
    FILE *file = fopen(path, "rb");
    EXPECT(file != NULL, "%s", path);
    enum { MOST = 1 << 20 };
    uint8_t *bytes = memory(MOST);
    const size_t count = fread(bytes, 1, MOST, file);
    fclose(file);
    size_t size = 0;
    uint8_t *expected = decoded(CK_ISA_PORTABLE, 0, bytes, count, &size), *kept = memory(size);
    if (expected != NULL) same(CK_ISA_PORTABLE, path, expected, kept, size);
    FOR_EACH_ISA(isa) {
        size_t its_size = 0;
        uint8_t *rgb = decoded(isa, 1, bytes, count, &its_size);
        EXPECT((rgb == NULL) == (expected == NULL) && its_size == size, "%s, %s: read, or not", path, ck_isa_name(isa));
        EXPECT(rgb == NULL || memcmp(rgb, expected, size) == 0, "%s, %s: other pixels", path, ck_isa_name(isa));
        free(rgb);
    }
    free(bytes), free(expected), free(kept);
}
