/* notify.c -- calling the client back, and again until it is content. */
#include "sim/service.h"

#include <stdio.h>
#include <string.h>

#define HR_FAILED(hr) ((hr) >> 31 & 1u)

void notify_look(struct service_job *job)
{
	struct service *service = job->service;
	uint32_t owed = job->job.notify_interface && service->running ? job->job.notify_pending : 0;
	int64_t at_ns = service->now_ns + SERVICE_NOTIFY_NS;

	if (!(owed & (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED))) service_disarm(job, EVENT_OF_NOTIFY);
	else if (!service_is_armed(job, EVENT_OF_NOTIFY)) service_arm(job, EVENT_OF_NOTIFY, at_ns);
	if (!(owed & NOTIFY_JOB_MODIFICATION)) {
		service_disarm(job, EVENT_OF_MODIFICATION);
	} else if (!service_is_armed(job, EVENT_OF_MODIFICATION)) {
		int64_t next_ns = job->modification_told_ns ? job->modification_told_ns + SERVICE_MODIFICATION_NS : 0;
		service_arm(job, EVENT_OF_MODIFICATION, next_ns > at_ns ? next_ns : at_ns);
	}
}

/* The client's method gets the job and, of JobError, the error; both are ours and die when it returns. */
static struct handle *lend_error(struct service_job *job)
{
	struct service *service = job->service;
	struct object *object = service_handle_object(service, OBJECT_ERROR, job);
	struct handle *handle;
	char name[TRACE_WORD_MAX];

	if (!object) return NULL;
	object->error = job->job.error;
	if (service_has_defect(service, DEFECT_callback_other_error)) object->error.code++;
	snprintf(name, sizeof name, "cb%ue", ++service->callbacks_made);
	handle = service_handle_add(service, name, object);
	if (handle) handle->borrowed = true;
	return handle;
}

/* A client that holds no reference to the job still is given one for the time of the call. */
static struct handle *lend_job(struct service_job *job)
{
	struct service *service = job->service;
	struct handle *handle = service_handle_find(service, job->client);
	struct object *object;

	if (handle && handle->object->kind == OBJECT_JOB && handle->object->job == job) return NULL;
	object = service_handle_object(service, OBJECT_JOB, job);
	handle = object ? service_handle_add(service, job->client, object) : NULL;
	if (handle) handle->borrowed = true;
	return handle;
}

static uint32_t call_client(struct service_job *job, const char *kind, bool with_error)
{
	struct service *service = job->service;
	const struct listener *listener = &service->target->listener;
	struct handle *error = with_error ? lend_error(job) : NULL, *own = lend_job(job);
	struct callback callback = { kind, job->client, error ? error->name : "" };
	uint64_t error_serial = error ? error->serial : 0, own_serial = own ? own->serial : 0;
	enum state state = job->job.state;
	uint32_t result;

	if (error && service_has_defect(service, DEFECT_borrowed_is_gone)) service_handle_take_back(error, error_serial);
	if (service_has_defect(service, DEFECT_callback_early)) job->job.state = STATE_TRANSFERRING;
	result = listener->called ? listener->called(listener->context, &callback) : 0;
	if (service_has_defect(service, DEFECT_callback_early) || service_has_defect(service, DEFECT_callback_undoes)) job->job.state = state;
	if (error) service_handle_take_back(error, error_serial);
	if (own) service_handle_take_back(own, own_serial);
	return result;
}

/* Whether JobError must come again. An answer of the client's does not bring back what its calls have ended. */
static bool is_again(const struct service_job *job, uint32_t flag, uint32_t generation, uint32_t result)
{
	const struct service *service = job->service;
	bool failed = HR_FAILED(result);

	bool repeats = service->machine->dialect == DIALECT_BITS || service_varies(service, VARIANT_transferred_repeated);

	if (service_has_defect(service, DEFECT_transferred_once) && flag == NOTIFY_JOB_TRANSFERRED) return false;
	if (flag == NOTIFY_JOB_TRANSFERRED) return failed && repeats && job->job.state == STATE_TRANSFERRED;
	if (job->job.state != STATE_ERROR && job->job.state != STATE_TRANSIENT_ERROR) return false;
	if (!job->job.error.present || job->job.error.generation != generation) return false;
	if (service_has_defect(service, DEFECT_callback_error_once)) return false;
	if (job->later.program && !service_has_defect(service, DEFECT_callback_error_forever)) return false; /* CB-020: it is run instead */
	return failed || service_has_defect(service, DEFECT_callback_error_forever);
}

void notify_call(struct service_job *job)
{
	struct service *service = job->service;
	bool is_error = (job->job.notify_pending & NOTIFY_JOB_ERROR) != 0;
	uint32_t flag = is_error ? NOTIFY_JOB_ERROR : NOTIFY_JOB_TRANSFERRED, result;
	uint32_t generation = job->job.error.generation;

	if (!(job->job.notify_pending & flag) || !job->job.notify_interface) return;
	job->job.notify_pending &= ~flag;
	result = call_client(job, is_error ? "job_error" : "job_transferred", is_error);
	if (is_again(job, flag, generation, result)) {
		job->job.notify_pending |= flag;
		service_arm(job, EVENT_OF_NOTIFY, service->now_ns + SERVICE_NOTIFY_AGAIN_NS);
	}
	notify_look(job);
}

void notify_modification(struct service_job *job)
{
	if (!(job->job.notify_pending & NOTIFY_JOB_MODIFICATION) || !job->job.notify_interface) return;
	job->job.notify_pending &= ~NOTIFY_JOB_MODIFICATION;
	job->modification_told_ns = job->service->now_ns;
	call_client(job, "job_modification", false);
	notify_look(job);
}
