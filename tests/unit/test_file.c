/* SPDX-License-Identifier: MIT
 *
 * Files that appear whole or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/pipelens-base.XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

/* Fails when a test left something behind. */
static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static const char *in_directory(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static size_t files_in_directory(void)
{
    size_t count = 0;
    DIR *d = opendir(directory);
    assert_non_null(d);
    for (const struct dirent *entry; (entry = readdir(d));) count += entry->d_name[0] != '.';
    closedir(d);
    return count;
}

static void assert_content(const char *path, struct str expected)
{
    char text[256];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_true(str_eq(str_of(text, n), expected));
}

static void file_appears_whole(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    const char *path = in_directory("whole.txt");
    assert_true(file_create(&f, path, &e));
    buf_puts(&f.buf, "new");
    buf_flush(&f.buf);
    assert_false(exists(path)); /* not before it is complete */
    assert_true(file_commit(&f, &e));
    assert_content(path, S("new"));
    assert_true(file_create(&f, path, &e));
    buf_puts(&f.buf, "newer");
    buf_flush(&f.buf);
    assert_content(path, S("new")); /* the old one stays until then */
    assert_true(file_commit(&f, &e));
    assert_content(path, S("newer"));
    assert_int_equal(files_in_directory(), 1);
    unlink(path);
}

static void file_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    const char *path = in_directory("never.txt");
    assert_true(file_create(&f, path, &e));
    buf_puts(&f.buf, "x");
    buf_flush(&f.buf);
    assert_int_equal(files_in_directory(), 1);
    file_abandon(&f);
    assert_int_equal(files_in_directory(), 0);
}

/* As a signal handler does it; the last test, since nothing new is begun afterwards. */
static void file_after_a_signal(void **state)
{
    (void)state;
    struct file_out f, other;
    struct err e;
    const char *path = in_directory("never.txt");
    assert_true(file_create(&f, path, &e));
    file_abandon_all();
    assert_int_equal(files_in_directory(), 0);
    assert_false(file_create(&other, path, &e));
    assert_false(file_commit(&f, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_int_equal(files_in_directory(), 0);
}

static void file_through_a_link_and_with_its_mode(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    struct stat st;
    char target[4096];
    snprintf(target, sizeof target, "%s", in_directory("target"));
    const char *link = in_directory("link");
    int fd = open(target, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(symlink(target, link), 0);
    assert_true(file_create(&f, link, &e));
    buf_puts(&f.buf, "new");
    assert_true(file_commit(&f, &e));
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_content(target, S("new"));
    unlink(link);
    unlink(target);
}

/* The place is taken by a directory meanwhile: no new file, no temporary. */
static void file_that_cannot_be_renamed(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    const char *path = in_directory("taken");
    assert_true(file_create(&f, path, &e));
    assert_int_equal(mkdir(path, 0777), 0);
    assert_false(file_commit(&f, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_string_equal(e.file, path);
    assert_int_equal(files_in_directory(), 1);
    assert_int_equal(rmdir(path), 0);
}

static void file_refuses_directories(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    assert_false(file_create(&f, directory, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_string_equal(e.file, directory);
    assert_true(strlen(e.text) > 0);
    assert_false(file_create(&f, in_directory("no/such/place.txt"), &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_false(file_create(&f, in_directory("no/such/place.txt"), NULL));
    char path[5000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_false(file_create(&f, path, &e));
}

static void file_in_read_only_directory(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    char locked[128];
    snprintf(locked, sizeof locked, "%s", in_directory("locked"));
    assert_int_equal(mkdir(locked, 0555), 0);
    bool root = geteuid() == 0; /* who may write everywhere: become nobody */
    if (root) assert_int_equal(seteuid(65534), 0);
    bool created = file_create(&f, in_directory("locked/x"), &e);
    if (root) assert_int_equal(seteuid(0), 0);
    assert_false(created);
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_string_equal(e.file, in_directory("locked/x"));
    assert_int_equal(rmdir(locked), 0);
}

/* Devices are written in place, and a full one is told. */
static void file_to_devices(void **state)
{
    (void)state;
    struct file_out f;
    struct err e = { 0 };
    if (!exists("/dev/full")) skip();
    assert_true(file_create(&f, "/dev/full", &e));
    buf_puts(&f.buf, "x");
    assert_false(file_commit(&f, &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_string_equal(e.file, "/dev/full");
    assert_true(exists("/dev/full"));
    assert_true(file_create(&f, "/dev/null", &e));
    buf_puts(&f.buf, "x");
    assert_true(file_commit(&f, &e));
    struct stat st;
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void file_mode_follows_umask(void **state)
{
    (void)state;
    struct file_out f;
    struct err e;
    struct stat st;
    mode_t before = umask(027);
    const char *path = in_directory("mode.txt");
    assert_true(file_create(&f, path, &e));
    assert_true(file_commit(&f, &e));
    umask(before);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(st.st_size, 0);
    unlink(path);
}

static void file_appending(void **state)
{
    (void)state;
    struct err e;
    const char *path = in_directory("append.txt");
    assert_true(file_append(path, S("one\n"), &e));
    assert_true(file_append(path, S("two\n"), &e));
    assert_true(file_append(path, S(""), &e));
    assert_content(path, S("one\ntwo\n"));
    unlink(path);
    assert_false(file_append(directory, S("x"), &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    if (exists("/dev/full")) assert_false(file_append("/dev/full", S("x"), &e));
}

static void file_directories(void **state)
{
    (void)state;
    struct err e;
    char path[128];
    snprintf(path, sizeof path, "%s", in_directory("a//b/c/"));
    assert_true(file_make_directory(path, &e));
    assert_true(file_make_directory(path, &e));
    assert_true(exists(in_directory("a/b/c")));
    assert_true(file_append(in_directory("a/file"), S("x"), &e));
    assert_false(file_make_directory(in_directory("a/file"), &e));
    assert_int_equal(e.code, ERR_OUTPUT);
    assert_false(file_make_directory(in_directory("a/file/d"), &e));
    assert_false(file_make_directory("", &e));
    unlink(in_directory("a/file"));
    assert_int_equal(rmdir(in_directory("a/b/c")), 0);
    assert_int_equal(rmdir(in_directory("a/b")), 0);
    assert_int_equal(rmdir(in_directory("a")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_appears_whole),
        cmocka_unit_test(file_given_up_leaves_nothing),
        cmocka_unit_test(file_that_cannot_be_renamed),
        cmocka_unit_test(file_refuses_directories),
        cmocka_unit_test(file_in_read_only_directory),
        cmocka_unit_test(file_to_devices),
        cmocka_unit_test(file_mode_follows_umask),
        cmocka_unit_test(file_appending),
        cmocka_unit_test(file_directories),
        cmocka_unit_test(file_through_a_link_and_with_its_mode),
        cmocka_unit_test(file_after_a_signal),
    };
    return cmocka_run_group_tests_name("file", tests, make_directory, remove_directory);
}
