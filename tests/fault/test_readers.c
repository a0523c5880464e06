/* Readers in a loop while a writer commits update after update: what a reader sees is one
 * committed state, whole, and never an older one than before.
 *
 * SY_ROUNDS sets the number of updates (100). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "query/search.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

enum { ROUNDS = 100, RECORDS = 50, READERS = 8 };

static char docs[320], dir[320];

static void commit(int version)
{
    sy_buf text = SY_BUF_INIT;
    sy_error err;
    sy_index_summary sum;
    sy_error_clear(&err);
    for (int i = 0; i < RECORDS; i++)
        sy_buf_printf(&text, "{\"id\":\"%d\",\"status\":\"资金%d版\"}\n", i, version);
    sy_test_write(docs, text.data, text.len);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
    sy_buf_release(&text);
}

/* The version that all records of the index are of, or -1. */
static int read_state(sy_error *err)
{
    static const char *const expr = "资金";
    sy_index *index;
    sy_query query;
    sy_search *search;
    int version = -1, n = 0;
    if (sy_index_open(dir, &index, err) != SY_OK)
        return -1;
    sy_status st = sy_query_parse(&expr, 1, &index->schema, NULL, &query, NULL, err);
    if (st == SY_OK)
        st = sy_search_open(index, &query, &search, err);
    for (bool more = st == SY_OK; more;) {
        sy_hit hit;
        const sy_stored *record;
        if (sy_search_next(search, &more, &hit, err) != SY_OK || !more)
            break;
        int of = -1;
        if (sy_search_record(search, &hit, &record, err) == SY_OK && record->n_values > 0 &&
            record->values[0].text.len > strlen("资金"))
            of = atoi(record->values[0].text.data + strlen("资金"));
        if (n++ > 0 && of != version)
            n = -RECORDS;
        version = of;
    }
    if (st == SY_OK)
        sy_search_close(search);
    sy_query_release(&query);
    sy_index_close(index);
    return n == RECORDS ? version : -1;
}

/* A reader: ends with 0 when it has seen the last version, with 1 at a wrong state. */
static int read_on(int last)
{
    for (int before = 0, now; before < last; before = now) {
        sy_error err;
        sy_error_clear(&err);
        now = read_state(&err);
        if (now < before) {
            fprintf(stderr, "saw %d after %d: %s: %s\n", now, before, err.where, err.msg);
            return 1;
        }
    }
    return 0;
}

static void test_readers(void **state)
{
    (void)state;
    const char *set = getenv("SY_ROUNDS");
    int rounds = set ? atoi(set) : ROUNDS;
    pid_t readers[READERS];
    sy_scratch_path(docs, "docs.jsonl");
    sy_scratch_path(dir, "index");
    commit(0);
    for (int i = 0; i < READERS; i++) {
        readers[i] = fork();
        assert_true(readers[i] >= 0);
        if (readers[i] == 0)
            _exit(read_on(rounds));
    }
    for (int v = 1; v <= rounds; v++)
        commit(v);
    for (int i = 0; i < READERS; i++) {
        int status;
        assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_string_equal(sy_test_listing(dir), "lock manifest seg");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_readers)};
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
