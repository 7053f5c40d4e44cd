/* recorded_csv.c -- a log of API calls, one a line: the columns, times, results and names of methods. */
#include "conformance/recorded.h"

#include "model/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS 6
#define COLUMN_MAX (TRACE_LINE_MAX - 400)
#define NS_PER_S INT64_C(1000000000)

enum column { COLUMN_TIME, COLUMN_ACTOR, COLUMN_OBJECT, COLUMN_EVENT, COLUMN_RESULT, COLUMN_FIELDS };

struct log {
	struct arena *arena;
	struct recorded *recorded;
	struct failure *failure;
	const char *at, *end;
	bool has_header, has_first;
	struct recorded_looks looks;
	int64_t first_ns, last_ns;
	char columns[COLUMNS][COLUMN_MAX];
	unsigned cols[COLUMNS];       /* where each begins */
};

static bool __attribute__((format(printf, 3, 4))) fail(struct log *log, unsigned col, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(log->failure->text, sizeof log->failure->text, format, args);
	va_end(args);
	log->failure->col = col;
	return false;
}

/* --- the form of the file: RFC 4180 */

/* A column in quotes; log->at is behind the closing one. */
static bool read_quoted(struct log *log, const char *line, char *to, size_t *n)
{
	unsigned col = (unsigned)(log->at - line) + 1;
	for (log->at++; log->at < log->end; log->at++) {
		if (*log->at == '"' && (log->at + 1 == log->end || log->at[1] != '"')) {
			log->at++;
			return true;
		}
		if (*log->at == '"') log->at++;
		if (*n == COLUMN_MAX - 1) return fail(log, col, "expected at most %d bytes in a column, found more", COLUMN_MAX - 1);
		to[(*n)++] = *log->at;
	}
	return fail(log, col, "expected a closing quote, found the end of the file");
}

static bool read_bare(struct log *log, const char *line, char *to, size_t *n)
{
	for (; log->at < log->end && !strchr(",\r\n", *log->at); log->at++) {
		if (*log->at == '"') return fail(log, (unsigned)(log->at - line) + 1, "expected quotes around the whole column, found one inside");
		if (*n == COLUMN_MAX - 1) return fail(log, (unsigned)(log->at - line) + 1, "expected at most %d bytes in a column, found more", COLUMN_MAX - 1);
		to[(*n)++] = *log->at;
	}
	return true;
}

/* The columns of one line; *count of them. Leaves log->at at the beginning of the next. */
static bool read_columns(struct log *log, unsigned *count)
{
	const char *line = log->at;
	for (*count = 0;; log->at++) {
		size_t n = 0;
		unsigned col = (unsigned)(log->at - line) + 1;
		if (*count == COLUMNS) return fail(log, col, "expected %d columns, found more", COLUMNS);
		char *to = log->columns[*count];
		if (log->at < log->end && *log->at == '"' ? !read_quoted(log, line, to, &n) : !read_bare(log, line, to, &n)) return false;
		to[n] = '\0';
		log->cols[(*count)++] = col;
		if (log->at == log->end || *log->at != ',') break;
	}
	if (log->at < log->end && *log->at == '\r') log->at++;
	if (log->at < log->end && *log->at != '\n') return fail(log, (unsigned)(log->at - line) + 1, "expected a comma or the end of the line, found %c", *log->at);
	if (log->at < log->end) log->at++;
	return true;
}

/* --- what a column says */

static bool fail_column(struct log *log, enum column column, const char *expected)
{
	const char *text = log->columns[column];
	return fail(log, log->cols[column], "expected %s, found %.60s", expected, *text ? text : "nothing");
}

/* Up to nine decimals behind a point, as nanoseconds; *end behind them. */
static int64_t decimals(const char *text, const char **end)
{
	int64_t ns = 0, scale = NS_PER_S;
	for (; *text >= '0' && *text <= '9'; text++)
		if (scale > 1) ns += (*text - '0') * (scale /= 10);
	*end = text;
	return ns;
}

static bool read_iso(const char *text, int64_t *ns)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t part = 0;
	if (end && *end == '.') part = decimals(end + 1, &end);
	if (!end || strcmp(end, "Z")) return false;
	*ns = (int64_t)timegm(&tm) * NS_PER_S + part;
	return true;
}

static bool read_seconds(const char *text, int64_t *ns)
{
	char *end;
	long long whole = strtoll(text, &end, 10);
	const char *rest = end;
	int64_t part = 0;
	if (rest == text || *text < '0' || *text > '9' || whole > INT64_MAX / NS_PER_S - 1) return false;
	if (*rest == '.') part = decimals(rest + 1, &rest);
	*ns = whole * NS_PER_S + part;
	return !*rest;
}

static bool read_time(struct log *log, int64_t *at_ns)
{
	const char *text = log->columns[COLUMN_TIME];
	int64_t ns;
	if (!read_seconds(text, &ns) && !read_iso(text, &ns)) return fail_column(log, COLUMN_TIME, "seconds such as 0.25 or a time such as 2026-11-25T09:00:00.250Z");
	if (!log->has_first) log->first_ns = ns;
	log->has_first = true;
	*at_ns = ns - log->first_ns;
	if (*at_ns < log->last_ns) return fail_column(log, COLUMN_TIME, "a time not before that of the line above");
	log->last_ns = *at_ns;
	return true;
}

static bool read_actor(struct log *log, enum actor *actor)
{
	static const enum actor actors[] = { ACTOR_CLIENT, ACTOR_CB, ACTOR_ORIGIN, ACTOR_WORLD };
	for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
		*actor = actors[i];
		if (!strcmp(log->columns[COLUMN_ACTOR], trace_actor_name(*actor))) return true;
	}
	return fail_column(log, COLUMN_ACTOR, "client, cb, origin or world");
}

/* A command, or Interface::Method. `out`: its method, NULL for what is no method of the table (handle.*). */
static bool find_method(struct log *log, const struct method **out)
{
	const char *word = log->columns[COLUMN_EVENT], *colons = strstr(word, "::");
	unsigned count;
	const struct method *methods = machine_methods(&count);
	*out = NULL;
	if (!colons) {
		*out = machine_method(word, "");
		return *out || !strncmp(word, "handle.", strlen("handle.")) || fail_column(log, COLUMN_EVENT, "a command or Interface::Method");
	}
	for (unsigned i = 0; i < count && !*out; i++)
		if (strlen(methods[i].interface_) == (size_t)(colons - word) && !strncmp(methods[i].interface_, word, (size_t)(colons - word)) &&
			!strcmp(methods[i].name, colons + 2)) *out = &methods[i];
	return *out || fail_column(log, COLUMN_EVENT, "a method of `bgcheck show protocol`");
}

/* The HRESULT as traces have it: its word, or hex. */
static bool read_result(struct log *log, char hr[48])
{
	const char *text = log->columns[COLUMN_RESULT];
	char *end;
	uint32_t code;
	int dialect = log->recorded->dialect;
	long long value = strtoll(text, &end, 10);
	if (*text && !*end && value >= INT32_MIN && value <= UINT32_MAX) code = (uint32_t)value;
	else if (!*text || !machine_code((enum dialect)dialect, text, strlen(text), &code)) return fail_column(log, COLUMN_RESULT, "an HRESULT: hex, a number or a name");
	const char *word = machine_code_name((enum dialect)dialect, code);
	if (word) snprintf(hr, 48, "%s", word);
	else snprintf(hr, 48, "0x%08X", (unsigned)code);
	return true;
}

/* The fields are those of a trace: they are read as the end of one. */
static bool read_fields(struct log *log, struct trace_line *fields)
{
	char text[TRACE_LINE_MAX];
	struct failure failure = { 0 };
	bool present;
	int n = snprintf(text, sizeof text, "0.0 client - x %s", log->columns[COLUMN_FIELDS]), head = (int)strlen("0.0 client - x ");
	if (!trace_parse(text, (size_t)n, fields, &present, &failure) && !fields->row[0] && fields->from == STATE_NONE && !fields->scenario_line) return true;
	unsigned col = log->cols[COLUMN_FIELDS] + (failure.col > (unsigned)head ? failure.col - (unsigned)head - 1 : 0);
	return fail(log, col, "%.180s", failure.text[0] ? failure.text : "expected key=value, found something else of a trace");
}

/* job.get and job.set stand for many methods: the method says the property, and a value is that of it. */
static void add_fields(struct trace_line *line, const struct trace_line *fields, const struct method *method)
{
	bool sets = method && !strcmp(method->command, "job.set"), gets = method && !strcmp(method->command, "job.get");
	if (gets && !trace_get(fields, "property")) trace_add(line, "property", method->property);
	for (unsigned i = 0; i < fields->fields_count; i++) {
		const char *key = fields->fields[i].key;
		trace_add(line, sets && !strcmp(key, "value") ? method->property : key, fields->text + fields->fields[i].at);
	}
}

static bool is_callback(const char *word)
{
	return !strcmp(word, "job_error") || !strcmp(word, "job_transferred") || !strcmp(word, "job_modification");
}

static bool read_event(struct log *log, enum actor actor, struct trace_line *line, const struct trace_line *fields)
{
	const char *object = log->columns[COLUMN_OBJECT], *word = log->columns[COLUMN_EVENT];
	const struct method *method = NULL;
	char hr[48];
	if (actor == ACTOR_CLIENT && (!find_method(log, &method) || !read_result(log, hr))) return false;
	if (actor == ACTOR_CB && !is_callback(word)) return fail_column(log, COLUMN_EVENT, "job_error, job_transferred or job_modification");
	if (actor != ACTOR_CLIENT && *log->columns[COLUMN_RESULT]) return fail_column(log, COLUMN_RESULT, "nothing: only a client's call has a result");
	if (!*word) return fail_column(log, COLUMN_EVENT, "an event");
	trace_line_init(line, line->at_ns, actor, *object ? object : "-", method ? method->command : word);
	if (actor == ACTOR_CLIENT) trace_add(line, "hr", hr);
	add_fields(line, fields, method);
	return true;
}

static enum status read_call(struct log *log)
{
	struct trace_line line = { 0 }, fields;
	enum actor actor;
	bool good = read_time(log, &line.at_ns) && read_actor(log, &actor) && read_fields(log, &fields) && read_event(log, actor, &line, &fields);
	if (!good) return STATUS_BAD_INPUT;
	enum status status = recorded_add(log->arena, log->recorded, &line, log->failure->line);
	if (!status && recorded_look(&log->looks, &line, &fields)) status = recorded_add(log->arena, log->recorded, &fields, log->failure->line);
	return status;
}

/* --- what stands above the columns */

static const char *value_of(const char *line, size_t length, const char *key)
{
	size_t n = strlen(key);
	return length > n && !strncmp(line, key, n) ? line + n : NULL;
}

static bool read_remark(struct log *log, const char *line, size_t length)
{
	struct recorded *recorded = log->recorded;
	const char *dialect = value_of(line, length, "# dialect: "), *tier = value_of(line, length, "# tier: "), *who = value_of(line, length, "# implementation: ");
	size_t left = length;
	if (dialect) recorded->dialect = machine_dialect_find(dialect, left -= (size_t)(dialect - line));
	if (dialect && recorded->dialect < 0) return fail(log, (unsigned)(dialect - line) + 1, "expected do or bits, found %.*s", (int)left, dialect);
	if (tier) recorded->is_real = strncmp(tier, "virtual", strlen("virtual")) != 0;
	if (!who) return true;
	char *copy = arena_text(log->arena, who, length - (size_t)(who - line)), *blank = copy ? strrchr(copy, ' ') : NULL;
	if (blank) *blank = '\0';
	recorded->implementation = copy ? copy : "";
	recorded->version = blank ? blank + 1 : "";
	return true;
}

static bool is_header(const struct log *log, unsigned count)
{
	char all[COLUMNS * 16] = "";
	size_t used = 0;
	for (unsigned i = 0; i < count && used < sizeof all; i++) used += (size_t)snprintf(all + used, sizeof all - used, "%s%.12s", i ? "," : "", log->columns[i]);
	return !strcmp(all, RECORDED_COLUMNS);
}

static enum status begin(struct log *log, unsigned count)
{
	struct trace_line line;
	if (!is_header(log, count)) return fail(log, 1, "expected the columns " RECORDED_COLUMNS ", found %.60s", log->columns[0]), STATUS_BAD_INPUT;
	if (log->recorded->dialect < 0) return fail(log, 1, "expected `# dialect: do` or `# dialect: bits` above the columns, found neither"), STATUS_BAD_INPUT;
	log->has_header = true;
	trace_line_init(&line, 0, ACTOR_PLAYER, "-", "begin");
	trace_add(&line, "id", log->recorded->id);
	trace_add(&line, "dialect", machine_dialect_name((enum dialect)log->recorded->dialect));
	trace_add(&line, "tier", log->recorded->is_real ? "real" : "virtual");
	return recorded_add(log->arena, log->recorded, &line, 0);
}

static enum status read_line(struct log *log)
{
	unsigned count;
	const char *line = log->at;
	size_t length = strcspn(line, "\r\n");
	if (length > (size_t)(log->end - line)) length = (size_t)(log->end - line);
	if (!length || *line == '#') {
		const char *newline = memchr(line, '\n', (size_t)(log->end - line));
		log->at = newline ? newline + 1 : log->end;
		return !length || read_remark(log, line, length) ? STATUS_OK : STATUS_BAD_INPUT;
	}
	if (!read_columns(log, &count)) return STATUS_BAD_INPUT;
	if (!log->has_header) return begin(log, count);
	if (count < COLUMNS) return fail(log, 1, "expected %d columns, found %u", COLUMNS, count), STATUS_BAD_INPUT;
	return read_call(log);
}

enum status recorded_csv(struct arena *arena, const char *text, size_t length, struct recorded *recorded, struct failure *failure)
{
	struct log *log = arena_take(arena, sizeof *log);
	if (!log) return STATUS_NO_MEMORY;
	*log = (struct log){ .arena = arena, .recorded = recorded, .failure = failure, .at = text, .end = text + length };
	recorded->is_real = true;
	while (log->at < log->end) {
		const char *before = log->at;
		failure->line++;
		enum status status = read_line(log);
		if (status) return status;
		for (; before + 1 < log->at; before++) failure->line += *before == '\n';   /* line ends inside quotes */
	}
	return STATUS_OK;
}
