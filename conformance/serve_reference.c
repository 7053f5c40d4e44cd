/* serve_reference.c -- lines in, calls of the simulated world, lines out. */
#include "conformance/serve_reference.h"

#include "conformance/adapter_process.h"
#include "conformance/adapter_protocol.h"
#include "conformance/json_text.h"
#include "sim/world.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES (256u << 20)   /* reserved; touched as far as it is used */
#define TURN_MS 10                 /* between two looks at the clock */
#define OWN_ORIGIN "http://origin"

struct server {
	const struct serve_options *options;
	struct arena arena;
	struct target *target;        /* NULL: no scenario */
	char origin[300];             /* of the runner; the world has its own name for it */
	int64_t began_ns;
	int64_t commands;             /* since then */
	json_t *pending;              /* a command that is answered when something has happened before it; NULL: none */
	int64_t callbacks;            /* made so far */
	unsigned said;                /* lines */
	unsigned depth;               /* callbacks that wait for their answer: the world is in the middle of a step */
	bool gone;                    /* nobody is left to talk to, or bye was said */
	bool failed;
	size_t used, taken;           /* of buffer */
	char *buffer;                 /* ADAPTER_LINE_MAX + 1 */
};

/* --- lines */

static void write_all(struct server *server, const char *bytes, size_t length)
{
	while (length && !server->gone) {
		ssize_t n = write(1, bytes, length);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) {
			server->gone = server->failed = true;
			return;
		}
		bytes += n;
		length -= (size_t)n;
	}
}

/* Steals the message. */
static void say(struct server *server, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT), *line = NULL;
	int length = text ? asprintf(&line, "%s\n", text) : -1;
	if (length < 0) server->gone = server->failed = true;
	else if (!server->options->say || server->options->say(server->options->context, ++server->said, line, (size_t)length))
		write_all(server, line, (size_t)length);
	if (length >= 0) free(line);
	free(text);
	json_decref(message);
}

/* Lets the world come to the present. */
static void catch_up(struct server *server)
{
	char why[FAILURE_TEXT_MAX];
	int64_t command_ns = server->options->command_ns;
	int64_t now_ns = command_ns ? server->commands * command_ns : adapter_process_clock() - server->began_ns;
	while (server->target && server->target->now(server->target->self) < now_ns)
		if (!server->target->step(server->target->self, now_ns, why, sizeof why)) {
			server->gone = server->failed = true;
			return;
		}
}

/* The next line of stdin without its LF; NULL at the end. Time goes on meanwhile, unless a client is being called back. */
static char *hear_line(struct server *server, bool inside)
{
	while (!server->gone) {
		/* A client that was called back meanwhile has talked, too. */
		memmove(server->buffer, server->buffer + server->taken, server->used -= server->taken);
		server->taken = 0;
		char *end = memchr(server->buffer, '\n', server->used);
		if (end) {
			*end = '\0';
			server->taken = (size_t)(end - server->buffer) + 1;
			return server->buffer;
		}
		struct pollfd fd = { .fd = 0, .events = POLLIN };
		if (poll(&fd, 1, server->target && !inside && !server->options->command_ns ? TURN_MS : -1) <= 0) {
			if (!inside) catch_up(server);
			continue;
		}
		ssize_t n = server->used < ADAPTER_LINE_MAX ? read(0, server->buffer + server->used, ADAPTER_LINE_MAX - server->used) : 0;
		if (n <= 0 && errno != EINTR) server->gone = true;
		else if (n > 0) server->used += (size_t)n;
	}
	return NULL;
}

/* --- commands to calls, replies to answers */

static json_t *reply_to(const json_t *message, const char *shape, json_t *body)
{
	json_t *root = json_object();
	json_object_set(root, "id", json_object_get(message, "id"));
	json_object_set_new(root, shape, body);
	return root;
}

static json_t *broken(const json_t *message, const char *why)
{
	json_t *body = json_object();
	json_put_text(body, "why", why);
	return reply_to(message, "broken", body);
}

static json_t *unsupported(const json_t *message, const char *feature, const char *why)
{
	json_t *body = json_object();
	json_put_text(body, "feature", feature);
	json_put_text(body, "why", why);
	return reply_to(message, "unsupported", body);
}

/* One origin is called differently here and there. Text in the arena. */
static const char *rename_origin(struct server *server, const char *text, const char *from, const char *to)
{
	char renamed[VALUE_TEXT_MAX + 400];
	size_t length = strlen(from);
	if (!length || strncmp(text, from, length) || (text[length] && text[length] != '/')) return text;
	int n = snprintf(renamed, sizeof renamed, "%s%.*s", to, VALUE_TEXT_MAX, text + length);
	return arena_text(&server->arena, renamed, (size_t)n);
}

static bool read_call(struct server *server, json_t *message, struct call *call)
{
	const char *key;
	json_t *value;
	*call = (struct call){ .command = json_text(message, "cmd") };
	json_object_foreach(json_object_get(message, "a"), key, value) {
		struct named_value *arg = &call->args[call->args_count];
		if (call->args_count == CALL_ARGS_MAX || json_string_length(value) > VALUE_TEXT_MAX) return false;
		*arg = (struct named_value){ .key = key };
		arg->value.kind = json_is_null(value) ? VALUE_NULL : json_is_string(value) ? VALUE_TEXT : VALUE_NUMBER;
		arg->value.number = (uint64_t)json_integer_value(value);
		if (json_is_string(value)) arg->value.text = rename_origin(server, json_string_value(value), server->origin, OWN_ORIGIN);
		call->args_count++;
	}
	return true;
}

static json_t *result_of(struct server *server, const struct reply *reply)
{
	json_t *result = json_object();
	json_object_set_new(result, "hr", json_integer(reply->hr));
	for (unsigned i = 0; i < reply->fields_count; i++) {
		const struct value *value = &reply->fields[i].value;
		json_t *told = value->kind == VALUE_NULL ? json_null() : value->kind == VALUE_NUMBER ? json_integer((json_int_t)value->number) :
			json_string(rename_origin(server, value->text, OWN_ORIGIN, server->origin));
		json_object_set_new(result, reply->fields[i].key, told);
	}
	return result;
}

static void obey_api(struct server *server, json_t *message)
{
	struct call call;
	struct reply reply = { .kind = REPLY_UNSUPPORTED };
	if (!read_call(server, message, &call)) {
		say(server, broken(message, "expected at most 16 arguments of at most 3000 bytes"));
		return;
	}
	server->target->call(server->target->self, &call, &reply);
	switch (reply.kind) {
	case REPLY_RESULT: say(server, reply_to(message, "r", result_of(server, &reply))); break;
	case REPLY_UNSUPPORTED: say(server, unsupported(message, reply.feature, reply.why)); break;
	case REPLY_BROKEN: say(server, broken(message, reply.why)); break;
	}
}

/* --- commands of the protocol */

static json_t *answer_hello(struct server *server, json_t *args)
{
	(void)server, (void)args;
	return json_pack("{s:i}", "version", ADAPTER_PROTOCOL_VERSION);
}

static json_t *answer_describe(struct server *server, json_t *args)
{
	(void)server, (void)args;
	return json_pack("{s:s, s:s, s:[s,s], s:s, s:[]}", "implementation", "reference", "version", BGCHECK_VERSION,
		"dialects", "do", "bits", "tier", "real", "lacks");
}

static json_t *answer_reset(struct server *server, json_t *args)
{
	(void)args;
	server->target = NULL;
	return json_object();
}

static uint32_t on_called(void *context, const struct callback *callback);

static void on_line(void *context, const struct trace_line *line)
{
	(void)context, (void)line;
}

static json_t *answer_begin(struct server *server, json_t *args)
{
	struct failure failure = { 0 };
	const char *dialect = json_text(args, "dialect");
	int found = machine_dialect_find(dialect, strlen(dialect));
	if (server->depth) return NULL;
	arena_reset(&server->arena);
	server->target = found < 0 ? NULL : world_new(&server->arena, machine_reference((enum dialect)found), 1);
	if (!server->target || server->target->begin(server->target->self, NULL, &failure)) return NULL;
	server->target->listener = (struct listener){ server, on_called, on_line };
	server->began_ns = adapter_process_clock();
	server->commands = 0;
	snprintf(server->origin, sizeof server->origin, "%s", json_text(args, "origin"));
	return json_pack("{s:s, s:s}", "dir", server->target->expand(server->target->self, "$W"), "separator", "\\");
}

static json_t *answer_end(struct server *server, json_t *args)
{
	struct failure failure = { 0 };
	unsigned leaks = 0;
	(void)args;
	if (!server->target || server->target->end(server->target->self, &leaks, &failure)) return NULL;
	server->target = NULL;
	return json_pack("{s:i}", "leaks", (int)leaks);
}

/* The world has no such command: a handle that can be given another reference is alive. */
static json_t *answer_probe(struct server *server, json_t *args)
{
	struct call call = { .command = "handle.add_ref", .args_count = 1,
		.args = { { "handle", { .kind = VALUE_TEXT, .text = json_text(args, "handle") } } } };
	struct reply reply;
	if (!server->target) return NULL;
	server->target->call(server->target->self, &call, &reply);
	bool alive = reply.kind == REPLY_RESULT && reply.hr < 0x80000000u;
	call.command = "handle.release";
	if (alive) server->target->call(server->target->self, &call, &reply);
	return json_pack("{s:i, s:i}", "hr", 0, "alive", (int)alive);
}

static json_t *answer_now(struct server *server, json_t *args)
{
	(void)args;
	if (!server->target) return NULL;
	return json_pack("{s:i, s:I}", "hr", 0, "ns", (json_int_t)server->target->now(server->target->self));
}

static json_t *answer_bye(struct server *server, json_t *args)
{
	(void)server, (void)args;
	return json_object();
}

static const struct { const char *command; json_t *(*answer)(struct server *, json_t *args); } OWN[] = {
	{ "hello", answer_hello }, { "describe", answer_describe }, { "reset", answer_reset }, { "scenario.begin", answer_begin },
	{ "scenario.end", answer_end }, { "handle.probe", answer_probe }, { "clock.now", answer_now }, { "bye", answer_bye },
};

static void obey(struct server *server, json_t *message)
{
	const char *command = json_text(message, "cmd");
	for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++) {
		if (strcmp(OWN[i].command, command)) continue;
		json_t *result = OWN[i].answer(server, json_object_get(message, "a"));
		say(server, result ? reply_to(message, "r", result) : broken(message, "expected a scenario that has begun, in a dialect do or bits"));
		if (!strcmp(command, "bye")) server->gone = true;
		return;
	}
	if (server->target) obey_api(server, message);
	else say(server, adapter_protocol_knows(command) ? broken(message, "expected scenario.begin first") :
		unsupported(message, command, "there is no such command"));
}

/* Hears one line; the caller owns it. NULL: there will be none. */
static json_t *hear(struct server *server, bool inside)
{
	char *line = hear_line(server, inside);
	json_t *message = line ? json_loads(line, 0, NULL) : NULL;
	if (line && !json_is_object(message)) {
		fprintf(stderr, "bgcheck: expected a JSON object on a line, found %.60s\n", line);
		server->gone = server->failed = true;
	}
	if (message && server->options->hear) server->options->hear(server->options->context, message);
	return message;
}

static void obey_pending(struct server *server)
{
	json_t *message = server->pending;
	server->pending = NULL;
	if (json_is_object(message) && !server->gone) obey(server, message);
	json_decref(message);
}

/* Calls the client back; it may send commands before it answers. */
static uint32_t on_called(void *context, const struct callback *callback)
{
	struct server *server = context;
	int64_t number = ++server->callbacks;
	uint32_t result = 0;
	json_t *event = json_pack("{s:s, s:I, s:s, s:s, s:[]}", "ev", "cb", "cb", (json_int_t)number, "kind", callback->kind, "job", callback->job, "borrowed");
	if (callback->error[0]) {
		json_put_text(event, "error", callback->error);
		json_array_append_new(json_object_get(event, "borrowed"), json_string(callback->error));
	}
	say(server, event);
	server->depth++;
	obey_pending(server);
	for (bool answered = false; !answered && !server->gone;) {
		json_t *message = hear(server, true);
		answered = json_is_integer(json_object_get(message, "cb"));
		if (answered) result = (uint32_t)json_integer_value(json_object_get(message, "ret"));
		else if (json_is_object(message)) obey(server, message);
		json_decref(message);
	}
	server->depth--;
	return result;
}

int serve_reference(const struct serve_options *options)
{
	struct server server = { .options = options, .buffer = malloc(ADAPTER_LINE_MAX + 1) };
	if (!server.buffer || arena_init(&server.arena, ARENA_BYTES)) {
		fprintf(stderr, "bgcheck: out of memory\n");
		free(server.buffer);
		return 1;
	}
	while (!server.gone) {
		server.pending = hear(&server, false);
		server.commands++;
		if (options->command_ns) catch_up(&server);
		/* Before anything else happens: a client does not answer a callback while it waits for an answer itself. */
		obey_pending(&server);
		if (!server.gone) catch_up(&server);
	}
	arena_done(&server.arena);
	free(server.buffer);
	return server.failed ? 1 : 0;
}
