// Integers of known width, for the host and for the CUDA kernels: their run-time compiler has no system headers.
#ifndef CK_FIXED_WIDTH_H
#define CK_FIXED_WIDTH_H

#ifdef __CUDACC_RTC__
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#else
#include <stdint.h>
#endif

#endif
