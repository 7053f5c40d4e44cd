/* draw.c -- draws lines, lets the reference play them, and leaves out those that cannot be played or do not hold. */
#include "sim/draw.h"

#include "sim/fault_word.h"
#include "sim/format.h"
#include "sim/play.h"
#include "sim/rng.h"
#include "sim/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (64u << 10)
#define LINES_MAX 1024u
#define LINE_MAX 400u
#define PATHS 3u
#define CHANCES_MAX 128u

enum when { WHEN_START, WHEN_ANY };

static const struct template {
	unsigned weight;
	bool dialects[DIALECT_COUNT];
	enum when when;
	const char *lines;
} templates[] = {
#define BOTH { true, true }
#define DO { [DIALECT_DO] = true }
#define BITS { [DIALECT_BITS] = true }
#define DRAW(weight_, dialects_, when_, lines_) { weight_, dialects_, WHEN_##when_, lines_ },
#include "sim/draw.def"
#undef BOTH
#undef DO
#undef BITS
};
#define TEMPLATES_COUNT (sizeof templates / sizeof *templates)

/* A stream of chance for each purpose, so that one more fault does not change the calls. */
struct drawing {
	const struct draw_options *options;
	enum dialect dialect;
	struct rng shape, calls, faults, times, swarm;
	bool takes_template[TEMPLATES_COUNT], takes_word[CHANCES_MAX];
	unsigned jobs, paths, numbers, locals;
	char (*lines)[LINE_MAX];     /* of the body */
	unsigned lines_count;
};

static bool chance(struct rng *rng, unsigned percent)
{
	return rng_below(rng, 100) < percent;
}

static void add(struct drawing *drawing, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct drawing *drawing, const char *format, ...)
{
	va_list args;

	if (drawing->lines_count == LINES_MAX) return;
	va_start(args, format);
	vsnprintf(drawing->lines[drawing->lines_count++], LINE_MAX, format, args);
	va_end(args);
}

/* --- values */

static const char *const SHORT[] = { "1ms", "5s", "20s", "1m" };
static const char *const TIMES[] = { "1us", "1ms", "12ms", "25ms", "40ms", "90ms", "200ms", "1s", "5s", "30s", "1m", "10m", "601s", "1h", "1d", "15d", "91d" };
static const char *const WAITS[] = { "1s", "1m", "11m", "1h", "1d" };
static const char *const PERIODS[] = { "0", "1s", "5s", "60s", "10m", "1h", "1d" };
static const char *const POSITIONS[] = { "0", "1", "1k", "16k", "20k", "64k" };
static const char *const SIZES[] = { "64k", "64k", "64k", "0", "1", "1m", "100m" };
#define PICK(rng, list) ((list)[rng_below(rng, sizeof (list) / sizeof *(list))])

/* Writes a pattern with its letters replaced. */
static void fill(struct drawing *drawing, struct rng *rng, const char *pattern, unsigned job, char *line)
{
	size_t used = 0;

	drawing->numbers++;
	for (const char *at = pattern; *at && used < LINE_MAX - 60; at++) {
		if (*at != '%') {
			line[used++] = *at;
			continue;
		}
		size_t left = LINE_MAX - used;
		char *to = line + used;
		switch (*++at) {
		case 'j': used += (size_t)snprintf(to, left, "j%u", job + 1); break;
		case 'k': used += (size_t)snprintf(to, left, "%u", drawing->numbers); break;
		case 'u': used += (size_t)snprintf(to, left, "$S/f%u", (unsigned)rng_below(rng, drawing->paths) + 1); break;
		case 'l': used += (size_t)snprintf(to, left, "$W/n%u", ++drawing->locals); break;
		case 'd': used += (size_t)snprintf(to, left, "%s", PICK(&drawing->times, TIMES)); break;
		case 'w': used += (size_t)snprintf(to, left, "%s", PICK(&drawing->times, WAITS)); break;
		case 't': used += (size_t)snprintf(to, left, "%s", PICK(&drawing->times, PERIODS)); break;
		case 's': used += (size_t)snprintf(to, left, "%s", PICK(rng, SHORT)); break;
		case 'p': used += (size_t)snprintf(to, left, "%s", PICK(rng, POSITIONS)); break;
		case 'n': used += (size_t)snprintf(to, left, "%u", (unsigned)rng_below(rng, 3) + 1); break;
		case '%': line[used++] = '%'; break;
		default: UNREACHABLE("draw.def and fault_word.def have no other letters");
		}
	}
	line[used] = '\0';
}

/* --- which words and calls there are */

static void choose(struct drawing *drawing)
{
	unsigned count;

	fault_words(&count);
	assert(count <= CHANCES_MAX);
	for (unsigned i = 0; i < count; i++) drawing->takes_word[i] = !drawing->options->swarm || chance(&drawing->swarm, 40);
	for (size_t i = 0; i < TEMPLATES_COUNT; i++)
		drawing->takes_template[i] = templates[i].dialects[drawing->dialect] && (!drawing->options->swarm || chance(&drawing->swarm, 60));
}

static const struct template *pick_template(struct drawing *drawing, enum when when)
{
	unsigned sum = 0;

	for (size_t i = 0; i < TEMPLATES_COUNT; i++) sum += drawing->takes_template[i] && templates[i].when == when ? templates[i].weight : 0;
	if (!sum) return NULL;
	uint64_t at = rng_below(&drawing->calls, sum);
	for (size_t i = 0;; i++) {
		unsigned weight = drawing->takes_template[i] && templates[i].when == when ? templates[i].weight : 0;
		if (at < weight) return &templates[i];
		at -= weight;
	}
}

static void add_template(struct drawing *drawing, enum when when)
{
	const struct template *template = pick_template(drawing, when);
	char lines[LINE_MAX], *next;

	if (!template) return;
	fill(drawing, &drawing->calls, template->lines, (unsigned)rng_below(&drawing->calls, drawing->jobs), lines);
	for (char *line = lines; line; line = next) {
		next = strchr(line, '\n');
		if (next) *next++ = '\0';
		add(drawing, "%s", line);
	}
}

static const struct fault_word *pick_word(struct drawing *drawing, bool serve)
{
	unsigned count, sum = 0;
	const struct fault_word *words = fault_words(&count);

	for (unsigned i = 0; i < count; i++) sum += drawing->takes_word[i] && (words[i].kind == STEP_SERVE) == serve;
	if (!sum) return NULL;
	uint64_t at = rng_below(&drawing->faults, sum);
	for (unsigned i = 0;; i++)
		if (drawing->takes_word[i] && (words[i].kind == STEP_SERVE) == serve && at-- == 0) return &words[i];
}

/* --- the server */

static bool needs_size(const struct fault_word *word)
{
	return strcmp(word->key, "status") && strcmp(word->key, "redirect") && strcmp(word->key, "retry_after") && strcmp(word->key, "retry_date");
}

static void add_serve_fault(struct drawing *drawing, unsigned path, const char *content)
{
	static const char *const methods[] = { "", "", " method=GET", " method=HEAD" };
	static const char *const counts[] = { "", " times=1", " times=1", " times=2", " until=10m", " after=1m", " after=1s until=1h" };
	const struct fault_word *word = pick_word(drawing, true);
	char line[LINE_MAX];

	if (!word) return;
	fill(drawing, &drawing->faults, word->draw, 0, line);
	const char *count = PICK(&drawing->faults, counts), *method = PICK(&drawing->faults, methods);
	add(drawing, "serve  /f%u %s%s%s%s", path + 1, needs_size(word) ? content : "", line, method, count);
}

static void add_path(struct drawing *drawing, unsigned path, unsigned faults)
{
	char content[80], etag[20] = "", modified[20] = "";
	const char *size = PICK(&drawing->shape, SIZES);

	if (chance(&drawing->shape, 70)) snprintf(etag, sizeof etag, " etag=\"%c\"", 'a' + (char)path);
	if (chance(&drawing->shape, 20)) snprintf(modified, sizeof modified, " modified=%u", path + 1);
	snprintf(content, sizeof content, "size=%s%s%s ", size, etag, modified);
	while (faults-- > 0) add_serve_fault(drawing, path, content);
	if (chance(&drawing->shape, 90)) add(drawing, "serve  /f%u %.*s", path + 1, (int)strlen(content) - 1, content);
	if (chance(&drawing->shape, 10)) add(drawing, "serve  /f%u size=64k etag=\"z\"", path + 1);
}

static void add_server(struct drawing *drawing, unsigned faults)
{
	unsigned counts[PATHS] = { 0 };

	add(drawing, "host   mirror ok");
	add(drawing, "serve  /moved size=64k etag=\"m\"");
	while (faults-- > 0) counts[rng_below(&drawing->faults, drawing->paths)]++;
	for (unsigned path = 0; path < drawing->paths; path++) add_path(drawing, path, counts[path]);
}

/* --- the client */

static void add_job(struct drawing *drawing, unsigned job)
{
	bool upload = drawing->dialect == DIALECT_BITS && chance(&drawing->shape, 6);
	unsigned files = upload ? 1 : (unsigned)rng_below(&drawing->shape, PATHS) + 1, sets = (unsigned)rng_below(&drawing->shape, 4);
	bool secure = chance(&drawing->shape, 15);

	add(drawing, "do     job.create as=j%u%s -> S_OK", job + 1, upload ? " type=upload" : "");
	while (sets-- > 0) add_template(drawing, WHEN_START);
	for (unsigned i = 0; i < files; i++) {
		unsigned path = (unsigned)rng_below(&drawing->shape, drawing->paths) + 1;
		const char *host = secure ? "https://origin" : chance(&drawing->shape, 15) ? "$S(mirror)" : "$S";
		if (chance(&drawing->shape, 12)) add(drawing, "do     job.add_file_with_ranges j%u url=%s/f%u local=$W/j%uf%u ranges=0-99,16384-eof -> model", job + 1, host, path, job + 1, i);
		else add(drawing, "do     job.add_file j%u url=%s/f%u local=$W/j%uf%u -> model", job + 1, host, path, job + 1, i);
	}
	if (chance(&drawing->shape, 95)) add(drawing, "do     job.resume j%u -> model", job + 1);
}

/* What takes a fault of the machine back. */
static const char *undo_of(enum step_kind kind)
{
	switch (kind) {
	case STEP_HOST: return "host   origin ok";
	case STEP_LINK: return "link   lan use delay=10ms jitter=0 loss=0% policy=none";
	case STEP_NET: return "net    up";
	case STEP_DISK: return "disk   ok";
	case STEP_SERVICE: return "service start";
	case STEP_USER: return "user   logon";
	case STEP_POLICY: return "policy allow";
	default: return NULL;
	}
}

static void add_machine_fault(struct drawing *drawing)
{
	static const char *const counts[] = { "", "", "", " times=1", " times=2", " for=1m", " until=1h" };
	const struct fault_word *word = pick_word(drawing, false);
	char line[LINE_MAX];

	if (!word) return;
	fill(drawing, &drawing->faults, word->draw, 0, line);
	/* One draw after the other: in which order arguments are evaluated is the compiler's choice. */
	const char *host = chance(&drawing->faults, 80) ? "origin" : "mirror", *count = PICK(&drawing->faults, counts);
	if (word->kind == STEP_HOST) add(drawing, "host   %s %s%s", host, line, count);
	else if (word->kind == STEP_CLOCK && strchr(line, '+') && !strncmp(line, "wall", 4) && chance(&drawing->faults, 50)) add(drawing, "clock  wall -%s", strchr(line, '+') + 1);
	else add(drawing, "%s %s", step_kind_name(word->kind), line);
	const char *undo = undo_of(word->kind);
	unsigned between = (unsigned)rng_below(&drawing->faults, 3);
	if (!undo || chance(&drawing->faults, 20)) return;
	while (between-- > 0) add_template(drawing, WHEN_ANY);
	add(drawing, "%s", undo);
}

/* A job that nobody gives up any more may end well. */
static void add_end(struct drawing *drawing)
{
	for (unsigned job = 0; job < drawing->jobs; job++) {
		if (chance(&drawing->shape, 30)) add(drawing, "do     job.resume j%u -> model", job + 1);
		if (chance(&drawing->shape, 30)) add(drawing, "advance 1h");
		if (chance(&drawing->shape, 30)) add(drawing, "do     job.complete j%u -> model", job + 1);
	}
}

static void draw_body(struct drawing *drawing)
{
	unsigned faults = (unsigned)rng_below(&drawing->shape, drawing->options->faults + 1), steps = (unsigned)rng_below(&drawing->shape, drawing->options->steps + 1);
	unsigned served = faults ? (unsigned)rng_below(&drawing->shape, faults + 1) : 0, machine = faults - served;

	drawing->paths = (unsigned)rng_below(&drawing->shape, PATHS) + 1;
	drawing->jobs = chance(&drawing->shape, 80) ? 1 : 2;
	add_server(drawing, served);
	if (machine && chance(&drawing->shape, 25)) machine--, add_machine_fault(drawing);
	for (unsigned job = 0; job < drawing->jobs; job++) add_job(drawing, job);
	for (unsigned i = 0; i < steps; i++) {
		if (machine && rng_below(&drawing->shape, steps - i) < machine) machine--, add_machine_fault(drawing);
		add_template(drawing, WHEN_ANY);
	}
	add_end(drawing);
}

/* --- what can be played */

static size_t print(const struct drawing *drawing, bool probe, char *text)
{
	size_t used = (size_t)snprintf(text, TEXT_MAX, "id:      draw-%" PRIu64 "\ntitle:   drawn by chance, seed %" PRIu64 "\ndialect: %s\n%s---\n", drawing->options->seed,
		drawing->options->seed, machine_dialect_name(drawing->dialect), probe ? "" : "probe:   off\n");

	for (unsigned i = 0; i < drawing->lines_count && used < TEXT_MAX - LINE_MAX; i++) used += (size_t)snprintf(text + used, TEXT_MAX - used, "%s\n", drawing->lines[i]);
	return used;
}

static void leave_out(struct drawing *drawing, unsigned line)
{
	if (line >= drawing->lines_count) line = drawing->lines_count - 1;
	memmove(drawing->lines[line], drawing->lines[line + 1], (drawing->lines_count - line - 1) * sizeof *drawing->lines);
	drawing->lines_count--;
}

/* The number of the file's line that cannot be parsed or played, or does not hold; 0: all is well. */
static unsigned first_bad_line(struct arena *arena, const struct drawing *drawing, const char *text, size_t length)
{
	const struct play_options how = { .dialect = drawing->dialect, .seed = 1 };
	char file[60];
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	struct failure failure = { 0 };
	struct play play = { 0 };

	snprintf(file, sizeof file, "draw-%" PRIu64 ".scn", drawing->options->seed);
	if (scenario_parse(arena, file, text, length, &scenario, &failures)) return failures.count ? failures.list[0].line : 1;
	struct target *target = world_new(arena, machine_reference(drawing->dialect), how.seed);
	if (!target || play_scenario(arena, scenario, target, &how, &play, &failure)) return 1;
	for (unsigned i = 0; i < play.checks_count; i++)
		if (!play.checks[i].passed) return play.checks[i].line;
	return play.end == PLAY_DONE ? 0 : play.line;
}

/* Every round leaves out a line, so there are at most as many as lines. The memory of a play is taken again by the next. */
static size_t make_playable(struct arena *arena, struct drawing *drawing, char *text)
{
	bool probe = chance(&drawing->shape, 90);
	unsigned header = probe ? 4 : 5, bad;
	size_t length;

	for (;;) {
		struct arena own = *arena;
		length = print(drawing, probe, text);
		bad = first_bad_line(&own, drawing, text, length);
		if (!bad || !drawing->lines_count) return length;
		leave_out(drawing, bad > header ? bad - header - 1 : 0);
	}
}

static void begin(struct drawing *drawing, const struct draw_options *options)
{
	unsigned count = 0;

	*drawing = (struct drawing){ .options = options };
	rng_init(&drawing->shape, options->seed, "draw-shape");
	rng_init(&drawing->calls, options->seed, "draw-calls");
	rng_init(&drawing->faults, options->seed, "draw-faults");
	rng_init(&drawing->times, options->seed, "draw-times");
	rng_init(&drawing->swarm, options->seed, "draw-swarm");
	for (int d = 0; d < DIALECT_COUNT; d++) count += options->dialects[d];
	assert(count);
	uint64_t at = rng_below(&drawing->shape, count);
	for (int d = 0; d < DIALECT_COUNT; d++)
		if (options->dialects[d] && at-- == 0) drawing->dialect = (enum dialect)d;
}

enum dialect draw_dialect(const struct draw_options *options)
{
	struct drawing drawing;

	begin(&drawing, options);
	return drawing.dialect;
}

char *draw_scenario(struct arena *arena, const struct draw_options *options, enum dialect *dialect, size_t *length)
{
	struct drawing *drawing = arena_take(arena, sizeof *drawing);
	char *text = arena_take(arena, TEXT_MAX);

	if (!drawing || !text) return NULL;
	begin(drawing, options);
	drawing->lines = arena_take(arena, LINES_MAX * LINE_MAX);
	if (!drawing->lines) return NULL;
	choose(drawing);
	draw_body(drawing);
	*dialect = drawing->dialect;
	return format_scenario(arena, text, make_playable(arena, drawing, text), length);
}
