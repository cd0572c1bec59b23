#include "td_generic.h"

const td_kernels ck_td_kernels_portable = {products_generic, theta_generic, at_least_generic, masks_generic,
                                             peak_generic,     NULL,          NULL};
