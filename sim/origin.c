/* origin.c -- the HTTP server that lies on request: which serve line answers, and with what. */
#include "sim/origin_host.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ERROR_BODY 32          /* bytes of the body of an error status */
#define SIZE_CHANGE 1024u      /* bytes that size-change adds */
#define ETAG_DEFAULT "\"1\""   /* etag-change without etag=: the change must be seen by those who look */

enum fault_kind { FAULT_OF_LINE_NONE, FAULT_OF_LINE_RESET, FAULT_OF_LINE_STALL, FAULT_OF_LINE_TRUNCATE,
	FAULT_OF_LINE_CHANGE, FAULT_OF_LINE_MODIFIED, FAULT_OF_LINE_SIZE, FAULT_OF_LINE_BAD_CHUNKS, FAULT_OF_LINE_GARBAGE, FAULT_OF_LINE_GARBAGE_HEAD,
	FAULT_OF_LINE_FLOOD, FAULTS_OF_LINE };

/* How a part is not what was asked for. */
enum range_kind { RANGE_HONEST, RANGE_UNASKED, RANGE_WRONG_HEADER, RANGE_NO_HEADER, RANGE_MULTIPART, RANGE_MERGED, RANGE_KINDS };

struct serve {
	char path[SCENARIO_NAME_MAX + 1];
	char method[8];            /* "" : any */
	uint64_t times;            /* 0: the default */
	uint64_t used;
	bool has_content;
	uint64_t size;
	char etag[64];
	int64_t modified;          /* days; -1: none */
	unsigned status;
	int64_t retry_after_ns;
	bool retry_is_date;
	int64_t after_ns, until_ns;/* when it answers */
	enum fault_kind fault;
	enum range_kind range;
	uint64_t at;
	int64_t stall_ns;
	char fault_text[64];
	int64_t lie;               /* about the length */
	int64_t range_lie;         /* about the first byte of a part */
	char location[256];
	uint64_t throttle;
	bool no_length, chunked, no_range, no_head;
	enum cause refusal;        /* of uploads; CAUSE_NONE: by the status, or not at all */
	unsigned version;          /* of the content; after the change it is the next one */
	bool changed;
	unsigned line;
};

struct origin {
	struct arena *arena;
	struct serve *serves[ORIGIN_SERVES_MAX];
	unsigned serves_count;
	struct hosts hosts;
};

struct origin *origin_new(struct arena *arena)
{
	struct origin *origin = arena_take(arena, sizeof *origin);

	if (!origin) return NULL;
	origin->arena = arena;
	hosts_init(&origin->hosts);
	return origin;
}

/* --- serve lines */

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static const char *const FAULT_WORDS[FAULTS_OF_LINE] = { [FAULT_OF_LINE_NONE] = "", [FAULT_OF_LINE_RESET] = "reset", [FAULT_OF_LINE_STALL] = "stall",
	[FAULT_OF_LINE_TRUNCATE] = "truncate", [FAULT_OF_LINE_CHANGE] = "etag-change", [FAULT_OF_LINE_MODIFIED] = "modified-change",
	[FAULT_OF_LINE_SIZE] = "size-change", [FAULT_OF_LINE_BAD_CHUNKS] = "bad-chunks", [FAULT_OF_LINE_GARBAGE] = "garbage",
	[FAULT_OF_LINE_GARBAGE_HEAD] = "garbage-head", [FAULT_OF_LINE_FLOOD] = "header-flood" };

static const char *const RANGE_WORDS[RANGE_KINDS] = { [RANGE_HONEST] = "", [RANGE_UNASKED] = "unasked", [RANGE_WRONG_HEADER] = "wrong-header",
	[RANGE_NO_HEADER] = "no-header", [RANGE_MULTIPART] = "multipart", [RANGE_MERGED] = "merged" };

/* Index of the word; `count` when it is none. */
static int find_word(const char *const *words, int count, const char *word)
{
	int i = 0;

	while (i < count && strcmp(words[i], word)) i++;
	return i;
}

static bool is_no_http(enum fault_kind fault)
{
	return fault == FAULT_OF_LINE_GARBAGE || fault == FAULT_OF_LINE_GARBAGE_HEAD || fault == FAULT_OF_LINE_FLOOD;
}

bool origin_is_no_http(const char *fault_word)
{
	return is_no_http((enum fault_kind)find_word(FAULT_WORDS, FAULTS_OF_LINE, fault_word));
}

static bool is_change(enum fault_kind fault)
{
	return fault == FAULT_OF_LINE_CHANGE || fault == FAULT_OF_LINE_MODIFIED || fault == FAULT_OF_LINE_SIZE;
}

static int kind_of(const struct step *step, const char *key, const char *const *words, int count)
{
	const struct scenario_arg *arg = step_arg(step, key);
	int kind = arg ? find_word(words, count, arg->text) : 0;

	return kind < count ? kind : 0;
}

/* Content of one path is the same when size, etag and date are. */
static bool is_same_content(const struct serve *a, const struct serve *b)
{
	return a->size == b->size && a->modified == b->modified && !strcmp(a->etag, b->etag);
}

/* Content that no line above has is a version of its own; a line that changes takes the next one too. */
static unsigned version_of(const struct origin *origin, const struct serve *serve)
{
	unsigned last = 0;

	for (unsigned i = 0; i < origin->serves_count; i++) {
		const struct serve *other = origin->serves[i];
		if (!other->has_content || strcmp(other->path, serve->path)) continue;
		if (is_same_content(other, serve)) return other->version;
		unsigned highest = other->version + is_change(other->fault);
		if (highest > last) last = highest;
	}
	return last + 1;
}

static void read_identity(const struct step *step, struct serve *serve)
{
	const struct scenario_arg *etag = step_arg(step, "etag"), *modified = step_arg(step, "modified");

	if (etag) snprintf(serve->etag, sizeof serve->etag, "\"%s\"", etag->text);
	else if (serve->fault == FAULT_OF_LINE_CHANGE) copy(serve->etag, sizeof serve->etag, ETAG_DEFAULT);
	serve->modified = modified && modified->is_number ? modified->number : serve->fault == FAULT_OF_LINE_MODIFIED ? 0 : -1;
}

static void read_fault(const struct step *step, struct serve *serve)
{
	const struct scenario_arg *fault = step_arg(step, "fault"), *length = step_arg(step, "length");
	const struct scenario_arg *lie = step_arg(step, "length.lie"), *range = step_arg(step, "range");
	const struct scenario_arg *range_lie = step_arg(step, "range.lie");

	serve->fault = (enum fault_kind)kind_of(step, "fault.word", FAULT_WORDS, FAULTS_OF_LINE);
	serve->range = (enum range_kind)kind_of(step, "range", RANGE_WORDS, RANGE_KINDS);
	serve->at = (uint64_t)step_number(step, "fault.at", 0);
	serve->stall_ns = step_number(step, "fault.for", 0);
	serve->lie = lie ? lie->number : 0;
	serve->range_lie = range_lie ? range_lie->number : 0;
	if (fault) copy(serve->fault_text, sizeof serve->fault_text, fault->text);
	else if (length) copy(serve->fault_text, sizeof serve->fault_text, length->text);
	else if (range) copy(serve->fault_text, sizeof serve->fault_text, range->text);
}

static void read_answer(const struct step *step, struct serve *serve)
{
	const struct scenario_arg *redirect = step_arg(step, "redirect"), *upload = step_arg(step, "upload");
	bool only_upload = upload && !step_arg(step, "size");

	serve->status = (unsigned)step_number(step, "status", redirect ? 302 : only_upload ? 404 : 200);
	serve->refusal = !upload ? CAUSE_NONE : !strcmp(upload->text, "too-large") ? CAUSE_UPLOAD_TOO_LARGE : CAUSE_UPLOAD_REMOTE_APPLICATION;
	serve->retry_is_date = step_arg(step, "retry_date") != NULL;
	serve->retry_after_ns = step_number(step, serve->retry_is_date ? "retry_date" : "retry_after", 0);
	serve->throttle = (uint64_t)step_number(step, "throttle", 0);
	serve->no_length = step_arg(step, "no-length") != NULL;
	serve->chunked = step_arg(step, "chunked") != NULL;
	serve->no_range = step_arg(step, "no-range") != NULL;
	serve->no_head = step_arg(step, "no-head") != NULL;
	if (redirect) copy(serve->location, sizeof serve->location, !strcmp(redirect->text, "loop") ? serve->path :
		redirect->text);
	serve->has_content = serve->status < 300;
}

static bool add_serve(struct origin *origin, const struct step *step, char *why, size_t why_size)
{
	const struct scenario_arg *path = step_word(step, 0), *method = step_arg(step, "method");

	if (!path || origin->serves_count == ORIGIN_SERVES_MAX) {
		snprintf(why, why_size, "more than %d serve lines", ORIGIN_SERVES_MAX);
		return false;
	}
	struct serve *serve = arena_take(origin->arena, sizeof *serve);
	if (!serve) {
		snprintf(why, why_size, "out of memory");
		return false;
	}
	serve->line = step->line;
	origin->serves[origin->serves_count] = serve;
	copy(serve->path, sizeof serve->path, path->text);
	if (method) copy(serve->method, sizeof serve->method, method->text);
	serve->times = (uint64_t)step_number(step, "times", 0);
	serve->after_ns = step_number(step, "after", 0);
	serve->until_ns = step_number(step, "until", INT64_MAX);
	serve->size = (uint64_t)step_number(step, "size", 0);
	read_fault(step, serve);
	read_identity(step, serve);
	read_answer(step, serve);
	serve->version = serve->has_content ? version_of(origin, serve) : 0;
	origin->serves_count++;
	return true;
}

bool origin_change(struct origin *origin, const struct step *step, int64_t now_ns, char *why, size_t why_size)
{
	assert(step->kind == STEP_SERVE || step->kind == STEP_HOST);
	if (step->kind == STEP_SERVE) return add_serve(origin, step, why, why_size);
	return hosts_change(&origin->hosts, step, now_ns, why, why_size);
}

enum host_answer origin_connect(struct origin *origin, const char *name, int64_t now_ns, int64_t *delay_ns)
{
	return hosts_connect(&origin->hosts, name, now_ns, delay_ns);
}

/* --- which line answers */

static bool is_for(const struct serve *serve, const char *path, const char *method)
{
	return !strcmp(serve->path, path) && (!serve->method[0] || !strcmp(serve->method, method));
}

/* A line out of its time is as if it did not stand there. */
static bool is_for_now(const struct serve *serve, const char *path, const char *method, int64_t now_ns)
{
	return is_for(serve, path, method) && now_ns >= serve->after_ns && now_ns < serve->until_ns;
}

static bool is_last(const struct origin *origin, unsigned index, const char *path, const char *method, int64_t now_ns)
{
	for (unsigned i = index + 1; i < origin->serves_count; i++)
		if (is_for_now(origin->serves[i], path, method, now_ns)) return false;
	return true;
}

static int find_serve(const struct origin *origin, const char *path, const char *method, int64_t now_ns)
{
	for (unsigned i = 0; i < origin->serves_count; i++) {
		const struct serve *serve = origin->serves[i];
		if (!is_for_now(serve, path, method, now_ns)) continue;
		if (serve->times ? serve->used < serve->times : serve->used < 1 || is_last(origin, i, path, method, now_ns)) return (int)i;
	}
	return -1;
}

/* A fault of the body does not show in the answer to HEAD, so that answer does not use the line up. */
static bool counts(const struct serve *serve, bool is_head)
{
	if (!is_head || !strcmp(serve->method, "HEAD")) return true;
	return (serve->fault == FAULT_OF_LINE_NONE && !serve->range_lie && serve->range == RANGE_HONEST) || is_no_http(serve->fault);
}

/* --- with what it answers */

/* HTTP date of day `modified` after 2020-01-01, a Wednesday. */
static void print_date(int64_t modified, char *text, size_t size)
{
	static const char *const weekdays[] = { "Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue" };
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t day = modified;
	unsigned year = 2020;
	int month = 0;

	for (;; year++) {
		bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		int64_t days = leap ? 366 : 365;
		if (day < days) {
			for (; day >= lengths[month] + (leap && month == 1); month++) day -= lengths[month] + (leap && month == 1);
			break;
		}
		day -= days;
	}
	snprintf(text, size, "%s, %02u %.3s %u 00:00:00 GMT", weekdays[modified % 7],
		(unsigned)(day + 1) % 32, months + 3 * month, year % 10000);
}

static void tell_identity(const struct serve *serve, struct response *response)
{
	size_t length = strlen(serve->etag);

	response->version = serve->version + serve->changed;
	if (length && serve->changed && serve->fault == FAULT_OF_LINE_CHANGE) snprintf(response->etag, sizeof response->etag,
		"%.*s-2\"", (int)length - 1, serve->etag);
	else copy(response->etag, sizeof response->etag, serve->etag);
	if (serve->modified >= 0)
		print_date(serve->modified + (serve->changed && serve->fault != FAULT_OF_LINE_SIZE), response->last_modified, sizeof response->last_modified);
}

static void tell_error(struct response *response, unsigned status)
{
	response->status = status;
	response->is_content = false;
	response->body_from = 0;
	response->body_length = ERROR_BODY;
	response->content_length = ERROR_BODY;
}

static bool asks_part(const struct request *request, const struct serve *serve, const struct response *response)
{
	if (serve->no_range || response->status != 200) return false;
	if (!request->has_range) return serve->range == RANGE_UNASKED && serve->size > 0;
	if (request->range_from > request->range_to) return false;
	if (!request->if_range) return true;
	return (response->etag[0] && !strcmp(request->if_range, response->etag)) ||
		(response->last_modified[0] && !strcmp(request->if_range, response->last_modified));
}

/* The part begins elsewhere than was asked, and says so. What would begin outside of the file is no lie. */
static void shift_part(const struct serve *serve, struct response *response)
{
	int64_t from = (int64_t)response->range_from + serve->range_lie;

	if (!serve->range_lie || from < 0 || (uint64_t)from > response->range_to) return;
	response->range_from = (uint64_t)from;
	if (serve->fault == FAULT_OF_LINE_NONE) copy(response->fault, sizeof response->fault, serve->fault_text);
}

static uint64_t size_of(const struct serve *serve)
{
	return serve->size + (serve->changed && serve->fault == FAULT_OF_LINE_SIZE ? SIZE_CHANGE : 0);
}

/* A part with a header that is not its own, or with none. A header of another part needs another first byte in the file. */
static void spoil_header(const struct serve *serve, bool asked, struct response *response)
{
	bool wrong = serve->range == RANGE_WRONG_HEADER && response->range_from < response->range_to;
	bool bare = serve->range == RANGE_NO_HEADER || serve->range == RANGE_MULTIPART;

	if (wrong) response->range_from++;
	if (bare) response->has_content_range = false;
	response->multipart = serve->range == RANGE_MULTIPART;
	if ((wrong || bare || (serve->range == RANGE_UNASKED && !asked)) && serve->fault == FAULT_OF_LINE_NONE) copy(response->fault, sizeof response->fault, serve->fault_text);
}

static void tell_part(const struct request *request, const struct serve *serve, struct response *response)
{
	uint64_t last = size_of(serve) - 1, to = request->has_range ? request->range_to : last;

	response->has_content_range = true;
	if (request->range_from >= size_of(serve)) {
		tell_error(response, 416);
		return;
	}
	if (serve->range == RANGE_MERGED && to < last) {
		to = last;
		copy(response->fault, sizeof response->fault, serve->fault_text);
	}
	response->status = 206;
	response->range_from = request->range_from;
	response->range_to = to < last ? to : last;
	shift_part(serve, response);
	response->body_from = response->range_from;
	response->body_length = response->range_to - response->range_from + 1;
	spoil_header(serve, request->has_range, response);
}

static void tell_content(const struct request *request, const struct serve *serve, bool is_head,
	struct response *response)
{
	tell_identity(serve, response);
	response->status = serve->status;
	response->is_content = true;
	response->accept_ranges = !serve->no_range;
	response->body_length = size_of(serve);
	response->range_total = size_of(serve);
	if (!is_head && asks_part(request, serve, response)) tell_part(request, serve, response);
}

static void tell_length(const struct serve *serve, struct response *response)
{
	int64_t lie = response->is_content ? serve->lie : 0;
	uint64_t less = lie < 0 ? (uint64_t)-lie : 0;

	response->content_length = response->body_length + (lie > 0 ? (uint64_t)lie : 0);
	response->content_length -= less < response->content_length ? less : response->content_length;
	if (serve->no_length || serve->chunked) response->content_length = ORIGIN_NO_LENGTH;
	response->chunked = serve->chunked;
	if (lie > 0 && !serve->no_length && !serve->chunked) {
		response->ending = ENDING_TRUNCATE; /* more was promised than there is */
		response->cut = response->body_length;
	}
}

/* A position behind the end of this body is none: the rest of a file may be shorter than the fault's place. */
static void tell_fault(struct serve *serve, struct response *response)
{
	static const enum ending endings[FAULTS_OF_LINE] = { [FAULT_OF_LINE_RESET] = ENDING_RESET, [FAULT_OF_LINE_STALL] = ENDING_STALL,
		[FAULT_OF_LINE_TRUNCATE] = ENDING_TRUNCATE, [FAULT_OF_LINE_CHANGE] = ENDING_RESET, [FAULT_OF_LINE_MODIFIED] = ENDING_RESET,
		[FAULT_OF_LINE_SIZE] = ENDING_RESET, [FAULT_OF_LINE_BAD_CHUNKS] = ENDING_BAD_CHUNKS };

	if (serve->fault == FAULT_OF_LINE_NONE || serve->changed) return;
	copy(response->fault, sizeof response->fault, serve->fault_text);
	if (serve->at > response->body_length) return;
	response->ending = endings[serve->fault];
	response->cut = serve->at;
	response->stall_ns = serve->stall_ns;
	if (serve->fault == FAULT_OF_LINE_BAD_CHUNKS) {
		response->chunked = true;
		response->content_length = ORIGIN_NO_LENGTH;
	}
	serve->changed = is_change(serve->fault);
}

static void tell_garbage(const struct serve *serve, struct response *response)
{
	response->status = 0;
	response->ending = ENDING_GARBAGE;
	response->garbage = (enum garbage)(serve->fault - FAULT_OF_LINE_GARBAGE);
	copy(response->fault, sizeof response->fault, serve->fault_text);
}

static void answer(struct serve *serve, const struct request *request, bool is_head, struct response *response)
{
	if (is_no_http(serve->fault)) {
		tell_garbage(serve, response);
		return;
	}
	if (is_head && serve->no_head) tell_error(response, 405);
	else if (serve->status >= 300) tell_error(response, serve->status);
	else tell_content(request, serve, is_head, response);
	response->retry_after_ns = serve->retry_after_ns;
	response->retry_is_date = serve->retry_is_date;
	response->bytes_per_s = serve->throttle;
	copy(response->location, sizeof response->location, serve->location);
	tell_length(serve, response);
	if (serve->lie) copy(response->fault, sizeof response->fault, serve->fault_text);
	if (!is_head) tell_fault(serve, response);
}

/* An upload is taken unless the line refuses it, or has an error for all. The status of too much is that of HTTP; of what a server
 * application answers it is the line's, or 500. */
static void answer_upload(const struct serve *serve, struct response *response)
{
	unsigned status = serve->refusal == CAUSE_UPLOAD_TOO_LARGE ? 413 : serve->refusal == CAUSE_NONE || serve->status >= 500 ? serve->status : 500;

	if (is_no_http(serve->fault)) {
		tell_garbage(serve, response);
		return;
	}
	response->refusal = serve->refusal;
	response->status = 200;
	if (serve->refusal != CAUSE_NONE) copy(response->fault, sizeof response->fault, serve->refusal == CAUSE_UPLOAD_TOO_LARGE ? "too-large" : "application");
	if (status >= 300) tell_error(response, status);
	response->retry_after_ns = serve->retry_after_ns;
	response->retry_is_date = serve->retry_is_date;
	response->body_length = 0;
}

void origin_answer(struct origin *origin, const struct request *request, int64_t now_ns, struct response *response)
{
	bool is_head = !strcmp(request->method, "HEAD");
	int index = find_serve(origin, request->path, request->method, now_ns);

	*response = (struct response){ .ending = ENDING_DONE, .refusal = CAUSE_NONE };
	if (!strcmp(request->method, "PUT") && !request->instead) {
		response->status = 200;
		if (index < 0) return;
		origin->serves[index]->used++;
		response->scenario_line = origin->serves[index]->line;
		answer_upload(origin->serves[index], response);
		return;
	}
	if (index < 0 || request->instead) {
		tell_error(response, request->instead ? request->instead : 404);
	} else {
		struct serve *serve = origin->serves[index];
		response->scenario_line = serve->line;
		if (counts(serve, is_head)) serve->used++;
		answer(serve, request, is_head, response);
	}
	if (!is_head) return;
	response->body_length = 0;
	if (response->ending != ENDING_GARBAGE) response->ending = ENDING_DONE;
}

bool origin_content(const struct origin *origin, const char *path, int64_t now_ns, uint64_t *size, unsigned *version)
{
	int index = find_serve(origin, path, "GET", now_ns);

	if (index < 0 || !origin->serves[index]->has_content) {
		index = -1;
		for (unsigned i = 0; i < origin->serves_count; i++)
			if (is_for(origin->serves[i], path, "GET") && origin->serves[i]->has_content) index = (int)i;
	}
	if (index < 0) return false;
	*size = size_of(origin->serves[index]);
	*version = origin->serves[index]->version + origin->serves[index]->changed;
	return true;
}

unsigned char origin_byte(const char *path, unsigned version, uint64_t offset)
{
	uint64_t z = UINT64_C(0xcbf29ce484222325) ^ version;

	for (; *path; path++) z = (z ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	z += (offset / 8 + 1) * UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (unsigned char)(z >> (offset % 8 * 8));
}
