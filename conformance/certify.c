/* certify.c -- every scenario twice, and the traces compared. */
#include "conformance/certify.h"

#include "conformance/interrupt.h"
#include "conformance/output.h"
#include "conformance/select.h"
#include "conformance/verdict.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 512
#define PATH_SIZE 1400

static const char *const varied[] = { "address layout", "workers", "locale", "time zone", "home", "size of the environment", "umask" };

struct certificate {
	struct arena *arena;
	const struct certify_options *options;
	FILE *out;
	char scratch[1000], folder[2][PATH_SIZE];
	unsigned traces, differences;
};

/* The first run's folder is `--out`; what is not told again to the two runs is left out. */
static bool is_own(const char *arg, bool *takes_value)
{
	*takes_value = !strcmp(arg, "--out") || !strcmp(arg, "--program") || !strcmp(arg, "--jobs");
	return *takes_value || !strcmp(arg, "--certify") || !strncmp(arg, "--out=", 6) || !strncmp(arg, "--program=", 10) || !strncmp(arg, "--jobs=", 7);
}

static void make_args(char **args, char *const *argv, const char *jobs, const char *folder)
{
	unsigned count = 0;
	for (char *const *arg = argv; *arg && count < ARGS_MAX - 8; arg++) {
		bool takes_value;
		if (!is_own(*arg, &takes_value)) args[count++] = *arg;
		else if (takes_value && arg[1]) arg++;
	}
	args[count++] = (char *)"--quiet";
	args[count++] = (char *)"--jobs";
	args[count++] = (char *)jobs;
	args[count++] = (char *)"--out";
	args[count++] = (char *)folder;
	args[count] = NULL;
}

static void make_strange(void)
{
	char *large = malloc(70001);
	if (large) {
		memset(large, 'x', 70000);
		large[70000] = '\0';
		setenv("BGCHECK_PADDING", large, 1);
		free(large);
	}
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LANG", "tr_TR.UTF-8", 1);
	setenv("TZ", "Asia/Kathmandu", 1);
	setenv("HOME", "/nonexistent", 1);
	umask(077);
}

static _Noreturn void be_run(const struct certificate *certificate, int number)
{
	char *args[ARGS_MAX];
	int layout = personality(0xFFFFFFFF);
	make_args(args, certificate->options->argv, number ? "3" : "1", certificate->folder[number]);
	if (layout >= 0) personality(number ? (unsigned)layout & ~(unsigned)ADDR_NO_RANDOMIZE : (unsigned)layout | ADDR_NO_RANDOMIZE);
	if (number) make_strange();
	execv(certificate->options->program ? certificate->options->program : "/proc/self/exe", args);
	fprintf(stderr, "bgcheck: cannot run %s: %s\n", certificate->options->program ? certificate->options->program : "/proc/self/exe", strerror(errno));
	_exit(EXIT_HARNESS);
}

static int run(const struct certificate *certificate, int number)
{
	int status = 0;
	pid_t pid = interrupt_fork();
	if (!pid) be_run(certificate, number);
	return pid > 0 && interrupt_wait_for(pid, &status) && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_HARNESS;
}

/* --- comparing */

static void tell_line(FILE *out, const char *which, const char *line, const char *end)
{
	const char *stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
	fprintf(out, "  %s: %.*s\n", which, (int)((stop ? stop : end) - line), line < end ? line : "");
}

static void tell_difference(struct certificate *certificate, const char *name, const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t at = 0, start = 0;
	unsigned number = 1;
	for (; at < a_length && at < b_length && a[at] == b[at]; at++)
		if (a[at] == '\n') {
			start = at + 1;
			number++;
		}
	if (certificate->differences++) return;
	fprintf(certificate->out, "not deterministic: %s:%u\n", name, number);
	tell_line(certificate->out, "first ", a + start, a + a_length);
	tell_line(certificate->out, "second", b + start, b + b_length);
}

static void compare(struct certificate *certificate, const char *name)
{
	char path[PATH_SIZE * 2];
	const char *text[2];
	size_t length[2] = { 0 };
	struct arena before = *certificate->arena;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", certificate->folder[i], name);
		text[i] = select_read_file(certificate->arena, path, &length[i]);
		if (!text[i]) text[i] = "";
	}
	if (length[0] != length[1] || !length[0] || memcmp(text[0], text[1], length[0]))
		tell_difference(certificate, name, text[0], length[0], text[1], length[1]);
	*certificate->arena = before;
}

static int is_trace(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static unsigned count_traces(const struct certificate *certificate, int number, struct dirent ***list)
{
	char path[PATH_SIZE * 2];
	snprintf(path, sizeof path, "%s/trace", certificate->folder[number]);
	int count = scandir(path, list, is_trace, alphasort);
	return count < 0 ? 0 : (unsigned)count;
}

static void compare_all(struct certificate *certificate)
{
	struct dirent **list[2] = { NULL, NULL };
	char name[PATH_SIZE];
	unsigned other = count_traces(certificate, 1, &list[1]);
	certificate->traces = count_traces(certificate, 0, &list[0]);
	for (unsigned i = 0; i < certificate->traces; i++) {
		snprintf(name, sizeof name, "trace/%s", list[0][i]->d_name);
		compare(certificate, name);
		free(list[0][i]);
	}
	for (unsigned i = 0; i < other; i++) free(list[1][i]);
	free(list[0]);
	free(list[1]);
	if (other != certificate->traces && !certificate->differences++)
		fprintf(certificate->out, "not deterministic: %u traces, then %u\n", certificate->traces, other);
	compare(certificate, "results.json");
}

static int write_certificate(const struct certificate *certificate)
{
	char path[PATH_SIZE * 2];
	json_t *told = json_pack("{s:s,s:s,s:i,s:i,s:i,s:[]}", "schema", "bgcheck-certificate-1", "version", BGCHECK_VERSION, "times", 2, "runs",
		(int)certificate->traces, "differences", (int)certificate->differences, "varied");
	for (size_t i = 0; i < sizeof varied / sizeof *varied; i++)
		json_array_append_new(json_object_get(told, "varied"), json_string(varied[i]));
	snprintf(path, sizeof path, "%s/certificate.json", certificate->folder[0]);
	bool written = told && !json_dump_file(told, path, JSON_INDENT(1) | JSON_SORT_KEYS);
	json_decref(told);
	if (!written) fprintf(stderr, "bgcheck: cannot write %s\n", path);
	return written ? 0 : -1;
}

static int certify_in(struct certificate *certificate)
{
	int first = run(certificate, 0), second = interrupt_seen() ? EXIT_HARNESS : run(certificate, 1);
	if (interrupt_seen()) return EXIT_HARNESS;
	compare_all(certificate);
	if (first != second && !certificate->differences++) fprintf(certificate->out, "not deterministic: exit %d, then %d\n", first, second);
	if (certificate->options->out && write_certificate(certificate)) return EXIT_HARNESS;
	if (certificate->differences) return EXIT_HARNESS;
	if (!certificate->traces) return first ? first : EXIT_HARNESS;
	fprintf(certificate->out, "certified: %u runs, 2 times, 0 differences\n", certificate->traces);
	return first;
}

int certify(struct arena *arena, const struct certify_options *options, FILE *out)
{
	struct certificate *certificate = arena_take(arena, sizeof *certificate);
	if (!certificate) return EXIT_HARNESS;
	*certificate = (struct certificate){ .arena = arena, .options = options, .out = out };
	if (output_scratch(certificate->scratch, sizeof certificate->scratch, "certify")) return EXIT_HARNESS;
	if (options->out) snprintf(certificate->folder[0], PATH_SIZE, "%s", options->out);
	else snprintf(certificate->folder[0], PATH_SIZE, "%s/first", certificate->scratch);
	snprintf(certificate->folder[1], PATH_SIZE, "%s/second", certificate->scratch);
	int code = certify_in(certificate);
	output_remove(certificate->scratch);
	return code;
}
