/* pairs_error.c -- ERR-LIFE, ERR-ACC, ERR-CTX, ERR-FILE. */
#include "conformance/test/pairs.h"

#define GET_ERROR(t) CALL(t, "job.get_error hr=S_OK as=e1")
#define NO_NET E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none")
#define NO_NET_DO E("2", "TRANSIENT_ERROR", "NONE", "BLOCKED_BY_NO_NETWORK", "none")
#define SOURCE_CHANGED WORLD("2", "disk word=changed name=w/f1")
#define TWO_FILES NEW FILE1 FILE2 RESUME("0") P("0", "QUEUED") GO1 WHOLE("2", "/f1") REQ("3", "/f2") STATUS("4", "/f2", "404")
#define IN_CALLBACK(job_code) \
	CB("3", "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 job_context=REMOTE_FILE job_code=" job_code " return=S_OK n=1")

const struct pair PAIRS_ERROR[] = {
	{ "ERR-LIFE-001", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") P("2", "ERROR") },
	{ "ERR-LIFE-001", IN_BITS, FATAL, QUEUED P("1", "CONNECTING") REFUSED("1") P("1", "ERROR") },
	{ "ERR-LIFE-001", IN_DO, FATAL_DO, GO_DO STATUS("2", "/f1", "404") P("2", "ERROR") },
	{ "ERR-LIFE-002", IN_BITS, TRANSIENT, GO RESET("2", "/f1") P("2", "TRANSIENT_ERROR") },
	{ "ERR-LIFE-002", IN_DO, TRANSIENT_DO, GO_DO RESET("2", "/f1") P("2", "TRANSIENT_ERROR") },
	{ "ERR-LIFE-003", IN_BITS, TRANSIENT RETRY P("604", "TRANSFERRING"), TRANSIENT RETRY ERST("604", "TRANSFERRING") },
	{ "ERR-LIFE-004", IN_BOTH, NEW, NEW FILE1 ERST("0", "SUSPENDED") },
	{ "ERR-LIFE-004", IN_BITS, GO, GO ERST("2", "TRANSFERRING") },
	{ "ERR-LIFE-005", IN_BOTH, NEW CALL("0", "job.resume hr=EMPTY") P("0", "SUSPENDED"), NEW CALL("0", "job.resume hr=EMPTY") ERST("0", "SUSPENDED") },
	{ "ERR-LIFE-006", IN_BITS, FATAL CALL("3", "job.state hr=E_POINTER out=null") E404("3", "ERROR"), FATAL CALL("3", "job.state hr=E_POINTER out=null") P("3", "ERROR") },
	{ "ERR-LIFE-007", IN_BITS, FATAL RESUME("3") E404("3", "QUEUED"), FATAL RESUME("3") P("3", "QUEUED") },
	{ "ERR-LIFE-008", IN_BITS, FATAL CALL("3", "job.suspend hr=S_OK") E404("3", "SUSPENDED"), FATAL CALL("3", "job.suspend hr=S_OK") P("3", "SUSPENDED") },
	{ "ERR-LIFE-009", IN_BITS, TRANSIENT ERST("1209602", "ERROR"), TRANSIENT E("1209602", "ERROR", "GENERAL_TRANSPORT", "0x00190194", "0") },
	{ "ERR-LIFE-010", IN_BITS, TRANSIENT RETRY STATUS("604", "/f1", "404") E404("604", "ERROR"), TRANSIENT RETRY STATUS("604", "/f1", "404") ERST("604", "ERROR") },
	{ "ERR-LIFE-010", IN_DO, FATAL_DO RESUME("3") P("3", "TRANSFERRING") REQ("3", "/f1") STATUS("4", "/f1", "403") E("4", "ERROR", "REMOTE_FILE", "HTTP_403", "0"),
		FATAL_DO RESUME("3") P("3", "TRANSFERRING") REQ("3", "/f1") STATUS("4", "/f1", "403") E("4", "ERROR", "NONE", "HTTP_404", "0") },
	{ "ERR-LIFE-011", IN_BITS,
		FATAL GET_ERROR("3") E404("3", "ERROR") ON("3", "e1", "error.get_error hr=S_OK context=REMOTE_FILE code=HTTP_404") RESUME("4") E404("4", "QUEUED")
			E404("5", "CONNECTING") REQ("5", "/f1") P("5", "TRANSFERRING") ON("6", "e1", "error.get_error hr=S_OK context=REMOTE_FILE code=HTTP_404"),
		FATAL GET_ERROR("3") E404("3", "ERROR") ON("3", "e1", "error.get_error hr=S_OK context=REMOTE_FILE code=HTTP_404") RESUME("4") E404("4", "QUEUED")
			REQ("5", "/f1") STATUS("6", "/f1", "403") E("6", "ERROR", "REMOTE_FILE", "HTTP_403", "0") ON("6", "e1", "error.get_error hr=S_OK context=REMOTE_FILE code=HTTP_403") },
	{ "ERR-LIFE-012", IN_BITS, FATAL GET_ERROR("3") E404("3", "ERROR") CALL("3", "handle.release hr=S_OK count=0") ON("3", "e1", "error.get_error hr=S_OK context=REMOTE_FILE code=HTTP_404"),
		FATAL GET_ERROR("3") E404("3", "ERROR") CALL("3", "handle.release hr=S_OK count=0") ON("3", "e1", "error.get_error hr=0x80010108") },
	{ "ERR-LIFE-014", IN_BITS, FATAL CALL("3", "job.cancel hr=S_OK") P("3", "CANCELLED"), FATAL CALL("3", "job.cancel hr=S_OK") E404("3", "CANCELLED") },
	{ "ERR-LIFE-015", IN_BITS, FATAL CALL("3", "job.complete hr=PARTIAL_COMPLETE") P("3", "ACKNOWLEDGED"), FATAL CALL("3", "job.complete hr=PARTIAL_COMPLETE") E404("3", "ACKNOWLEDGED") },
	{ "ERR-LIFE-016", IN_BITS, TRANSIENT RETRY REST("604") P("604", "TRANSFERRED"), TRANSIENT RETRY REST("604") ERST("604", "TRANSFERRED") },
	{ "ERR-LIFE-017", IN_BITS, FATAL E404("3", "ERROR"), FATAL E("3", "ERROR", "REMOTE_FILE", "HTTP_403", "0") },
	{ "ERR-LIFE-018", IN_BITS, QUEUED NEW2 GO1 STATUS("2", "/f1", "404") E404("2", "ERROR") P2("2", "SUSPENDED"),
		QUEUED NEW2 GO1 STATUS("2", "/f1", "404") E404("2", "ERROR") "2 client j2 probe state=SUSPENDED hr=S_OK context=REMOTE_FILE code=HTTP_404 file=? after=SUSPENDED\n" },
	{ "ERR-LIFE-019", IN_BITS, FATAL WORLD("3", "service word=kill") WORLD("4", "service word=start") E404("4", "ERROR"),
		FATAL WORLD("3", "service word=kill") WORLD("4", "service word=start") P("4", "QUEUED") },

	{ "ERR-ACC-001", IN_DO, NEW, BEGIN "0 client - job.create hr=S_OK as=j1 id=J1\n0 client j1 probe state=SUSPENDED hr=E_FAIL after=SUSPENDED\n" },
	{ "ERR-ACC-002", IN_BITS, NEW CALL("0", "job.get_error hr=ERROR_INFORMATION_UNAVAILABLE as=e1"), NEW CALL("0", "job.get_error hr=INVALID_STATE as=e1") },
	{ "ERR-ACC-003", IN_BOTH, NEW CALL("0", "job.get_error hr=ERROR_INFORMATION_UNAVAILABLE as=e1 left=null"), NEW CALL("0", "job.get_error hr=ERROR_INFORMATION_UNAVAILABLE as=e1 left=garbage") },
	{ "ERR-ACC-004", IN_BOTH, NEW CALL("0", "job.get_error hr=E_POINTER out=null"), NEW CALL("0", "job.get_error hr=ERROR_INFORMATION_UNAVAILABLE out=null") },
	{ "ERR-ACC-005", IN_BITS, FATAL GET_ERROR("3") ON("3", "e1", "handle.query_interface hr=S_OK as=u1 iid=IUnknown same=1"), FATAL GET_ERROR("3") ON("3", "e1", "handle.query_interface hr=E_NOINTERFACE as=u1 iid=IUnknown") },
	{ "ERR-ACC-006", IN_BOTH, NEW, NEW FILE1 ERST("0", "SUSPENDED") },
	{ "ERR-ACC-007", IN_BITS, FATAL GET_ERROR("3") E404("3", "ERROR"), FATAL GET_ERROR("3") E404("3", "SUSPENDED") },

	{ "ERR-CTX-001", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "77", "HTTP_404", "0") },
	{ "ERR-CTX-002", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "NONE", "HTTP_404", "0") },
	{ "ERR-CTX-003", IN_DO, GO_DO STATUS("2", "/f1", "403") E("2", "ERROR", "REMOTE_FILE", "HTTP_403", "0"), GO_DO STATUS("2", "/f1", "403") E("2", "ERROR", "NONE", "HTTP_403", "0") },
	{ "ERR-CTX-004", IN_DO, FATAL_DO, GO_DO STATUS("2", "/f1", "404") E("2", "ERROR", "GENERAL_TRANSPORT", "HTTP_404", "0") },
	{ "ERR-CTX-005", IN_DO, FATAL_DO, GO_DO STATUS("2", "/f1", "404") E("2", "ERROR", "LOCAL_FILE", "HTTP_404", "0") },
	{ "ERR-CTX-006", IN_BITS, GO WORLD("2", "disk word=denied") E("2", "ERROR", "LOCAL_FILE", "E_ACCESSDENIED", "0"), GO WORLD("2", "disk word=denied") E("2", "ERROR", "REMOTE_FILE", "E_ACCESSDENIED", "0") },
	{ "ERR-CTX-007", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "GENERAL_TRANSPORT", "HTTP_404", "0") },
	{ "ERR-CTX-008", IN_BITS, QUEUED P("1", "CONNECTING") REFUSED("1") E("1", "TRANSIENT_ERROR", "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0"),
		QUEUED P("1", "CONNECTING") REFUSED("1") E("1", "TRANSIENT_ERROR", "LOCAL_FILE", "WININET_E_CANNOT_CONNECT", "0") },
	{ "ERR-CTX-009", IN_BITS, NET_DOWN NO_NET, NET_DOWN E("2", "TRANSIENT_ERROR", "LOCAL_FILE", "NETWORK_DISCONNECTED", "none") },
	{ "ERR-CTX-010", IN_BITS, SENDS("upload") PUT_REFUSED("2", "503", "application") E("2", "ERROR", "REMOTE_APPLICATION", "HTTP_503", "0"),
		SENDS("upload") PUT_REFUSED("2", "503", "application") E("2", "ERROR", "REMOTE_FILE", "HTTP_503", "0") },
	{ "ERR-CTX-011", IN_BITS, SENDS("upload") SOURCE_CHANGED E("2", "ERROR", "LOCAL_FILE", "LOCAL_FILE_CHANGED", "0"),
		SENDS("upload") SOURCE_CHANGED E("2", "ERROR", "REMOTE_FILE", "LOCAL_FILE_CHANGED", "0") },
	{ "ERR-CTX-011", IN_BITS, SENDS("upload") SOURCE_CHANGED E("2", "ERROR", "LOCAL_FILE", "LOCAL_FILE_CHANGED", "0"),
		SENDS("upload") SOURCE_CHANGED E("2", "ERROR", "LOCAL_FILE", "TOO_LARGE", "0") },
	{ "ERR-CTX-013", IN_BITS, FATAL GET_ERROR("3") ON("3", "e1", "error.get_error hr=E_INVALIDARG out=null"), FATAL GET_ERROR("3") ON("3", "e1", "error.get_error hr=S_OK out=null") },
	{ "ERR-CTX-014", IN_BITS, FATAL IN_CALLBACK("HTTP_404"), FATAL IN_CALLBACK("HTTP_403") },

	{ "ERR-FILE-001", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "REMOTE_FILE", "HTTP_404", "none") },
	{ "ERR-FILE-002", IN_DO, NET_DOWN_DO NO_NET_DO GET_ERROR("2") ON("2", "e1", "error.get_file hr=FILE_NOT_AVAILABLE as=f1"), NET_DOWN_DO NO_NET_DO GET_ERROR("2") ON("2", "e1", "error.get_file hr=E_FAIL as=f1") },
	{ "ERR-FILE-003", IN_BITS, NET_DOWN NO_NET, NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "0") },
	{ "ERR-FILE-004", IN_BITS, NET_DOWN NO_NET GET_ERROR("2") ON("2", "e1", "error.get_file hr=FILE_NOT_AVAILABLE as=f1 left=null"),
		NET_DOWN NO_NET GET_ERROR("2") ON("2", "e1", "error.get_file hr=FILE_NOT_AVAILABLE as=f1 left=garbage") },
	{ "ERR-FILE-005", IN_BITS, TWO_FILES E("4", "ERROR", "REMOTE_FILE", "HTTP_404", "1"), TWO_FILES E404("4", "ERROR") },
	{ "ERR-FILE-005", IN_BITS,
		TWO_FILES E("4", "ERROR", "REMOTE_FILE", "HTTP_404", "1") GET_ERROR("4") ON("4", "e1", "error.get_file hr=S_OK as=f1") ON("4", "f1", "file.local_name hr=S_OK name=w/f2"),
		TWO_FILES E("4", "ERROR", "REMOTE_FILE", "HTTP_404", "1") GET_ERROR("4") ON("4", "e1", "error.get_file hr=S_OK as=f1") ON("4", "f1", "file.local_name hr=S_OK name=w/f1") },
	{ "ERR-FILE-006", IN_BITS,
		FATAL GET_ERROR("3") ON("3", "e1", "error.get_file hr=S_OK as=f1") ON("3", "f1", "file.set_remote_name hr=S_OK url=http://origin/f9") RESUME("4") E404("4", "QUEUED") E404("5", "CONNECTING") REQ("5", "/f9"),
		FATAL GET_ERROR("3") ON("3", "e1", "error.get_file hr=S_OK as=f1") ON("3", "f1", "file.set_remote_name hr=S_OK url=http://origin/f9") RESUME("4") E404("4", "QUEUED") E404("5", "CONNECTING") REQ("5", "/f1") },
	{ "ERR-FILE-007", IN_BITS,
		FATAL GET_ERROR("3") ON("3", "e1", "error.get_file hr=S_OK as=f1") ON("3", "e1", "handle.release hr=S_OK count=0") ON("3", "f1", "file.local_name hr=S_OK name=w/f1"),
		FATAL GET_ERROR("3") ON("3", "e1", "error.get_file hr=S_OK as=f1") ON("3", "e1", "handle.release hr=S_OK count=0") ON("3", "f1", "file.local_name hr=0x80010108") },
	{ "ERR-FILE-008", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E("2", "ERROR", "REMOTE_FILE", "HTTP_404", "none") },
	{ "ERR-FILE-009", IN_DO, GO_DO STATUS("2", "/f1", "403") E("2", "ERROR", "REMOTE_FILE", "HTTP_403", "0"), GO_DO STATUS("2", "/f1", "403") E("2", "ERROR", "REMOTE_FILE", "HTTP_403", "none") },
};
const unsigned PAIRS_ERROR_COUNT = sizeof PAIRS_ERROR / sizeof PAIRS_ERROR[0];
