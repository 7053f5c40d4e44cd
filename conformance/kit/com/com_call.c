/* com_call.c -- one command: its row, its arguments, its reply. */
#include "bgcom.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

HRESULT call_broken(struct call *call, const char *format, ...)
{
	va_list list;
	call->answer = ANSWER_BROKEN;
	va_start(list, format);
	vsnprintf(call->why, sizeof call->why, format, list);
	va_end(list);
	return E_FAIL;
}

bool call_has(const struct call *call, const char *key)
{
	return json_find(call->args, key) != NULL;
}

const char *call_word(const struct call *call, const char *key)
{
	const struct json *value = json_find(call->args, key);
	return value && value->kind == JSON_TEXT ? value->text : NULL;
}

bool call_out_null(const struct call *call)
{
	const struct json *value = json_find(call->args, "out");
	return value && (value->kind == JSON_NULL || (value->kind == JSON_TEXT && strcmp(value->text, "null") == 0));
}

/* Texts are valid UTF-8: the parser saw to it. */
static WCHAR *widen(struct call *call, const char *text)
{
	int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	WCHAR *wide;
	if (length <= 0 || call->texts_count == CALL_TEXTS_MAX)
		return NULL;
	wide = malloc((size_t)length * sizeof *wide);
	if (!wide)
		return NULL;
	MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length);
	call->text[call->texts_count++] = wide;
	return wide;
}

bool call_text(struct call *call, const char *key, const char *otherwise, const WCHAR **text)
{
	const struct json *value = json_find(call->args, key);
	const char *source = value ? value->text : otherwise;
	char digits[24];
	*text = NULL;
	if (value && value->kind == JSON_NUMBER) {
		snprintf(digits, sizeof digits, "%lld", (long long)value->number);
		source = digits;
	} else if (value && value->kind != JSON_TEXT && value->kind != JSON_NULL) {
		call_broken(call, "expected a text for %s", key);
		return false;
	}
	if (!source)
		return true;
	*text = widen(call, source);
	if (!*text)
		call_broken(call, "no memory for %s", key);
	return *text != NULL;
}

bool call_number(struct call *call, const char *key, int64_t otherwise, int64_t *number)
{
	const struct json *value = json_find(call->args, key);
	*number = otherwise;
	if (!value)
		return true;
	if (value->kind != JSON_NUMBER) {
		call_broken(call, "expected a number for %s", key);
		return false;
	}
	*number = value->number;
	return true;
}

static void add_key(struct call *call, const char *key)
{
	json_out_raw(&call->fields, ",");
	json_out_text(&call->fields, key);
	json_out_raw(&call->fields, ":");
}

void call_field(struct call *call, const char *key, int64_t number)
{
	add_key(call, key);
	json_out_number(&call->fields, number);
}

void call_field_text(struct call *call, const char *key, const WCHAR *text)
{
	int length = text ? WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL) : 0;
	char *narrow = length > 0 ? malloc((size_t)length) : NULL;
	if (narrow)
		WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, length, NULL, NULL);
	add_key(call, key);
	json_out_text(&call->fields, narrow);
	free(narrow);
}

void call_field_guid(struct call *call, const char *key, const GUID *guid)
{
	WCHAR text[40];
	StringFromGUID2(guid, text, 40);
	call_field_text(call, key, text);
}

/* A refused call must leave NULL in its out pointer; what else it left is said. */
static void note_out(struct call *call, const void *pointer)
{
	if (call_out_null(call))
		return;
	add_key(call, "left");
	json_out_raw(&call->fields, !pointer ? "null" : pointer == OUT_POISON ? "\"unwritten\"" : "\"garbage\"");
}

HRESULT call_object(struct call *call, HRESULT hr, void *object, const IID *iid)
{
	const char *name = call_word(call, "as");
	if (FAILED(hr) || !object || object == OUT_POISON) {
		note_out(call, object);
		return hr;
	}
	if (!name)
		IUnknown_Release((IUnknown *)object);
	else if (!com_handle_add(call->adapter, name, iid, object, false)) {
		IUnknown_Release((IUnknown *)object);
		return call_broken(call, "no more than %d handles, each name once", HANDLES_MAX);
	}
	return hr;
}

HRESULT call_string(struct call *call, HRESULT hr, WCHAR *text, const char *key)
{
	if (call_out_null(call))
		return hr;
	if (FAILED(hr) || text == OUT_POISON) {
		note_out(call, text);
		/* The runner asks for every field of a success. */
		if (SUCCEEDED(hr))
			call_field_text(call, key, NULL);
		return hr;
	}
	call_field_text(call, key, text);
	CoTaskMemFree(text);
	return hr;
}

static const struct call_row *find_row(const char *command)
{
	static const struct call_row *const groups[] = {com_manager_rows, com_job_rows, com_later_rows, com_error_rows,
		com_object_rows};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		for (const struct call_row *row = groups[i]; row->command; row++)
			if (strcmp(row->command, command) == 0)
				return row;
	return NULL;
}

/* Whether the name of the new handle, if there is one, can be given: before the call, so that nothing is lost. */
static bool check_as(struct call *call)
{
	const struct json *as = json_find(call->args, "as");
	if (!as || as->kind == JSON_NULL)
		return true;
	if (as->kind != JSON_TEXT || !as->text[0] || strlen(as->text) >= NAME_SIZE) {
		call_broken(call, "expected a name of 1 to %d bytes for as", NAME_SIZE - 1);
		return false;
	}
	if (com_handle_exists(call->adapter, as->text)) {
		call_broken(call, "handle %s exists", as->text);
		return false;
	}
	return true;
}

static HRESULT run(struct call *call, const struct call_row *row)
{
	const char *name;
	void *object;
	HRESULT hr;
	if (!row->key || !row->iid)
		return row->function(call, NULL);
	name = call_word(call, row->key);
	if (!name)
		return call_broken(call, "expected a handle for %s", row->key);
	hr = com_handle_take(call->adapter, name, row->iid, &object, NULL);
	if (FAILED(hr))
		return hr;
	hr = row->function(call, object);
	IUnknown_Release((IUnknown *)object);
	return hr;
}

static void print_reply(const struct call *call, int64_t id, HRESULT hr, struct json_out *out)
{
	json_out_raw(out, "{\"id\":");
	json_out_number(out, id);
	switch (call->answer) {
	case ANSWER_RESULT:
		json_out_raw(out, ",\"r\":{\"hr\":");
		json_out_number(out, (int64_t)(uint32_t)hr);
		json_out_raw(out, call->fields.text);
		json_out_raw(out, "}}");
		return;
	case ANSWER_UNSUPPORTED:
		json_out_raw(out, ",\"unsupported\":{\"feature\":");
		json_out_text(out, call->command);
		json_out_raw(out, ",\"why\":");
		break;
	case ANSWER_BROKEN:
		json_out_raw(out, ",\"broken\":{\"why\":");
		break;
	}
	json_out_text(out, call->why);
	json_out_raw(out, "}}");
}

static void write_reply(const struct call *call, int64_t id, HRESULT hr, char *line, size_t size)
{
	struct json_out out;
	json_out_init(&out, line, size);
	print_reply(call, id, hr, &out);
	if (out.full || call->fields.full)
		snprintf(line, size, "{\"id\":%lld,\"broken\":{\"why\":\"the reply is too long\"}}", (long long)id);
	adapter_write(call->adapter, line);
}

bool com_call(struct adapter *adapter, int64_t id, const char *command, const struct json *args)
{
	char *memory = malloc(2 * REPLY_SIZE);
	struct call call = {.adapter = adapter, .command = command, .args = args};
	const struct call_row *row = find_row(command);
	HRESULT hr = E_FAIL;
	if (!memory)
		abort();
	json_out_init(&call.fields, memory, REPLY_SIZE / 2);
	if (!row) {
		call.answer = ANSWER_UNSUPPORTED;
		strcpy(call.why, "no such command");
	} else if (check_as(&call)) {
		hr = run(&call, row);
	}
	write_reply(&call, id, hr, memory + REPLY_SIZE, REPLY_SIZE);
	while (call.texts_count > 0)
		free(call.text[--call.texts_count]);
	free(memory);
	return strcmp(command, "bye") != 0;
}

/* A job that the client has forgotten is found by its identifier: a pointer kept here would change the counts that
 * the client's Release returns. */
static void cancel_created(IBackgroundCopyManager *manager, const GUID *id)
{
	IBackgroundCopyJob *job = NULL;
	BG_JOB_STATE state;
	if (FAILED(IBackgroundCopyManager_GetJob(manager, id, &job)) || !job)
		return;
	if (SUCCEEDED(IBackgroundCopyJob_GetState(job, &state)) && state != BG_JOB_STATE_ACKNOWLEDGED &&
	    state != BG_JOB_STATE_CANCELLED)
		IBackgroundCopyJob_Cancel(job);
	IBackgroundCopyJob_Release(job);
}

unsigned com_call_clear(struct adapter *adapter)
{
	com_callback_clear(adapter);
	for (;;) {
		GUID id = {0};
		unsigned left;
		AcquireSRWLockExclusive(&adapter->lock);
		left = adapter->created_count;
		if (left > 0)
			id = adapter->created[--adapter->created_count];
		ReleaseSRWLockExclusive(&adapter->lock);
		if (left == 0)
			break;
		if (adapter->manager)
			cancel_created(adapter->manager, &id);
	}
	return com_handle_clear(adapter);
}
