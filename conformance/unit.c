/* unit.c -- scenario and implementation to a trace, trace to findings, all of it to JSON. */
#include "conformance/unit.h"
#include "conformance/json_text.h"

#include "conformance/adapter.h"
#include "conformance/rules.h"
#include "model/job.h"
#include "sim/play.h"
#include "sim/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_once(json_t *object, const char *key)
{
	if (key && *key) json_object_set_new(object, key, json_integer(1 + json_integer_value(json_object_get(object, key))));
}

const struct machine *unit_machine(struct arena *arena, const struct unit_options *options, enum dialect dialect)
{
	const struct machine *machine = choices_machine(arena, &options->choices, dialect);
	if (machine && options->impl == IMPL_MUTANT) machine = mutant_edit(arena, machine, options->mutant->edits, MUTANT_EDITS_MAX);
	return machine;
}

static struct target *make_target(struct arena *arena, const struct unit_options *options, const struct unit *unit, char *work)
{
	if (options->impl == IMPL_EXEC) {
		struct adapter_options *adapter = arena_take(arena, sizeof *adapter);
		if (!adapter) return NULL;
		*adapter = (struct adapter_options){ .argv = options->argv, .dialect = unit->dialect, .work_dir = work,
			.start_timeout_ns = options->start_timeout_ns, .step_timeout_ns = options->step_timeout_ns,
			.scenario_timeout_ns = options->scenario_timeout_ns, .session = options->session, .flood_max = 10000 };
		if (options->out_dir) {
			char log[1200];
			int n = snprintf(log, sizeof log, "%s/trace/%s.%s.log", options->out_dir, unit->scenario->id,
				machine_dialect_name(unit->dialect));
			adapter->log = arena_text(arena, log, (size_t)n);
		}
		return adapter_new(arena, adapter);
	}
	const struct machine *machine = unit_machine(arena, options, unit->dialect);
	return machine ? world_new(arena, machine, options->seed) : NULL;
}

/* What was reached, for coverage: from lines of the implementation's inside and from what clients saw. */
static void tell_coverage(json_t *result, const struct trace *trace)
{
	json_t *rows = json_object(), *cells = json_object(), *causes = json_object(), *contexts = json_object();
	json_t *transitions = json_object();
	enum state last[64];
	char names[64][TRACE_WORD_MAX];
	unsigned jobs = 0;
	for (unsigned i = 0; i < trace->count; i++) {
		const struct trace_line *line = trace->lines[i];
		char key[160];
		if (line->actor == ACTOR_IMPL) {
			add_once(rows, line->row);
			if (line->row[0] && line->from != STATE_NONE) {
				snprintf(key, sizeof key, "%s %s", machine_state_name(line->from), line->event);
				add_once(cells, key);
			}
			add_once(causes, trace_get(line, "cause"));
			if (line->from != STATE_NONE && line->to != STATE_NONE && line->from != line->to) {
				snprintf(key, sizeof key, "%s>%s", machine_state_name(line->from), machine_state_name(line->to));
				add_once(transitions, key);
			}
			continue;
		}
		if (line->actor != ACTOR_CLIENT || strcmp(line->event, "probe")) continue;
		add_once(contexts, trace_get(line, "context"));
		const char *state = trace_get(line, "after");
		if (!state) continue;
		unsigned job = 0;
		while (job < jobs && strcmp(names[job], line->object)) job++;
		enum state now = machine_state_find(state, strlen(state));
		if (job == jobs) {
			if (jobs == 64) continue;
			memcpy(names[jobs++], line->object, TRACE_WORD_MAX);
		} else if (now != last[job] && last[job] != STATE_NONE && now != STATE_NONE) {
			snprintf(key, sizeof key, "%s>%s", machine_state_name(last[job]), machine_state_name(now));
			json_t *seen = json_object_get(result, "seen");
			add_once(seen, key);
		}
		last[job] = now;
	}
	json_object_set_new(result, "rows", rows);
	json_object_set_new(result, "cells", cells);
	json_object_set_new(result, "causes", causes);
	json_object_set_new(result, "contexts", contexts);
	json_object_set_new(result, "transitions", transitions);
}

static void tell_checks(json_t *result, const struct play *play)
{
	json_t *checks = json_array();
	for (unsigned i = 0; i < play->checks_count; i++) {
		const struct play_check *check = &play->checks[i];
		json_t *told = json_object();
		json_object_set_new(told, "line", json_integer(check->line));
		json_put_text(told, "step", check->step);
		json_object_set_new(told, "passed", json_boolean(check->passed));
		json_put_text(told, "expected", check->expected);
		json_put_text(told, "found", check->found);
		json_array_append_new(checks, told);
	}
	json_object_set_new(result, "checks", checks);
}

static json_t *tell_finding(const struct finding *finding, enum dialect dialect)
{
	unsigned count;
	const struct rule *rule = &rules_all(&count)[finding->rule];
	static const char *const levels[] = { "MUST", "SHOULD", "MAY", "UNSPECIFIED" };
	json_t *told = json_object();
	json_put_text(told, "rule", rule->id);
	json_put_text(told, "level", levels[rule->level]);
	json_put_text(told, "sentence", rule->sentence);
	json_object_set_new(told, "line", json_integer(finding->scenario_line));
	json_object_set_new(told, "at_ns", json_integer(finding->at_ns));
	json_object_set_new(told, "trace_index", json_integer(finding->trace_index));
	json_put_text(told, "job", finding->job);
	json_put_text(told, "done", finding->done);
	json_put_text(told, "allowed", finding->allowed);
	json_put_text(told, "seen", finding->seen);
	json_put_text(told, "signature", finding->signature);
	json_put_text(told, "source", rule->source[dialect]);
	return told;
}

static struct judge *make_judge(struct arena *arena, const struct unit_options *options, const struct unit *unit)
{
	struct judge *judge = judge_new(arena, unit->dialect, options->impl == IMPL_EXEC ? options->tolerance_ns : 0);
	unsigned count;
	const struct reading *all = machine_readings(&count);
	if (judge && options->blind) judge_blind(judge);
	for (unsigned i = 0; judge && i < count; i++) {
		const char *other = choices_other(&options->choices, i, unit->dialect);
		if (other) judge_take(judge, all[i].id, other);
	}
	return judge;
}

/* Why it could not be judged to its end; NULL: it was. With the oracle it may have seen the trace already. */
static const char *judge_trace(struct judge *judge, const struct trace *trace)
{
	if (!judge) return "out of memory in the judge";
	bool seen = judge_has_seen(judge);
	for (unsigned i = 0; !seen && i < trace->count; i++)
		if (judge_see(judge, trace->lines[i])) break;
	return judge_end(judge) ? "a limit of the judge was exceeded" : NULL;
}

static const char *tell_judgement(json_t *result, struct judge *judge, const struct unit *unit, const struct play *play)
{
	const char *harness = judge_trace(judge, &play->trace);
	if (harness) return harness;
	json_t *findings = json_array(), *triggered = json_object(), *readings = json_object();
	for (unsigned i = 0; i < judge_findings_count(judge); i++)
		json_array_append_new(findings, tell_finding(judge_finding(judge, i), unit->dialect));
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned i = 0; i < count; i++)
		if (judge_triggered(judge, i))
			json_object_set_new(triggered, rules[i].id, json_integer(judge_triggered(judge, i)));
	const struct reading *all = machine_readings(&count);
	for (unsigned i = 0; i < count; i++) {
		const char *seen = judge_reading(judge, all[i].id);
		if (seen) json_put_text(readings, all[i].id, seen);
	}
	json_object_set_new(result, "findings", findings);
	json_object_set_new(result, "triggered", triggered);
	json_object_set_new(result, "readings", readings);
	return NULL;
}

static const char *tell_no_rules(json_t *result)
{
	json_object_set_new(result, "findings", json_array());
	json_object_set_new(result, "triggered", json_object());
	json_object_set_new(result, "readings", json_object());
	return NULL;
}

/* is_reference: the play is the reference's own. judge: sees the trace along, unless NULL. */
static const char *ask_oracle(struct arena *arena, const struct unit_options *options, const struct unit *unit, const struct play *play,
	bool is_reference, struct judge *judge, struct oracle_result *found)
{
	struct oracle_options how = { .dialect = unit->dialect, .tolerance_ns = options->impl == IMPL_EXEC ? options->tolerance_ns : 0,
		.choices = &options->choices, .scenario = unit->scenario, .seed = options->seed, .judge = judge, .is_reference = is_reference, .blind = options->blind };
	*found = (struct oracle_result){ 0 };
	return oracle_judge(arena, &how, &play->trace, found) ? "a limit of the oracle was exceeded" : NULL;
}

/* Rules and oracle, each unless it is off; the oracle first, since the judge sees the trace along with it. */
static const char *tell_judges(json_t *result, struct arena *arena, const struct unit_options *options, const struct unit *unit,
	const struct play *play)
{
	struct judge *judge = options->no_rules ? NULL : make_judge(arena, options, unit);
	bool asks = options->oracle != ORACLE_OFF && play->end != PLAY_BROKEN;
	struct oracle_result found;
	const char *oracle = asks ? ask_oracle(arena, options, unit, play, options->impl == IMPL_REFERENCE, judge, &found) : NULL;
	const char *rules = options->no_rules ? tell_no_rules(result) : tell_judgement(result, judge, unit, play);
	if (rules || oracle) return rules ? rules : oracle;
	if (asks) oracle_tell(result, &found, options->impl != IMPL_EXEC || options->oracle == ORACLE_STRICT);
	return NULL;
}

char *unit_trace_text(struct arena *arena, const struct trace *trace, size_t *length)
{
	size_t size = 1;
	char line[TRACE_LINE_MAX];
	for (unsigned i = 0; i < trace->count; i++) size += trace_print(trace->lines[i], line, sizeof line);
	char *text = arena_take(arena, size);
	if (!text) return NULL;
	char *at = text;
	for (unsigned i = 0; i < trace->count; i++) {
		size_t n = trace_print(trace->lines[i], line, sizeof line);
		memcpy(at, line, n);
		at += n;
	}
	*at = '\0';
	*length = (size_t)(at - text);
	return text;
}

static const char *write_trace(json_t *result, struct arena *arena, const struct unit_options *options,
	const struct unit *unit, const struct play *play)
{
	char path[1200];
	size_t length;
	char *text = unit_trace_text(arena, &play->trace, &length);
	if (!text) return "out of memory for the trace";
	snprintf(path, sizeof path, "trace/%s.%s.trace", unit->scenario->id, machine_dialect_name(unit->dialect));
	json_put_text(result, "trace", path);
	snprintf(path, sizeof path, "%s/trace/%s.%s.trace", options->out_dir, unit->scenario->id,
		machine_dialect_name(unit->dialect));
	FILE *file = fopen(path, "w");
	if (!file) return "the trace could not be written";
	bool written = fwrite(text, 1, length, file) == length;
	if (fclose(file) || !written) return "the trace could not be written";
	return NULL;
}

/* A golden trace below ==== must be equal: what the reference did when the file was blessed. */
static const char *check_golden(struct arena *arena, const struct unit_options *options, const struct unit *unit,
	const struct play *play)
{
	size_t length;
	if (options->impl != IMPL_REFERENCE || !unit->scenario->golden) return NULL;
	char *text = unit_trace_text(arena, &play->trace, &length);
	if (!text) return "out of memory for the trace";
	return strcmp(text, unit->scenario->golden) ? "the trace differs from the golden one below ====" : NULL;
}

static void tell_implementation(json_t *result, const struct unit_options *options, const struct target *target)
{
	json_t *impl = json_object();
	const struct adapter_description *said = options->impl == IMPL_EXEC ? adapter_description(target) : NULL;
	if (said) {
		json_put_text(impl, "name", said->implementation);
		json_put_text(impl, "version", said->version);
		json_put_text(impl, "tier", said->tier);
	} else if (options->impl != IMPL_EXEC) {
		json_put_text(impl, "name", options->impl == IMPL_MUTANT ? "mutant" : "reference");
		json_put_text(impl, "version", "");
		json_put_text(impl, "tier", "virtual");
	}
	json_object_set_new(result, "impl", impl);
}

static void tell_restart(json_t *result, const struct unit_options *options, const struct target *target)
{
	if (options->impl == IMPL_EXEC && *adapter_restarted(target)) json_put_text(result, "restarted", adapter_restarted(target));
}

static const char *const ENDS[] = { [PLAY_DONE] = "done", [PLAY_STOPPED] = "stopped", [PLAY_UNSUPPORTED] = "unsupported",
	[PLAY_BROKEN] = "broken" };

static void tell_end(json_t *result, const struct play *play)
{
	json_put_text(result, "end", ENDS[play->end]);
	json_put_text(result, "why", play->why);
	json_put_text(result, "feature", play->feature);
	json_object_set_new(result, "line", json_integer(play->line));
	json_object_set_new(result, "tolerance_used_ns", json_integer(play->tolerance_used_ns));
	tell_checks(result, play);
	tell_coverage(result, &play->trace);
}

/* A finding is looked for in the file that was read. */
static void tell_file_line(json_t *finding, const struct recorded *recorded)
{
	json_int_t index = json_is_integer(json_object_get(finding, "trace_index")) ? json_integer_value(json_object_get(finding, "trace_index")) : -1;
	if (index >= 0 && index < (json_int_t)recorded->play.trace.count) json_object_set_new(finding, "file_line", json_integer(recorded->lines[index]));
}

static void tell_file_lines(json_t *result, const struct recorded *recorded)
{
	json_t *finding;
	size_t i;
	json_array_foreach(json_object_get(result, "findings"), i, finding) tell_file_line(finding, recorded);
	tell_file_line(json_object_get(result, "first_divergence"), recorded);
}

json_t *unit_judge(struct arena *arena, const struct unit_options *options, const struct recorded *recorded, enum dialect dialect)
{
	const struct scenario named = { .id = recorded->id };
	const struct unit unit = { .dialect = dialect }, file = { .scenario = &named, .dialect = dialect };
	struct unit_options how = *options;
	how.impl = recorded->is_real ? IMPL_EXEC : IMPL_MUTANT;   /* whose traces have such a time */
	json_t *result = json_object(), *impl = json_object();
	json_put_text(result, "id", recorded->id);
	json_put_text(result, "title", "recorded elsewhere");
	json_put_text(result, "dialect", machine_dialect_name(dialect));
	json_put_text(result, "file", recorded->file);
	json_object_set_new(result, "seen", json_object());
	json_put_text(impl, "name", *recorded->implementation ? recorded->implementation : "recorded");
	json_put_text(impl, "version", recorded->version);
	json_put_text(impl, "tier", recorded->is_real ? "real" : "virtual");
	json_object_set_new(result, "impl", impl);
	tell_end(result, &recorded->play);
	how.blind = recorded_is_blind(recorded);
	const char *harness = tell_judges(result, arena, &how, &unit, &recorded->play);
	tell_file_lines(result, recorded);
	if (!harness && options->out_dir) harness = write_trace(result, arena, options, &file, &recorded->play);
	if (harness) json_put_text(result, "harness", harness);
	return result;
}

json_t *unit_run(struct arena *arena, const struct unit_options *options, const struct unit *unit)
{
	const struct scenario *scenario = unit->scenario;
	json_t *result = json_object();
	json_put_text(result, "id", scenario->id);
	json_put_text(result, "title", scenario->title);
	json_put_text(result, "dialect", machine_dialect_name(unit->dialect));
	json_put_text(result, "file", scenario->file);
	if (scenario->row) json_put_text(result, "row", scenario->row);
	json_object_set_new(result, "seen", json_object());
	char work[1200] = "";
	if (options->out_dir) snprintf(work, sizeof work, "%s/work/%s.%s", options->out_dir, scenario->id, machine_dialect_name(unit->dialect));
	struct target *target = make_target(arena, options, unit, work);
	struct play play = { 0 };
	struct failure failure = { 0 };
	if (!target) {
		json_put_text(result, "harness", "out of memory for the world");
		return result;
	}
	struct play_options how = { .dialect = unit->dialect, .seed = options->seed, .tolerance_ns = options->tolerance_ns,
		.real_limit_ns = options->real_limit_ns };
	enum status status = play_scenario(arena, scenario, target, &how, &play, &failure);
	tell_restart(result, options, target);
	for (unsigned n = 0; n < options->retries && !status && options->impl == IMPL_EXEC && play.end == PLAY_BROKEN; n++) {
		json_put_text(result, "retried", play.why);
		memset(&play, 0, sizeof play);
		target = make_target(arena, options, unit, work);
		if (target) status = play_scenario(arena, scenario, target, &how, &play, &failure);
		else status = STATUS_NO_MEMORY;
	}
	tell_implementation(result, options, target);
	if (status) {
		json_put_text(result, "harness", failure.text[0] ? failure.text : "the player ran out of memory or over a limit");
		return result;
	}
	tell_end(result, &play);
	const char *harness = tell_judges(result, arena, options, unit, &play);
	const char *golden = check_golden(arena, options, unit, &play);
	if (golden) json_put_text(result, "golden", golden);
	if (!harness && options->out_dir) harness = write_trace(result, arena, options, unit, &play);
	if (harness) json_put_text(result, "harness", harness);
	return result;
}

void unit_try(struct arena *arena, const struct unit_options *options, const struct unit *unit, const struct machine *machine,
	bool is_reference, struct unit_trial *trial)
{
	struct play_options how = { .dialect = unit->dialect, .seed = options->seed };
	struct failure failure = { 0 };
	struct oracle_result found;
	struct target *target = world_new(arena, machine, options->seed);
	*trial = (struct unit_trial){ 0 };
	if (!target || play_scenario(arena, unit->scenario, target, &how, &trial->play, &failure)) {
		trial->harness = "the player ran out of memory or over a limit";
		return;
	}
	bool asks = options->oracle != ORACLE_OFF && trial->play.end != PLAY_BROKEN;
	const char *oracle = NULL;
	trial->judge = make_judge(arena, options, unit);
	/* A mutant is not asked about twice when a rule has told it from the reference. */
	if (asks && is_reference && trial->judge) oracle = ask_oracle(arena, options, unit, &trial->play, is_reference, trial->judge, &found);
	trial->harness = judge_trace(trial->judge, &trial->play.trace);
	if (trial->harness || !asks || judge_findings_count(trial->judge)) return;
	if (!is_reference) oracle = ask_oracle(arena, options, unit, &trial->play, is_reference, NULL, &found);
	trial->harness = oracle;
	trial->diverged = !oracle && found.diverged;
	trial->first = found.first;
}
