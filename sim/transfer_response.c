/* transfer_response.c -- heads of responses: what the client makes of them. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

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

/* A server that knows Range sends everything when If-Range names what it no longer has. */
static bool is_refused_by_validator(const struct service_job *job)
{
	const struct service_file *file = job->files[job->job.file_current];

	return job->transfer.asked_part && job->transfer.response.accept_ranges && (file->etag[0] || file->last_modified[0]) &&
		!service_has_defect(job->service, DEFECT_asks_unguarded);
}

static bool is_redirect(const struct response *response)
{
	return response->status >= 300 && response->status < 400 && response->location[0];
}

/* nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags. That https does not lead to http unless a flag allows it is inferred from
 * the flag; no page of do speaks of either. */
static bool is_forbidden(const struct service_job *job, const char *location)
{
	uint64_t flags = job->later.security_flags;
	bool opens = job->transfer.secure && !strncmp(location, "http:", strlen("http:"));

	if (job->service->machine->dialect == DIALECT_DO) return false;
	return (flags & REDIRECT_POLICY_MASK) == REDIRECT_POLICY_DISALLOW || (opens && !(flags & REDIRECT_ALLOW_HTTPS_TO_HTTP));
}

static void redirect(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	char host[sizeof transfer->host];
	bool elsewhere = transfer->response.location[0] != '/';

	if (is_forbidden(job, transfer->response.location)) {
		transfer_fail(job, CAUSE_HTTP_REDIRECT_REFUSED);
		return;
	}
	if (++transfer->redirects > NET_REDIRECTS_MAX) {
		transfer_fail(job, CAUSE_HTTP_REDIRECT_LOOP);
		return;
	}
	memcpy(host, transfer->host, sizeof host);
	if (elsewhere) transfer->secure = !strncmp(transfer->response.location, "https:", strlen("https:"));
	if (!elsewhere) {
		snprintf(transfer->path, sizeof transfer->path, "%s", transfer->response.location);
	} else if (!transfer_split_url(transfer->response.location, transfer->host, sizeof transfer->host, transfer->path,
		sizeof transfer->path)) {
		transfer_fail(job, CAUSE_HTTP_NOT_HTTP);
		return;
	}
	if (strcmp(host, transfer->host)) transfer_connect(job);
	else transfer_ask(job);
}

/* CONNECTED may only be told where data did not flow before: the next file of a job follows within TRANSFERRING. */
static void tell_connected(struct service_job *job, uint64_t total)
{
	struct occurrence occurrence = service_occurrence(job->service, EVENT_CONNECTED);

	if (job->service->machine->dialect == DIALECT_BITS && job->job.state == STATE_TRANSFERRING) return;
	job->is_connected = true;
	occurrence.bytes = total == JOB_SIZE_UNKNOWN ? 0 : total;
	occurrence.bytes_total = total;
	service_step(job, &occurrence);
}

/* The file starts from byte 0. False when the dialect makes an error of it. */
static bool restart(struct service_job *job, enum cause cause)
{
	struct fault_report report = machine_report(job->service->machine, cause, job->transfer.response.status);

	if (cause == CAUSE_HTTP_CHANGED && service_has_defect(job->service, DEFECT_changes_unseen)) return true;
	if (report.fault_class != FAULT_CLASS_RESTART) {
		transfer_close(job, "aborted", 0);
		transfer_fail(job, cause);
		return false;
	}
	transfer_step_cause(job, cause, EVENT_CHANGED);
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

static enum cause cause_of_length(const struct service_job *job)
{
	const struct response *response = &job->transfer.response;

	if (service_has_defect(job->service, DEFECT_length_not_needed)) return CAUSE_NONE;
	if (response->content_length != ORIGIN_NO_LENGTH) return CAUSE_NONE;
	return response->chunked ? CAUSE_HTTP_CHUNKED : CAUSE_HTTP_NO_LENGTH;
}

static void answered_head(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	struct service_file *file = transfer_file(job);
	enum cause cause = cause_of_length(job);
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
	transfer_aim(job);
	transfer_ask(job);
}

/* 206: the bytes that were asked for, or an error. */
static bool accept_part(struct service_job *job)
{
	struct transfer *transfer = &job->transfer;
	const struct response *response = &transfer->response;
	struct service_file *file = transfer_file(job);

	if (service_has_defect(job->service, DEFECT_takes_any_part)) return true;
	if (!transfer->asked_part || !response->has_content_range || response->range_from != transfer->from) {
		fail_response(job, CAUSE_HTTP_WRONG_RANGE);
		return false;
	}
	if (is_changed(file, response)) {
		restart_and_ask(job);
		return false;
	}
	if (response->range_to > transfer->to) {
		fail_response(job, CAUSE_HTTP_MERGED_RANGES);
		return false;
	}
	if (transfer->to != UINT64_MAX && response->range_to != transfer->to) {
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
	bool changed = is_changed(file, &job->transfer.response) || is_refused_by_validator(job);

	if (file->ranges_count > 0) {
		if (partial && changed) restart_and_ask(job);
		else fail_response(job, CAUSE_HTTP_NO_RANGE);
		return false;
	}
	if (!partial || service_has_defect(job->service, DEFECT_appends_whole)) return true;
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
	enum cause cause = cause_of_length(job);

	if (cause != CAUSE_NONE) {
		fail_response(job, cause);
		return;
	}
	if (!(transfer->response.status == 206 ? accept_part(job) : accept_whole(job))) return;
	remember(transfer_file(job), &transfer->response);
	tell_connected(job, transfer_total(transfer_file(job)));
	if (transfer->phase == TRANSFER_HEAD) transfer_body_begin(job);
}

/* What the file was when it was opened is not what was sent (nf-bits-ibackgroundcopyjob-addfile, C-13). Next time it is what it is then. */
static bool is_other_source(struct service_job *job)
{
	struct service_file *file = transfer_file(job);
	bool changed = file->source_changed;

	file->source_changed = false;
	return changed;
}

static void answered_put(struct service_job *job)
{
	const struct response *response = &job->transfer.response;
	bool fails = response->status < 200 || response->status > 299;
	enum cause cause = response->refusal != CAUSE_NONE ? response->refusal : fails ? machine_cause_of_status(response->status) : CAUSE_NONE;

	if (is_other_source(job)) {
		fail_response(job, CAUSE_UPLOAD_LOCAL_CHANGED);
		return;
	}
	transfer_close(job, "done", 0);
	if (cause != CAUSE_NONE) {
		transfer_fail(job, cause);
		return;
	}
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

void transfer_answered(struct service_job *job)
{
	const struct response *response = &job->transfer.response;

	if (response->ending == ENDING_GARBAGE) {
		transfer_close(job, "garbage", 0);
		transfer_fail(job, CAUSE_HTTP_NOT_HTTP);
	} else if (job->job.type != JOB_TYPE_DOWNLOAD) {
		answered_put(job);
	} else if (is_redirect(response) && !service_has_defect(job->service, DEFECT_redirects_are_errors)) {
		transfer_close(job, "done", job->transfer.head ? 0 : response->body_length);
		redirect(job);
	} else if (response->status < 200 || response->status > 299) {
		answered_error(job);
	} else if (job->transfer.head) {
		answered_head(job);
	} else if (response->ending == ENDING_BAD_CHUNKS) {
		transfer_close(job, "bad-chunks", 0);
		transfer_fail(job, CAUSE_HTTP_BAD_CHUNKS);
	} else {
		answered_get(job);
	}
}
