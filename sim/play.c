/* play.c -- plays a scenario: its steps, and how time passes. */
#include "sim/play_internal.h"

#include <stdio.h>
#include <string.h>

#define FEATURES_MAX 64u

static bool has(struct player *player, const char *feature, unsigned line)
{
	struct play_text why = {0};

	if (player->target->has(player->target->self, feature)) return true;
	player->line = line;
	play_line_text(&why, "the implementation or its world does not have %s", feature);
	play_line_stop(player, PLAY_UNSUPPORTED, feature, why.text);
	return false;
}

/* Whether a step asks for a job's state. */
static bool asks_state(const struct step *step)
{
	for (unsigned i = 0; i < step->checks_count; i++)
		if (step->checks[i].kind == PREDICATE_STATE) return true;
	return false;
}

/* The commands that a step sends; the one of `on` too. */
static bool has_commands(struct player *player, const struct step *step)
{
	const struct scenario_arg *command = step->kind == STEP_ON ? step_arg(step, "do") : NULL;

	if (asks_state(step)) {
		player->states_asked = true;
		if (!has(player, "job.state", step->line)) return false;
	}
	if (step->kind == STEP_DO) return has(player, step->word, step->line);
	return !command || has(player, command->text, step->line);
}

/* The first thing that is missing ends the play before its first step. */
static void check_features(struct player *player)
{
	const struct scenario *scenario = player->scenario;
	const char *features[FEATURES_MAX];
	unsigned count = scenario_features(scenario, features, FEATURES_MAX);

	for (unsigned i = 0; i < scenario->needs_count; i++)
		if (!has(player, scenario->needs[i], 0)) return;
	for (unsigned i = 0; i < count; i++)
		if (!has(player, features[i], 0)) return;
	for (unsigned i = 0; i < scenario->steps_count; i++)
		if (!has_commands(player, &scenario->steps[i])) return;
	player->line = 0;
	play_probe_prepare(player);
}

/* A copy of the step with its variables replaced. */
static bool expand_step(struct player *player, const struct step *step, struct step *expanded)
{
	*expanded = *step;
	for (unsigned i = 0; i < step->args_count; i++) {
		expanded->args[i].text = play_line_expand(player, step->args[i].text);
		if (!expanded->args[i].text) return false;
	}
	return true;
}

/* The path of `serve`, the name of `host` and of `link` are what the line is about. */
static bool is_about_object(const struct step *step)
{
	return step->kind == STEP_SERVE || step->kind == STEP_HOST || step->kind == STEP_LINK;
}

static void world_line(struct player *player, const struct step *step, struct trace_line *line)
{
	const struct scenario_arg *object = is_about_object(step) ? step_word(step, 0) : NULL;

	play_line_init(player, line, ACTOR_WORLD, object ? object->text : "-", step_kind_name(step->kind));
	if (step->kind == STEP_HOST && step->word) trace_add(line, "answer", step->word);
	else if (!object && step->word) trace_add(line, "word", step->word);
	for (unsigned i = 0; i < step->args_count; i++) {
		const struct scenario_arg *arg = &step->args[i];
		if (arg == object || strchr(arg->key, '.')) continue; /* a key with a dot is a part of another one */
		trace_add(line, arg->key[0] ? arg->key : "by", arg->text[0] ? arg->text : "1");
	}
}

/* The line stands before what the change causes, so it is taken first, and given back when the world cannot. */
static void step_world(struct player *player, const struct step *step)
{
	struct trace *trace = &player->play->trace;
	char why[FAILURE_TEXT_MAX] = "";
	struct play_text feature = {0};
	struct step expanded;
	struct trace_line line, *slot;

	if (!expand_step(player, step, &expanded)) return;
	world_line(player, &expanded, &line);
	slot = play_line_record(player, &line);
	if (!slot || player->target->change(player->target->self, &expanded, why, sizeof why)) return;
	if (trace->lines[trace->count - 1] == slot) trace->count--;
	play_line_text(&feature, "%s", step_kind_name(step->kind));
	if (step->word && step->kind != STEP_SERVE) play_line_text(&feature, ".%s", step->word);
	play_line_stop(player, PLAY_UNSUPPORTED, feature.text, why);
}

static void step_on(struct player *player, const struct step *step)
{
	const struct scenario_arg *result = step_arg(step, "return"), *times = step_arg(step, "times");
	const struct scenario_arg *command = step_arg(step, "do"), *job = step_word(step, 0);
	struct play_policy *policy = &player->policies[player->policies_count];

	assert(step->word && job);
	if (player->policies_count == PLAY_POLICIES_MAX) {
		play_line_limit(player, PLAY_POLICIES_MAX, "on lines");
		return;
	}
	*policy = (struct play_policy){ .kind = step->word, .job = job->text, .left = UINT32_MAX, .line = step->line };
	if (command) policy->command = command->text;
	if (times) policy->left = (unsigned)times->number;
	if (result && !machine_code(player->options->dialect, result->text, strlen(result->text), &policy->result)) {
		UNREACHABLE("the parser knows every code");
	}
	player->policies_count++;
}

static void step_watch(struct player *player, const struct step *step)
{
	const struct predicate *predicate = &step->checks[0];
	struct play_watch *watch = &player->watches[player->watches_count];

	assert(step->checks_count == 1);
	if (player->watches_count == PLAY_WATCHES_MAX) {
		play_line_limit(player, PLAY_WATCHES_MAX, "watch lines");
		return;
	}
	*watch = (struct play_watch){ step, false, 0 };
	if (predicate->kind == PREDICATE_CALLBACK) {
		watch->before = play_line_count(player, predicate->word, predicate->object, false);
	}
	player->watches_count++;
}

/* The service dies behind the event that was waited for, and is started again at once. */
static void count_event(struct player *player)
{
	if (!player->crash) return;
	player->play->events++;
	if (!player->crash_left || --player->crash_left) return;
	for (int start = 0; start <= 1 && play_line_going(player); start++) {
		struct step step = { .kind = STEP_SERVICE, .line = player->crash->line, .text = player->crash->text, .word = start ? "start" : "kill" };
		step_world(player, &step);
		if (play_line_going(player)) play_probe_poll(player);
	}
}

static void step_crash(struct player *player, const struct step *step)
{
	const struct scenario_arg *event = step_arg(step, "event");

	player->crash = step;
	player->crash_left = event ? event->number : 0;
}

/* One step of time, and a look at what it changed. False when time cannot go on. */
static bool pass(struct player *player, int64_t until_ns, unsigned *polls)
{
	char why[FAILURE_TEXT_MAX] = "";

	if (++*polls > PLAY_POLLS_MAX) return play_line_limit(player, PLAY_POLLS_MAX, "steps of time in one line");
	if (!player->target->step(player->target->self, until_ns, why, sizeof why)) {
		play_line_stop(player, PLAY_BROKEN, NULL, why);
	}
	if (play_line_going(player)) play_probe_poll(player);
	if (play_line_going(player)) play_predicate_watches(player, false);
	if (play_line_going(player)) count_event(player);
	return play_line_going(player);
}

static int64_t now(const struct player *player)
{
	return player->target->now(player->target->self);
}

static int64_t later(int64_t at_ns, int64_t by_ns)
{
	return at_ns > INT64_MAX - by_ns ? INT64_MAX : at_ns + by_ns;
}

static void step_advance(struct player *player, const struct step *step)
{
	int64_t until = later(now(player), step->duration_ns);
	unsigned polls = 0;

	do {
		if (!pass(player, until, &polls)) return;
	} while (now(player) < until);
}

/* Real time is dear: a job that rests in a state which only a call ends will not reach another one. It is given
 * PLAY_REST_NS to prove the opposite; virtual time costs nothing and is always waited out. */
static bool is_hopeless(const struct player *player, const struct predicate *predicate)
{
	if (player->target->tier != TIER_REAL || predicate->kind != PREDICATE_STATE) return false;
	for (unsigned i = 0; i < player->jobs_count; i++) {
		const struct play_job *job = &player->jobs[i];
		bool rests = job->seen == STATE_SUSPENDED || job->seen == STATE_ERROR || job->seen >= STATE_TRANSFERRED;
		if (!strcmp(job->name, predicate->object)) return rests && now(player) - job->since_ns > PLAY_REST_NS;
	}
	return false;
}

/* Waits for the predicate. Returns whether it held in time. */
static bool wait_for(struct player *player, const struct predicate *predicate, int64_t deadline, int64_t bound)
{
	unsigned polls = 0;

	play_probe_poll(player);
	while (play_line_going(player)) {
		bool late = now(player) > deadline;
		if (play_predicate_holds(player, predicate, 0)) {
			int64_t used = late ? now(player) - deadline : 0;
			if (used > player->play->tolerance_used_ns) player->play->tolerance_used_ns = used;
			return true;
		}
		if (is_hopeless(player, predicate)) return false;
		if (now(player) >= bound || !pass(player, bound, &polls)) return false;
	}
	return false;
}

static bool exceeds_limit(const struct player *player, int64_t wait_ns)
{
	int64_t limit_ns = player->options->real_limit_ns;

	return player->target->tier == TIER_REAL && limit_ns > 0 && wait_ns > limit_ns;
}

static void stop_too_long(struct player *player, int64_t wait_ns)
{
	struct play_text why = {0};

	play_line_text(&why, "the scenario waits ");
	play_line_seconds(&why, wait_ns);
	play_line_text(&why, ", and real time is limited to ");
	play_line_seconds(&why, player->options->real_limit_ns);
	play_line_stop(player, PLAY_UNSUPPORTED, "clock.virtual", why.text);
}

static void step_within(struct player *player, const struct step *step)
{
	int64_t start = now(player), deadline = later(start, step->duration_ns), bound = deadline;
	struct play_text expected = {0}, found = {0};
	bool held, cut = false;

	assert(step->checks_count == 1);
	if (player->target->tier == TIER_REAL) {
		cut = exceeds_limit(player, step->duration_ns);
		bound = cut ? later(start, player->options->real_limit_ns) : later(deadline, player->options->tolerance_ns);
	}
	held = wait_for(player, &step->checks[0], deadline, bound);
	if (!play_line_going(player)) return;
	if (!held && cut && now(player) >= bound) {
		stop_too_long(player, step->duration_ns);
		return;
	}
	play_predicate_expected(player, &expected, &step->checks[0]);
	play_line_text(&expected, " within ");
	play_line_seconds(&expected, step->duration_ns);
	play_predicate_found(player, &found, &step->checks[0]);
	play_line_check(player, step, held, expected.text, found.text);
	if (!held) play_line_stop(player, PLAY_STOPPED, NULL, NULL);
}

/* A predicate that must hold now. */
static void expect(struct player *player, const struct step *step, const struct predicate *predicate)
{
	struct play_text expected = {0}, found = {0};
	bool holds = play_predicate_holds(player, predicate, 0);

	if (!play_line_going(player)) return;
	play_predicate_expected(player, &expected, predicate);
	play_predicate_found(player, &found, predicate);
	play_line_check(player, step, holds, expected.text, found.text);
}

static void expect_leaks(struct player *player, const struct step *step, const struct predicate *predicate,
	unsigned leaks)
{
	struct play_text expected = {0}, found = {0};

	play_predicate_expected(player, &expected, predicate);
	play_line_text(&found, "leaks = %u", leaks);
	play_line_check(player, step, play_want_number(&predicate->want, leaks), expected.text, found.text);
}

static void step_do(struct player *player, const struct step *step)
{
	switch (step->kind) {
	case STEP_SERVE:
	case STEP_HOST:
	case STEP_LINK:
	case STEP_NET:
	case STEP_DISK:
	case STEP_SERVICE:
	case STEP_USER:
	case STEP_CLOCK:
	case STEP_POLICY: step_world(player, step); break;
	case STEP_CRASH: step_crash(player, step); break;
	case STEP_DO: play_call_step(player, step); break;
	case STEP_ON: step_on(player, step); break;
	case STEP_WATCH: step_watch(player, step); break;
	case STEP_WITHIN: step_within(player, step); break;
	case STEP_ADVANCE: step_advance(player, step); break;
	case STEP_EXPECT: expect(player, step, &step->checks[0]); break;
	case STEP_END:
	case STEP_KIND_COUNT: UNREACHABLE("end is played when the others are"); break;
	}
}

void play_one(struct player *player, const struct step *step)
{
	player->line = step->line;
	step_do(player, step);
	if (play_line_going(player)) play_probe_all(player);
	if (play_line_going(player)) play_predicate_watches(player, false);
}

/* All steps but `end`, which is returned. */
static const struct step *play_steps(struct player *player)
{
	const struct scenario *scenario = player->scenario;
	const struct step *end = NULL;

	for (unsigned i = 0; i < scenario->steps_count && play_line_going(player); i++) {
		const struct step *step = &scenario->steps[i];
		player->line = step->line;
		if (step->kind == STEP_END) end = step;
		else play_one(player, step);
	}
	return end;
}

/* What can be seen only while the implementation is there. */
static void check_end(struct player *player, const struct step *end)
{
	play_predicate_watches(player, true);
	for (unsigned i = 0; end && i < end->checks_count && play_line_going(player); i++) {
		if (end->checks[i].kind != PREDICATE_LEAKS) expect(player, end, &end->checks[i]);
	}
}

static void check_leaks(struct player *player, const struct step *end, unsigned leaks)
{
	for (unsigned i = 0; end && i < end->checks_count && play_line_going(player); i++) {
		if (end->checks[i].kind == PREDICATE_LEAKS) expect_leaks(player, end, &end->checks[i], leaks);
	}
}

/* Ends the target, whatever happened before. Returns whether `leaks` can be trusted. */
static bool end_target(struct player *player, unsigned *leaks)
{
	struct failure failure = {0};
	enum status status;

	if (player->play->end != PLAY_BROKEN) play_call_release_all(player);
	player->ending = true;
	status = player->target->end(player->target->self, leaks, &failure);
	player->ending = false;
	if (status == STATUS_OK) return player->play->end != PLAY_BROKEN;
	if (player->status != STATUS_OK) return false;
	if (status == STATUS_BAD_INPUT || status == STATUS_PEER) {
		play_line_stop(player, PLAY_BROKEN, NULL, failure.text);
	} else {
		player->status = status;
		*player->failure = failure;
	}
	return false;
}

static void record_end(struct player *player, const unsigned *leaks)
{
	static const char *const reasons[] = { "done", "stopped", "unsupported", "broken" };
	const struct play *play = player->play;
	struct trace_line line;

	trace_line_init(&line, player->last_ns, ACTOR_PLAYER, "-", "end");
	line.scenario_line = play->line;
	trace_add(&line, "reason", reasons[play->end]);
	if (leaks) trace_add_int(&line, "leaks", *leaks);
	if (play->feature) trace_add(&line, "feature", play->feature);
	if (play->why) trace_add(&line, "why", play->why);
	play_line_record(player, &line);
}

static void record_begin(struct player *player)
{
	struct trace_line line;

	trace_line_init(&line, 0, ACTOR_PLAYER, "-", "begin");
	trace_add(&line, "id", player->scenario->id);
	trace_add(&line, "dialect", machine_dialect_name(player->options->dialect));
	trace_add(&line, "tier", player->target->tier == TIER_VIRTUAL ? "virtual" : "real");
	play_line_record(player, &line);
}

/* Starts the target. False when it could not; the reason is in the play or the status. */
static bool begin_target(struct player *player)
{
	struct failure failure = {0};
	enum status status = player->target->begin(player->target->self, player->scenario, &failure);

	if (status == STATUS_OK) return true;
	if (status == STATUS_BAD_INPUT || status == STATUS_PEER) {
		play_line_stop(player, PLAY_BROKEN, NULL, failure.text);
	} else if (player->status == STATUS_OK) {
		player->status = status;
		*player->failure = failure;
	}
	return false;
}

/* Real time is dear: what certainly waits longer is not even begun. */
static bool is_too_long(struct player *player)
{
	int64_t wait_ns = scenario_wait_ns(player->scenario);

	if (!exceeds_limit(player, wait_ns)) return false;
	stop_too_long(player, wait_ns);
	return true;
}

bool play_open(struct player *player)
{
	if (!begin_target(player)) return false;
	check_features(player);
	return true;
}

static void play_target(struct player *player)
{
	const struct step *end = NULL;
	unsigned leaks = 0;
	bool known;

	if (play_open(player)) {
		end = play_steps(player);
		if (play_line_going(player)) check_end(player, end);
	}
	known = end_target(player, &leaks);
	if (play_line_going(player)) check_leaks(player, end, leaks);
	if (play_line_going(player)) player->play->line = player->line;
	record_end(player, known ? &leaks : NULL);
}

struct player *play_new(struct arena *arena, const struct scenario *scenario, struct target *target, const struct play_options *options,
	struct play *play, struct failure *failure)
{
	struct player *player;

	assert(arena && scenario && target && options && play && failure);
	assert(scenario->dialects[options->dialect]);
	memset(play, 0, sizeof *play);
	player = arena_room(arena, sizeof *player);
	if (!player) {
		memset(failure, 0, sizeof *failure);
		snprintf(failure->text, sizeof failure->text, "expected memory for the play, found none left");
		return NULL;
	}
	memset(player, 0, offsetof(struct player, handles));
	player->arena = arena;
	player->scenario = scenario;
	player->target = target;
	player->options = options;
	player->play = play;
	player->failure = failure;
	target->listener = (struct listener){ player, play_probe_called, play_probe_heard };
	record_begin(player);
	return player;
}

enum status play_scenario(struct arena *arena, const struct scenario *scenario, struct target *target,
	const struct play_options *options, struct play *play, struct failure *failure)
{
	struct player *player = play_new(arena, scenario, target, options, play, failure);

	if (!player) return STATUS_NO_MEMORY;
	if (player->status == STATUS_OK && is_too_long(player)) record_end(player, NULL);
	else if (player->status == STATUS_OK) play_target(player);
	target->listener = (struct listener){0};
	return player->status;
}
