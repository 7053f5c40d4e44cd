/* adapter_path.h -- the work folder of a scenario in two spellings: ours, and the adapter's (Z:\tmp\w).
 *
 * Scenarios, commands and traces use the adapter's; what is looked at on disk uses ours. */
#ifndef BGCHECK_CONFORMANCE_ADAPTER_PATH_H
#define BGCHECK_CONFORMANCE_ADAPTER_PATH_H

#include "sim/arena.h"
#include "sim/target.h"

#include <limits.h>

#define ADAPTER_FILES_MAX 256   /* local names given by add_file and its kin in a scenario */
#define ADAPTER_TEXT_MAX 8192

struct adapter_path {
	char work[PATH_MAX];        /* absolute, without a final slash */
	char dir[512];              /* the adapter's spelling of work */
	char separator;
	unsigned files_count;
	const char *files[ADAPTER_FILES_MAX];  /* our spelling */
	char text[ADAPTER_TEXT_MAX];
};

/* Makes the folder and its parents; the adapter's spelling is ours until adapter_path_spell. It must be empty.
 * Errors: false, `why`. */
bool adapter_path_make(struct adapter_path *path, const char *work_dir, char *why, size_t why_size);
/* The adapter's own spelling, from the reply to scenario.begin; NULL: ours, and /. */
bool adapter_path_spell(struct adapter_path *path, const char *dir, const char *separator, char *why, size_t why_size);
/* Removes the folder with all that is in it; links are not followed. */
void adapter_path_remove(struct adapter_path *path);

/* Replaces $W, and $S and $S(host) by what url() answers. Text valid until the next call; cut at ADAPTER_TEXT_MAX. */
const char *adapter_path_expand(struct adapter_path *path, const char *text, const char *(*url)(void *, const char *host), void *context);
/* Our spelling of a local name. */
void adapter_path_ours(const struct adapter_path *path, const char *local, char *text, size_t size);

/* Remembers the local names of a command that adds files. False: too many, or the arena is used up. */
bool adapter_path_name(struct adapter_path *path, struct arena *arena, const struct call *call);
/* Number of files below the folder (our spelling) that were never named. */
int adapter_path_temporary(const struct adapter_path *path, const char *folder);

#endif
