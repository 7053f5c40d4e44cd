/* adapter.c -- a third party's process as a target: a live origin and a work folder for each scenario, a process for one or several. */
#include "conformance/adapter.h"

#include "conformance/adapter_path.h"
#include "conformance/adapter_session.h"
#include "conformance/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct adapter {
	struct target target;
	struct adapter_options options;
	struct arena *arena;
	struct adapter_session *session;  /* the caller's, or one that ends with the scenario */
	struct adapter_path path;
	struct live *live;
	bool playing;
	char restarted[FAILURE_TEXT_MAX];  /* why the process that waited was not good enough; "" : it was, or none did */
	char lacks_dialect[32];      /* dialect.do when the adapter has not the dialect of the scenario; "" : it has */
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

static const char *field_text(const struct reply *reply, const char *key)
{
	const struct value *value = adapter_protocol_field(reply, key);
	return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

static bool has_dialect(const struct adapter *adapter, const char *name)
{
	const char *at = strstr(adapter->session->description.dialects, name);
	return at && (at[strlen(name)] == '\0' || at[strlen(name)] == ' ');
}

static bool begin_scenario(struct adapter *adapter, const struct scenario *scenario)
{
	struct call call = make_call("scenario.begin");
	struct reply reply;
	char why[FAILURE_TEXT_MAX];
	const char *origin = live_url_peek(adapter->live, "origin");

	if (!origin) return adapter_link_fail(&adapter->session->link, "expected a free port on 127.0.0.1, found none");
	add_text(&call, "id", scenario->id);
	add_text(&call, "dir", adapter->path.work);
	add_text(&call, "origin", origin);
	add_text(&call, "dialect", machine_dialect_name(adapter->options.dialect));
	adapter->began_ns = adapter_process_clock();
	adapter_session_ask(adapter->session, &call, adapter->options.step_timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	if (reply.kind == REPLY_UNSUPPORTED)
		return adapter_link_fail(&adapter->session->link, "expected an adapter that plays scenarios, found scenario.begin unsupported: %.200s", reply.why);
	if (reply.hr >= 0x80000000u)
		return adapter_link_fail(&adapter->session->link, "expected success of scenario.begin, found hr 0x%08" PRIX32, reply.hr);
	return adapter_path_spell(&adapter->path, field_text(&reply, "dir"), field_text(&reply, "separator"), why, sizeof why) ||
		adapter_link_fail(&adapter->session->link, "%.300s", why);
}

static void close_world(struct adapter *adapter)
{
	if (adapter->live) live_done(adapter->live);
	adapter->live = NULL;
	adapter_path_remove(&adapter->path);
}

/* Another scenario begins for the session, with all of its time. */
static bool turn_session(struct adapter *adapter, struct failure *failure)
{
	int64_t due_ns = adapter_process_clock() + adapter->options.scenario_timeout_ns;
	return adapter_session_turn(adapter->session, &adapter->options, due_ns, failure->text, sizeof failure->text);
}

/* The process that waits for a scenario, if it can be seen to be as good as new, or a new one. */
static bool take_process(struct adapter *adapter, struct failure *failure)
{
	struct adapter_session *session = adapter->session;
	const struct adapter_options *options = &adapter->options;
	if (session->running) {
		if (adapter_session_renew(session, options)) return true;
		snprintf(adapter->restarted, sizeof adapter->restarted, "%s", session->link.broken);
		adapter_session_end(session);
		/* The time that the old one took is not the new one's. */
		if (!turn_session(adapter, failure)) return false;
	}
	return adapter_session_start(session, options);
}

static enum status open_world(struct adapter *adapter, struct failure *failure)
{
	adapter->began_ns = adapter_process_clock();
	adapter->live = live_new(adapter->arena, adapter->session->link.base, adapter_now, adapter, &adapter->target.listener, failure);
	return adapter->live ? STATUS_OK : STATUS_IO;
}

static enum status begin(struct adapter *adapter, const struct scenario *scenario, struct failure *failure)
{
	const char *dialect = machine_dialect_name(adapter->options.dialect);

	if (!adapter_path_make(&adapter->path, adapter->options.work_dir, failure->text, sizeof failure->text)) return STATUS_IO;
	if (!turn_session(adapter, failure)) return STATUS_IO;
	bool kept = adapter->session->running;
	if (!take_process(adapter, failure)) return failure->text[0] ? STATUS_IO : STATUS_PEER;
	kept = kept && !adapter->restarted[0];
	enum status status = open_world(adapter, failure);
	if (status != STATUS_OK) return status;
	/* Without the dialect every command is unsupported; the process only waits for bye. */
	if (!has_dialect(adapter, dialect)) {
		snprintf(adapter->lacks_dialect, sizeof adapter->lacks_dialect, "dialect.%s", dialect);
		return STATUS_OK;
	}
	bool ready = (kept || adapter_session_reset(adapter->session, adapter->options.step_timeout_ns)) && begin_scenario(adapter, scenario);
	return ready ? STATUS_OK : STATUS_PEER;
}

static enum status adapter_begin(void *self, const struct scenario *scenario, struct failure *failure)
{
	struct adapter *adapter = self;
	assert(!adapter->playing);

	*failure = (struct failure){ 0 };
	adapter->lacks_dialect[0] = adapter->restarted[0] = '\0';
	enum status status = begin(adapter, scenario, failure);
	adapter->playing = status == STATUS_OK;
	if (adapter->playing) return STATUS_OK;
	if (status == STATUS_PEER) snprintf(failure->text, sizeof failure->text, "%s", adapter->session->link.broken);
	close_world(adapter);
	adapter_session_end(adapter->session);
	return status;
}

static bool is_world(const char *feature)
{
	static const char *const areas[] = { "host.", "net.", "link", "disk.", "service.", "user.", "clock.wall", "clock.boot", "clock.monotonic", "clock.sleep", "policy", "timer.", "serve.", "fault." };
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
		if (!strncmp(feature, areas[i], strlen(areas[i]))) return true;
	return false;
}

static bool adapter_has(void *self, const char *feature)
{
	const struct adapter *adapter = self;
	if (!strncmp(feature, "dialect.", 8)) return adapter->session->described && has_dialect(adapter, feature + 8);
	if (is_world(feature)) return live_has(feature);
	return adapter_protocol_knows(feature) && !adapter_protocol_lacks(adapter->session->said, feature);
}

static void answer_callback(struct adapter *adapter, struct adapter_message *message)
{
	struct callback callback;
	uint32_t result = 0;

	adapter_protocol_callback(message->root, &callback);
	adapter->session->depth = 1;
	if (adapter->target.listener.called) result = adapter->target.listener.called(adapter->target.listener.context, &callback);
	adapter->session->depth = 0;
	adapter_link_return(&adapter->session->link, message->id, result);
	json_decref(message->root);
}

/* Callbacks that came during a command are answered behind it, never inside of the loop. */
static void answer_callbacks(struct adapter *adapter)
{
	struct adapter_message message;
	while (adapter->session->depth == 0 && !adapter->session->link.broken[0] && adapter_link_take(&adapter->session->link, &message)) {
		answer_callback(adapter, &message);
		if (adapter_process_clock() >= adapter->session->link.scenario_due_ns)
			adapter_link_fail(&adapter->session->link, "expected the scenario to end before its time-out, found callbacks without end");
	}
}

static void adapter_call(void *self, const struct call *call, struct reply *reply)
{
	struct adapter *adapter = self;

	if (adapter->lacks_dialect[0]) {
		*reply = (struct reply){ .kind = REPLY_UNSUPPORTED };
		snprintf(reply->feature, sizeof reply->feature, "%s", adapter->lacks_dialect);
		snprintf(reply->why, sizeof reply->why, "the adapter has the dialects: %s", adapter->session->description.dialects);
		return;
	}
	if (!adapter_path_name(&adapter->path, adapter->arena, call))
		adapter_link_fail(&adapter->session->link, "expected at most %d local names in a scenario, found more", ADAPTER_FILES_MAX);
	adapter_session_ask(adapter->session, call, adapter->options.step_timeout_ns, reply);
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
	if (adapter_link_run(&adapter->session->link, until_ns - adapter_now(self))) answer_callbacks(adapter);
	if (!adapter->session->link.broken[0]) return true;
	snprintf(why, why_size, "%s", adapter->session->link.broken);
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
	adapter_session_ask(adapter->session, &call, adapter->options.step_timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	const struct value *value = adapter_protocol_field(&reply, "leaks");
	if (reply.kind != REPLY_RESULT || !value || value->kind != VALUE_NUMBER || value->number > UINT32_MAX)
		return adapter_link_fail(&adapter->session->link, "expected a number of leaks in the reply to scenario.end, found none");
	*leaks = (unsigned)value->number;
	answer_callbacks(adapter);
	return !adapter->session->link.broken[0];
}

/* After a leak the next scenario gets a process of its own: what leaked may not be all that is left. */
static bool may_stay(const struct adapter *adapter, unsigned leaks)
{
	return adapter->options.session && !leaks && !adapter->lacks_dialect[0] && adapter_session_stays(adapter->session);
}

static enum status adapter_end(void *self, unsigned *leaks, struct failure *failure)
{
	struct adapter *adapter = self;
	struct adapter_session *session = adapter->session;

	*failure = (struct failure){ 0 };
	*leaks = 0;
	if (!adapter->playing) return STATUS_OK;
	adapter->playing = false;
	bool well = end_scenario(adapter, leaks), stays = well && may_stay(adapter, *leaks);
	if (well && !stays) adapter_session_bye(session);
	close_world(adapter);
	if (!stays) adapter_session_end(session);
	if (!session->link.broken[0]) return STATUS_OK;
	snprintf(failure->text, sizeof failure->text, "%s", session->link.broken);
	return STATUS_PEER;
}

struct target *adapter_new(struct arena *arena, const struct adapter_options *options)
{
	struct adapter *adapter = arena_take(arena, sizeof *adapter);
	struct adapter_session *own = options->session || !adapter ? NULL : arena_take(arena, sizeof *own);
	if (!adapter || (!own && !options->session)) return NULL;
	if (own) own->link.log = -1;
	adapter->options = *options;
	adapter->arena = arena;
	adapter->session = own ? own : options->session;
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
	return adapter->session->described ? &adapter->session->description : NULL;
}

const char *adapter_restarted(const struct target *target)
{
	const struct adapter *adapter = target->self;
	return adapter->restarted;
}
