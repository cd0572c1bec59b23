// C, because Swift does not see pthread_setname_np on Linux.
#ifndef CK_THREAD_H
#define CK_THREAD_H

// Names the calling thread for debuggers, which see the first 15 bytes.
void ck_thread_name(const char *name);

#endif
