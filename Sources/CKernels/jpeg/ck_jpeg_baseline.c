#include "ck_jpeg_baseline.h"

#include <stdlib.h>
#include <string.h>

#include "ck_jpeg_bits.h"
#include "ck_jpeg_pixels.h"
#include "ck_jpeg_unstuff.h"

// A block's longest code: a predictor's 27 bits and 63 coefficients of 26, in bytes and rounded up. A row of blocks is
// read without looking for the end as long as so many bytes a block follow it; they are zero.
#define BLOCK_BYTES 216
#define BLOCKS_OF_AN_MCU 6

typedef struct {
    int32_t across, down;  // blocks in an MCU
    int32_t width;         // samples of the picture in a row
    int32_t height;        // rows of the picture
    int64_t stride;        // bytes from row to row
    uint8_t *rows;         // two rows of MCUs, by turns: a row of pixels may need the samples before and after
    const ck_jpeg_codes *dc, *ac;
    ck_jpeg_quantiser quantiser;
    int32_t predictor;
    int32_t first, last;    // the samples of a row that the wanted pixels depend on, in whole blocks: first ..< last
} plane;

struct ck_jpeg_baseline {
    ck_jpeg_codes dc[2], ac[2];
    plane planes[3];
    int32_t components, width, height;
    int32_t mcus;            // in a row of them
    int32_t mcu_rows_read;
    int32_t row;             // the next row of pixels
    int32_t left, right;     // the wanted pixels of a row: left ..< right
    int32_t top, bottom;     // the wanted rows
    ck_jpeg_bits bits;
    const uint8_t *end;      // of the scan, padding excluded
    const ck_jpeg_pixels *pixels;
    ck_jpeg_order order;     // as the pixels' inverse DCT wants it
    uint8_t *scan, *samples, *wide;
    size_t scan_capacity, samples_capacity, wide_capacity;
};

ck_jpeg_baseline *ck_jpeg_baseline_create(void) { return calloc(1, sizeof(ck_jpeg_baseline)); }

void ck_jpeg_baseline_destroy(ck_jpeg_baseline *baseline) {
    if (baseline == NULL) return;
    free(baseline->scan);
    free(baseline->samples);
    free(baseline->wide);
    free(baseline);
}

static int32_t reserve(uint8_t **memory, size_t *capacity, size_t count) {
    if (count <= *capacity) return 1;
    free(*memory);
    *memory = malloc(count);
    *capacity = *memory == NULL ? 0 : count;
    return *memory != NULL;
}

static int32_t is_plain(j_decompress_ptr cinfo) {
    if (jpeg_has_multiple_scans(cinfo) || cinfo->arith_code || cinfo->restart_interval != 0 ||
        cinfo->data_precision != 8 || cinfo->image_width < 8) {
        return 0;
    }
    if (cinfo->num_components == 1) return cinfo->jpeg_color_space == JCS_GRAYSCALE;
    if (cinfo->num_components != 3 || cinfo->jpeg_color_space != JCS_YCbCr) return 0;
    const jpeg_component_info *c = cinfo->comp_info;
    const int32_t doubled = c[0].v_samp_factor == 1 || (c[0].h_samp_factor == 2 && c[0].v_samp_factor == 2);
    return c[0].h_samp_factor <= 2 && doubled && c[1].h_samp_factor == 1 && c[1].v_samp_factor == 1 &&
           c[2].h_samp_factor == 1 && c[2].v_samp_factor == 1;
}

static int32_t set_tables(ck_jpeg_baseline *baseline, j_decompress_ptr cinfo) {
    int32_t known = 0;  // tables built so far, a bit each
    for (int32_t i = 0; i < baseline->components; i++) {
        const jpeg_component_info *component = &cinfo->comp_info[i];
        plane *plane = &baseline->planes[i];
        const int32_t dc = component->dc_tbl_no, ac = component->ac_tbl_no, q = component->quant_tbl_no;
        if (dc < 0 || dc > 1 || ac < 0 || ac > 1 || q < 0 || q >= NUM_QUANT_TBLS) return 0;
        const JHUFF_TBL *dc_table = cinfo->dc_huff_tbl_ptrs[dc], *ac_table = cinfo->ac_huff_tbl_ptrs[ac];
        const JQUANT_TBL *quantiser = cinfo->quant_tbl_ptrs[q];
        if (dc_table == NULL || ac_table == NULL || quantiser == NULL) return 0;
        plane->dc = &baseline->dc[dc];
        plane->ac = &baseline->ac[ac];
        if (!(known & 1 << dc) && !ck_jpeg_codes_build(&baseline->dc[dc], dc_table->bits, dc_table->huffval, 1)) {
            return 0;
        }
        if (!(known & 4 << ac) && !ck_jpeg_codes_build(&baseline->ac[ac], ac_table->bits, ac_table->huffval, 0)) {
            return 0;
        }
        known |= 1 << dc | 4 << ac;
        for (int32_t k = 0; k < 64; k++) {
            const int32_t factor = quantiser->quantval[k], place = baseline->pixels->places[k];
            if (factor > 255) return 0;
            plane->quantiser.factor[place] = (int16_t)factor;
            plane->quantiser.over[place] = (int16_t)(factor == 0 ? INT16_MAX : CK_JPEG_COLUMN_LIMIT / factor + 1);
        }
    }
    return 1;
}

static int32_t set_planes(ck_jpeg_baseline *baseline, j_decompress_ptr cinfo) {
    // The only component of a scan is not interleaved: its MCU is a block, whatever its sampling says.
    const int32_t gray = baseline->components == 1;
    const int32_t across = gray ? 1 : cinfo->comp_info[0].h_samp_factor;
    const int32_t down = gray ? 1 : cinfo->comp_info[0].v_samp_factor;
    baseline->mcus = (baseline->width + 8 * across - 1) / (8 * across);
    size_t total = 0;
    for (int32_t i = 0; i < baseline->components; i++) {
        plane *plane = &baseline->planes[i];
        plane->across = i == 0 ? across : 1;
        plane->down = i == 0 ? down : 1;
        plane->width = i == 0 ? baseline->width : (baseline->width + across - 1) / across;
        plane->height = i == 0 ? baseline->height : (baseline->height + down - 1) / down;
        plane->stride = (int64_t)baseline->mcus * plane->across * 8 + CK_JPEG_ROW_PADDING;
        plane->predictor = 0;
        total += (size_t)plane->stride * (size_t)plane->down * 16;
    }
    const size_t wide = (size_t)baseline->width + 2 + CK_JPEG_ROW_PADDING;
    if (!reserve(&baseline->samples, &baseline->samples_capacity, total) ||
        !reserve(&baseline->wide, &baseline->wide_capacity, 2 * wide)) {
        return 0;
    }
    uint8_t *rows = baseline->samples;
    for (int32_t i = 0; i < baseline->components; i++) {
        baseline->planes[i].rows = rows;
        rows += baseline->planes[i].stride * baseline->planes[i].down * 16;
    }
    return 1;
}

int32_t ck_jpeg_baseline_open(ck_jpeg_baseline *baseline, ck_isa isa, j_decompress_ptr cinfo, const uint8_t *scan,
                              size_t count) {
    if (!is_plain(cinfo)) return 0;
    baseline->components = cinfo->num_components;
    baseline->width = (int32_t)cinfo->image_width;
    baseline->height = (int32_t)cinfo->image_height;
    baseline->pixels = &ck_jpeg_pixels_portable;
#if defined(__x86_64__)
    if (isa >= CK_ISA_AVX2) baseline->pixels = &ck_jpeg_pixels_avx2;
#elif defined(__aarch64__)
    if (isa == CK_ISA_NEON) baseline->pixels = &ck_jpeg_pixels_neon;
#else
    (void)isa;
#endif
    ck_jpeg_order_set(&baseline->order, baseline->pixels->places);
    if (!set_tables(baseline, cinfo) || !set_planes(baseline, cinfo)) return 0;
    const size_t padding = (size_t)baseline->mcus * BLOCKS_OF_AN_MCU * BLOCK_BYTES;
    if (!reserve(&baseline->scan, &baseline->scan_capacity, count + padding)) return 0;
    const ptrdiff_t length = ck_jpeg_unstuff(scan, count, baseline->scan);
    if (length < 0) return 0;
    memset(baseline->scan + length, 0, padding);
    baseline->end = baseline->scan + length;
    baseline->bits = (ck_jpeg_bits){0, 0, baseline->scan};
    baseline->row = 0;
    baseline->mcu_rows_read = 0;
    ck_jpeg_baseline_window(baseline, 0, baseline->width, 0, baseline->height);
    return 1;
}

void ck_jpeg_baseline_window(ck_jpeg_baseline *baseline, int32_t left, int32_t right, int32_t top, int32_t bottom) {
    baseline->left = left;
    baseline->right = right;
    baseline->top = top;
    baseline->bottom = bottom;
    const int32_t across = baseline->planes[0].across;
    for (int32_t i = 0; i < baseline->components; i++) {
        plane *plane = &baseline->planes[i];
        // Upsampling reads a neighbour on each side, and works on ranges with one more, see upsampled_from.
        const int32_t halved = i > 0 && across == 2;
        const int32_t first = halved ? left / 2 - 2 : left, last = halved ? (right + 1) / 2 + 2 : right;
        plane->first = first < 0 ? 0 : first & ~7;
        plane->last = last > plane->width ? plane->width : last;
    }
}

// Whether any wanted row of pixels depends on these rows of MCUs: vertical upsampling reads one row of samples, two of
// pixels, beyond.
static int32_t is_wanted(const ck_jpeg_baseline *baseline, int32_t mcu_row) {
    const int32_t height = 8 * baseline->planes[0].down;
    return mcu_row * height < baseline->bottom + 2 && (mcu_row + 1) * height > baseline->top - 2;
}

// The row of a plane, of those that are still there.
static uint8_t *plane_row(const plane *plane, int32_t row) {
    return plane->rows + row % (16 * plane->down) * plane->stride;
}

// The inverse DCT of a block without variation.
static int32_t fill_block(int32_t mean, uint8_t *out, int64_t stride) {
    if (mean > CK_JPEG_COLUMN_LIMIT || mean < -CK_JPEG_COLUMN_LIMIT) return 0;
    const int32_t value = ((mean + 4) >> 3) + 128;
    for (int32_t y = 0; y < 8; y++) memset(out + y * stride, value < 0 ? 0 : value > 255 ? 255 : value, 8);
    return 1;
}

// Every block is read, since the next one's place and mean follow from it; the wanted ones become samples.
static int32_t read_block(ck_jpeg_baseline *baseline, plane *plane, int32_t column, int32_t row, int32_t wanted) {
    if (!wanted || 8 * column < plane->first || 8 * column >= plane->last) {
        return ck_jpeg_pass_block(&baseline->bits, plane->dc, plane->ac, &plane->predictor) > 0;
    }
    int16_t coefficients[72];
    memset(coefficients, 0, 64 * sizeof *coefficients);
    const int32_t extent = ck_jpeg_block(
        &baseline->bits, plane->dc, plane->ac, &plane->predictor, &baseline->order, coefficients);
    uint8_t *out = plane_row(plane, row) + 8 * (int64_t)column;
    if (extent <= 1) return extent == 1 && fill_block(coefficients[0] * plane->quantiser.factor[0], out, plane->stride);
    return baseline->pixels->inverse_dct(coefficients, &plane->quantiser, out, plane->stride);
}

static int32_t read_mcu_row(ck_jpeg_baseline *baseline) {
    const int32_t number = baseline->mcu_rows_read++;
    const int32_t wanted = is_wanted(baseline, number);
    for (int32_t mcu = 0; mcu < baseline->mcus; mcu++) {
        for (int32_t i = 0; i < baseline->components; i++) {
            plane *plane = &baseline->planes[i];
            for (int32_t y = 0; y < plane->down; y++) {
                for (int32_t x = 0; x < plane->across; x++) {
                    const int32_t row = (number * plane->down + y) * 8;
                    if (!read_block(baseline, plane, mcu * plane->across + x, row, wanted)) return 0;
                }
            }
        }
    }
    // Bits that were not there mean damage; the padding has kept the reader inside its memory.
    return (baseline->end - baseline->scan) * 8 >=
           (baseline->bits.next - baseline->scan) * 8 - baseline->bits.count;
}

// The first sample of the range that is upsampled for the wanted pixels. Its ends are taken for the picture's: the two
// pixels of an end that is not one come out wrong, so there is a sample more on either side.
static int32_t upsampled_from(const ck_jpeg_baseline *baseline) {
    return baseline->left / 2 > 1 ? baseline->left / 2 - 1 : 0;
}

// A row of chroma at the picture's size; `wide` has room for one. Only the wanted pixels are right.
static const uint8_t *chroma_row(ck_jpeg_baseline *baseline, int32_t index, uint8_t *wide) {
    const plane *luma = &baseline->planes[0], *plane = &baseline->planes[index];
    if (luma->across == 1) return plane_row(plane, baseline->row);
    // At least three samples, which a row always has.
    int32_t from = upsampled_from(baseline), to = (baseline->right + 1) / 2 + 1;
    if (to < from + 3) to = from + 3;
    if (to > plane->width) to = plane->width;
    if (from > to - 3) from = to - 3;
    if (luma->down == 1) {
        baseline->pixels->widen(plane_row(plane, baseline->row) + from, to - from, wide + 2 * from);
        return wide;
    }
    const int32_t near = baseline->row / 2;
    int32_t far = baseline->row % 2 == 0 ? near - 1 : near + 1;
    if (far < 0) far = 0;
    if (far >= plane->height) far = plane->height - 1;
    baseline->pixels->widen_between(
        plane_row(plane, near) + from, plane_row(plane, far) + from, to - from, wide + 2 * from);
    return wide;
}

int32_t ck_jpeg_baseline_row(ck_jpeg_baseline *baseline, uint8_t *rgb) {
    const int32_t down = baseline->planes[0].down;
    // With vertical upsampling, the last row of an MCU's needs the next MCU's first.
    const int32_t needed = down == 1 ? baseline->row : baseline->row + 1;
    const int32_t last = needed < baseline->height ? needed : baseline->height - 1;
    while (baseline->mcu_rows_read <= last / (8 * down)) {
        if (!read_mcu_row(baseline)) return 0;
    }
    if (baseline->row < baseline->top || baseline->row >= baseline->bottom) {
        baseline->row++;
        return 1;
    }
    const uint8_t *luma = plane_row(&baseline->planes[0], baseline->row);
    const int32_t left = baseline->left;
    if (baseline->components == 1) {
        for (int32_t x = left; x < baseline->right; x++) rgb[3 * x] = rgb[3 * x + 1] = rgb[3 * x + 2] = luma[x];
    } else {
        uint8_t *wide = baseline->wide;
        const uint8_t *cb = chroma_row(baseline, 1, wide);
        const uint8_t *cr = chroma_row(baseline, 2, wide + baseline->wide_capacity / 2);
        baseline->pixels->colour(luma + left, cb + left, cr + left, baseline->right - left, rgb + 3 * left);
    }
    baseline->row++;
    return 1;
}
