/* rule_property.c -- JOB: setters and getters of a job: what they take, refuse, keep and give back. */
#include "conformance/rule_fold.h"

#include "model/job.h"

#include <string.h>

#define USAGE_OVERRIDE 2
#define USAGE_LAST 3
#define TOOK_ITS_PLACE "a refused value took the place of the old one"

static bool is_call(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && sight->job && sight->method && !strcmp(sight->command, command);
}

static void claim_value(struct judge *judge, unsigned rule, const struct sight *sight, bool holds, const char *signature)
{
	judge_claim(judge, rule, holds, TEXT("%s gives %.80s", sight->method->name, trace_get(sight->line, "value")),
		TEXT("%s: %s", sight->method->name, signature));
}

/* --- values */

static bool is_null(const char *text)
{
	return !strcmp(text, "null");
}

/* Characters of a text of ASCII; 0 when it has others, which may be counted in another way. */
static size_t characters(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at >= 0x80) return 0;
	return strlen(text);
}

static bool is_long_name(const struct judge *judge, const char *text)
{
	return characters(text) > judge->view.machine->limits.display_name_max;
}

static bool is_longest_text(const struct judge *judge, const char *text)
{
	return characters(text) == judge->view.machine->limits.description_max;
}

static bool is_long_text(const struct judge *judge, const char *text)
{
	return characters(text) > judge->view.machine->limits.description_max;
}

static bool is_text_null(const struct judge *judge, const char *text)
{
	(void)judge;
	return is_null(text);
}

static bool is_no_priority(const struct judge *judge, const char *text)
{
	(void)judge;
	return view_number("priority", text) > JOB_PRIORITY_LOW;
}

static bool is_override(const struct judge *judge, const char *text)
{
	(void)judge;
	return view_number("proxy_usage", text) == USAGE_OVERRIDE;
}

static bool is_no_usage(const struct judge *judge, const char *text)
{
	(void)judge;
	return view_number("proxy_usage", text) > USAGE_LAST;
}

/* Setters that are refused for their value, or just not. job.set passes no proxy list. */
static const struct set_row {
	unsigned rule;
	enum view_property property;
	const char *key;
	bool (*is)(const struct judge *judge, const char *text);
	const char *code, *other;    /* other: of another reading, or of COM's proxy, which sees a NULL first (C-09) */
	const char *reading;
} set_rows[] = {
	{ RULE_job_030, VIEW_DISPLAY_NAME, "display_name", is_text_null, "E_INVALIDARG", "RPC_X_NULL_REF_POINTER", NULL },
	{ RULE_job_031, VIEW_DISPLAY_NAME, "display_name", is_long_name, "STRING_TOO_LONG", "E_INVALIDARG", "C-57" },
	{ RULE_job_032, VIEW_DESCRIPTION, "description", is_longest_text, "S_OK", NULL, NULL },
	{ RULE_job_033, VIEW_DESCRIPTION, "description", is_long_text, "STRING_TOO_LONG", NULL, NULL },
	{ RULE_job_034, VIEW_DESCRIPTION, "description", is_text_null, "E_INVALIDARG", "RPC_X_NULL_REF_POINTER", NULL },
	{ RULE_job_036, VIEW_PRIORITY, "priority", is_no_priority, "E_NOTIMPL", NULL, NULL },
	{ RULE_job_040, VIEW_PROXY_USAGE, "proxy_usage", is_override, "E_INVALIDARG", NULL, NULL },
	{ RULE_job_041, VIEW_PROXY_USAGE, "proxy_usage", is_no_usage, "E_NOTIMPL", NULL, NULL },
};

/* The value that a getter of a kept property gives; NULL: it is no such call. */
static const char *given_back(const struct sight *sight, enum view_property property)
{
	if (!is_call(sight, "job.get") || sight->failed || view_property_find(sight->method->property) != property) return NULL;
	return trace_get(sight->line, "value");
}

static bool is_same(enum view_property property, const char *a, const char *b)
{
	if (property == VIEW_DISPLAY_NAME || property == VIEW_DESCRIPTION) return !strcmp(a, b);
	const char *key = property == VIEW_PRIORITY ? "priority" : "proxy_usage";
	return view_number(key, a) == view_number(key, b);
}

/* What was set before is still there; of a default it is known only what it is not. */
static bool is_kept(const struct view_job *job, enum view_property property, const char *value)
{
	const struct view_value *kept = &job->values[property];
	return kept->set ? is_same(property, value, kept->set) : !is_same(property, value, kept->refused);
}

void rule_property_set(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct set_row *row = set_rows;
	while (row->rule != rule) row++;
	const char *text = is_call(sight, "job.set") ? trace_get(sight->line, row->key) : NULL, *value = given_back(sight, row->property);
	if (text && row->is(judge, text) && view_open(&judge->view, sight->job, sight->now_ns)) {
		bool other = row->other && sight->hr == judge_word(judge, row->other), holds = sight->hr == judge_word(judge, row->code);
		if (row->reading && (other || holds)) judge_show(judge, row->reading, holds ? row->code : row->other);
		judge_claim_method(judge, rule, sight, holds || other);
	}
	const char *refused = value ? sight->job->values[row->property].refused : NULL;
	if (refused && row->is(judge, refused)) claim_value(judge, rule, sight, is_kept(sight->job, row->property, value), TOOK_ITS_PLACE);
}

/* --- defaults, and what was set */

void rule_property_default(struct judge *judge, unsigned rule, const struct sight *sight)
{
	enum view_property property = rule == RULE_job_037 ? VIEW_PRIORITY : VIEW_PROXY_USAGE;
	const char *value = given_back(sight, property);
	if (!value || sight->job->values[property].set) return;
	claim_value(judge, rule, sight, is_same(property, value, rule == RULE_job_037 ? "NORMAL" : "PRECONFIG"), "another default");
}

void rule_property_given_back(struct judge *judge, unsigned rule, const struct sight *sight)
{
	enum view_property property = rule == RULE_job_038 ? VIEW_PRIORITY : VIEW_DISPLAY_NAME;
	const char *value = given_back(sight, property), *set = value ? sight->job->values[property].set : NULL;
	if (set) claim_value(judge, rule, sight, is_same(property, value, set), "another value than set");
}

void rule_property_type(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *type = is_call(sight, "job.type") && !sight->failed ? trace_get(sight->line, "type") : NULL;
	if (!type) return;
	judge_claim(judge, rule, view_number("type", type) == sight->job->type, TEXT("GetType gives %s", type), TEXT("type=%s", type));
}

void rule_property_id(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *id = is_call(sight, "job.id") && !sight->failed ? trace_get(sight->line, "id") : NULL;
	if (id && sight->job->id) judge_claim(judge, rule, !strcmp(id, sight->job->id), TEXT("GetId gives %s", id), "another identifier");
}

/* --- final states */

/* What a setter could refuse in any state. */
static bool is_sound(const struct judge *judge, const struct sight *sight)
{
	const char *property = sight->method->property, *text = property[0] ? trace_get(sight->line, property) : "";
	if (!strcmp(property, "notify_interface")) return true;
	if (!strcmp(property, "notify_flags")) return view_number(property, text) >= 0 && view_number(property, text) < 16;
	if (is_null(text)) return false;
	for (size_t i = 0; i < sizeof set_rows / sizeof set_rows[0]; i++)
		if (!strcmp(set_rows[i].key, property) && set_rows[i].rule != RULE_job_032 && set_rows[i].is(judge, text)) return false;
	return true;
}

static bool is_final_call(const struct judge *judge, const struct sight *sight, const char *command)
{
	return is_call(sight, command) && state_in(sight->state, STATES_FINAL) && !judge->view.service_down && !judge->view.logged_off;
}

static void claim_kept(struct judge *judge, unsigned rule, const struct sight *sight)
{
	for (int i = 0; i < VIEW_PROPERTIES; i++) {
		const char *value = given_back(sight, (enum view_property)i);
		if (value && sight->job->values[i].refused && state_in(sight->job->state, STATES_FINAL))
			claim_value(judge, rule, sight, is_kept(sight->job, (enum view_property)i, value), TOOK_ITS_PLACE);
	}
}

void rule_property_final(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool owner = rule == RULE_job_057;
	if (sight->kind != SIGHT_CALL) return;
	uint32_t invalid = judge_word(judge, "INVALID_STATE");
	if (!owner) claim_kept(judge, rule, sight);
	if (!is_final_call(judge, sight, owner ? "job.take_ownership" : "job.set") || !is_sound(judge, sight)) return;
	/* Of an ordinary user TakeOwnership is refused for that, too. */
	if (!owner && strcmp(sight->method->interface_, "IBackgroundCopyJob")) return;   /* later interfaces have answers of their own */
	if (!owner || sight->hr != judge_word(judge, "E_ACCESSDENIED")) judge_claim_method(judge, rule, sight, sight->hr == invalid);
}

void rule_property_final_priority(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_final_call(judge, sight, "job.set") || strcmp(sight->method->property, "priority") || !is_sound(judge, sight)) return;
	judge_trigger(judge, rule);
	if (sight->hr == judge_word(judge, "INVALID_STATE")) judge_show(judge, "C-58", "INVALID_STATE");
	if (!sight->failed) judge_show(judge, "C-58", "ok");
}

/* --- getters */

static bool is_job_getter(const struct sight *sight)
{
	return sight->kind == SIGHT_CALL && sight->job && sight->method && sight->event == EVENT_GET && sight->method->fields[0] &&
		!strcmp(sight->method->interface_, "IBackgroundCopyJob");
}

/* NULL for what the getter writes; of GetDisplayName COM's proxy may see it first. */
void rule_property_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool name = rule == RULE_job_046;
	if (!is_job_getter(sight) || !sight->null_out || judge->view.service_down) return;
	if (name && strcmp(sight->method->property, "display_name")) return;
	bool refused = sight->hr == judge_word(judge, "E_INVALIDARG") || sight->hr == judge_word(judge, "RPC_X_NULL_REF_POINTER");
	judge_claim_method(judge, rule, sight, name ? refused : sight->failed);
}

/* Whether the service, and with it what the handle stands for, was there all the time. */
static bool is_untouched(const struct judge *judge, const struct sight *sight)
{
	const struct view *view = &judge->view;
	bool killed = view->kill_ns != VIEW_NEVER && sight->handle && view->kill_ns >= sight->handle->made_ns;
	return !killed && !view->service_down && !view->logged_off && sight->handle && sight->handle->references;
}

void rule_property_always(struct judge *judge, unsigned rule, const struct sight *sight)
{
	static const char *const commands[] = { "job.id", "job.type", "job.state", "job.progress", "job.times" };
	if (sight->kind != SIGHT_CALL || !sight->job || !sight->method || sight->null_out) return;
	if (sight->job->state == STATE_NONE || !is_untouched(judge, sight)) return;
	bool is = !strcmp(sight->command, "job.get") && !strcmp(sight->method->property, "priority");
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) is |= !strcmp(sight->command, commands[i]);
	if (is) judge_claim_method(judge, rule, sight, sight->hr == 0);
}
