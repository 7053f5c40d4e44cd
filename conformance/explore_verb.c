/* explore_verb.c -- tells what the explorer found, for people and as JSON. */
#include "conformance/explore_verb.h"

#include "conformance/verdict.h"
#include "conformance/witness_verb.h"

#include <jansson.h>
#include <time.h>

static bool is_excused(const struct move *move)
{
	return move->effects & (EFFECT_BIT(EFFECT_IMPOSSIBLE) | EFFECT_BIT(EFFECT_MUTANT_ONLY));
}

static unsigned count_untaken(const struct explore_bounds *bounds, const struct explore_report *report, bool excused)
{
	unsigned count = 0;
	for (unsigned i = 0; i < report->rows_count; i++)
		count += !report->row_taken[i] && is_excused(&bounds->machine->moves[i]) == excused;
	return count;
}

/* Cells of which no row was taken although one may be. */
static unsigned count_cells(const struct explore_bounds *bounds, const struct explore_report *report)
{
	unsigned cells = 0;
	for (int state = 0; state < STATE_COUNT; state++)
		for (int event = 0; event < EVENT_COUNT; event++) {
			unsigned count;
			const struct move *cell = machine_cell(bounds->machine, (enum state)state, (enum event)event, &count);
			bool open = false, taken = false;
			for (unsigned i = 0; i < count; i++) {
				open |= !is_excused(&cell[i]);
				taken |= report->row_taken[cell + i - bounds->machine->moves];
			}
			cells += open && !taken;
		}
	return cells;
}

static int verdict(const struct explore_bounds *bounds, const struct explore_report *report)
{
	if (report->broken || report->stuck) return EXIT_FAILED;
	if (explore_takes_all(bounds) && count_untaken(bounds, report, false)) return EXIT_FAILED;
	return report->complete ? EXIT_CONFORMS : EXIT_INCONCLUSIVE;
}

static void tell_path(FILE *file, const struct explore_bounds *bounds, const struct explore_step *path, unsigned length)
{
	char name[64];
	fprintf(file, "  a new job%24s SUSPENDED\n", "");
	for (unsigned i = 0; i < length; i++) {
		const struct explore_step *step = &path[i];
		const char *what = explore_step_name(bounds, step, name);
		fprintf(file, "  %-32s %s%s\n", what, machine_state_name((enum state)step->after.state), step->after.error ? ", error object" : "");
	}
}

static void tell_rows(FILE *file, const struct explore_bounds *bounds, const struct explore_report *report)
{
	unsigned open = count_untaken(bounds, report, false), excused = count_untaken(bounds, report, true);
	fprintf(file, "rows: %u taken, %u never taken, %u said to be impossible or to show only mutants\n", report->rows_count - open - excused,
		open, excused);
	fprintf(file, "cells: %u never reached\n", count_cells(bounds, report));
	if (!open) return;
	fprintf(file, explore_takes_all(bounds) ? "never taken, and nothing says why:\n" : "never taken within these bounds:\n");
	for (unsigned i = 0; i < report->rows_count; i++) {
		const struct move *move = &bounds->machine->moves[i];
		if (!report->row_taken[i] && !is_excused(move))
			fprintf(file, "  %-34s %-16s %-12s %s\n", move->id, machine_state_name(move->from), machine_event_name(move->event), machine_guard_name(move->guard));
	}
}

static void tell(FILE *file, const struct explore_bounds *bounds, const struct explore_report *report)
{
	fprintf(file, "%s, jobs %u, files %u, retries %u%s\n", machine_dialect_name(bounds->machine->dialect), bounds->jobs, bounds->files,
		bounds->retries, bounds->core ? ", core" : "");
	fprintf(file, "states %llu  transitions %llu  depth %u  states of one job %u\n", (unsigned long long)report->states,
		(unsigned long long)report->transitions, report->depth, report->job_states);
	fprintf(file, "%.1f million states a second, %.1f bytes a state\n", (double)report->states / (report->seconds > 0 ? report->seconds : 1e-9) / 1e6,
		report->bytes_a_state);
	if (!report->complete) fprintf(file, "incomplete: %s was reached\n", report->bound);
	tell_rows(file, bounds, report);
	if (report->stuck) {
		fprintf(file, "%u states of a job from which it cannot end; the way to the first:\n", report->stuck);
		tell_path(file, bounds, report->stuck_path, report->stuck_length);
	} else fputs("every state of a job can still end\n", file);
	if (report->broken) {
		fprintf(file, "broken: %s: %s The shortest way there:\n", report->broken, report->broken_sentence);
		tell_path(file, bounds, report->path, report->path_length);
	} else fputs("every invariant holds in every state\n", file);
}

static void tell_json(FILE *file, const struct explore_bounds *bounds, const struct explore_report *report)
{
	json_t *untaken = json_array();
	for (unsigned i = 0; i < report->rows_count; i++)
		if (!report->row_taken[i] && !is_excused(&bounds->machine->moves[i])) json_array_append_new(untaken, json_string(bounds->machine->moves[i].id));
	json_t *told = json_pack("{s:s,s:i,s:i,s:i,s:b,s:I,s:I,s:i,s:i,s:f,s:f,s:b,s:o,s:i,s:i,s:s}", "dialect",
		machine_dialect_name(bounds->machine->dialect), "jobs", (int)bounds->jobs, "files", (int)bounds->files, "retries", (int)bounds->retries,
		"core", bounds->core, "states", (json_int_t)report->states, "transitions", (json_int_t)report->transitions, "depth", (int)report->depth,
		"job_states", (int)report->job_states, "seconds", report->seconds, "bytes_a_state", report->bytes_a_state, "complete", report->complete,
		"rows_untaken", untaken, "cells_unreached", (int)count_cells(bounds, report), "stuck", (int)report->stuck, "broken",
		report->broken ? report->broken : "");
	json_dumpf(told, file, JSON_COMPACT);
	fputc('\n', file);
	json_decref(told);
}

static int complain(enum status status, const struct failure *failure)
{
	fprintf(stderr, "bgcheck: %s\n", failure->text[0] ? failure->text : "out of memory");
	if (status == STATUS_LIMIT) return EXIT_INCONCLUSIVE;
	return status == STATUS_BAD_INPUT ? EXIT_USAGE : EXIT_HARNESS;
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int explore_tell(struct arena *arena, const struct explore_bounds *given, const char *witness, FILE *file, bool json)
{
	struct explore_bounds timed = *given, *bounds = &timed;
	struct failure failure = { 0 };
	timed.seconds = seconds;
	struct explore_report *report = arena_take(arena, sizeof *report);
	enum status status = report ? explore_run(arena, bounds, report, &failure) : STATUS_NO_MEMORY;
	if (status) return complain(status, &failure);
	if (json) tell_json(file, bounds, report);
	else tell(file, bounds, report);
	int code = verdict(bounds, report);
	if (report->broken && !json && !witness_tell_broken(arena, bounds, witness, file))
		fputs("no scenario of few lines was found that comes there\n", file);
	if (!witness || report->broken) return code;
	int written = witness_write(arena, bounds, witness, json ? stderr : file);
	return written > code ? written : code;
}

int explore_export(struct arena *arena, const struct explore_bounds *bounds, FILE *file)
{
	struct failure failure = { 0 };
	enum status status = explore_promela(arena, bounds, file, &failure);
	return status ? complain(status, &failure) : EXIT_CONFORMS;
}
