#ifndef CK_CONDITION_H
#define CK_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

/* A lock and a condition whose timed wait is on the monotonic clock. Those of libdispatch wait, on
   Linux, until a time of the wall clock: when that is set back by an hour they wait an hour longer. */
typedef struct ck_condition ck_condition;

/* NULL where there is no memory. */
ck_condition *ck_condition_create(void);
void ck_condition_destroy(ck_condition *condition);
void ck_condition_lock(ck_condition *condition);
void ck_condition_unlock(ck_condition *condition);
/* Wakes all who wait. */
void ck_condition_wake(ck_condition *condition);
/* With the lock held: gives it up, waits to be woken, at most so long (< 0: for ever), and takes it again. False where
   the time was over. May also return for no reason. */
bool ck_condition_wait(ck_condition *condition, int64_t nanoseconds);

#endif
