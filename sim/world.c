/* world.c -- the reference in a simulated world, as a target: time, the machine around the service, and its disk. */
#include "sim/world.h"

#include "sim/service.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define STRANGER_BYTES 4096   /* of a file that is nobody's */

struct world {
	struct target target;
	struct arena *arena;
	const struct machine *machine;
	uint64_t seed;
	struct service *service;   /* NULL before begin and after end */
	char text[VALUE_TEXT_MAX];
};

static enum status world_begin(void *self, const struct scenario *scenario, struct failure *failure)
{
	struct world *world = self;
	struct service *service = world->service ? world->service : arena_room(world->arena, sizeof *service);

	(void)scenario;
	world->service = service;
	if (service && service_init(service, world->arena, &world->target, world->machine, world->seed)) return STATUS_OK;
	world->service = NULL;
	snprintf(failure->text, sizeof failure->text, "the arena is used up");
	return STATUS_NO_MEMORY;
}

static bool is_command(const struct world *world, const char *feature)
{
	unsigned count;
	const struct method *methods = machine_methods(&count);

	/* A command, and all are asked for before a play. */
	const struct method *plain = machine_method(feature, "");
	if (plain && plain->in[world->machine->dialect]) return true;
	for (unsigned i = 0; i < count; i++) {
		if (*methods[i].command != *feature) continue;
		size_t length = strlen(methods[i].command);
		if (!methods[i].in[world->machine->dialect] || strncmp(methods[i].command, feature, length)) continue;
		if (!feature[length]) return true;
		if (feature[length] == '.' && methods[i].property[0] && !strcmp(feature + length + 1, methods[i].property)) return true;
	}
	return false;
}

static bool world_has(void *self, const char *feature)
{
	return is_command(self, feature) || scenario_feature_is_of_world(feature, strlen(feature));
}

static void world_call(void *self, const struct call *call, struct reply *reply)
{
	struct world *world = self;

	reply->kind = REPLY_RESULT;
	reply->hr = 0;
	reply->fields_count = 0;
	reply->feature[0] = reply->why[0] = '\0';
	if (world->service) {
		world->service->probed = call->probe;
		service_call(world->service, call, reply);
		transfer_share(world->service);
		world->service->probed = false;
		return;
	}
	reply->kind = REPLY_BROKEN;
	snprintf(reply->why, sizeof reply->why, "no scenario has begun");
}

/* --- changes */

static enum disk_result disk_word(const char *word)
{
	static const struct { const char *word; enum disk_result meets; } words[] = {
		{ "denied", DISK_DENIED }, { "locked", DISK_LOCKED }, { "vanished", DISK_VANISHED },
		{ "volume-locked", DISK_VOLUME_LOCKED }, { "volume-changed", DISK_VOLUME_CHANGED },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].word, word)) return words[i].meets;
	return DISK_OK;
}

/* A file that a job has begun to upload, and has not sent. */
static void change_source(struct service *service, const char *name)
{
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		if (job->job.type == JOB_TYPE_DOWNLOAD || job->transfer.phase == TRANSFER_IDLE) continue;
		for (unsigned f = 0; f < job->job.files_count; f++)
			if (!job->job.files[f].done && job->files[f]->local && disk_is_name(job->files[f]->local, name)) job->files[f]->source_changed = true;
	}
}

/* What flowed until now met the disk as it was. */
static bool change_disk(struct service *service, const struct step *step, char *why, size_t why_size)
{
	const struct scenario_arg *at = step_arg(step, "at");
	bool of_volume = !strncmp(step->word, "volume", strlen("volume"));

	if (of_volume && service->machine->dialect == DIALECT_DO) {
		snprintf(why, why_size, "no page of do speaks of the volume");
		return false;
	}
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_sync(service->jobs[i]);
	if (!strcmp(step->word, "exists")) {
		if (disk_place(&service->disk, step_arg(step, "name")->text, STRANGER_BYTES)) return true;
		snprintf(why, why_size, "the disk has no room for another file");
		return false;
	}
	if (!strcmp(step->word, "changed")) {
		change_source(service, step_arg(step, "name")->text);
		return true;
	}
	service->disk.limit = DISK_UNLIMITED;
	service->disk.writing = disk_word(step->word);
	service->disk.no_rename = !strcmp(step->word, "no-rename");
	if (!strcmp(step->word, "full")) service->disk.limit = at && at->number > 0 ? (uint64_t)at->number : 0;
	service_disk(service);
	return true;
}

static bool change_policy(struct service *service, const struct step *step, char *why, size_t why_size)
{
	const struct scenario_arg *arg = step_arg(step, "cause");
	int cause = arg ? machine_cause_find(arg->text, strlen(arg->text)) : CAUSE_POLICY_COST;

	if (!strcmp(step->word, "allow")) {
		service_policy(service, false, CAUSE_NONE);
		return true;
	}
	if (cause < 0 || machine_report(service->machine, (enum cause)cause, 0).fault_class != FAULT_CLASS_TRANSIENT) {
		snprintf(why, why_size, "the dialect has no policy %s", arg ? arg->text : "");
		return false;
	}
	service_policy(service, true, (enum cause)cause);
	return true;
}

static void change_clock(struct service *service, const struct step *step)
{
	const struct scenario_arg *drift = step_arg(step, "drift");
	enum clock_kind kind = !strcmp(step->word, "wall") ? CLOCK_WALL : !strcmp(step->word, "boot") ? CLOCK_BOOT : CLOCK_MONOTONIC;

	if (!strcmp(step->word, "sleep")) service_sleep(service, step->duration_ns);
	else if (drift) service_clock_drift(service, kind, drift->number);
	else service_clock_jump(service, kind, step->duration_ns);
}

/* Without a number: all that was not flushed, however much it is. */
static uint64_t lost_bytes(const struct step *step)
{
	const struct scenario_arg *lost = step_arg(step, "lost");

	return lost ? (uint64_t)lost->number : UINT64_MAX;
}

static bool change(struct service *service, const struct step *step, char *why, size_t why_size)
{
	switch (step->kind) {
	case STEP_SERVE:
	case STEP_HOST: return origin_change(service->origin, step, service->now_ns, why, why_size);
	case STEP_LINK: return service_link(service, step, why, why_size);
	case STEP_NET: service_network(service, !strcmp(step->word, "up")); return true;
	case STEP_DISK: return change_disk(service, step, why, why_size);
	case STEP_SERVICE:
		if (!strcmp(step->word, "kill")) service_kill(service);
		else if (!strcmp(step->word, "power-loss")) service_power_loss(service, lost_bytes(step));
		else service_start(service);
		return true;
	case STEP_USER: service_owner(service, !strcmp(step->word, "logon")); return true;
	case STEP_CLOCK: change_clock(service, step); return true;
	case STEP_POLICY: return change_policy(service, step, why, why_size);
	case STEP_CRASH:
	case STEP_DO:
	case STEP_ON:
	case STEP_WATCH:
	case STEP_WITHIN:
	case STEP_ADVANCE:
	case STEP_EXPECT:
	case STEP_END:
	case STEP_KIND_COUNT: break;
	}
	snprintf(why, why_size, "%s is no change of the world", step_kind_name(step->kind));
	return false;
}

static bool world_change(void *self, const struct step *step, char *why, size_t why_size)
{
	struct world *world = self;

	if (world->service) {
		bool changed = change(world->service, step, why, why_size);
		transfer_share(world->service);
		return changed;
	}
	snprintf(why, why_size, "no scenario has begun");
	return false;
}

/* --- time */

/* One event, so that every state can be seen; or, when none comes before, the time that was asked for. */
static bool world_step(void *self, int64_t until_ns, char *why, size_t why_size)
{
	struct world *world = self;
	struct service *service = world->service;
	uint32_t timer;
	int64_t due_ns = 0;

	if (!service) {
		snprintf(why, why_size, "no scenario has begun");
		return false;
	}
	timer = queue_pop_until(&service->queue, until_ns, &due_ns);
	if (timer != QUEUE_NONE) {
		if (due_ns > service->now_ns) service->now_ns = due_ns; /* what was due while the machine slept is due now */
		service_happen(service, timer);
		transfer_share(service);
	} else if (until_ns > service->now_ns) {
		service->now_ns = until_ns;
	}
	if (service->no_memory) snprintf(why, why_size, "the arena is used up");
	return !service->no_memory;
}

static int64_t world_now(void *self)
{
	const struct world *world = self;

	return world->service ? world->service->now_ns : 0;
}

static int64_t world_next_timer(void *self)
{
	const struct world *world = self;

	return world->service && world->service->running ? service_next_timer(world->service) : JOB_NEVER;
}

/* --- names and files */

static size_t put(char *text, size_t length, size_t size, const char *from, size_t count)
{
	if (count > size - 1 - length) count = size - 1 - length;
	memcpy(text + length, from, count);
	return length + count;
}

/* Length of `(NAME)` at text; 0 when there is none. */
static size_t name_length(const char *text)
{
	const char *close = text[0] == '(' ? strchr(text, ')') : NULL;

	return close ? (size_t)(close - text) + 1 : 0;
}

/* $W is a folder of Windows: what follows it in the word has backslashes. */
static const char *world_expand(void *self, const char *text)
{
	struct world *world = self;
	size_t length = 0, size = sizeof world->text, name;
	bool in_path = false;

	for (; *text; text++) {
		if (text[0] == '$' && text[1] == 'W') {
			length = put(world->text, length, size, DISK_FOLDER, strlen(DISK_FOLDER));
			in_path = true;
			text++;
		} else if (text[0] == '$' && text[1] == 'S') {
			name = name_length(text + 2);
			length = put(world->text, length, size, "http://", 7);
			if (name) length = put(world->text, length, size, text + 3, name - 2);
			else length = put(world->text, length, size, "origin", 6);
			text += 1 + name;
		} else {
			if (*text == ' ') in_path = false;
			length = put(world->text, length, size, in_path && *text == '/' ? "\\" : text, 1);
		}
	}
	world->text[length] = '\0';
	return world->text;
}

static int world_compare(void *self, const char *local, const char *path)
{
	const struct world *world = self;
	const struct disk_file *file = world->service ? disk_find(&world->service->disk, local) : NULL;
	uint64_t size;
	unsigned version;

	if (!file) return -1;
	if (!origin_content(world->service->origin, path, world->service->now_ns, &size, &version)) return 0;
	return disk_is(file, path, version, size);
}

static int world_temporary(void *self, const char *folder)
{
	const struct world *world = self;

	return world->service ? (int)disk_temporary(&world->service->disk, folder) : 0;
}

static enum status world_end(void *self, unsigned *leaks, struct failure *failure)
{
	struct world *world = self;

	(void)failure;
	*leaks = world->service ? service_handle_leaks(world->service) : 0;
	return STATUS_OK;
}

const struct service *world_service(const struct target *target)
{
	const struct world *world = target->self;

	return world->service;
}

struct target *world_new(struct arena *arena, const struct machine *machine, uint64_t seed)
{
	struct world *world;

	assert(arena && machine);
	world = arena_take(arena, sizeof *world);
	if (!world) return NULL;
	world->arena = arena;
	world->machine = machine;
	world->seed = seed;
	world->target = (struct target){ .self = world, .tier = TIER_VIRTUAL, .begin = world_begin, .has = world_has,
		.call = world_call, .change = world_change, .step = world_step, .now = world_now,
		.next_timer = world_next_timer, .expand = world_expand, .compare = world_compare,
		.temporary = world_temporary, .end = world_end };
	return &world->target;
}
