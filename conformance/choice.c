/* choice.c -- readings that are taken: parsed, and made of the reference by the edits of choice.def. */
#include "conformance/choice.h"

#include <stdio.h>
#include <string.h>

static const struct choice CHOICES[] = {
#define CHOICE(id, choice, in_do, in_bits, ...) { id, choice, { in_do, in_bits }, NULL, { __VA_ARGS__ } },
#define REFUSED(id, choice, in_do, in_bits, why) { id, choice, { in_do, in_bits }, why, { { EDIT_NONE, 0, MUTANT_ANY, 0, NULL } } },
#include "conformance/choice.def"
};

static const struct { const char *id, *scenario, *why; } SHOWN_BY[] = {
#define SHOWN(id, scenario) { id, scenario, NULL },
#define UNSEEN(id, why) { id, NULL, why },
#include "conformance/choice.def"
};

const struct choice *choices_all(unsigned *count)
{
	*count = sizeof CHOICES / sizeof CHOICES[0];
	return CHOICES;
}

const char *choices_shown(const char *id, const char **why)
{
	*why = "";
	for (size_t i = 0; i < sizeof SHOWN_BY / sizeof SHOWN_BY[0]; i++) {
		if (strcmp(SHOWN_BY[i].id, id)) continue;
		if (SHOWN_BY[i].why) *why = SHOWN_BY[i].why;
		return SHOWN_BY[i].scenario;
	}
	return NULL;
}

static bool same(const char *text, const char *word, size_t length)
{
	return strlen(text) == length && !memcmp(text, word, length);
}

static const struct choice *find(const char *id, const char *choice, size_t length, enum dialect dialect)
{
	for (size_t i = 0; i < sizeof CHOICES / sizeof CHOICES[0]; i++)
		if (!strcmp(CHOICES[i].id, id) && same(CHOICES[i].choice, choice, length) && CHOICES[i].dialects[dialect]) return &CHOICES[i];
	return NULL;
}

bool choices_may(const struct reading *reading, const char *choice, size_t length, enum dialect dialect)
{
	const struct choice *row = find(reading->id, choice, length, dialect);
	return same(reading->takes[dialect], choice, length) || (row && !row->refused);
}

const char *choices_other(const struct choices *choices, unsigned reading, enum dialect dialect)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	const char *taken = reading < count ? choices->taken[reading] : NULL;
	if (!taken || !strcmp(taken, all[reading].takes[dialect])) return NULL;
	return choices_may(&all[reading], taken, strlen(taken), dialect) ? taken : NULL;
}

const struct machine *choices_machine(struct arena *arena, const struct choices *choices, enum dialect dialect)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	const struct machine *machine = machine_reference(dialect);
	for (unsigned i = 0; machine && i < count; i++) {
		const char *other = choices_other(choices, i, dialect);
		if (other) machine = mutant_edit(arena, machine, find(all[i].id, other, strlen(other), dialect)->edits, CHOICE_EDITS_MAX);
	}
	return machine;
}

/* --- the command line */

static bool in_dialects(int dialect, enum dialect one)
{
	return dialect < 0 || dialect == (int)one;
}

static bool may_any(const struct reading *reading, const char *choice, size_t length, int dialect)
{
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (in_dialects(dialect, (enum dialect)d) && choices_may(reading, choice, length, (enum dialect)d)) return true;
	return false;
}

/* `C-02=until-data or C-02=gone-at-resume`: those of the reading that may be said. */
static void list(const struct reading *reading, int dialect, char *text, size_t size)
{
	size_t used = 0;
	text[0] = '\0';
	for (const char *at = reading->choices; *at && used < size;) {
		size_t length = strcspn(at, " ");
		if (may_any(reading, at, length, dialect))
			used += (size_t)snprintf(text + used, size - used, "%s%s=%.*s", used ? " or " : "", reading->id, (int)length, at);
		at += length + (at[length] == ' ');
	}
}

static const char *why_refused(const struct reading *reading, const char *choice, int dialect)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct choice *row = in_dialects(dialect, (enum dialect)d) ? find(reading->id, choice, strlen(choice), (enum dialect)d) : NULL;
		if (row && row->refused) return row->refused;
	}
	return NULL;
}

static enum status fail(struct failure *failure, const struct reading *reading, const char *text, int dialect)
{
	char choices[200];
	const char *why = why_refused(reading, text + strlen(reading->id) + 1, dialect);
	list(reading, dialect, choices, sizeof choices);
	if (!*choices)
		snprintf(failure->text, sizeof failure->text, "expected a reading that %s has, found %s", machine_dialect_name((enum dialect)dialect), reading->id);
	else
		snprintf(failure->text, sizeof failure->text, "expected %s, found %s%s%s", choices, text, why ? ": " : "", why ? why : "");
	return STATUS_BAD_INPUT;
}

/* The choice as it stands in a table: it outlives the command line. */
static const char *table_text(const struct reading *reading, const char *choice)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct choice *row = find(reading->id, choice, strlen(choice), (enum dialect)d);
		if (!strcmp(reading->takes[d], choice)) return reading->takes[d];
		if (row) return row->choice;
	}
	return NULL;
}

enum status choices_parse(struct choices *choices, const char *text, int dialect, struct failure *failure)
{
	unsigned count;
	const struct reading *all = machine_readings(&count);
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);
	for (unsigned i = 0; i < count; i++) {
		if (!same(all[i].id, text, length)) continue;
		if (!equals || !may_any(&all[i], equals + 1, strlen(equals + 1), dialect)) return fail(failure, &all[i], equals ? text : all[i].id, dialect);
		choices->taken[i] = table_text(&all[i], equals + 1);
		return STATUS_OK;
	}
	snprintf(failure->text, sizeof failure->text, "expected ID=CHOICE with an ID from %s to %s of `bgcheck show readings`, found %s", all[0].id, all[count - 1].id, text);
	return STATUS_BAD_INPUT;
}
