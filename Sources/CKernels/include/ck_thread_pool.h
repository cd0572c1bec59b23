// A fixed set of threads that runs numbered tasks: the fork-join under every parallel stage.
#ifndef CK_THREAD_POOL_H
#define CK_THREAD_POOL_H

#include <stdint.h>

typedef struct ck_thread_pool ck_thread_pool;

/// A task: its number, and which of the pool's threads (0 ..< thread count) runs it, for per-thread workspaces.
typedef void (*ck_task)(void *context, int32_t task, int32_t thread);

/// Starts threads - 1 threads; the caller of ck_thread_pool_run is the last one. NULL when a thread cannot be had.
ck_thread_pool *ck_thread_pool_create(int32_t threads);
void ck_thread_pool_destroy(ck_thread_pool *pool);
int32_t ck_thread_pool_threads(const ck_thread_pool *pool);

/// Runs tasks 0 ..< count, each once, in any order, and returns when all are done.
/// One caller at a time: a pool belongs to one pipeline. A task must not call ck_thread_pool_run on its own pool.
void ck_thread_pool_run(ck_thread_pool *pool, ck_task task, void *context, int32_t count);

#endif
