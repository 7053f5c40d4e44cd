/* live.c -- the fault origin on loopback: hosts, their ports and listeners. */
#include "conformance/live_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMELESS_URL "http://nosuch.invalid"
#define BACKLOG 128
#define FILL_PATIENCE_MS 50   /* on loopback a connection stands at once, or never */
#define PORT_TRIES 16
#define COMPARE_BYTES 65536

int64_t live_now(const struct live *live)
{
	return live->now(live->now_context);
}

void live_line(const struct live *live, struct trace_line *line)
{
	if (live->listener->line) live->listener->line(live->listener->context, line);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A socket bound to the port (0: any that is free); -1 with errno. SO_REUSEADDR lets several be bound to a port as long
 * as only one listens. */
static int bind_socket(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) || bind(fd, (struct sockaddr *)&address, sizeof address)) {
		int number = errno;
		close(fd);
		errno = number;
		return -1;
	}
	return fd;
}

static bool take_port(struct live_host *host)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;

	if (host->port) return true;
	host->keeper = bind_socket(0);
	if (host->keeper < 0 || getsockname(host->keeper, (struct sockaddr *)&address, &size)) return false;
	host->port = ntohs(address.sin_port);
	snprintf(host->url, sizeof host->url, "http://127.0.0.1:%u", host->port);
	return true;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int size, void *context)
{
	(void)listener;
	(void)address;
	(void)size;
	live_response_start(context, fd);
}

static bool open_listener(struct live_host *host)
{
	int fd = bind_socket(host->port);
	if (fd < 0) return false;
	host->listener = evconnlistener_new(host->live->base, on_accept, host, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (!host->listener) close(fd);
	return host->listener;
}

/* One more own connection to the port. Returns whether it stands: then the backlog had room for it. */
static bool fill_one(struct live_host *host)
{
	struct sockaddr_in address = loopback(host->port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) return false;
	host->fillers[host->fillers_count++] = fd;
	if (!connect(fd, (struct sockaddr *)&address, sizeof address)) return true;
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	return errno == EINPROGRESS && poll(&poll_fd, 1, FILL_PATIENCE_MS) == 1 && !(poll_fd.revents & (POLLERR | POLLHUP));
}

/* Listens and fills the backlog, so that the kernel drops every further SYN. */
static bool open_full(struct live_host *host)
{
	host->full = bind_socket(host->port);
	if (host->full < 0 || listen(host->full, 0)) return false;
	while (host->fillers_count < LIVE_FILLERS_MAX)
		if (!fill_one(host)) return true;
	return false;
}

static void close_fd(int *fd)
{
	if (*fd >= 0) close(*fd);
	*fd = -1;
}

static void close_host(struct live_host *host)
{
	if (host->until) event_del(host->until);
	if (host->listener) evconnlistener_free(host->listener);
	host->listener = NULL;
	close_fd(&host->full);
	for (unsigned i = 0; i < host->fillers_count; i++) close_fd(&host->fillers[i]);
	host->fillers_count = 0;
}

/* Makes the socket do what the answer says. */
static bool open_host(struct live_host *host, enum host_answer answer)
{
	close_host(host);
	host->answer = answer;
	if (answer != HOST_DNS && !take_port(host)) return false;
	switch (answer) {
	case HOST_OK: return open_listener(host);
	case HOST_CONNECT_TIMEOUT: return open_full(host);
	case HOST_REFUSE: case HOST_DNS: return true;   /* the keeper does not listen */
	default: break;
	}
	return false;
}

static void on_until(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	open_host(context, HOST_OK);
}

static struct live_host *find_host(struct live *live, const char *name)
{
	for (unsigned i = 0; i < live->hosts_count; i++)
		if (!strcmp(live->hosts[i].name, name)) return &live->hosts[i];
	return NULL;
}

static struct live_host *add_host(struct live *live, const char *name)
{
	struct live_host *host = &live->hosts[live->hosts_count];
	if (live->hosts_count == ORIGIN_HOSTS_MAX || strlen(name) >= sizeof host->name) return NULL;
	*host = (struct live_host){ .live = live, .answer = HOST_DNS, .keeper = -1, .full = -1 };
	snprintf(host->name, sizeof host->name, "%s", name);
	snprintf(host->url, sizeof host->url, "%s", NAMELESS_URL);
	host->until = evtimer_new(live->base, on_until, host);
	if (!host->until) return NULL;
	live->hosts_count++;
	return host;
}

struct live *live_new(struct arena *arena, struct event_base *base, int64_t (*now)(void *), void *now_context,
	const struct listener *listener, struct failure *failure)
{
	struct live *live = arena_take(arena, sizeof *live);
	struct origin *origin = live ? origin_new(arena) : NULL;

	if (!origin) {
		snprintf(failure->text, sizeof failure->text, "expected memory for the live origin, found none");
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN);   /* clients go away while we write */
	*live = (struct live){ .arena = arena, .base = base, .now = now, .now_context = now_context, .listener = listener, .origin = origin };
	struct live_host *host = add_host(live, "origin");
	if (host && open_host(host, HOST_OK)) return live;
	snprintf(failure->text, sizeof failure->text, "expected a port on 127.0.0.1, found none: %s", strerror(errno));
	live_done(live);
	return NULL;
}

void live_done(struct live *live)
{
	live_response_done(live);
	for (unsigned i = 0; i < live->hosts_count; i++) {
		close_host(&live->hosts[i]);
		close_fd(&live->hosts[i].keeper);
		if (live->hosts[i].until) event_free(live->hosts[i].until);
		live->hosts[i].until = NULL;
	}
	live->hosts_count = 0;
}

static bool refuse(char *why, size_t why_size, const char *text)
{
	snprintf(why, why_size, "%s", text);
	return false;
}

static bool is_of_sockets(enum host_answer answer)
{
	return answer == HOST_OK || answer == HOST_REFUSE || answer == HOST_DNS || answer == HOST_CONNECT_TIMEOUT;
}

/* What real sockets cannot do. */
static bool check_host(const struct live_host *host, enum host_answer answer, const struct step *step, char *why, size_t why_size)
{
	bool nameless = answer == HOST_DNS;
	if (step_arg(step, "times")) return refuse(why, why_size, "the live origin cannot count connections that never arrive (host.times)");
	if (step_arg(step, "after") || step_arg(step, "until")) return refuse(why, why_size, "the live origin changes a host at once (host after=, until=)");
	if (!is_of_sockets(answer)) {
		snprintf(why, why_size, "the live origin cannot do this on loopback (host.%s)", step->word);
		return false;
	}
	if (nameless && step_arg(step, "for")) return refuse(why, why_size, "the live origin cannot give a host its name back (host dns for=)");
	if (host && host->url_known && nameless != (host->answer == HOST_DNS))
		return refuse(why, why_size, "the live origin cannot take or give a host's name once the client has its URL (host dns)");
	return true;
}

static bool change_host(struct live *live, const struct step *step, char *why, size_t why_size)
{
	const struct scenario_arg *name = step_word(step, 0), *until = step_arg(step, "for");
	enum host_answer answer = step->word ? origin_host_find(step->word) : HOST_ANSWERS;

	if (!name || answer == HOST_ANSWERS) return refuse(why, why_size, "expected host NAME ok, refuse, dns or connect-timeout");
	struct live_host *host = find_host(live, name->text);
	if (!check_host(host, answer, step, why, why_size)) return false;
	if (!origin_change(live->origin, step, live_now(live), why, why_size)) return false;
	if (!host) host = add_host(live, name->text);
	if (!host) return refuse(why, why_size, "the live origin has no room for another host");
	if (!open_host(host, answer)) return refuse(why, why_size, "the live origin could not change its port: the system refused");
	if (until && until->number > 0 && answer != HOST_OK) {
		int64_t us = until->number / 1000 + 1;
		struct timeval time = { .tv_sec = us / 1000000, .tv_usec = us % 1000000 };
		evtimer_add(host->until, &time);
	}
	return true;
}

bool live_change(struct live *live, const struct step *step, char *why, size_t why_size)
{
	if (step->kind == STEP_HOST) return change_host(live, step, why, why_size);
	if (step->kind == STEP_SERVE) return origin_change(live->origin, step, live_now(live), why, why_size);
	return refuse(why, why_size, "the live origin changes by serve and host only");
}

bool live_has(const char *feature)
{
	static const char *const lacks[] = { "host.times", "host.unreachable", "host.dns-", "host.tls", "host.proxy", "host.token", "serve.upload", "net.", "link", "disk.", "service.", "user.", "clock.", "policy", "timer." };
	for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
		if (!strncmp(feature, lacks[i], strlen(lacks[i]))) return false;
	return true;
}

const char *live_url_peek(struct live *live, const char *name)
{
	struct live_host *host = find_host(live, name);
	if (!host) host = add_host(live, name);   /* no host line yet: origin_connect calls that a name that nobody knows */
	if (!host || (host->answer != HOST_DNS && !host->port)) return NULL;
	return host->answer == HOST_DNS ? NAMELESS_URL : host->url;
}

const char *live_url(struct live *live, const char *name)
{
	const char *url = live_url_peek(live, name);
	if (url) find_host(live, name)->url_known = true;
	return url;
}

int live_compare(struct live *live, const char *local, const char *path)
{
	unsigned char bytes[COMPARE_BYTES];
	uint64_t size, at = 0;
	unsigned version;
	ssize_t n = 0;
	struct stat stat;
	int fd = open(local, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) return -1;
	bool equal = !fstat(fd, &stat) && S_ISREG(stat.st_mode) && origin_content(live->origin, path, live_now(live), &size, &version);
	while (equal && (n = read(fd, bytes, sizeof bytes)) > 0) {
		equal = (uint64_t)n <= size - at;
		for (ssize_t i = 0; equal && i < n; i++) equal = bytes[i] == origin_byte(path, version, at + (uint64_t)i);
		at += (uint64_t)n;
	}
	close(fd);
	return equal && n == 0 && at == size;
}
