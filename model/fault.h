/* fault.h -- the table of causes, for the machines that are made of it. */
#ifndef BGCHECK_MODEL_FAULT_H
#define BGCHECK_MODEL_FAULT_H

#include "model/machine.h"

extern const struct fault fault_table[CAUSE_COUNT];

#endif
