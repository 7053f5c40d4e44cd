/* rule_progress.c -- PROGRESS: what GetProgress and GetTimes may say. */
#include "conformance/rule_fold.h"

#include <string.h>

#define TICKS_S INT64_C(10000000)    /* FILETIMEs a second */

static bool is_call(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && sight->job && !sight->failed && !strcmp(sight->command, command);
}

/* GetProgress of a job or a file, with its numbers. */
static bool read_progress(const struct sight *sight, uint64_t *total, uint64_t *bytes)
{
	if (!is_call(sight, "job.progress") && !is_call(sight, "file.progress")) return false;
	return view_bytes(sight->line, "bytes_total", total) && view_bytes(sight->line, "bytes_transferred", bytes);
}

static bool of_file(const struct sight *sight)
{
	return !strcmp(sight->command, "file.progress");
}

static void claim_bytes(struct judge *judge, unsigned rule, const struct sight *sight, bool holds, const char *signature)
{
	judge_claim(judge, rule, holds, TEXT("%s: %s of %s bytes", of_file(sight) ? "the file" : "the job", trace_get(sight->line, "bytes_transferred"),
		trace_get(sight->line, "bytes_total")), signature);
}

/* A state that stays until a call, and no call came since it was seen. */
static bool stays_in(const struct sight *sight, uint32_t states)
{
	return state_in(sight->state, states) && view_sticky(sight->state) && !sight->job->calls_since_state;
}

/* Paths that every client and server spells alike. */
static bool is_plain(const char *path)
{
	for (; *path; path++)
		if (!strchr("/.-_~", *path) && !(*path >= '0' && *path <= '9') && !(*path >= 'a' && *path <= 'z') && !(*path >= 'A' && *path <= 'Z')) return false;
	return true;
}

bool rule_progress_own_path(const struct view_job *job, const struct view_file *file)
{
	unsigned same = 0;
	for (unsigned f = 0; f < job->files_count; f++) same += !strcmp(job->files[f]->path, file->path);
	return same == 1 && is_plain(file->path) && !view_is_vague(file);
}

/* Nobody has asked the server anything about the file, and the client did not say how long it is. */
static bool size_is_unknown(const struct view_job *job, const struct view_file *file)
{
	return !file->requests && !file->ranges && !file->sized && rule_progress_own_path(job, file);
}

void rule_progress_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	if (!read_progress(sight, &total, &bytes) || state_in(sight->state, STATES_FINAL)) return;
	const struct view_job *job = sight->job;
	bool unknown = of_file(sight) && sight->file && size_is_unknown(job, sight->file);
	for (unsigned f = 0; !of_file(sight) && f < job->files_count; f++) unknown |= size_is_unknown(job, job->files[f]);
	if (unknown && !job->upload) claim_bytes(judge, rule, sight, total == VIEW_SIZE_UNKNOWN, "a total although the size is unknown");
}

void rule_progress_ranges(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	const struct view_file *file = sight->file;
	if (!read_progress(sight, &total, &bytes) || !of_file(sight) || !file || file->ranges_bytes == VIEW_SIZE_UNKNOWN) return;
	bool untold = total == VIEW_SIZE_UNKNOWN && !stays_in(sight, STATE_BIT(STATE_TRANSFERRED));
	claim_bytes(judge, rule, sight, total == file->ranges_bytes || untold, "BytesTotal is not the sum of the ranges");
}

void rule_progress_bounds(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	if (!read_progress(sight, &total, &bytes) || total == VIEW_SIZE_UNKNOWN || !sight->job->files_count) return;
	claim_bytes(judge, rule, sight, bytes <= total, "BytesTransferred above BytesTotal");
}

static bool every_total_known(const struct view_job *job)
{
	for (unsigned f = 0; f < job->files_count; f++)
		if (!job->files[f]->total_known) return false;
	return true;
}

/* Files are done in TRANSFERRED, and when they say that they are completed. */
void rule_progress_done(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	const struct view_job *job = sight->job;
	if (!read_progress(sight, &total, &bytes) || job->upload || !job->files_count) return;
	bool all = stays_in(sight, STATE_BIT(STATE_TRANSFERRED)) && !job->added_in_transferred;
	bool this = of_file(sight) && trace_get_int(sight->line, "completed", 0) == 1;
	if ((!all && !this) || (total == VIEW_SIZE_UNKNOWN && !every_total_known(job))) return;
	claim_bytes(judge, rule, sight, bytes == total, "BytesTransferred is not BytesTotal of what is done");
}

static void claim_completed(struct judge *judge, unsigned rule, const struct sight *sight, bool wanted, const char *signature)
{
	int64_t completed = trace_get_int(sight->line, "completed", 0);
	judge_claim(judge, rule, (completed != 0) == wanted, TEXT("Completed is %s", completed ? "TRUE" : "FALSE"), signature);
}

void rule_progress_not_completed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_call(sight, "file.progress") || !trace_get(sight->line, "completed") || job->upload) return;
	if (job->completed_ns == VIEW_NEVER && !job->complete_tried) claim_completed(judge, rule, sight, false, "Completed before Complete");
}

/* All that a job in TRANSFERRED had; nothing of what was never asked for. */
void rule_progress_completed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_call(sight, "file.progress") || !trace_get(sight->line, "completed") || job->upload || job->completed_ns == VIEW_NEVER) return;
	if (judge->view.disk_bad || job->complete_tried || job->call != EVENT_COMPLETE) return;
	bool all = job->call_hr == 0 && job->call_sure && job->call_state == STATE_TRANSFERRED && !job->added_in_transferred;
	if (all) claim_completed(judge, rule, sight, true, "not completed after Complete");
	if (sight->file && !sight->file->requests && rule_progress_own_path(job, sight->file))
		claim_completed(judge, rule, sight, false, "completed although never asked for");
}

static bool may_be_done(const struct judge *judge, const struct view_job *job, const struct view_file *file)
{
	if (!rule_progress_own_path(job, file)) return true;
	return file->requests && (!judge->view.virtual_time || rule_net_file_complete(file));
}

void rule_progress_files(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_call(sight, "job.progress") || job->files_vague || state_in(sight->state, STATES_FINAL)) return;
	int64_t total = trace_get_int(sight->line, "files_total", -1), done = trace_get_int(sight->line, "files_transferred", -1), most = 0;
	if (total < 0 || done < 0 || job->upload) return;
	bool all = judge_looks(judge) && stays_in(sight, STATE_BIT(STATE_TRANSFERRED)) && !job->added_in_transferred;
	for (unsigned f = 0; f < job->files_count; f++) most += may_be_done(judge, job, job->files[f]);
	bool holds = total == job->files_count && done <= most && (!all || done == total);
	judge_claim(judge, rule, holds, TEXT("%lld of %lld files, %u were added", (long long)done, (long long)total, job->files_count),
		total != job->files_count ? "FilesTotal" : "FilesTransferred");
}

/* Two answers of one moment: nothing but getters was between them. */
static bool same_moment(const struct judge *judge, const struct view_told *a, const struct view_told *b)
{
	if (!a->valid || !b->valid || a->state != b->state || a->rounds != b->rounds || a->attempts != b->attempts) return false;
	if (a->since_ns == b->since_ns && view_sticky(a->state)) return true;
	return judge->view.virtual_time && a->at_ns == b->at_ns;
}

void rule_progress_sum(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes, sum = 0;
	const struct view_job *job = sight->job;
	if (!read_progress(sight, &total, &bytes) || !job->files_count || job->files_vague || job->calls_since_state) return;
	for (unsigned f = 0; f < job->files_count; f++) {
		if (!same_moment(judge, &job->told, &job->files[f]->told)) return;
		sum += job->files[f]->told.bytes;
	}
	judge_claim(judge, rule, job->told.bytes == sum, TEXT("the job: %llu bytes, its files: %llu", (unsigned long long)job->told.bytes,
		(unsigned long long)sum), "the job's bytes are not those of its files");
}

void rule_progress_times(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_call(sight, "job.times")) return;
	const struct view_job *job = sight->job;
	const struct view_times *now = &job->times, *before = &job->times_before;
	if (!now->valid || !before->valid) return;
	bool later = job->changed_ns != VIEW_NEVER && job->changed_ns - before->at_ns >= SECOND + judge->tolerance_ns;
	bool rises = !later || judge->view.clock_ns != VIEW_NEVER || now->modification > before->modification;
	bool holds = now->creation == before->creation && now->modification >= before->modification && rises;
	judge_claim(judge, rule, holds, TEXT("creation %llu, then %llu; modification %llu, then %llu", (unsigned long long)before->creation,
		(unsigned long long)now->creation, (unsigned long long)before->modification, (unsigned long long)now->modification),
		now->creation != before->creation ? "CreationTime changes" : rises ? "ModificationTime falls" : "ModificationTime does not rise");
}

/* Whether a time lies between the last look before TRANSFERRED and the first in it; the job's creation is the common point. */
static bool is_time_of_change(const struct judge *judge, const struct view_job *job)
{
	int64_t ticks = (int64_t)(job->times.completion - job->times.creation), slack = judge->tolerance_ns + SECOND;
	if (ticks < 0 || ticks / TICKS_S > INT64_MAX / SECOND / 2) return false;
	int64_t ns = ticks * 100;
	return ns >= job->before_transferred_ns - job->created_ns - slack && ns <= job->transferred_ns - job->created_ns + slack;
}

void rule_progress_completion(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (!is_call(sight, "job.times") || !job->times.valid || judge->view.clock_ns != VIEW_NEVER) return;
	const char *seen = TEXT("creation %s, completion %s", trace_get(sight->line, "creation"), trace_get(sight->line, "completion"));
	if (!judge_looks(judge)) return;   /* it may have been TRANSFERRED unseen */
	uint32_t before = STATE_BIT(STATE_SUSPENDED) | STATE_BIT(STATE_ERROR);
	if (!job->ever_transferred && stays_in(sight, before)) judge_claim(judge, rule, job->times.completion == 0, seen, "TransferCompletionTime before TRANSFERRED");
	if (job->transferred_rows != 1 || !stays_in(sight, STATE_BIT(STATE_TRANSFERRED)) || job->since_ns != job->transferred_ns) return;
	judge_claim(judge, rule, is_time_of_change(judge, job), seen, "TransferCompletionTime is another time");
}

/* The only file whose progress this is; NULL: it is a sum, or not known. */
static const struct view_file *sole_file(const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (of_file(sight)) return sight->file;
	return job->files_count == 1 && !job->files_vague ? job->files[0] : NULL;
}

/* After the change the job can have no more than what the server sent of the new content. */
void rule_progress_changed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	if (!read_progress(sight, &total, &bytes)) return;
	const struct view_file *file = sole_file(sight);
	if (!file || !file->versions || file->ranges || !rule_progress_own_path(sight->job, file)) return;
	if (file->seen_version != file->version || file->requests != file->answers) return;
	claim_bytes(judge, rule, sight, bytes <= file->covered, "bytes of the old content are counted");
}

void rule_progress_falls(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total, bytes;
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (!read_progress(sight, &total, &bytes) || state_in(sight->state, STATES_FINAL) || view_disk_was_bad(view)) return;
	if (job->completed_ns != VIEW_NEVER || job->cancelled_ns != VIEW_NEVER || job->complete_tried || (of_file(sight) && !sight->file)) return;
	const struct view_told *now = of_file(sight) ? &sight->file->told : &job->told, *before = of_file(sight) ? &sight->file->told_before : &job->told_before;
	if (!before->valid || now->breaks != before->breaks || (view->kill_ns != VIEW_NEVER && view->kill_ns >= before->at_ns)) return;
	for (unsigned f = 0; f < job->files_count; f++)
		if (view_is_vague(job->files[f])) return;
	claim_bytes(judge, rule, sight, bytes >= before->bytes, "BytesTransferred falls");
}
