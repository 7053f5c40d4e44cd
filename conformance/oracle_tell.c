/* oracle_tell.c -- the first divergence as a finding. */
#include "conformance/oracle_tell.h"

#include "conformance/json_text.h"

#include <string.h>

const char *oracle_mode_word(enum oracle_mode mode)
{
	static const char *const words[] = { [ORACLE_ON] = "on", [ORACLE_OFF] = "off", [ORACLE_STRICT] = "strict" };
	return words[mode];
}

/* The rule that the same line broke; NULL: none. */
static json_t *find_same(json_t *findings, unsigned trace_index)
{
	json_t *finding;
	size_t i;
	json_array_foreach(findings, i, finding)
		if (json_integer_value(json_object_get(finding, "trace_index")) == (json_int_t)trace_index) return finding;
	return NULL;
}

static json_t *divergence_json(const struct divergence *first, unsigned largest, bool fails)
{
	json_t *told = json_object();
	json_put_text(told, "rule", ORACLE_RULE);
	json_put_text(told, "level", fails ? "MUST" : "UNSPECIFIED");
	json_put_text(told, "sentence", "Some state of the machine agrees with everything that was seen.");
	json_object_set_new(told, "line", json_integer(first->scenario_line));
	json_object_set_new(told, "at_ns", json_integer(first->at_ns));
	json_object_set_new(told, "trace_index", json_integer(first->trace_index));
	json_object_set_new(told, "agreed_index", json_integer(first->agreed_index));
	json_object_set_new(told, "largest", json_integer(largest));
	json_put_text(told, "job", first->job);
	json_put_text(told, "done", first->done);
	json_put_text(told, "allowed", first->allowed);
	json_put_text(told, "seen", first->seen);
	json_put_text(told, "row", first->row);
	json_put_text(told, "signature", first->signature);
	json_put_text(told, "source", first->source);
	return told;
}

static void tell_divergence(json_t *unit, const struct oracle_result *result, bool fails)
{
	json_t *told = divergence_json(&result->first, result->largest, fails), *findings = json_object_get(unit, "findings");
	json_t *same = find_same(findings, result->first.trace_index);
	if (same) json_object_set(told, "rule", json_object_get(same, "rule"));
	else json_array_append_new(findings, json_deep_copy(told)); /* a finding is judged later; this one only tells */
	json_object_set_new(unit, "first_divergence", told);
}

void oracle_tell(json_t *unit, const struct oracle_result *result, bool fails)
{
	json_t *told = json_object();
	json_object_set_new(told, "largest", json_integer(result->largest));
	json_object_set_new(told, "hypotheses", json_integer(result->hypotheses));
	json_put_text(told, "readings", result->readings);
	json_object_set_new(told, "inconclusive", json_boolean(result->inconclusive && !result->diverged));
	json_object_set_new(told, "diverged", json_boolean(result->diverged));
	json_object_set_new(told, "fails", json_boolean(fails));
	json_object_set_new(unit, "oracle", told);
	if (result->diverged) tell_divergence(unit, result, fails);
}

static json_int_t number(const json_t *unit, const char *key)
{
	return json_integer_value(json_object_get(json_object_get(unit, "oracle"), key));
}

static bool is_so(const json_t *unit, const char *key)
{
	return json_is_true(json_object_get(json_object_get(unit, "oracle"), key));
}

json_t *oracle_tell_sum(json_t *units, enum oracle_mode mode)
{
	static const char *const modes[] = { "on", "off", "strict" };
	json_int_t diverged = 0, inconclusive = 0, largest = 0, hypotheses = 0;
	json_t *sum = json_object(), *unit;
	size_t i;
	json_array_foreach(units, i, unit) {
		diverged += is_so(unit, "diverged");
		inconclusive += is_so(unit, "inconclusive");
		if (number(unit, "largest") > largest) largest = number(unit, "largest");
		if (number(unit, "hypotheses") > hypotheses) hypotheses = number(unit, "hypotheses");
	}
	json_put_text(sum, "mode", modes[mode]);
	json_object_set_new(sum, "diverged", json_integer(diverged));
	json_object_set_new(sum, "inconclusive", json_integer(inconclusive));
	json_object_set_new(sum, "largest", json_integer(largest));
	json_object_set_new(sum, "hypotheses", json_integer(hypotheses));
	return sum;
}

enum verdict oracle_tell_verdict(const json_t *unit)
{
	return is_so(unit, "inconclusive") && is_so(unit, "fails") ? VERDICT_INCONCLUSIVE : VERDICT_PASS;
}
