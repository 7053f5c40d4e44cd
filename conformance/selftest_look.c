/* selftest_look.c -- the ground of an attack before it, and what it leaves. */
#include "conformance/selftest_part.h"

#include "conformance/json_text.h"
#include "conformance/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* No network is asked for: what the reference does with it is no business of these attacks. */
static const char SCENARIO[] =
	"id:      " SELFTEST_ID "\n"
	"title:   a conversation without a network\n"
	"dialect: bits\n"
	"---\n"
	"do     job.create as=j1                             -> S_OK\n"
	"do     job.set j1 notify_flags=JOB_MODIFICATION     -> S_OK\n"
	"do     job.set j1 notify_interface=1                -> S_OK\n"
	"do     job.set j1 description=\"changed\"             -> S_OK\n"
	"within 20s callback job_modification j1\n"
	"do     job.cancel j1                                -> S_OK\n"
	"do     handle.release j1                            -> S_OK\n"
	"end    leaks = 0\n";

static const char *const FILES[] = { "results.json", "junit.xml", "results.tap", "summary.md", "coverage.json", "table.tsv", "trace" };

static bool wrong(struct attempt *attempt, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool wrong(struct attempt *attempt, const char *format, ...)
{
	va_list args;
	if (attempt->why[0]) return false;   /* the first is told */
	va_start(args, format);
	vsnprintf(attempt->why, sizeof attempt->why, format, args);
	va_end(args);
	return false;
}

/* --- before */

static bool write_text(const char *path, const char *text, size_t length)
{
	FILE *file = fopen(path, "w");
	if (!file) return false;
	bool written = fwrite(text, 1, length, file) == length;
	return !fclose(file) && written;
}

static bool add_twin(const struct attempt *attempt)
{
	char kind[32], path[500];
	static const char zeros[300];
	if (!selftest_word(attempt, "with", kind, sizeof kind)) return true;
	selftest_path(attempt, "library/0002-twin.scn", path, sizeof path);
	if (!strcmp(kind, "dangling")) return !symlink("/nonexistent/0002-twin.scn", path);
	if (!strcmp(kind, "folder")) return !mkdir(path, 0777);
	if (!strcmp(kind, "pipe")) return !mkfifo(path, 0666);
	return write_text(path, zeros, strcmp(kind, "empty") ? sizeof zeros : 0);
}

/* A complete report, with a word in it by which it is known again. */
static bool make_old(const struct attempt *attempt, const char *out)
{
	char path[500], scenario[500], known[600];
	snprintf(path, sizeof path, "%s", out);
	selftest_path(attempt, "library/" SELFTEST_ID ".scn", scenario, sizeof scenario);
	pid_t pid = fork();
	if (!pid) {
		execl(attempt->self, attempt->self, "run", "--quiet", "--out", path, scenario, (char *)NULL);
		_exit(127);
	}
	int status = -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
	snprintf(known, sizeof known, "%s/old", path);
	return !status && write_text(known, "old\n", 4);
}

bool selftest_prepare(struct attempt *attempt)
{
	static const char *const folders[] = { "", "library", "tmp", "disk" };
	char path[500], value[32];
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (mkdir(selftest_path(attempt, folders[i], path, sizeof path), 0777)) return wrong(attempt, "cannot make %s: %s", path, strerror(errno));
	selftest_path(attempt, "library/" SELFTEST_ID ".scn", path, sizeof path);
	if (!write_text(path, SCENARIO, sizeof SCENARIO - 1) || !add_twin(attempt)) return wrong(attempt, "cannot write below %s", attempt->folder);
	selftest_path(attempt, "out", path, sizeof path);
	if (selftest_word(attempt, "old", value, sizeof value) && !make_old(attempt, path)) return wrong(attempt, "cannot make an old report");
	if (!selftest_word(attempt, "foreign", value, sizeof value)) return true;
	return (!mkdir(path, 0777) && !mkdir(selftest_path(attempt, "out/precious", path, sizeof path), 0777)) || wrong(attempt, "cannot make %s", path);
}

/* --- after */

static bool is_in(const char *list, const char *word, char mark)
{
	size_t length = strlen(word);
	for (const char *at = list; *at;) {
		const char *end = strchrnul(at, mark);
		if ((size_t)(end - at) == length && !memcmp(at, word, length)) return true;
		at = *end ? end + 1 : end;
	}
	return false;
}

static bool has_said(const struct attempt *attempt)
{
	char part[100];
	const char *at = attempt->attack->said;
	if (!*at) return true;
	while (*at) {
		size_t length = strcspn(at, "|");
		snprintf(part, sizeof part, "%.*s", (int)length, at);
		if (strstr(attempt->said, part)) return true;
		at += length + (at[length] == '|');
	}
	return false;
}

static bool check_code(struct attempt *attempt)
{
	char code[16];
	snprintf(code, sizeof code, "%d", attempt->code);
	if (attempt->stuck) return wrong(attempt, "it did not end within %d s", (int)(attempt->watchdog_ns / 1000000000));
	if (is_in(attempt->attack->codes, code, ',')) return true;
	return wrong(attempt, "exit %s, expected %s", code, attempt->attack->codes);
}

/* Names in a folder that are not among the known ones; the first is told. */
static bool check_names(struct attempt *attempt, const char *folder, const char *known)
{
	char path[500];
	DIR *dir = opendir(selftest_path(attempt, folder, path, sizeof path));
	bool well = true;
	if (!dir) return true;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (!is_in(". ..", entry->d_name, ' ') && !is_in(known, entry->d_name, ' '))
			well = wrong(attempt, "%s/%.100s was left", *folder ? folder : ".", entry->d_name);
	closedir(dir);
	return well;
}

static bool check_scenario(struct attempt *attempt)
{
	char path[500], text[sizeof SCENARIO + 1] = "";
	FILE *file = fopen(selftest_path(attempt, "library/" SELFTEST_ID ".scn", path, sizeof path), "r");
	if (!file) file = fopen(selftest_path(attempt, "gone/" SELFTEST_ID ".scn", path, sizeof path), "r");
	if (!file) return wrong(attempt, "the scenario is gone");
	size_t length = fread(text, 1, sizeof text, file);
	fclose(file);
	return (length == sizeof SCENARIO - 1 && !memcmp(text, SCENARIO, length)) || wrong(attempt, "the scenario was changed");
}

/* results.json holds what was found and says the same as the exit code, where the program could still tell it. */
static bool check_results(struct attempt *attempt, const char *path)
{
	json_error_t error;
	json_t *results = json_load_file(path, 0, &error);
	json_int_t code = json_integer_value(json_object_get(results, "exit"));
	size_t count = json_array_size(json_object_get(results, "scenarios"));
	bool has_exit = json_is_integer(json_object_get(results, "exit"));
	bool old = attempt->attack->left == LEFT_OLD;
	json_decref(results);
	if (!results) return wrong(attempt, "half a results.json was left: %.200s", error.text);
	if (!has_exit || count != 1) return wrong(attempt, "results.json was left without what was found");
	return old || code == attempt->code || attempt->code == 7 || wrong(attempt, "exit %d, but results.json says %d", attempt->code, (int)code);
}

/* What a failing scenario leaves is whole, too. */
static bool check_repro(struct attempt *attempt, const char *dialect)
{
	char path[500], name[100];
	struct stat about;
	json_error_t error;
	snprintf(name, sizeof name, "out/repro/%s.%s", SELFTEST_ID, dialect);
	if (stat(selftest_path(attempt, name, path, sizeof path), &about)) return true;
	snprintf(name, sizeof name, "out/repro/%s.%s/repro.json", SELFTEST_ID, dialect);
	json_t *repro = json_load_file(selftest_path(attempt, name, path, sizeof path), 0, &error);
	bool whole = json_is_string(json_object_get(repro, "verdict"));
	json_decref(repro);
	return whole || wrong(attempt, "half a repro.json was left: %.200s", error.text);
}

static bool check_whole(struct attempt *attempt)
{
	char path[500], name[64];
	struct stat about;
	for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
		snprintf(name, sizeof name, "out/%s", FILES[i]);
		if (stat(selftest_path(attempt, name, path, sizeof path), &about) || (!S_ISDIR(about.st_mode) && !about.st_size))
			return wrong(attempt, "a report was left without %s", FILES[i]);
	}
	if (!check_names(attempt, "out", "results.json junit.xml results.tap summary.md coverage.json table.tsv trace repro old")) return false;
	if (!check_repro(attempt, "do") || !check_repro(attempt, "bits")) return false;
	return check_results(attempt, selftest_path(attempt, "out/results.json", path, sizeof path));
}

static bool check_left(struct attempt *attempt)
{
	char path[500];
	bool there = !access(selftest_path(attempt, "out", path, sizeof path), F_OK);
	switch (attempt->attack->left) {
	case LEFT_NOTHING: return !there || wrong(attempt, "a report was left, expected none");
	case LEFT_WHOLE: return there ? check_whole(attempt) : wrong(attempt, "no report was left, expected one");
	case LEFT_OLD:
		if (access(selftest_path(attempt, "out/old", path, sizeof path), F_OK)) return wrong(attempt, "the old report is gone");
		return check_whole(attempt);
	case LEFT_FOREIGN: return !access(selftest_path(attempt, "out/precious", path, sizeof path), F_OK) || wrong(attempt, "what somebody else put there is gone");
	case LEFT_ANY: return !there || check_whole(attempt);
	}
	return false;
}

/* An adapter that never came to its fault attacked nobody. */
static bool has_struck(struct attempt *attempt)
{
	char path[500], value[32];
	bool acts = selftest_word(attempt, "sig", value, sizeof value) || selftest_word(attempt, "act", value, sizeof value);
	if (acts || !strstr(attempt->attack->command, "{M}") || !access(selftest_path(attempt, "mark", path, sizeof path), F_OK)) return true;
	return wrong(attempt, "exit %d, but the adapter never came to its fault", attempt->code);
}

void selftest_look(struct attempt *attempt)
{
	bool well = check_code(attempt) && (has_said(attempt) || wrong(attempt, "exit %d, but nothing was said of `%s`", attempt->code, attempt->attack->said));
	well = well && has_struck(attempt);
	if (attempt->orphans) wrong(attempt, "%u processes were left running", attempt->orphans);
	if (well) check_left(attempt);
	check_names(attempt, "", "library tmp disk out mark time time.new gone");
	check_names(attempt, "tmp", "");
	check_names(attempt, "library", SELFTEST_ID ".scn 0002-twin.scn");
	check_scenario(attempt);
}

void selftest_clean(struct attempt *attempt)
{
	output_remove(attempt->folder);
}
