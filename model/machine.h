/* machine.h -- one dialect of the job API as data: what may happen to a job, row by row.
 *
 * Everything here is made from the .def tables by inclusion. A machine is constant; a mutant is a copy with edits. */
#ifndef BGCHECK_MODEL_MACHINE_H
#define BGCHECK_MODEL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dialect { DIALECT_DO, DIALECT_BITS, DIALECT_COUNT };

/* BG_JOB_STATE; the values are those of the API (ne-bits-bg_job_state.md, bg-job-state-.md). */
enum state {
#define STATE(name, value, phrase) STATE_##name = value,
#include "model/vocabulary.def"
	STATE_COUNT,
	STATE_NONE = -1  /* not known, or no job */
};

/* What can happen to a job: calls of the client (API) and what the world does (WORLD). */
enum event {
#define EVENT(name, kind, phrase) EVENT_##name,
#include "model/vocabulary.def"
	EVENT_COUNT
};
enum event_kind { EVENT_KIND_API, EVENT_KIND_WORLD };

/* A word of the guard column: a predicate over the job and the occurrence (guard.h). */
enum guard {
#define GUARD(name, phrase) GUARD_##name,
#include "model/vocabulary.def"
	GUARD_COUNT
};

/* What a row makes the world do; a row has a set of them, in this order. */
enum effect_kind {
#define EFFECT(name, phrase) EFFECT_##name,
#include "model/vocabulary.def"
	EFFECT_COUNT
};
#define EFFECT_BIT(kind) (UINT32_C(1) << (kind))

/* BG_ERROR_CONTEXT (ne-bits-bg_error_context.md). */
enum context {
#define CONTEXT(name, value, in_do, in_bits, cite) CONTEXT_##name = value,
#include "model/context.def"
	CONTEXT_COUNT
};

/* Words of the result column and of scenarios, without the dialect's prefix: INVALID_STATE is DO_E_ or BG_E_. */
enum code {
#define CODE(name, in_do, in_bits, cls, cite) CODE_##name,
#include "model/hresult.def"
	CODE_COUNT
};

struct move {
	const char *id;    /* eternal; stands in traces as [id] */
	enum state from;
	enum event event;
	enum guard guard;  /* first row of the cell whose guard is true wins; the last one is `always` */
	bool negated;      /* the guard must not hold: of mutants only */
	enum state to;
	enum code result;  /* what an API call answers; CODE_NOTHING for events of the world */
	uint32_t effects;  /* EFFECT_BITs; EFFECT_IMPOSSIBLE: the event cannot happen here */
	char mark;         /* 'd' documented, 'i' inferred */
	const char *cite;  /* page, or page#anchor, or C-NN */
};

/* What can go wrong (faults.md). The order is that of fault.def. */
enum cause {
#define FAULT(name, word, phrase, do_class, do_code, do_context, do_file, do_mark, \
	bits_class, bits_code, bits_context, bits_file, bits_mark, flags, cite) CAUSE_##name,
#include "model/fault.def"
	CAUSE_COUNT,
	CAUSE_NONE = -1
};
enum fault_class { FAULT_CLASS_NONE, FAULT_CLASS_TRANSIENT, FAULT_CLASS_FATAL, FAULT_CLASS_RESTART };

/* Flags of a cause. */
#define FAULT_NO_TIMED_RETRY 1u  /* only the end of the cause, or a call, ends the transient error */
#define FAULT_NOT_COUNTED    2u  /* GetErrorCount does not rise (TIME-023) */
#define FAULT_STATUS         4u  /* the code is 0x80190000 + HTTP status */

/* How a dialect reports a cause. */
struct fault_report {
	enum fault_class fault_class;
	uint32_t code;         /* HRESULT; 0 with FAULT_STATUS: 0x80190000 + status */
	enum context context;
	bool file;             /* GetFile has a file */
	char mark;             /* 'd' documented, 'i' inferred: any failure code of the class is accepted */
};
struct fault {
	const char *name;      /* identifier */
	const char *word;      /* in scenarios and traces: net.reset */
	const char *phrase;
	struct fault_report report[DIALECT_COUNT];
	unsigned flags;
	const char *cite;
};

/* Defaults and bounds, in ns unless the name says otherwise (constants.md section 6). */
struct limits {
	int64_t retry_delay_ns_default;
	int64_t retry_delay_ns_min;
	int64_t no_progress_ns_default;
	int64_t no_progress_ns_foreground;  /* default for foreground jobs */
	int64_t retention_ns;
	bool no_progress_from_first_error;  /* C-30: else from the last progress */
	unsigned display_name_max;
	unsigned description_max;
	unsigned url_max;
};

/* Deliberate defects that no row can express; the reference has none. Named in conformance/mutant.def. */
enum defect {
#define DEFECT(name, phrase) DEFECT_##name,
#include "model/vocabulary.def"
	DEFECT_COUNT
};

/* What a reading changes beyond rows, causes and limits; the reference has none. Named in conformance/choice.def. */
enum variant {
#define VARIANT(name, phrase) VARIANT_##name,
#include "model/vocabulary.def"
	VARIANT_COUNT
};

/* A deliberate defect of what calls answer; the reference has none. Named in conformance/mutant.def. */
struct answer_defect {
	enum answer_defect_kind {
		ANSWER_CODE,           /* the code `was`, an enum code (-1: any success), is told as `value`, another */
		ANSWER_NUMBER,         /* the field is the number `value` */
		ANSWER_PLUS,           /* ... more by `value` */
		ANSWER_TEXT,           /* ... another text: empty when `value` is 0 */
	} kind;
	const char *where;         /* command, its property, and the field, separated by a space: "job.get priority value" */
	int was;
	int64_t value;
};

#define MACHINE_CELLS (STATE_COUNT * EVENT_COUNT)

struct machine {
	enum dialect dialect;
	const struct move *moves;
	unsigned moves_count;
	const uint16_t *ends;        /* of each cell, in the order of states, then events: one past its last row */
	const struct fault *faults;  /* CAUSE_COUNT */
	struct limits limits;
	uint64_t defects;            /* bits of enum defect */
	uint64_t variants;           /* bits of enum variant */
	const struct answer_defect *answers;
	unsigned answers_count;
};

/* The reference machine of a dialect. Cannot fail. */
const struct machine *machine_reference(enum dialect dialect);

bool machine_varies(const struct machine *machine, enum variant variant);

/* Fills the ends of a machine whose rows were changed. */
void machine_find_ends(const struct machine *machine, uint16_t ends[MACHINE_CELLS]);

/* First row of (from, event) in the table and how many there are. Cannot fail: every cell has a row. */
const struct move *machine_cell(const struct machine *machine, enum state from, enum event event, unsigned *count);

/* Row by id. Returns NULL when there is none. */
const struct move *machine_move(const struct machine *machine, const char *id);

/* Names as they stand in tables, traces and scenarios; NULL for values outside the enumeration. */
const char *machine_dialect_name(enum dialect dialect);
const char *machine_state_name(enum state state);
const char *machine_event_name(enum event event);
enum event_kind machine_event_kind(enum event event);
const char *machine_guard_name(enum guard guard);
const char *machine_effect_name(enum effect_kind effect);
const char *machine_context_name(enum context context);
const char *machine_defect_name(enum defect defect);

/* Inverse of the above. Return STATE_NONE / -1 when the word is none. */
enum state machine_state_find(const char *word, size_t length);
int machine_context_find(const char *word, size_t length);
int machine_dialect_find(const char *word, size_t length);
int machine_defect_find(const char *word);

/* HRESULT of a word in a dialect: `INVALID_STATE`, `DO_E_...`, `BG_E_...`, `S_OK`, `0x8...`, `HTTP_404`.
 * Returns false when the word is not known, or has no value in this dialect. */
bool machine_code(enum dialect dialect, const char *word, size_t length, uint32_t *hresult);
/* HRESULT of a code; 0 when the dialect has none (then `exists` is false). `exists` may be NULL. */
uint32_t machine_code_value(enum dialect dialect, enum code code, bool *exists);
/* Word for an HRESULT in a dialect, for people; NULL when no table names it. */
const char *machine_code_name(enum dialect dialect, uint32_t hresult);

/* Cause by its word (net.reset, http.404 gives CAUSE_HTTP_...); -1 when there is none. */
int machine_cause_find(const char *word, size_t length);
/* The cause of an HTTP status that is no success; CAUSE_NONE for 2xx. */
enum cause machine_cause_of_status(unsigned status);
/* What the dialect reports for a cause; code is complete (status filled in). */
struct fault_report machine_report(const struct machine *machine, enum cause cause, unsigned http_status);

/* Readings of contradictions (reading.def). */
struct reading {
	const char *id;        /* C-02 */
	const char *question;
	const char *choices;   /* space separated */
	const char *takes[DIALECT_COUNT];
	const char *cite;
};
const struct reading *machine_readings(unsigned *count);

/* Methods of the interfaces, and the commands that call them (method.def). */
struct method {
	const char *command;    /* job.resume; job.set and job.get have a row for each property */
	const char *property;   /* "" for all others */
	const char *interface_; /* IBackgroundCopyJob */
	const char *name;       /* Resume */
	int slot;               /* absolute vtable slot */
	bool in[DIALECT_COUNT];
	bool changes;           /* changes the job: refused in the final states */
	const char *args;       /* keys, space separated */
	const char *fields;     /* of a successful reply, space separated */
	const char *cite;
};
const struct method *machine_methods(unsigned *count);
/* Row of a command, and of its property for job.set and job.get ("" finds the first). NULL when there is none. */
const struct method *machine_method(const char *command, const char *property);

/* Value of a word of a property (priority=HIGH; notify_flags=JOB_ERROR|JOB_TRANSFERRED). False when it is none. */
bool machine_word_value(const char *property, const char *word, size_t length, int64_t *value);
/* Word of a value; NULL when it has none. */
const char *machine_word(const char *property, int64_t value);

#endif
