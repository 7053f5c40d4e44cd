/* pairs_state.c -- STATE: what calls answer in each state, and which states follow each other. */
#include "conformance/test/pairs.h"

#define SUSPEND(t) CALL(t, "job.suspend hr=S_OK")
#define CANCEL(t) CALL(t, "job.cancel hr=S_OK")
#define ACKNOWLEDGED DONE CALL("3", "job.complete hr=S_OK") P("3", "ACKNOWLEDGED")
#define CANCELLED NEW CANCEL("0") P("0", "CANCELLED")
#define INVALID(call) CALL("4", call " hr=INVALID_STATE")
#define TWO NEW FILE1 FILE2 RESUME("0") P("0", "QUEUED") GO1
#define OFFLINE(t) E(t, "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none")
#define BLOCKED(t) E(t, "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "BLOCKED_BY_POLICY", "none")
#define REFUSED_ONCE QUEUED P("1", "CONNECTING") REFUSED("1")
#define EREF(t, state) E(t, state, "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0")

const struct pair PAIRS_STATE[] = {
	{ "STATE-001", IN_BOTH, NEW, BEGIN "0 client - job.create hr=S_OK as=j1 id=J1\n" P("0", "QUEUED") },
	{ "STATE-002", IN_BITS, QUEUED, NEW FILE1 RESUME("0") P("0", "SUSPENDED") },
	{ "STATE-003", IN_DO, QUEUED, NEW FILE1 CALL("0", "job.resume hr=INVALID_STATE") P("0", "SUSPENDED") },
	{ "STATE-004", IN_BITS, GO, QUEUED P("1", "TRANSFERRING") },
	{ "STATE-005", IN_DO, GO_DO, QUEUED P("1", "CONNECTING") },
	{ "STATE-006", IN_BITS, REFUSED_ONCE EREF("1", "TRANSIENT_ERROR"), REFUSED_ONCE EREF("1", "ERROR") },
	{ "STATE-007", IN_BITS, QUEUED NEW2 GO1 P("301", "QUEUED"),
		QUEUED NEW2 "0 client j2 job.add_file hr=S_OK url=http://origin/f2 local=w/f2\n0 client j2 job.resume hr=S_OK\n" P2("0", "QUEUED") GO1 P("90000", "TRANSFERRING") P2("90000", "QUEUED") },
	{ "STATE-008", IN_BITS, DONE, GO WHOLE("2", "/f1") P("200", "TRANSFERRING") },
	{ "STATE-008", IN_DO, DONE_DO, GO_DO WHOLE("2", "/f1") P("200", "TRANSFERRING") },
	{ "STATE-009", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") E404("2", "TRANSIENT_ERROR") },
	{ "STATE-009", IN_DO, FATAL_DO, GO_DO STATUS("2", "/f1", "404") P("2", "TRANSFERRED") },
	{ "STATE-010", IN_BITS, TRANSIENT, GO RESET("2", "/f1") ERST("2", "ERROR") },
	{ "STATE-010", IN_BITS, TRANSIENT, GO STATUS("2", "/f1", "500") P("2", "TRANSFERRED") },
	{ "STATE-011", IN_BITS, TRANSIENT ERST("1209602", "ERROR"), TRANSIENT RETRY RESET("604", "/f1") ERST("604", "TRANSIENT_ERROR") END("1300000") },
	{ "STATE-012", IN_BITS, TRANSIENT RETRY, TRANSIENT ERST("900", "TRANSIENT_ERROR") },
	{ "STATE-013", IN_BITS, FATAL E404("900", "ERROR"), FATAL E404("900", "QUEUED") },
	{ "STATE-014", IN_BOTH, QUEUED SUSPEND("0") P("0", "SUSPENDED"), QUEUED SUSPEND("0") P("0", "QUEUED") },
	{ "STATE-014", IN_BITS, TRANSIENT SUSPEND("3") ERST("3", "SUSPENDED"), GO CALL("2", "job.suspend hr=INVALID_STATE") P("2", "TRANSFERRING") },
	{ "STATE-015", IN_BOTH, NEW SUSPEND("0") P("0", "SUSPENDED"), NEW CALL("0", "job.suspend hr=INVALID_STATE") P("0", "SUSPENDED") },
	{ "STATE-017", IN_BOTH, CANCELLED INVALID("job.suspend") P("4", "CANCELLED"), CANCELLED CALL("4", "job.suspend hr=S_OK") P("4", "CANCELLED") },
	{ "STATE-018", IN_BITS, GO SUSPEND("2") P("2", "SUSPENDED"), GO SUSPEND("2") P("2", "SUSPENDED") REQ("3", "/f1") },
	{ "STATE-019", IN_BITS, ACKNOWLEDGED INVALID("job.resume") P("4", "ACKNOWLEDGED"), ACKNOWLEDGED RESUME("4") P("4", "ACKNOWLEDGED") },
	{ "STATE-020", IN_BOTH, NEW CALL("0", "job.resume hr=EMPTY") P("0", "SUSPENDED"), NEW RESUME("0") P("0", "SUSPENDED") },
	{ "STATE-021", IN_BITS, FATAL RESUME("3") E404("3", "QUEUED"), FATAL CALL("3", "job.resume hr=INVALID_STATE") E404("3", "ERROR") },
	{ "STATE-021", IN_BITS, FATAL RESUME("3") E404("3", "QUEUED"), FATAL RESUME("3") E404("3", "ERROR") },
	{ "STATE-022", IN_BITS, TRANSIENT RESUME("3") ERST("3", "QUEUED"), TRANSIENT RESUME("3") ERST("3", "TRANSIENT_ERROR") },
	{ "STATE-022", IN_BITS, TRANSIENT RESUME("3") ERST("3", "QUEUED"), TRANSIENT RESUME("3") ERST("3", "QUEUED") ERST("300", "QUEUED") },
	{ "STATE-023", IN_BITS, QUEUED RESUME("0") P("0", "QUEUED"), QUEUED RESUME("0") P("0", "SUSPENDED") },
	{ "STATE-025", IN_BOTH, CANCELLED, NEW CANCEL("0") P("0", "ACKNOWLEDGED") },
	{ "STATE-026", IN_BOTH, CANCELLED INVALID("job.cancel") P("4", "CANCELLED"), CANCELLED CANCEL("4") P("4", "CANCELLED") },
	{ "STATE-028", IN_BITS, NEW CALL("0", "job.cancel hr=0x0020001A") P("0", "CANCELLED"), NEW CALL("0", "job.cancel hr=0x0020001A") P("0", "SUSPENDED") },
	{ "STATE-029", IN_BITS, ACKNOWLEDGED, DONE CALL("3", "job.complete hr=S_OK") P("3", "TRANSFERRED") },
	{ "STATE-030", IN_BITS, GO CALL("2", "job.complete hr=PARTIAL_COMPLETE") P("2", "ACKNOWLEDGED"), GO CALL("2", "job.complete hr=INVALID_STATE") P("2", "TRANSFERRING") },
	{ "STATE-031", IN_BITS, TWO WHOLE("2", "/f1") REQ("3", "/f2") CALL("4", "job.complete hr=PARTIAL_COMPLETE") P("4", "ACKNOWLEDGED"),
		TWO WHOLE("2", "/f1") REQ("3", "/f2") CALL("4", "job.complete hr=S_OK") P("4", "ACKNOWLEDGED") },
	{ "STATE-032", IN_DO, GO_DO CALL("2", "job.complete hr=S_OK") P("2", "ACKNOWLEDGED"), GO_DO CALL("2", "job.complete hr=0x00000001") P("2", "ACKNOWLEDGED") },
	{ "STATE-033", IN_BITS, ACKNOWLEDGED INVALID("job.complete") P("4", "ACKNOWLEDGED"), ACKNOWLEDGED CALL("4", "job.complete hr=S_OK") P("4", "ACKNOWLEDGED") },
	{ "STATE-034", IN_BITS, BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 type=upload\n" P("0", "SUSPENDED") CALL("0", "job.complete hr=INVALID_STATE") P("0", "SUSPENDED"),
		BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 type=upload\n" P("0", "SUSPENDED") CALL("0", "job.complete hr=S_OK") P("0", "ACKNOWLEDGED") },
	{ "STATE-035", IN_BITS, DONE WORLD("3", "disk word=locked") CALL("3", "job.complete hr=0x80070020") P("3", "TRANSFERRED"),
		DONE WORLD("3", "disk word=locked") CALL("3", "job.complete hr=0x80070020") P("3", "ACKNOWLEDGED") },
	{ "STATE-036", IN_BITS, FATAL CALL("3", "job.complete hr=PARTIAL_COMPLETE") P("3", "ACKNOWLEDGED"), FATAL CALL("3", "job.complete hr=INVALID_STATE") E404("3", "ERROR") },
	{ "STATE-037", IN_BOTH, CANCELLED P("9", "CANCELLED"), CANCELLED P("9", "QUEUED") },
	{ "STATE-038", IN_BITS, CANCELLED "4 client - job.open hr=NOT_FOUND as=j3 id=J1\n", CANCELLED "4 client - job.open hr=S_OK as=j3 id=J1\n" },
	{ "STATE-039", IN_BITS, GO WORLD("2", "user word=logoff") P("2", "QUEUED"), GO WORLD("2", "user word=logoff") P("2", "TRANSFERRING") },
	{ "STATE-040", IN_BITS, GO WORLD("2", "user word=logoff") P("2", "QUEUED") WORLD("3", "user word=logon") P("3", "QUEUED") P("4", "CONNECTING"),
		GO WORLD("2", "user word=logoff") P("2", "QUEUED") WORLD("3", "user word=logon") P("3", "QUEUED") P("500", "QUEUED") },
	{ "STATE-041", IN_BITS, NET_DOWN OFFLINE("2"), NET_DOWN P("2", "TRANSFERRING") },
	{ "STATE-042", IN_BITS, NET_DOWN OFFLINE("2") WORLD("9", "net word=up") E("9", "QUEUED", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none"),
		NET_DOWN OFFLINE("2") WORLD("9", "net word=up") OFFLINE("9") },
	{ "STATE-043", IN_BITS, GO WORLD("2", "policy word=block cause=policy.bandwidth") BLOCKED("2") WORLD("9", "policy word=allow") E("9", "QUEUED", "GENERAL_QUEUE_MANAGER", "BLOCKED_BY_POLICY", "none"),
		GO WORLD("2", "policy word=block cause=policy.bandwidth") BLOCKED("2") WORLD("9", "policy word=allow") BLOCKED("9") },
	{ "STATE-044", IN_BITS, NET_DOWN OFFLINE("2") OFFLINE("900"), NET_DOWN OFFLINE("2") REQ("900", "/f1") },
	{ "STATE-045", IN_BOTH, QUEUED, NEW P("0", "TRANSFERRED") },
	{ "STATE-045", IN_BITS, DONE, DONE P("3", "QUEUED") },
	{ "STATE-046", IN_BOTH, NEW CALL("0", "job.state hr=E_POINTER out=null"), NEW CALL("0", "job.state hr=S_OK out=null") },
	{ "STATE-047", IN_BITS, DONE CALL("3", "job.add_file hr=S_OK url=http://origin/f2 local=w/f2") P("3", "TRANSFERRED") RESUME("3") P("3", "QUEUED") P("4", "CONNECTING") REQ("4", "/f2") P("4", "TRANSFERRING") WHOLE("5", "/f2") P("5", "TRANSFERRED"),
		DONE CALL("3", "job.add_file hr=S_OK url=http://origin/f2 local=w/f2") P("3", "TRANSFERRED") RESUME("3") P("3", "QUEUED") P("4", "TRANSFERRED") },
	{ "STATE-048", IN_BITS, TWO STATUS("2", "/f1", "404") E404("2", "ERROR"), TWO STATUS("2", "/f1", "404") REQ("3", "/f2") },
	{ "STATE-049", IN_BITS, TWO WHOLE("2", "/f1") REQ("3", "/f2"), TWO REQ("1", "/f2") },
};
const unsigned PAIRS_STATE_COUNT = sizeof PAIRS_STATE / sizeof PAIRS_STATE[0];
