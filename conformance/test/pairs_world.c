/* pairs_world.c -- PERSIST, COST, PRIO, PROGRESS, and the NET rules about going on, redirects, waiting and URLs. */
#include "conformance/test/pairs.h"

#define BG_SIZE_UNKNOWN "18446744073709551615"
#define PROGRESS(t, bytes, total, files, all) \
	CALL(t, "job.progress hr=S_OK bytes_total=" total " bytes_transferred=" bytes " files_total=" all " files_transferred=" files)
#define FILE_PROGRESS(t, bytes, total, completed) \
	ON(t, "f1", "file.progress hr=S_OK bytes_total=" total " bytes_transferred=" bytes " completed=" completed)
#define TAKE_FILE(t) CALL(t, "job.enum_files hr=S_OK as=n1") ON(t, "n1", "enum.next hr=S_OK count=1 as=f1 fetched=1")
#define TIMES(t, creation, modification, completion) \
	CALL(t, "job.times hr=S_OK creation=" creation " modification=" modification " completion=" completion)
#define MADE "134116992000000000"
#define AT_2S "134116992020000000"

/* What a server with a validator sends before it breaks off, and the request for the rest. */
#define SERVED "0 world /f1 serve size=64k etag=a @5\n"
#define BROKEN(t) RES(t, "/f1", "status=200 length=65536 sent=16384 ending=reset fault=reset@16k content=1 version=1 from=0 total=65536 line=5")
#define BROKEN_OFF SERVED GO BROKEN("2") ERST("2", "TRANSIENT_ERROR")
#define AGAIN ERST("602", "QUEUED") ERST("603", "CONNECTING")
#define REST_OF(t, from, more) t " origin /f1 request method=GET host=origin range=" from "- " more "n=2\n"
#define CHANGED(t) RES(t, "/f1", "status=200 length=65536 sent=4096 ending=reset fault=reset@4k content=1 version=2 from=0 total=65536 line=6")
#define WHOLE_2(t) RES(t, "/f1", "status=200 length=65536 sent=65536 ending=done fault=none content=1 version=2 from=0 total=65536 line=6")
#define REST_2(t) RES(t, "/f1", "status=206 length=49152 sent=49152 ending=done fault=none content=1 version=2 from=16384 total=65536 line=6")
#define OTHER_RANGE(t) RES(t, "/f1", "status=206 length=32768 sent=32768 ending=done fault=none content=1 version=1 from=32768 total=65536 line=5")

#define KILL(t) WORLD(t, "service word=kill")
#define START(t) WORLD(t, "service word=start")
#define RENAME(t) ON(t, "f1", "file.set_remote_name hr=S_OK url=http://origin/f9")
#define RENAMED NEW FILE1 TAKE_FILE("0") RENAME("0") P("0", "SUSPENDED") RESUME("0") P("0", "QUEUED") KILL("0.1") START("0.2")
#define REDIRECTED(t) RES(t, "/f1", "status=302 length=32 sent=32 ending=done fault=none content=0 version=0 from=0 total=0 line=5")
#define BUSY(t) RES(t, "/f1", "status=503 length=32 sent=32 ending=done fault=none content=0 version=0 from=0 total=0 line=5")
#define RETRY_AFTER "0 world /f1 serve status=503(retry-after=1200s) retry_after=1200s @5\n" GO BUSY("2") E("2", "TRANSIENT_ERROR", "REMOTE_FILE", "HTTP_503", "0")
#define BLOCK(t) WORLD(t, "policy word=block cause=policy.cost")
#define ALLOW(t) WORLD(t, "policy word=allow")
#define BLOCKED(t, state) E(t, state, "GENERAL_QUEUE_MANAGER", "BLOCKED_BY_POLICY", "none")
#define WAITS(t) BLOCKED(t, "TRANSIENT_ERROR")
#define BLOCKED_DO(t, state) E(t, state, "NONE", "BLOCKED_BY_COST_TRANSFER_POLICY", "none")
#define CUT(t) RES(t, "/f1", "status=200 length=65536 sent=16384 ending=aborted fault=none content=1 version=1 from=0 total=65536 line=5")

/* A second job, of its own file; both jobs are looked at. */
#define FILE_2(t) t " client j2 job.add_file hr=S_OK url=http://origin/f2 local=w/f2\n"
#define RESUME_2(t) t " client j2 job.resume hr=S_OK\n"
#define SET_2(t, priority) t " client j2 job.set hr=S_OK priority=" priority "\n"
#define SET_1(priority) CALL("0", "job.set hr=S_OK priority=" priority)
#define BOTH(t, one, two) P(t, one) P2(t, two)
#define TWO(one, two) NEW SET_1(one) FILE1 NEW2 SET_2("0", two) FILE_2("0")
#define J1_RUNS RESUME("0") P("0", "QUEUED") GO1
#define FAILED_2 "2 client j2 probe state=ERROR hr=S_OK context=REMOTE_FILE code=HTTP_404 file=0 after=ERROR\n"
#define FAILED_2_AT(t) t " client j2 probe state=ERROR hr=S_OK context=REMOTE_FILE code=HTTP_404 file=0 after=ERROR\n"
#define J2_FAILS RESUME_2("0") P2("0", "QUEUED") P2("1", "CONNECTING") REQ("1", "/f2") P2("1", "TRANSFERRING") STATUS("2", "/f2", "404") FAILED_2

const struct pair PAIRS_WORLD[] = {
	{ "NET-002", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a "), BROKEN_OFF AGAIN REST_OF("603", "16384", "") },
	{ "NET-002", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "4096", "if_range=a "), BROKEN_OFF AGAIN REST_OF("603", "32768", "if_range=a ") },
	{ "NET-004", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") OTHER_RANGE("604") ERST("604", "TRANSIENT_ERROR"),
		BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") OTHER_RANGE("604") P("604", "TRANSFERRED") },
	{ "NET-009", IN_BITS, "0 world /f1 serve redirect=/f9 @5\n" GO REDIRECTED("2") REQ("3", "/f9") WHOLE("4", "/f9") P("4", "TRANSFERRED"),
		"0 world /f1 serve redirect=/f9 @5\n" GO REDIRECTED("2") E("2", "ERROR", "REMOTE_FILE", "0x8019012E", "0") },
	{ "NET-009", IN_BITS, "0 world /f1 serve redirect=/f9 @5\n" GO REDIRECTED("2") REQ("3", "/f9") WHOLE("4", "/f9") P("4", "TRANSFERRED"),
		"0 world /f1 serve redirect=/f9 @5\n" GO REDIRECTED("2") P("2", "TRANSFERRED") },
	{ "NET-012", IN_BITS, RETRY_AFTER REQ("1202", "/f1"), RETRY_AFTER REQ("602", "/f1") },
	{ "NET-016", IN_BOTH, NEW CALL("0", "job.add_file hr=S_OK url=http://origin/a%7Eb local=w/f1") RESUME("0") P("0", "QUEUED") REQ("1", "/a%7Eb"),
		NEW CALL("0", "job.add_file hr=S_OK url=http://origin/a%7Eb local=w/f1") RESUME("0") P("0", "QUEUED") REQ("1", "/a~b") },

	{ "PERSIST-001", IN_BITS, DONE KILL("3") START("4") P("4", "TRANSFERRED"), DONE KILL("3") START("4") P("4", "SUSPENDED") },
	{ "PERSIST-001", IN_BITS, NEW FILE1 KILL("3") START("4") PROGRESS("4", "0", BG_SIZE_UNKNOWN, "0", "1"), NEW FILE1 KILL("3") START("4") PROGRESS("4", "0", "0", "0", "0") },
	{ "PERSIST-001", IN_BITS, NEW SET("priority=LOW") KILL("3") START("4") CALL("4", "job.get hr=S_OK property=priority value=LOW"),
		NEW SET("priority=LOW") KILL("3") START("4") CALL("4", "job.get hr=S_OK property=priority value=NORMAL") },
	{ "PERSIST-001", IN_BITS, NEW KILL("3") START("4") ON("4", "-", "job.open hr=S_OK as=j2 id=J1"), NEW KILL("3") START("4") ON("4", "-", "job.open hr=NOT_FOUND as=j2 id=J1") },
	{ "PERSIST-002", IN_BITS, GO KILL("3") START("4") P("4", "QUEUED") P("5", "CONNECTING"), GO KILL("3") START("4") P("4", "SUSPENDED") },
	{ "PERSIST-002", IN_BITS, GO KILL("3") START("4") P("4", "QUEUED") P("5", "CONNECTING"), GO KILL("3") START("4") P("4", "QUEUED") P("400", "QUEUED") },
	{ "PERSIST-004", IN_BOTH, RENAMED REQ("1", "/f9"), RENAMED REQ("1", "/f1") },
	{ "PERSIST-004", IN_BOTH, RENAMED ON("1", "f1", "file.remote_name hr=S_OK name=http://origin/f9"), RENAMED ON("1", "f1", "file.remote_name hr=S_OK name=http://origin/f1") },
	{ "PERSIST-005", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a "), BROKEN_OFF AGAIN REQ("603", "/f1") },
	{ "PERSIST-006", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") WHOLE_2("604") P("604", "TRANSFERRED"),
		BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") REST_2("604") P("604", "TRANSFERRED") },
	{ "PERSIST-006", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") WHOLE_2("604") P("604", "TRANSFERRED"),
		NEW FILE1 FILE2 RESUME("0") P("0", "QUEUED") GO1 WHOLE("2", "/f1") REQ("3", "/f2") RESET("4", "/f2") ERST("4", "TRANSIENT_ERROR") AGAIN REQ("603", "/f1") },
	{ "PERSIST-007", IN_BITS, DONE, GO CUT("2") P("2", "TRANSFERRED") },
	{ "PERSIST-007", IN_DO, DONE_DO, QUEUED P("1", "TRANSFERRED") },

	{ "COST-001", IN_BITS, GO BLOCK("2") CUT("2") WAITS("2"), GO BLOCK("2") CUT("2") WAITS("2") REQ("9", "/f1") },
	{ "COST-001", IN_DO, GO_DO BLOCK("2") CUT("2") BLOCKED_DO("2", "TRANSIENT_ERROR"), GO_DO BLOCK("2") WHOLE("9", "/f1") },
	{ "COST-002", IN_BITS, GO BLOCK("2") CUT("2") WAITS("20"), GO BLOCK("2") P("20", "TRANSFERRING") },
	{ "COST-003", IN_BITS, GO BLOCK("2") CUT("2") WAITS("2") ALLOW("9") BLOCKED("9", "QUEUED") BLOCKED("9.1", "CONNECTING") RANGE("9.1", "/f1", "16384-"),
		GO BLOCK("2") CUT("2") WAITS("2") ALLOW("9") WAITS("2000") },
	{ "COST-003", IN_DO, GO_DO BLOCK("2") CUT("2") BLOCKED_DO("2", "TRANSIENT_ERROR") ALLOW("9") BLOCKED_DO("9", "QUEUED") RANGE("9.1", "/f1", "16384-"),
		GO_DO BLOCK("2") CUT("2") BLOCKED_DO("2", "TRANSIENT_ERROR") ALLOW("9") BLOCKED_DO("2000", "TRANSIENT_ERROR") },

	{ "PRIO-001", IN_BITS, TWO("HIGH", "LOW") RESUME_2("0") P2("0", "QUEUED") J1_RUNS BOTH("20", "TRANSFERRING", "QUEUED"),
		TWO("LOW", "HIGH") RESUME_2("0") P2("0", "QUEUED") J1_RUNS BOTH("20", "TRANSFERRING", "QUEUED") },
	{ "PRIO-002", IN_BITS, TWO("NORMAL", "NORMAL") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") CUT("302") BOTH("302", "QUEUED", "CONNECTING"),
		TWO("NORMAL", "NORMAL") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") BOTH("20000", "TRANSFERRING", "QUEUED") },
	{ "PRIO-003", IN_BITS, TWO("NORMAL", "FOREGROUND") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") BOTH("3", "TRANSFERRING", "CONNECTING"),
		TWO("NORMAL", "FOREGROUND") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") BOTH("300", "TRANSFERRING", "QUEUED") },
	{ "PRIO-003", IN_BITS, TWO("NORMAL", "FOREGROUND") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") BOTH("3", "TRANSFERRING", "CONNECTING"),
		TWO("NORMAL", "NORMAL") J1_RUNS RESUME_2("1") P2("1", "QUEUED") P2("1", "CONNECTING") REQ("1", "/f2") BOTH("2", "TRANSFERRING", "TRANSFERRING") BOTH("20", "TRANSFERRING", "TRANSFERRING") },
	{ "PRIO-005", IN_BITS, TWO("LOW", "HIGH") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") CUT("3") BOTH("3", "QUEUED", "CONNECTING"),
		TWO("LOW", "HIGH") J1_RUNS RESUME_2("2") BOTH("2", "TRANSFERRING", "QUEUED") BOTH("20", "TRANSFERRING", "QUEUED") },
	{ "PRIO-006", IN_BITS, TWO("LOW", "HIGH") J2_FAILS RESUME("3") P("3", "QUEUED") P("4", "CONNECTING") FAILED_2_AT("4"),
		TWO("LOW", "HIGH") J2_FAILS RESUME("3") P("3", "QUEUED") P("300", "QUEUED") FAILED_2_AT("300") },

	{ "PROGRESS-001", IN_BOTH, NEW FILE1 PROGRESS("0", "0", BG_SIZE_UNKNOWN, "0", "1"), NEW FILE1 PROGRESS("0", "0", "0", "0", "1") },
	{ "PROGRESS-001", IN_BOTH, NEW FILE1 TAKE_FILE("0") FILE_PROGRESS("0", "0", BG_SIZE_UNKNOWN, "0"), NEW FILE1 TAKE_FILE("0") FILE_PROGRESS("0", "0", "65536", "0") },
	{ "PROGRESS-002", IN_BOTH, NEW CALL("0", "job.add_file_with_ranges hr=S_OK url=http://origin/f1 local=w/f1 ranges=0-99,200+50") TAKE_FILE("0") FILE_PROGRESS("0", "0", "150", "0"),
		NEW CALL("0", "job.add_file_with_ranges hr=S_OK url=http://origin/f1 local=w/f1 ranges=0-99,200+50") TAKE_FILE("0") FILE_PROGRESS("0", "0", "65536", "0") },
	{ "PROGRESS-003", IN_BITS, DONE PROGRESS("2", "65536", "65536", "1", "1"), DONE PROGRESS("2", "65537", "65536", "1", "1") },
	{ "PROGRESS-004", IN_BITS, DONE PROGRESS("2", "65536", "65536", "1", "1"), DONE PROGRESS("2", "65535", "65536", "1", "1") },
	{ "PROGRESS-004", IN_DO, DONE_DO TAKE_FILE("2") FILE_PROGRESS("2", "65536", "65536", "0"), DONE_DO TAKE_FILE("2") FILE_PROGRESS("2", "0", "65536", "0") },
	{ "PROGRESS-005", IN_BITS, DONE TAKE_FILE("2") FILE_PROGRESS("2", "65536", "65536", "0"), DONE TAKE_FILE("2") FILE_PROGRESS("2", "65536", "65536", "1") },
	{ "PROGRESS-006", IN_BITS, DONE TAKE_FILE("2") CALL("3", "job.complete hr=S_OK") P("3", "ACKNOWLEDGED") FILE_PROGRESS("3", "65536", "65536", "1"),
		DONE TAKE_FILE("2") CALL("3", "job.complete hr=S_OK") P("3", "ACKNOWLEDGED") FILE_PROGRESS("3", "65536", "65536", "0") },
	{ "PROGRESS-006", IN_BITS, NEW FILE1 TAKE_FILE("0") CALL("3", "job.complete hr=PARTIAL_COMPLETE") P("3", "ACKNOWLEDGED") FILE_PROGRESS("3", "0", BG_SIZE_UNKNOWN, "0"),
		NEW FILE1 TAKE_FILE("0") CALL("3", "job.complete hr=PARTIAL_COMPLETE") P("3", "ACKNOWLEDGED") FILE_PROGRESS("3", "0", "0", "1") },
	{ "PROGRESS-007", IN_BITS, DONE PROGRESS("2", "65536", "65536", "1", "1"), DONE PROGRESS("2", "65536", "65536", "0", "1") },
	{ "PROGRESS-007", IN_BITS, GO PROGRESS("1", "0", "65536", "0", "1"), GO PROGRESS("1", "0", "65536", "1", "1") },
	{ "PROGRESS-008", IN_BITS, DONE TAKE_FILE("2") FILE_PROGRESS("2", "65536", "65536", "0") PROGRESS("2", "65536", "65536", "1", "1"),
		DONE TAKE_FILE("2") FILE_PROGRESS("2", "65536", "65536", "0") PROGRESS("2", "65535", "65536", "1", "1") },
	{ "PROGRESS-009", IN_BOTH, NEW TIMES("0", MADE, MADE, "0") CALL("2", "job.set hr=S_OK priority=LOW") TIMES("2", MADE, AT_2S, "0"), NEW TIMES("0", MADE, MADE, "0") TIMES("2", AT_2S, AT_2S, "0") },
	{ "PROGRESS-009", IN_BOTH, NEW TIMES("0", MADE, MADE, "0") TIMES("2", MADE, MADE, "0"), NEW TIMES("0", MADE, AT_2S, "0") TIMES("2", MADE, MADE, "0") },
	{ "PROGRESS-009", IN_BOTH, NEW TIMES("0", MADE, MADE, "0") TIMES("2", MADE, MADE, "0"), NEW TIMES("0", MADE, MADE, "0") CALL("2", "job.set hr=S_OK priority=LOW") TIMES("2", MADE, MADE, "0") },
	{ "PROGRESS-010", IN_BITS, DONE TIMES("3", MADE, AT_2S, AT_2S), DONE TIMES("90", MADE, AT_2S, "134116992900000000") },
	{ "PROGRESS-010", IN_BOTH, NEW TIMES("0", MADE, MADE, "0"), NEW TIMES("0", MADE, MADE, MADE) },
	{ "PROGRESS-011", IN_BITS, BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") CHANGED("604") ERST("604", "TRANSIENT_ERROR") PROGRESS("604", "4096", "65536", "0", "1"),
		BROKEN_OFF AGAIN REST_OF("603", "16384", "if_range=a ") CHANGED("604") ERST("604", "TRANSIENT_ERROR") PROGRESS("604", "20480", "65536", "0", "1") },
	{ "PROGRESS-012", IN_BITS, BROKEN_OFF PROGRESS("2", "16384", "65536", "0", "1") PROGRESS("9", "16384", "65536", "0", "1"),
		BROKEN_OFF PROGRESS("2", "16384", "65536", "0", "1") PROGRESS("9", "0", "65536", "0", "1") },
};
const unsigned PAIRS_WORLD_COUNT = sizeof PAIRS_WORLD / sizeof PAIRS_WORLD[0];
