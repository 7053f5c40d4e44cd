/* com_handle.c -- names and the interface pointers behind them, one reference for each name. */
#include <initguid.h>
#include "bgcom.h"

#include <string.h>

#define INVALID_NAME HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE)

static struct com_handle *find(struct adapter *adapter, const char *name)
{
	if (name[0] == 0)
		return NULL;
	for (unsigned i = 0; i < HANDLES_MAX; i++)
		if (strcmp(adapter->handle[i].name, name) == 0)
			return &adapter->handle[i];
	return NULL;
}

static struct com_handle *find_free(struct adapter *adapter)
{
	for (unsigned i = 0; i < HANDLES_MAX; i++)
		if (adapter->handle[i].name[0] == 0)
			return &adapter->handle[i];
	return NULL;
}

bool com_handle_add(struct adapter *adapter, const char *name, const IID *iid, IUnknown *object, bool borrowed)
{
	struct com_handle *handle = NULL;
	AcquireSRWLockExclusive(&adapter->lock);
	if (name[0] && strlen(name) < NAME_SIZE && !find(adapter, name))
		handle = find_free(adapter);
	if (handle) {
		strcpy(handle->name, name);
		handle->iid = *iid;
		handle->object = object;
		handle->references = borrowed ? 0 : 1;
		handle->borrowed = borrowed;
	}
	ReleaseSRWLockExclusive(&adapter->lock);
	return handle != NULL;
}

bool com_handle_exists(struct adapter *adapter, const char *name)
{
	bool exists;
	AcquireSRWLockShared(&adapter->lock);
	exists = find(adapter, name) != NULL;
	ReleaseSRWLockShared(&adapter->lock);
	return exists;
}

/* AddRef under the lock: another thread may release the handle meanwhile. No call of the service can come from AddRef. */
HRESULT com_handle_take(struct adapter *adapter, const char *name, const IID *iid, void **object, IID *found)
{
	struct com_handle *handle;
	IUnknown *own = NULL;
	IID own_iid = IID_IUnknown;
	HRESULT hr;
	*object = NULL;
	AcquireSRWLockShared(&adapter->lock);
	handle = find(adapter, name);
	if (handle) {
		own = handle->object;
		own_iid = handle->iid;
		IUnknown_AddRef(own);
	}
	ReleaseSRWLockShared(&adapter->lock);
	if (!own)
		return INVALID_NAME;
	if (found)
		*found = own_iid;
	if (!iid || IsEqualIID(iid, &own_iid)) {
		*object = own;
		return S_OK;
	}
	hr = IUnknown_QueryInterface(own, iid, object);
	IUnknown_Release(own);
	if (SUCCEEDED(hr) && !*object)
		hr = E_NOINTERFACE;
	return hr;
}

HRESULT com_handle_add_ref(struct adapter *adapter, const char *name, ULONG *count)
{
	struct com_handle *handle;
	AcquireSRWLockExclusive(&adapter->lock);
	handle = find(adapter, name);
	if (handle) {
		handle->references++;
		*count = IUnknown_AddRef(handle->object);
	}
	ReleaseSRWLockExclusive(&adapter->lock);
	return handle ? S_OK : INVALID_NAME;
}

/* The last Release of a proxy calls the service, so it happens outside the lock. A borrowed handle that the client has
 * not AddRef'd is not the client's to release. */
HRESULT com_handle_release(struct adapter *adapter, const char *name, ULONG *count)
{
	struct com_handle *handle;
	IUnknown *object = NULL;
	AcquireSRWLockExclusive(&adapter->lock);
	handle = find(adapter, name);
	if (handle && handle->references > 0) {
		object = handle->object;
		if (--handle->references == 0 && !handle->borrowed)
			handle->name[0] = 0;
	}
	ReleaseSRWLockExclusive(&adapter->lock);
	if (!object)
		return INVALID_NAME;
	*count = IUnknown_Release(object);
	return S_OK;
}

void com_handle_return(struct adapter *adapter, const char *name)
{
	struct com_handle *handle;
	AcquireSRWLockExclusive(&adapter->lock);
	handle = find(adapter, name);
	if (handle && handle->borrowed) {
		handle->borrowed = false;
		if (handle->references == 0)
			handle->name[0] = 0;
	}
	ReleaseSRWLockExclusive(&adapter->lock);
}

unsigned com_handle_clear(struct adapter *adapter)
{
	unsigned leaks = 0;
	for (unsigned i = 0; i < HANDLES_MAX; i++) {
		struct com_handle handle;
		AcquireSRWLockExclusive(&adapter->lock);
		handle = adapter->handle[i];
		adapter->handle[i].name[0] = 0;
		ReleaseSRWLockExclusive(&adapter->lock);
		if (handle.name[0] == 0)
			continue;
		leaks += handle.references > 0;
		for (; handle.references > 0; handle.references--)
			IUnknown_Release(handle.object);
	}
	return leaks;
}

static const struct { const char *name; const IID *iid; } interfaces[] = {
	{"IUnknown", &IID_IUnknown},
	{"IBackgroundCopyManager", &IID_IBackgroundCopyManager},
	{"IBackgroundCopyJob", &IID_IBackgroundCopyJob},
	{"IBackgroundCopyJob2", &IID_IBackgroundCopyJob2},
	{"IBackgroundCopyJob3", &IID_IBackgroundCopyJob3},
	{"IBackgroundCopyJob4", &IID_IBackgroundCopyJob4},
	{"IBackgroundCopyJobHttpOptions", &IID_IBackgroundCopyJobHttpOptions},
	{"IBackgroundCopyError", &IID_IBackgroundCopyError},
	{"IBackgroundCopyFile", &IID_IBackgroundCopyFile},
	{"IBackgroundCopyFile2", &IID_IBackgroundCopyFile2},
	{"IEnumBackgroundCopyFiles", &IID_IEnumBackgroundCopyFiles},
	{"IEnumBackgroundCopyJobs", &IID_IEnumBackgroundCopyJobs},
	{"IBackgroundCopyCallback", &IID_IBackgroundCopyCallback},
	{"IBackgroundCopyCallback2", &IID_IBackgroundCopyCallback2},
};

static bool parse_guid(const char *text, GUID *guid)
{
	WCHAR wide[40];
	size_t length = strlen(text), at = 0;
	bool braces = text[0] == '{';
	if (length != (braces ? 38u : 36u))
		return false;
	if (!braces)
		wide[at++] = L'{';
	for (size_t i = 0; i < length; i++)
		wide[at++] = (unsigned char)text[i];
	if (!braces)
		wide[at++] = L'}';
	wide[at] = 0;
	return IIDFromString(wide, guid) == S_OK;
}

bool com_handle_iid(const char *text, IID *iid)
{
	for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++)
		if (strcmp(interfaces[i].name, text) == 0) {
			*iid = *interfaces[i].iid;
			return true;
		}
	return parse_guid(text, iid);
}
