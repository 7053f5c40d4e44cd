/* live_request.c -- HTTP heads: requests to values, responses to text. */
#include "conformance/live_request.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits from *at on; false when there are none or too many. */
static bool read_number(const char **at, uint64_t *number)
{
	const char *from = *at;
	*number = 0;
	for (; is_digit(**at); (*at)++) {
		if (*at - from == 18) return false;
		*number = *number * 10 + (uint64_t)(**at - '0');
	}
	return *at > from;
}

/* bytes=a-b, bytes=a-, bytes=-n */
static bool read_range(const char *text, struct live_request *request)
{
	uint64_t from = 0, to = UINT64_MAX;
	if (strncasecmp(text, "bytes=", 6)) return false;
	text += 6;
	bool has_from = read_number(&text, &from);
	if (*text++ != '-') return false;
	bool has_to = *text ? read_number(&text, &to) : false;
	if (*text || (!has_from && !has_to) || (has_from && has_to && to < from)) return false;
	request->suffix = !has_from;
	request->range_from = has_from ? from : to;
	request->range_to = has_from ? to : UINT64_MAX;
	return true;
}

static void take_range(const char *text, struct live_request *request)
{
	request->has_range = read_range(text, request);
	if (request->has_range) snprintf(request->range, sizeof request->range, "%.*s", TRACE_WORD_MAX - 1, text + 6);
}

static void take_field(const char *line, size_t length, struct live_request *request)
{
	char value[256];
	const char *colon = memchr(line, ':', length);
	if (!colon) return;
	size_t name = (size_t)(colon - line);
	const char *from = colon + 1, *to = line + length;
	while (from < to && (*from == ' ' || *from == '\t')) from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t')) to--;
	if ((size_t)(to - from) >= sizeof value) return;
	snprintf(value, sizeof value, "%.*s", (int)(to - from), from);
	if (name == 5 && !strncasecmp(line, "range", 5)) take_range(value, request);
	if (name == 8 && !strncasecmp(line, "if-range", 8))
		snprintf(request->if_range, sizeof request->if_range, "%.*s", (int)sizeof request->if_range - 1, value);
}

static bool copy_word(const char *from, const char *to, char *text, size_t size)
{
	if (to <= from || (size_t)(to - from) >= size) return false;
	memcpy(text, from, (size_t)(to - from));
	text[to - from] = '\0';
	return true;
}

/* METHOD TARGET HTTP/1.x */
static bool take_start(const char *line, size_t length, struct live_request *request)
{
	const char *end = line + length, *blank = memchr(line, ' ', length);
	const char *target = blank ? blank + 1 : end;
	const char *behind = memchr(target, ' ', (size_t)(end - target));
	if (!blank || !behind || end - behind != 9 || strncmp(behind + 1, "HTTP/1.", 7)) return false;
	if (!copy_word(line, blank, request->method, sizeof request->method)) return false;
	if (behind - target > 7 && !strncasecmp(target, "http://", 7)) {
		target = memchr(target + 7, '/', (size_t)(behind - target - 7));
		if (!target) target = "/", behind = target + 1;
	}
	return copy_word(target, behind, request->path, sizeof request->path) && request->path[0] == '/';
}

bool live_request_parse(const char *head, size_t length, struct live_request *request)
{
	bool first = true;
	*request = (struct live_request){ .range = "none" };
	if (memchr(head, '\0', length)) return false;
	for (const char *at = head, *end = head + length; at < end;) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *next = line_end ? line_end + 1 : end;
		size_t n = (size_t)((line_end ? line_end : end) - at);
		if (n && at[n - 1] == '\r') n--;
		if (first && !take_start(at, n, request)) return false;
		if (!first) take_field(at, n, request);
		first = false;
		at = next;
	}
	return !first;
}

static const char *phrase_of(unsigned status)
{
	static const struct { unsigned status; const char *phrase; } rows[] = {
		{ 200, "OK" }, { 206, "Partial Content" }, { 301, "Moved Permanently" }, { 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 307, "Temporary Redirect" }, { 308, "Permanent Redirect" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 407, "Proxy Authentication Required" }, { 408, "Request Timeout" }, { 410, "Gone" }, { 412, "Precondition Failed" },
		{ 416, "Range Not Satisfiable" }, { 429, "Too Many Requests" }, { 500, "Internal Server Error" },
		{ 501, "Not Implemented" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].status == status) return rows[i].phrase;
	return "Status";
}

struct output {
	char *text;
	size_t size, used;
};

static void put(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct output *output, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(output->text + output->used, output->size - output->used, format, args);
	va_end(args);
	assert(n >= 0 && (size_t)n < output->size - output->used);
	output->used += (size_t)n;
}

/* Names of days and months stand here, not in the locale. */
static void put_date(struct output *output, const char *header, int64_t from_now_s)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL) + (time_t)from_now_s;
	struct tm tm;
	if (!gmtime_r(&now, &tm)) return;
	put(output, "%s: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n", header, days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
		tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_range(struct output *output, const struct response *response)
{
	if (response->status == 416) put(output, "Content-Range: bytes */%" PRIu64 "\r\n", response->range_total);
	else put(output, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n", response->range_from, response->range_to, response->range_total);
}

size_t live_request_around(const struct response *response, struct live_around *around)
{
	struct live_around own;
	if (!around) around = &own;
	*around = (struct live_around){ .before = "" };
	if (!response->multipart) return 0;
	snprintf(around->before, sizeof around->before, "--" LIVE_BOUNDARY "\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes %" PRIu64 "-%" PRIu64
		"/%" PRIu64 "\r\n\r\n", response->range_from, response->range_to, response->range_total);
	snprintf(around->behind, sizeof around->behind, "\r\n--" LIVE_BOUNDARY "--\r\n");
	return strlen(around->before) + strlen(around->behind);
}

size_t live_request_head(const struct response *response, const char *base, char *text, size_t size)
{
	struct output output = { text, size, 0 };
	put(&output, "HTTP/1.1 %u %s\r\nServer: bgcheck\r\n", response->status, phrase_of(response->status));
	put_date(&output, "Date", 0);
	if (response->chunked) put(&output, "Transfer-Encoding: chunked\r\n");
	else if (response->content_length != ORIGIN_NO_LENGTH) put(&output, "Content-Length: %" PRIu64 "\r\n", response->content_length + live_request_around(response, NULL));
	if (response->multipart) put(&output, "Content-Type: multipart/byteranges; boundary=%s\r\n", LIVE_BOUNDARY);
	else put(&output, "Content-Type: %s\r\n", response->is_content ? "application/octet-stream" : "text/html");
	if (response->accept_ranges) put(&output, "Accept-Ranges: bytes\r\n");
	if (response->has_content_range) put_range(&output, response);
	if (response->etag[0]) put(&output, "ETag: %s\r\n", response->etag);
	if (response->last_modified[0]) put(&output, "Last-Modified: %s\r\n", response->last_modified);
	if (response->location[0]) put(&output, "Location: %s%s\r\n", response->location[0] == '/' ? base : "", response->location);
	/* Whole seconds; a shorter time than asked for would let a client retry too early. */
	int64_t seconds = (response->retry_after_ns + 999999999) / 1000000000;
	if (response->retry_after_ns && response->retry_is_date) put_date(&output, "Retry-After", seconds);
	else if (response->retry_after_ns) put(&output, "Retry-After: %" PRId64 "\r\n", seconds);
	put(&output, "Connection: close\r\n\r\n");
	return output.used;
}
