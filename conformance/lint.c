/* lint.c -- static checks against the rules, and dynamic ones on the reference. What is true of some rows of a file is no complaint where
 * it must be true of all. */
#include "conformance/lint.h"

#include "conformance/rules.h"
#include "model/job.h"
#include "sim/fault_word.h"
#include "sim/play.h"
#include "sim/world.h"

#include <string.h>

#define LINT_ARENA_BYTES (512u << 20)
#define LINT_TEXTS_BYTES (32u << 20)
#define COMPLAINTS_MAX 4096u       /* of a file */
#define NEVER_SO_MANY 1000000000   /* callbacks, requests, seconds */

struct complaint {
	struct scenario_place place;
	unsigned col;
	const char *what, *detail;
	bool of_all;                   /* only when it is true of every row */
	unsigned rows;
	unsigned last;                 /* row that has said it last */
};

struct linter {
	FILE *out;
	struct arena arena, texts;
	const char *file;              /* whose rows are looked at */
	unsigned rows;
	unsigned count;
	struct complaint complaints[COMPLAINTS_MAX];
	unsigned told;
	bool failed;
};

static struct scenario_place place_of(const struct scenario *scenario, unsigned line)
{
	if (scenario->places && line) return scenario->places[line - 1];
	return (struct scenario_place){ scenario->file, line };
}

static bool is_same(const struct complaint *complaint, const struct scenario_place *place, unsigned col, const char *what, const char *detail)
{
	return complaint->place.line == place->line && complaint->col == col && !strcmp(complaint->place.file, place->file) &&
		!strcmp(complaint->what, what) && !strcmp(complaint->detail, detail);
}

static void note(struct linter *linter, const struct scenario *scenario, unsigned line, unsigned col, bool of_all, const char *what, const char *detail)
{
	struct scenario_place place = place_of(scenario, line);
	struct complaint *complaint = linter->complaints;
	while (complaint < linter->complaints + linter->count && !is_same(complaint, &place, col, what, detail)) complaint++;
	if (complaint == linter->complaints + COMPLAINTS_MAX) return;
	if (complaint == linter->complaints + linter->count) {
		*complaint = (struct complaint){ .place = place, .col = col, .what = what, .detail = arena_text(&linter->texts, detail, strlen(detail)), .of_all = of_all };
		linter->failed |= !complaint->detail;
		linter->count += complaint->detail != NULL;
	}
	complaint->rows += complaint->last != linter->rows;
	complaint->last = linter->rows;
}

static void complain(struct linter *linter, const struct scenario *scenario, unsigned line, unsigned col, const char *what, const char *detail)
{
	note(linter, scenario, line, col, false, what, detail);
}

/* What is found by playing: a complaint when no row does better. */
static void complain_of_all(struct linter *linter, const struct scenario *scenario, unsigned line, unsigned col, const char *what, const char *detail)
{
	note(linter, scenario, line, col, true, what, detail);
}

/* The file's rows are done: each complaint once. */
static void tell(struct linter *linter)
{
	for (unsigned i = 0; i < linter->count; i++) {
		const struct complaint *complaint = &linter->complaints[i];
		if (complaint->of_all && complaint->rows < linter->rows) continue;
		fprintf(linter->out, "%s:%u:%u: %s%s\n", complaint->place.file, complaint->place.line, complaint->col, complaint->what, complaint->detail);
		linter->told++;
	}
	linter->count = linter->rows = 0;
	arena_reset(&linter->texts);
}

static void lint_rules(struct linter *linter, const struct scenario *scenario)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned i = 0; i < scenario->rules_count; i++) {
		const struct scenario_rule *named = &scenario->rules[i];
		int index = rules_find(named->id, strlen(named->id));
		if (index < 0) {
			complain(linter, scenario, named->line, named->col, "expected a rule of `bgcheck show rules`, found ", named->id);
			continue;
		}
		const struct rule *rule = &rules[index];
		bool holds = false;
		for (int d = 0; d < DIALECT_COUNT; d++) holds |= scenario->dialects[d] && rule->dialects[d];
		if (!holds) complain(linter, scenario, named->line, named->col, "expected a rule of the scenario's dialect, found ", named->id);
		else if (rule->kind != RULE_KIND_JUDGED && rule->kind != RULE_KIND_READING)
			complain(linter, scenario, named->line, named->col, "expected a rule that can be judged, found ", named->id);
	}
}

/* --- expectations that can never fail */

/* Whether a job can be in a state that the want does not name. */
static bool leaves_a_state(const struct scenario *scenario, const struct want *want)
{
	for (int s = 0; s < STATE_COUNT; s++)
		for (int d = 0; d < DIALECT_COUNT; d++) {
			const char *name = machine_state_name((enum state)s);
			bool is = scenario->dialects[d] && (d == DIALECT_BITS || (enum state)s != STATE_CONNECTING), named = false;
			for (unsigned i = 0; i < want->words_count; i++) named |= !strcmp(want->words[i], name);
			if (is && !named) return true;
		}
	return false;
}

static bool can_fail(const struct scenario *scenario, const struct predicate *predicate)
{
	const struct want *want = &predicate->want;
	switch (want->kind) {
	case WANT_ANY:
	case WANT_MODEL: return predicate->kind == PREDICATE_FILE || predicate->kind == PREDICATE_NO_FILE || predicate->kind == PREDICATE_NO_TEMPORARY ||
		predicate->kind == PREDICATE_CALLBACK;
	case WANT_WORDS: return predicate->kind != PREDICATE_STATE || leaves_a_state(scenario, want);
	case WANT_RANGE: return want->low > 0 || want->high < NEVER_SO_MANY * (predicate->kind == PREDICATE_NEXT_TIMER ? INT64_C(1000000000) : 1);
	case WANT_SUCCESS:
	case WANT_FAILURE:
	case WANT_CLASS:
	case WANT_BIND:
	case WANT_NOT: break;
	}
	return true;
}

static void lint_expectations(struct linter *linter, const struct scenario *scenario)
{
	for (unsigned i = 0; i < scenario->steps_count; i++) {
		const struct step *step = &scenario->steps[i];
		for (unsigned c = 0; c < step->checks_count; c++)
			if (!can_fail(scenario, &step->checks[c])) complain(linter, scenario, step->line, step->col, "this expectation can never fail: ", step->text);
	}
}

/* --- what the reference makes of it */

static bool answered(const struct play *play, unsigned line)
{
	for (unsigned i = 0; i < play->trace.count; i++)
		if (play->trace.lines[i]->actor == ACTOR_ORIGIN && trace_get_int(play->trace.lines[i], "line", 0) == line) return true;
	return false;
}

/* A host that refuses, and is asked. Of others the trace does not say what they have answered, or only when the client gives up. */
static bool is_met(const struct play *play, const struct step *step)
{
	const struct fault_word *word = fault_word_find(STEP_HOST, "", step->word, strlen(step->word));
	if (!word || !strcmp(step->word, "connect-timeout") || !strcmp(step->word, "dns-slow") || !strncmp(step->word, "tls", 3) || !strcmp(step->word, "dns-wrong") || !strncmp(step->word, "proxy", 5)) return true;
	for (unsigned i = 0; i < play->trace.count; i++) {
		const struct trace_line *line = play->trace.lines[i];
		const char *answer = trace_get(line, "answer");
		if (line->actor == ACTOR_ORIGIN && !strcmp(line->event, "connect") && answer && !strcmp(answer, step->word)) return true;
	}
	return false;
}

/* Time goes to the last step: one behind it is never reached. */
static bool is_reached(const struct play *play, unsigned line)
{
	return play->end == PLAY_DONE || line <= play->line;
}

/* What was used in one dialect at least: bits over the scenario's rules and steps. */
struct usage {
	bool rule[64];
	bool step[SCENARIO_STEPS_MAX], reached[SCENARIO_STEPS_MAX];
};

static void use_steps(const struct scenario *scenario, const struct play *play, struct usage *usage)
{
	for (unsigned i = 0; i < scenario->steps_count; i++) {
		const struct step *step = &scenario->steps[i];
		usage->reached[i] |= is_reached(play, step->line);
		if (step->kind == STEP_SERVE) usage->step[i] |= answered(play, step->line);
		else if (step->kind == STEP_HOST) usage->step[i] |= is_met(play, step);
		else usage->step[i] = true;
	}
}

static void play_once(struct linter *linter, const struct scenario *scenario, enum dialect dialect, struct usage *usage)
{
	struct play play = { 0 };
	struct failure failure = { 0 };
	struct play_options options = { .dialect = dialect, .seed = 1 };
	arena_reset(&linter->arena);
	struct target *target = world_new(&linter->arena, machine_reference(dialect), 1);
	struct judge *judge = target ? judge_new(&linter->arena, dialect, 0) : NULL;
	if (!judge || play_scenario(&linter->arena, scenario, target, &options, &play, &failure)) {
		linter->failed = true;
		return;
	}
	if (play.end == PLAY_UNSUPPORTED) complain(linter, scenario, play.line, 1, "the reference lacks ", play.feature);
	for (unsigned i = 0; i < play.checks_count; i++) {
		char detail[400];
		if (play.checks[i].passed) continue;
		snprintf(detail, sizeof detail, "%s, found %s", play.checks[i].expected, play.checks[i].found);
		complain(linter, scenario, play.checks[i].line, 1, "on the reference: expected ", detail);
	}
	for (unsigned i = 0; i < play.trace.count; i++)
		if (judge_see(judge, play.trace.lines[i])) linter->failed = true;
	if (judge_end(judge)) linter->failed = true;
	for (unsigned i = 0; i < scenario->rules_count && i < 64; i++) {
		int rule = rules_find(scenario->rules[i].id, strlen(scenario->rules[i].id));
		usage->rule[i] |= rule < 0 || judge_triggered(judge, (unsigned)rule) > 0;
	}
	use_steps(scenario, &play, usage);
}

static void lint_one(struct linter *linter, const struct scenario *scenario)
{
	struct usage usage = { 0 };
	unsigned rules_count;
	const struct rule *rules = rules_all(&rules_count);
	lint_rules(linter, scenario);
	lint_expectations(linter, scenario);
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (scenario->dialects[d]) play_once(linter, scenario, (enum dialect)d, &usage);
	for (unsigned i = 0; i < scenario->rules_count && i < 64; i++) {
		const struct scenario_rule *named = &scenario->rules[i];
		int rule = rules_find(named->id, strlen(named->id));
		if (!usage.rule[i] && rule >= 0 && rules[rule].kind == RULE_KIND_JUDGED)
			complain_of_all(linter, scenario, named->line, named->col, "the scenario names a rule that it never triggers: ", named->id);
	}
	for (unsigned i = 0; i < scenario->steps_count; i++) {
		const struct step *step = &scenario->steps[i];
		if (!usage.reached[i]) complain_of_all(linter, scenario, step->line, step->col, "this step is never reached: ", step->text);
		else if (!usage.step[i])
			complain_of_all(linter, scenario, step->line, step->col, step->kind == STEP_SERVE ? "this line never answers a request: " : "nobody connects to the host while this line holds: ", step->text);
	}
}

enum exit_code lint_scenarios(const struct selection *selection, FILE *out)
{
	static struct linter linter;
	linter = (struct linter){ .out = out };
	if (arena_init(&linter.arena, LINT_ARENA_BYTES)) return EXIT_HARNESS;
	if (arena_init(&linter.texts, LINT_TEXTS_BYTES)) {
		arena_done(&linter.arena);
		return EXIT_HARNESS;
	}
	for (unsigned i = 0; i < selection->count; i++) {
		const struct scenario *scenario = selection->scenarios[i];
		if (linter.file && strcmp(linter.file, scenario->file)) tell(&linter);
		linter.file = scenario->file;
		linter.rows++;
		lint_one(&linter, scenario);
	}
	tell(&linter);
	arena_done(&linter.arena);
	arena_done(&linter.texts);
	if (linter.failed) return EXIT_HARNESS;
	return linter.told ? EXIT_USAGE : EXIT_CONFORMS;
}
