#include "ck_thread_pool.h"

#include <pthread.h>
#include <stdlib.h>

struct ck_thread_pool {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    int32_t threads, started;
    uint64_t generation;  // counts the runs, so that a thread takes part in each run once
    int32_t busy;         // threads still inside the current run
    int stop;
    ck_task task;
    void *context;
    int32_t count;
    int32_t next;  // the next task to take, atomic
    pthread_t *handles;
};

typedef struct {
    ck_thread_pool *pool;
    int32_t index;
} worker_start;

static void take_tasks(ck_thread_pool *pool, int32_t thread) {
    for (;;) {
        int32_t task = __atomic_fetch_add(&pool->next, 1, __ATOMIC_RELAXED);
        if (task >= pool->count) return;
        pool->task(pool->context, task, thread);
    }
}

static void *worker(void *argument) {
    worker_start start = *(worker_start *)argument;
    free(argument);
    ck_thread_pool *pool = start.pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->stop && pool->generation == seen) pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->stop) break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->lock);
        take_tasks(pool, start.index);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0) pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

ck_thread_pool *ck_thread_pool_create(int32_t threads) {
    if (threads < 1) threads = 1;
    ck_thread_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->handles = calloc((size_t)threads, sizeof *pool->handles);
    if (pool->handles == NULL) {
        ck_thread_pool_destroy(pool);
        return NULL;
    }
    for (int32_t i = 0; i < threads - 1; i++) {
        worker_start *start = malloc(sizeof *start);
        if (start != NULL) *start = (worker_start){pool, i};
        if (start == NULL || pthread_create(&pool->handles[i], NULL, worker, start) != 0) {
            free(start);
            ck_thread_pool_destroy(pool);
            return NULL;
        }
        pool->started++;
    }
    return pool;
}

void ck_thread_pool_destroy(ck_thread_pool *pool) {
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = 1;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int32_t i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    free(pool->handles);
    free(pool);
}

int32_t ck_thread_pool_threads(const ck_thread_pool *pool) { return pool->threads; }

void ck_thread_pool_run(ck_thread_pool *pool, ck_task task, void *context, int32_t count) {
    if (count <= 0) return;
    if (pool->threads == 1 || count == 1) {
        for (int32_t i = 0; i < count; i++) task(context, i, pool->threads - 1);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->task = task;
    pool->context = context;
    pool->count = count;
    __atomic_store_n(&pool->next, 0, __ATOMIC_RELAXED);
    pool->busy = pool->started;
    pool->generation++;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    take_tasks(pool, pool->threads - 1);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0) pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
