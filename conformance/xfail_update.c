/* xfail_update.c -- what runs show against what a file excuses; the difference told, and written where it is accepted. */
#include "conformance/xfail_update.h"

#include "conformance/select.h"
#include "conformance/verdict.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A deviation in one scenario that the file does not excuse, over all runs. */
struct deviation {
	bool allow;                      /* a feature that is missing: `rule` is the feature, `id` is "" */
	bool sometimes;                  /* not in every run of its scenario */
	const char *rule, *signature, *pattern, *id;
	uint32_t runs;                   /* bit r: run r shows it */
	const struct xfail_entry *was;   /* the entry that excused this rule and scenario with a signature that is gone */
};

/* What the runs say of an entry. */
struct note {
	uint32_t hit[XFAIL_IDS_MAX], ran[XFAIL_IDS_MAX];   /* bit r: in run r */
	uint64_t gone, moved;            /* bit i: ids[i] shows nothing in any run; and its rule shows another signature */
	bool sometimes, crowded;         /* shows in some runs; excuses too much */
};

struct updater {
	struct arena *arena;
	struct xfail *xfail;
	const struct xfail_run *runs;
	unsigned runs_count;
	const struct xfail_update_options *options;
	FILE *out, *errors;
	struct note *notes;              /* one for each entry */
	struct deviation *deviations;
	unsigned count, told, left;      /* left: differences that stay in spite of the update */
	char expires[16];                /* of new entries */
};

static const char *text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

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
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at)) return false;
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
	if (!is_word(text_of(unit, "id"))) return refuse(updater, path, "the id of a scenario", text_of(unit, "id"));
	if (!strcmp(text_of(unit, "end"), "unsupported") && !is_word(text_of(unit, "feature")))
		return refuse(updater, path, "a feature", text_of(unit, "feature"));
	json_array_foreach(json_object_get(unit, "findings"), i, finding) {
		if (!is_word(text_of(finding, "rule"))) return refuse(updater, path, "a rule", text_of(finding, "rule"));
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
	snprintf(found, sizeof found, "%s %s", text_of(impl, "name"), text_of(impl, "version"));
	snprintf(expected, sizeof expected, "results of %s %s, which %s is for", updater->xfail->implementation, updater->xfail->version,
		updater->xfail->file);
	if (!xfail_is_for(updater->xfail, text_of(impl, "name"), text_of(impl, "version")))
		return refuse(updater, run->path, expected, found);
	for (size_t k = 0; k < sizeof same / sizeof same[0]; k++)
		if (strcmp(text_of(impl, same[k]), text_of(json_object_get(updater->runs[0].results, "impl"), same[k])))
			return refuse(updater, run->path, "the implementation of the other runs", k < 2 ? found : text_of(impl, "mutant"));
	json_array_foreach(units, i, unit) {
		int code = check_unit(updater, run->path, unit);
		if (code) return code;
	}
	return 0;
}

/* What broke with its adapter, or with bgcheck, says nothing of the implementation. */
static bool is_evidence(json_t *unit)
{
	const char *verdict = text_of(unit, "verdict");
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
	const char *level = text_of(finding, "level");
	return !strcmp(level, "MUST") || (updater->options->strict && !strcmp(level, "SHOULD"));
}

static int see_unit(struct updater *updater, unsigned run, json_t *unit)
{
	const char *id = text_of(unit, "id"), *feature = text_of(unit, "feature");
	json_t *finding;
	size_t i;
	int code = 0;
	xfail_ran(updater->xfail, id);
	if (!strcmp(text_of(unit, "end"), "unsupported") && !xfail_allows(updater->xfail, id, feature))
		code = add(updater, run, true, "", feature, "");
	json_array_foreach(json_object_get(unit, "findings"), i, finding) {
		const char *rule = text_of(finding, "rule"), *signature = text_of(finding, "signature");
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
		if (!strcmp(text_of(unit, "id"), id) && is_evidence(unit)) return true;
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

/* One entry's worth of deviations from `first`: the same but for the scenario, and at most 20. Returns the end. */
static unsigned group_end(const struct updater *updater, unsigned first)
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

static bool is_accepted(const struct updater *updater, const struct deviation *deviation)
{
	return updater->options->accept & (deviation->was ? XFAIL_ACCEPT_CHANGED : XFAIL_ACCEPT_NEW);
}

/* Bit i: ids[i] is taken out. */
static uint64_t dropped(const struct updater *updater, unsigned e)
{
	const struct note *note = &updater->notes[e];
	return (updater->options->accept & XFAIL_ACCEPT_FIXED ? note->gone & ~note->moved : 0) |
		(updater->options->accept & XFAIL_ACCEPT_CHANGED ? note->moved : 0);
}

static bool is_dropped(const struct updater *updater, unsigned e)
{
	unsigned count = updater->xfail->entries[e].ids_count;
	return count && dropped(updater, e) == ((uint64_t)1 << count) - 1;
}

/* ---- telling ---- */

static void begin_line(struct updater *updater, char sign, bool allow, const char *rule, const char *pattern)
{
	if (!updater->told++) {
		json_t *impl = json_object_get(updater->runs[0].results, "impl");
		fprintf(updater->out, "--- %s\n+++ %u run%s of %s%s%s\n", updater->xfail->file, updater->runs_count, updater->runs_count == 1 ? "" : "s",
			text_of(impl, "name"), *text_of(impl, "version") ? " " : "", text_of(impl, "version"));
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
	if ((!expired && !note->crowded) || is_dropped(updater, e)) return;
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
	updater->left += !is_accepted(updater, deviation);
}

static void tell(struct updater *updater)
{
	for (unsigned e = 0; e < updater->xfail->count; e++) tell_entry(updater, e);
	for (unsigned i = 0, end; i < updater->count; i = end) tell_group(updater, i, end = group_end(updater, i));
	if (!updater->told) fputs("nothing to change\n", updater->out);
}

/* ---- writing ---- */

struct writer {
	const struct updater *updater;
	FILE *file;
	unsigned *lasts;                 /* the last line of each entry */
	bool open;                       /* the last line has no newline yet */
	int entry;                       /* that is copied; -1: the head of the file */
	uint64_t drop;                   /* of its names */
	bool gone;                       /* and of all of it */
	unsigned next;                   /* its name that is read next */
	bool swallow;                    /* a blank line that follows belongs to the entry that is gone */
};

static void put_sometimes(const struct writer *writer)
{
	fprintf(writer->file, "  sometimes: not in each of %u runs\n", writer->updater->runs_count);
}

static void put_group(const struct writer *writer, unsigned first, unsigned end)
{
	const struct updater *updater = writer->updater;
	const struct deviation *deviation = &updater->deviations[first];
	const struct xfail_entry *was = deviation->was;
	fprintf(writer->file, deviation->allow ? "allow %s\n" : "fail %s \"%s\"\n  in:", deviation->rule, deviation->pattern);
	for (unsigned i = first; i < end && !deviation->allow; i++) fprintf(writer->file, " %s", updater->deviations[i].id);
	fprintf(writer->file, "%s  reason: %s\n", deviation->allow ? "" : "\n", was ? was->reason : updater->options->reason);
	if (!deviation->allow) fprintf(writer->file, "  expires: %s\n", was ? was->expires : updater->expires);
	if (deviation->sometimes) put_sometimes(writer);
}

/* The entry behind which a new one has its place: the last of its rule; -1: the end of the file. */
static int place_of(const struct updater *updater, const struct deviation *deviation)
{
	int place = -1;
	for (unsigned e = 0; e < updater->xfail->count; e++)
		if (updater->xfail->entries[e].allow == deviation->allow && !strcmp(updater->xfail->entries[e].rule, deviation->rule)) place = (int)e;
	return place;
}

/* Writes what has its place there. `blank`: an entry stands before it. Returns how many. */
static unsigned put_groups(struct writer *writer, int place, bool blank)
{
	const struct updater *updater = writer->updater;
	unsigned count = 0;
	for (unsigned i = 0, end; i < updater->count; i = end) {
		end = group_end(updater, i);
		if (!is_accepted(updater, &updater->deviations[i]) || place_of(updater, &updater->deviations[i]) != place) continue;
		if (writer->open) fputc('\n', writer->file);
		if (blank || count) fputc('\n', writer->file);
		writer->open = false;
		put_group(writer, i, end);
		count++;
	}
	return count;
}

static const char *first_word(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t')) at++;
	return at;
}

/* An in: line without the names that are dropped; nothing when no name is left. */
static void put_names(struct writer *writer, const char *line, const char *end)
{
	const char *head = first_word(line, end) + 3;
	unsigned kept = 0;
	for (const char *at = first_word(head, end); at < end; at = first_word(at, end)) {
		const char *word = at;
		while (at < end && *at != ' ' && *at != '\t') at++;
		if (writer->drop >> writer->next++ & 1) continue;
		if (!kept++) fwrite(line, 1, (size_t)(head - line), writer->file);
		fprintf(writer->file, " %.*s", (int)(at - word), word);
	}
	if (kept) fputc('\n', writer->file);
}

/* The last line of each entry that is neither blank nor a comment. */
static void find_lasts(const struct writer *writer, const char *text, size_t length)
{
	const struct xfail *xfail = writer->updater->xfail;
	unsigned number = 0, e = 0;
	for (const char *at = text, *end; at < text + length; at = end + 1) {
		end = memchr(at, '\n', (size_t)(text + length - at));
		if (!end) end = text + length;
		number++;
		while (e < xfail->count && xfail->entries[e].line <= number) e++;
		const char *word = first_word(at, end);
		if (e && word < end && *word != '#') writer->lasts[e - 1] = number;
	}
}

/* The next entry begins at this line, or it does not. */
static void enter(struct writer *writer, unsigned number)
{
	const struct xfail *xfail = writer->updater->xfail;
	if (writer->entry + 1 == (int)xfail->count || xfail->entries[writer->entry + 1].line != number) return;
	writer->drop = dropped(writer->updater, (unsigned)++writer->entry);
	writer->gone = is_dropped(writer->updater, (unsigned)writer->entry);
	writer->next = 0;
}

/* Behind the last line of an entry. */
static void leave(struct writer *writer)
{
	const struct updater *updater = writer->updater;
	if (!writer->gone && updater->notes[writer->entry].sometimes && updater->options->accept & XFAIL_ACCEPT_CHANGED) {
		if (writer->open) fputc('\n', writer->file);
		writer->open = false;
		put_sometimes(writer);
	}
	if (!put_groups(writer, writer->entry, !writer->gone)) writer->swallow = writer->gone;
}

static void rewrite(struct writer *writer, const char *text, size_t length)
{
	unsigned number = 0;
	for (const char *at = text, *end, *all_end = text + length; at < all_end; at = end + 1) {
		const char *newline = memchr(at, '\n', (size_t)(all_end - at)), *word;
		end = newline ? newline : all_end;
		word = first_word(at, end);
		enter(writer, ++number);
		bool inside = writer->entry >= 0 && number <= writer->lasts[writer->entry], swallow = writer->swallow && word == end;
		writer->swallow = false;
		if (swallow) continue;
		if (inside && writer->drop && !writer->gone && end - word > 3 && !memcmp(word, "in:", 3)) put_names(writer, at, end);
		else if (!inside || !writer->gone || *word == '#') {
			fwrite(at, 1, (size_t)(end - at), writer->file);
			if (newline) fputc('\n', writer->file);
			writer->open = !newline;
		}
		if (inside && number == writer->lasts[writer->entry]) leave(writer);
	}
	writer->swallow &= !put_groups(writer, -1, !writer->swallow);
}

static bool changes_bytes(const struct updater *updater)
{
	for (unsigned e = 0; e < updater->xfail->count; e++)
		if (dropped(updater, e) || (updater->notes[e].sometimes && updater->options->accept & XFAIL_ACCEPT_CHANGED)) return true;
	for (unsigned i = 0; i < updater->count; i++)
		if (is_accepted(updater, &updater->deviations[i])) return true;
	return false;
}

/* New entries need a reason of people: the file is what is accepted, not what is. */
static int check_reason(struct updater *updater)
{
	const char *reason = updater->options->reason;
	bool wanted = false;
	for (unsigned i = 0; i < updater->count; i++)
		wanted |= !updater->deviations[i].was && is_accepted(updater, &updater->deviations[i]);
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

static int write_text(struct updater *updater, const char *text, size_t length, const char **changed)
{
	char *bytes = NULL;
	size_t size = 0;
	struct failure failure = { 0 };
	struct xfail *check;
	struct writer writer = { .updater = updater, .file = open_memstream(&bytes, &size),
		.entry = -1, .lasts = arena_take(updater->arena, XFAIL_ENTRIES_MAX * sizeof *writer.lasts) };
	if (!writer.file || !writer.lasts) return EXIT_HARNESS;
	find_lasts(&writer, text, length);
	rewrite(&writer, text, length);
	bool failed = fclose(writer.file);
	if (!failed && writer.swallow && size > 1 && !memcmp(bytes + size - 2, "\n\n", 2)) size--;   /* it stood before the last entry */
	if (!failed) *changed = arena_text(updater->arena, bytes, size);
	free(bytes);
	if (failed || !*changed) return EXIT_HARNESS;
	enum status status = xfail_parse(updater->arena, updater->xfail->file, *changed, size, &check, &failure);
	if (!status) return 0;
	*changed = NULL;
	if (status != STATUS_BAD_INPUT) return EXIT_HARNESS;
	fprintf(updater->errors, "%s:%u:%u: %s, once the file is updated\n", failure.file, failure.line, failure.col, failure.text);
	return EXIT_USAGE;
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
	if (!code && changes_bytes(&updater)) code = write_text(&updater, text, length, changed);
	if (code) return code;
	return updater.left ? EXIT_STALE : EXIT_CONFORMS;
}

/* Beside its place and renamed, with its permissions, so that no half of a file is ever seen. */
static int replace(const char *file, const char *text, FILE *errors)
{
	char draft[4200], *real = realpath(file, NULL);
	struct stat stat_of;
	bool failed = !real || stat(real, &stat_of);
	snprintf(draft, sizeof draft, "%s.draft-%d", real ? real : file, (int)getpid());
	FILE *beside = failed ? NULL : fopen(draft, "w");
	if (beside) {
		failed = fputs(text, beside) < 0 || fchmod(fileno(beside), stat_of.st_mode & 07777);
		failed = fclose(beside) || failed || rename(draft, real);
	}
	if (!beside || failed) fprintf(errors, "bgcheck: cannot write %s: %s\n", file, strerror(errno));
	if (beside && failed) unlink(draft);
	free(real);
	return !beside || failed ? EXIT_HARNESS : 0;
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
	else if (changed && replace(file, changed, errors)) code = EXIT_HARNESS;
	for (unsigned i = 0; i < paths_count; i++) json_decref(runs[i].results);
	return code;
}
