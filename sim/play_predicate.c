/* play_predicate.c -- what `within`, `expect`, `watch` and `end` ask. */
#include "sim/play_internal.h"

#include "model/job.h"

#include <stdio.h>
#include <string.h>

static const struct play_job *find_job(const struct player *player, const char *name)
{
	for (unsigned i = player->jobs_count; i-- > 0;)
		if (!strcmp(player->jobs[i].name, name)) return &player->jobs[i];
	return NULL;
}

static bool is_state(const struct player *player, const struct predicate *predicate)
{
	const struct play_job *job = find_job(player, predicate->object);
	bool listed = false;

	if (!job || job->seen == STATE_NONE) return false;
	for (unsigned i = 0; i < predicate->want.words_count; i++) {
		const char *word = predicate->want.words[i];
		if (machine_state_find(word, strlen(word)) == job->seen) listed = true;
	}
	return predicate->want.kind == WANT_NOT ? !listed : listed;
}

/* A predicate without a count asks for at least one. */
static bool is_count(const struct want *want, unsigned n, unsigned before)
{
	if (want->kind == WANT_ANY) return n > before;
	return play_want_number(want, n);
}

/* ns until the next timer, JOB_NEVER without one. Real worlds cannot know: the play ends. */
static int64_t next_timer(struct player *player)
{
	struct target *target = player->target;
	int64_t at = target->tier == TIER_VIRTUAL ? target->next_timer(target->self) : -1;

	if (at < 0) play_line_stop(player, PLAY_UNSUPPORTED, "timer.next", "this world does not know the next timer");
	return at < 0 || at == JOB_NEVER ? JOB_NEVER : at - target->now(target->self);
}

/* The predicate's object without variables, not from the arena: it is asked for at every look. */
static bool expand(struct player *player, const struct predicate *predicate, char text[VALUE_TEXT_MAX])
{
	const char *expanded = predicate->object;

	if (strchr(expanded, '$')) expanded = player->target->expand(player->target->self, expanded);
	if (!expanded) play_line_stop(player, PLAY_BROKEN, NULL, "a variable of the scenario has no value");
	snprintf(text, VALUE_TEXT_MAX, "%s", expanded ? expanded : "");
	return expanded != NULL;
}

static int compare(struct player *player, const struct predicate *predicate)
{
	char local[VALUE_TEXT_MAX];

	if (!expand(player, predicate, local)) return -1;
	return player->target->compare(player->target->self, local, predicate->word ? predicate->word : "");
}

static int temporary(struct player *player, const struct predicate *predicate)
{
	char folder[VALUE_TEXT_MAX];

	return expand(player, predicate, folder) ? player->target->temporary(player->target->self, folder) : 0;
}

bool play_predicate_holds(struct player *player, const struct predicate *predicate, unsigned before)
{
	int64_t ns;

	switch (predicate->kind) {
	case PREDICATE_STATE: return is_state(player, predicate);
	case PREDICATE_CALLBACK:
		return is_count(&predicate->want, play_line_count(player, predicate->word, predicate->object, false),
			before);
	case PREDICATE_REQUESTS:
		return is_count(&predicate->want, play_line_count(player, "request", predicate->object, false), 0);
	case PREDICATE_NEXT_TIMER:
		ns = next_timer(player);
		return ns != JOB_NEVER && play_want_number(&predicate->want, ns);
	case PREDICATE_FILE: return compare(player, predicate) == 1;
	case PREDICATE_NO_FILE: return compare(player, predicate) == -1;
	case PREDICATE_NO_TEMPORARY: return temporary(player, predicate) == 0;
	case PREDICATE_LEAKS: break; /* play.c: known only when the implementation is gone */
	}
	return false;
}

static void add_number_want(struct player *player, struct play_text *text, const struct want *want, bool is_time)
{
	if (want->kind == WANT_ANY) return;
	play_line_text(text, " ");
	if (is_time && want->kind == WANT_WORDS && want->words_count == 1) {
		play_line_text(text, "= ");
		play_line_seconds(text, want->low);
		return;
	}
	if (!is_time || want->kind != WANT_RANGE) {
		if (want->kind == WANT_WORDS && want->words_count == 1) play_line_text(text, "= ");
		play_want_expected(player, text, want, "hr");
		return;
	}
	play_line_text(text, "in [");
	play_line_seconds(text, want->low);
	play_line_text(text, ", ");
	play_line_seconds(text, want->high);
	play_line_text(text, "]");
}

void play_predicate_expected(struct player *player, struct play_text *text, const struct predicate *predicate)
{
	const char *object = predicate->object ? predicate->object : "";
	const char *word = predicate->word ? predicate->word : "";

	switch (predicate->kind) {
	case PREDICATE_STATE: play_line_text(text, "state %s", object); break;
	case PREDICATE_CALLBACK: play_line_text(text, "callback %s %s", word, object); break;
	case PREDICATE_REQUESTS: play_line_text(text, "requests %s", object); break;
	case PREDICATE_NEXT_TIMER: play_line_text(text, "next-timer"); break;
	case PREDICATE_FILE: play_line_text(text, "file %s = server %s", object, word); return;
	case PREDICATE_NO_FILE: play_line_text(text, "no-file %s", object); return;
	case PREDICATE_LEAKS: play_line_text(text, "leaks"); break;
	case PREDICATE_NO_TEMPORARY: play_line_text(text, "no-temporary %s", object); return;
	}
	if (predicate->kind == PREDICATE_CALLBACK && predicate->want.kind != WANT_ANY) play_line_text(text, " count");
	add_number_want(player, text, &predicate->want, predicate->kind == PREDICATE_NEXT_TIMER);
}

static void found_state(struct player *player, struct play_text *text, const struct predicate *predicate)
{
	const struct play_job *job = find_job(player, predicate->object);
	const char *name = job && job->seen != STATE_NONE ? machine_state_name(job->seen) : NULL;

	if (!name) {
		play_line_text(text, "no state of %s", predicate->object);
		return;
	}
	play_line_text(text, "state %s = %s since ", predicate->object, name);
	play_line_seconds(text, job->since_ns);
}

static void found_timer(struct player *player, struct play_text *text)
{
	int64_t ns = next_timer(player);

	if (ns == JOB_NEVER) {
		play_line_text(text, "no timer");
		return;
	}
	play_line_text(text, "next-timer = ");
	play_line_seconds(text, ns);
}

static void found_file(struct player *player, struct play_text *text, const struct predicate *predicate)
{
	static const char *const answers[] = { "no file", "a file with another content", "a file that is equal" };
	int answer = compare(player, predicate);

	if (predicate->kind == PREDICATE_NO_FILE) play_line_text(text, answer < 0 ? "no file" : "a file");
	else play_line_text(text, "%s", answers[answer < 0 ? 0 : answer == 0 ? 1 : 2]);
}

void play_predicate_found(struct player *player, struct play_text *text, const struct predicate *predicate)
{
	switch (predicate->kind) {
	case PREDICATE_STATE: found_state(player, text, predicate); return;
	case PREDICATE_CALLBACK:
		play_line_text(text, "callback %s %s count = %u", predicate->word, predicate->object,
			play_line_count(player, predicate->word, predicate->object, false));
		return;
	case PREDICATE_REQUESTS:
		play_line_text(text, "requests %s = %u", predicate->object,
			play_line_count(player, "request", predicate->object, false));
		return;
	case PREDICATE_NEXT_TIMER: found_timer(player, text); return;
	case PREDICATE_FILE:
	case PREDICATE_NO_FILE: found_file(player, text, predicate); return;
	case PREDICATE_NO_TEMPORARY:
		play_line_text(text, "%d temporary files", temporary(player, predicate));
		return;
	case PREDICATE_LEAKS: return;
	}
}

static void watch_check(struct player *player, struct play_watch *watch, bool passed)
{
	struct play_text expected = {0}, found = {0};

	watch->told = true;
	play_line_text(&expected, "%s ", watch->step->word);
	play_predicate_expected(player, &expected, &watch->step->checks[0]);
	play_predicate_found(player, &found, &watch->step->checks[0]);
	play_line_check(player, watch->step, passed, expected.text, found.text);
}

void play_predicate_watches(struct player *player, bool at_end)
{
	for (unsigned i = 0; i < player->watches_count && play_line_going(player); i++) {
		struct play_watch *watch = &player->watches[i];
		bool holds, passed;
		if (watch->told) continue;
		holds = play_predicate_holds(player, &watch->step->checks[0], watch->before);
		passed = holds == !strcmp(watch->step->word, "always");
		if ((!passed || at_end) && play_line_going(player)) watch_check(player, watch, passed);
	}
}
