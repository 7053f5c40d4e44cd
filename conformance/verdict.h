/* verdict.h -- the verdicts, worst last, and the exit codes of the tool. */
#ifndef BGCHECK_CONFORMANCE_VERDICT_H
#define BGCHECK_CONFORMANCE_VERDICT_H

/* Of a check, a rule, a scenario or a run. A whole takes the worst of its parts. */
enum verdict {
	VERDICT_PASS,
	VERDICT_INFO,           /* MAY or UNSPECIFIED: something worth saying was seen */
	VERDICT_EXPECTED_FAIL,  /* a failure that an .xfail file excuses by name */
	VERDICT_NON_STRICT,     /* a SHOULD was missed */
	VERDICT_VACUOUS,        /* the trigger never happened */
	VERDICT_UNSUPPORTED,    /* the implementation or its world lacks something */
	VERDICT_INCONCLUSIVE,
	VERDICT_FAIL,
	VERDICT_ADAPTER_ERROR,  /* the adapter or the implementation hung, died or broke the protocol */
	VERDICT_HARNESS_ERROR,  /* bgcheck itself failed */
	VERDICT_COUNT
};

/* Exit codes; the only way to 0 is complete evidence. */
enum exit_code {
	EXIT_CONFORMS = 0,
	EXIT_FAILED = 1,       /* an unexpected failure */
	EXIT_USAGE = 2,        /* usage, bad scenario or rules file */
	EXIT_STALE = 3,        /* the expectations are stale */
	EXIT_INCONCLUSIVE = 4, /* inconclusive, or a required rule was vacuous */
	EXIT_UNSUPPORTED = 5,  /* an unsupported feature that was not allowed */
	EXIT_ADAPTER = 6,      /* adapter or implementation could not start, broke the protocol, crashed or hung */
	EXIT_HARNESS = 7,      /* internal check, non-determinism, a report that could not be written */
	EXIT_SELECTION = 8,    /* selection empty or unknown */
};

/* As in results.json: pass, info, expected-fail, non-strict, ... */
const char *verdict_name(enum verdict verdict);
/* -1 when the word is none. */
int verdict_find(const char *word);
enum verdict verdict_worst(enum verdict a, enum verdict b);

#endif
