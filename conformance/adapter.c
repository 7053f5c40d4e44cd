/* adapter.c -- a third party's process as a target: one process, one libevent base, one live origin for each scenario. */
#include "conformance/adapter.h"

#include "conformance/adapter_link.h"
#include "conformance/adapter_path.h"
#include "conformance/live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYE_PATIENCE_NS INT64_C(2000000000)   /* from bye to the end of the process */
#define TERM_PATIENCE_NS INT64_C(1000000000)  /* from SIGTERM to SIGKILL */
#define DEPTH_MAX 2                           /* a command, and one inside of a callback */

struct adapter {
	struct target target;
	struct adapter_options options;
	struct arena *arena;
	struct adapter_link link;
	struct adapter_path path;
	struct live *live;
	bool running;
	bool described;
	struct adapter_description description;
	json_t *said;                /* the answer to describe */
	char lacks_dialect[32];      /* dialect.do when the adapter has not the dialect of the scenario; "" : it has */
	unsigned depth;              /* 1: inside of a callback */
	json_t *kept[DEPTH_MAX];     /* owns the texts of the last reply of each depth */
	int64_t began_ns;
};

static int64_t adapter_now(void *self)
{
	const struct adapter *adapter = self;
	return adapter_process_clock() - adapter->began_ns;
}

static struct call make_call(const char *command)
{
	return (struct call){ .command = command };
}

static void add_text(struct call *call, const char *key, const char *text)
{
	assert(call->args_count < CALL_ARGS_MAX);
	call->args[call->args_count++] = (struct named_value){ key, { .kind = VALUE_TEXT, .text = text } };
}

static void add_number(struct call *call, const char *key, uint64_t number)
{
	assert(call->args_count < CALL_ARGS_MAX);
	call->args[call->args_count++] = (struct named_value){ key, { .kind = VALUE_NUMBER, .number = number } };
}

/* Asks; the texts of the reply live until the next question of the same depth. A broken reply breaks the link. */
static void ask(struct adapter *adapter, const struct call *call, int64_t timeout_ns, struct reply *reply)
{
	json_t **kept = &adapter->kept[adapter->depth];
	json_t *answer = adapter_link_ask(&adapter->link, call, timeout_ns);

	*reply = (struct reply){ .kind = REPLY_BROKEN };
	if (answer) {
		json_decref(*kept);
		*kept = answer;
		adapter_protocol_reply(answer, call, reply);
		if (reply->kind != REPLY_BROKEN) return;
		adapter_link_fail(&adapter->link, "%.300s", reply->why);
	}
	snprintf(reply->why, sizeof reply->why, "%s", adapter->link.broken);
}

static const struct value *field(const struct reply *reply, const char *key)
{
	for (unsigned i = 0; i < reply->fields_count; i++)
		if (!strcmp(reply->fields[i].key, key)) return &reply->fields[i].value;
	return NULL;
}

static const char *field_text(const struct reply *reply, const char *key)
{
	const struct value *value = field(reply, key);
	return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

static bool say_hello(struct adapter *adapter)
{
	struct call call = make_call("hello");
	struct reply reply;

	add_number(&call, "version", ADAPTER_PROTOCOL_VERSION);
	ask(adapter, &call, adapter->options.start_timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	const struct value *version = field(&reply, "version");
	if (reply.kind != REPLY_RESULT || !version || version->kind != VALUE_NUMBER)
		return adapter_link_fail(&adapter->link, "expected a version in the reply to hello, found none");
	if (version->number != ADAPTER_PROTOCOL_VERSION)
		return adapter_link_fail(&adapter->link, "expected version %d in the reply to hello, found %" PRId64, ADAPTER_PROTOCOL_VERSION,
			(int64_t)version->number);
	return true;
}

static bool has_dialect(const struct adapter *adapter, const char *name)
{
	const char *at = strstr(adapter->description.dialects, name);
	return at && (at[strlen(name)] == '\0' || at[strlen(name)] == ' ');
}

static bool describe(struct adapter *adapter)
{
	struct call call = make_call("describe");
	char why[FAILURE_TEXT_MAX];
	const char *dialect = machine_dialect_name(adapter->options.dialect);

	adapter->said = adapter_link_ask(&adapter->link, &call, adapter->options.step_timeout_ns);
	if (!adapter->said) return false;
	adapter->described = adapter_protocol_describe(adapter->said, &adapter->description, why, sizeof why);
	if (!adapter->described) return adapter_link_fail(&adapter->link, "%.300s", why);
	adapter->lacks_dialect[0] = '\0';
	if (!has_dialect(adapter, dialect))
		snprintf(adapter->lacks_dialect, sizeof adapter->lacks_dialect, "dialect.%s", dialect);
	return true;
}

static bool reset(struct adapter *adapter)
{
	struct call call = make_call("reset");
	struct reply reply;
	ask(adapter, &call, adapter->options.step_timeout_ns, &reply);
	if (reply.kind != REPLY_RESULT || reply.hr < 0x80000000u) return reply.kind != REPLY_BROKEN;
	return adapter_link_fail(&adapter->link, "expected success of reset, found hr 0x%08" PRIX32, reply.hr);
}

static bool begin_scenario(struct adapter *adapter, const struct scenario *scenario)
{
	struct call call = make_call("scenario.begin");
	struct reply reply;
	char why[FAILURE_TEXT_MAX];
	const char *origin = live_url_peek(adapter->live, "origin");

	if (!origin) return adapter_link_fail(&adapter->link, "expected a free port on 127.0.0.1, found none");
	add_text(&call, "id", scenario->id);
	add_text(&call, "dir", adapter->path.work);
	add_text(&call, "origin", origin);
	add_text(&call, "dialect", machine_dialect_name(adapter->options.dialect));
	adapter->began_ns = adapter_process_clock();
	ask(adapter, &call, adapter->options.step_timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	if (reply.kind == REPLY_UNSUPPORTED)
		return adapter_link_fail(&adapter->link, "expected an adapter that plays scenarios, found scenario.begin unsupported: %.200s", reply.why);
	if (reply.hr >= 0x80000000u)
		return adapter_link_fail(&adapter->link, "expected success of scenario.begin, found hr 0x%08" PRIX32, reply.hr);
	return adapter_path_spell(&adapter->path, field_text(&reply, "dir"), field_text(&reply, "separator"), why, sizeof why) ||
		adapter_link_fail(&adapter->link, "%.300s", why);
}

/* Frees everything of the scenario but the description. `broken` stays. */
static void clean(struct adapter *adapter, int64_t patience_ns)
{
	adapter_link_end(&adapter->link, patience_ns);
	if (adapter->live) live_done(adapter->live);
	if (adapter->link.base) event_base_free(adapter->link.base);
	if (adapter->link.log >= 0) close(adapter->link.log);
	for (int i = 0; i < DEPTH_MAX; i++) json_decref(adapter->kept[i]), adapter->kept[i] = NULL;
	json_decref(adapter->said);
	adapter_path_remove(&adapter->path);
	adapter->said = NULL;
	adapter->live = NULL;
	adapter->link.base = NULL;
	adapter->link.log = -1;
	adapter->running = false;
}

static enum status prepare(struct adapter *adapter, struct failure *failure)
{
	const struct adapter_options *options = &adapter->options;
	adapter->link = (struct adapter_link){ .log = -1, .flood_max = options->flood_max,
		.scenario_due_ns = adapter_process_clock() + options->scenario_timeout_ns };
	adapter->described = false;
	adapter->depth = 0;
	adapter->began_ns = adapter_process_clock();
	signal(SIGPIPE, SIG_IGN);
	if (!adapter_path_make(&adapter->path, options->work_dir, failure->text, sizeof failure->text)) return STATUS_IO;
	if (options->log && (adapter->link.log = open(options->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) < 0) {
		snprintf(failure->text, sizeof failure->text, "expected a log, found %.200s: %s", options->log, strerror(errno));
		return STATUS_IO;
	}
	adapter->link.base = event_base_new();
	if (!adapter->link.base) return STATUS_NO_MEMORY;
	adapter->live = live_new(adapter->arena, adapter->link.base, adapter_now, adapter, &adapter->target.listener, failure);
	return adapter->live ? STATUS_OK : STATUS_IO;
}

static enum status adapter_begin(void *self, const struct scenario *scenario, struct failure *failure)
{
	struct adapter *adapter = self;
	assert(!adapter->running);

	*failure = (struct failure){ 0 };
	enum status status = prepare(adapter, failure);
	if (status == STATUS_OK) {
		bool ready = adapter_link_start(&adapter->link, adapter->options.argv) && say_hello(adapter) && describe(adapter);
		/* Without the dialect every command is unsupported; the process only waits for bye. */
		if (ready && !adapter->lacks_dialect[0]) ready = reset(adapter) && begin_scenario(adapter, scenario);
		adapter->running = ready;
		if (ready) return STATUS_OK;
		snprintf(failure->text, sizeof failure->text, "%s", adapter->link.broken);
		status = STATUS_PEER;
	}
	clean(adapter, TERM_PATIENCE_NS);
	return status;
}

static bool is_world(const char *feature)
{
	static const char *const areas[] = { "host.", "net.", "disk.", "service.", "user.", "clock.wall", "policy", "timer.", "serve.", "fault." };
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		if (!strncmp(feature, areas[i], strlen(areas[i]))) return true;
	return false;
}

static bool adapter_has(void *self, const char *feature)
{
	const struct adapter *adapter = self;
	if (!strncmp(feature, "dialect.", 8)) return adapter->described && has_dialect(adapter, feature + 8);
	if (is_world(feature)) return live_has(feature);
	return adapter_protocol_knows(feature) && !adapter_protocol_lacks(adapter->said, feature);
}

static void answer_callback(struct adapter *adapter, struct adapter_message *message)
{
	struct callback callback;
	uint32_t result = 0;

	adapter_protocol_callback(message->root, &callback);
	adapter->depth = 1;
	if (adapter->target.listener.called) result = adapter->target.listener.called(adapter->target.listener.context, &callback);
	adapter->depth = 0;
	adapter_link_return(&adapter->link, message->id, result);
	json_decref(message->root);
}

/* Callbacks that came during a command are answered behind it, never inside of the loop. */
static void answer_callbacks(struct adapter *adapter)
{
	struct adapter_message message;
	while (adapter->depth == 0 && !adapter->link.broken[0] && adapter_link_take(&adapter->link, &message)) {
		answer_callback(adapter, &message);
		if (adapter_process_clock() >= adapter->link.scenario_due_ns)
			adapter_link_fail(&adapter->link, "expected the scenario to end before its time-out, found callbacks without end");
	}
}

static void adapter_call(void *self, const struct call *call, struct reply *reply)
{
	struct adapter *adapter = self;

	if (adapter->lacks_dialect[0]) {
		*reply = (struct reply){ .kind = REPLY_UNSUPPORTED };
		snprintf(reply->feature, sizeof reply->feature, "%s", adapter->lacks_dialect);
		snprintf(reply->why, sizeof reply->why, "the adapter has the dialects: %s", adapter->description.dialects);
		return;
	}
	if (!adapter_path_name(&adapter->path, adapter->arena, call))
		adapter_link_fail(&adapter->link, "expected at most %d local names in a scenario, found more", ADAPTER_FILES_MAX);
	ask(adapter, call, adapter->options.step_timeout_ns, reply);
	answer_callbacks(adapter);
}

static bool adapter_change(void *self, const struct step *step, char *why, size_t why_size)
{
	struct adapter *adapter = self;
	if (step->kind == STEP_SERVE || step->kind == STEP_HOST) return live_change(adapter->live, step, why, why_size);
	snprintf(why, why_size, "the live world of an adapter process cannot change `%s`", step_kind_name(step->kind));
	return false;
}

static bool adapter_step(void *self, int64_t until_ns, char *why, size_t why_size)
{
	struct adapter *adapter = self;
	if (adapter_link_run(&adapter->link, until_ns - adapter_now(self))) answer_callbacks(adapter);
	if (!adapter->link.broken[0]) return true;
	snprintf(why, why_size, "%s", adapter->link.broken);
	return false;
}

static int64_t adapter_next_timer(void *self)
{
	(void)self;
	return -1;
}

static const char *url_of(void *context, const char *host)
{
	struct adapter *adapter = context;
	const char *url = live_url(adapter->live, host);
	return url ? url : "http://nosuch.invalid";
}

static const char *adapter_expand(void *self, const char *text)
{
	struct adapter *adapter = self;
	return adapter_path_expand(&adapter->path, text, url_of, adapter);
}

static int adapter_compare(void *self, const char *local, const char *path)
{
	struct adapter *adapter = self;
	char ours[PATH_MAX];
	adapter_path_ours(&adapter->path, local, ours, sizeof ours);
	return live_compare(adapter->live, ours, path);
}

static int adapter_temporary(void *self, const char *folder)
{
	struct adapter *adapter = self;
	char ours[PATH_MAX];
	adapter_path_ours(&adapter->path, folder, ours, sizeof ours);
	return adapter_path_temporary(&adapter->path, ours);
}

static bool end_scenario(struct adapter *adapter, unsigned *leaks)
{
	struct call call = make_call("scenario.end");
	struct reply reply;

	if (adapter->lacks_dialect[0]) return true;
	ask(adapter, &call, adapter->options.step_timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	const struct value *value = field(&reply, "leaks");
	if (reply.kind != REPLY_RESULT || !value || value->kind != VALUE_NUMBER || value->number > UINT32_MAX)
		return adapter_link_fail(&adapter->link, "expected a number of leaks in the reply to scenario.end, found none");
	*leaks = (unsigned)value->number;
	answer_callbacks(adapter);
	return !adapter->link.broken[0];
}

/* bye: it exits by itself, and well: a crash while it tidies up is a finding like any other. */
static void say_bye(struct adapter *adapter)
{
	struct call call = make_call("bye");
	char state[80];

	if (!adapter_link_tell(&adapter->link, &call) || !adapter_link_gone(&adapter->link, BYE_PATIENCE_NS)) return;
	if (!adapter->link.process.killed && !adapter->link.process.code) return;
	adapter_process_describe(&adapter->link.process, state, sizeof state);
	adapter_link_fail(&adapter->link, "expected exit status 0 after bye, found an adapter that %s", state);
}

static enum status adapter_end(void *self, unsigned *leaks, struct failure *failure)
{
	struct adapter *adapter = self;

	*failure = (struct failure){ 0 };
	*leaks = 0;
	if (!adapter->running) return STATUS_OK;
	if (end_scenario(adapter, leaks)) say_bye(adapter);
	bool broken = adapter->link.broken[0];
	clean(adapter, TERM_PATIENCE_NS);
	if (!broken) return STATUS_OK;
	snprintf(failure->text, sizeof failure->text, "%s", adapter->link.broken);
	return STATUS_PEER;
}

struct target *adapter_new(struct arena *arena, const struct adapter_options *options)
{
	struct adapter *adapter = arena_take(arena, sizeof *adapter);
	if (!adapter) return NULL;
	adapter->options = *options;
	adapter->arena = arena;
	adapter->link.log = -1;
	adapter->target = (struct target){
		.self = adapter, .tier = TIER_REAL,
		.begin = adapter_begin, .has = adapter_has, .call = adapter_call, .change = adapter_change,
		.step = adapter_step, .now = adapter_now, .next_timer = adapter_next_timer, .expand = adapter_expand,
		.compare = adapter_compare, .temporary = adapter_temporary, .end = adapter_end,
	};
	return &adapter->target;
}

const struct adapter_description *adapter_description(const struct target *target)
{
	const struct adapter *adapter = target->self;
	return adapter->described ? &adapter->description : NULL;
}
