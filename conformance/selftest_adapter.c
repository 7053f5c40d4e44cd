/* selftest_adapter.c -- the faults, each at one line of a conversation that is good but for it. */
#include "conformance/selftest_adapter.h"

#include "conformance/json_text.h"
#include "conformance/output.h"
#include "conformance/serve_reference.h"
#include "conformance/verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOISE_BYTES (1u << 20)

/* A line that is due, and what there is to spoil. */
struct moment {
	const char *line;
	size_t length;
	unsigned percent;       /* N of the fault */
	const char *mark;
	char draft[1200];       /* of the run's output folder; "" before scenario.begin */
};

struct spoiler {
	bool (*fault)(const struct moment *);
	unsigned at, lines;     /* at 0: never */
	const char *mark;
	struct moment moment;
};

static bool put(const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(1, bytes, length);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) _exit(1);
		bytes += n;
		length -= (size_t)n;
	}
	return false;
}

static void sleep_for_ever(void)
{
	for (;;) pause();
}

static bool fault_none(const struct moment *moment)
{
	(void)moment;
	return true;
}

static bool fault_exit(const struct moment *moment)
{
	(void)moment;
	_exit(3);
}

static bool fault_kill(const struct moment *moment)
{
	(void)moment;
	kill(getpid(), SIGKILL);
	return false;
}

static bool fault_truncate(const struct moment *moment)
{
	put(moment->line, (moment->length - 1) * moment->percent / 100);
	_exit(0);
}

static bool fault_cut(const struct moment *moment)
{
	put(moment->line, (moment->length - 1) * moment->percent / 100);
	return put("\n", 1);
}

/* The line under another id, when it is a reply. */
static void put_as(const struct moment *moment, json_int_t id, json_int_t add)
{
	json_t *root = json_loadb(moment->line, moment->length, 0, NULL);
	const char *key = json_object_get(root, "id") ? "id" : "cb";
	json_object_set_new(root, key, json_integer(add ? json_integer_value(json_object_get(root, key)) + add : id));
	char *text = json_dumps(root, JSON_COMPACT);
	put(text, strlen(text));
	put("\n", 1);
	free(text);
	json_decref(root);
}

static bool is_callback(const struct moment *moment)
{
	return memmem(moment->line, moment->length, "\"ev\":", 5);
}

static bool put_reply(const char *line)
{
	return put(line, strlen(line));
}

static bool fault_reorder(const struct moment *moment)
{
	if (is_callback(moment)) put_reply("{\"id\":9999,\"r\":{\"hr\":0}}\n");
	else put_as(moment, 0, 1);
	return true;
}

static bool fault_unknown(const struct moment *moment)
{
	if (is_callback(moment)) return put_reply("{\"id\":4711,\"r\":{\"hr\":0}}\n");
	put_as(moment, 4711, 0);
	return false;
}

static bool fault_double(const struct moment *moment)
{
	if (is_callback(moment)) put_reply("{\"id\":1,\"r\":{\"hr\":0}}\n");
	else put(moment->line, moment->length);
	return true;
}

static bool fault_noise(const struct moment *moment)
{
	(void)moment;
	for (unsigned i = 0; i < NOISE_BYTES / 64; i++) fprintf(stderr, "%063u\n", i);
	return true;
}

static bool fault_flood(const struct moment *moment)
{
	static const char line[] = "{\"ev\":\"cb\",\"cb\":7,\"kind\":\"job_error\",\"job\":\"j1\"}\n";
	(void)moment;
	while (!put(line, sizeof line - 1)) continue;
	return false;
}

static bool fault_long(const struct moment *moment)
{
	(void)moment;
	for (unsigned i = 0; i < (2u << 20) / 16; i++) put("xxxxxxxxxxxxxxxx", 16);
	sleep_for_ever();
	return false;
}

static bool fault_zero(const struct moment *moment)
{
	(void)moment;
	return put("\0\xff{\x80}\n", 6);
}

static bool fault_hold(const struct moment *moment)
{
	while (moment->mark && !access(moment->mark, F_OK)) usleep(5000);
	return true;
}

static bool fault_hang(const struct moment *moment)
{
	(void)moment;
	sleep_for_ever();
	return false;
}

static bool fault_deaf(const struct moment *moment)
{
	signal(SIGTERM, SIG_IGN);
	return fault_hang(moment);
}

static bool fault_close(const struct moment *moment)
{
	close(1);
	return fault_hang(moment);
}

/* In a session of its own, with a parent that is gone: no process group and no chain of parents leads to it. */
static void leave_orphan(void)
{
	int ready[2];
	char byte;
	if (pipe(ready)) _exit(1);
	if (!fork()) {
		setsid();
		if (fork()) _exit(0);
		close(ready[0]), close(ready[1]);
		sleep_for_ever();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 0) _exit(1);
}

static bool fault_orphan(const struct moment *moment)
{
	leave_orphan();
	return fault_hang(moment);
}

static bool fault_orphan_exit(const struct moment *moment)
{
	leave_orphan();
	return fault_exit(moment);
}

static bool fault_status(const struct moment *moment)
{
	put(moment->line, moment->length);
	_exit(9);
}

static void make_folder(const char *base, const char *name)
{
	char path[1300];
	snprintf(path, sizeof path, "%s%s%s", base, *name ? "/" : "", name);
	mkdir(path, 0777);
}

static bool fault_block(const struct moment *moment)
{
	static const char *const names[] = { "results.json", "junit.xml", "results.tap", "summary.md", "coverage.json", "table.tsv" };
	if (moment->percent < sizeof names / sizeof *names) make_folder(moment->draft, names[moment->percent]);
	return true;
}

static bool fault_wipe(const struct moment *moment)
{
	char path[1300];
	snprintf(path, sizeof path, "%s%s", moment->draft, moment->percent ? "/trace" : "");
	output_remove(path);
	return true;
}

static bool fault_squat(const struct moment *moment)
{
	char place[1200];
	snprintf(place, sizeof place, "%s", moment->draft);
	char *suffix = strstr(place, ".draft-");
	if (suffix) *suffix = '\0';
	make_folder(place, "");
	make_folder(place, "precious");
	return true;
}

static const struct { const char *word; bool (*fault)(const struct moment *); } FAULTS[] = {
#define FAULT(word, function, phrase) { word, function },
#include "conformance/selftest_fault.def"
};

static void write_mark(const struct spoiler *spoiler)
{
	FILE *file = spoiler->mark ? fopen(spoiler->mark, "w") : NULL;
	if (!file) return;
	fprintf(file, "%u\n", spoiler->lines);
	fclose(file);
}

static bool say(void *context, unsigned n, const char *line, size_t length)
{
	struct spoiler *spoiler = context;
	spoiler->lines = n;
	if (n != spoiler->at) return true;
	spoiler->moment.line = line;
	spoiler->moment.length = length;
	write_mark(spoiler);
	return spoiler->fault(&spoiler->moment);
}

/* scenario.begin tells where the run works: in DRAFT/work/ID. */
static void hear(void *context, const json_t *message)
{
	struct spoiler *spoiler = context;
	char *draft = spoiler->moment.draft, *work;
	const char *dir = json_text(json_object_get(message, "a"), "dir");
	if (strcmp(json_text(message, "cmd"), "scenario.begin")) return;
	snprintf(draft, sizeof spoiler->moment.draft, "%s", dir);
	work = strstr(draft, "/work/");
	if (work) *work = '\0';
}

/* WORD, WORD@K, WORD@K:N */
static bool parse(const char *text, struct spoiler *spoiler)
{
	char word[32] = "";
	int end = 0;
	sscanf(text, "%31[a-z-]%n", word, &end);
	if (text[end] && sscanf(text + end, "@%u:%u", &spoiler->at, &spoiler->moment.percent) < 1) return false;
	for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
		if (!strcmp(FAULTS[i].word, word)) spoiler->fault = FAULTS[i].fault;
	return spoiler->fault;
}

int selftest_adapter(const char *fault, const char *mark)
{
	struct spoiler spoiler = { .mark = mark, .moment.mark = mark };
	if (!parse(fault, &spoiler)) {
		fprintf(stderr, "bgcheck: expected a fault of selftest_fault.def, found %s\n", fault);
		return EXIT_USAGE;
	}
	int code = serve_reference(&(struct serve_options){ .context = &spoiler, .say = say, .hear = hear, .command_ns = 50000000 });
	if (!spoiler.at) write_mark(&spoiler);
	return code;
}
