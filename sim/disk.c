/* disk.c -- the machine's file system. */
#include "sim/disk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the first `length` bytes are equal but for the case of ASCII letters. */
static bool is_same(const char *a, const char *b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (fold(a[i]) != fold(b[i])) return false;
	return true;
}

void disk_init(struct disk *disk, struct arena *arena)
{
	assert(disk && arena);
	memset(disk, 0, sizeof *disk);
	disk->arena = arena;
	disk->limit = DISK_UNLIMITED;
	disk->writing = DISK_OK;
}

static struct disk_file *take_place(struct disk *disk)
{
	for (unsigned i = 0; i < disk->files_count; i++)
		if (!disk->files[i]->name[0]) return disk->files[i];
	if (disk->files_count == DISK_FILES_MAX) return NULL;
	struct disk_file *file = arena_take(disk->arena, sizeof *file);
	if (file) disk->files[disk->files_count++] = file;
	return file;
}

struct disk_file *disk_create(struct disk *disk, enum disk_result *result)
{
	struct disk_file *file;

	*result = disk->writing;
	if (*result != DISK_OK) return NULL;
	file = take_place(disk);
	if (!file) {
		*result = DISK_NO_MEMORY;
		return NULL;
	}
	memset(file, 0, sizeof *file);
	file->temporary = true;
	snprintf(file->name, sizeof file->name, DISK_FOLDER "\\BIT%04X.tmp", ++disk->names_made);
	return file;
}

static uint64_t used(const struct disk *disk)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < disk->files_count; i++)
		if (disk->files[i]->name[0] && disk->files[i]->temporary) sum += disk->files[i]->length;
	return sum;
}

uint64_t disk_room(const struct disk *disk)
{
	uint64_t bytes;

	if (disk->limit == DISK_UNLIMITED) return DISK_UNLIMITED;
	bytes = used(disk);
	return bytes < disk->limit ? disk->limit - bytes : 0;
}

/* One copy of each path for all segments. */
static const char *keep_path(struct disk *disk, const char *path)
{
	struct disk_path *kept;

	for (kept = disk->paths; kept; kept = kept->next)
		if (!strcmp(kept->text, path)) return kept->text;
	kept = arena_take(disk->arena, sizeof *kept);
	if (!kept || !(kept->text = arena_text(disk->arena, path, strlen(path)))) return NULL;
	kept->next = disk->paths;
	disk->paths = kept;
	return kept->text;
}

static struct disk_segment *take_segment(struct disk *disk)
{
	struct disk_segment *segment = disk->unused;

	if (!segment) return arena_take(disk->arena, sizeof *segment);
	disk->unused = segment->next;
	return segment;
}

static bool continues(const struct disk_segment *last, const struct disk_segment *segment)
{
	return last && last->version == segment->version && last->is_content == segment->is_content &&
		last->offset + last->length == segment->offset && !strcmp(last->path, segment->path);
}

static bool add_segment(struct disk *disk, struct disk_file *file, const struct disk_segment *segment, uint64_t length)
{
	struct disk_segment *added;

	if (!continues(file->last, segment)) {
		const char *path = keep_path(disk, segment->path);
		added = path ? take_segment(disk) : NULL;
		if (!added) return false;
		*added = *segment;
		added->path = path;
		added->length = 0;
		added->next = NULL;
		if (file->last) file->last->next = added;
		else file->first = added;
		file->last = added;
	}
	file->last->length += length;
	file->length += length;
	return true;
}

enum disk_result disk_append(struct disk *disk, struct disk_file *file, const struct disk_segment *segment,
	uint64_t *written)
{
	uint64_t room;

	*written = 0;
	if (disk->writing != DISK_OK) return disk->writing;
	if (segment->length == 0) return DISK_OK;
	room = disk_room(disk);
	if (room > segment->length) room = segment->length;
	if (room > 0 && !add_segment(disk, file, segment, room)) return DISK_NO_MEMORY;
	*written = room;
	return room < segment->length ? DISK_FULL : DISK_OK;
}

void disk_empty(struct disk *disk, struct disk_file *file)
{
	if (file->last) {
		file->last->next = disk->unused;
		disk->unused = file->first;
	}
	file->first = file->last = NULL;
	file->length = 0;
}

void disk_cut(struct disk *disk, struct disk_file *file, uint64_t bytes)
{
	uint64_t left = bytes < file->length ? file->length - bytes : 0, before = 0;
	struct disk_segment *last = file->first;

	if (left == 0) {
		disk_empty(disk, file);
		return;
	}
	for (; before + last->length < left; last = last->next) before += last->length;
	if (last != file->last) {
		file->last->next = disk->unused;
		disk->unused = last->next;
	}
	last->next = NULL;
	last->length = left - before;
	file->last = last;
	file->length = left;
}

static void drop(struct disk *disk, struct disk_file *file)
{
	disk_empty(disk, file);
	file->name[0] = '\0';
}

bool disk_is_open(const struct disk *disk)
{
	return disk->writing != DISK_LOCKED && disk->writing != DISK_VOLUME_LOCKED && disk->writing != DISK_VOLUME_CHANGED;
}

bool disk_rename(struct disk *disk, struct disk_file *file, const char *name)
{
	struct disk_file *there = disk_find(disk, name);

	if (!disk_is_open(disk) || disk->no_rename) return false;
	if (there && there != file) drop(disk, there);
	snprintf(file->name, sizeof file->name, "%s", name);
	file->temporary = false;
	return true;
}

bool disk_place(struct disk *disk, const char *name, uint64_t length)
{
	const struct disk_segment strange = { .path = "", .length = length };
	struct disk_file *file = disk_find(disk, name);

	if (file) disk_empty(disk, file);
	else if (!(file = take_place(disk))) return false;
	else memset(file, 0, sizeof *file);
	file->temporary = false;
	snprintf(file->name, sizeof file->name, "%s", name);
	return length == 0 || add_segment(disk, file, &strange, length);
}

bool disk_remove(struct disk *disk, struct disk_file *file)
{
	if (!disk_is_open(disk)) return false;
	drop(disk, file);
	return true;
}

bool disk_is_name(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && is_same(a, b, strlen(a));
}

struct disk_file *disk_find(const struct disk *disk, const char *name)
{
	size_t length = strlen(name);

	for (unsigned i = 0; length && i < disk->files_count; i++)
		if (strlen(disk->files[i]->name) == length && is_same(disk->files[i]->name, name, length)) return disk->files[i];
	return NULL;
}

static bool is_in(const char *folder, size_t length, const char *name)
{
	const char *slash = strrchr(name, '\\');

	return slash && (size_t)(slash - name) == length && is_same(name, folder, length);
}

bool disk_has_folder(const char *name)
{
	return is_in(DISK_FOLDER, strlen(DISK_FOLDER), name);
}

bool disk_is(const struct disk_file *file, const char *path, unsigned version, uint64_t size)
{
	const struct disk_segment *only = file->first;

	if (file->length != size) return false;
	if (size == 0) return true;
	return only->next == NULL && only->is_content && only->offset == 0 && only->version == version &&
		!strcmp(only->path, path);
}

unsigned disk_temporary(const struct disk *disk, const char *folder)
{
	unsigned count = 0;
	size_t length = strlen(folder);

	if (length && folder[length - 1] == '\\') length--;
	for (unsigned i = 0; i < disk->files_count; i++) {
		const struct disk_file *file = disk->files[i];
		count += file->name[0] && file->temporary && is_in(folder, length, file->name);
	}
	return count;
}
