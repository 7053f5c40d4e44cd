/* service_job.c -- commands of the manager and of jobs, but for files. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

#define E(frame, word) service_code((frame)->service, CODE_##word)
#define HR_FAILED(hr) ((hr) >> 31 & 1u)

#define OWNER_SID "S-1-5-21-1-2-3-500"
#define NAME_DEFAULT "job"           /* of a job.create without name= */
#define LANGUAGE_ENGLISH 0x409u
#define LANGUAGE_NEUTRAL 0x009u
#define FLAGS_KNOWN 0x3Fu            /* BG_NOTIFY_ (constants.md 5) */
#define PROXY_OVERRIDE 2u
#define PROXY_LAST 3u

/* --- the manager */

/* Characters of UTF-8 text. */
static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static unsigned count_unfinished(const struct service *service)
{
	unsigned count = 0;

	for (unsigned i = 0; i < service->jobs_count; i++) count += !job_is_final(&service->jobs[i]->job);
	return count;
}

static uint32_t add_job(struct call_frame *frame, const char *name, enum job_type type)
{
	struct service *service = frame->service;
	const char *client = service_arg_text(frame, "as");
	struct service_job *job;
	uint32_t hr;

	if (service->machine->dialect == DIALECT_BITS && count_unfinished(service) >= SERVICE_JOBS_UNFINISHED)
		return E(frame, TOO_MANY_JOBS_PER_MACHINE);
	job = service_add_job(service, client ? client : "?", type);
	if (!job) return E(frame, E_OUTOFMEMORY);
	snprintf(job->name, sizeof job->name, "%s", name);
	hr = service_reply_handle(frame, service_handle_object(service, OBJECT_JOB, job));
	service_reply_text(frame, "id", service_has_defect(service, DEFECT_one_identifier) ? service->jobs[0]->id : job->id);
	return hr;
}

static uint32_t create(struct call_frame *frame)
{
	const char *name = service_arg_text(frame, "name");
	uint64_t type = service_arg_number(frame, "type", JOB_TYPE_DOWNLOAD);
	uint64_t last = frame->service->machine->dialect == DIALECT_BITS ? JOB_TYPE_UPLOAD_REPLY : JOB_TYPE_DOWNLOAD;

	if (service_arg_is_null(frame, "name")) return E(frame, E_INVALIDARG);
	if (!name) name = NAME_DEFAULT;
	if (count_characters(name) > frame->service->machine->limits.display_name_max) return E(frame, E_INVALIDARG);
	if (type > last) return E(frame, E_INVALIDARG);
	return add_job(frame, name, (enum job_type)type);
}

static uint32_t open_job(struct call_frame *frame)
{
	struct service *service = frame->service;
	const char *id = service_arg_text(frame, "id");

	if (!id) return E(frame, E_INVALIDARG);
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		bool gone = job_is_final(&job->job) && !service_has_defect(service, DEFECT_finished_listed);
		if (gone || strcmp(job->id, id)) continue;
		if (service_has_defect(service, DEFECT_open_gives_first)) job = service->jobs[0];
		return service_reply_handle(frame, service_handle_object(service, OBJECT_JOB, job));
	}
	return E(frame, NOT_FOUND);
}

static uint32_t enum_jobs(struct call_frame *frame)
{
	struct service *service = frame->service;
	struct object *object;

	if (service_arg_number(frame, "flags", 0) > 1) return E(frame, E_INVALIDARG);
	object = service_handle_object(service, OBJECT_JOBS, NULL);
	if (!object) return E(frame, E_OUTOFMEMORY);
	object->jobs = arena_take(service->arena, (service->jobs_count + 1) * sizeof *object->jobs);
	for (unsigned i = 0; object->jobs && i < service->jobs_count; i++)
		if (!job_is_final(&service->jobs[i]->job) || service_has_defect(service, DEFECT_finished_listed))
			object->jobs[object->count++] = service->jobs[i];
	return service_reply_handle(frame, object);
}

/* --- descriptions */

static uint32_t check_language(const struct call_frame *frame)
{
	uint64_t language = service_arg_number(frame, "language", LANGUAGE_ENGLISH);

	if (language == 0) return E(frame, E_INVALIDARG);
	if (language == LANGUAGE_ENGLISH || language == LANGUAGE_NEUTRAL) return 0;
	if (service_has_defect(frame->service, DEFECT_any_language)) return 0;
	return E(frame, ERROR_RESOURCE_LANG_NOT_FOUND);
}

static const char *describe(struct service *service, uint32_t code)
{
	const char *name = machine_code_name(service->machine->dialect, code);

	if (name) snprintf(service->text, sizeof service->text, "%s (0x%08X)", name, code);
	else snprintf(service->text, sizeof service->text, "error 0x%08X", code);
	return service->text;
}

static uint32_t manager_description(struct call_frame *frame)
{
	uint32_t hr = check_language(frame);

	if (hr) return hr;
	service_reply_text(frame, "text", describe(frame->service, (uint32_t)service_arg_number(frame, "code", 0)));
	return 0;
}

/* --- the error object */

/* C-05: what the handle was taken for, whatever the job reports now. */
static const struct error *held_error(const struct call_frame *frame)
{
	if (service_has_defect(frame->service, DEFECT_handle_follows_job)) return &frame->job->job.error;
	return &frame->handle->object->error;
}

/* C-05 read otherwise: it is for the job's present error only. */
static bool is_stale(const struct call_frame *frame)
{
	const struct error *now = &frame->job->job.error, *held = &frame->handle->object->error;

	if (!service_varies(frame->service, VARIANT_handle_refuses)) return false;
	return !now->present || now->generation != held->generation;
}

static uint32_t error_get(struct call_frame *frame)
{
	const struct error *error = held_error(frame);

	if (is_stale(frame)) return E(frame, ERROR_INFORMATION_UNAVAILABLE);
	service_reply_number(frame, "context", (uint64_t)error->context);
	service_reply_number(frame, "code", error->code);
	return 0;
}

static uint32_t error_file(struct call_frame *frame)
{
	const struct error *error = held_error(frame);
	struct object *object;

	if (error->file == ERROR_NO_FILE) return E(frame, FILE_NOT_AVAILABLE);
	object = service_handle_object(frame->service, OBJECT_FILE, frame->job);
	if (object) object->file = (unsigned)error->file;
	return service_reply_handle(frame, object);
}

static uint32_t error_description(struct call_frame *frame)
{
	uint32_t hr = check_language(frame);

	if (hr) return hr;
	service_reply_text(frame, "text", describe(frame->service, held_error(frame)->code));
	return 0;
}

static uint32_t error_context(struct call_frame *frame)
{
	struct service *service = frame->service;
	uint32_t hr = check_language(frame);

	if (hr) return hr;
	snprintf(service->text, sizeof service->text, "error context %s", machine_context_name(held_error(frame)->context));
	service_reply_text(frame, "text", service->text);
	return 0;
}

static uint32_t error_protocol(struct call_frame *frame)
{
	enum context context = held_error(frame)->context;

	if (context != CONTEXT_REMOTE_FILE && context != CONTEXT_GENERAL_TRANSPORT && context != CONTEXT_REMOTE_APPLICATION)
		return E(frame, PROTOCOL_NOT_AVAILABLE);
	service_reply_text(frame, "protocol", "http");
	return 0;
}

static bool is_error_held(const struct service *service, const struct service_job *job)
{
	for (unsigned i = 0; i < service->objects_top; i++) {
		const struct object *object = &service->objects[i];
		if (object->references > 0 && object->kind == OBJECT_ERROR && object->job == job) return true;
	}
	return false;
}

/* C-07 read otherwise: the last handle that was held takes the error of a finished job with it. */
static void forget_error(struct call_frame *frame)
{
	if (!service_varies(frame->service, VARIANT_error_kept_while_handle) || !job_is_final(&frame->job->job)) return;
	if (!is_error_held(frame->service, frame->job)) error_clear(&frame->job->job.error);
}

static uint32_t get_error(struct call_frame *frame)
{
	struct service *service = frame->service;
	const struct move *row;
	struct object *object;

	forget_error(frame);
	row = service_event(frame->job, EVENT_GET_ERROR);
	if (row->result != CODE_S_OK) return service_code(service, row->result);
	object = service_handle_object(service, OBJECT_ERROR, frame->job);
	if (object) object->error = frame->job->job.error;
	if (object && service_has_defect(service, DEFECT_error_drifts)) object->error.code += (uint32_t)service->handles_made;
	return service_reply_handle(frame, object);
}

/* --- what the job is told to do */

/* C-73: a file is there whose name one of the job's is to take, and keeps it. */
static bool has_taken_name(const struct service_job *job)
{
	if (!service_varies(job->service, VARIANT_taken_name_refused)) return false;
	for (unsigned i = 0; i < job->job.files_count; i++) {
		const char *name = job->files[i]->temporary ? service_file_place(job->files[i]) : NULL;
		if (name && disk_find(&job->service->disk, name)) return true;
	}
	return false;
}

/* What flowed until the call is the job's, whatever the call does to the transfer. */
static uint32_t act(struct call_frame *frame, enum event event)
{
	struct service_job *job = frame->job;

	if (service_is_active(job)) transfer_sync(job);
	bool taken = has_taken_name(job), closed = !disk_is_open(&frame->service->disk) || frame->service->disk.no_rename;
	job->job.rename_fails = closed || taken;
	const struct move *row = service_event(job, event);
	return row->guard == GUARD_rename_fails && !closed ? E(frame, ERROR_FILE_EXISTS) : service_code(frame->service, row->result);
}

static uint32_t suspend(struct call_frame *frame)
{
	return act(frame, EVENT_SUSPEND);
}

static uint32_t resume(struct call_frame *frame)
{
	uint32_t hr = act(frame, EVENT_RESUME);

	frame->job->resumed |= !HR_FAILED(hr);
	return hr;
}

static uint32_t complete(struct call_frame *frame)
{
	return act(frame, EVENT_COMPLETE);
}

static bool has_temporary(const struct service_job *job)
{
	for (unsigned i = 0; i < job->job.files_count; i++)
		if (job->files[i]->temporary) return true;
	return false;
}

/* STATE-028: files that cannot be deleted do not keep the job. */
static uint32_t cancel(struct call_frame *frame)
{
	uint32_t hr = act(frame, EVENT_CANCEL);

	if (hr || frame->service->machine->dialect != DIALECT_BITS || !has_temporary(frame->job)) return hr;
	return E(frame, UNABLE_TO_DELETE_FILES);
}

static uint32_t set(struct call_frame *frame, enum property property, int64_t value)
{
	struct occurrence occurrence = service_occurrence(frame->service, EVENT_SET);

	occurrence.property = property;
	occurrence.value = value;
	return service_code(frame->service, service_step(frame->job, &occurrence)->result);
}

/* The only user is an administrator and the owner of every job; the command line goes (JOB-058). */
static uint32_t take_ownership(struct call_frame *frame)
{
	uint32_t hr = set(frame, PROPERTY_OTHER, 0);

	if (service_has_defect(frame->service, DEFECT_ownership_keeps_command)) return hr;
	if (!HR_FAILED(hr)) frame->job->later.program = frame->job->later.parameters = NULL;
	return hr;
}

/* --- what the job answers */

static uint32_t look(struct call_frame *frame)
{
	return service_code(frame->service, service_event(frame->job, EVENT_GET)->result);
}

static uint32_t get_number(struct call_frame *frame, const char *key, uint64_t number)
{
	uint32_t hr = look(frame);

	service_reply_number(frame, key, number);
	return hr;
}

static uint32_t get_text(struct call_frame *frame, const char *key, const char *text)
{
	uint32_t hr = look(frame);

	service_reply_text(frame, key, text);
	return hr;
}

static uint32_t get_id(struct call_frame *frame)
{
	return get_text(frame, "id", frame->job->id);
}

static uint32_t get_type(struct call_frame *frame)
{
	return get_number(frame, "type", (uint64_t)frame->job->job.type);
}

/* C-17 read otherwise: without CONNECTING, a job that connects is still in the queue. */
static enum state seen_state(const struct service_job *job)
{
	bool connects = job->job.state == STATE_TRANSFERRING && !job->is_connected;

	return connects && service_varies(job->service, VARIANT_connects_in_queued) ? STATE_QUEUED : job->job.state;
}

static uint32_t get_state(struct call_frame *frame)
{
	return get_number(frame, "state", (uint64_t)seen_state(frame->job));
}

static uint32_t get_owner(struct call_frame *frame)
{
	return get_text(frame, "sid", OWNER_SID);
}

static uint32_t get_error_count(struct call_frame *frame)
{
	return get_number(frame, "count", frame->job->job.error_count);
}

static uint32_t get_progress(struct call_frame *frame)
{
	const struct job *job = &frame->job->job;
	uint64_t total = 0, transferred = transfer_untold(frame->job);
	uint32_t hr = look(frame);

	for (unsigned i = 0; i < job->files_count; i++) {
		const struct job_file *file = &job->files[i];
		transferred += file->bytes_transferred;
		if (total == JOB_SIZE_UNKNOWN || file->bytes_total == JOB_SIZE_UNKNOWN) total = JOB_SIZE_UNKNOWN;
		else total += file->bytes_total;
	}
	service_reply_number(frame, "bytes_total", total);
	if (service_has_defect(frame->service, DEFECT_progress_wavers) && frame->service->now_ns / NET_S % 2) transferred = 0;
	service_reply_number(frame, "bytes_transferred", transferred);
	service_reply_number(frame, "files_total", job->files_count);
	service_reply_number(frame, "files_transferred", job_files_done(job));
	return hr;
}

static uint32_t get_times(struct call_frame *frame)
{
	uint32_t hr = look(frame);

	service_reply_number(frame, "creation", (uint64_t)(service_has_defect(frame->service, DEFECT_creation_moves) ?
		service_wall(frame->service) : frame->job->creation));
	service_reply_number(frame, "modification", (uint64_t)frame->job->modification);
	service_reply_number(frame, "completion", (uint64_t)frame->job->completion);
	return hr;
}

/* --- properties */

/* C-57. */
static uint32_t too_long(const struct call_frame *frame)
{
	bool name = !strcmp(frame->method->property, "display_name");

	return name && service_varies(frame->service, VARIANT_name_is_invalid_argument) ? E(frame, E_INVALIDARG) : E(frame, STRING_TOO_LONG);
}

static uint32_t set_text(struct call_frame *frame, char *text, size_t size, unsigned characters_max)
{
	const char *value = service_arg_text(frame, frame->method->property);
	uint32_t hr;

	if (!value) return E(frame, E_INVALIDARG);
	if (count_characters(value) > characters_max) return too_long(frame);
	hr = set(frame, PROPERTY_OTHER, 0);
	if (!HR_FAILED(hr)) snprintf(text, size, "%s", value);
	return hr;
}

static uint32_t set_proxy(struct call_frame *frame, uint64_t usage)
{
	uint32_t hr;

	if (usage > PROXY_LAST) return E(frame, E_NOTIMPL);
	if (usage == PROXY_OVERRIDE) return E(frame, E_INVALIDARG); /* the command has no proxy list */
	hr = set(frame, PROPERTY_OTHER, 0);
	if (!HR_FAILED(hr)) frame->job->proxy_usage = (unsigned)usage;
	return hr;
}

static bool is_property(const struct call_frame *frame, const char *property)
{
	return !strcmp(frame->method->property, property);
}

static uint32_t set_number(struct call_frame *frame, uint64_t value)
{
	int64_t number = value > INT64_MAX ? INT64_MAX : (int64_t)value;

	if (is_property(frame, "priority")) {
		if (value > JOB_PRIORITY_LOW) return E(frame, E_NOTIMPL);
		if (job_is_final(&frame->job->job) && service_varies(frame->service, VARIANT_priority_in_final)) return 0; /* C-58 */
		schedule_wake(frame->service);
		return set(frame, PROPERTY_PRIORITY, number);
	}
	if (is_property(frame, "notify_flags")) {
		if (value & ~(uint64_t)FLAGS_KNOWN) return E(frame, E_NOTIMPL);
		return set(frame, PROPERTY_NOTIFY_FLAGS, number);
	}
	if (is_property(frame, "minimum_retry_delay")) return set(frame, PROPERTY_RETRY_DELAY, number);
	if (is_property(frame, "no_progress_timeout")) return set(frame, PROPERTY_NO_PROGRESS, number);
	if (is_property(frame, "proxy_usage")) return set_proxy(frame, value);
	return service_later_set(frame);
}

static uint32_t set_property(struct call_frame *frame)
{
	const struct value *value = service_arg(frame, frame->method->property);
	struct service_job *job = frame->job;
	const struct limits *limits = &frame->service->machine->limits;

	if (is_property(frame, "display_name")) return set_text(frame, job->name, sizeof job->name, limits->display_name_max);
	if (is_property(frame, "description"))
		return set_text(frame, job->description, sizeof job->description, limits->description_max);
	if (is_property(frame, "notify_interface")) {
		bool is_set = value && value->kind != VALUE_NULL && !(value->kind == VALUE_NUMBER && value->number == 0);
		return set(frame, PROPERTY_NOTIFY_INTERFACE, is_set);
	}
	if (is_property(frame, "reply_file_name")) return service_later_set(frame);
	if (!value || value->kind != VALUE_NUMBER) return E(frame, E_INVALIDARG);
	return set_number(frame, value->number);
}

static uint32_t get_property(struct call_frame *frame)
{
	struct service_job *job = frame->job;
	int64_t no_progress_ns = job_no_progress_ns(frame->service->machine, &job->job);

	if (is_property(frame, "display_name")) return get_text(frame, "value", job->name);
	if (is_property(frame, "description")) return get_text(frame, "value", job->description);
	if (is_property(frame, "priority")) return get_number(frame, "value", (uint64_t)job->job.priority);
	if (is_property(frame, "notify_flags")) return get_number(frame, "value", job->job.notify_flags);
	if (is_property(frame, "notify_interface")) return get_number(frame, "value", job->job.notify_interface);
	if (is_property(frame, "minimum_retry_delay"))
		return get_number(frame, "value", (uint64_t)(job->job.retry_delay_ns / NET_S));
	if (is_property(frame, "no_progress_timeout")) return get_number(frame, "value", (uint64_t)(no_progress_ns / NET_S));
	if (is_property(frame, "proxy_usage")) return get_number(frame, "value", job->proxy_usage);
	return service_later_get(frame);
}

service_answer *service_job_answer(const char *command)
{
	static const struct service_answer_row answers[] = {
		{ "job.state", get_state }, { "job.get_error", get_error }, { "error.get_error", error_get },
		{ "error.get_file", error_file }, { "job.create", create }, { "job.open", open_job }, { "job.enum", enum_jobs },
		{ "manager.error_description", manager_description }, { "job.suspend", suspend }, { "job.resume", resume },
		{ "job.cancel", cancel }, { "job.complete", complete }, { "job.id", get_id }, { "job.type", get_type },
		{ "job.progress", get_progress }, { "job.times", get_times }, { "job.owner", get_owner },
		{ "job.error_count", get_error_count }, { "job.take_ownership", take_ownership }, { "job.set", set_property },
		{ "job.get", get_property }, { "error.description", error_description },
		{ "error.context_description", error_context }, { "error.protocol", error_protocol },
	};

	return service_find_answer(answers, sizeof answers / sizeof *answers, command);
}
