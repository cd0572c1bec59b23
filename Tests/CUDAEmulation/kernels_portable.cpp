#define TABLE kernels_portable
#include "kernels.inc"
