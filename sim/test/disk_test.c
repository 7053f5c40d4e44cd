/* disk_test.c -- the virtual file system. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/disk.h"

#include <string.h>

struct box {
	struct arena arena;
	struct disk disk;
};

static int setup(void **state)
{
	static struct box box;

	if (arena_init(&box.arena, 4 << 20)) return -1;
	disk_init(&box.disk, &box.arena);
	*state = &box;
	return 0;
}

static int teardown(void **state)
{
	struct box *box = *state;

	arena_done(&box->arena);
	return 0;
}

static struct disk_file *create(struct box *box)
{
	enum disk_result result;
	struct disk_file *file = disk_create(&box->disk, &result);

	assert_non_null(file);
	assert_int_equal(result, DISK_OK);
	return file;
}

static enum disk_result append(struct box *box, struct disk_file *file, const char *path, unsigned version,
	uint64_t offset, uint64_t length)
{
	struct disk_segment segment = { .path = path, .version = version, .is_content = true, .offset = offset, .length = length };
	uint64_t written;

	return disk_append(&box->disk, file, &segment, &written);
}

static void temporary_files_have_names_of_their_own(void **state)
{
	struct box *box = *state;
	struct disk_file *a = create(box), *b = create(box);

	assert_string_not_equal(a->name, b->name);
	assert_int_equal(strncmp(a->name, "C:\\bg\\BIT", 9), 0);
	assert_string_equal(a->name + strlen(a->name) - 4, ".tmp");
	assert_int_equal(disk_temporary(&box->disk, "C:\\bg"), 2);
	assert_int_equal(disk_temporary(&box->disk, "C:\\bg\\"), 2);
	assert_int_equal(disk_temporary(&box->disk, "C:\\other"), 0);
}

static void a_file_written_in_pieces_is_the_whole_content(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);

	append(box, file, "/f1", 1, 0, 10);
	assert_false(disk_is(file, "/f1", 1, 30));
	append(box, file, "/f1", 1, 10, 20);
	assert_true(disk_is(file, "/f1", 1, 30));
	assert_false(disk_is(file, "/f1", 1, 31));
	assert_false(disk_is(file, "/f1", 2, 30));
	assert_false(disk_is(file, "/f2", 1, 30));
}

static void a_file_of_no_byte_is_the_empty_content(void **state)
{
	struct disk_file *file = create(*state);

	assert_true(disk_is(file, "/f1", 1, 0));
	assert_false(disk_is(file, "/f1", 1, 1));
}

/* Mixed versions, a gap, a repeated part, a wrong order, another path. */
static void what_is_mixed_is_never_the_content(void **state)
{
	static const struct { const char *path; unsigned version; uint64_t offset; } rows[] = {
		{ "/f1", 2, 10 }, { "/f1", 1, 11 }, { "/f1", 1, 0 }, { "/f2", 1, 10 },
	};
	struct box *box = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct disk_file *file = create(box);
		append(box, file, "/f1", 1, 0, 10);
		append(box, file, rows[i].path, rows[i].version, rows[i].offset, 10);
		assert_int_equal(file->length, 20);
		assert_false(disk_is(file, "/f1", 1, 20));
	}
}

static void the_body_of_an_error_is_never_the_content(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);
	struct disk_segment segment = { .path = "/f1", .version = 1, .length = 32 };
	uint64_t written;

	disk_append(&box->disk, file, &segment, &written);
	assert_false(disk_is(file, "/f1", 1, 32));
}

static void an_emptied_file_starts_anew(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);

	append(box, file, "/f1", 1, 0, 10);
	disk_empty(&box->disk, file);
	assert_int_equal(file->length, 0);
	append(box, file, "/f1", 2, 0, 10);
	assert_true(disk_is(file, "/f1", 2, 10));
}

static void a_full_disk_takes_what_has_room(void **state)
{
	struct box *box = *state;
	struct disk_file *a = create(box), *b = create(box);
	struct disk_segment segment = { .path = "/f1", .version = 1, .is_content = true, .length = 60 };
	uint64_t written;

	box->disk.limit = 100;
	assert_int_equal(disk_append(&box->disk, a, &segment, &written), DISK_OK);
	assert_int_equal(disk_room(&box->disk), 40);
	assert_int_equal(disk_append(&box->disk, b, &segment, &written), DISK_FULL);
	assert_int_equal(written, 40);
	assert_int_equal(b->length, 40);
	assert_int_equal(disk_room(&box->disk), 0);
	assert_int_equal(append(box, b, "/f1", 1, 40, 1), DISK_FULL);
}

/* full@k is about temporary files: what has got its name counts no more. */
static void files_with_a_name_take_no_room(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);

	box->disk.limit = 100;
	append(box, file, "/f1", 1, 0, 100);
	assert_int_equal(disk_room(&box->disk), 0);
	assert_true(disk_rename(&box->disk, file, "C:\\bg\\f1"));
	assert_int_equal(disk_room(&box->disk), 100);
}

static void a_denied_or_locked_disk_takes_nothing(void **state)
{
	static const enum disk_result results[] = { DISK_DENIED, DISK_LOCKED, DISK_VANISHED, DISK_VOLUME_LOCKED, DISK_VOLUME_CHANGED };
	struct box *box = *state;
	struct disk_file *file = create(box);
	enum disk_result result;

	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		box->disk.writing = results[i];
		assert_int_equal(append(box, file, "/f1", 1, 0, 10), results[i]);
		assert_int_equal(file->length, 0);
		assert_null(disk_create(&box->disk, &result));
		assert_int_equal(result, results[i]);
	}
}

static void a_rename_replaces_what_was_there(void **state)
{
	struct box *box = *state;
	struct disk_file *old = create(box), *new = create(box);

	append(box, new, "/f1", 2, 0, 10);
	assert_true(disk_rename(&box->disk, old, "C:\\bg\\f1"));
	assert_ptr_equal(disk_find(&box->disk, "c:\\BG\\F1"), old);
	assert_true(disk_rename(&box->disk, new, "C:\\bg\\f1"));
	assert_ptr_equal(disk_find(&box->disk, "C:\\bg\\f1"), new);
	assert_int_equal(disk_temporary(&box->disk, "C:\\bg"), 0);
}

static void a_locked_disk_renames_and_removes_nothing(void **state)
{
	static const enum disk_result locked[] = { DISK_LOCKED, DISK_VOLUME_LOCKED, DISK_VOLUME_CHANGED };
	struct box *box = *state;
	struct disk_file *file = create(box);

	for (size_t i = 0; i < sizeof locked / sizeof *locked; i++) {
		box->disk.writing = locked[i];
		assert_false(disk_is_open(&box->disk));
		assert_false(disk_rename(&box->disk, file, "C:\\bg\\f1"));
		assert_false(disk_remove(&box->disk, file));
		assert_int_equal(disk_temporary(&box->disk, "C:\\bg"), 1);
	}
	box->disk.writing = DISK_OK;
	assert_true(disk_remove(&box->disk, file));
	assert_int_equal(disk_temporary(&box->disk, "C:\\bg"), 0);
}

static void a_disk_that_cannot_name_still_removes(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);

	box->disk.no_rename = true;
	assert_true(disk_is_open(&box->disk));
	assert_false(disk_rename(&box->disk, file, "C:\\bg\\f1"));
	assert_int_equal(append(box, file, "/f1", 1, 0, 10), DISK_OK);
	assert_true(disk_remove(&box->disk, file));
}

static void only_the_folder_of_scenarios_exists(void **state)
{
	(void)state;
	assert_true(disk_has_folder("C:\\bg\\f1"));
	assert_true(disk_has_folder("c:\\BG\\f1"));
	assert_false(disk_has_folder("C:\\bg\\sub\\f1"));
	assert_false(disk_has_folder("C:\\f1"));
	assert_false(disk_has_folder("f1"));
}

static void places_of_removed_files_are_used_again(void **state)
{
	struct box *box = *state;

	for (unsigned i = 0; i < 3 * DISK_FILES_MAX; i++) disk_remove(&box->disk, create(box));
	assert_int_equal(box->disk.files_count, 1);
}

/* For every cut: what is left is what it would be if it had never been longer. */
static void a_cut_takes_the_last_bytes(void **state)
{
	struct box *box = *state;

	for (uint64_t lost = 0; lost <= 31; lost++) {
		struct disk_file *file = create(box);
		append(box, file, "/f1", 1, 0, 10);
		append(box, file, "/f1", 2, 10, 20);
		disk_cut(&box->disk, file, lost);
		assert_int_equal(file->length, lost < 30 ? 30 - lost : 0);
		assert_int_equal(disk_is(file, "/f1", 1, 10), lost == 20);
		if (lost > 20) append(box, file, "/f1", 1, file->length, 10 - file->length);
		assert_int_equal(disk_is(file, "/f1", 1, 10), lost >= 20);
		disk_remove(&box->disk, file);
	}
}

static void a_file_that_is_there_already_is_replaced_by_a_rename(void **state)
{
	struct box *box = *state;
	struct disk_file *file = create(box);

	append(box, file, "/f1", 1, 0, 10);
	assert_true(disk_place(&box->disk, "C:\\bg\\f1", 4096));
	assert_int_equal(disk_find(&box->disk, "C:\\bg\\F1")->length, 4096);
	assert_false(disk_is(disk_find(&box->disk, "C:\\bg\\f1"), "", 0, 4096));
	assert_true(disk_rename(&box->disk, file, "C:\\bg\\f1"));
	assert_true(disk_is(disk_find(&box->disk, "C:\\bg\\f1"), "/f1", 1, 10));
	assert_true(disk_place(&box->disk, "C:\\bg\\f1", 0));
	assert_int_equal(disk_find(&box->disk, "C:\\bg\\f1")->length, 0);
	assert_int_equal(disk_temporary(&box->disk, "C:\\bg"), 0);
}

static void too_many_files_are_refused(void **state)
{
	struct box *box = *state;
	enum disk_result result;

	for (unsigned i = 0; i < DISK_FILES_MAX; i++) create(box);
	assert_null(disk_create(&box->disk, &result));
	assert_int_equal(result, DISK_NO_MEMORY);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(temporary_files_have_names_of_their_own),
		TEST(a_file_written_in_pieces_is_the_whole_content),
		TEST(a_file_of_no_byte_is_the_empty_content),
		TEST(what_is_mixed_is_never_the_content),
		TEST(the_body_of_an_error_is_never_the_content),
		TEST(an_emptied_file_starts_anew),
		TEST(a_full_disk_takes_what_has_room),
		TEST(files_with_a_name_take_no_room),
		TEST(a_denied_or_locked_disk_takes_nothing),
		TEST(a_rename_replaces_what_was_there),
		TEST(a_locked_disk_renames_and_removes_nothing),
		TEST(a_disk_that_cannot_name_still_removes),
		TEST(only_the_folder_of_scenarios_exists),
		TEST(places_of_removed_files_are_used_again),
		TEST(a_cut_takes_the_last_bytes),
		TEST(a_file_that_is_there_already_is_replaced_by_a_rename),
		TEST(too_many_files_are_refused),
	};

	if (argc > 1) cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
