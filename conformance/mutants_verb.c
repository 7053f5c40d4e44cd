/* mutants_verb.c -- which mutants there are, what became of them, and what that is worth. */
#include "conformance/mutants_verb.h"

#include "conformance/mutant_matrix.h"
#include "conformance/mutant_work.h"
#include "conformance/rules.h"

#include <fnmatch.h>
#include <string.h>

#define CREDITED_PERCENT 95u
#define LEVELS_ASKED LEVEL_SHOULD

struct dialect_sum {
	unsigned all, killed, crashed, equal, never, open, reading, absent, survived;
};

/* Of a whole run. Rules by index. */
struct sums {
	unsigned written, killed, credited;           /* mutants of mutant.def */
	unsigned unshown;                             /* rules that a mutant names and no scenario showed broken */
	struct dialect_sum edits[DIALECT_COUNT];      /* generated ones */
	unsigned rules, rules_shown, rules_excused, rules_open;
	uint64_t shown[KILL_WORDS];                   /* by a mutant that names them */
	unsigned ran;
};

struct verb {
	const struct mutants_options *options;
	const struct kill_field *field;
	struct kill_task *tasks;
	unsigned count, written;                      /* the first `written` tasks are of mutant.def */
	struct kill_result *results;
	struct sums sums;
};

static const struct { const char *rule, *why; } NONE[] = {
#define NO_MUTANT(rule, why) { rule, why },
#include "conformance/mutant_none.def"
	{ NULL, NULL }
};

const char *mutants_none(const char *rule)
{
	for (size_t i = 0; NONE[i].rule; i++)
		if (!strcmp(NONE[i].rule, rule)) return NONE[i].why;
	return NULL;
}

/* --- the tasks */

static bool is_chosen(const struct mutants_options *options, const char *id)
{
	for (unsigned i = 0; i < options->words_count; i++)
		if (!fnmatch(options->words[i], id, 0)) return true;
	return !options->words_count;
}

static void add_task(struct verb *verb, const struct mutant *mutant, const struct mutant_row *edit, enum dialect dialect)
{
	if (verb->options->run->dialects[dialect] && mutant->dialects[dialect] && is_chosen(verb->options, mutant->id))
		verb->tasks[verb->count++] = (struct kill_task){ mutant, edit, dialect };
}

static bool list_tasks(struct arena *arena, struct verb *verb)
{
	unsigned count, edits[DIALECT_COUNT];
	const struct mutant *mutants = mutants_all(&count);
	struct mutant_row *rows[DIALECT_COUNT];
	unsigned all = count * DIALECT_COUNT;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		rows[d] = mutant_row_all(arena, (enum dialect)d, &edits[d]);
		if (!rows[d]) return false;
		all += edits[d];
	}
	verb->tasks = arena_take(arena, all * sizeof *verb->tasks);
	if (!verb->tasks) return false;
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++) add_task(verb, &mutants[i], NULL, (enum dialect)d);
	verb->written = verb->count;
	for (int d = 0; d < DIALECT_COUNT; d++)
		for (unsigned i = 0; i < edits[d]; i++) add_task(verb, &rows[d][i].mutant, &rows[d][i], (enum dialect)d);
	return true;
}

/* --- the sums */

static bool is_killed(const struct kill_result *result)
{
	return result->status == KILL_KILLED || result->status == KILL_CRASHED;
}

static void add_edit(struct verb *verb, unsigned i)
{
	struct dialect_sum *sum = &verb->sums.edits[verb->tasks[i].dialect];
	enum kill_status status = verb->results[i].status;
	sum->all++;
	sum->killed += is_killed(&verb->results[i]);
	sum->crashed += status == KILL_CRASHED;
	sum->equal += status == KILL_EQUAL;
	sum->never += status == KILL_NEVER_TAKEN;
	sum->open += status == KILL_LEFT_OPEN;
	sum->reading += status == KILL_READING;
	sum->absent += status == KILL_NOT_BROUGHT;
	sum->survived += status == KILL_SURVIVED || status == KILL_NO_MEMORY;
}

/* The tasks of one mutant: one for each of its dialects. */
static unsigned tasks_of(const struct verb *verb, unsigned first)
{
	unsigned count = 1;
	while (first + count < verb->written && verb->tasks[first + count].mutant == verb->tasks[first].mutant) count++;
	return count;
}

static bool is_rule_shown(const struct verb *verb, unsigned first, unsigned count, unsigned rule)
{
	for (unsigned i = first; i < first + count; i++)
		if (kill_has(verb->results[i].shown, rule)) return true;
	return false;
}

/* Rules that the mutant names and that exist in one of the dialects in which it was tried. */
static void named_rules(const struct verb *verb, unsigned first, unsigned count, uint64_t *named)
{
	for (unsigned i = first; i < first + count; i++) kill_rules(verb->tasks[i].mutant->rules, verb->tasks[i].dialect, named);
}

static void add_mutant(struct verb *verb, unsigned first, unsigned count)
{
	uint64_t named[KILL_WORDS] = { 0 };
	unsigned rules_count;
	bool killed = true, credited = false;
	rules_all(&rules_count);
	named_rules(verb, first, count, named);
	for (unsigned i = first; i < first + count; i++) killed &= is_killed(&verb->results[i]);
	for (unsigned rule = 0; rule < rules_count; rule++) {
		if (!kill_has(named, rule)) continue;
		for (unsigned i = first; i < first + count; i++) credited |= kill_has(verb->results[i].credited, rule);
		if (is_rule_shown(verb, first, count, rule)) verb->sums.shown[rule / 64] |= UINT64_C(1) << rule % 64;
		else verb->sums.unshown++;
	}
	verb->sums.written++;
	verb->sums.killed += killed;
	verb->sums.credited += killed && credited;
}

static bool is_asked(const struct verb *verb, const struct rule *rule)
{
	bool wanted = false;
	for (int d = 0; d < DIALECT_COUNT; d++) wanted |= verb->options->run->dialects[d] && rule->dialects[d];
	return wanted && rule->kind == RULE_KIND_JUDGED && rule->level <= LEVELS_ASKED;
}

static bool is_open(const struct verb *verb, const struct rule *rule, unsigned n)
{
	return is_asked(verb, rule) && !kill_has(verb->sums.shown, n) && !mutants_none(rule->id);
}

static void add_rules(struct verb *verb)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned i = 0; i < count; i++) {
		if (!is_asked(verb, &rules[i])) continue;
		bool shown = kill_has(verb->sums.shown, i);
		verb->sums.rules++;
		verb->sums.rules_shown += shown;
		verb->sums.rules_excused += !shown && mutants_none(rules[i].id);
		verb->sums.rules_open += is_open(verb, &rules[i], i);
	}
}

static void add_up(struct verb *verb)
{
	for (unsigned i = 0; i < verb->count; i++) verb->sums.ran += verb->results[i].ran;
	for (unsigned i = 0; i < verb->written; i += tasks_of(verb, i)) add_mutant(verb, i, tasks_of(verb, i));
	for (unsigned i = verb->written; i < verb->count; i++) add_edit(verb, i);
	if (!verb->options->words_count) add_rules(verb);
}

static unsigned survivors(const struct verb *verb)
{
	unsigned count = verb->sums.written - verb->sums.killed;
	for (int d = 0; d < DIALECT_COUNT; d++) count += verb->sums.edits[d].survived;
	return count;
}

static int verdict(const struct verb *verb)
{
	const struct sums *sums = &verb->sums;
	bool credited = sums->credited * 100 >= sums->written * CREDITED_PERCENT;
	return survivors(verb) || !credited || sums->unshown || sums->rules_open || verb->field->false_alarms ? EXIT_FAILED : EXIT_CONFORMS;
}

/* --- telling */

static void tell_survivors(FILE *file, const struct verb *verb)
{
	if (survivors(verb)) fputs("survived:\n", file);
	for (unsigned i = 0; i < verb->count; i++) {
		const struct kill_result *result = &verb->results[i];
		if (result->status != KILL_SURVIVED && result->status != KILL_NO_MEMORY) continue;
		fprintf(file, "  %s (%s): %s\n", verb->tasks[i].mutant->id, machine_dialect_name(verb->tasks[i].dialect),
			result->status == KILL_NO_MEMORY ? "out of memory" : *result->text ? result->text : verb->tasks[i].mutant->sentence);
	}
}

static void tell_unshown(FILE *file, const struct verb *verb)
{
	unsigned rules_count;
	const struct rule *rules = rules_all(&rules_count);
	if (verb->sums.unshown) fputs("rules that a mutant names and no scenario shows broken:\n", file);
	for (unsigned i = 0, count; i < verb->written; i += count) {
		uint64_t named[KILL_WORDS] = { 0 };
		count = tasks_of(verb, i);
		named_rules(verb, i, count, named);
		for (unsigned rule = 0; rule < rules_count; rule++)
			if (kill_has(named, rule) && !is_rule_shown(verb, i, count, rule)) fprintf(file, "  %-12s %s\n", rules[rule].id, verb->tasks[i].mutant->id);
	}
}

static void tell_rules(FILE *file, const struct verb *verb)
{
	const struct sums *sums = &verb->sums;
	unsigned count;
	const struct rule *rules = rules_all(&count);
	fprintf(file, "rules: %u judged MUST and SHOULD, %u shown broken by a mutant that names them, %u without a mutant, %u open\n", sums->rules,
		sums->rules_shown, sums->rules_excused, sums->rules_open);
	for (unsigned i = 0; i < count; i++) {
		const char *why = mutants_none(rules[i].id);
		if (!is_asked(verb, &rules[i]) || kill_has(sums->shown, i)) continue;
		fprintf(file, "  %-12s %s%s\n", rules[i].id, why ? "no mutant: " : "has neither a mutant nor a reason why there is none", why ? why : "");
	}
}

static void tell(FILE *file, const struct verb *verb)
{
	const struct sums *sums = &verb->sums;
	fprintf(file, "mutants of mutant.def: %u, %u killed, %u of them by a scenario that lists a rule that they break\n", sums->written, sums->killed,
		sums->credited);
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct dialect_sum *edits = &sums->edits[d];
		if (!edits->all) continue;
		fprintf(file, "edits of rows, %s: %u, %u killed (%u by an assertion of the simulator), %u equivalent, %u never taken, "
			"%u left open, %u another reading, %u never brought, %u survived\n", machine_dialect_name((enum dialect)d), edits->all, edits->killed,
			edits->crashed, edits->equal, edits->never, edits->open, edits->reading, edits->absent, edits->survived);
	}
	if (!verb->options->words_count) tell_rules(file, verb);
	tell_unshown(file, verb);
	tell_survivors(file, verb);
	fprintf(file, "%u runs of scenarios, %u false alarms on the reference\n", sums->ran, verb->field->false_alarms);
}

static void tell_json(FILE *file, const struct verb *verb)
{
	const struct sums *sums = &verb->sums;
	json_t *edits = json_object(), *survived = json_array();
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct dialect_sum *sum = &sums->edits[d];
		json_object_set_new(edits, machine_dialect_name((enum dialect)d), json_pack("{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i}", "all", (int)sum->all, "killed",
			(int)sum->killed, "crashed", (int)sum->crashed, "equivalent", (int)sum->equal, "never_taken", (int)sum->never, "left_open", (int)sum->open,
			"another_reading", (int)sum->reading, "never_brought", (int)sum->absent, "survived", (int)sum->survived));
	}
	for (unsigned i = 0; i < verb->count; i++)
		if (verb->results[i].status == KILL_SURVIVED) json_array_append_new(survived, json_string(verb->tasks[i].mutant->id));
	json_t *told = json_pack("{s:i,s:i,s:i,s:i,s:{s:i,s:i,s:i,s:i},s:o,s:o,s:i,s:i,s:i}", "mutants", (int)sums->written, "killed", (int)sums->killed,
		"credited", (int)sums->credited, "unshown", (int)sums->unshown, "rules", "judged", (int)sums->rules, "shown", (int)sums->rules_shown,
		"without_mutant", (int)sums->rules_excused, "open", (int)sums->rules_open, "edits", edits, "survivors", survived, "runs", (int)sums->ran,
		"false_alarms", (int)verb->field->false_alarms, "exit", verdict(verb));
	json_dumpf(told, file, JSON_COMPACT);
	fputc('\n', file);
	json_decref(told);
}

static int out_of_memory(void)
{
	fprintf(stderr, "bgcheck: out of memory\n");
	return EXIT_HARNESS;
}

int mutants_tell(struct arena *arena, const struct selection *selection, const struct mutants_options *options, FILE *file)
{
	struct kill_field field;
	struct mutant_matrix matrix = { 0 };
	struct verb verb = { .options = options, .field = &field };
	if (!list_tasks(arena, &verb)) return out_of_memory();
	if (!verb.count) {
		fprintf(stderr, "bgcheck: expected mutants of `bgcheck show mutants` or gen:DIALECT:ROW:EDIT, found none of that name\n");
		return EXIT_SELECTION;
	}
	if (kill_field_make(arena, selection, options->run, verb.count > verb.written, &field)) return out_of_memory();
	if (options->matrix && mutant_matrix_begin(&matrix, options->matrix)) return EXIT_HARNESS;
	verb.results = mutant_work(&field, verb.tasks, verb.count, options->run->jobs, matrix.file);
	if (!verb.results) return EXIT_HARNESS;
	add_up(&verb);
	if (options->json) tell_json(file, &verb);
	else tell(file, &verb);
	int code = verdict(&verb);
	if (options->matrix && mutant_matrix_end(arena, &matrix, &field, verb.tasks, verb.results, verb.count)) code = EXIT_HARNESS;
	mutant_work_done(verb.results, verb.count);
	return code;
}
