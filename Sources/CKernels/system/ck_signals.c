// POSIX beside the language: sigaction.
#define _DEFAULT_SOURCE
#include "ck_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static atomic_int endings;
static atomic_int last_ending;
static atomic_int written_to = -1;

static void handle(int number) {
    int saved = errno;
    if (number != SIGHUP && atomic_fetch_add(&endings, 1) + 1 >= atomic_load(&last_ending)) _exit(128 + number);
    unsigned char byte = (unsigned char)number;
    // A full pipe holds thousands of signals that nobody has heeded: one more says nothing new.
    ssize_t written = write(atomic_load(&written_to), &byte, 1);
    (void)written;
    errno = saved;
}

static int keep_to_ourselves(int descriptor) {
    return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

void ck_signals_take(void) {
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
}

int ck_signals_install(int exits_at) {
    int ends[2];
    if (pipe(ends) != 0) return -1;
    // A handler must not wait.
    if (keep_to_ourselves(ends[0]) != 0 || keep_to_ourselves(ends[1]) != 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
        int code = errno;
        close(ends[0]);
        close(ends[1]);
        errno = code;
        return -1;
    }
    atomic_store(&written_to, ends[1]);
    atomic_store(&last_ending, exits_at);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    // One handler at a time: the count decides.
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (int place = 0; place < 3; place++)
        if (sigaction(numbers[place], &action, NULL) != 0) return -1;
    return ends[0];
}
