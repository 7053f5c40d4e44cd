/* selftest_strike.c -- one attack: a process in a world that is against it. */
#include "conformance/selftest_part.h"

#include "conformance/adapter_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_NS INT64_C(3000000000)       /* from the end of the program to the end of what dies with it */
#define TURN_MS 5

bool selftest_word(const struct attempt *attempt, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);
	for (const char *at = attempt->attack->how; *at; at += strspn(at, " ")) {
		size_t end = strcspn(at, " ");
		if (end >= length && !strncmp(at, key, length) && (end == length || at[length] == '=')) {
			snprintf(value, size, "%.*s", end > length ? (int)(end - length - 1) : 0, at + length + 1);
			if (!strcmp(value, "{K}")) snprintf(value, size, "%u", attempt->number);
			return true;
		}
		at += end;
	}
	return false;
}

const char *selftest_path(const struct attempt *attempt, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", attempt->folder, name);
	return path;
}

/* --- the command */

static void expand(const struct attempt *attempt, const char *word, char *text, size_t size)
{
	size_t used = 0;
	for (; *word && used + 1 < size; word++) {
		char key = word[0] == '{' && word[1] && word[2] == '}' ? word[1] : '\0';
		const char *t = attempt->folder;
		int n = 1;
		switch (key) {
		case 'S': n = snprintf(text + used, size - used, "%s/library/" SELFTEST_ID ".scn", t); break;
		case 'L': n = snprintf(text + used, size - used, "%s/library", t); break;
		case 'O': n = snprintf(text + used, size - used, "%s/out", t); break;
		case 'M': n = snprintf(text + used, size - used, "%s/mark", t); break;
		case 'T': n = snprintf(text + used, size - used, "%s", t); break;
		case 'K': n = snprintf(text + used, size - used, "%u", attempt->number); break;
		default: text[used] = *word;
		}
		used += (size_t)n;
		if (key) word += 2;
	}
	text[used < size ? used : size - 1] = '\0';
}

/* The command as words, in one block; free() words[0]. */
static bool make_words(struct attempt *attempt, char **words)
{
	char *block = malloc(16384), *at = block, *rest = NULL, template[1000];
	unsigned count = 0;
	if (!block) return false;
	snprintf(template, sizeof template, "%s", attempt->attack->command);
	words[count++] = at;
	at += sprintf(at, "%.2000s", attempt->program) + 1;
	for (char *word = strtok_r(template, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		bool adapter = !strcmp(word, "{A}");
		words[count++] = at;
		if (adapter) at += sprintf(at, "%.2000s", attempt->self) + 1, words[count++] = at, at += sprintf(at, "selftest-adapter") + 1;
		else if (!strcmp(word, "{}")) *at++ = '\0';
		else expand(attempt, word, at, 1000), at += strlen(at) + 1;
	}
	words[count] = NULL;
	size_t used = 0;
	for (unsigned i = 0; i < count; i++)
		used += (size_t)snprintf(attempt->command + used, sizeof attempt->command - used, "%s%s", i ? " " : "", *words[i] ? words[i] : "''");
	return true;
}

/* --- in the child */

static void limit(const struct attempt *attempt, const char *word, unsigned resource, rlim_t unit)
{
	char value[32];
	if (!selftest_word(attempt, word, value, sizeof value)) return;
	rlim_t most = (rlim_t)strtoul(value, NULL, 10) * unit;
	setrlimit(resource, &(struct rlimit){ most, most });
}

static void redirect(const struct attempt *attempt, const char *word, int fd)
{
	char value[32];
	int pair[2], other;
	if (!selftest_word(attempt, word, value, sizeof value)) return;
	if (!strcmp(value, "closed")) close(fd);
	if (!strcmp(value, "full") && (other = open("/dev/full", O_WRONLY | O_CLOEXEC)) >= 0) dup2(other, fd);
	if (!strcmp(value, "broken") && !pipe2(pair, O_CLOEXEC)) close(pair[0]), dup2(pair[1], fd);
}

static bool mount_disk(const struct attempt *attempt)
{
	char kind[32], disk[500];
	if (!selftest_word(attempt, "mount", kind, sizeof kind)) return true;
	selftest_path(attempt, "disk", disk, sizeof disk);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) return false;
	return !mount("bgcheck", disk, "tmpfs", !strcmp(kind, "ro") ? MS_RDONLY : 0, "size=16k");
}

static void set_environment(const struct attempt *attempt)
{
	char path[500], value[32];
	bool missing = selftest_word(attempt, "tmp", value, sizeof value);
	setenv("TMPDIR", selftest_path(attempt, missing ? "nosuch" : "tmp", path, sizeof path), 1);
	if (!attempt->clock) return;
	setenv("LD_PRELOAD", attempt->clock, 1);
	setenv("FAKETIME_TIMESTAMP_FILE", selftest_path(attempt, "time", path, sizeof path), 1);
	setenv("FAKETIME_NO_CACHE", "1", 1);
	setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1", 1);
	setenv("DONT_FAKE_MONOTONIC", "1", 1);
}

/* Errors end the child with 125, which no attack expects. */
static void become(const struct attempt *attempt, char *const *words, int said)
{
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ, SIGCHLD };
	setpgid(0, 0);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
	set_environment(attempt);
	if (!mount_disk(attempt)) _exit(125);
	dup2(in, 0), dup2(said, 1), dup2(said, 2);
	redirect(attempt, "out", 1), redirect(attempt, "err", 2), redirect(attempt, "in", 0);
	limit(attempt, "fsize", RLIMIT_FSIZE, 1);
	limit(attempt, "nofile", RLIMIT_NOFILE, 1);
	limit(attempt, "as", RLIMIT_AS, 1u << 20);
	execvp(words[0], words);
	_exit(125);
}

/* --- in the meantime */

static bool write_time(const struct attempt *attempt, const char *offset)
{
	char beside[500], path[500];
	FILE *file = fopen(selftest_path(attempt, "time.new", beside, sizeof beside), "w");
	if (!file) return false;
	fprintf(file, "%s\n", offset);
	return !fclose(file) && !rename(beside, selftest_path(attempt, "time", path, sizeof path));
}

/* At the mark, which the adapter sets: what the attack does from outside. The mark's end lets a held adapter go on. */
static void act(const struct attempt *attempt, pid_t pid)
{
	char value[32], path[500], away[500];
	if (selftest_word(attempt, "sig", value, sizeof value)) {
		if (!strcmp(value, "INT")) kill(-pid, SIGINT);   /* as a terminal does: to all of the group */
		else kill(pid, !strcmp(value, "TERM") ? SIGTERM : SIGHUP);
	}
	if (selftest_word(attempt, "act", value, sizeof value)) {
		if (!strcmp(value, "vanish")) rename(selftest_path(attempt, "library", path, sizeof path), selftest_path(attempt, "gone", away, sizeof away));
		else write_time(attempt, !strcmp(value, "forward") ? "+3d" : "-3d");
	}
	unlink(selftest_path(attempt, "mark", path, sizeof path));
}

static bool is_marked(const struct attempt *attempt)
{
	char path[500];
	struct stat about;
	return !stat(selftest_path(attempt, "mark", path, sizeof path), &about) && about.st_size > 0;
}

static void listen_to(struct attempt *attempt, int fd, size_t *used, int ms)
{
	char drop[4096];
	struct pollfd set = { .fd = fd, .events = POLLIN };
	while (poll(&set, 1, ms) > 0 && (set.revents & POLLIN)) {
		bool keep = *used + 1 < sizeof attempt->said;
		ssize_t n = keep ? read(fd, attempt->said + *used, sizeof attempt->said - 1 - *used) : read(fd, drop, sizeof drop);
		if (n <= 0) return;
		if (keep) *used += (size_t)n;
		ms = 0;
	}
	if (ms) poll(NULL, 0, set.revents & POLLHUP ? ms : 0);
}

/* What the program started must die with it; what does not in time is an orphan. */
static unsigned count_orphans(void)
{
	int64_t until_ns = adapter_process_clock() + GRACE_NS;
	while (adapter_process_clock() < until_ns) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 && errno == ECHILD) return 0;
		if (pid <= 0) poll(NULL, 0, TURN_MS);
	}
	return adapter_process_end_orphans(NULL, 0);
}

static void watch(struct attempt *attempt, pid_t pid, int fd)
{
	int64_t due_ns = adapter_process_clock() + attempt->watchdog_ns;
	size_t used = 0;
	int status = 0;
	char value[32];
	bool acted = !selftest_word(attempt, "sig", value, sizeof value) && !selftest_word(attempt, "act", value, sizeof value);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		listen_to(attempt, fd, &used, TURN_MS);
		if (!acted && is_marked(attempt)) act(attempt, pid), acted = true;
		if (adapter_process_clock() < due_ns) continue;
		attempt->stuck = true;
		kill(-pid, SIGKILL);
		due_ns = INT64_MAX;
	}
	listen_to(attempt, fd, &used, 0);
	attempt->said[used] = '\0';
	attempt->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	attempt->orphans = count_orphans();
}

bool selftest_strike(struct attempt *attempt)
{
	char *words[SELFTEST_WORDS_MAX];
	int said[2];
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!make_words(attempt, words)) return false;
	if (attempt->clock && !write_time(attempt, "+0d")) return false;
	if (pipe2(said, O_CLOEXEC | O_NONBLOCK)) return false;
	/* The program is to block when nobody reads, not to fail. */
	fcntl(said[1], F_SETFL, 0);
	pid_t pid = fork();
	if (!pid) become(attempt, words, said[1]);
	close(said[1]);
	if (pid > 0) {
		setpgid(pid, pid);
		watch(attempt, pid, said[0]);
	}
	close(said[0]);
	free(words[0]);
	return pid > 0;
}
