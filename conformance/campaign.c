/* campaign.c -- seeds are the tasks of a pool; workers write what they found, a line each, to a file that they share. */
#include "conformance/campaign.h"

#include "conformance/failure.h"
#include "conformance/pool.h"
#include "conformance/repro.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARENA_BYTES (128u << 20)     /* reserved; touched as far as it is used */
#define TASK_SECONDS 20u
#define LINE_SIZE (FAILURE_SIGNATURE_MAX + 24)
#define FOUND_MAX (256u << 10)       /* bytes of one seed */

struct campaign {
	const struct campaign_options *options;
	int fd;                          /* of what was found: "seed<tab>class" lines */
};

/* The lines of one seed. */
struct telling {
	uint64_t seed;
	enum dialect dialect;
	char *text;
	size_t used;
};

void campaign_arguments(const struct campaign_options *options, char *text, size_t size)
{
	char digest[17], readings[400] = "";
	for (unsigned i = 0; i < options->readings_count; i++)
		snprintf(readings + strlen(readings), sizeof readings - strlen(readings), "%s%s", i ? "," : "", options->readings[i]);
	repro_tables(digest);
	snprintf(text, size, "impl=%s steps=%u faults=%u swarm=%d dialects=%s%s%s readings=%s oracle=%s rules=%s seed=%" PRIu64 " version=%s tables=%s", options->impl ? options->impl : "reference",
		options->draw.steps, options->draw.faults, options->draw.swarm, options->draw.dialects[DIALECT_DO] ? "do" : "",
		options->draw.dialects[DIALECT_DO] && options->draw.dialects[DIALECT_BITS] ? "," : "", options->draw.dialects[DIALECT_BITS] ? "bits" : "",
		*readings ? readings : "-", oracle_mode_word(options->run->unit.oracle), options->run->unit.no_rules ? "none" : "all", options->run->unit.seed, BGCHECK_VERSION, digest);
}

static void tell(void *context, const struct broken *broken)
{
	struct telling *telling = context;
	char class[FAILURE_SIGNATURE_MAX];
	if (telling->used > FOUND_MAX - LINE_SIZE) return;
	failure_class(telling->dialect, broken, class);
	telling->used += (size_t)snprintf(telling->text + telling->used, LINE_SIZE, "%" PRIu64 "\t%s\n", telling->seed, class);
}

static struct draw_options drawn_with(const struct campaign_options *options, uint64_t seed)
{
	struct draw_options draw = options->draw;
	draw.seed = seed;
	return draw;
}

static bool try_seed(const struct campaign *campaign, struct arena *arena, struct telling *telling)
{
	const struct draw_options draw = drawn_with(campaign->options, telling->seed);
	const struct unit_options *options = &campaign->options->run->unit;
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	struct unit_trial trial;
	char file[60];
	size_t length;
	const char *text = draw_scenario(arena, &draw, &telling->dialect, &length);
	snprintf(file, sizeof file, "draw-%" PRIu64 ".scn", telling->seed);
	if (!text || scenario_parse(arena, file, text, length, &scenario, &failures)) return false;
	const struct machine *machine = unit_machine(arena, options, telling->dialect);
	if (!machine) return false;
	unit_try(arena, options, &(struct unit){ scenario, telling->dialect }, machine, options->impl == IMPL_REFERENCE, &trial);
	failure_look(&trial, tell, telling);
	return true;
}

static bool work(void *context, struct arena *arena, unsigned task)
{
	const struct campaign *campaign = context;
	arena_reset(arena);
	struct telling telling = { .seed = campaign->options->from + task, .text = arena_take(arena, FOUND_MAX) };
	if (!telling.text || !try_seed(campaign, arena, &telling)) return false;
	return !telling.used || write(campaign->fd, telling.text, telling.used) == (ssize_t)telling.used;
}

static void died(void *context, unsigned task, const char *why)
{
	const struct campaign *campaign = context;
	const uint64_t seed = campaign->options->from + task;
	const struct draw_options draw = drawn_with(campaign->options, seed);
	dprintf(campaign->fd, "%" PRIu64 "\t%s\tCRASH\t%s\n", seed, machine_dialect_name(draw_dialect(&draw)), why);
}

static bool read_found(const struct campaign *campaign, struct campaign_file *found)
{
	char line[LINE_SIZE + 2];
	bool good = true;
	FILE *file = fdopen(campaign->fd, "r");
	if (!file) {
		close(campaign->fd);
		return false;
	}
	rewind(file);
	while (good && fgets(line, sizeof line, file)) {
		char *class;
		uint64_t seed = strtoull(line, &class, 10);
		class[strcspn(class, "\n")] = '\0';
		good = campaign_file_add(found, class + 1, seed, seed);
	}
	fclose(file);
	return good;
}

bool campaign_run(const struct campaign_options *options, struct campaign_file *found)
{
	char arguments[1200];
	struct campaign campaign = { options, memfd_create("campaign", MFD_CLOEXEC) };
	const struct pool pool = { .count = (unsigned)(options->to - options->from + 1), .jobs = options->run->jobs ? options->run->jobs : 1, .task_seconds = TASK_SECONDS,
		.arena_bytes = ARENA_BYTES, .context = &campaign, .work = work, .died = died };
	campaign_arguments(options, arguments, sizeof arguments);
	/* Only appended lines stay whole when workers write at once: a memfd has no lock on its position. */
	if (campaign.fd < 0 || fcntl(campaign.fd, F_SETFL, O_APPEND) || !campaign_file_init(found, arguments)) return false;
	bool good = pool_run(&pool) && seeds_add(&found->seeds, options->from, options->to);
	return read_found(&campaign, found) && good;
}
