/* repro.h -- what a failing run leaves behind, so that somebody else can see it again: OUT/repro/ID.DIALECT/. */
#ifndef BGCHECK_CONFORMANCE_REPRO_H
#define BGCHECK_CONFORMANCE_REPRO_H

#include "conformance/options.h"
#include "conformance/output.h"

#define REPRO_SCHEMA 1

/*
 * Writes for each scenario of the results that failed, was inconclusive, or ended with an error of adapter or harness:
 *   ID.scn             the scenario as it was played
 *   ID.DIALECT.trace   its trace, when it left one
 *   repro.json         schema, id, dialect, verdict, findings[{rule, signature}], bgcheck (version), tables (digest), impl, args[] (of
 *                      `run`), adapter[] (command), environment{os, machine, compiler}
 * into the draft of the output. Returns 0, or -1 with a message on stderr.
 */
int repro_write(const struct output *output, const struct options *options, const json_t *results);

/* A digest of both tables, all rules and codes: two builds with the same one judge alike. 16 hex digits. */
void repro_tables(char digest[17]);

#endif
