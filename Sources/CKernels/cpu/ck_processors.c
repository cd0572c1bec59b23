#define _GNU_SOURCE
#include "ck_processors.h"

#ifdef __linux__
#include <sched.h>

int ck_processors_available(void) {
    // The kernel refuses a mask that is smaller than its own.
    for (int most = 1024; most <= 1 << 16; most *= 2) {
        cpu_set_t *set = CPU_ALLOC(most);
        if (!set) return 0;
        int refused = sched_getaffinity(0, CPU_ALLOC_SIZE(most), set);
        int count = refused ? 0 : CPU_COUNT_S(CPU_ALLOC_SIZE(most), set);
        CPU_FREE(set);
        if (!refused) return count;
    }
    return 0;
}
#else
int ck_processors_available(void) { return 0; }
#endif
