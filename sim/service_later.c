/* service_later.c -- commands of the interfaces that came after IBackgroundCopyJob: what they set
 * is kept and given back. Of what it would do only the maximum download time, the place of do's files, and the command
 * line that takes the place of JobError are simulated. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

#define E(frame, word) service_code((frame)->service, CODE_##word)
#define HR_FAILED(hr) ((hr) >> 31 & 1u)

/* constants.md 5 and 6 */
#define ACL_ALL 15u
#define PEER_CACHING_ALL 7u
#define SECURITY_KNOWN 0x0F1Fu   /* all flags */
#define PROGRAM_MAX 260
#define PARAMETERS_MAX 4000
#define USER_MAX 300
#define PASSWORD_MAX 65535           /* C-69 */
#define AUTH_TARGET_LAST 2
#define AUTH_SCHEME_LAST 5
#define URL_SIZE 4096

/* A setter as the job sees it: refused in the final states. */
static uint32_t change(struct call_frame *frame)
{
	struct occurrence occurrence = service_occurrence(frame->service, EVENT_SET);

	occurrence.property = PROPERTY_OTHER;
	return service_code(frame->service, service_step(frame->job, &occurrence)->result);
}

static uint32_t look(struct call_frame *frame)
{
	return service_code(frame->service, service_event(frame->job, EVENT_GET)->result);
}

/* A copy of the text, or NULL of NULL. False: out of memory. */
static bool copy_text(struct call_frame *frame, const char *text, const char **copy)
{
	*copy = text ? arena_text(frame->service->arena, text, strlen(text)) : NULL;
	return !text || *copy;
}

/* Keeps a copy of the text once the job has agreed. */
static uint32_t keep_text(struct call_frame *frame, const char *text, const char **kept)
{
	const char *copy;
	uint32_t hr;

	if (!copy_text(frame, text, &copy)) return E(frame, E_OUTOFMEMORY);
	hr = change(frame);
	if (!HR_FAILED(hr)) *kept = copy;
	return hr;
}

/* --- flags, and the name of the reply's file: job.set and job.get */

static uint64_t *flags_of(const struct call_frame *frame, uint64_t *known)
{
	struct later *later = &frame->job->later;
	const char *property = frame->method->property;

	*known = ACL_ALL;
	if (!strcmp(property, "acl_flags")) return &later->acl_flags;
	*known = PEER_CACHING_ALL;
	if (!strcmp(property, "peer_caching_flags")) return &later->peer_caching_flags;
	*known = SECURITY_KNOWN;
	return !strcmp(property, "security_flags") ? &later->security_flags : NULL;
}

static uint32_t set_reply_file(struct call_frame *frame)
{
	if (frame->job->job.type != JOB_TYPE_UPLOAD_REPLY) return E(frame, E_NOTIMPL);
	return keep_text(frame, service_arg_text(frame, "reply_file_name"), &frame->job->later.reply_file);
}

/* The step must find the new value, for its deadline follows it. */
static uint32_t set_maximum(struct call_frame *frame, uint64_t seconds)
{
	int64_t before = frame->job->maximum_ns;
	uint32_t hr;

	frame->job->maximum_ns = (int64_t)(seconds > UINT32_MAX ? UINT32_MAX : seconds) * NET_S;
	hr = change(frame);
	if (HR_FAILED(hr)) frame->job->maximum_ns = before;
	return hr;
}

static bool is_maximum(const struct call_frame *frame)
{
	return !strcmp(frame->method->property, "maximum_download_time");
}

uint32_t service_later_set(struct call_frame *frame)
{
	uint64_t known, *flags = flags_of(frame, &known);
	uint64_t value = service_arg_number(frame, frame->method->property, 0);
	uint32_t hr;

	if (is_maximum(frame)) return set_maximum(frame, value);
	if (!flags) return set_reply_file(frame);
	if (value & ~known) return flags == &frame->job->later.security_flags ? E(frame, E_NOTIMPL) : E(frame, E_INVALIDARG);
	hr = change(frame);
	if (!HR_FAILED(hr)) *flags = value;
	return hr;
}

uint32_t service_later_get(struct call_frame *frame)
{
	uint64_t known, *flags = flags_of(frame, &known);
	uint32_t hr = look(frame);

	if (is_maximum(frame)) {
		service_reply_number(frame, "value", (uint64_t)(frame->job->maximum_ns / NET_S));
	} else if (flags) {
		service_reply_number(frame, "value", *flags);
	} else {
		if (frame->job->job.type != JOB_TYPE_UPLOAD_REPLY) return E(frame, E_NOTIMPL);
		service_reply_text(frame, "value", frame->job->later.reply_file);
	}
	return hr;
}

/* --- IBackgroundCopyJob2 */

static uint32_t set_command(struct call_frame *frame)
{
	const char *program = service_arg_text(frame, "program"), *parameters = service_arg_text(frame, "parameters");
	uint32_t hr;

	if ((program && strlen(program) > PROGRAM_MAX) || (parameters && strlen(parameters) > PARAMETERS_MAX))
		return E(frame, STRING_TOO_LONG);
	if (!copy_text(frame, program, &program) || !copy_text(frame, parameters, &parameters)) return E(frame, E_OUTOFMEMORY);
	hr = change(frame);
	if (HR_FAILED(hr)) return hr;
	frame->job->later.program = program;
	frame->job->later.parameters = parameters;
	return hr;
}

static uint32_t get_command(struct call_frame *frame)
{
	uint32_t hr = look(frame);

	service_reply_text(frame, "program", frame->job->later.program);
	service_reply_text(frame, "parameters", frame->job->later.parameters);
	return hr;
}

/* No origin here replies to an upload: the size is unknown until the upload is done, then there is nothing. */
static uint32_t reply_progress(struct call_frame *frame)
{
	bool done = frame->job->job.state == STATE_TRANSFERRED || frame->job->job.state == STATE_ACKNOWLEDGED;
	uint32_t hr = look(frame);

	if (frame->job->job.type != JOB_TYPE_UPLOAD_REPLY) return E(frame, E_NOTIMPL);
	service_reply_number(frame, "bytes_total", done ? 0 : JOB_SIZE_UNKNOWN);
	service_reply_number(frame, "bytes_transferred", 0);
	return hr;
}

static uint32_t check_authentication(const struct call_frame *frame)
{
	uint64_t target = service_arg_number(frame, "target", 0), scheme = service_arg_number(frame, "scheme", 0);

	if (target < 1 || target > AUTH_TARGET_LAST) return E(frame, INVALID_AUTH_TARGET);
	return scheme < 1 || scheme > AUTH_SCHEME_LAST ? E(frame, INVALID_AUTH_SCHEME) : 0;
}

static uint32_t set_credentials(struct call_frame *frame)
{
	const char *user = service_arg_text(frame, "user"), *password = service_arg_text(frame, "password");
	uint32_t hr = check_authentication(frame);

	if (hr) return hr;
	if (user && strlen(user) > USER_MAX) return E(frame, USERNAME_TOO_LARGE);
	if (password && strlen(password) > PASSWORD_MAX) return E(frame, PASSWORD_TOO_LARGE);
	return change(frame);
}

static uint32_t remove_credentials(struct call_frame *frame)
{
	uint32_t hr = check_authentication(frame);

	return hr ? hr : change(frame);
}

/* --- IBackgroundCopyJob3 */

/* The URL with its new prefix, or NULL when it does not have the old one. */
static const char *replaced(const char *url, const char *before, const char *after, char text[URL_SIZE])
{
	size_t length = strlen(before);

	if (strncmp(url, before, length)) return NULL;
	snprintf(text, URL_SIZE, "%s%s", after, url + length);
	return text;
}

/* How many names have the old prefix; E_INVALIDARG in *hr when one of them would be no URL with the new one. */
static unsigned count_replaced(const struct call_frame *frame, const char *before, const char *after, uint32_t *hr)
{
	char text[URL_SIZE];
	unsigned count = 0;

	for (unsigned i = 0; i < frame->job->job.files_count; i++) {
		if (!replaced(frame->job->files[i]->url, before, after, text)) continue;
		count++;
		if (!service_file_is_url(frame, text)) *hr = E(frame, E_INVALIDARG);
	}
	return count;
}

static uint32_t replace_all(struct call_frame *frame, const char *before, const char *after)
{
	char text[URL_SIZE];

	for (unsigned i = 0; i < frame->job->job.files_count; i++) {
		struct service_file *file = frame->job->files[i];
		const char *copy;
		if (!replaced(file->url, before, after, text)) continue;
		copy = arena_text(frame->service->arena, text, strlen(text));
		if (!copy) return E(frame, E_OUTOFMEMORY);
		file->url = copy;
		if (service_has_defect(frame->service, DEFECT_replaces_first_only)) break;
	}
	return 0;
}

static uint32_t replace_prefix(struct call_frame *frame)
{
	const char *before = service_arg_text(frame, "old_prefix"), *after = service_arg_text(frame, "new_prefix");
	unsigned count;
	uint32_t hr = 0;

	if (job_is_final(&frame->job->job)) return change(frame);
	if (frame->job->job.type != JOB_TYPE_DOWNLOAD) return E(frame, E_NOTIMPL);
	if (!before || !*before || !after) return E(frame, E_INVALIDARG);
	count = count_replaced(frame, before, after, &hr);
	if (hr) return hr;
	if (count == 0) return E(frame, S_FALSE);
	hr = change(frame);
	return HR_FAILED(hr) ? hr : replace_all(frame, before, after);
}

/* --- IBackgroundCopyJob5 */

enum when { ANY_TIME, BEFORE_FILE, BEFORE_RESUME };

/* BITS_JOB_PROPERTY_ID (constants.md 5): the number, and what a job that was never told has; -1: the pages do not say. */
static const struct job_property {
	unsigned id;
	enum when when;
	int64_t otherwise;
	bool in[DIALECT_COUNT];
} job_properties[] = {
	{ 1, ANY_TIME, -1, { true, true } },       /* COST_FLAGS */
	{ 3, BEFORE_RESUME, -1, { false, true } }, /* DYNAMIC_CONTENT */
	{ 4, BEFORE_FILE, -1, { false, true } },   /* HIGH_PERFORMANCE */
	{ 5, BEFORE_RESUME, -1, { false, true } }, /* MAX_DOWNLOAD_SIZE */
	{ 9, ANY_TIME, 500, { false, true } },     /* MINIMUM_NOTIFICATION_INTERVAL_MS */
	{ 10, ANY_TIME, 0, { false, true } },      /* ON_DEMAND_MODE */
};

/* C-60: what the dialect does not support is unknown to it. */
static const struct job_property *find_property(const struct call_frame *frame)
{
	uint64_t id = service_arg_number(frame, "property_id", UINT64_MAX);

	for (size_t i = 0; i < sizeof job_properties / sizeof *job_properties; i++)
		if (job_properties[i].id == id && job_properties[i].in[frame->service->machine->dialect])
			return &job_properties[i];
	return NULL;
}

static uint32_t set_property(struct call_frame *frame)
{
	const struct job_property *property = find_property(frame);
	struct service_job *job = frame->job;
	uint32_t hr;

	if (!property) return E(frame, UNKNOWN_PROPERTY_ID);
	if (!job_is_final(&job->job)) {
		if (property->when == BEFORE_FILE && job->job.files_count) return E(frame, READ_ONLY_PROPERTY_AFTER_ADDFILE);
		if (property->when == BEFORE_RESUME && job->resumed) return E(frame, READ_ONLY_PROPERTY_AFTER_RESUME);
	}
	hr = change(frame);
	if (HR_FAILED(hr)) return hr;
	job->later.property[property->id] = service_arg_number(frame, "value", 0);
	job->later.property_set |= 1u << property->id;
	return hr;
}

static uint32_t get_property(struct call_frame *frame)
{
	const struct job_property *property = find_property(frame);
	const struct later *later = &frame->job->later;
	uint32_t hr = look(frame);

	if (!property) return E(frame, UNKNOWN_PROPERTY_ID);
	if (later->property_set & 1u << property->id) service_reply_number(frame, "value", later->property[property->id]);
	else service_reply_number(frame, "value", property->otherwise < 0 ? 0 : (uint64_t)property->otherwise);
	return hr;
}

/* --- IDeliveryOptimizationJob2 and IDeliveryOptimizationFile2 */

#define DO_JOB_EXTENDED_ERROR 0      /* the number is a third party's */
#define DO_FILE_WRITE_ONLY_LAST 1
#define DO_FILE_SIZE 6
#define DO_FILE_LAST 6

static uint32_t set_do_property(struct call_frame *frame)
{
	bool known = service_arg_number(frame, "property_id", UINT64_MAX) == DO_JOB_EXTENDED_ERROR;

	return known ? E(frame, READ_ONLY_PROPERTY) : E(frame, UNKNOWN_PROPERTY_ID);
}

static uint32_t get_do_property(struct call_frame *frame)
{
	uint32_t hr = look(frame);

	if (service_arg_number(frame, "property_id", UINT64_MAX) != DO_JOB_EXTENDED_ERROR) return E(frame, UNKNOWN_PROPERTY_ID);
	service_reply_text(frame, "value", "");
	return hr;
}

static uint32_t set_file_property(struct call_frame *frame)
{
	uint64_t id = service_arg_number(frame, "property_id", UINT64_MAX);
	struct service_file *file = frame->job->files[frame->handle->object->file];

	if (id > DO_FILE_LAST) return E(frame, UNKNOWN_PROPERTY_ID);
	return keep_text(frame, service_arg_text(frame, "value"), &file->property[id]);
}

static uint32_t get_file_property(struct call_frame *frame)
{
	uint64_t id = service_arg_number(frame, "property_id", UINT64_MAX);
	const struct service_file *file = frame->job->files[frame->handle->object->file];

	if (id > DO_FILE_LAST) return E(frame, UNKNOWN_PROPERTY_ID);
	if (id <= DO_FILE_WRITE_ONLY_LAST) return E(frame, WRITE_ONLY_PROPERTY);
	if (id == DO_FILE_SIZE && file->size != JOB_SIZE_UNKNOWN && !file->property[id]) {
		service_reply_number(frame, "value", file->size);
		return 0;
	}
	if (!file->property[id]) return E(frame, E_NOT_SET);
	service_reply_text(frame, "value", file->property[id]);
	return 0;
}

service_answer *service_later_answer(const char *command)
{
	static const struct service_answer_row answers[] = {
		{ "job.set_command", set_command }, { "job.command", get_command }, { "job.reply_progress", reply_progress },
		{ "job.set_credentials", set_credentials }, { "job.remove_credentials", remove_credentials },
		{ "job.replace_prefix", replace_prefix }, { "job.set_property", set_property },
		{ "job.get_property", get_property }, { "job.set_do_property", set_do_property },
		{ "job.get_do_property", get_do_property }, { "file.set_do_property", set_file_property },
		{ "file.get_do_property", get_file_property },
	};

	return service_find_answer(answers, sizeof answers / sizeof *answers, command);
}
