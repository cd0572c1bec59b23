// The processors that this process may run on. C, because Swift does not see sched_getaffinity.
#ifndef CK_PROCESSORS_H
#define CK_PROCESSORS_H

// Those of the calling thread's affinity mask; 0 where the system does not say.
int ck_processors_available(void);

#endif
