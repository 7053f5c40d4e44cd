/* service_file.c -- adding files to jobs, and commands of files. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

#define DO_FILE_SINK_PATH 4          /* DOFilePropertyId, constants.md 5 */
#define E(frame, word) service_code((frame)->service, CODE_##word)
#define HR_FAILED(hr) ((hr) >> 31 & 1u)

#define PATH_MAX_WINDOWS 260         /* MAX_PATH: of local names and of each segment of a URL */
#define SET_FILES_MAX 3              /* files of one job.add_file_set */

/* --- names */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static const char *skip_scheme(const char *url)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = 0;
		while (schemes[i][n] && lower(url[n]) == schemes[i][n]) n++;
		if (!schemes[i][n]) return url + n;
	}
	return NULL;
}

static bool has_long_segment(const char *text)
{
	for (;; text++) {
		size_t length = strcspn(text, "/");
		if (length > PATH_MAX_WINDOWS) return true;
		text += length;
		if (!*text) return false;
	}
}

static bool has_control_or_blank(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 127) return true;
	return false;
}

static bool is_too_long(const struct call_frame *frame, const char *url)
{
	return strlen(url) > frame->service->machine->limits.url_max;
}

bool service_file_is_url(const struct call_frame *frame, const char *url)
{
	const char *rest = url ? skip_scheme(url) : NULL;

	if (!rest || strcspn(rest, "/?#:") == 0 || has_control_or_blank(url)) return false;
	return !is_too_long(frame, url) && !has_long_segment(rest);
}

static bool is_absolute(const char *name)
{
	char drive = lower(name[0]);

	return (drive >= 'a' && drive <= 'z' && name[1] == ':' && name[2] == '\\') || (name[0] == '\\' && name[1] == '\\');
}

static bool is_local(const char *name)
{
	size_t length = strlen(name);

	if (!is_absolute(name) || length > PATH_MAX_WINDOWS || name[length - 1] == '\\') return false;
	for (const char *at = name + 2; *at; at++)
		if ((unsigned char)*at < ' ' || strchr("*?\"<>|/:", *at)) return false;
	return true;
}

/* C-52: the folder must be there when the file is added. C-53: a URL that is too long is no URL. An upload only reads. */
static uint32_t check_names(const struct call_frame *frame, const char *url, const char *local)
{
	bool writes = frame->job->job.type == JOB_TYPE_DOWNLOAD;

	if (url && is_too_long(frame, url) && service_varies(frame->service, VARIANT_url_is_a_long_string)) return E(frame, STRING_TOO_LONG);
	if (!service_file_is_url(frame, url) || !local || !is_local(local)) return E(frame, E_INVALIDARG);
	if (writes && frame->service->disk.writing == DISK_DENIED) return E(frame, E_ACCESSDENIED);
	if (service_varies(frame->service, VARIANT_folder_looked_for_late)) return 0;
	return disk_has_folder(local) ? 0 : E(frame, ERROR_PATH_NOT_FOUND);
}

/* --- ranges: FIRST-LAST, FIRST-eof, FIRST+LENGTH, with commas between them */

static bool read_position(const char **at, uint64_t *number)
{
	if (!strncmp(*at, "eof", 3)) {
		*at += 3;
		*number = JOB_SIZE_UNKNOWN;
		return true;
	}
	if (**at < '0' || **at > '9') return false;
	for (*number = 0; **at >= '0' && **at <= '9'; ++*at) {
		uint64_t digit = (uint64_t)(**at - '0');
		if (*number > (JOB_SIZE_UNKNOWN - digit) / 10) return false;
		*number = *number * 10 + digit;
	}
	return true;
}

static bool read_range(const char **at, struct file_range *range)
{
	uint64_t first, second;
	char sign;

	if (!read_position(at, &first)) return false;
	sign = *(*at)++;
	if ((sign != '-' && sign != '+') || !read_position(at, &second)) return false;
	range->offset = first;
	range->length = second;
	if (sign == '-' && second != JOB_SIZE_UNKNOWN) range->length = second >= first ? second - first + 1 : 0;
	return true;
}

static bool read_ranges(const char *text, struct file_range *ranges, unsigned *count)
{
	for (*count = 0; *text; ++*count) {
		if (*count == SERVICE_RANGES_MAX || !read_range(&text, &ranges[*count])) return false;
		if (*text == ',') text++;
		else if (*text) return false;
	}
	return true;
}

static bool overlap(const struct file_range *a, const struct file_range *b)
{
	if (b->offset < a->offset) return overlap(b, a);
	return a->length == JOB_SIZE_UNKNOWN || b->offset - a->offset < a->length;
}

static uint32_t check_ranges(const struct call_frame *frame, const struct file_range *ranges, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct file_range *range = &ranges[i];
		if (range->offset == JOB_SIZE_UNKNOWN) return E(frame, INVALID_RANGE);
		if (range->length == 0 && !service_varies(frame->service, VARIANT_empty_range_accepted)) return E(frame, INVALID_RANGE); /* C-56 */
		if (range->length != JOB_SIZE_UNKNOWN && range->length > JOB_SIZE_UNKNOWN - 1 - range->offset)
			return E(frame, INVALID_RANGE);
	}
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < i; k++)
			if (overlap(&ranges[i], &ranges[k])) return E(frame, OVERLAPPING_RANGES);
	return 0;
}

/* --- adding */

const char *service_file_place(const struct service_file *file)
{
	return file->local ? file->local : file->property[DO_FILE_SINK_PATH];
}

/* How many files the job can still have, and the code for one too many. */
static uint32_t check_room(const struct call_frame *frame, unsigned count)
{
	const struct job *job = &frame->job->job;
	bool bits = frame->service->machine->dialect == DIALECT_BITS;

	if (job_is_final(job)) return 0; /* the step refuses */
	if (job->type != JOB_TYPE_DOWNLOAD && job->files_count + count > 1) return E(frame, TOO_MANY_FILES);
	if (job->files_count + count <= JOB_FILES_MAX) return 0;
	return bits ? E(frame, TOO_MANY_FILES_IN_JOB) : E(frame, E_OUTOFMEMORY);
}

static struct service_file *make_file(struct service *service, const char *url, const char *local,
	const struct file_range *ranges, unsigned count)
{
	struct service_file *file = arena_take(service->arena, sizeof *file);

	if (!file) return NULL;
	file->url = arena_text(service->arena, url, strlen(url));
	file->local = local ? arena_text(service->arena, local, strlen(local)) : NULL;
	if (!file->url || (local && !file->local)) return NULL;
	file->size = JOB_SIZE_UNKNOWN;
	file->ranges_count = count;
	if (count == 0) return file;
	file->ranges = arena_take(service->arena, count * sizeof *ranges);
	if (!file->ranges) return NULL;
	memcpy(file->ranges, ranges, count * sizeof *ranges);
	return file;
}

static uint32_t add(struct call_frame *frame, struct service_file *file, uint64_t size)
{
	struct occurrence occurrence = service_occurrence(frame->service, EVENT_ADD_FILE);
	uint64_t total = file ? transfer_total(file) : 0;
	unsigned index = frame->job->job.files_count;
	uint32_t hr;

	if (!file) return E(frame, E_OUTOFMEMORY);
	if (file->ranges_count == 0) total = size;
	occurrence.bytes_total = total == JOB_SIZE_UNKNOWN ? 0 : total;
	if (index < JOB_FILES_MAX) frame->job->files[index] = file;
	hr = service_code(frame->service, service_step(frame->job, &occurrence)->result);
	return hr >> 31 && file->ranges_count ? E(frame, INVALID_STATE) : hr;   /* JOB-023; C-55 is about AddFile */
}

/* do: a job may have a file without a place (ERR-CODE-025), so AddFile must take one; inferred. */
static uint32_t add_file(struct call_frame *frame)
{
	const char *url = service_arg_text(frame, "url"), *local = service_arg_text(frame, "local");
	bool placeless = !local && frame->service->machine->dialect == DIALECT_DO && service_file_is_url(frame, url);
	uint32_t hr = placeless ? 0 : check_names(frame, url, local);

	if (job_is_final(&frame->job->job) && service_varies(frame->service, VARIANT_add_fails_in_final)) return E(frame, E_FAIL); /* C-55 */
	if (hr == E(frame, ERROR_PATH_NOT_FOUND) && service_has_defect(frame->service, DEFECT_adds_and_fails))
		add(frame, make_file(frame->service, url, local, NULL, 0), 0);
	if (!hr) hr = check_room(frame, 1);
	return hr ? hr : add(frame, make_file(frame->service, url, local, NULL, 0), 0);
}

static uint32_t add_file_with_ranges(struct call_frame *frame)
{
	const char *url = service_arg_text(frame, "url"), *local = service_arg_text(frame, "local");
	const char *text = service_arg_text(frame, "ranges");
	uint64_t size = service_arg_number(frame, "size", 0);
	struct file_range ranges[SERVICE_RANGES_MAX];
	unsigned count = 0;
	uint32_t hr = check_names(frame, url, local);

	if (hr) return hr;
	if (text && !read_ranges(text, ranges, &count)) return E(frame, E_INVALIDARG);
	if (frame->service->machine->dialect == DIALECT_BITS) {
		if (frame->job->job.type != JOB_TYPE_DOWNLOAD) return E(frame, E_NOTIMPL);
		if (count == 0) return E(frame, E_INVALIDARG);
	}
	hr = check_ranges(frame, ranges, count);
	service_spoil_ranges(frame, ranges, count);
	if (!hr) hr = check_room(frame, 1);
	return hr ? hr : add(frame, make_file(frame->service, url, local, ranges, count), size);
}

static uint32_t add_all(struct call_frame *frame, struct service_file *const *files, unsigned count)
{
	uint32_t hr = check_room(frame, count);

	for (unsigned i = 0; i < count && !HR_FAILED(hr); i++) hr = add(frame, files[i], 0);
	return hr;
}

/* All or none, unless C-54 is read otherwise. */
static uint32_t refuse_set(struct call_frame *frame, struct service_file *const *files, unsigned count, uint32_t hr)
{
	if (service_varies(frame->service, VARIANT_set_adds_before)) add_all(frame, files, count);
	return hr;
}

static uint32_t add_file_set(struct call_frame *frame)
{
	static const char *const urls[] = { "url", "url2", "url3" }, *const locals[] = { "local", "local2", "local3" };
	struct service_file *files[SET_FILES_MAX];
	unsigned count = 0;
	uint32_t hr = 0;

	while (count < SET_FILES_MAX && (service_arg(frame, urls[count]) || service_arg(frame, locals[count]))) {
		const char *url = service_arg_text(frame, urls[count]), *local = service_arg_text(frame, locals[count]);
		hr = check_names(frame, url, local);
		if (hr) return refuse_set(frame, files, count, hr);
		files[count] = make_file(frame->service, url, local, NULL, 0);
		if (!files[count++]) return E(frame, E_OUTOFMEMORY);
	}
	return count == 0 ? E(frame, E_INVALIDARG) : add_all(frame, files, count);
}

static uint32_t enum_files(struct call_frame *frame)
{
	uint32_t hr = service_code(frame->service, service_event(frame->job, EVENT_GET)->result);
	struct object *object;

	if (HR_FAILED(hr)) return hr;
	object = service_handle_object(frame->service, OBJECT_FILES, frame->job);
	if (object) object->count = frame->job->job.files_count; /* a snapshot: files are only ever added behind */
	return service_reply_handle(frame, object);
}

/* --- files */

static struct service_file *file_of(const struct call_frame *frame)
{
	return frame->job->files[frame->handle->object->file];
}

static uint32_t remote_name(struct call_frame *frame)
{
	service_reply_text(frame, "name", file_of(frame)->url);
	return 0;
}

static uint32_t local_name(struct call_frame *frame)
{
	service_reply_text(frame, "name", file_of(frame)->local);
	return 0;
}

static uint32_t file_progress(struct call_frame *frame)
{
	unsigned index = frame->handle->object->file;
	const struct job_file *file = &frame->job->job.files[index];
	uint64_t untold = index == frame->job->job.file_current ? transfer_untold(frame->job) : 0;

	service_reply_number(frame, "bytes_total", file->bytes_total);
	service_reply_number(frame, "bytes_transferred", file->bytes_transferred + untold);
	service_reply_number(frame, "completed", file->kept);
	return 0;
}

static uint32_t file_ranges(struct call_frame *frame)
{
	unsigned count = file_of(frame)->ranges_count;

	service_reply_number(frame, "count", count);
	return count ? 0 : E(frame, S_FALSE);
}

static uint32_t set_remote_name(struct call_frame *frame)
{
	struct occurrence occurrence = service_occurrence(frame->service, EVENT_SET);
	const char *url = service_arg_text(frame, "url"), *kept;
	uint32_t hr;

	if (!service_file_is_url(frame, url)) return E(frame, E_INVALIDARG);
	if (frame->job->job.type != JOB_TYPE_DOWNLOAD) return E(frame, E_NOTIMPL);
	kept = arena_text(frame->service->arena, url, strlen(url));
	if (!kept) return E(frame, E_OUTOFMEMORY);
	occurrence.property = PROPERTY_OTHER;
	hr = service_code(frame->service, service_step(frame->job, &occurrence)->result);
	if (HR_FAILED(hr) || service_has_defect(frame->service, DEFECT_remote_name_ignored)) return hr;
	service_spoil_rename(frame);
	file_of(frame)->url = kept;
	return hr;
}

service_answer *service_file_answer(const char *command)
{
	static const struct service_answer_row answers[] = {
		{ "file.local_name", local_name }, { "job.add_file", add_file },
		{ "job.add_file_with_ranges", add_file_with_ranges }, { "job.add_file_set", add_file_set },
		{ "job.enum_files", enum_files }, { "file.remote_name", remote_name }, { "file.progress", file_progress },
		{ "file.ranges", file_ranges }, { "file.set_remote_name", set_remote_name },
	};

	return service_find_answer(answers, sizeof answers / sizeof *answers, command);
}
