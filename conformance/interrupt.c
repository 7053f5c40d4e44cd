/* interrupt.c -- signals that are only noted. */
#include "conformance/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNALS_COUNT (sizeof SIGNALS / sizeof *SIGNALS)

static volatile sig_atomic_t first_signal;

static void on_signal(int number)
{
	if (!first_signal) first_signal = number;
}

static void on_child(int number)
{
	(void)number;   /* only there to end a sigsuspend */
}

void interrupt_begin(void)
{
	struct sigaction action = { .sa_handler = on_signal }, child = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP | SA_RESTART }, old;
	first_signal = 0;
	sigaction(SIGCHLD, &child, NULL);
	for (size_t i = 0; i < SIGNALS_COUNT; i++)
		if (!sigaction(SIGNALS[i], NULL, &old) && old.sa_handler != SIG_IGN) sigaction(SIGNALS[i], &action, NULL);
}

int interrupt_seen(void)
{
	return first_signal;
}

int interrupt_exit(int code)
{
	return first_signal ? 128 + first_signal : code;
}

static void block(sigset_t *old)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < SIGNALS_COUNT; i++) sigaddset(&set, SIGNALS[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

static void become_child(pid_t parent)
{
	struct sigaction old;
	signal(SIGCHLD, SIG_DFL);
	for (size_t i = 0; i < SIGNALS_COUNT; i++)
		if (!sigaction(SIGNALS[i], NULL, &old) && old.sa_handler == on_signal) signal(SIGNALS[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent) _exit(1);
}

pid_t interrupt_fork(void)
{
	sigset_t old;
	pid_t parent = getpid();
	block(&old);
	pid_t pid = fork();
	if (!pid) become_child(parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

pid_t interrupt_wait(int *status)
{
	sigset_t old;
	pid_t pid;
	block(&old);
	while (!(pid = waitpid(-1, status, WNOHANG)) && !first_signal) sigsuspend(&old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

bool interrupt_wait_for(pid_t pid, int *status)
{
	pid_t ended;
	do ended = interrupt_wait(status); while (ended > 0 && ended != pid);
	if (ended == pid) return true;
	kill(pid, SIGTERM);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR) continue;
	return false;
}
