/* service_test.c -- the reference service towards its client: callbacks, handles, commands. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/test/world_box.h"

/* --- callbacks */

static void a_callback_that_fails_comes_again(void **state)
{
	struct box *box = *state;

	box->results[0] = box->results[1] = 0x80004005u; /* E_FAIL twice, then S_OK */
	box_change(box, "serve /f1 status=404");
	box_add_job(box, "j1", "http://origin/f1");
	box_notify(box);
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_ERROR, 10));
	assert_int_equal(box->calls, 0);
	box_advance(box, 9);
	assert_int_equal(box->calls, 1);
	assert_string_equal(box->kind, "job_error");
	assert_true(box->error_agreed);
	box_advance(box, 10);
	assert_int_equal(box->calls, 2);
	box_advance(box, 1000);
	assert_int_equal(box->calls, 3);
}

static void a_borrowed_error_dies_with_its_callback(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 status=404");
	box_add_job(box, "j1", "http://origin/f1");
	box_notify(box);
	box_do(box, "job.resume");
	box_advance(box, 10);
	assert_int_equal(box->calls, 1);
	assert_int_equal(box_do_with(box, "error.get_error", "error", box->error, NULL, 0), 0x80070006u);
	assert_int_equal(box_leaks(box), 1); /* the job's own handle */
}

/* CB-015: the interface may be set when all is over. */
static void a_callback_waits_for_its_interface(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k");
	box_start_job(box, "/f1");
	box_advance(box, 100);
	assert_int_equal(box->calls, 0);
	box_notify(box);
	box_advance(box, 1);
	assert_int_equal(box->calls, 1);
	assert_string_equal(box->kind, "job_transferred");
}

static void a_client_may_act_inside_its_callback(void **state)
{
	struct box *box = *state;

	box->action = "job.cancel";
	box->results[0] = 0x80004005u;
	box_change(box, "serve /f1 status=404");
	box_add_job(box, "j1", "http://origin/f1");
	box_notify(box);
	box_do(box, "job.resume");
	box_advance(box, 1000);
	assert_int_equal(box_state(box), STATE_CANCELLED);
	assert_int_equal(box->calls, 1);
}

static void a_killed_service_forgets_the_interface(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=64k");
	box_add_job(box, "j1", "http://origin/f1");
	box_notify(box);
	box_change(box, "service kill");
	box_change(box, "service start");
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 100));
	box_advance(box, 100);
	assert_int_equal(box->calls, 0);
}

/* --- handles */

static void an_error_handle_keeps_what_it_was_taken_for(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e1" } } };
	uint64_t code;

	box_change(box, "serve /f1 size=64k fault=reset@16k times=1");
	box_change(box, "serve /f1 size=64k");
	box_start_job(box, "/f1");
	box_reaches(box, STATE_TRANSIENT_ERROR, 10);
	assert_int_equal(box_do_with(box, "job.get_error", "job", "j1", as, 1), 0);
	code = box_number_of(box, "error.get_error", "error", "e1", "code");
	box_reaches(box, STATE_TRANSFERRED, 1000);
	assert_int_equal(box_do_with(box, "job.get_error", "job", "j1", as, 1), box_code(box,
		CODE_ERROR_INFORMATION_UNAVAILABLE));
	assert_int_equal(box->reply.fields_count, 1);
	assert_string_equal(box->reply.fields[0].key, "left");
	assert_int_equal(box->reply.fields[0].value.kind, VALUE_NULL);
	assert_int_equal(box_number_of(box, "error.get_error", "error", "e1", "code"), code);
	assert_int_equal(box_do(box, "handle.release"), 0);
	assert_int_equal(box_number_of(box, "error.get_error", "error", "e1", "code"), code); /* ERR-LIFE-012 */
	assert_int_equal(box_do(box, "job.state"), 0x80070006u);
	assert_int_equal(box_leaks(box), 1);
}

static void references_are_counted(void **state)
{
	struct box *box = *state;
	static const struct named_value other[] = { { "as", { VALUE_TEXT, 0, "j2" } },
		{ "iid", { VALUE_TEXT, 0, "IUnknown" } } };
	static const struct named_value wrong[] = { { "as", { VALUE_TEXT, 0, "j3" } },
		{ "iid", { VALUE_TEXT, 0, "{19C613A0-FCB8-4F28-81AE-897C3D078F81}" } } };

	box_create(box, "j1");
	assert_int_equal(box_number_of(box, "handle.add_ref", "handle", "j1", "count"), 2);
	assert_int_equal(box_do_with(box, "handle.query_interface", "handle", "j1", other, 2), 0);
	assert_int_equal(box_do_with(box, "handle.query_interface", "handle", "j1", wrong, 2), 0x80004002u);
	assert_int_equal(box_number_of(box, "handle.release", "handle", "j1", "count"), 2);
	assert_int_equal(box_number_of(box, "handle.release", "handle", "j1", "count"), 1);
	assert_int_equal(box_do(box, "job.state"), 0x80070006u);
	assert_int_equal(box_state_of(box, "j2"), STATE_SUSPENDED);
	assert_int_equal(box_number_of(box, "handle.release", "handle", "j2", "count"), 0);
	assert_int_equal(box_leaks(box), 0);
}

static void the_file_of_an_error_is_the_jobs_file(void **state)
{
	struct box *box = *state;
	static const struct named_value e1[] = { { "as", { VALUE_TEXT, 0, "e1" } } },
		f1[] = { { "as", { VALUE_TEXT, 0, "x1" } } };
	static const struct named_value url[] = { { "url", { VALUE_TEXT, 0, "http://origin/new" } } };

	box_change(box, "serve /new size=64k");
	box_start_job(box, "/old");
	box_reaches(box, STATE_ERROR, 10);
	assert_int_equal(box_do_with(box, "job.get_error", "job", "j1", e1, 1), 0);
	assert_int_equal(box_do_with(box, "error.get_file", "error", "e1", f1, 1), 0);
	assert_int_equal(box_do_with(box, "file.set_remote_name", "file", "x1", url, 1), 0);
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/new"), 1);
}

static void null_out_pointers_are_refused(void **state)
{
	struct box *box = *state;
	static const struct named_value null_as[] = { { "as", { VALUE_NULL, 0, NULL } } };
	static const struct named_value null_out[] = { { "out", { VALUE_NULL, 0, NULL } } };
	static const struct named_value name[] = { { "property", { VALUE_TEXT, 0, "display_name" } },
		{ "out", { VALUE_NULL, 0, NULL } } };

	box_create(box, "j1");
	assert_int_equal(box_do_with(box, "job.get_error", "job", "j1", null_as, 1), 0x80004003u);
	assert_int_equal(box_do_with(box, "job.state", "job", "j1", null_out, 1), 0x80004003u);
	assert_int_equal(box_do_with(box, "job.get", "job", "j1", name, 2), 0x80070057u);
	assert_int_equal(box->reply.fields_count, 0);
}

static void commands_that_a_dialect_lacks_are_unsupported(void **state)
{
	struct box *box = *state;
	bool bits = box->dialect == DIALECT_BITS;

	box_create(box, "j1");
	box_do(box, "job.owner");
	assert_int_equal(box->reply.kind, bits ? REPLY_RESULT : REPLY_UNSUPPORTED);
	if (!bits) assert_string_equal(box->reply.feature, "job.owner");
	assert_int_equal(box->target->has(box->target->self, "job.owner"), bits);
	assert_int_equal(box->target->has(box->target->self, "job.set.description"), bits);
	assert_true(box->target->has(box->target->self, "job.get_error"));
	assert_true(box->target->has(box->target->self, "service.restart"));
	assert_false(box->target->has(box->target->self, "upload"));
	assert_false(box->target->has(box->target->self, "job.fly"));
	assert_false(box->target->has(box->target->self, ""));
}

static void names_are_checked_when_a_file_is_added(void **state)
{
	static const struct { const char *url, *local; uint32_t hr; } rows[] = {
		{ "http://origin/f1", "C:\\bg\\f1", 0 },
		{ "HTTPS://origin/f1", "C:\\bg\\f1", 0 },
		{ "http://origin/f1", "f1", 0x80070057u },
		{ "http://origin/f1", "C:\\bg\\f*", 0x80070057u },
		{ "http://origin/f1", "C:\\bg\\", 0x80070057u },
		{ "http://origin/f1", "C:\\nowhere\\f1", 0x80070003u },
		{ "http://origin/f1", "", 0x80070057u },
		{ "gopher://origin/f1", "C:\\bg\\f1", 0x80070057u },
		{ "http:///f1", "C:\\bg\\f1", 0x80070057u },
		{ "http://origin/a b", "C:\\bg\\f1", 0x80070057u },
		{ "", "C:\\bg\\f1", 0x80070057u },
		{ NULL, "C:\\bg\\f1", 0x80070057u },
	};
	struct box *box = *state;

	box_create(box, "j1");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct named_value args[] = { { "url", { rows[i].url ? VALUE_TEXT : VALUE_NULL, 0, rows[i].url } },
			{ "local", { rows[i].local ? VALUE_TEXT : VALUE_NULL, 0, rows[i].local } } };
		assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", args, 2), rows[i].hr);
	}
	assert_int_equal(box_number(box, "job.progress", "files_total"), 2);
}

/* ERR-CODE-025: such a file of do is an error of the job when it would be fetched. */
static void only_a_file_of_do_may_lack_a_place(void **state)
{
	struct box *box = *state;
	static const struct named_value file[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } }, { "local", { VALUE_NULL, 0, NULL } } };
	static const struct named_value none[] = { { "url", { VALUE_TEXT, 0, "no url" } }, { "local", { VALUE_NULL, 0, NULL } } };
	bool may = box->dialect == DIALECT_DO;

	box_create(box, "j1");
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), may ? 0 : 0x80070057u);
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", none, 2), 0x80070057u);
	assert_int_equal(box_number(box, "job.progress", "files_total"), may);
}

/* JOB-005, JOB-019: nothing is added below a folder that cannot be written. */
static void a_denied_folder_refuses_files(void **state)
{
	struct box *box = *state;
	static const struct named_value file[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
		{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } } };

	box_create(box, "j1");
	box_change(box, "disk denied");
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), 0x80070005u);
	assert_int_equal(box_number(box, "job.progress", "files_total"), 0);
	box_change(box, "disk ok");
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), 0);
}

static void lists_of_ranges_are_checked(void **state)
{
	static const struct { const char *ranges; enum code code; } rows[] = {
		{ "0-99,100-199", CODE_S_OK }, { "100-199,0-99", CODE_S_OK }, { "5+5,0+5", CODE_S_OK },
			{ "0-eof", CODE_S_OK },
		{ "0-99,50-149", CODE_OVERLAPPING_RANGES }, { "0-99,0-99", CODE_OVERLAPPING_RANGES },
		{ "50-eof,0-50", CODE_OVERLAPPING_RANGES }, { "0+9,0+5", CODE_OVERLAPPING_RANGES },
		{ "eof-eof", CODE_INVALID_RANGE }, { "0+0", CODE_INVALID_RANGE }, { "9-5", CODE_INVALID_RANGE },
		{ "18446744073709551614+5", CODE_INVALID_RANGE },
		{ "1-2,", CODE_S_OK }, { "x", CODE_E_INVALIDARG }, { "1", CODE_E_INVALIDARG }, { "1-", CODE_E_INVALIDARG },
	};
	struct box *box = *state;

	box_create(box, "j1");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct named_value args[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
			{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } }, { "ranges", { VALUE_TEXT, 0, rows[i].ranges } } };
		uint32_t hr = box_do_with(box, "job.add_file_with_ranges", "job", "j1", args, 3);
		if (hr != box_code(box, rows[i].code)) fail_msg("%s: 0x%08X", rows[i].ranges, hr);
	}
}

/* --- enumerators */

static uint32_t next(struct box *box, uint64_t count, const char *as)
{
	struct named_value args[] = { { "count", { VALUE_NUMBER, count, NULL } }, { "as", { VALUE_TEXT, 0, as } } };

	return box_do_with(box, "enum.next", "enum", "n1", args, as ? 2 : 1);
}

static void enumerators_count_skip_and_start_anew(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "n1" } } },
		two[] = { { "count", { VALUE_NUMBER, 2, NULL } } };
	static const struct named_value file[] = { { "url", { VALUE_TEXT, 0, "http://origin/f2" } },
		{ "local", { VALUE_TEXT, 0, "C:\\bg\\f2" } } };

	box_add_job(box, "j1", "http://origin/f1");
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), 0);
	assert_int_equal(box_do_with(box, "job.enum_files", "job", "j1", as, 1), 0);
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), 0); /* a snapshot does not see it */
	assert_int_equal(box_number_of(box, "enum.count", "enum", "n1", "count"), 2);
	assert_int_equal(next(box, 1, "x1"), 0);
	assert_int_equal(next(box, 1, "x2"), 0);
	box_do_with(box, "file.local_name", "file", "x2", NULL, 0);
	assert_string_equal(box_field(box, "name")->text, "C:\\bg\\f2");
	assert_int_equal(next(box, 1, "x3"), 1);
	assert_int_equal(box_field(box, "fetched")->number, 0);
	assert_int_equal(box_do_with(box, "file.local_name", "file", "x3", NULL, 0), 0x80070006u);
	assert_int_equal(box_do_with(box, "enum.reset", "enum", "n1", NULL, 0), 0);
	assert_int_equal(box_do_with(box, "enum.skip", "enum", "n1", two, 1), 0);
	assert_int_equal(box_do_with(box, "enum.skip", "enum", "n1", two, 1), 1);
	assert_int_equal(box_leaks(box), 4);
}

static void finished_jobs_are_not_enumerated_nor_found(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "n1" } } };
	char id[40];
	struct named_value open[] = { { "as", { VALUE_TEXT, 0, "j9" } }, { "id", { VALUE_TEXT, 0, id } } };

	box_create(box, "j2");
	box_create(box, "j1");
	snprintf(id, sizeof id, "%s", box_text(box, "job.id", "id"));
	assert_int_equal(box_do_with(box, "job.open", NULL, NULL, open, 2), 0);
	box_do(box, "job.cancel");
	assert_int_equal(box_do_with(box, "job.open", NULL, NULL, open, 2), box_code(box, CODE_NOT_FOUND));
	assert_int_equal(box_state_of(box, "j9"), STATE_CANCELLED);
	if (box->dialect == DIALECT_DO) return; /* which has no EnumJobs */
	assert_int_equal(box_do_with(box, "job.enum", NULL, NULL, as, 1), 0);
	assert_int_equal(box_number_of(box, "enum.count", "enum", "n1", "count"), 1);
}

/* --- properties */

static void setters_check_their_values(void **state)
{
	struct box *box = *state;

	box_create(box, "j1");
	assert_int_equal(box_set(box, "priority", JOB_PRIORITY_LOW), 0);
	assert_int_equal(box_get(box, "priority"), JOB_PRIORITY_LOW);
	assert_int_equal(box_set(box, "priority", 4), 0x80004001u);
	assert_int_equal(box_set(box, "notify_flags", 0x1000), 0x80004001u);
	assert_int_equal(box_set(box, "notify_flags", 3), 0);
	assert_int_equal(box_get(box, "notify_flags"), 3);
	assert_int_equal(box_set(box, "no_progress_timeout", 7200), 0);
	assert_int_equal(box_get(box, "no_progress_timeout"), 7200);
	box_do(box, "job.cancel");
	assert_int_equal(box_set(box, "priority", JOB_PRIORITY_HIGH), box_code(box, CODE_INVALID_STATE));
	assert_int_equal(box_get(box, "priority"), JOB_PRIORITY_LOW);
}

static void setters_of_bits_check_their_values(void **state)
{
	struct box *box = *state;
	char text[1026];
	struct named_value name[] = { { "display_name", { VALUE_TEXT, 0, text } } },
		words[] = { { "description", { VALUE_TEXT, 0, text } } };

	box_create(box, "j1");
	memset(text, 'x', sizeof text);
	text[1025] = '\0';
	assert_int_equal(box_do_with(box, "job.set", "job", "j1", words, 1), box_code(box, CODE_STRING_TOO_LONG));
	text[1024] = '\0';
	assert_int_equal(box_do_with(box, "job.set", "job", "j1", words, 1), 0);
	text[257] = '\0';
	assert_int_equal(box_do_with(box, "job.set", "job", "j1", name, 1), box_code(box, CODE_STRING_TOO_LONG));
	text[256] = '\0';
	assert_int_equal(box_do_with(box, "job.set", "job", "j1", name, 1), 0);
	assert_int_equal(box_set(box, "minimum_retry_delay", 1), 0);
	assert_int_equal(box_get(box, "minimum_retry_delay"), 5);
	assert_int_equal(box_set(box, "proxy_usage", 1), 0);
	assert_int_equal(box_get(box, "proxy_usage"), 1);
	assert_int_equal(box_set(box, "proxy_usage", 2), 0x80070057u);
	assert_int_equal(box_set(box, "proxy_usage", 4), 0x80004001u);
}

static void languages_of_descriptions_are_checked(void **state)
{
	static const struct { uint64_t language; uint32_t hr; } rows[] = { { 0, 0x80070057u }, { 0x409, 0 },
		{ 0x7ff0, 0x80070717u } };
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct named_value args[] = { { "code", { VALUE_NUMBER, 0x80200002u, NULL } },
			{ "language", { VALUE_NUMBER, rows[i].language, NULL } } };
		assert_int_equal(box_do_with(box, "manager.error_description", NULL, NULL, args, 2), rows[i].hr);
		if (rows[i].hr == 0) assert_string_not_equal(box_field(box, "text")->text, "");
	}
}

static void an_upload_ends_when_the_server_has_it(void **state)
{
	struct box *box = *state;
	static const struct named_value args[] = { { "as", { VALUE_TEXT, 0, "j1" } },
		{ "type", { VALUE_NUMBER, JOB_TYPE_UPLOAD, NULL } } };
	static const struct named_value file[] = { { "url", { VALUE_TEXT, 0, "http://origin/f1" } },
		{ "local", { VALUE_TEXT, 0, "C:\\bg\\f1" } } };

	assert_int_equal(box_do_with(box, "job.create", NULL, NULL, args, 2), 0);
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), 0);
	assert_int_equal(box_do_with(box, "job.add_file", "job", "j1", file, 2), box_code(box, CODE_TOO_MANY_FILES));
	assert_int_equal(box_do(box, "job.complete"), box_code(box, CODE_INVALID_STATE));
	box_do(box, "job.resume");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	assert_int_equal(box_count(box, "method=PUT"), 1);
	assert_int_equal(box_do(box, "job.complete"), 0);
}

/* --- service_later.c */

static uint32_t replace(struct box *box, const char *before, const char *after)
{
	const struct named_value args[] = { { "old_prefix", { VALUE_TEXT, 0, before } }, { "new_prefix", { VALUE_TEXT, 0, after } } };

	return box_do_with(box, "job.replace_prefix", "job", "j1", args, 2);
}

/* JOB-052 to JOB-055. */
static void prefixes_are_replaced_in_all_names_or_none(void **state)
{
	struct box *box = *state;
	static const struct { const char *before, *after; uint32_t hr; } rows[] = {
		{ "http://ORIGIN/", "http://other/", 1 }, { "", "http://other/", 0x80070057u },
		{ "http://origin/", "no url ", 0x80070057u }, { NULL, "http://other/", 0x80070057u },
		{ "http://origin/", NULL, 0x80070057u }, { "http://origin/", "http://other/", 0 }, { "http://origin/", "http://other/", 1 },
	};

	box_add_job(box, "j1", "http://origin/f1");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_int_equal(replace(box, rows[i].before, rows[i].after), rows[i].hr);
	assert_int_equal(box_do(box, "job.cancel"), 0);
	assert_int_equal(replace(box, "http://other/", "http://origin/"), box_code(box, CODE_INVALID_STATE));
}

static uint32_t authenticate(struct box *box, uint64_t target, uint64_t scheme, const char *user, const char *password)
{
	const struct named_value args[] = { { "target", { VALUE_NUMBER, target, NULL } }, { "scheme", { VALUE_NUMBER, scheme, NULL } },
		{ "user", { VALUE_TEXT, 0, user } }, { "password", { VALUE_TEXT, 0, password } } };

	return box_do_with(box, "job.set_credentials", "job", "j1", args, 4);
}

static void credentials_have_limits(void **state)
{
	struct box *box = *state;
	static char text[65537];

	box_create(box, "j1");
	memset(text, 'x', sizeof text - 1);
	assert_int_equal(authenticate(box, 3, 1, "u", "p"), box_code(box, CODE_INVALID_AUTH_TARGET));
	assert_int_equal(authenticate(box, 1, 6, "u", "p"), box_code(box, CODE_INVALID_AUTH_SCHEME));
	assert_int_equal(authenticate(box, 1, 1, text + 65536 - 301, "p"), box_code(box, CODE_USERNAME_TOO_LARGE));
	assert_int_equal(authenticate(box, 1, 1, text + 65536 - 300, "p"), 0);
	assert_int_equal(authenticate(box, 1, 1, "u", text), box_code(box, CODE_PASSWORD_TOO_LARGE));
	assert_int_equal(authenticate(box, 1, 1, "u", text + 1), 0);
}

static uint32_t set_property(struct box *box, uint64_t id)
{
	const struct named_value args[] = { { "property_id", { VALUE_NUMBER, id, NULL } }, { "value", { VALUE_NUMBER, 1, NULL } } };

	return box_do_with(box, "job.set_property", "job", "j1", args, 2);
}

static void properties_have_their_time(void **state)
{
	struct box *box = *state;

	box_create(box, "j1");
	assert_int_equal(set_property(box, 4), 0);
	box_add_job(box, "j1", "http://origin/f1");
	assert_int_equal(set_property(box, 4), box_code(box, CODE_READ_ONLY_PROPERTY_AFTER_ADDFILE));
	assert_int_equal(set_property(box, 5), 0);
	assert_int_equal(box_do(box, "job.resume"), 0);
	assert_int_equal(set_property(box, 5), box_code(box, CODE_READ_ONLY_PROPERTY_AFTER_RESUME));
	assert_int_equal(set_property(box, 9), 0);
	assert_int_equal(set_property(box, 6), box_code(box, CODE_UNKNOWN_PROPERTY_ID));
}

/* TIME-019: time that the job waits does not count, and Resume starts it anew. */
static void an_active_job_has_a_maximum_time(void **state)
{
	struct box *box = *state;

	box_change(box, "serve /f1 size=1m throttle=1k");
	box_start_job(box, "/f1");
	assert_int_equal(box_set(box, "maximum_download_time", 60), 0);
	box_advance(box, 50);
	assert_int_equal(box_do(box, "job.suspend"), 0);
	box_advance(box, 1000);
	assert_int_equal(box_do(box, "job.resume"), 0);
	box_advance(box, 59);
	assert_int_equal(box_state(box), STATE_TRANSFERRING);
	assert_true(box_reaches(box, STATE_ERROR, 3));
	assert_true(box_error_is(box, CAUSE_MAX_DOWNLOAD_TIME, 0));
}

/* MGR-008 */
static void a_machine_has_three_hundred_jobs(void **state)
{
	struct box *box = *state;
	const struct named_value name[] = { { "name", { VALUE_TEXT, 0, "one of many" } } };

	for (int i = 0; i < 300; i++) assert_int_equal(box_do_with(box, "job.create", NULL, NULL, name, 1), 0);
	assert_int_equal(box_do_with(box, "job.create", NULL, NULL, name, 1), box_code(box, CODE_TOO_MANY_JOBS_PER_MACHINE));
}

/* --- defects of mutants: each must show */

static void modifications_are_merged(void **state)
{
	struct box *box = *state;

	box_create(box, "j1");
	box_notify(box);
	box_set(box, "notify_flags", NOTIFY_JOB_MODIFICATION);
	box_advance(box, 1);
	box->calls = 0;
	for (int i = 0; i < 10; i++) {
		box_set(box, "no_progress_timeout", 1000);
		box_step(box, box->target->now(box->target->self) + 20 * NET_MS);
	}
	box_advance(box, 2);
	assert_in_range(box->calls, 1, 2);
	assert_string_equal(box->kind, "job_modification");
}

static void a_failing_call_can_be_made_to_make_an_error(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e1" } } };

	box_create(box, "j1");
	assert_int_not_equal(box_do(box, "job.resume"), 0); /* no file */
	assert_int_not_equal(box_do_with(box, "job.get_error", "job", "j1", as, 1), 0);
	box_spoil(box, DEFECT_call_failure_makes_error);
	box_create(box, "j1");
	assert_int_not_equal(box_do(box, "job.resume"), 0);
	assert_int_equal(box_do_with(box, "job.get_error", "job", "j1", as, 1), 0);
}

static void an_error_handle_can_be_made_to_follow_the_job(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e1" } } };
	uint64_t first;

	box_spoil(box, DEFECT_handle_follows_job);
	box_change(box, "serve /f1 status=404 times=1");
	box_change(box, "serve /f1 status=403");
	box_start_job(box, "/f1");
	box_reaches(box, STATE_ERROR, 10);
	box_do_with(box, "job.get_error", "job", "j1", as, 1);
	first = box_number_of(box, "error.get_error", "error", "e1", "code");
	box_do(box, "job.resume");
	box_advance(box, 10);
	assert_int_not_equal(box_number_of(box, "error.get_error", "error", "e1", "code"), first);
}

static void an_error_handle_can_be_made_to_die_with_the_job(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e1" } } };

	box_spoil(box, DEFECT_handle_dies_with_job);
	box_start_job(box, "/f1");
	box_reaches(box, STATE_ERROR, 10);
	box_do_with(box, "job.get_error", "job", "j1", as, 1);
	assert_int_equal(box_do_with(box, "error.get_error", "error", "e1", NULL, 0), 0);
	box_do(box, "handle.release");
	assert_int_equal(box_do_with(box, "error.get_error", "error", "e1", NULL, 0), 0x80070006u);
}

static void a_refused_get_error_can_be_made_to_leave_garbage(void **state)
{
	struct box *box = *state;
	static const struct named_value as[] = { { "as", { VALUE_TEXT, 0, "e1" } } };

	box_spoil(box, DEFECT_get_error_leaves_garbage);
	box_create(box, "j1");
	box_do_with(box, "job.get_error", "job", "j1", as, 1);
	assert_string_equal(box_field(box, "left")->text, "garbage");
}

static unsigned errors_called(struct box *box, enum defect defect, uint32_t result)
{
	box_spoil(box, defect);
	for (int i = 0; i < BOX_RESULTS_MAX; i++) box->results[i] = result;
	box_add_job(box, "j1", "http://origin/f1");
	box_notify(box);
	box_do(box, "job.resume");
	box_advance(box, 35);
	return box->calls;
}

static void callbacks_can_be_made_to_come_once_or_for_ever(void **state)
{
	struct box *box = *state;

	assert_int_equal(errors_called(box, DEFECT_callback_error_once, 0x80004005u), 1);
	box->machine.defects = 0;
	assert_int_equal(errors_called(box, DEFECT_callback_error_forever, 0), 4);
}

static void the_body_of_an_error_can_be_made_the_file(void **state)
{
	struct box *box = *state;

	box_spoil(box, DEFECT_status_body_is_file);
	box_change(box, "serve /f1 status=404 times=2");
	box_change(box, "serve /f1 size=32");
	box_start_job(box, "/f1");
	assert_true(box_reaches(box, STATE_TRANSFERRED, 10));
	box_do(box, "job.complete");
	assert_int_equal(box_compare(box, "/f1"), 0);
}

static void timers_can_be_made_to_follow_the_wall_clock(void **state)
{
	struct box *box = *state;
	int64_t due_ns;

	box_spoil(box, DEFECT_timers_follow_wall_clock);
	box_change(box, "host h1 refuse");
	box_add_job(box, "j1", "http://h1/f1");
	box_do(box, "job.resume");
	box_reaches(box, STATE_TRANSIENT_ERROR, 10);
	due_ns = box->target->next_timer(box->target->self);
	box_change(box, "clock wall +10s");
	assert_int_equal(box->target->next_timer(box->target->self), due_ns - 10 * NET_S);
}

int main(int argc, char **argv)
{
#define TEST_OF(name, dialect) cmocka_unit_test_prestate_setup_teardown(name, box_setup, box_teardown, &dialect)
#define TEST(name) TEST_OF(name, bits), TEST_OF(name, does)
	static enum dialect bits = DIALECT_BITS, does = DIALECT_DO;
	const struct CMUnitTest tests[] = {
		TEST(a_callback_that_fails_comes_again),
		TEST(a_borrowed_error_dies_with_its_callback),
		TEST(a_callback_waits_for_its_interface),
		TEST(a_client_may_act_inside_its_callback),
		TEST(a_killed_service_forgets_the_interface),
		TEST(an_error_handle_keeps_what_it_was_taken_for),
		TEST(references_are_counted),
		TEST(the_file_of_an_error_is_the_jobs_file),
		TEST(null_out_pointers_are_refused),
		TEST(commands_that_a_dialect_lacks_are_unsupported),
		TEST(names_are_checked_when_a_file_is_added),
		TEST(only_a_file_of_do_may_lack_a_place),
		TEST(a_denied_folder_refuses_files),
		TEST(lists_of_ranges_are_checked),
		TEST(enumerators_count_skip_and_start_anew),
		TEST(finished_jobs_are_not_enumerated_nor_found),
		TEST(setters_check_their_values),
		TEST_OF(setters_of_bits_check_their_values, bits),
		TEST_OF(languages_of_descriptions_are_checked, bits),
		TEST_OF(an_upload_ends_when_the_server_has_it, bits),
		TEST_OF(prefixes_are_replaced_in_all_names_or_none, bits),
		TEST_OF(credentials_have_limits, bits),
		TEST_OF(properties_have_their_time, bits),
		TEST_OF(an_active_job_has_a_maximum_time, bits),
		TEST_OF(a_machine_has_three_hundred_jobs, bits),
		TEST(modifications_are_merged),
		TEST(a_failing_call_can_be_made_to_make_an_error),
		TEST(an_error_handle_can_be_made_to_follow_the_job),
		TEST(an_error_handle_can_be_made_to_die_with_the_job),
		TEST(a_refused_get_error_can_be_made_to_leave_garbage),
		TEST(callbacks_can_be_made_to_come_once_or_for_ever),
		TEST(the_body_of_an_error_can_be_made_the_file),
		TEST(timers_can_be_made_to_follow_the_wall_clock),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
