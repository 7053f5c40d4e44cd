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

/* Interfaces that the import libraries do not know. */
const IID com_iid_job5 = {0xe847030c, 0xbbba, 0x4657, {0xaf, 0x6d, 0x48, 0x4a, 0xa4, 0x2b, 0xf1, 0xfe}};
static const IID iid_http_options2 = {0xb591a192, 0xa405, 0x4fc3, {0x83, 0x23, 0x4c, 0x5c, 0x54, 0x25, 0x78, 0xfc}};
static const IID iid_http_options3 = {0x8a9263d3, 0xfd4c, 0x4eda, {0x9b, 0x28, 0x30, 0x13, 0x2a, 0x4d, 0x4e, 0x3c}};
static const IID iid_file3 = {0x659cdeaa, 0x489e, 0x11d9, {0xa9, 0xcd, 0x00, 0x0d, 0x56, 0x96, 0x52, 0x51}};
static const IID iid_file4 = {0xef7e0655, 0x7888, 0x4960, {0xb0, 0xe5, 0x73, 0x08, 0x46, 0xe0, 0x34, 0x92}};
static const IID iid_file5 = {0x85c1657f, 0xdafc, 0x40e8, {0x88, 0x34, 0xdf, 0x18, 0xea, 0x25, 0x71, 0x7e}};
static const IID iid_file6 = {0xcf6784f7, 0xd677, 0x49fd, {0x93, 0x68, 0xcb, 0x47, 0xae, 0xe9, 0xd1, 0xad}};

static const struct { const char *name; const IID *iid; } interfaces[] = {
	{"IUnknown", &IID_IUnknown},
	{"IBackgroundCopyManager", &IID_IBackgroundCopyManager},
	{"IBackgroundCopyJob", &IID_IBackgroundCopyJob},
	{"IBackgroundCopyJob2", &IID_IBackgroundCopyJob2},
	{"IBackgroundCopyJob3", &IID_IBackgroundCopyJob3},
	{"IBackgroundCopyJob4", &IID_IBackgroundCopyJob4},
	{"IBackgroundCopyJob5", &com_iid_job5},
	{"IBackgroundCopyJobHttpOptions", &IID_IBackgroundCopyJobHttpOptions},
	{"IBackgroundCopyJobHttpOptions2", &iid_http_options2},
	{"IBackgroundCopyJobHttpOptions3", &iid_http_options3},
	{"IBackgroundCopyError", &IID_IBackgroundCopyError},
	{"IBackgroundCopyFile", &IID_IBackgroundCopyFile},
	{"IBackgroundCopyFile2", &IID_IBackgroundCopyFile2},
	{"IBackgroundCopyFile3", &iid_file3},
	{"IBackgroundCopyFile4", &iid_file4},
	{"IBackgroundCopyFile5", &iid_file5},
	{"IBackgroundCopyFile6", &iid_file6},
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
