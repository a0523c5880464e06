#include "indexer/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/scoring.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"

enum { MOST_RUNS = 5, MOST_RECORDS = 1000 };

/* The numbers that the model's sets of fields have in runs. */
static sy_field_sets sets;

/* The part of a list with docids in [from, to), as a run has it. */
static uint32_t take_part(const sy_model *m, const sy_model_list *l, sy_docid from, sy_docid to,
                          uint16_t *docs, sy_run_mark *marks)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->docs[i] < from || l->docs[i] >= to)
            continue;
        docs[n] = (uint16_t)(l->docs[i] - from);
        marks[n] = 0;
        if (l->tfs) {
            bool named = l->fields[i] != UINT64_C(1) << m->facts[l->docs[i]].longest;
            marks[n] = sy_run_mark_of(sy_tf_code(l->tfs[i]),
                                      named ? sy_field_sets_add(&sets, l->fields[i], 1) : 0);
        }
        n++;
    }
    return n;
}

/* Writes records [from, to) to a run that has its path. */
static sy_status write_run(const sy_model *m, sy_run *run, sy_docid from, sy_docid to)
{
    static uint16_t docs[MOST_RECORDS];
    static sy_run_mark marks[MOST_RECORDS];
    sy_run_writer w;
    run->first = from;
    run->sets = &sets;
    sy_status st = sy_run_create(run, &w, NULL);
    if (st != SY_OK)
        return st;
    for (size_t i = 0; i < m->n_bigrams; i++) {
        const sy_model_bigram *b = &m->bigrams[i];
        uint32_t n = take_part(m, &b->list, from, to, docs, marks);
        if (n > 0)
            sy_run_bigram(&w, (uint64_t)b->a << 21 | b->b, docs, marks, n);
    }
    for (size_t i = 0; i < m->n_terms; i++) {
        uint32_t n = take_part(m, &m->terms[i].list, from, to, docs, marks);
        if (n > 0)
            sy_run_term(&w, m->terms[i].key, docs, marks, n);
    }
    return sy_run_close(&w, NULL);
}

static sy_run new_run(const char *name)
{
    const char *path = sy_files_path(name);
    unlink(path);
    sy_run run = {.path = sy_strndup(path, strlen(path))};
    assert_non_null(run.path);
    return run;
}

/* n runs with borders at random, some of them empty. */
static void write_runs(const sy_model *m, sy_run *runs, size_t n)
{
    sy_docid from = 0;
    for (size_t i = 0; i < n; i++) {
        char name[] = "tmp-run-0";
        name[8] = (char)('0' + i);
        sy_docid left = m->n_records - from;
        sy_docid to = i + 1 == n ? m->n_records : from + sy_random_below(left + 1);
        runs[i] = new_run(name);
        check_ok(write_run(m, &runs[i], from, to), NULL);
        from = to;
    }
}

static void release_runs(sy_run *runs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sy_run_release(&runs[i]);
}

static void check_merge(const sy_model *m, const sy_run *runs, size_t n, unsigned jobs)
{
    const char *path = sy_files_path("merged");
    sy_segment_writer *w;
    sy_segment *seg;
    uint64_t len, checksum;
    sy_error err;
    sy_error_clear(&err);
    unlink(path);
    check_ok(sy_segment_writer_open(path, sy_model_uuid, 1, &w, &err), &err);
    check_ok(sy_model_put_front(m, w), NULL);
    check_ok(sy_runs_merge(runs, n, w, jobs, NULL, NULL, &err), &err);
    check_ok(sy_segment_writer_finish(w, &len, &checksum, &err), &err);
    check_ok(sy_segment_open(path, sy_model_uuid, &seg, &err), &err);
    sy_model_check(m, seg);
    sy_segment_close(seg);
}

static void test_merge(void **state)
{
    (void)state;
    sy_random_init("test_run");
    static const sy_model_sizes sizes[] = {
        {1, 1, 0, 0},     {1, 1, 1, 0},     {1, 1, 0, 1},       {5, 1, 3, 3},
        {300, 2, 60, 60}, {300, 2, 0, 100}, {700, 2, 200, 200},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t n = 1; n <= MOST_RUNS; n++) {
            sy_model m;
            sy_model_random(&sizes[i], &m);
            sy_run runs[MOST_RUNS];
            write_runs(&m, runs, n);
            for (unsigned jobs = 1; jobs <= 3; jobs++)
                check_merge(&m, runs, n, jobs);
            release_runs(runs, n);
            sy_model_free(&m);
        }
    }
}

static void test_no_runs(void **state)
{
    (void)state;
    sy_segment_writer *w;
    check_ok(sy_segment_writer_open(sy_files_path("none"), sy_model_uuid, 1, &w, NULL), NULL);
    check_ok(sy_runs_merge(NULL, 0, w, 1, NULL, NULL, NULL), NULL);
    sy_segment_writer_abandon(w);
    char missing[] = "/no/such/run";
    sy_run run = {.path = missing};
    check_ok(sy_segment_writer_open(sy_files_path("none"), sy_model_uuid, 1, &w, NULL), NULL);
    assert_int_equal(sy_runs_merge(&run, 1, w, 1, NULL, NULL, NULL), SY_E_IO);
    sy_segment_writer_abandon(w);
}

/* A spoilt run is an error with a name, or what is left of it holds. */
static void merge_spoilt(const sy_model *m, const sy_run *runs, size_t n, bool must_fail)
{
    sy_segment_writer *w;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_segment_writer_open(sy_files_path("spoilt"), sy_model_uuid, 1, &w, NULL), NULL);
    check_ok(sy_model_put_front(m, w), NULL);
    static unsigned jobs;
    jobs = 3 - jobs % 2;
    sy_status st = sy_runs_merge(runs, n, w, jobs - 1, NULL, NULL, &err);
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
    sy_run runs[2];
    sy_model_random(&(sy_model_sizes){40, 1, 12, 12}, &m);
    write_runs(&m, runs, 2);
    size_t len;
    uint8_t *b = sy_files_read(runs[0].path, &len);
    for (size_t cut = 0; cut < len; cut++) {
        sy_files_write(runs[0].path, b, cut);
        merge_spoilt(&m, runs, 2, true);
    }
    unsigned rounds = sy_rounds(400);
    for (unsigned i = 0; i < rounds; i++) {
        size_t at = sy_random_below((uint32_t)len);
        uint8_t held = b[at];
        b[at] = (uint8_t)(sy_random_below(2) ? sy_random() : held ^ 1u << i % 8);
        sy_files_write(runs[0].path, b, len);
        b[at] = held;
        merge_spoilt(&m, runs, 2, false);
    }
    free(b);
    release_runs(runs, 2);
    sy_model_free(&m);
}

/* Writes a run and merges it; the status of what failed first. */
static sy_status run_and_merge(const sy_model *m, sy_run *run, const char *path, unsigned jobs)
{
    sy_segment_writer *w;
    uint64_t len, checksum;
    sy_status st = write_run(m, run, 0, m->n_records);
    assert_int_equal(sy_files_exists(run->path), st == SY_OK);
    if (st == SY_OK)
        st = sy_segment_writer_open(path, sy_model_uuid, 1, &w, NULL);
    if (st != SY_OK)
        return st;
    st = sy_model_put_front(m, w);
    if (st == SY_OK)
        st = sy_runs_merge(run, 1, w, jobs, NULL, NULL, NULL);
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
    char path[300];
    strcpy(path, sy_files_path("failing"));
    for (int round = 0; round < 6; round++) {
        int kind = round % 3;
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            sy_run run = new_run("tmp-run-9");
            unlink(path);
            if (kind == 2)
                sy_io_fail_at(n, EIO);
            else
                sy_alloc_fail_at(n, kind == 1);
            sy_status st = run_and_merge(&m, &run, path, round < 3 ? 1 : 2);
            reached = (kind == 2 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            sy_run_release(&run);
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
