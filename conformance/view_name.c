/* view_name.c -- remote names of files: SetRemoteName and ReplaceRemotePrefix. */
#include "conformance/view_part.h"

#include <stdio.h>
#include <string.h>

static void rename_file(struct view_seeing *seeing, const struct view_job *job, struct view_file *file, const char *url)
{
	file->old_path = file->path;
	file->was_done = file->complete_at_ns != VIEW_NEVER && seeing->line->at_ns - file->complete_at_ns >= INT64_C(1000000000);
	file->had = file->covered;
	file->had_total = file->total_known ? file->total : 0;
	file->sent_anew = false;
	file->url = view_text(seeing, url);
	file->blurred |= file->renamed_ns != VIEW_NEVER;   /* its first name is known no more */
	file->renamed_ns = seeing->line->at_ns;
	file->renamed_round = job->rounds;
	/* What is under way goes to the first name, and perhaps to its host. */
	file->renamed_running = job->calls_since_state || job->state == STATE_QUEUED || job->state == STATE_CONNECTING || job->state == STATE_TRANSFERRING;
	file->blurred |= file->renamed_running;
	if (!seeing->status) view_net_place(seeing, file);
}

void view_name_set(struct view_seeing *seeing, struct view_job *job, const struct view_handle *handle)
{
	const char *url = trace_get(seeing->line, "url");
	if (!url || handle->file < 0 || handle->file >= (int)job->files_count) return;
	rename_file(seeing, job, job->files[handle->file], url);
}

/* --- ReplaceRemotePrefix */

/* False: the file's name has not the prefix. */
static bool replace(const struct view_prefix *prefix, const struct view_file *file, char url[TRACE_TEXT_MAX])
{
	if (!file->url || strncmp(file->url, prefix->before, strlen(prefix->before))) return false;
	snprintf(url, TRACE_TEXT_MAX, "%s%s", prefix->after, file->url + strlen(prefix->before));
	return true;
}

void view_name_prefix(struct view_seeing *seeing, const struct sight *sight)
{
	struct view_job *job = sight->job;
	struct view_prefix *prefix = &job->prefix;
	char url[TRACE_TEXT_MAX];
	if (strcmp(sight->command, "job.replace_prefix")) return;
	*prefix = (struct view_prefix){ .before = view_given(seeing, "old_prefix"), .after = view_given(seeing, "new_prefix"), .hr = sight->hr };
	for (unsigned i = 0; prefix->before && prefix->after && i < job->files_count; i++) {
		if (!replace(prefix, job->files[i], url)) continue;
		if (!prefix->matches++) prefix->result = view_text(seeing, url);
	}
}

void view_name_replace(struct view_seeing *seeing, struct view_job *job)
{
	char url[TRACE_TEXT_MAX];
	for (unsigned i = 0; job->prefix.matches && i < job->files_count && !seeing->status; i++)
		if (replace(&job->prefix, job->files[i], url)) rename_file(seeing, job, job->files[i], url);
}
