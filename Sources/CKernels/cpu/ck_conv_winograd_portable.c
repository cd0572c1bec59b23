// The widest vector that every processor of its kind has: 4 floats. Without such registers the compiler splits it.
#define WIDTH 4
#include "ck_conv_winograd_transform.h"

const ck_winograd_transforms ck_winograd_portable = {input, output};
