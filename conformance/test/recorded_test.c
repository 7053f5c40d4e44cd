/* recorded_test.c -- logs of API calls: what they may hold, what they become, and where they are wrong. */
#include "conformance/recorded.h"

#include "sim/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "# dialect: bits\ntime,actor,object,event,result,fields\n"

static struct arena arena;

static enum status read_file(const char *name, const char *text, struct recorded *recorded, struct failure *failure)
{
	arena_reset(&arena);
	*failure = (struct failure){ 0 };
	return recorded_read(&arena, name, text, strlen(text), recorded, failure);
}

static void assert_refused(const char *name, const char *text, unsigned line, unsigned col, const char *says)
{
	struct recorded recorded;
	struct failure failure;
	if (read_file(name, text, &recorded, &failure) != STATUS_BAD_INPUT) fail_msg("not refused: %s", text);
	if (failure.line != line || failure.col != col || !strstr(failure.text, says)) fail_msg("%u:%u: %s", failure.line, failure.col, failure.text);
}

/* The n-th line of the log behind the line that begins every record, as a trace has it. */
static const char *line_of(const char *text, unsigned n)
{
	static char printed[TRACE_LINE_MAX];
	struct recorded recorded;
	struct failure failure;
	if (read_file("x.csv", text, &recorded, &failure)) fail_msg("%u:%u: %s", failure.line, failure.col, failure.text);
	assert_true(n + 1 < recorded.play.trace.count);
	trace_print(recorded.play.trace.lines[n + 1], printed, sizeof printed);
	return printed;
}

static void a_call_is_a_line(void **state)
{
	(void)state;
	assert_string_equal(line_of(HEAD "5.25,client,j1,job.resume,0,\n", 0), "0.000000000 client j1       job.resume       hr=S_OK\n");
	assert_string_equal(line_of(HEAD "5.25,client,j1,IBackgroundCopyJob::Resume,0x8020000F,\n", 0), "0.000000000 client j1       job.resume       hr=ERROR_INFORMATION_UNAVAILABLE\n");
	assert_string_equal(line_of(HEAD "1,client,j1,IBackgroundCopyJob::GetPriority,-2147024891,\n", 0), "0.000000000 client j1       job.get          hr=E_ACCESSDENIED property=priority\n");
	assert_string_equal(line_of(HEAD "1,client,j1,IBackgroundCopyJob::SetPriority,S_OK,value=HIGH\n", 0), "0.000000000 client j1       job.set          hr=S_OK priority=HIGH\n");
	assert_string_equal(line_of(HEAD "1,cb,j1,job_error,,state=ERROR\n", 0), "0.000000000 cb     j1       job_error        state=ERROR\n");
	assert_string_equal(line_of(HEAD "1,world,-,net,,word=down\r\n", 0), "0.000000000 world  -        net              word=down\n");
}

static void times_count_from_the_first_line(void **state)
{
	(void)state;
	static const char log[] = HEAD "2026-11-25T23:59:59.5Z,client,j1,job.resume,0,\n2026-11-26T00:00:01.250Z,client,j1,job.suspend,0,\n";
	assert_int_equal(strncmp(line_of(log, 1), "1.750000000 ", strlen("1.750000000 ")), 0);
}

static void quotes_are_those_of_rfc_4180(void **state)
{
	(void)state;
	assert_string_equal(line_of(HEAD "0,client,j1,job.add_file,0,\"url=http://h/a,b local=\"\"C:\\\\a b\"\"\"\n", 0),
		"0.000000000 client j1       job.add_file     hr=S_OK url=http://h/a,b local=\"C:\\\\a b\"\n");
}

static void asking_state_error_and_state_is_a_look(void **state)
{
	(void)state;
	static const char log[] = HEAD "0,client,j1,job.state,0,state=ERROR\n1,client,j1,job.get_error,0,as=e1\n"
		"1,client,e1,error.get_error,0,context=REMOTE_FILE code=HTTP_404\n2,client,j1,job.state,0,state=ERROR\n";
	static const char moved[] = HEAD "0,client,j1,job.state,0,state=ERROR\n1,client,j1,job.get_error,0,as=e1\n2,client,j1,job.state,0,state=QUEUED\n";
	static const char called[] = HEAD "0,client,j1,job.state,0,state=ERROR\n1,client,j1,job.get_error,0,as=e1\n1,client,j1,job.resume,0,\n"
		"2,client,j1,job.state,0,state=ERROR\n";
	struct recorded recorded;
	struct failure failure;
	assert_string_equal(line_of(log, 4), "2.000000000 client j1       probe            state=ERROR hr=S_OK context=REMOTE_FILE code=HTTP_404 after=ERROR\n");
	assert_int_equal(read_file("x.csv", moved, &recorded, &failure), STATUS_OK);
	assert_int_equal(recorded.play.trace.count, 4);
	assert_int_equal(read_file("x.csv", called, &recorded, &failure), STATUS_OK);
	assert_int_equal(recorded.play.trace.count, 5);
}

static void a_client_alone_is_blind(void **state)
{
	struct recorded recorded;
	struct failure failure;
	(void)state;
	assert_int_equal(read_file("a/b.c.csv", HEAD "0,client,j1,job.resume,0,\n", &recorded, &failure), STATUS_OK);
	assert_string_equal(recorded.id, "b.c");
	assert_true(recorded.is_real && recorded_is_blind(&recorded));
	assert_int_equal(read_file("x.csv", "# tier: virtual\n" HEAD "0,client,j1,job.resume,0,\n", &recorded, &failure), STATUS_OK);
	assert_false(recorded.is_real || recorded_is_blind(&recorded));
	assert_int_equal(read_file("x.csv", "# implementation: Some Agent 2.1\n" HEAD "0,origin,/f,request,,method=GET\n", &recorded, &failure), STATUS_OK);
	assert_false(recorded_is_blind(&recorded));
	assert_string_equal(recorded.implementation, "Some Agent");
	assert_string_equal(recorded.version, "2.1");
}

static void bad_logs_are_refused_where_they_are_bad(void **state)
{
	(void)state;
	assert_refused("x.csv", "", 1, 1, "expected lines");
	assert_refused("x.csv", "# dialect: vb\n", 1, 12, "expected do or bits, found vb");
	assert_refused("x.csv", "time,actor,object,event,result,fields\n", 1, 1, "# dialect");
	assert_refused("x.csv", "# dialect: do\ntime,who\n", 2, 1, "expected the columns");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,0\n", 3, 1, "expected 6 columns, found 5");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,0,,\n", 3, 27, "found more");
	assert_refused("x.csv", HEAD "soon,client,j1,job.resume,0,\n", 3, 1, "found soon");
	assert_refused("x.csv", HEAD "2026-11-25T09:00:00,client,j1,job.resume,0,\n", 3, 1, "a time such as");
	assert_refused("x.csv", HEAD "2,client,j1,job.resume,0,\n1,client,j1,job.resume,0,\n", 4, 1, "not before");
	assert_refused("x.csv", HEAD "1,player,-,end,,\n", 3, 3, "client, cb, origin or world");
	assert_refused("x.csv", HEAD "1,client,j1,job.fly,0,\n", 3, 13, "a command");
	assert_refused("x.csv", HEAD "1,client,j1,IBackgroundCopyJob::Fly,0,\n", 3, 13, "a method");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,,\n", 3, 24, "an HRESULT");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,9999999999,\n", 3, 24, "an HRESULT");
	assert_refused("x.csv", HEAD "1,cb,j1,job_error,0,\n", 3, 19, "only a client's call");
	assert_refused("x.csv", HEAD "1,cb,j1,job_done,,\n", 3, 9, "job_error");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,0,nonsense\n", 3, 26, "expected FROM > TO");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,0,\"a=\"\"b\"\n", 3, 30, "closing quote");
	assert_refused("x.csv", HEAD "1,client,j1,job.resume,0,\"a=b\n", 3, 26, "the end of the file");
	assert_refused("x.csv", HEAD "1,cl\"ient\",j1,job.resume,0,\n", 3, 5, "around the whole column");
	assert_refused("x.trace", "1.0 client j1 job.resume hr=S_OK\n0.5 client j1 job.resume hr=S_OK\n", 2, 1, "not before");
	assert_refused("x.trace", "1.0 nobody j1 job.resume hr=S_OK\n", 1, 5, "expected client");
}

static int setup(void **state)
{
	(void)state;
	return arena_init(&arena, 1u << 20);
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
		cmocka_unit_test(a_call_is_a_line),
		cmocka_unit_test(times_count_from_the_first_line),
		cmocka_unit_test(quotes_are_those_of_rfc_4180),
		cmocka_unit_test(asking_state_error_and_state_is_a_look),
		cmocka_unit_test(a_client_alone_is_blind),
		cmocka_unit_test(bad_logs_are_refused_where_they_are_bad),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("recorded", tests, setup, teardown);
}
