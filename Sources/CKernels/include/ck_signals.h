// Signals that ask a process to end or to read its files again. A handler may do next to nothing, in Swift even less than in
// C: these functions hold all that runs inside of one.
#ifndef CK_SIGNALS_H
#define CK_SIGNALS_H

/// From now on SIGINT, SIGTERM and SIGHUP are counted and handed on as bytes: each is the signal's number. Gives the
/// descriptor to read them from, or -1 with errno. To be called once a process.
///
/// The SIGINT or SIGTERM that is number `exits_at`, from 1, ends the process inside of the handler, with 128 and its number:
/// so it does whatever every thread of the process is waiting for.
int ck_signals_install(int exits_at);

/// The calling thread takes these signals from now on. Who started the process may have blocked them, for all of its threads.
void ck_signals_take(void);

#endif
