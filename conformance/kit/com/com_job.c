/* com_job.c -- commands of IBackgroundCopyJob, and AddFileWithRanges of IBackgroundCopyJob3. */
#include "bgcom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 1024
#define FILE_SET_MAX 3

static HRESULT add_file(struct call *call, void *object)
{
	const WCHAR *url, *local;
	if (!call_text(call, "url", NULL, &url) || !call_text(call, "local", NULL, &local))
		return E_FAIL;
	return IBackgroundCopyJob_AddFile((IBackgroundCopyJob *)object, url, local);
}

/* As many elements as there are keys: url and local, url2 and local2, url3 and local3. */
static HRESULT add_file_set(struct call *call, void *object)
{
	static const char *const urls[FILE_SET_MAX] = {"url", "url2", "url3"}, *const locals[FILE_SET_MAX] = {"local", "local2", "local3"};
	BG_FILE_INFO set[FILE_SET_MAX];
	ULONG count = 0;
	while (count < FILE_SET_MAX && (call_has(call, urls[count]) || call_has(call, locals[count]))) {
		const WCHAR *url, *local;
		if (!call_text(call, urls[count], NULL, &url) || !call_text(call, locals[count], NULL, &local))
			return E_FAIL;
		set[count].RemoteName = (WCHAR *)url;
		set[count].LocalName = (WCHAR *)local;
		count++;
	}
	return IBackgroundCopyJob_AddFileSet((IBackgroundCopyJob *)object, count, set);
}

/* Reads a number, or `eof`, and moves on. */
static bool read_position(const char **at, UINT64 *value)
{
	char *end;
	if (strncmp(*at, "eof", 3) == 0) {
		*value = BG_LENGTH_TO_EOF;
		*at += 3;
		return true;
	}
	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*value = strtoull(*at, &end, 10);
	*at = end;
	return errno == 0;
}

/* One range: FIRST-LAST (both included), FIRST-eof, FIRST+LENGTH. A LAST before FIRST is a range of no length: what the
 * service thinks of it, and of one that starts at eof, is for the service to say. */
static bool read_range(const char **at, BG_FILE_RANGE *range)
{
	UINT64 first, second;
	char sign;
	if (!read_position(at, &first) || (**at != '-' && **at != '+'))
		return false;
	sign = *(*at)++;
	if (!read_position(at, &second))
		return false;
	range->InitialOffset = first;
	range->Length = second;
	if (sign == '-' && second != BG_LENGTH_TO_EOF)
		range->Length = second >= first ? second - first + 1 : 0;
	return true;
}

static bool read_ranges(const char *text, BG_FILE_RANGE *ranges, DWORD *count)
{
	*count = 0;
	if (!text || !*text)
		return true;
	for (;;) {
		if (*count == RANGES_MAX || !read_range(&text, &ranges[*count]))
			return false;
		++*count;
		if (!*text)
			return true;
		if (*text++ != ',')
			return false;
	}
}

/* `size` is an argument of Delivery Optimization; BITS has no use for it. */
static HRESULT add_file_with_ranges(struct call *call, void *object)
{
	BG_FILE_RANGE *ranges;
	const WCHAR *url, *local;
	DWORD count;
	HRESULT hr;
	if (!call_text(call, "url", NULL, &url) || !call_text(call, "local", NULL, &local))
		return E_FAIL;
	ranges = calloc(RANGES_MAX, sizeof *ranges);
	if (!ranges)
		return call_broken(call, "no memory");
	if (read_ranges(call_word(call, "ranges"), ranges, &count))
		hr = IBackgroundCopyJob3_AddFileWithRanges((IBackgroundCopyJob3 *)object, url, local, count, ranges);
	else
		hr = call_broken(call, "expected at most %d ranges such as 0-99,200-eof", RANGES_MAX);
	free(ranges);
	return hr;
}

static HRESULT enum_files(struct call *call, void *object)
{
	IEnumBackgroundCopyFiles *files = OUT_POISON;
	HRESULT hr = IBackgroundCopyJob_EnumFiles((IBackgroundCopyJob *)object, call_out_null(call) ? NULL : &files);
	return call_object(call, hr, files, &IID_IEnumBackgroundCopyFiles);
}

static HRESULT suspend(struct call *call, void *object)
{
	(void)call;
	return IBackgroundCopyJob_Suspend((IBackgroundCopyJob *)object);
}

static HRESULT resume(struct call *call, void *object)
{
	(void)call;
	return IBackgroundCopyJob_Resume((IBackgroundCopyJob *)object);
}

static HRESULT cancel(struct call *call, void *object)
{
	(void)call;
	return IBackgroundCopyJob_Cancel((IBackgroundCopyJob *)object);
}

static HRESULT complete(struct call *call, void *object)
{
	(void)call;
	return IBackgroundCopyJob_Complete((IBackgroundCopyJob *)object);
}

static HRESULT get_id(struct call *call, void *object)
{
	GUID id = {0};
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetId((IBackgroundCopyJob *)object, null ? NULL : &id);
	if (SUCCEEDED(hr) && !null)
		call_field_guid(call, "id", &id);
	return hr;
}

static HRESULT get_type(struct call *call, void *object)
{
	BG_JOB_TYPE type = 0;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetType((IBackgroundCopyJob *)object, null ? NULL : &type);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "type", type);
	return hr;
}

static HRESULT progress(struct call *call, void *object)
{
	BG_JOB_PROGRESS progress = {0};
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetProgress((IBackgroundCopyJob *)object, null ? NULL : &progress);
	if (SUCCEEDED(hr) && !null) {
		call_field(call, "bytes_total", (int64_t)progress.BytesTotal);
		call_field(call, "bytes_transferred", (int64_t)progress.BytesTransferred);
		call_field(call, "files_total", progress.FilesTotal);
		call_field(call, "files_transferred", progress.FilesTransferred);
	}
	return hr;
}

/* 100 ns since 1601. */
static int64_t file_time(FILETIME time)
{
	return (int64_t)((UINT64)time.dwHighDateTime << 32 | time.dwLowDateTime);
}

static HRESULT times(struct call *call, void *object)
{
	BG_JOB_TIMES times = {0};
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetTimes((IBackgroundCopyJob *)object, null ? NULL : &times);
	if (SUCCEEDED(hr) && !null) {
		call_field(call, "creation", file_time(times.CreationTime));
		call_field(call, "modification", file_time(times.ModificationTime));
		call_field(call, "completion", file_time(times.TransferCompletionTime));
	}
	return hr;
}

static HRESULT state(struct call *call, void *object)
{
	BG_JOB_STATE state = 0;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetState((IBackgroundCopyJob *)object, null ? NULL : &state);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "state", state);
	return hr;
}

static HRESULT get_error(struct call *call, void *object)
{
	IBackgroundCopyError *error = OUT_POISON;
	HRESULT hr = IBackgroundCopyJob_GetError((IBackgroundCopyJob *)object, call_out_null(call) ? NULL : &error);
	return call_object(call, hr, error, &IID_IBackgroundCopyError);
}

static HRESULT owner(struct call *call, void *object)
{
	WCHAR *sid = OUT_POISON;
	HRESULT hr = IBackgroundCopyJob_GetOwner((IBackgroundCopyJob *)object, call_out_null(call) ? NULL : &sid);
	return call_string(call, hr, sid, "sid");
}

static HRESULT error_count(struct call *call, void *object)
{
	ULONG count = 0;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob_GetErrorCount((IBackgroundCopyJob *)object, null ? NULL : &count);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "count", count);
	return hr;
}

static HRESULT take_ownership(struct call *call, void *object)
{
	(void)call;
	return IBackgroundCopyJob_TakeOwnership((IBackgroundCopyJob *)object);
}

const struct call_row com_job_rows[] = {
	{"job.add_file", "job", &IID_IBackgroundCopyJob, add_file},
	{"job.add_file_set", "job", &IID_IBackgroundCopyJob, add_file_set},
	{"job.add_file_with_ranges", "job", &IID_IBackgroundCopyJob3, add_file_with_ranges},
	{"job.enum_files", "job", &IID_IBackgroundCopyJob, enum_files},
	{"job.suspend", "job", &IID_IBackgroundCopyJob, suspend},
	{"job.resume", "job", &IID_IBackgroundCopyJob, resume},
	{"job.cancel", "job", &IID_IBackgroundCopyJob, cancel},
	{"job.complete", "job", &IID_IBackgroundCopyJob, complete},
	{"job.id", "job", &IID_IBackgroundCopyJob, get_id},
	{"job.type", "job", &IID_IBackgroundCopyJob, get_type},
	{"job.progress", "job", &IID_IBackgroundCopyJob, progress},
	{"job.times", "job", &IID_IBackgroundCopyJob, times},
	{"job.state", "job", &IID_IBackgroundCopyJob, state},
	{"job.get_error", "job", &IID_IBackgroundCopyJob, get_error},
	{"job.owner", "job", &IID_IBackgroundCopyJob, owner},
	{"job.error_count", "job", &IID_IBackgroundCopyJob, error_count},
	{"job.take_ownership", "job", &IID_IBackgroundCopyJob, take_ownership},
	{"job.set", "job", &IID_IBackgroundCopyJob, com_property_set},
	{"job.get", "job", &IID_IBackgroundCopyJob, com_property_get},
	{NULL, NULL, NULL, NULL},
};
