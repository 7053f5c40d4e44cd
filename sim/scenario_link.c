/* scenario_link.c -- `link`: how the network of the client machine is. */
#include "sim/fault_word.h"
#include "sim/link.h"
#include "sim/scenario_internal.h"

#include <string.h>

static bool read_time(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t ns;

	if (!scenario_value_duration(parser, value, &ns)) return false;
	if (ns > LINK_DELAY_MAX_NS) return scenario_fail_found(parser, value, "at most 10m");
	return scenario_step_add_number(parser, step, key, value, ns);
}

static bool read_bandwidth(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t bytes;

	if (!scenario_value_size(parser, value, &bytes)) return false;
	if (bytes < 1 || (uint64_t)bytes > LINK_BANDWIDTH_MAX) return scenario_fail_found(parser, value, "1 to 4g bytes a second");
	return scenario_step_add_number(parser, step, key, value, bytes);
}

/* 2%, 0.25%: in millionths. */
static bool read_loss(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	int64_t number = 0, unit = 10000;
	size_t i = 0, digits = value->length - (value->length > 0 && value->text[value->length - 1] == '%');
	bool fraction = false, right = digits > 0 && digits < value->length && value->text[digits - 1] != '.' && value->text[0] != '.';

	for (; right && i < digits; i++) {
		char at = value->text[i];
		if (at == '.' && !fraction) fraction = true;
		else if (at < '0' || at > '9' || (fraction && unit == 1) || number > LINK_LOSS_MAX) right = false;
		else number = number * 10 + (at - '0');
		if (right && fraction && at != '.') unit /= 10;
	}
	if (right && number * unit <= LINK_LOSS_MAX) return scenario_step_add_number(parser, step, key, value, number * unit);
	return scenario_fail_found(parser, value, "0%% to 50%% such as 2%% or 0.25%%");
}

static bool read_policy(struct parser *parser, struct step *step, const char *key, const struct word *value)
{
	static const char prefix[] = "policy.";
	bool is_policy = value->length > strlen(prefix) && !memcmp(value->text, prefix, strlen(prefix)) &&
		machine_cause_find(value->text, value->length) >= 0;

	if (!is_policy && !scenario_word_is(value, "none")) return scenario_fail_words(parser, value, "", STEP_POLICY, "cause", "none");
	return scenario_step_add(parser, step, key, value) != NULL;
}

static const struct scenario_key keys[] = {
	{ "use", NULL }, { "delay", read_time }, { "jitter", read_time }, { "bandwidth", read_bandwidth }, { "loss", read_loss }, { "policy", read_policy },
};

bool scenario_link_step(struct parser *parser, struct step *step)
{
	static const char what[] = "use, delay=D, jitter=D, bandwidth=N, loss=P% or policy=CAUSE";
	struct word name, found;

	if (!scenario_word_next(parser, &name) || !scenario_value_name(parser, &name, "-", "the name of a link")) return false;
	if (!scenario_step_add(parser, step, "", &name)) return false;
	found = scenario_word_rest(parser);
	if (!scenario_step_keys(parser, step, keys, sizeof keys / sizeof *keys, what)) return false;
	return step->args_count > 1 || scenario_fail_found(parser, &found, "%s", what);
}
