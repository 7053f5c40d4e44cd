/* rule_com.c -- COM and ENUM: interfaces, references, out parameters, and enumerators. */
#include "conformance/rule_fold.h"

#include <string.h>

#define CO_E_OBJNOTCONNECTED 0x800401FDu
#define UNKNOWN -1                   /* of numbers of elements */

/* The object of the call, of a kind; NULL: it is another one, or nobody holds it. */
static const struct view_handle *object_of(const struct sight *sight, enum view_handle_kind kind)
{
	if (!sight->handle || sight->handle->kind != kind || !sight->handle->references) return NULL;
	return view_object(sight->handle);
}

/* --- QueryInterface */

/* constants.md 4.1 and 4.4: interfaces that every object of the kind has, and no object of another kind. */
static const struct interface_row {
	const char *name, *iid;
	enum view_handle_kind kind;
	bool jobs;
} INTERFACES[] = {
	{ "IBackgroundCopyJob", "37668D37-507E-4160-9316-26306D150B12", VIEW_HANDLE_JOB, false },
	{ "IBackgroundCopyFile", "01B7BD23-FB88-4A77-8490-5891D3E4653A", VIEW_HANDLE_FILE, false },
	{ "IBackgroundCopyError", "19C613A0-FCB8-4F28-81AE-897C3D078F81", VIEW_HANDLE_ERROR, false },
	{ "IEnumBackgroundCopyFiles", "CA51E165-C365-424C-8D41-24AAA4FF3C40", VIEW_HANDLE_ENUM, false },
	{ "IEnumBackgroundCopyJobs", "1AF4F612-3B71-466F-8F58-7B6F73AC57AD", VIEW_HANDLE_ENUM, true },
};
static const struct interface_row NEWER[] = {
	{ "IBackgroundCopyFile2", "83E81B93-0873-474D-8A8C-F2018B1A939C", VIEW_HANDLE_FILE, false },
	{ "IBackgroundCopyFile5", "85C1657F-DAFC-40E8-8834-DF18EA25717E", VIEW_HANDLE_FILE, false },
	{ "IBackgroundCopyJob5", "E847030C-BBBA-4657-AF6D-484AA42BF1FE", VIEW_HANDLE_JOB, false },
};
#define UNKNOWN_IID "00000000-0000-0000-C000-000000000046"

/* By name, or by an identifier with braces or without. */
static bool names(const char *asked, const char *name, const char *iid)
{
	return !strcmp(asked, name) || strstr(asked, iid);
}

static const struct interface_row *find_row(const struct interface_row *rows, size_t count, const char *asked)
{
	for (size_t i = 0; i < count; i++)
		if (names(asked, rows[i].name, rows[i].iid)) return &rows[i];
	return NULL;
}
#define FIND_ROW(rows, asked) find_row(rows, sizeof rows / sizeof rows[0], asked)

static const char *asked_interface(const struct judge *judge, const struct sight *sight)
{
	return sight_asks(judge, sight, "handle.query_interface") && !sight->null_out ? trace_get(sight->line, "iid") : NULL;
}

static bool is_of(const struct interface_row *row, const struct view_handle *object)
{
	return row->kind == object->kind && row->jobs == (object->kind == VIEW_HANDLE_ENUM && object->jobs);
}

static void claim_interface(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	const char *iid = trace_get(sight->line, "iid");
	judge_claim(judge, rule, holds, TEXT("QueryInterface for %s answers %s", iid, CODE_TEXT(judge, sight->hr)),
		TEXT("%s=%s", iid, CODE_TEXT(judge, sight->hr)));
}

void rule_com_identity(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *same = asked_interface(judge, sight) && !sight->failed ? trace_get(sight->line, "same") : NULL;
	if (same) judge_claim(judge, rule, !strcmp(same, "1"), "IUnknown of the two interfaces differs", "another IUnknown");
}

/* What the object must answer: it has IUnknown and its own interface, and answers as it did. Returns whether that is known. */
static bool must_answer(const struct judge *judge, const struct view_handle *object, const char *iid, bool *yes)
{
	const struct interface_row *row = FIND_ROW(INTERFACES, iid);
	*yes = true;
	if (names(iid, "IUnknown", UNKNOWN_IID) || (row && is_of(row, object))) return true;
	for (unsigned i = 0; i < judge->view.answers_count; i++) {
		const struct view_answer *answer = &judge->view.answers[i];
		*yes = answer->yes;
		if (answer->object == object && !strcmp(answer->iid, iid)) return true;
	}
	return false;
}

static const struct view_handle *any_object(const struct sight *sight)
{
	return sight->handle ? object_of(sight, sight->handle->kind) : NULL;
}

void rule_com_constant(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *iid = asked_interface(judge, sight);
	const struct view_handle *object = any_object(sight);
	bool yes;
	if (!iid || !object || (sight->failed && sight->hr != judge_word(judge, "E_NOINTERFACE"))) return;
	if (must_answer(judge, object, iid, &yes)) claim_interface(judge, rule, sight, yes == !sight->failed);
}

/* Certainly no interface of the object: that of objects of another kind. */
void rule_com_unknown(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *iid = asked_interface(judge, sight), *left;
	const struct view_handle *object = any_object(sight);
	const struct interface_row *row = iid ? FIND_ROW(INTERFACES, iid) : NULL;
	if (!row || !object || is_of(row, object)) return;
	left = trace_get(sight->line, "left");
	if (left && strcmp(left, "null")) judge_claim(judge, rule, false, TEXT("QueryInterface for %s leaves %s", iid, left), TEXT("left=%s", left));
	else claim_interface(judge, rule, sight, sight->hr == judge_word(judge, "E_NOINTERFACE"));
}

void rule_com_error(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *iid = asked_interface(judge, sight);
	const struct interface_row *row = iid ? FIND_ROW(INTERFACES, iid) : NULL;
	if (!row || row->kind != VIEW_HANDLE_ERROR || !object_of(sight, row->kind)) return;
	claim_interface(judge, rule, sight, !sight->failed);
}

void rule_com_newer(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *iid = asked_interface(judge, sight);
	const struct interface_row *row = iid ? FIND_ROW(NEWER, iid) : NULL;
	if (row && object_of(sight, row->kind)) claim_interface(judge, rule, sight, !sight->failed);
}

/* --- references and out parameters */

static bool is_dead(const struct judge *judge, uint32_t hr)
{
	return hr == judge_word(judge, "E_HANDLE") || hr == judge_word(judge, "RPC_E_DISCONNECTED") || hr == CO_E_OBJNOTCONNECTED;
}

/* The player releases everything before the end. */
void rule_com_lives(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool end = sight->kind == SIGHT_END && sight->job == judge->view.jobs[0] && trace_get(sight->line, "leaks");
	const char *leaks = end ? trace_get(sight->line, "leaks") : NULL;
	if (leaks) judge_claim(judge, rule, !strcmp(leaks, "0"), TEXT("%s handles are left at the end", leaks), "leaks at the end");
	if (sight->kind != SIGHT_CALL || !judge_may_ask(judge, sight)) return;
	const struct view_handle *object = any_object(sight);
	if (object && object->releases) judge_claim_call(judge, rule, sight, !is_dead(judge, sight->hr));
}

void rule_com_left(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *left = sight->kind == SIGHT_CALL && sight->failed && !sight->null_out ? trace_get(sight->line, "left") : NULL;
	if (!left) return;
	judge_claim(judge, rule, !strcmp(left, "null"), TEXT("%s answers %s and leaves %s", sight->command, CODE_TEXT(judge, sight->hr), left),
		TEXT("%s left=%s", sight->command, left));
}

void rule_com_finished(struct judge *judge, unsigned rule, const struct sight *sight)
{
	if (!sight_asks(judge, sight, "job.state") && !sight_asks(judge, sight, "job.id")) return;
	if (sight->null_out || !sight->job || !view_job_is_over(sight->job) || !object_of(sight, VIEW_HANDLE_JOB)) return;
	judge_claim_call(judge, rule, sight, !sight->failed);
}

/* --- enumerators */

/* Whether the job has more files than when the enumerator was made. */
static bool is_old(const struct view_handle *list)
{
	return !list->jobs && list->job && (int)list->job->files_count > list->total;
}

/* In do it may follow its job (C-61). */
static bool total_is_known(const struct judge *judge, const struct view_handle *list)
{
	return list->total >= 0 && (judge->view.dialect == DIALECT_BITS || !is_old(list));
}

/* The enumerator of a call; NULL: it is none, or something about it is not known. */
static const struct view_handle *list_of(const struct judge *judge, const struct sight *sight, const char *command)
{
	const struct view_handle *list = sight_asks(judge, sight, command) ? object_of(sight, VIEW_HANDLE_ENUM) : NULL;
	if (!list || list->lost || !total_is_known(judge, list) || list->position > (unsigned)list->total) return NULL;
	return list;
}

static int64_t count_left(const struct view_handle *list)
{
	return list->total - (int64_t)list->position;
}

/* How many the call asks for; UNKNOWN when it has no number. */
static int64_t count_asked(const struct sight *sight)
{
	return trace_get_int(sight->line, "count", trace_get(sight->line, "count") ? UNKNOWN : 1);
}

/* The number of elements that Next must give; UNKNOWN: nothing can be said. */
static int64_t count_due(const struct judge *judge, const struct sight *sight)
{
	const struct view_handle *list = list_of(judge, sight, "enum.next");
	int64_t asked = list ? count_asked(sight) : UNKNOWN;
	if (asked < 1 || sight->null_out) return UNKNOWN;
	return asked < count_left(list) ? asked : count_left(list);
}

static void claim_next(struct judge *judge, unsigned rule, const struct sight *sight, bool holds)
{
	const char *fetched = trace_get(sight->line, "fetched");
	judge_claim(judge, rule, holds, TEXT("Next(%d) answers %s with %s elements", (int)count_asked(sight), CODE_TEXT(judge, sight->hr),
		fetched ? fetched : "no"), TEXT("Next=%s fetched=%s", CODE_TEXT(judge, sight->hr), fetched ? fetched : "none"));
}

static bool gives(const struct sight *sight, int64_t due)
{
	return !sight->failed && trace_get_int(sight->line, "fetched", UNKNOWN) == due;
}

void rule_com_next(struct judge *judge, unsigned rule, const struct sight *sight)
{
	int64_t due = count_due(judge, sight);
	if (due == UNKNOWN) return;
	bool enough = due == count_asked(sight);
	if (enough != (rule == RULE_enum_001)) return;
	claim_next(judge, rule, sight, sight->hr == (enough ? 0 : judge_word(judge, "S_FALSE")) && gives(sight, due));
}

void rule_com_next_null(struct judge *judge, unsigned rule, const struct sight *sight)
{
	bool one = rule == RULE_enum_003;
	if (!sight_asks(judge, sight, "enum.next") || !sight->null_out || !object_of(sight, VIEW_HANDLE_ENUM)) return;
	if (count_asked(sight) == UNKNOWN || (count_asked(sight) == 1) != one || count_asked(sight) < 1) return;
	judge_claim_call(judge, rule, sight, sight->failed != one);
}

/* After a Skip that found too few there is nothing left. */
void rule_com_skip(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *list = list_of(judge, sight, "enum.skip");
	int64_t asked = list ? count_asked(sight) : UNKNOWN;
	bool enough = list && asked <= count_left(list);
	if (asked >= 1 && enough == (rule == RULE_enum_005))
		judge_claim_call(judge, rule, sight, sight->hr == (enough ? 0 : judge_word(judge, "S_FALSE")));
	list = list_of(judge, sight, "enum.next");
	if (rule == RULE_enum_006 && list && list->ended && !sight->null_out) claim_next(judge, rule, sight, gives(sight, 0));
}

/* The object of a call that asks a file for a name; the file must be one whose names are known. */
static const struct view_handle *named_file(const struct judge *judge, const struct sight *sight, const char **wanted)
{
	bool local = sight_asks(judge, sight, "file.local_name");
	const struct view_handle *file = local || sight_asks(judge, sight, "file.remote_name") ? object_of(sight, VIEW_HANDLE_FILE) : NULL;
	if (!file || !file->job || file->file < 0 || file->file >= (int)file->job->files_count || !trace_get(sight->line, "name")) return NULL;
	const struct view_file *added = file->job->files[file->file];
	*wanted = local ? added->local : added->path;
	return *wanted && !added->old_path && !sight->failed ? file : NULL;
}

/* Folders and hosts are those of the world: the last part of a local name counts, and the path of a remote one. */
static void claim_name(struct judge *judge, unsigned rule, const struct sight *sight, const char *wanted)
{
	const char *name = trace_get(sight->line, "name"), *tail = wanted;
	for (const char *at = wanted; !strcmp(sight->command, "file.local_name") && *at; at++)
		if (*at == '/' || *at == '\\') tail = at + 1;
	bool ends = strlen(name) >= strlen(tail) && !strcmp(name + strlen(name) - strlen(tail), tail);
	judge_claim(judge, rule, ends, TEXT("the element is %s", name), TEXT("%s of another file", sight->command));
}

void rule_com_reset(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *wanted;
	int64_t due = count_due(judge, sight);
	if (due != UNKNOWN && view_object(sight->handle)->reset) claim_next(judge, rule, sight, gives(sight, due));
	const struct view_handle *file = named_file(judge, sight, &wanted);
	if (file && file->first && file->file == 0) claim_name(judge, rule, sight, wanted);
}

void rule_com_count(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *list = sight_asks(judge, sight, "enum.count") ? object_of(sight, VIEW_HANDLE_ENUM) : NULL;
	int64_t count = trace_get_int(sight->line, "count", UNKNOWN);
	if (!list || list->total < 0 || sight->null_out) return;
	if (is_old(list) && count == list->total) judge_show(judge, "C-61", "snapshot");
	if (is_old(list) && count == list->job->files_count) judge_show(judge, "C-61", "live");
	if (!total_is_known(judge, list)) return;
	judge_claim(judge, rule, !sight->failed && count == list->total, TEXT("GetCount gives %d of %d", (int)count, list->total), "another count");
}

void rule_com_clone(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const char *wanted;
	if (sight_asks(judge, sight, "enum.clone") && !sight->null_out && object_of(sight, VIEW_HANDLE_ENUM))
		judge_claim_call(judge, rule, sight, sight->hr == 0);
	int64_t due = count_due(judge, sight);
	if (due != UNKNOWN && view_object(sight->handle)->cloned) claim_next(judge, rule, sight, gives(sight, due));
	const struct view_handle *file = named_file(judge, sight, &wanted);
	if (file && file->cloned) claim_name(judge, rule, sight, wanted);
}

void rule_com_snapshot(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *list = sight->kind == SIGHT_CALL ? list_of(judge, sight, sight->command) : NULL;
	if (!list || sight->null_out || !is_old(list)) return;
	int64_t due = count_due(judge, sight);
	if (due != UNKNOWN) claim_next(judge, rule, sight, gives(sight, due));
	if (strcmp(sight->command, "enum.count")) return;
	int64_t count = trace_get_int(sight->line, "count", UNKNOWN);
	judge_claim(judge, rule, count == list->total, TEXT("%d files, where there were %d", (int)count, list->total), "it follows the job");
}

/* An element whose enumerator was released lives on. */
void rule_com_owned(struct judge *judge, unsigned rule, const struct sight *sight)
{
	const struct view_handle *element = sight->kind == SIGHT_CALL ? any_object(sight) : NULL;
	bool getter = element && (sight_asks(judge, sight, "file.remote_name") || sight_asks(judge, sight, "file.local_name") ||
		sight_asks(judge, sight, "file.progress") || sight_asks(judge, sight, "job.state") || sight_asks(judge, sight, "job.id"));
	if (!getter || sight->null_out || !element->made_by) return;
	const struct view_handle *list = element->made_by;
	if (list->kind == VIEW_HANDLE_ENUM && !list->references) judge_claim_call(judge, rule, sight, !sight->failed);
}
