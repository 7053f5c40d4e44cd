/* live_response.c -- connections of the fault origin: one request, then exactly the bytes, silence or RST that it decided.
 *
 * Nothing is ever sent ahead of the socket: the output buffer is filled again when it is nearly empty. */
#include "conformance/live_internal.h"
#include "conformance/live_request.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_SIZE 4096
#define PIECE_MAX 32768           /* bytes generated at once */
#define FLOOD_LINES 1024          /* 1 MiB of header */
#define FLOOD_VALUE 1006
#define OUTPUT_LOW 32768          /* more is generated when less waits */
#define THROTTLE_TICK_NS 20000000
#define RESET_TICK_NS 2000000     /* between looks whether the client's kernel has everything */
#define LINGER_NS INT64_C(10000000000)  /* from our FIN to the client's */

enum phase {
	PHASE_FREE,
	PHASE_HEAD,     /* reads the request */
	PHASE_BODY,     /* sends */
	PHASE_SILENT,   /* stalls */
	PHASE_RESETTING,/* all bytes of a reset are with the kernel; the client's must have them before the RST */
	PHASE_LINGER,   /* our side is shut; waits for the client's end */
};

struct live_connection {
	struct live_host *host;
	struct bufferevent *socket;
	struct loop_event *timer;
	enum phase phase;
	struct live_request request;
	struct response response;
	unsigned number;        /* of the request, of its path */
	uint64_t goal;          /* bytes of the body before the ending */
	uint64_t sent;          /* bytes of the body given to the buffer */
	bool stalled;           /* a stall that ends was made */
	bool told;              /* the response line was written */
	int64_t body_began_ns;
};

static void set_timer(struct live_connection *connection, int64_t ns)
{
	int64_t us = ns / 1000 + 1;
	struct timeval time = { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };
	evtimer_add(connection->timer, &time);
}

/* Frees the connection; an open socket is closed in order, or with RST. */
static void release(struct live_connection *connection, bool reset)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	if (reset) setsockopt(bufferevent_getfd(connection->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	bufferevent_free(connection->socket);
	event_del(connection->timer);
	connection->socket = NULL;
	connection->phase = PHASE_FREE;
}

static void add_unsigned(struct trace_line *line, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, value);
	trace_add(line, key, value == UINT64_MAX ? "none" : text);
}

static void tell_request(const struct live_connection *connection)
{
	const struct live_request *request = &connection->request;
	struct trace_line line;
	trace_line_init(&line, live_now(connection->host->live), ACTOR_ORIGIN, request->path, "request");
	trace_add(&line, "method", request->method);
	trace_add(&line, "host", connection->host->name);
	trace_add(&line, "range", request->range);
	if (request->if_range[0]) trace_add(&line, "if_range", request->if_range);
	trace_add_int(&line, "n", connection->number);
	live_line(connection->host->live, &line);
}

static const char *ending_word(enum ending ending)
{
	switch (ending) {
	case ENDING_DONE: return "done";
	case ENDING_RESET: return "reset";
	case ENDING_STALL: return "stall";
	case ENDING_TRUNCATE: return "truncate";
	case ENDING_GARBAGE: return "garbage";
	case ENDING_BAD_CHUNKS: return "bad-chunks";
	}
	UNREACHABLE("every ending has a word");
	return "";
}

/* Bytes of the body that the kernel took; what still waits in the buffer did not leave. */
static uint64_t taken(const struct live_connection *connection)
{
	uint64_t waiting = evbuffer_get_length(bufferevent_get_output(connection->socket));
	return waiting < connection->sent ? connection->sent - waiting : 0;
}

static void tell_response(struct live_connection *connection, const char *ending)
{
	const struct response *response = &connection->response;
	struct trace_line line;
	if (connection->told) return;
	connection->told = true;
	trace_line_init(&line, live_now(connection->host->live), ACTOR_ORIGIN, connection->request.path, "response");
	trace_add_int(&line, "n", connection->number);
	trace_add_int(&line, "status", response->status);
	add_unsigned(&line, "length", response->content_length);
	add_unsigned(&line, "sent", response->ending == ENDING_GARBAGE ? 0 : taken(connection));
	trace_add(&line, "ending", ending);
	trace_add(&line, "fault", response->fault[0] ? response->fault : "none");
	trace_add_int(&line, "content", response->is_content);
	trace_add_int(&line, "version", response->version);
	add_unsigned(&line, "from", response->body_from);
	add_unsigned(&line, "total", response->range_total);
	trace_add_int(&line, "line", response->scenario_line);
	live_line(connection->host->live, &line);
}

/* Behind a status line or not; a flood is a header of one line after the other. */
static void put_garbage(struct live_connection *connection)
{
	static const char status[] = "HTTP/1.1 200 OK\r\n";
	struct evbuffer *output = bufferevent_get_output(connection->socket);
	unsigned char bytes[256];
	for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(0x80u | (i * 37u));
	if (connection->response.garbage != GARBAGE_ALL) evbuffer_add(output, status, sizeof status - 1);
	if (connection->response.garbage != GARBAGE_FLOOD) evbuffer_add(output, bytes, sizeof bytes);
	for (unsigned i = 0; connection->response.garbage == GARBAGE_FLOOD && i < FLOOD_LINES; i++)
		evbuffer_add_printf(output, "X-Flood-%06u: %0*u\r\n", i, FLOOD_VALUE, i);
}

static void generate(const struct live_connection *connection, unsigned char *bytes, size_t length)
{
	static const char page[] = "<html><body>error</body></html>\n";
	const struct response *response = &connection->response;
	for (size_t i = 0; i < length; i++) {
		uint64_t at = response->body_from + connection->sent + i;
		bytes[i] = response->is_content ? origin_byte(connection->request.path, response->version, at)
		                                : (unsigned char)page[at % (sizeof page - 1)];
	}
}

/* How much of the body may leave now. */
static size_t allowance(const struct live_connection *connection)
{
	uint64_t left = connection->goal - connection->sent, rate = connection->response.bytes_per_s;
	if (rate) {
		uint64_t us = (uint64_t)(live_now(connection->host->live) - connection->body_began_ns) / 1000;
		uint64_t due = rate / 1000000 * us + rate % 1000000 * us / 1000000 + 1;
		uint64_t now = due > connection->sent ? due - connection->sent : 0;
		if (now < left) left = now;
	}
	return left < PIECE_MAX ? (size_t)left : PIECE_MAX;
}

static void put_piece(struct live_connection *connection, size_t length)
{
	unsigned char bytes[PIECE_MAX];
	struct evbuffer *output = bufferevent_get_output(connection->socket);
	generate(connection, bytes, length);
	if (connection->response.chunked) evbuffer_add_printf(output, "%zx\r\n", length);
	evbuffer_add(output, bytes, length);
	if (connection->response.chunked) evbuffer_add(output, "\r\n", 2);
	connection->sent += length;
}

/* Everything that was to be sent is with the kernel. */
static void finish_in_order(struct live_connection *connection, const char *ending)
{
	tell_response(connection, ending);
	shutdown(bufferevent_getfd(connection->socket), SHUT_WR);
	connection->phase = PHASE_LINGER;
	set_timer(connection, LINGER_NS);
}

static void finish(struct live_connection *connection)
{
	const struct response *response = &connection->response;
	switch (response->ending) {
	case ENDING_DONE: case ENDING_TRUNCATE: case ENDING_GARBAGE: case ENDING_BAD_CHUNKS:
		finish_in_order(connection, ending_word(response->ending));
		break;
	case ENDING_STALL:
		if (response->stall_ns && connection->stalled) {
			finish_in_order(connection, "done");
			break;
		}
		connection->phase = PHASE_SILENT;
		if (response->stall_ns) set_timer(connection, response->stall_ns);
		else tell_response(connection, "stall");
		break;
	case ENDING_RESET:
		connection->phase = PHASE_RESETTING;
		set_timer(connection, RESET_TICK_NS);
		break;
	}
}

static bool body_is_whole(const struct live_connection *connection)
{
	return connection->goal == connection->response.body_length &&
		(connection->response.ending == ENDING_DONE || connection->stalled);
}

/* What a multipart body has before and behind its part. */
static void put_around(struct live_connection *connection, bool behind)
{
	struct live_around around;
	if (!connection->goal || !live_request_around(&connection->response, &around)) return;
	evbuffer_add_printf(bufferevent_get_output(connection->socket), "%s", behind ? around.behind : around.before);
}

/* Called whenever the buffer has room, or the timer rang. */
static void pump(struct live_connection *connection)
{
	struct evbuffer *output = bufferevent_get_output(connection->socket);
	while (connection->sent < connection->goal && evbuffer_get_length(output) <= OUTPUT_LOW) {
		size_t length = allowance(connection);
		if (!length) {
			set_timer(connection, THROTTLE_TICK_NS);
			return;
		}
		put_piece(connection, length);
		if (connection->sent == connection->goal) put_around(connection, true);
		if (connection->sent == connection->goal && connection->response.chunked && body_is_whole(connection))
			evbuffer_add(output, "0\r\n\r\n", 5);
	}
	if (connection->sent == connection->goal && !evbuffer_get_length(output)) finish(connection);
}

/* The stall is over: the rest follows. */
static void go_on(struct live_connection *connection)
{
	connection->stalled = true;
	connection->phase = PHASE_BODY;
	connection->goal = connection->response.body_length;
	pump(connection);
}

/* RST, once the client's kernel has every byte: otherwise our own would throw away what the scenario wants to be received. */
static void try_reset(struct live_connection *connection)
{
	int waiting = 0;
	if (!ioctl(bufferevent_getfd(connection->socket), SIOCOUTQ, &waiting) && waiting) {
		set_timer(connection, RESET_TICK_NS);
		return;
	}
	tell_response(connection, "reset");
	release(connection, true);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct live_connection *connection = context;
	(void)fd;
	(void)what;
	switch (connection->phase) {
	case PHASE_BODY: pump(connection); break;
	case PHASE_SILENT: go_on(connection); break;
	case PHASE_RESETTING: try_reset(connection); break;
	case PHASE_LINGER: release(connection, false); break;
	case PHASE_FREE: case PHASE_HEAD: break;
	}
}

static unsigned count_request(struct live *live, const char *path)
{
	unsigned i = 0;
	while (i < live->paths_count && strncmp(live->paths[i].name, path, TRACE_WORD_MAX - 1)) i++;
	if (i == live->paths_count && i < LIVE_PATHS_MAX) {
		snprintf(live->paths[i].name, sizeof live->paths[i].name, "%.*s", TRACE_WORD_MAX - 1, path);
		live->paths_count++;
	}
	return ++live->paths[i].requests;
}

/* Methods that the origin does not know get 501 without a body. */
static void decide(struct live_connection *connection)
{
	const struct live_request *asked = &connection->request;
	struct live *live = connection->host->live;
	struct request request = { .host = connection->host->name, .method = asked->method, .path = asked->path,
		.has_range = asked->has_range, .range_from = asked->range_from, .range_to = asked->range_to,
		.if_range = asked->if_range[0] ? asked->if_range : NULL };
	uint64_t size = 0;
	unsigned version;

	if (asked->suffix && origin_content(live->origin, asked->path, live_now(live), &size, &version))
		request.range_from = asked->range_from < size ? size - asked->range_from : 0;
	if (strcmp(asked->method, "GET") && strcmp(asked->method, "HEAD")) connection->response = (struct response){ .status = 501 };
	else origin_answer(live->origin, &request, live_now(live), &connection->response);
}

static void answer(struct live_connection *connection)
{
	const struct response *response = &connection->response;
	char head[HEAD_SIZE];

	connection->number = count_request(connection->host->live, connection->request.path);
	tell_request(connection);
	decide(connection);
	connection->phase = PHASE_BODY;
	connection->body_began_ns = live_now(connection->host->live);
	bool whole = response->ending == ENDING_DONE || response->cut > response->body_length;
	connection->goal = whole ? response->body_length : response->cut;
	if (response->ending == ENDING_GARBAGE) {
		connection->goal = 0;
		put_garbage(connection);
	} else {
		bufferevent_write(connection->socket, head, live_request_head(response, connection->host->url, head, sizeof head));
	}
	put_around(connection, false);
	if (response->ending == ENDING_BAD_CHUNKS) {
		connection->goal = 0;
		evbuffer_add_printf(bufferevent_get_output(connection->socket), "no length\r\n");
	}
	pump(connection);
}

static void answer_nonsense(struct live_connection *connection)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	connection->told = true;   /* it was no request: nothing for the trace */
	connection->response = (struct response){ .status = 400 };
	connection->phase = PHASE_BODY;
	bufferevent_write(connection->socket, text, sizeof text - 1);
}

static void on_read(struct bufferevent *socket, void *context)
{
	struct live_connection *connection = context;
	struct evbuffer *input = bufferevent_get_input(socket);

	if (connection->phase == PHASE_HEAD) {
		struct evbuffer_ptr end = evbuffer_search(input, "\r\n\r\n", 4, NULL);
		size_t length = end.pos < 0 ? evbuffer_get_length(input) : (size_t)end.pos + 4;
		if (end.pos < 0 && length <= LIVE_HEAD_MAX) return;
		const char *head = (const char *)evbuffer_pullup(input, (ev_ssize_t)length);
		if (head && length <= LIVE_HEAD_MAX && live_request_parse(head, length, &connection->request)) answer(connection);
		else answer_nonsense(connection);
	}
	/* A body, or a second request: each response closes its connection. */
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void on_write(struct bufferevent *socket, void *context)
{
	struct live_connection *connection = context;
	(void)socket;
	if (connection->phase == PHASE_BODY) pump(connection);
}

/* The client shut its side (it may still read: half-closed), or is gone. */
static void on_event(struct bufferevent *socket, short what, void *context)
{
	struct live_connection *connection = context;
	bool half = (what & BEV_EVENT_EOF) && !(what & BEV_EVENT_ERROR);

	if (half && (connection->phase == PHASE_BODY || connection->phase == PHASE_RESETTING)) {
		bufferevent_disable(socket, EV_READ);  /* a write will tell whether it is gone */
		return;
	}
	if (connection->phase != PHASE_HEAD && connection->phase != PHASE_LINGER) tell_response(connection, "aborted");
	release(connection, false);
}

/* A free connection; NULL when there are too many, or memory is used up. */
static struct live_connection *take_connection(struct live *live)
{
	for (unsigned i = 0; i < live->connections_count; i++)
		if (live->connections[i]->phase == PHASE_FREE) return live->connections[i];
	if (live->connections_count == LIVE_CONNECTIONS_MAX) return NULL;
	struct live_connection *connection = arena_take(live->arena, sizeof *connection);
	if (!connection) return NULL;
	connection->timer = evtimer_new(live->base, on_timer, connection);
	if (connection->timer) live->connections[live->connections_count++] = connection;
	return connection->timer ? connection : NULL;
}

static void refuse(evutil_socket_t fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	close(fd);
}

void live_response_start(struct live_host *host, evutil_socket_t fd)
{
	struct live *live = host->live;
	int64_t delay_ns;
	bool open = origin_connect(live->origin, host->name, live_now(live), &delay_ns) == HOST_OK;
	struct live_connection *connection = open ? take_connection(live) : NULL;
	struct bufferevent *socket = connection ? bufferevent_socket_new(live->base, fd, BEV_OPT_CLOSE_ON_FREE) : NULL;

	if (!socket) {
		refuse(fd);
		return;
	}
	struct loop_event *timer = connection->timer;
	*connection = (struct live_connection){ .host = host, .socket = socket, .timer = timer, .phase = PHASE_HEAD };
	evutil_make_socket_nonblocking(fd);
	bufferevent_setcb(socket, on_read, on_write, on_event, connection);
	bufferevent_setwatermark(socket, EV_WRITE, 0, 0);
	bufferevent_enable(socket, EV_READ | EV_WRITE);
}

void live_response_done(struct live *live)
{
	for (unsigned i = 0; i < live->connections_count; i++) {
		struct live_connection *connection = live->connections[i];
		if (connection->phase != PHASE_FREE) release(connection, true);
		event_free(connection->timer);
	}
	live->connections_count = 0;
}
