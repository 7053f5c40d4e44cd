/* pairs_manager.c -- ERR-DESC, MGR, OWNER, COM, ENUM. */
#include "conformance/test/pairs.h"

#define MADE(what) "0 client - job.create " what "\n"
#define OPENED "0 client - job.open hr=S_OK as=k1 id=J1\n"
#define NOBODY "{00000000-0000-0000-0000-000000000001}"
#define X16 "0123456789abcdef"
#define X64 X16 X16 X16 X16
#define X256 X64 X64 X64 X64

/* 300 jobs without a handle, longer than C11 promises that a text may be. */
#pragma GCC diagnostic ignored "-Woverlength-strings"
#define JOB(n) MADE("hr=S_OK as=_ id=J" n)
#define JOBS10(n) JOB(n "0") JOB(n "1") JOB(n "2") JOB(n "3") JOB(n "4") JOB(n "5") JOB(n "6") JOB(n "7") JOB(n "8") JOB(n "9")
#define JOBS100(n) JOBS10(n "0") JOBS10(n "1") JOBS10(n "2") JOBS10(n "3") JOBS10(n "4") JOBS10(n "5") JOBS10(n "6") JOBS10(n "7") \
	JOBS10(n "8") JOBS10(n "9")
#define JOBS300 BEGIN JOBS100("1") JOBS100("2") JOBS100("3")

#define DISK_FULL GO WORLD("2", "disk word=full") E("2", "ERROR", "LOCAL_FILE", "0x80070070", "0")
#define HELD(before, context, code) before CALL("3", "job.get_error hr=S_OK as=e1") ON("3", "e1", "error.get_error hr=S_OK context=" context " code=" code)
#define HELD404 HELD(FATAL, "REMOTE_FILE", "HTTP_404")
#define HELD_DO HELD(FATAL_DO, "NONE", "HTTP_404")
#define SAYS(what) ON("3", "e1", what)
#define MANAGER_SAYS(what) ON("3", "-", "manager.error_description " what)

#define ASKS(handle, what) ON("0", handle, "handle.query_interface " what)
#define ASKS_ERROR(what) ON("3", "e1", "handle.query_interface " what)
#define ERROR_IID "{19C613A0-FCB8-4F28-81AE-897C3D078F81}"
#define FILE5_IID "{85C1657F-DAFC-40E8-8834-DF18EA25717E}"

#define LIST NEW FILE1 FILE2 CALL("0", "job.enum_files hr=S_OK as=n1")
#define FILE3 CALL("0", "job.add_file hr=S_OK url=http://origin/f3 local=w/f3")
#define N1(what) ON("0", "n1", what)
#define N2(what) ON("0", "n2", what)
#define FIRST N1("enum.next hr=S_OK count=1 as=f1 fetched=1")
#define NAMED(name) ON("0", "f1", "file.local_name hr=S_OK name=w/" name)
#define CLONED LIST N1("enum.skip hr=S_OK count=1") N1("enum.clone hr=S_OK as=n2")

const struct pair PAIRS_MANAGER[] = {
	{ "ERR-DESC-001", IN_BITS, HELD404 SAYS("error.description hr=E_INVALIDARG language=0 left=null"), HELD404 SAYS("error.description hr=S_OK language=0 text=bad") },
	{ "ERR-DESC-002", IN_BITS, HELD404 SAYS("error.description hr=ERROR_RESOURCE_LANG_NOT_FOUND language=0xFFFF"), HELD404 SAYS("error.description hr=E_FAIL language=0xFFFF") },
	{ "ERR-DESC-003", IN_BITS, HELD404 SAYS("error.description hr=S_OK language=0x409 text=missing"), HELD404 SAYS("error.description hr=S_OK language=0x409 text=null") },
	{ "ERR-DESC-003", IN_BITS, HELD404 SAYS("error.description hr=S_OK language=1033 text=missing"), HELD404 SAYS("error.description hr=E_NOTIMPL language=0x409") },
	{ "ERR-DESC-004", IN_BITS, HELD404 SAYS("error.context_description hr=S_OK language=0x409 text=remote"), HELD404 SAYS("error.context_description hr=E_NOTIMPL language=0x409") },
	{ "ERR-DESC-005", IN_BITS, HELD404 SAYS("error.protocol hr=S_OK protocol=http"), HELD404 SAYS("error.protocol hr=S_OK protocol=file") },
	{ "ERR-DESC-005", IN_BITS, HELD404 SAYS("error.protocol hr=S_OK protocol=http"), HELD404 SAYS("error.protocol hr=E_NOTIMPL") },
	{ "ERR-DESC-007", IN_BITS, HELD(DISK_FULL, "LOCAL_FILE", "0x80070070") SAYS("error.protocol hr=PROTOCOL_NOT_AVAILABLE left=null"),
		HELD(DISK_FULL, "LOCAL_FILE", "0x80070070") SAYS("error.protocol hr=S_OK protocol=http") },
	{ "ERR-DESC-007", IN_BITS, HELD(DISK_FULL, "LOCAL_FILE", "0x80070070") SAYS("error.protocol hr=PROTOCOL_NOT_AVAILABLE"),
		HELD(DISK_FULL, "LOCAL_FILE", "0x80070070") SAYS("error.protocol hr=PROTOCOL_NOT_AVAILABLE left=garbage") },
	{ "ERR-DESC-008", IN_BITS, HELD404 SAYS("error.description hr=S_OK language=0x409 text=missing") MANAGER_SAYS("hr=S_OK code=HTTP_404 language=0x409 text=missing"),
		HELD404 SAYS("error.description hr=S_OK language=0x409 text=missing") MANAGER_SAYS("hr=S_OK code=0x80190194 language=0x409 text=other") },
	{ "ERR-DESC-008", IN_BITS, HELD404 MANAGER_SAYS("hr=S_OK code=HTTP_404 language=0x409 text=missing") MANAGER_SAYS("hr=S_OK code=HTTP_403 language=0x409 text=other")
			SAYS("error.description hr=S_OK language=0x409 text=missing"),
		HELD404 MANAGER_SAYS("hr=S_OK code=HTTP_404 language=0x409 text=missing") SAYS("error.description hr=S_OK language=0x409 text=other") },

	{ "MGR-001", IN_BOTH, NEW, BEGIN MADE("hr=E_FAIL as=j1") },
	{ "MGR-001", IN_BOTH, NEW OPENED, NEW "0 client - job.open hr=NOT_FOUND as=k1 id=J1\n" },
	{ "MGR-001", IN_BOTH, NEW, BEGIN MADE("hr=S_OK as=j1 id={00000000-0000-0000-0000-000000000000}") },
	{ "MGR-001", IN_BOTH, NEW, BEGIN MADE("hr=S_OK as=j1 id=J1 left=null") },
	{ "MGR-002", IN_BOTH, NEW NEW2, NEW MADE("hr=S_OK as=j2 id=J1") },
	{ "MGR-003", IN_BOTH, NEW MADE("hr=E_INVALIDARG as=_1 name=null left=null"), NEW MADE("hr=S_OK as=_1 name=null id=J2") },
	{ "MGR-004", IN_BOTH, BEGIN MADE("hr=S_OK as=j1 id=J1 name=" X256), BEGIN MADE("hr=E_INVALIDARG as=j1 name=" X256) },
	{ "MGR-005", IN_BITS, BEGIN MADE("hr=E_INVALIDARG as=j1 name=" X256 "0"), BEGIN MADE("hr=S_OK as=j1 id=J1 name=" X256 "0") },
	{ "MGR-006", IN_DO, BEGIN MADE("hr=E_FAIL as=j1 name=" X256 "0"), BEGIN MADE("hr=S_OK as=j1 id=J1 name=" X256 "0") },
	{ "MGR-007", IN_DO, BEGIN MADE("hr=E_INVALIDARG as=j1 type=upload"), BEGIN MADE("hr=S_OK as=j1 id=J1 type=upload") },
	{ "MGR-008", IN_BITS, JOBS300 MADE("hr=TOO_MANY_JOBS_PER_MACHINE as=_"), JOBS300 JOB("400") },
	{ "MGR-010", IN_BOTH, NEW "0 client - job.open hr=NOT_FOUND as=_1 id=" NOBODY " left=null\n", NEW "0 client - job.open hr=E_FAIL as=_1 id=" NOBODY "\n" },
	{ "MGR-010", IN_BOTH, NEW "0 client - job.open hr=NOT_FOUND as=_1 id=" NOBODY "\n", NEW "0 client - job.open hr=NOT_FOUND as=_1 id=" NOBODY " left=garbage\n" },
	{ "MGR-012", IN_BITS, NEW NEW2 "0 client - job.enum hr=S_OK as=n1\n" N1("enum.count hr=S_OK count=2"),
		NEW NEW2 "0 client - job.enum hr=S_OK as=n1\n" N1("enum.count hr=S_OK count=1") },
	{ "MGR-012", IN_BITS, NEW NEW2 CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED") "0 client - job.enum hr=S_OK as=n1\n" N1("enum.count hr=S_OK count=1"),
		NEW NEW2 CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED") "0 client - job.enum hr=S_OK as=n1\n" N1("enum.count hr=S_OK count=2") },
	{ "MGR-014", IN_BITS, NEW MANAGER_SAYS("hr=S_OK code=INVALID_STATE language=0x409 text=state"), NEW MANAGER_SAYS("hr=S_OK code=INVALID_STATE language=0x409 text=null") },
	{ "MGR-015", IN_BOTH, NEW OPENED ON("0", "k1", "job.id hr=S_OK id=J1"), NEW OPENED ON("0", "k1", "job.id hr=S_OK id=J2") },
	{ "MGR-015", IN_BOTH, NEW OPENED ON("0", "k1", "job.type hr=S_OK type=download"), NEW OPENED ON("0", "k1", "job.type hr=S_OK type=upload") },
	{ "MGR-015", IN_BOTH, NEW OPENED ON("0", "k1", "job.state hr=S_OK state=SUSPENDED"), NEW OPENED ON("0", "k1", "job.state hr=S_OK state=TRANSFERRED") },

	{ "OWNER-003", IN_BITS, GO WORLD("2", "user word=logoff") P("2", "QUEUED"), GO WORLD("2", "user word=logoff") P("2", "QUEUED") REQ("9", "/f1") },
	{ "OWNER-003", IN_BITS, GO WORLD("2", "user word=logoff") P("2", "QUEUED"), GO WORLD("2", "user word=logoff") WHOLE("9", "/f1") },

	{ "COM-001", IN_BOTH, NEW ASKS("j1", "hr=S_OK iid=IUnknown as=_1 same=1"), NEW ASKS("j1", "hr=S_OK iid=IUnknown as=_1 same=0") },
	{ "COM-002", IN_BOTH, NEW ASKS("j1", "hr=S_OK iid=IUnknown as=u1 same=1") ASKS("u1", "hr=S_OK iid=IBackgroundCopyJob as=_1 same=1"),
		NEW ASKS("j1", "hr=S_OK iid=IUnknown as=u1 same=1") ASKS("u1", "hr=E_NOINTERFACE iid=IBackgroundCopyJob as=_1 left=null") },
	{ "COM-002", IN_BITS, NEW ASKS("j1", "hr=S_OK iid=IBackgroundCopyJob4 as=u1 same=1") ASKS("u1", "hr=S_OK iid=IBackgroundCopyJob4 as=_1 same=1"),
		NEW ASKS("j1", "hr=S_OK iid=IBackgroundCopyJob4 as=u1 same=1") ASKS("u1", "hr=E_NOINTERFACE iid=IBackgroundCopyJob4 as=_1 left=null") },
	{ "COM-003", IN_BOTH, NEW ASKS("j1", "hr=E_NOINTERFACE iid=IBackgroundCopyFile as=_1 left=null"), NEW ASKS("j1", "hr=S_OK iid=IBackgroundCopyFile as=_1 same=1") },
	{ "COM-003", IN_BOTH, NEW ASKS("j1", "hr=E_NOINTERFACE iid=" ERROR_IID " as=_1"), NEW ASKS("j1", "hr=E_NOINTERFACE iid=" ERROR_IID " as=_1 left=unwritten") },
	{ "COM-004", IN_BOTH, NEW CALL("0", "handle.add_ref hr=S_OK count=2") CALL("0", "handle.release hr=S_OK count=1") CALL("0", "job.state hr=S_OK state=SUSPENDED"),
		NEW CALL("0", "handle.add_ref hr=S_OK count=2") CALL("0", "handle.release hr=S_OK count=1") CALL("0", "job.state hr=E_HANDLE") },
	{ "COM-004", IN_BOTH, NEW END("1"), NEW "1 player - end reason=done leaks=1\n" },
	{ "COM-005", IN_DO, HELD_DO ASKS_ERROR("hr=S_OK iid=" ERROR_IID " as=_1 same=1"), HELD_DO ASKS_ERROR("hr=E_NOINTERFACE iid=" ERROR_IID " as=_1 left=null") },
	{ "COM-006", IN_BITS, HELD404 ASKS_ERROR("hr=S_OK iid=" ERROR_IID " as=_1 same=1"), HELD404 ASKS_ERROR("hr=E_NOINTERFACE iid=IBackgroundCopyError as=_1 left=null") },
	{ "COM-007", IN_BOTH, NEW CALL("0", "job.get hr=E_FAIL property=display_name left=null"), NEW CALL("0", "job.get hr=E_FAIL property=display_name left=garbage") },
	{ "COM-008", IN_BOTH, NEW CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED") CALL("0", "job.id hr=S_OK id=J1"), NEW CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED") CALL("0", "job.id hr=NOT_FOUND") },
	{ "COM-009", IN_DO, LIST FIRST ASKS("f1", "hr=S_OK iid=" FILE5_IID " as=_1 same=1"), LIST FIRST ASKS("f1", "hr=E_NOINTERFACE iid=IBackgroundCopyFile2 as=_1 left=null") },

	{ "ENUM-001", IN_BOTH, LIST N1("enum.next hr=S_OK count=2 fetched=2"), LIST N1("enum.next hr=S_OK count=2 fetched=1") },
	{ "ENUM-001", IN_BOTH, LIST FIRST FIRST, LIST FIRST N1("enum.next hr=S_FALSE count=1 fetched=0") },
	{ "ENUM-002", IN_BOTH, LIST FIRST N1("enum.next hr=S_FALSE count=5 fetched=1"), LIST FIRST N1("enum.next hr=S_OK count=5 fetched=1") },
	{ "ENUM-003", IN_BOTH, LIST N1("enum.next hr=S_OK count=1 out=null"), LIST N1("enum.next hr=E_POINTER count=1 out=null") },
	{ "ENUM-004", IN_BOTH, LIST N1("enum.next hr=E_INVALIDARG count=2 out=null"), LIST N1("enum.next hr=S_OK count=2 out=null") },
	{ "ENUM-005", IN_BOTH, LIST N1("enum.skip hr=S_OK count=2"), LIST N1("enum.skip hr=S_FALSE count=2") },
	{ "ENUM-006", IN_BOTH, LIST N1("enum.skip hr=S_FALSE count=3"), LIST N1("enum.skip hr=S_OK count=3") },
	{ "ENUM-006", IN_BOTH, LIST N1("enum.skip hr=S_FALSE count=3") N1("enum.next hr=S_FALSE count=1 fetched=0"), LIST N1("enum.skip hr=S_FALSE count=3") FIRST },
	{ "ENUM-007", IN_BOTH, LIST FIRST N1("enum.reset hr=S_OK") FIRST NAMED("f1"), LIST FIRST N1("enum.reset hr=S_OK") FIRST NAMED("f2") },
	{ "ENUM-007", IN_BOTH, LIST FIRST N1("enum.reset hr=S_OK") N1("enum.next hr=S_FALSE count=5 fetched=2"), LIST FIRST N1("enum.reset hr=S_OK") N1("enum.next hr=S_FALSE count=5 fetched=1") },
	{ "ENUM-008", IN_BOTH, LIST FIRST N1("enum.count hr=S_OK count=2"), LIST FIRST N1("enum.count hr=S_OK count=1") },
	{ "ENUM-009", IN_BITS, CLONED N2("enum.next hr=S_OK count=1 as=f1 fetched=1") NAMED("f2"), CLONED N2("enum.next hr=S_OK count=1 as=f1 fetched=1") NAMED("f1") },
	{ "ENUM-009", IN_BITS, CLONED FIRST N2("enum.next hr=S_FALSE count=2 fetched=1"), CLONED FIRST N2("enum.next hr=S_FALSE count=2 fetched=0") },
	{ "ENUM-009", IN_BITS, CLONED, LIST N1("enum.clone hr=E_NOTIMPL as=n2") },
	{ "ENUM-010", IN_BITS, LIST FILE3 N1("enum.count hr=S_OK count=2"), LIST FILE3 N1("enum.count hr=S_OK count=3") },
	{ "ENUM-010", IN_BITS, LIST FILE3 N1("enum.next hr=S_FALSE count=5 fetched=2"), LIST FILE3 N1("enum.next hr=S_FALSE count=5 fetched=3") },
	{ "ENUM-011", IN_BOTH, LIST FIRST N1("handle.release hr=S_OK count=0") NAMED("f1"), LIST FIRST N1("handle.release hr=S_OK count=0") ON("0", "f1", "file.local_name hr=E_HANDLE") },
};
const unsigned PAIRS_MANAGER_COUNT = sizeof PAIRS_MANAGER / sizeof PAIRS_MANAGER[0];
