/* explore_letter.c -- what may happen to a job, letter by letter: calls, what the world does to it, faults that the machine tells
 * apart. */
#include "sim/explore_internal.h"

#include <stdio.h>
#include <string.h>

#define HTTP_STATUS 400u

static bool is_policy_or_network(enum cause cause)
{
	return (cause >= CAUSE_POLICY_COST && cause <= CAUSE_POLICY_BANDWIDTH) || cause == CAUSE_NET_DOWN;
}

/* Causes that the machine treats alike are one: same class, context, file and flags; codes do not matter to it. */
static bool is_like(const struct machine *machine, enum cause a, enum cause b)
{
	const struct fault_report *x = &machine->faults[a].report[machine->dialect], *y = &machine->faults[b].report[machine->dialect];
	unsigned flags = FAULT_NO_TIMED_RETRY | FAULT_NOT_COUNTED;
	return x->fault_class == y->fault_class && x->context == y->context && x->file == y->file &&
		(machine->faults[a].flags & flags) == (machine->faults[b].flags & flags);
}

static bool is_new_cause(const struct explore_bounds *bounds, const struct alphabet *alphabet, enum cause cause)
{
	const struct machine *machine = bounds->machine;
	enum fault_class class = machine->faults[cause].report[machine->dialect].fault_class;
	if (class != FAULT_CLASS_TRANSIENT && class != FAULT_CLASS_FATAL) return false;
	if (is_policy_or_network(cause) || cause == CAUSE_NO_PROGRESS) return false;
	for (unsigned i = 0; i < alphabet->causes_count; i++) {
		enum cause other = alphabet->causes[i];
		if (is_like(machine, cause, other)) return false;
		if (bounds->core && machine->faults[other].report[machine->dialect].fault_class == class) return false;
	}
	return true;
}

static void add_cause(struct alphabet *alphabet, const struct machine *machine, enum cause cause)
{
	assert(alphabet->causes_count < EXPLORE_CAUSES_MAX);
	alphabet->statuses[alphabet->causes_count] = machine->faults[cause].flags & FAULT_STATUS ? HTTP_STATUS : 0;
	alphabet->causes[alphabet->causes_count++] = cause;
}

static void add_letter(struct alphabet *alphabet, struct explore_letter letter)
{
	assert(alphabet->count < LETTERS_MAX);
	alphabet->letters[alphabet->count++] = letter;
}

static bool is_global(enum event event)
{
	return event == EVENT_NET_LOST || event == EVENT_NET_BACK || event == EVENT_BLOCK || event == EVENT_UNBLOCK ||
		event == EVENT_LOGOFF || event == EVENT_LOGON || event == EVENT_STOP || event == EVENT_START;
}

static void add_faults(struct alphabet *alphabet, const struct machine *machine, unsigned causes_count)
{
	for (unsigned i = 0; i < causes_count; i++) {
		enum fault_class class = machine->faults[alphabet->causes[i]].report[machine->dialect].fault_class;
		add_letter(alphabet, (struct explore_letter){ .event = class == FAULT_CLASS_FATAL ? EVENT_FATAL : EVENT_TRANSIENT,
			.cause = alphabet->causes[i], .status = alphabet->statuses[i] });
	}
}

static void add_setters(struct alphabet *alphabet, bool core)
{
	add_letter(alphabet, (struct explore_letter){ .event = EVENT_SET, .cause = CAUSE_NONE, .property = PROPERTY_OTHER });
	for (int period = 0; !core && period <= EXPLORE_PERIOD_SHORT; period++)
		add_letter(alphabet, (struct explore_letter){ .event = EVENT_SET, .cause = CAUSE_NONE, .property = PROPERTY_NO_PROGRESS,
			.period = (enum explore_period)period });
}

void alphabet_make(const struct explore_bounds *bounds, struct alphabet *alphabet)
{
	memset(alphabet, 0, sizeof *alphabet);
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		if (is_new_cause(bounds, alphabet, (enum cause)cause)) add_cause(alphabet, bounds->machine, (enum cause)cause);
	add_cause(alphabet, bounds->machine, CAUSE_NET_DOWN);
	if (!bounds->core) add_cause(alphabet, bounds->machine, CAUSE_POLICY_COST);
	unsigned faults_count = alphabet->causes_count;
	add_cause(alphabet, bounds->machine, CAUSE_NO_PROGRESS);
	for (int event = 0; event < EVENT_COUNT; event++) {
		if (is_global((enum event)event) || event == EVENT_TRANSIENT || event == EVENT_FATAL) continue;
		if (event == EVENT_SET) add_setters(alphabet, bounds->core);
		else add_letter(alphabet, (struct explore_letter){ .event = (enum event)event, .cause = CAUSE_NONE });
	}
	if (!bounds->core) add_letter(alphabet, (struct explore_letter){ .event = EVENT_COMPLETE, .cause = CAUSE_NONE, .rename_fails = true });
	add_faults(alphabet, bounds->machine, faults_count);
	add_letter(alphabet, (struct explore_letter){ .event = EVENT_COUNT, .cause = CAUSE_NONE, .answers = NOTIFY_JOB_ERROR });
	add_letter(alphabet, (struct explore_letter){ .event = EVENT_COUNT, .cause = CAUSE_NONE, .answers = NOTIFY_JOB_TRANSFERRED });
}

static const char *letter_name(const struct explore_letter *letter, char buffer[64])
{
	static const char *const periods[] = { "default", "0", "1" };
	if (letter->event == EVENT_COUNT) return letter->answers == NOTIFY_JOB_ERROR ? "JobError returns S_OK" : "JobTransferred returns S_OK";
	const char *event = machine_event_name(letter->event);
	if (letter->cause != CAUSE_NONE) snprintf(buffer, 64, "%s(%s)", event, machine_reference(DIALECT_DO)->faults[letter->cause].word);
	else if (letter->property == PROPERTY_NO_PROGRESS) snprintf(buffer, 64, "SET(no_progress_timeout=%s)", periods[letter->period]);
	else snprintf(buffer, 64, "%s%s", event, letter->rename_fails ? "(rename fails)" : "");
	return buffer;
}

static const char *global_name(enum explore_global global, unsigned condition)
{
	static const char *const names[EXPLORE_GLOBALS][2] = { { "the network comes back", "the network goes away" },
		{ "the owner logs on", "the owner logs off" }, { "the policy allows again", "the policy forbids" },
		{ "the service restarts", "the service restarts" } };
	static const unsigned bits[EXPLORE_GLOBALS] = { NETWORK_UP, OWNER_HERE, POLICY_FREE, 0 };
	return names[global][!(condition & bits[global])];
}

const char *explore_step_name(const struct explore_bounds *bounds, const struct explore_step *step, char buffer[64])
{
	struct alphabet alphabet;
	if (step->job < 0) return global_name(step->global, step->condition);
	alphabet_make(bounds, &alphabet);
	assert(step->letter < alphabet.count);
	return letter_name(&alphabet.letters[step->letter], buffer);
}
