/* fmt.c -- a file is parsed, formatted, parsed again, and only then written. */
#include "conformance/fmt.h"

#include "conformance/replace.h"
#include "conformance/select.h"
#include "sim/expand.h"
#include "sim/format.h"

#include <errno.h>
#include <string.h>

/* Whether the text parses; what is wrong with it is said. */
static bool parses(struct arena *arena, const char *file, const char *text, size_t length, FILE *errors)
{
	struct scenario *scenario;
	struct scenario_failures failures = { 0 };
	enum status status = expand_parse_all(arena, file, text, length, select_read_file, &scenario, &failures);
	for (unsigned i = 0; i < failures.count; i++) {
		const struct failure *failure = &failures.list[i];
		fprintf(errors, "%s:%u:%u: %s\n", failure->file, failure->line, failure->col, failure->text);
	}
	if (status && !failures.count) fprintf(errors, "bgcheck: cannot parse %s: out of memory\n", file);
	return !status;
}

static enum exit_code fmt_file(struct arena *arena, const char *file, bool check, FILE *out, FILE *errors)
{
	size_t length, formatted_length;
	char *text = select_read_file(arena, file, &length);
	if (!text) {
		fprintf(errors, "bgcheck: cannot read %s: %s\n", file, strerror(errno));
		return EXIT_USAGE;
	}
	if (!parses(arena, file, text, length, errors)) return EXIT_USAGE;
	char *formatted = format_scenario(arena, text, length, &formatted_length);
	if (!formatted) {
		fprintf(errors, "bgcheck: out of memory for %s\n", file);
		return EXIT_HARNESS;
	}
	if (formatted_length == length && !memcmp(text, formatted, length)) return EXIT_CONFORMS;
	/* Where arrows stand below each other, a line may grow beyond what a file can have. */
	if (!parses(arena, file, formatted, formatted_length, errors)) return EXIT_USAGE;
	fprintf(out, "%s\n", file);
	if (check) return EXIT_FAILED;
	return replace_file(file, formatted, strlen(formatted), errors) ? EXIT_HARNESS : EXIT_CONFORMS;
}

enum exit_code fmt_files(struct arena *arena, char *const *files, unsigned count, bool check, FILE *out, FILE *errors)
{
	enum exit_code worst = EXIT_CONFORMS;
	for (unsigned i = 0; i < count; i++) {
		arena_reset(arena);
		enum exit_code code = fmt_file(arena, files[i], check, out, errors);
		if (code > worst) worst = code;
	}
	return worst;
}
