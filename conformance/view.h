/* view.h -- what a trace has shown so far about each job, handle and path: the shared fold that the rules read.
 *
 * It holds what a client, the origin and the scenario's world can know, and nothing of the implementation's inside.
 * Where several things could have caused an error it keeps all of them; rules accept any. */
#ifndef BGCHECK_CONFORMANCE_VIEW_H
#define BGCHECK_CONFORMANCE_VIEW_H

#include "model/trace.h"
#include "sim/arena.h"

#define VIEW_JOBS_MAX 320u        /* more than a machine may have: MGR-008 */
#define VIEW_FILES_MAX 256u      /* of one job */
#define VIEW_HANDLES_MAX 256u
#define VIEW_CAUSES_MAX 64u      /* of one job; older ones are dropped, and `causes_lost` says so */
#define VIEW_CONDITIONS_MAX 64u
#define VIEW_ANSWERS_MAX 64u     /* of QueryInterface; later ones are forgotten */
#define VIEW_TEXTS_MAX 32u       /* descriptions of codes; likewise */
#define VIEW_TAKEN_MAX 8u
#define VIEW_DONE_MAX 8u
#define VIEW_NEVER INT64_MAX
#define VIEW_SERVES_MAX 256u
#define VIEW_SIZE_UNKNOWN UINT64_MAX  /* of the API, too */

#define VIEW_FILE_NONE (-1)      /* GetFile refused */
#define VIEW_FILE_UNKNOWN (-2)

enum view_added { VIEW_ADDED_ONE, VIEW_ADDED_SET, VIEW_ADDED_RANGES };
/* What GetProgress said, and how far the job was then. */
struct view_told {
	bool valid;
	int64_t at_ns;
	enum state state;            /* observed last before it */
	int64_t since_ns;            /* the row of that state */
	unsigned rounds, attempts, breaks;
	uint64_t total, bytes;
};

/* What GetTimes said, in FILETIMEs. */
struct view_times {
	bool valid;
	int64_t at_ns;
	uint64_t creation, modification, completion;
};

/* A serve line of the scenario, as far as it bears on what a client should do. */
struct view_serve {
	unsigned line;
	bool validated;              /* sends an ETag or a date */
	bool ranged;                 /* honours Range */
	bool leads;                  /* redirects to another path */
	bool is_date;                /* of Retry-After */
	int64_t retry_after_ns;      /* 0: none */
};

struct view_file {
	bool unseen;                 /* the view is blind */
	const char *url, *local;     /* as given; local NULL: none was given */
	const char *path, *host;     /* parts of url */
	const char *old_path;        /* after SetRemoteName; NULL: never renamed */
	bool ranges;                 /* parts of the file were asked for */
	bool empty;                  /* a part without a byte: there is nothing to fetch (C-56) */
	bool twin;                   /* another file, of this job or another one, has the same path: lines of the path may be of either */
	bool redirected;             /* a 3xx answered: content may come from any path */
	unsigned redirects;          /* in a row */
	unsigned requests, gets;
	int64_t renamed_ns;          /* VIEW_NEVER */
	unsigned renamed_round;      /* job->rounds then */
	bool renamed_running;        /* while the job was transferring, or about to */
	unsigned lengths, no_lengths;/* responses of success with and without a length */
	unsigned head_no_lengths;
	unsigned truncated;          /* bodies that were shorter than promised */
	unsigned whole_for_range;    /* 200 for a request of a later range */
	unsigned statuses;           /* error statuses that answered */
	unsigned last_error_status;
	enum cause last_failure;     /* CAUSE_NONE: none yet, or content came since */
	bool asked_range;            /* the last request */
	uint64_t asked_from, asked_to;  /* asked_to UINT64_MAX: to the end */
	bool asked_head;
	uint64_t covered, total;     /* bytes from 0 that the origin has sent at most; size of the content */
	bool total_known;
	bool content;                /* at least one whole, honest response */
	unsigned version;
	int64_t complete_at_ns;      /* covered reached total; VIEW_NEVER */
	const char *parts;           /* the ranges that were asked for; NULL: the whole file */
	enum view_added added;       /* AddFile, AddFileSet, AddFileWithRanges */
	unsigned ranges_ignored;     /* 200 for a request of ranges that the client asked for */
	bool was_done;               /* when it was renamed */
	uint64_t had, had_total;     /* bytes sent and size when it was renamed; 0: nothing, not known */
	bool sent_anew;              /* bytes from 0 were sent since */

	/* view_progress.c */
	struct view_told told, told_before;
	uint64_t ranges_bytes;       /* sum of the ranges; VIEW_SIZE_UNKNOWN: no ranges, or one to the end */
	bool sized;                  /* the client gave the size */
	unsigned answers;            /* responses */
	unsigned seen_version;       /* of the content, also by HEAD; 0: none yet */
	bool seen_validated;         /* it came with a validator */
	bool blurred;                /* it changed, and no validator can have told so; or it has had more than two names */
	unsigned versions;           /* changes of it */
	unsigned breaks;             /* times after which the file may rightly begin anew */
	unsigned other_ranges;       /* 206 from another byte than asked */
	bool interrupted;            /* the last body broke off */
	bool resumable;              /* and came with a validator, from a server that honours Range */
	bool headed;                 /* HEAD answered since the last GET */
	int64_t answered_ns;         /* last response; VIEW_NEVER */
	int64_t later_ns, not_before_ns;  /* Retry-After: when it was said, and until when; VIEW_NEVER */
	bool later_is_date;          /* by the server's clock */
	int64_t led_ns;              /* the last response leads to another path; VIEW_NEVER: it does not */
	bool renamed_suspended;      /* SetRemoteName while the job was suspended */
	unsigned properties_set;     /* of IDeliveryOptimizationFile2, as bits; a setter that failed counts, too */
};

/* The newest call that adds files: what it asked for, and of which job. */
#define VIEW_ADD_PAIRS 3u
struct view_add {
	const char *command;         /* NULL: none yet */
	unsigned pairs;
	const char *urls[VIEW_ADD_PAIRS], *locals[VIEW_ADD_PAIRS];  /* NULL: NULL was passed */
	const char *ranges;          /* NULL: none */
	unsigned files;              /* that the job had before */
	bool open, final;            /* certainly no final state; certainly one */
	bool denied;                 /* files could not be written */
	bool failed;
};

/* The newest ReplaceRemotePrefix, as the names were before it. */
struct view_prefix {
	const char *before, *after;  /* NULL: NULL was passed, or none was called yet */
	unsigned matches;            /* names that have the prefix */
	const char *result;          /* what becomes of the first of them; NULL: of none */
	uint32_t hr;
};

/* Properties of which the view keeps the value; the others have fields of their own. */
enum view_property { VIEW_DISPLAY_NAME, VIEW_DESCRIPTION, VIEW_PRIORITY, VIEW_PROXY_USAGE, VIEW_PROPERTIES };
struct view_value {
	const char *set;             /* as set last, or at CreateJob; NULL: never, the default holds */
	const char *refused;         /* the value of the last setter that failed since; NULL: none */
};

/* Something that failed in a way that the trace shows. */
struct view_cause {
	enum cause cause;
	unsigned status;             /* HTTP */
	int file;                    /* index, or VIEW_FILE_NONE: concerns no file of its own */
	bool certain;                /* a response or a connection failed; else a condition of the world that may have */
	bool head;                   /* a HEAD that the server may not know: a GET after it takes the certainty */
	int64_t at_ns;
};
struct view_causes {
	unsigned count;
	bool untold;                 /* more may have happened than the trace tells */
	bool unknown;                /* that, or a period of the job may be over and have made an error of its own: nothing can be concluded */
	struct view_cause list[VIEW_CAUSES_MAX + VIEW_CONDITIONS_MAX];
};

/* A state of the world in which jobs fail: a host, the network, the disk, a policy. */
struct view_condition {
	enum cause cause;
	char host[TRACE_WORD_MAX];   /* "": concerns every job */
	int64_t from_ns, to_ns;      /* VIEW_NEVER: still so */
};

/* What GetError said in a state that is certain: a stable probe. */
struct view_look {
	bool valid;
	enum state state;
	int64_t at_ns;
	bool known;                  /* whether GetError was asked */
	bool present;
	uint32_t hr;                 /* of GetError */
	bool values;                 /* context and code are known */
	int64_t context;             /* may lie outside the enumeration */
	uint32_t code;
	int file;
};

enum view_callback { VIEW_JOB_ERROR, VIEW_JOB_TRANSFERRED, VIEW_JOB_MODIFICATION, VIEW_CALLBACKS };
struct view_calls {
	unsigned count;
	int64_t at_ns;
	uint32_t returned;
	unsigned round;              /* job->rounds when it came */
	unsigned due_round;          /* job->rounds when its state was seen last, and 1 more; 0: never */
};

enum view_interface { VIEW_INTERFACE_NEVER, VIEW_INTERFACE_SET, VIEW_INTERFACE_NULL };

struct view_job {
	unsigned index;              /* among the jobs */
	char name[TRACE_WORD_MAX];   /* of the handle that made it */
	const char *id;              /* NULL: not known */
	bool upload;
	int64_t type;                /* as a number; -1: not known */
	int64_t created_ns;
	unsigned files_count;
	struct view_file *files[VIEW_FILES_MAX];

	enum state state;            /* last observed: STATE_NONE before the first */
	int64_t state_ns;            /* when it was observed last */
	int64_t since_ns;            /* when it was observed first in this row */
	enum state other;            /* the one observed before this row */
	uint32_t possible;           /* states that the table allows now, as bits */
	struct view_look look, last; /* the newest and the one before */
	struct view_look last_error; /* the newest before `look` that told an error */

	/* Since the newest look. */
	unsigned changes;            /* calls that changed the job */
	unsigned failures, null_outs, asked;  /* failing calls, calls with NULL, GetError and what it gives */
	unsigned stirs;              /* lines of origin, world and callbacks that concern the job */
	unsigned requests_since_look;
	char failed[TRACE_WORD_MAX]; /* the last failing command */
	uint32_t failed_hr;

	/* The last call that steers the job. */
	bool call_open;              /* no state was observed since */
	enum event call;
	uint32_t call_hr;
	enum state call_state;       /* observed last before it */
	bool call_sure;
	bool call_in_callback;
	int64_t call_ns;
	unsigned call_attempts;
	unsigned calls_since_state;  /* that steer and succeeded, since a state was observed last */
	bool released;               /* no handle of the job is held */

	unsigned rounds;             /* Resume, Suspend, Complete, Cancel that succeeded */
	int64_t resumed_ns, suspended_ns, completed_ns, cancelled_ns;   /* VIEW_NEVER: not so far */
	bool is_suspended;           /* by a Suspend that was S_OK, and no Resume since */
	bool added_in_transferred, added_resumed;
	unsigned added_file;

	unsigned suspended_round;    /* job->rounds at the last Suspend */
	bool np_short;               /* the no-progress period was 1 s or less at the first Resume */
	bool retry_set, np_set, flags_set, max_set;
	bool failed_before_down, failed_before_block;  /* in TRANSIENT_ERROR when the network was lost last, a policy began last */
	int64_t retry_s, np_s, flags, security_flags; /* as set last */
	int64_t np_set_ns, retry_set_ns, max_set_ns;
	int64_t max_s;
	int64_t flags_ns, interface_ns;
	enum view_interface interface_;
	enum state interface_state;  /* observed last when the interface was set */
	int priority;                /* -1: never set */

	bool ever_error, ever_fatal, ever_transferred;  /* an error state, ERROR, TRANSFERRED was seen */
	bool ever_present;           /* an error object was seen */
	unsigned causes_count, causes_total;
	bool causes_lost;
	struct view_cause causes[VIEW_CAUSES_MAX];
	int64_t progress_ns, progress_before_ns;  /* content was sent: the newest and the one before; VIEW_NEVER */
	int64_t flow_ns;             /* the earliest that the newest content can have ended: a silent end is told late; VIEW_NEVER */
	int64_t first_error_ns;      /* first failure or error state since progress or a call; VIEW_NEVER */
	int64_t attempt_ns;          /* last request or failed connection; VIEW_NEVER */
	int64_t failed_ns;           /* end of the last failing attempt; VIEW_NEVER */
	int64_t transient_ns;        /* TRANSIENT_ERROR was observed last; VIEW_NEVER */
	int64_t error_seen_ns;       /* an error state was first seen since progress or Resume; VIEW_NEVER */
	int64_t recovered_ns;        /* progress after an error; VIEW_NEVER */
	unsigned attempts;
	unsigned attempts_at_error;  /* attempts when the present row of error states was observed first */
	int64_t active_ns;           /* last call that is no getter, or content */
	int64_t property_ns;         /* last setter, or progress */
	struct view_calls callbacks[VIEW_CALLBACKS];
	unsigned modifications;      /* changes since the last JobModification, those to ERROR and TRANSFERRED left out */

	int64_t count;               /* GetErrorCount, as asked last; 0 for a new job */
	unsigned failures_counted, failures_uncounted, failures_mixed;  /* changes to an error state since then */
	unsigned failures_connecting; /* retries that failed from CONNECTING since then: C-65 */
	const char *done[VIEW_DONE_MAX];  /* what happened last, in pieces; NULL ends them */
	bool called_back;            /* that was a callback */

	struct view_add add;
	struct view_prefix prefix;
	const char *program;         /* of the command line; NULL: none is set */
	int64_t program_ns;          /* when it was set */
	const char *program_over;    /* of one that TakeOwnership has ended; NULL: none, or another one was set since */
	struct view_value values[VIEW_PROPERTIES];
	/* view_progress.c */
	struct view_told told, told_before;
	struct view_times times, times_before;
	bool files_vague;            /* an AddFileSet failed: some files may have been added (C-54) */
	bool complete_tried;         /* Complete failed half-way */
	int64_t priority_ns;         /* set last; VIEW_NEVER */
	int64_t changed_ns;          /* last AddFile or setter; VIEW_NEVER */
	enum state kill_state;       /* when the service was killed last; STATE_NONE: not known, or never */
	unsigned kill_rounds;
	unsigned transferred_rows;   /* times that TRANSFERRED was entered */
	int64_t before_transferred_ns, transferred_ns;  /* observed last before it, and first in it */
};

enum view_handle_kind { VIEW_HANDLE_JOB, VIEW_HANDLE_ERROR, VIEW_HANDLE_FILE, VIEW_HANDLE_ENUM, VIEW_HANDLE_OTHER };
struct view_handle {
	char name[TRACE_WORD_MAX];
	enum view_handle_kind kind;
	struct view_job *job;        /* NULL: of no job that is known */
	unsigned references;         /* 0: released */
	struct view_handle *made_by; /* the handle that it came from; NULL: none */
	bool proved;                 /* error: context and code are those of `context`, `code` */
	bool settled;                /* error: a look before it and one after it agreed */
	int64_t context;
	uint32_t code;
	bool over;                   /* error: the job's error has been another one, or none, since */
	int file;                    /* file: index, or VIEW_FILE_UNKNOWN */
	int64_t made_ns;
	bool renamed_refused;        /* file: the last SetRemoteName through it failed */
	bool opened;                 /* job: it came from GetJob */
	unsigned releases;           /* of the object, whatever handle was released: kept where view_object points */

	/* Enumerator, as of its making; total: of GetCount when nothing else is known, -1: not known. */
	bool jobs;                   /* of jobs, else of files */
	unsigned position;
	int total;
	unsigned jobs_least, jobs_most;  /* unfinished jobs: known ones, and those that may still be */
	bool lost;                   /* the position is not known */
	bool reset;                  /* Reset came last */
	bool ended;                  /* Skip came last, and found too few */
	bool cloned;                 /* it is a clone, or has one; element: of such a one */
	bool first;                  /* element: the first one after Reset */
};

/* What an object answered when it was asked for an interface. */
struct view_answer {
	const struct view_handle *object;
	const char *iid;             /* as asked */
	bool yes;
};

/* A text that describes a code. */
struct view_description {
	bool manager;                /* of the manager, else of an error object */
	uint32_t code;
	int64_t language;
	const char *text;
};

struct view {
	struct arena *arena;
	const struct machine *machine;
	enum dialect dialect;
	bool virtual_time;
	unsigned jobs_count;
	unsigned handles_count;
	unsigned conditions_count;
	bool blind;                  /* nobody recorded what the origin saw: what was sent of a file is not known */
	unsigned taken_count;        /* files that were put where a job's may want to be; later ones are forgotten */
	const char *taken[VIEW_TAKEN_MAX];
	bool net_down, policy_block, disk_bad, service_down, logged_off;
	bool net_ever_down, policy_ever;
	int64_t net_down_ns, net_up_ns, block_ns, allow_ns, logoff_ns, logon_ns, kill_ns, start_ns, clock_ns;
	int64_t now_ns;              /* of the newest line */
	bool redirected;             /* a file was: a path may be asked for by a job that does not have it */
	bool probed;                 /* the player looks at jobs by itself */
	int64_t power_ns;            /* the power was lost last; VIEW_NEVER */
	uint64_t power_bytes;        /* so many bytes of each file that was not done were not on the disk then */
	int64_t clock_jump_ns;       /* of the last `clock wall` */
	int64_t sleep_from_ns, sleep_to_ns;   /* of the last `clock sleep` */
	int64_t slack_ns;            /* by how much times may be off, until slack_at_ns, for nobody says which clock a timer follows (C-72) */
	int64_t slack_at_ns, drift[2];        /* millionths: of boot and monotonic */
	enum cause block_cause;
	unsigned answers_count, descriptions_count;
	int64_t retry_after_ns;      /* the longest Retry-After that the origin was told to give */
	const char *folder;          /* of the first file that was added, with the separator; NULL: none yet */
	unsigned serves_count;
	struct view_job *jobs[VIEW_JOBS_MAX];   /* from here on only what the counts say is used */
	struct view_handle *handles[VIEW_HANDLES_MAX];
	struct view_condition conditions[VIEW_CONDITIONS_MAX];
	struct view_answer answers[VIEW_ANSWERS_MAX];
	struct view_description descriptions[VIEW_TEXTS_MAX];
	struct view_serve serves[VIEW_SERVES_MAX];
};

/* What a line is to a job. */
enum sight_kind {
	SIGHT_CALL,      /* the client called a method; job may be NULL */
	SIGHT_STATE,     /* a state was observed */
	SIGHT_LOOK,      /* a stable probe: state and error object */
	SIGHT_CALLBACK,
	SIGHT_REQUEST, SIGHT_RESPONSE, SIGHT_CONNECT,
	SIGHT_ASTRAY,    /* a request for a path that is a file's but for escapes */
	SIGHT_WORLD, SIGHT_CHECK, SIGHT_END
};
#define SIGHT_KINDS (SIGHT_END + 1)
struct sight {
	enum sight_kind kind;
	const struct trace_line *line;  /* NULL: the end */
	int64_t now_ns;
	struct view_job *job;
	struct view_file *file;      /* REQUEST, RESPONSE, CONNECT, ASTRAY; CALL: of file.*, NULL: not known which */
	int file_index;
	bool shared;                 /* other jobs have this path or host too */

	const char *command;         /* CALL */
	const struct method *method; /* NULL: a command of the protocol */
	enum event event;
	uint32_t hr;
	bool failed, null_out;
	struct view_handle *handle;  /* the object called; NULL: not known */

	enum state state;            /* STATE: seen; CALL: observed last before it */
	enum state from;             /* STATE: observed last before it */
	int64_t from_ns;             /* when */
	int64_t attempt_before_ns, failed_before_ns;  /* REQUEST, CONNECT: the attempt before, and its failure */
	bool sure;                   /* CALL: the job cannot have left `state` before the call */

	enum view_callback callback; /* CALLBACK */
	uint32_t returned;
	enum cause failure;          /* RESPONSE, CONNECT: CAUSE_NONE: none */
};

/* Starts empty. */
void view_init(struct view *view, struct arena *arena, const struct machine *machine);

typedef void view_shower(void *context, const struct sight *sight);
/* Takes a line in and shows what it is, once for each job that it concerns. The line stays where and as it is for as long as the view is used. Returns STATUS_NO_MEMORY, STATUS_LIMIT. */
enum status view_see(struct view *view, const struct trace_line *line, view_shower *show, void *context);

/* What happened last to the job, in words; `the job was looked at` when nothing did, or there is none (NULL). */
void view_done_text(const struct view_job *job, char *text, size_t size);

/* What may have caused the present error of a job: whatever failed since the content before the last. */
void view_causes(const struct view *view, const struct view_job *job, struct view_causes *causes);
/* Suspend, Resume, Complete and Cancel. */
static inline bool view_steers(enum event event)
{
	return event == EVENT_SUSPEND || event == EVENT_RESUME || event == EVENT_COMPLETE || event == EVENT_CANCEL;
}
/* A state that nothing but a call ends (retention aside). */
bool view_sticky(enum state state);
/* Whether nothing but getters and failing calls can have touched the job between the last two looks. */
bool view_undisturbed(const struct view *view, const struct view_job *job);
/* HRESULT of a field; `otherwise` when it is missing or no code. */
uint32_t view_code(const struct view *view, const struct trace_line *line, const char *key, uint32_t otherwise);
/* A number of 64 bits of a field. */
bool view_bytes(const struct trace_line *line, const char *key, uint64_t *value);
/* A duration in seconds: 600, 10m, 14d. Returns -1 when it is none. */
int64_t view_seconds(const char *text);
/* A size in bytes as scenarios write it: 100, 64k, 3m; UINT64_MAX when it is none. */
uint64_t view_size(const char *text);
/* By how much the clocks of the machine may be apart: a timer may follow either, and times between two lines may be off by as much. */
int64_t view_slack_ns(const struct view *view, int64_t now_ns);
/* A callback that comes now tells of a state that a call has left before it came (CB-025). */
bool view_is_overtaken(const struct view_job *job, const struct view_calls *calls);

/* Not everything about the file can be reckoned from the lines of its path. */
bool view_is_vague(const struct view_file *file);

/* Whether the job certainly was in no final state, and its service there to answer, before this line. */
bool view_open(const struct view *view, const struct view_job *job, int64_t now_ns);
/* Which property a word names; VIEW_PROPERTIES: another one. */
enum view_property view_property_find(const char *word);
/* Number of a property: of its words, or digits; -1 when it is none. */
int64_t view_number(const char *property, const char *text);
/* Newest handle of a name; NULL when there is none. */
struct view_handle *view_handle_find(struct view *view, const char *name);
/* The handle by which the client had an object first: QueryInterface makes further ones. */
struct view_handle *view_object(struct view_handle *handle);
/* Whether a job certainly is unfinished, and whether it certainly is finished. */
bool view_job_lives(const struct view *view, const struct view_job *job, int64_t now_ns);
bool view_job_is_over(const struct view_job *job);
/* Retry delay and no-progress period in force, ns. */
int64_t view_retry_ns(const struct view *view, const struct view_job *job);
int64_t view_np_ns(const struct view *view, const struct view_job *job);
/* The no-progress period, or the shortest that it may be (C-31), is over since the last data: that may be the error, whatever else happened. */
bool view_period_over(const struct view *view, const struct view_job *job, int64_t at_ns);

/* Whether the cause lies in the destination: the disk, the folder, the volume. */
bool view_is_of_disk(enum cause cause);
/* Such a one was so at any time. */
bool view_disk_was_bad(const struct view *view);

#endif
