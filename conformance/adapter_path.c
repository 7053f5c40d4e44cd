/* adapter_path.c -- the work folder of a scenario in two spellings. */
#include "conformance/adapter_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 16
#define HOST_MAX 64

static bool make_folders(const char *work_dir)
{
	char part[PATH_MAX];
	size_t length = strlen(work_dir);
	if (!length || length >= sizeof part) {
		errno = length ? ENAMETOOLONG : ENOENT;
		return false;
	}
	for (size_t i = 1; i <= length; i++) {
		if (work_dir[i] && work_dir[i] != '/') continue;
		memcpy(part, work_dir, i);
		part[i] = '\0';
		if (mkdir(part, 0777) && errno != EEXIST) return false;
	}
	return true;
}

static bool is_empty(const char *folder)
{
	unsigned count = 0;
	DIR *dir = opendir(folder);
	if (!dir) return false;
	while (readdir(dir)) count++;
	closedir(dir);
	return count == 2;
}

bool adapter_path_make(struct adapter_path *path, const char *work_dir, char *why, size_t why_size)
{
	path->files_count = 0;
	path->work[0] = '\0';
	if (!make_folders(work_dir) || !realpath(work_dir, path->work)) {
		snprintf(why, why_size, "expected a work folder, found %.200s: %s", *work_dir ? work_dir : "no name", strerror(errno));
		return false;
	}
	if (!is_empty(path->work)) {
		snprintf(why, why_size, "expected an empty work folder, found files in %.250s", path->work);
		path->work[0] = '\0';
		return false;
	}
	return adapter_path_spell(path, NULL, NULL, why, why_size);
}

bool adapter_path_spell(struct adapter_path *path, const char *dir, const char *separator, char *why, size_t why_size)
{
	if (!dir) dir = path->work;
	if (!separator) separator = "/";
	if (!*dir || strlen(dir) >= sizeof path->dir) {
		snprintf(why, why_size, "expected a name of 1 to %zu bytes for dir in the reply to scenario.begin, found %zu bytes",
			sizeof path->dir - 1, strlen(dir));
		return false;
	}
	if (strcmp(separator, "/") && strcmp(separator, "\\")) {
		snprintf(why, why_size, "expected / or \\ for separator in the reply to scenario.begin, found %.20s", separator);
		return false;
	}
	snprintf(path->dir, sizeof path->dir, "%s", dir);
	path->separator = *separator;
	return true;
}

static int remove_one(const char *name, const struct stat *stat, int kind, struct FTW *ftw)
{
	(void)stat;
	(void)kind;
	(void)ftw;
	remove(name);
	return 0;
}

void adapter_path_remove(struct adapter_path *path)
{
	if (path->work[0]) nftw(path->work, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	path->work[0] = '\0';
}

struct output {
	char *text;
	size_t size, used;
};

static void put(struct output *output, const char *text, size_t length)
{
	if (length > output->size - 1 - output->used) length = output->size - 1 - output->used;
	memcpy(output->text + output->used, text, length);
	output->used += length;
	output->text[output->used] = '\0';
}

/* Behind $S: an optional host in brackets. Returns what follows. */
static const char *put_url(struct output *output, const char *at, const char *(*url)(void *, const char *), void *context)
{
	char host[HOST_MAX] = "origin";
	const char *close = *at == '(' ? strchr(at, ')') : NULL;
	if (close && (size_t)(close - at) <= sizeof host) {
		snprintf(host, sizeof host, "%.*s", (int)(close - at - 1), at + 1);
		at = close + 1;
	}
	const char *base = url(context, host);
	put(output, base, strlen(base));
	return at;
}

/* Behind $W: slashes of the name become the adapter's separator. */
static const char *put_work(struct output *output, const struct adapter_path *path, const char *at)
{
	put(output, path->dir, strlen(path->dir));
	for (; *at && *at != '$' && *at != ' '; at++) put(output, *at == '/' ? &path->separator : at, 1);
	return at;
}

const char *adapter_path_expand(struct adapter_path *path, const char *text, const char *(*url)(void *, const char *host), void *context)
{
	struct output output = { path->text, sizeof path->text, 0 };
	path->text[0] = '\0';
	while (*text) {
		if (text[0] == '$' && text[1] == 'W') text = put_work(&output, path, text + 2);
		else if (text[0] == '$' && text[1] == 'S') text = put_url(&output, text + 2, url, context);
		else put(&output, text++, 1);
	}
	return path->text;
}

void adapter_path_ours(const struct adapter_path *path, const char *local, char *text, size_t size)
{
	size_t length = strlen(path->dir);
	bool inside = !strncmp(local, path->dir, length) && (!local[length] || local[length] == path->separator || local[length] == '/');
	struct output output = { text, size, 0 };

	*text = '\0';
	if (inside) {
		put(&output, path->work, strlen(path->work));
		local += length;
	}
	for (; *local; local++) put(&output, inside && *local == path->separator ? "/" : local, 1);
}

bool adapter_path_name(struct adapter_path *path, struct arena *arena, const struct call *call)
{
	if (strncmp(call->command, "job.add_file", 12)) return true;
	for (unsigned i = 0; i < call->args_count; i++) {
		const struct named_value *arg = &call->args[i];
		char ours[PATH_MAX];
		if (strncmp(arg->key, "local", 5) || arg->value.kind != VALUE_TEXT) continue;
		if (path->files_count == ADAPTER_FILES_MAX) return false;
		adapter_path_ours(path, arg->value.text, ours, sizeof ours);
		const char *copy = arena_text(arena, ours, strlen(ours));
		if (!copy) return false;
		path->files[path->files_count++] = copy;
	}
	return true;
}

static bool is_named(const struct adapter_path *path, const char *file)
{
	for (unsigned i = 0; i < path->files_count; i++)
		if (!strcmp(path->files[i], file)) return true;
	return false;
}

static int count_unnamed(const struct adapter_path *path, const char *folder, int depth)
{
	char name[PATH_MAX];
	int count = 0;
	DIR *dir = depth < DEPTH_MAX ? opendir(folder) : NULL;
	if (!dir) return 0;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		struct stat stat;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
		if ((size_t)snprintf(name, sizeof name, "%s/%s", folder, entry->d_name) >= sizeof name) continue;
		if (lstat(name, &stat)) continue;
		if (S_ISDIR(stat.st_mode)) count += count_unnamed(path, name, depth + 1);
		else count += !is_named(path, name);
	}
	closedir(dir);
	return count;
}

int adapter_path_temporary(const struct adapter_path *path, const char *folder)
{
	return count_unnamed(path, folder, 0);
}
