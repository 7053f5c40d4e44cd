/* shrink.c -- delta debugging over the lines of a scenario, then over what stands in them. */
#include "conformance/shrink.h"

#include "conformance/interrupt.h"
#include "conformance/pool.h"
#include "conformance/shrink_text.h"
#include "sim/format.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP_BYTES (64u << 20)       /* lines as they became */
#define TRY_BYTES (160u << 20)       /* of one play */
#define TEXT_MAX (512u << 10)
#define REPAIRS_MAX 12u
#define CRASH "\tCRASH\t"
#define CRASH_SECONDS 20

struct shrinking {
	const struct shrink_options *options;
	struct arena keep, scratch;      /* scratch is emptied with each try */
	struct shrink_lines now;         /* what fails, as small as it is known */
	char **candidate;
	unsigned candidate_count;
	enum dialect dialect;
	char class[FAILURE_SIGNATURE_MAX];
	unsigned tries;
};

/* --- one try */

struct wanted {
	enum dialect dialect;
	const char *class;
	bool found;
	char first[FAILURE_SIGNATURE_MAX];  /* "": nothing was broken */
};

static void see(void *context, const struct broken *broken)
{
	struct wanted *wanted = context;
	char class[FAILURE_SIGNATURE_MAX];
	failure_class(wanted->dialect, broken, class);
	if (!*wanted->first) memcpy(wanted->first, class, sizeof class);
	wanted->found |= wanted->class && !strcmp(wanted->class, class);
}

static bool play(struct shrinking *shrinking, const struct scenario *scenario, struct wanted *wanted)
{
	struct unit_trial trial;
	const struct machine *machine = unit_machine(&shrinking->scratch, shrinking->options->unit, wanted->dialect);
	if (!machine) return false;
	unit_try(&shrinking->scratch, shrinking->options->unit, &(struct unit){ scenario, wanted->dialect }, machine,
		shrinking->options->unit->impl == IMPL_REFERENCE, &trial);
	failure_look(&trial, see, wanted);
	return true;
}

/* The signal that ends a play in a process of its own; 0: none does. */
static int crash_of(struct shrinking *shrinking, const struct scenario *scenario, enum dialect dialect)
{
	struct wanted wanted = { .dialect = dialect };
	int status = 0;
	pid_t pid = interrupt_fork();
	if (!pid) {
		pool_be_quiet(CRASH_SECONDS);
		play(shrinking, scenario, &wanted);
		_exit(0);
	}
	if (pid < 0 || !interrupt_wait_for(pid, &status)) return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static bool fails_alike(struct shrinking *shrinking, const struct scenario *scenario)
{
	struct wanted wanted = { .dialect = shrinking->dialect, .class = shrinking->class };
	if (strstr(shrinking->class, CRASH)) return crash_of(shrinking, scenario, shrinking->dialect) != 0;
	return play(shrinking, scenario, &wanted) && wanted.found;
}

static size_t print(const struct shrinking *shrinking, char *const *lines, unsigned count, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "id:      %s\ntitle:   shrunk\ndialect: %s\n%s---\n", shrinking->options->id,
		machine_dialect_name(shrinking->dialect), shrinking->now.no_probe ? "probe:   off\n" : "");
	for (unsigned i = 0; i < count && used < size; i++) used += (size_t)snprintf(text + used, size - used, "%s\n", lines[i]);
	return used < size ? used : 0;
}

/* What does not parse without a line that is gone (a handle that nobody makes) goes, too. */
static bool leave_out_failures(struct shrinking *shrinking, const struct scenario_failures *failures, unsigned header)
{
	unsigned kept = 0, count = shrinking->candidate_count;
	for (unsigned i = 0; i < count; i++) {
		bool bad = false;
		for (unsigned f = 0; f < failures->count; f++) bad |= failures->list[f].line == i + header + 1;
		if (!bad) shrinking->candidate[kept++] = shrinking->candidate[i];
	}
	shrinking->candidate_count = kept;
	return kept < count && kept;
}

static const struct scenario *parse(struct shrinking *shrinking)
{
	char file[200];
	snprintf(file, sizeof file, "%s.scn", shrinking->options->id);
	for (unsigned i = 0; i < REPAIRS_MAX; i++) {
		struct scenario *scenario;
		struct scenario_failures failures = { 0 };
		arena_reset(&shrinking->scratch);
		char *text = arena_take(&shrinking->scratch, TEXT_MAX);
		size_t length = text ? print(shrinking, shrinking->candidate, shrinking->candidate_count, text, TEXT_MAX) : 0;
		if (!length) return NULL;
		if (!scenario_parse(&shrinking->scratch, file, text, length, &scenario, &failures)) return scenario;
		if (!leave_out_failures(shrinking, &failures, shrinking->now.no_probe ? 5 : 4)) return NULL;
	}
	return NULL;
}

/* Whether the candidate fails alike; then it is what we have now. */
static bool takes(struct shrinking *shrinking)
{
	shrinking->tries++;
	const struct scenario *scenario = shrinking->candidate_count ? parse(shrinking) : NULL;
	if (!scenario || !fails_alike(shrinking, scenario)) return false;
	memcpy(shrinking->now.lines, shrinking->candidate, shrinking->candidate_count * sizeof *shrinking->candidate);
	shrinking->now.count = shrinking->candidate_count;
	return true;
}

/* --- lines */

static bool try_without(struct shrinking *shrinking, unsigned from, unsigned count)
{
	const struct shrink_lines *now = &shrinking->now;
	shrinking->candidate_count = 0;
	for (unsigned i = 0; i < now->count; i++)
		if (i < from || i >= from + count) shrinking->candidate[shrinking->candidate_count++] = now->lines[i];
	return takes(shrinking);
}

/* Pieces of half of all, of a quarter ..., of one line; from the end, where what depends on others stands. True: something went. */
static bool shrink_lines(struct shrinking *shrinking)
{
	unsigned before = shrinking->now.count, size = before / 2 ? before / 2 : 1;
	for (;;) {
		bool any = false;
		for (unsigned at = shrinking->now.count; at > 0;) {
			unsigned from = at > size ? at - size : 0;
			any |= try_without(shrinking, from, at - from);
			at = from < shrinking->now.count ? from : shrinking->now.count;
		}
		if (size == 1 && !any) break;
		if (size > 1) size = size / 2 < shrinking->now.count ? size / 2 : shrinking->now.count;
		if (!size) size = 1;
	}
	return shrinking->now.count < before;
}

/* --- words and numbers */

static bool try_line(struct shrinking *shrinking, unsigned index, char *line)
{
	if (!line || !strcmp(line, shrinking->now.lines[index])) return false;
	memcpy(shrinking->candidate, shrinking->now.lines, shrinking->now.count * sizeof *shrinking->candidate);
	shrinking->candidate_count = shrinking->now.count;
	shrinking->candidate[index] = line;
	unsigned count = shrinking->now.count;
	return takes(shrinking) && shrinking->now.count == count;
}

static bool shrink_words(struct shrinking *shrinking, unsigned index)
{
	bool any = false;
	for (unsigned word = 0; index < shrinking->now.count;) {
		char *line = shrink_text_without(&shrinking->keep, shrinking->now.lines[index], word);
		if (!line) break;
		if (try_line(shrinking, index, line)) any = true;
		else word++;
	}
	return any;
}

static bool shrink_number(struct shrinking *shrinking, unsigned index, unsigned number)
{
	bool any = false;
	for (unsigned way = 0; index < shrinking->now.count;) {
		char *line = shrink_text_simpler(&shrinking->keep, shrinking->now.lines[index], number, way);
		if (!line) break;
		if (try_line(shrinking, index, line)) any = true, way = 0;
		else way++;
	}
	return any;
}

static bool shrink_inside(struct shrinking *shrinking)
{
	bool any = false;
	for (unsigned i = 0; i < shrinking->now.count; i++) {
		any |= shrink_words(shrinking, i);
		for (unsigned number = 0; i < shrinking->now.count && shrink_text_simpler(&shrinking->scratch, shrinking->now.lines[i], number, 0); number++)
			any |= shrink_number(shrinking, i, number);
	}
	return any;
}

/* --- the whole */

static bool try_probe(struct shrinking *shrinking)
{
	if (!shrinking->now.no_probe) return false;
	shrinking->now.no_probe = false;
	if (try_without(shrinking, 0, 0)) return true;
	shrinking->now.no_probe = true;
	return false;
}

/* In which dialect it fails, and how. */
static bool find_class(struct shrinking *shrinking, const struct scenario *scenario)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		struct wanted wanted = { .dialect = (enum dialect)d, .class = shrinking->options->class };
		if (!shrinking->options->dialects[d] || !scenario->dialects[d]) continue;
		int crash = crash_of(shrinking, scenario, (enum dialect)d);
		shrinking->dialect = (enum dialect)d;
		if (crash) snprintf(wanted.first, sizeof wanted.first, "%s" CRASH "%s", machine_dialect_name((enum dialect)d), crash == SIGVTALRM ? "it ran without end" : strsignal(crash));
		else if (!play(shrinking, scenario, &wanted)) return false;
		if (crash) wanted.found = wanted.class && !strcmp(wanted.class, wanted.first);
		snprintf(shrinking->class, sizeof shrinking->class, "%s", wanted.class ? wanted.class : wanted.first);
		if (wanted.class ? wanted.found : *wanted.first != '\0') return true;
	}
	return false;
}

static bool finish(struct shrinking *shrinking, struct shrunk *shrunk)
{
	size_t length;
	arena_reset(&shrinking->scratch);
	char *text = arena_take(&shrinking->scratch, TEXT_MAX);
	length = text ? print(shrinking, shrinking->now.lines, shrinking->now.count, text, TEXT_MAX) : 0;
	text = length ? format_scenario(&shrinking->scratch, text, length, &length) : NULL;
	shrunk->text = text ? strndup(text, length) : NULL;
	shrunk->length = length;
	shrunk->steps = shrinking->now.count;
	shrunk->tries = shrinking->tries;
	shrunk->dialect = shrinking->dialect;
	memcpy(shrunk->class, shrinking->class, sizeof shrunk->class);
	return shrunk->text;
}

static enum shrink_status run(struct shrinking *shrinking, const char *file, const char *text, size_t length, struct shrunk *shrunk, struct scenario_failures *failures)
{
	struct scenario *scenario;
	if (scenario_parse(&shrinking->scratch, file, text, length, &scenario, failures)) return failures->count ? SHRINK_NO_PARSE : SHRINK_NO_MEMORY;
	if (!find_class(shrinking, scenario)) return SHRINK_PASSES;
	if (!shrink_text_split(&shrinking->keep, text, length, &shrinking->now)) return SHRINK_NO_MEMORY;
	shrunk->steps_before = shrinking->now.count;
	shrinking->candidate = arena_take(&shrinking->keep, (shrinking->now.count + 1) * sizeof *shrinking->candidate);
	if (!shrinking->candidate) return SHRINK_NO_MEMORY;
	if (!try_without(shrinking, 0, 0)) return SHRINK_PASSES;   /* what the header said was needed */
	do {
		try_probe(shrinking);
		shrink_lines(shrinking);
	} while (shrink_inside(shrinking));
	return finish(shrinking, shrunk) ? SHRINK_DONE : SHRINK_NO_MEMORY;
}

enum shrink_status shrink(const struct shrink_options *options, const char *file, const char *text, size_t length, struct shrunk *shrunk,
	struct scenario_failures *failures)
{
	struct shrinking *shrinking = calloc(1, sizeof *shrinking);
	enum shrink_status status = SHRINK_NO_MEMORY;
	*shrunk = (struct shrunk){ 0 };
	if (!shrinking) return status;
	shrinking->options = options;
	if (!arena_init(&shrinking->keep, KEEP_BYTES) && !arena_init(&shrinking->scratch, TRY_BYTES))
		status = run(shrinking, file, text, length, shrunk, failures);
	arena_done(&shrinking->keep);
	arena_done(&shrinking->scratch);
	free(shrinking);
	return status;
}
