// The wall clock as the kernel shows it once somebody has set it: from second STEP_AT of the monotonic clock on it is
// STEP seconds further, for all processes that are started with this library in LD_PRELOAD. Waits until a time of the
// wall clock follow it, as the kernel's do; those of a condition that is on the monotonic clock do not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

enum { million = 1000000, billion = 1000000000, most_conditions = 4096 };

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static int real_clock(clockid_t clock, struct timespec *now) {
    static int (*call)(clockid_t, struct timespec *);
    if (!call) call = next("clock_gettime");
    return call(clock, now);
}

static long step(void) {
    const char *at = getenv("STEP_AT"), *seconds = getenv("STEP");
    if (!at || !seconds) return 0;
    struct timespec now;
    real_clock(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9 >= atof(at) ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = real_clock(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += step();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    now->tv_sec = time.tv_sec;
    now->tv_usec = time.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

static int has_come(const struct timespec *deadline) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec > deadline->tv_sec || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    const struct timespec pause = {0, 2 * million};
    while (sem_trywait(semaphore) != 0) {
        if (errno != EAGAIN) return -1;
        if (has_come(deadline)) {
            errno = ETIMEDOUT;
            return -1;
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

// The conditions that are on the monotonic clock.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const void *monotonic[most_conditions];

static int is_monotonic(const void *condition, const void *replacement) {
    pthread_mutex_lock(&lock);
    int place = 0;
    while (place < most_conditions && monotonic[place] != condition) place++;
    int found = place < most_conditions;
    if (found) monotonic[place] = replacement;
    pthread_mutex_unlock(&lock);
    return found;
}

int pthread_cond_init(pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes) {
    static int (*call)(pthread_cond_t *, const pthread_condattr_t *);
    if (!call) call = next("pthread_cond_init");
    clockid_t clock = CLOCK_REALTIME;
    if (attributes) pthread_condattr_getclock(attributes, &clock);
    if (clock == CLOCK_MONOTONIC && !is_monotonic(condition, condition)) is_monotonic(NULL, condition);
    return call(condition, attributes);
}

int pthread_cond_destroy(pthread_cond_t *condition) {
    static int (*call)(pthread_cond_t *);
    if (!call) call = next("pthread_cond_destroy");
    is_monotonic(condition, NULL);
    return call(condition);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
    static int (*call)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (!call) call = next("pthread_cond_timedwait");
    if (is_monotonic(condition, condition)) return call(condition, mutex, deadline);
    while (!has_come(deadline)) {
        struct timespec soon;
        real_clock(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 2 * million;
        if (soon.tv_nsec >= billion) {
            soon.tv_nsec -= billion;
            soon.tv_sec++;
        }
        int result = call(condition, mutex, &soon);
        if (result != ETIMEDOUT) return result;
    }
    return ETIMEDOUT;
}
