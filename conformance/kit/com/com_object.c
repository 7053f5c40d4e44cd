/* com_object.c -- commands of the enumerators, and IUnknown of every handle. */
#include "bgcom.h"

#include <string.h>

#define NEXT_MAX 256

/* Both enumerators have one layout, only the type of their elements differs: the code speaks of files. */
struct list {
	IEnumBackgroundCopyFiles *files;
	const IID *element, *own;
};

/* Takes the enumerator of the call. A handle that is neither kind, such as an IUnknown, is asked for both. */
static HRESULT take_list(struct call *call, struct list *list)
{
	const char *name = call_word(call, "enum");
	void *object;
	HRESULT hr;
	if (!name)
		return call_broken(call, "expected a handle for enum");
	*list = (struct list){NULL, &IID_IBackgroundCopyFile, &IID_IEnumBackgroundCopyFiles};
	hr = com_handle_take(call->adapter, name, list->own, &object, NULL);
	if (hr == E_NOINTERFACE) {
		*list = (struct list){NULL, &IID_IBackgroundCopyJob, &IID_IEnumBackgroundCopyJobs};
		hr = com_handle_take(call->adapter, name, list->own, &object, NULL);
	}
	list->files = object;
	return hr;
}

/* The first element goes under `as` when one was asked for; all others are counted and released. */
static HRESULT keep_elements(struct call *call, HRESULT hr, IBackgroundCopyFile **element, ULONG fetched, int64_t count, const IID *iid)
{
	ULONG first = 0;
	if (!call_out_null(call))
		call_field(call, "fetched", fetched);
	if (count == 1 && fetched == 1) {
		first = 1;
		hr = call_object(call, hr, element[0], iid);
	}
	for (ULONG i = first; i < fetched && i < NEXT_MAX; i++)
		if (element[i] && element[i] != OUT_POISON)
			IBackgroundCopyFile_Release(element[i]);
	return hr;
}

/* out=null passes NULL for the count, which may be left out when one element is asked for. */
static HRESULT next(struct call *call, void *object)
{
	IBackgroundCopyFile *element[NEXT_MAX];
	bool null = call_out_null(call);
	struct list list;
	ULONG fetched = 0;
	int64_t count;
	HRESULT hr;
	(void)object;
	if (!call_number(call, "count", 1, &count))
		return E_FAIL;
	if (count < 0 || count > NEXT_MAX)
		return call_broken(call, "expected a count of at most %d", NEXT_MAX);
	hr = take_list(call, &list);
	if (FAILED(hr))
		return hr;
	for (unsigned i = 0; i < NEXT_MAX; i++)
		element[i] = OUT_POISON;
	hr = IEnumBackgroundCopyFiles_Next(list.files, (ULONG)count, element, null ? NULL : &fetched);
	if (null && hr == S_OK)
		fetched = (ULONG)count;
	if (SUCCEEDED(hr))
		hr = keep_elements(call, hr, element, fetched, count, list.element);
	IEnumBackgroundCopyFiles_Release(list.files);
	return hr;
}

static HRESULT skip(struct call *call, void *object)
{
	struct list list;
	int64_t count;
	HRESULT hr;
	(void)object;
	if (!call_number(call, "count", 1, &count))
		return E_FAIL;
	hr = take_list(call, &list);
	if (FAILED(hr))
		return hr;
	hr = IEnumBackgroundCopyFiles_Skip(list.files, (ULONG)count);
	IEnumBackgroundCopyFiles_Release(list.files);
	return hr;
}

static HRESULT reset(struct call *call, void *object)
{
	struct list list;
	HRESULT hr = take_list(call, &list);
	(void)object;
	if (FAILED(hr))
		return hr;
	hr = IEnumBackgroundCopyFiles_Reset(list.files);
	IEnumBackgroundCopyFiles_Release(list.files);
	return hr;
}

static HRESULT clone(struct call *call, void *object)
{
	IEnumBackgroundCopyFiles *copy = OUT_POISON;
	struct list list;
	HRESULT hr = take_list(call, &list);
	(void)object;
	if (FAILED(hr))
		return hr;
	hr = IEnumBackgroundCopyFiles_Clone(list.files, call_out_null(call) ? NULL : &copy);
	IEnumBackgroundCopyFiles_Release(list.files);
	return call_object(call, hr, copy, list.own);
}

static HRESULT count(struct call *call, void *object)
{
	struct list list;
	ULONG count = 0;
	bool null = call_out_null(call);
	HRESULT hr = take_list(call, &list);
	(void)object;
	if (FAILED(hr))
		return hr;
	hr = IEnumBackgroundCopyFiles_GetCount(list.files, null ? NULL : &count);
	IEnumBackgroundCopyFiles_Release(list.files);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "count", count);
	return hr;
}

/* COM compares objects by their IUnknown: an interface pointer of a proxy differs from it and is right to. */
static bool same_object(IUnknown *one, IUnknown *other)
{
	IUnknown *left = NULL, *right = NULL;
	bool same = SUCCEEDED(IUnknown_QueryInterface(one, &IID_IUnknown, (void **)&left)) &&
		SUCCEEDED(IUnknown_QueryInterface(other, &IID_IUnknown, (void **)&right)) && left == right;
	if (left)
		IUnknown_Release(left);
	if (right)
		IUnknown_Release(right);
	return same;
}

static HRESULT query_interface(struct call *call, void *object)
{
	const char *name = call_word(call, "handle"), *wanted = call_word(call, "iid");
	void *found = OUT_POISON, *own;
	IID iid;
	HRESULT hr;
	(void)object;
	if (!name || !wanted || !com_handle_iid(wanted, &iid))
		return call_broken(call, "expected a handle, and the name of an interface or a GUID for iid");
	/* IUnknown of a proxy is the client's own COM library: no call reaches the service, and Wine 8.0 crashes. */
	if (call_out_null(call) && com_wine_version()) {
		call->answer = ANSWER_UNSUPPORTED;
		strcpy(call->why, "the COM library of the client crashes on NULL");
		return E_FAIL;
	}
	hr = com_handle_take(call->adapter, name, NULL, &own, NULL);
	if (FAILED(hr))
		return hr;
	hr = IUnknown_QueryInterface((IUnknown *)own, &iid, call_out_null(call) ? NULL : &found);
	if (SUCCEEDED(hr) && !call_out_null(call))
		call_field(call, "same", found && found != OUT_POISON && same_object(own, found));
	IUnknown_Release((IUnknown *)own);
	return call_object(call, hr, found, &iid);
}

static HRESULT add_ref(struct call *call, void *object)
{
	const char *name = call_word(call, "handle");
	ULONG count = 0;
	HRESULT hr = com_handle_add_ref(call->adapter, name ? name : "", &count);
	(void)object;
	if (SUCCEEDED(hr))
		call_field(call, "count", count);
	return hr;
}

static HRESULT release(struct call *call, void *object)
{
	const char *name = call_word(call, "handle");
	ULONG count = 0;
	HRESULT hr = com_handle_release(call->adapter, name ? name : "", &count);
	(void)object;
	if (SUCCEEDED(hr))
		call_field(call, "count", count);
	return hr;
}

static HRESULT probe(struct call *call, void *object)
{
	const char *name = call_word(call, "handle");
	(void)object;
	call_field(call, "alive", name && com_handle_exists(call->adapter, name));
	return S_OK;
}

const struct call_row com_object_rows[] = {
	{"enum.next", "enum", NULL, next},
	{"enum.skip", "enum", NULL, skip},
	{"enum.reset", "enum", NULL, reset},
	{"enum.clone", "enum", NULL, clone},
	{"enum.count", "enum", NULL, count},
	{"handle.query_interface", "handle", NULL, query_interface},
	{"handle.add_ref", "handle", NULL, add_ref},
	{"handle.release", "handle", NULL, release},
	{"handle.probe", "handle", NULL, probe},
	{NULL, NULL, NULL, NULL},
};
