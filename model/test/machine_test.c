/* machine_test.c -- names, codes, causes, methods and readings as the rest of the program looks them up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/machine.h"

static void names_and_finds_are_inverse(void **state)
{
	(void)state;
	for (int i = 0; i < STATE_COUNT; i++) {
		const char *name = machine_state_name((enum state)i);

		assert_int_equal(machine_state_find(name, strlen(name)), i);
	}
	for (int i = 0; i < CONTEXT_COUNT; i++) {
		const char *name = machine_context_name((enum context)i);

		assert_int_equal(machine_context_find(name, strlen(name)), i);
	}
	for (int i = 0; i < DIALECT_COUNT; i++) {
		const char *name = machine_dialect_name((enum dialect)i);

		assert_int_equal(machine_dialect_find(name, strlen(name)), i);
	}
	for (int i = 0; i < DEFECT_COUNT; i++)
		assert_int_equal(machine_defect_find(machine_defect_name((enum defect)i)), i);
}

static void values_outside_their_enumeration_have_no_name(void **state)
{
	(void)state;
	assert_null(machine_state_name(STATE_NONE));
	assert_null(machine_state_name(STATE_COUNT));
	assert_null(machine_context_name((enum context)99));
	assert_null(machine_event_name(EVENT_COUNT));
	assert_null(machine_guard_name(GUARD_COUNT));
	assert_null(machine_effect_name(EFFECT_COUNT));
	assert_null(machine_dialect_name(DIALECT_COUNT));
	assert_null(machine_defect_name(DEFECT_COUNT));
}

static void unknown_words_are_not_found(void **state)
{
	(void)state;
	assert_int_equal(machine_state_find("QUEUE", 5), STATE_NONE);
	assert_int_equal(machine_state_find("QUEUEDX", 7), STATE_NONE);
	assert_int_equal(machine_state_find("", 0), STATE_NONE);
	assert_int_equal(machine_context_find("remote_file", 11), -1);
	assert_int_equal(machine_dialect_find("dos", 3), -1);
	assert_int_equal(machine_defect_find("none"), -1);
}

/* constants.md 1 and 2 */
static void states_and_contexts_have_the_values_of_the_api(void **state)
{
	(void)state;
	assert_int_equal(STATE_SUSPENDED, 3);
	assert_int_equal(STATE_CANCELLED, 8);
	assert_int_equal(CONTEXT_NONE, 0);
	assert_int_equal(CONTEXT_REMOTE_FILE, 5);
	assert_int_equal(CONTEXT_SERVER_CERTIFICATE_CALLBACK, 8);
	assert_int_equal(machine_event_kind(EVENT_RESUME), EVENT_KIND_API);
	assert_int_equal(machine_event_kind(EVENT_NET_LOST), EVENT_KIND_WORLD);
}

struct code_case {
	const char *word;
	uint32_t in[DIALECT_COUNT]; /* do, bits; 1: the dialect has none */
};
#define NO 1u

static const struct code_case codes[] = {
	{ "S_OK", { 0, 0 } },
	{ "INVALID_STATE", { 0x80D02013, 0x80200002 } },
	{ "ERROR_INFORMATION_UNAVAILABLE", { 0x80D02014, 0x8020000F } },
	{ "FILE_NOT_AVAILABLE", { 0x80D02010, 0x80200004 } },
	{ "EMPTY", { 0x80D02004, 0x80200003 } },
	{ "NOT_FOUND", { 0x80D02003, 0x80200001 } },
	{ "NO_PROGRESS", { 0x80D02002, 0x80200024 } },
	{ "JOB_EMPTY", { 0x80D02004, NO } },
	{ "DO_E_JOB_EMPTY", { 0x80D02004, NO } },
	{ "DO_E_JOB_NOT_FOUND", { 0x80D02003, NO } },
	{ "DO_E_DOWNLOAD_NO_PROGRESS", { 0x80D02002, NO } },
	{ "BG_E_EMPTY", { NO, 0x80200003 } },
	{ "BG_S_EMPTY", { NO, NO } },
	{ "BG_E_INVALID_STATE", { NO, 0x80200002 } },
	{ "DO_E_INVALID_STATE", { 0x80D02013, NO } },
	{ "PARTIAL_COMPLETE", { NO, 0x00200017 } },
	{ "BG_S_PARTIAL_COMPLETE", { NO, 0x00200017 } },
	{ "BG_E_PARTIAL_COMPLETE", { NO, NO } },
	{ "INVALID_SERVER_RESPONSE", { NO, 0x8020001B } },
	{ "BLOCKED_BY_COST_TRANSFER_POLICY", { 0x80D03801, 0x80200059 } },
	{ "BG_E_FILE_CHANGED", { NO, 0x8020001D } },
	{ "CONNECT_FAILURE", { NO, 0x8020002D } },
	{ "E_INVALIDARG", { 0x80070057, 0x80070057 } },
	{ "BG_E_E_INVALIDARG", { NO, NO } },
	{ "DO_E_E_INVALIDARG", { NO, NO } },
	{ "WININET_E_NAME_NOT_RESOLVED", { 0x80072EE7, 0x80072EE7 } },
	{ "HTTP_404", { 0x80190194, 0x80190194 } },
	{ "HTTP_403", { 0x80190193, 0x80190193 } },
	{ "BG_E_HTTP_ERROR_404", { NO, 0x80190194 } },
	{ "HTTP_999", { NO, NO } },
	{ "HTTP_40", { NO, NO } },
	{ "HTTP_", { NO, NO } },
	{ "HTTP_CERT_VALIDATION", { 0x80D05002, NO } },
	{ "0x8020000F", { 0x8020000F, 0x8020000F } },
	{ "0xffffffff", { 0xFFFFFFFF, 0xFFFFFFFF } },
	{ "0x", { NO, NO } },
	{ "0x123456789", { NO, NO } },
	{ "0x8g", { NO, NO } },
	{ "NOTHING", { NO, NO } },
	{ "DO_E_", { NO, NO } },
	{ "", { NO, NO } },
	{ "nonsense", { NO, NO } },
};

static void words_give_the_codes_of_their_dialect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		for (int d = 0; d < DIALECT_COUNT; d++) {
			uint32_t value = NO;
			bool found;

			found = machine_code((enum dialect)d, codes[i].word, strlen(codes[i].word), &value);
			if (found != (codes[i].in[d] != NO) || (found && value != codes[i].in[d]))
				fail_msg("%s in %s", codes[i].word, machine_dialect_name((enum dialect)d));
		}
	}
}

static void s_false_is_one(void **state)
{
	uint32_t value = 99;

	(void)state;
	assert_true(machine_code(DIALECT_DO, "S_FALSE", 7, &value));
	assert_int_equal(value, 1);
}

static void a_code_that_a_dialect_lacks_is_zero_and_does_not_exist(void **state)
{
	bool exists = true;

	(void)state;
	assert_int_equal(machine_code_value(DIALECT_DO, CODE_PARTIAL_COMPLETE, &exists), 0);
	assert_false(exists);
	assert_int_equal(machine_code_value(DIALECT_BITS, CODE_S_OK, &exists), 0);
	assert_true(exists);
	assert_int_equal(machine_code_value(DIALECT_BITS, CODE_NOTHING, &exists), 0);
	assert_false(exists);
	assert_int_equal(machine_code_value(DIALECT_BITS, CODE_EMPTY, NULL), 0x80200003);
}

static void codes_have_names_for_people(void **state)
{
	(void)state;
	assert_string_equal(machine_code_name(DIALECT_DO, 0), "S_OK");
	assert_string_equal(machine_code_name(DIALECT_DO, 1), "S_FALSE");
	assert_string_equal(machine_code_name(DIALECT_DO, 0x80D02004), "EMPTY");
	assert_null(machine_code_name(DIALECT_BITS, 0x80D02004));
	assert_string_equal(machine_code_name(DIALECT_BITS, 0x80200003), "EMPTY");
	assert_string_equal(machine_code_name(DIALECT_BITS, 0x80190194), "HTTP_404");
	assert_string_equal(machine_code_name(DIALECT_DO, 0x80190064), "HTTP_100");
	assert_string_equal(machine_code_name(DIALECT_DO, 0x80190257), "HTTP_599");
	assert_null(machine_code_name(DIALECT_DO, 0x80190258));
	assert_null(machine_code_name(DIALECT_DO, 0x80190063));
	assert_null(machine_code_name(DIALECT_DO, 0x12345678));
}

/* A name that is printed can be read again, for every code and every HTTP status. */
static void names_of_codes_read_back_to_the_code(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		for (uint32_t n = 0; n < CODE_COUNT + 500; n++) {
			bool exists = true;
			uint32_t back, code = n < CODE_COUNT ?
				machine_code_value((enum dialect)d, (enum code)n, &exists) :
				0x80190000 + 100 + n - CODE_COUNT;
			const char *name = machine_code_name((enum dialect)d, code);

			if (!exists) continue;
			assert_non_null(name);
			assert_true(machine_code((enum dialect)d, name, strlen(name), &back));
			assert_int_equal(back, code);
		}
	}
}

static void every_http_status_has_its_cause(void **state)
{
	static const struct {
		unsigned status;
		enum cause cause;
	} rows[] = {
		{ 200, CAUSE_NONE }, { 206, CAUSE_NONE }, { 299, CAUSE_NONE }, { 304, CAUSE_HTTP_UNEXPECTED },
		{ 100, CAUSE_HTTP_UNEXPECTED }, { 0, CAUSE_HTTP_UNEXPECTED }, { 999, CAUSE_HTTP_UNEXPECTED },
		{ 400, CAUSE_HTTP_BAD }, { 401, CAUSE_HTTP_BAD }, { 404, CAUSE_HTTP_BAD }, { 414, CAUSE_HTTP_BAD },
		{ 501, CAUSE_HTTP_BAD }, { 505, CAUSE_HTTP_BAD }, { 403, CAUSE_HTTP_403 }, { 407, CAUSE_PROXY_407 },
		{ 405, CAUSE_HTTP_OTHER_4XX }, { 451, CAUSE_HTTP_OTHER_4XX }, { 408, CAUSE_HTTP_RETRY_4XX },
		{ 429, CAUSE_HTTP_RETRY_4XX }, { 416, CAUSE_HTTP_416 }, { 500, CAUSE_HTTP_500_502 },
		{ 502, CAUSE_HTTP_500_502 }, { 503, CAUSE_HTTP_503_504 }, { 504, CAUSE_HTTP_503_504 },
		{ 507, CAUSE_HTTP_OTHER_5XX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(machine_cause_of_status(rows[i].status), rows[i].cause);
}

static void causes_are_found_by_word(void **state)
{
	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const char *word = machine_reference(DIALECT_DO)->faults[i].word;

		assert_int_equal(machine_cause_find(word, strlen(word)), i);
	}
	assert_int_equal(machine_cause_find("http.404", 8), CAUSE_HTTP_BAD);
	assert_int_equal(machine_cause_find("http.503", 8), CAUSE_HTTP_503_504);
	assert_int_equal(machine_cause_find("http.407", 8), CAUSE_PROXY_407);
	assert_int_equal(machine_cause_find("http.200", 8), -1);
	assert_int_equal(machine_cause_find("http.600", 8), -1);
	assert_int_equal(machine_cause_find("http.4o4", 8), -1);
	assert_int_equal(machine_cause_find("net.rese", 8), -1);
	assert_int_equal(machine_cause_find("", 0), -1);
}

static void reports_are_those_of_the_dialect_and_the_status(void **state)
{
	const struct machine *do_ = machine_reference(DIALECT_DO), *bits = machine_reference(DIALECT_BITS);
	struct fault_report report;

	(void)state;
	report = machine_report(bits, CAUSE_HTTP_BAD, 404); /* ERR-CODE-002, ERR-CTX-007 */
	assert_int_equal(report.code, 0x80190194);
	assert_int_equal(report.context, CONTEXT_REMOTE_FILE);
	assert_int_equal(report.fault_class, FAULT_CLASS_FATAL);
	report = machine_report(do_, CAUSE_HTTP_BAD, 404); /* ERR-CTX-004 */
	assert_int_equal(report.context, CONTEXT_NONE);
	report = machine_report(do_, CAUSE_HTTP_403, 403); /* ERR-CTX-003 */
	assert_int_equal(report.code, 0x80190193);
	assert_int_equal(report.context, CONTEXT_REMOTE_FILE);
	report = machine_report(do_, CAUSE_NET_DOWN, 0); /* ERR-CODE-004 */
	assert_int_equal(report.code, 0x80D03805);
	report = machine_report(bits, CAUSE_NET_DOWN, 0); /* ERR-CODE-013 */
	assert_int_equal(report.code, 0x80200010);
	assert_false(report.file);
	report = machine_report(do_, CAUSE_POLICY_BANDWIDTH, 0);
	assert_int_equal(report.fault_class, FAULT_CLASS_NONE);
	report = machine_report(bits, CAUSE_HTTP_CHANGED, 0);
	assert_int_equal(report.fault_class, FAULT_CLASS_RESTART);
}

/* constants.md 6 */
static void limits_are_the_documented_ones(void **state)
{
	const struct limits *do_ = &machine_reference(DIALECT_DO)->limits;
	const struct limits *bits = &machine_reference(DIALECT_BITS)->limits;
	const int64_t s = INT64_C(1000000000);

	(void)state;
	assert_int_equal(bits->retry_delay_ns_default, 600 * s);
	assert_int_equal(bits->retry_delay_ns_min, 5 * s);
	assert_int_equal(bits->no_progress_ns_default, 1209600 * s);
	assert_int_equal(bits->retention_ns, 90 * 86400 * s);
	assert_true(bits->no_progress_from_first_error);
	assert_int_equal(do_->no_progress_ns_default, 86400 * s);
	assert_int_equal(do_->no_progress_ns_foreground, 3600 * s);
	assert_int_equal(do_->retention_ns, 30 * 86400 * s);
	assert_false(do_->no_progress_from_first_error);
	assert_int_equal(bits->display_name_max, 256);
	assert_int_equal(bits->description_max, 1024);
	assert_int_equal(bits->url_max, 2200);
}

static void rows_are_found_by_id_and_by_cell(void **state)
{
	const struct machine *bits = machine_reference(DIALECT_BITS);
	const struct move *row = machine_move(bits, "resume_empty");
	unsigned count;

	(void)state;
	assert_non_null(row);
	assert_int_equal(row->result, CODE_EMPTY);
	assert_ptr_equal(machine_cell(bits, STATE_SUSPENDED, EVENT_RESUME, &count), row);
	assert_int_equal(count, 2);
	assert_null(machine_move(bits, "resume_empt"));
	assert_null(machine_move(bits, ""));
}

static void methods_are_found_by_command_and_property(void **state)
{
	const struct method *method;
	unsigned count;

	(void)state;
	assert_string_equal(machine_method("job.resume", "")->name, "Resume");
	assert_int_equal(machine_method("job.get_error", "")->slot, 15);
	method = machine_method("job.set", "priority");
	assert_string_equal(method->name, "SetPriority");
	assert_string_equal(machine_method("job.get", "priority")->name, "GetPriority");
	assert_non_null(machine_method("job.set", ""));
	assert_null(machine_method("job.set", "colour"));
	assert_null(machine_method("job.fly", ""));
	assert_non_null(machine_methods(&count));
	assert_true(count > 50);
	assert_false(machine_method("job.set", "minimum_retry_delay")->in[DIALECT_DO]);
}

static void words_of_values_are_read_and_printed(void **state)
{
	int64_t value = -1;

	(void)state;
	assert_true(machine_word_value("priority", "HIGH", 4, &value));
	assert_int_equal(value, 1);
	assert_true(machine_word_value("notify_flags", "JOB_ERROR|JOB_TRANSFERRED", 25, &value));
	assert_int_equal(value, 3);
	assert_false(machine_word_value("notify_flags", "JOB_ERROR|", 10, &value));
	assert_false(machine_word_value("notify_flags", "|", 1, &value));
	assert_false(machine_word_value("priority", "HIGH|LOW", 8, &value));
	assert_false(machine_word_value("priority", "high", 4, &value));
	assert_false(machine_word_value("priority", "", 0, &value));
	assert_string_equal(machine_word("type", 1), "upload");
	assert_null(machine_word("type", 9));
}

static void readings_take_one_of_their_choices(void **state)
{
	unsigned count;
	const struct reading *readings = machine_readings(&count);

	(void)state;
	assert_int_equal(count, 55);
	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(strncmp(readings[i].id, "C-", 2), 0);
		assert_true(i == 0 || strcmp(readings[i - 1].id, readings[i].id) < 0);
		assert_true(readings[i].takes[0][0] || readings[i].takes[1][0]);
		for (int d = 0; d < DIALECT_COUNT; d++) {
			const char *takes = readings[i].takes[d], *at = strstr(readings[i].choices, takes);
			size_t n = strlen(takes);

			if (!at || (n && at[n] != '\0' && at[n] != ' ') || (n && at > readings[i].choices && at[-1] != ' '))
				fail_msg("%s takes %s", readings[i].id, takes);
		}
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_finds_are_inverse),
		cmocka_unit_test(values_outside_their_enumeration_have_no_name),
		cmocka_unit_test(unknown_words_are_not_found),
		cmocka_unit_test(states_and_contexts_have_the_values_of_the_api),
		cmocka_unit_test(words_give_the_codes_of_their_dialect),
		cmocka_unit_test(s_false_is_one),
		cmocka_unit_test(a_code_that_a_dialect_lacks_is_zero_and_does_not_exist),
		cmocka_unit_test(codes_have_names_for_people),
		cmocka_unit_test(names_of_codes_read_back_to_the_code),
		cmocka_unit_test(every_http_status_has_its_cause),
		cmocka_unit_test(causes_are_found_by_word),
		cmocka_unit_test(reports_are_those_of_the_dialect_and_the_status),
		cmocka_unit_test(limits_are_the_documented_ones),
		cmocka_unit_test(rows_are_found_by_id_and_by_cell),
		cmocka_unit_test(methods_are_found_by_command_and_property),
		cmocka_unit_test(words_of_values_are_read_and_printed),
		cmocka_unit_test(readings_take_one_of_their_choices),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
