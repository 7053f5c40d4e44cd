/* xfail.c -- reads the file of accepted deviations and matches findings against it. */
#include "conformance/xfail.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

struct reader {
	struct arena *arena;
	struct xfail *xfail;
	struct failure *failure;
	const char *line, *end;   /* the present line without its newline */
	unsigned number;
};

static enum status bad(struct reader *reader, const char *at, const char *expected)
{
	struct failure *failure = reader->failure;
	int length = (int)(reader->end - at);
	snprintf(failure->file, sizeof failure->file, "%s", reader->xfail->file);
	failure->line = reader->number;
	failure->col = (unsigned)(at - reader->line) + 1;
	if (length > 40) length = 40;
	snprintf(failure->text, sizeof failure->text, "expected %s, found %s%.*s%s", expected, length ? "`" : "the end of the line",
		length, at, length ? "`" : "");
	return STATUS_BAD_INPUT;
}

static const char *skip(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t')) at++;
	return at;
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && *at != ' ' && *at != '\t') at++;
	return at;
}

static char *rest(struct reader *reader, const char *at)
{
	const char *end = reader->end;
	at = skip(at, end);
	while (end > at && (end[-1] == ' ' || end[-1] == '\t')) end--;
	return arena_text(reader->arena, at, (size_t)(end - at));
}

/* `fail RULE "signature"` or `allow FEATURE`. */
static enum status read_entry(struct reader *reader, const char *at, bool allow)
{
	struct xfail *xfail = reader->xfail;
	if (xfail->count == XFAIL_ENTRIES_MAX) return bad(reader, at, "at most 1000 entries");
	struct xfail_entry *entry = &xfail->entries[xfail->count++];
	entry->allow = allow;
	entry->line = reader->number;
	entry->signature = "";
	at = skip(at, reader->end);
	const char *end = word_end(at, reader->end);
	if (end == at) return bad(reader, at, allow ? "a feature" : "a rule id or CHECK");
	if (!(entry->rule = arena_text(reader->arena, at, (size_t)(end - at)))) return STATUS_NO_MEMORY;
	at = skip(end, reader->end);
	if (allow) return at == reader->end ? STATUS_OK : bad(reader, at, "nothing more");
	const char *close = reader->end;
	while (close > at && (close[-1] == ' ' || close[-1] == '\t')) close--;
	if (close - at < 2 || *at != '"' || close[-1] != '"') return bad(reader, at, "a signature in double quotes");
	entry->signature = arena_text(reader->arena, at + 1, (size_t)(close - at - 2));
	return entry->signature ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_ids(struct reader *reader, struct xfail_entry *entry, const char *at)
{
	for (at = skip(at, reader->end); at < reader->end; at = skip(at, reader->end)) {
		const char *end = word_end(at, reader->end);
		if (entry->ids_count == XFAIL_IDS_MAX) return bad(reader, at, "at most 40 scenarios");
		if (!(entry->ids[entry->ids_count++] = arena_text(reader->arena, at, (size_t)(end - at)))) return STATUS_NO_MEMORY;
		at = end;
	}
	return entry->ids_count ? STATUS_OK : bad(reader, at, "scenario ids");
}

bool xfail_is_date(const char *text)
{
	if (strlen(text) != 10) return false;
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
	int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static enum status read_line(struct reader *reader)
{
	struct xfail *xfail = reader->xfail;
	struct xfail_entry *entry = xfail->count ? &xfail->entries[xfail->count - 1] : NULL;
	const char *at = skip(reader->line, reader->end), *end = word_end(at, reader->end);
	size_t length = (size_t)(end - at);
	if (at == reader->end || *at == '#') return STATUS_OK;
	bool indented = at > reader->line;
#define IS(word) (length == sizeof word - 1 && !memcmp(at, word, sizeof word - 1))
	if (!indented) {
		if (IS("fail")) return read_entry(reader, end, false);
		if (IS("allow")) return read_entry(reader, end, true);
		if (IS("implementation:") && !entry) return (xfail->implementation = rest(reader, end)) ? STATUS_OK : STATUS_NO_MEMORY;
		if (IS("version:") && !entry) return (xfail->version = rest(reader, end)) ? STATUS_OK : STATUS_NO_MEMORY;
		return bad(reader, at, entry ? "fail or allow" : "implementation:, version:, fail or allow");
	}
	if (!entry) return bad(reader, at, "an entry before its properties");
	if (IS("in:")) return read_ids(reader, entry, end);
	if (IS("reason:")) return (entry->reason = rest(reader, end)) ? STATUS_OK : STATUS_NO_MEMORY;
	if (IS("expires:")) {
		if (!(entry->expires = rest(reader, end))) return STATUS_NO_MEMORY;
		return xfail_is_date(entry->expires) ? STATUS_OK : bad(reader, skip(end, reader->end), "a date YYYY-MM-DD");
	}
	if (IS("sometimes:")) {
		if (!(entry->sometimes = rest(reader, end))) return STATUS_NO_MEMORY;
		return *entry->sometimes ? STATUS_OK : bad(reader, reader->end, "why only sometimes");
	}
#undef IS
	return bad(reader, at, "in:, reason:, expires: or sometimes:");
}

/* Every entry has what it must have; an allowance needs no expiry, for it hides no failure. */
static enum status check_entries(struct reader *reader)
{
	static const char nothing[] = "";
	struct xfail *xfail = reader->xfail;
	reader->line = reader->end = nothing;
	if (!xfail->implementation || !xfail->version) return bad(reader, nothing, "implementation: and version:");
	for (unsigned i = 0; i < xfail->count; i++) {
		struct xfail_entry *entry = &xfail->entries[i];
		reader->number = entry->line;
		if (!entry->reason || !*entry->reason) return bad(reader, nothing, "a reason: for this entry");
		if (entry->allow) continue;
		if (!entry->expires) return bad(reader, nothing, "an expires: for this entry");
		if (!entry->ids_count) return bad(reader, nothing, "an in: for this entry");
	}
	return STATUS_OK;
}

enum status xfail_parse(struct arena *arena, const char *file, const char *text, size_t length, struct xfail **out,
	struct failure *failure)
{
	struct xfail *xfail = arena_take(arena, sizeof *xfail);
	struct reader reader = { .arena = arena, .xfail = xfail, .failure = failure };
	if (!xfail || !(xfail->file = arena_text(arena, file, strlen(file)))) return STATUS_NO_MEMORY;
	const char *all_end = text + length;
	for (const char *at = text; at < all_end;) {
		const char *newline = memchr(at, '\n', (size_t)(all_end - at));
		reader.line = at;
		reader.end = newline ? newline : all_end;
		reader.number++;
		enum status status = read_line(&reader);
		if (status) return status;
		at = newline ? newline + 1 : all_end;
	}
	enum status status = check_entries(&reader);
	if (status) return status;
	*out = xfail;
	return STATUS_OK;
}

/* Bit i: ids[i] names the scenario. */
static uint64_t names(const struct xfail_entry *entry, const char *scenario)
{
	uint64_t named = 0;
	for (unsigned i = 0; i < entry->ids_count; i++)
		if (!fnmatch(entry->ids[i], scenario, 0)) named |= (uint64_t)1 << i;
	return named;
}

static void count(struct xfail_entry *entry, const char *scenario, uint64_t named)
{
	entry->hit |= named;
	if (!strcmp(entry->last, scenario)) return;
	snprintf(entry->last, sizeof entry->last, "%s", scenario);
	entry->matches++;
}

const struct xfail_entry *xfail_match(struct xfail *xfail, const char *scenario, const char *rule, const char *signature)
{
	for (struct xfail_entry *entry = xfail->entries; entry < xfail->entries + xfail->count; entry++) {
		if (entry->allow || strcmp(entry->rule, rule) || fnmatch(entry->signature, signature, 0)) continue;
		uint64_t named = names(entry, scenario);
		if (!named) continue;
		count(entry, scenario, named);
		return entry;
	}
	return NULL;
}

const struct xfail_entry *xfail_allows(struct xfail *xfail, const char *scenario, const char *feature)
{
	for (struct xfail_entry *entry = xfail->entries; entry < xfail->entries + xfail->count; entry++) {
		if (!entry->allow || fnmatch(entry->rule, feature, 0)) continue;
		uint64_t named = names(entry, scenario);
		if (entry->ids_count && !named) continue;
		count(entry, scenario, named);
		return entry;
	}
	return NULL;
}

void xfail_ran(struct xfail *xfail, const char *scenario)
{
	for (unsigned i = 0; i < xfail->count; i++) xfail->entries[i].ran |= names(&xfail->entries[i], scenario);
}

void xfail_forget(struct xfail *xfail)
{
	for (struct xfail_entry *entry = xfail->entries; entry < xfail->entries + xfail->count; entry++) {
		entry->matches = 0;
		entry->last[0] = '\0';
		entry->hit = entry->ran = 0;
	}
}

bool xfail_is_for(const struct xfail *xfail, const char *implementation, const char *version)
{
	return !fnmatch(xfail->implementation, implementation, 0) && !fnmatch(xfail->version, version, 0);
}

bool xfail_stale(const struct xfail_entry *entry, const char *today, char *why, size_t why_size)
{
	uint64_t passed = entry->sometimes ? 0 : entry->ran & ~entry->hit;
	unsigned first = 0;
	while (passed && !(passed >> first & 1)) first++;
	if (entry->expires && strcmp(entry->expires, today) < 0) snprintf(why, why_size, "has expired");
	else if (passed && entry->allow) snprintf(why, why_size, "allows a feature that is not missing in %s", entry->ids[first]);
	else if (passed)
		snprintf(why, why_size, "excuses nothing in %s: the deviation is gone, or shows another signature", entry->ids[first]);
	else if (!entry->allow && entry->matches > XFAIL_MATCHES_MAX)
		snprintf(why, why_size, "excuses more than %d scenarios: name the deviation more closely", XFAIL_MATCHES_MAX);
	else return false;
	return true;
}
