/* show_fault.c -- the words that make something go wrong: what they bring, by which page, and which scenarios use them. */
#include "conformance/show.h"
#include "model/machine.h"
#include "sim/fault_word.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

static const char *const CLASSES[] = { "-", "transient", "fatal", "restart" };

/* Causes that no word brings, and how they come about. */
static const struct { enum cause cause; const char *how; } UNWORDED[] = {
	{ CAUSE_NO_LOCAL_PATH, "by a call: do, a file that is added without a local name" },
	{ CAUSE_NO_PROGRESS, "by time: whatever stops data for as long as no_progress_timeout says" },
	{ CAUSE_MAX_DOWNLOAD_TIME, "by time: throttle=N, and job.set maximum_download_time" },
	{ CAUSE_VALIDATION, "n/a: no command refuses content, for IBackgroundCopyFile3 is not in model/method.def" },
	{ CAUSE_NOTIFICATION, "by the client: on job_error JOB return=E_FAIL" },
};

const char *show_fault_unworded(enum cause cause)
{
	for (size_t i = 0; i < sizeof UNWORDED / sizeof UNWORDED[0]; i++)
		if (UNWORDED[i].cause == cause) return UNWORDED[i].how;
	return NULL;
}

/* --- one cause */

static json_t *report_json(const struct fault *fault, enum dialect dialect)
{
	const struct fault_report *report = &fault->report[dialect];
	char code[20];
	if (fault->flags & FAULT_STATUS && !report->code) snprintf(code, sizeof code, "0x80190000+status");
	else snprintf(code, sizeof code, "0x%08X", (unsigned)report->code);
	return json_pack("{s:s,s:s,s:s,s:b,s:s}", "class", CLASSES[report->fault_class], "code", code, "context",
		machine_context_name(report->context), "file", report->file, "mark", report->mark == 'd' ? "documented" : "inferred");
}

static json_t *cause_json(const struct fault *fault)
{
	return json_pack("{s:s,s:s,s:o,s:o,s:s}", "cause", fault->word, "phrase", fault->phrase, "do", report_json(fault, DIALECT_DO),
		"bits", report_json(fault, DIALECT_BITS), "cite", fault->cite);
}

static void print_cause(FILE *file, const struct fault *fault, int dialect)
{
	for (int d = 0; d < DIALECT_COUNT; d++) {
		const struct fault_report *report = &fault->report[d];
		const char *name = machine_code_name((enum dialect)d, report->code);
		if ((dialect >= 0 && dialect != d) || report->fault_class == FAULT_CLASS_NONE) continue;
		fprintf(file, "    %-24s %-5s %-10s ", fault->word, machine_dialect_name((enum dialect)d), CLASSES[report->fault_class]);
		if (fault->flags & FAULT_STATUS && !report->code) fprintf(file, "%-12s %-30s ", "", "0x80190000 + status");
		else fprintf(file, "0x%08X   %-30s ", (unsigned)report->code, name ? name : "");
		fprintf(file, "%-22s %-8s %s %s\n", machine_context_name(report->context), report->file ? "file" : "no file",
			report->mark == 'd' ? "documented" : "inferred  ", fault->cite);
	}
}

/* --- one word */

/* The word's next cause, or NULL; *at moves on. */
static const struct fault *next_cause(const char **at)
{
	size_t length = strcspn(*at, " ");
	int cause = length ? machine_cause_find(*at, length) : -1;
	if (cause < 0) return NULL;
	*at += length + strspn(*at + length, " ");
	return &machine_reference(DIALECT_BITS)->faults[cause];
}

static bool uses(const struct scenario *scenario, const struct fault_word *word)
{
	for (unsigned i = 0; i < scenario->steps_count; i++)
		if (fault_word_is_in(word, &scenario->steps[i])) return true;
	return false;
}

static unsigned count_fixtures(const struct selection *library, const struct fault_word *word)
{
	unsigned count = 0;
	for (unsigned i = 0; i < library->count; i++) count += uses(library->scenarios[i], word);
	return count;
}

static json_t *word_json(const struct fault_word *word, const struct selection *library)
{
	const char *at = word->causes;
	const struct fault *fault;
	json_t *causes = json_array();
	while ((fault = next_cause(&at))) json_array_append_new(causes, cause_json(fault));
	return json_pack("{s:s,s:s,s:s,s:s,s:o,s:i}", "word", word->word, "phrase", word->phrase, "feature", word->feature, "only", word->only,
		"causes", causes, "fixtures", (int)count_fixtures(library, word));
}

static void print_word(FILE *file, const struct fault_word *word, int dialect, const struct selection *library)
{
	const char *at = word->causes;
	const struct fault *fault;
	fprintf(file, "%-38s %3u fixtures  %s%s%s\n", word->word, count_fixtures(library, word), word->phrase, *word->only ? "; a job only " : "", word->only);
	while ((fault = next_cause(&at))) print_cause(file, fault, dialect);
}

void show_faults(FILE *file, int dialect, bool json, const struct selection *library)
{
	unsigned count;
	const struct fault_word *words = fault_words(&count);
	json_t *all = json_array(), *unworded = json_array();
	for (unsigned i = 0; i < count; i++) {
		if (json) json_array_append_new(all, word_json(&words[i], library));
		else print_word(file, &words[i], dialect, library);
	}
	if (!json) fprintf(file, "\nwithout a word\n");
	for (int i = 0; i < CAUSE_COUNT; i++) {
		const struct fault *fault = &machine_reference(DIALECT_BITS)->faults[i];
		const char *how = show_fault_unworded((enum cause)i);
		if (!how) continue;
		if (json) json_array_append_new(unworded, json_pack("{s:o,s:s}", "cause", cause_json(fault), "how", how));
		else fprintf(file, "%-38s %s\n", fault->word, how), print_cause(file, fault, dialect);
	}
	if (json) {
		json_t *told = json_pack("{s:o,s:o}", "words", all, "unworded", unworded);
		json_dumpf(told, file, JSON_INDENT(1)), fputc('\n', file);
		json_decref(told);
	} else {
		json_decref(all);
		json_decref(unworded);
	}
}

void show_causes(FILE *file)
{
	for (int i = 0; i < CAUSE_COUNT; i++) print_cause(file, &machine_reference(DIALECT_BITS)->faults[i], -1);
}
