/* xfail_update.c -- what runs show against what a file excuses; the difference told, and written where it is accepted. */
#include "conformance/xfail_update.h"
#include "conformance/json_text.h"

#include "conformance/replace.h"
#include "conformance/select.h"
#include "conformance/verdict.h"
#include "conformance/xfail_part.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool xfail_update_accept(const char *words, unsigned *accept)
{
	static const char *const known[] = { "new", "fixed", "changed" };
	*accept = 0;
	for (const char *at = words;; at++) {
		size_t length = strcspn(at, ","), i = 0;
		while (i < 3 && (strlen(known[i]) != length || memcmp(known[i], at, length))) i++;
		if (i == 3) return false;
		*accept |= 1u << i;
		at += length;
		if (!*at) return true;
	}
}

/* The length of `C:\..\work\` or `/../work/` at `at`, 0 when there is none. It ends before a quote, a comma or another root. */
static size_t folder_length(const char *signature, const char *at)
{
	size_t length = 0;
	bool drive = isalpha((unsigned char)at[0]) && at[1] == ':' && at[2] == '\\';
	if ((!drive && *at != '/') || (at > signature && !strchr(" \"=(,", at[-1]))) return 0;
	for (const char *end = at + 1; *end && *end != '"' && *end != ','; end++) {
		if (end[-1] == ' ' && (*end == '/' || (isalpha((unsigned char)*end) && end[1] == ':' && end[2] == '\\'))) break;
		if (!strncmp(end, drive ? "\\work\\" : "/work/", 6)) length = (size_t)(end - at) + 6;
	}
	return length;
}

void xfail_update_pattern(const char *signature, char *pattern, size_t pattern_size)
{
	static const char host[] = "127.0.0.1:";
	size_t used = 0, length;
	const char *at = signature;
	while (*at && used + sizeof host + 2 < pattern_size) {
		if ((length = folder_length(signature, at))) {
			pattern[used++] = '*';
			at += length;
		} else if (!strncmp(at, host, sizeof host - 1) && isdigit((unsigned char)at[sizeof host - 1])) {
			used += (size_t)snprintf(pattern + used, pattern_size - used, "%s*", host);
			for (at += sizeof host - 1; isdigit((unsigned char)*at);) at++;
		} else if (iscntrl((unsigned char)*at)) {
			pattern[used++] = '?';
			at++;
		} else {
			if (strchr("*?[\\", *at)) pattern[used++] = '\\';
			pattern[used++] = *at++;
		}
	}
	if (*at) pattern[used++] = '*';   /* too long for the file */
	pattern[used] = '\0';
}

/* ---- reading the runs ---- */

/* Rules, scenarios and features stand unquoted in the file. */
static bool is_word(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.@=,", *at)) return false;
	return *text;
}

static int refuse(struct updater *updater, const char *path, const char *expected, const char *found)
{
	fprintf(updater->errors, "%s: expected %s, found %s\n", path, expected, *found ? found : "nothing");
	return EXIT_USAGE;
}

static int check_unit(struct updater *updater, const char *path, json_t *unit)
{
	json_t *finding;
	size_t i;
	if (!is_word(json_text(unit, "id"))) return refuse(updater, path, "the id of a scenario", json_text(unit, "id"));
	if (!strcmp(json_text(unit, "end"), "unsupported") && !is_word(json_text(unit, "feature")))
		return refuse(updater, path, "a feature", json_text(unit, "feature"));
	json_array_foreach(json_object_get(unit, "findings"), i, finding) {
		if (!is_word(json_text(finding, "rule"))) return refuse(updater, path, "a rule", json_text(finding, "rule"));
		if (!json_is_string(json_object_get(finding, "signature"))) return refuse(updater, path, "a finding's signature", "none");
	}
	return 0;
}

/* Whether a run is one of bgcheck, of the implementation that the file is for, and of the same as the first run. */
static int check_run(struct updater *updater, const struct xfail_run *run)
{
	static const char *const same[] = { "name", "version", "mutant" };
	char expected[400], found[300];
	json_t *impl = json_object_get(run->results, "impl"), *units = json_object_get(run->results, "scenarios"), *unit;
	size_t i;
	if (json_integer_value(json_object_get(run->results, "schema")) != 1 || !json_is_object(impl) || !json_is_array(units))
		return refuse(updater, run->path, "results.json of a run, schema 1", "something else");
	snprintf(found, sizeof found, "%s %s", json_text(impl, "name"), json_text(impl, "version"));
	snprintf(expected, sizeof expected, "results of %s %s, which %s is for", updater->xfail->implementation, updater->xfail->version,
		updater->xfail->file);
	if (!xfail_is_for(updater->xfail, json_text(impl, "name"), json_text(impl, "version")))
		return refuse(updater, run->path, expected, found);
	for (size_t k = 0; k < sizeof same / sizeof same[0]; k++)
		if (strcmp(json_text(impl, same[k]), json_text(json_object_get(updater->runs[0].results, "impl"), same[k])))
			return refuse(updater, run->path, "the implementation of the other runs", k < 2 ? found : json_text(impl, "mutant"));
	json_array_foreach(units, i, unit) {
		int code = check_unit(updater, run->path, unit);
		if (code) return code;
	}
	return 0;
}

/* What broke with its adapter, or with bgcheck, says nothing of the implementation. */
static bool is_evidence(json_t *unit)
{
	const char *verdict = json_text(unit, "verdict");
	return strcmp(verdict, verdict_name(VERDICT_ADAPTER_ERROR)) && strcmp(verdict, verdict_name(VERDICT_HARNESS_ERROR));
}

static int add(struct updater *updater, unsigned run, bool allow, const char *id, const char *rule, const char *signature)
{
	char pattern[XFAIL_SIGNATURE_MAX];
	struct deviation *deviation = updater->deviations, *end = deviation + updater->count;
	while (deviation < end && (deviation->allow != allow || strcmp(deviation->id, id) || strcmp(deviation->rule, rule) ||
		strcmp(deviation->signature, signature))) deviation++;
	if (deviation == end) {
		if (updater->count == XFAIL_DEVIATIONS_MAX) return refuse(updater, updater->runs[run].path, "at most 20000 deviations", "more");
		xfail_update_pattern(signature, pattern, sizeof pattern);
		*deviation = (struct deviation){ .allow = allow, .id = id, .rule = rule, .signature = signature,
			.pattern = arena_text(updater->arena, pattern, strlen(pattern)) };
		if (!deviation->pattern) return EXIT_HARNESS;
		updater->count++;
	}
	deviation->runs |= 1u << run;
	return 0;
}

static bool is_failure(const struct updater *updater, json_t *finding)
{
	const char *level = json_text(finding, "level");
	return !strcmp(level, "MUST") || (updater->options->strict && !strcmp(level, "SHOULD"));
}

static int see_unit(struct updater *updater, unsigned run, json_t *unit)
{
	const char *id = json_text(unit, "id"), *feature = json_text(unit, "feature");
	json_t *finding;
	size_t i;
	int code = 0;
	xfail_ran(updater->xfail, id);
	if (!strcmp(json_text(unit, "end"), "unsupported") && !xfail_allows(updater->xfail, id, feature))
		code = add(updater, run, true, "", feature, "");
	json_array_foreach(json_object_get(unit, "findings"), i, finding) {
		const char *rule = json_text(finding, "rule"), *signature = json_text(finding, "signature");
		if (code) return code;
		if (!xfail_match(updater->xfail, id, rule, signature) && is_failure(updater, finding))
			code = add(updater, run, false, id, rule, signature);
	}
	return code;
}

static int see_run(struct updater *updater, unsigned run)
{
	struct xfail *xfail = updater->xfail;
	json_t *unit;
	size_t i;
	xfail_forget(xfail);
	json_array_foreach(json_object_get(updater->runs[run].results, "scenarios"), i, unit) {
		int code = is_evidence(unit) ? see_unit(updater, run, unit) : 0;
		if (code) return code;
	}
	for (unsigned e = 0; e < xfail->count; e++) {
		const struct xfail_entry *entry = &xfail->entries[e];
		for (unsigned k = 0; k < entry->ids_count; k++) {
			updater->notes[e].hit[k] |= (uint32_t)(entry->hit >> k & 1) << run;
			updater->notes[e].ran[k] |= (uint32_t)(entry->ran >> k & 1) << run;
		}
		if (!entry->allow && entry->matches > XFAIL_MATCHES_MAX) updater->notes[e].crowded = true;
	}
	return 0;
}

/* ---- from what was seen to what it means ---- */

static void judge_entries(struct updater *updater)
{
	for (unsigned e = 0; e < updater->xfail->count; e++) {
		const struct xfail_entry *entry = &updater->xfail->entries[e];
		struct note *note = &updater->notes[e];
		for (unsigned k = 0; k < entry->ids_count && !entry->sometimes; k++) {
			if (!(note->ran[k] & ~note->hit[k])) continue;
			if (!note->hit[k]) note->gone |= (uint64_t)1 << k;
			else note->sometimes = !entry->allow;
		}
	}
}

/* A pattern with `*` may match what another one is for, which would then excuse nothing: the wider one serves both. */
static void widen(struct updater *updater)
{
	for (unsigned i = 0; i < updater->count; i++)
		for (unsigned k = 0; k < updater->count; k++) {
			struct deviation *a = &updater->deviations[i], *b = &updater->deviations[k];
			if (!strcmp(a->id, b->id) && !strcmp(a->rule, b->rule) && !fnmatch(b->pattern, a->signature, 0)) a->pattern = b->pattern;
		}
}

static int compare(const void *a, const void *b)
{
	const struct deviation *x = a, *y = b;
	int order = (x->allow - y->allow) ? x->allow - y->allow : strcmp(x->rule, y->rule);
	if (!order) order = strcmp(x->pattern, y->pattern);
	if (!order) order = (int)(x->was ? x->was->line : 0) - (int)(y->was ? y->was->line : 0);
	if (!order) order = x->sometimes - y->sometimes;
	return order ? order : strcmp(x->id, y->id);
}

static void sort(struct updater *updater)
{
	qsort(updater->deviations, updater->count, sizeof *updater->deviations, compare);
}

/* Signatures that differ only in what differs from run to run are one deviation. */
static void merge(struct updater *updater)
{
	unsigned kept = 0;
	sort(updater);
	for (unsigned i = 0; i < updater->count; i++) {
		if (kept && !compare(&updater->deviations[kept - 1], &updater->deviations[i])) updater->deviations[kept - 1].runs |= updater->deviations[i].runs;
		else updater->deviations[kept++] = updater->deviations[i];
	}
	updater->count = kept;
}

static bool id_ran(const struct xfail_run *run, const char *id)
{
	json_t *unit;
	size_t i;
	json_array_foreach(json_object_get(run->results, "scenarios"), i, unit)
		if (!strcmp(json_text(unit, "id"), id) && is_evidence(unit)) return true;
	return false;
}

static bool is_in_every_run(const struct updater *updater, const struct deviation *deviation)
{
	for (unsigned run = 0; run < updater->runs_count; run++)
		if (!(deviation->runs >> run & 1) && id_ran(&updater->runs[run], deviation->id)) return false;
	return true;
}

/* CHECK stands for every expectation of a scenario: only the same one is the same. */
static bool is_same_rule(const struct xfail_entry *entry, const struct deviation *deviation)
{
	if (entry->allow || deviation->allow || strcmp(entry->rule, deviation->rule)) return false;
	const char *old = strstr(entry->signature, " => "), *now = strstr(deviation->pattern, " => ");
	if (strcmp(entry->rule, "CHECK")) return true;
	return old && now && old - entry->signature == now - deviation->pattern &&
		!memcmp(entry->signature, deviation->pattern, (size_t)(old - entry->signature));
}

static void find_was(struct updater *updater, struct deviation *deviation)
{
	for (unsigned e = 0; e < updater->xfail->count; e++) {
		const struct xfail_entry *entry = &updater->xfail->entries[e];
		if (!is_same_rule(entry, deviation)) continue;
		for (unsigned k = 0; k < entry->ids_count; k++)
			if (updater->notes[e].gone >> k & 1 && !fnmatch(entry->ids[k], deviation->id, 0)) {
				updater->notes[e].moved |= (uint64_t)1 << k;
				deviation->was = entry;
				return;
			}
	}
}

static void judge_deviations(struct updater *updater)
{
	widen(updater);
	merge(updater);
	for (unsigned i = 0; i < updater->count; i++) {
		struct deviation *deviation = &updater->deviations[i];
		deviation->sometimes = !deviation->allow && !is_in_every_run(updater, deviation);
		find_was(updater, deviation);
	}
	sort(updater);
}

unsigned xfail_part_end(const struct updater *updater, unsigned first)
{
	const struct deviation *a = &updater->deviations[first];
	unsigned end = first + 1;
	for (; end < updater->count && end - first < XFAIL_MATCHES_MAX; end++) {
		const struct deviation *b = &updater->deviations[end];
		if (a->allow != b->allow || strcmp(a->rule, b->rule) || strcmp(a->pattern, b->pattern) || a->was != b->was ||
			a->sometimes != b->sometimes) break;
	}
	return end;
}

bool xfail_part_is_accepted(const struct updater *updater, const struct deviation *deviation)
{
	return updater->options->accept & (deviation->was ? XFAIL_ACCEPT_CHANGED : XFAIL_ACCEPT_NEW);
}

uint64_t xfail_part_dropped(const struct updater *updater, unsigned e)
{
	const struct note *note = &updater->notes[e];
	return (updater->options->accept & XFAIL_ACCEPT_FIXED ? note->gone & ~note->moved : 0) |
		(updater->options->accept & XFAIL_ACCEPT_CHANGED ? note->moved : 0);
}

bool xfail_part_is_gone(const struct updater *updater, unsigned e)
{
	unsigned count = updater->xfail->entries[e].ids_count;
	return count && xfail_part_dropped(updater, e) == ((uint64_t)1 << count) - 1;
}

/* ---- telling ---- */

static void begin_line(struct updater *updater, char sign, bool allow, const char *rule, const char *pattern)
{
	if (!updater->told++) {
		json_t *impl = json_object_get(updater->runs[0].results, "impl");
		fprintf(updater->out, "--- %s\n+++ %u run%s of %s%s%s\n", updater->xfail->file, updater->runs_count, updater->runs_count == 1 ? "" : "s",
			json_text(impl, "name"), *json_text(impl, "version") ? " " : "", json_text(impl, "version"));
	}
	fprintf(updater->out, "%c %s %s", sign, allow ? "allow" : "fail", rule);
	if (!allow) fprintf(updater->out, " \"%s\"", pattern);
}

static void tell_entry(struct updater *updater, unsigned e)
{
	const struct xfail_entry *entry = &updater->xfail->entries[e];
	const struct note *note = &updater->notes[e];
	uint64_t fixed = note->gone & ~note->moved;
	bool expired = entry->expires && strcmp(entry->expires, updater->options->today) < 0;
	if (fixed) {
		begin_line(updater, '-', entry->allow, entry->rule, entry->signature);
		fputs(" in", updater->out);
		for (unsigned k = 0; k < entry->ids_count; k++)
			if (fixed >> k & 1) fprintf(updater->out, " %s", entry->ids[k]);
		fputc('\n', updater->out);
		updater->left += !(updater->options->accept & XFAIL_ACCEPT_FIXED);
	}
	if (note->sometimes) {
		begin_line(updater, '~', false, entry->rule, entry->signature);
		fprintf(updater->out, ": not in each of %u runs\n", updater->runs_count);
		updater->left += !(updater->options->accept & XFAIL_ACCEPT_CHANGED);
	}
	if ((!expired && !note->crowded) || xfail_part_is_gone(updater, e)) return;
	begin_line(updater, '!', entry->allow, entry->rule, entry->signature);
	fprintf(updater->out, ", line %u: %s\n", entry->line,
		expired ? "has expired" : "excuses more than 20 scenarios: name the deviation more closely");
	updater->left++;   /* only people can decide that */
}

static void tell_group(struct updater *updater, unsigned first, unsigned end)
{
	const struct deviation *deviation = &updater->deviations[first];
	begin_line(updater, deviation->was ? '~' : '+', deviation->allow, deviation->rule, deviation->pattern);
	if (!deviation->allow) fputs(" in", updater->out);
	for (unsigned i = first; i < end && !deviation->allow; i++) fprintf(updater->out, " %s", updater->deviations[i].id);
	if (deviation->was) fprintf(updater->out, ": was \"%s\"", deviation->was->signature);
	if (deviation->sometimes) fprintf(updater->out, ": not in each of %u runs", updater->runs_count);
	fputc('\n', updater->out);
	updater->left += !xfail_part_is_accepted(updater, deviation);
}

static void tell(struct updater *updater)
{
	for (unsigned e = 0; e < updater->xfail->count; e++) tell_entry(updater, e);
	for (unsigned i = 0, end; i < updater->count; i = end) tell_group(updater, i, end = xfail_part_end(updater, i));
	if (!updater->told) fputs("nothing to change\n", updater->out);
}

/* ---- accepting ---- */

static bool changes_bytes(const struct updater *updater)
{
	for (unsigned e = 0; e < updater->xfail->count; e++)
		if (xfail_part_dropped(updater, e) || (updater->notes[e].sometimes && updater->options->accept & XFAIL_ACCEPT_CHANGED)) return true;
	for (unsigned i = 0; i < updater->count; i++)
		if (xfail_part_is_accepted(updater, &updater->deviations[i])) return true;
	return false;
}

/* New entries need a reason of people: the file is what is accepted, not what is. */
static int check_reason(struct updater *updater)
{
	const char *reason = updater->options->reason;
	bool wanted = false;
	for (unsigned i = 0; i < updater->count; i++)
		wanted |= !updater->deviations[i].was && xfail_part_is_accepted(updater, &updater->deviations[i]);
	if (!wanted) return 0;
	if (!reason || !reason[strspn(reason, " \t")] || !strncasecmp(reason, "TODO", 4) || strpbrk(reason, "\r\n"))
		return refuse(updater, "bgcheck", "--reason TEXT, why the new deviations are accepted", reason && !strpbrk(reason, "\r\n") ? reason : "");
	return 0;
}

/* The day on which new entries expire. */
static int set_expires(struct updater *updater)
{
	const char *given = updater->options->expires, *today = updater->options->today;
	if (given && (!xfail_is_date(given) || strcmp(given, today) < 0))
		return refuse(updater, "bgcheck", "--expires YYYY-MM-DD, not in the past", given);
	const char *rest = strcmp(today + 4, "-02-29") ? today + 4 : "-02-28";
	if (given) snprintf(updater->expires, sizeof updater->expires, "%s", given);
	else snprintf(updater->expires, sizeof updater->expires, "%04d%s", atoi(today) + 1, rest);
	return 0;
}

int xfail_update_text(struct arena *arena, const char *file, const char *text, size_t length, const struct xfail_run *runs,
	unsigned runs_count, const struct xfail_update_options *options, FILE *out, FILE *errors, const char **changed)
{
	struct failure failure = { 0 };
	struct updater updater = { .arena = arena, .runs = runs, .runs_count = runs_count, .options = options, .out = out, .errors = errors };
	int code = set_expires(&updater);
	assert(runs_count && runs_count <= XFAIL_RUNS_MAX);
	*changed = NULL;
	if (code) return code;
	if (memchr(text, '\0', length)) return refuse(&updater, file, "text", "a NUL byte");
	enum status status = xfail_parse(arena, file, text, length, &updater.xfail, &failure);
	if (status == STATUS_BAD_INPUT) {
		fprintf(errors, "%s:%u:%u: %s\n", failure.file, failure.line, failure.col, failure.text);
		return EXIT_USAGE;
	}
	updater.notes = arena_take(arena, XFAIL_ENTRIES_MAX * sizeof *updater.notes);
	updater.deviations = arena_take(arena, XFAIL_DEVIATIONS_MAX * sizeof *updater.deviations);
	if (status || !updater.notes || !updater.deviations) return EXIT_HARNESS;
	for (unsigned run = 0; run < runs_count && !code; run++) code = check_run(&updater, &runs[run]);
	for (unsigned run = 0; run < runs_count && !code; run++) code = see_run(&updater, run);
	if (code) return code;
	judge_entries(&updater);
	judge_deviations(&updater);
	tell(&updater);
	code = check_reason(&updater);
	if (!code && changes_bytes(&updater)) code = xfail_part_write(&updater, text, length, changed);
	if (code) return code;
	return updater.left ? EXIT_STALE : EXIT_CONFORMS;
}

static int load_run(const char *path, struct xfail_run *run, FILE *errors)
{
	json_error_t error;
	run->path = path;
	run->results = json_load_file(path, 0, &error);
	if (run->results) return 0;
	if (error.line > 0) fprintf(errors, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
	else fprintf(errors, "bgcheck: cannot read %s: %s\n", path, error.text);
	return EXIT_USAGE;
}

int xfail_update(struct arena *arena, const char *file, char *const *paths, unsigned paths_count,
	const struct xfail_update_options *options, FILE *out, FILE *errors)
{
	struct xfail_run runs[XFAIL_RUNS_MAX] = { 0 };
	const char *changed = NULL;
	size_t length;
	int code = 0;
	char *text = select_read_file(arena, file, &length);
	if (!text) {
		fprintf(errors, "bgcheck: cannot read %s: %s\n", file, strerror(errno));
		return EXIT_USAGE;
	}
	assert(paths_count && paths_count <= XFAIL_RUNS_MAX);
	for (unsigned i = 0; i < paths_count && !code; i++) code = load_run(paths[i], &runs[i], errors);
	if (!code) code = xfail_update_text(arena, file, text, length, runs, paths_count, options, out, errors, &changed);
	if (code == EXIT_HARNESS) fprintf(errors, "bgcheck: out of memory\n");
	else if (changed && replace_file(file, changed, strlen(changed), errors)) code = EXIT_HARNESS;
	for (unsigned i = 0; i < paths_count; i++) json_decref(runs[i].results);
	return code;
}
