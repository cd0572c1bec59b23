// Large aligned memory for weights and activations.
#ifndef CK_MEMORY_H
#define CK_MEMORY_H

#include <stddef.h>

/// Zeroed memory, aligned to 64 bytes, and to huge pages (asked for) when it is large. NULL when there is none.
void *ck_memory_allocate(size_t bytes);
void ck_memory_free(void *memory, size_t bytes);

/// To be called before there are threads: glibc gives each of them an arena for which it reserves 64 MiB of addresses, of
/// which a process whose address space is limited has none to spare.
void ck_memory_share_arena(void);

#endif
