/* explore_space.c -- the states of one job, and what each letter makes of each, by job_step(). */
#include "sim/explore_internal.h"

#include <stdio.h>
#include <string.h>

#define NOW_NS INT64_C(1000000000000)
#define SECOND_NS INT64_C(1000000000)
#define FILE_BYTES 100u
#define NODES_MAX (EXPLORE_STATES_MAX * EXPLORE_CONDITIONS)

/* --- what may happen */

static bool may_fetch(const struct explore_job *job)
{
	return job->done < job->files;
}

static bool may_all_done(const struct explore_job *job)
{
	if (job->state == STATE_CONNECTING) return !may_fetch(job);
	return job->state == STATE_TRANSFERRING && job->done + 1 >= job->files;
}

/* A network that is down, or a policy that forbids it, fails a connection only while it is so. */
static bool may_fail(const struct explore_letter *letter, const struct explore_job *job, unsigned condition)
{
	if (letter->cause == CAUSE_NET_DOWN && (condition & NETWORK_UP)) return false;
	if (letter->cause == CAUSE_POLICY_COST && (condition & POLICY_FREE)) return false;
	return may_fetch(job) && (explore_is_wired(job) || job->state == STATE_TRANSIENT_ERROR);
}

bool explore_may(const struct explore_bounds *bounds, const struct explore_letter *letter, const struct explore_job *job, unsigned condition)
{
	bool is_bits = bounds->machine->dialect == DIALECT_BITS, reaches = (condition & NETWORK_UP) && (condition & POLICY_FREE);
	switch (letter->event) {
	case EVENT_ADD_FILE: return job->files < bounds->files && !(job->type == JOB_TYPE_UPLOAD && job->files);
	case EVENT_TURN: return job->state == STATE_QUEUED && (condition & OWNER_HERE);
	case EVENT_CONNECTED: return reaches && may_fetch(job) && job->state == (is_bits ? STATE_CONNECTING : STATE_TRANSFERRING);
	case EVENT_DATA:
	case EVENT_FILE_DONE: return job->state == STATE_TRANSFERRING && may_fetch(job);
	case EVENT_SLICE_END: return is_bits && explore_is_wired(job);
	case EVENT_ALL_DONE: return may_all_done(job);
	case EVENT_TRANSIENT:
	case EVENT_FATAL: return may_fail(letter, job, condition);
	case EVENT_RETRY_DUE: return job->retry && job->tries < bounds->retries;
	case EVENT_NO_PROGRESS: return job->progress == EXPLORE_PROGRESS_RUNS;
	case EVENT_COUNT: return (job->owes & letter->answers) != 0;
	case EVENT_EXPIRED:
	case EVENT_CHANGED:
	case EVENT_SUSPEND:
	case EVENT_RESUME:
	case EVENT_COMPLETE:
	case EVENT_CANCEL:
	case EVENT_GET_ERROR:
	case EVENT_SET:
	case EVENT_GET: return true;
	case EVENT_NET_LOST:
	case EVENT_NET_BACK:
	case EVENT_BLOCK:
	case EVENT_UNBLOCK:
	case EVENT_LOGOFF:
	case EVENT_LOGON:
	case EVENT_STOP:
	case EVENT_START: break;
	}
	UNREACHABLE("the alphabet has no global event");
	return false;
}

bool explore_global_may(const struct explore_bounds *bounds, enum explore_global global)
{
	return !bounds->core || global == EXPLORE_NETWORK || global == EXPLORE_RESTART;
}

unsigned explore_global_after(enum explore_global global, unsigned condition)
{
	static const unsigned bits[] = { [EXPLORE_NETWORK] = NETWORK_UP, [EXPLORE_OWNER] = OWNER_HERE, [EXPLORE_POLICY] = POLICY_FREE,
		[EXPLORE_RESTART] = 0 };
	return condition ^ bits[global];
}

/* --- jobs of the model and of the explorer */

static int64_t period_ns(const struct machine *machine, unsigned period)
{
	if (period == EXPLORE_PERIOD_DEFAULT) return machine->limits.no_progress_ns_default;
	return period == EXPLORE_PERIOD_ZERO ? 0 : SECOND_NS;
}

static void fill_files(const struct explore_job *from, struct job *job)
{
	job->files_count = from->files;
	job->file_current = from->done;
	for (unsigned i = 0; i < from->files; i++) {
		job->files[i].bytes_total = FILE_BYTES;
		job->files[i].bytes_transferred = i < from->done ? FILE_BYTES : 0;
		job->files[i].done = i < from->done;
	}
}

static void fill_error(const struct space *space, const struct explore_job *from, struct job *job)
{
	const struct alphabet *alphabet = &space->alphabet;
	if (!from->report) return;
	enum cause cause = alphabet->causes[from->report - 1];
	struct fault_report report = machine_report(space->bounds->machine, cause, alphabet->statuses[from->report - 1]);
	error_set(&job->error, &report, from->no_progress ? CAUSE_NO_PROGRESS : cause, (int)from->file - 1);
	job->error.present = from->error;
}

static void fill(const struct space *space, const struct explore_job *from, unsigned condition, struct job *job)
{
	job_init(job, space->bounds->machine, (enum job_type)from->type, 0);
	job->state = (enum state)from->state;
	fill_files(from, job);
	fill_error(space, from, job);
	job->no_progress_ns = period_ns(space->bounds->machine, from->period);
	job->no_progress_was_set = from->period != EXPLORE_PERIOD_DEFAULT;
	if (from->retry) job->retry_due_ns = NOW_NS;
	if (from->progress == EXPLORE_PROGRESS_RUNS) job->no_progress_due_ns = NOW_NS;
	if (from->progress == EXPLORE_PROGRESS_HELD) job->no_progress_held_ns = NOW_NS;
	job->notify_pending = from->owes;
	job->network_up = condition & NETWORK_UP;
	job->owner_present = condition & OWNER_HERE;
	job->blocked = !(condition & POLICY_FREE);
}

/* Which report an error has: of its own cause, or, after a no-progress time-out (C-04), the one before it. */
static uint8_t report_of(const struct space *space, const struct error *error, uint8_t before)
{
	const struct alphabet *alphabet = &space->alphabet;
	const struct machine *machine = space->bounds->machine;
	if (!error->generation) return 0;
	if (error->cause == CAUSE_NO_PROGRESS && machine->dialect == DIALECT_BITS && before) return before;
	for (unsigned i = 0; i < alphabet->causes_count; i++)
		if (alphabet->causes[i] == error->cause) return (uint8_t)(i + 1);
	UNREACHABLE("every cause of the alphabet has a place");
	return 0;
}

static struct explore_job drain(const struct space *space, const struct explore_job *before, const struct job *job)
{
	struct explore_job to = { .state = (uint8_t)job->state, .type = (uint8_t)job->type, .period = before->period };
	to.files = (uint8_t)job->files_count;
	to.done = (uint8_t)job_files_done(job);
	to.error = job->error.present;
	to.report = report_of(space, &job->error, before->report);
	to.no_progress = to.report && job->error.cause == CAUSE_NO_PROGRESS;
	to.file = (uint8_t)(job->error.file + 1);
	to.retry = job->retry_due_ns != JOB_NEVER;
	to.progress = job->no_progress_due_ns != JOB_NEVER ? EXPLORE_PROGRESS_RUNS :
		job->no_progress_held_ns != JOB_NEVER ? EXPLORE_PROGRESS_HELD : EXPLORE_PROGRESS_OFF;
	to.tries = before->tries;
	to.owes = (uint8_t)(job->notify_pending & (NOTIFY_JOB_ERROR | NOTIFY_JOB_TRANSFERRED));
	return to;
}

/* Retries are counted from the last progress; a period that stops or starts anew forgets them. */
static uint8_t tries_after(const struct move *row, uint8_t tries)
{
	if (row->effects & (EFFECT_BIT(EFFECT_PROGRESS_CANCEL) | EFFECT_BIT(EFFECT_PROGRESS_RESTART))) return 0;
	return (uint8_t)(tries + (row->event == EVENT_RETRY_DUE));
}

static bool step(struct space *space, struct explore_job *job, unsigned condition, const struct occurrence *occurrence, bool rename_fails)
{
	const struct machine *machine = space->bounds->machine;
	struct effects effects;
	struct job full;
	fill(space, job, condition, &full);
	full.rename_fails = rename_fails;
	effects_init(&effects);
	const struct move *row = job_step(machine, &full, occurrence, &effects);
	space->row_taken[row - machine->moves] = true;
	if (space->look) explore_look(space->look, row, &effects, job, &full);
	if (row->effects & EFFECT_BIT(EFFECT_IMPOSSIBLE)) return false;
	struct explore_job after = drain(space, job, &full);
	after.tries = tries_after(row, job->tries);
	*job = after;
	return true;
}

/* What the letter makes of the job. False: it cannot happen there (the row says so). */
static bool spell(struct space *space, const struct explore_letter *letter, struct explore_job *job, unsigned condition)
{
	static const int64_t values[] = { 0, 0, 1 };
	struct occurrence occurrence = { .event = letter->event, .now_ns = NOW_NS, .cause = letter->cause, .http_status = letter->status,
		.bytes = FILE_BYTES / 2, .bytes_total = FILE_BYTES, .property = letter->property, .value = values[letter->period] };
	if (letter->event == EVENT_COUNT) {
		job->owes = (uint8_t)(job->owes & ~letter->answers);
		return true;
	}
	if (letter->property == PROPERTY_NO_PROGRESS && letter->period == EXPLORE_PERIOD_DEFAULT)
		occurrence.value = space->bounds->machine->limits.no_progress_ns_default / SECOND_NS;
	uint8_t old = job->period;
	bool possible = step(space, job, condition, &occurrence, letter->rename_fails);
	job->period = possible && letter->property == PROPERTY_NO_PROGRESS && !explore_is_final(job) ? (uint8_t)letter->period : old;
	return possible;
}

static void step_global(struct space *space, struct explore_job *job, unsigned condition, enum event event)
{
	struct occurrence occurrence = { .event = event, .now_ns = NOW_NS, .cause = CAUSE_NONE };
	if (event == EVENT_NET_LOST) occurrence.cause = CAUSE_NET_DOWN;
	if (event == EVENT_BLOCK) occurrence.cause = CAUSE_POLICY_COST;
	step(space, job, condition, &occurrence, false);
}

/* A job that has ended is gone before the service stops; nothing of it comes back. */
static void spell_global(struct space *space, enum explore_global global, struct explore_job *job, unsigned condition)
{
	switch (global) {
	case EXPLORE_NETWORK: step_global(space, job, condition, condition & NETWORK_UP ? EVENT_NET_LOST : EVENT_NET_BACK); break;
	case EXPLORE_OWNER: step_global(space, job, condition, condition & OWNER_HERE ? EVENT_LOGOFF : EVENT_LOGON); break;
	case EXPLORE_POLICY: step_global(space, job, condition, condition & POLICY_FREE ? EVENT_BLOCK : EVENT_UNBLOCK); break;
	case EXPLORE_RESTART:
		if (explore_is_final(job)) break;
		step_global(space, job, condition, EVENT_STOP);
		step_global(space, job, condition, EVENT_START);
		break;
	case EXPLORE_GLOBALS: break;
	}
}

/* --- letters by number: from LETTERS_MAX on they are events of the whole machine */

bool space_may(const struct space *space, unsigned letter, const struct explore_job *job, unsigned condition)
{
	if (letter >= LETTERS_MAX) return explore_global_may(space->bounds, (enum explore_global)(letter - LETTERS_MAX));
	return letter < space->alphabet.count && explore_may(space->bounds, &space->alphabet.letters[letter], job, condition);
}

unsigned space_after(unsigned letter, unsigned condition)
{
	return letter >= LETTERS_MAX ? explore_global_after((enum explore_global)(letter - LETTERS_MAX), condition) : condition;
}

bool space_take(struct space *space, unsigned letter, struct explore_job *job, unsigned condition, struct explore_seen *seen)
{
	memset(seen, 0, sizeof *seen);
	space->look = seen;
	bool possible = true;
	if (letter >= LETTERS_MAX) spell_global(space, (enum explore_global)(letter - LETTERS_MAX), job, condition);
	else possible = spell(space, &space->alphabet.letters[letter], job, condition);
	space->look = NULL;
	return possible;
}

/* --- the nodes */

int explore_broken(const struct explore_job *job)
{
	enum { RUNS = EXPLORE_PROGRESS_RUNS, NOTIFY_ERROR = NOTIFY_JOB_ERROR, NOTIFY_TRANSFERRED = NOTIFY_JOB_TRANSFERRED };
	enum { CONNECTING = STATE_CONNECTING, TRANSFERRING = STATE_TRANSFERRING, SUSPENDED = STATE_SUSPENDED, ERROR = STATE_ERROR,
		TRANSIENT_ERROR = STATE_TRANSIENT_ERROR, TRANSFERRED = STATE_TRANSFERRED, ACKNOWLEDGED = STATE_ACKNOWLEDGED,
		CANCELLED = STATE_CANCELLED };
	int state = job->state, error = job->error, report = job->report, file = job->file, files = job->files, done = job->done;
	int owes = job->owes, retry = job->retry, progress = job->progress, number = 0;
	int type = job->type, period = job->period, no_progress = job->no_progress;
#define INVARIANT(rule, sentence, claim) if (!(claim)) return number; number++;
#include "sim/explore_invariant.def"
	return -1;
}

uint32_t explore_hash(const void *bytes, size_t size, unsigned seed)
{
	const unsigned char *at = bytes;
	uint32_t value = 2166136261u ^ seed;
	for (size_t i = 0; i < size; i++) value = (value ^ at[i]) * 16777619u;
	return value ^ value >> 15;
}

/* Number of the node, a new one if need be. NOT_POSSIBLE: there are too many. */
static uint32_t find(struct space *space, const struct explore_job *job, unsigned condition, uint32_t parent, unsigned letter)
{
	uint32_t slot = explore_hash(job, sizeof *job, condition) & space->slots_mask;
	for (; space->slots[slot]; slot = (slot + 1) & space->slots_mask) {
		const struct node *node = &space->nodes[space->slots[slot] - 1];
		if (node->condition == condition && !memcmp(&node->job, job, sizeof *job)) return space->slots[slot] - 1;
	}
	if (space->nodes_count == space->nodes_max || space->ranks[condition] == EXPLORE_STATES_MAX) return NOT_POSSIBLE;
	struct node *node = &space->nodes[space->nodes_count];
	*node = (struct node){ .job = *job, .condition = condition, .rank = space->ranks[condition]++, .parent = parent,
		.parent_letter = (uint16_t)letter };
	space->slots[slot] = ++space->nodes_count;
	return space->nodes_count - 1;
}

static bool add_edge(struct space *space, struct node *from, uint32_t to)
{
	for (uint32_t i = 0; i < from->edges_count; i++)
		if (space->edges[from->edges + i] == to) return true;
	if (space->edges_count == space->edges_max) return false;
	space->edges[space->edges_count++] = to;
	from->edges_count++;
	return true;
}

static bool expand(struct space *space, uint32_t number)
{
	struct node *node = &space->nodes[number];
	const struct explore_bounds *bounds = space->bounds;
	node->edges = space->edges_count;
	for (unsigned i = 0; i < space->alphabet.count; i++) {
		const struct explore_letter *letter = &space->alphabet.letters[i];
		struct explore_job after = node->job;
		if (!explore_may(bounds, letter, &node->job, node->condition) || !spell(space, letter, &after, node->condition)) continue;
		uint32_t to = find(space, &after, node->condition, number, i);
		node->moves++;
		if (to == NOT_POSSIBLE || (to != number && !add_edge(space, node, to))) return false;
	}
	for (int global = 0; global < EXPLORE_GLOBALS; global++) {
		struct explore_job after = node->job;
		node->global[global] = NOT_POSSIBLE;
		if (!explore_global_may(bounds, (enum explore_global)global)) continue;
		spell_global(space, (enum explore_global)global, &after, node->condition);
		node->global[global] = find(space, &after, explore_global_after((enum explore_global)global, node->condition), number,
			LETTERS_MAX + (unsigned)global);
		if (node->global[global] == NOT_POSSIBLE) return false;
	}
	return true;
}

static void add_starts(struct space *space)
{
	unsigned types = space->bounds->machine->dialect == DIALECT_BITS && !space->bounds->core ? 2 : 1;
	for (unsigned type = 0; type < types; type++) {
		struct explore_job job = { .state = STATE_SUSPENDED, .type = (uint8_t)type };
		find(space, &job, CONDITION_START, NOT_POSSIBLE, 0);
	}
}

static enum status fail(struct failure *failure, const char *text)
{
	snprintf(failure->text, sizeof failure->text, "%s", text);
	return STATUS_LIMIT;
}

static enum status make_ranks(struct arena *arena, struct space *space)
{
	for (unsigned c = 0; c < EXPLORE_CONDITIONS; c++) {
		space->by_rank[c] = arena_take(arena, (space->ranks[c] + 1) * sizeof *space->by_rank[c]);
		if (!space->by_rank[c]) return STATUS_NO_MEMORY;
	}
	for (uint32_t i = 0; i < space->nodes_count; i++) space->by_rank[space->nodes[i].condition][space->nodes[i].rank] = i;
	return STATUS_OK;
}

enum status space_make(struct arena *arena, const struct explore_bounds *bounds, struct space *space, struct failure *failure)
{
	memset(space, 0, sizeof *space);
	space->bounds = bounds;
	alphabet_make(bounds, &space->alphabet);
	space->nodes_max = NODES_MAX;
	space->slots_mask = (1u << 20) - 1;
	space->edges_max = NODES_MAX * 16;
	space->nodes = arena_take(arena, space->nodes_max * sizeof *space->nodes);
	space->slots = arena_take(arena, (space->slots_mask + 1) * sizeof *space->slots);
	space->edges = arena_take(arena, space->edges_max * sizeof *space->edges);
	space->row_taken = arena_take(arena, bounds->machine->moves_count);
	if (!space->nodes || !space->slots || !space->edges || !space->row_taken) return STATUS_NO_MEMORY;
	add_starts(space);
	for (uint32_t i = 0; i < space->nodes_count; i++)
		if (!expand(space, i)) return fail(failure, "expected at most 65535 states of a job in a condition, found more: lower --files or --retries");
	return make_ranks(arena, space);
}

/* A node that is known: all are. */
static uint32_t known(struct space *space, const struct explore_job *job, unsigned condition)
{
	uint32_t count = space->nodes_count, number = find(space, job, condition, NOT_POSSIBLE, 0);
	assert(number < count && space->nodes_count == count);
	return number;
}

void space_each_move(struct space *space, space_move *see, void *context)
{
	for (uint32_t number = 0; number < space->nodes_count; number++)
		for (unsigned letter = 0; letter < LETTERS_ALL; letter++) {
			const struct node *node = &space->nodes[number];
			struct explore_job after = node->job;
			struct explore_seen seen;
			if (!space_may(space, letter, &node->job, node->condition)) continue;
			if (!space_take(space, letter, &after, node->condition, &seen) || !seen.steps) continue;
			see(context, number, known(space, &after, space_after(letter, node->condition)), &seen);
		}
}

unsigned space_path(const struct space *space, uint32_t number, struct explore_step *path)
{
	unsigned length = 0;
	for (uint32_t at = number; space->nodes[at].parent != NOT_POSSIBLE; at = space->nodes[at].parent) length++;
	if (length > EXPLORE_PATH_MAX) length = EXPLORE_PATH_MAX;
	unsigned place = length;
	for (uint32_t at = number; place; at = space->nodes[at].parent) {
		const struct node *node = &space->nodes[at];
		bool global = node->parent_letter >= LETTERS_MAX;
		path[--place] = (struct explore_step){ .job = global ? -1 : 0, .letter = global ? 0 : node->parent_letter,
			.global = (enum explore_global)(global ? node->parent_letter - LETTERS_MAX : 0), .condition = node->condition,
			.after = node->job };
	}
	return length;
}
