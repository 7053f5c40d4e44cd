/* recorded.h -- what was recorded elsewhere: a trace, or a log of API calls as CSV, read so that it can be judged. */
#ifndef BGCHECK_CONFORMANCE_RECORDED_H
#define BGCHECK_CONFORMANCE_RECORDED_H

#include "sim/play.h"

#define RECORDED_COLUMNS "time,actor,object,event,result,fields"

/* Texts and lines lie in the arena. */
struct recorded {
	const char *file, *id;          /* id: the file's name without folder and ending */
	int dialect;                    /* enum dialect; -1: the file does not say */
	bool is_real;                   /* its time is that of a real machine: the host's tolerance applies */
	const char *implementation, *version;   /* "": not known */
	unsigned *lines;                /* of each line of the trace its number in the file; 0: it stands in none */
	struct play play;               /* trace and checks; `end` from its last line, PLAY_DONE without one */
};

/*
 * Reads text[length], which stays as it is. A file whose name ends in .csv is a log of calls:
 *
 *   # dialect: bits
 *   # implementation: Vendor 2.1
 *   time,actor,object,event,result,fields
 *   2026-11-25T09:00:00.000Z,client,j1,IBackgroundCopyJob::GetState,0,state=ERROR
 *
 * RFC 4180: quotes around a column that holds commas, quotes or line ends, quotes doubled. `time`: seconds, or ISO 8601 in UTC; the
 * first line is the beginning, and no line is before the one above. `actor`: client, cb, origin or world. `event`: a command of
 * the protocol (job.state) or Interface::Method; of cb job_error, job_transferred or job_modification. `result`: the HRESULT as
 * hex, as a decimal number of either sign, or by name; empty for others than the client. `fields`: key=value with blanks between,
 * values with blanks in quotes. Its time is real unless `# tier: virtual`.
 *
 * Any other name is a trace (model/trace.h); its `player - begin` line says dialect and tier.
 *
 * Errors: STATUS_BAD_INPUT, failure->line, col and text `expected X, found Y`; STATUS_NO_MEMORY.
 */
enum status recorded_read(struct arena *arena, const char *file, const char *text, size_t length, struct recorded *recorded,
	struct failure *failure);

/* Whether the client was recorded alone: its time is real and there is no line of the origin. */
bool recorded_is_blind(const struct recorded *recorded);

/* recorded_csv.c, for recorded.c: the lines of a log; `add` takes each. */
enum status recorded_csv(struct arena *arena, const char *text, size_t length, struct recorded *recorded, struct failure *failure);

/*
 * recorded_look.c: a client that asks GetState, GetError and GetState again, and gets the same state twice, has looked at the job as
 * the player does: what it saw is told as a probe, too. Sees each line of a log in turn.
 */
#define RECORDED_LOOKS 64u
struct recorded_looks {
	unsigned count;
	struct recorded_look {
		char job[TRACE_WORD_MAX], error[TRACE_WORD_MAX], state[TRACE_WORD_MAX], hr[TRACE_WORD_MAX], context[TRACE_WORD_MAX], code[TRACE_WORD_MAX];
	} looks[RECORDED_LOOKS];
};
/* True: the line ends a look, and *probe is it. */
bool recorded_look(struct recorded_looks *looks, const struct trace_line *line, struct trace_line *probe);

/* Appends a copy of the line, which stands in the file at `number`, to the play. Errors: STATUS_NO_MEMORY. */
enum status recorded_add(struct arena *arena, struct recorded *recorded, const struct trace_line *line, unsigned number);

#endif
