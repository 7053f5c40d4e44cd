/* pairs_later.c -- what came after IBackgroundCopyJob: prefixes, command lines, properties of do, uploads. */
#include "conformance/test/pairs.h"

#define UNKNOWN_SIZE "18446744073709551615"
#define TEXT65 "12345678901234567890123456789012345678901234567890123456789012345"
#define LONG TEXT65 TEXT65 TEXT65 TEXT65 TEXT65
#define TAKEN FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") ON("0", "n1", "enum.next hr=S_OK as=f1 fetched=1")
#define PREFIX(hr, before, after) CALL("0", "job.replace_prefix hr=" hr " old_prefix=" before " new_prefix=" after)
#define REMOTE(name) ON("0", "f1", "file.remote_name hr=S_OK name=http://origin/" name)
#define CANCELLED CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED")
#define COMMAND CALL("0", "job.set_command hr=S_OK program=tell.exe parameters=done")
#define COMMAND_IS(is) CALL("0", "job.command hr=S_OK " is)
#define OWNED CALL("0", "job.take_ownership hr=S_OK")

#define WATCHED NEW CALL("0", "job.set hr=S_OK notify_interface=1") SET("notify_flags=JOB_ERROR") COMMAND FILE1 RESUME("0") P("0", "QUEUED") GO1 \
	STATUS("2", "/f1", "404") E404("2", "ERROR")
#define JOB_ERROR(t, returned) CB(t, "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 job_context=REMOTE_FILE job_code=HTTP_404 return=" returned " n=1")

#define JOB_PROPERTY(verb, hr, id) CALL("0", "job." verb " hr=" hr " property_id=" id)
#define FILE_PROPERTY(verb, hr, id) ON("0", "f1", "file." verb "_do_property hr=" hr " property_id=" id)

#define PUT_DONE SENT \
	RES("2", "/f1", "status=200 length=0 sent=0 ending=done fault=none content=0 version=0 from=0 total=0")
#define SENDING_FAILS OF_TYPE("upload_reply") SET("no_progress_timeout=0") FILE1 RESUME("0") P("0", "QUEUED") P("1", "CONNECTING") REFUSED("1") \
	E("1", "ERROR", "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0")
#define REPLY(total) CALL("2", "job.reply_progress hr=S_OK bytes_transferred=0 bytes_total=" total)

/* 16k are there when the file gets a name that leads back to the old one. */
#define LED_BACK "0 world /f1 serve size=64k etag=a @5\n0 world /new serve redirect=/f1 @6\n" NEW TAKEN RESUME("0") P("0", "QUEUED") GO1 \
	RES("2", "/f1", "status=200 length=65536 sent=16384 ending=aborted fault=none content=1 version=1 from=0 total=65536 line=5") \
	CALL("2", "job.suspend hr=S_OK") P("2", "SUSPENDED") ON("2", "f1", "file.set_remote_name hr=S_OK url=http://origin/new") \
	CALL("3", "job.resume hr=S_OK") P("3", "QUEUED") P("3", "CONNECTING") "3 origin /new request method=GET host=origin range=16384- if_range=a n=1\n" \
	RES("3", "/new", "status=302 length=32 sent=32 ending=done fault=none content=0 version=0 from=0 total=0 line=6")

const struct pair PAIRS_LATER[] = {
	{ "JOB-052", IN_BITS, NEW TAKEN PREFIX("S_FALSE", "http://other", "http://new") REMOTE("f1"), NEW TAKEN PREFIX("S_OK", "http://other", "http://new") },
	{ "JOB-052", IN_BITS, NEW TAKEN PREFIX("S_FALSE", "HTTP://origin", "http://new") REMOTE("f1"),
		NEW TAKEN PREFIX("S_FALSE", "HTTP://origin", "http://new") ON("0", "f1", "file.remote_name hr=S_OK name=http://new/f1") },
	{ "JOB-053", IN_BITS, NEW TAKEN PREFIX("S_OK", "http://origin/f", "http://origin/g") REMOTE("g1"), NEW TAKEN PREFIX("S_FALSE", "http://origin/f", "http://origin/g") },
	{ "JOB-053", IN_BITS, NEW TAKEN PREFIX("S_OK", "http://origin/f", "http://origin/g") REMOTE("g1"),
		NEW TAKEN PREFIX("S_OK", "http://origin/f", "http://origin/g") REMOTE("f1") },
	{ "JOB-053", IN_BITS, NEW TAKEN FILE2 ON("0", "n1", "enum.next hr=S_FALSE fetched=0") PREFIX("S_OK", "http://origin/f2", "http://origin/g2") REMOTE("f1"),
		NEW TAKEN FILE2 PREFIX("S_OK", "http://origin/f2", "http://origin/g2") REMOTE("g1") },
	{ "JOB-054", IN_BITS, NEW TAKEN PREFIX("E_INVALIDARG", "\"\"", "http://new") REMOTE("f1"), NEW TAKEN PREFIX("S_OK", "\"\"", "http://new") },
	{ "JOB-054", IN_BITS, NEW TAKEN PREFIX("E_INVALIDARG", "http://origin/f", "word") REMOTE("f1"), NEW TAKEN PREFIX("S_OK", "http://origin/f", "word") },
	{ "JOB-054", IN_BITS, NEW TAKEN PREFIX("E_INVALIDARG", "http://origin/f", "http://origin/" LONG) REMOTE("f1"),
		NEW TAKEN PREFIX("E_INVALIDARG", "http://origin/f", "http://origin/" LONG) REMOTE(LONG "1") },
	{ "JOB-055", IN_BITS, NEW TAKEN CANCELLED PREFIX("INVALID_STATE", "http://origin/f", "http://origin/g"), NEW TAKEN CANCELLED PREFIX("S_OK", "http://origin/f", "http://origin/g") },
	{ "JOB-055", IN_BITS, OF_TYPE("upload") FILE1 PREFIX("E_NOTIMPL", "http://origin/f", "http://origin/g"),
		OF_TYPE("upload") FILE1 PREFIX("S_OK", "http://origin/f", "http://origin/g") },
	{ "JOB-058", IN_BITS, NEW COMMAND OWNED COMMAND_IS("program=null"), NEW COMMAND OWNED COMMAND_IS("program=tell.exe parameters=done") },
	{ "JOB-060", IN_DO, NEW JOB_PROPERTY("set_do_property", "READ_ONLY_PROPERTY", "0"), NEW JOB_PROPERTY("set_do_property", "S_OK", "0") },
	{ "JOB-060", IN_DO, NEW JOB_PROPERTY("set_do_property", "UNKNOWN_PROPERTY_ID", "99"), NEW JOB_PROPERTY("set_do_property", "READ_ONLY_PROPERTY", "99") },
	{ "JOB-061", IN_DO, NEW JOB_PROPERTY("get_do_property", "UNKNOWN_PROPERTY_ID", "99"), NEW JOB_PROPERTY("get_do_property", "S_OK", "99") },
	{ "JOB-062", IN_DO, NEW JOB_PROPERTY("set_property", "E_NOTIMPL", "3"), NEW JOB_PROPERTY("set_property", "S_OK", "3") },

	{ "FILE-007", IN_BITS, LED_BACK "4 origin /f1 request method=GET host=origin range=16384- if_range=a n=2\n", LED_BACK REQ("4", "/f1") },
	{ "FILE-016", IN_DO, NEW TAKEN FILE_PROPERTY("get", "WRITE_ONLY_PROPERTY", "1"), NEW TAKEN FILE_PROPERTY("get", "E_NOT_SET", "1") },
	{ "FILE-016", IN_DO, NEW TAKEN FILE_PROPERTY("get", "E_NOT_SET", "2"), NEW TAKEN FILE_PROPERTY("get", "S_OK", "2") },
	{ "FILE-016", IN_DO, NEW TAKEN FILE_PROPERTY("get", "UNKNOWN_PROPERTY_ID", "99"), NEW TAKEN FILE_PROPERTY("get", "E_INVALIDARG", "99") },
	{ "FILE-017", IN_DO, NEW TAKEN CANCELLED FILE_PROPERTY("set", "INVALID_STATE", "2"), NEW TAKEN CANCELLED FILE_PROPERTY("set", "S_OK", "2") },

	{ "CB-020", IN_BITS, WATCHED JOB_ERROR("2", "E_FAIL") E404("9000", "ERROR"), WATCHED JOB_ERROR("2", "E_FAIL") JOB_ERROR("62", "E_FAIL") },

	{ "UPLOAD-001", IN_BITS, SENDS("upload") PUT_DONE P("2", "TRANSFERRING") P("2", "TRANSFERRED"), SENDS("upload") P("2", "TRANSFERRING") P("2", "TRANSFERRED") },
	{ "UPLOAD-003", IN_BITS, SENDING_FAILS REPLY(UNKNOWN_SIZE), SENDING_FAILS REPLY("0") },
};
const unsigned PAIRS_LATER_COUNT = sizeof PAIRS_LATER / sizeof PAIRS_LATER[0];
