/* fake_target.c -- a target that does what a test tells it. */
#include "sim/test/fake_target.h"

#include "model/job.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static uint32_t code(const struct fake *fake, const char *word)
{
	uint32_t hresult = 0;
	bool known = machine_code(fake->dialect, word, strlen(word), &hresult);

	assert(known);
	return hresult;
}

static void write_log(struct fake *fake, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_log(struct fake *fake, const char *format, ...)
{
	size_t left = sizeof fake->log - fake->log_length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(fake->log + fake->log_length, left, format, args);
	va_end(args);
	assert(n >= 0 && (size_t)n < left);
	fake->log_length += (size_t)n;
}

static struct fake_job *find_job(struct fake *fake, const char *name)
{
	for (unsigned i = 0; i < fake->jobs_count; i++)
		if (!strcmp(fake->jobs[i].name, name)) return &fake->jobs[i];
	return NULL;
}

static struct fake_handle *find_handle(struct fake *fake, const char *name)
{
	for (unsigned i = fake->handles_count; i-- > 0;)
		if (fake->handles[i].references > 0 && !strcmp(fake->handles[i].name, name)) return &fake->handles[i];
	return NULL;
}

static const struct value *arg(const struct call *call, const char *key)
{
	for (unsigned i = 0; i < call->args_count; i++)
		if (!strcmp(call->args[i].key, key)) return &call->args[i].value;
	return NULL;
}

static const char *text_arg(const struct call *call, const char *key)
{
	const struct value *value = arg(call, key);

	return value && value->kind == VALUE_TEXT ? value->text : "";
}

static struct fake_handle *add_handle(struct fake *fake, const struct call *call, char kind, unsigned job)
{
	struct fake_handle *handle = &fake->handles[fake->handles_count++];

	assert(fake->handles_count <= FAKE_HANDLES_MAX);
	snprintf(handle->name, sizeof handle->name, "%s", text_arg(call, "as"));
	handle->kind = kind;
	handle->references = 1;
	handle->job = job;
	return handle;
}

static void reply_number(struct reply *reply, const char *key, uint64_t number)
{
	reply->fields[reply->fields_count++] = (struct named_value){ key, { VALUE_NUMBER, number, NULL } };
}

static void reply_text(struct reply *reply, const char *key, const char *text)
{
	reply->fields[reply->fields_count++] = (struct named_value){ key, { VALUE_TEXT, 0, text } };
}

/* The handle's name is not part of the protocol's promise; a callback tells the player of it. */
static void call_back(struct fake *fake, const struct fake_event *event)
{
	struct fake_job *job = find_job(fake, event->job);
	struct callback callback = { event->word, event->job, "" };
	struct fake_handle *borrowed = NULL;

	if (job && job->has_error && !strcmp(event->word, "job_error")) {
		borrowed = &fake->handles[fake->handles_count++];
		*borrowed = (struct fake_handle){ .name = "borrowed", .kind = 'e', .references = 1, .error = job->error };
		callback.error = borrowed->name;
	}
	fake->in_callback++;
	fake->returned = fake->target.listener.called(fake->target.listener.context, &callback);
	fake->in_callback--;
	if (borrowed) borrowed->references = 0;
}

static void tell_line(struct fake *fake, const struct fake_event *event)
{
	struct trace_line line;

	trace_line_init(&line, event->at_ns, ACTOR_ORIGIN, event->job, event->word);
	fake->target.listener.line(fake->target.listener.context, &line);
}

static bool happen(struct fake *fake, struct fake_event *event, char *why, size_t why_size)
{
	struct fake_job *job = find_job(fake, event->job ? event->job : "");

	event->done = true;
	switch (event->kind) {
	case FAKE_STATE:
	case FAKE_ERROR:
		assert(job);
		job->state = event->state;
		job->has_error = event->kind == FAKE_ERROR;
		job->error = event->error;
		return true;
	case FAKE_CALLBACK: call_back(fake, event); return true;
	case FAKE_LINE: tell_line(fake, event); return true;
	case FAKE_GONE: snprintf(why, why_size, "the adapter died"); return false;
	}
	return true;
}

static enum status fake_begin(void *self, const struct scenario *scenario, struct failure *failure)
{
	struct fake *fake = self;

	(void)scenario;
	fake->begins++;
	assert(fake->target.listener.called && fake->target.listener.line);
	if (fake->begin_status != STATUS_OK) snprintf(failure->text, sizeof failure->text, "it does not start");
	return fake->begin_status;
}

static bool fake_has(void *self, const char *feature)
{
	struct fake *fake = self;

	assert(fake->begins == 1);
	for (unsigned i = 0; i < fake->lacks_count; i++)
		if (!strcmp(fake->lacks[i], feature)) return false;
	return true;
}

static void log_call(struct fake *fake, const struct call *call)
{
	write_log(fake, "%s", call->command);
	for (unsigned i = 0; i < call->args_count; i++) {
		const struct value *value = &call->args[i].value;
		write_log(fake, " %s=", call->args[i].key);
		if (value->kind == VALUE_NULL) write_log(fake, "NULL");
		if (value->kind == VALUE_NUMBER) write_log(fake, "%llu", (unsigned long long)value->number);
		if (value->kind == VALUE_TEXT) write_log(fake, "'%s'", value->text);
	}
	write_log(fake, "\n");
}

/* An answer that the test asked for. */
static bool told_answer(struct fake *fake, const struct call *call, struct reply *reply)
{
	for (unsigned i = 0; i < fake->answers_count; i++) {
		const struct fake_answer *answer = &fake->answers[i];
		if (strcmp(answer->command, call->command)) continue;
		if (answer->nth && ++fake->asked[i] != answer->nth) continue;
		reply->kind = answer->kind;
		reply->hr = answer->hr;
		snprintf(reply->why, sizeof reply->why, "%s", answer->why ? answer->why : "");
		return true;
	}
	return false;
}

static void call_manager(struct fake *fake, const struct call *call, struct reply *reply)
{
	struct fake_job *job = &fake->jobs[fake->jobs_count];
	unsigned i;

	if (!strcmp(call->command, "job.create")) {
		assert(fake->jobs_count < FAKE_JOBS_MAX);
		snprintf(job->name, sizeof job->name, "%s", text_arg(call, "as"));
		snprintf(job->id, sizeof job->id, "{id-%u}", fake->jobs_count);
		job->state = STATE_SUSPENDED;
		add_handle(fake, call, 'j', fake->jobs_count++);
		reply_text(reply, "id", job->id);
		return;
	}
	for (i = 0; i < fake->jobs_count && strcmp(fake->jobs[i].id, text_arg(call, "id")); i++) {}
	if (i == fake->jobs_count) reply->hr = code(fake, "NOT_FOUND");
	else add_handle(fake, call, 'j', i);
}

static void call_job(struct fake *fake, const struct call *call, struct fake_handle *handle, struct reply *reply)
{
	struct fake_job *job = &fake->jobs[handle->job];
	const char *word = call->command + strlen("job.");

	if (!strcmp(word, "resume")) job->state = STATE_QUEUED;
	if (!strcmp(word, "cancel")) job->state = STATE_CANCELLED;
	if (!strcmp(word, "complete")) job->state = STATE_ACKNOWLEDGED;
	if (!strcmp(word, "state")) reply_number(reply, "state", (uint64_t)job->state);
	if (!strcmp(word, "type")) reply_number(reply, "type", 0);
	if (!strcmp(word, "get") && !strcmp(text_arg(call, "property"), "description")) reply_text(reply, "value", NULL);
	else if (!strcmp(word, "get")) reply_number(reply, "value", !strcmp(text_arg(call, "property"), "priority") ? 2 : 600);
	if (!strcmp(word, "id")) reply_text(reply, "id", job->id);
	if (!strcmp(word, "progress")) reply_number(reply, "bytes_total", UINT64_MAX), reply_number(reply, "files_total", 3);
	if (!strcmp(word, "enum_files")) add_handle(fake, call, 'n', handle->job);
	if (!strcmp(word, "add_file")) snprintf(job->files[job->files_count++], 64, "%s", text_arg(call, "local"));
	if (strcmp(word, "get_error")) return;
	if (job->has_error) add_handle(fake, call, 'e', handle->job)->error = job->error;
	else reply->hr = code(fake, "ERROR_INFORMATION_UNAVAILABLE");
}

static void call_error(struct fake *fake, const struct call *call, struct fake_handle *handle, struct reply *reply)
{
	if (!strcmp(call->command, "error.get_error")) {
		reply_number(reply, "context", (uint64_t)handle->error.context);
		reply_number(reply, "code", handle->error.code);
	} else if (handle->error.file == FAKE_NO_FILE) {
		reply->hr = code(fake, "FILE_NOT_AVAILABLE");
	} else {
		struct fake_error error = handle->error;
		add_handle(fake, call, 'f', handle->job)->file = error.file;
	}
}

static void call_enum(struct fake *fake, const struct call *call, struct fake_handle *handle, struct reply *reply)
{
	unsigned job = handle->job;
	int at = handle->file;

	if (!strcmp(call->command, "enum.clone")) {
		add_handle(fake, call, 'n', job)->file = at;
		return;
	}
	if (strcmp(call->command, "enum.next")) return;
	reply->hr = (unsigned)at >= fake->jobs[job].files_count; /* S_FALSE: there are no more */
	reply_number(reply, "fetched", !reply->hr);
	if (reply->hr) return;
	handle->file++;
	add_handle(fake, call, 'f', job)->file = at;
}

static void call_handle(struct fake *fake, const struct call *call, struct fake_handle *handle, struct reply *reply)
{
	if (!strcmp(call->command, "file.local_name")) reply_text(reply, "name", fake->jobs[handle->job].files[handle->file]);
	if (!strcmp(call->command, "handle.add_ref")) reply_number(reply, "count", ++handle->references);
	if (!strcmp(call->command, "handle.release")) reply_number(reply, "count", --handle->references);
	if (!strcmp(call->command, "handle.query_interface")) {
		add_handle(fake, call, 'x', handle->job);
		reply_number(reply, "same", 1);
	}
}

static void answer_call(struct fake *fake, const struct call *call, struct reply *reply)
{
	static const char *const keys[] = { "job", "error", "file", "enum", "handle" };
	struct fake_handle *handle = NULL;

	for (size_t i = 0; i < sizeof keys / sizeof *keys && !handle; i++)
		if (arg(call, keys[i])) handle = find_handle(fake, text_arg(call, keys[i]));
	if (!strcmp(call->command, "manager.error_description")) reply_text(reply, "text", "what it means");
	else if (!strcmp(call->command, "job.create") || !strcmp(call->command, "job.open")) call_manager(fake, call, reply);
	else if (!handle) fake->errors_of_use++;
	else if (!strncmp(call->command, "job.", 4)) call_job(fake, call, handle, reply);
	else if (!strncmp(call->command, "error.", 6)) call_error(fake, call, handle, reply);
	else if (!strncmp(call->command, "enum.", 5)) call_enum(fake, call, handle, reply);
	else call_handle(fake, call, handle, reply);
}

static void fake_call(void *self, const struct call *call, struct reply *reply)
{
	struct fake *fake = self;

	log_call(fake, call);
	if (fake->ends) fake->errors_of_use++;
	if (fake->in_callback && arg(call, "as") && !strcmp(text_arg(call, "as"), "_p")) fake->errors_of_use++;
	memset(reply, 0, sizeof *reply);
	for (unsigned i = 0; i < fake->events_count; i++) {
		struct fake_event *event = &fake->events[i];
		if (event->done || !event->command || strcmp(event->command, call->command)) continue;
		happen(fake, event, NULL, 0);
	}
	if (!told_answer(fake, call, reply)) answer_call(fake, call, reply);
}

static bool fake_change(void *self, const struct step *step, char *why, size_t why_size)
{
	struct fake *fake = self;

	write_log(fake, "change %s", step_kind_name(step->kind));
	for (unsigned i = 0; i < step->args_count; i++) write_log(fake, " %s=%s", step->args[i].key, step->args[i].text);
	write_log(fake, "\n");
	if (fake->change_why) snprintf(why, why_size, "%s", fake->change_why);
	return !fake->change_why;
}

static bool fake_step(void *self, int64_t until_ns, char *why, size_t why_size)
{
	struct fake *fake = self;
	struct fake_event *next = NULL;

	assert(fake->in_callback == 0);
	for (unsigned i = 0; i < fake->flood; i++) tell_line(fake, &(struct fake_event){ .job = "/flood", .word = "response" });
	if (fake->stuck) return true;
	for (unsigned i = 0; i < fake->events_count; i++) {
		struct fake_event *event = &fake->events[i];
		if (event->done || event->command || event->at_ns > until_ns) continue;
		if (!next || event->at_ns < next->at_ns) next = event;
	}
	if (fake->slice_ns && (!next || next->at_ns > fake->now_ns + fake->slice_ns)) {
		fake->now_ns = fake->now_ns + fake->slice_ns < until_ns ? fake->now_ns + fake->slice_ns : until_ns;
		return true;
	}
	if (!next) {
		fake->now_ns = until_ns;
		return true;
	}
	if (next->at_ns > fake->now_ns) fake->now_ns = next->at_ns;
	return happen(fake, next, why, why_size);
}

static int64_t fake_now(void *self)
{
	return ((struct fake *)self)->now_ns;
}

static int64_t fake_next_timer(void *self)
{
	return ((struct fake *)self)->timer_ns;
}

static const char *fake_expand(void *self, const char *text)
{
	struct fake *fake = self;

	if (fake->no_variables) return NULL;
	if (!strncmp(text, "$S", 2)) snprintf(fake->text, sizeof fake->text, "http://origin%s", text + 2);
	else snprintf(fake->text, sizeof fake->text, "/work%s", text + 2);
	return fake->text;
}

static int fake_compare(void *self, const char *local, const char *path)
{
	struct fake *fake = self;

	write_log(fake, "compare %s %s\n", local, path);
	return fake->file_answer;
}

static int fake_temporary(void *self, const char *folder)
{
	struct fake *fake = self;

	write_log(fake, "temporary %s\n", folder);
	return fake->temporary_count;
}

static enum status fake_end(void *self, unsigned *leaks, struct failure *failure)
{
	struct fake *fake = self;

	fake->ends++;
	*leaks = fake->leaks_more;
	for (unsigned i = 0; i < fake->handles_count; i++) *leaks += fake->handles[i].references;
	if (fake->end_status != STATUS_OK) snprintf(failure->text, sizeof failure->text, "it does not end");
	return fake->end_status;
}

void fake_init(struct fake *fake, enum dialect dialect)
{
	memset(fake, 0, sizeof *fake);
	fake->dialect = dialect;
	fake->timer_ns = JOB_NEVER;
	fake->target = (struct target){ fake, TIER_VIRTUAL, {0}, fake_begin, fake_has, fake_call, fake_change, fake_step,
		fake_now, fake_next_timer, fake_expand, fake_compare, fake_temporary, fake_end };
}

static void add_event(struct fake *fake, struct fake_event event)
{
	assert(fake->events_count < FAKE_EVENTS_MAX);
	fake->events[fake->events_count++] = event;
}

void fake_at(struct fake *fake, int64_t at_ns, const char *job, enum state state)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_STATE, .at_ns = at_ns, .job = job, .state = state });
}

void fake_error_at(struct fake *fake, int64_t at_ns, const char *job, enum state state, struct fake_error error)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_ERROR, .at_ns = at_ns, .job = job, .state = state, .error = error });
}

void fake_callback_at(struct fake *fake, int64_t at_ns, const char *kind, const char *job)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_CALLBACK, .at_ns = at_ns, .job = job, .word = kind });
}

void fake_callback_in(struct fake *fake, const char *command, const char *kind, const char *job)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_CALLBACK, .command = command, .job = job, .word = kind });
}

void fake_request_at(struct fake *fake, int64_t at_ns, const char *path)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_LINE, .at_ns = at_ns, .job = path, .word = "request" });
}

void fake_gone_at(struct fake *fake, int64_t at_ns)
{
	add_event(fake, (struct fake_event){ .kind = FAKE_GONE, .at_ns = at_ns });
}

void fake_answer(struct fake *fake, const char *command, unsigned nth, enum reply_kind kind, uint32_t hr, const char *why)
{
	assert(fake->answers_count < FAKE_ANSWERS_MAX);
	fake->answers[fake->answers_count++] = (struct fake_answer){ command, nth, kind, hr, why };
}

void fake_lacks(struct fake *fake, const char *feature)
{
	assert(fake->lacks_count < FAKE_LACKS_MAX);
	fake->lacks[fake->lacks_count++] = feature;
}
