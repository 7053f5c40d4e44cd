/* view_handle.c -- enumerators and where they stand, and what objects say of themselves. */
#include "conformance/view_part.h"

#include <string.h>

#define S_FALSE 1u
#define E_NOINTERFACE 0x80004002u

static bool is(const struct sight *sight, const char *command)
{
	return !strcmp(sight->command, command);
}

struct view_handle *view_object(struct view_handle *handle)
{
	while (handle->made_by && handle->made_by->kind == handle->kind) handle = handle->made_by;
	return handle;
}

bool view_job_is_over(const struct view_job *job)
{
	bool final = job->state == STATE_ACKNOWLEDGED || job->state == STATE_CANCELLED;
	return final || job->cancelled_ns != VIEW_NEVER || job->completed_ns != VIEW_NEVER;
}

/* A Cancel or Complete that failed may have ended it nonetheless, until it is seen alive. do may end a job without handles. */
bool view_job_lives(const struct view *view, const struct view_job *job, int64_t now_ns)
{
	bool ending = job->call_open && (job->call == EVENT_CANCEL || job->call == EVENT_COMPLETE);
	if (view_job_is_over(job) || ending || (view->dialect == DIALECT_DO && job->released)) return false;
	return now_ns - job->created_ns < view->machine->limits.retention_ns;
}

/* --- enumerators */

static void list_files(struct view_seeing *seeing, const struct sight *sight)
{
	struct view_handle *made = view_handle_add(seeing, trace_get(seeing->line, "as"), VIEW_HANDLE_ENUM, sight->job);
	if (made && sight->job) made->total = (int)sight->job->files_count;
}

static void list_jobs(struct view_seeing *seeing, const struct sight *sight)
{
	const struct view *view = seeing->view;
	struct view_handle *made = view_handle_add(seeing, trace_get(seeing->line, "as"), VIEW_HANDLE_ENUM, NULL);
	if (!made) return;
	made->jobs = true;
	for (unsigned i = 0; i < view->jobs_count; i++) {
		made->jobs_least += view_job_lives(view, view->jobs[i], sight->now_ns);
		made->jobs_most += !view_job_is_over(view->jobs[i]);
	}
}

/* The element that goes by a name: the only one, or the first of several. */
static void list_element(struct view_seeing *seeing, const struct sight *sight, struct view_handle *list)
{
	enum view_handle_kind kind = list->jobs ? VIEW_HANDLE_JOB : VIEW_HANDLE_FILE;
	struct view_handle *made = view_handle_add(seeing, trace_get(seeing->line, "as"), kind, sight->job);
	if (!made) return;
	made->made_by = list;
	made->cloned = list->cloned;
	made->first = list->reset;
	if (!list->jobs && !list->lost && trace_get_int(seeing->line, "count", 1) == 1) made->file = (int)list->position;
}

static void list_next(struct view_seeing *seeing, const struct sight *sight, struct view_handle *list)
{
	int64_t fetched = trace_get_int(seeing->line, "fetched", sight->hr == 0 ? trace_get_int(seeing->line, "count", 1) : -1);
	if (sight->hr == 0 && fetched > 0) list_element(seeing, sight, list);
	if (fetched < 0) list->lost = true;
	else list->position += (unsigned)fetched;
	list->reset = list->ended = false;
}

static void list_skip(const struct sight *sight, struct view_handle *list)
{
	list->ended = sight->hr == S_FALSE;
	list->reset = false;
	if (!list->ended) list->position += (unsigned)trace_get_int(sight->line, "count", 1);
	else if (list->total >= 0) list->position = (unsigned)list->total;
	else list->lost = true;
}

static void list_reset(struct view_handle *list)
{
	list->position = 0;
	list->reset = true;
	list->lost = list->ended = false;
}

static void list_clone(struct view_seeing *seeing, struct view_handle *list)
{
	struct view_handle *made = view_handle_add(seeing, trace_get(seeing->line, "as"), VIEW_HANDLE_ENUM, list->job);
	list->cloned = true;
	if (!made) return;
	made->jobs = list->jobs;
	made->position = list->position;
	made->total = list->total;
	made->jobs_least = list->jobs_least;
	made->jobs_most = list->jobs_most;
	made->lost = list->lost;
	made->reset = list->reset;
	made->ended = list->ended;
	made->cloned = true;
}

void view_handle_list(struct view_seeing *seeing, const struct sight *sight)
{
	if (is(sight, "job.enum_files")) list_files(seeing, sight);
	if (is(sight, "job.enum")) list_jobs(seeing, sight);
	if (!sight->handle || sight->handle->kind != VIEW_HANDLE_ENUM) return;
	struct view_handle *list = view_object(sight->handle);
	if (is(sight, "enum.next")) list_next(seeing, sight, list);
	if (is(sight, "enum.skip")) list_skip(sight, list);
	if (is(sight, "enum.reset")) list_reset(list);
	if (is(sight, "enum.clone")) list_clone(seeing, list);
	if (is(sight, "enum.count") && list->total < 0) list->total = (int)trace_get_int(seeing->line, "count", -1);
}

/* --- interfaces, references, descriptions */

static void note_answer(struct view_seeing *seeing, const struct sight *sight)
{
	struct view *view = seeing->view;
	const char *iid = trace_get(seeing->line, "iid");
	bool told = !sight->failed || sight->hr == E_NOINTERFACE;
	if (!iid || !told || sight->null_out || view->answers_count == VIEW_ANSWERS_MAX) return;
	view->answers[view->answers_count++] = (struct view_answer){ view_object(sight->handle), view_text(seeing, iid), !sight->failed };
}

static void note_description(struct view_seeing *seeing, const struct sight *sight, bool manager, uint32_t code)
{
	struct view *view = seeing->view;
	const char *text = trace_get(seeing->line, "text");
	if (!text || sight->failed || view->descriptions_count == VIEW_TEXTS_MAX) return;
	view->descriptions[view->descriptions_count++] = (struct view_description){ .manager = manager, .code = code,
		.language = trace_get_int(seeing->line, "language", -1), .text = view_text(seeing, text) };
}

void view_handle_told(struct view_seeing *seeing, const struct sight *sight)
{
	struct view *view = seeing->view;
	struct view_handle *handle = sight->handle;
	if (is(sight, "manager.error_description"))
		note_description(seeing, sight, true, view_code(view, seeing->line, "code", 0));
	if (!handle) return;
	if (is(sight, "error.description") && handle->proved) note_description(seeing, sight, false, handle->code);
	if (is(sight, "handle.query_interface")) note_answer(seeing, sight);
	if (is(sight, "handle.release") && !sight->failed) view_object(handle)->releases++;
}
