/* view_part.h -- what the parts of the view share; nobody else includes it. */
#ifndef BGCHECK_CONFORMANCE_VIEW_PART_H
#define BGCHECK_CONFORMANCE_VIEW_PART_H

#include "conformance/view.h"

/* One line being taken in. */
struct view_seeing {
	struct view *view;
	const struct trace_line *line;
	view_shower *show;
	void *context;
	enum status status;
};

void view_show(struct view_seeing *seeing, const struct sight *sight);
/* An observation of the job's state. */
void view_state(struct view_seeing *seeing, struct view_job *job, enum state state);
/* What happened last to the job, in pieces that stay: it is asked for only when something is wrong. */
#define view_done(job, ...) view_done_pieces(job, (const char *const[VIEW_DONE_MAX]){ __VA_ARGS__ })
void view_done_pieces(struct view_job *job, const char *const pieces[VIEW_DONE_MAX]);
const char *view_text(struct view_seeing *seeing, const char *text);
struct view_handle *view_handle_add(struct view_seeing *seeing, const char *name, enum view_handle_kind kind, struct view_job *job);

/* view_call.c: lines of the client. */
void view_call_see(struct view_seeing *seeing);
/* A text of the present call; NULL: NULL was passed, or nothing. */
const char *view_given(struct view_seeing *seeing, const char *key);
/* view_name.c: a file has another remote name; the files whose names have the prefix of the call noted last; that call. */
void view_name_set(struct view_seeing *seeing, struct view_job *job, const struct view_handle *handle);
void view_name_replace(struct view_seeing *seeing, struct view_job *job);
void view_name_prefix(struct view_seeing *seeing, const struct sight *sight);
/* view_handle.c: enumerators, and what objects say of themselves. Of a call that is shown already. */
void view_handle_list(struct view_seeing *seeing, const struct sight *sight);
void view_handle_told(struct view_seeing *seeing, const struct sight *sight);
/* view_net.c: the origin. */
void view_net_origin(struct view_seeing *seeing);
/* The same again only moves in time. */
void view_add_cause(struct view_job *job, struct view_cause cause);
/* What a host is told to answer, as a cause. */
enum cause view_cause_of_host(const char *word);
/* Fills path and host from url. */
void view_net_place(struct view_seeing *seeing, struct view_file *file);

/* view_world.c: the scenario's world. */
void view_world_see(struct view_seeing *seeing);

/* view_progress.c: what is told of progress and times, and what bears on going on after a break. */
void view_progress_job(struct view_job *job);
void view_progress_file(struct view_file *file);
/* A call of the job, before it is shown. */
void view_progress_call(struct view_seeing *seeing, struct sight *sight);
/* A response, after the rest of the view has taken it in. */
void view_progress_response(struct view *view, const struct trace_line *line, struct view_file *file, enum cause failure);
void view_progress_serve(struct view *view, const struct trace_line *line);
void view_progress_kill(struct view *view);
/* Of what the origin has sent of the file the newest bytes went with the power. */
void view_progress_lose(const struct view *view, struct view_file *file);
/* TRANSFERRED is entered. */
void view_progress_transferred(struct view_job *job, int64_t now_ns);
/* A request that is nobody's. */
void view_progress_astray(struct view_seeing *seeing);

/* A response that lies about a length: what the head says is no longer what there is. */
bool view_lies(const struct trace_line *line);
/* A response of a part whose header speaks of another, or which has none, or which nobody asked for. */
bool view_is_other_part(const struct trace_line *line);

#endif
