/* trace_test.c -- a trace line survives printing and parsing, and a bad one is refused at its column. */
#include "model/trace.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define FUZZ_ROUNDS 20000

static struct trace_line parsed(const char *text)
{
	struct trace_line line;
	struct failure failure = {0};
	bool present = false;
	enum status status = trace_parse(text, strlen(text), &line, &present, &failure);

	if (status != STATUS_OK) fail_msg("%s\ncolumn %u: %s", text, failure.col, failure.text);
	assert_true(present);
	return line;
}

static void assert_same(const struct trace_line *a, const struct trace_line *b)
{
	assert_true(a->at_ns == b->at_ns);
	assert_int_equal(a->actor, b->actor);
	assert_string_equal(a->object, b->object);
	assert_string_equal(a->event, b->event);
	assert_int_equal(a->from, b->from);
	assert_int_equal(a->to, b->to);
	assert_string_equal(a->row, b->row);
	assert_int_equal(a->scenario_line, b->scenario_line);
	assert_int_equal(a->fields_count, b->fields_count);
	assert_int_equal(a->text_length, b->text_length);
	for (unsigned i = 0; i < a->fields_count; i++) {
		assert_string_equal(a->fields[i].key, b->fields[i].key);
		assert_string_equal(a->text + a->fields[i].at, b->text + b->fields[i].at);
	}
}

/* Prints, parses and compares. */
static void assert_round_trip(const struct trace_line *line)
{
	char text[TRACE_LINE_MAX];
	size_t length = trace_print(line, text, sizeof text);
	struct trace_line again;

	assert_true(length < sizeof text);
	assert_int_equal(strlen(text), length);
	assert_int_equal(text[length - 1], '\n');
	text[length - 1] = '\0';
	assert_null(strchr(text, '\n'));
	again = parsed(text);
	assert_same(line, &again);
}

/* The lines that stand in the header, byte by byte, and every form of a tail. */
static void canonical_lines_print_as_they_were_read(void **state)
{
	static const char *const lines[] = {
		"0.000000000 client j1       job.resume       hr=S_OK @12",
		"0.000000000 impl   j1       RESUME           SUSPENDED > QUEUED [resume] effects=enqueue @12",
		"0.130000000 origin /f1      request          method=GET host=origin range=0- n=2",
		"0.290000000 client j1       probe            state=TRANSFERRING hr=ERROR_INFORMATION_UNAVAILABLE after=TRANSFERRING",
		"1.500000000 player -        end",
		"1.500000000 world  -        net              @7",
		"1.500000000 impl   j1       created          - > SUSPENDED",
		"1.500000000 impl   j1       gone             CANCELLED > - [forget]",
		"1.500000000 impl   j1       data             [data_more]",
		"12345.678901234 cb     a-long-object-name job_error        x=\"\" y=\"a b\" z=\"\\\"\\\\\\n\" @4294967295",
		"9223372036.854775807 cb     j1       job_error        state=ERROR=",
		"-0.000000001 cb     j1       job_error        return=S_OK",
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		char text[TRACE_LINE_MAX];
		struct trace_line line = parsed(lines[i]);
		size_t length = trace_print(&line, text, sizeof text);
		text[length - 1] = '\0';
		assert_string_equal(text, lines[i]);
		assert_round_trip(&line);
	}
}

static void blanks_are_free(void **state)
{
	struct trace_line a = parsed("  1.5\tclient   j1 job.set a=1   b=\"x y\"  @3  \r");
	struct trace_line b = parsed("1.500000000 client j1 job.set a=1 b=\"x y\" @3");

	(void)state;
	assert_same(&a, &b);
	assert_true(a.at_ns == 1500000000);
	assert_string_equal(trace_get(&a, "b"), "x y");
	assert_int_equal(a.scenario_line, 3);
}

static void blank_and_comment_lines_are_no_lines(void **state)
{
	static const char *const lines[] = { "", "   ", "\t", "\r", "# 0.0 client j1 x", "   # more" };
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct trace_line line;
		struct failure failure = {0};
		bool present = true;
		assert_int_equal(trace_parse(lines[i], strlen(lines[i]), &line, &present, &failure), STATUS_OK);
		assert_false(present);
	}
}

static void every_state_and_actor_survives(void **state)
{
	(void)state;
	for (int actor = 0; actor < ACTOR_COUNT; actor++) {
		for (int from = STATE_NONE; from < STATE_COUNT; from++) {
			for (int to = STATE_NONE; to < STATE_COUNT; to++) {
				struct trace_line line;
				trace_line_init(&line, 1000 * from + to, (enum actor)actor, "j1", "e");
				line.from = (enum state)from;
				line.to = (enum state)to;
				assert_round_trip(&line);
			}
		}
	}
}

static void every_value_survives(void **state)
{
	static const char *const values[] = { "", " ", "a", "a b", "\"", "\\", "\n", "\\n", "a=b", "=", "[x]", "@3", ">",
		"#", "\"quoted\"", "tab\there", "C:\\dir\\f1", "gr\xC3\xBC\xC3\x9F", "end\\", "-" };
	struct trace_line line;

	(void)state;
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "job.add_file");
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) trace_add(&line, "key", values[i]);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		assert_string_equal(line.text + line.fields[i].at, values[i]);
	}
	assert_round_trip(&line);
}

/* An adapter may answer with anything; the trace stays text. */
static void control_bytes_become_question_marks(void **state)
{
	struct trace_line line;

	(void)state;
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "error.description");
	trace_add(&line, "text", "a\x1b[31mb\rc\x7f\x01");
	assert_string_equal(trace_get(&line, "text"), "a?[31mb?c??");
	assert_round_trip(&line);
}

static void words_are_made_safe_and_cut(void **state)
{
	char longer[3 * TRACE_WORD_MAX];
	struct trace_line line;

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	trace_line_init(&line, 0, ACTOR_ORIGIN, "/a b\"c", longer);
	assert_string_equal(line.object, "/a_b_c");
	assert_int_equal(strlen(line.event), TRACE_WORD_MAX - 1);
	assert_round_trip(&line);
	trace_line_init(&line, 0, ACTOR_ORIGIN, "", "");
	trace_add(&line, "", "1");
	trace_add(&line, "a=b c@", "2");
	trace_add(&line, longer, "3");
	assert_string_equal(line.object, "-");
	assert_string_equal(line.fields[0].key, "-");
	assert_string_equal(line.fields[1].key, "a_b_c_");
	assert_int_equal(strlen(line.fields[2].key), sizeof line.fields[2].key - 1);
	assert_round_trip(&line);
}

static void overlong_value_is_cut_and_says_so(void **state)
{
	char longer[2 * TRACE_TEXT_MAX];
	struct trace_line line;

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "e");
	trace_add(&line, "first", "1");
	trace_add(&line, "text", longer);
	trace_add(&line, "last", "2");
	assert_int_equal(line.fields_count, 2);
	assert_int_equal(line.text_length, TRACE_TEXT_MAX);
	assert_string_equal(line.text + TRACE_TEXT_MAX - 5, "x...");
	assert_round_trip(&line);
}

/* The largest value that is not cut, and one byte more. */
static void value_is_cut_only_when_it_must_be(void **state)
{
	char value[TRACE_TEXT_MAX + 1];
	struct trace_line line;

	(void)state;
	memset(value, 'x', sizeof value);
	value[TRACE_TEXT_MAX - 1] = '\0';
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "e");
	trace_add(&line, "text", value);
	assert_string_equal(trace_get(&line, "text"), value);
	value[TRACE_TEXT_MAX - 1] = 'x';
	value[TRACE_TEXT_MAX] = '\0';
	trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "e");
	trace_add(&line, "text", value);
	assert_string_not_equal(trace_get(&line, "text"), value);
	assert_int_equal(strlen(trace_get(&line, "text")), TRACE_TEXT_MAX - 1);
}

/* Escapes double a value when it is printed; the line still fits. */
static void fullest_line_fits(void **state)
{
	char quotes[2 * TRACE_TEXT_MAX], word[TRACE_WORD_MAX], text[TRACE_LINE_MAX];
	struct trace_line line;

	(void)state;
	memset(quotes, '"', sizeof quotes);
	quotes[sizeof quotes - 1] = '\0';
	memset(word, 'w', sizeof word);
	word[sizeof word - 1] = '\0';
	trace_line_init(&line, INT64_MIN, ACTOR_CLIENT, word, word);
	line.from = line.to = STATE_TRANSIENT_ERROR;
	strcpy(line.row, word);
	line.scenario_line = UINT32_MAX;
	for (int i = 0; i < TRACE_FIELDS_MAX - 1; i++) trace_add(&line, word, " ");
	trace_add(&line, word, quotes);
	trace_add(&line, "more", "is dropped");
	assert_int_equal(line.fields_count, TRACE_FIELDS_MAX);
	assert_null(trace_get(&line, "more"));
	assert_in_range(trace_print(&line, text, sizeof text), TRACE_LINE_MAX - 32, TRACE_LINE_MAX - 1);
	line.at_ns++; /* INT64_MIN itself has no opposite, and is not read */
	assert_round_trip(&line);
}

static void cut_does_not_halve_a_character(void **state)
{
	char value[TRACE_TEXT_MAX + 10] = "";
	struct trace_line line;

	(void)state;
	for (int lead = 0; lead < 3; lead++) {
		size_t n = 0;
		while (n < (size_t)lead) value[n++] = 'a';
		while (n < TRACE_TEXT_MAX + 4) {
			memcpy(value + n, "\xE2\x82\xAC", 3);
			n += 3;
		}
		value[n] = '\0';
		trace_line_init(&line, 0, ACTOR_CLIENT, "j1", "e");
		trace_add(&line, "text", value);
		n = strlen(trace_get(&line, "text")) - 3;
		assert_int_equal((n - (size_t)lead) % 3, 0);
		assert_string_equal(trace_get(&line, "text") + n, "...");
	}
}

static void numbers_are_read_whole_or_not(void **state)
{
	static const struct { const char *text; int64_t value; } rows[] = {
		{ "0", 0 }, { "12", 12 }, { "-7", -7 }, { "0x8020000F", 0x8020000F }, { "0xabc", 0xabc },
		{ "9223372036854775807", INT64_MAX }, { "9223372036854775808", 99 }, { "", 99 }, { "-", 99 }, { "0x", 99 },
		{ "12s", 99 }, { " 1", 99 }, { "+1", 99 }, { "0xG", 99 }, { "1.5", 99 }, { "0xFFFFFFFFFFFFFFFF", 99 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct trace_line line;
		trace_line_init(&line, 0, ACTOR_CLIENT, "-", "e");
		trace_add(&line, "n", rows[i].text);
		if (trace_get_int(&line, "n", 99) != rows[i].value) fail_msg("%s", rows[i].text);
		assert_true(trace_get_int(&line, "other", 98) == 98);
	}
}

static void adders_write_numbers_as_documented(void **state)
{
	struct trace_line line;

	(void)state;
	trace_line_init(&line, 0, ACTOR_CLIENT, "-", "e");
	trace_add_int(&line, "int", INT64_MIN);
	trace_add_hex(&line, "hex", 0x8020000Fu);
	trace_add_hex(&line, "small", 0x1u);
	assert_string_equal(trace_get(&line, "int"), "-9223372036854775808");
	assert_string_equal(trace_get(&line, "hex"), "0x8020000F");
	assert_string_equal(trace_get(&line, "small"), "0x00000001");
}

static const struct bad {
	const char *text;
	unsigned col;
	const char *says;
} bad_lines[] = {
	{ "x", 1, "expected a time such as 0.000000000, found x" },
	{ "  1,5 client j1 e", 3, "expected a time such as 0.000000000, found 1,5" },
	{ "1. client j1 e", 1, "found 1." },
	{ ".5 client j1 e", 1, "found .5" },
	{ "- client j1 e", 1, "found -" },
	{ "0.0000000001 client j1 e", 1, "a time" },
	{ "9223372036.854775808 client j1 e", 1, "a time" },
	{ "99999999999999999999 client j1 e", 1, "a time" },
	{ "0.0", 4, "expected client, cb, impl, origin, world or player, found the end of the line" },
	{ "0.0 clients j1 e", 5, "found clients" },
	{ "0.0 client", 11, "expected an object or -, found the end of the line" },
	{ "0.0 client j1", 14, "expected an event, found the end of the line" },
	{ "0.0 client j\x01 e", 13, "expected a byte of a word, found ?" },
	{ "0.0 client j\"1 e", 13, "expected a byte of a word, found \"" },
	{ "0.0 client 123456789012345678901234567890123456789012345678 e", 12, "at most 47 bytes" },
	{ "0.0 client j1 123456789012345678901234567890123456789012345678", 15, "at most 47 bytes" },
	{ "0.0 impl j1 e FOO > QUEUED", 15, "expected FROM > TO, [row], key=value or @line, found FOO" },
	{ "0.0 impl j1 e QUEUED < ERROR", 22, "expected >, found <" },
	{ "0.0 impl j1 e QUEUED", 21, "expected >, found the end of the line" },
	{ "0.0 impl j1 e QUEUED > FOO", 24, "expected a state or -, found FOO" },
	{ "0.0 impl j1 e QUEUED >", 23, "expected a state or -, found the end of the line" },
	{ "0.0 impl j1 e - > -", 19, "expected a state, found -" },
	{ "0.0 impl j1 e [row", 15, "expected [row], found [row" },
	{ "0.0 impl j1 e []", 15, "expected [row], found []" },
	{ "0.0 impl j1 e [123456789012345678901234567890123456789012345678]", 16, "at most 47 bytes" },
	{ "0.0 impl j1 e [a] QUEUED > ERROR", 19, "expected key=value or @line, found QUEUED" },
	{ "0.0 impl j1 e a=1 [a]", 19, "expected key=value or @line, found [a]" },
	{ "0.0 impl j1 e a=1 b", 19, "found b" },
	{ "0.0 impl j1 e =1", 15, "expected a key of 1 to 23 bytes, found =1" },
	{ "0.0 impl j1 e a+b=1", 16, "expected a byte of a key, found +" },
	{ "0.0 impl j1 e a23456789012345678901234=1", 15, "expected a key of 1 to 23 bytes" },
	{ "0.0 impl j1 e a=", 17, "expected a value, \"\" when empty, found the end of the line" },
	{ "0.0 impl j1 e a= b=1", 17, "expected a value" },
	{ "0.0 impl j1 e a=x\"y", 18, "expected a value in quotes, found \"" },
	{ "0.0 impl j1 e a=x\\y", 18, "expected a value in quotes, found \\" },
	{ "0.0 impl j1 e a=\"x", 19, "expected a closing quote, found the end of the line" },
	{ "0.0 impl j1 e a=\"x\\", 19, "found \\" },
	{ "0.0 impl j1 e a=\"x\\t\"", 19, "expected \\\", \\\\ or \\n, found \\t" },
	{ "0.0 impl j1 e a=\"x\"y", 20, "expected a blank behind the closing quote, found y" },
	{ "0.0 impl j1 e a=\"x\x1b\"", 19, "expected a byte of a text, found ?" },
	{ "0.0 impl j1 e a=1 @", 19, "expected @line, a number from 1, found @" },
	{ "0.0 impl j1 e @0", 15, "found @0" },
	{ "0.0 impl j1 e @4294967296", 15, "found @4294967296" },
	{ "0.0 impl j1 e @1 a=1", 18, "expected the end of the line, found a=1" },
	{ "0.0 impl j1 e a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 a=1 b=1 c=1",
		111, "expected at most 24 fields, found c=1" },
};

static void bad_lines_are_refused_at_their_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
		const struct bad *bad = &bad_lines[i];
		struct trace_line line;
		struct failure failure = {0};
		bool present;
		enum status status = trace_parse(bad->text, strlen(bad->text), &line, &present, &failure);
		if (status != STATUS_BAD_INPUT || failure.col != bad->col || !strstr(failure.text, bad->says)) {
			fail_msg("%s\nstatus %d, column %u: %s", bad->text, status, failure.col, failure.text);
		}
	}
}

static void overlong_values_are_refused_at_their_column(void **state)
{
	char text[3 * TRACE_TEXT_MAX] = "0.0 client j1 e ok=1 a=";
	size_t at = strlen(text);
	struct trace_line line;
	struct failure failure = {0};
	bool present;

	(void)state;
	memset(text + at, 'x', TRACE_TEXT_MAX - 3); /* with its NUL, and `1` with its own: exactly the maximum */
	assert_int_equal(trace_parse(text, strlen(text), &line, &present, &failure), STATUS_OK);
	assert_int_equal(line.text_length, TRACE_TEXT_MAX);
	assert_round_trip(&line);
	text[at + TRACE_TEXT_MAX - 3] = 'x';
	assert_int_equal(trace_parse(text, strlen(text), &line, &present, &failure), STATUS_BAD_INPUT);
	assert_int_equal(failure.col, at + 1);
	memset(text + at, 'x', 2 * TRACE_TEXT_MAX);
	assert_int_equal(trace_parse(text, strlen(text), &line, &present, &failure), STATUS_BAD_INPUT);
	assert_int_equal(failure.col, at + 1);
	text[at] = '"';
	text[at + 2 * TRACE_TEXT_MAX] = '"';
	assert_int_equal(trace_parse(text, strlen(text), &line, &present, &failure), STATUS_BAD_INPUT);
	assert_int_equal(failure.col, at + 1);
}

/* A NUL is a byte like others, and no end. */
static void nul_in_a_line_is_refused(void **state)
{
	static const char text[] = "0.0 client j1 e a=x\0y";
	struct trace_line line;
	struct failure failure = {0};
	bool present;

	(void)state;
	assert_int_equal(trace_parse(text, sizeof text - 1, &line, &present, &failure), STATUS_BAD_INPUT);
	assert_int_equal(failure.col, 20);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t mutate(char *text, size_t length, size_t size, uint64_t *seed)
{
	static const char bytes[] = "\"\\ =[]@>#\n\t\r.-0aZ\x01\x7f\x80\xff";

	for (uint64_t n = next_random(seed) % 4 + 1; n > 0 && length > 0; n--) {
		size_t at = next_random(seed) % length;
		char byte = bytes[next_random(seed) % sizeof bytes];
		switch (next_random(seed) % 4) {
		case 0: text[at] = byte; break;
		case 1: text[at] = (char)(next_random(seed) & 0xff); break;
		case 2: memmove(text + at, text + at + 1, length - at - 1), length--; break;
		default:
			if (length + 1 == size) break;
			memmove(text + at + 1, text + at, length - at);
			text[at] = byte;
			length++;
		}
	}
	return length;
}

/* What is accepted can be printed and read again as the same; what is refused names a column of the line. */
static void mutated_lines_are_refused_or_survive(void **state)
{
	static const char *const seeds[] = {
		"0.130000000 origin /f1      request          method=GET host=origin range=0- n=2 @3",
		"0.000000000 impl   j1       RESUME           SUSPENDED > QUEUED [resume] effects=enqueue @12",
		"0.5 player - check passed=0 step=\"do job.resume j1\" expected=\"\" found=\"a \\\"b\\\" \\\\ \\n\" @4",
	};
	uint64_t seed = 0x9E3779B97F4A7C15u;
	unsigned accepted = 0;

	(void)state;
	for (int round = 0; round < FUZZ_ROUNDS; round++) {
		const char *from = seeds[round % 3];
		char text[512];
		struct trace_line line;
		struct failure failure = {0};
		bool present = false;
		size_t length = strlen(from);
		memcpy(text, from, length);
		length = mutate(text, length, sizeof text, &seed);
		if (trace_parse(text, length, &line, &present, &failure) != STATUS_OK) {
			assert_in_range(failure.col, 1, length + 1);
			assert_non_null(strstr(failure.text, "expected "));
			continue;
		}
		if (!present) continue;
		accepted++;
		assert_round_trip(&line);
	}
	assert_in_range(accepted, FUZZ_ROUNDS / 100, FUZZ_ROUNDS - FUZZ_ROUNDS / 100);
}

static void actors_have_names(void **state)
{
	(void)state;
	assert_string_equal(trace_actor_name(ACTOR_CB), "cb");
	assert_string_equal(trace_actor_name(ACTOR_PLAYER), "player");
	assert_null(trace_actor_name(ACTOR_COUNT));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_lines_print_as_they_were_read),
		cmocka_unit_test(blanks_are_free),
		cmocka_unit_test(blank_and_comment_lines_are_no_lines),
		cmocka_unit_test(every_state_and_actor_survives),
		cmocka_unit_test(every_value_survives),
		cmocka_unit_test(control_bytes_become_question_marks),
		cmocka_unit_test(words_are_made_safe_and_cut),
		cmocka_unit_test(overlong_value_is_cut_and_says_so),
		cmocka_unit_test(value_is_cut_only_when_it_must_be),
		cmocka_unit_test(fullest_line_fits),
		cmocka_unit_test(cut_does_not_halve_a_character),
		cmocka_unit_test(numbers_are_read_whole_or_not),
		cmocka_unit_test(adders_write_numbers_as_documented),
		cmocka_unit_test(bad_lines_are_refused_at_their_column),
		cmocka_unit_test(overlong_values_are_refused_at_their_column),
		cmocka_unit_test(nul_in_a_line_is_refused),
		cmocka_unit_test(mutated_lines_are_refused_or_survive),
		cmocka_unit_test(actors_have_names),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
