#define _GNU_SOURCE
#include "ck_memory.h"

#include <stdint.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Weights of hundreds of megabytes are streamed once a batch: with pages of 4 KiB the address translation, not the
// memory, would set the speed.
enum { HUGE_PAGE = 2 << 20 };

static size_t mapped_size(size_t bytes) {
    size_t unit = bytes >= HUGE_PAGE ? HUGE_PAGE : 4096;
    return bytes > SIZE_MAX - 2 * (size_t)HUGE_PAGE ? 0 : (bytes + unit - 1) / unit * unit;
}

void *ck_memory_allocate(size_t bytes) {
    if (bytes == 0) bytes = 1;
    size_t size = mapped_size(bytes);
    if (size == 0) return NULL;
    if (bytes < HUGE_PAGE) {
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return memory == MAP_FAILED ? NULL : memory;
    }
    // One huge page more than needed, then the ends that are not aligned are given back.
    char *raw = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return NULL;
    size_t before = (HUGE_PAGE - (uintptr_t)raw % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0) munmap(raw, before);
    if (HUGE_PAGE - before > 0) munmap(raw + before + size, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(raw + before, size, MADV_HUGEPAGE);
#endif
    return raw + before;
}

void ck_memory_share_arena(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}

void ck_memory_free(void *memory, size_t bytes) {
    if (memory != NULL) munmap(memory, mapped_size(bytes == 0 ? 1 : bytes));
}
