/* Readers in a loop while a writer commits update after update: what a reader sees is one
 * committed state, whole, and never an older one than before.
 *
 * Each update replaces one document of several, and segments are merged often.
 * SY_ROUNDS sets the number of updates (200). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "query/search.h"
#include "tests/support/check.h"
#include "tests/support/small_index.h"

enum { ROUNDS = 200, DOCS = 5, RECORDS = 12, READERS = 8 };

static char docs[320], dir[320];

/* Writes version `version` of the document whose turn it is. */
static void write_doc(int version)
{
    sy_buf text = SY_BUF_INIT;
    char path[340];
    int doc = version % DOCS;
    for (int i = 0; i < RECORDS; i++)
        sy_buf_printf(&text, "{\"id\":\"%d-%d\",\"status\":\"资金%d版\"}\n", doc, i, version);
    snprintf(path, sizeof path, "%s/%d.jsonl", docs, doc);
    sy_test_write(path, text.data, text.len);
    sy_buf_release(&text);
}

static void commit(void)
{
    sy_error err;
    sy_index_summary sum;
    sy_error_clear(&err);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
}

/* Notes the version of a hit; false if a document is seen in two versions. */
static bool note_hit(const sy_stored *r, int *versions, int *counts)
{
    int version = r->n_values > 0 && r->values[0].text.len > strlen("资金")
                      ? atoi(r->values[0].text.data + strlen("资金"))
                      : -1;
    int doc = version % DOCS;
    if (version < 0 || (counts[doc] > 0 && versions[doc] != version))
        return false;
    versions[doc] = version;
    counts[doc]++;
    return true;
}

/* The last version that the index has, or -1 if it is not what that commit left: each document
 * whole and in its last version. */
static int read_state(sy_error *err)
{
    static const char *const expr = "资金";
    sy_index *index;
    sy_query query;
    sy_search *search;
    int versions[DOCS] = {0}, counts[DOCS] = {0}, last = -1;
    bool good = true;
    if (sy_index_open(dir, &index, err) != SY_OK)
        return -1;
    sy_status st = sy_query_parse(&expr, 1, &index->schema, NULL, &query, NULL, err);
    if (st == SY_OK)
        st = sy_search_open(index, &query, &search, err);
    good = st == SY_OK;
    for (bool more = good; more && good;) {
        sy_hit hit;
        const sy_stored *record;
        good = sy_search_next(search, &more, &hit, err) == SY_OK;
        if (good && more)
            good = sy_search_record(search, &hit, &record, err) == SY_OK &&
                   note_hit(record, versions, counts);
    }
    if (st == SY_OK)
        sy_search_close(search);
    sy_query_release(&query);
    sy_index_close(index);
    for (int i = 0; i < DOCS; i++)
        last = versions[i] > last ? versions[i] : last;
    for (int i = 0; i < DOCS; i++)
        good &= counts[i] == RECORDS && versions[i] > last - DOCS;
    return good ? last : -1;
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
    sy_scratch_path(docs, "docs");
    sy_scratch_path(dir, "index");
    check_ok(sy_make_dirs(docs, NULL), NULL);
    sy_test_tiers = (sy_tiers){.factor = 2, .least = 3000};
    for (int v = 0; v < DOCS; v++)
        write_doc(v);
    commit();
    for (int i = 0; i < READERS; i++) {
        readers[i] = fork();
        assert_true(readers[i] >= 0);
        if (readers[i] == 0)
            _exit(read_on(DOCS + rounds - 1));
    }
    for (int v = DOCS; v < DOCS + rounds; v++) {
        write_doc(v);
        commit();
    }
    for (int i = 0; i < READERS; i++) {
        int status;
        assert_int_equal(waitpid(readers[i], &status, 0), readers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_null(strstr(sy_test_listing(dir), "tmp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_readers)};
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
