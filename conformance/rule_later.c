/* rule_later.c -- JOB, FILE, UPLOAD: what the interfaces after IBackgroundCopyJob add: prefixes, owners, properties, replies. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

/* constants.md 5; the numbers of do's files are the positions on the page. */
#define DO_JOB_SURE 16               /* the number of ExtendedErrorInfo is not documented: it is none so high */
#define FILE_DECRYPTION_INFO 0
#define FILE_CHECK_INFO 1
#define FILE_CHECK_MANDATORY 2
#define FILE_SINK_PATH 4
#define FILE_LAST 6

static bool is_call(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && sight->job && !sight->null_out && !strcmp(sight->command, command);
}

/* Answers of a service that is there, in a state that ends no more. */
static bool is_final(const struct judge *judge, const struct sight *sight)
{
	return state_in(sight->state, STATES_FINAL) && !judge->view.service_down && !judge->view.logged_off;
}

static bool is_open(const struct judge *judge, const struct sight *sight)
{
	return view_open(&judge->view, sight->job, sight->now_ns);
}

static bool is_code(const struct judge *judge, const struct sight *sight, const char *word)
{
	return sight->hr == judge_word(judge, word);
}

static void claim_answer(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	judge_claim(judge, rule, holds, TEXT("%s answers %s", sight->method ? sight->method->name : sight->command, CODE_TEXT(judge, sight->hr)),
		TEXT("%s=%s", sight->command, CODE_TEXT(judge, sight->hr)));
}

/* --- ReplaceRemotePrefix */

static bool is_prefix(const struct view_prefix *prefix)
{
	return prefix->before && prefix->before[0] && prefix->after;
}

/* Which rule says what the newest call must answer; RULE_COUNT: none, for certain. */
static unsigned prefix_rule(const struct judge *judge, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const struct view_prefix *prefix = &job->prefix;
	bool good = is_prefix(prefix) && rule_job_is_good_url(prefix->after);
	if (is_final(judge, sight)) return good && !job->upload ? RULE_job_055 : RULE_COUNT;
	if (!is_open(judge, sight)) return RULE_COUNT;
	if (job->upload) return good ? RULE_job_055 : RULE_COUNT;
	if (prefix->before && !prefix->before[0]) return prefix->after ? RULE_job_054 : RULE_COUNT;
	if (prefix->result && rule_job_is_bad_url(prefix->result)) return RULE_job_054;
	if (good && prefix->matches == 0 && job->files_count) return RULE_job_052;
	return prefix->matches == 1 && rule_job_is_good_url(prefix->result) ? RULE_job_053 : RULE_COUNT;
}

static const char *prefix_code(const struct view_job *job, unsigned rule)
{
	if (rule == RULE_job_052) return "S_FALSE";
	if (rule == RULE_job_053) return "S_OK";
	if (rule == RULE_job_054) return "E_INVALIDARG";
	return job->upload ? "E_NOTIMPL" : "INVALID_STATE";
}

/* Whether the rule is the one that says what the names are since the newest call. */
static bool says_names(const struct judge *judge, unsigned rule, const struct view_prefix *prefix)
{
	if (rule == RULE_job_052) return prefix->hr == judge_word(judge, "S_FALSE");
	if (rule == RULE_job_053) return prefix->hr == 0;
	return rule == RULE_job_054 && prefix->hr == judge_word(judge, "E_INVALIDARG");
}

/* A new name may be lost with the service: PERSIST-003. */
static void claim_name(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	const char *name = is_call(sight, "file.remote_name") && !sight->failed && sight->handle ? trace_get(sight->line, "name") : NULL;
	if (!name || judge->view.kill_ns != VIEW_NEVER || sight->handle->file < 0 || sight->handle->file >= (int)job->files_count) return;
	if (!job->prefix.before || !job->prefix.after || !says_names(judge, rule, &job->prefix)) return;
	judge_claim(judge, rule, !strcmp(name, job->files[sight->handle->file]->url), TEXT("GetRemoteName gives %s", name),
		rule == RULE_job_053 ? "another name than the prefix makes" : "a name is changed");
}

void rule_later_prefix(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_call(sight, "job.replace_prefix") && prefix_rule(judge, sight) == rule)
		claim_answer(judge, rule, sight, is_code(judge, sight, prefix_code(sight->job, rule)));
	if (sight->job && sight->job->prefix.before) claim_name(judge, rule, sight);
}

/* --- TakeOwnership: of what it removes only the command line can be asked for */

void rule_later_owner(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *program = is_call(sight, "job.command") ? trace_get(sight->line, "program") : NULL;
	if (!sight->job || !sight->job->program_over || !is_call(sight, "job.command") || sight->failed) return;
	judge_claim(judge, rule, !program || strcmp(program, sight->job->program_over),
		TEXT("GetNotifyCmdLine gives %s", program ? program : "nothing"), "the command line is still there");
}

/* --- properties of do: IDeliveryOptimizationJob2 and IBackgroundCopyJob5 */

static bool is_unsupported(int64_t id)
{
	return (id >= 3 && id <= 5) || id == 7 || id == 9 || id == 10;
}

static void show_unsupported(struct judge *judge, const struct sight *sight)
{
	static const char *const words[] = { "UNKNOWN_PROPERTY_ID", "E_INVALIDARG", "E_NOTIMPL" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is_code(judge, sight, words[i])) judge_show(judge, "C-60", words[i]);
}

void rule_later_property(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t id = sight->kind == SIGHT_CALL ? trace_get_int(sight->line, "property_id", -1) : -1;
	if (!sight->job || id < 0 || !is_open(judge, sight)) return;
	bool unknown = is_code(judge, sight, "UNKNOWN_PROPERTY_ID"), low = id < DO_JOB_SURE;
	if (rule == RULE_job_060 && is_call(sight, "job.set_do_property"))
		claim_answer(judge, rule, sight, unknown || (low && is_code(judge, sight, "READ_ONLY_PROPERTY")));
	if (rule == RULE_job_061 && is_call(sight, "job.get_do_property") && !low) claim_answer(judge, rule, sight, unknown);
	if (rule != RULE_job_062 || !is_call(sight, "job.set_property") || !is_unsupported(id)) return;
	show_unsupported(judge, sight);
	claim_answer(judge, rule, sight, sight->failed);
}

/* --- IDeliveryOptimizationFile2 */

/* What the getter of a file's property must answer; NULL: nothing is certain. */
static const char *file_code(const struct sight *sight, int64_t id)
{
	const struct view_handle *handle = sight->handle;
	bool known = handle && handle->kind == VIEW_HANDLE_FILE && handle->file >= 0 && handle->file < (int)sight->job->files_count;
	if (id == FILE_DECRYPTION_INFO || id == FILE_CHECK_INFO) return "WRITE_ONLY_PROPERTY";
	if (id > FILE_LAST) return "UNKNOWN_PROPERTY_ID";
	if (!known || (id != FILE_CHECK_MANDATORY && id != FILE_SINK_PATH)) return NULL;
	return sight->job->files[handle->file]->properties_set >> id & 1 ? NULL : "E_NOT_SET";
}

void rule_later_file(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t id = sight->kind == SIGHT_CALL ? trace_get_int(sight->line, "property_id", -1) : -1;
	if (!sight->job || id < 0) return;
	bool gets = rule == RULE_file_016 && is_call(sight, "file.get_do_property") && is_open(judge, sight);
	bool sets = rule == RULE_file_017 && is_call(sight, "file.set_do_property") && is_final(judge, sight) && id <= FILE_LAST;
	if (gets && file_code(sight, id)) claim_answer(judge, rule, sight, is_code(judge, sight, file_code(sight, id)));
	if (sets) claim_answer(judge, rule, sight, is_code(judge, sight, "INVALID_STATE"));
}

/* --- uploads */

/* Whether the server has answered with success. What it has of the file, no trace tells. */
static bool is_answered(const struct view_job *job)
{
	for (unsigned i = 0; i < job->files_count; i++)
		if (job->files[i]->answers > job->files[i]->statuses) return true;
	return false;
}

void rule_later_uploaded(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_STATE || sight->state != STATE_TRANSFERRED || sight->from == STATE_TRANSFERRED || !job->upload) return;
	judge_claim(judge, rule, is_answered(job), "state TRANSFERRED, but the server answered no request with success", "state=TRANSFERRED unanswered");
}

/* Without an answer the upload itself has failed, and nobody can know the size of a reply. */
void rule_later_reply(struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint64_t total;
	if (!is_call(sight, "job.reply_progress") || sight->failed || sight->job->type != JOB_TYPE_UPLOAD_REPLY) return;
	if (sight->state != STATE_ERROR || is_answered(sight->job) || !view_bytes(sight->line, "bytes_total", &total)) return;
	judge_claim(judge, rule, total == VIEW_SIZE_UNKNOWN, TEXT("GetReplyProgress gives %s bytes", trace_get(sight->line, "bytes_total")),
		"the size of a reply that cannot be");
}
