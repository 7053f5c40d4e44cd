/* rule_state_part.h -- what rule_state.c and rule_retry.c share; nobody else includes it. */
#ifndef BGCHECK_CONFORMANCE_RULE_STATE_PART_H
#define BGCHECK_CONFORMANCE_RULE_STATE_PART_H

#include "conformance/rule_fold.h"

#define CONNECT_NS (30 * SECOND)     /* an attempt to connect that nothing answers takes so long */
#define SOON_NS (10 * SECOND)        /* what the documents call at once: connections and turns take their time */
#define LATE_NS (120 * SECOND)       /* beyond a documented limit: nothing is under way any more */
#define TURN_NS (86400 * SECOND)     /* a turn of another job never takes a day */

/* In virtual time a job that was not looked at has not changed: at the end it is still in the state seen last. */
static inline bool is_state_or_end(const struct judge *judge, const struct sight *sight)
{
	return sight_is_state(sight) || (sight->kind == SIGHT_END && sight->job && !sight->job->released && judge->view.probed && judge->view.virtual_time && sight->state != STATE_NONE);
}

static inline bool is_entered(const struct sight *sight, enum state state)
{
	return sight_is_state(sight) && sight->state == state && sight->from != state;
}

static inline const char *seen_state(const struct sight *sight, char buffer[200])
{
	return judge_text(buffer, 200, "state %s = %s", sight->job->name, judge_state(sight->state));
}
#define SEEN(sight) seen_state(sight, (char[200]){ 0 })
#define FROM_TO(sight) TEXT("%s > %s", judge_state((sight)->from), judge_state((sight)->state))

/* Since when, at the earliest at `from_ns`, nothing of the machine has held a job back. */
static inline int64_t well_since(const struct view *view, int64_t from_ns)
{
	return later_ns(later_ns(from_ns, later_ns(view->logon_ns, view->start_ns)), later_ns(view->net_up_ns, view->allow_ns));
}

/* Nothing about the machine keeps jobs from running. */
static inline bool world_is_well(const struct view *view)
{
	return !view->net_down && !view->policy_block && !view->service_down && !view->logged_off;
}

#endif
