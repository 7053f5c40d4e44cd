/* rule_file.c -- FILE: names and ranges of a file, and what SetRemoteName does to its transfer. */
#include "conformance/rule_fold.h"

#include <string.h>

static bool is_call(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && sight->job && sight->handle && sight->handle->kind == VIEW_HANDLE_FILE &&
		!strcmp(sight->command, command);
}

/* The file that the handle stands for; NULL: not known. */
static const struct view_file *file_of(const struct sight *sight)
{
	int file = sight->handle->file;
	return file >= 0 && file < (int)sight->job->files_count ? sight->job->files[file] : NULL;
}

/* --- names */

static const char *name_of(const struct view_file *file, bool local)
{
	return local ? file->local : file->url;
}

/* Whether a file of the job has the name. Which one, the rules of the order and of the error's file judge. */
static bool has_name(const struct view_job *job, bool local, const char *name)
{
	for (unsigned i = 0; i < job->files_count; i++) {
		const char *known = name_of(job->files[i], local);
		if (!known || !strcmp(known, name)) return true;
	}
	return false;
}

void rule_file_name(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool local = rule == RULE_file_001;
	const char *name = is_call(sight, local ? "file.local_name" : "file.remote_name") && !sight->failed ? trace_get(sight->line, "name") : NULL;
	if (!name || !sight->job->files_count) return;
	judge_claim(judge, rule, has_name(sight->job, local, name), TEXT("%s gives %s", local ? "GetLocalName" : "GetRemoteName", name),
		local ? "a local name that was never given" : "a remote name that was never given");
}

/* --- SetRemoteName */

static void claim_kept(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *name = is_call(sight, "file.remote_name") && !sight->failed ? trace_get(sight->line, "name") : NULL;
	if (name && sight->handle->renamed_refused && file_of(sight))
		judge_claim(judge, rule, has_name(sight->job, false, name), TEXT("GetRemoteName gives %s", name), "a refused name took the place of the old one");
}

void rule_file_rename_refused(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *url = is_call(sight, "file.set_remote_name") ? trace_get(sight->line, "url") : NULL;
	bool open = url && view_open(&judge->view, sight->job, sight->now_ns), good = url && rule_job_is_good_url(url);
	bool final = url && state_in(sight->state, STATES_FINAL) && !judge->view.service_down && !judge->view.logged_off;
	if (rule == RULE_file_003) claim_kept(judge, rule, sight);
	if (rule == RULE_file_003 && open && strcmp(url, "null") && rule_job_is_no_url(url) && !sight->job->upload)
		judge_claim_method(judge, rule, sight, sight->hr == judge_word(judge, "E_INVALIDARG"));
	if (rule == RULE_file_004 && final && good && !sight->job->upload) judge_claim_method(judge, rule, sight, sight->hr == judge_word(judge, "INVALID_STATE"));
	if (rule == RULE_file_005 && open && good && sight->job->upload) judge_claim_method(judge, rule, sight, sight->hr == judge_word(judge, "E_NOTIMPL"));
}

static bool is_done(const struct sight *sight)
{
	return sight->kind == SIGHT_STATE && sight->state == STATE_TRANSFERRED && sight->from != STATE_TRANSFERRED;
}

static bool is_renamed(const struct view_file *file)
{
	return file->renamed_ns != VIEW_NEVER && !file->redirected && strcmp(file->path, file->old_path);
}

/* Files of two sizes are not one: what was there of the old one is no part of the new one. */
void rule_file_anew(struct judge *judge, unsigned rule, const struct sight *sight)
{
	for (unsigned i = 0; is_done(sight) && i < sight->job->files_count; i++) {
		const struct view_file *file = sight->job->files[i];
		bool other = file->had_total && file->total_known && file->total != file->had_total;
		if (!is_renamed(file) || file->was_done || !file->had || !other || file->parts) continue;
		judge_claim(judge, rule, file->sent_anew, TEXT("%s was not sent from its first byte", file->path), "the rest of another file");
	}
}

/* The new name leads back to the old one: nothing that the server said of the content has changed. */
void rule_file_same(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_file *file = sight->file;
	if (sight->kind != SIGHT_REQUEST || sight->shared || file->asked_head || file->renamed_ns == VIEW_NEVER) return;
	bool led = file->led_ns != VIEW_NEVER && file->led_ns >= file->renamed_ns && !strcmp(sight->line->object, file->old_path);
	if (!led || file->was_done || !file->had || file->parts || !file->resumable || file->breaks || file->sent_anew) return;
	bool goes_on = file->asked_range && file->asked_from > 0 && file->asked_from <= file->covered;
	judge_claim(judge, rule, goes_on, TEXT("%s is asked for %s", file->old_path, file->asked_range ? "from another byte" : "from its first byte"),
		"the same content is not gone on with");
}

/* A file that was there before its name changed. */
void rule_file_done(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_file *file = sight->file;
	if (sight->kind == SIGHT_REQUEST && !sight->shared && file->was_done && is_renamed(file) && !file->asked_head)
		judge_claim(judge, rule, false, TEXT("%s is asked for", sight->line->object), "a file that was done is asked for again");
	for (unsigned i = 0; is_done(sight) && i < sight->job->files_count; i++)
		if (sight->job->files[i]->was_done && is_renamed(sight->job->files[i])) judge_trigger(judge, rule);
}

/* --- ranges */

static unsigned count_ranges(const char *parts)
{
	unsigned count = parts != NULL;
	for (const char *at = parts; at && *at; at++) count += *at == ',';
	return count;
}

void rule_file_ranges(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool some = rule == RULE_file_011;
	if (!is_call(sight, "file.ranges") || sight->null_out || judge->view.service_down || !file_of(sight)) return;
	unsigned count = count_ranges(file_of(sight)->parts);
	if (some != (count > 0)) return;
	bool answer = sight->hr == (some ? 0 : judge_word(judge, "S_FALSE")), told = trace_get(sight->line, "count") != NULL;
	judge_claim(judge, rule, answer && (!told || trace_get_int(sight->line, "count", -1) == count),
		TEXT("GetFileRanges answers %s and %s ranges", CODE_TEXT(judge, sight->hr), told ? trace_get(sight->line, "count") : "no"),
		TEXT("GetFileRanges=%s count=%s", CODE_TEXT(judge, sight->hr), told ? trace_get(sight->line, "count") : "none"));
}
