/* adapter_check_handle.c -- handles: made by success only, dead with their last reference, and of one kind. */
#include "conformance/adapter_check_part.h"

#include <string.h>

static bool makes(struct check *check, enum check_step step, const char *what)
{
	return check_came(check, step, check_ask(check, "%s", what), CAME_SUCCESS);
}

/* Whether the adapter has handle.probe, and says the truth about the living and the unknown. */
static void check_probe(struct check *check)
{
	enum came came = check_ask(check, "handle.probe handle=j1");
	if (came == CAME_UNSUPPORTED) {
		check_skip(check, CHECK_PROBE, "the adapter lacks handle.probe");
		return;
	}
	if (!check_came(check, CHECK_PROBE, came, CAME_SUCCESS)) return;
	if (check_number(check, "alive") != 1) {
		check_bad(check, CHECK_PROBE, "came alive %lld for a handle that was made", (long long)check_number(check, "alive"));
		return;
	}
	came = check_ask(check, "handle.probe handle=never_made");
	if (!check_came(check, CHECK_PROBE, came, CAME_SUCCESS | CAME_REFUSED)) return;
	if (came == CAME_SUCCESS && check_number(check, "alive"))
		check_bad(check, CHECK_PROBE, "came alive %lld for a handle that was never made", (long long)check_number(check, "alive"));
	else check_ok(check, CHECK_PROBE);
}

/* A job that has not failed has no error: GetError fails, and e0 is no handle. */
static void check_no_handle(struct check *check)
{
	if (!check_came(check, CHECK_NO_HANDLE, check_ask(check, "job.get_error job=j1 as=e0"), CAME_REFUSED)) return;
	if (check_came(check, CHECK_NO_HANDLE, check_ask(check, "error.get_error error=e0"), CAME_REFUSED)) check_ok(check, CHECK_NO_HANDLE);
}

static void check_release(struct check *check)
{
	if (!makes(check, CHECK_RELEASE, "job.create as=j9 name=second type=#0")) return;
	if (!makes(check, CHECK_RELEASE, "handle.add_ref handle=j9") || !makes(check, CHECK_RELEASE, "handle.release handle=j9")) return;
	int64_t left = check_number(check, "count");
	if (!makes(check, CHECK_RELEASE, "handle.release handle=j9")) return;
	if (left < 1) check_bad(check, CHECK_RELEASE, "came count %lld although one of two references was left", (long long)left);
	else check_ok(check, CHECK_RELEASE);
	if (check_came(check, CHECK_RELEASE_TWICE, check_ask(check, "handle.release handle=j9"), CAME_REFUSED)) check_ok(check, CHECK_RELEASE_TWICE);
	if (check_came(check, CHECK_RELEASED_USE, check_ask(check, "job.state job=j9"), CAME_REFUSED)) check_ok(check, CHECK_RELEASED_USE);
}

static void check_kinds(struct check *check)
{
	if (!check_came(check, CHECK_OTHER_KIND, check_ask(check, "error.get_error error=j1"), CAME_REFUSED)) return;
	enum came came = check_ask(check, "job.enum_files job=j1 as=n1");
	if (came == CAME_SUCCESS) {
		if (!check_came(check, CHECK_OTHER_KIND, check_ask(check, "job.state job=n1"), CAME_REFUSED)) return;
		if (!makes(check, CHECK_OTHER_KIND, "handle.release handle=n1")) return;
	} else if (!check_came(check, CHECK_OTHER_KIND, came, CAME_REFUSED)) return;
	check_ok(check, CHECK_OTHER_KIND);
}

void check_handles(struct check *check)
{
	check_probe(check);
	check_no_handle(check);
	if (check_came(check, CHECK_OUT_NULL, check_ask(check, "job.get_error job=j1 out=~"), CAME_REFUSED)) check_ok(check, CHECK_OUT_NULL);
	check_release(check);
	check_kinds(check);
}
