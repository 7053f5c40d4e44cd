/* requirements_test.c -- rule.def and the tables of the model say what conformance/requirements.csv says, and cite its pages. */
#include "conformance/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CSV "conformance/requirements.csv"
#define CSV_MAX (256u << 10)
#define ROWS_MAX 500u

enum column { ID, LEVEL, DIALECTS, AREA, OBSERVABLE, TRIGGER, REQUIREMENT, DO_SOURCE, BITS_SOURCE, NOTES, COLUMNS };

static char text[CSV_MAX];
static const char *rows[ROWS_MAX][COLUMNS];
static unsigned rows_count;

/* One field, unquoted in place; *at then stands behind its comma or line end. */
static char *read_field(char **at)
{
	char *to = *at, *start = to, *from = *at;
	bool quoted = *from == '"';
	if (quoted) from++;
	while (*from && (quoted || (*from != ',' && *from != '\n'))) {
		if (quoted && *from == '"' && *++from != '"') break;
		*to++ = *from++;
	}
	char end = *from;
	*to = '\0';
	*at = from + (end != '\0');
	return start;
}

static int read_csv(void **state)
{
	FILE *file = fopen(CSV, "r");
	(void)state;
	if (!file) return -1;
	size_t length = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	if (!length || length == sizeof text - 1) return -1;
	for (char *at = strchr(text, '\n') + 1; *at && rows_count < ROWS_MAX; rows_count++)
		for (int i = 0; i < COLUMNS; i++) rows[rows_count][i] = read_field(&at);
	return rows_count == ROWS_MAX;
}

static int find_row(const char *id)
{
	for (unsigned i = 0; i < rows_count; i++)
		if (!strcmp(rows[i][ID], id)) return (int)i;
	return -1;
}

static bool has_word(const char *list, const char *word, size_t length)
{
	for (const char *at = list; *at;) {
		size_t n = strcspn(at, " ");
		if (n == length && !memcmp(at, word, n)) return true;
		at += n;
		at += *at == ' ';
	}
	return false;
}

static void the_csv_is_read_whole(void **state)
{
	(void)state;
	assert_int_equal(rows_count, 353);
	assert_string_equal(rows[0][ID], "ERR-LIFE-001");
	assert_string_equal(rows[3][TRIGGER], "job that never failed, each state");
	assert_string_equal(rows[rows_count - 1][ID], "PROGRESS-012");
}

static void every_requirement_is_a_rule_once(void **state)
{
	unsigned count, failures = 0;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned r = 0; r < rows_count; r++) {
		unsigned times = 0;
		for (unsigned i = 0; i < count; i++) times += !strcmp(rules[i].id, rows[r][ID]);
		if (times == 1) continue;
		print_message("%s stands %u times in rule.def\n", rows[r][ID], times);
		failures++;
	}
	assert_int_equal(failures, 0);
}

static void every_rule_says_what_its_requirement_says(void **state)
{
	static const char *const levels[] = { "MUST", "SHOULD", "MAY", "UNSPECIFIED" };
	static const char *const dialects[] = { "do", "bits" };
	unsigned count;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		const struct rule *rule = &rules[i];
		int r = find_row(rule->id);
		if (r < 0) fail_msg("%s is no requirement", rule->id);
		const char *const *row = rows[r];
		if (strcmp(levels[rule->level], row[LEVEL])) fail_msg("%s: level %s, the requirement says %s", rule->id, levels[rule->level], row[LEVEL]);
		for (int d = 0; d < DIALECT_COUNT; d++)
			if (rule->dialects[d] != has_word(row[DIALECTS], dialects[d], strlen(dialects[d]))) fail_msg("%s: dialects are %s", rule->id, row[DIALECTS]);
		if (strcmp(rule->area, row[AREA])) fail_msg("%s: area %s", rule->id, rule->area);
		if (strcmp(rule->trigger, row[TRIGGER])) fail_msg("%s: trigger `%s`, the requirement says `%s`", rule->id, rule->trigger, row[TRIGGER]);
		if (strcmp(rule->sentence, row[REQUIREMENT])) fail_msg("%s: sentence `%s`, the requirement says `%s`", rule->id, rule->sentence, row[REQUIREMENT]);
		if (strcmp(rule->source[DIALECT_DO], row[DO_SOURCE]) || strcmp(rule->source[DIALECT_BITS], row[BITS_SOURCE])) fail_msg("%s: other pages than the requirement", rule->id);
	}
}

static void rules_are_found_by_id(void **state)
{
	unsigned count;
	const struct rule *rules = rules_all(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) assert_int_equal(rules_find(rules[i].id, strlen(rules[i].id)), (int)i);
	assert_int_equal(rules_find("ERR-LIFE-00", 11), -1);
	assert_int_equal(rules_find("", 0), -1);
}

static void readings_that_rules_name_exist(void **state)
{
	unsigned count, readings_count;
	const struct rule *rules = rules_all(&count);
	const struct reading *readings = machine_readings(&readings_count);
	(void)state;
	for (unsigned i = 0; i < count; i++) {
		bool found = rules[i].kind != RULE_KIND_READING;
		for (unsigned k = 0; k < readings_count; k++) found |= !strcmp(readings[k].id, rules[i].why);
		if (!found) fail_msg("%s names the reading %s, which is none", rules[i].id, rules[i].why);
	}
}

static bool is_reading(const char *word, size_t length)
{
	unsigned count;
	const struct reading *readings = machine_readings(&count);
	for (unsigned i = 0; i < count; i++)
		if (strlen(readings[i].id) == length && !memcmp(readings[i].id, word, length)) return true;
	return false;
}

static bool is_page(const char *word, size_t length)
{
	size_t page = 0;
	while (page < length && word[page] != '#') page++;
	for (unsigned r = 0; r < rows_count; r++)
		if (has_word(rows[r][DO_SOURCE], word, page) || has_word(rows[r][BITS_SOURCE], word, page)) return true;
	return false;
}

static bool is_requirement(const char *word, size_t length)
{
	for (unsigned r = 0; r < rows_count; r++)
		if (strlen(rows[r][ID]) == length && !memcmp(rows[r][ID], word, length)) return true;
	return false;
}

/* GetOwner has a row in method.def and no requirement: its page stands in no file of the facts, and is owed one. */
static bool is_owed_page(const char *word, size_t length)
{
	return has_word("nn-bits-ibackgroundcopyjob.md", word, length);
}

/* Every word of a cite is a page of the requirements, a reading, a requirement, or says that there is no page. */
static unsigned check_cite(const char *where, const char *cite)
{
	unsigned failures = 0, words = 0;
	for (const char *at = cite; *at; words++) {
		size_t n = strcspn(at, " ");
		bool known = is_page(at, n) || is_reading(at, n) || is_requirement(at, n) || is_owed_page(at, n) ||
			has_word("inferred state-machine", at, n);
		if (!known) print_message("%s: %.*s is no page of the requirements, no C-NN\n", where, (int)n, at);
		failures += !known;
		at += n;
		at += *at == ' ';
	}
	if (!words) print_message("%s: cites nothing\n", where);
	return failures + !words;
}

static void rows_of_the_machines_cite_known_pages(void **state)
{
	unsigned failures = 0;
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		for (unsigned i = 0; i < machine->moves_count; i++) failures += check_cite(machine->moves[i].id, machine->moves[i].cite);
	}
	assert_int_equal(failures, 0);
}

static void causes_cite_known_pages(void **state)
{
	const struct machine *machine = machine_reference(DIALECT_BITS);
	unsigned failures = 0;
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) failures += check_cite(machine->faults[i].word, machine->faults[i].cite);
	assert_int_equal(failures, 0);
}

static void methods_cite_known_pages(void **state)
{
	unsigned count, failures = 0;
	const struct method *methods = machine_methods(&count);
	(void)state;
	for (unsigned i = 0; i < count; i++) failures += check_cite(methods[i].name, methods[i].cite);
	assert_int_equal(failures, 0);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_csv_is_read_whole),
		cmocka_unit_test(every_requirement_is_a_rule_once),
		cmocka_unit_test(every_rule_says_what_its_requirement_says),
		cmocka_unit_test(rules_are_found_by_id),
		cmocka_unit_test(readings_that_rules_name_exist),
		cmocka_unit_test(rows_of_the_machines_cite_known_pages),
		cmocka_unit_test(causes_cite_known_pages),
		cmocka_unit_test(methods_cite_known_pages),
	};
	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("requirements", tests, read_csv, NULL);
}
