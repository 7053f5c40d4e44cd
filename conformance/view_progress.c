/* view_progress.c -- what GetProgress and GetTimes said, and what bears on how a transfer that broke off goes on. */
#include "conformance/view_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void view_progress_job(struct view_job *job)
{
	job->priority_ns = job->changed_ns = job->before_transferred_ns = job->transferred_ns = VIEW_NEVER;
	job->kill_state = STATE_NONE;
}

void view_progress_file(struct view_file *file)
{
	file->ranges_bytes = VIEW_SIZE_UNKNOWN;
	file->answered_ns = file->later_ns = file->not_before_ns = file->led_ns = VIEW_NEVER;
}

bool view_bytes(const struct trace_line *line, const char *key, uint64_t *value)
{
	const char *text = trace_get(line, key);
	char *end;
	if (!text || *text < '0' || *text > '9') return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return !*end && errno == 0;
}

/* --- calls */

/* FIRST-LAST or FIRST+LENGTH; 0: to the end, or none of these. */
static uint64_t range_length(const char **at)
{
	char *end;
	uint64_t first = strtoull(*at, &end, 10), second;
	char sign = *end;
	if (end == *at || (sign != '-' && sign != '+') || end[1] < '0' || end[1] > '9') return 0;
	second = strtoull(end + 1, &end, 10);
	*at = end;
	if (sign == '+') return second;
	return second >= first ? second - first + 1 : 0;
}

static uint64_t sum_of_ranges(const char *text)
{
	uint64_t sum = 0;
	for (const char *at = text; *at; at += *at == ',') {
		uint64_t length = range_length(&at);
		if (length == 0 || length > UINT32_MAX || (*at && *at != ',')) return VIEW_SIZE_UNKNOWN;
		sum += length;
	}
	return sum;
}

static void see_added(const struct trace_line *line, struct view_job *job)
{
	const char *ranges = trace_get(line, "ranges"), *size = trace_get(line, "size");
	if (!job->files_count) return;
	struct view_file *file = job->files[job->files_count - 1];
	if (file->ranges && ranges) file->ranges_bytes = sum_of_ranges(ranges);
	file->sized = size && strcmp(size, "0");
}

/* Which file a file handle is: as it was taken, or the only one. */
static void find_file(struct sight *sight)
{
	const struct view_job *job = sight->job;
	int file = sight->handle ? sight->handle->file : VIEW_FILE_UNKNOWN;
	if (strncmp(sight->command, "file.", 5)) return;
	if (file < 0 && job->files_count == 1 && !job->files_vague) file = 0;
	if (file < 0 || file >= (int)job->files_count) return;
	sight->file_index = file;
	sight->file = job->files[file];
}

static void take_told(const struct sight *sight, unsigned breaks, struct view_told *told, struct view_told *before)
{
	const struct view_job *job = sight->job;
	struct view_told now = { .at_ns = sight->now_ns, .state = job->state, .since_ns = job->since_ns, .rounds = job->rounds,
		.attempts = job->attempts, .breaks = breaks };
	*before = *told;
	now.valid = view_bytes(sight->line, "bytes_total", &now.total) && view_bytes(sight->line, "bytes_transferred", &now.bytes);
	*told = now;
}

static void take_times(const struct sight *sight, struct view_job *job)
{
	struct view_times now = { .at_ns = sight->now_ns };
	const struct trace_line *line = sight->line;
	job->times_before = job->times;
	now.valid = view_bytes(line, "creation", &now.creation) && view_bytes(line, "modification", &now.modification) &&
		view_bytes(line, "completion", &now.completion);
	job->times = now;
}

static void see_failed(const struct view *view, const struct sight *sight)
{
	uint32_t refused;
	bool known = machine_code(view->dialect, "INVALID_STATE", 13, &refused);
	sight->job->files_vague |= !strcmp(sight->command, "job.add_file_set");
	sight->job->complete_tried |= sight->event == EVENT_COMPLETE && !(known && sight->hr == refused);
}

void view_progress_call(struct view_seeing *seeing, struct sight *sight)
{
	struct view_job *job = sight->job;
	unsigned breaks = 0;
	if (sight->failed) {
		see_failed(seeing->view, sight);
		return;
	}
	find_file(sight);
	for (unsigned f = 0; f < job->files_count; f++) breaks += job->files[f]->breaks;
	if (!strcmp(sight->command, "job.progress")) take_told(sight, breaks, &job->told, &job->told_before);
	if (!strcmp(sight->command, "file.progress") && sight->file)
		take_told(sight, sight->file->breaks, &sight->file->told, &sight->file->told_before);
	if (!strcmp(sight->command, "job.times")) take_times(sight, job);
	if (sight->event == EVENT_ADD_FILE) see_added(sight->line, job);
	if (sight->event == EVENT_ADD_FILE || !strcmp(sight->command, "job.set")) job->changed_ns = sight->now_ns;
	if (sight->method && !strcmp(sight->command, "job.set") && !strcmp(sight->method->property, "priority")) job->priority_ns = sight->now_ns;
	if (!strcmp(sight->command, "file.set_remote_name") && sight->file) sight->file->renamed_suspended = sight->state == STATE_SUSPENDED && !job->calls_since_state;
}

void view_progress_transferred(struct view_job *job, int64_t now_ns)
{
	if (job->transferred_rows++) return;
	job->before_transferred_ns = job->state_ns;
	job->transferred_ns = now_ns;
}

/* --- the origin */

void view_progress_serve(struct view *view, const struct trace_line *line)
{
	const char *date = trace_get(line, "retry_date"), *retry_after = date ? date : trace_get(line, "retry_after"), *redirect = trace_get(line, "redirect");
	int64_t seconds = retry_after ? view_seconds(retry_after) : 0;
	if (view->serves_count == VIEW_SERVES_MAX) return;
	view->serves[view->serves_count++] = (struct view_serve){ .line = line->scenario_line,
		.validated = trace_get(line, "etag") || trace_get(line, "modified"), .ranged = !trace_get(line, "no-range"),
		.leads = redirect && strcmp(redirect, "loop") && strcmp(redirect, line->object), .is_date = date != NULL, .retry_after_ns = seconds > 0 ? seconds * INT64_C(1000000000) : 0 };
}

static const struct view_serve *serve_of(const struct view *view, const struct trace_line *line)
{
	int64_t number = trace_get_int(line, "line", 0);
	for (unsigned i = 0; number > 0 && i < view->serves_count; i++)
		if (view->serves[i].line == (unsigned)number) return &view->serves[i];
	return NULL;
}

/* Failures after which what came before is worth nothing: all but a connection that broke and an error status. */
static bool spoils(enum cause failure, unsigned status)
{
	if (status == 416) return true;
	return failure != CAUSE_NONE && failure != CAUSE_NET_RESET && failure != CAUSE_NET_STALL && status < 400;
}

static void see_version(struct view_file *file, const struct trace_line *line, const struct view_serve *serve)
{
	bool validated = !serve || serve->validated;   /* of a record without serve lines nothing is known */
	unsigned version = (unsigned)trace_get_int(line, "version", 0);
	if (trace_get_int(line, "content", 0) != 1 || version == 0) return;
	if (file->seen_version && file->seen_version != version) {
		file->versions++;
		file->breaks++;
		file->blurred |= !file->seen_validated || !validated;
	}
	file->seen_version = version;
	file->seen_validated = validated;
}

static void see_body(struct view_file *file, const struct trace_line *line, const struct view_serve *serve, unsigned status)
{
	const char *ending = trace_get(line, "ending");
	file->headed = false;
	if (status < 200 || status > 299) return;
	file->interrupted = ending && strcmp(ending, "done");
	file->resumable = serve && serve->validated && serve->ranged;
	if (status == 200 && file->asked_range) file->breaks++;
	bool elsewhere = file->asked_range && trace_get_int(line, "from", 0) != (int64_t)file->asked_from;
	if (status == 206 && (elsewhere || view_is_other_part(line))) file->other_ranges++;
}

void view_progress_response(struct view *view, const struct trace_line *line, struct view_file *file, enum cause failure)
{
	const struct view_serve *serve = serve_of(view, line);
	unsigned status = (unsigned)trace_get_int(line, "status", 0);
	file->answers++;
	file->answered_ns = line->at_ns;
	see_version(file, line, serve);
	file->breaks += spoils(failure, status) || view_lies(line);
	if (!file->asked_head) see_body(file, line, serve, status);
	else file->headed = status >= 200 && status < 300;
	file->led_ns = serve && serve->leads && status >= 300 && status < 400 ? line->at_ns : VIEW_NEVER;
	bool later = serve && serve->retry_after_ns && status >= 400;
	file->later_ns = later ? line->at_ns : VIEW_NEVER;
	file->later_is_date = later && serve->is_date;
	file->not_before_ns = later ? line->at_ns + serve->retry_after_ns : VIEW_NEVER;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int next_character(const char **at)
{
	const char *from = *at;
	bool escaped = from[0] == '%' && digit_of(from[1]) >= 0 && digit_of(from[2]) >= 0;
	*at += escaped ? 3 : from[0] != '\0';
	return escaped ? digit_of(from[1]) * 16 + digit_of(from[2]) : (unsigned char)from[0];
}

static bool same_but_escapes(const char *a, const char *b)
{
	while (*a || *b)
		if (next_character(&a) != next_character(&b)) return false;
	return true;
}

void view_progress_astray(struct view_seeing *seeing)
{
	const struct trace_line *line = seeing->line;
	struct view *view = seeing->view;
	for (unsigned i = 0; i < view->jobs_count; i++)
		for (unsigned f = 0; f < view->jobs[i]->files_count; f++) {
			struct view_job *job = view->jobs[i];
			if (!same_but_escapes(job->files[f]->path, line->object)) continue;
			struct sight sight = { .kind = SIGHT_ASTRAY, .line = line, .now_ns = line->at_ns, .job = job, .file = job->files[f],
				.file_index = (int)f, .state = job->state, .failure = CAUSE_NONE };
			view_done(job, "the origin was asked for ", line->object);
			view_show(seeing, &sight);
		}
}

/* --- the service */

void view_progress_lose(const struct view *view, struct view_file *file)
{
	file->covered = file->covered > view->power_bytes ? file->covered - view->power_bytes : 0;
}

void view_progress_kill(struct view *view)
{
	for (unsigned i = 0; i < view->jobs_count; i++) {
		struct view_job *job = view->jobs[i];
		job->kill_state = job->calls_since_state ? STATE_NONE : job->state;
		job->kill_rounds = job->rounds;
	}
}
