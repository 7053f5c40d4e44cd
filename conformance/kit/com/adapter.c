/* adapter.c -- the process: reads lines, hands commands to workers and answers to callbacks, writes lines.
 *
 * Ends with 0 after bye or the end of the input, with 2 after a line that is too long, with 3 when it cannot start, with
 * 4 when a call crashes, or hangs beyond the end of the input. */
#include "bgcom.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX (1u << 20)
#define QUEUE_MAX 64
#define WORKERS 3
#define DRAIN_LIMIT_MS 10000

struct request {
	struct json_tree tree;
	const struct json *root;
	char *line;
};

struct server {
	struct adapter adapter;
	struct request *queue[QUEUE_MAX];  /* this and the rest: under the adapter's lock */
	unsigned first, count, busy;
};

/* A reader that has gone is not an error here: the end of the input follows. */
void adapter_write(struct adapter *adapter, const char *line)
{
	AcquireSRWLockExclusive(&adapter->writer);
	fputs(line, stdout);
	fputc('\n', stdout);
	fflush(stdout);
	ReleaseSRWLockExclusive(&adapter->writer);
}

static void write_broken(struct adapter *adapter, int64_t id, const char *why, size_t at)
{
	char line[512];
	snprintf(line, sizeof line, "{\"id\":%lld,\"broken\":{\"why\":\"column %u: %s\"}}", (long long)id, (unsigned)at + 1, why);
	adapter_write(adapter, line);
}

static void request_free(struct request *request)
{
	free(request->line);
	free(request);
}

/* Releases everything and leaves. COM is not uninitialised: a call of the service may be under way. Who comes second, as
 * the end of the input behind bye, waits for the end. */
static _Noreturn void leave(struct adapter *adapter, int code)
{
	bool first;
	AcquireSRWLockExclusive(&adapter->lock);
	first = !adapter->leaving;
	adapter->leaving = adapter->closing = true;
	ReleaseSRWLockExclusive(&adapter->lock);
	if (!first)
		Sleep(INFINITE);
	com_call_clear(adapter);
	if (adapter->manager)
		IBackgroundCopyManager_Release(adapter->manager);
	fflush(stdout);
	ExitProcess((UINT)code);
}

/* Never NULL. A request starts when none is in work, or when a callback waits, for then the one in work may wait for the callback. */
static struct request *take(struct server *server)
{
	struct adapter *adapter = &server->adapter;
	struct request *request;
	AcquireSRWLockExclusive(&adapter->lock);
	while (server->count == 0 || (server->busy > 0 && adapter->waits_open == 0))
		SleepConditionVariableSRW(&adapter->changed, &adapter->lock, INFINITE, 0);
	request = server->queue[server->first];
	server->first = (server->first + 1) % QUEUE_MAX;
	server->count--;
	server->busy++;
	WakeAllConditionVariable(&adapter->changed);
	ReleaseSRWLockExclusive(&adapter->lock);
	return request;
}

static void give(struct server *server, struct request *request)
{
	struct adapter *adapter = &server->adapter;
	AcquireSRWLockExclusive(&adapter->lock);
	while (server->count == QUEUE_MAX)
		SleepConditionVariableSRW(&adapter->changed, &adapter->lock, INFINITE, 0);
	server->queue[(server->first + server->count++) % QUEUE_MAX] = request;
	WakeAllConditionVariable(&adapter->changed);
	ReleaseSRWLockExclusive(&adapter->lock);
}

static void finish(struct server *server)
{
	AcquireSRWLockExclusive(&server->adapter.lock);
	server->busy--;
	WakeAllConditionVariable(&server->adapter.changed);
	ReleaseSRWLockExclusive(&server->adapter.lock);
}

static void serve(struct adapter *adapter, const struct request *request)
{
	const struct json *id = json_find(request->root, "id"), *command = json_find(request->root, "cmd");
	int64_t number = id && id->kind == JSON_NUMBER ? id->number : 0;
	if (!request->root)
		write_broken(adapter, 0, request->tree.why, request->tree.at);
	else if (!id || id->kind != JSON_NUMBER || !command || command->kind != JSON_TEXT)
		write_broken(adapter, number, "expected a number for id and a text for cmd", 0);
	else if (!com_call(adapter, number, command->text, json_find(request->root, "a")))
		leave(adapter, 0);
}

static DWORD WINAPI work(void *argument)
{
	struct server *server = argument;
	struct request *request;
	CoInitializeEx(NULL, COINIT_MULTITHREADED);
	while ((request = take(server))) {
		serve(&server->adapter, request);
		request_free(request);
		finish(server);
	}
	return 0;
}

/* The answer to a callback is not queued: commands may be waiting for it. An answer that nobody waits for came too late. */
static bool answer(struct adapter *adapter, const struct json *root)
{
	const struct json *cb = json_find(root, "cb"), *value = json_find(root, "ret");
	if (!cb || json_find(root, "cmd"))
		return false;
	if (cb->kind != JSON_NUMBER || !value || value->kind != JSON_NUMBER)
		return false;
	com_callback_answer(adapter, cb->number, (HRESULT)(uint32_t)value->number);
	return true;
}

static void receive(struct server *server, const char *line, size_t length)
{
	struct request *request = malloc(sizeof *request);
	char *copy = malloc(length + 1);
	if (!request || !copy)
		leave(&server->adapter, 3);
	memcpy(copy, line, length);
	copy[length] = 0;
	request->line = copy;
	request->root = json_parse(copy, length, &request->tree);
	if (answer(&server->adapter, request->root))
		request_free(request);
	else
		give(server, request);
}

/* At the end of the input no callback can be answered any more; commands that stand in the queue still are. A call that
 * does not return may hold what the end needs: then the process ends at once. */
static void drain(struct server *server)
{
	struct adapter *adapter = &server->adapter;
	ULONGLONG end = GetTickCount64() + DRAIN_LIMIT_MS;
	AcquireSRWLockExclusive(&adapter->lock);
	adapter->closing = true;
	ReleaseSRWLockExclusive(&adapter->lock);
	for (unsigned i = 0; i < WAITS_MAX; i++)
		com_callback_answer(adapter, adapter->wait[i].cb, S_OK);
	AcquireSRWLockExclusive(&adapter->lock);
	while (server->count > 0 || server->busy > 0) {
		ULONGLONG now = GetTickCount64();
		if (now >= end)
			TerminateProcess(GetCurrentProcess(), 4);
		SleepConditionVariableSRW(&adapter->changed, &adapter->lock, (DWORD)(end - now), 0);
	}
	ReleaseSRWLockExclusive(&adapter->lock);
}

/* Gives every line of `buffer` away and moves the beginning of the next one to the front. Returns its length. */
static size_t split(struct server *server, char *buffer, size_t filled)
{
	char *start = buffer, *end = buffer + filled, *newline;
	while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
		if (newline > start)
			receive(server, start, (size_t)(newline - start));
		start = newline + 1;
	}
	memmove(buffer, start, (size_t)(end - start));
	return (size_t)(end - start);
}

static _Noreturn void read_lines(struct server *server)
{
	char *buffer = malloc(LINE_MAX);
	size_t filled = 0;
	if (!buffer)
		leave(&server->adapter, 3);
	for (;;) {
		int got = _read(0, buffer + filled, (unsigned)(LINE_MAX - filled));
		if (got <= 0)
			break;
		filled = split(server, buffer, filled + (size_t)got);
		if (filled == LINE_MAX) {
			fprintf(stderr, "bgcom: a line is longer than %u bytes\n", LINE_MAX - 1);
			leave(&server->adapter, 2);
		}
	}
	if (filled > 0)
		receive(server, buffer, filled);
	drain(server);
	leave(&server->adapter, 0);
}

/* The service impersonates its clients. On Wine, and when the process has security already, the call does nothing. */
static bool start_com(void)
{
	HRESULT hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
	if (FAILED(hr)) {
		fprintf(stderr, "bgcom: CoInitializeEx: 0x%08lX\n", (unsigned long)hr);
		return false;
	}
	CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
	return true;
}

/* A crash ends the process and says where, instead of waiting for a debugger that nobody looks at. */
static LONG WINAPI crash(EXCEPTION_POINTERS *exception)
{
	fprintf(stderr, "bgcom: exception 0x%08lX at %p\n", (unsigned long)exception->ExceptionRecord->ExceptionCode,
		exception->ExceptionRecord->ExceptionAddress);
	fflush(stderr);
	TerminateProcess(GetCurrentProcess(), 4);
	return EXCEPTION_EXECUTE_HANDLER;
}

int main(void)
{
	struct server *server = calloc(1, sizeof *server);
	SetUnhandledExceptionFilter(crash);
	_setmode(0, _O_BINARY);
	_setmode(1, _O_BINARY);
	if (!server || !start_com())
		return 3;
	for (unsigned i = 0; i < WORKERS; i++) {
		HANDLE thread = CreateThread(NULL, 0, work, server, 0, NULL);
		if (!thread)
			return 3;
		CloseHandle(thread);
	}
	read_lines(server);
}
