/* service_spoil.c -- deliberate defects of what calls answer: those of the machine's `answers`. The reference has none. */
#include "sim/service.h"

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
