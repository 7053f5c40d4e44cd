/* scenario_call.c -- `do` and `on`: commands of method.def, their handles, arguments and replies. */
#include "sim/scenario_internal.h"

#include <string.h>

#define NUMBER_MAX UINT32_MAX   /* counts, flags and languages are 32 bits wide in the API */
#define NEXT_MAX 256            /* elements of one enum.next */
#define TIMES_MAX 1000000

/* One `do` line while it is read. */
struct call {
	const struct method *method;   /* job.set and job.get: the row of the property, once it is known */
	struct handle *handle;         /* NULL: the command has none */
	struct word as;                /* TOKEN_END: no handle is made */
	bool out_null;
	int64_t count;                 /* count=, 1 when not written */
};

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static bool is_property_command(const char *command)
{
	return !strcmp(command, "job.set") || !strcmp(command, "job.get");
}

/* Whether a command's first word is a handle, and of which kind. */
static bool takes_handle(const char *command, enum handle_kind *kind)
{
	*kind = HANDLE_ANY;
	if (!strcmp(command, "job.create") || !strcmp(command, "job.open") || !strcmp(command, "job.enum")) return false;
	if (starts_with(command, "manager.")) return false;
	if (starts_with(command, "job.")) *kind = HANDLE_JOB;
	if (starts_with(command, "error.")) *kind = HANDLE_ERROR;
	if (starts_with(command, "file.")) *kind = HANDLE_FILE;
	if (starts_with(command, "enum.")) *kind = HANDLE_FILES;
	return true;
}

/* The kind of the handle that a command makes under as=. */
static enum handle_kind made_kind(const struct call *call)
{
	const char *command = call->method->command;

	if (!strcmp(command, "job.create") || !strcmp(command, "job.open")) return HANDLE_JOB;
	if (!strcmp(command, "job.enum")) return HANDLE_JOBS;
	if (!strcmp(command, "job.enum_files")) return HANDLE_FILES;
	if (!strcmp(command, "job.get_error")) return HANDLE_ERROR;
	if (!strcmp(command, "error.get_file")) return HANDLE_FILE;
	if (call->handle && !strcmp(command, "enum.next"))
		return call->handle->kind == HANDLE_JOBS ? HANDLE_JOB :
			call->handle->kind == HANDLE_FILES ? HANDLE_FILE : HANDLE_ANY;
	return call->handle ? call->handle->kind : HANDLE_ANY;
}

/* Every dialect of the scenario must have the method. */
static bool check_dialects(struct parser *parser, const struct method *method, const struct word *word)
{
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (parser->scenario->dialects[d] && !method->in[d])
			return scenario_fail_found(parser, word, "a command that dialect %s has",
				machine_dialect_name((enum dialect)d));
	return true;
}

static bool read_command(struct parser *parser, const char **text, const struct method **method)
{
	struct word word;

	if (!scenario_word_next(parser, &word)) return false;
	if (word.token != TOKEN_PLAIN) return scenario_fail_found(parser, &word, "a command such as job.resume");
	*text = scenario_fail_text(parser, word.text, word.length);
	if (!*text) return false;
	*method = machine_method(*text, "");
	if (!*method) return scenario_fail_found(parser, &word, "a command such as job.resume");
	return is_property_command(*text) || check_dialects(parser, *method, &word);
}

static bool read_handle(struct parser *parser, struct step *step, struct call *call)
{
	enum handle_kind kind;
	struct word word;

	if (!takes_handle(step->word, &kind)) return true;
	if (!scenario_word_next(parser, &word)) return false;
	call->handle = scenario_handle_find(parser, &word, kind, true);
	return call->handle && scenario_step_add(parser, step, "", &word);
}

static bool is_null(const struct word *word)
{
	return scenario_word_is(word, "null");
}

/* The words of a property, joined by |, or its number. */
static bool read_words(struct parser *parser, struct step *step, const char *property, const struct word *value)
{
	int64_t number;

	if (!machine_word_value(property, value->text, value->length, &number)) {
		if (value->token != TOKEN_PLAIN || value->text[0] < '0' || value->text[0] > '9')
			return scenario_fail_found(parser, value, "a word of %s", property);
		if (!scenario_value_number(parser, value, 0, NUMBER_MAX, &number)) return false;
	}
	return scenario_step_add_number(parser, step, property, value, number);
}

static bool read_number(struct parser *parser, struct step *step, const char *key, const struct word *value, int64_t high)
{
	int64_t number;

	return scenario_value_number(parser, value, 0, high, &number) &&
		scenario_step_add_number(parser, step, key, value, number);
}

/* The value of a property for job.set, and of type= of job.create. */
static bool read_property(struct parser *parser, struct step *step, const char *property, const struct word *value)
{
	int64_t number;

	switch (scenario_want_domain(property)) {
	case DOMAIN_WORD:
		return read_words(parser, step, property, value);
	case DOMAIN_SECONDS:
		return scenario_value_duration(parser, value, &number) &&
			scenario_step_add_number(parser, step, property, value, number);
	case DOMAIN_NUMBER:
		if (is_null(value)) return scenario_step_add(parser, step, property, value) != NULL;
		return read_number(parser, step, property, value, !strcmp(property, "notify_interface") ? 1 : NUMBER_MAX);
	case DOMAIN_CODE:
	case DOMAIN_STATE:
	case DOMAIN_CONTEXT:
	case DOMAIN_NS:
	case DOMAIN_TEXT:
		break;
	}
	return scenario_value_text(parser, value) && scenario_step_add(parser, step, property, value) != NULL;
}

/* How long a position is: digits, or `eof`. 0: it is none. */
static size_t position_length(const struct word *word)
{
	size_t i = 0;

	if (word->length >= 3 && !memcmp(word->text, "eof", 3)) return 3;
	while (i < word->length && word->text[i] >= '0' && word->text[i] <= '9') i++;
	return i;
}

static bool check_position(struct parser *parser, const struct word *position)
{
	int64_t number;

	return scenario_word_is(position, "eof") || scenario_value_number(parser, position, 0, INT64_MAX, &number);
}

/* FIRST-LAST, FIRST-eof or FIRST+LENGTH. */
static bool check_range(struct parser *parser, const struct word *range)
{
	size_t n = position_length(range);
	struct word first = scenario_word_part(range, 0, n), second = scenario_word_part(range, n, range->length);

	if (n > 0 && second.length > 1 && (second.text[0] == '-' || second.text[0] == '+')) {
		second = scenario_word_part(&second, 1, second.length);
		if (position_length(&second) == second.length)
			return check_position(parser, &first) && check_position(parser, &second);
	}
	return scenario_fail_found(parser, range, "a range such as 0-99, 200-eof or 300+50");
}

/* Ranges with commas between them; none at all is a list too. */
static bool check_ranges(struct parser *parser, const struct word *value)
{
	for (size_t from = 0; from < value->length;) {
		const char *comma = memchr(value->text + from, ',', value->length - from);
		size_t to = comma ? (size_t)(comma - value->text) : value->length;
		struct word range = scenario_word_part(value, from, to);
		if (!check_range(parser, &range)) return false;
		from = to + 1;
		if (from == value->length) return scenario_fail_found(parser, value, "a range behind each comma");
	}
	return true;
}

static bool check_iid(struct parser *parser, const struct word *value)
{
	bool ok = value->token == TOKEN_PLAIN && value->length <= 38;

	for (size_t i = 0; ok && i < value->length; i++) {
		char c = value->text[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-{}", c));
	}
	return ok || scenario_fail_found(parser, value, "an interface name or a GUID");
}

static bool read_as(struct parser *parser, struct step *step, struct call *call, const struct word *value)
{
	if (!scenario_value_name(parser, value, "", "a handle name")) return false;
	if (is_null(value)) return scenario_fail_found(parser, value, "a handle name");
	if (!scenario_handle_free(parser, value)) return false;
	call->as = *value;
	return scenario_step_add(parser, step, "as", value) != NULL;
}

/* property= of job.get: now the row is known. */
static bool read_property_name(struct parser *parser, struct step *step, struct call *call, const struct word *value)
{
	struct scenario_arg *arg = scenario_step_add(parser, step, "property", value);

	if (!arg) return false;
	const struct method *method = machine_method(step->word, arg->text);
	if (!method || !arg->text[0]) return scenario_fail_found(parser, value, "a property of %s", step->word);
	call->method = method;
	return check_dialects(parser, method, value);
}

static bool read_id(struct parser *parser, struct step *step, const struct word *value)
{
	if (value->length && value->text[0] == '?' && !scenario_want_bound(parser, value))
		return scenario_fail_found(parser, value, "a name that a field above has bound");
	return scenario_value_text(parser, value) && scenario_step_add(parser, step, "id", value) != NULL;
}

/* An argument whose key is known to belong to the command. */
static bool read_value(struct parser *parser, struct step *step, struct call *call, const char *key,
	const struct word *value)
{
	int64_t number;

	if (!strcmp(key, "as")) return read_as(parser, step, call, value);
	if (!strcmp(key, "id")) return read_id(parser, step, value);
	if (!strcmp(key, "property")) return read_property_name(parser, step, call, value);
	if (!strcmp(key, "type")) return read_words(parser, step, key, value);
	if (!strcmp(key, "count"))
		return read_number(parser, step, key, value, !strcmp(step->word, "enum.next") ? NEXT_MAX : (int64_t)NUMBER_MAX);
	if (scenario_value_listed("flags language target scheme property_id", key, strlen(key))) return read_number(parser, step, key, value, NUMBER_MAX);
	if (!strcmp(key, "size") && scenario_word_is(value, "unknown")) return scenario_step_add(parser, step, key, value) != NULL;
	if (!strcmp(key, "size"))
		return scenario_value_size(parser, value, &number) && scenario_step_add_number(parser, step, key, value, number);
	if (!strcmp(key, "code") && !scenario_want_code(parser, value)) return false;
	if (!strcmp(key, "iid") && !check_iid(parser, value)) return false;
	if (!strcmp(key, "ranges") && !is_null(value) && !check_ranges(parser, value)) return false;
	return scenario_value_text(parser, value) && scenario_step_add(parser, step, key, value) != NULL;
}

/* job.set: the key is the property, and there is one. */
static bool read_set(struct parser *parser, struct step *step, struct call *call, const struct word *key,
	const struct word *value)
{
	const char *property = scenario_fail_text(parser, key->text, key->length);

	if (!property) return false;
	if (call->method->property[0] && step->args_count > 1)
		return scenario_fail_found(parser, key, "one property for each job.set");
	call->method = machine_method(step->word, property);
	if (!call->method) return scenario_fail_found(parser, key, "a property of job.set");
	return check_dialects(parser, call->method, key) && read_property(parser, step, call->method->property, value);
}

/* out=null: the client passes NULL where the method writes. */
static bool read_out(struct parser *parser, struct step *step, struct call *call, const struct word *key,
	const struct word *value)
{
	const struct method *method = call->method;

	if (!method->fields[0] && !scenario_value_listed(method->args, "as", 2))
		return scenario_fail_found(parser, key, "no out=, for %s writes nothing", step->word);
	if (!is_null(value)) return scenario_fail_found(parser, value, "null");
	call->out_null = true;
	return scenario_step_add(parser, step, "out", value) != NULL;
}

static bool read_arg(struct parser *parser, struct step *step, struct call *call, const struct word *key,
	const struct word *value)
{
	if (key->token == TOKEN_END) return scenario_fail_found(parser, value, "key=value or `->`");
	for (unsigned i = 0; i < step->args_count; i++)
		if (scenario_word_is(key, step->args[i].key)) return scenario_fail_found(parser, key, "each key once");
	if (scenario_word_is(key, "out")) return read_out(parser, step, call, key, value);
	if (!strcmp(step->word, "job.set")) return read_set(parser, step, call, key, value);
	if (!scenario_value_listed(call->method->args, key->text, key->length))
		return call->method->args[0] ? scenario_fail_found(parser, key, "a key of %s: %s", step->word, call->method->args)
			: scenario_fail_found(parser, key, "no key, for %s has none", step->word);
	const char *copy = scenario_fail_text(parser, key->text, key->length);
	if (!copy || !read_value(parser, step, call, copy, value)) return false;
	if (!strcmp(copy, "count")) call->count = step->args[step->args_count - 1].number;
	return true;
}

/* Keys that a command may stand without. */
static bool is_optional(const struct call *call, const char *key, size_t length)
{
	if (scenario_value_listed("name type language size flags url2 local2 url3 local3", key, length)) return true;
	if (strcmp(call->method->command, "enum.next")) return false;
	return call->count != 1 || (length == 5 && !memcmp(key, "count", 5));
}

static bool has_key(const struct step *step, const char *key, size_t length)
{
	for (unsigned i = 0; i < step->args_count; i++)
		if (strlen(step->args[i].key) == length && !memcmp(step->args[i].key, key, length)) return true;
	return false;
}

/* What must be there is; `found` is what stands behind the arguments. */
static bool check_args(struct parser *parser, const struct step *step, const struct call *call, const struct word *found)
{
	if (!strcmp(step->word, "job.set") && step->args_count < 2) return scenario_fail_found(parser, found, "PROPERTY=VALUE");
	for (const char *key = call->method->args; *key; key += strspn(key, " ")) {
		size_t length = strcspn(key, " ");
		bool as = length == 2 && !memcmp(key, "as", 2);
		if (!has_key(step, key, length) && !is_optional(call, key, length) && !(as && call->out_null))
			return scenario_fail_found(parser, found, "%.*s=%s", (int)length, key, as ? "NAME" : "");
		key += length;
	}
	if (call->as.token != TOKEN_END && call->out_null)
		return scenario_fail_found(parser, &call->as, "either as=NAME or out=null");
	if (call->as.token != TOKEN_END && call->count != 1)
		return scenario_fail_found(parser, &call->as, "no as= with a count other than 1");
	for (const char *n = "23"; *n; n++) {
		const char url[] = { 'u', 'r', 'l', *n }, local[] = { 'l', 'o', 'c', 'a', 'l', *n };
		if (has_key(step, url, sizeof url) != has_key(step, local, sizeof local))
			return scenario_fail_found(parser, found, "url%c= and local%c= together", *n, *n);
	}
	return true;
}

/* What a call that does not fail does to the handles. */
static bool change_handles(struct parser *parser, const struct step *step, const struct call *call)
{
	bool none_left = !strcmp(step->word, "enum.next");

	if (scenario_want_fails(parser, &step->want, none_left ? "S_FALSE" : NULL)) return true;
	if (call->as.token != TOKEN_END) return scenario_handle_make(parser, &call->as, made_kind(call));
	if (!strcmp(step->word, "handle.add_ref")) call->handle->references++;
	if (!strcmp(step->word, "handle.release") && --call->handle->references == 0) call->handle->line = parser->line;
	return true;
}

static bool read_do(struct parser *parser, struct step *step)
{
	struct call call = { .as = { .token = TOKEN_END }, .count = 1 };
	struct word key, value, stop;
	bool arrow;

	if (!read_command(parser, &step->word, &call.method) || !read_handle(parser, step, &call)) return false;
	for (;;) {
		stop = scenario_word_rest(parser);
		arrow = scenario_word_arrow(parser);
		if (arrow || stop.token == TOKEN_END) break;
		if (!scenario_word_pair(parser, &key, &value) || !read_arg(parser, step, &call, &key, &value)) return false;
	}
	if (!check_args(parser, step, &call, &stop)) return false;
	const struct scenario_arg *property = step_arg(step, "property");
	if (arrow && !scenario_want_reply(parser, call.method, property ? property->text : "", step)) return false;
	return change_handles(parser, step, &call);
}

bool scenario_call_do(struct parser *parser, struct step *step)
{
	if (read_do(parser, step)) return true;
	if (!parser->no_memory) scenario_handle_guess(parser);
	return false;
}

/* do=COMMAND of `on`: one that needs no more than the job. */
static bool read_on_command(struct parser *parser, struct step *step, const struct word *value)
{
	enum handle_kind kind;
	struct scenario_arg *arg = scenario_step_add(parser, step, "do", value);

	if (!arg) return false;
	const struct method *method = machine_method(arg->text, "");
	if (!method || !takes_handle(method->command, &kind) || kind != HANDLE_JOB || method->args[0])
		return scenario_fail_found(parser, value, "a command of a job without arguments, such as job.cancel");
	return check_dialects(parser, method, value);
}

static bool read_on_key(struct parser *parser, struct step *step, const struct word *key, const struct word *value)
{
	for (unsigned i = 0; i < step->args_count; i++)
		if (scenario_word_is(key, step->args[i].key)) return scenario_fail_found(parser, key, "each key once");
	if (scenario_word_is(key, "return"))
		return scenario_want_code(parser, value) && scenario_step_add(parser, step, "return", value) != NULL;
	if (scenario_word_is(key, "do")) return read_on_command(parser, step, value);
	if (scenario_word_is(key, "times")) {
		int64_t times;
		return scenario_value_number(parser, value, 1, TIMES_MAX, &times) &&
			scenario_step_add_number(parser, step, "times", value, times);
	}
	return scenario_fail_found(parser, key->token == TOKEN_END ? value : key, "return=CODE, times=N or do=COMMAND");
}

bool scenario_call_on(struct parser *parser, struct step *step)
{
	struct word kind, job, key, value;

	if (!scenario_word_next(parser, &kind) || !scenario_predicate_callback(parser, &kind)) return false;
	step->word = scenario_fail_text(parser, kind.text, kind.length);
	if (!step->word || !scenario_word_next(parser, &job)) return false;
	if (!scenario_handle_find(parser, &job, HANDLE_JOB, true) || !scenario_step_add(parser, step, "", &job)) return false;
	for (;;) {
		if (!scenario_word_pair(parser, &key, &value)) return false;
		if (value.token == TOKEN_END) return true;
		if (!read_on_key(parser, step, &key, &value)) return false;
	}
}
