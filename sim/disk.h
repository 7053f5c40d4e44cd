/* disk.h -- the machine's file system, as far as jobs see it: names, what lies under them, and how writing fails.
 *
 * A file is a list of segments, not of bytes: where they came from, which version, which part. A mixed, shifted or
 * foreign file is thereby seen as different, and a file of terabytes costs nothing. */
#ifndef BGCHECK_SIM_DISK_H
#define BGCHECK_SIM_DISK_H

#include "sim/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define DISK_FOLDER "C:\\bg"   /* the only folder that exists: $W */
#define DISK_FILES_MAX 1024
#define DISK_NAME_MAX 260      /* MAX_PATH */
#define DISK_UNLIMITED UINT64_MAX

enum disk_result { DISK_OK, DISK_FULL, DISK_DENIED, DISK_LOCKED, DISK_VANISHED, DISK_VOLUME_LOCKED, DISK_VOLUME_CHANGED, DISK_NO_MEMORY };

/* length bytes of the content of path in a version, from offset; is_content false: the body of an error response. */
struct disk_segment {
	const char *path;          /* as long as the disk */
	unsigned version;
	bool is_content;
	uint64_t offset, length;
	struct disk_segment *next;
};

struct disk_file {
	char name[DISK_NAME_MAX + 1];  /* "" : the place is free */
	bool temporary;            /* named by the service: BITxxxx.tmp */
	uint64_t length;
	struct disk_segment *first, *last;
};

struct disk {
	struct arena *arena;
	enum disk_result writing;  /* what writing meets apart from the limit and from memory */
	bool no_rename;            /* a file cannot take another name, though all else works */
	uint64_t limit;            /* bytes that all temporary files together may have */
	unsigned names_made;
	struct disk_file *files[DISK_FILES_MAX];
	unsigned files_count;
	struct disk_segment *unused;
	struct disk_path { const char *text; struct disk_path *next; } *paths;
};

/* An empty disk without limits. Cannot fail. */
void disk_init(struct disk *disk, struct arena *arena);

/* A new empty temporary file with a name of the disk's choice. NULL with *result when that fails. */
struct disk_file *disk_create(struct disk *disk, enum disk_result *result);

/* Appends; what has no room is left out. *written: bytes that were. The segment's path is copied. */
enum disk_result disk_append(struct disk *disk, struct disk_file *file, const struct disk_segment *segment,
	uint64_t *written);

/* Bytes that may still be written to temporary files. */
uint64_t disk_room(const struct disk *disk);

/* Takes the last bytes of the file away, at most all. Cannot fail. */
void disk_cut(struct disk *disk, struct disk_file *file, uint64_t bytes);

/* Empties the file. Cannot fail. */
void disk_empty(struct disk *disk, struct disk_file *file);

/* Whether files can be named and removed: neither the disk nor its volume is locked, or another one. */
bool disk_is_open(const struct disk *disk);

/* A file that is nobody's, as it was before any job; one of that name is replaced. False: no room for it. */
bool disk_place(struct disk *disk, const char *name, uint64_t length);

/* Gives the file another name, for good; what was there is gone. False: it cannot. */
bool disk_rename(struct disk *disk, struct disk_file *file, const char *name);

/* False: it cannot, and the file stays. */
bool disk_remove(struct disk *disk, struct disk_file *file);

/* By name, letters of either case. NULL when there is none. */
struct disk_file *disk_find(const struct disk *disk, const char *name);

/* Whether two names are of one file: letters of either case are equal. */
bool disk_is_name(const char *a, const char *b);

/* Whether the folder of a file name exists. */
bool disk_has_folder(const char *name);

/* Whether the file is the whole content of path, in one version. */
bool disk_is(const struct disk_file *file, const char *path, unsigned version, uint64_t size);

/* Temporary files in the folder. */
unsigned disk_temporary(const struct disk *disk, const char *folder);

#endif
