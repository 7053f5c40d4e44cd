/* unit.h -- one scenario, in one dialect, on one implementation: played, judged, and told as JSON. */
#ifndef BGCHECK_CONFORMANCE_UNIT_H
#define BGCHECK_CONFORMANCE_UNIT_H

#include "conformance/choice.h"
#include "conformance/oracle_tell.h"
#include "conformance/recorded.h"
#include "sim/play.h"
#include "sim/scenario.h"

#include <jansson.h>

enum impl_kind { IMPL_REFERENCE, IMPL_MUTANT, IMPL_EXEC, IMPL_RECORDED };

/* What is under test, and how it is run. */
struct unit_options {
	enum impl_kind impl;
	const struct mutant *mutant;   /* IMPL_MUTANT */
	struct choices choices;        /* readings that the reference takes, and that the judge accepts against a MUST */
	char *const *argv;             /* IMPL_EXEC: the adapter's command, NULL terminated */
	enum oracle_mode oracle;       /* whether the machine judges, and what it counts for */
	bool blind;                    /* a record without lines of the origin */
	bool no_rules;                 /* neither rules nor a scenario's expectations judge */
	uint64_t seed;
	int64_t tolerance_ns;          /* IMPL_EXEC */
	int64_t real_limit_ns;         /* IMPL_EXEC: scenarios that certainly wait longer are unsupported */
	unsigned retries;              /* IMPL_EXEC: a scenario whose adapter broke is played again so often; results.json says it */
	struct adapter_session *session;  /* IMPL_EXEC: where the adapter may wait for the next unit; NULL: a process for each */
	int64_t start_timeout_ns, step_timeout_ns, scenario_timeout_ns;
	const char *out_dir;           /* traces go to out_dir/trace, work folders to out_dir/work; NULL: none are written */
};

struct unit {
	const struct scenario *scenario;
	enum dialect dialect;
};

/* Plays and judges. The units of a session are played one after the other. Returns a new reference:
 *   scenario part of results.json without verdicts: id title dialect file end why feature line checks findings trace
 *   restarted (why an adapter that waited was not used); impl{name,version,tier}; triggered{rule: n}; rows, cells, causes, contexts [words]; readings{id: choice};
 *   oracle{largest,hypotheses,readings,inconclusive,diverged}, first_divergence (oracle_tell.h);
 *   transitions{"FROM>TO": n}; harness (text, only when bgcheck itself failed).
 * Never NULL but when memory is used up. */
json_t *unit_run(struct arena *arena, const struct unit_options *options, const struct unit *unit);

/* Judges what was recorded elsewhere, by rules and oracle, without a play: no scenario says what to expect, beyond the checks that
 * the trace holds. options->tolerance_ns applies where the record's time is real. As unit_run() otherwise. */
json_t *unit_judge(struct arena *arena, const struct unit_options *options, const struct recorded *recorded, enum dialect dialect);

/* The machine that the options name, in the arena: the reference with its readings, or the mutant. NULL: the arena is used up. */
const struct machine *unit_machine(struct arena *arena, const struct unit_options *options, enum dialect dialect);

/* A play and its judge, without a word of JSON: for those who only ask what was broken. */
struct unit_trial {
	struct play play;
	struct judge *judge;       /* has judged all of it, unless `harness` says why not */
	const char *harness;       /* bgcheck itself failed: why; else NULL */
	bool diverged;             /* the oracle, which is asked when no rule was broken: no state agrees with what was seen */
	struct divergence first;   /* when diverged */
};
/* Plays the unit on a machine of the simulator, and judges it as unit_run() does. is_reference: the machine is that of the options, by
 * which the oracle goes too, so that it need not play it again. */
void unit_try(struct arena *arena, const struct unit_options *options, const struct unit *unit, const struct machine *machine,
	bool is_reference, struct unit_trial *trial);

/* The text of a play's trace, as it is written to files; in the arena. NULL when the arena is used up. */
char *unit_trace_text(struct arena *arena, const struct trace *trace, size_t *length);

#endif
