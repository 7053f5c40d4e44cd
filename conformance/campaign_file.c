/* campaign_file.c -- sets of seeds, classes of failures, and the file that holds them. */
#include "conformance/campaign_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "# bgcheck campaign "
#define SEEDS "# seeds "
#define COLUMNS "# dialect rule signature count first seeds"

/* --- sets of seeds */

static bool grow(void **list, size_t count, size_t *size, size_t each)
{
	if (count < *size) return true;
	size_t wanted = *size ? *size * 2 : 16;
	void *more = realloc(*list, wanted * each);
	if (!more) return false;
	*list = more;
	*size = wanted;
	return true;
}

/* The first range that ends at `seed` - 1 or later. */
static size_t find_range(const struct seeds *seeds, uint64_t seed)
{
	size_t low = 0, high = seeds->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (seeds->ranges[middle].to < UINT64_MAX && seeds->ranges[middle].to + 1 < seed) low = middle + 1;
		else high = middle;
	}
	return low;
}

bool seeds_add(struct seeds *seeds, uint64_t from, uint64_t to)
{
	size_t first = find_range(seeds, from), last = first;
	while (last < seeds->count && (to == UINT64_MAX || seeds->ranges[last].from <= to + 1)) {
		if (seeds->ranges[last].from < from) from = seeds->ranges[last].from;
		if (seeds->ranges[last].to > to) to = seeds->ranges[last].to;
		last++;
	}
	if (!grow((void **)&seeds->ranges, seeds->count, &seeds->size, sizeof *seeds->ranges)) return false;
	memmove(seeds->ranges + first + 1, seeds->ranges + last, (seeds->count - last) * sizeof *seeds->ranges);
	seeds->count = seeds->count - (last - first) + 1;
	seeds->ranges[first] = (struct seed_range){ from, to };
	return true;
}

bool seeds_unite(struct seeds *seeds, const struct seeds *other)
{
	for (size_t i = 0; i < other->count; i++)
		if (!seeds_add(seeds, other->ranges[i].from, other->ranges[i].to)) return false;
	return true;
}

uint64_t seeds_count(const struct seeds *seeds)
{
	uint64_t count = 0;
	for (size_t i = 0; i < seeds->count; i++) count += seeds->ranges[i].to - seeds->ranges[i].from + 1;
	return count;
}

static bool parse_seed(const char **at, uint64_t *seed)
{
	char *end;
	if (**at < '0' || **at > '9') return false;
	errno = 0;
	*seed = strtoull(*at, &end, 10);
	*at = end;
	return !errno;
}

bool seeds_parse(struct seeds *seeds, const char *text)
{
	uint64_t from, to;
	for (const char *at = text;;) {
		if (!parse_seed(&at, &from)) return false;
		to = from;
		if (*at == '-' && (at++, !parse_seed(&at, &to) || to < from)) return false;
		if (!seeds_add(seeds, from, to)) return false;
		if (!*at) return true;
		if (*at++ != ',') return false;
	}
}

void seeds_print(const struct seeds *seeds, FILE *file)
{
	for (size_t i = 0; i < seeds->count; i++) {
		fprintf(file, "%s%" PRIu64, i ? "," : "", seeds->ranges[i].from);
		if (seeds->ranges[i].to > seeds->ranges[i].from) fprintf(file, "-%" PRIu64, seeds->ranges[i].to);
	}
}

/* --- campaigns */

bool campaign_file_init(struct campaign_file *campaign, const char *arguments)
{
	*campaign = (struct campaign_file){ .arguments = strdup(arguments) };
	return campaign->arguments;
}

void campaign_file_done(struct campaign_file *campaign)
{
	for (size_t i = 0; i < campaign->count; i++) {
		free(campaign->classes[i].text);
		free(campaign->classes[i].seeds.ranges);
	}
	free(campaign->classes);
	free(campaign->seeds.ranges);
	free(campaign->arguments);
	*campaign = (struct campaign_file){ 0 };
}

static size_t find_class(const struct campaign_file *campaign, const char *text, bool *found)
{
	size_t low = 0, high = campaign->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(campaign->classes[middle].text, text) < 0) low = middle + 1;
		else high = middle;
	}
	*found = low < campaign->count && !strcmp(campaign->classes[low].text, text);
	return low;
}

/* The class of the text, which is made when there is none. */
static struct campaign_class *class_of(struct campaign_file *campaign, const char *text)
{
	bool found;
	size_t at = find_class(campaign, text, &found);
	if (found) return &campaign->classes[at];
	char *copy = strdup(text);
	if (!copy || !grow((void **)&campaign->classes, campaign->count, &campaign->size, sizeof *campaign->classes)) {
		free(copy);
		return NULL;
	}
	memmove(campaign->classes + at + 1, campaign->classes + at, (campaign->count - at) * sizeof *campaign->classes);
	campaign->classes[at] = (struct campaign_class){ .text = copy };
	campaign->count++;
	return &campaign->classes[at];
}

bool campaign_file_add(struct campaign_file *campaign, const char *text, uint64_t from, uint64_t to)
{
	struct campaign_class *class = class_of(campaign, text);
	return class && seeds_add(&class->seeds, from, to);
}

void campaign_file_write(const struct campaign_file *campaign, FILE *file)
{
	fprintf(file, HEAD "%s\n" SEEDS, campaign->arguments);
	seeds_print(&campaign->seeds, file);
	fprintf(file, "\n" COLUMNS "\n");
	for (size_t i = 0; i < campaign->count; i++) {
		const struct campaign_class *class = &campaign->classes[i];
		fprintf(file, "%s\t%" PRIu64 "\t%" PRIu64 "\t", class->text, seeds_count(&class->seeds), class->seeds.ranges[0].from);
		seeds_print(&class->seeds, file);
		fputc('\n', file);
	}
}

/* --- reading */

static enum status fail(struct failure *failure, unsigned line, const char *expected, const char *found)
{
	failure->line = line;
	snprintf(failure->text, sizeof failure->text, "expected %s, found %.60s", expected, *found ? found : "nothing");
	return STATUS_BAD_INPUT;
}

/* The last column of the line, cut off. */
static char *cut(char *line)
{
	char *tab = strrchr(line, '\t');
	if (!tab) return NULL;
	*tab = '\0';
	return tab + 1;
}

static enum status read_class(struct campaign_file *campaign, char *line, unsigned number, struct failure *failure)
{
	struct seeds seeds = { 0 };
	const char *all = cut(line), *first = all ? cut(line) : NULL, *count = first ? cut(line) : NULL;
	const char *signature = count ? strchr(line, '\t') : NULL;
	enum status status = STATUS_OK;
	if (!signature || !strchr(signature + 1, '\t')) return fail(failure, number, "six columns", line);
	if (!seeds_parse(&seeds, all)) status = fail(failure, number, "seeds such as 3,17-19", all);
	else if (strtoull(count, NULL, 10) != seeds_count(&seeds) || strtoull(first, NULL, 10) != seeds.ranges[0].from)
		status = fail(failure, number, "the count and the first of the seeds", count);
	for (size_t i = 0; !status && i < seeds.count; i++)
		if (!campaign_file_add(campaign, line, seeds.ranges[i].from, seeds.ranges[i].to)) status = STATUS_NO_MEMORY;
	free(seeds.ranges);
	return status;
}

static enum status read_line(struct campaign_file *campaign, char *line, unsigned number, struct failure *failure)
{
	if (number == 1) {
		if (strncmp(line, HEAD, strlen(HEAD))) return fail(failure, number, HEAD "ARGUMENTS", line);
		return campaign_file_init(campaign, line + strlen(HEAD)) ? STATUS_OK : STATUS_NO_MEMORY;
	}
	if (number == 2) {
		if (strncmp(line, SEEDS, strlen(SEEDS)) || !seeds_parse(&campaign->seeds, line + strlen(SEEDS))) return fail(failure, number, SEEDS "A-B", line);
		return STATUS_OK;
	}
	if (number == 3) return strcmp(line, COLUMNS) ? fail(failure, number, COLUMNS, line) : STATUS_OK;
	return read_class(campaign, line, number, failure);
}

enum status campaign_file_read(struct campaign_file *campaign, const char *path, struct failure *failure)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	unsigned number = 0;
	enum status status = STATUS_OK;
	*campaign = (struct campaign_file){ 0 };
	if (!file) {
		snprintf(failure->text, sizeof failure->text, "%s", strerror(errno));
		return STATUS_IO;
	}
	while (!status && (length = getline(&line, &size, file)) >= 0) {
		number++;
		if (line[length - 1] != '\n') status = fail(failure, number, "a line end", "the end of the file");
		else if (strlen(line) != (size_t)length) status = fail(failure, number, "a text file", "a NUL");
		else line[length - 1] = '\0', status = read_line(campaign, line, number, failure);
	}
	if (!status && number < 3) status = fail(failure, number + 1, "three lines of a head", "the end of the file");
	free(line);
	fclose(file);
	return status;
}

/* --- merging */

/* The first word in which the arguments differ. */
static void tell_difference(const char *a, const char *b, struct failure *failure)
{
	size_t at = 0;
	while (a[at] && a[at] == b[at]) at++;
	while (at && a[at - 1] != ' ') at--;
	snprintf(failure->text, sizeof failure->text, "expected a campaign with %.*s, found %.*s", (int)strcspn(a + at, " "), a + at, (int)strcspn(b + at, " "), b + at);
}

enum status campaign_file_merge(struct campaign_file *campaign, const struct campaign_file *other, struct failure *failure)
{
	if (strcmp(campaign->arguments, other->arguments)) {
		tell_difference(campaign->arguments, other->arguments, failure);
		return STATUS_BAD_INPUT;
	}
	if (!seeds_unite(&campaign->seeds, &other->seeds)) return STATUS_NO_MEMORY;
	for (size_t i = 0; i < other->count; i++) {
		struct campaign_class *class = class_of(campaign, other->classes[i].text);
		if (!class || !seeds_unite(&class->seeds, &other->classes[i].seeds)) return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}
