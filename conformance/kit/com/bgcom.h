/* bgcom.h -- the parts of the COM adapter: BITS behind the adapter protocol, version 1, over stdin and stdout.
 *
 * Threads: main reads lines, workers serve commands one after the other, callbacks of the service come on threads of RPC.
 * While a callback waits for its answer, a second command may start although the first has not ended: the service may
 * keep the first one waiting for the callback. All threads live in the one multithreaded apartment. */
#ifndef BGCOM_H
#define BGCOM_H

#define COBJMACROS
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <objbase.h>
#include <bits.h>
#include <bits1_5.h>
#include <bits2_0.h>
#include <bits2_5.h>
#include <bits3_0.h>

#include "json.h"

#define NAME_SIZE 64             /* of a handle */
#define HANDLES_MAX 1024
#define CREATED_MAX 1024         /* jobs of a scenario */
#define CALLBACKS_MAX 256        /* jobs of a scenario with a notify interface */
#define WAITS_MAX 64             /* callbacks that wait for their answer at one time */
#define CALLBACK_LIMIT_MS 30000
#define CALL_TEXTS_MAX 16
#define REPLY_SIZE (128 * 1024)  
#define LANGUAGE_DEFAULT 0x0409   /* English, when a command names no language */
#define WHY_SIZE 256

/* What an out pointer holds before a call, to see whether the call wrote it. */
#define OUT_POISON ((void *)(UINT_PTR)0xB6B6B6B6B6B6B6B6ull)

struct com_handle {
	char name[NAME_SIZE];    /* "": free */
	IID iid;                 /* interface of the pointer */
	IUnknown *object;
	unsigned references;     /* that the client owns; 0 only while borrowed */
	bool borrowed;           /* valid during a callback */
};

struct com_wait {
	bool used, answered;
	int64_t cb;
	HRESULT answer;
};

struct com_callback;

struct adapter {
	SRWLOCK lock;                        /* all fields below up to the writer */
	CONDITION_VARIABLE changed;          /* a wait was answered, the queue moved, a worker is free */
	struct com_handle handle[HANDLES_MAX];
	GUID created[CREATED_MAX];
	unsigned created_count;
	struct com_callback *callback[CALLBACKS_MAX];
	unsigned callback_count;
	struct com_wait wait[WAITS_MAX];
	unsigned waits_open;
	int64_t last_cb;
	bool closing, leaving;               /* no callback is waited for any more; the process ends */
	int64_t began_ns;                    /* scenario.begin, by the counter */
	IBackgroundCopyManager *manager;     /* made at the first need, kept to the end */

	SRWLOCK writer;                      /* stdout */
};

enum answer { ANSWER_RESULT, ANSWER_UNSUPPORTED, ANSWER_BROKEN };

/* One command in work. */
struct call {
	struct adapter *adapter;
	const char *command;
	const struct json *args;
	enum answer answer;
	char why[WHY_SIZE];
	struct json_out fields;              /* of the reply, each with a comma before it */
	WCHAR *text[CALL_TEXTS_MAX];         /* freed with the call */
	unsigned texts_count;
};

/* A command. `object` is the interface that its row asks for. Returns the HRESULT of the method; when it cannot even
 * call the method it returns call_broken(). */
typedef HRESULT call_function(struct call *call, void *object);

struct call_row {
	const char *command;
	const char *key;                     /* of the object's handle in the arguments; NULL: none */
	const IID *iid;                      /* what `object` is; NULL: the function finds it itself */
	call_function *function;
};

/* adapter.c */
/* Writes one line, newline added, and flushes. Any thread. */
void adapter_write(struct adapter *adapter, const char *line);

/* com_handle.c: the client's handles. Any thread; the names are unique. */
/* Takes over one reference. False when the table is full or the name is in use: the reference stays the caller's. */
bool com_handle_add(struct adapter *adapter, const char *name, const IID *iid, IUnknown *object, bool borrowed);
bool com_handle_exists(struct adapter *adapter, const char *name);
/* Gives the interface with a reference of its own, by QueryInterface when the handle is of another one.
 * A name without a handle gives HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE). `found` may be NULL. */
HRESULT com_handle_take(struct adapter *adapter, const char *name, const IID *iid, void **object, IID *found);
/* AddRef and Release of the client, with the count that they return. */
HRESULT com_handle_add_ref(struct adapter *adapter, const char *name, ULONG *count);
HRESULT com_handle_release(struct adapter *adapter, const char *name, ULONG *count);
/* The callback returns: what the client did not AddRef is gone, the rest is its own. */
void com_handle_return(struct adapter *adapter, const char *name);
/* Releases everything. Returns how many handles the client had not released. */
unsigned com_handle_clear(struct adapter *adapter);
/* IID from an interface's name or a GUID, with braces or without. */
bool com_handle_iid(const char *text, IID *iid);
extern const IID com_iid_job5;

/* com_service.c: the process of the service; on Wine, where it is the adapter's own. */
/* Starts it and waits until it runs, at most some seconds. Whether it does is for the activation to tell. */
void com_service_start(void);
/* Ends it and waits until its process is gone, at most some seconds. S_OK when it is, or did not run. */
HRESULT com_service_end(void);

/* com_callback.c: the client's IBackgroundCopyCallback. */
/* The callback object of a job handle, made at first need; borrowed. NULL when there are too many. */
IUnknown *com_callback_of(struct adapter *adapter, const char *job);
/* Answer of the runner. False when nothing waits under this number. */
bool com_callback_answer(struct adapter *adapter, int64_t cb, HRESULT answer);
/* From now on callbacks return S_OK in silence; those that wait return. */
void com_callback_clear(struct adapter *adapter);

/* com_call.c: a command from its arguments to its reply. */
/* Serves one command and writes the reply. Returns false after bye. */
bool com_call(struct adapter *adapter, int64_t id, const char *command, const struct json *args);
/* Ends the scenario: cancels its jobs, releases its handles. Returns the number of leaks. */
unsigned com_call_clear(struct adapter *adapter);

HRESULT call_broken(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Arguments. False: the reply is broken, the command returns at once (any value). A missing key or null gives NULL. */
bool call_text(struct call *call, const char *key, const char *otherwise, const WCHAR **text);
bool call_number(struct call *call, const char *key, int64_t otherwise, int64_t *number);
/* The argument as UTF-8, or NULL. */
const char *call_word(const struct call *call, const char *key);
bool call_has(const struct call *call, const char *key);
/* Whether the client passes NULL for the out pointer (out=null). */
bool call_out_null(const struct call *call);
/* Fields of the reply. 64 bits of ones are -1. */
void call_field(struct call *call, const char *key, int64_t number);
void call_field_text(struct call *call, const char *key, const WCHAR *text);
void call_field_guid(struct call *call, const char *key, const GUID *guid);
/* Finishes a command with a new object: puts it under `as`, or releases it; notes what a refusal left in the pointer. */
HRESULT call_object(struct call *call, HRESULT hr, void *object, const IID *iid);
/* The same for a text, which goes into the field and is freed. */
HRESULT call_string(struct call *call, HRESULT hr, WCHAR *text, const char *key);

/* com_manager.c: the version of Wine, or NULL on Windows. */
const char *com_wine_version(void);

/* The rows of each group of commands, ended by a NULL. */
extern const struct call_row com_manager_rows[], com_job_rows[], com_later_rows[], com_error_rows[], com_object_rows[];
/* com_property.c */
HRESULT com_property_set(struct call *call, void *object);
HRESULT com_property_get(struct call *call, void *object);
/* com_later.c: a property that only a later interface has; unsupported when there is none such. */
HRESULT com_later_property(struct call *call, IBackgroundCopyJob *job, bool set);

#endif
