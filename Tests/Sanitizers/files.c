// What comes from outside: JPEGs, deflate streams, bytes that are digested.
#include "inputs.h"

#include "ck_crc32c.h"
#include "ck_half.h"
#include "ck_inflate.h"
#include "ck_jpeg.h"
#include "ck_sha256.h"

static void decode(const uint8_t *bytes, size_t count, ck_isa isa, int32_t plain) {
    char error[CK_JPEG_TEXT];
    int32_t width = 0, height = 0;
    ck_jpeg_decoder *decoder = ck_jpeg_decoder_create(isa, plain);
    EXPECT(decoder != NULL, "a decoder");
    if (ck_jpeg_open(decoder, bytes, count, &width, &height, error) == 0 && (int64_t)width * height < 1 << 20) {
        if (below(2) == 0) {
            const int32_t left = below(width), top = below(height);
            ck_jpeg_window(decoder, left, left + 1 + below(width - left), top, top + 1 + below(height - top));
        }
        uint8_t *row = memory((size_t)width * 3);
        for (int32_t y = 0; y < height && ck_jpeg_read(decoder, row, 0, 1, error) == 0; y++) continue;
        free(row);
    }
    ck_jpeg_decoder_destroy(decoder);
}

static void encode(int32_t rounds) {
    for (int32_t round = 0; round < rounds; round++) {
        const int32_t width = 1 + below(40), height = 1 + below(40);
        uint8_t *rgb = memory((size_t)width * (size_t)height * 3), *bytes = NULL;
        for (int32_t i = 0; i < width * height * 3; i++) rgb[i] = (uint8_t)below(256);
        size_t count = 0;
        char error[CK_JPEG_TEXT];
        EXPECT(ck_jpeg_encode(rgb, width, height, 1 + below(100), below(2) == 0 ? CK_JPEG_444 : CK_JPEG_420, &bytes,
                              &count, error) == 0, "%s", error);
        decode(bytes, count, ck_isa_best(), 1);
        ck_jpeg_free(bytes);
        free(rgb);
    }
}

static void inflate(const uint8_t *bytes, size_t count) {
    const size_t capacity = (size_t)below(70000);
    uint8_t *target = memory(capacity);
    size_t used = 0, made = 0;
    ck_inflate(bytes, count, target, capacity, &used, &made);
    EXPECT(used <= count && made <= capacity, "%zu of %zu, %zu of %zu", used, count, made, capacity);
    free(target);
}

/// Each length and alignment, all implementations.
static void digest(void) {
    for (int32_t round = 0; round < 2000; round++) {
        const size_t count = (size_t)below(300), shift = (size_t)below(16);
        uint8_t *block = memory(shift + count);
        for (size_t i = 0; i < shift + count; i++) block[i] = (uint8_t)below(256);
        const uint8_t *bytes = block + shift;
        EXPECT(ck_crc32c(7, bytes, count) == ck_crc32c_portable(7, bytes, count), "%zu bytes", count);
        ck_crc32(7, bytes, count);
        uint8_t out[2][32];
        for (int portable = 0; portable < 2; portable++) {
            ck_sha256 state;
            ck_sha256_init(&state, portable);
            const size_t first = count > 0 ? (size_t)below((int32_t)count) : 0;
            ck_sha256_update(&state, bytes, first);
            ck_sha256_update(&state, bytes + first, count - first);
            ck_sha256_final(&state, out[portable]);
        }
        EXPECT(memcmp(out[0], out[1], 32) == 0, "%zu bytes", count);
        float *floats = memory(count / 2 * sizeof(float));
        ck_half_to_float(bytes, floats, count / 2);
        ck_bfloat16_to_float(bytes, floats, count / 2);
        ck_first_nonfinite(floats, count / 2);
        ck_double_to_float(bytes, floats, count / 8);
        free(floats);
        free(block);
    }
}

static uint8_t *read_file(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    EXPECT(file != NULL && fseek(file, 0, SEEK_END) == 0, "%s: cannot be read", path);
    *count = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = memory(*count);
    EXPECT(fread(bytes, 1, *count, file) == *count, "%s: cannot be read", path);
    fclose(file);
    return bytes;
}

static void check_one(const uint8_t *bytes, size_t count, int is_jpeg) {
    if (!is_jpeg) return inflate(bytes, count);
    for (int32_t isa = CK_ISA_PORTABLE; isa <= (int32_t)ck_isa_best(); isa++) {
        for (int32_t plain = 0; plain < 2; plain++) decode(bytes, count, (ck_isa)isa, plain);
    }
}

void check_files(int count, char **paths, int32_t rounds) {
    for (int i = 0; i < count; i++) {
        size_t length;
        uint8_t *bytes = read_file(paths[i], &length);
        const size_t name = strlen(paths[i]);
        // What gzip made: ten bytes before the stream.
        const int is_jpeg = name < 3 || strcmp(paths[i] + name - 3, ".gz") != 0;
        if (!is_jpeg) memmove(bytes, bytes + 10, length -= 10);
        check_one(bytes, length, is_jpeg);
        for (int32_t round = 0; round < rounds; round++) {
            size_t changed_length;
            uint8_t *other = changed(bytes, length, &changed_length);
            check_one(other, changed_length, is_jpeg);
            free(other);
        }
        free(bytes);
    }
    encode(rounds);
    digest();
}
