/* adapter_process.h -- a child process with pipes, a process group of its own, and an end that nothing of it outlives.
 *
 * The caller becomes a subreaper: descendants that leave the group are handed to it when their parents die, and are
 * found and ended too. The caller has no other children that start while the process runs. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_PROCESS_H
#define BGCHECK_CONFORMANCE_ADAPTER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct adapter_process {
	pid_t pid;              /* leader of its group; 0: none */
	int to, from;           /* its stdin and stdout, non-blocking; the caller closes them */
	unsigned long long started;  /* ticks since boot, as /proc tells */
	bool gone;              /* it has ended; not reaped yet, so that its group keeps its number */
	bool killed;            /* ended by signal `code` */
	int code;               /* exit status or signal */
};

/* Starts argv (found on the PATH); its stderr goes to log_fd (-1: nowhere). It gets SIGKILL when the caller dies.
 * Errors: false, `why` says what the system refused. */
bool adapter_process_start(struct adapter_process *process, char *const *argv, int log_fd, char *why, size_t why_size);

/* Whether it has ended. Never waits. */
bool adapter_process_gone(struct adapter_process *process);

/* `still runs`, `exited with status 3`, `was ended by signal 11 (Segmentation fault)`. */
void adapter_process_describe(struct adapter_process *process, char *text, size_t size);

/* Ends the group and all descendants: SIGTERM, patience_ns for the leader, SIGKILL; reaps. Waits for pids only, never for
 * the end of a pipe. Returns the number of processes besides the leader that had to be ended one by one. */
unsigned adapter_process_end(struct adapter_process *process, int64_t patience_ns);

/* Ends every process that was handed to the caller, a subreaper: all its descendants but the children named, and theirs.
 * Returns how many there were. */
unsigned adapter_process_end_orphans(const pid_t *spared, unsigned count);

/* Monotonic ns. */
int64_t adapter_process_clock(void);

#endif
