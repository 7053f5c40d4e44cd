/* service.c -- the jobs of the reference service: their steps, what these make the world do, and their timers. */
#include "sim/service.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool service_init(struct service *service, struct arena *arena, struct target *target, const struct machine *machine,
	uint64_t seed)
{
	memset(service, 0, offsetof(struct service, jobs));
	service->arena = arena;
	service->target = target;
	service->machine = machine;
	service->running = service->network_up = service->owner_present = true;
	service->block_cause = CAUSE_POLICY_COST;
	rng_init(&service->ids, seed, "job-id");
	disk_init(&service->disk, arena);
	links_init(&service->links, seed);
	service->links_policy = CAUSE_NONE;
	service->origin = origin_new(arena);
	return service->origin && queue_init(&service->queue, arena, SERVICE_TIMERS, 0);
}

bool service_has_defect(const struct service *service, enum defect defect)
{
	return (service->machine->defects >> defect & 1) != 0;
}

bool service_varies(const struct service *service, enum variant variant)
{
	return machine_varies(service->machine, variant);
}

uint32_t service_code(const struct service *service, enum code code)
{
	return machine_code_value(service->machine->dialect, code, NULL);
}

int64_t service_wall(const struct service *service)
{
	return SERVICE_EPOCH + clock_read(&service->clocks[CLOCK_WALL], service->now_ns) / 100;
}

void service_line(struct service *service, const struct trace_line *line)
{
	const struct listener *listener = &service->target->listener;

	if (listener->line) listener->line(listener->context, line);
}

static uint32_t timer_of(const struct service_job *job, enum service_event event)
{
	return job->index * SERVICE_JOB_TIMERS + event;
}

void service_arm(struct service_job *job, enum service_event event, int64_t at_ns)
{
	const struct service *service = job->service;

	queue_arm(&job->service->queue, timer_of(job, event), at_ns > service->now_ns ? at_ns : service->now_ns);
}

void service_disarm(struct service_job *job, enum service_event event)
{
	queue_cancel(&job->service->queue, timer_of(job, event));
}

bool service_is_armed(const struct service_job *job, enum service_event event)
{
	return queue_is_armed(&job->service->queue, timer_of(job, event));
}

bool service_is_active(const struct service_job *job)
{
	return job->job.state == STATE_CONNECTING || job->job.state == STATE_TRANSFERRING;
}

/* --- new jobs */

static void make_id(struct service *service, char *text, size_t size)
{
	uint64_t a = rng_next(&service->ids), b = rng_next(&service->ids);

	snprintf(text, size, "{%08X-%04X-4%03X-%04X-%012llX}", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xFFFF),
		(unsigned)(a & 0xFFF), (unsigned)(b >> 48 & 0x3FFF) | 0x8000, (unsigned long long)(b & 0xFFFFFFFFFFFF));
}

/* A timer follows the job's deadline, which is a reading of the timers' clock; one that is over is due now. */
static void follow(struct service_job *job, enum service_event event, int64_t reading_ns)
{
	const struct service *service = job->service;
	int64_t due_ns = clock_when(service_timer_clock(service), reading_ns);

	if (due_ns == JOB_NEVER || !service->running) {
		service_disarm(job, event);
		return;
	}
	if (due_ns < service->now_ns) due_ns = service->now_ns;
	if (!service_is_armed(job, event) || queue_time(&service->queue, timer_of(job, event)) != due_ns)
		service_arm(job, event, due_ns);
}

/* When the job will have been active for as long as it may. */
static int64_t maximum_due_ns(const struct service_job *job)
{
	if (!service_is_active(job) || job->maximum_ns == JOB_NEVER) return JOB_NEVER;
	return job->active_since_ns + job->maximum_ns - job->active_ns;
}

void service_follow(struct service_job *job)
{
	follow(job, EVENT_OF_MAXIMUM, maximum_due_ns(job));
	follow(job, EVENT_OF_RETRY, job->job.retry_due_ns);
	follow(job, EVENT_OF_NO_PROGRESS, job->job.no_progress_due_ns);
	follow(job, EVENT_OF_EXPIRY, job->job.expires_ns);
}

/* COST-003: what was blocked runs again without a call, whatever it was made of. */
static void let_go(struct service_job *job)
{
	if (job->is_held && job->service->network_up && !job->service->blocked) service_event(job, EVENT_RESUME);
}

static void tell_changes(struct service_job *job)
{
	struct service *service = job->service;
	struct occurrence occurrence = service_occurrence(service, EVENT_BLOCK);

	if (job->job.network_up != service->network_up) {
		service_event(job, service->network_up ? EVENT_NET_BACK : EVENT_NET_LOST);
	}
	if (job->job.owner_present != service->owner_present) {
		service_event(job, service->owner_present ? EVENT_LOGON : EVENT_LOGOFF);
	}
	if (job->job.blocked == service->blocked) return;
	if (service->blocked) occurrence.cause = service->block_cause;
	else occurrence.event = EVENT_UNBLOCK;
	service_step(job, &occurrence);
}

/* A job must know what the world is like. */
static void tell_world(struct service_job *job)
{
	tell_changes(job);
	let_go(job);
}

struct service_job *service_add_job(struct service *service, const char *client, enum job_type type)
{
	struct service_job *job;

	if (service->jobs_count == SERVICE_JOBS_MAX) return NULL;
	job = arena_room(service->arena, sizeof *job);
	if (!job) return NULL;
	memset(job, 0, offsetof(struct service_job, transfer) + offsetof(struct transfer, host));
	job->transfer.host[0] = job->transfer.path[0] = job->name[0] = job->description[0] = '\0';
	job->client = arena_text(service->arena, client, strlen(client));
	if (!job->client) return NULL;
	job_init(&job->job, service->machine, type, service_timer_ns(service));
	if (service_has_defect(service, DEFECT_new_job_queued)) job->job.state = STATE_QUEUED;
	job->service = service;
	job->index = service->jobs_count;
	job->maximum_ns = service->machine->dialect == DIALECT_BITS ? SERVICE_MAXIMUM_NS : JOB_NEVER;
	make_id(service, job->id, sizeof job->id);
	job->creation = job->modification = service_wall(service);
	service->jobs[service->jobs_count++] = job;
	service_follow(job);
	tell_world(job);
	return job;
}

/* --- steps */

struct occurrence service_occurrence(const struct service *service, enum event event)
{
	return (struct occurrence){ .event = event, .now_ns = service_timer_ns(service), .cause = CAUSE_NONE,
		.bytes_total = event == EVENT_ADD_FILE ? 0 : JOB_SIZE_UNKNOWN };
}

static void add_effects(struct trace_line *line, const struct effects *effects)
{
	char text[400];
	size_t length = 0;

	for (unsigned i = 0; i < effects->count; i++) {
		const char *name = machine_effect_name(effects->list[i].kind);
		if (i && length < sizeof text - 1) text[length++] = '+';
		for (; *name && length < sizeof text - 1; name++)
			text[length++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
	}
	text[length] = '\0';
	if (length) trace_add(line, "effects", text);
}

static bool has_effect(const struct effects *effects, enum effect_kind kind)
{
	for (unsigned i = 0; i < effects->count; i++)
		if (effects->list[i].kind == kind) return true;
	return false;
}

/* Of a row of GET or GET_ERROR: whether the player looks for itself, and was told the row before. */
static bool is_known(const struct service_job *job, const struct move *row, uint32_t *bit)
{
	*bit = UINT32_C(1) << (2 * (unsigned)row->from + (row->result == CODE_S_OK));
	return job->service->probed && (job->got[row->event == EVENT_GET_ERROR] & *bit);
}

/* The player looks often: a row that only answers it is told once a job. */
static bool is_told(struct service_job *job, const struct occurrence *occurrence, const struct move *row)
{
	uint32_t bit;

	if (occurrence->event != EVENT_GET && occurrence->event != EVENT_GET_ERROR) return true;
	if (is_known(job, row, &bit)) return false;
	job->got[row->event == EVENT_GET_ERROR] |= bit;
	return true;
}

/* The row of a getter that does nothing and is not told: most calls of a play are such looks. NULL: another one. */
static const struct move *glance(const struct service_job *job)
{
	const struct machine *machine = job->service->machine;
	unsigned count;
	const struct move *row = machine_cell(machine, job->job.state, EVENT_GET, &count);
	uint32_t bit;
	bool idle = count == 1 && row->effects == 0 && row->to == row->from && machine->defects == 0;

	return idle && is_known(job, row, &bit) ? row : NULL;
}

static void tell_step(struct service_job *job, const struct occurrence *occurrence, const struct move *row,
	enum state from, const struct effects *effects)
{
	struct service *service = job->service;
	struct trace_line line;

	if (!is_told(job, occurrence, row)) return;
	trace_line_init(&line, service->now_ns, ACTOR_IMPL, job->client, machine_event_name(occurrence->event));
	line.from = from;
	line.to = job->job.state;
	memccpy(line.row, row->id, '\0', sizeof line.row - 1);
	add_effects(&line, effects);
	if (occurrence->cause != CAUSE_NONE) trace_add(&line, "cause", service->machine->faults[occurrence->cause].word);
	if (has_effect(effects, EFFECT_ERROR_SET) || has_effect(effects, EFFECT_ERROR_NO_PROGRESS)) {
		const char *context = machine_context_name(job->job.error.context);
		trace_add(&line, "context", context ? context : "?");
		trace_add_hex(&line, "code", job->job.error.code);
	}
	service_line(service, &line);
}

static void keep_files(struct service_job *job)
{
	for (unsigned i = 0; i < job->job.files_count; i++) {
		struct service_file *file = job->files[i];
		if (!job->job.files[i].kept || !file->temporary) continue;
		if (disk_rename(&job->service->disk, file->temporary, service_file_place(file))) file->temporary = NULL;
	}
}

static void delete_files(struct service_job *job)
{
	for (unsigned i = 0; i < job->job.files_count; i++) {
		struct service_file *file = job->files[i];
		if (file->temporary && disk_remove(&job->service->disk, file->temporary)) file->temporary = NULL;
	}
}

static void carry_out(struct service_job *job, enum effect_kind kind)
{
	switch (kind) {
	case EFFECT_CONNECT: transfer_begin(job); break;
	case EFFECT_ABORT: transfer_abort(job); break;
	case EFFECT_ENQUEUE: schedule_wake(job->service); break;
	case EFFECT_FILE_RESTART: transfer_restart_file(job); break;
	case EFFECT_KEEP_FILES: keep_files(job); break;
	case EFFECT_DELETE_FILES: delete_files(job); break;
	case EFFECT_NOTIFY_ERROR:
	case EFFECT_NOTIFY_TRANSFERRED: service_disarm(job, EVENT_OF_NOTIFY); break; /* news: told soon */
	case EFFECT_IMPOSSIBLE:
	case EFFECT_REFUSE:
	case EFFECT_ERROR_SET:
	case EFFECT_ERROR_NO_PROGRESS:
	case EFFECT_ERROR_CLEAR:
	case EFFECT_ERROR_COUNT:
	case EFFECT_RETRY_ARM:           /* the timers follow the job's deadlines */
	case EFFECT_RETRY_CANCEL:
	case EFFECT_PROGRESS_ARM:
	case EFFECT_PROGRESS_RESTART:
	case EFFECT_PROGRESS_CANCEL:
	case EFFECT_FILE_ADVANCE:
	case EFFECT_NOTIFY_MODIFICATION:
	case EFFECT_ACTIVE:
	case EFFECT_FORGET:
	case EFFECT_MUTANT_ONLY:
	case EFFECT_COUNT: break;
	}
}

/* ModificationTime never falls, whatever the wall clock does. */
static void touch(struct service_job *job, enum state from)
{
	int64_t wall = service_wall(job->service);

	if (wall > job->modification) job->modification = wall;
	if (job->job.state == STATE_TRANSFERRED && from != STATE_TRANSFERRED) job->completion = wall;
}

static void leave(struct service_job *job, enum state from)
{
	bool was_active = from == STATE_CONNECTING || from == STATE_TRANSFERRING;

	job->is_connected = false;
	if (job->job.state == STATE_QUEUED) schedule_enqueue(job);
	if (!was_active && service_is_active(job)) job->active_since_ns = service_timer_ns(job->service);
	if (was_active && !service_is_active(job)) {
		job->active_ns += service_timer_ns(job->service) - job->active_since_ns;
		service_disarm(job, EVENT_OF_SLICE);
		schedule_wake(job->service);
	}
}

/* Resume gives the job its whole active time again. */
static void start_anew(struct service_job *job)
{
	job->active_ns = 0;
	job->active_since_ns = service_timer_ns(job->service);
}

/* A Suspend of the client's counts, also when the job is suspended already. */
static void note_hold(struct service_job *job, enum event event, enum state from)
{
	bool blocks = event == EVENT_BLOCK || event == EVENT_NET_LOST;

	if (blocks && from != STATE_SUSPENDED && job->job.state == STATE_SUSPENDED) job->is_held = true;
	else if (event == EVENT_SUSPEND || from != job->job.state) job->is_held = false;
}

const struct move *service_step(struct service_job *job, const struct occurrence *occurrence)
{
	enum state from = job->job.state;
	struct effects effects;
	const struct move *row;
	bool looks = occurrence->event == EVENT_GET || occurrence->event == EVENT_GET_ERROR;

	effects_init(&effects);
	row = job_step(job->service->machine, &job->job, occurrence, &effects);
	tell_step(job, occurrence, row, from, &effects);
	if (has_effect(&effects, EFFECT_ERROR_SET)) service_spoil_errors(job);
	if (looks && from == job->job.state) return row;
	note_hold(job, occurrence->event, from);
	for (unsigned i = 0; i < effects.count; i++) carry_out(job, effects.list[i].kind);
	if (!has_effect(&effects, EFFECT_IMPOSSIBLE) && !has_effect(&effects, EFFECT_REFUSE)) touch(job, from);
	if (from != job->job.state) leave(job, from);
	if (occurrence->event == EVENT_RESUME && row->result == CODE_S_OK) start_anew(job);
	service_follow(job);
	notify_look(job);
	return row;
}

const struct move *service_event(struct service_job *job, enum event event)
{
	const struct move *row = event == EVENT_GET ? glance(job) : NULL;
	if (row) return row;
	struct occurrence occurrence = service_occurrence(job->service, event);

	if (event == EVENT_NET_LOST) occurrence.cause = CAUSE_NET_DOWN;
	if (event == EVENT_NO_PROGRESS) occurrence.cause = CAUSE_NO_PROGRESS;
	return service_step(job, &occurrence);
}

/* --- what is due */

/* Data that flowed is progress that the job may not have been told of. */
static void deadline(struct service_job *job, enum service_event timer, const int64_t *due_ns, enum event event)
{
	int64_t was_ns = *due_ns;

	if (service_is_active(job)) transfer_sync(job);
	if (*due_ns > service_timer_ns(job->service)) return;
	service_event(job, event);
	/* A deadline that the step left where it was is not due again. */
	if (*due_ns == was_ns) service_disarm(job, timer);
}

static void exceed(struct service_job *job)
{
	transfer_sync(job);
	if (service_is_active(job)) transfer_fail(job, CAUSE_MAX_DOWNLOAD_TIME);
}

void service_happen(struct service *service, uint32_t timer)
{
	struct service_job *job;

	if (timer == SERVICE_SCHEDULE) {
		schedule_pass(service);
		return;
	}
	job = service->jobs[timer / SERVICE_JOB_TIMERS];
	switch ((enum service_event)(timer % SERVICE_JOB_TIMERS)) {
	case EVENT_OF_RETRY: deadline(job, EVENT_OF_RETRY, &job->job.retry_due_ns, EVENT_RETRY_DUE); break;
	case EVENT_OF_NO_PROGRESS: deadline(job, EVENT_OF_NO_PROGRESS, &job->job.no_progress_due_ns, EVENT_NO_PROGRESS); break;
	case EVENT_OF_EXPIRY: deadline(job, EVENT_OF_EXPIRY, &job->job.expires_ns, EVENT_EXPIRED); break;
	case EVENT_OF_SLICE: schedule_slice(job); break;
	case EVENT_OF_TRANSFER: transfer_next(job); break;
	case EVENT_OF_NOTIFY: notify_call(job); break;
	case EVENT_OF_MODIFICATION: notify_modification(job); break;
	case EVENT_OF_MAXIMUM: exceed(job); break;
	}
}

/* --- the world's changes */

static void tell_all(struct service *service)
{
	if (!service->running) return;
	for (unsigned i = 0; i < service->jobs_count; i++) {
		if (service_is_active(service->jobs[i])) transfer_sync(service->jobs[i]);
		tell_world(service->jobs[i]);
	}
	schedule_wake(service);
}

void service_network(struct service *service, bool up)
{
	service->network_up = up;
	tell_all(service);
}

void service_owner(struct service *service, bool present)
{
	service->owner_present = present;
	tell_all(service);
}

void service_policy(struct service *service, bool blocked, enum cause cause)
{
	service->blocked = blocked;
	if (blocked) service->block_cause = cause;
	tell_all(service);
}

/* The power fails before the newest bytes of a file that is not done are on the disk. Files that are done are flushed, and so is
 * what is known of the job (inferred: no page says when the service flushes; PERSIST-007 holds whenever it does). */
static uint64_t lose_bytes(struct service_job *job, uint64_t lost)
{
	struct service_file *file = job->job.file_current < job->job.files_count ? job->files[job->job.file_current] : NULL;
	if (!file || !file->temporary) return 0;
	uint64_t before = file->temporary->length;
	disk_cut(&job->service->disk, file->temporary, lost);
	return service_has_defect(job->service, DEFECT_count_outlives_bytes) ? 0 : before - file->temporary->length;
}

/* Jobs and temporary files are on the disk at every moment, but for the last `lost` bytes; what waits in memory is lost. */
static void stop(struct service *service, uint64_t lost)
{
	if (!service->running) return;
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		if (job_is_final(&job->job)) continue;
		if (service_is_active(job)) transfer_sync(job);
		struct occurrence occurrence = service_occurrence(service, EVENT_STOP);
		if (lost) occurrence.bytes_lost = lose_bytes(job, lost);
		service_step(job, &occurrence);
	}
	service->running = false;
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_abort(service->jobs[i]);
	queue_clear(&service->queue);
}

void service_kill(struct service *service)
{
	stop(service, 0);
}

void service_power_loss(struct service *service, uint64_t lost)
{
	stop(service, lost);
}

void service_start(struct service *service)
{
	if (service->running) return;
	service->running = true;
	for (unsigned i = 0; i < service->jobs_count; i++) {
		struct service_job *job = service->jobs[i];
		service_spoil_restart(job);
		job->job.notify_interface = false; /* it lived in the service's memory (CB-017) */
		if (job_is_final(&job->job)) continue;
		if (job->job.state == STATE_QUEUED) schedule_enqueue(job);
		service_event(job, EVENT_START);
		tell_world(job);
	}
	schedule_wake(service);
}

void service_disk(struct service *service)
{
	for (unsigned i = 0; i < service->jobs_count; i++) transfer_replan(service->jobs[i]);
}

int64_t service_next_timer(const struct service *service)
{
	int64_t next = JOB_NEVER;

	for (unsigned i = 0; i < service->jobs_count; i++) {
		const struct job *job = &service->jobs[i]->job;
		if (job->state != STATE_TRANSIENT_ERROR) continue;
		if (job->retry_due_ns < next) next = job->retry_due_ns;
		if (job->no_progress_due_ns < next) next = job->no_progress_due_ns;
	}
	return clock_when(service_timer_clock(service), next);
}
