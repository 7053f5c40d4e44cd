/* shrink_verb.c -- shrink: a failing scenario, or each class of a campaign, made small. */
#include "conformance/campaign.h"
#include "conformance/interrupt.h"
#include "conformance/shrink.h"
#include "conformance/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_SIZE 1200

/* The name of a file without folder and ending, as an id must be. */
static void id_of(const char *path, char *id, size_t size)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t length = strlen(name);
	if (length > 4 && !strcmp(name + length - 4, ".scn")) length -= 4;
	snprintf(id, size, "%.*s", (int)length, name);
}

/* "17 steps of 40: bits ERR-LIFE-001 no error in ERROR". */
static void tell(const struct shrunk *shrunk, const char *path, FILE *out)
{
	fprintf(out, "%u of %u steps, %u tries: ", shrunk->steps, shrunk->steps_before, shrunk->tries);
	for (const char *at = shrunk->class; *at; at++) fputc(*at == '\t' ? ' ' : *at, out);
	fprintf(out, "%s%s\n", path ? ": " : "", path ? path : "");
}

static int explain_status(enum shrink_status status, const char *file, const struct scenario_failures *failures)
{
	if (status == SHRINK_PASSES) fprintf(stderr, "bgcheck: %s: expected a run that fails, found one that passes\n", file);
	for (unsigned i = 0; status == SHRINK_NO_PARSE && i < failures->count; i++)
		fprintf(stderr, "%s:%u:%u: %s\n", file, failures->list[i].line, failures->list[i].col, failures->list[i].text);
	if (status == SHRINK_NO_MEMORY) fprintf(stderr, "bgcheck: %s: out of memory\n", file);
	return status == SHRINK_NO_MEMORY ? EXIT_HARNESS : EXIT_USAGE;
}

/* --- one scenario */

static int shrink_scenario(const struct options *options, struct arena *arena, const char *path)
{
	char id[200];
	struct shrunk shrunk;
	struct scenario_failures failures = { 0 };
	size_t length;
	const char *text = select_read_file(arena, path, &length);
	if (!text) {
		fprintf(stderr, "bgcheck: cannot read %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	id_of(options->out ? options->out : path, id, sizeof id);
	struct shrink_options how = { .unit = &options->run.unit, .id = id };
	memcpy(how.dialects, options->run.dialects, sizeof how.dialects);
	enum shrink_status status = shrink(&how, path, text, length, &shrunk, &failures);
	if (status != SHRINK_DONE) return explain_status(status, path, &failures);
	int code = verb_flush(verb_write(options->out, shrunk.text, shrunk.length));
	if (!code && !options->quiet) tell(&shrunk, options->out, options->out ? stdout : stderr);
	free(shrunk.text);
	return verb_flush(code);
}

/* --- a campaign */

/* What stands behind `key=` in the arguments: in value[size]. */
static bool take(const char *arguments, const char *key, char *value, size_t size)
{
	char wanted[40];
	snprintf(wanted, sizeof wanted, "%s=", key);
	const char *at = arguments;
	while (at && strncmp(at, wanted, strlen(wanted))) at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
	if (!at) return false;
	at += strlen(wanted);
	snprintf(value, size, "%.*s", (int)strcspn(at, " "), at);
	return true;
}

/* What decides how seeds are drawn comes from the file; what they are played on, too, unless the command line says it. */
static bool take_arguments(struct options *options, struct arena *arena, const char *arguments)
{
	char steps[24], faults[24], swarm[8], dialects[24], impl[120];
	if (!take(arguments, "steps", steps, sizeof steps) || !take(arguments, "faults", faults, sizeof faults) || !take(arguments, "swarm", swarm, sizeof swarm) ||
		!take(arguments, "dialects", dialects, sizeof dialects) || !take(arguments, "impl", impl, sizeof impl)) return false;
	options->draw.steps = (unsigned)strtoul(steps, NULL, 10);
	options->draw.faults = (unsigned)strtoul(faults, NULL, 10);
	options->draw.swarm = *swarm == '1';
	if (options->draw.steps > DRAW_STEPS_MAX || options->draw.faults > DRAW_FAULTS_MAX) return false;
	options->draw.dialects[DIALECT_DO] = !strncmp(dialects, "do", 2);
	options->draw.dialects[DIALECT_BITS] = strstr(dialects, "bits") != NULL;
	if (!options->draw.dialects[DIALECT_DO] && !options->draw.dialects[DIALECT_BITS]) return false;
	if (options->impl || !strcmp(impl, "reference")) return true;
	options->impl = arena_text(arena, impl, strlen(impl));
	return options->impl && !options_set_impl(options);
}

static int shrink_class(struct options *options, struct arena *arena, const struct campaign_class *class, size_t number)
{
	char id[60], path[PATH_SIZE], file[60];
	enum dialect dialect;
	struct shrunk shrunk;
	struct scenario_failures failures = { 0 };
	size_t length;
	arena_reset(arena);
	options->draw.seed = class->seeds.ranges[0].from;
	const char *text = draw_scenario(arena, &options->draw, &dialect, &length);
	if (!text) return EXIT_HARNESS;
	snprintf(id, sizeof id, "shrunk-%03zu", number + 1);
	snprintf(path, sizeof path, "%s/%s.scn", options->out, id);
	snprintf(file, sizeof file, "draw-%" PRIu64 ".scn", options->draw.seed);
	struct shrink_options how = { .unit = &options->run.unit, .class = class->text, .id = id };
	how.dialects[dialect] = true;
	enum shrink_status status = shrink(&how, file, text, length, &shrunk, &failures);
	if (status != SHRINK_DONE) return explain_status(status, file, &failures);
	int code = verb_write(path, shrunk.text, shrunk.length);
	if (!code && !options->quiet) tell(&shrunk, path, stdout);
	free(shrunk.text);
	return code;
}

static int shrink_campaign(struct options *options, const char *path)
{
	struct campaign_file campaign;
	struct failure failure = { 0 };
	struct arena own;
	if (!options->out) return options_usage("expected --out DIR with a campaign, found nothing", NULL);
	if (arena_init(&own, 256u << 20)) return EXIT_HARNESS;
	enum status status = campaign_file_read(&campaign, path, &failure);
	char *arguments = status ? NULL : strdup(campaign.arguments);
	int code = 0;
	struct arena words;
	if (arena_init(&words, 4096)) code = EXIT_HARNESS;
	if (status) {
		fprintf(stderr, "%s:%u: %s\n", path, failure.line, failure.text);
		code = EXIT_USAGE;
	} else if (!arguments || !take_arguments(options, &words, arguments)) {
		fprintf(stderr, "%s:1: expected the arguments of a campaign of this bgcheck, found others\n", path);
		code = EXIT_USAGE;
	} else if (mkdir(options->out, 0777) && errno != EEXIST) code = verb_cannot_write(options->out);
	for (size_t i = 0; !code && i < campaign.count && !interrupt_seen(); i++) code = shrink_class(options, &own, &campaign.classes[i], i);
	free(arguments);
	campaign_file_done(&campaign);
	arena_done(&words);
	arena_done(&own);
	return verb_flush(code);
}

/* The first line says what the file is. */
static bool is_campaign(const char *path)
{
	char line[24] = "";
	FILE *file = fopen(path, "r");
	if (!file) return false;
	bool is = fgets(line, sizeof line, file) && !strncmp(line, "# bgcheck campaign ", 19);
	fclose(file);
	return is;
}

int verb_shrink(struct options *options, struct arena *arena)
{
	if (options->words_count != 1) return options_usage("expected one scenario, or what campaign --out wrote", NULL);
	interrupt_begin();
	return interrupt_exit(is_campaign(options->words[0]) ? shrink_campaign(options, options->words[0]) : shrink_scenario(options, arena, options->words[0]));
}
