/* service_spoil.c -- deliberate defects of what calls answer: those of the machine's `answers`. The reference has none. */
#include "sim/service.h"

#include <stdlib.h>
#include <string.h>

#define HR_FAILED(hr) ((hr) >> 31 & 1u)

static bool eats(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*at, word, length) || ((*at)[length] && (*at)[length] != ' ')) return false;
	*at += length;
	while (**at == ' ') ++*at;
	return true;
}

/* Whether the defect is about the call; what stands behind command and property: the field's key, or "". */
static bool is_meant(const struct call_frame *frame, const struct answer_defect *defect, const char **field)
{
	*field = defect->where;
	if (!eats(field, frame->call->command)) return false;
	return !*frame->method->property || eats(field, frame->method->property);
}

static bool was_that(const struct call_frame *frame, const struct answer_defect *defect, uint32_t hr)
{
	if (defect->was < 0) return !HR_FAILED(hr);
	return service_code(frame->service, (enum code)defect->was) == hr;
}

uint32_t service_spoil_code(const struct call_frame *frame, uint32_t hr)
{
	const struct machine *machine = frame->service->machine;
	const char *field;

	for (unsigned i = 0; i < machine->answers_count; i++) {
		const struct answer_defect *defect = &machine->answers[i];
		if (defect->kind != ANSWER_CODE || !is_meant(frame, defect, &field) || !was_that(frame, defect, hr)) continue;
		return service_code(frame->service, (enum code)defect->value);
	}
	return hr;
}

static void spoil_field(const struct answer_defect *defect, struct value *value)
{
	switch (defect->kind) {
	case ANSWER_CODE: break;
	case ANSWER_NUMBER: *value = (struct value){ VALUE_NUMBER, (uint64_t)defect->value, NULL }; break;
	case ANSWER_PLUS: value->number += (uint64_t)defect->value; break;
	case ANSWER_TEXT: *value = (struct value){ VALUE_TEXT, 0, defect->value ? "another" : "" }; break;
	}
}

void service_spoil_fields(struct call_frame *frame)
{
	const struct machine *machine = frame->service->machine;
	struct reply *reply = frame->reply;
	const char *field;

	for (unsigned i = 0; i < machine->answers_count; i++) {
		if (machine->answers[i].kind == ANSWER_CODE || !is_meant(frame, &machine->answers[i], &field)) continue;
		for (unsigned k = 0; k < reply->fields_count; k++)
			if (!strcmp(reply->fields[k].key, field)) spoil_field(&machine->answers[i], &reply->fields[k].value);
	}
}

/* --- what takes more than a line */

void service_spoil_errors(struct service_job *job)
{
	struct service *service = job->service;

	if (!service_has_defect(service, DEFECT_errors_shared)) return;
	for (unsigned i = 0; i < service->jobs_count; i++) service->jobs[i]->job.error = job->job.error;
}

bool service_spoil_is_dead(const struct call_frame *frame)
{
	const struct service *service = frame->service;

	enum object_kind kind = service_has_defect(service, DEFECT_elements_die_with_list) ? OBJECT_FILES : OBJECT_ERROR;

	if (kind == OBJECT_ERROR && !service_has_defect(service, DEFECT_file_dies_with_error)) return false;
	for (unsigned i = 0; i < service->objects_top; i++) {
		const struct object *object = &service->objects[i];
		if (object->references > 0 && object->kind == kind && object->job == frame->job) return false;
	}
	return true;
}

void service_spoil_rename(struct call_frame *frame)
{
	unsigned index = frame->handle->object->file;
	struct service_file *file = frame->job->files[index];
	struct job *job = &frame->job->job;

	if (!file->url_first) file->url_first = file->url;
	if (!service_has_defect(frame->service, DEFECT_rename_undoes_file) || !job->files[index].done) return;
	job->files[index] = (struct job_file){ .bytes_total = JOB_SIZE_UNKNOWN };
	job->file_current = index;
	transfer_restart_file(frame->job);
}

void service_spoil_restart(struct service_job *job)
{
	if (!service_has_defect(job->service, DEFECT_name_lost_at_restart)) return;
	for (unsigned i = 0; i < job->job.files_count; i++)
		if (job->files[i]->url_first) job->files[i]->url = job->files[i]->url_first;
}

void service_spoil_path(const struct service *service, char *path)
{
	char *to = path;

	if (!service_has_defect(service, DEFECT_unescapes_url)) return;
	for (const char *at = path; *at; at++) {
		char digits[3] = { at[0] == '%' ? at[1] : '\0', at[0] == '%' && at[1] ? at[2] : '\0', '\0' };
		if (digits[1]) at += 2;
		*to++ = digits[1] ? (char)strtol(digits, NULL, 16) : *at;
	}
	*to = '\0';
}

void service_spoil_ranges(const struct call_frame *frame, struct file_range *ranges, unsigned count)
{
	struct file_range last;

	if (count < 2 || !service_has_defect(frame->service, DEFECT_ranges_swapped)) return;
	last = ranges[count - 1];
	ranges[count - 1] = ranges[count - 2];
	ranges[count - 2] = last;
}

bool service_spoil_waits(const struct service_job *job)
{
	const struct service *service = job->service;

	if (!service_has_defect(service, DEFECT_failed_blocks)) return false;
	for (unsigned i = 0; i < service->jobs_count; i++) {
		const struct job *other = &service->jobs[i]->job;
		bool failed = other->state == STATE_ERROR || other->state == STATE_TRANSIENT_ERROR;
		if (failed && other->priority < job->job.priority) return true;
	}
	return false;
}
