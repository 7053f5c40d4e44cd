/* com_json_test.c -- the JSON of the COM adapter: what it accepts, what it refuses, what it writes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The adapter is a program of its own, for another system: its parser is compiled into this test. */
#include "conformance/kit/com/json.c"

/* The line lies in memory of its own size, so that the sanitizer sees a read beyond it. */
struct parsed {
	char *line;
	struct json_tree tree;
	const struct json *root;
};

static void parse(struct parsed *parsed, const char *text, size_t length)
{
	parsed->line = malloc(length + 1);
	assert_non_null(parsed->line);
	memcpy(parsed->line, text, length);
	parsed->line[length] = 0;
	parsed->root = json_parse(parsed->line, length, &parsed->tree);
}

static bool is_accepted(const char *text, size_t length)
{
	struct parsed parsed;
	bool accepted;
	parse(&parsed, text, length);
	accepted = parsed.root != NULL;
	assert_int_equal(accepted, parsed.tree.why == NULL);
	assert_true(parsed.tree.at <= length);
	free(parsed.line);
	return accepted;
}

static void command_is_read(void **state)
{
	static const char text[] = " {\"id\" : 17, \"cmd\":\"job.resume\",\"a\":{\"job\":\"j1\",\"out\":null,\"list\":[1,true,false]}}\r";
	struct parsed parsed;
	const struct json *args, *list;
	(void)state;
	parse(&parsed, text, sizeof text - 1);
	assert_non_null(parsed.root);
	assert_int_equal(json_find(parsed.root, "id")->number, 17);
	assert_string_equal(json_find(parsed.root, "cmd")->text, "job.resume");
	args = json_find(parsed.root, "a");
	assert_string_equal(json_find(args, "job")->text, "j1");
	assert_int_equal(json_find(args, "out")->kind, JSON_NULL);
	list = json_find(args, "list");
	assert_int_equal(list->child->number, 1);
	assert_int_equal(list->child->next->kind, JSON_TRUE);
	assert_int_equal(list->child->next->next->kind, JSON_FALSE);
	assert_null(list->child->next->next->next);
	assert_null(json_find(args, "missing"));
	assert_null(json_find(list, "job"));
	assert_null(json_find(NULL, "job"));
	free(parsed.line);
}

static void numbers_wrap_at_64_bits_and_no_further(void **state)
{
	static const struct { const char *text; int64_t number; } rows[] = {
		{"0", 0}, {"-0", 0}, {"-1", -1}, {"2147942405", 2147942405}, {"9223372036854775807", INT64_MAX},
		{"18446744073709551615", -1}, {"-9223372036854775808", INT64_MIN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct parsed parsed;
		parse(&parsed, rows[i].text, strlen(rows[i].text));
		if (!parsed.root || parsed.root->kind != JSON_NUMBER || parsed.root->number != rows[i].number)
			fail_msg("%s", rows[i].text);
		free(parsed.line);
	}
}

static void texts_are_decoded(void **state)
{
	static const struct { const char *text, *decoded; } rows[] = {
		{"\"\"", ""},
		{"\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz"},
		{"\"\\u0041\\u00e9\\u20AC\"", "A\xC3\xA9\xE2\x82\xAC"},
		{"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
		{"\"\xC3\xA9 \xF4\x8F\xBF\xBF\"", "\xC3\xA9 \xF4\x8F\xBF\xBF"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct parsed parsed;
		parse(&parsed, rows[i].text, strlen(rows[i].text));
		assert_non_null(parsed.root);
		assert_string_equal(parsed.root->text, rows[i].decoded);
		free(parsed.line);
	}
}

static void bad_lines_are_refused(void **state)
{
	static const char *const rows[] = {
		"", " ", "{", "}", "[", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\":1}x", "nul", "True", "-", "+1",
		"01", "-01", "1.5", "1e3", "18446744073709551616", "-9223372036854775809", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u0000\"",
		"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\", "\"a\nb\"", "\"\xFF\"", "\"\xC0\x80\"", "\"\xE2\x82\"",
		"\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\xE0\x80\x80\"", "\"\xF0\x80\x80\x80\"", "{\"a\":1,\"a\":2}", "\xEF\xBB\xBF{}",
		"[[[[[[[[[]]]]]]]]]",
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (is_accepted(rows[i], strlen(rows[i])))
			fail_msg("%s", rows[i]);
	assert_false(is_accepted("\"a\0b\"", 5));
	assert_false(is_accepted("{}\0", 3));
	assert_false(is_accepted("1\0", 2));
}

static void too_many_values_are_refused(void **state)
{
	char text[2 * JSON_NODES_MAX + 8] = "[";
	(void)state;
	for (unsigned i = 0; i < JSON_NODES_MAX - 1; i++)
		strcat(text, i ? ",1" : "1");
	strcat(text, "]");
	assert_true(is_accepted(text, strlen(text)));
	strcpy(text + strlen(text) - 1, ",1]");
	assert_false(is_accepted(text, strlen(text)));
}

/* Every prefix of a line, and every line with one byte changed, is answered; none is read beyond its end. */
static void damaged_lines_are_survived(void **state)
{
	static const char text[] = "{\"id\":1,\"cmd\":\"\\u00e9\\ud83d\\ude00\xC3\xA9\",\"a\":[null,true,-5,{\"k\":\"v\"}]}";
	char damaged[sizeof text];
	(void)state;
	assert_true(is_accepted(text, sizeof text - 1));
	for (size_t length = 0; length < sizeof text - 1; length++)
		assert_false(is_accepted(text, length));
	for (size_t at = 0; at < sizeof text - 1; at++)
		for (int byte = 0; byte < 256; byte++) {
			memcpy(damaged, text, sizeof text);
			damaged[at] = (char)byte;
			is_accepted(damaged, sizeof text - 1);
		}
}

static void texts_are_escaped(void **state)
{
	char text[64];
	struct json_out out;
	(void)state;
	json_out_init(&out, text, sizeof text);
	json_out_text(&out, "a\"\\\n\x01\xC3\xA9");
	json_out_raw(&out, ",");
	json_out_number(&out, -1);
	json_out_raw(&out, ",");
	json_out_text(&out, NULL);
	assert_false(out.full);
	assert_string_equal(text, "\"a\\\"\\\\\\u000a\\u0001\xC3\xA9\",-1,null");
}

static void full_buffer_is_said_and_terminated(void **state)
{
	char text[4];
	struct json_out out;
	(void)state;
	json_out_init(&out, text, sizeof text);
	json_out_raw(&out, "123");
	assert_false(out.full);
	json_out_raw(&out, "4");
	assert_true(out.full);
	assert_string_equal(text, "123");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_is_read),
		cmocka_unit_test(numbers_wrap_at_64_bits_and_no_further),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(bad_lines_are_refused),
		cmocka_unit_test(too_many_values_are_refused),
		cmocka_unit_test(damaged_lines_are_survived),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(full_buffer_is_said_and_terminated),
	};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("com_json", tests, NULL, NULL);
}
