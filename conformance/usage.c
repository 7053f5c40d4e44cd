/* usage.c -- what `bgcheck --help` says. */
#include "conformance/usage.h"

static const char VERBS[] =
	"usage: bgcheck run [OPTIONS] [SELECT...] [-- ADAPTER ARGS...]   play scenarios on an implementation and judge it\n"
	"       bgcheck list [SELECT...]                                 the scenarios: id, dialects, title\n"
	"       bgcheck lint [SELECT...]                                 what is wrong with scenarios although they parse\n"
	"       bgcheck show table|rules|faults|readings|protocol|mutants [--dialect D] [--json] [--tsv]\n"
	"       bgcheck trace FILE [--dialect D] [--json]                a trace, or what the reference does with a scenario\n"
	"       bgcheck judge [--dialect D] [--out DIR] FILE...          traces, or logs of API calls (.csv), that were recorded elsewhere\n"
	"       bgcheck replay OUT/repro/ID.DIALECT [-- ADAPTER ARGS...] a failing run again: the same verdict, or what differs\n"
	"       bgcheck explain OUT [ID|ID/DIALECT|RULE] [--all] [--json] why it failed, from the folder that run --out wrote\n"
	"       bgcheck explore [--files F] [--retries R] [BOUNDS]       every reachable state of --jobs jobs: invariants, rows, cells\n"
	"       bgcheck mutants [--jobs N] [--matrix FILE] [--json] [ID...]  known-bad variants of the reference before the suite\n"
	"       bgcheck export promela [--files F] [--retries R]         the same machine as a model for SPIN\n"
	"       bgcheck xfail update --xfail FILE [ACCEPT] RESULTS.json... the difference between FILE and what runs show\n"
	"       bgcheck fmt [--check] FILE...                            write scenarios in their one form; --check: only name those that differ\n"
	"       bgcheck bless FILE...                                    write the reference's trace below ====\n"
	"       bgcheck adapter check [--json] -- ADAPTER ARGS...        a fixed conversation that tells what is wrong with an adapter\n"
	"       bgcheck serve-reference                                  the reference as an adapter, without a network\n"
	"       bgcheck selftest [WORD...] [--program FILE] [--json]     attacks bgcheck itself: `N attacks, 0 silent`, or exit 1\n"
	"\n";

static const char OPTIONS[] =
	"SELECT is a file, a folder, an id, a glob over ids, rule:GLOB or area:NAME; without one, every scenario.\n"
	"\n"
	"  --impl reference|mutant:ID   what is under test; with `--` it is the adapter's command\n"
	"  --reading ID=CHOICE          the reference takes this reading of a contradiction, and a MUST that decided it accepts it;\n"
	"                               of run and trace, may be repeated (ids and choices: bgcheck show readings)\n"
	"  --dialect do|bits            only this dialect (default: each that a scenario has)\n"
	"  --library DIR                the folder of scenarios (default fixtures/scenario)\n"
	"  --out DIR                    results.json, junit.xml, results.tap, summary.md, coverage.json, table.tsv, trace/\n"
	"  --xfail FILE                 accepted deviations, by name\n"
	"  --accept new,fixed,changed   xfail update: what is written to the file; the rest is only told\n"
	"  --reason TEXT --expires DATE xfail update: of new entries (no default; in a year)\n"
	"  --require rule:GLOB          rules that must have been triggered, else exit 4; may be repeated; an unknown one is exit 8\n"
	"  --oracle on|off|strict       the machine itself as judge (default on): a trace that no state of it agrees with is a failure\n"
	"                               in simulation, and only told of an adapter; strict: a failure there, too\n"
	"  --rules all|none             none: neither rules nor expectations of scenarios judge, only the oracle\n"
	"  --strict                     a missed SHOULD is a failure\n"
	"  --seed N                     (default 1)\n"
	"  --jobs N                     worker processes (default 1; with an adapter 4)\n"
	"  --tolerance MS               host tolerance of real time (default 1500)\n"
	"  --real-limit S               scenarios that certainly wait longer are unsupported in real time (default 30)\n"
	"  --start-timeout S  --step-timeout S  --scenario-timeout S    of the adapter (defaults 60, 30, 180);\n"
	"                               of selftest, --scenario-timeout is the watchdog of an attack\n"
	"  --retries N                  play a scenario again whose adapter broke (default 0); results.json says so\n"
	"  --quiet                      no summary on the terminal\n"
	"  --program FILE               selftest, run --certify: what is run (default: this bgcheck)\n"
	"  --certify                    run: twice, in two different surroundings; a byte that differs is exit 7 and told\n"
	"  --files N --retries N        explore: files of a job, timed retries without progress (default 2, 1); --jobs: jobs\n"
	"  --core                       explore: one cause of each class; no uploads, owners, policies, set periods\n"
	"  --witness DIR                explore: write a shortest scenario for each row, and for each two rows in sequence\n"
	"  --matrix FILE                mutants: what was broken by which mutant in which scenario (TSV)\n"
	"  --threads N                  explore: (default 1)\n"
	"  --bound N --memory MIB       explore: stop after so many states, so much memory (exit 4)\n"
	"\n"
	"exit: 0 conforms  1 failure  2 usage or bad scenario  3 stale expectations  4 inconclusive or vacuous\n"
	"      5 unsupported  6 adapter  7 harness  8 selection empty  128+N interrupted by signal N\n";

void usage_print(FILE *file)
{
	fputs(VERBS, file);
	fputs(OPTIONS, file);
}
