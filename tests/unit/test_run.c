#include "indexer/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/term_key.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"

enum { MOST_RUNS = 5 };

/* The part of a list with docids in [from, to), as a run has it. */
static uint32_t encode_part(const sy_model *m, const sy_model_list *l, sy_docid from, sy_docid to,
                            sy_buf *out)
{
    uint32_t df = 0;
    int64_t before = -1;
    sy_buf_reset(out);
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->docs[i] < from || l->docs[i] >= to)
            continue;
        uint64_t gap = (uint64_t)((int64_t)l->docs[i] - before - 1);
        before = l->docs[i];
        df++;
        if (!l->tfs) {
            sy_buf_put_varint(out, gap);
            continue;
        }
        bool named = l->fields[i] != UINT64_C(1) << m->facts[l->docs[i]].longest;
        sy_buf_put_varint(out, gap << 2 | (l->tfs[i] > 1 ? 1 : 0) | (named ? 2 : 0));
        if (l->tfs[i] > 1)
            sy_buf_put_varint(out, l->tfs[i] - 2);
        if (named)
            sy_buf_put_varint(out, l->fields[i]);
    }
    return df;
}

static sy_status write_run(const sy_model *m, const char *path, sy_docid from, sy_docid to)
{
    sy_run_writer w;
    sy_buf list = SY_BUF_INIT;
    sy_status st = sy_run_create(path, &w, NULL);
    if (st != SY_OK)
        return st;
    for (size_t i = 0; i < m->n_bigrams; i++) {
        const sy_model_bigram *b = &m->bigrams[i];
        uint32_t df = encode_part(m, &b->list, from, to, &list);
        if (df > 0)
            sy_run_bigram(&w, (uint64_t)b->a << 21 | b->b, df, &list);
    }
    for (size_t i = 0; i < m->n_terms; i++) {
        uint32_t df = encode_part(m, &m->terms[i].list, from, to, &list);
        if (df > 0)
            sy_run_term(&w, m->terms[i].key, df, &list);
    }
    sy_buf_release(&list);
    return sy_run_close(&w, NULL);
}

/* Paths of n runs, borrowed for ever. */
static char *const *run_paths(void)
{
    static char places[MOST_RUNS][300];
    static char *paths[MOST_RUNS];
    for (size_t i = 0; i < MOST_RUNS; i++) {
        char name[] = "tmp-run-0";
        name[8] = (char)('0' + i);
        strcpy(places[i], sy_files_path(name));
        unlink(places[i]);
        paths[i] = places[i];
    }
    return paths;
}

/* n runs with borders at random, some of them empty. */
static char *const *write_runs(const sy_model *m, size_t n)
{
    char *const *paths = run_paths();
    sy_docid from = 0;
    for (size_t i = 0; i < n; i++) {
        sy_docid left = m->n_records - from;
        sy_docid to = i + 1 == n ? m->n_records : from + sy_random_below(left + 1);
        check_ok(write_run(m, paths[i], from, to), NULL);
        from = to;
    }
    return paths;
}

static void check_merge(const sy_model *m, size_t n, const char *part)
{
    char *const *paths = write_runs(m, n);
    const char *path = sy_files_path("merged");
    sy_segment_writer *w;
    sy_segment *seg;
    uint64_t len, checksum;
    sy_error err;
    sy_error_clear(&err);
    unlink(path);
    check_ok(sy_segment_writer_open(path, sy_model_uuid, 1, &w, &err), &err);
    check_ok(sy_model_put_front(m, w), NULL);
    check_ok(sy_runs_merge(paths, n, w, part, NULL, NULL, &err), &err);
    if (part)
        assert_int_equal(access(part, F_OK), -1);
    check_ok(sy_segment_writer_finish(w, &len, &checksum, &err), &err);
    check_ok(sy_segment_open(path, sy_model_uuid, &seg, &err), &err);
    sy_model_check(m, seg);
    sy_segment_close(seg);
}

static void test_merge(void **state)
{
    (void)state;
    sy_random_init("test_run");
    char part[300];
    strcpy(part, sy_files_path("part"));
    static const sy_model_sizes sizes[] = {
        {1, 1, 0, 0},     {1, 1, 1, 0},     {1, 1, 0, 1},       {5, 1, 3, 3},
        {300, 2, 60, 60}, {300, 2, 0, 100}, {700, 2, 200, 200},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t n = 1; n <= MOST_RUNS; n++) {
            sy_model m;
            sy_model_random(&sizes[i], &m);
            check_merge(&m, n, NULL);
            check_merge(&m, n, part);
            sy_model_free(&m);
        }
    }
}

static void test_no_runs(void **state)
{
    (void)state;
    sy_segment_writer *w;
    check_ok(sy_segment_writer_open(sy_files_path("none"), sy_model_uuid, 1, &w, NULL), NULL);
    check_ok(sy_runs_merge(NULL, 0, w, NULL, NULL, NULL, NULL), NULL);
    sy_segment_writer_abandon(w);
    char missing[] = "/no/such/run", *paths[] = {missing};
    check_ok(sy_segment_writer_open(sy_files_path("none"), sy_model_uuid, 1, &w, NULL), NULL);
    assert_int_equal(sy_runs_merge(paths, 1, w, NULL, NULL, NULL, NULL), SY_E_IO);
    sy_segment_writer_abandon(w);
}

/* A spoilt run is an error with a name, or what is left of it holds. */
static void merge_spoilt(const sy_model *m, char *const *paths, size_t n, bool must_fail)
{
    sy_segment_writer *w;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_segment_writer_open(sy_files_path("spoilt"), sy_model_uuid, 1, &w, NULL), NULL);
    check_ok(sy_model_put_front(m, w), NULL);
    static bool halves;
    char part[300];
    strcpy(part, sy_files_path("tmp-run-part"));
    halves = !halves;
    sy_status st = sy_runs_merge(paths, n, w, halves ? part : NULL, NULL, NULL, &err);
    assert_true(st == SY_OK || st == SY_E_IO);
    if (st != SY_OK)
        assert_non_null(strstr(err.where, "tmp-run-"));
    assert_false(must_fail && st == SY_OK);
    sy_segment_writer_abandon(w);
}

static void test_spoilt(void **state)
{
    (void)state;
    sy_model m;
    sy_model_random(&(sy_model_sizes){40, 1, 12, 12}, &m);
    char *const *paths = write_runs(&m, 2);
    size_t len;
    uint8_t *b = sy_files_read(paths[0], &len);
    for (size_t cut = 0; cut < len; cut++) {
        sy_files_write(paths[0], b, cut);
        merge_spoilt(&m, paths, 2, cut == 0);
    }
    unsigned rounds = sy_rounds(400);
    for (unsigned i = 0; i < rounds; i++) {
        size_t at = sy_random_below((uint32_t)len);
        uint8_t held = b[at];
        b[at] = (uint8_t)(sy_random_below(2) ? sy_random() : held ^ 1u << i % 8);
        sy_files_write(paths[0], b, len);
        b[at] = held;
        merge_spoilt(&m, paths, 2, false);
    }
    free(b);
    sy_model_free(&m);
}

/* Writes a run and merges it, by two threads if there is a path for a part; the status of what
 * failed first. */
static sy_status run_and_merge(const sy_model *m, const char *run, const char *path,
                               const char *part)
{
    char *paths[] = {(char *)(uintptr_t)run};
    sy_segment_writer *w;
    uint64_t len, checksum;
    sy_status st = write_run(m, run, 0, m->n_records);
    assert_int_equal(sy_files_exists(run), st == SY_OK);
    if (st == SY_OK)
        st = sy_segment_writer_open(path, sy_model_uuid, 1, &w, NULL);
    if (st != SY_OK)
        return st;
    st = sy_model_put_front(m, w);
    if (st == SY_OK)
        st = sy_runs_merge(paths, 1, w, part, NULL, NULL, NULL);
    if (st == SY_OK) /* the writer may have met the failure: it tells at the end */
        return sy_segment_writer_finish(w, &len, &checksum, NULL);
    sy_segment_writer_abandon(w);
    return st;
}

/* Each allocation fails, alone or with all that follow, and each operation on files:
 * told, or nothing is missing. */
static void test_failures(void **state)
{
    (void)state;
    sy_model m;
    sy_model_random(&(sy_model_sizes){40, 1, 12, 12}, &m);
    char run[300], path[300], part[300];
    strcpy(run, sy_files_path("tmp-run-9"));
    strcpy(path, sy_files_path("failing"));
    strcpy(part, sy_files_path("tmp-run-part"));
    for (int round = 0; round < 6; round++) {
        int kind = round % 3;
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            unlink(run);
            unlink(path);
            unlink(part);
            if (kind == 2)
                sy_io_fail_at(n, EIO);
            else
                sy_alloc_fail_at(n, kind == 1);
            sy_status st = run_and_merge(&m, run, path, round < 3 ? NULL : part);
            reached = (kind == 2 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            assert_true(st == SY_OK || st == (kind == 2 ? SY_E_IO : SY_E_NOMEM));
            assert_true(st == SY_OK || reached);
            if (st != SY_OK)
                continue;
            sy_segment *seg;
            check_ok(sy_segment_open(path, sy_model_uuid, &seg, NULL), NULL);
            sy_model_check(&m, seg);
            sy_segment_close(seg);
        }
    }
    sy_model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_no_runs),
        cmocka_unit_test(test_spoilt),
        cmocka_unit_test(test_failures),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
