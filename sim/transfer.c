/* transfer.c -- requests of one job and the heads of their responses: what the client asks, and what it makes of it.
 *
 * bits asks by HEAD for the size before it fetches (C-62), for every file and every time it connects. */
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
	service_arm(job->service, &job->transfer_next, job->service->now_ns + after_ns);
}

static void stop(struct service_job *job)
{
	job->transfer.phase = TRANSFER_IDLE;
	queue_cancel(&job->service->queue, &job->transfer_next);
}

/* --- lines of the origin */

static void add_unsigned(struct trace_line *line, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, value);
	trace_add(line, key, value == UINT64_MAX ? "none" : text);
}

static void tell_connect(struct service_job *job)
{
	static const char *const words[] = { [HOST_OK] = "ok", [HOST_REFUSE] = "refuse", [HOST_DNS] = "dns",
		[HOST_UNREACHABLE] = "unreachable", [HOST_CONNECT_TIMEOUT] = "connect-timeout" };
	struct trace_line line;

	trace_line_init(&line, job->service->now_ns, ACTOR_ORIGIN, job->transfer.host, "connect");
	trace_add(&line, "answer", words[job->transfer.connect_answer]);
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
		service->paths_count++;
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

static bool split_url(const char *url, char *host, size_t host_size, char *path, size_t path_size)
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

static void connect(struct service_job *job)
{
	struct service *service = job->service;
	struct transfer *transfer = &job->transfer;

	transfer->connect_answer = HOST_OK;
	if (service->network_up && !service->blocked)
		transfer->connect_answer = origin_connect(service->origin, transfer->host, service->now_ns);
	transfer_arm(job, TRANSFER_CONNECT, net_connect_ns(transfer->connect_answer, &transfer->connect_cause));
}

static bool asks_head_first(const struct service_job *job)
{
	return job->service->machine->dialect == DIALECT_BITS && job->job.type == JOB_TYPE_DOWNLOAD;
}

static void aim(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	bool valid = split_url(transfer_file(job)->url, transfer->host, sizeof transfer->host, transfer->path,
		sizeof transfer->path);

	assert(valid); /* AddFile refuses what is no URL */
	(void)valid;
	transfer->redirects = 0;
}

void transfer_start(struct service_job *job)
{
	memset(&job->transfer, 0, sizeof job->transfer);
	if (job->job.file_current >= job->job.files_count) {
		transfer_arm(job, TRANSFER_NOTHING, NET_MS);
		return;
	}
	job->transfer.head = asks_head_first(job);
	job->transfer.head_done = !job->transfer.head;
	aim(job);
	connect(job);
}

void transfer_begin(struct service_job *job)
{
	transfer_abort(job);
	transfer_start(job);
}

void transfer_abort(struct service_job *job)
{
	transfer_close(job, "aborted", transfer_flowed(job));
	stop(job);
}

/* A job that resumes straight into a network that is away, or into a policy, learns it when it would connect. */
static bool is_stopped_by_world(struct service_job *job)
{
	struct service *service = job->service;
	struct occurrence block = service_occurrence(service, EVENT_BLOCK);

	if (service->network_up && !service->blocked) return false;
	stop(job);
	if (!service->network_up) {
		service_event(job, EVENT_NET_LOST);
	} else {
		block.cause = service->block_cause;
		service_step(job, &block);
	}
	return true;
}

static void connected(struct service_job *job)
{
	enum cause cause = job->transfer.connect_cause;

	if (is_stopped_by_world(job)) return;
	if (cause == CAUSE_NONE) {
		transfer_arm(job, TRANSFER_REQUEST, NET_ONE_WAY_NS);
		return;
	}
	tell_connect(job);
	transfer_fail(job, cause);
}

/* --- faults */

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

static const struct move *step_cause(struct service_job *job, enum cause cause, enum event event)
{
	struct occurrence occurrence = service_occurrence(job->service, event);

	occurrence.cause = cause;
	occurrence.http_status = job->transfer.response.status;
	occurrence.retry_after_ns = job->transfer.response.retry_after_ns;
	occurrence.file_known = true;
	return service_step(job, &occurrence);
}

void transfer_fail(struct service_job *job, enum cause cause)
{
	struct fault_report report = machine_report(job->service->machine, cause, job->transfer.response.status);
	enum event event = event_of(report.fault_class);

	stop(job);
	if (event == EVENT_COUNT) return;
	step_cause(job, cause, event);
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
		request.if_range = transfer->asked_part ? validator(transfer_file(job)) : NULL;
	}
	transfer->number = count_request(service, transfer->path);
	transfer->open = true;
	tell_request(job, &request);
	if (job->job.type == JOB_TYPE_DOWNLOAD) origin_answer(service->origin, &request, service->now_ns, &transfer->response);
	else transfer->response = (struct response){ .status = 200 };
	transfer_arm(job, TRANSFER_HEAD, NET_ONE_WAY_NS);
}

void transfer_ask(struct service_job *job)
{
	transfer_arm(job, TRANSFER_REQUEST, NET_ONE_WAY_NS);
}

/* --- responses */

static bool differs(const char *a, const char *b)
{
	return a[0] && b[0] && strcmp(a, b);
}

/* Whether the server has another file now than the one that was begun. */
static bool is_changed(const struct service_file *file, const struct response *response)
{
	uint64_t total = response->has_content_range ? response->range_total : response->content_length;

	if (differs(file->etag, response->etag)) return true;
	if (!file->etag[0] && differs(file->last_modified, response->last_modified)) return true;
	return file->size != JOB_SIZE_UNKNOWN && total != ORIGIN_NO_LENGTH && file->size != total;
}

static bool is_redirect(const struct response *response)
{
	return response->status >= 300 && response->status < 400 && response->location[0];
}

static void redirect(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	char host[sizeof transfer->host];

	if (++transfer->redirects > NET_REDIRECTS_MAX) {
		transfer_fail(job, CAUSE_HTTP_REDIRECT_LOOP);
		return;
	}
	memcpy(host, transfer->host, sizeof host);
	if (transfer->response.location[0] == '/') {
		snprintf(transfer->path, sizeof transfer->path, "%s", transfer->response.location);
	} else if (!split_url(transfer->response.location, transfer->host, sizeof transfer->host, transfer->path,
		sizeof transfer->path)) {
		transfer_fail(job, CAUSE_HTTP_NOT_HTTP);
		return;
	}
	if (strcmp(host, transfer->host)) connect(job);
	else transfer_ask(job);
}

/* CONNECTED may only be told where data did not flow before: the next file of a job follows within TRANSFERRING. */
static void tell_connected(struct service_job *job, uint64_t total)
{
	struct occurrence occurrence = service_occurrence(job->service, EVENT_CONNECTED);

	if (job->service->machine->dialect == DIALECT_BITS && job->job.state == STATE_TRANSFERRING) return;
	occurrence.bytes = total == JOB_SIZE_UNKNOWN ? 0 : total;
	occurrence.bytes_total = total;
	service_step(job, &occurrence);
}

/* The file starts from byte 0. False when the dialect makes an error of it. */
static bool restart(struct service_job *job, enum cause cause)
{
	struct fault_report report = machine_report(job->service->machine, cause, job->transfer.response.status);

	if (report.fault_class != FAULT_CLASS_RESTART) {
		transfer_close(job, "aborted", 0);
		transfer_fail(job, cause);
		return false;
	}
	step_cause(job, cause, EVENT_CHANGED);
	return true;
}

static void fail_response(struct service_job *job, enum cause cause)
{
	transfer_close(job, "aborted", 0);
	transfer_fail(job, cause);
}

/* The partial file and the server's are two: the file starts anew, with a request of its own. */
static void restart_and_ask(struct service_job *job)
{
	struct service_file *file = transfer_file(job);

	if (!restart(job, CAUSE_HTTP_CHANGED)) return;
	file->etag[0] = file->last_modified[0] = '\0';
	file->size = JOB_SIZE_UNKNOWN;
	transfer_close(job, "aborted", 0);
	transfer_ask(job);
}

static enum cause cause_of_length(const struct response *response)
{
	if (response->content_length != ORIGIN_NO_LENGTH) return CAUSE_NONE;
	return response->chunked ? CAUSE_HTTP_CHUNKED : CAUSE_HTTP_NO_LENGTH;
}

static void answered_head(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	struct service_file *file = transfer_file(job);
	enum cause cause = cause_of_length(&transfer->response);
	bool partial = job->job.files[job->job.file_current].bytes_transferred > 0;

	transfer_close(job, "done", 0);
	if (cause != CAUSE_NONE) {
		transfer_fail(job, cause);
		return;
	}
	if (partial && is_changed(file, &transfer->response) && !restart(job, CAUSE_HTTP_CHANGED)) return;
	if (transfer->response.is_content && !partial) file->size = transfer->response.content_length;
	transfer->head = false;
	transfer->head_done = true;
	aim(job);
	transfer_ask(job);
}

/* 206: the bytes that were asked for, or an error. */
static bool accept_part(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	const struct response *response = &transfer->response;
	struct service_file *file = transfer_file(job);

	if (!transfer->asked_part || !response->has_content_range || response->range_from != transfer->from) {
		fail_response(job, CAUSE_HTTP_WRONG_RANGE);
		return false;
	}
	if (is_changed(file, response)) {
		restart_and_ask(job);
		return false;
	}
	if (transfer->to != WHOLE && response->range_to != transfer->to) {
		fail_response(job, CAUSE_HTTP_416);
		return false;
	}
	return true;
}

/* 200: the whole file, whatever was asked for. */
static bool accept_whole(struct service_job *job)
{
	struct service_file *file = transfer_file(job);
	bool partial = job->job.files[job->job.file_current].bytes_transferred > 0;
	bool changed = is_changed(file, &job->transfer.response);

	if (file->ranges_count > 0) {
		if (partial && changed) restart_and_ask(job);
		else fail_response(job, CAUSE_HTTP_NO_RANGE);
		return false;
	}
	if (!partial) return true;
	return restart(job, changed ? CAUSE_HTTP_CHANGED : CAUSE_HTTP_NO_RANGE_RESUME);
}

static void remember(struct service_file *file, const struct response *response)
{
	snprintf(file->etag, sizeof file->etag, "%s", response->etag);
	snprintf(file->last_modified, sizeof file->last_modified, "%s", response->last_modified);
	file->size = response->status == 206 ? response->range_total : response->content_length;
}

static void answered_get(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	enum cause cause = cause_of_length(&transfer->response);

	if (cause != CAUSE_NONE) {
		fail_response(job, cause);
		return;
	}
	if (!(transfer->response.status == 206 ? accept_part(job) : accept_whole(job))) return;
	remember(transfer_file(job), &transfer->response);
	tell_connected(job, transfer_total(transfer_file(job)));
	if (transfer->phase == TRANSFER_HEAD) transfer_body_begin(job);
}

static void answered_put(struct service_job *job)
{
	transfer_close(job, "done", 0);
	tell_connected(job, JOB_SIZE_UNKNOWN);
	transfer_arm(job, TRANSFER_NOTHING, NET_FIRST_DATA_NS);
}

/* An error status. With the defect its body becomes the file. */
static void answered_error(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	const struct service_file *file = transfer_file(job);
	unsigned status = transfer->response.status;
	uint64_t sent = transfer->head ? 0 : transfer->response.body_length;

	if (service_has_defect(job->service, DEFECT_status_body_is_file)) {
		if (transfer->head) answered_head(job);
		else answered_get(job);
		return;
	}
	if (status == 416 && file->ranges_count == 0 && transfer->asked_part && !transfer->head) {
		restart_and_ask(job); /* the server's file is shorter than what is there already */
		return;
	}
	transfer_close(job, "done", sent);
	transfer_fail(job, machine_cause_of_status(status));
}

static void answered(struct service_job *job)
{
	const struct response *response = &job->transfer.response;

	if (response->ending == ENDING_GARBAGE) {
		transfer_close(job, "garbage", 0);
		transfer_fail(job, CAUSE_HTTP_NOT_HTTP);
	} else if (job->job.type != JOB_TYPE_DOWNLOAD) {
		answered_put(job);
	} else if (is_redirect(response)) {
		transfer_close(job, "done", job->transfer.head ? 0 : response->body_length);
		redirect(job);
	} else if (response->status < 200 || response->status > 299) {
		answered_error(job);
	} else if (job->transfer.head) {
		answered_head(job);
	} else {
		answered_get(job);
	}
}

void transfer_next(struct service_job *job)
{
	switch (job->transfer.phase) {
	case TRANSFER_IDLE: break;
	case TRANSFER_NOTHING:
		stop(job);
		service_event(job, EVENT_ALL_DONE);
		break;
	case TRANSFER_CONNECT: connected(job); break;
	case TRANSFER_REQUEST: request_arrived(job); break;
	case TRANSFER_HEAD: answered(job); break;
	case TRANSFER_FIRST:
	case TRANSFER_BODY:
	case TRANSFER_SILENCE: transfer_body_next(job); break;
	}
}
