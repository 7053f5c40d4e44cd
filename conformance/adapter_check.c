/* adapter_check.c -- the three conversations: a whole one, one that is cut off, and one that must not see its remains. */
#include "conformance/adapter_check.h"

#include "conformance/adapter_check_part.h"
#include "conformance/interrupt.h"
#include "conformance/json_text.h"
#include "conformance/output.h"
#include "conformance/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYE_NS INT64_C(2000000000)    /* from bye to the end, as in a run */
#define TERM_NS INT64_C(1000000000)   /* from SIGTERM to SIGKILL */
#define QUIET_NS INT64_C(1000000000)  /* after scenario.end, in which nothing may come */
#define CONVERSATION_NS INT64_C(600000000000)
#define FLOOD_MAX 10000
#define ID_LARGE INT64_C(9007199254740881)   /* the largest that every JSON library keeps is a little more */

static int64_t now_of(void *context)
{
	const struct check *check = context;
	return adapter_process_clock() - check->began_ns;
}

static void on_line(void *context, const struct trace_line *line)
{
	(void)context, (void)line;
}

static bool start(struct check *check, const char *work)
{
	struct failure failure = { 0 };
	check->link = (struct adapter_link){ .log = -1, .flood_max = FLOOD_MAX, .scenario_due_ns = adapter_process_clock() + CONVERSATION_NS };
	check->began_ns = adapter_process_clock();
	check->sent[0] = '\0';
	check->over = check->inside = check->expects_callbacks = false;
	check->callbacks = 0;
	check->listener = (struct listener){ check, NULL, on_line };
	check->link.base = event_base_new();
	if (!check->link.base || !adapter_path_make(&check->path, work, failure.text, sizeof failure.text)) return false;
	check->live = live_new(check->arena, check->link.base, now_of, check, &check->listener, &failure);
	return check->live != NULL;
}

static void stop(struct check *check)
{
	json_decref(check->message.root);
	json_decref(check->answer);
	json_decref(check->said);
	check->message.root = check->answer = check->said = NULL;
	adapter_link_end(&check->link, TERM_NS);
	if (check->live) live_done(check->live);
	if (check->link.base) event_base_free(check->link.base);
	adapter_path_remove(&check->path);
	check->live = NULL;
	check->link.base = NULL;
}

/* --- the beginning */

static bool check_hello(struct check *check)
{
	if (!check_came(check, CHECK_HELLO, check_ask(check, "hello version=#%d", ADAPTER_PROTOCOL_VERSION), CAME_SUCCESS)) return false;
	if (check_number(check, "version") != ADAPTER_PROTOCOL_VERSION)
		return check_bad(check, CHECK_HELLO, "came version %" PRId64, check_number(check, "version"));
	return true;
}

static void choose_dialect(struct check *check, int wanted)
{
	check->dialect = wanted >= 0 ? (enum dialect)wanted : strstr(check->description.dialects, "bits") ? DIALECT_BITS : DIALECT_DO;
}

static bool check_describe(struct check *check)
{
	char why[FAILURE_TEXT_MAX];
	/* Its fields are lists, which no other reply has: the shape is looked at here. */
	struct call call = { .command = "describe" };
	snprintf(check->sent, sizeof check->sent, "describe");
	json_decref(check->said);
	check->said = adapter_link_ask(&check->link, &call, check->unit->step_timeout_ns);
	if (!check->said) return check_came(check, CHECK_DESCRIBE, CAME_NOTHING, 0);
	if (!adapter_protocol_describe(check->said, &check->description, why, sizeof why)) return check_bad(check, CHECK_DESCRIBE, "%s", why);
	if (check->description.version[0]) return true;
	return check_bad(check, CHECK_DESCRIBE, "expected a text for version in the reply to describe, found none");
}

/* A word in a list that is no command, or is in both. */
static bool check_words(struct check *check, const char *list, const char *other)
{
	const json_t *result = json_object_get(check->said, "r");
	json_t *word, *twin;
	size_t i, k;
	json_array_foreach(json_object_get(result, list), i, word) {
		if (!adapter_protocol_knows(json_string_value(word)))
			return check_bad(check, CHECK_DESCRIBE_WORDS, "came %.100s in %s, which is no command", json_string_value(word), list);
		json_array_foreach(json_object_get(result, other), k, twin)
			if (json_equal(word, twin)) return check_bad(check, CHECK_DESCRIBE_WORDS, "came %.100s in lacks and in features", json_string_value(word));
	}
	return true;
}

static void check_again(struct check *check)
{
	json_t *first = json_deep_copy(json_object_get(check->said, "r"));
	if (check_describe(check)) {
		if (json_equal(first, json_object_get(check->said, "r"))) check_ok(check, CHECK_DESCRIBE_AGAIN);
		else check_bad(check, CHECK_DESCRIBE_AGAIN, "another answer came than before");
	}
	json_decref(first);
}

static bool check_begin(struct check *check)
{
	char why[FAILURE_TEXT_MAX], dir[VALUE_TEXT_MAX], separator[8];
	if (!check_came(check, CHECK_RESET, check_ask(check, "reset"), CAME_SUCCESS | CAME_UNSUPPORTED)) return false;
	const char *origin = live_url(check->live, "origin");
	enum came came = check_ask(check, "scenario.begin id=0000-adapter-check dir=%s origin=%s dialect=%s", check->path.work, origin ? origin : "",
		machine_dialect_name(check->dialect));
	if (!check_came(check, CHECK_BEGIN, came, CAME_SUCCESS)) return false;
	snprintf(dir, sizeof dir, "%s", check_text(check, "dir"));
	snprintf(separator, sizeof separator, "%s", check_text(check, "separator"));
	if (adapter_path_spell(&check->path, *dir ? dir : NULL, *separator ? separator : NULL, why, sizeof why)) return true;
	return check_bad(check, CHECK_BEGIN, "%s", why);
}

/* The first process has each step told; the others only what they do otherwise. */
static bool check_open(struct check *check, int dialect, bool first)
{
	if (!adapter_link_start(&check->link, check->unit->argv)) return check_came(check, CHECK_START, CAME_NOTHING, 0);
	if (first) check_ok(check, CHECK_START);
	if (!check_hello(check)) return false;
	if (first) check_ok(check, CHECK_HELLO);
	if (!check_describe(check)) return false;
	if (first) check_ok(check, CHECK_DESCRIBE);
	if (first && check_words(check, "lacks", "features") && check_words(check, "features", "lacks")) check_ok(check, CHECK_DESCRIBE_WORDS);
	if (first) check_again(check);
	choose_dialect(check, dialect);
	if (check->over || !check_begin(check)) return false;
	if (first) check_ok(check, CHECK_RESET), check_ok(check, CHECK_BEGIN);
	return true;
}

/* --- the middle */

static void check_unknown(struct check *check)
{
	static const char *const words[] = { "job.frobnicate job=j1", "nosuch", "error.q7x3 error=e1", "scenario.rewind" };
	bool well = true;
	for (size_t i = 0; i < sizeof words / sizeof *words && well; i++)
		well = check_came(check, CHECK_UNKNOWN_COMMAND, check_ask(check, "%s", words[i]), CAME_UNSUPPORTED);
	if (well) check_ok(check, CHECK_UNKNOWN_COMMAND);
	if (check_came(check, CHECK_CLOCK_ADVANCE, check_ask(check, "clock.advance ns=#1000000000"), CAME_UNSUPPORTED)) check_ok(check, CHECK_CLOCK_ADVANCE);
}

static bool check_create(struct check *check)
{
	if (!check_came(check, CHECK_CREATE, check_ask(check, "job.create as=j1 name=first type=#0"), CAME_SUCCESS)) return false;
	if (!*check_text(check, "id")) return check_bad(check, CHECK_CREATE, "came no text for id");
	return check_ok(check, CHECK_CREATE);
}

static void check_properties(struct check *check)
{
	bool well = check_came(check, CHECK_UNKNOWN_PROPERTY, check_ask(check, "job.get job=j1 property=frobnication"), CAME_REFUSED) &&
		check_came(check, CHECK_UNKNOWN_PROPERTY, check_ask(check, "job.set job=j1 frobnication=#1"), CAME_REFUSED);
	if (well) check_ok(check, CHECK_UNKNOWN_PROPERTY);
}

static void check_ids(struct check *check)
{
	int64_t next = check->link.next_id;
	check->link.skipped_from = next;
	check->link.next_id = check->link.skipped_to = ID_LARGE;
	if (check_came(check, CHECK_ID_ECHO, check_ask(check, "job.state job=j1"), CAME_SUCCESS)) check_ok(check, CHECK_ID_ECHO);
	check->link.next_id = next + 1;
}

static void check_texts(struct check *check)
{
	static const char text[] = "na\xc3\xafve\v\xe5\x90\x8d\xe5\x89\x8d\v\xf0\x9f\x98\x80\v\"\\/\v\xe2\x80\xa8";
	char name[sizeof text];
	memcpy(name, text, sizeof text);
	for (char *at = name; *at; at++)
		if (*at == '\v') *at = ' ';
	if (!check_came(check, CHECK_TEXT_ECHO, check_ask(check, "job.create as=ju name=%s type=#0", text), CAME_SUCCESS)) return;
	enum came came = check_ask(check, "job.get job=ju property=display_name");
	if (came == CAME_UNSUPPORTED) check_skip(check, CHECK_TEXT_ECHO, "the adapter lacks job.get.display_name");
	else if (!check_came(check, CHECK_TEXT_ECHO, came, CAME_SUCCESS)) return;
	else if (strcmp(check_text(check, "value"), name)) check_bad(check, CHECK_TEXT_ECHO, "came another text for value: %.200s", check_text(check, "value"));
	else check_ok(check, CHECK_TEXT_ECHO);
	check_ask(check, "job.cancel job=ju");
	check_ask(check, "handle.release handle=ju");
}

static void check_malformed(struct check *check)
{
	bool well = check_came(check, CHECK_MALFORMED, check_ask(check, "job.state"), CAME_REFUSED) &&
		check_came(check, CHECK_MALFORMED, check_ask(check, "job.state job=#17"), CAME_REFUSED) &&
		check_came(check, CHECK_MALFORMED, check_ask(check, "job.state job=j1"), CAME_SUCCESS);
	if (well) check_ok(check, CHECK_MALFORMED);
}

static void check_clock(struct check *check)
{
	enum came came = check_ask(check, "clock.now");
	int64_t first = check_number(check, "ns");
	if (came == CAME_UNSUPPORTED) {
		check_skip(check, CHECK_CLOCK, "the adapter lacks clock.now");
		return;
	}
	if (!check_came(check, CHECK_CLOCK, came, CAME_SUCCESS) || !check_came(check, CHECK_CLOCK, check_ask(check, "clock.now"), CAME_SUCCESS)) return;
	if (first < 0 || check_number(check, "ns") < first)
		check_bad(check, CHECK_CLOCK, "came ns %" PRId64 " after %" PRId64, check_number(check, "ns"), first);
	else check_ok(check, CHECK_CLOCK);
}

/* The name of the file to get; it is missing on the origin, which is ours. */
static void add_file(struct check *check, const char *job)
{
	check_came(check, CHECK_CREATE, check_ask(check, "job.add_file job=%s url=%s/missing local=%s%c%s", job, live_url(check->live, "origin"), check->path.dir,
		check->path.separator, job), CAME_SUCCESS);
}

/* --- the end */

/* The client keeps one handle, and has a job that is about to fail. */
static void check_leaks(struct check *check, bool restless)
{
	char local[700];
	snprintf(local, sizeof local, "%s%clate", check->path.dir, check->path.separator);
	if (restless && check_ask(check, "job.create as=jl name=late type=#0") == CAME_SUCCESS) {
		check_ask(check, "job.add_file job=jl url=%s/missing local=%s", live_url(check->live, "origin"), local);
		check_ask(check, "job.set job=jl notify_interface=#1");
		check_ask(check, "job.resume job=jl");
		check_ask(check, "handle.release handle=jl");
	}
	int64_t wanted = restless ? 1 : 0;
	check->inside = true;   /* what comes behind the reply must not be taken for what came before it */
	enum came came = check_ask(check, "scenario.end");
	check->inside = false;
	for (unsigned left = check->link.callbacks_before; left && adapter_link_take(&check->link, &check->message); left--) check_return(check);
	if (!check_came(check, CHECK_LEAKS, came, CAME_SUCCESS)) return;
	if (check_number(check, "leaks") != wanted)
		check_bad(check, CHECK_LEAKS, "came leaks %" PRId64 " although the client holds %s", check_number(check, "leaks"), restless ? "j1, and nothing else" : "nothing");
	else if (restless) check_ok(check, CHECK_LEAKS);
}

static void check_late(struct check *check)
{
	if (check->over) return;
	if (check_wait_callback(check, QUIET_NS)) {
		char *text = json_dumps(check->message.root, JSON_COMPACT);
		check_bad(check, CHECK_LATE, "came %.300s", text ? text : "");
		free(text);
		check_return(check);
	} else if (check->link.broken[0]) check_came(check, CHECK_LATE, CAME_NOTHING, 0);
	else check_ok(check, CHECK_LATE);
}

static void check_bye(struct check *check, bool first)
{
	struct call call = { .command = "bye" };
	char state[80];
	if (check->over) return;
	snprintf(check->sent, sizeof check->sent, "bye");
	adapter_link_tell(&check->link, &call);
	bool gone = adapter_link_gone(&check->link, BYE_NS);
	adapter_link_drain(&check->link);
	adapter_process_describe(&check->link.process, state, sizeof state);
	if (check->link.broken[0]) check_came(check, CHECK_BYE, CAME_NOTHING, 0);
	else if (!gone || check->link.process.killed || check->link.process.code) check_bad(check, CHECK_BYE, "the adapter %s", state);
	else if (first) check_ok(check, CHECK_BYE);
}

static void check_remains(struct check *check)
{
	unsigned carriage = check->link.crlf, strays = adapter_link_end(&check->link, TERM_NS);
	if (strays) check_bad(check, CHECK_CHILDREN, "%u more processes were there, and were ended", strays);
	else if (!check->over) check_ok(check, CHECK_CHILDREN);
	if (carriage) check_bad(check, CHECK_FRAMING, "%u lines came with CR before LF; a run forgives it, others may not", carriage);
	else if (!check->over) check_ok(check, CHECK_FRAMING);
}

static void talk(struct check *check, int dialect)
{
	if (!check_open(check, dialect, true)) return;
	check_unknown(check);
	if (check->over || !check_create(check)) return;
	check_properties(check);
	check_ids(check);
	check_texts(check);
	check_malformed(check);
	check_clock(check);
	check_handles(check);
	if (!check->over) add_file(check, "j1");
	if (!check->over) check_callbacks(check);
	if (!check->over) check_features(check);
	if (!check->over) check_leaks(check, true);
	check_late(check);
	check_bye(check, true);
}

/* --- the second and the third process */

static void leave_job(struct check *check, int dialect, char *id, size_t size)
{
	if (!check_open(check, dialect, false)) return;
	if (check_ask(check, "job.create as=left name=left type=#0") == CAME_SUCCESS) snprintf(id, size, "%s", check_text(check, "id"));
}

static void look_for_it(struct check *check, int dialect, const char *id)
{
	if (!check_open(check, dialect, false)) return;
	if (!*id) check_skip(check, CHECK_RESET_FORGETS, "no job could be left behind");
	else if (check_came(check, CHECK_RESET_FORGETS, check_ask(check, "job.open as=found id=%s", id), CAME_REFUSED)) check_ok(check, CHECK_RESET_FORGETS);
	check_leaks(check, false);
	check_bye(check, false);
}

static int finish(struct check *check, FILE *out)
{
	if (check->told) {
		json_t *all = json_pack("{s:o, s:i, s:i}", "steps", check->told, "count", (int)check->steps, "not_ok", (int)check->bad);
		json_dumpf(all, out, JSON_INDENT(1));
		fputc('\n', out);
		json_decref(all);
	} else {
		if (check->bad) fprintf(out, "# %s; what stands behind it was not asked\n", check->over ? "the conversation broke off" : "a second process was not started, or not a third");
		fprintf(out, "%u steps, %u not ok\n", check->steps, check->bad);
	}
	return check->bad ? EXIT_ADAPTER : EXIT_CONFORMS;
}

/* Each in a folder of its own; what is wrong with the first process is to be mended before others are looked at. Returns
 * whether there was a place to work in. */
static bool hold(struct check *check, int dialect, const char *base)
{
	char work[300], id[VALUE_TEXT_MAX] = "";
	for (int n = 0; n < 3; n++) {
		snprintf(work, sizeof work, "%s/%d", base, n);
		bool placed = start(check, work);
		if (placed && n == 0) talk(check, dialect), check_remains(check);
		else if (placed && n == 1) leave_job(check, dialect, id, sizeof id);
		else if (placed) look_for_it(check, dialect, id);
		if (placed && n == 2 && !check->bad) check_ok(check, CHECK_SECOND);
		stop(check);
		if (!placed || check->bad) return placed;
	}
	return true;
}

/* In a process of its own: whatever interrupts or kills it, its parent tidies up. */
static int converse(struct check *check, int dialect, const char *base)
{
	if (!hold(check, dialect, base)) {
		fprintf(stderr, "bgcheck: cannot make a place to work in below %s\n", base);
		return EXIT_HARNESS;
	}
	int code = finish(check, check->out);
	if (!fflush(check->out) && !ferror(check->out)) return code;
	fprintf(stderr, "bgcheck: cannot write to standard output: %s\n", strerror(errno));
	return EXIT_HARNESS;
}

static int wait_for(pid_t pid)
{
	int status = 0;
	bool ended = interrupt_wait_for(pid, &status);
	if (!ended) fprintf(stderr, "bgcheck: the check was interrupted\n");
	adapter_process_end_orphans(NULL, 0);
	return ended && WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_HARNESS;
}

int adapter_check(struct arena *arena, const struct unit_options *unit, int dialect, bool json, FILE *out)
{
	char base[200];
	struct check *check = arena_take(arena, sizeof *check);
	if (!check || output_scratch(base, sizeof base, "check")) return EXIT_HARNESS;
	*check = (struct check){ .arena = arena, .unit = unit, .out = out, .told = json ? json_array() : NULL };
	fflush(NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t pid = interrupt_fork();
	if (!pid) _exit(converse(check, dialect, base));
	int code = pid > 0 ? wait_for(pid) : EXIT_HARNESS;
	output_remove(base);
	return code;
}
