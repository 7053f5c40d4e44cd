/* oracle.c -- hypotheses about readings: the first that agrees with the whole trace ends the search. */
#include "conformance/oracle_part.h"

#include <stdio.h>

struct hypothesis {
	const struct machine *machine;
	unsigned depth;                     /* readings that were changed */
	struct { const char *id, *choice; } changed[ORACLE_DEPTH_MAX];
	bool diverged;
	struct divergence first;
};

struct search {
	struct arena *arena;
	const struct oracle_options *options;
	const struct trace *trace;
	struct oracle_result *result;
	unsigned count;
	struct hypothesis *tried[ORACLE_HYPOTHESES_MAX];
};

static bool is_pinned(const struct search *search, const char *id)
{
	unsigned count;
	const struct reading *readings = machine_readings(&count);
	for (unsigned i = 0; search->options->choices && i < count && i < CHOICE_READINGS_MAX; i++)
		if (!strcmp(readings[i].id, id)) return search->options->choices->taken[i] != NULL;
	return false;
}

/* The judge sees the trace by the reference's limits, once. */
static bool goes_along(const struct search *search, const struct hypothesis *hypothesis)
{
	const struct judge *judge = search->options->judge;
	return judge && judge->seen == 0 && hypothesis->machine == judge->view.machine && search->options->tolerance_ns == judge->host_ns;
}

/* judge: sees the trace along, unless NULL. */
static enum status judge_beliefs(struct search *search, struct hypothesis *hypothesis, struct judge *judge)
{
	struct oracle_fold *fold = arena_room(search->arena, sizeof *fold);
	if (!fold) return STATUS_NO_MEMORY;
	memset(fold, 0, offsetof(struct oracle_fold, own));
	fold->arena = search->arena;
	fold->machine = hypothesis->machine;
	fold->tolerance_ns = fold->host_ns = search->options->tolerance_ns;
	fold->view = judge ? &judge->view : &fold->own;
	if (!judge) view_init(&fold->own, search->arena, hypothesis->machine);
	fold->own.blind = search->options->blind;
	enum status status = oracle_fold_run(fold, search->trace, judge);
	hypothesis->diverged = fold->diverged;
	hypothesis->first = fold->first;
	if (fold->largest > search->result->largest) search->result->largest = fold->largest;
	search->result->inconclusive |= fold->inconclusive;
	return status;
}

/* The earlier of what the two parts found. */
static enum status judge_answers(struct search *search, struct hypothesis *hypothesis)
{
	struct divergence other;
	if (!search->options->scenario || (search->options->is_reference && hypothesis->depth == 0)) return STATUS_OK;
	const struct play *shadow = oracle_shadow_play(search->arena, search->options, hypothesis->machine);
	if (!shadow) return STATUS_NO_MEMORY;
	if (!oracle_shadow_compare(search->options, search->trace, &shadow->trace, &other)) return STATUS_OK;
	if (!hypothesis->diverged || other.trace_index < hypothesis->first.trace_index) hypothesis->first = other;
	hypothesis->diverged = true;
	return STATUS_OK;
}

/* Of what was tried nothing stays but what it found: the arena goes back to where it was. */
static enum status try(struct search *search, struct hypothesis *hypothesis)
{
	struct arena mark = *search->arena;
	struct judge *judge = goes_along(search, hypothesis) ? search->options->judge : NULL;
	enum status status = judge_beliefs(search, hypothesis, judge);
	if (!status) status = judge_answers(search, hypothesis);
	if (!judge) *search->arena = mark;   /* what the judge has found stays */
	search->result->hypotheses++;
	return status;
}

/* --- from one hypothesis to the next */

static bool has_changed(const struct hypothesis *hypothesis, const char *id)
{
	for (unsigned i = 0; i < hypothesis->depth; i++)
		if (!strcmp(hypothesis->changed[i].id, id)) return true;
	return false;
}

static struct hypothesis *change(struct search *search, const struct hypothesis *from, const struct choice *choice)
{
	struct hypothesis *to = arena_take(search->arena, sizeof *to);
	if (!to) return NULL;
	search->tried[search->count++] = to;
	*to = *from;
	to->machine = mutant_edit(search->arena, from->machine, choice->edits, CHOICE_EDITS_MAX);
	to->changed[to->depth].id = choice->id;
	to->changed[to->depth++].choice = choice->choice;
	to->diverged = false;
	return to;
}

/* Every other reading upon one that came so far. *agreed: one that agrees with everything, or NULL. */
static enum status extend(struct search *search, unsigned from, const struct hypothesis **agreed)
{
	unsigned count;
	const struct choice *choices = choices_all(&count);
	for (unsigned i = 0; i < count && search->count < ORACLE_HYPOTHESES_MAX; i++) {
		const struct choice *choice = &choices[i];
		if (!choice->dialects[search->options->dialect] || choice->refused || is_pinned(search, choice->id)) continue;
		if (has_changed(search->tried[from], choice->id)) continue;
		struct hypothesis *to = change(search, search->tried[from], choice);
		enum status status = to && to->machine ? try(search, to) : STATUS_NO_MEMORY;
		if (status) return status;
		if (!to->diverged) *agreed = to;
		if (*agreed) return STATUS_OK;
	}
	return STATUS_OK;
}

/* The one that came furthest of those with so many changes; -1: none came further than the first. */
static int furthest(const struct search *search, unsigned depth)
{
	int best = -1;
	unsigned far = search->tried[0]->first.trace_index;
	for (unsigned i = 0; i < search->count; i++) {
		if (search->tried[i]->depth != depth || search->tried[i]->first.trace_index <= far) continue;
		best = (int)i;
		far = search->tried[i]->first.trace_index;
	}
	return best;
}

static enum status look_further(struct search *search, const struct hypothesis **agreed)
{
	int from = 0;
	for (unsigned depth = 1; depth <= ORACLE_DEPTH_MAX && from >= 0; depth++) {
		enum status status = extend(search, (unsigned)from, agreed);
		if (status || *agreed) return status;
		from = furthest(search, depth);
	}
	return STATUS_OK;
}

static void tell_agreed(struct oracle_result *result, const struct hypothesis *agreed)
{
	size_t used = 0;
	for (unsigned i = 0; i < agreed->depth && used < sizeof result->readings; i++) {
		oracle_text(result->readings + used, sizeof result->readings - used, "%s%s=%s", used ? " " : "", agreed->changed[i].id, agreed->changed[i].choice);
		used += strlen(result->readings + used);
	}
}

static void tell_failed(struct search *search)
{
	const struct hypothesis *best = search->tried[0];
	for (unsigned i = 1; i < search->count; i++)
		if (search->tried[i]->first.trace_index > best->first.trace_index) best = search->tried[i];
	search->result->diverged = true;
	search->result->first = best->first;
}

enum status oracle_judge(struct arena *arena, const struct oracle_options *options, const struct trace *trace,
	struct oracle_result *result)
{
	static const struct choices none;
	struct search *search = arena_take(arena, sizeof *search);
	const struct hypothesis *agreed = NULL;
	memset(result, 0, sizeof *result);
	if (!search) return STATUS_NO_MEMORY;
	search->arena = arena;
	search->options = options;
	search->trace = trace;
	search->result = result;
	struct hypothesis *first = search->tried[search->count++] = arena_take(arena, sizeof *first);
	if (first) first->machine = choices_machine(arena, options->choices ? options->choices : &none, options->dialect);
	if (!first || !first->machine) return STATUS_NO_MEMORY;
	enum status status = try(search, first);
	if (!status && !first->diverged) agreed = first;
	/* What the first disagrees with is known, though no memory may be left for every other reading. */
	if (!status && !agreed && look_further(search, &agreed) == STATUS_LIMIT) return STATUS_LIMIT;
	if (status) return status;
	if (agreed) tell_agreed(result, agreed);
	else tell_failed(search);
	return STATUS_OK;
}
