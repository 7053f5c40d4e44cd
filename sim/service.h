/* service.h -- the reference service: jobs that job_step() changes, in a simulated world. Private to sim/.
 *
 * world.c is the target; service.c owns the jobs and carries out the effects of their steps; schedule.c gives turns;
 * transfer.c fetches the files of one job; notify.c calls the client back; service_clock.c and service_link.c know the machine; the other service_*.c answer commands. */
#ifndef BGCHECK_SIM_SERVICE_H
#define BGCHECK_SIM_SERVICE_H

#include "model/job.h"
#include "sim/clock.h"
#include "sim/disk.h"
#include "sim/net.h"
#include "sim/queue.h"
#include "sim/rng.h"
#include "sim/target.h"

#define SERVICE_JOBS_MAX 512           /* of a scenario, finished ones included */
#define SERVICE_JOBS_UNFINISHED 300    /* MaxJobsPerMachine */
#define SERVICE_RANGES_MAX 512         /* of a file; administrators have no limit of 500 */
#define SERVICE_HANDLES_MAX 512        /* alive at the same time */
#define SERVICE_PATHS_MAX 128          /* whose requests are counted */

#define SERVICE_QUEUED_NS NET_MS       /* a job is QUEUED at least so long */
#define SERVICE_SLICE_NS (300 * NET_S) /* the time slice of a background job when others wait */
#define SERVICE_NOTIFY_NS NET_MS       /* from the change to the callback */
#define SERVICE_NOTIFY_AGAIN_NS (10 * NET_S)         /* from a callback that failed to the next (CB-003) */
#define SERVICE_MODIFICATION_NS (500 * NET_MS)       /* between two JobModification */
#define SERVICE_MAXIMUM_NS (INT64_C(7776000) * NET_S)  /* active time that a job of bits has at most, by default */
#define SERVICE_EPOCH INT64_C(134116992000000000)    /* 2026-01-01 as FILETIME: the wall clock at time 0 */

/* What a job waits for. In the queue its number is index of the job * SERVICE_JOB_TIMERS + event. */
enum service_event {
	EVENT_OF_RETRY, EVENT_OF_NO_PROGRESS, EVENT_OF_EXPIRY, EVENT_OF_SLICE,
	EVENT_OF_TRANSFER, EVENT_OF_NOTIFY, EVENT_OF_MODIFICATION, EVENT_OF_MAXIMUM,
};

#define SERVICE_JOB_TIMERS (EVENT_OF_MAXIMUM + 1u)
#define SERVICE_SCHEDULE (SERVICE_JOBS_MAX * SERVICE_JOB_TIMERS)  /* number of the service's own: look whose turn it is */
#define SERVICE_TIMERS (SERVICE_SCHEDULE + 1)

struct file_range {
	uint64_t offset, length;           /* JOB_SIZE_UNKNOWN: to the end of the file */
};

/* A file of a job, beside struct job_file. */
struct service_file {
	const char *url, *local;
	const char *url_first;             /* the name before the first SetRemoteName; NULL: none (name_lost_at_restart) */
	unsigned ranges_count;
	struct file_range *ranges;
	struct disk_file *temporary;       /* NULL: nothing was written yet */
	bool source_changed;               /* the file to upload, since it was asked for to be sent */
	char etag[64], last_modified[40];  /* of what was written */
	uint64_t size;                     /* of the whole content, as the server said; JOB_SIZE_UNKNOWN */
	const char *property[7];           /* DOFilePropertyId; NULL: not set */
};

/* What the interfaces after IBackgroundCopyJob keep of a job (service_later.c). */
struct later {
	uint64_t acl_flags, peer_caching_flags, security_flags;
	const char *reply_file, *program, *parameters;
	uint64_t property[11];             /* by BITS_JOB_PROPERTY_ID */
	unsigned property_set;             /* bits of those that were set */
};

enum transfer_phase {
	TRANSFER_IDLE,
	TRANSFER_NOTHING,    /* every file is there: only that must be told */
	TRANSFER_CONNECT,    /* the connection will stand, or fail */
	TRANSFER_REQUEST,    /* the request will reach the server */
	TRANSFER_HEAD,       /* the head of the response will arrive */
	TRANSFER_FIRST,      /* the first bytes of the body will be told */
	TRANSFER_BODY,       /* the body ends, or breaks off */
	TRANSFER_FAULT,      /* a fatal answer is told (C-18) */
	TRANSFER_SILENCE,    /* the body is silent: it goes on, or the client gives up */
};

struct transfer {
	enum transfer_phase phase;
	bool head;                         /* HEAD, else GET (PUT of an upload) */
	bool head_done;                    /* the size is known from HEAD */
	unsigned redirects;
	enum cause connect_cause, fault;
	enum host_answer connect_answer;
	bool secure;                       /* by https:// */
	unsigned number;                   /* of the request to its path */
	bool asked_part;                   /* a Range was asked for, from `from` */
	uint64_t from, to;
	bool open;                         /* a response is under way: its end must be told */
	bool is_silent;                    /* the client gives up at the end of the silence */
	struct response response;
	/* The body. */
	int64_t flow_start_ns;             /* when byte flow_base of the body began to flow */
	uint64_t flow_base, flow_end;      /* bytes of the body between which it flows now */
	uint64_t flow_rest;                /* billionths of the byte behind flow_base that were there then */
	int64_t first_due_ns;              /* before that no byte is told */
	uint64_t rate;
	uint64_t told;                     /* bytes of the body that are on the disk and told to the job */
	uint64_t promised;                 /* bytes of the body that make it whole */
	uint64_t file_base;                /* bytes of the file that were there before this body */
	enum disk_result disk;             /* what the last write met */
	char host[64], path[2304];         /* of the request under way; a URL has at most 2,200 characters */
};

struct service_job {
	struct job job;
	struct service *service;
	unsigned index;
	char id[40];                       /* {GUID} */
	const char *client;                /* name of the first handle: the job's name in traces */
	unsigned proxy_usage;
	bool resumed;                      /* Resume has worked once */
	int64_t maximum_ns;                /* active time that it may have; JOB_NEVER: no limit */
	int64_t active_ns;                 /* active time since the last Resume, but for the present spell */
	int64_t active_since_ns;           /* when the present spell began */
	struct later later;
	int64_t creation, modification, completion;  /* FILETIME; 0: not yet */
	struct service_file *files[JOB_FILES_MAX];
	uint64_t waits_since;              /* counts entries into QUEUED: who waits longest is first */
	int64_t ready_ns;                  /* when its turn may come */
	int64_t modification_told_ns;      /* last JobModification */
	bool is_held;                      /* what blocked it suspended it, and lets it go (C-15, C-64) */
	bool is_connected;                 /* the server answered since the state was entered (C-17) */
	unsigned handles;                  /* job handles of clients */
	uint32_t got[2];                   /* rows of GET and GET_ERROR that were told: bits of state and answer */
	struct transfer transfer;
	char name[257 * 4], description[1025 * 4];
};

enum object_kind { OBJECT_JOB, OBJECT_ERROR, OBJECT_FILE, OBJECT_FILES, OBJECT_JOBS };

/* What handles refer to; freed with its last reference. */
struct object {
	enum object_kind kind;
	unsigned references;               /* 0: the place is free */
	struct service_job *job;           /* NULL for OBJECT_JOBS */
	unsigned file;                     /* OBJECT_FILE: index */
	struct error error;                /* OBJECT_ERROR: frozen */
	unsigned at, count;                /* enumerators: position, elements */
	struct service_job **jobs;         /* OBJECT_JOBS: the snapshot */
};

struct handle {
	char name[TRACE_WORD_MAX];
	struct object *object;
	unsigned references;               /* 0: the place is free */
	uint64_t serial;                   /* the newest of equal names is meant */
	bool borrowed;                     /* dies with its callback */
};

struct call_frame;
typedef uint32_t service_answer(struct call_frame *frame);

struct service_answer_row { const char *command; service_answer *answer; };

/* What is to be known about a command. */
struct service_route {
	const struct method *method;
	service_answer *answer;
	const char *handle;                /* key of the handle that it needs; NULL: none */
	unsigned kinds;                    /* of objects that the handle may be of, as bits */
	bool has_out;                      /* it writes something for the client */
	bool out_is_optional;              /* which may be NULL */
	bool out_is_named;                 /* or E_INVALIDARG, as two pages say (C-09) */
	bool is_local;                     /* answered without the service: a reference counted in the client */
};
#define SERVICE_ROUTES 64u

struct service {
	struct arena *arena;
	struct target *target;
	const struct machine *machine;
	struct queue queue;
	struct origin *origin;
	struct links links;
	enum cause links_policy;           /* that the link in use has brought; CAUSE_NONE */
	bool links_shaped;                 /* rates depend on each other, or did until the last change of the links */
	struct disk disk;
	struct rng ids;
	int64_t now_ns;
	struct clock clocks[CLOCKS];
	bool running, network_up, owner_present, blocked;
	enum cause block_cause;
	bool no_memory;
	bool probed;                       /* the call that is answered is the player's own look */
	unsigned jobs_count;
	uint64_t waits;
	unsigned handles_top, objects_top; /* places beyond were never used */
	uint64_t handles_made;
	unsigned callbacks_made;
	unsigned paths_count;
	struct service_route routes[SERVICE_ROUTES];   /* of the commands used last, by a hash of their names */
	char text[VALUE_TEXT_MAX];         /* of the reply */
	struct service_job *jobs[SERVICE_JOBS_MAX];    /* from here on only what the counts say is used, and the rest is never looked at */
	struct { char path[TRACE_WORD_MAX]; unsigned requests; } paths[SERVICE_PATHS_MAX];
	struct handle handles[SERVICE_HANDLES_MAX];
	struct object objects[SERVICE_HANDLES_MAX];
};

/* --- service.c: jobs and what happens to them */

bool service_init(struct service *service, struct arena *arena, struct target *target, const struct machine *machine,
	uint64_t seed);
bool service_has_defect(const struct service *service, enum defect defect);
bool service_varies(const struct service *service, enum variant variant);
uint32_t service_code(const struct service *service, enum code code);
/* Wall clock as FILETIME. */
int64_t service_wall(const struct service *service);

/* The service behind a target of world_new; NULL before it has begun. For who looks deeper than the interface (witness.c). */
const struct service *world_service(const struct target *target);

/* A new job with the handle name of its client. NULL: too many, or out of memory. */
struct service_job *service_add_job(struct service *service, const char *client, enum job_type type);

/* An occurrence of the event, without more; now and "no cause" are filled in. */
struct occurrence service_occurrence(const struct service *service, enum event event);
/* The only way to job_step(): writes the line, carries out the effects, arms the timers. */
const struct move *service_step(struct service_job *job, const struct occurrence *occurrence);
/* The same with nothing but the event. */
const struct move *service_event(struct service_job *job, enum event event);

bool service_is_active(const struct service_job *job);  /* CONNECTING, TRANSFERRING */
/* A timer that is due. */
void service_happen(struct service *service, uint32_t timer);

/* The world's changes. */
void service_network(struct service *service, bool up);
void service_owner(struct service *service, bool present);
void service_policy(struct service *service, bool blocked, enum cause cause);
/* What the step says of a link; the machine moves to it (`use`). Moving breaks what is connected: the network is lost and back, and the
 * link's policy holds. False and why when there are too many links, or the dialect has no such policy. */
bool service_link(struct service *service, const struct step *step, char *why, size_t why_size);
void service_kill(struct service *service);
void service_power_loss(struct service *service, uint64_t lost);  /* and of each file that is not done the last `lost` bytes are gone */
void service_start(struct service *service);
/* A clock jumps, or drifts from now on (drift in millionths). */
void service_clock_jump(struct service *service, enum clock_kind kind, int64_t jump_ns);
void service_clock_drift(struct service *service, enum clock_kind kind, int64_t drift);
/* The machine sleeps for so long, and wakes: nothing runs, connections of NET_STALL_NS and more are lost. */
void service_sleep(struct service *service, int64_t for_ns);
/* The clock that the documented timers follow (C-72), and what it reads. The deadlines of jobs are readings of it. */
const struct clock *service_timer_clock(const struct service *service);
int64_t service_timer_ns(const struct service *service);
void service_disk(struct service *service);

/* Earliest retry or no-progress deadline of a job in TRANSIENT_ERROR. */
int64_t service_next_timer(const struct service *service);

void service_line(struct service *service, const struct trace_line *line);
/* Arms what the job waits for; a time that is over is now. Cannot fail. */
void service_arm(struct service_job *job, enum service_event event, int64_t at_ns);
void service_disarm(struct service_job *job, enum service_event event);
/* Arms the timers for the deadlines of the job. */
void service_follow(struct service_job *job);
bool service_is_armed(const struct service_job *job, enum service_event event);

/* --- schedule.c: whose turn it is */

void schedule_enqueue(struct service_job *job);
/* Something changed: look again, 1 ms later. */
void schedule_wake(struct service *service);
/* One turn, or one job that must make room. */
void schedule_pass(struct service *service);
void schedule_slice(struct service_job *job);

/* --- transfer.c: connections and requests of one job; transfer_response.c: heads of responses; transfer_body.c */

void transfer_begin(struct service_job *job);
void transfer_abort(struct service_job *job);
void transfer_next(struct service_job *job);
/* Writes what has flowed until now, and tells the job. */
void transfer_sync(struct service_job *job);
/* Bytes of the current file that have flowed but are not told to the job yet. */
uint64_t transfer_untold(const struct service_job *job);
/* The disk changed: what flows may meet it now. */
void transfer_replan(struct service_job *job);
/* The machine slept: what waited goes on as much later, and a body that flowed does, unless nobody waits so long. */
void transfer_wake(struct service_job *job, int64_t slept_ns);
/* Gives the flows their rates: after everything that may have changed who flows, or over what. */
void transfer_share(struct service *service);
/* Forgets what was written of the current file. */
void transfer_restart_file(struct service_job *job);

/* Between these files. */
struct service_file *transfer_file(const struct service_job *job);
void transfer_arm(struct service_job *job, enum transfer_phase phase, int64_t after_ns);
/* From the connection on, for the current file. */
void transfer_start(struct service_job *job);
/* The next request on the connection that stands. */
void transfer_ask(struct service_job *job);
void transfer_fail(struct service_job *job, enum cause cause);
/* The URL of the current file is asked for again, after redirects. */
void transfer_aim(struct service_job *job);
/* Host and path of a URL. False when it is none. */
bool transfer_split_url(const char *url, char *host, size_t host_size, char *path, size_t path_size);
void transfer_connect(struct service_job *job);
/* A step of the cause, with what the response said. */
void transfer_step_cause(struct service_job *job, enum cause cause, enum event event);
void transfer_answered(struct service_job *job);
/* The end of the response that is under way: the line of the origin. */
void transfer_close(struct service_job *job, const char *ending, uint64_t sent);
/* Bytes of the whole file or of its ranges; JOB_SIZE_UNKNOWN. */
uint64_t transfer_total(const struct service_file *file);
void transfer_body_begin(struct service_job *job);
/* The current file is done: the next one, or none. */
void transfer_finish(struct service_job *job);
void transfer_body_next(struct service_job *job);
/* Bytes of the body that were sent until now, whether or not they still flow. */
uint64_t transfer_sent(const struct service_job *job);

/* --- notify.c: callbacks */

void notify_look(struct service_job *job);
void notify_call(struct service_job *job);
void notify_modification(struct service_job *job);

/* --- service_handle.c: handles and the objects behind them */

struct handle *service_handle_find(struct service *service, const char *name);
/* A free object with one reference, or NULL. */
struct object *service_handle_object(struct service *service, enum object_kind kind, struct service_job *job);
/* A new name for the object, which takes over one reference. NULL when there is no place. */
struct handle *service_handle_add(struct service *service, const char *name, struct object *object);
/* Takes a lent handle back, unless its client has released it already: `serial` tells. */
void service_handle_take_back(struct handle *handle, uint64_t serial);
unsigned service_handle_leaks(const struct service *service);

/* --- service_call.c: commands */

/* A command on its way to its answer. */
struct call_frame {
	struct service *service;
	const struct call *call;
	struct reply *reply;
	struct handle *handle;             /* of the command, or NULL */
	struct service_job *job;           /* of the handle's object, or NULL */
	const struct method *method;
	struct service_route route;
};

void service_call(struct service *service, const struct call *call, struct reply *reply);

const struct value *service_arg(const struct call_frame *frame, const char *key);
/* Text of an argument; NULL when it is missing or NULL. */
const char *service_arg_text(const struct call_frame *frame, const char *key);
bool service_arg_is_null(const struct call_frame *frame, const char *key);
uint64_t service_arg_number(const struct call_frame *frame, const char *key, uint64_t otherwise);
void service_reply_number(struct call_frame *frame, const char *key, uint64_t number);
void service_reply_text(struct call_frame *frame, const char *key, const char *text);
/* Makes the handle that `as` names, when it names one. Returns S_OK, or E_OUTOFMEMORY; the object is taken over. */
uint32_t service_reply_handle(struct call_frame *frame, struct object *object);

/* The answer to a command among count rows; NULL when none is of it. */
service_answer *service_find_answer(const struct service_answer_row *rows, size_t count, const char *command);
/* Each group's answers by command; NULL when the group does not have it. */
service_answer *service_handle_answer(const char *command);
service_answer *service_job_answer(const char *command);
service_answer *service_file_answer(const char *command);
service_answer *service_later_answer(const char *command);
/* --- service_spoil.c: what a deliberate defect makes of an answer; returns the code that is told. */
uint32_t service_spoil_code(const struct call_frame *frame, uint32_t hr);
void service_spoil_fields(struct call_frame *frame);
/* Deliberate defects that take more than a line; without theirs each does nothing. */
void service_spoil_errors(struct service_job *job);           /* errors_shared */
bool service_spoil_is_dead(const struct call_frame *frame);   /* file_dies_with_error, elements_die_with_list */
void service_spoil_rename(struct call_frame *frame);          /* rename_undoes_file; before the new name is kept */
void service_spoil_restart(struct service_job *job);          /* name_lost_at_restart */
void service_spoil_path(const struct service *service, char *path);  /* unescapes_url */
void service_spoil_ranges(const struct call_frame *frame, struct file_range *ranges, unsigned count);  /* ranges_swapped */
bool service_spoil_waits(const struct service_job *job);      /* failed_blocks */
/* Properties of job.set and job.get that service_job.c does not know. */
uint32_t service_later_set(struct call_frame *frame);
uint32_t service_later_get(struct call_frame *frame);
/* Whether a URL may be one of a file. */
bool service_file_is_url(const struct call_frame *frame, const char *url);
/* Where the file goes; NULL: nobody has said it. */
const char *service_file_place(const struct service_file *file);

#endif
