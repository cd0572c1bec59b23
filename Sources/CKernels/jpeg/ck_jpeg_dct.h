// The eight-point inverse DCT of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in integers, as the JPEG group's
// "slow integer" method fixes it: constants with 13 fraction bits, 2 more bits kept between the passes, each pass
// rounded once. Every step is exact, so that any order of additions gives the same bits.
#ifndef CK_JPEG_DCT_H
#define CK_JPEG_DCT_H

/// The first pass keeps 2 bits; the second drops them and the 3 of the two passes' gain.
#define CK_JPEG_DCT_FIRST_SHIFT (13 - 2)
#define CK_JPEG_DCT_SECOND_SHIFT (13 + 2 + 3)

/// Transforms v[0...7] in place. T: int32_t, or a vector of them, for which SPLAT makes a vector of one number.
#define CK_JPEG_DCT(T, SPLAT, v, SHIFT)                                                         \
    {                                                                                           \
        const T rotated = (v[2] + v[6]) * SPLAT(4433);                                          \
        const T even2 = rotated - v[6] * SPLAT(15137), even3 = rotated + v[2] * SPLAT(6270);    \
        const T even0 = (v[0] + v[4]) * SPLAT(1 << 13), even1 = (v[0] - v[4]) * SPLAT(1 << 13); \
        const T round = SPLAT(1 << ((SHIFT) - 1));                                              \
        const T e0 = even0 + even3 + round, e3 = even0 - even3 + round;                         \
        const T e1 = even1 + even2 + round, e2 = even1 - even2 + round;                         \
        const T s73 = v[7] + v[3], s51 = v[5] + v[1];                                           \
        const T s = (s73 + s51) * SPLAT(9633);                                                  \
        const T z3 = s - s73 * SPLAT(16069), z4 = s - s51 * SPLAT(3196);                        \
        const T z1 = (v[7] + v[1]) * SPLAT(7373), z2 = (v[5] + v[3]) * SPLAT(20995);            \
        const T o0 = v[7] * SPLAT(2446) - z1 + z3, o1 = v[5] * SPLAT(16819) - z2 + z4;          \
        const T o2 = v[3] * SPLAT(25172) - z2 + z3, o3 = v[1] * SPLAT(12299) - z1 + z4;         \
        v[0] = (e0 + o3) >> (SHIFT);                                                            \
        v[7] = (e0 - o3) >> (SHIFT);                                                            \
        v[1] = (e1 + o2) >> (SHIFT);                                                            \
        v[6] = (e1 - o2) >> (SHIFT);                                                            \
        v[2] = (e2 + o1) >> (SHIFT);                                                            \
        v[5] = (e2 - o1) >> (SHIFT);                                                            \
        v[3] = (e3 + o0) >> (SHIFT);                                                            \
        v[4] = (e3 - o0) >> (SHIFT);                                                            \
    }

#endif
