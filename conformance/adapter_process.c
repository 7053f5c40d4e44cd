/* adapter_process.c -- spawning, process groups, and an end that nothing outlives. */
#include "conformance/adapter_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANCESTORS_MAX 64
#define SWEEPS_MAX 1000          /* of 2 ms each */
#define CLOSE_ON_EXEC_FLAG 4u    /* CLOSE_RANGE_CLOEXEC; not in all headers */

struct kin {
	pid_t parent;
	char state;
	unsigned long long started;
};

int64_t adapter_process_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void nap(long ns)
{
	struct timespec time = { .tv_nsec = ns };
	nanosleep(&time, NULL);
}

/* Reads /proc/PID/stat. The name in it may hold blanks and brackets: what counts stands behind the last bracket. */
static bool read_kin(pid_t pid, struct kin *kin)
{
	char path[40], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return false;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0) return false;
	text[n] = '\0';
	const char *at = strrchr(text, ')');
	int parent;
	if (!at || sscanf(at + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
		&kin->state, &parent, &kin->started) != 3) return false;
	kin->parent = (pid_t)parent;
	return true;
}

/* In the child, between fork and exec: only async-signal-safe calls. Returns the errno of what failed. */
static int become(char *const *argv, int in, int out, int error, pid_t parent)
{
	sigset_t none;
	sigemptyset(&none);
	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent) return ESRCH;
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(error, 2) < 0) return errno;
	syscall(SYS_close_range, 3u, ~0u, CLOSE_ON_EXEC_FLAG);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	return errno;
}

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0) close(pair[i]);
	pair[0] = pair[1] = -1;
}

/* The status pipe closes with a successful exec; otherwise it brings the errno. */
static int read_errno(int fd)
{
	int number = 0;
	ssize_t n;
	do n = read(fd, &number, sizeof number); while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof number ? number : 0;
}

static pid_t spawn(char *const *argv, int in, int out, int log_fd, int status[2])
{
	pid_t parent = getpid();
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = fork();
	if (!pid) {
		int number = become(argv, in, out, log_fd >= 0 ? log_fd : nowhere, parent);
		if (write(status[1], &number, sizeof number) < 0) _exit(126);
		_exit(127);
	}
	if (nowhere >= 0) close(nowhere);
	if (pid > 0) setpgid(pid, pid);
	return pid;
}

bool adapter_process_start(struct adapter_process *process, char *const *argv, int log_fd, char *why, size_t why_size)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, status[2] = { -1, -1 };
	struct kin kin = { 0 };
	int number = 0;

	*process = (struct adapter_process){ .to = -1, .from = -1 };
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(status, O_CLOEXEC)) goto refused;
	pid_t pid = spawn(argv, in[0], out[1], log_fd, status);
	if (pid < 0) goto refused;
	close(status[1]);
	status[1] = -1;
	number = read_errno(status[0]);
	if (number) {
		waitpid(pid, NULL, 0);
		goto refused;
	}
	read_kin(pid, &kin);
	*process = (struct adapter_process){ .pid = pid, .to = in[1], .from = out[0], .started = kin.started };
	fcntl(process->to, F_SETFL, O_NONBLOCK);
	fcntl(process->from, F_SETFL, O_NONBLOCK);
	in[1] = out[0] = -1;
	close_pair(in);
	close_pair(out);
	close_pair(status);
	return true;
refused:
	snprintf(why, why_size, "expected an adapter that starts, found %s: %s", argv[0], strerror(number ? number : errno));
	close_pair(in);
	close_pair(out);
	close_pair(status);
	return false;
}

bool adapter_process_gone(struct adapter_process *process)
{
	siginfo_t info = { 0 };
	if (process->gone || !process->pid) return true;
	if (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) || !info.si_pid) return false;
	process->gone = true;
	process->killed = info.si_code != CLD_EXITED;
	process->code = info.si_status;
	return true;
}

void adapter_process_describe(struct adapter_process *process, char *text, size_t size)
{
	if (!adapter_process_gone(process)) snprintf(text, size, "still runs");
	else if (process->killed) snprintf(text, size, "was ended by signal %d (%s)", process->code, strsignal(process->code));
	else snprintf(text, size, "exited with status %d", process->code);
}

/* Our own child through which the chain of pid's parents reaches us; 0: it does not. */
static pid_t child_above(pid_t pid, struct kin *kin)
{
	pid_t self = getpid();
	for (int i = 0; i < ANCESTORS_MAX && pid > 1 && pid != self && read_kin(pid, kin); i++) {
		if (kin->parent == self) return pid;
		pid = kin->parent;
	}
	return 0;
}

/* Who is to be ended: descendants of the process, or all but those of a few children. */
struct prey {
	const struct adapter_process *process;
	const pid_t *spared;
	unsigned spared_count;
	unsigned long long since;   /* no older process is among them: most are told by one look */
};

/* A descendant of the process reaches us through its leader, or through a younger child that we did not start: one that
 * was handed to us. */
static bool is_prey(const struct prey *prey, pid_t pid)
{
	struct kin kin;
	pid_t child = read_kin(pid, &kin) && kin.started >= prey->since ? child_above(pid, &kin) : 0;
	if (!child) return false;
	if (prey->process) return pid != prey->process->pid && (child == prey->process->pid || kin.started >= prey->process->started);
	for (unsigned i = 0; i < prey->spared_count; i++)
		if (child == prey->spared[i]) return false;
	return true;
}

/* Ends them all; reaps those that are our children. Returns how many were there. */
static unsigned sweep(const struct prey *prey)
{
	unsigned count = 0;
	DIR *proc = opendir("/proc");
	if (!proc) return 0;
	for (const struct dirent *entry; (entry = readdir(proc));) {
		struct kin kin;
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid <= 1 || pid == getpid() || !is_prey(prey, pid)) continue;
		if (!read_kin(pid, &kin)) continue;
		if (kin.state != 'Z') kill(pid, SIGKILL);
		if (kin.parent == getpid()) waitpid(pid, NULL, WNOHANG);
		count++;
	}
	closedir(proc);
	return count;
}

static unsigned sweep_all(const struct prey *prey)
{
	unsigned strays = sweep(prey);
	for (int i = 0; i < SWEEPS_MAX && strays && sweep(prey); i++) nap(2000000);
	return strays;
}

unsigned adapter_process_end_orphans(const pid_t *spared, unsigned count)
{
	struct kin self = { 0 };
	read_kin(getpid(), &self);
	return sweep_all(&(struct prey){ .spared = spared, .spared_count = count, .since = self.started });
}

static void wait_gone(struct adapter_process *process, int64_t patience_ns)
{
	int64_t until = adapter_process_clock() + patience_ns;
	while (!adapter_process_gone(process) && adapter_process_clock() < until) nap(2000000);
}

unsigned adapter_process_end(struct adapter_process *process, int64_t patience_ns)
{
	if (!process->pid) return 0;
	kill(-process->pid, SIGTERM);
	wait_gone(process, patience_ns);
	kill(-process->pid, SIGKILL);
	wait_gone(process, 5000000000);
	unsigned strays = sweep_all(&(struct prey){ .process = process, .since = process->started });
	waitpid(process->pid, NULL, process->gone ? 0 : WNOHANG);
	process->pid = 0;
	return strays;
}
