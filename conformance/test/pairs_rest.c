/* pairs_rest.c -- CB and TIME. */
#include "conformance/test/pairs.h"

#define FLAGS(flags) SET("notify_flags=" flags)
#define INTERFACE SET("notify_interface=1")
#define WATCHED(flags) NEW FLAGS(flags) INTERFACE FILE1 RESUME("0") P("0", "QUEUED") GO1
#define FAILS STATUS("2", "/f1", "404") E404("2", "ERROR")
#define ARRIVES WHOLE("2", "/f1") P("2", "TRANSFERRED")
#define JOB_ERROR(t, returned) CB(t, "job_error", "state=ERROR context=REMOTE_FILE code=HTTP_404 job_context=REMOTE_FILE job_code=HTTP_404 return=" returned " n=1")
#define TRANSFERRED(t, returned) CB(t, "job_transferred", "state=TRANSFERRED return=" returned " n=1")
#define MODIFIED(t, state) CB(t, "job_modification", "state=" state " return=S_OK n=1")
#define GET(property, value) CALL("0", "job.get hr=S_OK property=" property " value=" value)
#define COUNT(t, n) CALL(t, "job.error_count hr=S_OK count=" n)
#define CANCELLED NEW CALL("0", "job.cancel hr=S_OK") P("0", "CANCELLED")
#define WITH(what) NEW SET(what) FILE1 RESUME("0") P("0", "QUEUED") GO1
#define DELAYED WITH("minimum_retry_delay=60s") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR")
#define DAY "86400"
#define SHORT_NP NEW SET("minimum_retry_delay=60s") SET("no_progress_timeout=600") FILE1 RESUME("0") P("0", "QUEUED") GO1 RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR")

const struct pair PAIRS_REST[] = {
	{ "CB-001", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "S_OK"), WATCHED("JOB_ERROR") FAILS END("60") },
	{ "CB-002", IN_BITS, WATCHED("JOB_ERROR") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR"),
		WATCHED("JOB_ERROR") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") CB("2", "job_error", "state=TRANSIENT_ERROR context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET return=S_OK n=1") },
	{ "CB-003", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "E_FAIL") JOB_ERROR("12", "S_OK"), WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "E_FAIL") END("900") },
	{ "CB-004", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "S_OK"), WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "S_OK") JOB_ERROR("12", "S_OK") },
	{ "CB-005", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "S_OK"), WATCHED("JOB_ERROR") FAILS CB("2", "job_error", "state=ERROR context=? code=? job_context=REMOTE_FILE job_code=HTTP_404 return=S_OK n=1") },
	{ "CB-006", IN_BITS, WATCHED("JOB_TRANSFERRED") ARRIVES TRANSFERRED("2", "S_OK"), WATCHED("JOB_TRANSFERRED") ARRIVES END("60") },
	{ "CB-007", IN_BITS, WATCHED("JOB_TRANSFERRED") ARRIVES TRANSFERRED("2", "S_OK"), WATCHED("JOB_TRANSFERRED") CB("2", "job_transferred", "state=TRANSFERRING return=S_OK n=1") },
	{ "CB-008", IN_BITS, WATCHED("JOB_TRANSFERRED") ARRIVES TRANSFERRED("2", "E_FAIL") TRANSFERRED("12", "S_OK"), WATCHED("JOB_TRANSFERRED") ARRIVES TRANSFERRED("2", "E_FAIL") END("900") },
	{ "CB-009", IN_BITS, WATCHED("JOB_MODIFICATION") MODIFIED("1", "TRANSFERRING"),
		NEW FLAGS("JOB_MODIFICATION") INTERFACE P("0", "SUSPENDED") MODIFIED("1", "SUSPENDED") MODIFIED("9", "SUSPENDED") },
	{ "CB-010", IN_BITS, WATCHED("JOB_MODIFICATION") MODIFIED("1", "TRANSFERRING") FAILS,
		WATCHED("JOB_MODIFICATION") MODIFIED("1", "TRANSFERRING") FAILS MODIFIED("3", "ERROR") },
	{ "CB-011", IN_BITS, WATCHED("JOB_TRANSFERRED") FAILS, WATCHED("JOB_TRANSFERRED") FAILS JOB_ERROR("3", "S_OK") },
	{ "CB-012", IN_BITS, WATCHED("JOB_ERROR|DISABLE") FAILS, WATCHED("JOB_ERROR|DISABLE") FAILS JOB_ERROR("3", "S_OK") },
	{ "CB-013", IN_BITS, NEW FLAGS("JOB_ERROR") SET("notify_interface=null") FILE1 RESUME("0") P("0", "QUEUED") GO1 FAILS,
		NEW FLAGS("JOB_ERROR") SET("notify_interface=null") FILE1 RESUME("0") P("0", "QUEUED") GO1 FAILS JOB_ERROR("3", "S_OK") },
	{ "CB-015", IN_BITS, NEW FLAGS("JOB_ERROR") FILE1 RESUME("0") P("0", "QUEUED") GO1 FAILS CALL("2", "job.set hr=S_OK notify_interface=1") E404("2", "ERROR") JOB_ERROR("3", "S_OK"),
		NEW FLAGS("JOB_ERROR") FILE1 RESUME("0") P("0", "QUEUED") GO1 FAILS CALL("2", "job.set hr=S_OK notify_interface=1") E404("2", "ERROR") END("90") },
	{ "CB-018", IN_BOTH, CANCELLED CALL("1", "job.set hr=INVALID_STATE notify_flags=JOB_ERROR"), CANCELLED CALL("1", "job.set hr=S_OK notify_flags=JOB_ERROR") },
	{ "CB-019", IN_BITS, NEW CALL("0", "job.set hr=E_NOTIMPL notify_flags=1024"), NEW CALL("0", "job.set hr=S_OK notify_flags=1024") },
	{ "CB-023", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("3", "S_OK") CALL("3", "job.cancel hr=S_OK") P("3", "CANCELLED"),
		WATCHED("JOB_ERROR") FAILS JOB_ERROR("3", "S_OK") CALL("3", "job.cancel hr=S_OK") P("3", "ERROR") },
	{ "CB-024", IN_BITS, WATCHED("JOB_ERROR") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") ERST("1209602", "ERROR")
			CB("1209602", "job_error", "state=ERROR context=GENERAL_TRANSPORT code=WININET_E_CONNECTION_RESET return=S_OK n=1"),
		WATCHED("JOB_ERROR") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") ERST("1209602", "ERROR") END("1209700") },
	{ "CB-025", IN_BITS, WATCHED("JOB_ERROR") FAILS JOB_ERROR("2", "S_OK"), WATCHED("JOB_ERROR") CB("2", "job_error", "state=TRANSFERRING context=REMOTE_FILE code=HTTP_404 return=S_OK n=1") },
	{ "CB-027", IN_BOTH, NEW FLAGS("JOB_ERROR") GET("notify_flags", "JOB_ERROR"), NEW FLAGS("JOB_ERROR") GET("notify_flags", "3") },
	{ "CB-027", IN_BOTH, NEW INTERFACE GET("notify_interface", "1"), NEW INTERFACE GET("notify_interface", "0") },

	{ "TIME-001", IN_BITS, NEW GET("minimum_retry_delay", "600"), NEW GET("minimum_retry_delay", "60") },
	{ "TIME-002", IN_BITS, NEW SET("minimum_retry_delay=1s") GET("minimum_retry_delay", "5"), NEW SET("minimum_retry_delay=1s") GET("minimum_retry_delay", "1") },
	{ "TIME-003", IN_BITS, TRANSIENT RETRY, TRANSIENT ERST("300", "QUEUED") ERST("301", "CONNECTING") REQ("301", "/f1") },
	{ "TIME-004", IN_BITS, NEW SET("no_progress_timeout=60") FILE1 RESUME("0") P("0", "QUEUED") GO1 RESET("2", "/f1") ERST("2", "ERROR"),
		NEW SET("no_progress_timeout=60") FILE1 RESUME("0") P("0", "QUEUED") GO1 RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") REQ("700", "/f1") },
	{ "TIME-005", IN_BITS, NEW GET("no_progress_timeout", "1209600"), NEW GET("no_progress_timeout", DAY) },
	{ "TIME-006", IN_BITS, WITH("no_progress_timeout=0") RESET("2", "/f1") ERST("2", "ERROR"), WITH("no_progress_timeout=0") RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") },
	{ "TIME-007", IN_BITS, SHORT_NP ERST("62", "QUEUED") ERST("62", "CONNECTING") RANGE("62", "/f1", "16384-") P("62", "TRANSFERRING")
			RES("500", "/f1", "status=206 length=49152 sent=1024 ending=reset fault=reset@1k content=1 version=1 from=16384 total=65536") ERST("500", "TRANSIENT_ERROR")
			ERST("560", "QUEUED") ERST("560", "CONNECTING") RANGE("560", "/f1", "17408-") REFUSED("561") ERST("561", "TRANSIENT_ERROR") ERST("1100", "ERROR"),
		SHORT_NP ERST("62", "QUEUED") ERST("62", "CONNECTING") RANGE("62", "/f1", "16384-") P("62", "TRANSFERRING")
			RES("500", "/f1", "status=206 length=49152 sent=1024 ending=reset fault=reset@1k content=1 version=1 from=16384 total=65536") ERST("500", "TRANSIENT_ERROR")
			ERST("602", "ERROR") },
	{ "TIME-008", IN_BITS, SHORT_NP ERST("602", "ERROR"), SHORT_NP ERST("50", "ERROR") },
	{ "TIME-009", IN_DO, NEW SET("priority=FOREGROUND") GET("no_progress_timeout", "3600"), NEW SET("priority=FOREGROUND") GET("no_progress_timeout", DAY) },
	{ "TIME-010", IN_DO, NEW SET("priority=LOW") GET("no_progress_timeout", DAY), NEW SET("priority=LOW") GET("no_progress_timeout", "3600") },
	{ "TIME-011", IN_BITS, DELAYED WORLD("3", "clock word=wall by=+1h") ERST("3", "TRANSIENT_ERROR") ERST("62", "QUEUED") ERST("62", "CONNECTING") REQ("62", "/f1"),
		DELAYED WORLD("3", "clock word=wall by=+1h") ERST("3", "QUEUED") ERST("3", "CONNECTING") REQ("3", "/f1") },
	{ "TIME-013", IN_BOTH, CANCELLED CALL("1", "job.set hr=INVALID_STATE no_progress_timeout=60"), CANCELLED CALL("1", "job.set hr=S_OK no_progress_timeout=60") },
	{ "TIME-014", IN_BITS, CANCELLED CALL("1", "job.set hr=INVALID_STATE minimum_retry_delay=60"), CANCELLED CALL("1", "job.set hr=S_OK minimum_retry_delay=60") },
	{ "TIME-015", IN_BITS, NEW P("7776000", "CANCELLED"), NEW P("8000000", "SUSPENDED") },
	{ "TIME-016", IN_DO, NEW P("2592000", "CANCELLED"), NEW P("2800000", "SUSPENDED") },
	{ "TIME-017", IN_BITS, NEW CALL("1000000", "job.set hr=S_OK priority=LOW") P("1000000", "SUSPENDED") P("8776000", "CANCELLED"),
		NEW CALL("1000000", "job.set hr=S_OK priority=LOW") P("1000000", "SUSPENDED") P("7776000", "CANCELLED") },
	{ "TIME-018", IN_BOTH, NEW SET("no_progress_timeout=10m") GET("no_progress_timeout", "600"), NEW SET("no_progress_timeout=10m") GET("no_progress_timeout", "60") },
	{ "TIME-019", IN_BITS, WITH("maximum_download_time=600s") E("601", "ERROR", "GENERAL_QUEUE_MANAGER", "MAXDOWNLOAD_TIMEOUT", "none"),
		WITH("maximum_download_time=600s") P("900", "TRANSFERRING") },
	{ "TIME-019", IN_BITS, WITH("maximum_download_time=600s") E("601", "ERROR", "GENERAL_QUEUE_MANAGER", "MAXDOWNLOAD_TIMEOUT", "none"),
		WITH("maximum_download_time=600s") E("300", "ERROR", "GENERAL_QUEUE_MANAGER", "MAXDOWNLOAD_TIMEOUT", "none") },
	{ "TIME-020", IN_BITS, NEW SET("no_progress_timeout=10000000") P("0", "SUSPENDED") P("7776000", "CANCELLED"), NEW SET("no_progress_timeout=10000000") P("8000000", "SUSPENDED") },
	{ "TIME-021", IN_DO, TRANSIENT_DO E("62", "QUEUED", "NONE", "WININET_E_CONNECTION_RESET", "0") REQ("62", "/f1"), TRANSIENT_DO REQ("90000", "/f1") },
	{ "TIME-022", IN_BITS, NEW COUNT("0", "0") FILE1 RESUME("0") P("0", "QUEUED") GO1 RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") COUNT("2", "1"),
		NEW COUNT("0", "0") FILE1 RESUME("0") P("0", "QUEUED") GO1 RESET("2", "/f1") ERST("2", "TRANSIENT_ERROR") COUNT("2", "0") },
	{ "TIME-023", IN_BITS, NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none") COUNT("2", "0"),
		NET_DOWN E("2", "TRANSIENT_ERROR", "GENERAL_QUEUE_MANAGER", "NETWORK_DISCONNECTED", "none") COUNT("2", "1") },
};
const unsigned PAIRS_REST_COUNT = sizeof PAIRS_REST / sizeof PAIRS_REST[0];
