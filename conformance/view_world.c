/* view_world.c -- what the scenario does to the world: hosts, network, disk, policies, clocks, the service, the owner. */
#include "conformance/view_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Whether a word stands in the line: as object, as value, or as key of a flag. */
static bool has_word(const struct trace_line *line, const char *word)
{
	size_t length = strlen(word);
	if (!strcmp(line->object, word)) return true;
	for (unsigned i = 0; i < line->fields_count; i++) {
		const char *value = line->text + line->fields[i].at;
		if (!strcmp(line->fields[i].key, word)) return true;
		if (!strncmp(value, word, length) && (!value[length] || value[length] == '@')) return true;
	}
	return false;
}

static void begin_condition(struct view_seeing *seeing, enum cause cause, const char *host)
{
	struct view *view = seeing->view;
	if (view->conditions_count == VIEW_CONDITIONS_MAX) {
		seeing->status = STATUS_LIMIT;
		return;
	}
	struct view_condition *condition = &view->conditions[view->conditions_count++];
	condition->cause = cause;
	snprintf(condition->host, sizeof condition->host, "%s", host);
	condition->from_ns = seeing->line->at_ns;
	condition->to_ns = VIEW_NEVER;
}

static void end_conditions(struct view *view, const char *host, bool (*is)(enum cause cause), int64_t now_ns)
{
	for (unsigned i = 0; i < view->conditions_count; i++) {
		struct view_condition *condition = &view->conditions[i];
		if (condition->to_ns == VIEW_NEVER && !strcmp(condition->host, host) && is(condition->cause)) condition->to_ns = now_ns;
	}
}

static bool is_of_host(enum cause cause)
{
	return cause == CAUSE_NET_REFUSED || cause == CAUSE_NET_DNS || cause == CAUSE_NET_UNREACHABLE || cause == CAUSE_NET_TIMEOUT ||
		cause == CAUSE_TLS_DATE || cause == CAUSE_TLS_NAME || cause == CAUSE_TLS_ISSUER || cause == CAUSE_PROXY_REFUSED ||
		cause == CAUSE_PROXY_INVALID || cause == CAUSE_TOKEN_REQUIRED;
}

static bool is_of_net(enum cause cause)
{
	return cause == CAUSE_NET_DOWN;
}

bool view_is_of_disk(enum cause cause)
{
	return cause == CAUSE_DISK_FULL || cause == CAUSE_DISK_DENIED || cause == CAUSE_DISK_LOCKED || cause == CAUSE_DISK_VANISHED ||
		cause == CAUSE_VOLUME_LOCKED || cause == CAUSE_VOLUME_CHANGED;
}

bool view_disk_was_bad(const struct view *view)
{
	for (unsigned i = 0; i < view->conditions_count; i++)
		if (view_is_of_disk(view->conditions[i].cause)) return true;
	return false;
}

static bool is_of_policy(enum cause cause)
{
	return cause == CAUSE_POLICY_COST || cause == CAUSE_POLICY_CELLULAR || cause == CAUSE_POLICY_POWER ||
		cause == CAUSE_POLICY_VPN || cause == CAUSE_POLICY_MEMORY || cause == CAUSE_POLICY_BANDWIDTH;
}

/* A host line with times= or for= ends by itself; the condition is then one that may have been. */
static void see_host(struct view_seeing *seeing)
{
	const struct trace_line *line = seeing->line;
	enum cause cause = view_cause_of_host(trace_get(line, "answer"));
	const char *name = trace_get(line, "name") ? trace_get(line, "name") : line->object;
	end_conditions(seeing->view, name, is_of_host, line->at_ns);
	if (is_of_host(cause)) begin_condition(seeing, cause, name);
}

static void see_net(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	int64_t now = seeing->line->at_ns;
	bool down = has_word(seeing->line, "down");
	if (down == view->net_down) return;
	for (unsigned i = 0; down && i < view->jobs_count; i++) view->jobs[i]->failed_before_down = view->jobs[i]->state == STATE_TRANSIENT_ERROR;
	view->net_down = down;
	view->net_ever_down |= down;
	if (down) view->net_down_ns = now;
	else view->net_up_ns = now;
	end_conditions(view, "", is_of_net, now);
	if (down) begin_condition(seeing, CAUSE_NET_DOWN, "");
}

/* A file that may be uploaded just now. */
static void see_source(const struct view *view, const struct trace_line *line, const char *name)
{
	for (unsigned i = 0; i < view->jobs_count; i++)
		for (unsigned f = 0; view->jobs[i]->upload && f < view->jobs[i]->files_count; f++) {
			const char *local = view->jobs[i]->files[f]->local;
			if (local && !strcasecmp(local, name)) view_add_cause(view->jobs[i], (struct view_cause){ CAUSE_UPLOAD_LOCAL_CHANGED, 0, (int)f, false, false, line->at_ns });
		}
}

static void see_disk(struct view_seeing *seeing)
{
	static const struct { const char *word; enum cause cause; } words[] = {
		{ "full", CAUSE_DISK_FULL }, { "denied", CAUSE_DISK_DENIED }, { "locked", CAUSE_DISK_LOCKED },
		{ "vanished", CAUSE_DISK_VANISHED }, { "volume-locked", CAUSE_VOLUME_LOCKED }, { "volume-changed", CAUSE_VOLUME_CHANGED },
	};
	const char *name = trace_get(seeing->line, "name");
	if (name && has_word(seeing->line, "changed")) {
		see_source(seeing->view, seeing->line, name);
		return;
	}
	if (name) {
		if (seeing->view->taken_count < VIEW_TAKEN_MAX) seeing->view->taken[seeing->view->taken_count++] = view_text(seeing, name);
		return;
	}
	end_conditions(seeing->view, "", view_is_of_disk, seeing->line->at_ns);
	seeing->view->disk_bad = has_word(seeing->line, "no-rename");
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (has_word(seeing->line, words[i].word)) {
			seeing->view->disk_bad = true;
			begin_condition(seeing, words[i].cause, "");
		}
}

static void see_policy(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const char *word = trace_get(seeing->line, "cause");
	int cause = word ? machine_cause_find(word, strlen(word)) : -1;
	int64_t now = seeing->line->at_ns;
	end_conditions(view, "", is_of_policy, now);
	bool was = view->policy_block;
	view->policy_block = has_word(seeing->line, "block");
	if (was && !view->policy_block) view->allow_ns = now;
	if (!view->policy_block) return;
	view->policy_ever = true;
	for (unsigned i = 0; i < view->jobs_count; i++) view->jobs[i]->failed_before_block = view->jobs[i]->state == STATE_TRANSIENT_ERROR;
	view->block_ns = now;
	view->block_cause = cause >= 0 ? (enum cause)cause : CAUSE_POLICY_COST;
	begin_condition(seeing, view->block_cause, "");
}

/* +1h, -90m, 3600s; a field by= or the word itself. */
static int64_t jump_of(const struct trace_line *line)
{
	for (unsigned i = 0; i < line->fields_count; i++) {
		const char *value = line->text + line->fields[i].at;
		bool minus = *value == '-';
		int64_t seconds = view_seconds(value + (minus || *value == '+'));
		if (seconds > 0) return (minus ? -seconds : seconds) * INT64_C(1000000000);
	}
	return 0;
}

static void see_serve(struct view *view, const struct trace_line *line)
{
	for (unsigned i = 0; i < line->fields_count; i++) {
		const char *at = strstr(line->text + line->fields[i].at, "retry-after=");
		char number[24] = "";
		bool own = !strncmp(line->fields[i].key, "retry_after", 11);
		if (at) snprintf(number, sizeof number, "%.*s", (int)strcspn(at + 12, ")"), at + 12);
		else if (own) snprintf(number, sizeof number, "%.20s", line->text + line->fields[i].at);
		bool is_date = !strncmp(number, "date+", 5);
		int64_t seconds = number[0] ? view_seconds(number + (is_date ? 5 : 0)) : 0;
		if (seconds > view->retry_after_ns / INT64_C(1000000000)) view->retry_after_ns = seconds * INT64_C(1000000000);
	}
}

int64_t view_slack_ns(const struct view *view, int64_t now_ns)
{
	int64_t ns = now_ns - view->slack_at_ns, drift = view->drift[0] + view->drift[1];
	return view->slack_ns + (drift ? ns / 1000000 * drift + drift : 0);
}

/* The wall clock moves no timer. Of the others it is not said which one a timer follows: as much as they are apart, times may be off. */
static void see_clock(struct view *view, const struct trace_line *line)
{
	const char *drift = trace_get(line, "drift");
	int64_t by_ns = jump_of(line), now_ns = line->at_ns;
	if (has_word(line, "wall")) {
		view->clock_ns = now_ns;
		view->clock_jump_ns = drift ? 0 : by_ns;
		return;
	}
	view->slack_ns = view_slack_ns(view, now_ns);
	view->slack_at_ns = now_ns;
	if (drift) view->drift[has_word(line, "monotonic")] = strtoll(drift + (*drift == '+' || *drift == '-'), NULL, 10);
	else view->slack_ns += by_ns + INT64_C(1000000000);    /* of a jump only whole seconds are read */
	if (!has_word(line, "sleep")) return;
	view->sleep_from_ns = now_ns;
	view->sleep_to_ns = now_ns + by_ns;
}

/* What is not done was not flushed. */
static void see_power_loss(struct view *view, const struct trace_line *line)
{
	const char *lost = trace_get(line, "lost");
	view->power_ns = line->at_ns;
	view->power_bytes = lost ? view_size(lost) : UINT64_MAX;
	for (unsigned i = 0; i < view->jobs_count; i++)
		for (unsigned f = 0; f < view->jobs[i]->files_count; f++) {
			struct view_file *file = view->jobs[i]->files[f];
			if (file->complete_at_ns != VIEW_NEVER) continue;
			view_progress_lose(view, file);
			file->breaks++;
		}
}

static void see_rest(struct view *view, const struct trace_line *line)
{
	int64_t now = line->at_ns;
	if (!strcmp(line->event, "serve")) {
		see_serve(view, line);
		view_progress_serve(view, line);
	}
	if (!strcmp(line->event, "service")) {
		view->service_down = !has_word(line, "start");
		if (has_word(line, "power-loss")) see_power_loss(view, line);
		if (view->service_down) view_progress_kill(view);
		if (view->service_down) view->kill_ns = now;
		else view->start_ns = now;
	}
	if (!strcmp(line->event, "user")) {
		view->logged_off = has_word(line, "logoff");
		if (view->logged_off) view->logoff_ns = now;
		else view->logon_ns = now;
	}
	if (!strcmp(line->event, "clock")) see_clock(view, line);
}

void view_world_see(struct view_seeing *seeing)
{
	struct view *view = seeing->view;
	const struct trace_line *line = seeing->line;
	if (!strcmp(line->event, "host")) see_host(seeing);
	else if (!strcmp(line->event, "net")) see_net(seeing);
	else if (!strcmp(line->event, "disk")) see_disk(seeing);
	else if (!strcmp(line->event, "policy")) see_policy(seeing);
	else see_rest(view, line);
	for (unsigned i = 0; i < view->jobs_count; i++) {
		struct view_job *job = view->jobs[i];
		struct sight sight = { .kind = SIGHT_WORLD, .line = line, .now_ns = line->at_ns, .job = job, .state = job->state,
			.failure = CAUSE_NONE };
		if (strcmp(line->event, "serve")) {
			job->stirs++;
			view_done(job, "the world changed: ", line->event, " ", line->fields_count ? line->text + line->fields[0].at : "");
		}
		view_show(seeing, &sight);
	}
}
