/* explore_equal.c -- two machines side by side, from the states in which they may begin to differ. */
#include "sim/explore_equal.h"

#include "sim/explore_internal.h"

#include <stdio.h>
#include <string.h>

#define PAIRS_MAX 262144u
#define PAIRS_FIRST 16384u   /* enough for nearly all; more are tried when it was not */
#define NO_PAIR 0xFFFFFFFFu
#define BIT(effect) EFFECT_BIT(EFFECT_##effect)

/* A state and a letter that take a row. Letters from LETTERS_MAX on are events of the whole machine. */
struct hit {
	uint32_t node;
	uint32_t letter;
};

struct explore_equal {
	struct explore_bounds bounds;
	struct space space;
	struct hit *hits;
	uint32_t hits_count;
	uint32_t *row_first;         /* of each row its first hit; one more at the end */
};

/* Two jobs that were one: the reference's and the other machine's. */
struct pair {
	struct explore_job jobs[2];
	unsigned condition;
	uint32_t parent;             /* pair; NO_PAIR: the hit */
	uint32_t node, letter;
};

struct match {
	const struct explore_equal *equal;
	struct explore_bounds bounds[2];
	struct space spaces[2];
	struct explore_seen seen[2];
	struct pair *pairs;
	uint32_t pairs_count, pairs_max, slots_count;
	uint32_t *slots;
	bool full;
	uint32_t open;               /* effects that are not looked at */
};

/* --- what is seen of a step */

/* Whether a file may be there that has no name of the client's yet. Uploads have none. What has ended has deleted or named all of
 * them (but for one that could not be deleted, of which no page says what becomes). KEEP_FILES names those that are done; a file
 * that was added to a TRANSFERRED job is not begun. */
static bool has_temporary(const struct explore_job *before, bool keeps)
{
	if (before->type != JOB_TYPE_DOWNLOAD || explore_is_final(before)) return false;
	bool undone = before->done < before->files && before->state != STATE_TRANSFERRED;
	return undone || (before->done && !keeps);
}

/* The service that stops, or a fault on it, has ended a connection before the row is taken. */
static bool has_connection(const struct move *row, const struct explore_job *before)
{
	return explore_is_wired(before) && before->done < before->files && row->event != EVENT_STOP && row->event != EVENT_TRANSIENT && row->event != EVENT_FATAL;
}

/* Getters carry nothing out. The schedule is woken by every change of state and of the world, so ENQUEUE shows nothing of its
 * own. A job without connection has none to drop, one without files none to delete or to begin anew. */
static uint32_t carried(const struct move *row, const struct effects *effects, const struct explore_job *before)
{
	uint32_t seen = BIT(CONNECT) | BIT(ABORT) | BIT(DELETE_FILES) | BIT(FILE_RESTART), found = 0;
	bool looks = (row->event == EVENT_GET || row->event == EVENT_GET_ERROR) && row->to == row->from;
	if (looks) seen = 0;
	if (!has_connection(row, before)) seen &= ~BIT(ABORT);
	if (!has_temporary(before, row->effects & BIT(KEEP_FILES))) seen &= ~BIT(DELETE_FILES);
	if (before->done >= before->files) seen &= ~BIT(FILE_RESTART);
	for (unsigned i = 0; i < effects->count; i++) found |= EFFECT_BIT(effects->list[i].kind) & seen;
	return found | (row->effects & BIT(NOTIFY_MODIFICATION));
}

void explore_look(struct explore_seen *seen, const struct move *row, const struct effects *effects, const struct explore_job *before,
	const struct job *after)
{
	unsigned n = seen->steps++;
	bool looks = (row->event == EVENT_GET || row->event == EVENT_GET_ERROR) && row->to == row->from;
	assert(n < 2);
	seen->rows[n] = row;
	seen->result[n] = machine_event_kind(row->event) == EVENT_KIND_API ? row->result : CODE_NOTHING;
	seen->carried[n] = carried(row, effects, before);
	seen->untouched[n] = !looks && (row->effects & (BIT(REFUSE) | BIT(IMPOSSIBLE)));
	seen->retry_due_ns = after->retry_due_ns;
	seen->no_progress_due_ns = after->no_progress_due_ns;
	seen->held_ns = after->no_progress_held_ns;
	seen->expires_ns = after->expires_ns;
	seen->error_count = after->error_count;
	bool names = before->type == JOB_TYPE_DOWNLOAD && !explore_is_final(before) && row->guard != GUARD_rename_fails;
	for (unsigned i = 0; names && i < after->files_count; i++) seen->kept |= (uint64_t)after->files[i].kept << i;
}

/* has_code: the end of the period has a code of its own, and does not repeat the last error (C-04). */
static bool is_visible_difference(const struct explore_job *a, const struct explore_job *b, bool has_code)
{
	if (a->state != b->state || a->files != b->files || a->done != b->done || a->owes != b->owes || a->error != b->error) return true;
	return a->error && (a->report != b->report || (has_code && a->no_progress != b->no_progress) || a->file != b->file);
}

/* A timer that only one has armed shows when it rings; nothing rings for a job that has ended. */
static bool are_times_different(int64_t a, int64_t b)
{
	return a != b && a != JOB_NEVER && b != JOB_NEVER;
}

/* Beyond the modification time a refusal shows only where the call carries something that is else taken. */
static bool is_refusal_open(const struct move *row, uint32_t open)
{
	return (open & BIT(REFUSE)) && row->event != EVENT_SET && row->event != EVENT_ADD_FILE;
}

static bool is_step_different(const struct explore_seen *a, const struct explore_seen *b, bool final, uint32_t open)
{
	if (a->steps != b->steps || a->error_count != b->error_count || a->kept != b->kept) return true;
	for (unsigned i = 0; i < a->steps; i++) {
		if (a->result[i] != b->result[i] || ((a->carried[i] ^ b->carried[i]) & ~open)) return true;
		if (a->untouched[i] != b->untouched[i] && !is_refusal_open(a->rows[i], open)) return true;
	}
	if (final || !a->steps) return false;
	return are_times_different(a->retry_due_ns, b->retry_due_ns) || are_times_different(a->no_progress_due_ns, b->no_progress_due_ns) ||
		are_times_different(a->held_ns, b->held_ns) || a->expires_ns != b->expires_ns;
}

/* --- who takes which row */

/* Nothing that takes time comes before the end of a period of zero. */
static bool is_over_at_once(const struct explore_job *job)
{
	return job->progress == EXPLORE_PROGRESS_RUNS && job->period == EXPLORE_PERIOD_ZERO;
}

/* The disk is met with the first byte that is written. */
static bool is_of_disk(enum cause cause)
{
	return cause >= CAUSE_DISK_FULL && cause <= CAUSE_VOLUME_CHANGED;
}

/* The explorer lets some events come to any job, to see that the table has an answer. Here only what can happen counts: a
 * fault, or another file on the server, is met on a connection, and what has ended does not expire. */
static bool is_brought(const struct explore_letter *letter, const struct explore_job *job)
{
	switch (letter->event) {
	case EVENT_TRANSIENT:
		if (letter->cause >= CAUSE_NET_DOWN && letter->cause <= CAUSE_POLICY_BANDWIDTH) return false;   /* these have events of their own */
		/* fall through */
	case EVENT_FATAL: return explore_is_wired(job) && !is_over_at_once(job) && job->done < job->files && (!is_of_disk(letter->cause) || job->state == STATE_TRANSFERRING);
	case EVENT_CHANGED: return explore_is_wired(job) && job->done < job->files;
	case EVENT_EXPIRED: return !explore_is_final(job);
	default: return true;
	}
}

static bool may(const struct space *space, uint32_t letter, const struct explore_job *job, unsigned condition)
{
	if (!space_may(space, letter, job, condition)) return false;
	return letter >= LETTERS_MAX || is_brought(&space->alphabet.letters[letter], job);
}

/* Counts the hits of each row, or, once row_first has their places, puts them there. */
static void walk_hits(struct explore_equal *equal, uint32_t *at, bool put)
{
	struct space *space = &equal->space;
	for (uint32_t node = 0; node < space->nodes_count; node++)
		for (uint32_t letter = 0; letter < LETTERS_ALL; letter++) {
			struct explore_job job = space->nodes[node].job;
			struct explore_seen seen;
			if (!may(space, letter, &job, space->nodes[node].condition)) continue;
			space_take(space, letter, &job, space->nodes[node].condition, &seen);
			for (unsigned i = 0; i < seen.steps; i++) {
				uint32_t *place = &at[seen.rows[i] - space->bounds->machine->moves];
				if (put) equal->hits[*place] = (struct hit){ node, letter };
				++*place;
			}
		}
}

static bool make_hits(struct arena *arena, struct explore_equal *equal)
{
	unsigned rows = equal->bounds.machine->moves_count;
	uint32_t *at = arena_take(arena, rows * sizeof *at);
	equal->row_first = arena_take(arena, (rows + 1) * sizeof *equal->row_first);
	if (!at || !equal->row_first) return false;
	walk_hits(equal, at, false);
	for (unsigned row = 0; row < rows; row++) {
		uint32_t count = at[row];
		at[row] = equal->row_first[row] = equal->hits_count;
		equal->hits_count += count;
	}
	equal->row_first[rows] = equal->hits_count;
	equal->hits = arena_take(arena, (equal->hits_count + 1) * sizeof *equal->hits);
	if (!equal->hits) return false;
	walk_hits(equal, at, true);
	return true;
}

struct explore_equal *explore_equal_new(struct arena *arena, const struct explore_bounds *bounds)
{
	struct failure failure = { 0 };
	struct explore_equal *equal = arena_take(arena, sizeof *equal);
	if (!equal || explore_check_bounds(bounds, &failure)) return NULL;
	equal->bounds = *bounds;
	if (space_make(arena, &equal->bounds, &equal->space, &failure) || !make_hits(arena, equal)) return NULL;
	return equal;
}

/* --- pairs */

static void add_pair(struct match *match, const struct pair *pair)
{
	uint32_t slot = explore_hash(pair->jobs, sizeof pair->jobs, pair->condition) % match->slots_count;
	for (; match->slots[slot]; slot = (slot + 1) % match->slots_count) {
		const struct pair *other = &match->pairs[match->slots[slot] - 1];
		if (other->condition == pair->condition && !memcmp(other->jobs, pair->jobs, sizeof pair->jobs)) return;
	}
	if (match->pairs_count == match->pairs_max) {
		match->full = true;
		return;
	}
	match->pairs[match->pairs_count] = *pair;
	match->slots[slot] = ++match->pairs_count;
}

/* One letter to both, or to the one that it may happen to. False: the difference is seen. */
static bool follow(struct match *match, const struct pair *from, uint32_t letter, struct pair *to)
{
	bool both[2];
	*to = *from;
	to->letter = letter;
	to->condition = space_after(letter, from->condition);
	for (int side = 0; side < 2; side++) {
		both[side] = may(&match->spaces[side], letter, &to->jobs[side], from->condition);
		memset(&match->seen[side], 0, sizeof match->seen[side]);
		if (both[side]) space_take(&match->spaces[side], letter, &to->jobs[side], from->condition, &match->seen[side]);
	}
	if (is_visible_difference(&to->jobs[0], &to->jobs[1], match->equal->bounds.machine->dialect == DIALECT_DO)) return false;
	if (both[0] && both[1]) return !is_step_different(&match->seen[0], &match->seen[1], explore_is_final(&to->jobs[0]), match->open);
	const struct explore_seen *one = &match->seen[both[1]];
	return !one->steps || (one->untouched[0] && !(one->carried[0] & ~match->open));
}

static bool is_one(const struct pair *pair)
{
	return !memcmp(&pair->jobs[0], &pair->jobs[1], sizeof pair->jobs[0]);
}

/* All letters to a pair. False: one shows the difference; `seen` is where. */
static bool expand(struct match *match, uint32_t number, struct pair *seen)
{
	for (uint32_t letter = 0; letter < LETTERS_ALL; letter++) {
		const struct pair *from = &match->pairs[number];
		if (!may(&match->spaces[0], letter, &from->jobs[0], from->condition) &&
			!may(&match->spaces[1], letter, &from->jobs[1], from->condition)) continue;
		bool same = follow(match, from, letter, seen);
		seen->parent = number;
		if (!same) return false;
		if (!is_one(seen)) add_pair(match, seen);
	}
	return true;
}

/* --- the way there, in words */

static void add_name(const struct match *match, uint32_t letter, unsigned condition, char *text, size_t *used)
{
	char buffer[64];
	bool global = letter >= LETTERS_MAX;
	const struct explore_step step = { .job = global ? -1 : 0, .letter = letter, .condition = condition,
		.global = (enum explore_global)(global ? letter - LETTERS_MAX : 0) };
	const char *name = explore_step_name(&match->bounds[0], &step, buffer);
	if (*used < EXPLORE_EQUAL_TEXT) *used += (size_t)snprintf(text + *used, EXPLORE_EQUAL_TEXT - *used, "%s%s", *used ? ", " : "", name);
}

static void tell(const struct match *match, const struct pair *last, char text[EXPLORE_EQUAL_TEXT])
{
	const struct pair *way[EXPLORE_PATH_MAX];
	unsigned length = 0;
	size_t used = 0;
	struct explore_step steps[EXPLORE_PATH_MAX];
	const struct pair *at = last;
	while (length < EXPLORE_PATH_MAX) {
		way[length++] = at;
		if (at->parent == NO_PAIR) break;
		at = &match->pairs[at->parent];
	}
	text[0] = '\0';
	unsigned before = space_path(&match->equal->space, way[length - 1]->node, steps);
	for (unsigned i = 0; i < before; i++)
		add_name(match, steps[i].job < 0 ? LETTERS_MAX + (uint32_t)steps[i].global : steps[i].letter, steps[i].condition, text, &used);
	while (length--) add_name(match, way[length]->letter, way[length]->condition, text, &used);
}

/* --- the comparison */

static bool start(struct match *match, struct arena *arena, const struct explore_equal *equal, const struct explore_other *other,
	uint32_t pairs_max)
{
	memset(match, 0, sizeof *match);
	match->pairs_max = pairs_max;
	match->slots_count = pairs_max * 4;
	match->open = other->open;
	match->equal = equal;
	match->pairs = arena_take(arena, match->pairs_max * sizeof *match->pairs);
	match->slots = arena_take(arena, match->slots_count * sizeof *match->slots);
	for (int side = 0; side < 2; side++) {
		match->bounds[side] = equal->bounds;
		match->spaces[side] = equal->space;
		match->spaces[side].bounds = &match->bounds[side];
		match->spaces[side].row_taken = arena_take(arena, equal->bounds.machine->moves_count);
		if (!match->spaces[side].row_taken) return false;
	}
	if (other->like) match->bounds[0].machine = other->like;
	match->bounds[1].machine = other->machine;
	return match->pairs && match->slots;
}

static unsigned rows_of_cell(const struct machine *machine, unsigned row, unsigned *first)
{
	unsigned count;
	*first = (unsigned)(machine_cell(machine, machine->moves[row].from, machine->moves[row].event, &count) - machine->moves);
	return count;
}

/* The two steps from a hit on. A new pair waits; false: the difference is seen at once. */
static bool try_hit(struct match *match, const struct hit *hit, struct pair *seen)
{
	const struct node *node = &match->equal->space.nodes[hit->node];
	struct pair from = { .jobs = { node->job, node->job }, .condition = node->condition, .node = hit->node };
	bool same = follow(match, &from, hit->letter, seen);
	seen->parent = NO_PAIR;
	seen->node = hit->node;
	if (same && !is_one(seen)) add_pair(match, seen);
	return same;
}

static enum explore_equality compare(const struct explore_equal *equal, struct arena *arena, const struct explore_other *other, uint32_t pairs_max,
	char text[EXPLORE_EQUAL_TEXT])
{
	struct match *match = arena_take(arena, sizeof *match);
	struct pair seen;
	unsigned first = other->row, count = 1;
	text[0] = '\0';
	if (!match || !start(match, arena, equal, other, pairs_max)) return EXPLORE_TOO_MANY;
	if (other->whole_cell) count = rows_of_cell(equal->bounds.machine, other->row, &first);
	uint32_t from = equal->row_first[first], to = equal->row_first[first + count];
	if (from == to) return EXPLORE_NEVER_TAKEN;
	bool same = true;
	for (uint32_t i = from; same && i < to; i++) same = try_hit(match, &equal->hits[i], &seen);
	for (uint32_t i = 0; same && i < match->pairs_count; i++) same = expand(match, i, &seen);
	if (!same) tell(match, &seen, text);
	if (!same) return EXPLORE_DIFFERENT;
	return match->full ? EXPLORE_TOO_MANY : EXPLORE_EQUAL;
}

enum explore_equality explore_equal_check(const struct explore_equal *equal, struct arena *arena, const struct explore_other *other,
	char text[EXPLORE_EQUAL_TEXT])
{
	const struct arena before = *arena;
	enum explore_equality found = compare(equal, arena, other, PAIRS_FIRST, text);
	if (found != EXPLORE_TOO_MANY) return found;
	*arena = before;
	return compare(equal, arena, other, PAIRS_MAX, text);
}
