/* service_call.c -- commands: which object is meant, whether the call may be made at all, and what a refusal looks like. */
#include "sim/service.h"
#include "sim/word_list.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define HR_FAILED(hr) ((hr) >> 31 & 1u)

/* --- arguments and fields */

const struct value *service_arg(const struct call_frame *frame, const char *key)
{
	for (unsigned i = 0; i < frame->call->args_count; i++)
		if (*frame->call->args[i].key == *key && !strcmp(frame->call->args[i].key, key)) return &frame->call->args[i].value;
	return NULL;
}

const char *service_arg_text(const struct call_frame *frame, const char *key)
{
	const struct value *value = service_arg(frame, key);

	return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

bool service_arg_is_null(const struct call_frame *frame, const char *key)
{
	const struct value *value = service_arg(frame, key);

	return value && (value->kind == VALUE_NULL || (value->kind == VALUE_TEXT && !value->text));
}

uint64_t service_arg_number(const struct call_frame *frame, const char *key, uint64_t otherwise)
{
	const struct value *value = service_arg(frame, key);

	return value && value->kind == VALUE_NUMBER ? value->number : otherwise;
}

static struct named_value *add_field(struct call_frame *frame, const char *key)
{
	struct named_value *field = &frame->reply->fields[frame->reply->fields_count];

	assert(frame->reply->fields_count < REPLY_FIELDS_MAX);
	frame->reply->fields_count++;
	field->key = key;
	return field;
}

void service_reply_number(struct call_frame *frame, const char *key, uint64_t number)
{
	add_field(frame, key)->value = (struct value){ VALUE_NUMBER, number, NULL };
}

void service_reply_text(struct call_frame *frame, const char *key, const char *text)
{
	add_field(frame, key)->value = (struct value){ VALUE_TEXT, 0, text };
}

/* --- which method, which object */

static void unsupported(struct call_frame *frame, const char *property, const char *why)
{
	struct reply *reply = frame->reply;

	reply->kind = REPLY_UNSUPPORTED;
	snprintf(reply->feature, sizeof reply->feature, "%s%s%s", frame->call->command, *property ? "." : "", property);
	snprintf(reply->why, sizeof reply->why, "%s", why);
}

/* The property that job.set or job.get is about; "" of all others. */
static const char *property_of(const struct call_frame *frame)
{
	const char *command = frame->call->command, *property;

	if (!strcmp(command, "job.get")) {
		property = service_arg_text(frame, "property");
		return property ? property : "?";
	}
	if (strcmp(command, "job.set")) return "";
	for (unsigned i = 0; i < frame->call->args_count; i++)
		if (strcmp(frame->call->args[i].key, "job")) return frame->call->args[i].key;
	return "?";
}

service_answer *service_find_answer(const struct service_answer_row *rows, size_t count, const char *command)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].command, command)) return rows[i].answer;
	return NULL;
}

static service_answer *find_answer(const char *command)
{
	service_answer *answer = service_job_answer(command);

	if (!answer) answer = service_file_answer(command);
	if (!answer) answer = service_later_answer(command);
	return answer ? answer : service_handle_answer(command);
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Key of the handle that the command needs; NULL: none. */
static const char *handle_key(const char *command)
{
	static const char *const keys[] = { "job", "error", "file", "enum", "handle" };

	if (!strcmp(command, "job.create") || !strcmp(command, "job.open") || !strcmp(command, "job.enum")) return NULL;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t length = strlen(keys[i]);
		if (starts_with(command, keys[i]) && command[length] == '.') return keys[i];
	}
	return NULL;
}

/* Objects that a handle of the key may be of. */
static unsigned kinds_of(const char *key)
{
	static const struct { const char *key; unsigned kinds; } keys[] = {
		{ "job", 1u << OBJECT_JOB }, { "error", 1u << OBJECT_ERROR }, { "file", 1u << OBJECT_FILE }, { "enum", 1u << OBJECT_FILES | 1u << OBJECT_JOBS },
	};

	for (size_t i = 0; key && i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(keys[i].key, key)) return keys[i].kinds;
	return UINT32_MAX;
}

static bool has_out(const struct method *method)
{
	if (!strcmp(method->command, "handle.add_ref") || !strcmp(method->command, "handle.release")) return false;
	return method->fields[0] || word_listed(method->args, "as");
}

/* What is found out about a command once, and kept. */
static bool find_route(struct call_frame *frame, const char *property, struct service_route *route)
{
	const char *command = frame->call->command;
	const struct method *method = machine_method(command, property);

	if (!method || !method->in[frame->service->machine->dialect]) {
		unsupported(frame, property, method ? "the dialect has no such method" : "no such command");
		return false;
	}
	*route = (struct service_route){ .method = method, .answer = find_answer(command), .handle = handle_key(command), .has_out = has_out(method),
		.out_is_optional = !strcmp(command, "enum.next"), .out_is_named = !strcmp(command, "job.get") && word_listed("display_name notify_flags", property),
		.is_local = starts_with(command, "handle.") };
	route->kinds = kinds_of(route->handle);
	if (!route->answer) unsupported(frame, "", "the reference does not do this");
	return route->answer != NULL;
}

/* The commands of one dialect differ in length or in their last letters almost always, and the properties of a job too. */
static struct service_route *place_of(struct service *service, const char *command, const char *property)
{
	const char *word = *property ? property : command;
	size_t length = strlen(word);

	return &service->routes[(length * 7 + (length ? (unsigned char)word[length - 1] : 0)) % SERVICE_ROUTES];
}

/* Of job.get and job.set each property is a method of its own. */
static bool resolve(struct call_frame *frame)
{
	const char *command = frame->call->command, *property = property_of(frame);
	struct service_route *kept = place_of(frame->service, command, property), found;

	if (kept->method && !strcmp(kept->method->command, command) && !strcmp(kept->method->property, property)) frame->route = *kept;
	else if (!find_route(frame, property, &found)) return false;
	else frame->route = *kept = found;
	frame->method = frame->route.method;
	return true;
}

/* S_OK with the handle, or E_HANDLE. */
static uint32_t find_handle(struct call_frame *frame)
{
	const char *key = frame->route.handle, *name;

	if (!key) return 0;
	name = service_arg_text(frame, key);
	frame->handle = name ? service_handle_find(frame->service, name) : NULL;
	if (!frame->handle || !(frame->route.kinds >> frame->handle->object->kind & 1)) return service_code(frame->service, CODE_E_HANDLE);
	frame->job = frame->handle->object->job;
	if (frame->route.kinds == 1u << OBJECT_ERROR && frame->job->handles == 0 &&
		service_has_defect(frame->service, DEFECT_handle_dies_with_job)) return service_code(frame->service, CODE_E_HANDLE);
	if (frame->route.kinds == 1u << OBJECT_FILE && service_spoil_is_dead(frame)) return service_code(frame->service, CODE_E_HANDLE);
	return 0;
}

/* --- out parameters */

/* The client passed NULL for what the call would write. */
static bool passes_null(const struct call_frame *frame)
{
	return service_arg_is_null(frame, "out") || service_arg_is_null(frame, "as");
}

/* C-09: the two pages that name a code name E_INVALIDARG. */
static uint32_t check_out(const struct call_frame *frame)
{
	if (!frame->route.has_out || frame->route.out_is_optional || !passes_null(frame)) return 0;
	bool named = frame->route.out_is_named || service_varies(frame->service, VARIANT_null_is_invalid_argument);
	return service_code(frame->service, named ? CODE_E_INVALIDARG : CODE_E_POINTER);
}

/* --- refusals */

static void refuse(struct call_frame *frame)
{
	bool garbage = !strcmp(frame->call->command, "job.get_error") &&
		service_has_defect(frame->service, DEFECT_get_error_leaves_garbage);

	garbage |= service_has_defect(frame->service, DEFECT_refusals_leave_garbage);
	frame->reply->fields_count = 0;
	if (!frame->route.has_out || passes_null(frame)) return;
	if (garbage) service_reply_text(frame, "left", "garbage");
	else add_field(frame, "left")->value = (struct value){ VALUE_NULL, 0, NULL };
}

/* GetError's own refusal is left out: with it the defect would be one of GetError. */
static void spoil_error(struct call_frame *frame, uint32_t hr)
{
	struct service *service = frame->service;
	struct fault_report report = { .code = hr,
		.context = service->machine->dialect == DIALECT_BITS ? CONTEXT_GENERAL_QUEUE_MANAGER : CONTEXT_NONE };

	if (!frame->job || !starts_with(frame->call->command, "job.") || !strcmp(frame->call->command, "job.get_error")) return;
	if (service_has_defect(service, DEFECT_call_failure_makes_error))
		error_set(&frame->job->job.error, &report, CAUSE_NONE, ERROR_NO_FILE);
	if (service_has_defect(service, DEFECT_call_failure_clears_error)) error_clear(&frame->job->job.error);
}

static uint32_t answer(struct call_frame *frame)
{
	uint32_t hr;

	if (!frame->service->running && !frame->route.is_local) return service_code(frame->service, CODE_RPC_S_SERVER_UNAVAILABLE);
	hr = find_handle(frame);
	if (hr) return hr;
	hr = check_out(frame);
	return hr ? hr : frame->route.answer(frame);
}

void service_call(struct service *service, const struct call *call, struct reply *reply)
{
	struct call_frame frame = { .service = service, .call = call, .reply = reply };

	reply->kind = REPLY_RESULT;
	reply->hr = 0;
	reply->fields_count = 0;
	reply->feature[0] = reply->why[0] = '\0';
	if (!resolve(&frame)) return;
	reply->hr = service_spoil_code(&frame, answer(&frame));
	if (!HR_FAILED(reply->hr)) {
		service_spoil_fields(&frame);
		return;
	}
	refuse(&frame);
	spoil_error(&frame, reply->hr);
}
