/* A writer that is killed: before every operation on files of an update, and at random
 * moments of others. The index is then the one before or the one after, whole, and the next
 * run goes on from there and clears up.
 *
 * SY_ROUNDS sets the number of random moments (60), SY_SEED the random numbers. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

enum { ROUNDS = 60, RECORDS = 150, DOCS = 3 };

static char docs[320], dir[320];

/* Each version replaces one document of three, so that segments become many and are merged. */
static void write_docs(int version)
{
    sy_buf text = SY_BUF_INIT;
    char path[340];
    int doc = abs(version) % DOCS;
    for (int i = 0; i < RECORDS; i++)
        sy_buf_printf(&text,
                      "{\"id\":\"%d-%d\",\"unit\":\"区商投局\",\"status\":\"第%d版资金短缺\"}\n",
                      doc, i, version);
    snprintf(path, sizeof path, "%s/%d.jsonl", docs, doc);
    sy_test_write(path, text.data, text.len);
    sy_buf_release(&text);
}

static void build(void)
{
    sy_error err;
    sy_index_summary sum;
    sy_error_clear(&err);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
    const char *left = sy_test_listing(dir);
    assert_int_equal(strncmp(left, "lock manifest seg", 17), 0);
    assert_null(strstr(left, "tmp"));
}

/* Runs the indexer in a child that dies before its n-th operation on files, or for n = 0
 * when it is killed from here after `delay`. True if it came to its end. */
static bool run_child(unsigned long n, long delay_ns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sy_error err;
        sy_index_summary sum;
        sy_error_clear(&err);
        if (n > 0)
            sy_io_fail_at(n, SY_IO_DIE);
        _exit(sy_test_index(dir, docs, &sum, &err) == SY_OK ? 0 : 1);
    }
    if (n == 0) {
        nanosleep(&(struct timespec){.tv_nsec = delay_ns}, NULL);
        kill(child, SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return false;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return true;
}

static int fresh(void **state)
{
    (void)state;
    sy_scratch_path(docs, "docs");
    sy_scratch_path(dir, "index");
    sy_test_remove(docs);
    sy_test_remove(dir);
    check_ok(sy_make_dirs(docs, NULL), NULL);
    sy_test_tiers = (sy_tiers){.factor = 3, .least = 1 << 20};
    for (int i = 0; i < DOCS; i++)
        write_docs(i);
    build();
    return 0;
}

/* After a death: the old state or the new one; then the new one, without leftovers. */
static uint64_t check_after(bool ended, uint64_t before)
{
    uint64_t now = sy_test_fingerprint(dir);
    build();
    uint64_t after = sy_test_fingerprint(dir);
    assert_true(after != before);
    assert_true(now == after || (now == before && !ended));
    return after;
}

static void test_every_operation(void **state)
{
    (void)state;
    uint64_t before = sy_test_fingerprint(dir);
    bool ended = false;
    unsigned long n = 1;
    for (int version = DOCS; !ended; n++) {
        ended = true;
        for (int i = 0; i < 2; i++) { /* one of two updates in a row merges */
            write_docs(version++);
            bool whole = run_child(n, 0);
            before = check_after(whole, before);
            ended &= whole;
        }
    }
    print_message("%lu operations\n", n - 2);
    assert_true(n > 20);
}

static void test_random_moments(void **state)
{
    (void)state;
    const char *set = getenv("SY_ROUNDS");
    int rounds = set ? atoi(set) : ROUNDS, ended = 0;
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    write_docs(-DOCS);
    build();
    clock_gettime(CLOCK_MONOTONIC, &end);
    long usual = (end.tv_sec - begin.tv_sec) * 1000000000L + end.tv_nsec - begin.tv_nsec;
    if (usual > 400000000)
        usual = 400000000;
    uint64_t before = sy_test_fingerprint(dir);
    for (int r = 0; r < rounds; r++) {
        write_docs(r + 1000);
        bool whole = run_child(0, (long)sy_random_below((uint32_t)usual * 2));
        ended += whole;
        before = check_after(whole, before);
    }
    print_message("%d of %d were killed\n", rounds - ended, rounds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(test_every_operation, fresh),
                                       cmocka_unit_test_setup(test_random_moments, fresh)};
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    sy_random_init("test_kill");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
