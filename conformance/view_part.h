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
/* What happened last to the job. */
void view_done(struct view_job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *view_text(struct view_seeing *seeing, const char *text);
struct view_handle *view_handle_add(struct view_seeing *seeing, const char *name, enum view_handle_kind kind, struct view_job *job);

/* view_call.c: lines of the client. */
void view_call_see(struct view_seeing *seeing);
/* view_handle.c: enumerators, and what objects say of themselves. Of a call that is shown already. */
void view_handle_list(struct view_seeing *seeing, const struct sight *sight);
void view_handle_told(struct view_seeing *seeing, const struct sight *sight);
/* view_net.c: origin and world. */
void view_net_origin(struct view_seeing *seeing);
void view_net_world(struct view_seeing *seeing);
/* Fills path and host from url. */
void view_net_place(struct view_seeing *seeing, struct view_file *file);

#endif
