/* sim.c -- how many lines of trace a second are made and judged: every scenario of the library is played on the reference and
 * judged with all rules and by the oracle, again and again, on one core; and how long 10,000 scenario files take to be read and parsed. Usage:
 * sim LIBRARY ROUNDS. Prints `ratio NAME VALUE target T`; exit 1 when a target is missed. Seconds are those of the processor,
 * so that neighbours do not count. */
#include "conformance/oracle.h"
#include "conformance/rules.h"
#include "conformance/select.h"
#include "sim/play.h"
#include "sim/world.h"

#include <stdlib.h>
#include <time.h>

#define LIBRARY_BYTES ((size_t)256 << 20)
#define UNIT_BYTES ((size_t)512 << 20)
#define LINES_TARGET 1000000.0
#define PARSE_FILES 10000
#define PARSE_S_TARGET 2.0

struct bench {
	struct arena arena;       /* of one unit */
	unsigned long lines;
	double all_s;             /* of the processor */
	double play_s, judge_s;   /* how the time goes by */
};

static double clock_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double processor_s(void)
{
	return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

/* For the shares: a clock that is read without a call of the kernel, so that reading it costs next to nothing. */
static double passing_s(void)
{
	return clock_s(CLOCK_MONOTONIC);
}

/* Rules and oracle see the trace together. */
static bool judge(struct bench *bench, enum dialect dialect, const struct scenario *scenario, const struct trace *trace)
{
	struct judge *judge = judge_new(&bench->arena, dialect, 0);
	const struct oracle_options how = { .dialect = dialect, .scenario = scenario, .seed = 1, .is_reference = true, .judge = judge };
	struct oracle_result result;
	if (!judge || oracle_judge(&bench->arena, &how, trace, &result)) return false;
	return !result.diverged && judge_has_seen(judge) && !judge_end(judge) && judge_findings_count(judge) == 0;
}

static bool run_unit(struct bench *bench, const struct scenario *scenario, enum dialect dialect)
{
	struct play_options options = { .dialect = dialect, .seed = 1 };
	struct play play = { 0 };
	struct failure failure = { 0 };
	double start_s = passing_s(), played_s;
	arena_reset(&bench->arena);
	struct target *target = world_new(&bench->arena, machine_reference(dialect), 1);
	if (!target || play_scenario(&bench->arena, scenario, target, &options, &play, &failure)) return false;
	played_s = passing_s();
	if (!judge(bench, dialect, scenario, &play.trace)) return false;
	bench->lines += play.trace.count;
	bench->play_s += played_s - start_s;
	bench->judge_s += passing_s() - played_s;
	return true;
}

static bool run_all(struct bench *bench, const struct selection *selection)
{
	double start_s = processor_s();
	for (unsigned i = 0; i < selection->count; i++)
		for (int d = 0; d < DIALECT_COUNT; d++)
			if (selection->scenarios[i]->dialects[d] && !run_unit(bench, selection->scenarios[i], (enum dialect)d)) return false;
	bench->all_s += processor_s() - start_s;
	return true;
}

/* The whole library, again and again, until so many files were parsed; the last one stays. Negative: one does not parse. */
static double parse_s(struct arena *arena, const char *library, struct selection *selection)
{
	double start_s = processor_s();
	for (unsigned files = 0; files < PARSE_FILES; files += selection->count) {
		arena_reset(arena);
		if (select_scenarios(arena, library, NULL, 0, selection, stderr)) return -1;
	}
	return processor_s() - start_s;
}

static bool tell_parsing(double seconds)
{
	bool met = seconds <= PARSE_S_TARGET;
	printf("ratio parse-%d-scenarios-seconds %.2f target %.0f (at most)%s\n", PARSE_FILES, seconds, PARSE_S_TARGET, met ? "" : " MISSED");
	return met;
}

static bool tell_lines(const struct bench *bench)
{
	double lines = (double)bench->lines, rate = lines / bench->all_s;
	printf("  %lu lines: a line is played in %.0f ns, judged by rules and oracle in %.0f\n", bench->lines, 1e9 * bench->play_s / lines,
		1e9 * bench->judge_s / lines);
	printf("ratio sim-judged-lines-a-second %.0f target %.0f%s\n", rate, LINES_TARGET, rate >= LINES_TARGET ? "" : " MISSED");
	return rate >= LINES_TARGET;
}

int main(int argc, char **argv)
{
	struct arena library;
	struct bench bench = { 0 };
	struct selection selection = { 0 };
	if (argc != 3) {
		fprintf(stderr, "usage: %s LIBRARY ROUNDS\n", argv[0]);
		return 2;
	}
	if (arena_init(&library, LIBRARY_BYTES) || arena_init(&bench.arena, UNIT_BYTES)) return 7;
	double parsed_s = parse_s(&library, argv[1], &selection);
	if (parsed_s < 0) return 2;
	for (long round = strtol(argv[2], NULL, 10); round > 0; round--) {
		if (run_all(&bench, &selection)) continue;
		fprintf(stderr, "%s: a scenario could not be played or judged\n", argv[0]);
		return 7;
	}
	bool parsed = tell_parsing(parsed_s), judged = tell_lines(&bench);
	return parsed && judged ? 0 : 1;
}
