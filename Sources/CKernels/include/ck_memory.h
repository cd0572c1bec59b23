// Large aligned memory for weights and activations.
#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include <stddef.h>

/// Zeroed memory, aligned to 64 bytes, and to huge pages (asked for) when it is large. NULL when there is none.
void *ck_memory_allocate(size_t bytes);
void ck_memory_free(void *memory, size_t bytes);

#endif
