/* view_net.c -- lines of the origin: who was served what, and what may have failed. */
#include "conformance/view_part.h"
#include "model/job.h"
#include "sim/fault_word.h"

#include <stdlib.h>
#include <string.h>

#define REDIRECTS_MANY 4u  /* of one path in a row: a loop, or as good as one */

bool view_is_vague(const struct view_file *file)
{
	return file->redirected || file->renamed_ns != VIEW_NEVER || file->twin || file->blurred;
}

static void find_twins(const struct view *view, struct view_file *file)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		for (unsigned f = 0; f < view->jobs[i]->files_count; f++) {
			struct view_file *other = view->jobs[i]->files[f];
			bool by_old = (other->old_path && !strcmp(other->old_path, file->path)) || (file->old_path && !strcmp(file->old_path, other->path));
			if (other == file || (strcmp(other->path, file->path) && !by_old)) continue;
			other->twin = file->twin = true;
		}
}

void view_net_place(struct view_seeing *seeing, struct view_file *file)
{
	const char *at = strstr(file->url, "://"), *slash;
	at = at ? at + 3 : file->url;
	slash = strchr(at, '/');
	size_t length = slash ? (size_t)(slash - at) : strlen(at);
	file->host = arena_text(seeing->view->arena, at, length);
	file->path = view_text(seeing, slash ? slash : "/");
	if (!file->host || !file->path) seeing->status = STATUS_NO_MEMORY;
	else find_twins(seeing->view, file);
}

/* The same again only moves in time: a job that retries for days has few causes. */
void view_add_cause(struct view_job *job, struct view_cause cause)
{
	job->causes_total++;
	for (unsigned i = 0; i < job->causes_count; i++) {
		struct view_cause *old = &job->causes[i];
		if (old->cause != cause.cause || old->status != cause.status || old->file != cause.file) continue;
		*old = cause;
		return;
	}
	if (job->causes_count == VIEW_CAUSES_MAX) {
		memmove(job->causes, job->causes + 1, sizeof job->causes[0] * (VIEW_CAUSES_MAX - 1));
		job->causes_count--;
		job->causes_lost = job->progress_before_ns == VIEW_NEVER || job->causes[0].at_ns >= job->progress_before_ns;
	}
	job->causes[job->causes_count++] = cause;
}

static bool owned(const struct view *view, const char *path)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		for (unsigned f = 0; f < view->jobs[i]->files_count; f++)
			if (!strcmp(view->jobs[i]->files[f]->path, path)) return true;
	return false;
}

/* A path that no job asked for belongs to whoever was redirected, or was renamed away from it. */
static bool concerns(const struct view_file *file, const char *path, bool is_owned)
{
	if (!strcmp(file->path, path)) return true;
	if (is_owned) return false;
	return file->redirected || (file->old_path && !strcmp(file->old_path, path));
}

/* Servers without HEAD are asked by GET instead: their refusal was no failure. */
static void forgive_head(struct view_job *job, const struct view_file *file)
{
	for (unsigned i = 0; i < job->causes_count; i++) {
		struct view_cause *cause = &job->causes[i];
		if (cause->file >= 0 && job->files[cause->file] == file && cause->head) cause->certain = false;
	}
}

static void see_request(const struct trace_line *line, struct view_job *job, struct view_file *file)
{
	const char *method = trace_get(line, "method"), *range = trace_get(line, "range");
	file->requests++;
	file->asked_head = method && !strcmp(method, "HEAD");
	file->gets += !file->asked_head;
	file->asked_range = range && range[0] >= '0' && range[0] <= '9';
	file->asked_from = 0;
	for (const char *at = range; file->asked_range && *at >= '0' && *at <= '9' && file->asked_from < UINT64_MAX / 16; at++)
		file->asked_from = file->asked_from * 10 + (uint64_t)(*at - '0');
	const char *dash = file->asked_range ? strchr(range, '-') : NULL;
	file->asked_to = dash && dash[1] ? strtoull(dash + 1, NULL, 10) : UINT64_MAX;
	if (!file->asked_head) forgive_head(job, file);
	job->attempts++;
	job->attempt_ns = line->at_ns;
	job->requests_since_look++;
	view_done(job, "the origin was asked for ", line->object, file->asked_head ? " (HEAD)" : " (GET)");
}

/* The body fell silent before it ended: its last byte came any time after the request. */
static bool ended_silent(const struct trace_line *line)
{
	const char *fault = trace_get(line, "fault"), *ending = trace_get(line, "ending");
	return fault && ending && !strncmp(fault, "stall", 5) && (!strcmp(ending, "stall") || !strcmp(ending, "aborted"));
}

/* Bytes as the origin counts them: a client has these at most. */
static void see_content(const struct view *view, const struct trace_line *line, struct view_job *job, struct view_file *file, bool whole)
{
	const char *ending = trace_get(line, "ending");
	bool lost = view->disk_bad && ending && !strcmp(ending, "aborted");   /* it reached the client, and no disk */
	int64_t sent = trace_get_int(line, "sent", 0), from = trace_get_int(line, "from", 0), total = trace_get_int(line, "total", -1);
	unsigned version = (unsigned)trace_get_int(line, "version", 0);
	if (sent < 0 || from < 0) return;
	if (version != file->version && file->requests) file->covered = 0;
	file->version = version;
	if ((uint64_t)from <= file->covered && (uint64_t)(from + sent) > file->covered) file->covered = (uint64_t)(from + sent);
	/* What flowed before the power was lost is told behind it, as aborted. */
	if (!whole && view->power_ns != VIEW_NEVER && job->attempt_ns != VIEW_NEVER && job->attempt_ns <= view->power_ns) view_progress_lose(view, file);
	if (total >= 0) {
		file->total = (uint64_t)total;
		file->total_known = true;
	}
	if (whole) {
		file->content = true;
		file->last_failure = CAUSE_NONE;
	}
	if (file->total_known && file->covered >= file->total && whole && file->complete_at_ns == VIEW_NEVER)
		file->complete_at_ns = line->at_ns;
	bool empty = whole && total == 0 && !file->asked_head;   /* a file without bytes is there, and that is progress */
	if ((sent == 0 && !empty) || lost) return;
	file->sent_anew |= from == 0 && !strcmp(line->object, file->path);
	if (job->ever_error) job->recovered_ns = line->at_ns;
	job->error_seen_ns = VIEW_NEVER;
	job->progress_before_ns = job->progress_ns;
	job->progress_ns = job->active_ns = line->at_ns;
	job->flow_ns = ended_silent(line) && job->attempt_ns != VIEW_NEVER ? job->attempt_ns : line->at_ns;
	if (!ending || strcmp(ending, "aborted")) job->property_ns = job->flow_ns; /* else nobody may have kept it */
	job->first_error_ns = VIEW_NEVER;
	job->modifications++;
}

static int64_t length_of(const struct trace_line *line)
{
	return trace_get_int(line, "length", -1);
}

/* 200 for ranges. With another version of the file it says that the file changed, and nothing of ranges. */
static bool ignores_ranges(const struct trace_line *line, const struct view_file *file, unsigned status)
{
	unsigned version = (unsigned)trace_get_int(line, "version", 0);
	return file->ranges && file->asked_range && status == 200 && (!file->version || version == file->version);
}

static bool has_fault(const struct trace_line *line, const char *word)
{
	const char *fault = trace_get(line, "fault");
	return fault && !strcmp(fault, word);
}

bool view_is_other_part(const struct trace_line *line)
{
	return has_fault(line, "unasked") || has_fault(line, "wrong-header") || has_fault(line, "no-header") || has_fault(line, "multipart");
}

bool view_lies(const struct trace_line *line)
{
	const char *fault = trace_get(line, "fault");
	return fault && !strncmp(fault, "lie", 3);
}

/* What is wrong with a response of success; CAUSE_NONE: nothing. */
static enum cause failure_of_success(const struct trace_line *line, const struct view_file *file, unsigned status)
{
	const char *ending = trace_get(line, "ending");
	int64_t length = length_of(line), sent = trace_get_int(line, "sent", 0), from = trace_get_int(line, "from", 0);
	if (length < 0) return CAUSE_HTTP_NO_LENGTH;
	if (ignores_ranges(line, file, status)) return CAUSE_HTTP_NO_RANGE;
	/* The head is enough: a client that closes then has its reason. */
	if (file->asked_range && !file->asked_head && status == 206 && (uint64_t)from != file->asked_from) return CAUSE_HTTP_WRONG_RANGE;
	if (!file->asked_head && status == 206 && view_is_other_part(line)) return CAUSE_HTTP_WRONG_RANGE;
	if (!file->asked_head && status == 206 && has_fault(line, "merged")) return CAUSE_HTTP_MERGED_RANGES;
	bool bounded = file->ranges && file->asked_range && !file->asked_head && file->asked_to != UINT64_MAX;
	if (bounded && status == 206 && !file->twin && (int64_t)file->asked_to >= trace_get_int(line, "total", INT64_MAX)) return CAUSE_HTTP_416;
	bool more = status == 200 ? length < trace_get_int(line, "total", -1) : view_lies(line) && trace_get(line, "fault")[3] == '-';
	if (!file->asked_head && more && sent >= length) return CAUSE_HTTP_LONG;
	if (!ending || !strcmp(ending, "aborted")) return CAUSE_NONE;
	if (file->asked_head) return CAUSE_NONE;
	if (!strcmp(ending, "reset")) return CAUSE_NET_RESET;
	if (!strcmp(ending, "stall")) return CAUSE_NET_STALL;
	if (!strcmp(ending, "truncate") || sent < length) return CAUSE_HTTP_SHORT;
	return CAUSE_NONE;
}

/* What the server says of an upload beside the status. */
static enum cause refusal_of(const struct trace_line *line)
{
	return has_fault(line, "too-large") ? CAUSE_UPLOAD_TOO_LARGE : has_fault(line, "application") ? CAUSE_UPLOAD_REMOTE_APPLICATION : CAUSE_NONE;
}

/* By its flags the job follows no redirect; to http from https only with a flag (inferred). */
static bool follows_none(const struct view_job *job)
{
	return ((uint64_t)job->security_flags & REDIRECT_POLICY_MASK) == REDIRECT_POLICY_DISALLOW;
}

static enum cause failure_of(const struct trace_line *line, const struct view_job *job, struct view_file *file)
{
	unsigned status = (unsigned)trace_get_int(line, "status", 0);
	const char *ending = trace_get(line, "ending");
	if (ending && !strcmp(ending, "garbage")) return CAUSE_HTTP_NOT_HTTP;
	if (has_fault(line, "bad-chunks") && !file->asked_head && status < 300) return CAUSE_HTTP_BAD_CHUNKS;
	if (status >= 300 && status < 400 && status != 304) {
		if (follows_none(job)) return CAUSE_HTTP_REDIRECT_REFUSED;
		file->redirected = true;
		return ++file->redirects >= REDIRECTS_MANY ? CAUSE_HTTP_REDIRECT_LOOP : CAUSE_NONE;
	}
	file->redirects = 0;
	if (status == 0) return CAUSE_NONE;
	if (job->upload && refusal_of(line) != CAUSE_NONE) return refusal_of(line);
	if (status >= 300) return machine_cause_of_status(status);
	if (job->upload) return CAUSE_NONE;
	return failure_of_success(line, file, status);
}

static void count_response(const struct trace_line *line, struct view_file *file, enum cause failure)
{
	unsigned status = (unsigned)trace_get_int(line, "status", 0);
	if (status >= 400 && !(file->asked_head && (status == 405 || status == 501))) {
		file->statuses++;
		file->last_error_status = status;
	}
	if (failure == CAUSE_HTTP_SHORT || failure == CAUSE_NET_RESET) file->truncated++;
	if (status < 200 || status > 299) return;
	file->ranges_ignored += failure == CAUSE_HTTP_NO_RANGE;
	if (length_of(line) >= 0) file->lengths++;
	else file->no_lengths++;
	if (length_of(line) < 0 && file->asked_head) file->head_no_lengths++;
	if (status == 200 && file->asked_range && file->asked_from > 0) file->whole_for_range++;
}

/* index: of the file, or VIEW_FILE_NONE when it may be another one; certain: it can be no other job's. */
static enum cause see_response(struct view *view, const struct trace_line *line, struct view_job *job, struct view_file *file, int index, bool certain)
{
	enum cause failure = failure_of(line, job, file);
	unsigned status = (unsigned)trace_get_int(line, "status", 0);
	bool content = trace_get_int(line, "content", 0) == 1 && status >= 200 && status < 300;
	const char *ending = trace_get(line, "ending");
	bool whole = content && failure == CAUSE_NONE && ending && strcmp(ending, "aborted");
	count_response(line, file, failure);
	if (job->upload && failure == CAUSE_NONE && status >= 200 && status < 300) {
		file->content = true;
		job->active_ns = line->at_ns;
	}
	if (content && !file->asked_head) see_content(view, line, job, file, whole);
	else if (file->asked_head && status >= 200 && status < 300 && trace_get(line, "total")) {
		file->total = (uint64_t)trace_get_int(line, "total", 0);
		file->total_known = true;
	}
	/* Another version, instead of a part, says that the file changed; or, to a client that kept nothing of the former one, that there are no parts. */
	if (failure == CAUSE_NONE && file->ranges && file->asked_range && !file->asked_head && status == 200)
		view_add_cause(job, (struct view_cause){ CAUSE_HTTP_NO_RANGE, status, index, false, false, line->at_ns });
	/* A client that closed early has its own reason, which the origin does not know. */
	if (failure != CAUSE_NONE) {
		bool head = file->asked_head && (status == 405 || status == 501);
		view_add_cause(job, (struct view_cause){ failure, status, index, certain, head, line->at_ns });
		file->last_failure = failure;
		job->failed_ns = line->at_ns;
		if (job->first_error_ns == VIEW_NEVER) job->first_error_ns = line->at_ns;
	}
	view->redirected |= file->redirected;
	bool done = !ending || !strcmp(ending, "done");
	const char *answer = trace_get(line, "status");
	view_done(job, "the origin answered ", line->object, " with ", answer ? answer : "nothing", done ? "" : ", ending in ", done ? "" : ending);
	return failure;
}

static void see_path(struct view_seeing *seeing, bool request)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	bool is_owned = owned(view, line->object);
	unsigned jobs = 0;
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < view->jobs_count; i++)
			for (unsigned f = 0; f < view->jobs[i]->files_count; f++) {
				struct view_job *job = view->jobs[i];
				struct view_file *file = job->files[f];
				if (!concerns(file, line->object, is_owned)) continue;
				if (pass == 0) {
					jobs++;
					break;
				}
				struct sight sight = { .kind = request ? SIGHT_REQUEST : SIGHT_RESPONSE, .line = line,
					.now_ns = line->at_ns, .job = job, .file = file, .file_index = (int)f, .shared = jobs > 1 || file->twin || (view->redirected && view->jobs_count > 1),
					.state = job->state, .attempt_before_ns = job->attempt_ns,
					.failed_before_ns = job->failed_ns, .failure = CAUSE_NONE };
				job->stirs++;
				if (request) see_request(line, job, file);
				else {
					sight.failure = see_response(view, line, job, file, file->twin ? VIEW_FILE_NONE : (int)f, jobs == 1);
					view_progress_response(view, line, file, sight.failure);
				}
				view_show(seeing, &sight);
				break;
			}
	if (jobs == 0 && request) view_progress_astray(seeing);
}

/* What a host or the disk is told to do, as a cause. */
static enum cause cause_of_word(enum step_kind kind, const char *word)
{
	const struct fault_word *fault = word ? fault_word_find(kind, "", word, strlen(word)) : NULL;
	int cause = fault ? machine_cause_find(fault->causes, strlen(fault->causes)) : -1;
	return cause < 0 ? CAUSE_NONE : (enum cause)cause;
}

enum cause view_cause_of_host(const char *word)
{
	if (word && !strcmp(word, "down")) return CAUSE_NET_DOWN;
	return cause_of_word(STEP_HOST, word);
}

static bool is_host(const struct view_file *file, const char *name)
{
	size_t length = strcspn(file->host, ":");
	return strlen(name) == length && !memcmp(file->host, name, length);
}

static int file_of_host(const struct view_job *job, const char *name)
{
	for (unsigned f = 0; f < job->files_count; f++)
		if (is_host(job->files[f], name)) return (int)f;
	for (unsigned f = 0; f < job->files_count; f++)
		if (strpbrk(job->files[f]->host, ".:") || (job->files[f]->redirected && job->files[f]->redirects)) return (int)f;
	return -1;
}

/* Which of several jobs tried is not said: it is one of those that may be connecting. */
static bool may_connect(const struct view_job *job)
{
	return job->resumed_ns != VIEW_NEVER && !job->is_suspended && job->completed_ns == VIEW_NEVER &&
		job->cancelled_ns == VIEW_NEVER && job->state != STATE_TRANSFERRED;
}

static void see_connect(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	const char *answer = trace_get(line, "answer");
	enum cause cause = view_cause_of_host(answer);
	unsigned jobs = 0;
	if (cause == CAUSE_NONE) return;
	for (unsigned i = 0; i < view->jobs_count; i++) jobs += may_connect(view->jobs[i]) && file_of_host(view->jobs[i], line->object) >= 0;
	for (unsigned i = 0; i < view->jobs_count; i++) {
		struct view_job *job = view->jobs[i];
		int f = file_of_host(job, line->object);
		if (f < 0 || !may_connect(job)) continue;
		struct sight sight = { .kind = SIGHT_CONNECT, .line = line, .now_ns = line->at_ns, .job = job,
			.file = job->files[f], .file_index = f, .shared = jobs > 1, .state = job->state, .failure = cause,
			.attempt_before_ns = job->attempt_ns, .failed_before_ns = job->failed_ns };
		job->stirs++;
		job->attempts++;
		job->attempt_ns = job->failed_ns = line->at_ns;
		job->requests_since_look++;
		if (job->first_error_ns == VIEW_NEVER) job->first_error_ns = line->at_ns;
		job->files[f]->last_failure = cause;
		view_add_cause(job, (struct view_cause){ cause, 0, VIEW_FILE_NONE, jobs == 1, false, line->at_ns });
		view_done(job, "the connection to ", line->object, " failed (", answer ? answer : "", ")");
		view_show(seeing, &sight);
	}
}

void view_net_origin(struct view_seeing *seeing)
{
	if (!strcmp(seeing->line->event, "connect")) see_connect(seeing);
	else if (!strcmp(seeing->line->event, "request")) see_path(seeing, true);
	else if (!strcmp(seeing->line->event, "response")) see_path(seeing, false);
}
