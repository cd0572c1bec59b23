// Digests by the processor's own instructions; numbers of weight files; maps as they are measured.
#include "check.h"

#include "ck_crc32c.h"
#include "ck_half.h"
#include "ck_score_map.h"
#include "ck_sha256.h"

void check_digests(void) {
    const size_t count = (size_t)below(400), first = (size_t)below((int32_t)count + 1);
    uint8_t *bytes = random_bytes(count), digest[2][32];
    for (int32_t portable = 1; portable >= 0; portable--) {
        ck_sha256 state;
        ck_sha256_init(&state, portable);
        ck_sha256_update(&state, bytes, first);
        ck_sha256_update(&state, bytes + first, count - first);
        ck_sha256_final(&state, digest[portable]);
    }
    uint8_t kept[32];
    same(CK_ISA_PORTABLE, "SHA-256", digest[1], kept, sizeof kept);
    same(ck_isa_best(), "SHA-256", digest[0], kept, sizeof kept);
    const uint32_t seed = next_number(), expected = ck_crc32c_portable(seed, bytes, count);
    const uint32_t found = ck_crc32c(seed, bytes, count);
    uint32_t kept_sum;
    same(CK_ISA_PORTABLE, "CRC-32C", &expected, &kept_sum, sizeof expected);
    same(ck_isa_best(), "CRC-32C", &found, &kept_sum, sizeof found);
    free(bytes);
}

void check_formats(void) {
    const int32_t height = of(1, 12), width = of(1, 12), out_height = of(1, 30), out_width = of(1, 30);
    const size_t count = (size_t)(height * width), outputs = (size_t)(out_height * out_width);
    float *map = numbers(count, random_kind(0)), *out = unwritten(outputs * sizeof(float));
    float *kept = memory(outputs * sizeof(float));
    float *scratch = memory((size_t)ck_score_map_scratch(height, out_width) * sizeof(float));
    ck_score_map_resize(map, height, width, out, out_height, out_width, scratch);
    same_floats(CK_ISA_PORTABLE, "an enlarged map", out, kept, outputs);
    uint8_t *levels = memory(outputs), *kept_levels = memory(outputs);
    int64_t maximum = -1, kept_maximum;
    ck_score_map_levels(out, (int64_t)outputs, levels, &maximum);
    same(CK_ISA_PORTABLE, "levels", levels, kept_levels, outputs);
    same(CK_ISA_PORTABLE, "the first maximum", &maximum, &kept_maximum, sizeof maximum);
    // As halves, as bfloat16 and as doubles these bytes are any number.
    uint8_t *bytes = random_bytes(8 * count);
    float *read = unwritten(count * sizeof(float)), *kept_read = memory(count * sizeof(float));
    ck_half_to_float(bytes, read, count);
    same_floats(CK_ISA_PORTABLE, "halves", read, kept_read, count);
    ck_bfloat16_to_float(bytes, read, count);
    same_floats(CK_ISA_PORTABLE, "bfloat16", read, kept_read, count);
    ck_double_to_float(bytes, read, count);
    same_floats(CK_ISA_PORTABLE, "doubles", read, kept_read, count);
    free(map), free(out), free(kept), free(scratch), free(levels), free(kept_levels), free(bytes), free(read);
    free(kept_read);
}
