#define _GNU_SOURCE
#include "ck_thread.h"

#include <pthread.h>
#include <string.h>

void ck_thread_name(const char *name) {
    // The system refuses longer ones.
    char start[16] = {0};
    strncpy(start, name, sizeof start - 1);
#ifdef __APPLE__
    pthread_setname_np(start);
#else
    pthread_setname_np(pthread_self(), start);
#endif
}
