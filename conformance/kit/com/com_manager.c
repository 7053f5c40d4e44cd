/* com_manager.c -- commands of the protocol itself, and of IBackgroundCopyManager. */
#include "bgcom.h"

#include <stdlib.h>
#include <string.h>

const char *com_wine_version(void)
{
	const char *(CDECL *get)(void);
	FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version");
	memcpy(&get, &found, sizeof get);
	return get ? get() : NULL;
}

/* File version of the service's library, as text. */
static void windows_version(WCHAR text[64])
{
	union { BYTE bytes[16384]; DWORD align; } info;
	VS_FIXEDFILEINFO *fixed;
	UINT size;
	wcscpy(text, L"unknown");
	if (!GetFileVersionInfoW(L"qmgr.dll", 0, sizeof info, &info) || !VerQueryValueW(&info, L"\\", (void **)&fixed, &size))
		return;
	wsprintfW(text, L"%u.%u.%u.%u", HIWORD(fixed->dwFileVersionMS), LOWORD(fixed->dwFileVersionMS),
		HIWORD(fixed->dwFileVersionLS), LOWORD(fixed->dwFileVersionLS));
}

static HRESULT hello(struct call *call, void *object)
{
	int64_t version;
	(void)object;
	if (!call_number(call, "version", 1, &version))
		return E_FAIL;
	if (version != 1)
		return call_broken(call, "expected version 1 of the protocol, found %lld", (long long)version);
	call_field(call, "version", 1);
	return S_OK;
}

static HRESULT describe(struct call *call, void *object)
{
	const char *wine = com_wine_version();
	WCHAR version[64];
	(void)object;
	if (wine)
		MultiByteToWideChar(CP_UTF8, 0, wine, -1, version, 64);
	else
		windows_version(version);
	call_field_text(call, "implementation", wine ? L"wine-bits" : L"windows-bits");
	call_field_text(call, "version", version);
	json_out_raw(&call->fields, ",\"dialects\":[\"bits\"],\"tier\":\"real\",\"lacks\":[]");
	/* Windows keeps jobs while its service is away, and other programs use it: only Wine's can be begun anew. */
	json_out_raw(&call->fields, wine ? ",\"reset\":true" : ",\"reset\":false");
	return S_OK;
}

/* The service is activated once, at the first need. */
static HRESULT need_manager(struct call *call)
{
	IBackgroundCopyManager *manager = NULL;
	HRESULT hr = E_FAIL;
	if (call->adapter->manager)
		return S_OK;
	/* COM would look for the service once, and then sleep for a second. */
	if (com_wine_version())
		com_service_start();
	/* A service that is still starting on a loaded machine is no failure yet. */
	for (int tries = 0; tries < 20; tries++) {
		hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
		if (SUCCEEDED(hr))
			break;
		Sleep(500);
	}
	if (FAILED(hr))
		return call_broken(call, "the service cannot be activated: 0x%08lX", (unsigned long)hr);
	if (InterlockedCompareExchangePointer((void **)&call->adapter->manager, manager, NULL))
		IBackgroundCopyManager_Release(manager);
	return S_OK;
}

static int64_t nanoseconds(void)
{
	LARGE_INTEGER ticks, frequency;
	QueryPerformanceCounter(&ticks);
	QueryPerformanceFrequency(&frequency);
	return ticks.QuadPart / frequency.QuadPart * 1000000000 + ticks.QuadPart % frequency.QuadPart * 1000000000 / frequency.QuadPart;
}

/* A Unix path is on Wine's drive Z:. */
static HRESULT scenario_begin(struct call *call, void *object)
{
	const char *dir = call_word(call, "dir");
	const WCHAR *given;
	WCHAR *native;
	HRESULT hr;
	(void)object;
	com_call_clear(call->adapter);
	if (!dir || !call_text(call, "dir", NULL, &given))
		return call_broken(call, "expected a folder for dir");
	native = malloc((wcslen(given) + 3) * sizeof *native);
	if (!native)
		return call_broken(call, "no memory");
	wcscpy(native, dir[0] == '/' && com_wine_version() ? L"Z:" : L"");
	wcscat(native, given);
	if (dir[0] == '/' && com_wine_version())
		for (WCHAR *at = native; *at; at++)
			if (*at == L'/')
				*at = L'\\';
	call_field_text(call, "dir", native);
	call_field_text(call, "separator", L"\\");
	free(native);
	hr = need_manager(call);
	call->adapter->began_ns = nanoseconds();
	return hr;
}

static HRESULT scenario_end(struct call *call, void *object)
{
	(void)object;
	call_field(call, "leaks", com_call_clear(call->adapter));
	return S_OK;
}

/* On Wine the service ends, and the next need of it starts another process: nothing in it outlives a scenario. */
static HRESULT reset(struct call *call, void *object)
{
	IBackgroundCopyManager *manager;
	(void)object;
	com_call_clear(call->adapter);
	if (!com_wine_version())
		return S_OK;
	manager = InterlockedExchangePointer((void **)&call->adapter->manager, NULL);
	if (!manager)
		return S_OK;
	IBackgroundCopyManager_Release(manager);
	return com_service_end();
}

static HRESULT clock_now(struct call *call, void *object)
{
	(void)object;
	call_field(call, "ns", nanoseconds() - call->adapter->began_ns);
	return S_OK;
}

/* Answers; the main loop ends the process. */
static HRESULT bye(struct call *call, void *object)
{
	(void)call;
	(void)object;
	return S_OK;
}

static bool remember_created(struct adapter *adapter, const GUID *id)
{
	bool room;
	AcquireSRWLockExclusive(&adapter->lock);
	room = adapter->created_count < CREATED_MAX;
	if (room)
		adapter->created[adapter->created_count++] = *id;
	ReleaseSRWLockExclusive(&adapter->lock);
	return room;
}

static HRESULT job_create(struct call *call, void *object)
{
	IBackgroundCopyJob *job = OUT_POISON;
	GUID id = {0};
	const WCHAR *name;
	int64_t type;
	HRESULT hr;
	(void)object;
	if (!call_text(call, "name", "bgcheck", &name) || !call_number(call, "type", BG_JOB_TYPE_DOWNLOAD, &type))
		return E_FAIL;
	if (call->adapter->created_count >= CREATED_MAX)
		return call_broken(call, "no more than %d jobs in a scenario", CREATED_MAX);
	hr = need_manager(call);
	if (FAILED(hr))
		return hr;
	hr = IBackgroundCopyManager_CreateJob(call->adapter->manager, name, (BG_JOB_TYPE)type, &id, call_out_null(call) ? NULL : &job);
	if (SUCCEEDED(hr)) {
		remember_created(call->adapter, &id);
		call_field_guid(call, "id", &id);
	}
	return call_object(call, hr, job, &IID_IBackgroundCopyJob);
}

static HRESULT job_open(struct call *call, void *object)
{
	IBackgroundCopyJob *job = OUT_POISON;
	const char *text = call_word(call, "id");
	GUID id;
	HRESULT hr;
	(void)object;
	/* Only a name of an interface is no GUID but has one: it opens no job either. */
	if (!text || !com_handle_iid(text, &id))
		return call_broken(call, "expected a GUID for id");
	hr = need_manager(call);
	if (FAILED(hr))
		return hr;
	hr = IBackgroundCopyManager_GetJob(call->adapter->manager, &id, call_out_null(call) ? NULL : &job);
	return call_object(call, hr, job, &IID_IBackgroundCopyJob);
}

static HRESULT job_enum(struct call *call, void *object)
{
	IEnumBackgroundCopyJobs *jobs = OUT_POISON;
	int64_t flags;
	HRESULT hr;
	(void)object;
	if (!call_number(call, "flags", 0, &flags))
		return E_FAIL;
	hr = need_manager(call);
	if (FAILED(hr))
		return hr;
	hr = IBackgroundCopyManager_EnumJobs(call->adapter->manager, (DWORD)flags, call_out_null(call) ? NULL : &jobs);
	return call_object(call, hr, jobs, &IID_IEnumBackgroundCopyJobs);
}

static HRESULT error_description(struct call *call, void *object)
{
	WCHAR *text = OUT_POISON;
	int64_t code, language;
	HRESULT hr;
	(void)object;
	if (!call_number(call, "code", 0, &code) || !call_number(call, "language", LANGUAGE_DEFAULT, &language))
		return E_FAIL;
	hr = need_manager(call);
	if (FAILED(hr))
		return hr;
	hr = IBackgroundCopyManager_GetErrorDescription(call->adapter->manager, (HRESULT)(uint32_t)code, (DWORD)language,
		call_out_null(call) ? NULL : &text);
	return call_string(call, hr, text, "text");
}

const struct call_row com_manager_rows[] = {
	{"hello", NULL, NULL, hello},
	{"describe", NULL, NULL, describe},
	{"reset", NULL, NULL, reset},
	{"scenario.begin", NULL, NULL, scenario_begin},
	{"scenario.end", NULL, NULL, scenario_end},
	{"clock.now", NULL, NULL, clock_now},
	{"bye", NULL, NULL, bye},
	{"job.create", NULL, NULL, job_create},
	{"job.open", NULL, NULL, job_open},
	{"job.enum", NULL, NULL, job_enum},
	{"manager.error_description", NULL, NULL, error_description},
	{NULL, NULL, NULL, NULL},
};
