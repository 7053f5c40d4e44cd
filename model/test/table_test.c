/* table_test.c -- what must hold for the tables themselves, whatever job walks through them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "model/machine.h"

#define HAS(row, effect) (((row)->effects & EFFECT_BIT(EFFECT_##effect)) != 0)

/* Runs the check for every row of both dialects. */
static void each_row(void (*check)(const struct machine *machine, const struct move *row))
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);

		for (unsigned i = 0; i < machine->moves_count; i++) check(machine, &machine->moves[i]);
	}
}

static bool is_final(enum state state)
{
	return state == STATE_ACKNOWLEDGED || state == STATE_CANCELLED;
}

static void every_cell_has_a_row(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		unsigned total = 0;

		for (int s = 0; s < STATE_COUNT; s++) {
			for (int e = 0; e < EVENT_COUNT; e++) {
				unsigned count = 0;
				const struct move *row = machine_cell(machine, (enum state)s, (enum event)e, &count);

				assert_true(count > 0);
				for (unsigned i = 0; i < count; i++) {
					assert_int_equal(row[i].from, s);
					assert_int_equal(row[i].event, e);
				}
				total += count;
			}
		}
		assert_int_equal(total, machine->moves_count);
	}
}

/* machine_cell halves: it needs the order. */
static void rows_stand_in_the_order_of_states_then_events(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);

		for (unsigned i = 1; i < machine->moves_count; i++) {
			const struct move *a = &machine->moves[i - 1], *b = &machine->moves[i];

			assert_true(a->from < b->from || (a->from == b->from && a->event <= b->event));
		}
	}
}

static void always_is_the_last_guard_of_a_cell_and_only_the_last(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);

		for (unsigned i = 0; i < machine->moves_count; i++) {
			const struct move *row = &machine->moves[i], *next = row + 1;
			bool last = i + 1 == machine->moves_count || next->from != row->from || next->event != row->event;

			if ((row->guard == GUARD_always) != last) fail_msg("%s", row->id);
		}
	}
}

static void no_guard_stands_twice_in_a_cell(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);

		for (int cell = 0; cell < STATE_COUNT * EVENT_COUNT; cell++) {
			unsigned count, seen = 0;
			const struct move *row = machine_cell(machine, (enum state)(cell / EVENT_COUNT),
				(enum event)(cell % EVENT_COUNT), &count);

			for (unsigned i = 0; i < count; i++) {
				assert_false(seen & 1u << row[i].guard);
				seen |= 1u << row[i].guard;
			}
		}
	}
}

static void ids_are_unique_lower_case_words(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);

		for (unsigned i = 0; i < machine->moves_count; i++) {
			const char *id = machine->moves[i].id;

			assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz_"), strlen(id));
			assert_true(strlen(id) < 48); /* TRACE_WORD_MAX */
			for (unsigned k = 0; k < i; k++) assert_string_not_equal(id, machine->moves[k].id);
			assert_ptr_equal(machine_move(machine, id), &machine->moves[i]);
		}
	}
}

/* All but CONNECTING in do, which the documentation excludes (STATE-005). */
static void every_state_is_reached_from_suspended(void **state)
{
	(void)state;
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct machine *machine = machine_reference((enum dialect)d);
		unsigned reached = 1u << STATE_SUSPENDED, before = 0;
		unsigned all = (1u << STATE_COUNT) - 1;

		while (before != reached) {
			before = reached;
			for (unsigned i = 0; i < machine->moves_count; i++) {
				const struct move *row = &machine->moves[i];

				if (HAS(row, IMPOSSIBLE) || HAS(row, MUTANT_ONLY)) continue;
				if (reached & 1u << row->from) reached |= 1u << row->to;
			}
		}
		if (d == DIALECT_DO) all &= ~(1u << STATE_CONNECTING);
		assert_int_equal(reached, all);
	}
}

static void check_final(const struct machine *machine, const struct move *row)
{
	(void)machine;
	if (is_final(row->from) && row->to != row->from) fail_msg("%s leaves %s", row->id, machine_state_name(row->from));
}

/* STATE-037 */
static void final_states_are_never_left(void **state)
{
	(void)state;
	each_row(check_final);
}

static void check_refusal(const struct machine *machine, const struct move *row)
{
	const uint32_t allowed = EFFECT_BIT(EFFECT_REFUSE) | EFFECT_BIT(EFFECT_MUTANT_ONLY);
	bool exists, failure;

	if (HAS(row, IMPOSSIBLE)) return;
	failure = (machine_code_value(machine->dialect, row->result, &exists) & 0x80000000u) != 0;
	if (HAS(row, REFUSE)) {
		assert_true(failure);
		assert_int_equal(row->effects & ~allowed, 0);
	}
	if (failure) assert_int_equal(row->to, row->from);
}

/* ERR-LIFE-005, 006: a failing call touches nothing. */
static void refusals_change_nothing(void **state)
{
	(void)state;
	each_row(check_refusal);
}

static void check_result(const struct machine *machine, const struct move *row)
{
	bool exists;

	(void)machine_code_value(machine->dialect, row->result, &exists);
	if (machine_event_kind(row->event) == EVENT_KIND_API) {
		assert_int_not_equal(row->result, CODE_NOTHING);
		assert_true(exists);
	} else {
		assert_int_equal(row->result, CODE_NOTHING);
	}
}

static void calls_have_a_result_of_their_dialect_and_the_world_has_none(void **state)
{
	(void)state;
	each_row(check_result);
}

static void check_impossible(const struct machine *machine, const struct move *row)
{
	(void)machine;
	assert_int_equal(HAS(row, IMPOSSIBLE), strncmp(row->id, "x_", 2) == 0);
	if (!HAS(row, IMPOSSIBLE)) return;
	assert_int_equal(row->effects, EFFECT_BIT(EFFECT_IMPOSSIBLE));
	assert_int_equal(row->to, row->from);
	assert_int_equal(row->guard, GUARD_always);
}

static void impossible_rows_change_nothing_and_are_named_x(void **state)
{
	(void)state;
	each_row(check_impossible);
}

static void check_cite(const struct machine *machine, const struct move *row)
{
	bool inferred = strncmp(row->cite, "inferred", 8) == 0 || strncmp(row->cite, "state-machine", 13) == 0;

	(void)machine;
	assert_true(row->mark == 'd' || row->mark == 'i');
	assert_true(row->cite[0] != '\0');
	if (row->mark == 'd' && inferred) fail_msg("%s is documented nowhere", row->id);
	if (!inferred) assert_non_null(strstr(row->cite, ".md"));
}

static void marks_are_d_or_i_and_documented_rows_cite_a_page(void **state)
{
	(void)state;
	each_row(check_cite);
}

static void check_dialect(const struct machine *machine, const struct move *row)
{
	bool bits_page = strstr(row->cite, "-bits") != NULL;

	if (machine->dialect == DIALECT_DO && strncmp(row->cite, "nf-", 3) == 0) fail_msg("%s cites a page of bits", row->id);
	if (machine->dialect == DIALECT_DO && bits_page) fail_msg("%s cites a page of bits", row->id);
	if (machine->dialect == DIALECT_BITS && strncmp(row->cite, "ibackground", 11) == 0)
		fail_msg("%s cites a page of do", row->id);
}

static void rows_cite_pages_of_their_own_dialect(void **state)
{
	(void)state;
	each_row(check_dialect);
}

static void check_error_effects(const struct machine *machine, const struct move *row)
{
	bool enters = row->from != row->to || row->event == EVENT_TRANSIENT;

	(void)machine;
	if (HAS(row, IMPOSSIBLE)) return;
	if (enters && (row->to == STATE_ERROR || row->to == STATE_TRANSIENT_ERROR))
		assert_true(HAS(row, ERROR_SET) || HAS(row, ERROR_NO_PROGRESS));
	if (row->from != row->to && (row->to == STATE_TRANSFERRING || is_final(row->to))) assert_true(HAS(row, ERROR_CLEAR));
	if (row->from != row->to && row->to == STATE_ERROR) assert_true(HAS(row, NOTIFY_ERROR));
	if (row->to == STATE_TRANSIENT_ERROR) assert_false(HAS(row, NOTIFY_ERROR)); /* CB-002 */
	if (row->from != row->to && row->to == STATE_TRANSFERRED) assert_true(HAS(row, NOTIFY_TRANSFERRED));
	if (row->to == STATE_SUSPENDED || row->to == STATE_QUEUED) assert_false(HAS(row, ERROR_CLEAR)); /* C-02, C-03 */
}

static void error_states_make_an_error_and_transferring_and_final_states_end_it(void **state)
{
	(void)state;
	each_row(check_error_effects);
}

/* What the change of state alone asks of a row; the tables are written by hand, this is not derived from them. */
static uint32_t effects_of_change(const struct machine *machine, const struct move *row)
{
	bool bits = machine->dialect == DIALECT_BITS;
	bool online = row->from == STATE_CONNECTING || row->from == STATE_TRANSFERRING;
	bool timed = row->from == STATE_QUEUED || online || row->from == STATE_TRANSIENT_ERROR;
	uint32_t effects = 0;

	if (row->from == row->to) return 0;
	if (row->to == STATE_QUEUED) effects |= EFFECT_BIT(EFFECT_ENQUEUE);
	if (online && row->to != STATE_TRANSFERRING && row->to != STATE_TRANSFERRED) effects |= EFFECT_BIT(EFFECT_ABORT);
	if (row->from == STATE_TRANSIENT_ERROR) effects |= EFFECT_BIT(EFFECT_RETRY_CANCEL);
	if (timed && row->to > STATE_TRANSFERRING && row->to != STATE_TRANSIENT_ERROR)
		effects |= EFFECT_BIT(EFFECT_PROGRESS_CANCEL);
	if (row->to == STATE_TRANSFERRING || is_final(row->to)) effects |= EFFECT_BIT(EFFECT_ERROR_CLEAR);
	if (row->to == STATE_TRANSFERRED) effects |= EFFECT_BIT(EFFECT_NOTIFY_TRANSFERRED) | EFFECT_BIT(EFFECT_FILE_ADVANCE);
	if (row->to == STATE_TRANSFERRED && row->from == STATE_CONNECTING) effects |= EFFECT_BIT(EFFECT_ERROR_CLEAR);
	if (row->to == STATE_ERROR) effects |= EFFECT_BIT(EFFECT_NOTIFY_ERROR);
	if (row->to == STATE_ACKNOWLEDGED) effects |= EFFECT_BIT(EFFECT_KEEP_FILES);
	if (is_final(row->to)) return effects | EFFECT_BIT(EFFECT_DELETE_FILES) | EFFECT_BIT(EFFECT_FORGET);
	if (row->event == EVENT_STOP) return effects;
	if (!bits || (row->to != STATE_ERROR && row->to != STATE_TRANSFERRED))
		effects |= EFFECT_BIT(EFFECT_NOTIFY_MODIFICATION);
	return effects;
}

/* TIME-022, TIME-023: from TRANSFERRING, and each retry that failed. */
static bool is_counted(const struct move *row)
{
	if (row->event == EVENT_NO_PROGRESS) return row->from == STATE_TRANSFERRING;
	return row->from == STATE_TRANSFERRING || row->guard == GUARD_error_present || row->from == STATE_TRANSIENT_ERROR;
}

static uint32_t effects_of_error(const struct machine *machine, const struct move *row)
{
	bool fails = row->to == STATE_TRANSIENT_ERROR || row->to == STATE_ERROR;
	uint32_t effects = 0;

	if (!fails || (row->from == row->to && row->event != EVENT_TRANSIENT)) return 0;
	if (machine->dialect == DIALECT_BITS && is_counted(row)) effects |= EFFECT_BIT(EFFECT_ERROR_COUNT);
	if (row->event == EVENT_NO_PROGRESS) return effects | EFFECT_BIT(EFFECT_ERROR_NO_PROGRESS);
	effects |= EFFECT_BIT(EFFECT_ERROR_SET);
	if (row->to == STATE_ERROR) return effects;
	if (row->from == row->to) effects |= EFFECT_BIT(EFFECT_NOTIFY_MODIFICATION);
	return effects | EFFECT_BIT(EFFECT_RETRY_ARM) | EFFECT_BIT(EFFECT_PROGRESS_ARM);
}

static uint32_t effects_of_event(const struct machine *machine, const struct move *row)
{
	bool bits = machine->dialect == DIALECT_BITS;
	uint32_t modified = EFFECT_BIT(EFFECT_NOTIFY_MODIFICATION);
	uint32_t active = bits ? EFFECT_BIT(EFFECT_ACTIVE) : 0;
	uint32_t progress = bits ? EFFECT_BIT(EFFECT_PROGRESS_CANCEL) : EFFECT_BIT(EFFECT_PROGRESS_RESTART);
	uint32_t online = bits ? EFFECT_BIT(EFFECT_CONNECT) : EFFECT_BIT(EFFECT_CONNECT) | EFFECT_BIT(EFFECT_PROGRESS_ARM);

	if (row->event == EVENT_ADD_FILE || row->event == EVENT_SET) return modified | active;
	if (row->event == EVENT_DATA) return progress | modified | active;
	if (row->event == EVENT_FILE_DONE) return progress | modified | active | EFFECT_BIT(EFFECT_FILE_ADVANCE);
	if (row->event == EVENT_ALL_DONE) return active;
	if (row->event == EVENT_TURN) return online;
	if (row->event == EVENT_RESUME && row->to == STATE_TRANSFERRING && row->from != row->to) return online;
	if ((row->event == EVENT_LOGON || row->event == EVENT_START) && row->from == STATE_QUEUED)
		return EFFECT_BIT(EFFECT_ENQUEUE);
	if (row->event == EVENT_CHANGED && (row->from == STATE_CONNECTING || row->from == STATE_TRANSFERRING ||
		row->from == STATE_TRANSIENT_ERROR))
		return EFFECT_BIT(EFFECT_FILE_RESTART);
	return 0;
}

static void check_effects(const struct machine *machine, const struct move *row)
{
	uint32_t expected = effects_of_change(machine, row) | effects_of_error(machine, row) |
		effects_of_event(machine, row);
	bool fails = row->result == CODE_INVALID_STATE || row->result == CODE_EMPTY ||
		row->result == CODE_ERROR_INFORMATION_UNAVAILABLE;

	if (HAS(row, IMPOSSIBLE)) return;
	if (fails) expected = EFFECT_BIT(EFFECT_REFUSE);
	if ((row->effects & ~EFFECT_BIT(EFFECT_MUTANT_ONLY)) != expected)
		fail_msg("%s of %s: %08x, expected %08x", row->id, machine_dialect_name(machine->dialect), row->effects, expected);
}

static void effects_follow_from_the_event_and_the_change_of_state(void **state)
{
	(void)state;
	each_row(check_effects);
}

static void check_answer(const struct machine *machine, const struct move *row)
{
	enum code success = CODE_S_OK;

	if (HAS(row, IMPOSSIBLE) || machine_event_kind(row->event) != EVENT_KIND_API) return;
	if (row->event == EVENT_COMPLETE && machine->dialect == DIALECT_BITS && row->guard == GUARD_always)
		success = CODE_PARTIAL_COMPLETE;
	if (row->event == EVENT_COMPLETE && row->guard == GUARD_rename_fails) return;
	if (row->event == EVENT_GET_ERROR)
		assert_int_equal(row->result,
			row->guard == GUARD_always ? CODE_ERROR_INFORMATION_UNAVAILABLE : CODE_S_OK);
	else if (row->guard == GUARD_no_files)
		assert_int_equal(row->result, CODE_EMPTY);
	else if (row->guard == GUARD_upload || (is_final(row->from) && row->event != EVENT_GET))
		assert_int_equal(row->result, CODE_INVALID_STATE);
	else
		assert_int_equal(row->result, success);
}

static void answers_are_those_of_the_return_lists(void **state)
{
	(void)state;
	each_row(check_answer);
}

/* CB-010: bits generates none for the change to ERROR and TRANSFERRED. */
static void bits_has_no_modification_for_the_change_to_error_or_transferred(void **state)
{
	const struct machine *bits = machine_reference(DIALECT_BITS);

	(void)state;
	for (unsigned i = 0; i < bits->moves_count; i++) {
		const struct move *row = &bits->moves[i];

		if (row->from != row->to && (row->to == STATE_ERROR || row->to == STATE_TRANSFERRED))
			assert_false(HAS(row, NOTIFY_MODIFICATION));
	}
}

static void check_report(enum dialect dialect, const struct fault *fault)
{
	const struct fault_report *report = &fault->report[dialect];
	bool coded = report->fault_class == FAULT_CLASS_TRANSIENT || report->fault_class == FAULT_CLASS_FATAL;
	bool failure = (report->code & 0x80000000u) != 0;

	assert_true(report->mark == 'd' || report->mark == 'i');
	if (coded && !(fault->flags & FAULT_STATUS) && !failure) fail_msg("%s has no code", fault->word);
	if (!coded || fault->flags & FAULT_STATUS) assert_int_equal(report->code, 0);
	if (dialect == DIALECT_DO) /* ERR-CTX-005 */
		assert_true(report->context == CONTEXT_NONE || report->context == CONTEXT_REMOTE_FILE);
	else if (coded) /* ERR-CTX-002 */
		assert_true(report->context != CONTEXT_NONE);
	if (report->context == CONTEXT_LOCAL_FILE || report->context == CONTEXT_REMOTE_FILE)
		assert_true(report->file); /* ERR-FILE-008, 009 */
}

static void causes_are_reported_by_failure_codes_and_contexts_of_the_dialect(void **state)
{
	const struct fault *faults = machine_reference(DIALECT_DO)->faults;

	(void)state;
	for (int i = 0; i < CAUSE_COUNT; i++) {
		assert_true(faults[i].cite[0] != '\0' && faults[i].phrase[0] != '\0');
		for (int k = 0; k < i; k++) assert_string_not_equal(faults[i].word, faults[k].word);
		for (int d = 0; d < DIALECT_COUNT; d++) check_report((enum dialect)d, &faults[i]);
	}
}

/* The header of hresult.def: codes of a dialect lie in its own zone, or are common to both. */
static void codes_lie_in_the_zone_of_their_dialect(void **state)
{
	(void)state;
	for (int c = CODE_NOTHING + 1; c < CODE_COUNT; c++) {
		uint32_t do_ = machine_code_value(DIALECT_DO, (enum code)c, NULL);
		uint32_t bits = machine_code_value(DIALECT_BITS, (enum code)c, NULL);

		if (do_ == bits) continue;
		assert_true(do_ == 0 || do_ >> 16 == 0x80D0);
		assert_true(bits == 0 || (bits & 0x7FFF0000u) == 0x00200000u);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_has_a_row),
		cmocka_unit_test(rows_stand_in_the_order_of_states_then_events),
		cmocka_unit_test(always_is_the_last_guard_of_a_cell_and_only_the_last),
		cmocka_unit_test(no_guard_stands_twice_in_a_cell),
		cmocka_unit_test(ids_are_unique_lower_case_words),
		cmocka_unit_test(every_state_is_reached_from_suspended),
		cmocka_unit_test(final_states_are_never_left),
		cmocka_unit_test(refusals_change_nothing),
		cmocka_unit_test(calls_have_a_result_of_their_dialect_and_the_world_has_none),
		cmocka_unit_test(impossible_rows_change_nothing_and_are_named_x),
		cmocka_unit_test(marks_are_d_or_i_and_documented_rows_cite_a_page),
		cmocka_unit_test(rows_cite_pages_of_their_own_dialect),
		cmocka_unit_test(error_states_make_an_error_and_transferring_and_final_states_end_it),
		cmocka_unit_test(effects_follow_from_the_event_and_the_change_of_state),
		cmocka_unit_test(answers_are_those_of_the_return_lists),
		cmocka_unit_test(bits_has_no_modification_for_the_change_to_error_or_transferred),
		cmocka_unit_test(causes_are_reported_by_failure_codes_and_contexts_of_the_dialect),
		cmocka_unit_test(codes_lie_in_the_zone_of_their_dialect),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
