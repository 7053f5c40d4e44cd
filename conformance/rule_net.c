/* rule_net.c -- rules about requests, bodies and files: what the origin saw, and what became of what it sent. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <stdio.h>
#include <string.h>

/* Bytes are missing, as far as the origin can know. */
static bool is_unfinished(const struct view_file *file)
{
	if (view_is_vague(file) || file->content) return false;
	return !file->total_known || file->covered < file->total;
}

static bool enters(const struct sight *sight, enum state state)
{
	return sight->kind == SIGHT_STATE && sight->state == state && sight->from != state;
}

void rule_net_error_body(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool failed = false;
	if (sight->kind == SIGHT_STATE && state_in(sight->state, STATES_ERROR) && sight->from != sight->state)
		for (unsigned f = 0; f < sight->job->files_count; f++) failed |= sight->job->files[f]->statuses > 0;
	if (failed) judge_trigger(judge, rule);
	if (!enters(sight, STATE_TRANSFERRED)) return;
	for (unsigned f = 0; f < sight->job->files_count; f++) {
		const struct view_file *file = sight->job->files[f];
		if (!file->statuses || view_is_vague(file)) continue;
		judge_claim(judge, rule, !is_unfinished(file), TEXT("state TRANSFERRED, although %s was only answered with %u", file->path,
			file->last_error_status), TEXT("state=TRANSFERRED after HTTP %u", file->last_error_status));
	}
}

void rule_net_short(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_STATE || sight->state == sight->from) return;
	for (unsigned f = 0; f < sight->job->files_count; f++) {
		const struct view_file *file = sight->job->files[f];
		if (!file->truncated || view_is_vague(file)) continue;
		if (state_in(sight->state, STATES_ERROR)) judge_trigger(judge, rule);
		if (sight->state != STATE_TRANSFERRED) continue;
		bool lie = file->last_failure == CAUSE_HTTP_SHORT && !file->content;
		judge_claim(judge, rule, !is_unfinished(file) && !lie, TEXT("state TRANSFERRED, although the body of %s was shorter than promised",
			file->path), "state=TRANSFERRED after a short body");
	}
}

/* Bytes of a whole body that were put behind what was there make a file that is complete too early. */
void rule_net_whole_for_range(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!enters(sight, STATE_TRANSFERRED)) return;
	for (unsigned f = 0; f < sight->job->files_count; f++) {
		const struct view_file *file = sight->job->files[f];
		if (!file->whole_for_range || file->ranges || view_is_vague(file)) continue;
		judge_claim(judge, rule, !is_unfinished(file), TEXT("state TRANSFERRED with %llu of %llu bytes of %s sent",
			(unsigned long long)file->covered, (unsigned long long)file->total, file->path), "state=TRANSFERRED after 200 for a range");
	}
}

void rule_net_suspended(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind == SIGHT_CALL && job && sight->event == EVENT_SUSPEND && !sight->failed && state_in(sight->state, STATES_ACTION))
		judge_trigger(judge, rule);
	if (sight->kind != SIGHT_REQUEST || !job->is_suspended || sight->shared) return;
	if (sight->now_ns <= job->suspended_ns + judge->tolerance_ns || job->state != STATE_SUSPENDED) return;
	judge_break(judge, rule, TEXT("%s was suspended", job->name), NULL, TEXT("the origin is asked for %s", sight->line->object),
		"request while SUSPENDED");
}

/* A request while the job was last seen in a state that nothing but a call ends. */
void rule_net_idle(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool stays = sight->kind == SIGHT_STATE && view_sticky(sight->state) && (sight->from == sight->state || job->attempts);
	if (stays) judge_trigger(judge, rule);
	if (sight->kind != SIGHT_REQUEST || sight->shared || job->state == STATE_NONE || !view_sticky(job->state)) return;
	if (job->calls_since_state || sight->now_ns <= job->state_ns + judge->tolerance_ns) return;
	if (judge->view.policy_ever || (judge->view.dialect == DIALECT_DO && judge->view.net_ever_down)) return;
	judge_claim(judge, rule, false, TEXT("the origin is asked for %s in state %s", sight->line->object, judge_state(job->state)),
		TEXT("request while %s", judge_state(job->state)));
}

bool rule_net_file_complete(const struct view_file *file)
{
	if (file->unseen) return true;
	if (file->empty) return true;
	if (view_is_vague(file) || (file->ranges && file->content)) return true;
	if (file->total_known && file->total == 0 && file->requests) return true;
	return file->total_known && file->covered >= file->total;
}

/* 048: nothing later while an earlier one has failed. 049: nothing later before the earlier ones are there. */
void rule_net_order(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	bool failing = rule == RULE_state_048;
	bool more = sight->kind == SIGHT_RESPONSE && sight->failure != CAUSE_NONE && sight->file_index + 1 < (int)job->files_count;
	if (failing && more) judge_trigger(judge, rule);
	if (sight->kind != SIGHT_REQUEST || sight->shared || sight->file->asked_head || sight->file->redirected) return;
	if (failing && judge->view.dialect == DIALECT_DO && job->state != STATE_ERROR) return;
	for (int f = 0; f < sight->file_index; f++) {
		const struct view_file *file = job->files[f];
		if (failing && (file->last_failure == CAUSE_NONE || file->content || view_is_vague(file))) continue;
		judge_claim(judge, rule, rule_net_file_complete(file), TEXT("%s is asked for before %s is there", sight->file->path, file->path),
			failing ? "a later file is worked on after a failure" : "files out of order");
	}
}

/* What a check of the scenario found on the disk. */
struct disk {
	enum { DISK_NOTHING, DISK_FILE, DISK_TEMPORARY } kind;
	bool wanted;                 /* the scenario wants the file there */
	char name[128];              /* its last part */
	bool exists, equal;
	unsigned left;               /* temporary files */
};

static bool read_disk(const struct trace_line *line, struct disk *disk)
{
	const char *expected = trace_get(line, "expected"), *found = trace_get(line, "found"), *at, *slash;
	if (!expected || !found) return false;
	memset(disk, 0, sizeof *disk);
	if (!strncmp(expected, "no-temporary ", 13)) {
		disk->kind = DISK_TEMPORARY;
		return sscanf(found, "%u", &disk->left) == 1;
	}
	disk->wanted = !strncmp(expected, "file ", 5);
	if (!disk->wanted && strncmp(expected, "no-file ", 8)) return false;
	disk->kind = DISK_FILE;
	at = strchr(expected, ' ') + 1;
	snprintf(disk->name, sizeof disk->name, "%.*s", (int)(strcspn(at, " ") < 127 ? strcspn(at, " ") : 127), at);
	slash = strrchr(disk->name, '/');
	if (slash) memmove(disk->name, slash + 1, strlen(slash));
	disk->exists = strcmp(found, "no file") != 0;
	disk->equal = !strcmp(found, "a file that is equal");
	return true;
}

static const struct view_file *file_named(const struct view_job *job, const char *name)
{
	for (unsigned f = 0; f < job->files_count; f++) {
		const char *local = job->files[f]->local, *tail = local;
		for (const char *at = local; at && *at; at++)
			if (*at == '/' || *at == '\\') tail = at + 1;
		if (tail && !strcmp(tail, name)) return job->files[f];
	}
	return NULL;
}

static void judge_cancelled(struct judge *judge, unsigned rule, const struct view_job *job, const struct disk *disk)
{
	if (job->state != STATE_CANCELLED) return;
	if (disk->kind == DISK_TEMPORARY)
		judge_claim(judge, rule, disk->left == 0, TEXT("%u temporary files are left", disk->left), "temporary files after Cancel");
	else if (file_named(job, disk->name))
		judge_claim(judge, rule, !disk->exists, TEXT("%s is there", disk->name), "file after Cancel");
}

void rule_net_disk(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct disk disk;
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_CHECK || !read_disk(sight->line, &disk)) return;
	if (rule == RULE_state_027) {
		judge_cancelled(judge, rule, job, &disk);
		return;
	}
	const struct view_file *file = disk.kind == DISK_FILE ? file_named(job, disk.name) : NULL;
	if (!file) return;
	bool kept = job->state == STATE_ACKNOWLEDGED, mine = kept && (file->complete_at_ns != VIEW_NEVER || job->other == STATE_TRANSFERRED);
	const char *seen = TEXT("%s: %s", disk.name, trace_get(sight->line, "found"));
	if (rule == RULE_job_024 && mine && file->parts)
		judge_claim(judge, rule, disk.exists && (!disk.wanted || disk.equal == (rule_job_parts(file) == RULE_PARTS_WHOLE)), seen, "other bytes than the ranges");
	if (rule == RULE_job_028 && mine && file->added == VIEW_ADDED_RANGES && !file->parts && disk.wanted)
		judge_claim(judge, rule, disk.equal, seen, "not the whole file");
	if (rule == RULE_file_013 && mine && !file->parts)
		judge_claim(judge, rule, disk.wanted ? disk.equal : disk.exists, seen, TEXT("after Complete: %s", disk.exists ? "another file" : "no file"));
	/* A file that was there before has another content; whether it was there nobody knows. */
	if (rule == RULE_file_012 && !kept && job->state != STATE_NONE && job->completed_ns == VIEW_NEVER)
		judge_claim(judge, rule, !disk.equal && (disk.wanted || !disk.exists), seen, "file before Complete");
}

void rule_net_first(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_REQUEST || sight->file->requests != 1 || sight->file->redirected) return;
	judge_trigger(judge, rule);
}

static bool is_open(const struct view_cause *cause)
{
	return judge_class_is_open(cause);
}

void rule_net_open_status(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct view_causes causes;
	if (sight->kind != SIGHT_STATE || sight->state == sight->from || !state_in(sight->state, STATES_ERROR)) return;
	if (sight->from == STATE_TRANSIENT_ERROR || judge_every_error_fatal(judge, sight->job)) return;
	view_causes(&judge->view, sight->job, &causes);
	if (!judge_only(&causes, is_open)) return;
	judge_trigger(judge, rule);
}

/* 206 from another byte than asked: the file still wants that part. */
void rule_net_other_range(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind != SIGHT_STATE || sight->state == sight->from) return;
	for (unsigned f = 0; f < sight->job->files_count; f++) {
		const struct view_file *file = sight->job->files[f];
		if (!file->other_ranges || view_is_vague(file)) continue;
		if (state_in(sight->state, STATES_ERROR)) judge_trigger(judge, rule);
		if (sight->state == STATE_TRANSFERRED) judge_claim(judge, rule, !is_unfinished(file) && (file->content || !file->ranges),
			TEXT("state TRANSFERRED, although %s was answered with another range", file->path), "state=TRANSFERRED after another range");
	}
}

/* A redirect that leads on is followed; one that turns in a circle never ends well. */
void rule_net_redirect(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (sight->kind != SIGHT_STATE || sight->state == sight->from || !state_in(sight->state, STATES_ERROR | STATE_BIT(STATE_TRANSFERRED))) return;
	for (unsigned f = 0; f < job->files_count; f++) {
		const struct view_file *file = job->files[f];
		if (!file->redirected || file->redirects == 0) {
			if (file->redirected) judge_trigger(judge, rule);
			continue;
		}
		bool alone = job->files_count == 1 && judge->view.jobs_count == 1, clean = !job->causes_count && !judge->view.conditions_count;
		bool to_http = (uint64_t)job->security_flags & REDIRECT_ALLOW_HTTPS_TO_HTTP;   /* inferred */
		bool may_follow = !job->upload && (judge->view.dialect == DIALECT_DO || strncmp(file->url, "https:", 6) || to_http);
		bool stopped = state_in(sight->state, STATES_ERROR) && clean && may_follow && !judge_period_over(judge, job, sight->now_ns) && file->led_ns != VIEW_NEVER && job->attempt_ns <= file->led_ns;
		bool ended = sight->state == STATE_TRANSFERRED && alone && !file->content && !(file->total_known && file->total == 0);
		judge_claim(judge, rule, !stopped && !ended, TEXT("state %s after %u redirects of %s", judge_state(sight->state), file->redirects, file->path),
			stopped ? "a redirect is not followed" : "TRANSFERRED without the file behind a redirect");
	}
}

void rule_net_retry_after(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view *view = &judge->view;
	const struct view_file *file = sight->file;
	if (sight->kind != SIGHT_REQUEST || sight->shared || file->not_before_ns == VIEW_NEVER || file->redirected) return;
	if (file->later_is_date && view->clock_ns != VIEW_NEVER) return;   /* the two clocks differ */
	int64_t events[] = { sight->job->resumed_ns, view->net_up_ns, view->allow_ns, view->logon_ns, view->start_ns };
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		if (events[i] != VIEW_NEVER && events[i] >= file->later_ns) return;
	judge_claim(judge, rule, sight->now_ns >= file->not_before_ns - judge->tolerance_ns, TEXT("%s is asked for %lld s after an answer that said %lld s", file->path,
		(long long)((sight->now_ns - file->later_ns) / SECOND), (long long)((file->not_before_ns - file->later_ns) / SECOND)), "retry before Retry-After is over");
}

void rule_net_escapes(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (sight->kind == SIGHT_REQUEST && strchr(sight->file->path, '%') && !strcmp(sight->line->object, sight->file->path)) judge_trigger(judge, rule);
	if (sight->kind == SIGHT_ASTRAY)
		judge_claim(judge, rule, false, TEXT("%s is asked for, %s was added", sight->line->object, sight->file->path), "escapes of the URL are changed");
}
