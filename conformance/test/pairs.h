/* pairs.h -- a trace that keeps a rule and one that breaks it, for every rule that is judged: the words they are written in.
 *
 * A line is one of a trace, but its time is whole or decimal seconds without padding. */
#ifndef BGCHECK_CONFORMANCE_TEST_PAIRS_H
#define BGCHECK_CONFORMANCE_TEST_PAIRS_H

#include "conformance/rules.h"

#define IN_DO 1u
#define IN_BITS 2u
#define IN_BOTH 3u

struct pair {
	const char *rule;
	unsigned dialects;
	const char *good;   /* the trigger happens, nothing at all is found */
	const char *bad;    /* this rule is broken, others may be */
};

extern const struct pair PAIRS_ERROR[], PAIRS_CODE[], PAIRS_STATE[], PAIRS_REST[], PAIRS_MANAGER[], PAIRS_JOB[], PAIRS_WORLD[], PAIRS_LATER[];
extern const unsigned PAIRS_ERROR_COUNT, PAIRS_CODE_COUNT, PAIRS_STATE_COUNT, PAIRS_REST_COUNT, PAIRS_MANAGER_COUNT, PAIRS_JOB_COUNT, PAIRS_WORLD_COUNT,
	PAIRS_LATER_COUNT;

#define BEGIN "0 player - begin id=t tier=virtual\n"
#define END(t) t " player - end reason=done leaks=0\n"
#define CALL(t, call) t " client j1 " call "\n"
#define ON(t, handle, call) t " client " handle " " call "\n"
/* Probes: without an error, and with one. */
#define P(t, state) t " client j1 probe state=" state " hr=ERROR_INFORMATION_UNAVAILABLE after=" state "\n"
#define P2(t, state) t " client j2 probe state=" state " hr=ERROR_INFORMATION_UNAVAILABLE after=" state "\n"
#define E(t, state, context, code, file) \
	t " client j1 probe state=" state " hr=S_OK context=" context " code=" code " file=" file " after=" state "\n"
#define E404(t, state) E(t, state, "REMOTE_FILE", "HTTP_404", "0")
#define ERST(t, state) E(t, state, "GENERAL_TRANSPORT", "WININET_E_CONNECTION_RESET", "0")
#define CB(t, kind, rest) t " cb j1 " kind " " rest "\n"
#define WORLD(t, what) t " world - " what "\n"
#define REQ(t, path) t " origin " path " request method=GET host=origin range=none n=1\n"
#define HEAD(t, path) t " origin " path " request method=HEAD host=origin range=none n=1\n"
#define RANGE(t, path, range) t " origin " path " request method=GET host=origin range=" range " n=1\n"
#define RES(t, path, what) t " origin " path " response n=1 " what "\n"
#define WHOLE(t, path) RES(t, path, "status=200 length=65536 sent=65536 ending=done fault=none content=1 version=1 from=0 total=65536")
#define RESET(t, path) RES(t, path, "status=200 length=65536 sent=16384 ending=reset fault=reset@16k content=1 version=1 from=0 total=65536")
#define STATUS(t, path, status) RES(t, path, "status=" status " length=32 sent=32 ending=done fault=none content=0 version=0 from=0 total=0")
#define REFUSED(t) t " origin origin connect answer=refuse\n"

#define NEW BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 type=download\n" P("0", "SUSPENDED")
#define NEW2 "0 client - job.create hr=S_OK as=j2 id=J2 type=download\n" P2("0", "SUSPENDED")
#define FILE1 CALL("0", "job.add_file hr=S_OK url=http://origin/f1 local=w/f1")
#define FILE2 CALL("0", "job.add_file hr=S_OK url=http://origin/f2 local=w/f2")
#define SET(what) CALL("0", "job.set hr=S_OK " what)
#define RESUME(t) CALL(t, "job.resume hr=S_OK")
#define QUEUED NEW FILE1 RESUME("0") P("0", "QUEUED")

/* Uploads. */
#define OF_TYPE(type) BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 type=" type "\n" P("0", "SUSPENDED")
#define SENDS(type) OF_TYPE(type) FILE1 RESUME("0") P("0", "QUEUED") P("1", "CONNECTING")
#define SENT "1 origin /f1 request method=PUT host=origin range=none n=1\n"
#define PUT_REFUSED(t, status, fault) SENT RES(t, "/f1", "status=" status " length=32 sent=0 ending=done fault=" fault " content=0 version=0 from=0 total=0")

/* Data flow: in bits by way of CONNECTING. */
#define GO1 P("1", "CONNECTING") REQ("1", "/f1") P("1", "TRANSFERRING")
#define GO QUEUED GO1
#define GO_DO QUEUED REQ("1", "/f1") P("1", "TRANSFERRING")
#define DONE GO WHOLE("2", "/f1") P("2", "TRANSFERRED")
#define DONE_DO GO_DO WHOLE("2", "/f1") P("2", "TRANSFERRED")
#define FATAL GO STATUS("2", "/f1", "404") E404("2", "ERROR")
#define FATAL_DO GO_DO STATUS("2", "/f1", "404") E("2", "ERROR", "NONE", "HTTP_404", "0")
#define TRANSIENT GO RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR")
#define TRANSIENT_DO GO_DO RESET("2", "/f1") E("2", "TRANSIENT_ERROR", "NONE", "WININET_E_CONNECTION_RESET", "0")
/* The retry 600 s later, up to the request. */
#define RETRY ERST("602", "QUEUED") ERST("603", "CONNECTING") RANGE("603", "/f1", "16384-")
#define REST(t) RES(t, "/f1", "status=206 length=49152 sent=49152 ending=done fault=none content=1 version=1 from=16384 total=65536")
#define NET_DOWN GO WORLD("2", "net word=down")
#define NET_DOWN_DO GO_DO WORLD("2", "net word=down")

#endif
