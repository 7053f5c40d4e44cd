/* rule_job.c -- JOB: adding files to a job, one, several, and in ranges. */
#include "conformance/rule_fold.h"

#include <string.h>

#define RANGES_MAX 64u
#define TO_EOF UINT64_MAX
#define MAX_PATH_CHARACTERS 260u
#define URL_SURE 1000u               /* a longer one may have been cut in the trace */
#define FILES_SURE 200u              /* more of them a policy refuses to ordinary users (JOB-009) */

/* What is wrong with a call that adds files, as bits. Which code wins where two things are wrong nobody knows. */
enum wrong {
	WRONG_RELATIVE = 1, WRONG_PROTOCOL = 2, WRONG_NAME = 4, WRONG_LONG = 8, WRONG_FOLDER = 16, WRONG_NO_LOCAL = 32,
	WRONG_DENIED = 64, WRONG_SECOND = 128, WRONG_FINAL = 256, WRONG_NO_RANGE = 512, WRONG_UPLOAD = 1024,
	WRONG_AT_EOF = 2048, WRONG_OVERLAP = 4096, WRONG_REVERSED = 8192, WRONG_EMPTY = 16384,
	UNSURE = 32768               /* nothing can be said: another state, a name of another kind, an odd argument */
};
#define WRONG_PAIR (WRONG_RELATIVE | WRONG_PROTOCOL | WRONG_NAME)

/* --- names */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool has_long_segment(const char *at)
{
	for (size_t n; *at; at += n + (at[n] != '\0'))
		if ((n = strcspn(at, "/")) > MAX_PATH_CHARACTERS) return true;
	return false;
}

static unsigned wrong_web(const char *url)
{
	const char *host = strstr(url, "://") + 3;
	if (has_long_segment(host)) return WRONG_LONG;
	for (const char *at = url; *at; at++)
		if ((unsigned char)*at <= ' ') return UNSURE;
	return strcspn(host, "/?#:") == 0 ? WRONG_NAME : strlen(url) > URL_SURE ? UNSURE : 0;
}

/* Names of shares are URLs too: only a word without any sign of a place is none. */
static unsigned wrong_url(const char *url)
{
	size_t scheme = url ? strspn(url, "abcdefghijklmnopqrstuvwxyz") : 0;
	if (!url) return UNSURE;
	if (begins(url, "http://") || begins(url, "https://")) return wrong_web(url);
	if (!strpbrk(url, ":/\\")) return WRONG_NAME;
	return scheme && begins(url + scheme, "://") && !begins(url, "file:") ? WRONG_PROTOCOL : UNSURE;
}

bool rule_job_is_no_url(const char *url)
{
	return wrong_url(url) == WRONG_NAME;
}

bool rule_job_is_bad_url(const char *url)
{
	unsigned wrong = wrong_url(url);
	return wrong && !(wrong & UNSURE);
}

bool rule_job_is_good_url(const char *url)
{
	return wrong_url(url) == 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_absolute(const char *name)
{
	return name[0] == '/' || begins(name, "\\\\") || (is_letter(name[0]) && name[1] == ':' && name[2] == '\\');
}

/* folder: is there, and no folder in it; NULL: nothing is known. */
static unsigned wrong_local(const char *name, const char *folder)
{
	if (!name || !name[0]) return WRONG_NO_LOCAL;
	bool wild = strpbrk(name, "*?") != NULL;
	if (!is_absolute(name)) return strpbrk(name, ":/\\") ? UNSURE : wild ? WRONG_RELATIVE | WRONG_NAME : WRONG_RELATIVE;
	if (begins(name, "\\\\?\\") || strchr("/\\", name[strlen(name) - 1])) return UNSURE;
	if (wild) return WRONG_NAME;
	if (strlen(name) > MAX_PATH_CHARACTERS) return WRONG_LONG;
	if (folder && begins(name, folder) && strpbrk(name + strlen(folder), "/\\")) return WRONG_FOLDER;
	return 0;
}

/* --- ranges: FIRST-LAST, FIRST-eof, FIRST+LENGTH, with commas between them */

struct range { uint64_t offset, length; };

static bool read_position(const char **at, uint64_t *number)
{
	*number = TO_EOF;
	if (begins(*at, "eof")) return *at += 3, true;
	if (**at < '0' || **at > '9') return false;
	for (*number = 0; **at >= '0' && **at <= '9' && *number < UINT64_MAX / 16; ++*at) *number = *number * 10 + (uint64_t)(**at - '0');
	return true;
}

/* How many; 0: none, or they cannot be read. */
static unsigned read_ranges(const char *text, struct range ranges[RANGES_MAX])
{
	unsigned count = 0;
	for (const char *at = text; at && *at; count++) {
		uint64_t second;
		struct range *range = &ranges[count];
		if (count == RANGES_MAX || !read_position(&at, &range->offset)) return 0;
		char sign = *at++;
		if ((sign != '-' && sign != '+') || !read_position(&at, &second)) return 0;
		range->length = second;
		if (sign == '-' && second != TO_EOF) range->length = second >= range->offset ? second - range->offset + 1 : 0;
		if (*at && *at++ != ',') return 0;
	}
	return count;
}

static bool overlap(const struct range *a, const struct range *b)
{
	if (b->offset < a->offset) return overlap(b, a);
	return a->length == TO_EOF || b->offset - a->offset < a->length;
}

static unsigned wrong_ranges(const char *text)
{
	struct range ranges[RANGES_MAX];
	unsigned count = read_ranges(text, ranges), wrong = 0;
	if (!text || !text[0]) return WRONG_NO_RANGE;
	if (!count) return UNSURE;
	for (unsigned i = 0; i < count; i++) {
		if (ranges[i].offset == TO_EOF) wrong |= WRONG_AT_EOF;
		else if (ranges[i].length == 0) wrong |= WRONG_EMPTY;
	}
	for (unsigned i = 1; i < count && !wrong; i++)
		for (unsigned k = 0; k < i; k++) {
			if (overlap(&ranges[i], &ranges[k])) wrong |= WRONG_OVERLAP;
			if (ranges[i].offset == ranges[k].offset && ranges[k].length > ranges[i].length) wrong |= WRONG_REVERSED;
		}
	return wrong;
}

enum rule_parts rule_job_parts(const struct view_file *file)
{
	struct range ranges[RANGES_MAX];
	unsigned count = read_ranges(file->parts, ranges);
	uint64_t next = 0;
	if (!file->parts) return RULE_PARTS_NONE;
	for (unsigned i = 0; i < count; i++) {
		if (ranges[i].offset != next) return RULE_PARTS_OTHER;
		next = ranges[i].length == TO_EOF ? TO_EOF : next + ranges[i].length;
	}
	return next == TO_EOF || (file->total_known && next == file->total) ? RULE_PARTS_WHOLE : RULE_PARTS_OTHER;
}

/* --- calls */

static bool is_add(const struct sight *sight)
{
	return sight->kind == SIGHT_CALL && sight->event == EVENT_ADD_FILE && sight->job && sight->job->add.command;
}

static bool is_command(const struct view_add *add, const char *command)
{
	return add->command && !strcmp(add->command, command);
}

static unsigned wrongs(const struct judge *judge, const struct view_job *job)
{
	const struct view_add *add = &job->add;
	bool ranges = is_command(add, "job.add_file_with_ranges"), bits = judge->view.dialect == DIALECT_BITS;
	unsigned wrong = add->final ? WRONG_FINAL : add->open && add->pairs ? 0 : UNSURE;
	for (unsigned i = 0; i < add->pairs; i++) wrong |= wrong_url(add->urls[i]) | wrong_local(add->locals[i], judge->view.folder);
	if (add->denied) wrong |= WRONG_DENIED;
	if (ranges) wrong |= wrong_ranges(add->ranges);
	if (!bits) wrong &= ~(unsigned)WRONG_NO_RANGE;
	if (job->upload && ranges) wrong |= WRONG_UPLOAD;
	else if (job->upload) wrong |= add->files + add->pairs > 1 ? WRONG_SECOND : UNSURE;
	return wrong;
}

/* What the client counted of the files: by an enumerator, which may be older than the last file, or by GetProgress. */
struct counted { int64_t seen, least, most; };

static bool read_count(const struct judge *judge, const struct sight *sight, struct counted *counted)
{
	const struct view_job *job = sight->job;
	const struct view_handle *handle = sight->handle;
	if (sight->kind != SIGHT_CALL || sight->failed || !job || !view_open(&judge->view, job, sight->now_ns)) return false;
	bool enumerator = !strcmp(sight->command, "enum.count") && handle && handle->kind == VIEW_HANDLE_ENUM;
	if (!enumerator && strcmp(sight->command, "job.progress")) return false;
	counted->seen = trace_get_int(sight->line, enumerator ? "count" : "files_total", -1);
	counted->least = enumerator ? handle->total : (int)job->files_count;
	counted->most = job->files_count;
	return counted->seen >= 0 && counted->least >= 0;
}

static void claim_count(struct judge *judge, unsigned rule, const struct counted *counted, bool holds)
{
	judge_claim(judge, rule, holds, TEXT("the job has %d files", (int)counted->seen),
		counted->seen > counted->most ? "a refused file is there" : "an added file is missing");
}

/* --- refusals */

static const struct add_row {
	unsigned rule;
	const char *command;         /* NULL: any */
	unsigned wrong, may;         /* what must be wrong, and what may be besides */
	const char *code;            /* NULL: any failure */
	const char *reading;
} add_rows[] = {
	{ RULE_job_002, "job.add_file", WRONG_RELATIVE, WRONG_PAIR, "E_INVALIDARG", NULL },
	{ RULE_job_003, "job.add_file", WRONG_PROTOCOL, WRONG_PAIR, "E_INVALIDARG", NULL },
	{ RULE_job_004, "job.add_file", WRONG_NAME, WRONG_PAIR, "E_INVALIDARG", NULL },
	{ RULE_job_005, "job.add_file", WRONG_DENIED, 0, "E_ACCESSDENIED", NULL },
	{ RULE_job_006, "job.add_file", WRONG_FOLDER, 0, NULL, "C-52" },
	{ RULE_job_008, "job.add_file", WRONG_LONG, 0, NULL, NULL },
	{ RULE_job_010, NULL, WRONG_SECOND, 0, "TOO_MANY_FILES", NULL },
	{ RULE_job_013, "job.add_file", WRONG_FINAL, 0, NULL, "C-55" },
	{ RULE_job_014, "job.add_file_with_ranges", WRONG_FINAL, 0, "INVALID_STATE", NULL },
	{ RULE_job_015, "job.add_file_with_ranges", WRONG_NO_LOCAL, 0, "E_INVALIDARG", NULL },
	{ RULE_job_016, "job.add_file_with_ranges", WRONG_OVERLAP, WRONG_REVERSED, "OVERLAPPING_RANGES", NULL },
	{ RULE_job_017, "job.add_file_with_ranges", WRONG_AT_EOF, 0, "INVALID_RANGE", NULL },
	{ RULE_job_018, "job.add_file_with_ranges", WRONG_REVERSED, WRONG_OVERLAP, "OVERLAPPING_RANGES", NULL },
	{ RULE_job_019, "job.add_file_with_ranges", WRONG_DENIED, 0, "E_ACCESSDENIED", NULL },
	{ RULE_job_020, "job.add_file_with_ranges", WRONG_NO_RANGE, 0, "E_INVALIDARG", NULL },
	{ RULE_job_021, "job.add_file_with_ranges", WRONG_UPLOAD, 0, "E_NOTIMPL", NULL },
	{ RULE_job_023, "job.add_file_with_ranges", WRONG_FINAL, 0, "INVALID_STATE", NULL },
};

static const struct add_row *row_of(unsigned rule)
{
	size_t i = 0;
	while (add_rows[i].rule != rule) i++;
	return &add_rows[i];
}

static bool is_row(const struct judge *judge, const struct add_row *row, const struct view_job *job)
{
	unsigned wrong = job && job->add.command ? wrongs(judge, job) : 0;
	if (!(wrong & row->wrong) || (wrong & ~(row->wrong | row->may))) return false;
	return !row->command || is_command(&job->add, row->command);
}

static void show_refusal(struct judge *judge, const char *reading, const struct sight *sight)
{
	bool folder = !strcmp(reading, "C-52"), invalid = sight->hr == judge_word(judge, "INVALID_STATE");
	if (folder) judge_show(judge, reading, sight->failed ? "at-add" : "at-transfer");
	else if (sight->failed) judge_show(judge, reading, invalid ? "INVALID_STATE" : "other-failure");
}

void rule_job_add_refused(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct add_row *row = row_of(rule);
	struct counted counted;
	/* Cheap questions first: this is asked at every sight. */
	if (!is_add(sight) && !read_count(judge, sight, &counted)) return;
	if (!is_row(judge, row, sight->job)) return;
	if (is_add(sight) && row->reading) show_refusal(judge, row->reading, sight);
	/* A NULL is seen by COM's proxy first (C-09). */
	if (is_add(sight) && !sight->job->add.locals[0] && sight->hr == judge_word(judge, "RPC_X_NULL_REF_POINTER")) return;
	/* Where the folder is missed only at the transfer, the file is there until then (C-52). */
	bool later = rule == RULE_job_006 && !sight->failed;
	if (is_add(sight)) judge_claim_method(judge, rule, sight, later || (row->code ? sight->hr == judge_word(judge, row->code) : sight->failed));
	else if (sight->job->add.failed && read_count(judge, sight, &counted)) claim_count(judge, rule, &counted, counted.seen <= counted.most);
}

/* --- what is good */

/* Whether another file went to the folder: then nothing but the pair can be wrong. */
static bool is_in_folder(const struct judge *judge, const char *local)
{
	const char *folder = judge->view.folder;
	return folder && begins(local, folder);
}

static bool has_local(const struct view_job *job, const char *local, unsigned files)
{
	for (unsigned i = 0; i < files && i < job->files_count; i++)
		if (job->files[i]->local && !strcmp(job->files[i]->local, local)) return true;
	return false;
}

static bool is_good(const struct judge *judge, const struct view_job *job, const char *command)
{
	const struct view_add *add = &job->add;
	if (add->files >= FILES_SURE || judge->view.disk_bad) return false;
	return is_command(add, command) && !wrongs(judge, job) && !has_local(job, add->locals[0], add->files);
}

/* Without a file before it in its folder, only a complaint about the arguments is surely wrong. */
static void claim_accepted(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool sure = is_in_folder(judge, sight->job->add.locals[0]);
	judge_claim_method(judge, rule, sight, sure ? sight->hr == 0 : sight->hr != judge_word(judge, "E_INVALIDARG"));
}

void rule_job_added(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct counted counted;
	if (!sight->job || !is_good(judge, sight->job, "job.add_file")) return;
	if (is_add(sight)) claim_accepted(judge, rule, sight);
	else if (!sight->job->add.failed && read_count(judge, sight, &counted)) claim_count(judge, rule, &counted, counted.seen >= counted.least);
}

void rule_job_size_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *size = is_add(sight) ? trace_get(sight->line, "size") : NULL;
	if (!size || (strcmp(size, "unknown") && strcmp(size, "18446744073709551615"))) return;
	if (is_good(judge, sight->job, "job.add_file_with_ranges")) claim_accepted(judge, rule, sight);
}

/* --- AddFileSet */

/* One bad pair: its code. Whether the pairs before it are added is C-54. */
void rule_job_set_bad(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct counted counted;
	const struct view_job *job = sight->job;
	unsigned wrong = job && is_command(&job->add, "job.add_file_set") ? wrongs(judge, job) : 0, before = 0;
	if (!(wrong & WRONG_PAIR) || (wrong & ~(unsigned)WRONG_PAIR) || job->add.pairs < 2) return;
	while (!(wrong_url(job->add.urls[before]) | wrong_local(job->add.locals[before], judge->view.folder))) before++;
	if (is_add(sight)) judge_claim_method(judge, rule, sight, sight->hr == judge_word(judge, "E_INVALIDARG"));
	else if (job->add.failed && read_count(judge, sight, &counted)) {
		int64_t more = counted.seen - counted.most;
		if (before && more == 0 && counted.least == counted.most) judge_show(judge, "C-54", "none-added");
		if (before && more == before) judge_show(judge, "C-54", "those-before");
		claim_count(judge, rule, &counted, more <= 0 || more == before);
	}
}

static bool is_name(const struct sight *sight, const char *command)
{
	return sight->kind == SIGHT_CALL && !strcmp(sight->command, command) && !sight->failed && sight->job && sight->handle &&
		sight->handle->kind == VIEW_HANDLE_FILE && trace_get(sight->line, "name");
}

void rule_job_set_order(struct judge *judge, unsigned rule, const struct sight *sight)
{
	struct counted counted;
	const struct view_job *job = sight->job;
	bool local = is_name(sight, "file.local_name"), remote = is_name(sight, "file.remote_name");
	if (job && is_command(&job->add, "job.add_file_set") && !job->add.failed && read_count(judge, sight, &counted))
		claim_count(judge, rule, &counted, counted.seen >= counted.least);
	if ((!local && !remote) || sight->handle->file < 0 || sight->handle->file >= (int)job->files_count) return;
	const struct view_file *file = job->files[sight->handle->file];
	const char *wanted = local ? file->local : file->url, *name = trace_get(sight->line, "name");
	if (file->added != VIEW_ADDED_SET || !wanted) return;
	judge_claim(judge, rule, !strcmp(name, wanted), TEXT("file %d (from 0) is %s", sight->handle->file, name), "files in another order than added");
}

/* --- ranges after Resume */

static bool is_outside(const struct view_file *file)
{
	struct range ranges[RANGES_MAX];
	unsigned count = read_ranges(file->parts, ranges);
	if (count && file->last_error_status == 416) return true;
	for (unsigned i = 0; i < count && file->total_known && !file->redirected; i++) {
		if (ranges[i].offset >= file->total) return true;
		if (ranges[i].length != TO_EOF && ranges[i].length > file->total - ranges[i].offset) return true;
	}
	return false;
}

static bool is_416(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_416;
}

static bool is_no_range(const struct view_cause *cause)
{
	return cause->cause == CAUSE_HTTP_NO_RANGE;
}

/* The job's only file has ranges that cannot be had: it ends in ERROR with the code. */
static void claim_end(struct judge *judge, unsigned rule, const struct sight *sight, const char *word, bool (*is)(const struct view_cause *cause))
{
	struct view_causes causes;
	const struct view_look *look = &sight->job->look;
	if (sight->kind == SIGHT_STATE && sight->state == STATE_TRANSFERRED && sight->state != sight->from)
		judge_claim(judge, rule, false, "state TRANSFERRED", "state=TRANSFERRED");
	if (sight->kind != SIGHT_LOOK || !look->known || !look->values || !state_in(sight->state, STATES_ERROR)) return;
	view_causes(&judge->view, sight->job, &causes);
	if (causes.unknown || (causes.count && !judge_only(&causes, is))) return;
	judge_claim(judge, rule, sight->state == STATE_ERROR && look->code == judge_word(judge, word),
		TEXT("state %s with code %s", judge_state(sight->state), CODE_TEXT(judge, look->code)),
		TEXT("%s code=%s", judge_state(sight->state), CODE_TEXT(judge, look->code)));
}

void rule_job_range_outside(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (job && job->files_count == 1 && !job->files[0]->redirected && !job->files[0]->content && is_outside(job->files[0])) claim_end(judge, rule, sight, "INVALID_RANGE", is_416);
}

void rule_job_no_range(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_job *job = sight->job;
	if (job && job->files_count == 1 && job->files[0]->ranges_ignored && !job->files[0]->content)
		claim_end(judge, rule, sight, "INSUFFICIENT_RANGE_SUPPORT", is_no_range);
}

void rule_job_empty_range(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!is_add(sight) || !(wrong_ranges(sight->job->add.ranges) & WRONG_EMPTY)) return;
	judge_trigger(judge, rule);
	if (sight->hr == judge_word(judge, "INVALID_RANGE")) judge_show(judge, "C-56", "INVALID_RANGE");
	if (!sight->failed) judge_show(judge, "C-56", "accepted");
}
