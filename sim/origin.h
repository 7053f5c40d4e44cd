/* origin.h -- the HTTP server that lies on request: from the `serve` and `host` lines and a request to a response.
 *
 * It decides; it does not send. The simulated network and the live origin on loopback send the same decisions. */
#ifndef BGCHECK_SIM_ORIGIN_H
#define BGCHECK_SIM_ORIGIN_H

#include "sim/scenario.h"

#define ORIGIN_SERVES_MAX 256
#define ORIGIN_HOSTS_MAX 16
#define ORIGIN_NO_LENGTH UINT64_MAX

/* How a host answers connections. */
enum host_answer { HOST_OK, HOST_REFUSE, HOST_DNS, HOST_UNREACHABLE, HOST_CONNECT_TIMEOUT, HOST_DNS_SLOW, HOST_DNS_WRONG, HOST_TLS_DATE,
	HOST_TLS_NAME, HOST_TLS_ISSUER, HOST_PROXY_REFUSE, HOST_PROXY_407, HOST_PROXY_INVALID, HOST_TOKEN, HOST_ANSWERS };

/* How the body ends. */
enum ending {
	ENDING_DONE,      /* all of it, then the connection is closed in order */
	ENDING_RESET,     /* RST after `cut` bytes of the body */
	ENDING_STALL,     /* silence after `cut` bytes, for stall_ns (0: for ever) */
	ENDING_TRUNCATE,  /* closed in order after `cut` bytes although more was promised */
	ENDING_GARBAGE,   /* no HTTP: what `garbage` says instead of the response */
	ENDING_BAD_CHUNKS,/* a head that promises chunks, and a first chunk without a length */
};

/* What is sent instead of HTTP. */
enum garbage { GARBAGE_ALL, GARBAGE_HEAD, GARBAGE_FLOOD };

struct request {
	const char *host;           /* name of the host line, "origin" by default */
	const char *method;         /* HEAD, GET or PUT */
	const char *path;
	bool has_range;
	uint64_t range_from, range_to;  /* inclusive; range_to UINT64_MAX: to the end */
	const char *if_range;       /* validator, or NULL */
	unsigned instead;           /* status that another server on the way answers with; 0: none does */
};

struct response {
	unsigned status;
	uint64_t content_length;    /* as promised; ORIGIN_NO_LENGTH: no header */
	bool chunked;
	bool accept_ranges;
	bool has_content_range;
	uint64_t range_from, range_to, range_total;
	char etag[64];              /* with quotes; "" : none */
	char last_modified[40];     /* HTTP date; "" : none */
	char location[256];         /* redirects, relative or absolute path; "" : none */
	int64_t retry_after_ns;     /* 0: none */
	bool retry_is_date;         /* said as a date: retry_after_ns from now by the server's clock */
	bool multipart;             /* multipart/byteranges with one part */
	enum garbage garbage;       /* of ENDING_GARBAGE */
	uint64_t body_from;         /* first byte of the content that is sent */
	uint64_t body_length;       /* bytes that would be sent without a fault; 0 for HEAD */
	unsigned version;           /* of the content: origin_byte */
	bool is_content;            /* the body is the file, not an error page */
	enum ending ending;
	uint64_t cut;
	int64_t stall_ns;
	uint64_t bytes_per_s;       /* throttle; 0: the link's speed */
	unsigned scenario_line;     /* the serve line that answered */
	char fault[64];             /* its fault word as written; "" : none */
	enum cause refusal;         /* why an upload is refused; CAUSE_NONE: by the status, or not at all */
};

struct origin;

/* Makes an origin without a path. Returns NULL when the arena is used up. */
struct origin *origin_new(struct arena *arena);

/* A serve or host step. Several serve lines of one path answer in turn: each `times` times (default: for ever when it is
 * the last, once otherwise), those between after= and until= only then. `for=` on a host ends its fault after that time. Returns false with `why` on limits. */
bool origin_change(struct origin *origin, const struct step *step, int64_t now_ns, char *why, size_t why_size);

/* How a connection to the host is answered now; counts it against `times`. An unknown host is HOST_DNS. *delay_ns: how much longer its
 * name takes to resolve. */
enum host_answer origin_connect(struct origin *origin, const char *host, int64_t now_ns, int64_t *delay_ns);

/* The word of an answer ("ok", "dns-slow"), and back; HOST_ANSWERS: no such word. */
const char *origin_host_word(enum host_answer answer);
enum host_answer origin_host_find(const char *word);

/* Whether a fault word of serve sends no HTTP, so that the line needs no size. */
bool origin_is_no_http(const char *fault_word);

/* The response to a request; counts it against `times`. A path that is not served
 * answers 404, but takes uploads. Cannot fail. */
void origin_answer(struct origin *origin, const struct request *request, int64_t now_ns, struct response *response);

/* Size and version of what is served at path now, without counting; false when nothing is. */
bool origin_content(const struct origin *origin, const char *path, int64_t now_ns, uint64_t *size, unsigned *version);

/* Byte `offset` of the content of path in a version; differs between versions and paths. Pure. */
unsigned char origin_byte(const char *path, unsigned version, uint64_t offset);

#endif
