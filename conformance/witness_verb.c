/* witness_verb.c -- writes the witnesses of a machine's rows and pairs as scenario files, and plays each once more. */
#include "conformance/witness_verb.h"

#include "conformance/verdict.h"
#include "sim/witness.h"
#include "sim/world.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX 16384u
#define REPLAY_BYTES (16u << 20)
#define EXCUSES_MAX 64u

struct writer {
	struct arena *arena, again;
	const struct explore_bounds *bounds;
	const struct witness_search *search;
	struct witness_set reach, seen;
	const char *folder;
	FILE *out;
	unsigned files, missing, wrong, idle;
	unsigned excused[EXCUSES_MAX];
	int code;
};

static const char *row_id(const struct writer *writer, unsigned row)
{
	return writer->bounds->machine->moves[row].id;
}

static bool write_file(struct writer *writer, const char *id, const char *text, size_t length)
{
	char path[1200];
	snprintf(path, sizeof path, "%s/%s.scn", writer->folder, id);
	FILE *file = fopen(path, "wx");
	bool written = file && fwrite(text, 1, length, file) == length;
	if (file && fclose(file)) written = false;
	if (written) return true;
	fprintf(stderr, "bgcheck: cannot write %s: %s\n", path, strerror(errno));
	writer->code = EXIT_HARNESS;
	return false;
}

/* The file as everybody will read and play it: what its trace shows is what counts. */
static bool play_file(struct writer *writer, const char *text, size_t length)
{
	struct scenario *scenario;
	struct scenario_failures failures;
	struct failure failure = { 0 };
	struct play play = { 0 };
	struct play_options how = { .dialect = writer->bounds->machine->dialect, .seed = 1 };
	arena_reset(&writer->again);
	if (scenario_parse(&writer->again, "witness", text, length, &scenario, &failures)) return false;
	struct target *target = world_new(&writer->again, writer->bounds->machine, 1);
	if (!target || play_scenario(&writer->again, scenario, target, &how, &play, &failure)) return false;
	if (play.end != PLAY_DONE) return false;
	for (unsigned i = 0; i < play.checks_count; i++)
		if (!play.checks[i].passed) return false;
	witness_see(&writer->seen, writer->bounds->machine, &play.trace, "j1");
	return true;
}

static void write_witness(struct writer *writer, const struct witness *witness, const char *id, const char *title, const bool *seen)
{
	char text[TEXT_MAX];
	size_t length = witness_print(witness, writer->bounds->machine->dialect, id, title, text, sizeof text);
	if (!write_file(writer, id, text, length)) return;
	writer->files++;
	bool played = play_file(writer, text, length);
	if (played && *seen) return;
	fprintf(writer->out, "  %s: %s\n", id, played ? "does not show what it should" : "cannot be played");
	writer->wrong++;
}

/* What was not found must be excused, and what was found must not be. */
static bool is_owed(struct writer *writer, bool found, unsigned row, int next)
{
	int excuse = witness_excuse(writer->bounds->machine, row, next);
	if (found && excuse < 0) return true;
	if (!found && excuse >= 0) {
		writer->excused[excuse]++;
		return false;
	}
	fprintf(writer->out, "  %s%s%s: %s\n", row_id(writer, row), next < 0 ? "" : ", ", next < 0 ? "" : row_id(writer, (unsigned)next),
		found ? "found, although witness.def says that it cannot be" : "not found, and nothing says why");
	writer->missing++;
	return found;
}

static void write_row(struct writer *writer, unsigned row)
{
	struct witness witness;
	char id[64];
	if (!writer->reach.row[row] || !is_owed(writer, witness_found(writer->search)->row[row], row, -1)) return;
	snprintf(id, sizeof id, "%s-%03u", machine_dialect_name(writer->bounds->machine->dialect), row);
	witness_of_row(writer->search, row, &witness);
	write_witness(writer, &witness, id, row_id(writer, row), &writer->seen.row[row]);
}

static void write_pair(struct writer *writer, unsigned row, unsigned next)
{
	struct witness witness;
	char id[64], title[128];
	unsigned place = WITNESS_PLACE(&writer->reach, row, next);
	if (!writer->reach.pair[place] || !is_owed(writer, witness_found(writer->search)->pair[place], row, (int)next)) return;
	snprintf(id, sizeof id, "%s-%03u-%03u", machine_dialect_name(writer->bounds->machine->dialect), row, next);
	snprintf(title, sizeof title, "%s, then %s", row_id(writer, row), row_id(writer, next));
	witness_of_pair(writer->search, row, next, &witness);
	write_witness(writer, &witness, id, title, &writer->seen.pair[place]);
}

static unsigned count(const bool *set, size_t size)
{
	unsigned n = 0;
	for (size_t i = 0; i < size; i++) n += set[i];
	return n;
}

static void tell_excuses(const struct writer *writer)
{
	for (unsigned i = 0; i < witness_excuses(); i++)
		if (writer->excused[i]) fprintf(writer->out, "  %5u  %s\n", writer->excused[i], witness_reason((int)i));
}

/* An excuse that excuses nothing would hide the next thing that goes missing. */
static void check_excuses(struct writer *writer)
{
	for (unsigned i = 0; i < witness_excuses(); i++) {
		if (writer->excused[i] || !witness_excuses_in((int)i, writer->bounds->machine->dialect)) continue;
		fprintf(writer->out, "  row %u of witness.def excuses nothing: %s\n", i + 1, witness_reason((int)i));
		writer->idle++;
	}
}

static void tell(const struct writer *writer)
{
	unsigned rows = writer->reach.rows_count, excused = 0;
	for (unsigned i = 0; i < witness_excuses(); i++) excused += writer->excused[i];
	unsigned rows_reached = count(writer->reach.row, rows), pairs_reached = count(writer->reach.pair, (size_t)rows * rows);
	fprintf(writer->out, "%s: the table allows %u rows and %u pairs of rows in sequence\n", machine_dialect_name(writer->bounds->machine->dialect),
		rows_reached, pairs_reached);
	fprintf(writer->out, "%u scenarios written to %s: a shortest one for each that the reference's world brings\n", writer->files, writer->folder);
	fprintf(writer->out, "%u that it never brings:\n", excused);
	tell_excuses(writer);
	fprintf(writer->out, "%u not found and not excused, or found and excused; %u that do not show what they should\n", writer->missing, writer->wrong);
}

static int complain(enum status status, const struct failure *failure)
{
	fprintf(stderr, "bgcheck: %s\n", failure->text[0] ? failure->text : "out of memory");
	return status == STATUS_BAD_INPUT ? EXIT_USAGE : status == STATUS_LIMIT ? EXIT_INCONCLUSIVE : EXIT_HARNESS;
}

static enum status search_all(struct writer *writer, struct failure *failure)
{
	struct witness_search *search = NULL;
	enum status status = witness_find(writer->arena, writer->bounds, &search, failure);
	if (!status) status = witness_reach(writer->arena, writer->bounds, &writer->reach, failure);
	if (!status) status = witness_set_make(writer->arena, writer->bounds->machine, &writer->seen);
	writer->search = search;
	if (status || arena_init(&writer->again, REPLAY_BYTES)) return status ? status : STATUS_NO_MEMORY;
	return STATUS_OK;
}

int witness_write(struct arena *arena, const struct explore_bounds *bounds, const char *folder, FILE *out)
{
	struct writer *writer = arena_take(arena, sizeof *writer);
	struct failure failure = { 0 };
	if (!writer) return complain(STATUS_NO_MEMORY, &failure);
	assert(witness_excuses() <= EXCUSES_MAX);
	*writer = (struct writer){ .arena = arena, .bounds = bounds, .folder = folder, .out = out };
	if (mkdir(folder, 0777) && errno != EEXIST) {
		fprintf(stderr, "bgcheck: cannot make %s: %s\n", folder, strerror(errno));
		return EXIT_HARNESS;
	}
	enum status status = search_all(writer, &failure);
	if (status) return complain(status, &failure);
	for (unsigned row = 0; row < writer->reach.rows_count && !writer->code; row++) {
		write_row(writer, row);
		for (unsigned next = 0; next < writer->reach.rows_count && !writer->code; next++) write_pair(writer, row, next);
	}
	if (explore_takes_all(bounds)) check_excuses(writer);
	tell(writer);
	arena_done(&writer->again);
	if (writer->code) return writer->code;
	return writer->missing || writer->wrong || writer->idle ? EXIT_FAILED : EXIT_CONFORMS;
}

bool witness_tell_broken(struct arena *arena, const struct explore_bounds *bounds, const char *folder, FILE *out)
{
	struct witness_search *search = NULL;
	struct witness witness = { 0 };
	struct failure failure = { 0 };
	struct writer writer = { .folder = folder };
	char text[TEXT_MAX], id[64], title[300];
	const char *rule, *sentence;
	int invariant;
	if (witness_find(arena, bounds, &search, &failure)) return false;
	witness_of_broken(search, &witness, &invariant);
	if (!witness.lines_count) return false;
	snprintf(id, sizeof id, "%s-broken", machine_dialect_name(bounds->machine->dialect));
	sentence = explore_invariant(invariant, &rule);
	snprintf(title, sizeof title, "broken: %s (%s)", sentence, rule);
	size_t length = witness_print(&witness, bounds->machine->dialect, id, title, text, sizeof text);
	if (!folder) {
		fprintf(out, "as a scenario, %s.scn, on which `bgcheck run` fails:\n%s", id, text);
		return true;
	}
	if (mkdir(folder, 0777) && errno != EEXIST) return false;
	if (!write_file(&writer, id, text, length)) return false;
	fprintf(out, "as a scenario on which `bgcheck run` fails: %s/%s.scn\n", folder, id);
	return true;
}
