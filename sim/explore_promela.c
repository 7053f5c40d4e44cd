/* explore_promela.c -- the machine for SPIN: each row of the table is one indivisible step, guards and effects in Promela.
 *
 * Written from the rows, not from job_step(): what the effects mean stands here a second time, so that the two agree only when
 * both are right. Words of jobs are those of struct explore_job. */
#include "sim/explore_internal.h"

#include "model/retry.h"

#include <stdarg.h>
#include <string.h>

static const char *const WORDS[] = { "state", "type", "period", "files", "done", "error", "report", "no_progress", "file", "retry",
	"progress", "tries", "owes" };
#define WORDS_COUNT (sizeof WORDS / sizeof *WORDS)

struct writer {
	FILE *file;
	const struct explore_bounds *bounds;
	const struct machine *machine;
	struct alphabet alphabet;
	unsigned job;            /* what [j] stands for */
};

/* Words of jobs get the job's number: `[j]` becomes `[0]`. */
static void put(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct writer *writer, const char *format, ...)
{
	char text[400];
	va_list values;
	va_start(values, format);
	int length = vsnprintf(text, sizeof text, format, values);
	va_end(values);
	assert(length >= 0 && (size_t)length < sizeof text);
	for (const char *at = text; *at; at++) {
		if (strncmp(at, "[j]", 3)) {
			fputc(*at, writer->file);
			continue;
		}
		fprintf(writer->file, "[%u]", writer->job);
		at += 2;
	}
}

/* --- claims: the words of a job get their index */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

static void put_claim(struct writer *writer, const char *claim)
{
	fputs("\tassert(", writer->file);
	while (*claim) {
		size_t length = 0;
		while (is_letter(claim[length])) length++;
		bool word = false;
		for (size_t i = 0; i < WORDS_COUNT; i++) word |= length == strlen(WORDS[i]) && !memcmp(claim, WORDS[i], length);
		if (!length) length = 1;
		put(writer, "%.*s%s", (int)length, claim, word ? "[j]" : "");
		claim += length;
	}
	fputs(");\n", writer->file);
}

/* The invariants of the job, after a step of it. */
static void put_sound(struct writer *writer)
{
	fputc('\n', writer->file);
#define INVARIANT(rule, sentence, claim) put_claim(writer, #claim);
#include "sim/explore_invariant.def"
}

static void put_names(struct writer *writer)
{
	for (int i = 0; i < STATE_COUNT; i++) fprintf(writer->file, "#define %s %d\n", machine_state_name((enum state)i), i);
	fprintf(writer->file, "#define RUNS %d\n#define HELD %d\n#define NOTIFY_TRANSFERRED %u\n#define NOTIFY_ERROR %u\n", EXPLORE_PROGRESS_RUNS,
		EXPLORE_PROGRESS_HELD, NOTIFY_JOB_TRANSFERRED, NOTIFY_JOB_ERROR);
	for (size_t i = 0; i < WORDS_COUNT; i++) fprintf(writer->file, "byte %s[%u];\n", WORDS[i], writer->bounds->jobs);
	fputs("bool network = 1, owner = 1, allowed = 1;\n\n", writer->file);
}

/* --- guards */

/* Whether the error of the job now has a cause of that kind: one test for each report that has. */
static void put_causes(struct writer *writer, bool (*is)(const struct machine *machine, enum cause cause))
{
	put(writer, "(error[j] && !no_progress[j] && (0");
	for (unsigned i = 0; i < writer->alphabet.causes_count; i++)
		if (is(writer->machine, writer->alphabet.causes[i])) put(writer, " || report[j] == %u", i + 1);
	put(writer, "))");
}

static bool is_policy(const struct machine *machine, enum cause cause)
{
	(void)machine;
	return cause >= CAUSE_POLICY_COST && cause <= CAUSE_POLICY_BANDWIDTH;
}

static void put_guard(struct writer *writer, enum guard guard, const struct explore_letter *letter)
{
	bool timed = !retry_is_not_timed(writer->machine, letter->cause);
	switch (guard) {
	case GUARD_always: put(writer, "true"); break;
	case GUARD_no_files: put(writer, "files[j] == 0"); break;
	case GUARD_all_files_done: put(writer, "(files[j] > 0 && done[j] == files[j])"); break;
	case GUARD_all_or_none_done: put(writer, "(done[j] == 0 || done[j] == files[j])"); break;
	case GUARD_some_files_done: put(writer, "done[j] > 0"); break;
	case GUARD_upload: put(writer, "type[j] != 0"); break;
	case GUARD_rename_fails: put(writer, "%s", letter->rename_fails ? "type[j] != 1" : "false"); break;
	case GUARD_error_present: put(writer, "error[j]"); break;
	case GUARD_no_timed_retry: put_causes(writer, retry_is_not_timed); break;
	case GUARD_blocked:
		put(writer, "(!allowed && ");
		put_causes(writer, is_policy);
		put(writer, ")");
		break;
	case GUARD_every_error_fatal: put(writer, "period[j] == %d", EXPLORE_PERIOD_ZERO); break;
	case GUARD_retry_above_limit: put(writer, "%s", timed ? "period[j] != 0" : "false"); break;
	case GUARD_owner_away: put(writer, "!owner"); break;
	case GUARD_COUNT: break;
	}
}

/* --- effects, in the order of vocabulary.def */

/* Number of the cause's report, and the file that its error has. */
static unsigned report_of(const struct writer *writer, enum cause cause, const char **file)
{
	unsigned report = 1;
	while (writer->alphabet.causes[report - 1] != cause) report++;
	bool has_file = writer->machine->faults[cause].report[writer->machine->dialect].file;
	*file = has_file ? "(done[j] < files[j] -> done[j] + 1 : 0)" : "0";
	return report;
}

static void put_error(struct writer *writer, enum cause cause)
{
	const char *file;
	unsigned report = report_of(writer, cause, &file);
	put(writer, "report[j] = %u; file[j] = %s; error[j] = 1; no_progress[j] = 0; ", report, file);
}

/* C-04: bits reports the last error again. */
static void put_error_no_progress(struct writer *writer)
{
	const char *file;
	unsigned report = report_of(writer, CAUSE_NO_PROGRESS, &file);
	const char *keeps = writer->machine->dialect == DIALECT_BITS ? "report[j] == 0" : "true";
	put(writer, "file[j] = (%s -> %s : file[j]); report[j] = (%s -> %u : report[j]); error[j] = 1; no_progress[j] = 1; ",
		keeps, file, keeps, report);
}

static enum cause cause_of(const struct explore_letter *letter)
{
	if (letter->event == EVENT_NET_LOST) return CAUSE_NET_DOWN;
	return letter->event == EVENT_BLOCK ? CAUSE_POLICY_COST : letter->cause;
}

static void put_effect(struct writer *writer, enum effect_kind effect, const struct explore_letter *letter)
{
	switch (effect) {
	case EFFECT_ERROR_SET: put_error(writer, cause_of(letter)); break;
	case EFFECT_ERROR_NO_PROGRESS: put_error_no_progress(writer); break;
	case EFFECT_ERROR_CLEAR: put(writer, "owes[j] = (error[j] -> owes[j] & NOTIFY_TRANSFERRED : owes[j]); error[j] = 0; "); break;
	case EFFECT_RETRY_ARM: put(writer, "retry[j] = %d; ", !retry_is_not_timed(writer->machine, cause_of(letter))); break;
	case EFFECT_RETRY_CANCEL: put(writer, "retry[j] = 0; "); break;
	case EFFECT_PROGRESS_ARM:
	case EFFECT_PROGRESS_RESTART: put(writer, "progress[j] = RUNS; "); break;
	case EFFECT_PROGRESS_CANCEL: put(writer, "progress[j] = 0; "); break;
	case EFFECT_FILE_ADVANCE:
		put(writer, "%s", letter->event == EVENT_ALL_DONE ? "done[j] = files[j]; " : "done[j] = (done[j] < files[j] -> done[j] + 1 : done[j]); ");
		break;
	case EFFECT_NOTIFY_ERROR: put(writer, "owes[j] = owes[j] | NOTIFY_ERROR; "); break;
	case EFFECT_NOTIFY_TRANSFERRED: put(writer, "owes[j] = owes[j] | NOTIFY_TRANSFERRED; "); break;
	case EFFECT_IMPOSSIBLE:    /* what these do shows nowhere in the state */
	case EFFECT_REFUSE:
	case EFFECT_ENQUEUE:
	case EFFECT_CONNECT:
	case EFFECT_ABORT:
	case EFFECT_ERROR_COUNT:
	case EFFECT_FILE_RESTART:
	case EFFECT_KEEP_FILES:
	case EFFECT_DELETE_FILES:
	case EFFECT_NOTIFY_MODIFICATION:
	case EFFECT_ACTIVE:
	case EFFECT_FORGET:
	case EFFECT_MUTANT_ONLY:
	case EFFECT_COUNT: break;
	}
}

/* The change of state, before the effects: a period is held while the job waits for its turn. */
static void put_state(struct writer *writer, const struct move *row)
{
	if (row->from == row->to) return;
	put(writer, "state[j] = %s; ", machine_state_name(row->to));
	if (row->to == STATE_QUEUED) put(writer, "progress[j] = (progress[j] == RUNS -> HELD : progress[j]); ");
	if (row->to <= STATE_TRANSFERRING) put(writer, "owes[j] = owes[j] & NOTIFY_ERROR; ");
	if (row->from == STATE_QUEUED && row->to <= STATE_TRANSFERRING) put(writer, "progress[j] = (progress[j] == HELD -> RUNS : progress[j]); ");
	if (row->to == STATE_ACKNOWLEDGED || row->to == STATE_CANCELLED) put(writer, "owes[j] = 0; ");
}

static void put_body(struct writer *writer, const struct move *row, const struct explore_letter *letter)
{
	bool refused = row->effects & EFFECT_BIT(EFFECT_REFUSE);
	put(writer, "skip; ");
	if (letter->event == EVENT_ADD_FILE && !refused) put(writer, "files[j]++; ");
	if (letter->property == PROPERTY_NO_PROGRESS && !refused) put(writer, "period[j] = %d; ", letter->period);
	put_state(writer, row);
	for (int effect = 0; effect < EFFECT_COUNT; effect++)
		if (row->effects & EFFECT_BIT(effect)) put_effect(writer, (enum effect_kind)effect, letter);
	if (row->effects & (EFFECT_BIT(EFFECT_PROGRESS_CANCEL) | EFFECT_BIT(EFFECT_PROGRESS_RESTART))) put(writer, "tries[j] = 0; ");
	else if (letter->event == EVENT_RETRY_DUE) put(writer, "tries[j]++; ");
}

/* --- what may happen to one job */

static const char *may_of(const struct writer *writer, const struct explore_letter *letter)
{
	bool is_bits = writer->machine->dialect == DIALECT_BITS;
	switch (letter->event) {
	case EVENT_TURN: return "owner";
	case EVENT_CONNECTED: return "network && allowed && done[j] < files[j]";
	case EVENT_DATA:
	case EVENT_FILE_DONE: return "done[j] < files[j]";
	case EVENT_SLICE_END: return is_bits ? "true" : "false";
	case EVENT_ALL_DONE: return "(state[j] == CONNECTING -> done[j] == files[j] : done[j] + 1 >= files[j])";
	case EVENT_TRANSIENT:
	case EVENT_FATAL:
		if (letter->cause == CAUSE_NET_DOWN) return "!network && done[j] < files[j]";
		return letter->cause == CAUSE_POLICY_COST ? "!allowed && done[j] < files[j]" : "done[j] < files[j]";
	case EVENT_NO_PROGRESS: return "progress[j] == RUNS";
	default: return "true";
	}
}

static void put_may(struct writer *writer, const struct explore_letter *letter)
{
	if (letter->event == EVENT_RETRY_DUE) put(writer, "retry[j] && tries[j] < %u", writer->bounds->retries);
	else if (letter->event == EVENT_ADD_FILE) put(writer, "files[j] < %u && (type[j] == 0 || files[j] == 0)", writer->bounds->files);
	else put(writer, "%s", may_of(writer, letter));
}

/* States in which the world can bring the event, whatever the rows say. */
static bool is_place(const struct writer *writer, enum event event, enum state state)
{
	bool wired = state == STATE_CONNECTING || state == STATE_TRANSFERRING;
	bool is_bits = writer->machine->dialect == DIALECT_BITS;
	switch (event) {
	case EVENT_TURN: return state == STATE_QUEUED;
	case EVENT_CONNECTED: return state == (is_bits ? STATE_CONNECTING : STATE_TRANSFERRING);
	case EVENT_DATA:
	case EVENT_FILE_DONE: return state == STATE_TRANSFERRING;
	case EVENT_SLICE_END:
	case EVENT_ALL_DONE: return wired;
	case EVENT_TRANSIENT:
	case EVENT_FATAL: return wired || state == STATE_TRANSIENT_ERROR;
	case EVENT_STOP:
	case EVENT_START: return state < STATE_ACKNOWLEDGED;
	default: return true;
	}
}

/* Guard of a row: its own, and none of those above it. */
static void put_guards(struct writer *writer, const struct move *cell, const struct move *row, const struct explore_letter *letter)
{
	for (const struct move *above = cell; above < row; above++) {
		put(writer, above->negated ? " && (" : " && !(");
		put_guard(writer, above->guard, letter);
		put(writer, ")");
	}
	put(writer, row->negated ? " && !(" : " && (");
	put_guard(writer, row->guard, letter);
	put(writer, ")");
}

static void put_end(struct writer *writer)
{
	put_sound(writer);
	fputs("\t}\n", writer->file);
}

static void put_letter(struct writer *writer, const struct explore_letter *letter)
{
	if (letter->event == EVENT_COUNT) {
		put(writer, "\t:: d_step { owes[j] & %u -> owes[j] = owes[j] & %u; ", letter->answers, 3 & ~letter->answers);
		put_end(writer);
		return;
	}
	for (int state = 0; state < STATE_COUNT; state++) {
		unsigned count;
		const struct move *cell = machine_cell(writer->machine, (enum state)state, letter->event, &count);
		if (!is_place(writer, letter->event, (enum state)state)) continue;
		for (const struct move *row = cell; row < cell + count; row++) {
			if (row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) continue;
			put(writer, "\t/* %s */ :: d_step { state[j] == %s && ", row->id, machine_state_name((enum state)state));
			put_may(writer, letter);
			put_guards(writer, cell, row, letter);
			put(writer, " -> ");
			put_body(writer, row, letter);
			put_end(writer);
		}
	}
}

/* --- what happens to the machine */

/* One event to one job: the rows as branches that exclude each other. */
static void put_event(struct writer *writer, enum event event)
{
	const struct explore_letter letter = { .event = event, .cause = CAUSE_NONE };
	fputs("\tif\n", writer->file);
	for (int state = 0; state < STATE_COUNT; state++) {
		unsigned count;
		const struct move *cell = machine_cell(writer->machine, (enum state)state, event, &count);
		if (!is_place(writer, event, (enum state)state)) continue;
		for (const struct move *row = cell; row < cell + count; row++) {
			if (row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) continue;
			put(writer, "\t:: state[j] == %s", machine_state_name((enum state)state));
			put_guards(writer, cell, row, &letter);
			put(writer, " -> ");
			put_body(writer, row, &letter);
			fputc('\n', writer->file);
		}
	}
	fputs("\t:: else\n\tfi;\n", writer->file);
}

static void put_every(struct writer *writer, enum event event)
{
	for (writer->job = 0; writer->job < writer->bounds->jobs; writer->job++) put_event(writer, event);
}

static void put_sounds(struct writer *writer)
{
	for (writer->job = 0; writer->job < writer->bounds->jobs; writer->job++) put_sound(writer);
	fputs("\t}\n", writer->file);
}

static void put_global(struct writer *writer, const char *word, enum event lost, enum event back)
{
	fprintf(writer->file, "\t:: d_step { %s ->\n", word);
	put_every(writer, lost);
	fprintf(writer->file, "\t%s = 0;", word);
	put_sounds(writer);
	fprintf(writer->file, "\t:: d_step { !%s ->\n", word);
	put_every(writer, back);
	fprintf(writer->file, "\t%s = 1;", word);
	put_sounds(writer);
}

/* Start states: every job of every type, one choice each. */
static void put_starts(struct writer *writer)
{
	unsigned types = writer->machine->dialect == DIALECT_BITS && !writer->bounds->core ? 2 : 1, all = 1;
	for (unsigned j = 0; j < writer->bounds->jobs; j++) all *= types;
	fputs("\tif\n", writer->file);
	for (unsigned n = 0; n < all; n++) {
		fputs("\t:: d_step { true -> ", writer->file);
		for (unsigned j = 0, digits = n; j < writer->bounds->jobs; j++, digits /= types)
			fprintf(writer->file, "state[%u] = SUSPENDED; type[%u] = %u; ", j, j, digits % types);
		fputs("}\n", writer->file);
	}
	fputs("\tfi;\n", writer->file);
}

static void put_world(struct writer *writer)
{
	fputs("active proctype world()\n{\n", writer->file);
	put_starts(writer);
	fputs("end:\tdo\n", writer->file);
	for (writer->job = 0; writer->job < writer->bounds->jobs; writer->job++)
		for (unsigned i = 0; i < writer->alphabet.count; i++) put_letter(writer, &writer->alphabet.letters[i]);
	put_global(writer, "network", EVENT_NET_LOST, EVENT_NET_BACK);
	if (!writer->bounds->core) {
		put_global(writer, "owner", EVENT_LOGOFF, EVENT_LOGON);
		put_global(writer, "allowed", EVENT_BLOCK, EVENT_UNBLOCK);
	}
	fputs("\t:: d_step { true ->\n", writer->file);
	put_every(writer, EVENT_STOP);
	put_every(writer, EVENT_START);
	fputs("\tskip;", writer->file);
	put_sounds(writer);
	fputs("\tod\n}\n", writer->file);
}

enum status explore_promela(struct arena *arena, const struct explore_bounds *bounds, FILE *file, struct failure *failure)
{
	struct writer *writer = arena_take(arena, sizeof *writer);
	enum status status = explore_check_bounds(bounds, failure);
	if (status || !writer) return status ? status : STATUS_NO_MEMORY;
	*writer = (struct writer){ .file = file, .bounds = bounds, .machine = bounds->machine };
	alphabet_make(bounds, &writer->alphabet);
	fprintf(file, "/* Made by `bgcheck export promela`: dialect %s, %u jobs, %u files, %u retries%s. */\n",
		machine_dialect_name(bounds->machine->dialect), bounds->jobs, bounds->files, bounds->retries, bounds->core ? ", core" : "");
	put_names(writer);
	put_world(writer);
	return ferror(file) ? STATUS_IO : STATUS_OK;
}
