/* expand_crash.c -- plays a scenario on the reference, and makes one with a crash at each of its events. */
#include "sim/expand.h"

#include "sim/play.h"
#include "sim/world.h"

#include <stdio.h>
#include <string.h>

/* Events behind the line; the most of the two dialects. */
static unsigned count_events(struct arena *arena, const struct scenario *scenario)
{
	unsigned most = 0;

	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct play_options how = { .dialect = (enum dialect)d, .seed = 1 };
		struct arena own = *arena;
		struct failure failure = { 0 };
		struct play play = { 0 };
		struct target *target = scenario->dialects[d] ? world_new(&own, machine_reference((enum dialect)d), how.seed) : NULL;
		if (!target || play_scenario(&own, scenario, target, &how, &play, &failure)) continue;
		if (play.events > most) most = play.events;
	}
	return most;
}

/* Where `every event` stands in the text; NULL: in no crash line. */
static const char *find_every(const struct scenario *scenario, const struct expanded *row)
{
	unsigned line = 1, wanted = 0;

	for (unsigned i = 0; i < scenario->steps_count; i++)
		if (scenario->steps[i].kind == STEP_CRASH && !step_arg(&scenario->steps[i], "event")) wanted = scenario->steps[i].line;
	const char *at = row->text;
	for (; wanted && line < wanted; line++) at = strchr(at, '\n') + 1;
	return wanted ? strstr(at, "every") : NULL;
}

static bool add_crash(struct arena *arena, const struct expanded *row, const char *every, unsigned event, struct expanded *crash)
{
	char number[24], suffix[320];
	size_t before = (size_t)(every - row->text), cut = strcspn(every, "#\n"), n = (size_t)snprintf(number, sizeof number, "event %u", event);

	while (cut && (every[cut - 1] == ' ' || every[cut - 1] == '\t')) cut--;
	char *text = arena_take(arena, row->length - cut + n + 1);
	snprintf(suffix, sizeof suffix, "%s%scrash=%u", row->suffix, *row->suffix ? "," : "@", event);
	*crash = (struct expanded){ .suffix = arena_text(arena, suffix, strlen(suffix)), .text = text, .length = row->length - cut + n, .is_changed = true,
		.lines = row->lines };
	if (!text || !crash->suffix) return false;
	memcpy(text, row->text, before);
	memcpy(text + before, number, n);
	memcpy(text + before + n, every + cut, row->length - before - cut);
	return true;
}

unsigned expand_crashes(struct arena *arena, const char *file, const struct expanded *row, struct expanded *rows, unsigned max,
	struct scenario_failures *failures)
{
	struct scenario *scenario;

	if (!max || expand_parse(arena, file, row, &scenario, failures)) return 0;
	if (!scenario->crashes) return rows[0] = *row, 1;
	const char *every = find_every(scenario, row);
	unsigned events = count_events(arena, scenario);
	if (!every || events > max) {
		failures->list[failures->count] = (struct failure){ .line = 1, .col = 1 };
		snprintf(failures->list[failures->count].file, sizeof failures->list[0].file, "%s", file);
		snprintf(failures->list[failures->count++].text, sizeof failures->list[0].text, "expected at most %u events behind `crash at every event`, found %u", max, events);
		return 0;
	}
	for (unsigned i = 0; i < events; i++)
		if (!add_crash(arena, row, every, i + 1, &rows[i])) return 0;
	return events;
}
