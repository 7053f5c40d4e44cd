/* service_link.c -- the links of the machine: what a step says of one, and moving from one to another. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

static void tell(struct service *service, const char *event, const char *word, const char *cause)
{
	struct trace_line line;

	trace_line_init(&line, service->now_ns, ACTOR_WORLD, "-", event);
	trace_add(&line, "word", word);
	if (cause) trace_add(&line, "cause", cause);
	service_line(service, &line);
}

/* The policy of the link in use is the machine's. A link without one takes back only what a link has brought. */
static void apply_policy(struct service *service)
{
	enum cause cause = service->links.used->policy;

	if (cause == service->links_policy) return;
	service->links_policy = cause;
	if (cause == CAUSE_NONE) tell(service, "policy", "allow", NULL);
	else tell(service, "policy", "block", service->machine->faults[cause].word);
	service_policy(service, cause != CAUSE_NONE, cause);
}

/* A connection has the address of its link: on another one the network is lost, and back at once. */
static void move_to(struct service *service, struct link *link)
{
	bool was_up = service->network_up;

	if (link == service->links.used) return;
	if (was_up) {
		tell(service, "net", "down", NULL);
		service_network(service, false);
	}
	service->links.used = link;
	if (was_up) {
		tell(service, "net", "up", NULL);
		service_network(service, true);
	}
	apply_policy(service);
}

static bool find_policy(const struct service *service, const struct scenario_arg *arg, enum cause *cause, char *why, size_t why_size)
{
	int found = strcmp(arg->text, "none") ? machine_cause_find(arg->text, strlen(arg->text)) : (int)CAUSE_NONE;

	*cause = (enum cause)found;
	if (*cause == CAUSE_NONE || machine_report(service->machine, *cause, 0).fault_class == FAULT_CLASS_TRANSIENT) return true;
	snprintf(why, why_size, "the dialect has no policy %s", arg->text);
	return false;
}

bool service_link(struct service *service, const struct step *step, char *why, size_t why_size)
{
	const struct scenario_arg *delay = step_arg(step, "delay"), *jitter = step_arg(step, "jitter"), *loss = step_arg(step, "loss");
	const struct scenario_arg *bandwidth = step_arg(step, "bandwidth"), *policy = step_arg(step, "policy");
	struct link *link = links_at(&service->links, step_word(step, 0)->text);
	enum cause cause = CAUSE_NONE;

	if (!link) {
		snprintf(why, why_size, "a machine has at most %d links", LINKS_MAX);
		return false;
	}
	if (policy && !find_policy(service, policy, &cause, why, why_size)) return false;
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_sync(service->jobs[i]); /* what has flowed was on the link as it was */
	if (delay) link->delay_ns = delay->number;
	if (jitter) link->jitter_ns = jitter->number;
	if (bandwidth) link->bandwidth = (uint64_t)bandwidth->number;
	if (loss) link->loss = (uint32_t)loss->number;
	if (policy) link->policy = cause;
	if (step_arg(step, "use")) move_to(service, link);
	else apply_policy(service);
	service->links_shaped = true;
	return true;
}
