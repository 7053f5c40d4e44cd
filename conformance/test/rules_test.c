/* rules_test.c -- every judged rule sees what keeps it and what breaks it, and the judge keeps its head. */
#include "conformance/rule_fold.h"
#include "conformance/test/pairs.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

static struct arena arena;

/* 1 or 0.5 seconds as nine decimals. */
static int pad_time(char *to, size_t size, const char *text, size_t length)
{
	size_t whole = 0, decimals = 0;
	while (whole < length && text[whole] != '.') whole++;
	if (whole < length) decimals = length - whole - 1;
	assert_true(decimals <= 9);
	return snprintf(to, size, "%.*s.%.*s%.*s", (int)whole, text, (int)decimals, text + whole + 1, (int)(9 - decimals), "000000000");
}

static void see_text(struct judge *judge, const char *text)
{
	while (*text) {
		char padded[TRACE_LINE_MAX];
		size_t length = strcspn(text, "\n"), time = strcspn(text, " ");
		struct trace_line line;
		struct failure failure;
		bool present;
		int n = pad_time(padded, sizeof padded, text, time);
		n += snprintf(padded + n, sizeof padded - (size_t)n, "%.*s", (int)(length - time), text + time);
		if (trace_parse(padded, (size_t)n, &line, &present, &failure)) fail_msg("%s: %s", padded, failure.text);
		assert_true(present);
		struct trace_line *kept = arena_take(&arena, trace_line_size(&line));
		assert_non_null(kept);
		trace_line_copy(kept, &line);
		assert_int_equal(judge_see(judge, kept), STATUS_OK);
		text += length + (text[length] == '\n');
	}
	assert_int_equal(judge_end(judge), STATUS_OK);
}

static struct judge *judged(enum dialect dialect, int64_t tolerance_ns, const char *text)
{
	arena_reset(&arena);
	struct judge *judge = judge_new(&arena, dialect, tolerance_ns);
	assert_non_null(judge);
	see_text(judge, text);
	return judge;
}

static const struct rule *rule_of(unsigned index)
{
	unsigned count;
	return &rules_all(&count)[index];
}

static const struct finding *finding_of(const struct judge *judge, unsigned rule)
{
	for (unsigned i = 0; i < judge_findings_count(judge); i++)
		if (judge_finding(judge, i)->rule == rule) return judge_finding(judge, i);
	return NULL;
}

static unsigned complain(const char *what, const struct pair *pair, enum dialect dialect, const struct judge *judge)
{
	print_message("%s (%s): %s\n", pair->rule, machine_dialect_name(dialect), what);
	for (unsigned i = 0; i < judge_findings_count(judge); i++) {
		const struct finding *finding = judge_finding(judge, i);
		print_message("    %s: %s; seen: %s [%s]\n", rule_of(finding->rule)->id, finding->done, finding->seen, finding->signature);
	}
	return 1;
}

static unsigned try_pair(const struct pair *pair, enum dialect dialect)
{
	unsigned failures = 0;
	int rule = rules_find(pair->rule, strlen(pair->rule));
	if (!(pair->dialects & (dialect == DIALECT_DO ? IN_DO : IN_BITS))) return 0;
	if (rule < 0 || !rule_of((unsigned)rule)->dialects[dialect]) fail_msg("%s is no rule of the dialect", pair->rule);
	struct judge *judge = judged(dialect, 0, pair->good);
	if (!judge_triggered(judge, (unsigned)rule)) failures += complain("the good trace does not trigger it", pair, dialect, judge);
	if (judge_findings_count(judge)) failures += complain("the good trace breaks something", pair, dialect, judge);
	judge = judged(dialect, 0, pair->bad);
	const struct finding *finding = finding_of(judge, (unsigned)rule);
	if (!finding) return failures + complain("the bad trace does not break it", pair, dialect, judge);
	if (!judge_triggered(judge, (unsigned)rule)) failures += complain("it is broken, but not triggered", pair, dialect, judge);
	bool told = finding->done[0] && finding->allowed[0] && finding->seen[0] && finding->signature[0];
	if (!told) failures += complain("the story is not told", pair, dialect, judge);
	return failures;
}

static void try_pairs(const struct pair *pairs, unsigned count)
{
	unsigned failures = 0;
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++) failures += try_pair(&pairs[i], (enum dialect)d);
	assert_int_equal(failures, 0);
}

static void rules_of_the_error_object_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_ERROR, PAIRS_ERROR_COUNT);
}

static void rules_of_codes_and_bodies_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_CODE, PAIRS_CODE_COUNT);
}

static void rules_of_states_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_STATE, PAIRS_STATE_COUNT);
}

static void rules_of_callbacks_and_times_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_REST, PAIRS_REST_COUNT);
}

static void rules_of_the_manager_and_of_com_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_MANAGER, PAIRS_MANAGER_COUNT);
}

static void rules_of_jobs_and_files_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_JOB, PAIRS_JOB_COUNT);
}

static void rules_of_the_world_around_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_WORLD, PAIRS_WORLD_COUNT);
}

static void rules_of_the_later_interfaces_see_good_and_bad(void **state)
{
	(void)state;
	try_pairs(PAIRS_LATER, PAIRS_LATER_COUNT);
}

static bool has_pair(const char *rule, const struct pair *pairs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(pairs[i].rule, rule)) return true;
	return false;
}

static void every_judged_rule_has_a_pair(void **state)
{
	unsigned count, missing = 0;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		const char *id = rules[i].id;
		bool has = has_pair(id, PAIRS_ERROR, PAIRS_ERROR_COUNT) || has_pair(id, PAIRS_CODE, PAIRS_CODE_COUNT) ||
			has_pair(id, PAIRS_STATE, PAIRS_STATE_COUNT) || has_pair(id, PAIRS_REST, PAIRS_REST_COUNT) ||
			has_pair(id, PAIRS_MANAGER, PAIRS_MANAGER_COUNT) ||
			has_pair(id, PAIRS_JOB, PAIRS_JOB_COUNT) ||
			has_pair(id, PAIRS_WORLD, PAIRS_WORLD_COUNT) ||
			has_pair(id, PAIRS_LATER, PAIRS_LATER_COUNT);
		if (rules[i].kind != RULE_KIND_JUDGED || has) continue;
		print_message("%s has no pair\n", id);
		missing++;
	}
	assert_int_equal(missing, 0);
}

static void a_rule_that_is_not_judged_says_why(void **state)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		bool judged_rule = rules[i].kind == RULE_KIND_JUDGED;
		if (judged_rule == (rules[i].why[0] != '\0')) fail_msg("%s: why is `%s`", rules[i].id, rules[i].why);
		if (rules[i].kind == RULE_KIND_DERIVED && rules_find(rules[i].why, strlen(rules[i].why)) < 0)
			fail_msg("%s is derived from %s, which is no rule", rules[i].id, rules[i].why);
	}
}

/* Issue 01: a refused connection ends in ERROR, GetError knows nothing. */
static void the_first_known_finding_comes_out(void **state)
{
	const char *text = "0 player - begin id=t tier=real\n0 world h1 host answer=refuse\n0 client - job.create hr=S_OK as=j1 id=J1\n" P("0", "SUSPENDED")
		CALL("0", "job.add_file hr=S_OK url=http://127.0.0.1:4711/f1 local=w/f1") RESUME("0") P("0.2", "CONNECTING") P("2.5", "ERROR") END("3");
	struct judge *judge = judged(DIALECT_BITS, SECOND, text);
	(void)state;
	const struct finding *finding = finding_of(judge, (unsigned)rules_find("ERR-LIFE-001", 12));
	assert_non_null(finding);
	assert_string_equal(finding->signature, "state=ERROR hr=ERROR_INFORMATION_UNAVAILABLE");
	assert_string_equal(finding->job, "j1");
	assert_int_equal(finding->trace_index, 7);
	assert_int_equal(finding->at_ns, 2 * SECOND + SECOND / 2);
}

/* Issue 01: HTTP 500 with a body ends in TRANSFERRED. */
static void the_second_known_finding_comes_out(void **state)
{
	const char *text = GO STATUS("2", "/f1", "500") P("2", "TRANSFERRED");
	struct judge *judge = judged(DIALECT_BITS, SECOND, text);
	(void)state;
	assert_non_null(finding_of(judge, (unsigned)rules_find("NET-007", 7)));
	assert_non_null(finding_of(judge, (unsigned)rules_find("STATE-010", 9)));
}

static void a_rule_without_its_trigger_is_not_triggered(void **state)
{
	struct judge *judge = judged(DIALECT_BITS, 0, NEW);
	unsigned count, triggered = 0;
	(void)state;
	rules_all(&count);
	for (unsigned i = 0; i < count; i++) triggered += judge_triggered(judge, i) > 0;
	assert_true(triggered > 0);
	assert_true(triggered < 12);
	assert_int_equal(judge_triggered(judge, (unsigned)rules_find("ERR-LIFE-001", 12)), 0);
}

static void rules_of_the_other_dialect_are_silent(void **state)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	struct judge *judge = judged(DIALECT_DO, 0, FATAL_DO);
	(void)state;
	for (unsigned i = 0; i < count; i++)
		if (!rules[i].dialects[DIALECT_DO]) assert_int_equal(judge_triggered(judge, i), 0);
}

static void the_same_finding_is_told_three_times(void **state)
{
	struct judge *judge = judged(DIALECT_BITS, 0, GO STATUS("2", "/f1", "404") P("2", "ERROR") P("3", "ERROR") P("4", "ERROR") P("5", "ERROR") P("6", "ERROR"));
	unsigned rule = (unsigned)rules_find("ERR-LIFE-001", 12), told = 0;
	(void)state;
	for (unsigned i = 0; i < judge_findings_count(judge); i++) told += judge_finding(judge, i)->rule == rule;
	assert_int_equal(told, 3);
	assert_int_equal(judge_triggered(judge, rule), 5);
}

static void an_unstable_probe_says_nothing_of_the_error(void **state)
{
	const char *text = GO STATUS("2", "/f1", "404") "2 client j1 probe state=TRANSFERRING hr=ERROR_INFORMATION_UNAVAILABLE after=ERROR\n";
	struct judge *judge = judged(DIALECT_BITS, 0, text);
	(void)state;
	assert_int_equal(judge_triggered(judge, (unsigned)rules_find("ERR-LIFE-001", 12)), 0);
	assert_int_equal(judge_findings_count(judge), 0);
}

static void lines_of_the_inside_change_nothing(void **state)
{
	const char *text = FATAL "3 impl j1 FATAL ERROR > TRANSFERRED [nonsense] effects=error_clear\n" E404("3", "ERROR");
	(void)state;
	assert_int_equal(judge_findings_count(judged(DIALECT_BITS, 0, text)), 0);
}

static void lines_of_unknown_objects_are_borne(void **state)
{
	static const char text[] = BEGIN "0 client j9 probe state=ERROR hr=S_OK after=ERROR\n0 cb j9 job_error state=ERROR return=S_OK n=1\n"
		"0 client e9 error.get_error hr=S_OK context=77 code=huh\n0 origin /nobody response n=1\n0 client - job.create hr=what as=j1\n"
		"0 client - job.open hr=S_OK as=j2 id=unknown\n0 client j2 job.resume hr=S_OK\n0 world - policy word=block cause=nonsense\n";
	(void)state;
	assert_int_equal(judge_findings_count(judged(DIALECT_BITS, 0, text)), 0);
}

static const struct { const char *name, *id, *choice; enum dialect dialect; const char *text; } READINGS[] = {
	{ "error in TRANSIENT_ERROR", "C-01", "both-errors", DIALECT_BITS, TRANSIENT },
	{ "none in TRANSIENT_ERROR", "C-01", "error-only", DIALECT_BITS, GO RESET("2", "/f1") P("2", "TRANSIENT_ERROR") },
	{ "error after Resume", "C-02", "until-data", DIALECT_BITS, FATAL RESUME("3") E404("3", "QUEUED") },
	{ "none after Resume", "C-02", "gone-at-resume", DIALECT_BITS, FATAL RESUME("3") P("3", "QUEUED") },
	{ "error after Suspend", "C-03", "kept", DIALECT_BITS, FATAL CALL("3", "job.suspend hr=S_OK") E404("3", "SUSPENDED") },
	{ "code of do", "C-04", "no-progress", DIALECT_DO, TRANSIENT_DO E("86402", "ERROR", "NONE", "NO_PROGRESS", "0") },
	{ "NULL", "C-09", "E_POINTER", DIALECT_BITS, NEW CALL("0", "job.get_error hr=E_POINTER out=null") },
	{ "context of do", "C-10", "none-otherwise", DIALECT_DO, FATAL_DO },
	{ "refused", "C-11", "transport", DIALECT_BITS, QUEUED P("1", "CONNECTING") REFUSED("1") E("1", "TRANSIENT_ERROR", "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0") },
	{ "queued in do", "C-16", "via-queued", DIALECT_DO, QUEUED },
	{ "direct in do", "C-16", "direct", DIALECT_DO, NEW FILE1 RESUME("0") P("0", "TRANSFERRING") },
	{ "blocked in do", "C-15", "queued", DIALECT_DO, NET_DOWN_DO P("2", "QUEUED") },
	{ "blocked by cost", "C-64", "suspended", DIALECT_BITS, GO WORLD("2", "policy word=block cause=policy.cost") P("2", "SUSPENDED") },
	{ "Suspend in TRANSFERRED", "C-19", "unchanged", DIALECT_BITS, DONE CALL("3", "job.suspend hr=S_OK") P("3", "TRANSFERRED") },
	{ "Resume in TRANSFERRED", "C-21", "ok-unchanged", DIALECT_BITS, DONE RESUME("3") P("3", "TRANSFERRED") },
	{ "Resume refused in TRANSFERRED", "C-21", "invalid-state", DIALECT_BITS, DONE CALL("3", "job.resume hr=INVALID_STATE") P("3", "TRANSFERRED") },
	{ "Complete without files", "C-22", "partial", DIALECT_BITS, GO CALL("2", "job.complete hr=PARTIAL_COMPLETE") P("2", "ACKNOWLEDGED") },
	{ "flags", "C-28", "error+transferred", DIALECT_BITS, NEW CALL("0", "job.get hr=S_OK property=notify_flags value=3") },
	{ "an empty range", "C-56", "INVALID_RANGE", DIALECT_BITS, NEW CALL("0", "job.add_file_with_ranges hr=INVALID_RANGE url=http://origin/f1 local=w/f1 ranges=5+0") },
	{ "GetJob in do", "C-51", "0x80D02003", DIALECT_DO, NEW "0 client - job.open hr=NOT_FOUND as=_1 id={00000000-0000-0000-0000-000000000001}\n" },
	{ "an old enumerator", "C-61", "snapshot", DIALECT_DO, NEW CALL("0", "job.enum_files hr=S_OK as=n1") FILE1 ON("0", "n1", "enum.count hr=S_OK count=0") },
	{ "a new enumerator", "C-61", "live", DIALECT_DO, NEW CALL("0", "job.enum_files hr=S_OK as=n1") FILE1 ON("0", "n1", "enum.count hr=S_OK count=1") },
	{ "HEAD", "C-62", "head-first", DIALECT_BITS, QUEUED P("1", "CONNECTING") HEAD("1", "/f1") },
	{ "GET", "C-62", "get-first", DIALECT_BITS, GO },
	{ "503", "C-63", "transient", DIALECT_BITS, GO STATUS("2", "/f1", "503") E("2", "TRANSIENT_ERROR", "REMOTE_FILE", "HTTP_503", "0") },
	{ "500", "C-63", "fatal", DIALECT_BITS, GO STATUS("2", "/f1", "500") E("2", "ERROR", "REMOTE_FILE", "HTTP_500", "0") },
	{ "404 while connecting", "C-18", "fatal-causes", DIALECT_BITS, QUEUED P("1", "CONNECTING") REQ("1", "/f1") STATUS("2", "/f1", "404") E404("2", "ERROR") },
	{ "404 while transferring", "C-18", "transient-only", DIALECT_BITS, FATAL },
	{ "nothing answers in do", "C-17", "queued", DIALECT_DO, QUEUED P("5", "QUEUED") },
	{ "nothing answers in do", "C-17", "transferring", DIALECT_DO, NEW FILE1 RESUME("0") P("5", "TRANSFERRING") },
	{ "the network goes while connecting", "C-23", "stays", DIALECT_BITS, QUEUED P("1", "CONNECTING") WORLD("2", "net word=down") P("3", "CONNECTING") },
	{ "files one by one", "C-24", "serial", DIALECT_DO, NEW FILE1 FILE2 RESUME("0") REQ("1", "/f1") WHOLE("2", "/f1") REQ("3", "/f2") },
	{ "files at once", "C-24", "parallel", DIALECT_DO, NEW FILE1 FILE2 RESUME("0") REQ("1", "/f1") REQ("1", "/f2") },
	{ "JobError with DISABLE", "C-27", "ignored", DIALECT_DO,
		NEW SET("notify_flags=6") SET("notify_interface=1") CB("3", "job_error", "state=ERROR context=NONE code=HTTP_404 return=S_OK n=1") },
	{ "HIGH", "C-31", "high-and-foreground=3600,normal-and-low=86400", DIALECT_DO, NEW SET("priority=HIGH") CALL("0", "job.get hr=S_OK property=no_progress_timeout value=3600") },
	{ "HIGH like NORMAL", "C-31", "foreground=3600,others=86400", DIALECT_DO, NEW SET("priority=HIGH") CALL("0", "job.get hr=S_OK property=no_progress_timeout value=86400") },
	{ "an unknown job", "C-51", "0x80D02003", DIALECT_DO, BEGIN "0 client - job.open hr=0x80D02003 as=j9 id=X\n" },
	{ "a missing folder", "C-52", "at-add", DIALECT_BITS, NEW CALL("0", "job.add_file hr=0x80070003 url=http://origin/f1 local=w/x/f1") },
	{ "a missing folder found late", "C-52", "at-transfer", DIALECT_BITS, GO E("2", "ERROR", "LOCAL_FILE", "0x80070003", "0") },
	{ "a long URL", "C-53", "STRING_TOO_LONG", DIALECT_BITS, NEW CALL("0", "job.add_file hr=STRING_TOO_LONG url=http://origin/f1 local=w/f1") },
	{ "a set with a bad element", "C-54", "those-before", DIALECT_BITS, NEW CALL("0", "job.add_file_set hr=E_INVALIDARG url=http://origin/f1 local=w/f1")
		CALL("0", "job.progress hr=S_OK files_total=1") },
	{ "a set of which nothing is there", "C-54", "none-added", DIALECT_BITS, NEW CALL("0", "job.add_file_set hr=E_INVALIDARG url=http://origin/f1 local=w/f1")
		CALL("0", "job.progress hr=S_OK files_total=0") },
	{ "added after the end", "C-55", "other-failure", DIALECT_BITS, NEW CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED")
		CALL("0", "job.add_file hr=E_FAIL url=http://origin/f1 local=w/f1") },
	{ "priority after the end", "C-58", "ok", DIALECT_DO, NEW CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED") SET("priority=HIGH") },
	{ "an enumerator that is alive", "C-61", "live", DIALECT_DO, NEW FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") FILE2 ON("0", "n1", "enum.count hr=S_OK count=2") },
	{ "an enumerator", "C-61", "snapshot", DIALECT_BITS, NEW FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") FILE2 ON("0", "n1", "enum.count hr=S_OK count=1") },
	{ "state before JobError", "C-67", "state-first", DIALECT_BITS, FATAL CB("3", "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 return=S_OK n=1") },
};

static void readings_are_shown(void **state)
{
	unsigned failures = 0;
	(void)state;
	for (size_t i = 0; i < sizeof READINGS / sizeof READINGS[0]; i++) {
		const char *shown = judge_reading(judged(READINGS[i].dialect, 0, READINGS[i].text), READINGS[i].id);
		if (shown && !strcmp(shown, READINGS[i].choice)) continue;
		print_message("%s: expected %s = %s, found %s\n", READINGS[i].name, READINGS[i].id, READINGS[i].choice, shown ? shown : "nothing");
		failures++;
	}
	assert_int_equal(failures, 0);
}

static unsigned findings_of(const char *id, const char *choice, const char *text)
{
	arena_reset(&arena);
	struct judge *judge = judge_new(&arena, DIALECT_BITS, 0);
	assert_non_null(judge);
	if (id) judge_take(judge, id, choice);
	see_text(judge, text);
	return judge_findings_count(judge);
}

/* A MUST that has decided a contradiction holds unless the judge is told otherwise. */
static void a_reading_that_is_taken_is_accepted(void **state)
{
	static const char absent[] = GO RESET("2", "/f1") P("2", "TRANSIENT_ERROR");
	static const char lost[] = FATAL WORLD("3", "service word=kill") WORLD("4", "service word=start") P("5", "ERROR");
	(void)state;
	assert_int_not_equal(findings_of(NULL, NULL, absent), 0);
	assert_int_equal(findings_of("C-01", "error-only", absent), 0);
	assert_int_not_equal(findings_of("C-08", "state-only", absent), 0);
	assert_int_not_equal(findings_of(NULL, NULL, lost), 0);
	assert_int_equal(findings_of("C-08", "state-only", lost), 0);
}

#define DEAD NEW FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") CALL("0", "handle.add_ref hr=S_OK count=2") CALL("0", "handle.release hr=S_OK count=1") \
	WORLD("1", "service word=kill")
#define REAL "0 player - begin id=t tier=real\n0 client - job.create hr=S_OK as=j1 id=J1\n" P("0", "SUSPENDED")

/* Answers that cannot be held against an implementation, as far as a trace tells. */
static const struct { const char *name; enum dialect dialect; const char *text; } UNJUDGED[] = {
	{ "CreateJob of a service that is down", DIALECT_BITS, DEAD "1 client - job.create hr=RPC_S_SERVER_UNAVAILABLE as=j2 name=null\n" },
	{ "GetJob of a service that is down", DIALECT_BITS, DEAD "1 client - job.open hr=RPC_S_SERVER_UNAVAILABLE as=k1 id=J1\n" },
	{ "objects of a service that died", DIALECT_BITS, DEAD WORLD("2", "service word=start") CALL("2", "handle.query_interface hr=RPC_E_DISCONNECTED iid=IUnknown as=_1")
			ON("2", "n1", "enum.next hr=RPC_E_DISCONNECTED count=1 as=_1") CALL("2", "job.id hr=RPC_E_DISCONNECTED") },
	{ "jobs of others", DIALECT_BITS, REAL "0 client - job.enum hr=S_OK as=n1\n" ON("0", "n1", "enum.count hr=S_OK count=7") },
	{ "jobs of others, and no more room", DIALECT_BITS, REAL "0 client - job.create hr=TOO_MANY_JOBS_PER_USER as=_1 name=n left=null\n" },
	{ "a job that may have expired", DIALECT_BITS, NEW "7776000 client - job.open hr=NOT_FOUND as=_1 id=J1 left=null\n" },
	{ "a job of do that nobody holds", DIALECT_DO, NEW CALL("0", "handle.release hr=S_OK count=0") "0 client - job.open hr=NOT_FOUND as=_1 id=J1 left=null\n" },
	{ "an enumerator of do that follows its job", DIALECT_DO, NEW FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") FILE2 ON("0", "n1", "enum.next hr=S_OK count=2 fetched=2")
			ON("0", "n1", "enum.count hr=S_OK count=2") },
	{ "a language that may be missing", DIALECT_BITS, FATAL CALL("3", "job.get_error hr=S_OK as=e1") ON("3", "e1", "error.description hr=S_OK language=0x407 text=fehlt") },
	{ "an interface that may be missing", DIALECT_BITS, NEW CALL("0", "handle.query_interface hr=E_NOINTERFACE iid=IBackgroundCopyJob5 as=_1 left=null") },
	{ "JobError again after a command line that came later", DIALECT_BITS, NEW CALL("0", "job.set hr=S_OK notify_interface=1") SET("notify_flags=JOB_ERROR") FILE1 RESUME("0")
			P("0", "QUEUED") GO1 STATUS("2", "/f1", "404") E404("2", "ERROR") CB("2", "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 return=E_FAIL n=1")
			CALL("9", "job.set_command hr=S_OK program=tell.exe") CB("62", "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 return=E_FAIL n=2") },
	{ "a file's property of do that was set", DIALECT_DO, NEW FILE1 CALL("0", "job.enum_files hr=S_OK as=n1") ON("0", "n1", "enum.next hr=S_OK as=f1 fetched=1")
			ON("0", "f1", "file.set_do_property hr=S_OK property_id=2 value=true") ON("0", "f1", "file.get_do_property hr=S_OK property_id=2 value=true") },
	{ "the same error again after Resume", DIALECT_BITS, FATAL RESUME("3") E404("3", "QUEUED") E404("4", "CONNECTING") REQ("4", "/f1") STATUS("5", "/f1", "404") E404("5", "ERROR") },
	{ "a request at the moment when the owner leaves", DIALECT_BITS, GO WORLD("2", "user word=logoff") RANGE("2", "/f1", "0-99") P("2", "QUEUED") },
};

#define TOLD_FATAL NEW FILE1 SET("notify_flags=JOB_ERROR") SET("notify_interface=1") RESUME("0") P("0", "QUEUED") GO1 STATUS("2", "/f1", "404") E404("2", "ERROR")
#define LATE_ERROR(t, state) CB(t, "job_error", "state=" state " context=REMOTE_FILE code=HTTP_404 return=S_OK n=1")

/* A callback that is under way when a call ends what it tells comes after it (CB-025); it comes once. */
static void a_callback_may_be_late_once(void **state)
{
	static const char late[] = TOLD_FATAL RESUME("2") E404("2", "QUEUED") P("3", "CONNECTING") REFUSED("3")
		E("3", "TRANSIENT_ERROR", "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0") LATE_ERROR("3", "TRANSIENT_ERROR");
	static const char queued[] = TOLD_FATAL RESUME("2") E404("2", "QUEUED") LATE_ERROR("2", "QUEUED");
	static const char twice[] = TOLD_FATAL LATE_ERROR("2", "ERROR") RESUME("2") E404("2", "QUEUED") P("3", "CONNECTING") REFUSED("3")
		E("3", "TRANSIENT_ERROR", "GENERAL_TRANSPORT", "WININET_E_CANNOT_CONNECT", "0") LATE_ERROR("3", "TRANSIENT_ERROR");
	(void)state;
	assert_null(finding_of(judged(DIALECT_BITS, 0, late), RULE_cb_002));
	assert_null(finding_of(judged(DIALECT_BITS, 0, queued), RULE_cb_025));
	assert_non_null(finding_of(judged(DIALECT_BITS, 0, twice), RULE_cb_002));
}

static void what_is_not_certain_is_not_judged(void **state)
{
	unsigned failures = 0;
	(void)state;
	for (size_t i = 0; i < sizeof UNJUDGED / sizeof UNJUDGED[0]; i++) {
		struct judge *judge = judged(UNJUDGED[i].dialect, 0, UNJUDGED[i].text);
		for (unsigned n = 0; n < judge_findings_count(judge); n++, failures++)
			print_message("%s: %s, %s\n", UNJUDGED[i].name, rule_of(judge_finding(judge, n)->rule)->id, judge_finding(judge, n)->seen);
	}
	assert_int_equal(failures, 0);
}

/* rule_sight.def says what a fold passes over; here every fold of the dialect is asked at every sight. */
static struct judge *asked_always(enum dialect dialect, const char *text)
{
	struct judge *judge = judge_new(&arena, dialect, 0);
	assert_non_null(judge);
	judge_ask_all(judge);
	see_text(judge, text);
	return judge;
}

static void compare_asked(enum dialect dialect, const char *text)
{
	struct judge *judge = judged(dialect, 0, text), *always = asked_always(dialect, text);
	assert_memory_equal(judge->triggered, always->triggered, sizeof judge->triggered);
	assert_int_equal(judge_findings_count(judge), judge_findings_count(always));
	for (unsigned i = 0; i < judge_findings_count(judge); i++) {
		assert_int_equal(judge_finding(judge, i)->rule, judge_finding(always, i)->rule);
		assert_string_equal(judge_finding(judge, i)->signature, judge_finding(always, i)->signature);
	}
	for (unsigned i = 0; i < JUDGE_READINGS_MAX; i++) assert_ptr_equal(judge->readings[i], always->readings[i]);
}

static void compare_pairs(const struct pair *pairs, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++) {
			compare_asked((enum dialect)d, pairs[i].good);
			compare_asked((enum dialect)d, pairs[i].bad);
		}
}

static void a_fold_does_nothing_at_sights_that_it_passes_over(void **state)
{
	(void)state;
	compare_pairs(PAIRS_ERROR, PAIRS_ERROR_COUNT);
	compare_pairs(PAIRS_CODE, PAIRS_CODE_COUNT);
	compare_pairs(PAIRS_STATE, PAIRS_STATE_COUNT);
	compare_pairs(PAIRS_REST, PAIRS_REST_COUNT);
	compare_pairs(PAIRS_MANAGER, PAIRS_MANAGER_COUNT);
	compare_pairs(PAIRS_JOB, PAIRS_JOB_COUNT);
	compare_pairs(PAIRS_WORLD, PAIRS_WORLD_COUNT);
	compare_pairs(PAIRS_LATER, PAIRS_LATER_COUNT);
}

static void memory_that_ends_is_told(void **state)
{
	static const char text[] = "0.000000000 client - job.create hr=S_OK as=j1 id=J1";
	bool told = false, present;
	struct failure failure;
	struct trace_line line;
	(void)state;
	assert_int_equal(trace_parse(text, sizeof text - 1, &line, &present, &failure), STATUS_OK);
	for (unsigned long n = 1; n < 5; n++) {
		arena_reset(&arena);
		arena_fail_at(n);
		struct judge *judge = judge_new(&arena, DIALECT_BITS, 0);
		told |= !judge || judge_see(judge, &line) == STATUS_NO_MEMORY;
		arena_fail_at(0);
	}
	assert_true(told);
}

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, 16u << 20);
}

static int teardown(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_the_error_object_see_good_and_bad),
		cmocka_unit_test(rules_of_codes_and_bodies_see_good_and_bad),
		cmocka_unit_test(rules_of_states_see_good_and_bad),
		cmocka_unit_test(rules_of_callbacks_and_times_see_good_and_bad),
		cmocka_unit_test(rules_of_the_manager_and_of_com_see_good_and_bad),
		cmocka_unit_test(rules_of_jobs_and_files_see_good_and_bad),
		cmocka_unit_test(rules_of_the_world_around_see_good_and_bad),
		cmocka_unit_test(rules_of_the_later_interfaces_see_good_and_bad),
		cmocka_unit_test(every_judged_rule_has_a_pair),
		cmocka_unit_test(a_rule_that_is_not_judged_says_why),
		cmocka_unit_test(the_first_known_finding_comes_out),
		cmocka_unit_test(the_second_known_finding_comes_out),
		cmocka_unit_test(a_rule_without_its_trigger_is_not_triggered),
		cmocka_unit_test(rules_of_the_other_dialect_are_silent),
		cmocka_unit_test(the_same_finding_is_told_three_times),
		cmocka_unit_test(an_unstable_probe_says_nothing_of_the_error),
		cmocka_unit_test(lines_of_the_inside_change_nothing),
		cmocka_unit_test(lines_of_unknown_objects_are_borne),
		cmocka_unit_test(readings_are_shown),
		cmocka_unit_test(a_reading_that_is_taken_is_accepted),
		cmocka_unit_test(a_callback_may_be_late_once),
		cmocka_unit_test(what_is_not_certain_is_not_judged),
		cmocka_unit_test(a_fold_does_nothing_at_sights_that_it_passes_over),
		cmocka_unit_test(memory_that_ends_is_told),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("rules", tests, setup, teardown);
}
