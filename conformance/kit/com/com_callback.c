/* com_callback.c -- the client's IBackgroundCopyCallback: each call becomes an event, and returns what the runner answers. */
#include "bgcom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct com_callback {
	IBackgroundCopyCallback interface_;
	LONG references;
	struct adapter *adapter;
	char job[NAME_SIZE];      /* the handle for which it was set */
	bool dead;                /* under the adapter's lock: its scenario has ended */
};

static struct com_callback *of_interface(IBackgroundCopyCallback *interface_)
{
	return CONTAINING_RECORD(interface_, struct com_callback, interface_);
}

static HRESULT STDMETHODCALLTYPE query_interface(IBackgroundCopyCallback *self, REFIID iid, void **object)
{
	if (!object)
		return E_POINTER;
	*object = NULL;
	if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IBackgroundCopyCallback))
		return E_NOINTERFACE;
	IBackgroundCopyCallback_AddRef(self);
	*object = self;
	return S_OK;
}

static ULONG STDMETHODCALLTYPE add_ref(IBackgroundCopyCallback *self)
{
	return (ULONG)InterlockedIncrement(&of_interface(self)->references);
}

static ULONG STDMETHODCALLTYPE release(IBackgroundCopyCallback *self)
{
	LONG references = InterlockedDecrement(&of_interface(self)->references);
	if (references == 0)
		free(of_interface(self));
	return (ULONG)references;
}

/* Opens a wait and gives the callback its number. NULL when the scenario is over or too many wait. */
static struct com_wait *open_wait(struct com_callback *callback, int64_t *cb)
{
	struct adapter *adapter = callback->adapter;
	struct com_wait *wait = NULL;
	AcquireSRWLockExclusive(&adapter->lock);
	for (unsigned i = 0; i < WAITS_MAX && !wait && !callback->dead && !adapter->closing; i++)
		if (!adapter->wait[i].used)
			wait = &adapter->wait[i];
	if (wait) {
		*cb = ++adapter->last_cb;
		*wait = (struct com_wait){.used = true, .cb = *cb, .answer = S_OK};
		adapter->waits_open++;
	}
	ReleaseSRWLockExclusive(&adapter->lock);
	return wait;
}

static void write_event(struct com_callback *callback, int64_t cb, const char *kind, const char *error)
{
	char line[1024];
	struct json_out out;
	json_out_init(&out, line, sizeof line);
	json_out_raw(&out, "{\"ev\":\"cb\",\"cb\":");
	json_out_number(&out, cb);
	json_out_raw(&out, ",\"kind\":");
	json_out_text(&out, kind);
	json_out_raw(&out, ",\"job\":");
	json_out_text(&out, callback->job);
	if (error[0]) {
		json_out_raw(&out, ",\"error\":");
		json_out_text(&out, error);
		json_out_raw(&out, ",\"borrowed\":[");
		json_out_text(&out, error);
		json_out_raw(&out, "]}");
	} else {
		json_out_raw(&out, ",\"borrowed\":[]}");
	}
	adapter_write(callback->adapter, line);
}

/* Waits for the answer. A client that does not answer in time has failed. */
static HRESULT close_wait(struct adapter *adapter, struct com_wait *wait)
{
	ULONGLONG end = GetTickCount64() + CALLBACK_LIMIT_MS;
	HRESULT answer;
	AcquireSRWLockExclusive(&adapter->lock);
	/* The second command that open waits allow may already be in the queue. */
	WakeAllConditionVariable(&adapter->changed);
	while (!wait->answered) {
		ULONGLONG now = GetTickCount64();
		if (now >= end || !SleepConditionVariableSRW(&adapter->changed, &adapter->lock, (DWORD)(end - now), 0))
			break;
	}
	answer = wait->answered ? wait->answer : HRESULT_FROM_WIN32(ERROR_TIMEOUT);
	wait->used = false;
	adapter->waits_open--;
	ReleaseSRWLockExclusive(&adapter->lock);
	return answer;
}

static HRESULT called(IBackgroundCopyCallback *self, const char *kind, IBackgroundCopyError *error)
{
	struct com_callback *callback = of_interface(self);
	char name[NAME_SIZE] = "";
	int64_t cb;
	HRESULT answer;
	struct com_wait *wait = open_wait(callback, &cb);
	if (!wait)
		return S_OK;
	if (error) {
		snprintf(name, sizeof name, "cb%llde", (long long)cb);
		if (!com_handle_add(callback->adapter, name, &IID_IBackgroundCopyError, (IUnknown *)error, true))
			name[0] = 0;
	}
	write_event(callback, cb, kind, name);
	answer = close_wait(callback->adapter, wait);
	com_handle_return(callback->adapter, name);
	return answer;
}

static HRESULT STDMETHODCALLTYPE job_transferred(IBackgroundCopyCallback *self, IBackgroundCopyJob *job)
{
	(void)job;
	return called(self, "job_transferred", NULL);
}

static HRESULT STDMETHODCALLTYPE job_error(IBackgroundCopyCallback *self, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
	(void)job;
	return called(self, "job_error", error);
}

static HRESULT STDMETHODCALLTYPE job_modification(IBackgroundCopyCallback *self, IBackgroundCopyJob *job, DWORD reserved)
{
	(void)job;
	(void)reserved;
	return called(self, "job_modification", NULL);
}

static IBackgroundCopyCallbackVtbl methods = {
	query_interface, add_ref, release, job_transferred, job_error, job_modification,
};

static struct com_callback *find(struct adapter *adapter, const char *job)
{
	for (unsigned i = 0; i < adapter->callback_count; i++)
		if (strcmp(adapter->callback[i]->job, job) == 0)
			return adapter->callback[i];
	return NULL;
}

static struct com_callback *make(struct adapter *adapter, const char *job)
{
	struct com_callback *callback;
	if (adapter->callback_count == CALLBACKS_MAX || strlen(job) >= NAME_SIZE)
		return NULL;
	callback = calloc(1, sizeof *callback);
	if (!callback)
		return NULL;
	callback->interface_.lpVtbl = &methods;
	callback->references = 1;
	callback->adapter = adapter;
	strcpy(callback->job, job);
	adapter->callback[adapter->callback_count++] = callback;
	return callback;
}

IUnknown *com_callback_of(struct adapter *adapter, const char *job)
{
	struct com_callback *callback;
	AcquireSRWLockExclusive(&adapter->lock);
	callback = find(adapter, job);
	if (!callback)
		callback = make(adapter, job);
	ReleaseSRWLockExclusive(&adapter->lock);
	return callback ? (IUnknown *)&callback->interface_ : NULL;
}

bool com_callback_answer(struct adapter *adapter, int64_t cb, HRESULT answer)
{
	bool found = false;
	AcquireSRWLockExclusive(&adapter->lock);
	for (unsigned i = 0; i < WAITS_MAX && !found; i++) {
		struct com_wait *wait = &adapter->wait[i];
		if (wait->used && wait->cb == cb && !wait->answered) {
			wait->answer = answer;
			wait->answered = found = true;
		}
	}
	WakeAllConditionVariable(&adapter->changed);
	ReleaseSRWLockExclusive(&adapter->lock);
	return found;
}

void com_callback_clear(struct adapter *adapter)
{
	struct com_callback *callback[CALLBACKS_MAX];
	unsigned count;
	AcquireSRWLockExclusive(&adapter->lock);
	count = adapter->callback_count;
	for (unsigned i = 0; i < count; i++) {
		callback[i] = adapter->callback[i];
		callback[i]->dead = true;
	}
	adapter->callback_count = 0;
	for (unsigned i = 0; i < WAITS_MAX; i++)
		if (adapter->wait[i].used)
			adapter->wait[i].answered = true;
	WakeAllConditionVariable(&adapter->changed);
	ReleaseSRWLockExclusive(&adapter->lock);
	for (unsigned i = 0; i < count; i++)
		IBackgroundCopyCallback_Release(&callback[i]->interface_);
}
