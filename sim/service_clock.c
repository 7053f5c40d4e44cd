/* service_clock.c -- the clocks of the machine: which one the timers follow, jumps, drifts, and sleep. */
#include "sim/service.h"

const struct clock *service_timer_clock(const struct service *service)
{
	return &service->clocks[service_varies(service, VARIANT_timers_stop_in_sleep) ? CLOCK_MONOTONIC : CLOCK_BOOT];
}

int64_t service_timer_ns(const struct service *service)
{
	return clock_read(service_timer_clock(service), service->now_ns);
}

static int64_t moved(int64_t due_ns, int64_t jump_ns)
{
	return due_ns == JOB_NEVER ? JOB_NEVER : due_ns - jump_ns;
}

/* The clocks moved: deadlines are readings, and come at other times now. */
static void rearm(struct service *service)
{
	for (unsigned i = 0; i < service->jobs_count; i++) service_follow(service->jobs[i]);
}

void service_clock_jump(struct service *service, enum clock_kind kind, int64_t jump_ns)
{
	clock_jump(&service->clocks[kind], service->now_ns, jump_ns);
	for (unsigned i = 0; kind == CLOCK_WALL && service_has_defect(service, DEFECT_timers_follow_wall_clock) && i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		job->job.retry_due_ns = moved(job->job.retry_due_ns, jump_ns);
		job->job.no_progress_due_ns = moved(job->job.no_progress_due_ns, jump_ns);
		job->job.no_progress_held_ns = moved(job->job.no_progress_held_ns, jump_ns);
	}
	rearm(service);
}

void service_clock_drift(struct service *service, enum clock_kind kind, int64_t drift)
{
	clock_set_drift(&service->clocks[kind], service->now_ns, drift);
	rearm(service);
}

void service_sleep(struct service *service, int64_t for_ns)
{
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_sync(service->jobs[i]);
	clock_stop(&service->clocks[CLOCK_MONOTONIC], service->now_ns, for_ns);
	service->now_ns += for_ns;
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_wake(service->jobs[i], for_ns);
	rearm(service);
}
