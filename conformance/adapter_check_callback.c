/* adapter_check_callback.c -- callbacks: when they come, what they lend, and that they end. */
#include "conformance/adapter_check_part.h"
#include "conformance/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLBACK_NS INT64_C(20000000000)  /* for a request that is answered 404 at once */
#define QUIET_NS INT64_C(300000000)       /* in which nothing may come */

static bool lends(const json_t *root, const char *error)
{
	json_t *borrowed = json_object_get(root, "borrowed"), *name;
	size_t i;
	json_array_foreach(borrowed, i, name)
		if (!strcmp(json_string_value(name), error)) return true;
	return false;
}

/* The shape of the callback that a missing file brings. */
static bool check_shape(struct check *check)
{
	const json_t *root = check->message.root;
	const char *error = json_text(root, "error");
	char *text = json_dumps(root, JSON_COMPACT);
	const char *why = strcmp(json_text(root, "kind"), "job_error") ? "it is no job_error" : strcmp(json_text(root, "job"), "j1") ? "its job is not j1" :
		!*error ? "it has no error" : !lends(root, error) ? "its error is not in borrowed" : NULL;
	if (why) check_bad(check, CHECK_CALLBACK, "came %.300s: %s", text ? text : "", why);
	free(text);
	return !why;
}

/* While the client's method runs, it may call. */
static void look_inside(struct check *check, const char *error)
{
	bool well = check_came(check, CHECK_CALLBACK_INSIDE, check_ask(check, "job.state job=j1"), CAME_SUCCESS) &&
		check_came(check, CHECK_CALLBACK_INSIDE, check_ask(check, "error.get_error error=%s", error), CAME_SUCCESS);
	if (well) check_ok(check, CHECK_CALLBACK_INSIDE);
}

/* One more callback for an answer S_OK is one too many. */
static void check_once(struct check *check)
{
	if (check->over) return;
	if (!check_wait_callback(check, QUIET_NS)) {
		if (check->link.broken[0]) check_came(check, CHECK_CALLBACK_ONCE, CAME_NOTHING, 0);
		else if (!check->bad_step[CHECK_CALLBACK_ONCE]) check_ok(check, CHECK_CALLBACK_ONCE);
		return;
	}
	char *text = json_dumps(check->message.root, JSON_COMPACT);
	check_bad(check, CHECK_CALLBACK_ONCE, "came %.300s", text ? text : "");
	free(text);
	check_return(check);
}

static bool provoke(struct check *check)
{
	enum came came = check_ask(check, "job.set job=j1 notify_interface=#1");
	if (came == CAME_UNSUPPORTED) {
		check_skip(check, CHECK_CALLBACK, "the adapter lacks job.set.notify_interface");
		return false;
	}
	if (!check_came(check, CHECK_CALLBACK, came, CAME_SUCCESS)) return false;
	check->expects_callbacks = true;
	return check_came(check, CHECK_CALLBACK, check_ask(check, "job.resume job=j1"), CAME_SUCCESS);
}

void check_callbacks(struct check *check)
{
	unsigned before = check->callbacks;
	if (!check->bad_step[CHECK_UNASKED] && !check->over) check_ok(check, CHECK_UNASKED);
	check->inside = true;   /* whatever comes from here on is looked at below */
	bool provoked = provoke(check);
	check->inside = false;
	if (!provoked) return;
	if (!check_wait_callback(check, CALLBACK_NS)) {
		if (check->link.broken[0]) check_came(check, CHECK_CALLBACK, CAME_NOTHING, 0);
		else check_bad(check, CHECK_CALLBACK, "no callback came within 20 s");
		return;
	}
	char error[VALUE_TEXT_MAX];
	snprintf(error, sizeof error, "%s", json_text(check->message.root, "error"));
	bool shaped = check_shape(check);
	if (shaped && check->callbacks == before + 1) check_ok(check, CHECK_CALLBACK);
	if (shaped) look_inside(check, error);
	check_return(check);
	if (!shaped || check->over) return;
	check->inside = true;   /* a callback that comes again is looked at below */
	enum came came = check_ask(check, "error.get_error error=%s", error);
	check->inside = false;
	if (check_came(check, CHECK_BORROWED, came, CAME_REFUSED)) check_ok(check, CHECK_BORROWED);
	check_once(check);
}
