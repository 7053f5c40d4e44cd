/* scenario_feature.c -- what a scenario asks of a world beyond the core, and how long it waits. */
#include "sim/fault_word.h"
#include "sim/scenario_internal.h"

#include <string.h>

/* Beside those of fault_word.def: the step that asks for a feature, its kind and one of its arguments (NULL: any). */
static const struct row {
	const char *feature;
	enum step_kind kind;
	const char *arg;
} rows[] = {
	{ "host.times", STEP_HOST, "times" },
	{ "service.restart", STEP_SERVICE, NULL },
	{ "service.restart", STEP_CRASH, NULL },
	{ "clock.virtual", STEP_CRASH, NULL },
	{ "user.session", STEP_USER, NULL },
	{ "policy", STEP_POLICY, NULL },
	{ "timer.next", STEP_EXPECT, NULL },
	{ "clock.virtual", STEP_KIND_COUNT, NULL },   /* never by a step: the scenario looks between two instants */
};
#define ROWS_COUNT (sizeof rows / sizeof *rows)

bool scenario_feature_is_of_world(const char *text, size_t length)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);

	for (size_t i = 0; i < ROWS_COUNT; i++)
		if (*rows[i].feature == *text && strlen(rows[i].feature) == length && !memcmp(rows[i].feature, text, length)) return true;
	for (unsigned i = 0; i < count; i++)
		if (length && *words[i].feature == *text && strlen(words[i].feature) == length && !memcmp(words[i].feature, text, length)) return true;
	return false;
}

bool scenario_feature_known(const char *text, size_t length)
{
	unsigned count;
	const struct method *methods = machine_methods(&count);

	if (scenario_feature_is_of_world(text, length)) return true;
	for (unsigned i = 0; i < count; i++) {
		size_t n = strlen(methods[i].command);
		if (n > length || memcmp(methods[i].command, text, n)) continue;
		if (n == length) return true;
		if (methods[i].property[0] && text[n] == '.' && strlen(methods[i].property) == length - n - 1 &&
			!memcmp(methods[i].property, text + n + 1, length - n - 1)) return true;
	}
	return false;
}

static bool asks(const struct step *step, const struct row *row)
{
	if (step->kind != row->kind) return false;
	if (row->arg && !step_arg(step, row->arg)) return false;
	return step->kind != STEP_EXPECT || step->checks[0].kind == PREDICATE_NEXT_TIMER;
}

static unsigned add(const char **list, unsigned count, unsigned max, const char *feature)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(list[i], feature)) return count;
	if (count == max) return count;
	list[count] = feature;
	return count + 1;
}

unsigned scenario_features(const struct scenario *scenario, const char **list, unsigned max)
{
	unsigned words_count, count = 0;
	const struct fault_word *words = fault_words(&words_count);

	for (unsigned i = 0; i < words_count; i++) {
		unsigned n = 0;
		if (!*words[i].feature) continue;
		while (n < scenario->steps_count && !fault_word_is_in(&words[i], &scenario->steps[n])) n++;
		if (n < scenario->steps_count) count = add(list, count, max, words[i].feature);
	}
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		unsigned n = 0;
		while (n < scenario->steps_count && !asks(&scenario->steps[n], &rows[i])) n++;
		if (n < scenario->steps_count) count = add(list, count, max, rows[i].feature);
	}
	for (unsigned i = 0; i < scenario->needs_count; i++) count = add(list, count, max, scenario->needs[i]);
	return count;
}

int64_t scenario_wait_ns(const struct scenario *scenario)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < scenario->steps_count; i++) {
		const struct step *step = &scenario->steps[i];
		if (step->kind != STEP_ADVANCE) continue;
		sum = step->duration_ns > INT64_MAX - sum ? INT64_MAX : sum + step->duration_ns;
	}
	return sum;
}
