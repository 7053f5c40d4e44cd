/* show.c -- the tables, for people (aligned) and for programs (TSV, JSON). */
#include "conformance/show.h"

#include "conformance/choice.h"
#include "conformance/rules.h"
#include "model/machine.h"

#include <jansson.h>
#include <string.h>

static void print_effects(FILE *file, uint32_t effects)
{
	bool first = true;
	for (int i = 0; i < EFFECT_COUNT; i++) {
		if (!(effects & EFFECT_BIT(i))) continue;
		fprintf(file, "%s", first ? "" : "+");
		for (const char *at = machine_effect_name((enum effect_kind)i); *at; at++)
			fputc(*at >= 'A' && *at <= 'Z' ? *at + 'a' - 'A' : *at, file);
		first = false;
	}
	if (first) fputc('-', file);
}

static const char *result_name(enum dialect dialect, enum code code)
{
	static const char *const names[] = {
#define CODE(name, in_do, in_bits, cls, cite) #name,
#include "model/hresult.def"
	};
	(void)dialect;
	return code == CODE_NOTHING ? "-" : names[code];
}

static void print_moves(FILE *file, int dialect, const char *format)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		if (dialect >= 0 && dialect != d) continue;
		for (unsigned i = 0; i < machine->moves_count; i++) {
			const struct move *move = &machine->moves[i];
			fprintf(file, format, machine_dialect_name((enum dialect)d), move->id, machine_state_name(move->from),
				machine_event_name(move->event), machine_guard_name(move->guard), machine_state_name(move->to),
				result_name((enum dialect)d, move->result));
			print_effects(file, move->effects);
			fprintf(file, "\t%c\t%s\n", move->mark, move->cite);
		}
	}
}

void show_table_tsv(FILE *file, int dialect)
{
	fprintf(file, "dialect\tid\tfrom\tevent\tguard\tto\tresult\teffects\tmark\tcite\n");
	print_moves(file, dialect, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t");
}

void show_table(FILE *file, int dialect)
{
	fprintf(file, "%-5s%-34s%-17s%-13s%-19s%-17s%-22s%s\n", "", "row", "from", "event", "guard", "to", "result", "effects, mark, source");
	print_moves(file, dialect, "%-5s%-34s%-17s%-13s%-19s%-17s%-22s");
}

static const char *const LEVELS[] = { "MUST", "SHOULD", "MAY", "UNSPECIFIED" };
static const char *const KINDS[] = { "judged", "derived-from", "not-observable", "reading" };

static json_t *rule_json(const struct rule *rule)
{
	json_t *dialects = json_array();
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (rule->dialects[d]) json_array_append_new(dialects, json_string(machine_dialect_name((enum dialect)d)));
	return json_pack("{s:s,s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", rule->id, "level", LEVELS[rule->level], "dialects", dialects,
		"area", rule->area, "trigger", rule->trigger, "sentence", rule->sentence, "do_source", rule->source[DIALECT_DO], "bits_source",
		rule->source[DIALECT_BITS], "status", KINDS[rule->kind], "why", rule->why);
}

static void print_rule(FILE *file, const struct rule *rule)
{
	fprintf(file, "%-13s %-11s %-8s %s%s%s\n              %s\n", rule->id, LEVELS[rule->level],
		rule->dialects[DIALECT_DO] ? rule->dialects[DIALECT_BITS] ? "do bits" : "do" : "bits", KINDS[rule->kind],
		*rule->why ? ": " : "", rule->why, rule->sentence);
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (rule->dialects[d] && *rule->source[d]) fprintf(file, "              %s: %s\n", machine_dialect_name((enum dialect)d), rule->source[d]);
}

void show_rules(FILE *file, int dialect, bool json)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	json_t *all = json_array();
	for (unsigned i = 0; i < count; i++) {
		if (dialect >= 0 && !rules[i].dialects[dialect]) continue;
		if (json) json_array_append_new(all, rule_json(&rules[i]));
		else print_rule(file, &rules[i]);
	}
	if (json) json_dumpf(all, file, JSON_INDENT(1)), fputc('\n', file);
	json_decref(all);
}

/* What `--reading` may say in the dialect. */
static json_t *can_json(const struct reading *reading, enum dialect dialect)
{
	json_t *can = json_array();
	for (const char *at = reading->choices; *at && *reading->takes[dialect];) {
		size_t length = strcspn(at, " ");
		if (choices_may(reading, at, length, dialect)) json_array_append_new(can, json_stringn(at, length));
		at += length + (at[length] == ' ');
	}
	return can;
}

static json_t *reading_json(const struct reading *reading)
{
	const char *why, *scenario = choices_shown(reading->id, &why);
	json_t *told = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", reading->id, "question", reading->question, "choices", reading->choices,
		"do", reading->takes[DIALECT_DO], "bits", reading->takes[DIALECT_BITS], "shown", scenario ? scenario : "", "unseen", why, "cite", reading->cite);
	json_object_set_new(told, "can", json_pack("{s:o,s:o}", "do", can_json(reading, DIALECT_DO), "bits", can_json(reading, DIALECT_BITS)));
	return told;
}

/* What the reference takes, what `--reading` can make it take, and what not. */
static void print_takes(FILE *file, const struct reading *reading, enum dialect dialect)
{
	unsigned count;
	const struct choice *choices = choices_all(&count);
	if (!*reading->takes[dialect]) return;
	fprintf(file, "      %-4s takes %s", machine_dialect_name(dialect), reading->takes[dialect]);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(choices[i].id, reading->id) && choices[i].dialects[dialect] && !choices[i].refused) fprintf(file, "; can take %s", choices[i].choice);
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(choices[i].id, reading->id) && choices[i].dialects[dialect] && choices[i].refused)
			fprintf(file, "; cannot take %s: %s", choices[i].choice, choices[i].refused);
	fputc('\n', file);
}

static void print_reading(FILE *file, const struct reading *reading)
{
	const char *why, *scenario = choices_shown(reading->id, &why);
	fprintf(file, "%s  %s\n      choices: %s\n", reading->id, reading->question, reading->choices);
	for (int d = 0; d < DIALECT_COUNT; d++) print_takes(file, reading, (enum dialect)d);
	fprintf(file, "      %s: %s\n      why: %s\n", scenario ? "shown by" : "never seen", scenario ? scenario : why, reading->cite);
}

void show_readings(FILE *file, bool json)
{
	unsigned count;
	const struct reading *readings = machine_readings(&count);
	json_t *all = json_array();
	for (unsigned i = 0; i < count; i++) {
		if (json) json_array_append_new(all, reading_json(&readings[i]));
		else print_reading(file, &readings[i]);
	}
	if (json) json_dumpf(all, file, JSON_INDENT(1)), fputc('\n', file);
	json_decref(all);
}

void show_protocol(FILE *file)
{
	unsigned count;
	const struct method *methods = machine_methods(&count);
	fprintf(file,
		"Adapter protocol, version 1: NDJSON, UTF-8, LF, at most 1 MiB a line, on the adapter's stdin and stdout.\n\n"
		"to the adapter   {\"id\":17,\"cmd\":\"job.resume\",\"a\":{\"job\":\"j1\"}}\n"
		"answered         {\"id\":17,\"r\":{\"hr\":0}}                       the implementation answered; hr and fields\n"
		"it lacks this    {\"id\":17,\"unsupported\":{\"feature\":\"job.owner\",\"why\":\"...\"}}\n"
		"adapter failed   {\"id\":17,\"broken\":{\"why\":\"...\"}}\n"
		"callback         {\"ev\":\"cb\",\"cb\":5,\"kind\":\"job_error\",\"job\":\"j1\",\"error\":\"e7\",\"borrowed\":[\"e7\"]}\n"
		"answered by      {\"cb\":5,\"ret\":0}\n\n"
		"Numbers are those of the API; durations in seconds; a 64-bit value of all ones is -1. `as` names a new handle; borrowed ones\n"
		"die when the callback returns. out=null passes NULL for the out parameter; the reply of a refused call that has one says in `left` what it\n"
		"holds afterwards: null, \"garbage\" or \"unwritten\".\n\n");
	fprintf(file, "%-28s %-50s %s\n", "command of the protocol", "arguments", "fields of the reply");
	static const struct { const char *command, *args, *fields, *phrase; } own[] = {
#define COMMAND(command, args, fields, phrase) { command, args, fields, phrase },
#include "conformance/protocol.def"
	};
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		fprintf(file, "%-28s %-50s %s\n%-28s   %s\n", own[i].command, own[i].args, own[i].fields, "", own[i].phrase);
	fprintf(file, "\n%-28s %-38s %-60s %s\n", "command of the API", "arguments", "fields of the reply", "method");
	for (unsigned i = 0; i < count; i++) {
		const struct method *method = &methods[i];
		char name[80];
		snprintf(name, sizeof name, "%s%s%s", method->command, *method->property ? " " : "", method->property);
		fprintf(file, "%-28s %-38s %-60s %s::%s (slot %d)%s\n", name, method->args, method->fields, method->interface_, method->name, method->slot,
			method->in[DIALECT_DO] && method->in[DIALECT_BITS] ? "" : method->in[DIALECT_DO] ? " do only" : " bits only");
	}
}

void show_mutants(FILE *file)
{
	unsigned count;
	const struct mutant *mutants = mutants_all(&count);
	for (unsigned i = 0; i < count; i++)
		fprintf(file, "%-34s %-9s %s\n%-34s           breaks %s\n", mutants[i].id,
			mutants[i].dialects[DIALECT_DO] ? mutants[i].dialects[DIALECT_BITS] ? "do bits" : "do" : "bits", mutants[i].sentence, "", mutants[i].rules);
}
