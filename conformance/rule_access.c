/* rule_access.c -- ERR-ACC, ERR-CTX, ERR-FILE: how the error object is had, and what it says of context and file. */
#include "conformance/rule_fold.h"

#include <string.h>

/* A look that has context and code. */
static bool is_told(const struct sight *sight)
{
	return sight_is_look(sight) && sight->job->look.values;
}

static bool is_call(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && !strcmp(sight->command, command);
}

static void claim_refusal(struct judge *judge, unsigned rule, uint32_t hr, const char *word, const char *method)
{
	judge_claim(judge, rule, hr == judge_word(judge, word), TEXT("%s answers %s", method, CODE_TEXT(judge, hr)),
		TEXT("%s=%s", method, CODE_TEXT(judge, hr)));
}

void rule_access_refusal(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool call = is_call(sight, "job.get_error") && sight->failed && !sight->null_out && !judge->view.service_down && sight->job;
	bool look = sight_is_look(sight) && !sight->job->look.present;
	if (look) claim_refusal(judge, rule, sight->job->look.hr, "ERROR_INFORMATION_UNAVAILABLE", "GetError");
	if (call) claim_refusal(judge, rule, sight->hr, "ERROR_INFORMATION_UNAVAILABLE", "GetError");
}

/* What a refused call left in its out parameter. */
void rule_access_out_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *command = rule == RULE_err_acc_003 ? "job.get_error" : "error.get_file";
	const char *out = sight->kind == SIGHT_CALL ? trace_get(sight->line, "left") : NULL;
	if (!is_call(sight, command) || !sight->failed || sight->null_out || !out) return;
	judge_claim(judge, rule, !strcmp(out, "null"), TEXT("%s answers %s and leaves %s", command, CODE_TEXT(judge, sight->hr), out),
		TEXT("left=%s", out));
}

static bool is_pointer_code(uint32_t hr)
{
	return hr == 0x80004003 || hr == 0x80070057 || hr == 0x800706F4;
}

void rule_access_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_call(sight, "job.get_error") || !sight->null_out || judge->view.service_down) return;
	if (sight->hr == 0x80004003) judge_show(judge, "C-09", "E_POINTER");
	if (sight->hr == 0x80070057) judge_show(judge, "C-09", "E_INVALIDARG");
	judge_claim(judge, rule, is_pointer_code(sight->hr), TEXT("GetError(NULL) answers %s", CODE_TEXT(judge, sight->hr)),
		TEXT("GetError(NULL)=%s", CODE_TEXT(judge, sight->hr)));
}

static bool is_error_interface(const char *iid)
{
	return iid && (!strcmp(iid, "IUnknown") || !strcmp(iid, "IBackgroundCopyError") ||
		strstr(iid, "19C613A0-FCB8-4F28-81AE-897C3D078F81") || strstr(iid, "00000000-0000-0000-C000-000000000046"));
}

void rule_access_object(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight_is_look(sight) && sight->job->look.present && trace_get(sight->line, "context"))
		judge_claim(judge, rule, strcmp(trace_get(sight->line, "context"), "?"), "the object does not answer GetError", "no error object");
	if (!is_call(sight, "handle.query_interface") || !sight->handle || sight->handle->kind != VIEW_HANDLE_ERROR) return;
	if (!is_error_interface(trace_get(sight->line, "iid")) || sight->null_out) return;
	judge_claim(judge, rule, !sight->failed, TEXT("QueryInterface answers %s", CODE_TEXT(judge, sight->hr)),
		TEXT("%s=%s", trace_get(sight->line, "iid"), CODE_TEXT(judge, sight->hr)));
}

void rule_access_asking(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_STATE || !job->asked || job->changes || job->stirs || !view_sticky(sight->from)) return;
	bool expired = sight->state == STATE_CANCELLED;
	judge_claim(judge, rule, sight->state == sight->from || expired, TEXT("state %s after GetError", judge_state(sight->state)),
		TEXT("%s > %s", judge_state(sight->from), judge_state(sight->state)));
}

static void claim_context(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	const struct view_look *look = &sight->job->look;
	const char *word = trace_get(sight->line, "context");
	judge_claim(judge, rule, holds, TEXT("context %s with code %s", word, CODE_TEXT(judge, look->code)),
		TEXT("context=%s code=%s", word, CODE_TEXT(judge, look->code)));
}

void rule_access_context_known(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_told(sight)) claim_context(judge, rule, sight, sight->job->look.context >= 0 && sight->job->look.context < CONTEXT_COUNT);
}

void rule_access_context_some(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_told(sight)) claim_context(judge, rule, sight, sight->job->look.context != CONTEXT_NONE);
}

void rule_access_context_403(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_told(sight) || sight->state != STATE_ERROR || sight->job->look.code != 0x80190193) return;
	claim_context(judge, rule, sight, sight->job->look.context == CONTEXT_REMOTE_FILE);
}

void rule_access_context_none(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_told(sight) || sight->job->look.code == 0x80190193) return;
	int64_t context = sight->job->look.context;
	if (context == CONTEXT_NONE) judge_show(judge, "C-10", "none-otherwise");
	if (context == CONTEXT_REMOTE_FILE) judge_show(judge, "C-10", "remote-file");
	claim_context(judge, rule, sight, context == CONTEXT_NONE || context == CONTEXT_REMOTE_FILE);
}

void rule_access_context_do(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t context = is_told(sight) ? sight->job->look.context : 0;
	if (is_told(sight)) claim_context(judge, rule, sight, context == CONTEXT_NONE || context == CONTEXT_REMOTE_FILE);
}

static bool is_disk(const struct view_cause *cause)
{
	return view_is_of_disk(cause->cause);
}

static bool is_4xx(const struct view_cause *cause)
{
	bool of_upload = cause->cause == CAUSE_UPLOAD_TOO_LARGE || cause->cause == CAUSE_UPLOAD_REMOTE_APPLICATION;
	return cause->status >= 400 && cause->status < 500 && cause->certain && !of_upload;
}

static bool is_application(const struct view_cause *cause)
{
	return cause->cause == CAUSE_UPLOAD_REMOTE_APPLICATION;
}

static bool is_source(const struct view_cause *cause)
{
	return cause->cause == CAUSE_UPLOAD_LOCAL_CHANGED;
}

static bool is_connection(const struct view_cause *cause)
{
	return cause->cause == CAUSE_NET_DNS || cause->cause == CAUSE_NET_REFUSED || cause->cause == CAUSE_NET_UNREACHABLE ||
		cause->cause == CAUSE_NET_TIMEOUT;
}

static bool is_machine(const struct view_cause *cause)
{
	return cause->cause == CAUSE_NET_DOWN || cause->cause == CAUSE_POLICY_COST || cause->cause == CAUSE_POLICY_POWER ||
		cause->cause == CAUSE_POLICY_BANDWIDTH;
}

static const struct context_row {
	unsigned rule;
	bool (*is)(const struct view_cause *cause);
	enum context context, other;   /* other: of another reading */
	const char *reading, *choice, *other_choice;
	const char *code;              /* NULL: any */
} context_rows[] = {
	{ RULE_err_ctx_006, is_disk, CONTEXT_LOCAL_FILE, CONTEXT_LOCAL_FILE, NULL, NULL, NULL, NULL },
	{ RULE_err_ctx_007, is_4xx, CONTEXT_REMOTE_FILE, CONTEXT_REMOTE_FILE, NULL, NULL, NULL, NULL },
	{ RULE_err_ctx_008, is_connection, CONTEXT_GENERAL_TRANSPORT, CONTEXT_REMOTE_FILE, "C-11", "transport", "remote-file", NULL },
	{ RULE_err_ctx_009, is_machine, CONTEXT_GENERAL_QUEUE_MANAGER, CONTEXT_GENERAL_TRANSPORT, "C-12", "queue-manager", "transport", NULL },
	{ RULE_err_ctx_010, is_application, CONTEXT_REMOTE_APPLICATION, CONTEXT_REMOTE_APPLICATION, NULL, NULL, NULL, NULL },
	{ RULE_err_ctx_011, is_source, CONTEXT_LOCAL_FILE, CONTEXT_LOCAL_FILE, "C-13", "0x8020001D", NULL, "LOCAL_FILE_CHANGED" },
};

/* By C-04 the time-out has a code of its own: then the error is none of the cause before it. */
static bool is_time_out(const struct judge *judge, const struct view_job *job)
{
	return job->state == STATE_ERROR && job->look.code == judge_word(judge, "NO_PROGRESS");
}

void rule_access_context_of(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	if (!is_told(sight) || !state_in(sight->state, STATES_ERROR) || is_time_out(judge, sight->job)) return;
	judge_error_causes(judge, sight->job, &causes);
	for (size_t i = 0; i < sizeof context_rows / sizeof context_rows[0]; i++) {
		const struct context_row *row = &context_rows[i];
		int64_t context = sight->job->look.context;
		if (row->rule != rule || !judge_only(&causes, row->is)) continue;
		if (row->reading && context == row->context) judge_show(judge, row->reading, row->choice);
		else if (row->reading && context == row->other) judge_show(judge, row->reading, row->other_choice);
		bool has_code = !row->code || sight->job->look.code == judge_word(judge, row->code);
		claim_context(judge, rule, sight, (context == row->context || context == row->other) && has_code);
	}
}

void rule_access_error_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_call(sight, "error.get_error") || !sight->null_out) return;
	judge_claim(judge, rule, sight->failed, TEXT("GetError(NULL, NULL) answers %s", CODE_TEXT(judge, sight->hr)),
		TEXT("GetError(NULL, NULL)=%s", CODE_TEXT(judge, sight->hr)));
}

void rule_access_callback(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_CALLBACK || sight->callback != VIEW_JOB_ERROR) return;
	const char *context = trace_get(sight->line, "context"), *job_context = trace_get(sight->line, "job_context");
	const char *code = trace_get(sight->line, "code"), *job_code = trace_get(sight->line, "job_code");
	if (!context || !code || !job_context || !job_code || !strcmp(context, "?") || !strcmp(job_context, "?")) return;
	judge_claim(judge, rule, !strcmp(context, job_context) && !strcmp(code, job_code),
		TEXT("%s in %s, but the job says %s in %s", code, context, job_code, job_context), "error of JobError and of GetError differ");
}

/* Whether a dialect documents that an error of this cause names its file. */
static bool names_file(const struct judge *judge, const struct view_cause *cause)
{
	if (cause->file < 0 || !cause->certain || cause->status < 400) return false;
	return judge->view.dialect == DIALECT_BITS || cause->status == 403;
}

static bool is_one_of(const struct view_causes *causes, int file)
{
	for (unsigned i = 0; i < causes->count; i++)
		if (causes->list[i].file == file) return true;
	return false;
}

static void claim_file(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	int file = sight->job->look.file;
	const char *seen = file < 0 ? "no file" : TEXT("file %d (from 0)", file);
	judge_claim(judge, rule, holds, TEXT("GetFile gives %s", seen), TEXT("file=%s", file < 0 ? "none" : TEXT("%d", file)));
}

/* The names that a file object of an error gives are those that were added. */
static void judge_names(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *name = trace_get(sight->line, "name"), *tail, *wanted;
	const struct view_handle *handle = sight->handle;
	bool local = is_call(sight, "file.local_name");
	if (!handle || !sight->job || sight->failed || !name || handle->kind != VIEW_HANDLE_FILE || handle->file < 0) return;
	if (handle->file >= (int)sight->job->files_count || !handle->made_by) return;
	if (handle->made_by->kind != VIEW_HANDLE_ERROR || sight->job->files_count < 2) return;
	const struct view_file *file = sight->job->files[handle->file];
	if (local && !file->local) return;
	wanted = local ? file->local : file->path;
	tail = wanted;
	for (const char *at = wanted; local && *at; at++)
		if (*at == '/' || *at == '\\') tail = at + 1;
	bool ends = strlen(name) >= strlen(tail) && !strcmp(name + strlen(name) - strlen(tail), tail);
	judge_claim(judge, rule, ends, TEXT("the error's file is %s", name), TEXT("%s of another file", local ? "local name" : "remote name"));
}

void rule_access_file_of(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	bool second = rule == RULE_err_file_005, all = true, names = true;
	if (second && (is_call(sight, "file.local_name") || is_call(sight, "file.remote_name"))) judge_names(judge, rule, sight);
	if (!is_told(sight) || !state_in(sight->state, STATES_ERROR) || sight->job->look.file == VIEW_FILE_UNKNOWN) return;
	if (is_time_out(judge, sight->job)) return;
	judge_error_causes(judge, sight->job, &causes);
	for (unsigned i = 0; i < causes.count; i++) {
		names &= names_file(judge, &causes.list[i]);
		all &= causes.list[i].file >= (second ? 1 : 0) && causes.list[i].certain;
	}
	if (causes.unknown || causes.count == 0) return;
	int file = sight->job->look.file;
	if (second && all && file >= 0) claim_file(judge, rule, sight, is_one_of(&causes, file));
	if (!second && (names || (all && file >= 0))) claim_file(judge, rule, sight, is_one_of(&causes, file));
}

static bool causes_have_file(const struct judge *judge, const struct view_causes *causes)
{
	for (unsigned i = 0; i < causes->count; i++)
		if (machine_report(judge->view.machine, causes->list[i].cause, causes->list[i].status).file) return true;
	return causes->unknown || causes->count == 0;
}

void rule_access_file_refusal(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	if (is_call(sight, "error.get_file") && sight->failed && !sight->null_out && sight->handle && !sight->handle->over)
		claim_refusal(judge, rule, sight->hr, "FILE_NOT_AVAILABLE", "GetFile");
	if (!is_told(sight) || !state_in(sight->state, STATES_ERROR)) return;
	if (trace_get(sight->line, "file_hr"))
		claim_refusal(judge, rule, view_code(&judge->view, sight->line, "file_hr", 0), "FILE_NOT_AVAILABLE", "GetFile");
	judge_error_causes(judge, sight->job, &causes);
	if (causes_have_file(judge, &causes) || sight->job->look.file == VIEW_FILE_UNKNOWN) return;
	if (sight->job->look.values && sight->job->look.code == judge_word(judge, "NO_PROGRESS")) return; /* has a file of its own */
	claim_file(judge, rule, sight, sight->job->look.file == VIEW_FILE_NONE);
}

void rule_access_renamed(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_file *file = sight->file;
	if (sight->kind != SIGHT_REQUEST || file->renamed_ns == VIEW_NEVER || sight->shared || !strcmp(file->path, file->old_path)) return;
	if (sight->job->resumed_ns == VIEW_NEVER || sight->job->rounds == file->renamed_round) return;
	bool stopped = sight->job->suspended_round > file->renamed_round;
	if (file->renamed_running && !stopped) return;   /* the request may have been under way */
	if (sight->now_ns < sight->job->resumed_ns + judge->tolerance_ns) return;
	judge_claim(judge, rule, !strcmp(sight->line->object, file->path) || file->redirected,
		TEXT("%s is asked for, not %s", sight->line->object, file->path), "request for the old name");
}

/* The error handle that a file handle came from; NULL: it came from elsewhere. */
static const struct view_handle *error_of(const struct view_handle *handle)
{
	while (handle && handle->kind == VIEW_HANDLE_FILE && handle->made_by) handle = handle->made_by;
	return handle && handle->kind == VIEW_HANDLE_ERROR ? handle : NULL;
}

void rule_access_file_outlives(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_call(sight, "file.remote_name") && !is_call(sight, "file.local_name")) return;
	const struct view_handle *error = error_of(sight->handle);
	if (!error || error->references || sight->null_out) return;
	judge_claim(judge, rule, !sight->failed, TEXT("%s answers %s", sight->command, CODE_TEXT(judge, sight->hr)),
		TEXT("%s=%s after the error's release", sight->command, CODE_TEXT(judge, sight->hr)));
}

void rule_access_file_present(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_told(sight) || sight->job->look.file == VIEW_FILE_UNKNOWN) return;
	int64_t context = sight->job->look.context;
	bool local = rule == RULE_err_file_008 && context == CONTEXT_LOCAL_FILE;
	if (context == CONTEXT_REMOTE_FILE || local) claim_file(judge, rule, sight, sight->job->look.file >= 0);
}
