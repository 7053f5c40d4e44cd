/* show.h -- prints the tables: machine, rules, faults, readings, protocol, mutants. */
#ifndef BGCHECK_CONFORMANCE_SHOW_H
#define BGCHECK_CONFORMANCE_SHOW_H

#include <stdbool.h>
#include <stdio.h>

/* dialect: -1 for both. TSV with a head line; what reports draw. */
void show_table_tsv(FILE *file, int dialect);
void show_table(FILE *file, int dialect);
void show_rules(FILE *file, int dialect, bool json);
void show_faults(FILE *file, int dialect, bool json);
void show_readings(FILE *file, bool json);
void show_protocol(FILE *file);
void show_mutants(FILE *file);

#endif
