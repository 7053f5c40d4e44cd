/* com_property.c -- job.set and job.get: the properties of a job, one setter and one getter each. */
#include "bgcom.h"

#include <string.h>

typedef HRESULT (STDMETHODCALLTYPE *number_setter)(IBackgroundCopyJob *, ULONG);
typedef HRESULT (STDMETHODCALLTYPE *number_getter)(IBackgroundCopyJob *, ULONG *);
typedef HRESULT (STDMETHODCALLTYPE *text_setter)(IBackgroundCopyJob *, LPCWSTR);
typedef HRESULT (STDMETHODCALLTYPE *text_getter)(IBackgroundCopyJob *, LPWSTR *);

static HRESULT set_text(struct call *call, const char *key, IBackgroundCopyJob *job, text_setter set)
{
	const WCHAR *text;
	if (!call_text(call, key, NULL, &text))
		return E_FAIL;
	return set(job, text);
}

static HRESULT set_number(struct call *call, const char *key, IBackgroundCopyJob *job, number_setter set)
{
	int64_t number;
	if (!call_number(call, key, 0, &number))
		return E_FAIL;
	return set(job, (ULONG)number);
}

static HRESULT STDMETHODCALLTYPE set_priority(IBackgroundCopyJob *job, ULONG value)
{
	return IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)value);
}

static HRESULT STDMETHODCALLTYPE set_proxy_usage(IBackgroundCopyJob *job, ULONG value)
{
	return IBackgroundCopyJob_SetProxySettings(job, (BG_JOB_PROXY_USAGE)value, NULL, NULL);
}

/* 1 is the adapter's callback object for this handle; null, and 0, are NULL. */
static HRESULT set_notify_interface(struct call *call, IBackgroundCopyJob *job)
{
	const struct json *value = json_find(call->args, "notify_interface");
	IUnknown *callback = NULL;
	if (value->kind != JSON_NULL && value->kind != JSON_NUMBER)
		return call_broken(call, "expected 1 or null for notify_interface");
	if (value->kind == JSON_NUMBER && value->number != 0) {
		callback = com_callback_of(call->adapter, call_word(call, "job"));
		if (!callback)
			return call_broken(call, "no more than %d jobs with callbacks", CALLBACKS_MAX);
	}
	return IBackgroundCopyJob_SetNotifyInterface(job, callback);
}

HRESULT com_property_set(struct call *call, void *object)
{
	IBackgroundCopyJob *job = object;
	if (call_has(call, "display_name"))
		return set_text(call, "display_name", job, job->lpVtbl->SetDisplayName);
	if (call_has(call, "description"))
		return set_text(call, "description", job, job->lpVtbl->SetDescription);
	if (call_has(call, "priority"))
		return set_number(call, "priority", job, set_priority);
	if (call_has(call, "notify_flags"))
		return set_number(call, "notify_flags", job, job->lpVtbl->SetNotifyFlags);
	if (call_has(call, "notify_interface"))
		return set_notify_interface(call, job);
	if (call_has(call, "minimum_retry_delay"))
		return set_number(call, "minimum_retry_delay", job, job->lpVtbl->SetMinimumRetryDelay);
	if (call_has(call, "no_progress_timeout"))
		return set_number(call, "no_progress_timeout", job, job->lpVtbl->SetNoProgressTimeout);
	if (call_has(call, "proxy_usage"))
		return set_number(call, "proxy_usage", job, set_proxy_usage);
	return com_later_property(call, job, true);
}

static HRESULT get_text(struct call *call, IBackgroundCopyJob *job, text_getter get)
{
	WCHAR *text = OUT_POISON;
	HRESULT hr = get(job, call_out_null(call) ? NULL : &text);
	return call_string(call, hr, text, "value");
}

static HRESULT get_number(struct call *call, IBackgroundCopyJob *job, number_getter get)
{
	ULONG value = 0;
	bool null = call_out_null(call);
	HRESULT hr = get(job, null ? NULL : &value);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "value", value);
	return hr;
}

static HRESULT STDMETHODCALLTYPE get_priority(IBackgroundCopyJob *job, ULONG *value)
{
	BG_JOB_PRIORITY priority = 0;
	HRESULT hr = IBackgroundCopyJob_GetPriority(job, value ? &priority : NULL);
	if (value)
		*value = priority;
	return hr;
}

/* The lists of proxies are taken, and freed: no field holds them. */
static HRESULT STDMETHODCALLTYPE get_proxy_usage(IBackgroundCopyJob *job, ULONG *value)
{
	BG_JOB_PROXY_USAGE usage = 0;
	WCHAR *list = NULL, *bypass = NULL;
	HRESULT hr = IBackgroundCopyJob_GetProxySettings(job, value ? &usage : NULL, &list, &bypass);
	if (value)
		*value = usage;
	if (SUCCEEDED(hr)) {
		CoTaskMemFree(list);
		CoTaskMemFree(bypass);
	}
	return hr;
}

static HRESULT get_notify_interface(struct call *call, IBackgroundCopyJob *job)
{
	IUnknown *callback = OUT_POISON;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetNotifyInterface(job, null ? NULL : &callback);
	if (null)
		return hr;
	if (FAILED(hr) || callback == OUT_POISON)
		return call_string(call, hr, (WCHAR *)callback, "value");
	call_field(call, "value", callback != NULL);
	if (callback)
		IUnknown_Release(callback);
	return hr;
}

HRESULT com_property_get(struct call *call, void *object)
{
	IBackgroundCopyJob *job = object;
	const char *property = call_word(call, "property");
	if (!property)
		return call_broken(call, "expected a property");
	if (strcmp(property, "display_name") == 0)
		return get_text(call, job, job->lpVtbl->GetDisplayName);
	if (strcmp(property, "description") == 0)
		return get_text(call, job, job->lpVtbl->GetDescription);
	if (strcmp(property, "priority") == 0)
		return get_number(call, job, get_priority);
	if (strcmp(property, "notify_flags") == 0)
		return get_number(call, job, job->lpVtbl->GetNotifyFlags);
	if (strcmp(property, "notify_interface") == 0)
		return get_notify_interface(call, job);
	if (strcmp(property, "minimum_retry_delay") == 0)
		return get_number(call, job, job->lpVtbl->GetMinimumRetryDelay);
	if (strcmp(property, "no_progress_timeout") == 0)
		return get_number(call, job, job->lpVtbl->GetNoProgressTimeout);
	if (strcmp(property, "proxy_usage") == 0)
		return get_number(call, job, get_proxy_usage);
	return com_later_property(call, job, false);
}
