/* adapter_link.c -- the conversation with a running adapter. */
#include "conformance/adapter_link.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLICE_NS 20000000
#define LOG_LINE_MAX 4096
#define EXIT_PATIENCE_NS 500000000  /* from the end of stdout to the end of the process */
#define READ_BYTES 65536

static void log_line(const struct adapter_link *link, const char *mark, const char *line, size_t length)
{
	char text[LOG_LINE_MAX + 32];
	if (link->log < 0) return;
	int n = snprintf(text, sizeof text, "%s %.*s%s\n", mark, (int)(length < LOG_LINE_MAX ? length : LOG_LINE_MAX), line,
		length > LOG_LINE_MAX ? "..." : "");
	if (n > 0 && write(link->log, text, (size_t)n) < 0) return;
}

bool adapter_link_fail(struct adapter_link *link, const char *format, ...)
{
	char state[80];
	va_list args;

	if (link->broken[0]) return false;
	va_start(args, format);
	vsnprintf(link->broken, sizeof link->broken - sizeof state, format, args);
	va_end(args);
	adapter_process_describe(&link->process, state, sizeof state);
	size_t used = strlen(link->broken);
	if (link->process.pid) snprintf(link->broken + used, sizeof link->broken - used, "; the adapter %s", state);
	log_line(link, "!", link->broken, strlen(link->broken));
	return false;
}

/* Counts what nobody asked for. */
static bool is_flood(struct adapter_link *link, size_t length)
{
	link->unasked++;
	link->unasked_bytes += length;
	if (link->unasked > link->flood_max)
		return !adapter_link_fail(link, "expected at most %u lines that nobody asked for between two commands, found more", link->flood_max);
	if (link->unasked_bytes > ADAPTER_UNASKED_BYTES_MAX)
		return !adapter_link_fail(link, "expected at most 64 MiB that nobody asked for between two commands, found more");
	if (link->callbacks_count == ADAPTER_CALLBACKS_MAX)
		return !adapter_link_fail(link, "expected at most %d callbacks that wait for an answer, found more", ADAPTER_CALLBACKS_MAX);
	return false;
}

static void queue_callback(struct adapter_link *link, const struct adapter_message *message, size_t length)
{
	if (is_flood(link, length)) {
		json_decref(message->root);
		return;
	}
	unsigned at = (link->callbacks_first + link->callbacks_count++) % ADAPTER_CALLBACKS_MAX;
	link->callbacks[at] = *message;
}

static void take_reply(struct adapter_link *link, const struct adapter_message *message)
{
	bool skipped = message->id > link->skipped_from && message->id < link->skipped_to;
	if (message->id == link->awaited && link->awaited) {
		link->callbacks_before = link->callbacks_count;
		link->answer = message->root;
		link->awaited = 0;
		return;
	}
	if (message->id > 0 && message->id < link->next_id && message->id != link->awaited && !skipped)
		adapter_link_fail(link, "expected one reply to each command, found a second one to id %" PRId64, message->id);
	else if (link->awaited)
		adapter_link_fail(link, "expected a reply to id %" PRId64 ", found one to the unknown id %" PRId64, link->awaited, message->id);
	else
		adapter_link_fail(link, "expected no reply, found one to the unknown id %" PRId64, message->id);
	json_decref(message->root);
}

static void take_line(struct adapter_link *link, const char *line, size_t length)
{
	struct adapter_message message;
	char why[FAILURE_TEXT_MAX];

	if (length && line[length - 1] == '\r') length--, link->crlf++;  /* a program in text mode; harmless */
	log_line(link, "<", line, length);
	if (!adapter_protocol_parse(line, length, &message, why, sizeof why)) {
		adapter_link_fail(link, "%s", why);
		return;
	}
	switch (message.kind) {
	case ADAPTER_MESSAGE_REPLY: take_reply(link, &message); break;
	case ADAPTER_MESSAGE_CALLBACK: queue_callback(link, &message, length); break;
	}
}

static void fail_long_line(struct adapter_link *link, struct evbuffer *input)
{
	char head[64], found[300];
	ev_ssize_t n = evbuffer_copyout(input, head, sizeof head);
	adapter_protocol_quote(head, n > 0 ? (size_t)n : 0, found, sizeof found);
	adapter_link_fail(link, "expected a line of at most %u bytes, found a longer one that starts with %s", ADAPTER_LINE_MAX, found);
}

static void on_read(struct bufferevent *from, void *context)
{
	struct adapter_link *link = context;
	struct evbuffer *input = bufferevent_get_input(from);
	while (!link->broken[0]) {
		struct evbuffer_ptr end = evbuffer_search_eol(input, NULL, NULL, EVBUFFER_EOL_LF);
		size_t length = end.pos < 0 ? evbuffer_get_length(input) : (size_t)end.pos;
		if (length > ADAPTER_LINE_MAX) fail_long_line(link, input);
		if (end.pos < 0 || link->broken[0]) break;
		take_line(link, (const char *)evbuffer_pullup(input, end.pos + 1), length);
		evbuffer_drain(input, length + 1);
	}
	/* What a broken adapter still says is of no interest, and must not fill the memory. */
	if (link->broken[0]) bufferevent_disable(from, EV_READ);
}

static void on_from_event(struct bufferevent *from, short what, void *context)
{
	struct adapter_link *link = context;
	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))) return;
	bufferevent_disable(from, EV_READ);
	link->closed = true;
}

/* The adapter closed its stdin. That alone is no fault: a reply that does not come is one. */
static void on_to_event(struct bufferevent *to, short what, void *context)
{
	(void)context;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) bufferevent_disable(to, EV_WRITE);
}

static void on_slice(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;  /* only there to end a turn of the loop */
}

bool adapter_link_start(struct adapter_link *link, char *const *argv)
{
	char why[FAILURE_TEXT_MAX];

	link->next_id = 1;
	if (!adapter_process_start(&link->process, argv, link->log, why, sizeof why)) return adapter_link_fail(link, "%s", why);
	link->to = bufferevent_socket_new(link->base, link->process.to, BEV_OPT_CLOSE_ON_FREE);
	link->from = bufferevent_socket_new(link->base, link->process.from, BEV_OPT_CLOSE_ON_FREE);
	link->slice = evtimer_new(link->base, on_slice, NULL);
	if (!link->to || !link->from || !link->slice) return adapter_link_fail(link, "out of memory for the adapter's pipes");
	bufferevent_setcb(link->to, NULL, NULL, on_to_event, link);
	bufferevent_setcb(link->from, on_read, NULL, on_from_event, link);
	bufferevent_set_max_single_read(link->from, READ_BYTES);
	bufferevent_enable(link->to, EV_WRITE);
	bufferevent_enable(link->from, EV_READ);
	return true;
}

/* One turn of the loop: until something happens, at most ns. */
static void turn(struct adapter_link *link, int64_t ns)
{
	struct timeval time = { .tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000 };
	if (ns <= 0) {
		event_base_loop(link->base, EVLOOP_NONBLOCK);
		return;
	}
	evtimer_add(link->slice, &time);
	event_base_loop(link->base, EVLOOP_ONCE);
	evtimer_del(link->slice);
}

void adapter_link_drain(struct adapter_link *link)
{
	for (int i = 0; i < 64 && !link->closed && !link->broken[0]; i++) turn(link, 0);
}

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Whether the adapter has ended or hung up; then `broken` says what was expected. */
static bool check_alive(struct adapter_link *link, const char *expected)
{
	if (adapter_process_gone(&link->process)) {
		adapter_link_drain(link);
		if (link->answer) return true;
		return adapter_link_fail(link, "expected %s, found the end of the adapter", expected);
	}
	if (!link->closed) return true;
	adapter_link_gone(link, EXIT_PATIENCE_NS);
	return adapter_link_fail(link, "expected %s, found the end of the adapter's stdout", expected);
}

static bool send_line(struct adapter_link *link, char *line, const char *what)
{
	if (!line) return adapter_link_fail(link, "expected texts in UTF-8 in %s, found other bytes", what);
	log_line(link, ">", line, strlen(line) - 1);
	bool sent = link->to && !bufferevent_write(link->to, line, strlen(line));
	free(line);
	return sent || adapter_link_fail(link, "out of memory for the adapter's stdin");
}

bool adapter_link_tell(struct adapter_link *link, const struct call *call)
{
	if (link->broken[0]) return false;
	link->unasked = 0;
	link->unasked_bytes = 0;
	link->awaited = link->next_id;
	return send_line(link, adapter_protocol_print(link->next_id++, call), call->command);
}

static bool is_late(struct adapter_link *link, const char *expected, int64_t from_ns, int64_t timeout_ns)
{
	int64_t now_ns = adapter_process_clock();
	if (now_ns >= link->scenario_due_ns)
		return !adapter_link_fail(link, "expected %s before the scenario's time-out, found none", expected);
	if (now_ns - from_ns < timeout_ns) return false;
	return !adapter_link_fail(link, "expected %s within %" PRId64 ".%03" PRId64 " s, found none", expected, timeout_ns / 1000000000,
		timeout_ns / 1000000 % 1000);
}

json_t *adapter_link_ask(struct adapter_link *link, const struct call *call, int64_t timeout_ns)
{
	char expected[120];
	int64_t from_ns = adapter_process_clock(), id = link->next_id;

	if (link->broken[0]) return NULL;
	snprintf(expected, sizeof expected, "a reply to %.60s (id %" PRId64 ")", call->command, id);
	if (!adapter_link_tell(link, call)) return NULL;
	while (!link->answer && !link->broken[0]) {
		int64_t left_ns = at_most(from_ns + timeout_ns, link->scenario_due_ns) - adapter_process_clock();
		turn(link, at_most(left_ns, SLICE_NS));
		if (link->answer || link->broken[0] || !check_alive(link, expected)) break;
		if (!link->answer && is_late(link, expected, from_ns, timeout_ns)) break;
	}
	json_t *answer = link->answer;
	link->answer = NULL;
	link->awaited = 0;
	return answer;
}

bool adapter_link_run(struct adapter_link *link, int64_t ns)
{
	int64_t until_ns = adapter_process_clock() + at_most(ns, SLICE_NS), left_ns;
	do {
		left_ns = until_ns - adapter_process_clock();
		if (link->broken[0]) return false;
		turn(link, left_ns);
	} while (left_ns > 0 && !link->callbacks_count);
	if (link->callbacks_count) return true;
	if (link->broken[0] || !check_alive(link, "an adapter that waits for commands")) return false;
	if (adapter_process_clock() < link->scenario_due_ns) return true;
	return adapter_link_fail(link, "expected the scenario to end before its time-out, found it still going on");
}

bool adapter_link_take(struct adapter_link *link, struct adapter_message *message)
{
	if (!link->callbacks_count) return false;
	*message = link->callbacks[link->callbacks_first];
	link->callbacks_first = (link->callbacks_first + 1) % ADAPTER_CALLBACKS_MAX;
	link->callbacks_count--;
	return true;
}

void adapter_link_return(struct adapter_link *link, int64_t callback, uint32_t hresult)
{
	if (!link->broken[0]) send_line(link, adapter_protocol_print_return(callback, hresult), "an answer");
}

bool adapter_link_gone(struct adapter_link *link, int64_t ns)
{
	int64_t until_ns = adapter_process_clock() + ns;
	while (!adapter_process_gone(&link->process) && adapter_process_clock() < until_ns) turn(link, SLICE_NS);
	return adapter_process_gone(&link->process);
}

unsigned adapter_link_end(struct adapter_link *link, int64_t patience_ns)
{
	struct adapter_message message;
	unsigned strays = adapter_process_end(&link->process, patience_ns);
	if (strays) log_line(link, "!", "processes of the adapter outlived it and were ended", 51);
	if (link->to) bufferevent_free(link->to);
	if (link->from) bufferevent_free(link->from);
	if (link->slice) event_free(link->slice);
	link->to = link->from = NULL;
	link->slice = NULL;
	while (adapter_link_take(link, &message)) json_decref(message.root);
	json_decref(link->answer);
	link->answer = NULL;
	return strays;
}
