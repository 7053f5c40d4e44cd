/* com_error.c -- commands of IBackgroundCopyError, IBackgroundCopyFile and IBackgroundCopyFile2. */
#include "bgcom.h"

static HRESULT get_error(struct call *call, void *object)
{
	BG_ERROR_CONTEXT context = 0;
	HRESULT code = S_OK, hr;
	bool null = call_out_null(call);
	hr = IBackgroundCopyError_GetError((IBackgroundCopyError *)object, null ? NULL : &context, null ? NULL : &code);
	if (SUCCEEDED(hr) && !null) {
		call_field(call, "context", context);
		call_field(call, "code", (int64_t)(uint32_t)code);
	}
	return hr;
}

static HRESULT get_file(struct call *call, void *object)
{
	IBackgroundCopyFile *file = OUT_POISON;
	HRESULT hr = IBackgroundCopyError_GetFile((IBackgroundCopyError *)object, call_out_null(call) ? NULL : &file);
	return call_object(call, hr, file, &IID_IBackgroundCopyFile);
}

static HRESULT description(struct call *call, void *object)
{
	WCHAR *text = OUT_POISON;
	int64_t language;
	HRESULT hr;
	if (!call_number(call, "language", LANGUAGE_DEFAULT, &language))
		return E_FAIL;
	hr = IBackgroundCopyError_GetErrorDescription((IBackgroundCopyError *)object, (DWORD)language, call_out_null(call) ? NULL : &text);
	return call_string(call, hr, text, "text");
}

static HRESULT context_description(struct call *call, void *object)
{
	WCHAR *text = OUT_POISON;
	int64_t language;
	HRESULT hr;
	if (!call_number(call, "language", LANGUAGE_DEFAULT, &language))
		return E_FAIL;
	hr = IBackgroundCopyError_GetErrorContextDescription((IBackgroundCopyError *)object, (DWORD)language,
		call_out_null(call) ? NULL : &text);
	return call_string(call, hr, text, "text");
}

static HRESULT protocol(struct call *call, void *object)
{
	WCHAR *text = OUT_POISON;
	HRESULT hr = IBackgroundCopyError_GetProtocol((IBackgroundCopyError *)object, call_out_null(call) ? NULL : &text);
	return call_string(call, hr, text, "protocol");
}

static HRESULT remote_name(struct call *call, void *object)
{
	WCHAR *name = OUT_POISON;
	HRESULT hr = IBackgroundCopyFile_GetRemoteName((IBackgroundCopyFile *)object, call_out_null(call) ? NULL : &name);
	return call_string(call, hr, name, "name");
}

static HRESULT local_name(struct call *call, void *object)
{
	WCHAR *name = OUT_POISON;
	HRESULT hr = IBackgroundCopyFile_GetLocalName((IBackgroundCopyFile *)object, call_out_null(call) ? NULL : &name);
	return call_string(call, hr, name, "name");
}

static HRESULT progress(struct call *call, void *object)
{
	BG_FILE_PROGRESS progress = {0};
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyFile_GetProgress((IBackgroundCopyFile *)object, null ? NULL : &progress);
	if (SUCCEEDED(hr) && !null) {
		call_field(call, "bytes_total", (int64_t)progress.BytesTotal);
		call_field(call, "bytes_transferred", (int64_t)progress.BytesTransferred);
		call_field(call, "completed", progress.Completed != 0);
	}
	return hr;
}

/* With out=null only the list is NULL: the proxy reads the count to know the size of the list, and Wine 8.0 crashes. */
static HRESULT ranges(struct call *call, void *object)
{
	DWORD count = 0;
	BG_FILE_RANGE *list = OUT_POISON;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyFile2_GetFileRanges((IBackgroundCopyFile2 *)object, &count, null ? NULL : &list);
	if (null)
		return hr;
	if (FAILED(hr) || list == OUT_POISON)
		return call_string(call, hr, (WCHAR *)list, "count");
	call_field(call, "count", count);
	CoTaskMemFree(list);
	return hr;
}

static HRESULT set_remote_name(struct call *call, void *object)
{
	const WCHAR *url;
	if (!call_text(call, "url", NULL, &url))
		return E_FAIL;
	return IBackgroundCopyFile2_SetRemoteName((IBackgroundCopyFile2 *)object, url);
}

const struct call_row com_error_rows[] = {
	{"error.get_error", "error", &IID_IBackgroundCopyError, get_error},
	{"error.get_file", "error", &IID_IBackgroundCopyError, get_file},
	{"error.description", "error", &IID_IBackgroundCopyError, description},
	{"error.context_description", "error", &IID_IBackgroundCopyError, context_description},
	{"error.protocol", "error", &IID_IBackgroundCopyError, protocol},
	{"file.remote_name", "file", &IID_IBackgroundCopyFile, remote_name},
	{"file.local_name", "file", &IID_IBackgroundCopyFile, local_name},
	{"file.progress", "file", &IID_IBackgroundCopyFile, progress},
	{"file.ranges", "file", &IID_IBackgroundCopyFile2, ranges},
	{"file.set_remote_name", "file", &IID_IBackgroundCopyFile2, set_remote_name},
	{NULL, NULL, NULL, NULL},
};
