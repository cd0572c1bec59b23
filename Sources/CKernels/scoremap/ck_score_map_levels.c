#include "ck_score_map.h"

#include <math.h>
#include <string.h>

int32_t ck_score_map_levels(const float *map, int64_t count, uint8_t *levels, int64_t *first_maximum) {
    float least = INFINITY, greatest = -INFINITY;
    int32_t finite = 1;
    for (int64_t i = 0; i < count; i++) {
        // Not a number compares as false, and so does an infinity with the greatest finite number.
        finite &= fabsf(map[i]) <= 3.4028234663852886e38f;
        least = map[i] < least ? map[i] : least;
        greatest = map[i] > greatest ? map[i] : greatest;
    }
    *first_maximum = -1;
    for (int64_t i = 0; finite && i < count; i++) {
        if (map[i] == greatest) {
            *first_maximum = i;
            break;
        }
    }
    const float range = greatest - least;
    if (!finite || !(range > 0) || isinf(range)) {
        memset(levels, 0, (size_t)count);
        return 0;
    }
    for (int64_t i = 0; i < count; i++) levels[i] = (uint8_t)(((map[i] - least) / range) * 255.0f);
    // Values that the range makes equal are equal: a map that was stored between 0 and 1 has the same first maximum.
    for (int64_t i = 0; i < *first_maximum; i++) {
        if (levels[i] == 255 && (map[i] - least) / range == 1.0f) *first_maximum = i;
    }
    return 1;
}
