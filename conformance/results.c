/* results.c -- classifies every finding, adds up, and says what the whole is worth. */
#include "conformance/results.h"
#include "conformance/results_cover.h"
#include "conformance/json_text.h"

#include "conformance/rules.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

struct maker {
	const struct results_options *options;
	unsigned counts[VERDICT_COUNT];
	unsigned denied;             /* unsupported features that nothing allows */
	json_t *scenarios, *rules, *stale;
	const char *impl_name, *impl_version, *tier;
};

static const char *const WORLDS[] = { [IMPL_REFERENCE] = "sim", [IMPL_MUTANT] = "sim", [IMPL_EXEC] = "exec", [IMPL_RECORDED] = "recorded" };

/* A check of the scenario that failed, told as a finding of the rule CHECK. Its signature has no times. */
static json_t *check_finding(json_t *check)
{
	char signature[600];
	json_t *finding = json_object();
	const char *found = json_text(check, "found"), *cut = strstr(found, " since ");
	snprintf(signature, sizeof signature, "%s => %.*s", json_text(check, "step"), cut ? (int)(cut - found) : 300, found);
	for (char *at = signature, *to = signature; ; at++) {   /* runs of blanks are one: alignment is no difference */
		if (*at == ' ' && to > signature && to[-1] == ' ') continue;
		*to++ = *at;
		if (!*at) break;
	}
	json_put_text(finding, "rule", "CHECK");
	json_put_text(finding, "level", "MUST");
	json_put_text(finding, "sentence", "The scenario's own expectation holds.");
	json_object_set(finding, "line", json_object_get(check, "line"));
	json_object_set_new(finding, "at_ns", json_integer(-1));
	json_put_text(finding, "job", "-");
	json_put_text(finding, "done", json_text(check, "step"));
	json_put_text(finding, "allowed", json_text(check, "expected"));
	json_put_text(finding, "seen", found);
	json_put_text(finding, "signature", signature);
	json_put_text(finding, "source", "");
	return finding;
}

static enum verdict verdict_of_level(const char *level)
{
	if (!strcmp(level, "MUST")) return VERDICT_FAIL;
	if (!strcmp(level, "SHOULD")) return VERDICT_NON_STRICT;
	return VERDICT_INFO;
}

/* Marks the finding as expected or not; returns what it is worth. */
static enum verdict judge_finding_json(struct maker *maker, const char *id, json_t *finding)
{
	struct xfail *xfail = maker->options->xfail;
	const struct xfail_entry *entry =
		xfail ? xfail_match(xfail, id, json_text(finding, "rule"), json_text(finding, "signature")) : NULL;
	json_object_set_new(finding, "expected", json_boolean(entry != NULL));
	json_put_text(finding, "reason", entry ? entry->reason : "");
	return entry ? VERDICT_EXPECTED_FAIL : verdict_of_level(json_text(finding, "level"));
}

json_t *results_first(const json_t *findings)
{
	json_t *first = NULL, *finding;
	json_int_t line = 0;
	size_t i;
	json_array_foreach(findings, i, finding) {
		json_int_t at = json_integer_value(json_object_get(finding, "line"));
		if (first && at >= line) continue;
		first = finding;
		line = at;
	}
	return first;
}

static void put_divergence(json_t *unit, json_t *findings)
{
	json_t *first = results_first(findings);
	if (!json_object_get(unit, "first_divergence")) json_object_set(unit, "first_divergence", first ? first : json_null());
}

static void put_again(struct maker *maker, json_t *unit)
{
	char again[1500];
	snprintf(again, sizeof again, "%s --dialect %s %s%s", maker->options->again, json_text(unit, "dialect"), json_text(unit, "file"),
		maker->options->again_adapter);
	json_put_text(unit, "again", again);
}

static enum verdict unit_verdict(struct maker *maker, json_t *unit)
{
	const char *id = json_text(unit, "id"), *end = json_text(unit, "end");
	if (json_object_get(unit, "harness")) return VERDICT_HARNESS_ERROR;
	if (!strcmp(end, "broken")) return VERDICT_ADAPTER_ERROR;
	enum verdict verdict = VERDICT_PASS;
	if (!strcmp(end, "unsupported")) {
		const char *feature = json_text(unit, "feature");
		bool allowed = maker->options->xfail && xfail_allows(maker->options->xfail, id, feature);
		json_object_set_new(unit, "allowed", json_boolean(allowed));
		maker->denied += !allowed;
		verdict = VERDICT_UNSUPPORTED;   /* what was broken before that line still counts */
	}
	json_t *findings = json_object_get(unit, "findings"), *value;
	size_t i;
	json_array_foreach(json_object_get(unit, "checks"), i, value)
		if (!maker->options->run->unit.no_rules && !json_is_true(json_object_get(value, "passed"))) json_array_append_new(findings, check_finding(value));
	json_array_foreach(findings, i, value) verdict = verdict_worst(verdict, judge_finding_json(maker, id, value));
	if (json_object_get(unit, "golden")) verdict = VERDICT_FAIL;
	put_divergence(unit, findings);
	return verdict_worst(verdict, oracle_tell_verdict(unit));
}

static void judge_unit(struct maker *maker, json_t *unit)
{
	json_t *impl = json_object_get(unit, "impl");
	if (json_object_get(unit, "harness")) json_put_text(unit, "why", json_text(unit, "harness"));
	if (json_object_get(unit, "golden")) json_put_text(unit, "why", json_text(unit, "golden"));
	if (!maker->impl_name && *json_text(impl, "name")) {
		maker->impl_name = json_text(impl, "name");
		maker->impl_version = json_text(impl, "version");
		maker->tier = json_text(impl, "tier");
	}
	enum verdict verdict = unit_verdict(maker, unit);
	maker->counts[verdict]++;
	json_put_text(unit, "world", WORLDS[maker->options->run->unit.impl]);
	json_put_text(unit, "verdict", verdict_name(verdict));
	put_again(maker, unit);
}

/* One rule in one dialect over all scenarios. */
static void add_rule(struct maker *maker, json_t *units, const struct rule *rule, enum dialect dialect)
{
	static const char *const levels[] = { "MUST", "SHOULD", "MAY", "UNSPECIFIED" };
	static const char *const kinds[] = { "judged", "derived", "not-observable", "reading" };
	json_t *told = json_object(), *triggered_in = json_array(), *failed_in = json_array(), *unit, *finding;
	json_int_t triggered = 0, expected = 0;
	enum verdict verdict = VERDICT_PASS;
	size_t i, k;
	json_array_foreach(units, i, unit) {
		if (strcmp(json_text(unit, "dialect"), machine_dialect_name(dialect))) continue;
		json_int_t n = json_integer_value(json_object_get(json_object_get(unit, "triggered"), rule->id));
		if (n) json_array_append(triggered_in, json_object_get(unit, "id"));
		triggered += n;
		bool failed = false;
		json_array_foreach(json_object_get(unit, "findings"), k, finding) {
			if (strcmp(json_text(finding, "rule"), rule->id)) continue;
			bool excused = json_is_true(json_object_get(finding, "expected"));
			verdict = verdict_worst(verdict, excused ? VERDICT_EXPECTED_FAIL : verdict_of_level(json_text(finding, "level")));
			expected += excused;
			failed = true;
		}
		if (failed) json_array_append(failed_in, json_object_get(unit, "id"));
	}
	if (!triggered && verdict == VERDICT_PASS) verdict = VERDICT_VACUOUS;
	json_put_text(told, "id", rule->id);
	json_put_text(told, "level", levels[rule->level]);
	json_put_text(told, "dialect", machine_dialect_name(dialect));
	json_put_text(told, "area", rule->area);
	json_put_text(told, "sentence", rule->sentence);
	json_put_text(told, "trigger", rule->trigger);
	json_put_text(told, "source", rule->source[dialect]);
	json_put_text(told, "kind", kinds[rule->kind]);
	json_put_text(told, "why", rule->why);
	json_put_text(told, "verdict", rule->kind == RULE_KIND_JUDGED ? verdict_name(verdict) : "-");
	json_object_set_new(told, "triggered", json_integer(triggered));
	json_object_set_new(told, "scenarios", triggered_in);
	json_object_set_new(told, "failed", failed_in);
	json_object_set_new(told, "expected", json_integer(expected));
	json_array_append_new(maker->rules, told);
}

static void add_stale(struct maker *maker, unsigned line, const char *text)
{
	json_t *told = json_object();
	json_object_set_new(told, "line", json_integer(line));
	json_put_text(told, "text", text);
	json_array_append_new(maker->stale, told);
}

static void add_stale_entry(struct maker *maker, const struct xfail_entry *entry, const char *why)
{
	char text[1000];
	snprintf(text, sizeof text, "%s %s%s%s%s: it %s", entry->allow ? "allow" : "fail", entry->rule, *entry->signature ? " \"" : "",
		entry->signature, *entry->signature ? "\"" : "", why);
	add_stale(maker, entry->line, text);
}

/* A name behind in: that no scenario has would otherwise excuse nothing for ever. */
static void find_unknown(struct maker *maker, const struct xfail_entry *entry)
{
	const struct selection *library = maker->options->library;
	char why[300];
	for (unsigned k = 0; library && k < entry->ids_count; k++) {
		unsigned i = 0;
		while (i < library->count && fnmatch(entry->ids[k], library->scenarios[i]->id, 0)) i++;
		if (i < library->count) continue;
		snprintf(why, sizeof why, "names %s, which is no scenario", entry->ids[k]);
		add_stale_entry(maker, entry, why);
	}
}

static void find_stale(struct maker *maker, json_t *units)
{
	struct xfail *xfail = maker->options->xfail;
	char why[500];
	json_t *unit;
	size_t i;
	if (!xfail) return;
	if (maker->impl_name && !xfail_is_for(xfail, maker->impl_name, maker->impl_version)) {
		snprintf(why, sizeof why, "the file is for %s %s, the implementation is %s %s", xfail->implementation, xfail->version,
			maker->impl_name, maker->impl_version);
		add_stale(maker, 1, why);
	}
	json_array_foreach(units, i, unit) xfail_ran(xfail, json_text(unit, "id"));
	for (const struct xfail_entry *entry = xfail->entries; entry < xfail->entries + xfail->count; entry++) {
		if (xfail_stale(entry, maker->options->today, why, sizeof why)) add_stale_entry(maker, entry, why);
		find_unknown(maker, entry);
	}
}

/* A required rule counts only when its trigger happened in each dialect that ran; a glob that no judged rule fits is as empty. */
static bool misses_required(const struct maker *maker, const char *glob)
{
	const json_t *rule;
	unsigned fits = 0;
	size_t i;
	json_array_foreach(maker->rules, i, rule) {
		if (strcmp(json_text(rule, "kind"), "judged") || fnmatch(glob, json_text(rule, "id"), 0)) continue;
		if (!json_integer_value(json_object_get(rule, "triggered"))) return true;
		fits++;
	}
	return !fits;
}

static bool is_required_vacuous(const struct maker *maker)
{
	for (unsigned r = 0; r < maker->options->require_count; r++)
		if (misses_required(maker, maker->options->require[r])) return true;
	return false;
}

static enum exit_code exit_of(const struct maker *maker, json_t *units)
{
	if (!json_array_size(units)) return EXIT_SELECTION;
	if (maker->counts[VERDICT_HARNESS_ERROR]) return EXIT_HARNESS;
	if (maker->counts[VERDICT_ADAPTER_ERROR]) return EXIT_ADAPTER;
	if (maker->counts[VERDICT_FAIL] || (maker->options->strict && maker->counts[VERDICT_NON_STRICT])) return EXIT_FAILED;
	if (json_array_size(maker->stale)) return EXIT_STALE;
	if (maker->denied) return EXIT_UNSUPPORTED;
	if (maker->counts[VERDICT_INCONCLUSIVE] || is_required_vacuous(maker)) return EXIT_INCONCLUSIVE;
	if (maker->counts[VERDICT_UNSUPPORTED] == json_array_size(units)) return EXIT_INCONCLUSIVE;
	return EXIT_CONFORMS;
}

static json_t *sum_up(struct maker *maker, json_t *units, enum exit_code code)
{
	const char *who = maker->impl_name ? maker->impl_name : "the implementation";
	const struct mutant *mutant = maker->options->run->unit.mutant;
	static const char *const what[] = {
		[EXIT_CONFORMS] = "conforms",
		[EXIT_FAILED] = "does not conform",
		[EXIT_USAGE] = "was not judged: usage",
		[EXIT_STALE] = "was judged, but its expectations are stale",
		[EXIT_INCONCLUSIVE] = "was judged, but the evidence is incomplete",
		[EXIT_UNSUPPORTED] = "lacks features that nothing allows it to lack",
		[EXIT_ADAPTER] = "could not be judged everywhere: it or its adapter hung, died or broke the protocol",
		[EXIT_HARNESS] = "could not be judged: bgcheck itself failed",
		[EXIT_SELECTION] = "was not judged: nothing was selected",
	};
	unsigned broken = 0, excused = 0;
	json_t *rule;
	size_t i;
	json_array_foreach(maker->rules, i, rule) {
		broken += !strcmp(json_text(rule, "verdict"), "fail");
		excused += !strcmp(json_text(rule, "verdict"), "expected-fail");
	}
	char name[300], excuse[60] = "";
	snprintf(name, sizeof name, "%s%s%s%s%s", who, mutant ? " " : "", mutant ? mutant->id : "", maker->impl_version && *maker->impl_version ? " " : "",
		maker->impl_version ? maker->impl_version : "");
	if (excused) snprintf(excuse, sizeof excuse, ", %u more as expected", excused);
	return json_sprintf("%s %s: %u rule%s broken%s in %u run%s of scenarios", name, what[code], broken, broken == 1 ? "" : "s", excuse,
		(unsigned)json_array_size(units), json_array_size(units) == 1 ? "" : "s");
}

static void strip(json_t *units)
{
	static const char *const inner[] = { "triggered", "rows", "cells", "causes", "contexts", "readings", "transitions", "seen", "impl", "harness", "golden" };
	json_t *unit;
	size_t i;
	json_array_foreach(units, i, unit)
		for (size_t k = 0; k < sizeof inner / sizeof inner[0]; k++) json_object_del(unit, inner[k]);
}

static json_t *impl_json(const struct maker *maker)
{
	static const char *const kinds[] = { "reference", "mutant", "exec", "recorded" };
	const struct unit_options *unit = &maker->options->run->unit;
	json_t *impl = json_object(), *command = json_array();
	for (char *const *arg = unit->argv; unit->impl == IMPL_EXEC && *arg; arg++) json_array_append_new(command, json_string(*arg));
	json_put_text(impl, "kind", kinds[unit->impl]);
	json_put_text(impl, "name", maker->impl_name ? maker->impl_name : "");
	json_put_text(impl, "version", maker->impl_version ? maker->impl_version : "");
	json_put_text(impl, "mutant", unit->mutant ? unit->mutant->id : "");
	json_put_text(impl, "defect", unit->mutant ? unit->mutant->sentence : "");
	json_put_text(impl, "breaks", unit->mutant ? unit->mutant->rules : "");
	json_object_set_new(impl, "command", command);
	return impl;
}

json_t *results_make(json_t *units, const struct results_options *options)
{
	struct maker maker = { .options = options, .rules = json_array(), .stale = json_array() };
	json_t *coverage = results_coverage(units), *transitions = json_array(), *dialects = json_array(), *counts = json_object(), *unit;
	unsigned rules_count;
	const struct rule *rules = rules_all(&rules_count);
	size_t i;
	json_array_foreach(units, i, unit) judge_unit(&maker, unit);
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		if (!results_dialect_ran(units, machine_dialect_name((enum dialect)d))) continue;
		json_array_append_new(dialects, json_string(machine_dialect_name((enum dialect)d)));
		for (unsigned r = 0; r < rules_count; r++)
			if (rules[r].dialects[d]) add_rule(&maker, units, &rules[r], (enum dialect)d);
		results_add_transitions(transitions, units, machine, options->run->unit.impl >= IMPL_EXEC);
	}
	find_stale(&maker, units);
	enum exit_code code = exit_of(&maker, units);
	enum verdict worst = VERDICT_PASS;
	for (int v = 0; v < VERDICT_COUNT; v++) {
		json_object_set_new(counts, verdict_name((enum verdict)v), json_integer(maker.counts[v]));
		if (maker.counts[v] && !(v == VERDICT_UNSUPPORTED && !maker.denied)) worst = (enum verdict)v;
	}
	json_t *result = json_object(), *xfail = json_object();
	json_object_set_new(result, "schema", json_integer(1));
	json_put_text(result, "suite", "bgcheck " BGCHECK_VERSION);
	json_object_set_new(result, "impl", impl_json(&maker));
	json_object_set_new(result, "dialects", dialects);
	json_put_text(result, "world", WORLDS[options->run->unit.impl]);
	json_put_text(result, "tier", maker.tier ? maker.tier : "");
	json_object_set_new(result, "seed", json_integer((json_int_t)options->run->unit.seed));
	json_put_text(result, "verdict", verdict_name(worst));
	json_object_set_new(result, "exit", json_integer(code));
	json_object_set_new(result, "sentence", sum_up(&maker, units, code));
	json_object_set_new(result, "counts", counts);
	json_object_set_new(result, "oracle", oracle_tell_sum(units, options->run->unit.oracle));
	json_object_set_new(result, "rules", maker.rules);
	json_put_text(xfail, "file", options->xfail ? options->xfail->file : "");
	json_object_set_new(xfail, "stale", maker.stale);
	json_object_set_new(result, "xfail", xfail);
	json_object_set_new(result, "coverage", coverage);
	json_object_set_new(result, "transitions", transitions);
	/* impl_name and friends live in the units: strip them last. */
	strip(units);
	json_object_set(result, "scenarios", units);
	return result;
}
