/* rule_code.c -- ERR-CODE: the code of the error for what the origin, the network and the disk did. */
#include "conformance/rule_fold.h"

#include <string.h>

static bool is_told(const struct sight *sight)
{
	return sight->kind == SIGHT_LOOK && sight->job->look.known && sight->job->look.values;
}

static void claim_code(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	const struct view_look *look = &sight->job->look;
	judge_claim(judge, rule, holds, TEXT("code %s, state %s", CODE_TEXT(judge, look->code), judge_state(look->state)),
		TEXT("code=%s", CODE_TEXT(judge, look->code)));
}

void rule_code_failure(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (is_told(sight)) claim_code(judge, rule, sight, (sight->job->look.code & 0x80000000u) != 0);
}

static bool is_status(const struct view_cause *cause)
{
	return cause->certain && cause->status >= 400 && cause->status != 416 && cause->cause != CAUSE_UPLOAD_TOO_LARGE;
}

/* After the no-progress period the code may tell of it instead (C-04). */
static bool tells_no_progress(const struct judge *judge, const struct view_job *job)
{
	bool jumped = judge->view.slack_ns > 0 && judge_period_over(judge, job, job->since_ns);   /* a clock went on at once, and nobody saw the state between */
	bool waited = job->other == STATE_TRANSIENT_ERROR || jumped;
	return job->state == STATE_ERROR && waited && job->look.code == judge_word(judge, "NO_PROGRESS");
}

void rule_code_status(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	bool found = false;
	if (!is_told(sight) || sight->state != STATE_ERROR) return;
	judge_error_causes(judge, sight->job, &causes);
	if (!judge_only(&causes, is_status)) return;
	for (unsigned i = 0; i < causes.count; i++) found |= sight->job->look.code == 0x80190000u + causes.list[i].status;
	claim_code(judge, rule, sight, found || tells_no_progress(judge, sight->job));
}

void rule_code_no_progress(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	struct view_causes causes;
	if (!is_told(sight) || sight->state != STATE_ERROR || job->last.state != STATE_TRANSIENT_ERROR) return;
	if (job->changes || job->requests_since_look || !judge_period_over(judge, job, job->since_ns)) return;
	judge_error_causes(judge, job, &causes);
	for (unsigned i = 0; i < causes.count; i++)
		if (judge_class(judge, &causes.list[i]) == FAULT_CLASS_FATAL) return;
	uint32_t code = judge_word(judge, "NO_PROGRESS");
	bool last = judge_takes(judge, "C-04", "last-transient") && job->last.values && job->look.code == job->last.code;
	judge_show(judge, "C-04", job->look.code == code ? "no-progress" : "last-transient");
	claim_code(judge, rule, sight, job->look.code == code || last);
}

static bool is_net(const struct view_cause *cause)
{
	return cause->cause == CAUSE_NET_DOWN;
}
static bool is_cost(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_COST;
}
static bool is_cellular(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_CELLULAR;
}
static bool is_power(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_POWER;
}
static bool is_vpn(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_VPN;
}
static bool is_memory(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_MEMORY;
}
static bool is_bandwidth(const struct view_cause *cause)
{
	return cause->cause == CAUSE_POLICY_BANDWIDTH;
}
static bool is_size(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_SHORT || cause->cause == CAUSE_HTTP_LONG;
}
static bool is_no_range(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_NO_RANGE;
}
static bool is_volume_locked(const struct view_cause *cause)
{
	return cause->cause == CAUSE_VOLUME_LOCKED;
}
static bool is_volume_changed(const struct view_cause *cause)
{
	return cause->cause == CAUSE_VOLUME_CHANGED;
}
static bool is_merged(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_MERGED_RANGES;
}
static bool is_too_large(const struct view_cause *cause)
{
	return cause->cause == CAUSE_UPLOAD_TOO_LARGE;
}
static bool is_416(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_416;
}
static bool is_no_length(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_NO_LENGTH || cause->cause == CAUSE_HTTP_CHUNKED;
}
static bool is_not_http(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_NOT_HTTP;
}

static const struct code_row {
	unsigned rule;
	bool (*is)(const struct view_cause *cause);
	const char *code;
} code_rows[] = {
	{ RULE_err_code_004, is_net, "BLOCKED_BY_NO_NETWORK" },
	{ RULE_err_code_005, is_cost, "BLOCKED_BY_COST_TRANSFER_POLICY" },
	{ RULE_err_code_006, is_cellular, "BLOCKED_BY_CELLULAR_POLICY" },
	{ RULE_err_code_007, is_power, "BLOCKED_BY_POWER_STATE" },
	{ RULE_err_code_008, is_vpn, "BLOCKED_BY_VPN_POLICY" },
	{ RULE_err_code_009, is_memory, "BLOCKED_BY_CRITICAL_MEMORY_USAGE" },
	{ RULE_err_code_010, is_size, "HTTP_BLOCKSIZE_MISMATCH" },
	{ RULE_err_code_011, is_no_range, "INSUFFICIENT_RANGE_SUPPORT" },
	{ RULE_err_code_012, is_416, "INVALID_RANGE" },
	{ RULE_err_code_013, is_net, "NETWORK_DISCONNECTED" },
	{ RULE_err_code_014, is_no_length, "MISSING_FILE_SIZE" },
	{ RULE_err_code_015, is_not_http, "INSUFFICIENT_HTTP_SUPPORT" },
	{ RULE_err_code_016, is_no_range, "INSUFFICIENT_RANGE_SUPPORT" },
	{ RULE_err_code_017, is_volume_locked, "DESTINATION_LOCKED" },
	{ RULE_err_code_018, is_volume_changed, "VOLUME_CHANGED" },
	{ RULE_err_code_019, is_bandwidth, "BLOCKED_BY_POLICY" },
	{ RULE_err_code_020, is_416, "INVALID_RANGE" },
	{ RULE_net_015, is_merged, "INVALID_SERVER_RESPONSE" },
	{ RULE_err_code_024, is_too_large, "TOO_LARGE" },
};

void rule_code_of(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	if (!is_told(sight) || !state_in(sight->state, STATES_ERROR)) return;
	judge_error_causes(judge, sight->job, &causes);
	for (size_t i = 0; i < sizeof code_rows / sizeof code_rows[0]; i++) {
		const struct code_row *row = &code_rows[i];
		if (row->rule != rule || !judge_only(&causes, row->is)) continue;
		claim_code(judge, rule, sight, sight->job->look.code == judge_word(judge, row->code) || tells_no_progress(judge, sight->job));
	}
}

/* Nothing failed, the job was active for as long as it may, and is in ERROR. */
void rule_code_maximum(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	struct view_causes causes;
	if (!is_told(sight) || sight->state != STATE_ERROR || !job->max_set || job->other != STATE_TRANSFERRING) return;
	if (job->max_set_ns > job->since_ns || job->since_ns - job->resumed_ns < job->max_s * INT64_C(1000000000)) return;
	judge_error_causes(judge, job, &causes);
	if (causes.count == 0) claim_code(judge, rule, sight, job->look.code == judge_word(judge, "MAXDOWNLOAD_TIMEOUT"));
}

/* A file of which no response gave the size: the transfer has to fail. */
void rule_code_size_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_STATE || sight->state == sight->from) return;
	if (!state_in(sight->state, STATES_ERROR | STATE_BIT(STATE_TRANSFERRED))) return;
	for (unsigned f = 0; f < job->files_count; f++) {
		const struct view_file *file = job->files[f];
		if (file->lengths || !file->no_lengths || file->redirected || file->twin || file->renamed_ns != VIEW_NEVER) continue;
		judge_claim(judge, rule, sight->state != STATE_TRANSFERRED, TEXT("state %s, %s without a size", judge_state(sight->state), file->path),
			"state=TRANSFERRED without a size");
	}
}

void rule_code_local_path(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	bool missing = false;
	if (!is_told(sight) || sight->state != STATE_ERROR) return;
	for (unsigned f = 0; f < sight->job->files_count; f++) missing |= !sight->job->files[f]->local;
	judge_error_causes(judge, sight->job, &causes);
	if (missing && causes.count == 0) claim_code(judge, rule, sight, sight->job->look.code == judge_word(judge, "LOCALPATH_NOT_SET"));
}
