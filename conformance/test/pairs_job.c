/* pairs_job.c -- JOB and FILE. */
#include "conformance/test/pairs.h"

#define ADD(t, hr, names) CALL(t, "job.add_file hr=" hr " " names)
#define NAMES "url=http://origin/f1 local=/w/f1"
#define NAMES2 "url=http://origin/f2 local=/w/f2"
#define PUT ADD("0", "S_OK", NAMES)
#define PUT2 ADD("0", "S_OK", NAMES2)
#define PARTS(t, hr, ranges) CALL(t, "job.add_file_with_ranges hr=" hr " " NAMES " ranges=" ranges)
#define SET_OF(hr, local2) CALL("0", "job.add_file_set hr=" hr " " NAMES " url2=http://origin/f2 local2=" local2)
#define FILES(t, n) CALL(t, "job.progress hr=S_OK files_total=" n)
#define LIST(t) CALL(t, "job.enum_files hr=S_OK as=n1")
#define COUNTED(t, n) ON(t, "n1", "enum.count hr=S_OK count=" n)
#define NEXT(t, handle) ON(t, "n1", "enum.next hr=S_OK as=" handle " fetched=1")
#define LOCAL(t, handle, name) ON(t, handle, "file.local_name hr=S_OK name=" name)
#define REMOTE(t, handle, name) ON(t, handle, "file.remote_name hr=S_OK name=http://origin" name)
#define RENAME(t, hr, url) ON(t, "f1", "file.set_remote_name hr=" hr " url=" url)
#define CANCELLED CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED")
#define UPLOAD BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 type=upload\n" P("0", "SUSPENDED")
#define NAMED BEGIN "0 client - job.create hr=S_OK as=j1 id=J1 name=before\n" P("0", "SUSPENDED")
#define GET(property, value) CALL("0", "job.get hr=S_OK property=" property " value=" value)
#define REFUSES(what, hr) CALL("0", "job.set hr=" hr " " what)
#define FETCH RESUME("0") P("0", "QUEUED") P("1", "CONNECTING")
#define FETCH_DO RESUME("0") P("0", "QUEUED")
#define KEPT(t) CALL(t, "job.complete hr=S_OK") P(t, "ACKNOWLEDGED")
#define ON_DISK(t, found) t " player - check passed=1 step=end expected=\"file $W/f1 = server /f1\" found=\"" found "\"\n"
#define EQUAL "a file that is equal"
#define UNEQUAL "a file that is not equal"
#define ONE16 "1234567890123456"
#define TEXT256 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16 ONE16
#define TEXT1024 TEXT256 TEXT256 TEXT256 TEXT256
/* Two ranges that are the whole file. */
#define TWO_PARTS(go) NEW PARTS("0", "S_OK", "0-99,100-eof") go RANGE("1", "/f1", "0-") P("1", "TRANSFERRING") \
	RES("2", "/f1", "status=206 length=65536 sent=65536 ending=done fault=none content=1 version=1 from=0 total=65536") P("2", "TRANSFERRED")
#define OUTSIDE(go) NEW PARTS("0", "S_OK", "100000-199999") go RANGE("1", "/f1", "100000-199999") STATUS("2", "/f1", "416")
#define NOT_SERVED(go) NEW PARTS("0", "S_OK", "100-199") go RANGE("1", "/f1", "100-199") \
	RES("2", "/f1", "status=200 length=65536 sent=0 ending=aborted fault=none content=1 version=1 from=0 total=65536")
#define REMOTE_E(state, code) E("2", state, "REMOTE_FILE", code, "0")
#define NONE_E(state, code) E("2", state, "NONE", code, "0")
/* 16k of /f1 are there when it is renamed. */
#define RENAMED NEW PUT LIST("0") NEXT("0", "f1") FETCH REQ("1", "/f1") P("1", "TRANSFERRING") RESET("2", "/f1") \
	CALL("2", "job.suspend hr=S_OK") RENAME("2", "S_OK", "http://origin/new") CALL("3", "job.resume hr=S_OK") ERST("3", "QUEUED") ERST("3", "CONNECTING")
#define SMALLER(from, sent) RES("4", "/new", "status=200 length=" sent " sent=" sent " ending=done fault=none content=1 version=1 from=" from " total=32768") P("4", "TRANSFERRED")
#define ONE_DONE NEW PUT PUT2 LIST("0") NEXT("0", "f1") FETCH REQ("1", "/f1") P("1", "TRANSFERRING") WHOLE("2", "/f1") REQ("2", "/f2") \
	CALL("4", "job.suspend hr=S_OK") RENAME("4", "S_OK", "http://origin/new") CALL("5", "job.resume hr=S_OK") P("5", "QUEUED") P("5", "CONNECTING")

const struct pair PAIRS_JOB[] = {
	{ "JOB-001", IN_BITS, NEW PUT PUT2 LIST("0") COUNTED("0", "2"), NEW ADD("0", "E_INVALIDARG", NAMES) },
	{ "JOB-001", IN_BITS, NEW PUT PUT2 FILES("0", "2"), NEW PUT ADD("0", "E_FAIL", NAMES2) },
	{ "JOB-001", IN_BITS, NEW PUT LIST("0") PUT2 COUNTED("0", "1"), NEW PUT PUT2 LIST("0") COUNTED("0", "1") },
	{ "JOB-002", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=http://origin/f1 local=relative.txt") FILES("0", "0"), NEW ADD("0", "S_OK", "url=http://origin/f1 local=relative.txt") },
	{ "JOB-002", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=http://origin/f1 local=relative.txt") FILES("0", "0"),
		NEW ADD("0", "E_INVALIDARG", "url=http://origin/f1 local=relative.txt") FILES("0", "1") },
	{ "JOB-003", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=gopher://origin/f1 local=/w/f1"), NEW ADD("0", "S_OK", "url=gopher://origin/f1 local=/w/f1") },
	{ "JOB-004", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=word local=/w/f1"), NEW ADD("0", "S_OK", "url=word local=/w/f1") },
	{ "JOB-004", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=http://origin/f1 local=/w/f*"), NEW ADD("0", "E_FAIL", "url=http://origin/f1 local=/w/f*") },
	{ "JOB-005", IN_BITS, NEW WORLD("0", "disk word=denied") ADD("0", "E_ACCESSDENIED", NAMES), NEW WORLD("0", "disk word=denied") PUT },
	{ "JOB-006", IN_BITS, NEW PUT ADD("0", "ERROR_PATH_NOT_FOUND", "url=http://origin/f2 local=/w/none/f2") FILES("0", "1"),
		NEW PUT ADD("0", "ERROR_PATH_NOT_FOUND", "url=http://origin/f2 local=/w/none/f2") FILES("0", "2") },
	{ "JOB-008", IN_BITS, NEW ADD("0", "E_INVALIDARG", "url=http://origin/" TEXT256 "12345 local=/w/f1"), NEW ADD("0", "S_OK", "url=http://origin/" TEXT256 "12345 local=/w/f1") },
	{ "JOB-008", IN_BITS, NEW ADD("0", "E_FAIL", "url=http://origin/f1 local=/w/" TEXT256 "12345"), NEW ADD("0", "S_OK", "url=http://origin/f1 local=/w/" TEXT256 "12345") },
	{ "JOB-010", IN_BITS, UPLOAD PUT ADD("0", "TOO_MANY_FILES", NAMES2) FILES("0", "1"), UPLOAD PUT PUT2 },
	{ "JOB-010", IN_BITS, UPLOAD SET_OF("TOO_MANY_FILES", "/w/f2") FILES("0", "0"), UPLOAD SET_OF("TOO_MANY_FILES", "/w/f2") FILES("0", "1") },
	{ "JOB-011", IN_BITS, NEW SET_OF("E_INVALIDARG", "relative.txt") FILES("0", "0"), NEW SET_OF("S_OK", "relative.txt") },
	{ "JOB-011", IN_BITS, NEW SET_OF("E_INVALIDARG", "relative.txt") FILES("0", "1"), NEW SET_OF("E_INVALIDARG", "relative.txt") FILES("0", "2") },
	{ "JOB-012", IN_BITS, NEW SET_OF("S_OK", "/w/f2") FILES("0", "2"), NEW SET_OF("S_OK", "/w/f2") FILES("0", "1") },
	{ "JOB-012", IN_BITS, NEW SET_OF("S_OK", "/w/f2") LIST("0") NEXT("0", "f1") LOCAL("0", "f1", "/w/f1") NEXT("0", "f2") REMOTE("0", "f2", "/f2"),
		NEW SET_OF("S_OK", "/w/f2") LIST("0") NEXT("0", "f1") LOCAL("0", "f1", "/w/f2") },
	{ "JOB-013", IN_BITS, NEW CANCELLED ADD("0", "INVALID_STATE", NAMES), NEW CANCELLED PUT },
	{ "JOB-014", IN_DO, NEW CANCELLED PARTS("0", "INVALID_STATE", "0-99"), NEW CANCELLED PARTS("0", "E_FAIL", "0-99") },
	{ "JOB-015", IN_DO, NEW CALL("0", "job.add_file_with_ranges hr=E_INVALIDARG url=http://origin/f1 local=null ranges=0-99") FILES("0", "0"),
		NEW CALL("0", "job.add_file_with_ranges hr=S_OK url=http://origin/f1 local=null ranges=0-99") },
	{ "JOB-016", IN_BOTH, NEW PARTS("0", "OVERLAPPING_RANGES", "0-99,50-149") FILES("0", "0"), NEW PARTS("0", "S_OK", "0-99,50-149") },
	{ "JOB-016", IN_BOTH, NEW PARTS("0", "OVERLAPPING_RANGES", "100-199,0-eof"), NEW PARTS("0", "INVALID_RANGE", "100-199,100-199") },
	{ "JOB-017", IN_BOTH, NEW PARTS("0", "INVALID_RANGE", "eof+1"), NEW PARTS("0", "S_OK", "eof+1") },
	{ "JOB-018", IN_BOTH, NEW PARTS("0", "OVERLAPPING_RANGES", "0+100,0+50"), NEW PARTS("0", "S_OK", "0+100,0+50") },
	{ "JOB-019", IN_DO, NEW WORLD("0", "disk word=denied") PARTS("0", "E_ACCESSDENIED", "0-99"), NEW WORLD("0", "disk word=denied") PARTS("0", "S_OK", "0-99") },
	{ "JOB-020", IN_BITS, NEW PARTS("0", "E_INVALIDARG", "\"\""), NEW PARTS("0", "S_OK", "\"\"") },
	{ "JOB-021", IN_BITS, UPLOAD PARTS("0", "E_NOTIMPL", "0-99"), UPLOAD PARTS("0", "S_OK", "0-99") },
	{ "JOB-023", IN_BITS, NEW CANCELLED PARTS("0", "INVALID_STATE", "0-99"), NEW CANCELLED PARTS("0", "E_FAIL", "0-99") },
	{ "JOB-024", IN_BITS, TWO_PARTS(FETCH) KEPT("3") ON_DISK("3", EQUAL), TWO_PARTS(FETCH) KEPT("3") ON_DISK("3", UNEQUAL) },
	{ "JOB-024", IN_DO, TWO_PARTS(FETCH_DO) KEPT("3") ON_DISK("3", EQUAL), TWO_PARTS(FETCH_DO) KEPT("3") ON_DISK("3", "no file") },
	{ "JOB-025", IN_BITS, OUTSIDE(FETCH) REMOTE_E("ERROR", "INVALID_RANGE"), OUTSIDE(FETCH) REMOTE_E("ERROR", "HTTP_416") },
	{ "JOB-025", IN_DO, OUTSIDE(FETCH_DO) NONE_E("ERROR", "INVALID_RANGE"), OUTSIDE(FETCH_DO) P("2", "TRANSFERRED") },
	{ "JOB-026", IN_BITS, NOT_SERVED(FETCH) REMOTE_E("ERROR", "INSUFFICIENT_RANGE_SUPPORT"), NOT_SERVED(FETCH) P("2", "TRANSFERRED") },
	{ "JOB-026", IN_DO, NOT_SERVED(FETCH_DO) NONE_E("ERROR", "INSUFFICIENT_RANGE_SUPPORT"), NOT_SERVED(FETCH_DO) NONE_E("TRANSIENT_ERROR", "INSUFFICIENT_RANGE_SUPPORT") },
	{ "JOB-028", IN_DO, NEW PARTS("0", "S_OK", "\"\"") FETCH_DO REQ("1", "/f1") P("1", "TRANSFERRING") WHOLE("2", "/f1") P("2", "TRANSFERRED") KEPT("3") ON_DISK("3", EQUAL),
		NEW PARTS("0", "S_OK", "\"\"") FETCH_DO REQ("1", "/f1") P("1", "TRANSFERRING") WHOLE("2", "/f1") P("2", "TRANSFERRED") KEPT("3") ON_DISK("3", UNEQUAL) },
	{ "JOB-029", IN_DO, NEW PARTS("0", "S_OK", "0-99 size=unknown"), NEW PARTS("0", "E_INVALIDARG", "0-99 size=unknown") },

	{ "JOB-030", IN_BITS, NEW REFUSES("display_name=null", "E_INVALIDARG"), NEW SET("display_name=null") },
	{ "JOB-031", IN_BITS, NAMED REFUSES("display_name=" TEXT256 "1", "STRING_TOO_LONG") GET("display_name", "before"), NAMED SET("display_name=" TEXT256 "1") },
	{ "JOB-031", IN_BITS, NAMED REFUSES("display_name=" TEXT256 "1", "E_INVALIDARG") GET("display_name", "before"),
		NAMED REFUSES("display_name=" TEXT256 "1", "E_INVALIDARG") GET("display_name", TEXT256) },
	{ "JOB-032", IN_BITS, NEW SET("description=" TEXT1024), NEW REFUSES("description=" TEXT1024, "STRING_TOO_LONG") },
	{ "JOB-033", IN_BITS, NEW REFUSES("description=" TEXT1024 "1", "STRING_TOO_LONG") GET("description", "\"\""), NEW SET("description=" TEXT1024 "1") },
	{ "JOB-033", IN_BITS, NEW SET("description=old") REFUSES("description=" TEXT1024 "1", "STRING_TOO_LONG") GET("description", "old"),
		NEW SET("description=old") REFUSES("description=" TEXT1024 "1", "STRING_TOO_LONG") GET("description", "new") },
	{ "JOB-034", IN_BITS, NEW REFUSES("description=null", "E_INVALIDARG"), NEW SET("description=null") },
	{ "JOB-035", IN_BITS, NEW CANCELLED REFUSES("priority=LOW", "INVALID_STATE"), NEW CANCELLED SET("priority=LOW") },
	{ "JOB-035", IN_BITS, NAMED CANCELLED REFUSES("display_name=after", "INVALID_STATE") GET("display_name", "before"),
		NAMED CANCELLED REFUSES("display_name=after", "INVALID_STATE") GET("display_name", "after") },
	{ "JOB-036", IN_BITS, NEW REFUSES("priority=17", "E_NOTIMPL"), NEW REFUSES("priority=17", "E_INVALIDARG") },
	{ "JOB-037", IN_BOTH, NEW GET("priority", "NORMAL"), NEW GET("priority", "LOW") },
	{ "JOB-038", IN_BOTH, NEW SET("priority=LOW") GET("priority", "3"), NEW SET("priority=LOW") GET("priority", "NORMAL") },
	{ "JOB-040", IN_BITS, NEW REFUSES("proxy_usage=OVERRIDE", "E_INVALIDARG"), NEW SET("proxy_usage=OVERRIDE") },
	{ "JOB-041", IN_BITS, NEW REFUSES("proxy_usage=77", "E_NOTIMPL"), NEW SET("proxy_usage=77") },
	{ "JOB-045", IN_BITS, NEW GET("proxy_usage", "PRECONFIG"), NEW GET("proxy_usage", "AUTODETECT") },
	{ "JOB-046", IN_BOTH, NEW CALL("0", "job.get hr=E_INVALIDARG property=display_name out=null"), NEW CALL("0", "job.get hr=E_FAIL property=display_name out=null") },
	{ "JOB-047", IN_BOTH, NAMED GET("display_name", "before"), NAMED GET("display_name", "job") },
	{ "JOB-048", IN_BOTH, NEW CANCELLED CALL("0", "job.type hr=S_OK type=download"), NEW CANCELLED CALL("0", "job.type hr=INVALID_STATE") },
	{ "JOB-049", IN_BOTH, NEW CALL("0", "job.type hr=S_OK type=download"), NEW CALL("0", "job.type hr=S_OK type=1") },
	{ "JOB-050", IN_BOTH, NEW CALL("0", "job.id hr=S_OK id=J1"), NEW CALL("0", "job.id hr=S_OK id=J2") },
	{ "JOB-051", IN_BOTH, NEW CALL("0", "job.state hr=E_POINTER out=null"), NEW CALL("0", "job.state hr=S_OK out=null") },
	{ "JOB-057", IN_BITS, NEW CANCELLED CALL("0", "job.take_ownership hr=INVALID_STATE"), NEW CANCELLED CALL("0", "job.take_ownership hr=S_OK") },

	{ "FILE-001", IN_BOTH, NEW PUT LIST("0") NEXT("0", "f1") LOCAL("0", "f1", "/w/f1"), NEW PUT LIST("0") NEXT("0", "f1") LOCAL("0", "f1", "f1") },
	{ "FILE-002", IN_BOTH, NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") REMOTE("0", "f1", "/new"),
		NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") REMOTE("0", "f1", "/f1") },
	{ "FILE-003", IN_BOTH, NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "E_INVALIDARG", "word") REMOTE("0", "f1", "/f1"),
		NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "word") },
	{ "FILE-003", IN_BOTH, NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "E_INVALIDARG", "word") REMOTE("0", "f1", "/f1"),
		NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "E_INVALIDARG", "word") ON("0", "f1", "file.remote_name hr=S_OK name=word") },
	{ "FILE-004", IN_BITS, NEW PUT LIST("0") NEXT("0", "f1") CANCELLED RENAME("0", "INVALID_STATE", "http://origin/new"),
		NEW PUT LIST("0") NEXT("0", "f1") CANCELLED RENAME("0", "S_OK", "http://origin/new") },
	{ "FILE-005", IN_BITS, UPLOAD PUT LIST("0") NEXT("0", "f1") RENAME("0", "E_NOTIMPL", "http://origin/new"),
		UPLOAD PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") },
	{ "FILE-006", IN_BITS, NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") FETCH REQ("1", "/new"),
		NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") FETCH REQ("1", "/f1") },
	{ "FILE-006", IN_DO, NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") FETCH_DO REQ("1", "/new"),
		NEW PUT LIST("0") NEXT("0", "f1") RENAME("0", "S_OK", "http://origin/new") FETCH_DO REQ("1", "/f1") },
	{ "FILE-008", IN_BITS, RENAMED REQ("3", "/new") P("3", "TRANSFERRING") SMALLER("0", "32768"),
		RENAMED RANGE("3", "/new", "16384-") P("3", "TRANSFERRING") SMALLER("16384", "16384") },
	{ "FILE-009", IN_BITS, ONE_DONE REQ("5", "/f2") P("5", "TRANSFERRING") WHOLE("6", "/f2") P("6", "TRANSFERRED"),
		ONE_DONE REQ("5", "/new") P("5", "TRANSFERRING") WHOLE("6", "/new") },
	{ "FILE-010", IN_BOTH, NEW PUT LIST("0") NEXT("0", "f1") ON("0", "f1", "file.ranges hr=S_FALSE count=0"),
		NEW PUT LIST("0") NEXT("0", "f1") ON("0", "f1", "file.ranges hr=S_OK count=0") },
	{ "FILE-011", IN_BOTH, NEW PARTS("0", "S_OK", "0-99,200-eof") LIST("0") NEXT("0", "f1") ON("0", "f1", "file.ranges hr=S_OK count=2"),
		NEW PARTS("0", "S_OK", "0-99,200-eof") LIST("0") NEXT("0", "f1") ON("0", "f1", "file.ranges hr=S_OK count=1") },
};
const unsigned PAIRS_JOB_COUNT = sizeof PAIRS_JOB / sizeof PAIRS_JOB[0];
