/* service_handle.c -- handles of clients and the objects behind them: references as COM counts them, QueryInterface,
 * enumerators. */
#include "sim/service.h"

#include <assert.h>
#include <string.h>

/* --- objects and names */

struct object *service_handle_object(struct service *service, enum object_kind kind, struct service_job *job)
{
	struct object *object;
	unsigned i = 0;

	while (i < service->objects_top && service->objects[i].references > 0) i++;
	if (i == SERVICE_HANDLES_MAX) return NULL;
	if (i == service->objects_top) service->objects_top++;
	object = &service->objects[i];
	*object = (struct object){ .kind = kind, .references = 1, .job = job };
	if (kind == OBJECT_JOB) job->handles++;
	return object;
}

static void lose(struct object *object, unsigned references)
{
	assert(object->references >= references);
	object->references -= references;
	if (object->references == 0 && object->kind == OBJECT_JOB) object->job->handles--;
}

struct handle *service_handle_find(struct service *service, const char *name)
{
	struct handle *found = NULL;

	for (unsigned i = 0; i < service->handles_top; i++) {
		struct handle *handle = &service->handles[i];
		if (handle->references == 0 || strcmp(handle->name, name)) continue;
		if (!found || handle->serial > found->serial) found = handle;
	}
	return found;
}

struct handle *service_handle_add(struct service *service, const char *name, struct object *object)
{
	struct handle *handle;
	unsigned i = 0;

	while (i < service->handles_top && service->handles[i].references > 0) i++;
	if (i == SERVICE_HANDLES_MAX) {
		lose(object, 1);
		return NULL;
	}
	if (i == service->handles_top) service->handles_top++;
	handle = &service->handles[i];
	*handle = (struct handle){ .object = object, .references = 1, .serial = ++service->handles_made };
	memccpy(handle->name, name, '\0', sizeof handle->name - 1);
	return handle;
}

void service_handle_take_back(struct handle *handle, uint64_t serial)
{
	if (handle->references == 0 || handle->serial != serial) return;
	lose(handle->object, handle->references);
	handle->references = 0;
}

unsigned service_handle_leaks(const struct service *service)
{
	unsigned leaks = 0;

	for (unsigned i = 0; i < service->handles_top; i++)
		leaks += service->handles[i].references > 0 && !service->handles[i].borrowed;
	return leaks;
}

uint32_t service_reply_handle(struct call_frame *frame, struct object *object)
{
	const char *name = service_arg_text(frame, "as");

	if (!object) return service_code(frame->service, CODE_E_OUTOFMEMORY);
	if (!name) {
		lose(object, 1);
		return 0;
	}
	return service_handle_add(frame->service, name, object) ? 0 : service_code(frame->service, CODE_E_OUTOFMEMORY);
}

/* --- IUnknown */

static const struct interface {
	const char *name, *iid;
	enum object_kind kind;
	bool in[DIALECT_COUNT];
} interfaces[] = {
	/* constants.md 4.1 and 4.4 */
	{ "IBackgroundCopyJob", "37668D37-507E-4160-9316-26306D150B12", OBJECT_JOB, { true, true } },
	{ "IBackgroundCopyJob2", "54B50739-686F-45EB-9DFF-D6A9A0FAA9AF", OBJECT_JOB, { false, true } },
	{ "IBackgroundCopyJob3", "443C8934-90FF-48ED-BCDE-26F5C7450042", OBJECT_JOB, { false, true } },
	{ "IBackgroundCopyJob4", "659CDEAE-489E-11D9-A9CD-000D56965251", OBJECT_JOB, { false, true } },
	{ "IBackgroundCopyJob5", "E847030C-BBBA-4657-AF6D-484AA42BF1FE", OBJECT_JOB, { true, true } },
	{ "IBackgroundCopyJobHttpOptions", "F1BD1079-9F01-4BDC-8036-F09B70095066", OBJECT_JOB, { false, true } },
	{ "IBackgroundCopyJobHttpOptions2", "B591A192-A405-4FC3-8323-4C5C542578FC", OBJECT_JOB, { false, true } },
	{ "IBackgroundCopyJobHttpOptions3", "8A9263D3-FD4C-4EDA-9B28-30132A4D4E3C", OBJECT_JOB, { false, true } },
	{ "IDeliveryOptimizationJob", "EE2584CF-A69C-4848-B633-2649962B3EF7", OBJECT_JOB, { true, false } },
	{ "IDeliveryOptimizationJob2", "18995A26-BF59-4ABE-9F8B-D5092D5A2405", OBJECT_JOB, { true, false } },
	{ "IBackgroundCopyFile", "01B7BD23-FB88-4A77-8490-5891D3E4653A", OBJECT_FILE, { true, true } },
	{ "IBackgroundCopyFile2", "83E81B93-0873-474D-8A8C-F2018B1A939C", OBJECT_FILE, { true, true } },
	{ "IBackgroundCopyFile3", "659CDEAA-489E-11D9-A9CD-000D56965251", OBJECT_FILE, { false, true } },
	{ "IBackgroundCopyFile4", "EF7E0655-7888-4960-B0E5-730846E03492", OBJECT_FILE, { false, true } },
	{ "IBackgroundCopyFile5", "85C1657F-DAFC-40E8-8834-DF18EA25717E", OBJECT_FILE, { true, true } },
	{ "IBackgroundCopyFile6", "CF6784F7-D677-49FD-9368-CB47AEE9D1AD", OBJECT_FILE, { false, true } },
	{ "IDeliveryOptimizationFile", "B76B9699-E99E-4101-803F-A20E325D93E2", OBJECT_FILE, { true, false } },
	{ "IDeliveryOptimizationFile2", "3A87296F-6EC2-4126-AB29-E3F8DC4CC390", OBJECT_FILE, { true, false } },
	{ "IBackgroundCopyError", "19C613A0-FCB8-4F28-81AE-897C3D078F81", OBJECT_ERROR, { true, true } },
	{ "IEnumBackgroundCopyFiles", "CA51E165-C365-424C-8D41-24AAA4FF3C40", OBJECT_FILES, { true, true } },
	{ "IEnumBackgroundCopyJobs", "1AF4F612-3B71-466F-8F58-7B6F73AC57AD", OBJECT_JOBS, { false, true } },
};
#define IUNKNOWN_IID "00000000-0000-0000-C000-000000000046"
#define IID_LENGTH 36

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* An IID with or without braces, in letters of either case. */
static bool is_iid(const char *text, const char *iid)
{
	size_t length = strlen(text);

	if (length == IID_LENGTH + 2 && text[0] == '{' && text[length - 1] == '}') text++;
	else if (length != IID_LENGTH) return false;
	for (unsigned i = 0; i < IID_LENGTH; i++)
		if (upper(text[i]) != iid[i]) return false;
	return true;
}

static bool knows(const struct service *service, enum object_kind kind, const char *iid)
{
	if (!strcmp(iid, "IUnknown") || is_iid(iid, IUNKNOWN_IID)) return true;
	if (service_has_defect(service, DEFECT_every_interface)) return true;
	for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++) {
		const struct interface *interface = &interfaces[i];
		if (interface->kind != kind || !interface->in[service->machine->dialect]) continue;
		if (!strcmp(iid, interface->name) || is_iid(iid, interface->iid)) return true;
	}
	return false;
}

static uint32_t query_interface(struct call_frame *frame)
{
	struct object *object = frame->handle->object;
	const char *iid = service_arg_text(frame, "iid");
	uint32_t hr;

	if (!iid || !knows(frame->service, object->kind, iid)) return service_code(frame->service, CODE_E_NOINTERFACE);
	object->references++;
	hr = service_reply_handle(frame, object);
	service_reply_number(frame, "same", 1); /* one object, one IUnknown */
	return hr;
}

static uint32_t add_ref(struct call_frame *frame)
{
	frame->handle->references++;
	service_reply_number(frame, "count", ++frame->handle->object->references);
	return 0;
}

static uint32_t release(struct call_frame *frame)
{
	struct object *object = frame->handle->object;

	frame->handle->references--;
	lose(object, 1);
	service_reply_number(frame, "count", object->references);
	return 0;
}

/* --- enumerators */

static uint32_t add_element(struct call_frame *frame, const struct object *from, unsigned at)
{
	struct service *service = frame->service;
	struct object *element;

	if (from->kind == OBJECT_JOBS) {
		element = service_handle_object(service, OBJECT_JOB, from->jobs[at]);
	} else {
		element = service_handle_object(service, OBJECT_FILE, from->job);
		if (element) element->file = at;
	}
	return service_reply_handle(frame, element);
}

/* A snapshot, unless C-61 is read otherwise: files are only ever added behind. */
static unsigned list_count(const struct call_frame *frame)
{
	const struct object *object = frame->handle->object;
	bool live = service_has_defect(frame->service, DEFECT_list_follows_job) || service_varies(frame->service, VARIANT_enumerator_live);

	return live && object->kind == OBJECT_FILES ? object->job->job.files_count : object->count;
}

/* `as` names the first element; others that came with it are released at once. Without as= all are. */
static uint32_t enum_next(struct call_frame *frame)
{
	struct object *object = frame->handle->object;
	uint64_t asked = service_arg_number(frame, "count", 1);
	unsigned left = list_count(frame) - object->at, fetched = asked < left ? (unsigned)asked : left;
	bool no_count = service_arg_is_null(frame, "out");
	uint32_t hr = fetched < asked ? service_code(frame->service, CODE_S_FALSE) : 0, made;

	if (fetched > 1 && service_has_defect(frame->service, DEFECT_list_ends_early)) fetched = 1;
	if (no_count && asked != 1) return service_code(frame->service, CODE_E_INVALIDARG);
	if (service_arg_is_null(frame, "as")) return service_code(frame->service, CODE_E_POINTER);
	if (hr == 0 && fetched > 0) {
		made = add_element(frame, object, service_has_defect(frame->service, DEFECT_list_repeats) ? 0 : object->at);
		if (made) return made;
	}
	object->at += fetched;
	if (!no_count) service_reply_number(frame, "fetched", fetched);
	return hr;
}

static uint32_t enum_skip(struct call_frame *frame)
{
	struct object *object = frame->handle->object;
	uint64_t asked = service_arg_number(frame, "count", 1);
	unsigned left = list_count(frame) - object->at;

	object->at += asked < left ? (unsigned)asked : left;
	return asked > left ? service_code(frame->service, CODE_S_FALSE) : 0;
}

static uint32_t enum_reset(struct call_frame *frame)
{
	if (!service_has_defect(frame->service, DEFECT_list_reset_nothing)) frame->handle->object->at = 0;
	return 0;
}

static uint32_t enum_clone(struct call_frame *frame)
{
	const struct object *object = frame->handle->object;
	struct object *clone = service_handle_object(frame->service, object->kind, object->job);

	if (clone) {
		clone->at = service_has_defect(frame->service, DEFECT_clone_at_start) ? 0 : object->at;
		clone->count = object->count;
		clone->jobs = object->jobs; /* the list never changes */
	}
	return service_reply_handle(frame, clone);
}

static uint32_t enum_count(struct call_frame *frame)
{
	service_reply_number(frame, "count", list_count(frame));
	return 0;
}

service_answer *service_handle_answer(const char *command)
{
	static const struct service_answer_row answers[] = {
		{ "handle.query_interface", query_interface }, { "handle.add_ref", add_ref }, { "handle.release", release },
		{ "enum.next", enum_next }, { "enum.skip", enum_skip }, { "enum.reset", enum_reset },
		{ "enum.clone", enum_clone }, { "enum.count", enum_count },
	};

	return service_find_answer(answers, sizeof answers / sizeof *answers, command);
}
