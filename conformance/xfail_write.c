/* xfail_write.c -- the file of accepted deviations with what an update changes, and every other byte as it was. */
#include "conformance/xfail_part.h"

#include "conformance/verdict.h"

#include <stdlib.h>
#include <string.h>

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
		end = xfail_part_end(updater, i);
		if (!xfail_part_is_accepted(updater, &updater->deviations[i]) || place_of(updater, &updater->deviations[i]) != place) continue;
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
	writer->drop = xfail_part_dropped(writer->updater, (unsigned)++writer->entry);
	writer->gone = xfail_part_is_gone(writer->updater, (unsigned)writer->entry);
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

int xfail_part_write(struct updater *updater, const char *text, size_t length, const char **changed)
{
	char *bytes = NULL;
	size_t size = 0;
	struct failure failure = { 0 };
	struct xfail *check;
	struct writer writer = { .updater = updater, .entry = -1, .lasts = arena_take(updater->arena, XFAIL_ENTRIES_MAX * sizeof *writer.lasts) };
	if (!writer.lasts || !(writer.file = open_memstream(&bytes, &size))) return EXIT_HARNESS;
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
