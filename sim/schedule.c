/* schedule.c -- whose turn it is.
 *
 * bits: one background job at a time, the highest priority first, those of equal priority in turns of five minutes; a
 * higher one pre-empts. Foreground jobs run beside them. do: several at once. */
#include "sim/service.h"

void schedule_wake(struct service *service)
{
	int64_t at_ns = service->now_ns + SERVICE_QUEUED_NS;

	if (!service->running) return;
	if (queue_is_armed(&service->queue, SERVICE_SCHEDULE) && queue_time(&service->queue, SERVICE_SCHEDULE) <= at_ns) return;
	queue_arm(&service->queue, SERVICE_SCHEDULE, at_ns);
}

void schedule_enqueue(struct service_job *job)
{
	job->waits_since = ++job->service->waits;
	job->ready_ns = job->service->now_ns + SERVICE_QUEUED_NS;
	schedule_wake(job->service);
}

static bool is_background(const struct service_job *job)
{
	if (service_has_defect(job->service, DEFECT_foreground_waits)) return job->service->machine->dialect == DIALECT_BITS;
	return job->service->machine->dialect == DIALECT_BITS && job->job.priority != JOB_PRIORITY_FOREGROUND;
}

/* C-15 is about every block of do, C-64 about policies. */
static bool is_held(const struct service *service)
{
	bool away = !service->network_up && service->machine->dialect == DIALECT_DO;

	return service_varies(service, VARIANT_waits_while_blocked) && (service->blocked || away);
}

static bool is_ready(const struct service_job *job)
{
	if (is_held(job->service) || service_spoil_waits(job)) return false;
	return job->job.state == STATE_QUEUED && job->job.owner_present && job->service->now_ns >= job->ready_ns;
}

/* Foreground first, then the highest priority, then who waits longest. */
static bool is_before(const struct service_job *a, const struct service_job *b)
{
	bool equal = service_has_defect(a->service, DEFECT_priority_ignored);

	if (!equal && a->job.priority != b->job.priority && (is_background(a) || is_background(b)))
		return a->job.priority < b->job.priority;
	return a->waits_since < b->waits_since;
}

static struct service_job *find_ready(const struct service *service, bool background)
{
	struct service_job *best = NULL;

	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		if (!is_ready(job) || is_background(job) != background) continue;
		if (!best || is_before(job, best)) best = job;
	}
	return best;
}

/* The background job that runs; of several (a priority was changed) the one that should go. */
static struct service_job *find_running(const struct service *service, unsigned *count)
{
	struct service_job *last = NULL;

	*count = 0;
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		if (!service_is_active(job) || !is_background(job)) continue;
		++*count;
		if (!last || is_before(last, job)) last = job;
	}
	return last;
}

/* A job that enters the queue while the network is away or a policy forbids it meets that instead of its turn. */
static void give_turn(struct service_job *job)
{
	struct service *service = job->service;
	struct occurrence block = service_occurrence(service, EVENT_BLOCK);

	if (!service->network_up && !service_has_defect(service, DEFECT_every_cause_retried)) {
		service_event(job, EVENT_NET_LOST);
	} else if (service->blocked) {
		block.cause = service->block_cause;
		service_step(job, &block);
	} else {
		service_event(job, EVENT_TURN);
		if (is_background(job)) service_arm(job, EVENT_OF_SLICE, service->now_ns + SERVICE_SLICE_NS);
	}
}

/* Keeps a job in the queue that a step did not take out of it from being picked again at once. */
static void turn(struct service_job *job)
{
	give_turn(job);
	if (job->job.state == STATE_QUEUED) schedule_enqueue(job);
}

static void look_again(struct service *service, int64_t after_ns)
{
	queue_arm(&service->queue, SERVICE_SCHEDULE, service->now_ns + after_ns);
}

/* When the next job of the queue is ready; those that wait for others or their owner wake the schedule otherwise. */
static void wait_for_ready(struct service *service)
{
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		if (job->job.state != STATE_QUEUED || !job->job.owner_present || job->ready_ns <= service->now_ns) continue;
		if (!queue_is_armed(&service->queue, SERVICE_SCHEDULE) || job->ready_ns < queue_time(&service->queue, SERVICE_SCHEDULE))
			queue_arm(&service->queue, SERVICE_SCHEDULE, job->ready_ns);
	}
}

void schedule_pass(struct service *service)
{
	unsigned running;
	struct service_job *ready = find_ready(service, false), *last;

	if (ready) {
		turn(ready);
		look_again(service, 0);
		return;
	}
	last = find_running(service, &running);
	ready = find_ready(service, true);
	if (service_has_defect(service, DEFECT_turns_never_end) && last) return;
	if (running > 1 || (ready && last && ready->job.priority < last->job.priority)) {
		transfer_sync(last);
		service_event(last, EVENT_SLICE_END);
		if (!service_is_active(last)) look_again(service, 0);
		return;
	}
	if (ready && !last) {
		turn(ready);
		look_again(service, 0);
		return;
	}
	wait_for_ready(service);
}

void schedule_slice(struct service_job *job)
{
	struct service *service = job->service;
	struct service_job *ready = find_ready(service, true);

	if (!service_is_active(job) || !is_background(job) || service_has_defect(service, DEFECT_turns_never_end)) return;
	if (!ready || (ready->job.priority > job->job.priority && !service_has_defect(service, DEFECT_priority_ignored))) {
		service_arm(job, EVENT_OF_SLICE, service->now_ns + SERVICE_SLICE_NS);
		return;
	}
	transfer_sync(job);
	service_event(job, EVENT_SLICE_END);
	schedule_wake(service);
}
