/* lint.c -- static checks against the rules, and dynamic ones on the reference. */
#include "conformance/lint.h"

#include "conformance/rules.h"
#include "model/job.h"
#include "sim/play.h"
#include "sim/world.h"

#include <string.h>

#define LINT_ARENA_BYTES (512u << 20)

struct linter {
	FILE *out;
	struct arena arena;
	unsigned complaints;
	bool failed;
};

static void complain(struct linter *linter, const struct scenario *scenario, unsigned line, unsigned col, const char *what,
	const char *detail)
{
	fprintf(linter->out, "%s:%u:%u: %s%s\n", scenario->file, line, col, what, detail);
	linter->complaints++;
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

static bool answered(const struct play *play, unsigned line)
{
	for (unsigned i = 0; i < play->trace.count; i++)
		if (play->trace.lines[i]->actor == ACTOR_ORIGIN && trace_get_int(play->trace.lines[i], "line", 0) == line) return true;
	return false;
}

/* What was used in one dialect at least: bits over the scenario's rules and steps. */
struct usage {
	bool rule[64];
	bool step[SCENARIO_STEPS_MAX];
};

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
	for (unsigned i = 0; i < scenario->steps_count; i++)
		usage->step[i] |= scenario->steps[i].kind != STEP_SERVE || answered(&play, scenario->steps[i].line);
}

static void lint_one(struct linter *linter, const struct scenario *scenario)
{
	struct usage usage = { 0 };
	unsigned rules_count;
	const struct rule *rules = rules_all(&rules_count);
	lint_rules(linter, scenario);
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (scenario->dialects[d]) play_once(linter, scenario, (enum dialect)d, &usage);
	for (unsigned i = 0; i < scenario->rules_count && i < 64; i++) {
		const struct scenario_rule *named = &scenario->rules[i];
		int rule = rules_find(named->id, strlen(named->id));
		if (!usage.rule[i] && rule >= 0 && rules[rule].kind == RULE_KIND_JUDGED)
			complain(linter, scenario, named->line, named->col, "the scenario names a rule that it never triggers: ", named->id);
	}
	for (unsigned i = 0; i < scenario->steps_count; i++)
		if (!usage.step[i]) complain(linter, scenario, scenario->steps[i].line, scenario->steps[i].col, "this line never answers a request: ", scenario->steps[i].text);
}

enum exit_code lint_scenarios(const struct selection *selection, FILE *out)
{
	struct linter linter = { .out = out };
	if (arena_init(&linter.arena, LINT_ARENA_BYTES)) return EXIT_HARNESS;
	for (unsigned i = 0; i < selection->count; i++) lint_one(&linter, selection->scenarios[i]);
	arena_done(&linter.arena);
	if (linter.failed) return EXIT_HARNESS;
	return linter.complaints ? EXIT_USAGE : EXIT_CONFORMS;
}
