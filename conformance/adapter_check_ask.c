/* adapter_check_ask.c -- asking an adapter, and telling what came of it. */
#include "conformance/adapter_check_part.h"
#include "conformance/json_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct { const char *word, *claim, *allowed, *place; } STEPS[CHECK_COUNT] = {
#define STEP(id, word, claim, allowed, place) { word, claim, allowed, place },
#include "conformance/adapter_check.def"
};

static void tell_json(struct check *check, enum check_step step, bool ok, const char *skip, const char *came)
{
	json_t *told = json_object();
	json_put_text(told, "step", STEPS[step].word);
	json_put_text(told, "claim", STEPS[step].claim);
	json_object_set_new(told, "ok", json_boolean(ok));
	if (skip) json_put_text(told, "skip", skip);
	if (came) {
		json_put_text(told, "sent", check->sent);
		json_put_text(told, "allowed", STEPS[step].allowed);
		json_put_text(told, "place", STEPS[step].place);
		json_put_text(told, "came", came);
	}
	json_array_append_new(check->told, told);
}

bool check_ok(struct check *check, enum check_step step)
{
	check->steps++;
	if (check->told) tell_json(check, step, true, NULL, NULL);
	else fprintf(check->out, "ok %u - %s: %s\n", check->steps, STEPS[step].word, STEPS[step].claim);
	return true;
}

void check_skip(struct check *check, enum check_step step, const char *why)
{
	check->steps++;
	if (check->told) tell_json(check, step, true, why, NULL);
	else fprintf(check->out, "ok %u - %s: %s # SKIP %s\n", check->steps, STEPS[step].word, STEPS[step].claim, why);
}

bool check_bad(struct check *check, enum check_step step, const char *format, ...)
{
	char came[1400];
	va_list args;
	va_start(args, format);
	vsnprintf(came, sizeof came, format, args);
	va_end(args);
	check->steps++;
	check->bad++;
	check->bad_step[step] = true;
	if (check->told) tell_json(check, step, false, NULL, came);
	else fprintf(check->out, "not ok %u - %s: sent %s; allowed is %s (%s); %s\n", check->steps, STEPS[step].word,
		check->sent[0] ? check->sent : "nothing", STEPS[step].allowed, STEPS[step].place, came);
	return false;
}

/* --- asking */

static void add_word(struct check *check, struct call *call, char *word)
{
	char *value = strchr(word, '=');
	struct named_value *arg = &call->args[call->args_count++];
	assert(value && call->args_count <= CALL_ARGS_MAX);
	*value++ = '\0';
	for (char *at = value; *at; at++)
		if (*at == '\v') *at = ' ';
	*arg = (struct named_value){ .key = word, .value = { .kind = VALUE_TEXT, .text = value } };
	if (!strcmp(value, "~")) arg->value.kind = VALUE_NULL;
	if (*value == '#') arg->value = (struct value){ .kind = VALUE_NUMBER, .number = (uint64_t)strtoll(value + 1, NULL, 10) };
	(void)check;
}

static bool read_words(struct check *check, char *text, struct call *call)
{
	char *rest = NULL, *word = strtok_r(text, " ", &rest);
	*call = (struct call){ .command = word ? word : "" };
	while ((word = strtok_r(NULL, " ", &rest))) add_word(check, call, word);
	return adapter_path_name(&check->path, check->arena, call);
}

static enum came came_of(const struct check *check)
{
	switch (check->reply.kind) {
	case REPLY_RESULT: return check->reply.hr < 0x80000000u ? CAME_SUCCESS : CAME_FAILURE;
	case REPLY_UNSUPPORTED: return CAME_UNSUPPORTED;
	case REPLY_BROKEN: return json_object_get(check->answer, "broken") ? CAME_BROKEN : CAME_MALFORMED;
	}
	UNREACHABLE("every kind of reply came");
	return CAME_NOTHING;
}

static void keep_sent(struct check *check, const struct call *call)
{
	char *line = adapter_protocol_print(check->link.next_id, call);
	snprintf(check->sent, sizeof check->sent, "%.*s", line ? (int)strlen(line) - 1 : 0, line ? line : "");
	free(line);
}

static bool remember(struct check *check, const struct adapter_message *message)
{
	bool again = false;
	for (unsigned i = 0; i < check->callbacks && i < 64; i++) again |= check->numbers[i] == message->id;
	if (check->callbacks < 64) check->numbers[check->callbacks] = message->id;
	check->callbacks++;
	return !again;
}

void check_return(struct check *check)
{
	if (check->message.root) adapter_link_return(&check->link, check->message.id, 0);
	json_decref(check->message.root);
	check->message.root = NULL;
	check->inside = false;
}

/* Callbacks that come where none is waited for: answered, and told when they should not be there. */
static void take_strays(struct check *check)
{
	if (check->inside) return;
	while (adapter_link_take(&check->link, &check->message)) {
		char *text = json_dumps(check->message.root, JSON_COMPACT);
		bool fresh = remember(check, &check->message);
		if (!check->expects_callbacks) check_bad(check, CHECK_UNASKED, "came %.300s", text ? text : "a callback");
		else if (!fresh) check_bad(check, CHECK_CALLBACK_ONCE, "came %.300s, whose number was used before", text ? text : "a callback");
		free(text);
		check_return(check);
	}
}

enum came check_ask(struct check *check, const char *format, ...)
{
	char text[8000];
	struct call call;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	check->reply = (struct reply){ .kind = REPLY_BROKEN };
	json_decref(check->answer);
	check->answer = NULL;
	if (check->over || !read_words(check, text, &call)) return CAME_NOTHING;
	keep_sent(check, &call);
	check->answer = adapter_link_ask(&check->link, &call, strcmp(call.command, "hello") ? check->unit->step_timeout_ns : check->unit->start_timeout_ns);
	if (!check->answer) return CAME_NOTHING;
	adapter_protocol_reply(check->answer, &call, &check->reply);
	enum came came = came_of(check);
	take_strays(check);
	return came;
}

static void tell_broken(struct check *check, enum check_step step)
{
	if (check->over) return;
	check->over = true;
	check_bad(check, step, "%s", check->link.broken[0] ? check->link.broken : "the conversation could not go on");
}

bool check_came(struct check *check, enum check_step step, enum came came, unsigned allowed)
{
	if (came == CAME_NOTHING) {
		tell_broken(check, step);
		return false;
	}
	if (came & allowed) return true;
	char *text = json_dumps(check->answer, JSON_COMPACT);
	if (came == CAME_MALFORMED) check_bad(check, step, "came %.300s: %s", text ? text : "", check->reply.why);
	else check_bad(check, step, "came %.400s", text ? text : "");
	free(text);
	return false;
}

static const struct value *find_field(const struct check *check, const char *key)
{
	for (unsigned i = 0; i < check->reply.fields_count; i++)
		if (!strcmp(check->reply.fields[i].key, key)) return &check->reply.fields[i].value;
	return NULL;
}

const char *check_text(const struct check *check, const char *key)
{
	const struct value *value = find_field(check, key);
	return value && value->kind == VALUE_TEXT ? value->text : "";
}

int64_t check_number(const struct check *check, const char *key)
{
	const struct value *value = find_field(check, key);
	return value && value->kind == VALUE_NUMBER ? (int64_t)value->number : -1;
}

bool check_wait_callback(struct check *check, int64_t ns)
{
	int64_t until_ns = adapter_process_clock() + ns;
	while (adapter_process_clock() < until_ns && adapter_link_run(&check->link, until_ns - adapter_process_clock())) {
		if (!adapter_link_take(&check->link, &check->message)) continue;
		if (remember(check, &check->message)) return check->inside = true;
		char *text = json_dumps(check->message.root, JSON_COMPACT);
		check_bad(check, CHECK_CALLBACK_ONCE, "came %.300s, whose number was used before", text ? text : "a callback");
		free(text);
		check_return(check);
	}
	return false;
}
