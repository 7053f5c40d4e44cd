/* show.h -- prints the tables: machine, rules, faults, readings, protocol, mutants. */
#ifndef BGCHECK_CONFORMANCE_SHOW_H
#define BGCHECK_CONFORMANCE_SHOW_H

#include "conformance/select.h"

#include <stdbool.h>
#include <stdio.h>

/* dialect: -1 for both. TSV with a head line; what reports draw. */
void show_table_tsv(FILE *file, int dialect);
void show_table(FILE *file, int dialect);
void show_rules(FILE *file, int dialect, bool json);
/* The words of fault_word.def with what each brings, and how many scenarios of the library use it. */
void show_faults(FILE *file, int dialect, bool json, const struct selection *library);
/* The causes alone. */
void show_causes(FILE *file);
/* How a cause comes about that no word brings; NULL: one does. */
const char *show_fault_unworded(enum cause cause);
void show_readings(FILE *file, bool json);
void show_protocol(FILE *file);
void show_mutants(FILE *file);

#endif
