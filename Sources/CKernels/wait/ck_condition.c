#define _GNU_SOURCE
#include "ck_condition.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { billion = 1000000000 };

struct ck_condition {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

#ifndef __APPLE__
/* Names its clock in the call; glibc has it since 2.30, musl does not. Where it is missing, the condition's own clock,
   which is the same one, counts. */
extern int pthread_cond_clockwait(
    pthread_cond_t *restrict, pthread_mutex_t *restrict, clockid_t, const struct timespec *restrict)
    __attribute__((weak));
#endif

ck_condition *ck_condition_create(void) {
    ck_condition *made = malloc(sizeof *made);
    if (!made) return NULL;
    pthread_mutex_init(&made->mutex, NULL);
#ifdef __APPLE__
    pthread_cond_init(&made->condition, NULL);
#else
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&made->condition, &attributes);
    pthread_condattr_destroy(&attributes);
#endif
    return made;
}

void ck_condition_destroy(ck_condition *condition) {
    pthread_cond_destroy(&condition->condition);
    pthread_mutex_destroy(&condition->mutex);
    free(condition);
}

void ck_condition_lock(ck_condition *condition) { pthread_mutex_lock(&condition->mutex); }
void ck_condition_unlock(ck_condition *condition) { pthread_mutex_unlock(&condition->mutex); }
void ck_condition_wake(ck_condition *condition) { pthread_cond_broadcast(&condition->condition); }

bool ck_condition_wait(ck_condition *condition, int64_t nanoseconds) {
    if (nanoseconds < 0) {
        pthread_cond_wait(&condition->condition, &condition->mutex);
        return true;
    }
    /* Ten years: the sum below must stay within a time. */
    const int64_t longest = INT64_C(315360000) * billion;
    if (nanoseconds > longest) nanoseconds = longest;
#ifdef __APPLE__
    struct timespec left = {nanoseconds / billion, nanoseconds % billion};
    return pthread_cond_timedwait_relative_np(&condition->condition, &condition->mutex, &left) != ETIMEDOUT;
#else
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += nanoseconds / billion;
    until.tv_nsec += nanoseconds % billion;
    if (until.tv_nsec >= billion) {
        until.tv_nsec -= billion;
        until.tv_sec++;
    }
    int code = pthread_cond_clockwait
        ? pthread_cond_clockwait(&condition->condition, &condition->mutex, CLOCK_MONOTONIC, &until)
        : pthread_cond_timedwait(&condition->condition, &condition->mutex, &until);
    return code != ETIMEDOUT;
#endif
}
