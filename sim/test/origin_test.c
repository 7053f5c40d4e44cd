/* origin_test.c -- which serve line answers, and how it lies. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/origin.h"
#include "sim/test/change.h"

#define NS_PER_S INT64_C(1000000000)

struct box {
	struct arena arena;
	struct origin *origin;
	struct response response;
};

static int setup(void **state)
{
	static struct box box;

	if (arena_init(&box.arena, 16 << 20)) return -1;
	box.origin = origin_new(&box.arena);
	*state = &box;
	return box.origin ? 0 : -1;
}

static int teardown(void **state)
{
	struct box *box = *state;

	arena_done(&box->arena);
	return 0;
}

static bool change(struct box *box, const char *line, int64_t now_ns)
{
	const struct step *step = change_step(&box->arena, line);
	char why[200] = "";

	assert_non_null(step);
	return origin_change(box->origin, step, now_ns, why, sizeof why);
}

static const struct response *ask(struct box *box, const char *method, const char *path)
{
	struct request request = { .host = "origin", .method = method, .path = path };

	origin_answer(box->origin, &request, 0, &box->response);
	return &box->response;
}

static const struct response *ask_part(struct box *box, const char *path, uint64_t from, uint64_t to, const char *if_range)
{
	struct request request = { .host = "origin", .method = "GET", .path = path, .has_range = true, .range_from = from,
		.range_to = to, .if_range = if_range };

	origin_answer(box->origin, &request, 0, &box->response);
	return &box->response;
}

static void a_path_that_is_not_served_answers_404(void **state)
{
	const struct response *response = ask(*state, "GET", "/nothing");

	assert_int_equal(response->status, 404);
	assert_false(response->is_content);
	assert_int_equal(response->content_length, 32);
	assert_int_equal(response->scenario_line, 0);
}

static void a_plain_line_serves_the_whole_content(void **state)
{
	struct box *box = *state;
	const struct response *response;

	change(box, "serve /f1 size=64k etag=\"a\" modified=1", 0);
	response = ask(box, "GET", "/f1");
	assert_int_equal(response->status, 200);
	assert_true(response->is_content && response->accept_ranges);
	assert_int_equal(response->content_length, 65536);
	assert_int_equal(response->body_length, 65536);
	assert_int_equal(response->body_from, 0);
	assert_int_equal(response->range_total, 65536);
	assert_string_equal(response->etag, "\"a\"");
	assert_string_equal(response->last_modified, "Thu, 02 Jan 2020 00:00:00 GMT");
	assert_int_equal(response->ending, ENDING_DONE);
	assert_string_equal(response->fault, "");
	assert_int_equal(response->scenario_line, 5);
}

/* Days whose dates are known: leap day, end of a year, a year that is no leap year although divisible by 4. */
static void dates_are_those_of_the_calendar(void **state)
{
	static const struct { const char *line, *date; } rows[] = {
		{ "serve /d0 size=1 modified=0", "Wed, 01 Jan 2020 00:00:00 GMT" },
		{ "serve /d1 size=1 modified=59", "Sat, 29 Feb 2020 00:00:00 GMT" },
		{ "serve /d2 size=1 modified=365", "Thu, 31 Dec 2020 00:00:00 GMT" },
		{ "serve /d3 size=1 modified=366", "Fri, 01 Jan 2021 00:00:00 GMT" },
		{ "serve /d4 size=1 modified=29279", "Mon, 01 Mar 2100 00:00:00 GMT" },
	};
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[8];
		snprintf(path, sizeof path, "/d%zu", i);
		change(box, rows[i].line, 0);
		assert_string_equal(ask(box, "GET", path)->last_modified, rows[i].date);
	}
}

static void head_has_the_length_but_no_body(void **state)
{
	struct box *box = *state;
	const struct response *response;

	change(box, "serve /f1 size=64k fault=reset@16k", 0);
	response = ask(box, "HEAD", "/f1");
	assert_int_equal(response->content_length, 65536);
	assert_int_equal(response->body_length, 0);
	assert_int_equal(response->ending, ENDING_DONE);
}

static void lines_answer_in_turn_and_the_last_for_ever(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=1", 0);
	change(box, "serve /f1 size=2 times=2", 0);
	change(box, "serve /f1 size=3", 0);
	assert_int_equal(ask(box, "GET", "/f1")->body_length, 1);
	assert_int_equal(ask(box, "GET", "/f1")->body_length, 2);
	assert_int_equal(ask(box, "GET", "/f1")->body_length, 2);
	for (int i = 0; i < 5; i++) assert_int_equal(ask(box, "GET", "/f1")->body_length, 3);
}

static void lines_that_are_used_up_answer_404(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=1 times=1", 0);
	assert_int_equal(ask(box, "GET", "/f1")->status, 200);
	assert_int_equal(ask(box, "GET", "/f1")->status, 404);
}

static void a_line_of_one_method_leaves_the_other_alone(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 status=500 method=GET times=1", 0);
	change(box, "serve /f1 size=9", 0);
	assert_int_equal(ask(box, "HEAD", "/f1")->status, 200);
	assert_int_equal(ask(box, "GET", "/f1")->status, 500);
	assert_int_equal(ask(box, "GET", "/f1")->status, 200);
}

/* A fault of the body does not show in the answer to HEAD: a HEAD before the GET must not use it up. */
static void head_does_not_use_up_a_fault_of_the_body(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=64k fault=reset@16k times=1", 0);
	change(box, "serve /f1 size=64k", 0);
	ask(box, "HEAD", "/f1");
	assert_int_equal(ask(box, "GET", "/f1")->ending, ENDING_RESET);
	assert_int_equal(ask(box, "GET", "/f1")->ending, ENDING_DONE);
}

static void head_uses_up_an_error_status(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 status=503(retry-after=30s) times=1", 0);
	change(box, "serve /f1 size=64k", 0);
	assert_int_equal(ask(box, "HEAD", "/f1")->status, 503);
	assert_int_equal(box->response.retry_after_ns, 30 * NS_PER_S);
	assert_int_equal(ask(box, "GET", "/f1")->status, 200);
}

static void a_range_is_answered_with_its_part(void **state)
{
	struct box *box = *state;
	const struct response *response;

	change(box, "serve /f1 size=100", 0);
	response = ask_part(box, "/f1", 40, UINT64_MAX, NULL);
	assert_int_equal(response->status, 206);
	assert_true(response->has_content_range);
	assert_int_equal(response->range_from, 40);
	assert_int_equal(response->range_to, 99);
	assert_int_equal(response->range_total, 100);
	assert_int_equal(response->body_from, 40);
	assert_int_equal(response->content_length, 60);
	response = ask_part(box, "/f1", 99, 99, NULL);
	assert_int_equal(response->content_length, 1);
}

static void a_range_outside_is_416(void **state)
{
	struct box *box = *state;
	const struct response *response;

	change(box, "serve /f1 size=100", 0);
	response = ask_part(box, "/f1", 100, UINT64_MAX, NULL);
	assert_int_equal(response->status, 416);
	assert_int_equal(response->range_total, 100);
	assert_false(response->is_content);
	change(box, "serve /empty size=0", 0);
	assert_int_equal(ask_part(box, "/empty", 0, 0, NULL)->status, 416);
}

static void a_server_without_ranges_sends_all(void **state)
{
	struct box *box = *state;
	const struct response *response;

	change(box, "serve /f1 size=100 no-range", 0);
	response = ask_part(box, "/f1", 40, UINT64_MAX, NULL);
	assert_int_equal(response->status, 200);
	assert_false(response->accept_ranges || response->has_content_range);
	assert_int_equal(response->body_length, 100);
}

static void a_part_may_begin_elsewhere(void **state)
{
	static const struct { const char *line; uint64_t from; const char *fault; } rows[] = {
		{ "serve /f size=100 range=lie+10", 50, "lie+10" }, { "serve /f size=100 range=lie-10", 30, "lie-10" },
		{ "serve /f size=100 range=lie+60", 40, "" }, { "serve /f size=100 range=lie-50", 40, "" },
	};
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct response *response;
		box->origin = origin_new(&box->arena);
		change(box, rows[i].line, 0);
		response = ask_part(box, "/f", 40, UINT64_MAX, NULL);
		assert_int_equal(response->status, 206);
		assert_int_equal(response->range_from, rows[i].from);
		assert_int_equal(response->body_from, rows[i].from);
		assert_int_equal(response->body_length, 100 - rows[i].from);
		assert_string_equal(response->fault, rows[i].fault);
	}
}

static void if_range_decides_between_part_and_whole(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=100 etag=\"a\" modified=0", 0);
	assert_int_equal(ask_part(box, "/f1", 40, UINT64_MAX, "\"a\"")->status, 206);
	assert_int_equal(ask_part(box, "/f1", 40, UINT64_MAX, "\"b\"")->status, 200);
	assert_int_equal(ask_part(box, "/f1", 40, UINT64_MAX, "Wed, 01 Jan 2020 00:00:00 GMT")->status, 206);
	assert_int_equal(ask_part(box, "/f1", 40, UINT64_MAX, "Thu, 02 Jan 2020 00:00:00 GMT")->status, 200);
}

static void faults_of_the_body_end_it_where_they_say(void **state)
{
	static const struct { const char *line; enum ending ending; uint64_t cut; int64_t stall_ns; const char *fault; } rows[] = {
		{ "serve /f size=64k fault=reset@16k", ENDING_RESET, 16384, 0, "reset@16k" },
		{ "serve /f size=64k fault=truncate@1", ENDING_TRUNCATE, 1, 0, "truncate@1" },
		{ "serve /f size=64k fault=stall@0", ENDING_STALL, 0, 0, "stall@0" },
		{ "serve /f size=64k fault=stall@8k(for=20s)", ENDING_STALL, 8192, 20 * NS_PER_S, "stall@8k(for=20s)" },
		{ "serve /f size=64k length=lie+100", ENDING_TRUNCATE, 65536, 0, "lie+100" },
		{ "serve /f size=64k length=lie-100", ENDING_DONE, 0, 0, "lie-100" },
	};
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct response *response;
		box->origin = origin_new(&box->arena);
		change(box, rows[i].line, 0);
		response = ask(box, "GET", "/f");
		assert_int_equal(response->ending, rows[i].ending);
		assert_int_equal(response->cut, rows[i].cut);
		assert_int_equal(response->stall_ns, rows[i].stall_ns);
		assert_string_equal(response->fault, rows[i].fault);
	}
}

static void a_fault_behind_the_end_of_a_part_is_none(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=64k fault=reset@48k", 0);
	assert_int_equal(ask_part(box, "/f1", 16384, UINT64_MAX, NULL)->ending, ENDING_RESET);
	assert_int_equal(ask_part(box, "/f1", 16385, UINT64_MAX, NULL)->ending, ENDING_DONE);
}

static void lies_about_the_length_are_promised(void **state)
{
	struct box *box = *state;

	change(box, "serve /more size=64k length=lie+100", 0);
	change(box, "serve /less size=64k length=lie-100", 0);
	change(box, "serve /none size=64k no-length", 0);
	change(box, "serve /chunks size=64k chunked", 0);
	assert_int_equal(ask(box, "GET", "/more")->content_length, 65636);
	assert_int_equal(box->response.body_length, 65536);
	assert_int_equal(ask(box, "GET", "/less")->content_length, 65436);
	assert_int_equal(box->response.body_length, 65536);
	assert_true(ask(box, "HEAD", "/none")->content_length == ORIGIN_NO_LENGTH);
	assert_false(box->response.chunked);
	assert_true(ask(box, "GET", "/chunks")->content_length == ORIGIN_NO_LENGTH);
	assert_true(box->response.chunked);
}

static void garbage_is_no_response(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 fault=garbage", 0);
	assert_int_equal(ask(box, "HEAD", "/f1")->ending, ENDING_GARBAGE);
	assert_int_equal(box->response.status, 0);
	assert_false(box->response.is_content);
}

static void a_redirect_has_a_location(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 redirect=/f2", 0);
	change(box, "serve /f3 redirect=loop", 0);
	assert_int_equal(ask(box, "GET", "/f1")->status, 302);
	assert_string_equal(box->response.location, "/f2");
	assert_string_equal(ask(box, "GET", "/f3")->location, "/f3");
}

static void a_server_without_head_answers_405(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=64k no-head", 0);
	assert_int_equal(ask(box, "HEAD", "/f1")->status, 405);
	assert_int_equal(ask(box, "GET", "/f1")->status, 200);
}

static void throttle_is_told(void **state)
{
	struct box *box = *state;

	change(box, "serve /f1 size=64k throttle=16k", 0);
	assert_int_equal(ask(box, "GET", "/f1")->bytes_per_s, 16384);
}

static void a_change_is_served_once_and_then_stays(void **state)
{
	struct box *box = *state;
	unsigned before, after;
	uint64_t size;

	change(box, "serve /f1 size=64k etag=\"a\" fault=etag-change@16k", 0);
	assert_true(origin_content(box->origin, "/f1", 0, &size, &before));
	assert_int_equal(ask(box, "GET", "/f1")->ending, ENDING_RESET);
	assert_int_equal(box->response.version, before);
	assert_string_equal(box->response.etag, "\"a\"");
	assert_true(origin_content(box->origin, "/f1", 0, &size, &after));
	assert_int_not_equal(after, before);
	assert_int_equal(ask_part(box, "/f1", 16384, UINT64_MAX, "\"a\"")->status, 200);
	assert_string_not_equal(box->response.etag, "\"a\"");
	assert_int_equal(box->response.version, after);
	assert_int_equal(box->response.ending, ENDING_DONE);
}

/* A file that changes without a sign could not be told from one that does not. */
static void a_change_always_shows_in_the_etag(void **state)
{
	struct box *box = *state;
	char before[64];

	change(box, "serve /f1 size=64k fault=etag-change@16k", 0);
	snprintf(before, sizeof before, "%s", ask(box, "GET", "/f1")->etag);
	assert_string_not_equal(before, "");
	assert_string_not_equal(ask(box, "GET", "/f1")->etag, before);
}

static void equal_lines_have_equal_content(void **state)
{
	struct box *box = *state;
	unsigned first;

	change(box, "serve /f1 size=64k etag=\"a\" fault=reset@1 times=1", 0);
	change(box, "serve /f1 size=64k etag=\"a\" times=1", 0);
	change(box, "serve /f1 size=64k etag=\"b\" times=1", 0);
	change(box, "serve /f1 size=65k etag=\"a\" times=1", 0);
	first = ask(box, "GET", "/f1")->version;
	assert_int_equal(ask(box, "GET", "/f1")->version, first);
	assert_int_not_equal(ask(box, "GET", "/f1")->version, first);
	assert_int_not_equal(ask(box, "GET", "/f1")->version, first);
}

static void content_is_what_the_next_get_would_bring(void **state)
{
	struct box *box = *state;
	uint64_t size;
	unsigned version;

	assert_false(origin_content(box->origin, "/f1", 0, &size, &version));
	change(box, "serve /f1 size=1 etag=\"a\"", 0);
	change(box, "serve /f1 size=2 etag=\"b\"", 0);
	change(box, "serve /f1 status=404", 0);
	assert_true(origin_content(box->origin, "/f1", 0, &size, &version));
	assert_int_equal(size, 1);
	ask(box, "GET", "/f1");
	assert_true(origin_content(box->origin, "/f1", 0, &size, &version));
	assert_int_equal(size, 2);
	ask(box, "GET", "/f1");
	assert_true(origin_content(box->origin, "/f1", 0, &size, &version)); /* 404 follows: what was served last */
	assert_int_equal(size, 2);
}

static void hosts_answer_connections_as_told(void **state)
{
	static const struct { const char *line; enum host_answer answer; } rows[] = {
		{ "host h1 ok", HOST_OK }, { "host h1 refuse", HOST_REFUSE }, { "host h1 dns", HOST_DNS },
		{ "host h1 unreachable", HOST_UNREACHABLE }, { "host h1 connect-timeout", HOST_CONNECT_TIMEOUT },
		{ "host h1 dns-slow delay=2s", HOST_DNS_SLOW }, { "host h1 dns-wrong", HOST_DNS_WRONG }, { "host h1 tls-date", HOST_TLS_DATE },
		{ "host h1 tls-name", HOST_TLS_NAME }, { "host h1 tls-issuer", HOST_TLS_ISSUER }, { "host h1 proxy-refuse", HOST_PROXY_REFUSE },
		{ "host h1 proxy-407", HOST_PROXY_407 }, { "host h1 proxy-invalid", HOST_PROXY_INVALID }, { "host h1 token", HOST_TOKEN },
	};
	struct box *box = *state;
	int64_t delay_ns;

	assert_int_equal(origin_connect(box->origin, "origin", 0, &delay_ns), HOST_OK);
	assert_int_equal(origin_connect(box->origin, "h1", 0, &delay_ns), HOST_DNS);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		change(box, rows[i].line, 0);
		assert_int_equal(origin_connect(box->origin, "h1", 0, &delay_ns), rows[i].answer);
	}
}

static void a_fault_of_a_host_ends_by_count_or_by_time(void **state)
{
	struct box *box = *state;
	int64_t delay_ns;

	change(box, "host h1 refuse times=2", 0);
	assert_int_equal(origin_connect(box->origin, "h1", 0, &delay_ns), HOST_REFUSE);
	assert_int_equal(origin_connect(box->origin, "h1", 0, &delay_ns), HOST_REFUSE);
	assert_int_equal(origin_connect(box->origin, "h1", 0, &delay_ns), HOST_OK);
	change(box, "host h1 unreachable for=10s", 5 * NS_PER_S);
	assert_int_equal(origin_connect(box->origin, "h1", 15 * NS_PER_S - 1, &delay_ns), HOST_UNREACHABLE);
	assert_int_equal(origin_connect(box->origin, "h1", 15 * NS_PER_S, &delay_ns), HOST_OK);
	change(box, "host h1 dns-slow delay=3s after=20s until=30s", 15 * NS_PER_S);
	assert_int_equal(origin_connect(box->origin, "h1", 20 * NS_PER_S - 1, &delay_ns), HOST_OK);
	assert_int_equal(delay_ns, 0);
	assert_int_equal(origin_connect(box->origin, "h1", 20 * NS_PER_S, &delay_ns), HOST_DNS_SLOW);
	assert_int_equal(delay_ns, 3 * NS_PER_S);
	assert_int_equal(origin_connect(box->origin, "h1", 30 * NS_PER_S, &delay_ns), HOST_OK);
}

static void too_many_lines_are_refused(void **state)
{
	struct box *box = *state;
	char line[40];

	for (unsigned i = 0; i < ORIGIN_SERVES_MAX; i++) assert_true(change(box, "serve /f1 size=1", 0));
	assert_false(change(box, "serve /f1 size=1", 0));
	for (unsigned i = 1; i < ORIGIN_HOSTS_MAX; i++) {
		snprintf(line, sizeof line, "host h%u ok", i);
		assert_true(change(box, line, 0));
	}
	assert_false(change(box, "host more ok", 0));
	assert_true(change(box, "host h1 refuse", 0));
}

static void bytes_differ_between_paths_and_versions(void **state)
{
	unsigned paths = 0, versions = 0, neighbours = 0;

	(void)state;
	for (uint64_t i = 0; i < 4096; i++) {
		assert_int_equal(origin_byte("/f1", 1, i), origin_byte("/f1", 1, i));
		paths += origin_byte("/f1", 1, i) == origin_byte("/f2", 1, i);
		versions += origin_byte("/f1", 1, i) == origin_byte("/f1", 2, i);
		neighbours += origin_byte("/f1", 1, i) == origin_byte("/f1", 1, i + 1);
	}
	assert_true(paths < 64 && versions < 64 && neighbours < 64);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_path_that_is_not_served_answers_404),
		TEST(a_plain_line_serves_the_whole_content),
		TEST(dates_are_those_of_the_calendar),
		TEST(head_has_the_length_but_no_body),
		TEST(lines_answer_in_turn_and_the_last_for_ever),
		TEST(lines_that_are_used_up_answer_404),
		TEST(a_line_of_one_method_leaves_the_other_alone),
		TEST(head_does_not_use_up_a_fault_of_the_body),
		TEST(head_uses_up_an_error_status),
		TEST(a_range_is_answered_with_its_part),
		TEST(a_range_outside_is_416),
		TEST(a_server_without_ranges_sends_all),
		TEST(a_part_may_begin_elsewhere),
		TEST(if_range_decides_between_part_and_whole),
		TEST(faults_of_the_body_end_it_where_they_say),
		TEST(a_fault_behind_the_end_of_a_part_is_none),
		TEST(lies_about_the_length_are_promised),
		TEST(garbage_is_no_response),
		TEST(a_redirect_has_a_location),
		TEST(a_server_without_head_answers_405),
		TEST(throttle_is_told),
		TEST(a_change_is_served_once_and_then_stays),
		TEST(a_change_always_shows_in_the_etag),
		TEST(equal_lines_have_equal_content),
		TEST(content_is_what_the_next_get_would_bring),
		TEST(hosts_answer_connections_as_told),
		TEST(a_fault_of_a_host_ends_by_count_or_by_time),
		TEST(too_many_lines_are_refused),
		TEST(bytes_differ_between_paths_and_versions),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
