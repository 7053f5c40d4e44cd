/* trace.h -- one line of a trace: struct and text, in the caller's memory.
 *
 * Line:  TIME ACTOR OBJECT EVENT [FROM > TO] [[row]] [key=value ...] [@scenario-line]
 *
 *        0.000000000 client j1       job.resume       hr=S_OK @12
 *        0.000000000 impl   j1       RESUME           SUSPENDED > QUEUED [resume] effects=enqueue @12
 *        0.130000000 origin /f1      request          method=GET host=origin range=0- n=2
 *        0.290000000 client j1       probe            state=TRANSFERRING hr=ERROR_INFORMATION_UNAVAILABLE after=TRANSFERRING
 *
 * TIME is seconds with nine decimals. A value with a space, a quote, a backslash or nothing in it stands in double quotes with \" \\ \n.
 * Other control characters than a tab become `?`. Read are also fewer decimals, other blanks, and a CR at the end; `-` is
 * a state that is not there: `- > SUSPENDED`.
 * Lines that start with # are comments. Actors:
 *   client  a call of the client and what it answered (left=null|garbage|unwritten: what a refused call left in its out parameter); `probe`: the player looked at a job (below)
 *   cb      the implementation called back
 *   impl    what the implementation did inside; only worlds that can look inside have it; never used by rules
 *   origin  a request reached the server, or its response ended
 *   world   the scenario changed the world: serve, host, net, disk, service, user, clock
 *   player  the scenario's own checks and its end */
#ifndef BGCHECK_MODEL_TRACE_H
#define BGCHECK_MODEL_TRACE_H

#include "model/machine.h"
#include "model/status.h"

#include <string.h>

enum actor { ACTOR_CLIENT, ACTOR_CB, ACTOR_IMPL, ACTOR_ORIGIN, ACTOR_WORLD, ACTOR_PLAYER, ACTOR_COUNT };

#define TRACE_WORD_MAX 48
#define TRACE_TEXT_MAX 1200   /* all values of a line together */
#define TRACE_FIELDS_MAX 24
#define TRACE_LINE_MAX 2048   /* a printed line, newline and NUL included */

struct trace_field {
	char key[24];
	uint16_t at;      /* offset of the NUL-terminated value in text */
};

struct trace_line {
	int64_t at_ns;
	enum actor actor;
	char object[TRACE_WORD_MAX];  /* j1, e1, /f1, or - */
	char event[TRACE_WORD_MAX];   /* job.resume, probe, job_error, request */
	enum state from, to;          /* STATE_NONE: no transition */
	char row[TRACE_WORD_MAX];     /* "" : none */
	unsigned scenario_line;       /* 0: none */
	unsigned fields_count;
	struct trace_field fields[TRACE_FIELDS_MAX];
	uint16_t text_length;
	uint16_t escaped;             /* bytes of the text that are printed as two */
	char text[TRACE_TEXT_MAX];    /* behind text_length nothing is defined */
};

/* Starts a line. Words longer than TRACE_WORD_MAX - 1 are cut. Cannot fail. */
void trace_line_init(struct trace_line *line, int64_t at_ns, enum actor actor, const char *object, const char *event);

/* Appends key=value. A value that does not fit is cut and ends in `...`; a field too many is dropped. */
void trace_add(struct trace_line *line, const char *key, const char *value);
void trace_add_int(struct trace_line *line, const char *key, int64_t value);
void trace_add_unsigned(struct trace_line *line, const char *key, uint64_t value);
void trace_add_hex(struct trace_line *line, const char *key, uint32_t value);  /* 0x8020000F */

/* Bytes of the line that are in use, and a copy of them: `to` has room for so many. */
size_t trace_line_size(const struct trace_line *line);
void trace_line_copy(void *to, const struct trace_line *line);

#define TRACE_KEY_WORD 8u   /* bytes of a key that are compared at once */

/* Value of a key; NULL when the line has none. Inline, since most of a judge's time is spent here: of a key that is a literal the first
 * bytes are a number that the compiler knows. */
static inline const char *trace_get(const struct trace_line *line, const char *key)
{
	size_t length = strlen(key);
	uint64_t wanted = 0, found;

	memcpy(&wanted, key, length < TRACE_KEY_WORD ? length : TRACE_KEY_WORD);
	for (unsigned i = 0; i < line->fields_count; i++) {
		memcpy(&found, line->fields[i].key, TRACE_KEY_WORD);
		if (found != wanted || (length >= TRACE_KEY_WORD && strcmp(line->fields[i].key + TRACE_KEY_WORD, key + TRACE_KEY_WORD))) continue;
		return line->text + line->fields[i].at;
	}
	return NULL;
}
/* A text as a number; `otherwise` when it is none. Accepts decimal and 0x. */
int64_t trace_number(const char *text, int64_t otherwise);
/* Value as a number; `otherwise` when missing or not a number. */
static inline int64_t trace_get_int(const struct trace_line *line, const char *key, int64_t otherwise)
{
	const char *text = trace_get(line, key);

	return text ? trace_number(text, otherwise) : otherwise;
}

/* Prints with newline into text[size], size >= TRACE_LINE_MAX. Returns the length. */
size_t trace_print(const struct trace_line *line, char *text, size_t size);

/* Parses one line without its newline. Returns false for blank and comment lines with status OK.
 * Errors: STATUS_BAD_INPUT, failure->col and text filled. */
enum status trace_parse(const char *text, size_t length, struct trace_line *line, bool *present, struct failure *failure);

const char *trace_actor_name(enum actor actor);

#endif
