/* com_later.c -- commands and properties of IBackgroundCopyJob2 to 5 and IBackgroundCopyJobHttpOptions. */
#include "bgcom.h"

#include <bits5_0.h>
#include <string.h>

static HRESULT set_command(struct call *call, void *object)
{
	const WCHAR *program, *parameters;
	if (!call_text(call, "program", NULL, &program) || !call_text(call, "parameters", NULL, &parameters))
		return E_FAIL;
	return IBackgroundCopyJob2_SetNotifyCmdLine((IBackgroundCopyJob2 *)object, program, parameters);
}

static HRESULT get_command(struct call *call, void *object)
{
	WCHAR *program = OUT_POISON, *parameters = OUT_POISON;
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob2_GetNotifyCmdLine((IBackgroundCopyJob2 *)object, null ? NULL : &program, null ? NULL : &parameters);
	hr = call_string(call, hr, program, "program");
	return SUCCEEDED(hr) ? call_string(call, hr, parameters, "parameters") : hr;
}

static HRESULT reply_progress(struct call *call, void *object)
{
	BG_JOB_REPLY_PROGRESS progress = {0};
	bool null = call_out_null(call);
	HRESULT hr = IBackgroundCopyJob2_GetReplyProgress((IBackgroundCopyJob2 *)object, null ? NULL : &progress);
	if (SUCCEEDED(hr) && !null) {
		call_field(call, "bytes_total", (int64_t)progress.BytesTotal);
		call_field(call, "bytes_transferred", (int64_t)progress.BytesTransferred);
	}
	return hr;
}

static bool authentication(struct call *call, BG_AUTH_CREDENTIALS *credentials)
{
	int64_t target, scheme;
	if (!call_number(call, "target", 0, &target) || !call_number(call, "scheme", 0, &scheme))
		return false;
	credentials->Target = (BG_AUTH_TARGET)target;
	credentials->Scheme = (BG_AUTH_SCHEME)scheme;
	return true;
}

static HRESULT set_credentials(struct call *call, void *object)
{
	BG_AUTH_CREDENTIALS credentials = {0};
	const WCHAR *user, *password;
	if (!authentication(call, &credentials) || !call_text(call, "user", NULL, &user) || !call_text(call, "password", NULL, &password))
		return E_FAIL;
	credentials.Credentials.Basic.UserName = (WCHAR *)user;
	credentials.Credentials.Basic.Password = (WCHAR *)password;
	return IBackgroundCopyJob2_SetCredentials((IBackgroundCopyJob2 *)object, &credentials);
}

static HRESULT remove_credentials(struct call *call, void *object)
{
	BG_AUTH_CREDENTIALS credentials = {0};
	if (!authentication(call, &credentials))
		return E_FAIL;
	return IBackgroundCopyJob2_RemoveCredentials((IBackgroundCopyJob2 *)object, credentials.Target, credentials.Scheme);
}

static HRESULT replace_prefix(struct call *call, void *object)
{
	const WCHAR *before, *after;
	if (!call_text(call, "old_prefix", NULL, &before) || !call_text(call, "new_prefix", NULL, &after))
		return E_FAIL;
	return IBackgroundCopyJob3_ReplaceRemotePrefix((IBackgroundCopyJob3 *)object, before, after);
}

/* Properties of one number; the wider member of the union is zero above it. */
static HRESULT set_property(struct call *call, void *object)
{
	BITS_JOB_PROPERTY_VALUE value = {0};
	int64_t id, number;
	if (!call_number(call, "property_id", 0, &id) || !call_number(call, "value", 0, &number))
		return E_FAIL;
	value.Uint64 = (UINT64)number;
	return IBackgroundCopyJob5_SetProperty((IBackgroundCopyJob5 *)object, (BITS_JOB_PROPERTY_ID)id, value);
}

static HRESULT get_property(struct call *call, void *object)
{
	BITS_JOB_PROPERTY_VALUE value = {0};
	bool null = call_out_null(call);
	int64_t id;
	HRESULT hr;
	if (!call_number(call, "property_id", 0, &id))
		return E_FAIL;
	hr = IBackgroundCopyJob5_GetProperty((IBackgroundCopyJob5 *)object, (BITS_JOB_PROPERTY_ID)id, null ? NULL : &value);
	if (SUCCEEDED(hr) && !null)
		call_field(call, "value", (int64_t)value.Uint64);
	return hr;
}

const struct call_row com_later_rows[] = {
	{"job.set_command", "job", &IID_IBackgroundCopyJob2, set_command},
	{"job.command", "job", &IID_IBackgroundCopyJob2, get_command},
	{"job.reply_progress", "job", &IID_IBackgroundCopyJob2, reply_progress},
	{"job.set_credentials", "job", &IID_IBackgroundCopyJob2, set_credentials},
	{"job.remove_credentials", "job", &IID_IBackgroundCopyJob2, remove_credentials},
	{"job.replace_prefix", "job", &IID_IBackgroundCopyJob3, replace_prefix},
	{"job.set_property", "job", &com_iid_job5, set_property},
	{"job.get_property", "job", &com_iid_job5, get_property},
	{NULL, NULL, NULL, NULL},
};

/* --- properties of job.set and job.get */

typedef HRESULT later_function(struct call *call, void *object);

static HRESULT set_reply_file_name(struct call *call, void *object)
{
	const WCHAR *name;
	if (!call_text(call, "reply_file_name", NULL, &name))
		return E_FAIL;
	return IBackgroundCopyJob2_SetReplyFileName((IBackgroundCopyJob2 *)object, name);
}

static HRESULT get_reply_file_name(struct call *call, void *object)
{
	WCHAR *name = OUT_POISON;
	HRESULT hr = IBackgroundCopyJob2_GetReplyFileName((IBackgroundCopyJob2 *)object, call_out_null(call) ? NULL : &name);
	return call_string(call, hr, name, "value");
}

static HRESULT give_number(struct call *call, HRESULT hr, DWORD value)
{
	if (SUCCEEDED(hr) && !call_out_null(call))
		call_field(call, "value", value);
	return hr;
}

static HRESULT set_acl_flags(struct call *call, void *object)
{
	int64_t flags;
	if (!call_number(call, "acl_flags", 0, &flags))
		return E_FAIL;
	return IBackgroundCopyJob3_SetFileACLFlags((IBackgroundCopyJob3 *)object, (DWORD)flags);
}

static HRESULT get_acl_flags(struct call *call, void *object)
{
	DWORD flags = 0;
	return give_number(call, IBackgroundCopyJob3_GetFileACLFlags((IBackgroundCopyJob3 *)object, call_out_null(call) ? NULL : &flags), flags);
}

static HRESULT set_peer_caching_flags(struct call *call, void *object)
{
	int64_t flags;
	if (!call_number(call, "peer_caching_flags", 0, &flags))
		return E_FAIL;
	return IBackgroundCopyJob4_SetPeerCachingFlags((IBackgroundCopyJob4 *)object, (DWORD)flags);
}

static HRESULT get_peer_caching_flags(struct call *call, void *object)
{
	DWORD flags = 0;
	return give_number(call, IBackgroundCopyJob4_GetPeerCachingFlags((IBackgroundCopyJob4 *)object, call_out_null(call) ? NULL : &flags), flags);
}

static HRESULT set_maximum_download_time(struct call *call, void *object)
{
	int64_t seconds;
	if (!call_number(call, "maximum_download_time", 0, &seconds))
		return E_FAIL;
	return IBackgroundCopyJob4_SetMaximumDownloadTime((IBackgroundCopyJob4 *)object, (ULONG)seconds);
}

static HRESULT get_maximum_download_time(struct call *call, void *object)
{
	ULONG seconds = 0;
	return give_number(call,
		IBackgroundCopyJob4_GetMaximumDownloadTime((IBackgroundCopyJob4 *)object, call_out_null(call) ? NULL : &seconds), seconds);
}

static HRESULT set_security_flags(struct call *call, void *object)
{
	int64_t flags;
	if (!call_number(call, "security_flags", 0, &flags))
		return E_FAIL;
	return IBackgroundCopyJobHttpOptions_SetSecurityFlags((IBackgroundCopyJobHttpOptions *)object, (ULONG)flags);
}

static HRESULT get_security_flags(struct call *call, void *object)
{
	ULONG flags = 0;
	return give_number(call,
		IBackgroundCopyJobHttpOptions_GetSecurityFlags((IBackgroundCopyJobHttpOptions *)object, call_out_null(call) ? NULL : &flags), flags);
}

static const struct later_property {
	const char *name;
	const IID *iid;
	later_function *set, *get;
} properties[] = {
	{"reply_file_name", &IID_IBackgroundCopyJob2, set_reply_file_name, get_reply_file_name},
	{"acl_flags", &IID_IBackgroundCopyJob3, set_acl_flags, get_acl_flags},
	{"peer_caching_flags", &IID_IBackgroundCopyJob4, set_peer_caching_flags, get_peer_caching_flags},
	{"maximum_download_time", &IID_IBackgroundCopyJob4, set_maximum_download_time, get_maximum_download_time},
	{"security_flags", &IID_IBackgroundCopyJobHttpOptions, set_security_flags, get_security_flags},
};

static const struct later_property *find(const struct call *call, bool set)
{
	const char *name = call_word(call, "property");
	for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
		if (set ? call_has(call, properties[i].name) : name && strcmp(name, properties[i].name) == 0)
			return &properties[i];
	return NULL;
}

HRESULT com_later_property(struct call *call, IBackgroundCopyJob *job, bool set)
{
	const struct later_property *property = find(call, set);
	void *object = NULL;
	HRESULT hr;
	if (!property) {
		call->answer = ANSWER_UNSUPPORTED;
		strcpy(call->why, "no such property");
		return E_FAIL;
	}
	hr = IBackgroundCopyJob_QueryInterface(job, property->iid, &object);
	if (FAILED(hr))
		return hr;
	hr = set ? property->set(call, object) : property->get(call, object);
	IUnknown_Release((IUnknown *)object);
	return hr;
}
