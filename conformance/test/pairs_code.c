/* pairs_code.c -- ERR-CODE, NET, FILE: what the origin and the world did, and the code of the error. */
#include "conformance/test/pairs.h"

#define BLOCK(t, cause) WORLD(t, "policy word=block cause=" cause)
#define SHORT(t) RES(t, "/f1", "status=200 length=65536 sent=16384 ending=truncate fault=truncate@16k content=1 version=1 from=0 total=65536")
#define NO_LENGTH(t) RES(t, "/f1", "status=200 length=none sent=0 ending=aborted fault=none content=1 version=1 from=0 total=65536")
#define GARBAGE(t) RES(t, "/f1", "status=0 length=0 sent=0 ending=garbage fault=garbage content=0 version=0 from=0 total=0")
#define PARTS NEW CALL("0", "job.add_file_with_ranges hr=S_OK url=http://origin/f1 local=w/f1 ranges=100-149") RESUME("0") P("0", "QUEUED")
#define MERGED(t) RES(t, "/f1", "status=206 length=65436 sent=0 ending=aborted fault=merged content=1 version=1 from=100 total=65536")
#define TRANSIENT_IN(code) E("2", "TRANSIENT_ERROR", "NONE", code, "none")
#define FATAL_IN(context, code) E("2", "ERROR", context, code, "0")
#define MAXIMUM NEW SET("maximum_download_time=600s") FILE1 RESUME("0") P("0", "QUEUED") GO1
#define OTHER "WININET_E_CANNOT_CONNECT"
#define CHECK(t, expected, found) t " player - check passed=1 step=x expected=\"" expected "\" found=\"" found "\"\n"

const struct pair PAIRS_CODE[] = {
	{ "ERR-CODE-001", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") FATAL_IN("REMOTE_FILE", "0x00190194") },
	{ "ERR-CODE-002", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") FATAL_IN("REMOTE_FILE", "HTTP_403") },
	{ "ERR-CODE-003", IN_DO, TRANSIENT_DO E("86402", "ERROR", "NONE", "NO_PROGRESS", "0"), TRANSIENT_DO E("86402", "ERROR", "NONE", "WININET_E_CONNECTION_RESET", "0") },
	{ "ERR-CODE-004", IN_DO, NET_DOWN_DO TRANSIENT_IN("BLOCKED_BY_NO_NETWORK"), NET_DOWN_DO TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-005", IN_DO, GO_DO BLOCK("2", "policy.cost") TRANSIENT_IN("BLOCKED_BY_COST_TRANSFER_POLICY"), GO_DO BLOCK("2", "policy.cost") TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-006", IN_DO, GO_DO BLOCK("2", "policy.cellular") TRANSIENT_IN("BLOCKED_BY_CELLULAR_POLICY"), GO_DO BLOCK("2", "policy.cellular") TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-007", IN_DO, GO_DO BLOCK("2", "policy.power") TRANSIENT_IN("BLOCKED_BY_POWER_STATE"), GO_DO BLOCK("2", "policy.power") TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-008", IN_DO, GO_DO BLOCK("2", "policy.vpn") TRANSIENT_IN("BLOCKED_BY_VPN_POLICY"), GO_DO BLOCK("2", "policy.vpn") TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-009", IN_DO, GO_DO BLOCK("2", "policy.memory") TRANSIENT_IN("BLOCKED_BY_CRITICAL_MEMORY_USAGE"), GO_DO BLOCK("2", "policy.memory") TRANSIENT_IN(OTHER) },
	{ "ERR-CODE-010", IN_DO, GO_DO SHORT("2") E("2", "TRANSIENT_ERROR", "NONE", "HTTP_BLOCKSIZE_MISMATCH", "0"), GO_DO SHORT("2") E("2", "TRANSIENT_ERROR", "NONE", OTHER, "0") },
	{ "ERR-CODE-011", IN_DO, PARTS RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") WHOLE("2", "/f1") FATAL_IN("NONE", "INSUFFICIENT_RANGE_SUPPORT"),
		PARTS RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") WHOLE("2", "/f1") FATAL_IN("NONE", OTHER) },
	{ "ERR-CODE-012", IN_DO, GO_DO STATUS("2", "/f1", "416") FATAL_IN("NONE", "INVALID_RANGE"), GO_DO STATUS("2", "/f1", "416") FATAL_IN("NONE", OTHER) },
	{ "ERR-CODE-013", IN_BITS, NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none"), NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", OTHER, "none") },
	{ "ERR-CODE-014", IN_BITS, GO NO_LENGTH("2") FATAL_IN("REMOTE_FILE", "MISSING_FILE_SIZE"), GO NO_LENGTH("2") FATAL_IN("REMOTE_FILE", OTHER) },
	{ "ERR-CODE-015", IN_BITS, GO GARBAGE("2") FATAL_IN("REMOTE_FILE", "INSUFFICIENT_HTTP_SUPPORT"), GO GARBAGE("2") FATAL_IN("REMOTE_FILE", OTHER) },
	{ "ERR-CODE-016", IN_BITS, PARTS P("1", "CONNECTING") RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") WHOLE("2", "/f1") FATAL_IN("REMOTE_FILE", "INSUFFICIENT_RANGE_SUPPORT"),
		PARTS P("1", "CONNECTING") RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") WHOLE("2", "/f1") FATAL_IN("REMOTE_FILE", OTHER) },
	{ "ERR-CODE-017", IN_BITS, GO WORLD("2", "disk word=volume-locked") E("2", "TRANSIENT_ERROR", "LOCAL_FILE", "DESTINATION_LOCKED", "0"),
		GO WORLD("2", "disk word=volume-locked") E("2", "TRANSIENT_ERROR", "LOCAL_FILE", "VOLUME_CHANGED", "0") },
	{ "ERR-CODE-018", IN_BITS, GO WORLD("2", "disk word=volume-changed") E("2", "ERROR", "LOCAL_FILE", "VOLUME_CHANGED", "0"),
		GO WORLD("2", "disk word=volume-changed") E("2", "ERROR", "LOCAL_FILE", "DESTINATION_LOCKED", "0") },
	{ "ERR-CODE-019", IN_BITS, GO BLOCK("2", "policy.bandwidth") E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "BLOCKED_BY_POLICY", "none"),
		GO BLOCK("2", "policy.bandwidth") E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", OTHER, "none") },
	{ "ERR-CODE-020", IN_BITS, GO STATUS("2", "/f1", "416") FATAL_IN("REMOTE_FILE", "INVALID_RANGE"), GO STATUS("2", "/f1", "416") FATAL_IN("REMOTE_FILE", OTHER) },
	{ "ERR-CODE-021", IN_BITS, MAXIMUM E("601", "ERROR", "GENERAL_QUEUE_MANAGER", "MAXDOWNLOAD_TIMEOUT", "none"), MAXIMUM E("601", "ERROR", "GENERAL_QUEUE_MANAGER", OTHER, "none") },
	{ "ERR-CODE-023", IN_BITS, GO NO_LENGTH("2") FATAL_IN("REMOTE_FILE", "MISSING_FILE_SIZE"), GO NO_LENGTH("2") P("2", "TRANSFERRED") },
	{ "ERR-CODE-024", IN_BITS, SENDS("upload") PUT_REFUSED("2", "413", "too-large") E("2", "ERROR", "REMOTE_FILE", "TOO_LARGE", "0"),
		SENDS("upload") PUT_REFUSED("2", "413", "too-large") E("2", "ERROR", "REMOTE_FILE", "HTTP_413", "0") },
	{ "NET-015", IN_BITS, PARTS P("1", "CONNECTING") RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") MERGED("2") FATAL_IN("REMOTE_FILE", "INVALID_SERVER_RESPONSE"),
		PARTS P("1", "CONNECTING") RANGE("1", "/f1", "100-149") P("1", "TRANSFERRING") MERGED("2") FATAL_IN("REMOTE_FILE", "VALIDATION_FAILED") },
	{ "ERR-CODE-025", IN_DO, NEW CALL("0", "job.add_file hr=S_OK url=http://origin/f1") RESUME("0") FATAL_IN("NONE", "LOCALPATH_NOT_SET"),
		NEW CALL("0", "job.add_file hr=S_OK url=http://origin/f1") RESUME("0") FATAL_IN("NONE", OTHER) },

	{ "NET-003", IN_BITS, TRANSIENT RETRY WHOLE("604", "/f1") P("604", "TRANSFERRED"),
		TRANSIENT RETRY RES("604", "/f1", "status=200 length=65536 sent=49152 ending=aborted fault=none content=1 version=1 from=0 total=65536") P("604", "TRANSFERRED") },
	{ "NET-006", IN_BITS, GO SHORT("2") ERST("2", "TRANSIENT_ERROR"), GO SHORT("2") P("2", "TRANSFERRED") },
	{ "NET-007", IN_BITS, FATAL, GO STATUS("2", "/f1", "404") P("2", "TRANSFERRED") },
	{ "NET-007", IN_DO, GO_DO STATUS("2", "/f1", "503") E("2", "TRANSIENT_ERROR", "NONE", "HTTP_503", "0") REQ("62", "/f1") WHOLE("63", "/f1") P("63", "TRANSFERRED"),
		GO_DO STATUS("2", "/f1", "500") P("2", "TRANSFERRED") },
	{ "NET-013", IN_BITS, FATAL E404("9", "ERROR"), FATAL REQ("9", "/f1") },
	{ "FILE-012", IN_BITS, DONE CHECK("2", "no-file $W/f1", "no file"), DONE CHECK("2", "no-file $W/f1", "a file") },
	{ "FILE-013", IN_BITS, DONE CALL("3", "job.complete hr=S_OK") P("3", "ACKNOWLEDGED") CHECK("3", "file $W/f1 = server /f1", "a file that is equal"),
		DONE CALL("3", "job.complete hr=S_OK") P("3", "ACKNOWLEDGED") CHECK("3", "file $W/f1 = server /f1", "no file") },
	{ "STATE-027", IN_BITS, GO CALL("2", "job.cancel hr=S_OK") P("2", "CANCELLED") CHECK("2", "no-temporary $W", "0 temporary files"),
		GO CALL("2", "job.cancel hr=S_OK") P("2", "CANCELLED") CHECK("2", "no-temporary $W", "1 temporary files") },
};
const unsigned PAIRS_CODE_COUNT = sizeof PAIRS_CODE / sizeof PAIRS_CODE[0];
