// The blur's loops, included once for each instruction set with BLUR_ROW and BLUR_COLUMN as their names.

// `padded` holds the row with `count` - 1 cells more on each side.
static void BLUR_ROW(const double *padded, int32_t width, const double *taps, int32_t count, double *out) {
    const int32_t radius = count - 1;
    for (int32_t start = 0; start < width; start += BLUR_BLOCK) {
        const double *middle = padded + radius + start;
        double sum[BLUR_BLOCK];
        for (int32_t x = 0; x < BLUR_BLOCK; x++) sum[x] = middle[x] * taps[0];
        for (int32_t i = 1; i < count; i++) {
            const double tap = taps[i];
            for (int32_t x = 0; x < BLUR_BLOCK; x++) sum[x] += tap * (middle[x - i] + middle[x + i]);
        }
        // 3 * 2^51 and what is below it have the integers as their last bits.
        for (int32_t x = 0; x < BLUR_BLOCK; x++) out[start + x] = (sum[x] * 0x1p-13 + 0x1.8p52) - 0x1.8p52;
    }
}

// `rows` holds the rows at the offsets 0, then -1 and 1, -2 and 2, ...
static void BLUR_COLUMN(const double *const *rows, int32_t width, const double *taps, int32_t count, double *out) {
    for (int32_t start = 0; start < width; start += BLUR_BLOCK) {
        double sum[BLUR_BLOCK];
        for (int32_t x = 0; x < BLUR_BLOCK; x++) sum[x] = rows[0][start + x] * taps[0];
        for (int32_t i = 1; i < count; i++) {
            const double *above = rows[2 * i - 1], *below = rows[2 * i];
            const double tap = taps[i];
            for (int32_t x = 0; x < BLUR_BLOCK; x++) sum[x] += tap * (above[start + x] + below[start + x]);
        }
        for (int32_t x = 0; x < BLUR_BLOCK; x++) out[start + x] = sum[x];
    }
}
