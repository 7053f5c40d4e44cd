/* transfer.c -- connections and requests of one job: what the client asks of which server, and when it gives up.
 *
 * bits asks by HEAD for the size before it fetches, for every file and every time it connects; do need not (C-62). */
#include "sim/service.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHOLE UINT64_MAX  /* a range to the end */

struct service_file *transfer_file(const struct service_job *job)
{
	assert(job->job.file_current < job->job.files_count);
	return job->files[job->job.file_current];
}

void transfer_arm(struct service_job *job, enum transfer_phase phase, int64_t after_ns)
{
	job->transfer.phase = phase;
	service_arm(job, EVENT_OF_TRANSFER, job->service->now_ns + after_ns);
}

static void stop(struct service_job *job)
{
	job->transfer.phase = TRANSFER_IDLE;
	service_disarm(job, EVENT_OF_TRANSFER);
}

/* --- lines of the origin */

static void add_unsigned(struct trace_line *line, const char *key, uint64_t value)
{
	if (value == UINT64_MAX) trace_add(line, key, "none");
	else trace_add_unsigned(line, key, value);
}

static void tell_connect(struct service_job *job)
{
	struct trace_line line;

	trace_line_init(&line, job->service->now_ns, ACTOR_ORIGIN, job->transfer.host, "connect");
	trace_add(&line, "answer", origin_host_word(job->transfer.connect_answer));
	service_line(job->service, &line);
}

/* How often the path was asked for, this time included. */
static unsigned count_request(struct service *service, const char *path)
{
	unsigned i = 0;

	while (i < service->paths_count && strncmp(service->paths[i].path, path, TRACE_WORD_MAX - 1)) i++;
	if (i == SERVICE_PATHS_MAX) return 0;
	if (i == service->paths_count) {
		snprintf(service->paths[i].path, TRACE_WORD_MAX, "%.*s", TRACE_WORD_MAX - 1, path);
		service->paths[service->paths_count++].requests = 0;
	}
	return ++service->paths[i].requests;
}

static void tell_request(struct service_job *job, const struct request *request)
{
	struct trace_line line;
	char range[48] = "none";

	trace_line_init(&line, job->service->now_ns, ACTOR_ORIGIN, request->path, "request");
	if (request->has_range && request->range_to == WHOLE) snprintf(range, sizeof range, "%" PRIu64 "-", request->range_from);
	else if (request->has_range)
		snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, request->range_from, request->range_to);
	trace_add(&line, "method", request->method);
	trace_add(&line, "host", request->host);
	trace_add(&line, "range", range);
	if (request->if_range) trace_add(&line, "if_range", request->if_range);
	trace_add_int(&line, "n", job->transfer.number);
	service_line(job->service, &line);
}

void transfer_close(struct service_job *job, const char *ending, uint64_t sent)
{
	const struct response *response = &job->transfer.response;
	struct trace_line line;

	if (!job->transfer.open) return;
	job->transfer.open = false;
	trace_line_init(&line, job->service->now_ns, ACTOR_ORIGIN, job->transfer.path, "response");
	trace_add_int(&line, "n", job->transfer.number);
	trace_add_int(&line, "status", response->status);
	add_unsigned(&line, "length", response->content_length);
	add_unsigned(&line, "sent", sent);
	trace_add(&line, "ending", ending);
	trace_add(&line, "fault", response->fault[0] ? response->fault : "none");
	trace_add_int(&line, "content", response->is_content);
	trace_add_int(&line, "version", response->version);
	add_unsigned(&line, "from", response->body_from);
	add_unsigned(&line, "total", response->range_total);
	trace_add_int(&line, "line", response->scenario_line);
	service_line(job->service, &line);
}

/* --- connections */

bool transfer_split_url(const char *url, char *host, size_t host_size, char *path, size_t path_size)
{
	const char *start = strstr(url, "://"), *end;

	if (!start) return false;
	start += 3;
	end = start + strcspn(start, "/?#");
	snprintf(host, host_size, "%.*s", (int)(end - start), start);
	if (strlen(host) > 3 && !strcmp(host + strlen(host) - 3, ":80")) host[strlen(host) - 3] = '\0';
	snprintf(path, path_size, "%s%.*s", *end == '/' ? "" : "/", (int)strcspn(end, "#"), end);
	return true;
}

/* What is wrong with a certificate matters by https:// only, and not to a job whose security flags ignore it
 * (nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags). */
static bool is_tolerated(const struct service_job *job, enum host_answer answer)
{
	static const uint64_t ignored[HOST_ANSWERS] = { [HOST_TLS_NAME] = SECURITY_IGNORE_CERT_CN_INVALID,
		[HOST_TLS_DATE] = SECURITY_IGNORE_CERT_DATE_INVALID, [HOST_TLS_ISSUER] = SECURITY_IGNORE_UNKNOWN_CA };

	return ignored[answer] && (!job->transfer.secure || job->later.security_flags & ignored[answer]);
}

void transfer_connect(struct service_job *job)
{
	struct service *service = job->service;
	struct transfer *transfer = &job->transfer;
	int64_t delay_ns = 0, round_trip_ns;

	transfer->connect_answer = HOST_OK;
	if (service->network_up && !service->blocked)
		transfer->connect_answer = origin_connect(service->origin, transfer->host, service->now_ns, &delay_ns);
	if (is_tolerated(job, transfer->connect_answer)) transfer->connect_answer = HOST_OK;
	round_trip_ns = links_round_trip_ns(&service->links) + links_silence_ns(&service->links);
	if (transfer->connect_answer != HOST_DNS && round_trip_ns >= NET_CONNECT_TIMEOUT_NS) transfer->connect_answer = HOST_CONNECT_TIMEOUT;
	transfer_arm(job, TRANSFER_CONNECT, net_connect_ns(transfer->connect_answer, delay_ns, round_trip_ns, &transfer->connect_cause));
}

static bool asks_head_first(const struct service_job *job)
{
	const struct service *service = job->service;
	bool asks = service->machine->dialect == DIALECT_BITS || service_varies(service, VARIANT_asks_head);

	return asks && !service_varies(service, VARIANT_asks_get) && job->job.type == JOB_TYPE_DOWNLOAD;
}

void transfer_aim(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	bool valid = transfer_split_url(transfer_file(job)->url, transfer->host, sizeof transfer->host, transfer->path,
		sizeof transfer->path);

	service_spoil_path(job->service, transfer->path);
	assert(valid); /* AddFile refuses what is no URL */
	(void)valid;
	transfer->redirects = 0;
	transfer->secure = !strncmp(transfer_file(job)->url, "https:", strlen("https:"));
}

/* Every file is there, or the current one has no byte (C-56). */
static bool has_nothing_to_fetch(const struct service_job *job)
{
	if (job->job.file_current >= job->job.files_count) return true;
	return transfer_file(job)->ranges_count > 0 && transfer_total(transfer_file(job)) == 0;
}

void transfer_start(struct service_job *job)
{
	memset(&job->transfer, 0, offsetof(struct transfer, host));
	job->transfer.host[0] = job->transfer.path[0] = '\0';
	if (has_nothing_to_fetch(job)) {
		transfer_arm(job, TRANSFER_NOTHING, NET_MS);
		return;
	}
	job->transfer.head = asks_head_first(job);
	job->transfer.head_done = !job->transfer.head;
	transfer_aim(job);
	transfer_connect(job);
}

void transfer_begin(struct service_job *job)
{
	transfer_abort(job);
	transfer_start(job);
}

void transfer_abort(struct service_job *job)
{
	transfer_close(job, "aborted", transfer_sent(job));
	stop(job);
}

/* A job that resumes straight into a network that is away, or into a policy, learns it when it would connect. */
static bool is_stopped_by_world(struct service_job *job)
{
	struct service *service = job->service;
	struct occurrence block = service_occurrence(service, EVENT_BLOCK);

	if ((service->network_up && !service->blocked) || service_has_defect(service, DEFECT_every_cause_retried)) return false;
	stop(job);
	if (!service->network_up) {
		service_event(job, EVENT_NET_LOST);
	} else {
		block.cause = service->block_cause;
		service_step(job, &block);
	}
	return true;
}

static enum event event_of(enum fault_class fault_class)
{
	switch (fault_class) {
	case FAULT_CLASS_TRANSIENT: return EVENT_TRANSIENT;
	case FAULT_CLASS_FATAL: return EVENT_FATAL;
	case FAULT_CLASS_RESTART: return EVENT_CHANGED;
	case FAULT_CLASS_NONE: break;
	}
	return EVENT_COUNT; /* the dialect does not know the cause */
}

static void connected(struct service_job *job)
{
	enum cause cause = job->transfer.connect_cause;

	if (is_stopped_by_world(job)) return;
	if (!service_file_place(transfer_file(job))) {
		transfer_fail(job, CAUSE_NO_LOCAL_PATH);
		return;
	}
	if (cause == CAUSE_NONE || event_of(machine_report(job->service->machine, cause, 0).fault_class) == EVENT_COUNT) {
		transfer_arm(job, TRANSFER_REQUEST, links_one_way_ns(&job->service->links));   /* a cause that the dialect does not know stops nobody */
		return;
	}
	tell_connect(job);
	transfer_fail(job, cause);
}

/* --- faults */

/* A date is compared with the machine's own wall clock; one that has passed delays nothing. */
static int64_t retry_after_ns(const struct service_job *job)
{
	const struct response *response = &job->transfer.response;
	int64_t after_ns = response->retry_after_ns - (response->retry_is_date ? (clock_read(&job->service->clocks[CLOCK_WALL], job->service->now_ns) - job->service->now_ns) : 0);

	return after_ns > 0 ? after_ns : 0;
}

void transfer_step_cause(struct service_job *job, enum cause cause, enum event event)
{
	struct occurrence occurrence = service_occurrence(job->service, event);

	occurrence.cause = cause;
	occurrence.http_status = job->transfer.response.status;
	occurrence.retry_after_ns = retry_after_ns(job);
	occurrence.file_known = true;
	service_step(job, &occurrence);
}

/* C-18: what the server answers comes in TRANSFERRING; the fault follows when that was seen. */
static bool waits_for_transferring(struct service_job *job, enum cause cause)
{
	if (!service_varies(job->service, VARIANT_fatal_in_transferring) || job->job.state != STATE_CONNECTING) return false;
	service_event(job, EVENT_CONNECTED);
	job->transfer.fault = cause;
	transfer_arm(job, TRANSFER_FAULT, NET_MS);
	return true;
}

void transfer_fail(struct service_job *job, enum cause cause)
{
	struct fault_report report = machine_report(job->service->machine, cause, job->transfer.response.status);
	enum event event = event_of(report.fault_class);

	stop(job);
	if (event == EVENT_COUNT) return;
	if (event == EVENT_FATAL && waits_for_transferring(job, cause)) return;
	transfer_step_cause(job, cause, event);
	if (event == EVENT_CHANGED && service_is_active(job)) transfer_start(job);
}

void transfer_restart_file(struct service_job *job)
{
	struct service_file *file;

	if (job->job.file_current >= job->job.files_count) return;
	file = transfer_file(job);
	if (file->temporary) disk_empty(&job->service->disk, file->temporary);
	file->etag[0] = file->last_modified[0] = '\0';
	file->size = JOB_SIZE_UNKNOWN;
}

/* --- requests */

static uint64_t range_length(const struct service_file *file, const struct file_range *range)
{
	if (range->length != JOB_SIZE_UNKNOWN) return range->length;
	if (file->size == JOB_SIZE_UNKNOWN) return JOB_SIZE_UNKNOWN;
	return file->size > range->offset ? file->size - range->offset : 0;
}

uint64_t transfer_total(const struct service_file *file)
{
	uint64_t sum = 0;

	if (file->ranges_count == 0) return file->size;
	for (unsigned i = 0; i < file->ranges_count; i++) {
		uint64_t length = range_length(file, &file->ranges[i]);
		if (length == JOB_SIZE_UNKNOWN || length > JOB_SIZE_UNKNOWN - 1 - sum) return JOB_SIZE_UNKNOWN;
		sum += length;
	}
	return sum;
}

/* What is missing: of the file, or of the range in which the bytes end that are there. */
static void choose_part(struct service_job *job)
{
	const struct service_file *file = transfer_file(job);
	struct transfer *transfer = &job->transfer;
	uint64_t done = job->job.files[job->job.file_current].bytes_transferred;

	if (service_has_defect(job->service, DEFECT_starts_without_range) && file->ranges_count == 0) done = 0;
	transfer->asked_part = done > 0 || file->ranges_count > 0;
	transfer->from = done;
	transfer->to = WHOLE;
	for (unsigned i = 0; i < file->ranges_count; i++) {
		const struct file_range *range = &file->ranges[i];
		uint64_t length = range_length(file, range);
		transfer->from = range->offset + done;
		transfer->to = range->length == JOB_SIZE_UNKNOWN ? WHOLE : range->offset + range->length - 1;
		if (done < length) return;
		done -= length;
	}
}

static const char *validator(const struct service_file *file)
{
	if (file->etag[0]) return file->etag;
	return file->last_modified[0] ? file->last_modified : NULL;
}

static void request_arrived(struct service_job *job)
{
	struct service *service = job->service;
	struct transfer *transfer = &job->transfer;
	struct request request = { .host = transfer->host, .path = transfer->path, .method = "HEAD" };

	if (job->job.type != JOB_TYPE_DOWNLOAD) {
		request.method = "PUT";
	} else if (!transfer->head) {
		choose_part(job);
		request.method = "GET";
		request.has_range = transfer->asked_part;
		request.range_from = transfer->from;
		request.range_to = transfer->to;
		request.if_range = transfer->asked_part && !service_has_defect(service, DEFECT_asks_unguarded) ? validator(transfer_file(job)) : NULL;
	}
	if (transfer->connect_answer == HOST_DNS_WRONG) request.instead = 404;
	if (transfer->connect_answer == HOST_PROXY_407) request.instead = 407;
	transfer->number = count_request(service, transfer->path);
	transfer->open = true;
	transfer->told = 0;
	tell_request(job, &request);
	origin_answer(service->origin, &request, service->now_ns, &transfer->response);
	transfer_arm(job, TRANSFER_HEAD, links_one_way_ns(&job->service->links));
}

void transfer_ask(struct service_job *job)
{
	transfer_arm(job, TRANSFER_REQUEST, links_one_way_ns(&job->service->links));
}

/* A file of no byte is done like others: in TRANSFERRING, unless it is the last. */
static void nothing_fetched(struct service_job *job)
{
	bool more = job_files_done(&job->job) + 1 < job->job.files_count;

	if (job->job.type == JOB_TYPE_DOWNLOAD && !has_nothing_to_fetch(job)) { /* a file was added meanwhile */
		transfer_start(job);
		return;
	}
	if (more && job->job.state == STATE_CONNECTING) service_event(job, EVENT_CONNECTED);
	transfer_finish(job);
}

void transfer_next(struct service_job *job)
{
	switch (job->transfer.phase) {
	case TRANSFER_IDLE: break;
	case TRANSFER_NOTHING: nothing_fetched(job); break;
	case TRANSFER_FAULT: transfer_fail(job, job->transfer.fault); break;
	case TRANSFER_CONNECT: connected(job); break;
	case TRANSFER_REQUEST: request_arrived(job); break;
	case TRANSFER_HEAD: transfer_answered(job); break;
	case TRANSFER_FIRST:
	case TRANSFER_BODY:
	case TRANSFER_SILENCE: transfer_body_next(job); break;
	}
}
