/* selftest.c -- every attack in turn, and what is told of it. */
#include "conformance/selftest.h"

#include "conformance/interrupt.h"
#include "conformance/json_text.h"
#include "conformance/output.h"
#include "conformance/selftest_part.h"
#include "conformance/verdict.h"

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct attack ATTACKS[] = {
#define ATTACK(word, what, how, command, codes, said, left) { word, what, how, command, codes, said, LEFT_##left },
#include "conformance/selftest_attack.def"
};
#define ATTACKS_COUNT (sizeof ATTACKS / sizeof *ATTACKS)

struct selftest {
	const struct selftest_options *options;
	FILE *out;
	json_t *told;             /* list with --json, else NULL */
	char self[2000], program[2000], base[300];
	char clock[500];          /* the library that fakes clocks; "": there is none */
	unsigned lines;           /* of a good conversation */
	unsigned tried, silent, skipped;
};

static void tell_json(struct selftest *test, const struct attempt *attempt, const char *what)
{
	json_t *told = json_object();
	json_put_text(told, "attack", attempt->attack->word);
	json_put_text(told, "what", what);
	json_put_text(told, "how", attempt->attack->how);
	json_put_text(told, "command", attempt->command);
	json_object_set_new(told, "ok", json_boolean(!attempt->why[0] || attempt->skipped));
	json_object_set_new(told, "exit", json_integer(attempt->skipped ? -1 : attempt->code));
	json_put_text(told, attempt->skipped ? "skip" : "why", attempt->why);
	json_array_append_new(test->told, told);
}

static void tell(struct selftest *test, const struct attempt *attempt)
{
	char what[300] = "";
	const char *at = strstr(attempt->attack->what, "{K}");
	const struct attack *attack = attempt->attack;
	if (at) snprintf(what, sizeof what, "%.*s%u%s", (int)(at - attack->what), attack->what, attempt->number, at + 3);
	else snprintf(what, sizeof what, "%s", attack->what);
	unsigned number = test->tried + test->skipped;
	if (test->told) tell_json(test, attempt, what);
	else if (attempt->skipped) fprintf(test->out, "ok %u - %s: %s # SKIP %s\n", number, attack->word, what, attempt->why);
	else if (!attempt->why[0]) fprintf(test->out, "ok %u - %s: %s, exit %d\n", number, attack->word, what, attempt->code);
	else fprintf(test->out, "not ok %u - %s: %s: %s; again%s%s%s: %s\n", number, attack->word, what, attempt->why, *attack->how ? " (" : "", attack->how,
		*attack->how ? ")" : "", attempt->command);
}

/* What the machine lacks for this attack; NULL: nothing. */
static const char *find_lack(const struct selftest *test, struct attempt *attempt)
{
	char value[32];
	if (selftest_word(attempt, "act", value, sizeof value) && strcmp(value, "vanish")) {
		if (!test->clock[0]) return "libfaketime is not installed";
		attempt->clock = test->clock;
	}
	if (selftest_word(attempt, "mount", value, sizeof value) && geteuid()) return "only root may mount: see the limits of file size instead";
#ifdef __SANITIZE_ADDRESS__
	if (attempt->clock) return "the address sanitizer must be loaded first";
	if (selftest_word(attempt, "as", value, sizeof value)) return "the address sanitizer takes more memory";
#endif
	return NULL;
}

static void make_attempt(struct selftest *test, struct attempt *attempt)
{
	const char *lack = find_lack(test, attempt);
	attempt->skipped = lack;
	if (lack) {
		snprintf(attempt->why, sizeof attempt->why, "%s", lack);
		test->skipped++;
		return;
	}
	test->tried++;
	snprintf(attempt->folder, sizeof attempt->folder, "%s/%u", test->base, test->tried);
	if (!selftest_prepare(attempt)) return;
	if (selftest_strike(attempt)) selftest_look(attempt);
	else snprintf(attempt->why, sizeof attempt->why, "the attack could not be made");
	/* A mount that this kernel refuses to root is no silence of the program. */
	char value[32];
	attempt->skipped = attempt->code == 125 && selftest_word(attempt, "mount", value, sizeof value);
	if (attempt->skipped) {
		snprintf(attempt->why, sizeof attempt->why, "nothing may be mounted here: see the limits of file size instead");
		test->tried--;
		test->skipped++;
	}
	selftest_clean(attempt);
}

static void attack_at(struct selftest *test, const struct attack *attack, unsigned number)
{
	struct attempt *attempt = calloc(1, sizeof *attempt);
	if (!attempt || interrupt_seen()) {
		free(attempt);
		return;
	}
	attempt->attack = attack;
	attempt->number = number;
	attempt->program = test->program;
	attempt->self = test->self;
	attempt->watchdog_ns = test->options->watchdog_ns;
	make_attempt(test, attempt);
	if (attempt->why[0] && !attempt->skipped) test->silent++;
	tell(test, attempt);
	if (!test->told) fflush(test->out);
	free(attempt);
}

/* Once, or for each number that k= says. */
static void attack_all(struct selftest *test, const struct attack *attack)
{
	struct attempt probe = { .attack = attack };
	char value[32];
	unsigned from = 0, to = 0, step = 1;
	if (selftest_word(&probe, "k", value, sizeof value)) {
		if (!strcmp(value, "last")) from = to = test->lines;
		else if (sscanf(value, "%u..%u", &from, &to) != 2 && sscanf(value, "%u+%u", &from, &step) == 2) to = test->lines - 1;
	}
	for (unsigned k = from; k <= to; k += step) attack_at(test, attack, k);
}

static void find_clock(struct selftest *test)
{
	glob_t found;
	if (!glob("/usr/lib/*/faketime/libfaketime.so.1", 0, NULL, &found)) snprintf(test->clock, sizeof test->clock, "%s", found.gl_pathv[0]);
	globfree(&found);
}

/* How many lines a good conversation has: of bgcheck itself, whatever program is attacked. */
static bool count_lines(struct selftest *test)
{
	static const struct attack good = { "good", "", "", "run --quiet {S} -- {A} none {M}", "0", "", LEFT_NOTHING };
	struct attempt *attempt = calloc(1, sizeof *attempt);
	char path[500];
	if (!attempt) return false;
	attempt->attack = &good;
	attempt->program = attempt->self = test->self;
	attempt->watchdog_ns = test->options->watchdog_ns;
	snprintf(attempt->folder, sizeof attempt->folder, "%s/0", test->base);
	bool struck = selftest_prepare(attempt) && selftest_strike(attempt) && !attempt->code;
	FILE *file = struck ? fopen(selftest_path(attempt, "mark", path, sizeof path), "r") : NULL;
	if (file && fscanf(file, "%u", &test->lines) != 1) test->lines = 0;
	if (file) fclose(file);
	if (!test->lines) fprintf(stderr, "bgcheck: the conversation that is to be attacked does not go well: %s%.500s\n", attempt->why, attempt->said);
	selftest_clean(attempt);
	free(attempt);
	return test->lines > 1;
}

static bool set_up(struct selftest *test, const char *program)
{
	ssize_t n = readlink("/proc/self/exe", test->self, sizeof test->self - 1);
	char *real = program ? realpath(program, NULL) : NULL;
	bool found = n > 0 && (!program || (real && !access(real, X_OK)));
	snprintf(test->program, sizeof test->program, "%s", real ? real : test->self);
	free(real);
	if (!found) {
		fprintf(stderr, "bgcheck: cannot run %s\n", program ? program : "/proc/self/exe");
		return false;
	}
	find_clock(test);
	return !output_scratch(test->base, sizeof test->base, "selftest");
}

static void finish(struct selftest *test)
{
	if (!test->told) {
		if (test->skipped) fprintf(test->out, "# %u attacks were skipped\n", test->skipped);
		fprintf(test->out, "%u attacks, %u silent\n", test->tried, test->silent);
		return;
	}
	json_t *all = json_pack("{s:O, s:i, s:i, s:i}", "attacks", test->told, "count", (int)test->tried, "silent", (int)test->silent, "skipped", (int)test->skipped);
	json_dumpf(all, test->out, JSON_INDENT(1));
	fputc('\n', test->out);
	json_decref(all);
}

/* Whether a word of the command line chooses the attack; no word chooses all. */
static bool is_chosen(const struct attack *attack, char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!fnmatch(words[i], attack->word, 0)) return true;
	return !count;
}

static bool choose_any(char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		bool found = false;
		for (size_t k = 0; k < ATTACKS_COUNT; k++) found |= !fnmatch(words[i], ATTACKS[k].word, 0);
		if (found) continue;
		fprintf(stderr, "bgcheck: no attack is called %s\n", words[i]);
		return false;
	}
	return true;
}

int selftest(const struct selftest_options *options, FILE *out)
{
	struct selftest test = { .out = out, .options = options, .told = options->json ? json_array() : NULL };
	if (!choose_any(options->words, options->words_count)) return EXIT_SELECTION;
	if (!set_up(&test, options->program)) return EXIT_HARNESS;
	bool ready = count_lines(&test);
	for (size_t i = 0; ready && i < ATTACKS_COUNT; i++)
		if (is_chosen(&ATTACKS[i], options->words, options->words_count)) attack_all(&test, &ATTACKS[i]);
	rmdir(test.base);
	if (ready) finish(&test);
	json_decref(test.told);
	return !ready || interrupt_seen() ? EXIT_HARNESS : test.silent || !test.tried ? EXIT_FAILED : EXIT_CONFORMS;
}
