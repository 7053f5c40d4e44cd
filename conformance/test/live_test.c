/* live_test.c -- every fault word as it arrives at a client's socket, and what the origin tells of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "conformance/live.h"
#include "conformance/live_event.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY_MAX (4u << 20)
#define WATCHDOG_NS INT64_C(60000000000)   /* a hang fails the test; nothing is measured */
#define SLICE_MS 2

struct fixture {
	struct arena arena;
	struct event_base *base;
	struct live *live;
	struct listener listener;
	char lines[8192];        /* what the origin told, without times */
	char *got;               /* all bytes of the last response */
	size_t got_length;
	const char *body;
	size_t body_length;
	int fd;
};

/* How a connection ended for the client. */
enum end { END_CLOSED, END_RESET, END_SILENT, END_REFUSED };

static int64_t clock_ns(void *context)
{
	struct timespec now;
	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void on_line(void *context, const struct trace_line *line)
{
	struct fixture *fixture = context;
	char text[TRACE_LINE_MAX];
	struct trace_line copy = *line;
	copy.at_ns = 0;
	trace_print(&copy, text, sizeof text);
	/* One blank between words: columns are none of ours. */
	size_t used = strlen(fixture->lines);
	for (const char *at = strchr(text, ' ') + 1; *at && used + 1 < sizeof fixture->lines; at++)
		if (*at != ' ' || at[1] != ' ') fixture->lines[used++] = *at;
	fixture->lines[used] = '\0';
}

static void assert_told(const struct fixture *fixture, const char *part)
{
	if (!strstr(fixture->lines, part)) fail_msg("expected `%s` in:\n%s", part, fixture->lines);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct failure failure;
	if (!fixture || arena_init(&fixture->arena, 16u << 20)) return -1;
	fixture->got = malloc(BODY_MAX);
	fixture->base = event_base_new();
	fixture->listener = (struct listener){ .context = fixture, .line = on_line };
	fixture->live = live_new(&fixture->arena, fixture->base, clock_ns, NULL, &fixture->listener, &failure);
	fixture->fd = -1;
	*state = fixture;
	return fixture->live && fixture->got ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	if (fixture->fd >= 0) close(fixture->fd);
	live_done(fixture->live);
	event_base_free(fixture->base);
	arena_done(&fixture->arena);
	free(fixture->got);
	free(fixture);
	return 0;
}

/* Plays serve and host lines. Returns whether the last one was taken; `why` of it. */
static bool change(struct fixture *fixture, const char *steps, char *why, size_t size)
{
	char text[1000];
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	bool taken = true;
	int n = snprintf(text, sizeof text, "id: 0001-test\ntitle: a test\ndialect: bits\n---\n%s\n", steps);
	if (scenario_parse(&fixture->arena, "0001-test.scn", text, (size_t)n, &scenario, &failures)) fail_msg("%s", failures.list[0].text);
	for (unsigned i = 0; i < scenario->steps_count; i++) taken = live_change(fixture->live, &scenario->steps[i], why, size);
	return taken;
}

static void serve(struct fixture *fixture, const char *steps)
{
	char why[FAILURE_TEXT_MAX] = "";
	if (!change(fixture, steps, why, sizeof why)) fail_msg("%s", why);
}

static void turn(const struct fixture *fixture)
{
	event_base_loop(fixture->base, EVLOOP_NONBLOCK);
}

static bool is_stuck(int64_t from_ns)
{
	return clock_ns(NULL) - from_ns > WATCHDOG_NS;
}

/* Lets the origin run until its log holds the part. */
static void wait_told(struct fixture *fixture, const char *part)
{
	int64_t from_ns = clock_ns(NULL);
	while (!strstr(fixture->lines, part)) {
		turn(fixture);
		if (is_stuck(from_ns)) assert_told(fixture, part);
	}
}

/* Connects the client. False: errno. */
static bool open_client(struct fixture *fixture, const char *host)
{
	const char *url = live_url(fixture->live, host);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_non_null(url);
	address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
	if (fixture->fd >= 0) close(fixture->fd);
	fixture->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return !connect(fixture->fd, (struct sockaddr *)&address, sizeof address);
}

static void split_body(struct fixture *fixture)
{
	fixture->got[fixture->got_length] = '\0';
	char *end = strstr(fixture->got, "\r\n\r\n");
	fixture->body = end ? end + 4 : fixture->got + fixture->got_length;
	fixture->body_length = fixture->got_length - (size_t)(fixture->body - fixture->got);
}

/* Reads what comes until the connection ends, or the origin told `silent` and nothing more comes. */
static enum end read_all(struct fixture *fixture, const char *silent)
{
	int64_t from_ns = clock_ns(NULL);
	fixture->got_length = 0;
	for (;;) {
		struct pollfd poll_fd = { .fd = fixture->fd, .events = POLLIN };
		turn(fixture);
		bool told = silent && strstr(fixture->lines, silent);
		if (poll(&poll_fd, 1, SLICE_MS) == 0) {
			if (told) break;
			if (is_stuck(from_ns)) fail_msg("expected the end of the response, found none; the origin told:\n%s", fixture->lines);
			continue;
		}
		ssize_t n = recv(fixture->fd, fixture->got + fixture->got_length, BODY_MAX - 1 - fixture->got_length, 0);
		if (n < 0) assert_int_equal(errno, ECONNRESET);
		if (n > 0) fixture->got_length += (size_t)n;
		split_body(fixture);
		if (n <= 0) return n < 0 ? END_RESET : END_CLOSED;
	}
	return END_SILENT;
}

static void send_text(const struct fixture *fixture, const char *text)
{
	assert_int_equal(send(fixture->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static enum end fetch(struct fixture *fixture, const char *request, const char *silent)
{
	fixture->lines[0] = '\0';
	assert_true(open_client(fixture, "origin"));
	send_text(fixture, request);
	return read_all(fixture, silent);
}

static enum end get(struct fixture *fixture, const char *path)
{
	char request[200];
	snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	return fetch(fixture, request, NULL);
}

static void assert_head(const struct fixture *fixture, const char *part)
{
	if (!memmem(fixture->got, (size_t)(fixture->body - fixture->got), part, strlen(part)))
		fail_msg("expected `%s` in:\n%.*s", part, (int)(fixture->body - fixture->got), fixture->got);
}

static void assert_content(const char *bytes, size_t length, const char *path, unsigned version, uint64_t from)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] != origin_byte(path, version, from + i)) fail_msg("byte %zu of the body is another one", i);
}

/* --- rows: one response each --- */

#define GET "GET /f1 HTTP/1.1\r\nHost: x\r\n"

static const struct row {
	const char *name, *steps, *request, *silent;
	enum end end;
	const char *head[3];     /* in the head; NULL: none */
	const char *not_head;
	size_t body;
	uint64_t from;           /* of the content */
	bool content;            /* the body is bytes of the file */
	const char *told;
} rows[] = {
	{ "whole_file_arrives", "serve /f1 size=64k etag=\"a\" modified=31", GET "\r\n", NULL, END_CLOSED,
		{ "HTTP/1.1 200 OK\r\n", "Content-Length: 65536\r\n", "ETag: \"a\"\r\nLast-Modified: Sat, 01 Feb 2020 00:00:00 GMT\r\n" }, NULL,
		65536, 0, true, "origin /f1 response n=1 status=200 length=65536 sent=65536 ending=done fault=none content=1 version=1 from=0 total=65536 line=5\n" },
	{ "empty_file_arrives", "serve /f1 size=0", GET "\r\n", NULL, END_CLOSED, { "200 OK", "Content-Length: 0\r\n", "Connection: close\r\n" }, "ETag", 0, 0, true, "sent=0 ending=done" },
	{ "range_is_206", "serve /f1 size=64k", GET "Range: bytes=100-199\r\n\r\n", NULL, END_CLOSED,
		{ "HTTP/1.1 206 Partial Content\r\n", "Content-Range: bytes 100-199/65536\r\n", "Content-Length: 100\r\n" }, NULL, 100, 100, true,
		"request method=GET host=origin range=100-199 n=1\n" },
	{ "open_range_is_the_rest", "serve /f1 size=64k", GET "range:bytes=65000-\r\n\r\n", NULL, END_CLOSED,
		{ "206", "Content-Range: bytes 65000-65535/65536\r\n", "Accept-Ranges: bytes\r\n" }, NULL, 536, 65000, true, "range=65000- n=1" },
	{ "suffix_range_is_the_end", "serve /f1 size=64k", GET "Range: bytes=-36\r\n\r\n", NULL, END_CLOSED,
		{ "206", "Content-Range: bytes 65500-65535/65536\r\n", NULL }, NULL, 36, 65500, true, "range=-36 n=1" },
	{ "range_behind_the_end_is_416", "serve /f1 size=64k", GET "Range: bytes=65536-\r\n\r\n", NULL, END_CLOSED,
		{ "HTTP/1.1 416 ", "Content-Range: bytes */65536\r\n", NULL }, NULL, 32, 0, false, "status=416" },
	{ "several_ranges_are_none", "serve /f1 size=1k", GET "Range: bytes=1-2,5-6\r\n\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, NULL, 1024, 0, true, "range=none" },
	{ "reversed_range_is_none", "serve /f1 size=1k", GET "Range: bytes=9-2\r\n\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, NULL, 1024, 0, true, "range=none" },
	{ "if_range_with_another_etag_is_200", "serve /f1 size=1k etag=\"a\"", GET "Range: bytes=9-\r\nIf-Range: \"b\"\r\n\r\n", NULL, END_CLOSED,
		{ "200", NULL, NULL }, "Content-Range", 1024, 0, true, "range=9- if_range=\"\\\"b\\\"\" n=1" },
	{ "if_range_with_the_etag_is_206", "serve /f1 size=1k etag=\"a\"", GET "If-Range: \"a\"\r\nRange: bytes=9-\r\n\r\n", NULL, END_CLOSED,
		{ "206", NULL, NULL }, NULL, 1015, 9, true, "status=206" },
	{ "no_range_is_200", "serve /f1 size=1k no-range", GET "Range: bytes=9-\r\n\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, "Accept-Ranges", 1024, 0, true, "range=9-" },
	{ "head_has_no_body", "serve /f1 size=64k", "HEAD /f1 HTTP/1.1\r\n\r\n", NULL, END_CLOSED, { "200", "Content-Length: 65536\r\n", NULL }, NULL, 0, 0, true, "method=HEAD" },
	{ "no_head_is_405", "serve /f1 size=64k no-head", "HEAD /f1 HTTP/1.1\r\n\r\n", NULL, END_CLOSED, { "405", NULL, NULL }, NULL, 0, 0, false, "status=405" },
	{ "absolute_target_is_a_path", "serve /f1 size=1k", "GET http://127.0.0.1:1/f1 HTTP/1.1\r\n\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, NULL, 1024, 0, true, "origin /f1 request" },
	{ "unknown_path_is_404", "serve /f2 size=64k", GET "\r\n", NULL, END_CLOSED, { "HTTP/1.1 404 Not Found\r\n", "Content-Length: 32\r\n", "Content-Type: text/html\r\n" }, NULL, 32, 0, false, "status=404 length=32 sent=32 ending=done fault=none content=0" },
	{ "status_with_retry_after", "serve /f1 size=1k status=503(retry-after=30s)", GET "\r\n", NULL, END_CLOSED,
		{ "HTTP/1.1 503 Service Unavailable\r\n", "Retry-After: 30\r\n", NULL }, NULL, 32, 0, false, "status=503" },
	{ "unknown_status_is_sent", "serve /f1 size=1k status=599", GET "\r\n", NULL, END_CLOSED, { "HTTP/1.1 599 Status\r\n", NULL, NULL }, NULL, 32, 0, false, "status=599" },
	{ "unknown_method_is_501", "serve /f1 size=1k", "BITS_POST /f1 HTTP/1.1\r\n\r\n", NULL, END_CLOSED, { "501", NULL, NULL }, NULL, 0, 0, false, "method=BITS_POST" },
	{ "nonsense_is_400", "serve /f1 size=1k", "what is this\r\n\r\n", NULL, END_CLOSED, { "400", NULL, NULL }, NULL, 0, 0, false, "" },
	{ "reset_comes_behind_its_bytes", "serve /f1 size=64k fault=reset@16k", GET "\r\n", NULL, END_RESET,
		{ "200", "Content-Length: 65536\r\n", NULL }, NULL, 16384, 0, true, "sent=16384 ending=reset fault=reset@16k" },
	{ "reset_at_zero_comes_behind_the_head", "serve /f1 size=64k fault=reset@0", GET "\r\n", NULL, END_RESET, { "200", NULL, NULL }, NULL, 0, 0, true, "sent=0 ending=reset" },
	{ "reset_of_a_big_file", "serve /f1 size=2m fault=reset@1m", GET "\r\n", NULL, END_RESET, { "200", NULL, NULL }, NULL, 1048576, 0, true, "sent=1048576 ending=reset" },
	{ "stall_keeps_the_connection_open", "serve /f1 size=64k fault=stall@16k", GET "\r\n", "ending=stall", END_SILENT,
		{ "200", "Content-Length: 65536\r\n", NULL }, NULL, 16384, 0, true, "sent=16384 ending=stall fault=stall@16k" },
	{ "stall_with_an_end_goes_on", "serve /f1 size=64k fault=stall@16k(for=10ms)", GET "\r\n", NULL, END_CLOSED,
		{ "200", NULL, NULL }, NULL, 65536, 0, true, "sent=65536 ending=done fault=stall@16k(for=10ms)" },
	{ "truncate_closes_in_order", "serve /f1 size=64k fault=truncate@100", GET "\r\n", NULL, END_CLOSED,
		{ "200", "Content-Length: 65536\r\n", NULL }, NULL, 100, 0, true, "sent=100 ending=truncate fault=truncate@100" },
	{ "promise_of_more_is_broken", "serve /f1 size=1k length=lie+100", GET "\r\n", NULL, END_CLOSED, { "200", "Content-Length: 1124\r\n", NULL }, NULL, 1024, 0, true, "length=1124 sent=1024" },
	{ "promise_of_less_is_broken", "serve /f1 size=1k length=lie-100", GET "\r\n", NULL, END_CLOSED, { "200", "Content-Length: 924\r\n", NULL }, NULL, 1024, 0, true, "length=924 sent=1024" },
	{ "no_length_ends_with_the_connection", "serve /f1 size=1k no-length", GET "\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, "Content-Length", 1024, 0, true, "length=none sent=1024 ending=done" },
	{ "retry_after_may_be_a_date", "serve /f1 status=503(retry-after=date+1h)", GET "\r\n", NULL, END_CLOSED, { "503", "Retry-After: ", " GMT\r\nConnection" }, NULL, 32, 0, false, "status=503" },
	{ "part_that_nobody_asked_for", "serve /f1 size=1k range=unasked", GET "\r\n", NULL, END_CLOSED, { "206", "Content-Range: bytes 0-1023/1024\r\n", NULL }, NULL, 1024, 0, true, "status=206 length=1024 sent=1024 ending=done fault=unasked" },
	{ "part_with_the_header_of_another", "serve /f1 size=1k range=wrong-header", GET "Range: bytes=9-\r\n\r\n", NULL, END_CLOSED, { "206", "Content-Range: bytes 10-1023/1024\r\n", NULL }, NULL, 1015, 9, true, "fault=wrong-header content=1 version=1 from=9" },
	{ "part_without_a_header", "serve /f1 size=1k range=no-header", GET "Range: bytes=9-\r\n\r\n", NULL, END_CLOSED, { "206", NULL, NULL }, "Content-Range", 1015, 9, true, "fault=no-header" },
	{ "part_that_goes_on", "serve /f1 size=1k range=merged", GET "Range: bytes=9-99\r\n\r\n", NULL, END_CLOSED, { "206", "Content-Range: bytes 9-1023/1024\r\n", NULL }, NULL, 1015, 9, true, "fault=merged" },
	{ "line_out_of_its_time_does_not_answer", "serve /f1 status=404 after=9999d\nserve /f1 size=1k until=9999d", GET "\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, NULL, 1024, 0, true, "line=6" },
	{ "throttled_file_arrives", "serve /f1 size=100 throttle=1k", GET "\r\n", NULL, END_CLOSED, { "200", NULL, NULL }, NULL, 100, 0, true, "sent=100 ending=done" },
	{ "redirect_is_absolute", "serve /f1 redirect=/f2", GET "\r\n", NULL, END_CLOSED, { "Location: http://127.0.0.1:", "/f2\r\n", NULL }, NULL, 32, 0, false, "status=30" },
	{ "redirect_loop_points_to_itself", "serve /f1 redirect=loop", GET "\r\n", NULL, END_CLOSED, { "Location: http://127.0.0.1:", "/f1\r\n", NULL }, NULL, 32, 0, false, "status=30" },
};

static void response_arrives(void **state)
{
	struct fixture *fixture = ((void **)*state)[0];
	const struct row *row = ((void **)*state)[1];

	serve(fixture, row->steps);
	assert_int_equal(fetch(fixture, row->request, row->silent), row->end);
	for (int i = 0; i < 3; i++)
		if (row->head[i]) assert_head(fixture, row->head[i]);
	if (row->not_head && memmem(fixture->got, (size_t)(fixture->body - fixture->got), row->not_head, strlen(row->not_head)))
		fail_msg("expected no %s in the head", row->not_head);
	assert_int_equal(fixture->body_length, row->body);
	if (row->content) assert_content(fixture->body, fixture->body_length, "/f1", 1, row->from);
	assert_told(fixture, row->told);
}

static int setup_row(void **state)
{
	void **pair = calloc(2, sizeof *pair);
	if (!pair) return -1;
	pair[1] = *state;
	if (setup(&pair[0])) return -1;
	*state = pair;
	return 0;
}

static int teardown_row(void **state)
{
	void **pair = *state;
	teardown(&pair[0]);
	free(pair);
	return 0;
}

/* --- stories --- */

static void garbage_is_no_http(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k fault=garbage");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_true(fixture->got_length > 0);
	assert_null(memmem(fixture->got, fixture->got_length, "HTTP", 4));
	assert_told(fixture, "sent=0 ending=garbage fault=garbage");
}

static void garbage_may_follow_a_status_line(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 fault=garbage-head");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_memory_equal(fixture->got, "HTTP/1.1 200 OK\r\n", 17);
	assert_true((unsigned char)fixture->got[17] >= 0x80);
	assert_told(fixture, "sent=0 ending=garbage fault=garbage-head");
}

static void header_without_end_is_a_mebibyte(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 fault=header-flood");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_true(fixture->got_length > 1u << 20);
	assert_null(memmem(fixture->got, fixture->got_length, "\r\n\r\n", 4));
	assert_told(fixture, "ending=garbage fault=header-flood");
}

static void bad_chunk_has_no_length(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k fault=bad-chunks");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_head(fixture, "Transfer-Encoding: chunked\r\n");
	assert_memory_equal(fixture->body, "no length\r\n", 11);
	assert_told(fixture, "length=none sent=0 ending=bad-chunks fault=bad-chunks");
}

static void part_may_come_in_a_multipart_body(void **state)
{
	static const char before[] = "--bgcheck-part\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 9-99/1024\r\n\r\n";
	struct fixture *fixture = *state;
	char length[60];
	serve(fixture, "serve /f1 size=1k range=multipart");
	assert_int_equal(fetch(fixture, GET "Range: bytes=9-99\r\n\r\n", NULL), END_CLOSED);
	assert_head(fixture, "Content-Type: multipart/byteranges; boundary=bgcheck-part\r\n");
	snprintf(length, sizeof length, "Content-Length: %zu\r\n", fixture->body_length);
	assert_head(fixture, length);
	assert_memory_equal(fixture->body, before, sizeof before - 1);
	assert_content(fixture->body + sizeof before - 1, 91, "/f1", 1, 9);
	assert_memory_equal(fixture->body + sizeof before - 1 + 91, "\r\n--bgcheck-part--\r\n", 20);
}

static void chunked_file_is_whole(void **state)
{
	struct fixture *fixture = *state;
	size_t whole = 0;
	serve(fixture, "serve /f1 size=100000 chunked");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_head(fixture, "Transfer-Encoding: chunked\r\n");
	const char *at = fixture->body, *end = fixture->body + fixture->body_length;
	for (;;) {
		char *behind;
		size_t length = strtoul(at, &behind, 16);
		assert_memory_equal(behind, "\r\n", 2);
		if (!length) {
			assert_ptr_equal(behind + 4, end);
			break;
		}
		assert_content(behind + 2, length, "/f1", 1, whole);
		whole += length;
		at = behind + 2 + length + 2;
	}
	assert_int_equal(whole, 100000);
	assert_told(fixture, "length=none sent=100000 ending=done");
}

static void truncated_chunks_have_no_end(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1000 chunked fault=truncate@1000");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_null(memmem(fixture->body, fixture->body_length, "\r\n0\r\n", 5));
	assert_told(fixture, "sent=1000 ending=truncate");
}

static void requests_of_a_path_are_counted(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k fault=reset@100 times=1\nserve /f1 size=1k\nserve /f2 size=1k");
	assert_int_equal(get(fixture, "/f1"), END_RESET);
	assert_told(fixture, "origin /f1 request method=GET host=origin range=none n=1");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_told(fixture, "origin /f1 response n=2 status=200");
	assert_told(fixture, "line=6");
	assert_int_equal(get(fixture, "/f2"), END_CLOSED);
	assert_told(fixture, "origin /f2 response n=1 status=200");
}

static void etag_changes_behind_a_reset(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k etag=\"a\" fault=etag-change@100");
	assert_int_equal(get(fixture, "/f1"), END_RESET);
	assert_head(fixture, "ETag: \"a\"\r\n");
	assert_content(fixture->body, 100, "/f1", 1, 0);
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_head(fixture, "ETag: \"a-2\"\r\n");
	assert_content(fixture->body, 1024, "/f1", 2, 0);
}

static void modified_and_size_change_behind_a_reset(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k fault=modified-change@100\nserve /f2 size=1k etag=\"a\" fault=size-change@100");
	assert_int_equal(get(fixture, "/f1"), END_RESET);
	assert_head(fixture, "Last-Modified: Wed, 01 Jan 2020");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_head(fixture, "Last-Modified: Thu, 02 Jan 2020");
	assert_content(fixture->body, 1024, "/f1", 2, 0);
	assert_int_equal(get(fixture, "/f2"), END_RESET);
	assert_int_equal(get(fixture, "/f2"), END_CLOSED);
	assert_head(fixture, "Content-Length: 2048\r\n");
	assert_head(fixture, "ETag: \"a\"\r\n");
}

static void head_in_pieces_is_understood(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k");
	assert_true(open_client(fixture, "origin"));
	for (const char *at = GET "\r\n"; *at; at++) {
		char piece[2] = { *at };
		send_text(fixture, piece);
		turn(fixture);
	}
	assert_int_equal(read_all(fixture, NULL), END_CLOSED);
	assert_int_equal(fixture->body_length, 1024);
}

/* What waits in our kernel for a client that reads late must reach it before the RST, which would throw it away. */
static void reset_waits_for_a_late_reader(void **state)
{
	struct fixture *fixture = *state;
	int small = 4096;
	serve(fixture, "serve /f1 size=2m fault=reset@300k");
	assert_true(open_client(fixture, "origin"));
	setsockopt(fixture->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	send_text(fixture, GET "\r\n");
	wait_told(fixture, "request");
	for (int i = 0; i < 20; i++) {
		poll(NULL, 0, SLICE_MS);   /* gives the origin's timers the time to ring too early */
		turn(fixture);
	}
	assert_int_equal(read_all(fixture, NULL), END_RESET);
	assert_int_equal(fixture->body_length, 300 * 1024);
}

static void half_closed_client_gets_its_file(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1m");
	assert_true(open_client(fixture, "origin"));
	send_text(fixture, GET "\r\n");
	shutdown(fixture->fd, SHUT_WR);
	assert_int_equal(read_all(fixture, NULL), END_CLOSED);
	assert_int_equal(fixture->body_length, 1048576);
}

static void client_that_leaves_is_aborted(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1g");
	assert_true(open_client(fixture, "origin"));
	send_text(fixture, GET "\r\n");
	wait_told(fixture, "request");
	close(fixture->fd);
	fixture->fd = -1;
	wait_told(fixture, "ending=aborted");
}

static long resident_pages(void)
{
	long pages = -1;
	FILE *file = fopen("/proc/self/statm", "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
	fclose(file);
	return pages;
}

/* A client that does not read: nothing piles up in our memory, and the loop goes on for others. */
static void slow_client_blocks_nobody(void **state)
{
	struct fixture *fixture = *state;
	long before = resident_pages();
	serve(fixture, "serve /big size=128m\nserve /f1 size=1k");
	assert_true(open_client(fixture, "origin"));
	send_text(fixture, "GET /big HTTP/1.1\r\n\r\n");
	wait_told(fixture, "request");
	int slow = fixture->fd;
	fixture->fd = -1;
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_int_equal(fixture->body_length, 1024);
	assert_true((resident_pages() - before) * sysconf(_SC_PAGESIZE) < (32 << 20));
	close(slow);
}

static void refused_host_comes_back_on_its_port(void **state)
{
	struct fixture *fixture = *state;
	char url[64];
	serve(fixture, "serve /f1 size=1k\nhost mirror refuse");
	snprintf(url, sizeof url, "%s", live_url(fixture->live, "mirror"));
	assert_false(open_client(fixture, "mirror"));
	assert_int_equal(errno, ECONNREFUSED);
	for (int i = 0; i < 3; i++) {
		serve(fixture, "host mirror ok");
		assert_string_equal(live_url(fixture->live, "mirror"), url);
		fixture->lines[0] = '\0';
		assert_true(open_client(fixture, "mirror"));
		send_text(fixture, GET "\r\n");
		assert_int_equal(read_all(fixture, NULL), END_CLOSED);
		assert_int_equal(fixture->body_length, 1024);
		assert_told(fixture, "host=mirror");
		serve(fixture, "host mirror refuse");
		assert_false(open_client(fixture, "mirror"));
		assert_int_equal(errno, ECONNREFUSED);
	}
}

static void fault_of_a_host_may_have_an_end(void **state)
{
	struct fixture *fixture = *state;
	int64_t from_ns = clock_ns(NULL);
	serve(fixture, "serve /f1 size=1k\nhost origin refuse for=20ms");
	while (!open_client(fixture, "origin")) {
		assert_int_equal(errno, ECONNREFUSED);
		turn(fixture);
		assert_false(is_stuck(from_ns));
	}
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
}

static bool connects(int fd, const char *url, int wait_ms)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
	if (!connect(fd, (struct sockaddr *)&address, sizeof address)) return true;
	assert_int_equal(errno, EINPROGRESS);
	return poll(&poll_fd, 1, wait_ms) == 1;
}

static void connection_to_a_full_backlog_hangs(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1k\nhost origin connect-timeout");
	for (int i = 0; i < 3; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		assert_false(connects(fd, live_url(fixture->live, "origin"), 100));
		close(fd);
	}
	serve(fixture, "host origin ok");
	assert_int_equal(get(fixture, "/f1"), END_CLOSED);
	assert_int_equal(fixture->body_length, 1024);
}

static void host_without_a_name_cannot_be_resolved(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "host lost dns\nhost origin dns");
	assert_string_equal(live_url(fixture->live, "lost"), "http://nosuch.invalid");
	assert_string_equal(live_url(fixture->live, "origin"), "http://nosuch.invalid");
	assert_string_equal(live_url(fixture->live, "never-heard-of"), "http://nosuch.invalid");
}

static void what_sockets_cannot_do_is_refused(void **state)
{
	static const char *const steps[][2] = {
		{ "host a refuse times=2", "host.times" }, { "host a unreachable", "host.unreachable" }, { "host a dns for=3s", "for=" },
		{ "host origin dns", "once the client has its URL" }, { "host a tls-date", "host.tls-date" }, { "host a proxy-407", "host.proxy-407" },
		{ "host a refuse after=3s", "after=" },
	};
	struct fixture *fixture = *state;
	char why[FAILURE_TEXT_MAX];
	assert_non_null(live_url_peek(fixture->live, "origin"));
	live_url(fixture->live, "origin");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_false(change(fixture, steps[i][0], why, sizeof why));
		if (!strstr(why, steps[i][1])) fail_msg("expected %s in %s", steps[i][1], why);
	}
}

static void too_many_hosts_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char why[FAILURE_TEXT_MAX] = "", step[40];
	unsigned count = 0;
	do snprintf(step, sizeof step, "host h%u ok", count); while (change(fixture, step, why, sizeof why) && ++count < 100);
	assert_true(count < ORIGIN_HOSTS_MAX);
	assert_true(why[0] != '\0');
}

static int compare_after(struct fixture *fixture, size_t length, bool spoil)
{
	char name[] = "/tmp/live_test.XXXXXX";
	int fd = mkstemp(name);
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)(origin_byte("/f1", 1, i) ^ (spoil && i == length - 1));
		assert_int_equal(write(fd, &byte, 1), 1);
	}
	close(fd);
	int answer = live_compare(fixture->live, name, "/f1");
	unlink(name);
	return answer;
}

static void files_are_compared_byte_by_byte(void **state)
{
	struct fixture *fixture = *state;
	serve(fixture, "serve /f1 size=1000");
	assert_int_equal(compare_after(fixture, 1000, false), 1);
	assert_int_equal(compare_after(fixture, 1000, true), 0);
	assert_int_equal(compare_after(fixture, 999, false), 0);
	assert_int_equal(compare_after(fixture, 1001, false), 0);
	assert_int_equal(compare_after(fixture, 0, false), 0);
	assert_int_equal(live_compare(fixture->live, "/tmp", "/f1"), 0);
	assert_int_equal(live_compare(fixture->live, "/tmp/no/such/file", "/f1"), -1);
}

static void memory_is_asked_for_first(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	for (unsigned long n = 1; n <= 2; n++) {
		arena_fail_at(n);
		assert_null(live_new(&fixture->arena, fixture->base, clock_ns, NULL, &fixture->listener, &failure));
		arena_fail_at(0);
		assert_non_null(strstr(failure.text, "memory"));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define ROWS_COUNT (sizeof rows / sizeof *rows)

static int run_rows(void)
{
	struct CMUnitTest tests[ROWS_COUNT];
	for (size_t i = 0; i < ROWS_COUNT; i++)
		tests[i] = (struct CMUnitTest){ rows[i].name, response_arrives, setup_row, teardown_row, (void *)(uintptr_t)&rows[i] };
	return _cmocka_run_group_tests("responses", tests, ROWS_COUNT, NULL, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(garbage_is_no_http),
		TEST(garbage_may_follow_a_status_line),
		TEST(header_without_end_is_a_mebibyte),
		TEST(bad_chunk_has_no_length),
		TEST(part_may_come_in_a_multipart_body),
		TEST(modified_and_size_change_behind_a_reset),
		TEST(chunked_file_is_whole),
		TEST(truncated_chunks_have_no_end),
		TEST(requests_of_a_path_are_counted),
		TEST(etag_changes_behind_a_reset),
		TEST(head_in_pieces_is_understood),
		TEST(reset_waits_for_a_late_reader),
		TEST(half_closed_client_gets_its_file),
		TEST(client_that_leaves_is_aborted),
		TEST(slow_client_blocks_nobody),
		TEST(refused_host_comes_back_on_its_port),
		TEST(fault_of_a_host_may_have_an_end),
		TEST(connection_to_a_full_backlog_hangs),
		TEST(host_without_a_name_cannot_be_resolved),
		TEST(what_sockets_cannot_do_is_refused),
		TEST(too_many_hosts_are_refused),
		TEST(files_are_compared_byte_by_byte),
		TEST(memory_is_asked_for_first),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	int failed = run_rows();
	return failed + cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
