/* failure.c -- findings, failed expectations, ends and divergences, in one form. */
#include "conformance/failure.h"

#include "conformance/rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct looking {
	void (*tell)(void *context, const struct broken *broken);
	void *context;
	unsigned count;
};

static void tell(struct looking *looking, const char *rule, int index, const char *signature)
{
	const struct broken broken = { rule, index, signature };
	looking->count++;
	looking->tell(looking->context, &broken);
}

static void look_at_findings(struct looking *looking, const struct judge *judge)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	for (unsigned i = 0; i < judge_findings_count(judge); i++) {
		const struct finding *finding = judge_finding(judge, i);
		if (rules[finding->rule].level <= LEVEL_SHOULD) tell(looking, rules[finding->rule].id, (int)finding->rule, finding->signature);
	}
}

unsigned failure_look(const struct unit_trial *trial, void (*told)(void *context, const struct broken *broken), void *context)
{
	static const char *const ends[] = { [PLAY_DONE] = "", [PLAY_STOPPED] = "the play stopped", [PLAY_UNSUPPORTED] = "unsupported",
		[PLAY_BROKEN] = "the implementation failed" };
	struct looking looking = { told, context, 0 };
	if (trial->harness) {
		tell(&looking, "HARNESS", -1, trial->harness);
		return looking.count;
	}
	look_at_findings(&looking, trial->judge);
	for (unsigned i = 0; i < trial->play.checks_count; i++)
		if (!trial->play.checks[i].passed) tell(&looking, "CHECK", -1, trial->play.checks[i].step);
	if (trial->play.end != PLAY_DONE) tell(&looking, "END", -1, ends[trial->play.end]);
	if (trial->diverged) tell(&looking, ORACLE_RULE, -1, trial->first.signature);
	return looking.count;
}

/* Tabs and line ends would be columns and lines of a file; a run of digits is one #. */
static void plain(char *text, const char *signature, size_t size, bool numbers)
{
	size_t used = 0;
	for (const char *at = signature; *at && used < size - 1; at++) {
		bool digit = isdigit((unsigned char)*at) && !numbers;
		if (digit && used && text[used - 1] == '#') continue;
		text[used++] = digit ? '#' : (unsigned char)*at < ' ' ? ' ' : *at;
	}
	text[used] = '\0';
}

void failure_class(enum dialect dialect, const struct broken *broken, char text[FAILURE_SIGNATURE_MAX])
{
	size_t used = (size_t)snprintf(text, FAILURE_SIGNATURE_MAX, "%s\t%s\t", machine_dialect_name(dialect), broken->rule);
	plain(text + used, broken->signature, FAILURE_SIGNATURE_MAX - used, strcmp(broken->rule, "CHECK"));
}
