/* campaign_verb.c -- campaign and merge: the files, and what is told on the terminal. */
#include "conformance/campaign.h"
#include "conformance/interrupt.h"
#include "conformance/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* To the file, or to standard output without one. */
static int write_campaign(const struct campaign_file *campaign, const char *path)
{
	FILE *file = path ? fopen(path, "w") : stdout;
	if (!file) return verb_cannot_write(path);
	campaign_file_write(campaign, file);
	if (!path) return verb_flush(0);
	bool bad = ferror(file) != 0;
	return fclose(file) || bad ? verb_cannot_write(path) : 0;
}

static void summarize(const struct campaign_file *campaign, const char *path, FILE *out)
{
	struct seeds failing = { 0 };
	for (size_t i = 0; i < campaign->count; i++) seeds_unite(&failing, &campaign->classes[i].seeds);
	fprintf(out, "%" PRIu64 " seeds, %" PRIu64 " of them failing, %zu classes of failures", seeds_count(&campaign->seeds), seeds_count(&failing), campaign->count);
	if (path) fprintf(out, ": %s", path);
	fputc('\n', out);
	free(failing.ranges);
}

static int end(const struct campaign_file *campaign, const struct options *options)
{
	int code = write_campaign(campaign, options->out);
	if (code) return code;
	if (options->out && !options->quiet) summarize(campaign, options->out, stdout);
	return verb_flush(campaign->count ? EXIT_FAILED : EXIT_CONFORMS);
}

/* --- the scenarios alone */

static int write_scenario(const char *folder, uint64_t seed, const char *text, size_t length)
{
	char path[1200];
	snprintf(path, sizeof path, "%s/draw-%" PRIu64 ".scn", folder, seed);
	return verb_write(path, text, length);
}

static int write_scenarios(struct options *options, struct arena *arena)
{
	int code = mkdir(options->write, 0777) && errno != EEXIST ? verb_cannot_write(options->write) : 0;
	for (uint64_t seed = options->from; !code && seed <= options->to; seed++) {
		enum dialect dialect;
		size_t length;
		arena_reset(arena);
		options->draw.seed = seed;
		const char *text = draw_scenario(arena, &options->draw, &dialect, &length);
		code = text ? write_scenario(options->write, seed, text, length) : EXIT_HARNESS;
	}
	return code;
}

/* --- the verbs */

int verb_campaign(struct options *options, struct arena *arena)
{
	struct campaign_file found = { 0 };
	const struct campaign_options how = { .run = &options->run, .draw = options->draw, .impl = options->impl, .readings = options->reading,
		.readings_count = options->reading_count, .from = options->from, .to = options->to };
	if (options->words_count) return options_usage("expected no word behind campaign, found", options->words[0]);
	if (options->from > options->to) return options_usage("expected --seeds A..B, found nothing", NULL);
	if (options->write) return write_scenarios(options, arena);
	interrupt_begin();
	int code = EXIT_HARNESS;
	if (campaign_run(&how, &found)) code = end(&found, options);
	else fprintf(stderr, "bgcheck: the campaign was given up: interrupted, or a worker failed, or memory or processes ran out\n");
	campaign_file_done(&found);
	return interrupt_exit(code);
}

/* Adds what the file says. */
static int merge_file(struct campaign_file *all, const char *path)
{
	struct campaign_file one;
	struct failure failure = { 0 };
	enum status status = campaign_file_read(&one, path, &failure);
	if (!status && !all->arguments && !campaign_file_init(all, one.arguments)) status = STATUS_NO_MEMORY;
	if (!status) status = campaign_file_merge(all, &one, &failure);
	campaign_file_done(&one);
	if (!status) return 0;
	if (failure.line) fprintf(stderr, "%s:%u: %s\n", path, failure.line, failure.text);
	else fprintf(stderr, "bgcheck: %s: %s\n", path, *failure.text ? failure.text : "out of memory");
	return status == STATUS_NO_MEMORY ? EXIT_HARNESS : EXIT_USAGE;
}

int verb_merge(struct options *options, struct arena *arena)
{
	struct campaign_file all = { 0 };
	int code = 0;
	(void)arena;
	if (!options->words_count) return options_usage("expected files that campaign --out wrote, found nothing", NULL);
	for (unsigned i = 0; !code && i < options->words_count; i++) code = merge_file(&all, options->words[i]);
	if (!code) code = end(&all, options);
	campaign_file_done(&all);
	return code;
}
