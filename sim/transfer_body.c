/* transfer_body.c -- the body of a response: one event where it ends or breaks off; in between it is a matter of time. */
#include "sim/service.h"

#include <assert.h>
#include <stdio.h>

static bool is_flowing(const struct transfer *transfer)
{
	return transfer->phase == TRANSFER_FIRST || transfer->phase == TRANSFER_BODY || transfer->phase == TRANSFER_SILENCE;
}

/* Bytes of the body that have flowed, and in *rest the part of the next one. */
static uint64_t flowed(const struct service_job *job, uint64_t *rest)
{
	const struct transfer *transfer = &job->transfer;
	uint64_t bytes;

	*rest = transfer->flow_rest;
	if (!is_flowing(transfer)) return 0;
	bytes = net_bytes(job->service->now_ns - transfer->flow_start_ns, transfer->rate, rest);
	if (bytes < transfer->flow_end - transfer->flow_base) return transfer->flow_base + bytes;
	*rest = 0;
	return transfer->flow_end;
}

uint64_t transfer_untold(const struct service_job *job)
{
	uint64_t rest, bytes = flowed(job, &rest);

	return bytes > job->transfer.told ? bytes - job->transfer.told : 0;
}

uint64_t transfer_sent(const struct service_job *job)
{
	return job->transfer.told + transfer_untold(job);
}

/* --- writing */

static enum disk_result write_bytes(struct service_job *job, uint64_t bytes, uint64_t *written)
{
	struct disk *disk = &job->service->disk;
	struct service_file *file = transfer_file(job);
	const struct response *response = &job->transfer.response;
	struct disk_segment segment = { .path = job->transfer.path, .version = response->version,
		.is_content = response->is_content, .offset = response->body_from + job->transfer.told, .length = bytes };
	enum disk_result result = DISK_OK;

	*written = 0;
	if (!file->temporary && file->local && !disk_has_folder(file->local)) return DISK_VANISHED; /* C-52 */
	if (!file->temporary) file->temporary = disk_create(disk, &result);
	if (file->temporary) result = disk_append(disk, file->temporary, &segment, written);
	if (result == DISK_NO_MEMORY) job->service->no_memory = true;
	return result;
}

void transfer_sync(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	struct occurrence occurrence = service_occurrence(job->service, EVENT_DATA);
	uint64_t untold = transfer_untold(job), written;

	if (untold == 0) return;
	transfer->disk = write_bytes(job, untold, &written);
	if (written == 0) return;
	transfer->told += written;
	occurrence.bytes = transfer->file_base + transfer->told;
	occurrence.bytes_total = transfer_total(transfer_file(job));
	service_step(job, &occurrence);
}

static enum cause cause_of_disk(enum disk_result result)
{
	switch (result) {
	case DISK_DENIED: return CAUSE_DISK_DENIED;
	case DISK_LOCKED: return CAUSE_DISK_LOCKED;
	case DISK_VANISHED: return CAUSE_DISK_VANISHED;
	case DISK_VOLUME_LOCKED: return CAUSE_VOLUME_LOCKED;
	case DISK_VOLUME_CHANGED: return CAUSE_VOLUME_CHANGED;
	case DISK_OK:
	case DISK_FULL:
	case DISK_NO_MEMORY: break;
	}
	return CAUSE_DISK_FULL;
}

/* --- when what flows ends */

/* Where the next event of the body is: its end, or the byte for which the disk has no place. */
static uint64_t next_stop(const struct service_job *job)
{
	const struct transfer *transfer = &job->transfer;
	const struct disk *disk = &job->service->disk;
	uint64_t room = disk->writing == DISK_OK ? disk_room(disk) : 0;

	if (room >= transfer->flow_end - transfer->told) return transfer->flow_end;
	return transfer->told + room + 1;
}

static int64_t time_to(const struct service_job *job, uint64_t bytes)
{
	const struct transfer *transfer = &job->transfer;
	int64_t at_ns = transfer->flow_start_ns;

	if (bytes > transfer->flow_base) at_ns += net_time_ns(bytes - transfer->flow_base, transfer->rate, transfer->flow_rest);
	return at_ns > job->service->now_ns ? at_ns - job->service->now_ns : 0;
}

/* Times end at NET_LONG_NS: what takes longer is looked at again from time to time. */
static void arm_body(struct service_job *job)
{
	const struct transfer *transfer = &job->transfer;
	int64_t after_ns = time_to(job, next_stop(job));

	if (after_ns == 0 && transfer->told < transfer->flow_end && transfer_untold(job) == 0) after_ns = NET_S;
	transfer_arm(job, TRANSFER_BODY, after_ns);
}

/* Bytes of the body that come before it ends or breaks off. */
static uint64_t arriving(const struct response *response)
{
	return response->ending == ENDING_DONE ? response->body_length : response->cut;
}

static void flow(struct service_job *job, uint64_t from)
{
	struct transfer *transfer = &job->transfer;
	uint64_t end = arriving(&transfer->response);

	transfer->flow_start_ns = job->service->now_ns;
	transfer->flow_base = from;
	transfer->flow_rest = 0;
	transfer->flow_end = end < transfer->promised ? end : transfer->promised;
	if (transfer->flow_end < from) transfer->flow_end = from;
}

/* The first bytes are told when they are there, unless all are there by then. */
static void arm_first(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	int64_t first_ns = time_to(job, 1), end_ns = time_to(job, next_stop(job)), told_ns = transfer->first_due_ns - job->service->now_ns;

	if (first_ns < told_ns) first_ns = told_ns;
	if (first_ns < end_ns) transfer_arm(job, TRANSFER_FIRST, first_ns);
	else arm_body(job);
}

/* On a link that loses segments a body falls silent, somewhere, until the segment has come. Once: what is lost otherwise is goodput. */
static void lose(struct service_job *job)
{
	struct response *response = &job->transfer.response;
	int64_t silence_ns;

	if (response->ending != ENDING_DONE || response->fault[0] || response->body_length == 0) return;
	silence_ns = links_silence_ns(&job->service->links);
	if (silence_ns == 0) return;
	response->ending = ENDING_STALL;
	response->cut = rng_below(&job->service->links.chance, response->body_length);
	response->stall_ns = silence_ns;
	snprintf(response->fault, sizeof response->fault, "stall");
}

/* Bytes a second that the connection may have at most, whoever else is there. */
static uint64_t most(const struct service_job *job)
{
	const struct link *link = job->service->links.used;
	uint64_t throttle = job->transfer.response.bytes_per_s, rate = link->bandwidth ? LINK_BANDWIDTH_MAX : NET_BANDWIDTH, cap = link_cap(link);

	if (throttle && throttle < rate) rate = throttle;
	return cap < rate ? cap : rate;
}

void transfer_body_begin(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;

	lose(job);
	transfer->promised = transfer->response.content_length;
	transfer->rate = most(job);
	transfer->file_base = job->job.files[job->job.file_current].bytes_transferred;
	transfer->told = 0;
	transfer->disk = DISK_OK;
	if (service_has_defect(job->service, DEFECT_appends_whole) && transfer->response.status == 200) transfer->promised -= transfer->file_base;
	flow(job, 0);
	transfer->first_due_ns = job->service->now_ns + NET_FIRST_DATA_NS;
	if (transfer->flow_end == 0) transfer_arm(job, TRANSFER_BODY, NET_FIRST_DATA_NS);
	else arm_first(job);
}

void transfer_replan(struct service_job *job)
{
	if (job->transfer.phase == TRANSFER_BODY) arm_body(job);
}

void transfer_wake(struct service_job *job, int64_t slept_ns)
{
	struct transfer *transfer = &job->transfer;
	const struct queue *queue = &job->service->queue;

	if (transfer->phase == TRANSFER_IDLE || !service_is_armed(job, EVENT_OF_TRANSFER)) return;
	transfer->flow_start_ns += slept_ns;
	transfer->first_due_ns += slept_ns;
	service_arm(job, EVENT_OF_TRANSFER, queue_time(queue, job->index * SERVICE_JOB_TIMERS + EVENT_OF_TRANSFER) + slept_ns);
	if (!is_flowing(transfer) || slept_ns < NET_STALL_NS) return;
	transfer_close(job, "reset", transfer->told);
	transfer_fail(job, CAUSE_NET_RESET);
}

/* --- who shares the link */

static bool takes_part(const struct service_job *job)
{
	const struct transfer *transfer = &job->transfer;

	return (transfer->phase == TRANSFER_FIRST || transfer->phase == TRANSFER_BODY) && transfer_sent(job) < transfer->flow_end;
}

static void set_rate(struct service_job *job, uint64_t rate)
{
	struct transfer *transfer = &job->transfer;
	uint64_t rest;

	if (rate == transfer->rate) return;
	transfer->flow_base = flowed(job, &rest);
	transfer->flow_rest = rest;
	transfer->flow_start_ns = job->service->now_ns;
	transfer->rate = rate;
	if (transfer->phase == TRANSFER_FIRST || (transfer->told == 0 && job->service->now_ns < transfer->first_due_ns)) arm_first(job);
	else arm_body(job);
}

void transfer_share(struct service *service)
{
	struct service_job *flows[SERVICE_JOBS_MAX];
	uint64_t caps[SERVICE_JOBS_MAX], rates[SERVICE_JOBS_MAX];
	unsigned count = 0;

	if (!service->links_shaped) return;
	service->links_shaped = link_is_shaped(service->links.used);
	for (unsigned i = 0; i < service->jobs_count; i++) {
		if (!takes_part(service->jobs[i])) continue;
		caps[count] = most(service->jobs[i]);
		flows[count++] = service->jobs[i];
	}
	link_share(link_goodput(service->links.used), caps, rates, count);
	for (unsigned i = 0; i < count; i++) set_rate(flows[i], rates[i]);
}

/* --- the end */

static bool has_more_ranges(const struct service_job *job)
{
	const struct service_file *file = transfer_file(job);

	return file->ranges_count > 0 &&
		job->job.files[job->job.file_current].bytes_transferred < transfer_total(file);
}

void transfer_finish(struct service_job *job)
{
	bool is_last = job_files_done(&job->job) + 1 >= job->job.files_count;
	const struct move *row;

	transfer_abort(job);
	row = service_event(job, is_last ? EVENT_ALL_DONE : EVENT_FILE_DONE);
	if (row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) return;
	if (service_is_active(job) && job->transfer.phase == TRANSFER_IDLE) transfer_start(job);
}

static void fail_disk(struct service_job *job, enum disk_result result)
{
	transfer_close(job, "aborted", transfer_sent(job));
	transfer_fail(job, cause_of_disk(result));
}

static void succeed(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	uint64_t nothing;
	enum disk_result result = write_bytes(job, 0, &nothing); /* a file of no byte is a file too */

	if (result != DISK_OK) {
		fail_disk(job, result);
		return;
	}
	transfer_close(job, transfer->response.ending == ENDING_RESET ? "reset" : "done", transfer->told);
	if (has_more_ranges(job)) transfer_ask(job);
	else transfer_finish(job);
}

static void fall_silent(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	int64_t stall_ns = transfer->response.stall_ns;

	transfer->is_silent = stall_ns == 0 || stall_ns >= NET_STALL_NS;
	transfer_arm(job, TRANSFER_SILENCE, transfer->is_silent ? NET_STALL_NS : stall_ns);
}

/* The body broke off before it was whole. */
static void break_off(struct service_job *job)
{
	uint64_t sent = job->transfer.told;

	switch (job->transfer.response.ending) {
	case ENDING_RESET:
		transfer_close(job, "reset", sent);
		transfer_fail(job, CAUSE_NET_RESET);
		break;
	case ENDING_STALL: fall_silent(job); break;
	case ENDING_DONE:
	case ENDING_TRUNCATE:
	case ENDING_BAD_CHUNKS:
	case ENDING_GARBAGE:
		transfer_close(job, job->transfer.response.ending == ENDING_DONE ? "done" : "truncate", sent);
		transfer_fail(job, CAUSE_HTTP_SHORT);
		break;
	}
}

static void body_ended(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;

	if (transfer->told < transfer->promised && !service_has_defect(job->service, DEFECT_short_body_is_done)) {
		break_off(job);
	} else if (arriving(&transfer->response) > transfer->promised && !service_has_defect(job->service, DEFECT_appends_whole)) {
		transfer_close(job, "aborted", transfer->told);
		transfer_fail(job, CAUSE_HTTP_LONG);
	} else {
		succeed(job);
	}
}

static void silence_ended(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;

	if (transfer->is_silent) {
		transfer_close(job, "stall", transfer->told);
		transfer_fail(job, CAUSE_NET_STALL);
		return;
	}
	transfer->response.ending = ENDING_DONE;
	flow(job, transfer->told);
	arm_body(job);
}

void transfer_body_next(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	enum transfer_phase phase = transfer->phase;

	if (phase == TRANSFER_SILENCE) {
		silence_ended(job);
		return;
	}
	transfer_sync(job);
	if (transfer->phase != phase) return; /* a step of a mutant has ended it */
	if (transfer->disk != DISK_OK) fail_disk(job, transfer->disk);
	else if (transfer->told < transfer->flow_end) arm_body(job);
	else body_ended(job);
}
