/* scenario_step.c -- one line of the plot: which step it is, and the small ones. */
#include "sim/clock.h"
#include "sim/fault_word.h"
#include "sim/scenario_internal.h"

#include <string.h>

#define CRASH_EVENTS_MAX 1000000   /* of a play */
#define NAMED(list) list, sizeof list / sizeof *list

struct scenario_arg *scenario_step_add(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	struct scenario_arg *arg;

	if (step->args_count == SCENARIO_ARGS_MAX) {
		scenario_fail_limit(parser, value, "at most %d words", SCENARIO_ARGS_MAX);
		return NULL;
	}
	arg = &step->args[step->args_count];
	*arg = (struct scenario_arg){ .key = key, .col = value->col };
	arg->text = scenario_fail_text(parser, value->text, value->length);
	if (!arg->text) return NULL;
	step->args_count++;
	return arg;
}

bool scenario_step_add_number(struct parser *parser, struct step *step, const char *key, const struct word *value,
	int64_t number)
{
	struct scenario_arg *arg = scenario_step_add(parser, step, key, value);

	if (!arg) return false;
	arg->number = number;
	arg->is_number = true;
	return true;
}

static const struct scenario_key *find_key(const struct scenario_key *keys, size_t count, const struct word *word, bool flag)
{
	for (size_t i = 0; i < count; i++)
		if (scenario_word_is(word, keys[i].key) && flag == !keys[i].read) return &keys[i];
	return NULL;
}

bool scenario_step_keys(struct parser *parser, struct step *step, const struct scenario_key *keys, size_t count, const char *what)
{
	struct word key, value;

	for (;;) {
		if (!scenario_word_pair(parser, &key, &value)) return false;
		if (value.token == TOKEN_END) return true;
		bool flag = key.token == TOKEN_END;
		const struct word *name = flag ? &value : &key;
		const struct scenario_key *found = find_key(keys, count, name, flag);
		if (!found) return scenario_fail_found(parser, name, "%s", what);
		if (step_arg(step, found->key)) return scenario_fail_found(parser, name, "each word once");
		struct word empty = scenario_word_part(&value, 0, 0);
		if (flag ? !scenario_step_add(parser, step, found->key, &empty) : !found->read(parser, step, found->key, &value))
			return false;
	}
}

/* The step's word: one of the list, which has `phrase` for people. */
static bool read_choice(struct parser *parser, struct step *step, const char *list, const char *phrase)
{
	struct word word;

	if (!scenario_word_next(parser, &word)) return false;
	if (word.token != TOKEN_PLAIN || !scenario_value_listed(list, word.text, word.length))
		return scenario_fail_found(parser, &word, "%s", phrase);
	step->word = scenario_fail_text(parser, word.text, word.length);
	return step->word != NULL;
}

static bool read_net(struct parser *parser, struct step *step)
{
	return read_choice(parser, step, "up down", "up or down") && scenario_word_last(parser);
}

static bool read_service(struct parser *parser, struct step *step)
{
	struct word key, lost;
	int64_t bytes;

	if (!read_choice(parser, step, "kill start power-loss", "kill, start or power-loss")) return false;
	if (strcmp(step->word, "power-loss")) return scenario_word_last(parser);
	if (!scenario_word_pair(parser, &key, &lost)) return false;
	if (lost.token == TOKEN_END) return true;
	if (!scenario_word_is(&key, "lost")) return scenario_fail_found(parser, key.token == TOKEN_END ? &lost : &key, "lost=BYTES");
	if (!scenario_value_size(parser, &lost, &bytes) || !scenario_step_add_number(parser, step, "lost", &lost, bytes)) return false;
	return scenario_word_last(parser);
}

static bool read_user(struct parser *parser, struct step *step)
{
	return read_choice(parser, step, "logoff logon", "logoff or logon") && scenario_word_last(parser);
}

static bool read_name(struct parser *parser, struct step *step)
{
	struct word name;

	if (!scenario_word_next(parser, &name)) return false;
	if (name.token != TOKEN_PLAIN || strncmp(name.text, "$W/", 3)) return scenario_fail_found(parser, &name, "a file such as $W/f1");
	return scenario_step_add(parser, step, "name", &name) != NULL;
}

/* full@N, exists NAME, or a word */
static bool read_disk(struct parser *parser, struct step *step)
{
	struct word word, head, at;
	int64_t bytes;

	if (!scenario_word_next(parser, &word)) return false;
	const char *sign = memchr(word.text, '@', word.length);
	size_t length = sign ? (size_t)(sign - word.text) : word.length;
	head = scenario_word_part(&word, 0, length);
	at = scenario_word_part(&word, sign ? length + 1 : length, word.length);
	const struct fault_word *fault = fault_word_find(STEP_DISK, "", head.text, head.length);
	if ((!fault && !scenario_word_is(&head, "ok")) || (fault && fault->form & FAULT_FORM_AT) != (at.token != TOKEN_END))
		return scenario_fail_words(parser, &word, "", STEP_DISK, "", "ok");
	step->word = scenario_fail_text(parser, head.text, head.length);
	if (!step->word) return false;
	if (at.token != TOKEN_END && !(scenario_value_size(parser, &at, &bytes) &&
		scenario_step_add_number(parser, step, "at", &at, bytes))) return false;
	if (fault && fault->form & FAULT_FORM_NAME && !read_name(parser, step)) return false;
	return scenario_word_last(parser);
}

/* +100ppm: millionths. */
static bool read_drift(struct parser *parser, struct step *step, const struct word *value)
{
	static const char unit[] = "ppm";
	size_t tail = strlen(unit), digits = value->length > tail ? value->length - tail : 0, sign = digits > 0 && (value->text[0] == '+' || value->text[0] == '-');
	int64_t drift = 0;

	for (size_t i = sign; i < digits && drift <= CLOCK_DRIFT_MAX; i++) drift = value->text[i] >= '0' && value->text[i] <= '9' ? drift * 10 + (value->text[i] - '0') : INT64_MAX / 2;
	if (digits <= sign || memcmp(value->text + digits, unit, tail) || drift > CLOCK_DRIFT_MAX)
		return scenario_fail_found(parser, value, "a drift such as +100ppm, at most %dppm", CLOCK_DRIFT_MAX);
	return scenario_step_add_number(parser, step, "drift", value, value->text[0] == '-' ? -drift : drift) && scenario_word_last(parser);
}

static bool read_sleep(struct parser *parser, struct step *step)
{
	struct word length;

	if (!scenario_word_next(parser, &length) || !scenario_value_duration(parser, &length, &step->duration_ns)) return false;
	if (step->duration_ns < 1000000000) return scenario_fail_found(parser, &length, "at least 1s");
	return scenario_step_add_number(parser, step, "", &length, step->duration_ns) && scenario_word_last(parser);
}

/* wall +1h, monotonic drift=+100ppm, sleep 2h */
static bool read_clock(struct parser *parser, struct step *step)
{
	struct word key, jump, length;

	if (!read_choice(parser, step, "wall boot monotonic sleep", "wall, boot, monotonic or sleep")) return false;
	if (!strcmp(step->word, "sleep")) return read_sleep(parser, step);
	if (!scenario_word_pair(parser, &key, &jump)) return false;
	if (scenario_word_is(&key, "drift")) return read_drift(parser, step, &jump);
	if (key.token != TOKEN_END) return scenario_fail_found(parser, &key, "a jump such as +1h, or drift=+100ppm");
	if (jump.token == TOKEN_PLAIN && jump.text[0] == '-' && strcmp(step->word, "wall"))
		return scenario_fail_found(parser, &jump, "a jump forward, for only the wall clock goes back");
	if (jump.token != TOKEN_PLAIN || (jump.text[0] != '+' && jump.text[0] != '-'))
		return scenario_fail_found(parser, &jump, "a jump such as +1h");
	length = scenario_word_part(&jump, 1, jump.length);
	if (!scenario_value_duration(parser, &length, &step->duration_ns)) return false;
	if (jump.text[0] == '-') step->duration_ns = -step->duration_ns;
	return scenario_step_add_number(parser, step, "", &jump, step->duration_ns) && scenario_word_last(parser);
}

static bool read_policy(struct parser *parser, struct step *step)
{
	struct word key, cause;

	if (!read_choice(parser, step, "block allow", "block or allow")) return false;
	if (!scenario_word_pair(parser, &key, &cause)) return false;
	if (cause.token == TOKEN_END) return true;
	if (!scenario_word_is(&key, "cause") || strcmp(step->word, "block"))
		return scenario_fail_found(parser, key.token == TOKEN_END ? &cause : &key,
			strcmp(step->word, "block") ? "a line end" : "cause=");
	if (machine_cause_find(cause.text, cause.length) < 0)
		return scenario_fail_found(parser, &cause, "a cause such as policy.cost");
	return scenario_step_add(parser, step, "cause", &cause) && scenario_word_last(parser);
}

/* at every event, or at event N */
static bool read_crash(struct parser *parser, struct step *step)
{
	struct word word;
	int64_t number;

	if (!read_choice(parser, step, "at", "at every event or at event N") || !scenario_word_next(parser, &word)) return false;
	bool every = scenario_word_is(&word, "every");
	if (every && !scenario_word_next(parser, &word)) return false;
	if (!scenario_word_is(&word, "event")) return scenario_fail_found(parser, &word, every ? "event" : "every event or event N");
	if (every) {
		parser->scenario->crashes = true;
		return scenario_word_last(parser);
	}
	if (!scenario_word_next(parser, &word) || !scenario_value_number(parser, &word, 1, CRASH_EVENTS_MAX, &number)) return false;
	return scenario_step_add_number(parser, step, "event", &word, number) && scenario_word_last(parser);
}

static bool read_watch(struct parser *parser, struct step *step)
{
	return read_choice(parser, step, "never always", "never or always") && scenario_predicate_one(parser, step);
}

static bool read_duration(struct parser *parser, struct step *step)
{
	struct word word;

	return scenario_word_next(parser, &word) && scenario_value_duration(parser, &word, &step->duration_ns);
}

static bool read_within(struct parser *parser, struct step *step)
{
	return read_duration(parser, step) && scenario_predicate_one(parser, step);
}

static bool read_advance(struct parser *parser, struct step *step)
{
	return read_duration(parser, step) && scenario_word_last(parser);
}

static const struct kind {
	const char *name;
	bool (*read)(struct parser *parser, struct step *step);
} kinds[STEP_KIND_COUNT] = {
	[STEP_SERVE] = { "serve", scenario_serve_step },     [STEP_HOST] = { "host", scenario_serve_host },
	[STEP_LINK] = { "link", scenario_link_step },
	[STEP_NET] = { "net", read_net },                    [STEP_DISK] = { "disk", read_disk },
	[STEP_SERVICE] = { "service", read_service },        [STEP_USER] = { "user", read_user },
	[STEP_CLOCK] = { "clock", read_clock },              [STEP_POLICY] = { "policy", read_policy },
	[STEP_CRASH] = { "crash", read_crash },              [STEP_DO] = { "do", scenario_call_do },              [STEP_ON] = { "on", scenario_call_on },
	[STEP_WATCH] = { "watch", read_watch },              [STEP_WITHIN] = { "within", read_within },
	[STEP_ADVANCE] = { "advance", read_advance },        [STEP_EXPECT] = { "expect", scenario_predicate_one },
	[STEP_END] = { "end", scenario_predicate_list },
};

const char *step_kind_name(enum step_kind kind)
{
	return (unsigned)kind < STEP_KIND_COUNT ? kinds[kind].name : NULL;
}

static bool read_kind(struct parser *parser, enum step_kind *kind)
{
	struct word word;

	if (!scenario_word_next(parser, &word)) return false;
	for (int i = 0; i < STEP_KIND_COUNT; i++) {
		*kind = (enum step_kind)i;
		if (scenario_word_is(&word, kinds[i].name)) return true;
	}
	return scenario_fail_found(parser, &word, "a step such as do, serve or within");
}

/* `end` stands once, and last. */
static bool check_end(struct parser *parser, enum step_kind kind, unsigned col)
{
	if (parser->end_line)
		return scenario_fail(parser, col, "expected no step behind end (line %u), found %s", parser->end_line,
			kinds[kind].name);
	if (kind == STEP_END) parser->end_line = parser->line;
	return true;
}

bool scenario_step_line(struct parser *parser)
{
	struct scenario *scenario = parser->scenario;
	struct word first = scenario_word_rest(parser);
	enum step_kind kind;

	if (scenario->steps_count == parser->steps_max) {
		bool told = parser->steps_full;
		parser->steps_full = true;
		return !told && scenario_fail_limit(parser, &first, "at most %d steps", SCENARIO_STEPS_MAX);
	}
	struct step *step = &scenario->steps[scenario->steps_count];
	scenario->steps_count++;
	step->line = parser->line;
	step->col = first.col;
	step->text = scenario_fail_text(parser, parser->at, (size_t)(parser->end - parser->at));
	if (!step->text || !read_kind(parser, &kind)) return false;
	step->kind = kind;
	return check_end(parser, kind, first.col) && kinds[kind].read(parser, step);
}
