/* replace.c -- beside its place, and renamed. */
#include "conformance/replace.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_beside(const char *draft, mode_t mode, const char *text, size_t length)
{
	FILE *file = fopen(draft, "w");
	if (!file) return false;
	bool failed = fwrite(text, 1, length, file) != length || fchmod(fileno(file), mode & 07777);
	int number = errno;
	if (!fclose(file) && !failed) return true;
	if (failed) errno = number;
	return false;
}

int replace_file(const char *path, const char *text, size_t length, FILE *errors)
{
	char draft[4200], *real = realpath(path, NULL);
	struct stat about;
	bool done = false;
	if (real && !stat(real, &about)) {
		snprintf(draft, sizeof draft, "%s.draft-%d", real, (int)getpid());
		done = write_beside(draft, about.st_mode, text, length) && !rename(draft, real);
		int number = errno;
		if (!done) unlink(draft);
		errno = number;
	}
	if (!done) fprintf(errors, "bgcheck: cannot write %s: %s\n", path, strerror(errno));
	free(real);
	return done ? 0 : -1;
}
