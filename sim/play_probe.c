/* play_probe.c -- looking at jobs, and answering callbacks. */
#include "sim/play_internal.h"

#include <stdio.h>
#include <string.h>

static const char *const ask_commands[PLAY_ASK_COUNT] = {
	"job.state", "job.get_error", "error.get_error", "error.get_file", "file.local_name"
};

void play_probe_prepare(struct player *player)
{
	for (unsigned i = 0; i < PLAY_ASK_COUNT; i++) {
		player->lacks[i] = !player->target->has(player->target->self, ask_commands[i]);
	}
}

/* A command on a handle that is not recorded. False when there is no answer; the play has ended when it is broken. */
static bool send(struct player *player, const char *command, const char *handle, const char *as, struct reply *reply)
{
	struct call call;

	call.command = command;
	call.args_count = 1;
	call.scenario_line = player->line;
	call.probe = true;
	reply->kind = REPLY_BROKEN;
	reply->fields_count = 0;
	if (!play_line_going(player)) return false;
	call.args[0] = (struct named_value){ play_call_key(command), { VALUE_TEXT, 0, handle } };
	if (as) call.args[call.args_count++] = (struct named_value){ "as", { VALUE_TEXT, 0, as } };
	player->target->call(player->target->self, &call, reply);
	assert(reply->fields_count <= REPLY_FIELDS_MAX);
	if (reply->kind == REPLY_BROKEN) play_line_stop(player, PLAY_BROKEN, NULL, reply->why);
	return reply->kind == REPLY_RESULT;
}

/* What the implementation lacks is asked once. */
static bool ask(struct player *player, enum play_ask what, const char *handle, const char *as, struct reply *reply)
{
	if (player->lacks[what]) return false;
	if (send(player, ask_commands[what], handle, as, reply)) return true;
	if (reply->kind == REPLY_UNSUPPORTED) player->lacks[what] = true;
	return false;
}

static const struct value *reply_value(const struct reply *reply, const char *key, enum value_kind kind)
{
	for (unsigned i = 0; i < reply->fields_count; i++) {
		const struct value *value = &reply->fields[i].value;
		if (value->kind == kind && !strcmp(reply->fields[i].key, key)) return value;
	}
	return NULL;
}

static void add_code(struct player *player, struct trace_line *line, const char *key, uint32_t hresult)
{
	char buffer[32];

	trace_add(line, key, play_want_code(player, hresult, buffer));
}

/* The state of a job as a word under `key`; `?` when GetState fails, and then what it answered. */
static enum state add_state(struct player *player, struct trace_line *line, const char *job, const char *key)
{
	struct reply reply;
	const struct value *value;
	const char *name = NULL;
	enum state state = STATE_NONE;

	if (!ask(player, PLAY_ASK_STATE, job, NULL, &reply)) return STATE_NONE;
	value = reply.hr == 0 ? reply_value(&reply, "state", VALUE_NUMBER) : NULL;
	if (value && value->number < STATE_COUNT) state = (enum state)value->number;
	if (state != STATE_NONE) name = machine_state_name(state);
	trace_add(line, key, name ? name : "?");
	if (reply.hr != 0) add_code(player, line, "state_hr", reply.hr);
	return name ? state : STATE_NONE;
}

/* Context and code of an error handle under their keys. */
static void add_error(struct player *player, struct trace_line *line, const char *error, const char *context_key,
	const char *code_key)
{
	struct reply reply;
	const struct value *context, *code;
	char buffer[32];

	if (!ask(player, PLAY_ASK_ERROR, error, NULL, &reply)) return;
	context = reply.hr == 0 ? reply_value(&reply, "context", VALUE_NUMBER) : NULL;
	code = reply.hr == 0 ? reply_value(&reply, "code", VALUE_NUMBER) : NULL;
	trace_add(line, context_key, context ? play_want_word(player, "context", "", context->number, buffer) : "?");
	trace_add(line, code_key, code ? play_want_word(player, "code", "", code->number, buffer) : "?");
	if (reply.hr != 0) add_code(player, line, "error_hr", reply.hr);
}

/* The place of the file in the order of adding; -1 when its name is none of those. */
static int file_index(struct player *player, const struct play_job *job, const char *file)
{
	struct reply reply;
	const struct value *name;

	if (!ask(player, PLAY_ASK_NAME, file, NULL, &reply) || reply.hr != 0) return -1;
	name = reply_value(&reply, "name", VALUE_TEXT);
	for (unsigned i = 0; name && name->text && i < job->files->count; i++)
		if (!strcmp(job->files->names[i], name->text)) return (int)i;
	return -1;
}

/* file=<index>, `none` when the error says that it has no file, `?` when that cannot be told. */
static void add_file(struct player *player, struct trace_line *line, const struct play_job *job, const char *error)
{
	struct reply reply;
	uint32_t none;
	int index;

	if (!ask(player, PLAY_ASK_FILE, error, "_f", &reply)) return;
	if (reply.hr == 0) {
		index = file_index(player, job, "_f");
		if (index >= 0) trace_add_int(line, "file", index);
		else trace_add(line, "file", "?");
		send(player, "handle.release", "_f", NULL, &reply);
		return;
	}
	none = machine_code_value(player->options->dialect, CODE_FILE_NOT_AVAILABLE, NULL);
	trace_add(line, "file", reply.hr == none ? "none" : "?");
	if (reply.hr != none) add_code(player, line, "file_hr", reply.hr);
}

static void build(struct player *player, const struct play_job *job, struct trace_line *line, enum state *after)
{
	struct reply reply;

	play_line_init(player, line, ACTOR_CLIENT, job->name, "probe");
	add_state(player, line, job->name, "state");
	if (ask(player, PLAY_ASK_GET_ERROR, job->name, "_p", &reply)) {
		bool present = reply.hr == 0;
		add_code(player, line, "hr", reply.hr);
		if (present) {
			add_error(player, line, "_p", "context", "code");
			add_file(player, line, job, "_p");
			send(player, "handle.release", "_p", NULL, &reply);
		}
	}
	*after = add_state(player, line, job->name, "after");
	line->at_ns = player->target->now(player->target->self);
}

static bool is_same(const struct trace_line *a, const struct trace_line *b)
{
	if (!a || a->fields_count != b->fields_count || a->text_length != b->text_length) return false;
	for (unsigned i = 0; i < a->fields_count; i++)
		if (strcmp(a->fields[i].key, b->fields[i].key)) return false;
	return !memcmp(a->text, b->text, a->text_length);
}

static void see(struct player *player, struct play_job *job, enum state state)
{
	if (state == job->seen) return;
	job->seen = state;
	job->since_ns = player->target->now(player->target->self);
}

/* A callback in the middle of a probe may have changed the job: what was asked before it is old, so it is asked again. */
static void build_whole(struct player *player, const struct play_job *job, struct trace_line *line, enum state *after)
{
	bool called = player->called, interrupted = true;

	for (unsigned tries = 0; interrupted && tries < PLAY_PROBE_TRIES && play_line_going(player); tries++) {
		player->called = false;
		build(player, job, line, after);
		interrupted = player->called;
		called |= interrupted;
	}
	player->called = called;
}

/* The line of a probe; while time passes only when it tells something new. */
static void probe(struct player *player, struct play_job *job, bool always)
{
	struct trace_line line;
	enum state after = STATE_NONE;

	build_whole(player, job, &line, &after);
	if (!play_line_going(player)) return;
	see(player, job, after);
	if (always || !is_same(job->probe, &line)) job->probe = play_line_record(player, &line);
}

static bool is_known(const struct player *player, const struct play_job *job)
{
	return player->handles[job->handle].references > 0;
}

static enum state poll_state(struct player *player, const struct play_job *job)
{
	struct reply reply;
	const struct value *value;

	if (!ask(player, PLAY_ASK_STATE, job->name, NULL, &reply) || reply.hr != 0) return STATE_NONE;
	value = reply_value(&reply, "state", VALUE_NUMBER);
	return value && value->number < STATE_COUNT ? (enum state)value->number : STATE_NONE;
}

void play_probe_all(struct player *player)
{
	assert(player->nesting == 0);
	player->called = false;
	for (unsigned i = 0; i < player->jobs_count && play_line_going(player); i++) {
		struct play_job *job = &player->jobs[i];
		if (!is_known(player, job)) continue;
		if (player->scenario->probe && !player->lacks[PLAY_ASK_STATE]) probe(player, job, true);
		else if (player->states_asked) see(player, job, poll_state(player, job));
	}
}

void play_probe_poll(struct player *player)
{
	bool called = player->called, probes = player->scenario->probe && !player->lacks[PLAY_ASK_STATE];

	assert(player->nesting == 0);
	if (!probes && !player->states_asked) return;
	player->called = false;
	for (unsigned i = 0; i < player->jobs_count && play_line_going(player); i++) {
		struct play_job *job = &player->jobs[i];
		enum state state;
		if (!is_known(player, job)) continue;
		state = poll_state(player, job);
		if (!play_line_going(player)) return;
		if (probes && (called || state != job->seen)) probe(player, job, false);
		else see(player, job, state);
	}
}

/* The newest `on` line for the callback; one that is used up answers no more. */
static struct play_policy *find_policy(struct player *player, const struct callback *callback)
{
	for (unsigned i = player->policies_count; i-- > 0;) {
		struct play_policy *policy = &player->policies[i];
		if (strcmp(policy->kind, callback->kind) || strcmp(policy->job, callback->job)) continue;
		return policy->left > 0 ? policy : NULL;
	}
	return NULL;
}

/* What the client's method sees: the state, the borrowed error, and the job's own error. */
static void look_inside(struct player *player, const struct callback *callback, struct trace_line *line)
{
	struct reply reply;
	char own[16]; /* a callback inside this one must not take the same name */

	add_state(player, line, callback->job, "state");
	if (strcmp(callback->kind, "job_error")) return;
	if (callback->error && callback->error[0]) add_error(player, line, callback->error, "context", "code");
	snprintf(own, sizeof own, "_c%u", player->nesting);
	if (!ask(player, PLAY_ASK_GET_ERROR, callback->job, own, &reply)) return;
	if (reply.hr != 0) {
		add_code(player, line, "job_hr", reply.hr);
		return;
	}
	add_error(player, line, own, "job_context", "job_code");
	send(player, "handle.release", own, NULL, &reply);
}

/* Records the call, then does what the scenario wants of it. */
static uint32_t handle(struct player *player, const struct callback *callback, unsigned n)
{
	struct play_policy *policy = find_policy(player, callback);
	uint32_t result = policy ? policy->result : 0;
	struct trace_line line;

	if (policy) policy->left--;
	play_line_init(player, &line, ACTOR_CB, callback->job, callback->kind);
	if (!player->ending) look_inside(player, callback, &line);
	add_code(player, &line, "return", result);
	trace_add_int(&line, "n", n);
	play_line_record(player, &line);
	if (policy && policy->command && !player->ending && play_line_going(player)) {
		play_call_simple(player, policy->command, callback->job, policy->line);
	}
	return result;
}

uint32_t play_probe_called(void *context, const struct callback *callback)
{
	struct player *player = context;
	uint32_t result;
	unsigned n;

	assert(callback && callback->kind && callback->job);
	if (player->status != STATUS_OK || (player->over && !player->ending)) return 0;
	if (player->nesting == PLAY_NESTING_MAX) {
		play_line_stop(player, PLAY_BROKEN, NULL, "callbacks come inside callbacks without end");
		return 0;
	}
	n = play_line_count(player, callback->kind, callback->job, true);
	if (player->status != STATUS_OK) return 0;
	player->nesting++;
	player->called = true;
	result = handle(player, callback, n);
	player->nesting--;
	return result;
}

void play_probe_heard(void *context, const struct trace_line *line)
{
	struct player *player = context;
	struct trace_line *copy = play_line_record(player, line);

	if (!copy) return;
	if (copy->scenario_line == 0) copy->scenario_line = player->line;
	if (copy->actor == ACTOR_ORIGIN && !strcmp(copy->event, "request")) {
		play_line_count(player, "request", copy->object, true);
	}
}
