// What instruction_set.inc needs. Included before it, since its functions have attributes that others must not have.
#ifndef INSTRUCTION_SET_INCLUDES_H
#define INSTRUCTION_SET_INCLUDES_H

#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <string>
#include <type_traits>
#include <unordered_map>

#include "instruction_set.h"
#include "warp.h"

#endif
