/* interrupt.h -- SIGINT, SIGTERM and SIGHUP as a flag, as long as there is something to tidy up.
 *
 * The one place with a variable of the process: a signal handler can reach nothing else. */
#ifndef BGCHECK_CONFORMANCE_INTERRUPT_H
#define BGCHECK_CONFORMANCE_INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/* From here on the three signals only set the flag, and end calls that wait with EINTR. Those that are ignored stay so. */
void interrupt_begin(void);

/* The first signal that came since, or 0. */
int interrupt_seen(void);

/* What the process exits with: 128 + the signal as shells have it, or `code` when none came. */
int interrupt_exit(int code);

/* As fork(); in the child the signals end the process again, without a moment in which one is lost. It gets SIGTERM when
 * the caller dies. */
pid_t interrupt_fork(void);

/* As waitpid(-1, status, 0); 0 when one of the signals comes first. */
pid_t interrupt_wait(int *status);

/* Waits for one child. False when one of the signals comes first, or it cannot be waited for: it has got SIGTERM, and has ended. */
bool interrupt_wait_for(pid_t pid, int *status);

#endif
