// The eight-point inverse DCT of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) in integers, as the JPEG group's
// "slow integer" method fixes it: constants with 13 fraction bits, 2 more bits kept between the passes, each pass
// rounded once. Every step is exact, so that any order of additions gives the same bits.
#ifndef CK_JPEG_DCT_H
#define CK_JPEG_DCT_H

/// Columns are transformed first. That pass keeps 2 bits; the second drops them and the 3 of the two passes' gain.
#define CK_JPEG_DCT_FIRST_SHIFT (13 - 2)
#define CK_JPEG_DCT_SECOND_SHIFT (13 + 2 + 3)

#endif
