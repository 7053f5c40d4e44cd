/* job.h -- a job, and job_step(): the only way a job changes.
 *
 * The machine is pure: same machine, job and occurrence give the same job, effects and row. Times are ns of the
 * monotonic clock, given by the caller. */
#ifndef BGCHECK_MODEL_JOB_H
#define BGCHECK_MODEL_JOB_H

#include "model/effect.h"
#include "model/error.h"

#define JOB_FILES_MAX 64             /* the caller refuses one more before it steps (asserted) */
#define JOB_SIZE_UNKNOWN UINT64_MAX  /* BG_SIZE_UNKNOWN */
#define JOB_NEVER INT64_MAX          /* a timer that is not armed */

enum job_type { JOB_TYPE_DOWNLOAD, JOB_TYPE_UPLOAD, JOB_TYPE_UPLOAD_REPLY };
enum job_priority { JOB_PRIORITY_FOREGROUND, JOB_PRIORITY_HIGH, JOB_PRIORITY_NORMAL, JOB_PRIORITY_LOW };

/* BG_NOTIFY_ flags (constants.md section 5). */
#define NOTIFY_JOB_TRANSFERRED  0x0001u
#define NOTIFY_JOB_ERROR        0x0002u
#define NOTIFY_DISABLE          0x0004u
#define NOTIFY_JOB_MODIFICATION 0x0008u

/* Security flags of HTTP (constants.md section 6). */
#define SECURITY_IGNORE_CERT_CN_INVALID UINT64_C(0x0002)
#define SECURITY_IGNORE_CERT_DATE_INVALID UINT64_C(0x0004)
#define SECURITY_IGNORE_UNKNOWN_CA UINT64_C(0x0008)
#define REDIRECT_POLICY_MASK UINT64_C(0x0700)
#define REDIRECT_POLICY_DISALLOW UINT64_C(0x0200)
#define REDIRECT_ALLOW_HTTPS_TO_HTTP UINT64_C(0x0800)

struct job_file {
	uint64_t bytes_total;        /* JOB_SIZE_UNKNOWN until the server said it */
	uint64_t bytes_transferred;
	bool done;                   /* all bytes are in the temporary file */
	bool kept;                   /* renamed to its own name by Complete */
};

struct job {
	enum state state;
	enum job_type type;
	enum job_priority priority;
	struct error error;
	unsigned files_count;
	unsigned file_current;        /* the file worked on: the first that is not done; files_count: none */
	struct job_file files[JOB_FILES_MAX];
	int64_t retry_delay_ns;       /* SetMinimumRetryDelay; do: the service's own */
	int64_t no_progress_ns;       /* SetNoProgressTimeout */
	bool no_progress_was_set;     /* do: else the default follows the priority (C-31) */
	int64_t retry_due_ns;         /* JOB_NEVER: no timed retry */
	int64_t no_progress_due_ns;   /* JOB_NEVER: the period does not run */
	int64_t no_progress_held_ns;  /* end of a period that has begun, while the job waits in QUEUED; else JOB_NEVER */
	int64_t expires_ns;           /* retention: inactivity (bits), age (do, C-32) */
	uint32_t error_count;         /* GetErrorCount */
	uint32_t notify_flags;
	bool notify_interface;        /* an interface is set */
	uint32_t notify_pending;      /* NOTIFY_ bits of callbacks still owed */
	bool blocked;                 /* a policy blocks it */
	bool network_up;
	bool owner_present;           /* the owner is logged on */
	bool rename_fails;            /* what Complete will meet; told by the world */
};

/* What happens to the job. Unused members are zero. */
struct occurrence {
	enum event event;
	int64_t now_ns;
	enum cause cause;         /* TRANSIENT, FATAL, BLOCK, NET_LOST: why; else CAUSE_NONE */
	unsigned http_status;     /* with a cause of an HTTP status */
	int64_t retry_after_ns;   /* TRANSIENT: the server's Retry-After; 0: none */
	bool file_known;          /* the cause concerns the current file; for the trace: fault.def decides for the error */
	uint64_t bytes;           /* DATA: bytes_transferred of the current file is now this; CONNECTED: its total */
	uint64_t bytes_lost;      /* STOP: of the current file so many had not been flushed, and are not there any more */
	uint64_t bytes_total;     /* DATA, CONNECTED: total of the current file, JOB_SIZE_UNKNOWN when not known */
	enum property { PROPERTY_NONE, PROPERTY_PRIORITY, PROPERTY_RETRY_DELAY, PROPERTY_NO_PROGRESS,
		PROPERTY_NOTIFY_FLAGS, PROPERTY_NOTIFY_INTERFACE, PROPERTY_OTHER } property;  /* SET */
	int64_t value;            /* SET: the new value (durations in seconds, as in the API) */
};

/* A new job: SUSPENDED, no file, the dialect's defaults. Cannot fail. */
void job_init(struct job *job, const struct machine *machine, enum job_type type, int64_t now_ns);

/* One occurrence: finds the first row of (state, event) whose guard holds, changes the job by it, appends the
 * effects. Returns the row; its result is what an API call answers. An EFFECT_IMPOSSIBLE row changes nothing.
 * Effects that find nothing to do (a timer that is not armed, a callback that no flag asks for) are not listed. */
const struct move *job_step(const struct machine *machine, struct job *job, const struct occurrence *occurrence,
	struct effects *effects);

/* Whether GetError answers S_OK now (ibackgroundcopyjob-geterror.md). Cannot fail. */
bool job_has_error(const struct machine *machine, const struct job *job);

bool job_is_final(const struct job *job);     /* ACKNOWLEDGED, CANCELLED */
unsigned job_files_done(const struct job *job);
/* The no-progress period in force, in ns (do: by priority until set, C-31). */
int64_t job_no_progress_ns(const struct machine *machine, const struct job *job);

#endif
