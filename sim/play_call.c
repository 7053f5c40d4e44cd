/* play_call.c -- commands of a scenario, and what was answered. */
#include "sim/play_internal.h"
#include "sim/word_list.h"

#include <stdio.h>
#include <string.h>

#define HR_S_OK 0u
#define HR_IS_FAILURE(hr) ((hr) >> 31 & 1u)

/* A reply as words: it outlives the next call. */
struct answer {
	unsigned count;
	struct play_value values[REPLY_FIELDS_MAX + 1];   /* the first is hr */
};

/* One command while it is played. */
struct command {
	struct call call;
	const char *handle;        /* "-": none */
	const char *as;            /* NULL: makes no handle */
	const char *property;      /* of job.get and job.set, else "" */
	struct trace_line line;
	unsigned slot;             /* its place in the trace */
	struct reply reply;
	struct answer answer;
};

static bool is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

const char *play_call_key(const char *command)
{
	if (starts_with(command, "job.")) return is(command, "job.create") || is(command, "job.open") || is(command, "job.enum") ? NULL : "job";
	if (starts_with(command, "error.")) return "error";
	if (starts_with(command, "file.")) return "file";
	if (starts_with(command, "enum.")) return "enum";
	if (starts_with(command, "handle.")) return "handle";
	return NULL;
}

/* The newest living handle of the name. */
static struct play_handle *find_handle(struct player *player, const char *name)
{
	for (unsigned i = player->handles_count; i-- > 0;) {
		struct play_handle *handle = &player->handles[i];
		if (handle->references > 0 && is(handle->name, name)) return handle;
	}
	return NULL;
}

static struct play_job *find_job(struct player *player, const char *name)
{
	for (unsigned i = player->jobs_count; i-- > 0;)
		if (is(player->jobs[i].name, name)) return &player->jobs[i];
	return NULL;
}

/* The value of an argument as the API takes it. */
static struct value value_of(const struct player *player, const struct scenario_arg *arg, const char *text)
{
	static const char texts[] = "as name id url local url2 local2 url3 local3 ranges property iid display_name "
		"description old_prefix new_prefix program parameters user password reply_file_name";
	struct value value = { VALUE_TEXT, 0, text };
	int64_t word;
	uint32_t hresult;

	if (is(text, "null")) return (struct value){ VALUE_NULL, 0, NULL };
	if (word_listed(texts, arg->key)) return value;
	if (is(arg->key, "size") && is(text, "unknown")) return (struct value){ VALUE_NUMBER, UINT64_MAX, NULL };
	if (is(arg->key, "code")) {
		if (machine_code(player->options->dialect, text, strlen(text), &hresult)) {
			return (struct value){ VALUE_NUMBER, hresult, NULL };
		}
		return value;
	}
	value = (struct value){ VALUE_NUMBER, 0, NULL };
	if (word_listed("minimum_retry_delay no_progress_timeout maximum_download_time", arg->key)) {
		if (play_want_seconds(text, &value.number)) return value;
	} else if (machine_word_value(arg->key, text, strlen(text), &word)) {
		value.number = (uint64_t)word;
		return value;
	} else if (arg->is_number) {
		value.number = (uint64_t)arg->number;
		return value;
	} else if (play_want_digits(text, &value.number)) {
		return value;
	}
	return (struct value){ VALUE_TEXT, 0, text };
}

static bool command_add(struct player *player, struct command *command, const char *key, struct value value)
{
	struct call *call = &command->call;

	if (call->args_count == CALL_ARGS_MAX) return play_line_limit(player, CALL_ARGS_MAX, "arguments of a command");
	call->args[call->args_count++] = (struct named_value){ key, value };
	return true;
}

/* A command on a handle, with its line begun. handle may be NULL. */
static bool command_init(struct player *player, struct command *command, const char *word, const char *handle,
	unsigned line)
{
	const char *key = play_call_key(word);

	memset(command, 0, sizeof *command);
	command->call.command = word;
	command->call.scenario_line = line;
	command->handle = handle ? handle : "-";
	command->property = "";
	if (!handle || !key) return true;
	return command_add(player, command, key, (struct value){ VALUE_TEXT, 0, handle });
}

/* as=_ is a handle that nobody needs: it gets a name of its own. */
static const char *fresh_name(struct player *player)
{
	char name[16];

	snprintf(name, sizeof name, "_%u", ++player->names_made);
	return play_line_copy(player, name);
}

static bool command_add_arg(struct player *player, struct command *command, const struct scenario_arg *arg)
{
	const char *text = play_line_expand(player, arg->text);

	if (!text) return false;
	if (is(arg->key, "as")) {
		command->as = is(text, "_") ? fresh_name(player) : text;
		if (!command->as) return false;
		text = command->as;
	}
	if (is(arg->key, "property")) command->property = text;
	if (is(command->call.command, "job.set")) command->property = arg->key;
	return command_add(player, command, arg->key, value_of(player, arg, text));
}

static struct play_value value_copy(struct player *player, const struct command *command, const char *key,
	const struct value *value)
{
	struct play_value copy = { key, value->kind, value->number, "null" };
	char buffer[32];

	if (value->kind == VALUE_TEXT && !value->text) copy.kind = VALUE_NULL;
	if (copy.kind == VALUE_TEXT) copy.word = value->text;
	if (copy.kind == VALUE_NUMBER) {
		copy.word = play_want_word(player, key, command->property, value->number, buffer);
	}
	copy.word = play_line_copy(player, copy.word);
	return copy;
}

/* Everything of the reply into the arena: its texts are gone with the next call. */
static bool copy_reply(struct player *player, struct command *command)
{
	struct answer *answer = &command->answer;
	struct value hr = { VALUE_NUMBER, command->reply.hr, NULL };

	assert(command->reply.fields_count <= REPLY_FIELDS_MAX);
	answer->values[answer->count++] = value_copy(player, command, "hr", &hr);
	for (unsigned i = 0; i < command->reply.fields_count; i++) {
		const struct named_value *field = &command->reply.fields[i];
		const char *key = play_line_copy(player, field->key);
		if (!key) return false;
		answer->values[answer->count++] = value_copy(player, command, key, &field->value);
	}
	return player->status == STATUS_OK;
}

static const struct play_value *answer_value(const struct command *command, const char *key)
{
	for (unsigned i = 0; i < command->answer.count; i++)
		if (is(command->answer.values[i].key, key)) return &command->answer.values[i];
	return NULL;
}

/* The line, whose place was taken before the call, with the answer: what a call causes stands behind it. */
static void complete_line(struct player *player, struct command *command, const struct step *step)
{
	struct trace_line line = command->line;
	static const char *const missing[] = { "", "unsupported", "broken" };

	if (command->reply.kind == REPLY_RESULT) trace_add(&line, "hr", command->answer.values[0].word);
	else trace_add(&line, "reply", missing[command->reply.kind]);
	for (unsigned i = 0; step && i < step->args_count; i++) {
		const struct scenario_arg *arg = &step->args[i];
		const char *text = is(arg->key, "as") ? command->as : arg->text;
		if (!arg->key[0]) continue;
		if (text != command->as) text = play_line_expand(player, text);
		if (text) trace_add(&line, arg->key, text);
	}
	for (unsigned i = 1; i < command->answer.count; i++) {
		trace_add(&line, command->answer.values[i].key, command->answer.values[i].word);
	}
	line.at_ns = player->play->trace.lines[command->slot]->at_ns;
	play_line_replace(player, command->slot, &line);
}

/* Sends the command. False when the play ends with it. */
static bool command_send(struct player *player, struct command *command, const struct step *step)
{
	bool answered;

	play_line_init(player, &command->line, ACTOR_CLIENT, command->handle, command->call.command);
	command->line.scenario_line = command->call.scenario_line;
	command->slot = player->play->trace.count;
	if (!play_line_record(player, &command->line)) return false;
	player->target->call(player->target->self, &command->call, &command->reply);
	answered = command->reply.kind == REPLY_RESULT && copy_reply(player, command);
	if (player->status == STATUS_OK) complete_line(player, command, step);
	if (command->reply.kind == REPLY_UNSUPPORTED) {
		play_line_stop(player, PLAY_UNSUPPORTED,
			command->reply.feature[0] ? command->reply.feature : command->call.command, command->reply.why);
	}
	if (command->reply.kind == REPLY_BROKEN) play_line_stop(player, PLAY_BROKEN, NULL, command->reply.why);
	return answered && play_line_going(player);
}

static const char *text_arg(const struct command *command, const char *key)
{
	for (unsigned i = 0; i < command->call.args_count; i++) {
		const struct named_value *arg = &command->call.args[i];
		if (is(arg->key, key) && arg->value.kind == VALUE_TEXT) return arg->value.text;
	}
	return NULL;
}

static enum play_handle_kind kind_of(struct player *player, const struct command *command)
{
	const char *word = command->call.command;
	const struct play_handle *from = find_handle(player, command->handle);

	if (word_listed("job.create job.open", word)) return PLAY_HANDLE_JOB;
	if (is(word, "job.get_error")) return PLAY_HANDLE_ERROR;
	if (is(word, "error.get_file")) return PLAY_HANDLE_FILE;
	if (is(word, "job.enum")) return PLAY_HANDLE_JOBS;
	if (is(word, "job.enum_files")) return PLAY_HANDLE_FILES;
	if (is(word, "enum.next")) return from && from->kind == PLAY_HANDLE_JOBS ? PLAY_HANDLE_JOB : PLAY_HANDLE_FILE;
	if (is(word, "enum.clone") && from) return from->kind;
	return PLAY_HANDLE_OTHER; /* another interface of something that is known already */
}

/* The files of a job that another handle knows by the same id, or new ones. */
static struct play_files *files_of(struct player *player, const char *id)
{
	for (unsigned i = 0; id && i < player->jobs_count; i++)
		if (player->jobs[i].id && is(player->jobs[i].id, id)) return player->jobs[i].files;
	return play_line_take(player, sizeof(struct play_files));
}

static void job_add(struct player *player, const struct command *command, unsigned handle)
{
	const struct play_value *made = answer_value(command, "id");
	const char *id = made && made->kind == VALUE_TEXT ? made->word : text_arg(command, "id");
	struct play_files *files = files_of(player, id);

	if (!files) return;
	if (player->jobs_count == PLAY_JOBS_MAX) {
		play_line_limit(player, PLAY_JOBS_MAX, "jobs");
		return;
	}
	player->jobs[player->jobs_count++] = (struct play_job){ command->as, id, files, STATE_NONE, 0, NULL, handle };
}

/* Whether a call that did not fail made the handle of its as=. */
static bool made_handle(const struct command *command)
{
	const struct play_value *fetched = answer_value(command, "fetched");

	if (!command->as || HR_IS_FAILURE(command->reply.hr)) return false;
	if (!is(command->call.command, "enum.next")) return true;
	return command->reply.hr == HR_S_OK && !(fetched && fetched->kind == VALUE_NUMBER && fetched->number == 0);
}

static void handle_add(struct player *player, const struct command *command)
{
	enum play_handle_kind kind = kind_of(player, command);
	unsigned index = player->handles_count;

	if (index == PLAY_HANDLES_MAX) {
		play_line_limit(player, PLAY_HANDLES_MAX, "handles");
		return;
	}
	player->handles[player->handles_count++] = (struct play_handle){ command->as, kind, 1 };
	if (kind == PLAY_HANDLE_JOB) job_add(player, command, index);
}

/* The places of files in the job, by which a probe says which one failed. */
static void files_add(struct player *player, const struct command *command)
{
	static const char *const keys[] = { "local", "local2", "local3" };
	struct play_job *job = find_job(player, command->handle);

	for (unsigned i = 0; job && i < sizeof keys / sizeof *keys; i++) {
		const char *name = text_arg(command, keys[i]);
		if (!name) continue;
		if (job->files->count == PLAY_FILES_MAX) {
			play_line_limit(player, PLAY_FILES_MAX, "files of a job");
			return;
		}
		job->files->names[job->files->count++] = name;
	}
}

/* What the player must remember of a call that was answered. */
static void remember(struct player *player, const struct command *command)
{
	const char *word = command->call.command;
	struct play_handle *handle = find_handle(player, command->handle);

	if (made_handle(command)) handle_add(player, command);
	if (HR_IS_FAILURE(command->reply.hr)) return;
	if (starts_with(word, "job.add_file")) files_add(player, command);
	if (is(word, "handle.add_ref") && handle) handle->references++;
	if (is(word, "handle.release") && handle) handle->references--;
}

void play_call_simple(struct player *player, const char *word, const char *handle, unsigned line)
{
	struct command command;

	if (command_init(player, &command, word, handle, line) && command_send(player, &command, NULL)) {
		remember(player, &command);
	}
}

/* One part of what is wanted: the HRESULT, or a field. Appends it to the texts when it holds as `told` says. */
static bool compare(struct player *player, const struct command *command, const struct want *want, const char *key,
	const bool *told, struct play_text *expected, struct play_text *found)
{
	const struct play_value *value = answer_value(command, key);
	bool holds = value ? play_want_holds(player, want, value, command->property) : want->kind == WANT_ANY;

	if (!told || *told != holds || player->status != STATUS_OK) return holds;
	if (expected->length) play_line_text(expected, ", ");
	if (found->length) play_line_text(found, ", ");
	play_want_expected(player, expected, want, key);
	play_want_found(player, found, value, key);
	return holds;
}

/* All of them; with `told` those that hold so are told. */
static bool compare_all(struct player *player, const struct command *command, const struct step *step, const bool *told,
	struct play_text *expected, struct play_text *found)
{
	bool holds = compare(player, command, &step->want, "hr", told, expected, found);

	if (!holds) return false; /* a call that failed has no fields to speak of */
	for (unsigned i = 0; i < step->fields_count; i++) {
		const struct want_field *field = &step->fields[i];
		if (!compare(player, command, &field->want, field->key, told, expected, found)) holds = false;
	}
	return holds;
}

/* Makes the check of a DO. Returns whether it passed. */
static bool check(struct player *player, const struct command *command, const struct step *step)
{
	struct play_text expected = {0}, found = {0};
	bool passed;

	if (step->want.kind == WANT_MODEL) return true;
	if (step->want.kind == WANT_ANY && step->fields_count == 0) return true;
	passed = compare_all(player, command, step, NULL, &expected, &found);
	compare_all(player, command, step, &passed, &expected, &found);
	if (player->status == STATUS_OK) play_line_check(player, step, passed, expected.text, found.text);
	return passed;
}

/* A handle that an answer did not make cannot be used: what is written from here on means nothing. */
static bool check_handle(struct player *player, const struct step *step, const char *name)
{
	struct play_text expected = {0}, found = {0};

	if (find_handle(player, name)) return true;
	play_line_text(&expected, "the handle %s", name);
	play_line_text(&found, "none, for no call has made it");
	play_line_check(player, step, false, expected.text, found.text);
	play_line_stop(player, PLAY_STOPPED, NULL, NULL);
	return false;
}

void play_call_step(struct player *player, const struct step *step)
{
	const struct scenario_arg *handle = play_call_key(step->word) ? step_word(step, 0) : NULL;
	const struct scenario_arg *as = step_arg(step, "as");
	struct command command;
	bool throw_away = as && is(as->text, "_"), passed;

	if (handle && !check_handle(player, step, handle->text)) return;
	if (!command_init(player, &command, step->word, handle ? handle->text : NULL, step->line)) return;
	for (unsigned i = 0; i < step->args_count; i++) {
		if (step->args[i].key[0] && !command_add_arg(player, &command, &step->args[i])) return;
	}
	if (!command_send(player, &command, step)) return;
	remember(player, &command);
	passed = check(player, &command, step);
	if (throw_away && play_line_going(player) && find_handle(player, command.as)) {
		play_call_simple(player, "handle.release", command.as, step->line);
	}
	if (!passed && as && !throw_away) play_line_stop(player, PLAY_STOPPED, NULL, NULL);
}

void play_call_release_all(struct player *player)
{
	struct command command;

	for (unsigned i = player->handles_count; i-- > 0;) {
		struct play_handle *handle = &player->handles[i];
		for (; handle->references > 0; handle->references--) {
			if (player->status != STATUS_OK) return;
			command_init(player, &command, "handle.release", handle->name, player->line);
			player->target->call(player->target->self, &command.call, &command.reply);
			if (command.reply.kind != REPLY_BROKEN) continue;
			play_line_stop(player, PLAY_BROKEN, NULL, command.reply.why);
			return;
		}
	}
}
