/* rule_manager.c -- ERR-DESC, MGR, OWNER: how errors are described, what the manager makes and finds, whose the jobs are. */
#include "conformance/rule_fold.h"

#include <string.h>

#define LANGUAGE_ENGLISH 0x409
#define LANGUAGE_OF_NOBODY 0xFFFF    /* inferred: no language has this identifier */
#define JOBS_MAX 300u                /* MaxJobsPerMachine, unless a policy says otherwise */
#define NIL_ID "{00000000-0000-0000-0000-000000000000}"

/* With somewhere to put the answer. */
#define is_asked(judge, sight, literal) (sight_asks(judge, sight, literal) && !(sight)->null_out)

static bool is_null(const char *text)
{
	return !text || !text[0] || !strcmp(text, "null");
}

/* Nothing was left in the out parameter, or nothing is said of it. */
static bool leaves_null(const struct sight *sight)
{
	return is_null(trace_get(sight->line, "left"));
}

/* --- ERR-DESC: descriptions and the protocol */

void rule_manager_language(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool zero = rule == RULE_err_desc_001;
	if (!is_asked(judge, sight, "error.description") || !trace_get(sight->line, "language")) return;
	if (trace_get_int(sight->line, "language", -1) != (zero ? 0 : LANGUAGE_OF_NOBODY)) return;
	judge_claim_call(judge, rule, sight, sight->hr == judge_word(judge, zero ? "E_INVALIDARG" : "ERROR_RESOURCE_LANG_NOT_FOUND"));
}

/* Of the codes only those of the service itself are certainly described. */
static bool is_described(const struct judge *judge, unsigned rule, const struct sight *sight)
{
	uint32_t code = view_code(&judge->view, sight->line, "code", 0);
	return rule != RULE_mgr_014 || (code >> 16 == 0x8020 && machine_code_name(judge->view.dialect, code));
}

void rule_manager_text(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *command = rule == RULE_mgr_014 ? "manager.error_description" :
		rule == RULE_err_desc_003 ? "error.description" : "error.context_description";
	if (!is_asked(judge, sight, command) || trace_get_int(sight->line, "language", -1) != LANGUAGE_ENGLISH) return;
	if (!is_described(judge, rule, sight)) return;
	if (sight->hr) judge_claim_call(judge, rule, sight, false);
	else judge_claim(judge, rule, !is_null(trace_get(sight->line, "text")), TEXT("%s gives no text", command), TEXT("%s: no text", command));
}

static bool is_outside_transport(int64_t context)
{
	return context == CONTEXT_LOCAL_FILE || context == CONTEXT_GENERAL_QUEUE_MANAGER || context == CONTEXT_QUEUE_MANAGER_NOTIFICATION;
}

void rule_manager_protocol(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *handle = sight->handle;
	const char *protocol;
	if (!is_asked(judge, sight, "error.protocol") || !handle || handle->kind != VIEW_HANDLE_ERROR || !handle->proved) return;
	protocol = trace_get(sight->line, "protocol");
	if (rule == RULE_err_desc_007 && is_outside_transport(handle->context))
		judge_claim_call(judge, rule, sight, sight->hr == judge_word(judge, "PROTOCOL_NOT_AVAILABLE") && leaves_null(sight));
	if (rule != RULE_err_desc_005 || handle->code >> 16 != 0x8019) return;
	if (sight->hr) judge_claim_call(judge, rule, sight, false);
	else judge_claim(judge, rule, protocol && !strcmp(protocol, "http"), TEXT("the protocol is %s", protocol ? protocol : "missing"),
		TEXT("protocol=%s", protocol ? protocol : "missing"));
}

void rule_manager_same_text(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	bool manager = is_asked(judge, sight, "manager.error_description");
	bool error = is_asked(judge, sight, "error.description") && sight->handle && sight->handle->proved;
	const char *text = manager || error ? trace_get(sight->line, "text") : NULL;
	if (!text || sight->failed) return;
	uint32_t code = manager ? view_code(view, sight->line, "code", 0) : sight->handle->code;
	for (unsigned i = 0; i < view->descriptions_count; i++) {
		const struct view_description *other = &view->descriptions[i];
		if (other->manager == manager || other->code != code) continue;
		if (other->language != trace_get_int(sight->line, "language", -1)) continue;
		judge_claim(judge, rule, !strcmp(text, other->text), TEXT("`%.80s` and `%.80s`", text, other->text), "texts differ");
	}
}

/* --- MGR: CreateJob */

/* Length in the characters of the API, which are UTF-16. */
static unsigned name_length(const char *text)
{
	unsigned length = 0;
	for (; *text; text++) length += ((unsigned char)*text & 0xC0) == 0x80 ? 0 : (unsigned char)*text >= 0xF0 ? 2 : 1;
	return length;
}

static bool is_download(const struct sight *sight)
{
	const char *type = trace_get(sight->line, "type");
	int64_t value;
	if (!type || !strcmp(type, "0")) return true;
	return machine_word_value("type", type, strlen(type), &value) && value == 0;
}

static bool is_full(const struct judge *judge, uint32_t hr)
{
	return judge->view.dialect == DIALECT_BITS &&
		(hr == judge_word(judge, "TOO_MANY_JOBS_PER_MACHINE") || hr == judge_word(judge, "TOO_MANY_JOBS_PER_USER"));
}

/* Jobs that certainly were there before the call. */
static unsigned count_living(const struct judge *judge, const struct sight *sight)
{
	unsigned count = 0;
	for (unsigned i = 0; i < judge->view.jobs_count; i++)
		count += judge->view.jobs[i] != sight->job && view_job_lives(&judge->view, judge->view.jobs[i], sight->now_ns);
	return count;
}

static void judge_made(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *name = trace_get(sight->line, "name"), *id = trace_get(sight->line, "id");
	bool plain = !name || (strcmp(name, "null") && name_length(name) <= judge->view.machine->limits.display_name_max);
	if (!plain || !is_download(sight) || is_full(judge, sight->hr)) return;
	bool made = !trace_get(sight->line, "left"), known = !is_null(id) && strcmp(id, NIL_ID) != 0;
	if (sight->hr) judge_claim_call(judge, rule, sight, false);
	else judge_claim(judge, rule, made && known, made ? "there is no identifier" : "there is no job object", made ? "no id" : "no object");
}

void rule_manager_made(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_asked(judge, sight, "job.create")) judge_made(judge, rule, sight);
	if (!is_asked(judge, sight, "job.open") || !sight->job || !view_job_lives(&judge->view, sight->job, sight->now_ns)) return;
	judge_claim_call(judge, rule, sight, sight->hr == 0);
}

void rule_manager_ids(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool others = false, equal = false;
	if (!is_asked(judge, sight, "job.create") || !sight->job || !sight->job->id) return;
	for (unsigned i = 0; i < judge->view.jobs_count; i++) {
		const struct view_job *job = judge->view.jobs[i];
		if (job == sight->job || !job->id) continue;
		others = true;
		equal |= !strcmp(job->id, sight->job->id);
	}
	if (others) judge_claim(judge, rule, !equal, TEXT("%s for two jobs", sight->job->id), "identifier given twice");
}

void rule_manager_name(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *name = is_asked(judge, sight, "job.create") ? trace_get(sight->line, "name") : NULL;
	unsigned most = judge->view.machine->limits.display_name_max;
	if (!name || !is_download(sight)) return;
	bool none = !strcmp(name, "null");
	unsigned length = none ? 0 : name_length(name);
	if (rule == RULE_mgr_003 && none) judge_claim_call(judge, rule, sight, sight->failed);
	if (rule == RULE_mgr_004 && length == most && !is_full(judge, sight->hr)) judge_claim_call(judge, rule, sight, sight->hr == 0);
	if (rule == RULE_mgr_005 && length > most) judge_claim_call(judge, rule, sight, sight->hr == judge_word(judge, "E_INVALIDARG"));
	if (rule == RULE_mgr_006 && length > most) judge_claim_call(judge, rule, sight, sight->failed);
}

void rule_manager_type(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_asked(judge, sight, "job.create") && !is_download(sight)) judge_claim_call(judge, rule, sight, sight->failed);
}

void rule_manager_full(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_asked(judge, sight, "job.create") || count_living(judge, sight) < JOBS_MAX) return;
	judge_claim_call(judge, rule, sight, sight->hr == judge_word(judge, "TOO_MANY_JOBS_PER_MACHINE"));
}

/* --- MGR: GetJob and EnumJobs */

static bool every_id_is_known(const struct view *view)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		if (!view->jobs[i]->id) return false;
	return true;
}

void rule_manager_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *id = is_asked(judge, sight, "job.open") ? trace_get(sight->line, "id") : NULL;
	if (!id || strlen(id) != strlen(NIL_ID) || id[0] != '{' || sight->job || !every_id_is_known(&judge->view)) return;
	if (judge->view.dialect == DIALECT_DO && sight->hr == 0x80D02003) judge_show(judge, "C-51", "0x80D02003");
	judge_claim_call(judge, rule, sight, sight->hr == judge_word(judge, "NOT_FOUND") && leaves_null(sight));
}

/* A real machine may have other jobs of the caller: there only those that are missing are certain. */
void rule_manager_enum(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_asked(judge, sight, "enum.count") || !sight->handle || sight->failed) return;
	const struct view_handle *list = view_object(sight->handle);
	int64_t count = trace_get_int(sight->line, "count", -1);
	if (!list->jobs || count < 0) return;
	bool fits = count >= list->jobs_least && (count <= list->jobs_most || !judge->view.virtual_time);
	judge_claim(judge, rule, fits, TEXT("%d jobs, where %u are unfinished", (int)count, list->jobs_least), "another number of jobs");
}

/* Whether nothing can have changed the job's state since it was observed last. */
static bool is_at_rest(const struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_job *job = sight->job;
	if (sight->from == STATE_NONE || job->changes || job->call_open) return false;
	if (view->virtual_time && sight->from_ns == sight->now_ns && !job->stirs) return true;
	bool calm = !view->policy_ever && !view->net_ever_down && view->kill_ns == VIEW_NEVER;
	return calm && view_sticky(sight->from) && sight->state != STATE_CANCELLED;
}

void rule_manager_same(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	struct view_handle *handle = sight->line && job ? view_handle_find(&judge->view, sight->line->object) : NULL;
	const char *id, *type;
	int64_t value;
	if (!handle || handle->kind != VIEW_HANDLE_JOB || !view_object(handle)->opened) return;
	if (sight->kind == SIGHT_STATE && is_at_rest(judge, sight))
		judge_claim(judge, rule, sight->state == sight->from, TEXT("state %s, where %s had %s", judge_state(sight->state), job->name,
			judge_state(sight->from)), TEXT("%s instead of %s", judge_state(sight->state), judge_state(sight->from)));
	if (is_asked(judge, sight, "job.id") && !sight->failed && (id = trace_get(sight->line, "id")) && job->id)
		judge_claim(judge, rule, !strcmp(id, job->id), TEXT("identifier %s, asked for %s", id, job->id), "another identifier");
	if (!is_asked(judge, sight, "job.type") || sight->failed || !(type = trace_get(sight->line, "type")) || job->type < 0) return;
	if (!machine_word_value("type", type, strlen(type), &value)) value = trace_get_int(sight->line, "type", -1);
	judge_claim(judge, rule, value == job->type, TEXT("type %s", type), TEXT("type=%s", type));
}

/* --- OWNER */

/* What was under way may still be told late in real time; in virtual time a body that ends well has flowed. */
void rule_manager_logged_off(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const char *ending = sight->kind == SIGHT_RESPONSE ? trace_get(sight->line, "ending") : NULL;
	if (!view->logged_off) return;
	if (sight->kind == SIGHT_WORLD && !strcmp(sight->line->event, "user") && state_in(sight->job->state, STATES_ACTION))
		judge_trigger(judge, rule);
	if (sight->now_ns <= view->logoff_ns + judge->tolerance_ns) return;
	if (sight->kind == SIGHT_REQUEST) judge_claim(judge, rule, false, "a request while the owner is logged off", "request while logged off");
	if (view->virtual_time && ending && !strcmp(ending, "done") && trace_get_int(sight->line, "sent", 0) > 0)
		judge_claim(judge, rule, false, "a response while the owner is logged off", "response while logged off");
}
