// jpeglib.h needs size_t and FILE to be declared before it is read.
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
