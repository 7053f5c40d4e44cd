/* verdict.c -- names and order of the verdicts. */
#include "conformance/verdict.h"

#include <stddef.h>
#include <string.h>

static const char *const NAMES[VERDICT_COUNT] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_INFO] = "info",
	[VERDICT_EXPECTED_FAIL] = "expected-fail",
	[VERDICT_NON_STRICT] = "non-strict",
	[VERDICT_VACUOUS] = "vacuous",
	[VERDICT_UNSUPPORTED] = "unsupported",
	[VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_FAIL] = "fail",
	[VERDICT_ADAPTER_ERROR] = "adapter-error",
	[VERDICT_HARNESS_ERROR] = "harness-error",
};

const char *verdict_name(enum verdict verdict)
{
	return NAMES[verdict];
}

int verdict_find(const char *word)
{
	for (int i = 0; i < VERDICT_COUNT; i++)
		if (!strcmp(NAMES[i], word)) return i;
	return -1;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}
