/* adapter_session.c -- hello, describe, reset, bye; and the proof that a process may play another scenario. */
#include "conformance/adapter_session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYE_PATIENCE_NS INT64_C(2000000000)   /* from bye to the end of the process */
#define TERM_PATIENCE_NS INT64_C(1000000000)  /* from SIGTERM to SIGKILL */
#define LIST_NAME "reset-jobs"                /* no scenario's handle: those have no hyphen */

struct adapter_session *adapter_session_new(void)
{
	struct adapter_session *session = calloc(1, sizeof *session);
	if (session) session->link.log = -1;
	return session;
}

bool adapter_session_done(struct adapter_session *session, char *why, size_t why_size)
{
	bool well = true;
	if (session && session->running) {
		adapter_session_bye(session);
		well = !session->link.broken[0];
		if (!well) snprintf(why, why_size, "%s", session->link.broken);
		adapter_session_end(session);
	}
	free(session);
	return well;
}

/* --- the log: one file for each scenario, although the process keeps the descriptor that it was born with --- */

/* The file at log gets the new name, and what it held so far goes into a file under the old one. */
static bool move_log(struct adapter_session *session, const char *name)
{
	char bytes[4096];
	ssize_t n = 0;
	int old = -1, from = open(session->log, O_RDONLY | O_CLOEXEC);
	if (from >= 0 && !rename(session->log, name)) old = open(session->log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	while (old >= 0 && (n = read(from, bytes, sizeof bytes)) > 0)
		if (write(old, bytes, (size_t)n) != n) break;
	bool moved = old >= 0 && n == 0 && !ftruncate(session->link.log, 0);   /* O_APPEND: all writers go on at its start */
	if (old >= 0) close(old);
	if (from >= 0) close(from);
	return moved;
}

static bool turn_log(struct adapter_session *session, const char *name)
{
	if (!name || strlen(name) >= sizeof session->log) return !name;
	if (session->link.log < 0) session->link.log = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	else if (strcmp(session->log, name) && !move_log(session, name)) return false;
	snprintf(session->log, sizeof session->log, "%s", name);
	return session->link.log >= 0;
}

bool adapter_session_turn(struct adapter_session *session, const struct adapter_options *options, int64_t due_ns, char *why, size_t why_size)
{
	signal(SIGPIPE, SIG_IGN);
	if (!session->running) {
		session->link = (struct adapter_link){ .log = -1 };
		session->described = false;
		session->depth = 0;
		session->log[0] = '\0';
	}
	session->link.flood_max = options->flood_max;
	session->link.scenario_due_ns = due_ns;
	if (turn_log(session, options->log)) return true;
	snprintf(why, why_size, "expected a log, found %.200s: %s", options->log, strerror(errno));
	adapter_session_end(session);
	return false;
}

/* --- questions --- */

void adapter_session_ask(struct adapter_session *session, const struct call *call, int64_t timeout_ns, struct reply *reply)
{
	json_t **answers = &session->answers[session->depth];
	json_t *answer = adapter_link_ask(&session->link, call, timeout_ns);

	*reply = (struct reply){ .kind = REPLY_BROKEN };
	if (answer) {
		json_decref(*answers);
		*answers = answer;
		adapter_protocol_reply(answer, call, reply);
		if (reply->kind != REPLY_BROKEN) return;
		adapter_link_fail(&session->link, "%.300s", reply->why);
	}
	snprintf(reply->why, sizeof reply->why, "%s", session->link.broken);
}

static bool say_hello(struct adapter_session *session, int64_t timeout_ns)
{
	struct call call = { .command = "hello", .args_count = 1, .args = { { "version", { VALUE_NUMBER, ADAPTER_PROTOCOL_VERSION, NULL } } } };
	struct reply reply;

	adapter_session_ask(session, &call, timeout_ns, &reply);
	if (reply.kind == REPLY_BROKEN) return false;
	const struct value *version = adapter_protocol_field(&reply, "version");
	if (reply.kind != REPLY_RESULT || !version || version->kind != VALUE_NUMBER)
		return adapter_link_fail(&session->link, "expected a version in the reply to hello, found none");
	if (version->number != ADAPTER_PROTOCOL_VERSION)
		return adapter_link_fail(&session->link, "expected version %d in the reply to hello, found %" PRId64, ADAPTER_PROTOCOL_VERSION,
			(int64_t)version->number);
	return true;
}

static bool describe(struct adapter_session *session, int64_t timeout_ns)
{
	struct call call = { .command = "describe" };
	char why[FAILURE_TEXT_MAX];

	session->said = adapter_link_ask(&session->link, &call, timeout_ns);
	if (!session->said) return false;
	session->described = adapter_protocol_describe(session->said, &session->description, why, sizeof why);
	return session->described || adapter_link_fail(&session->link, "%.300s", why);
}

bool adapter_session_start(struct adapter_session *session, const struct adapter_options *options)
{
	session->link.base = event_base_new();
	if (!session->link.base) return adapter_link_fail(&session->link, "out of memory for the adapter's events");
	session->running = adapter_link_start(&session->link, options->argv) && say_hello(session, options->start_timeout_ns) &&
		describe(session, options->step_timeout_ns);
	return session->running;
}

bool adapter_session_reset(struct adapter_session *session, int64_t timeout_ns)
{
	struct call call = { .command = "reset" };
	struct reply reply;
	adapter_session_ask(session, &call, timeout_ns, &reply);
	if (reply.kind != REPLY_RESULT || reply.hr < 0x80000000u) return reply.kind != REPLY_BROKEN;
	return adapter_link_fail(&session->link, "expected success of reset, found hr 0x%08" PRIX32, reply.hr);
}

/* --- another scenario --- */

/* What no honest adapter does. Returns false. */
static bool lie(struct adapter_session *session)
{
	session->distrust = ADAPTER_DISTRUST_MAX;
	return false;
}

/* A command of the look at what is left, which every process that is kept must know. A failure is said, and so no lie. */
static bool must(struct adapter_session *session, const struct call *call, int64_t timeout_ns, struct reply *reply)
{
	adapter_session_ask(session, call, timeout_ns, reply);
	if (reply->kind == REPLY_RESULT && reply->hr < 0x80000000u) return true;
	if (reply->kind == REPLY_UNSUPPORTED) {
		adapter_link_fail(&session->link, "expected %s of an adapter that says it has reset, found it unsupported", call->command);
		return lie(session);
	}
	return adapter_link_fail(&session->link, "expected success of %s behind reset, found hr 0x%08" PRIX32, call->command, reply->hr);
}

static bool has_no_job(struct adapter_session *session, int64_t timeout_ns)
{
	struct call list = { .command = "job.enum", .args_count = 2, .args = { { "as", { VALUE_TEXT, 0, LIST_NAME } }, { "flags", { VALUE_NUMBER, 0, NULL } } } };
	struct call count = { .command = "enum.count", .args_count = 1, .args = { { "enum", { VALUE_TEXT, 0, LIST_NAME } } } };
	struct call release = { .command = "handle.release", .args_count = 1, .args = { { "handle", { VALUE_TEXT, 0, LIST_NAME } } } };
	struct reply reply;
	if (!must(session, &list, timeout_ns, &reply) || !must(session, &count, timeout_ns, &reply)) return false;
	const struct value *found = adapter_protocol_field(&reply, "count");
	if (!found || found->kind != VALUE_NUMBER || found->number) {
		adapter_link_fail(&session->link, "expected no job behind reset, found %" PRIu64 " of earlier scenarios", found ? found->number : 0);
		return lie(session);
	}
	return must(session, &release, timeout_ns, &reply);
}

/* Callbacks that come between two scenarios belong to the one that has ended. */
static bool is_silent(struct adapter_session *session)
{
	if (!session->link.callbacks_count) return true;
	adapter_link_fail(&session->link, "expected no callback between scenario.end and scenario.begin, found %u", session->link.callbacks_count);
	return lie(session);
}

bool adapter_session_renew(struct adapter_session *session, const struct adapter_options *options)
{
	struct call call = { .command = "reset" };
	struct reply reply;
	assert(session->running && session->depth == 0);
	if (must(session, &call, options->step_timeout_ns, &reply) && has_no_job(session, options->step_timeout_ns) && is_silent(session)) return true;
	session->distrust++;
	return false;
}

bool adapter_session_stays(const struct adapter_session *session)
{
	return session->running && session->distrust < ADAPTER_DISTRUST_MAX && !session->link.broken[0] && session->description.reset;
}

/* --- the end --- */

void adapter_session_bye(struct adapter_session *session)
{
	struct call call = { .command = "bye" };
	char state[80];

	if (!adapter_link_tell(&session->link, &call) || !adapter_link_gone(&session->link, BYE_PATIENCE_NS)) return;
	if (!session->link.process.killed && !session->link.process.code) return;
	adapter_process_describe(&session->link.process, state, sizeof state);
	adapter_link_fail(&session->link, "expected exit status 0 after bye, found an adapter that %s", state);
}

void adapter_session_end(struct adapter_session *session)
{
	adapter_link_end(&session->link, TERM_PATIENCE_NS);
	if (session->link.base) event_base_free(session->link.base);
	if (session->link.log >= 0) close(session->link.log);
	for (int i = 0; i < ADAPTER_DEPTH_MAX; i++) json_decref(session->answers[i]), session->answers[i] = NULL;
	json_decref(session->said);
	session->said = NULL;
	session->link.base = NULL;
	session->link.log = -1;
	session->running = false;
}
