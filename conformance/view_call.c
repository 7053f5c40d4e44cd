/* view_call.c -- calls of the client: what they say about jobs, files, handles and settings. */
#include "conformance/view_part.h"

#include "model/job.h"

#include <stdio.h>
#include <string.h>

#define HR_S_FALSE 1u

/* job.set stands once for each property; the line has the property as key. */
static const struct method *method_of(const struct trace_line *line)
{
	const char *property = trace_get(line, "property");
	unsigned count;
	const struct method *methods = machine_methods(&count);
	if (!strcmp(line->event, "job.get")) return machine_method(line->event, property ? property : "");
	if (strcmp(line->event, "job.set")) return machine_method(line->event, "");
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(methods[i].command, "job.set") && trace_get(line, methods[i].property)) return &methods[i];
	return NULL;
}

static enum event event_of(const char *command)
{
	static const struct { const char *command; enum event event; } rows[] = {
		{ "job.add_file", EVENT_ADD_FILE }, { "job.add_file_set", EVENT_ADD_FILE },
		{ "job.add_file_with_ranges", EVENT_ADD_FILE }, { "job.suspend", EVENT_SUSPEND },
		{ "job.resume", EVENT_RESUME }, { "job.complete", EVENT_COMPLETE }, { "job.cancel", EVENT_CANCEL },
		{ "job.get_error", EVENT_GET_ERROR }, { "job.set", EVENT_SET }, { "job.take_ownership", EVENT_SET },
		{ "file.set_remote_name", EVENT_SET }, { "job.replace_prefix", EVENT_SET }, { "job.set_command", EVENT_SET },
		{ "job.set_credentials", EVENT_SET }, { "job.remove_credentials", EVENT_SET }, { "job.set_property", EVENT_SET },
		{ "job.set_do_property", EVENT_SET }, { "file.set_do_property", EVENT_SET },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!strcmp(rows[i].command, command)) return rows[i].event;
	return EVENT_GET;
}

static struct view_job *find_by_id(const struct view *view, const char *id)
{
	for (unsigned i = 0; id && i < view->jobs_count; i++)
		if (view->jobs[i]->id && !strcmp(view->jobs[i]->id, id)) return view->jobs[i];
	return NULL;
}

static struct view_job *make_job(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	const char *id = trace_get(line, "id"), *type = trace_get(line, "type"), *name = trace_get(line, "as");
	if (view->jobs_count == VIEW_JOBS_MAX) seeing->status = STATUS_LIMIT;
	struct view_job *job = seeing->status ? NULL : arena_take(view->arena, sizeof *job);
	if (!job) {
		if (!seeing->status) seeing->status = STATUS_NO_MEMORY;
		return NULL;
	}
	snprintf(job->name, sizeof job->name, "%s", name ? name : "-");
	job->id = id ? view_text(seeing, id) : NULL;
	job->upload = type && strcmp(type, "download") && strcmp(type, "0");
	job->type = type ? view_number("type", type) : JOB_TYPE_DOWNLOAD;
	if (trace_get(line, "name")) job->values[VIEW_DISPLAY_NAME].set = view_text(seeing, trace_get(line, "name"));
	job->created_ns = job->active_ns = job->property_ns = line->at_ns;
	job->transient_ns = job->error_seen_ns = job->recovered_ns = VIEW_NEVER;
	job->state = job->other = STATE_NONE;
	job->possible = UINT32_C(1) << STATE_SUSPENDED;
	job->priority = -1;
	job->resumed_ns = job->suspended_ns = job->completed_ns = job->cancelled_ns = VIEW_NEVER;
	job->flow_ns = job->progress_ns = job->progress_before_ns = job->first_error_ns = job->attempt_ns = job->failed_ns = VIEW_NEVER;
	view_progress_job(job);
	job->index = view->jobs_count;
	view->jobs[view->jobs_count++] = job;
	return job;
}

/* The folder of the first file is there; the work folder is new, and nobody makes folders in it. */
static void note_folder(struct view_seeing *seeing, const char *local)
{
	size_t length = 0;
	for (size_t i = 0; local[i]; i++)
		if (local[i] == '/' || local[i] == '\\') length = i + 1;
	if (seeing->view->folder || !length) return;
	seeing->view->folder = arena_text(seeing->view->arena, local, length);
	if (!seeing->view->folder) seeing->status = STATUS_NO_MEMORY;
}

static bool is_given(const char *text)
{
	return text && text[0] && strcmp(text, "null");
}

/* `100+0` and nothing else. */
static bool is_empty_range(const char *ranges)
{
	size_t length = is_given(ranges) ? strlen(ranges) : 0;
	return length > 2 && !strchr(ranges, ',') && !strcmp(ranges + length - 2, "+0");
}

static void add_file(struct view_seeing *seeing, struct view_job *job, const char *url, const char *local, const char *ranges)
{
	struct view_file *file = NULL;
	if (!url) return;
	if (job->files_count == VIEW_FILES_MAX) seeing->status = STATUS_LIMIT;
	else if (!(file = arena_take(seeing->view->arena, sizeof *file))) seeing->status = STATUS_NO_MEMORY;
	if (!file) return;
	file->unseen = seeing->view->blind;
	file->url = view_text(seeing, url);
	file->local = local && strcmp(local, "null") ? view_text(seeing, local) : NULL;
	file->ranges = ranges != NULL;
	file->parts = ranges ? view_text(seeing, ranges) : NULL;
	if (!strcmp(seeing->line->event, "job.add_file_set")) file->added = VIEW_ADDED_SET;
	if (!strcmp(seeing->line->event, "job.add_file_with_ranges")) file->added = VIEW_ADDED_RANGES;
	if (file->local) note_folder(seeing, file->local);
	file->empty = is_empty_range(ranges);
	file->complete_at_ns = file->renamed_ns = VIEW_NEVER;
	file->last_failure = CAUSE_NONE;
	view_progress_file(file);
	if (seeing->status) return;
	view_net_place(seeing, file);
	if (!seeing->status) job->files[job->files_count++] = file;
}

static void add_files(struct view_seeing *seeing, struct view_job *job)
{
	static const char *const keys[][2] = { { "url", "local" }, { "url2", "local2" }, { "url3", "local3" } };
	const struct trace_line *line = seeing->line;
	const char *ranges = trace_get(line, "ranges");
	if (ranges && (!ranges[0] || !strcmp(ranges, "null"))) ranges = NULL;
	if (job->state == STATE_TRANSFERRED && !job->added_in_transferred) {
		job->added_in_transferred = true;
		job->added_resumed = false;
		job->added_file = job->files_count;
	}
	for (size_t i = 0; i < 3; i++)
		add_file(seeing, job, trace_get(line, keys[i][0]), trace_get(line, keys[i][1]), ranges);
}

static bool is_final(enum state state)
{
	return state == STATE_ACKNOWLEDGED || state == STATE_CANCELLED;
}

bool view_open(const struct view *view, const struct view_job *job, int64_t now_ns)
{
	if (view->service_down || view->logged_off || job->state == STATE_NONE || is_final(job->state)) return false;
	return job->cancelled_ns == VIEW_NEVER && job->completed_ns == VIEW_NEVER &&
		now_ns - job->created_ns < view->machine->limits.retention_ns;
}

static bool is_denied(const struct view *view)
{
	for (unsigned i = 0; i < view->conditions_count; i++)
		if (view->conditions[i].cause == CAUSE_DISK_DENIED && view->conditions[i].to_ns == VIEW_NEVER) return true;
	return false;
}

const char *view_given(struct view_seeing *seeing, const char *key)
{
	const char *text = trace_get(seeing->line, key);
	return text && strcmp(text, "null") ? view_text(seeing, text) : NULL;
}

/* What a call that adds files asks for, before it is known to have done anything. */
static void note_add(struct view_seeing *seeing, const struct sight *sight)
{
	static const char *const urls[] = { "url", "url2", "url3" }, *const locals[] = { "local", "local2", "local3" };
	struct view_job *job = sight->job;
	if (sight->event != EVENT_ADD_FILE || !sight->method) return;
	job->add = (struct view_add){ .command = sight->method->command, .files = job->files_count, .failed = sight->failed,
		.open = view_open(seeing->view, job, sight->now_ns), .final = is_final(job->state) && !seeing->view->service_down,
		.denied = is_denied(seeing->view), .ranges = view_given(seeing, "ranges") };
	for (unsigned i = 0; i < VIEW_ADD_PAIRS && (trace_get(seeing->line, urls[i]) || trace_get(seeing->line, locals[i])); i++) {
		job->add.urls[i] = view_given(seeing, urls[i]);
		job->add.locals[i] = view_given(seeing, locals[i]);
		job->add.pairs++;
	}
}

enum view_property view_property_find(const char *word)
{
	static const char *const words[VIEW_PROPERTIES] = { "display_name", "description", "priority", "proxy_usage" };
	int i = 0;
	while (i < VIEW_PROPERTIES && strcmp(words[i], word)) i++;
	return (enum view_property)i;
}

/* A setter of a property that is kept: what it set, or was not let set. */
static void note_value(struct view_seeing *seeing, const struct sight *sight)
{
	enum view_property property = sight->method ? view_property_find(sight->method->property) : VIEW_PROPERTIES;
	if (sight->event != EVENT_SET || property == VIEW_PROPERTIES) return;
	struct view_value *value = &sight->job->values[property];
	const char *text = view_text(seeing, trace_get(seeing->line, sight->method->property));
	if (!sight->failed) value->set = text;
	value->refused = sight->failed ? text : NULL;
}

int64_t view_number(const char *property, const char *text)
{
	int64_t value;
	if (machine_word_value(property, text, strlen(text), &value)) return value;
	return view_seconds(text);
}

static void see_property(struct view_job *job, const struct method *method, const char *text, int64_t now_ns)
{
	if (!strcmp(method->property, "minimum_retry_delay")) {
		job->retry_set = true;
		job->retry_s = view_seconds(text);
		job->retry_set_ns = now_ns;
	} else if (!strcmp(method->property, "no_progress_timeout")) {
		job->np_set = true;
		job->np_s = view_seconds(text);
		job->np_short |= job->np_s <= 1 && !job->rounds;
		job->np_set_ns = now_ns;
	} else if (!strcmp(method->property, "maximum_download_time")) {
		job->max_set = true;
		job->max_s = view_seconds(text);
		job->max_set_ns = now_ns;
	} else if (!strcmp(method->property, "security_flags")) {
		job->security_flags = view_number("security_flags", text);
	} else if (!strcmp(method->property, "priority")) {
		job->priority = (int)view_number("priority", text);
	} else if (!strcmp(method->property, "notify_flags")) {
		job->flags_set = true;
		job->flags = view_number("notify_flags", text);
		job->flags_ns = now_ns;
	} else if (!strcmp(method->property, "notify_interface")) {
		bool none = !text[0] || !strcmp(text, "null") || !strcmp(text, "0");
		job->interface_ = none ? VIEW_INTERFACE_NULL : VIEW_INTERFACE_SET;
		job->interface_ns = now_ns;
		job->interface_state = job->state;
	}
}

static void see_steering(struct view_job *job, const struct sight *sight)
{
	int64_t now = sight->now_ns;
	job->rounds++;
	job->calls_since_state++;
	if (sight->event == EVENT_SUSPEND) job->suspended_ns = now, job->suspended_round = job->rounds;
	if (sight->event == EVENT_COMPLETE) job->completed_ns = now;
	if (sight->event == EVENT_CANCEL) job->cancelled_ns = now;
	job->is_suspended = sight->event == EVENT_SUSPEND;
	if (sight->event != EVENT_RESUME) return;
	job->resumed_ns = now;
	job->first_error_ns = job->error_seen_ns = VIEW_NEVER;
	job->added_resumed = job->added_in_transferred;
}

/* --- command lines, and properties of do's files */

static void see_command(struct view_seeing *seeing, const struct sight *sight)
{
	struct view_job *job = sight->job;
	if (!strcmp(sight->command, "job.set_command")) {
		job->program = view_given(seeing, "program");
		job->program_ns = sight->now_ns;
		job->program_over = NULL;
	} else if (!strcmp(sight->command, "job.take_ownership")) {
		if (job->program) job->program_over = job->program;
		job->program = NULL;
	}
}

/* A setter that fails may have set something: who asks for what was never set must not have tried. */
static void note_file_property(struct view_seeing *seeing, const struct sight *sight)
{
	const struct view_handle *handle = sight->handle;
	int64_t id = trace_get_int(seeing->line, "property_id", -1);
	if (strcmp(sight->command, "file.set_do_property") || id < 0 || id > 31 || !handle) return;
	for (unsigned i = 0; i < sight->job->files_count; i++)
		if (handle->file < 0 || handle->file == (int)i) sight->job->files[i]->properties_set |= 1u << id;
}

/* What a call that succeeded changed. */
static void see_success(struct view_seeing *seeing, const struct sight *sight)
{
	struct view_job *job = sight->job;
	if (sight->event == EVENT_GET || sight->event == EVENT_GET_ERROR) return;
	if (sight->hr == HR_S_FALSE) return; /* ReplaceRemotePrefix found nothing to replace */
	job->changes++;
	job->active_ns = sight->now_ns;
	if (sight->event == EVENT_SET) job->property_ns = sight->now_ns;
	job->modifications++;
	if (sight->event == EVENT_ADD_FILE) add_files(seeing, job);
	else if (view_steers(sight->event)) see_steering(job, sight);
	else if (sight->method && sight->method->property[0])
		see_property(job, sight->method, trace_get(seeing->line, sight->method->property), sight->now_ns);
	else if (!strcmp(sight->command, "file.set_remote_name")) view_name_set(seeing, job, sight->handle);
	else if (!strcmp(sight->command, "job.replace_prefix")) view_name_replace(seeing, job);
	else see_command(seeing, sight);
}

static void see_failure(struct view_job *job, const struct sight *sight)
{
	job->null_outs += sight->null_out;
	if (sight->event == EVENT_GET_ERROR && !sight->null_out) return;
	job->failures++;
	snprintf(job->failed, sizeof job->failed, "%s", sight->command);
	job->failed_hr = sight->hr;
}

static void open_call(struct view_job *job, const struct sight *sight)
{
	if (!view_steers(sight->event)) return;
	job->call_open = true;
	job->call = sight->event;
	job->call_hr = sight->hr;
	job->call_state = sight->state;
	job->call_sure = sight->sure;
	job->call_ns = sight->now_ns;
	job->call_attempts = job->attempts;
	job->call_in_callback = job->callbacks[VIEW_JOB_ERROR].count && job->callbacks[VIEW_JOB_ERROR].at_ns == sight->now_ns &&
		job->called_back && !strcmp(job->done[0], "JobError");
}

static void note_release(struct view *view, struct view_job *job)
{
	job->released = true;
	for (unsigned i = 0; i < view->handles_count; i++)
		if (view->handles[i]->kind == VIEW_HANDLE_JOB && view->handles[i]->job == job && view->handles[i]->references)
			job->released = false;
}

static void copy_handle(struct view_handle *to, struct view_handle *from)
{
	to->made_by = from;
	to->proved = from->proved;
	to->settled = from->settled;
	to->context = from->context;
	to->code = from->code;
	to->over = from->over;
	to->file = from->file;
}

/* Handles that a call which succeeded made, and references. */
static void see_handles(struct view_seeing *seeing, const struct sight *sight)
{
	struct view *view = seeing->view;
	const char *as = trace_get(seeing->line, "as"), *command = sight->command;
	struct view_handle *from = sight->handle, *made = NULL;
	struct view_job *job = sight->job;
	if (!strcmp(command, "job.create") || !strcmp(command, "job.open")) {
		made = view_handle_add(seeing, as, VIEW_HANDLE_JOB, job);
		if (made) made->opened = !strcmp(command, "job.open");
		if (job) job->released = false;
	} else if (!strcmp(command, "job.get_error")) made = view_handle_add(seeing, as, VIEW_HANDLE_ERROR, job);
	else if (!strcmp(command, "error.get_file")) {
		made = view_handle_add(seeing, as, VIEW_HANDLE_FILE, job);
		if (made && job && job->look.present && job->look.file >= 0 && from && !from->over) made->file = job->look.file;
		if (made && from) made->made_by = from;
	} else if (!strcmp(command, "handle.query_interface") && from) {
		made = view_handle_add(seeing, as, from->kind, job);
		if (made) copy_handle(made, from);
	} else if (!strcmp(command, "handle.add_ref") && from) from->references++;
	else if (!strcmp(command, "handle.release") && from && from->references) {
		from->references--;
		if (job && from->kind == VIEW_HANDLE_JOB) note_release(view, job);
	} else if (!strcmp(command, "job.id") && job && !job->id && trace_get(seeing->line, "id"))
		job->id = view_text(seeing, trace_get(seeing->line, "id"));
}

/* The first answer of a held error handle is what it must go on to answer. */
static void prove_handle(struct view *view, const struct sight *sight)
{
	const char *context = trace_get(sight->line, "context"), *code = trace_get(sight->line, "code");
	struct view_handle *handle = sight->handle;
	uint32_t hr;
	if (!handle || handle->proved || sight->failed || strcmp(sight->command, "error.get_error") || !context || !code) return;
	int found = machine_context_find(context, strlen(context));
	if (!machine_code(view->dialect, code, strlen(code), &hr)) return;
	handle->proved = true;
	handle->context = found >= 0 ? found : trace_get_int(sight->line, "context", -1);
	handle->code = hr;
}

/* out=null is what the client passed. */
static bool passed_null(const struct sight *sight)
{
	const char *out = trace_get(sight->line, "out");
	return out && !strcmp(out, "null");
}

static void tell_call(struct view_seeing *seeing, const struct sight *sight)
{
	const char *state = machine_state_name(sight->state), *word = sight->hr ? machine_code_name(seeing->view->dialect, sight->hr) : "S_OK";
	char code[16];
	if (!word) {
		snprintf(code, sizeof code, "0x%08X", (unsigned)sight->hr);
		word = view_text(seeing, code);
	}
	view_done(sight->job, sight->method ? sight->method->name : sight->command, " was called on ", sight->line->object, state ? " in " : "",
		state ? state : "", " and answered ", word);
}

static void see_states(struct view_seeing *seeing, const struct sight *sight)
{
	const char *word = trace_get(seeing->line, "state");
	if (strcmp(sight->command, "job.state") || sight->failed || !word) return;
	view_state(seeing, sight->job, machine_state_find(word, strlen(word)));
}

void view_call_see(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	if (!trace_get(line, "hr")) return;
	struct sight sight = { .kind = SIGHT_CALL, .line = line, .now_ns = line->at_ns, .command = line->event,
		.method = method_of(line), .event = event_of(line->event), .hr = view_code(view, line, "hr", 0x8000FFFF),
		.handle = view_handle_find(view, line->object), .state = STATE_NONE, .from = STATE_NONE, .failure = CAUSE_NONE };
	sight.failed = (sight.hr & 0x80000000u) != 0;
	sight.null_out = passed_null(&sight);
	bool creates = !strcmp(line->event, "job.create");
	if (creates && !sight.failed) sight.job = make_job(seeing);
	else if (!strcmp(line->event, "job.open")) sight.job = find_by_id(view, trace_get(line, "id"));
	else if (sight.handle) sight.job = sight.handle->job;
	if (seeing->status) return;
	struct view_job *job = sight.job;
	if (job) {
		sight.state = job->calls_since_state ? STATE_NONE : job->state;   /* a call may have moved it, and nobody looked */
		bool expires = sight.now_ns - job->created_ns >= view->machine->limits.retention_ns;
		sight.sure = job->calls_since_state || (expires && job->state_ns < sight.now_ns) ? false : view_sticky(job->state) || (view->virtual_time && job->state_ns == sight.now_ns && !job->stirs);
		job->asked += sight.event == EVENT_GET_ERROR || !strncmp(line->event, "error.", 6);
		open_call(job, &sight);
		note_add(seeing, &sight);
		note_value(seeing, &sight);
		view_name_prefix(seeing, &sight);
		note_file_property(seeing, &sight);
		if (sight.failed) see_failure(job, &sight);
		else see_success(seeing, &sight);
		tell_call(seeing, &sight);
		view_progress_call(seeing, &sight);
	}
	for (unsigned i = 0; !job && sight.failed && i < view->jobs_count; i++) see_failure(view->jobs[i], &sight);
	view_show(seeing, &sight);
	if (job && !sight.failed && !strcmp(line->event, "job.error_count") && trace_get(line, "count")) {
		job->count = trace_get_int(line, "count", 0);
		job->failures_counted = job->failures_uncounted = job->failures_mixed = job->failures_connecting = 0;
	}
	if (sight.handle && !strcmp(line->event, "file.set_remote_name")) sight.handle->renamed_refused = sight.failed;
	if (!sight.failed) see_handles(seeing, &sight);
	if (!sight.failed) view_handle_list(seeing, &sight);
	view_handle_told(seeing, &sight);
	prove_handle(view, &sight);
	if (job) see_states(seeing, &sight);
}
