#include "indexer/inverter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "indexer/run.h"
#include "store/format.h"
#include "store/term_key.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/model.h"
#include "tests/support/naive_inverter.h"

enum { MOST_RUNS = 2000 };

static const sy_grams no_grams; /* tests/model/test_grams.c has some */

/* Fields 0 to 4, one of each kind. */
static void fill_schema(sy_schema *s)
{
    static const char *const names[] = {"text", "unit", "number", "day", "mark"};
    for (int kind = SY_FIELD_TEXT; kind <= SY_FIELD_KEYWORD; kind++) {
        sy_field_id id;
        check_ok(sy_schema_add(s, names[kind], strlen(names[kind]), NULL, (sy_field_kind)kind, &id,
                               NULL),
                 NULL);
    }
}

/* Text that runs into every rule: characters of one to four bytes, marks, numbers,
 * white space, paragraph ends, what is folded, what is no UTF-8. */
static sy_slice random_text(sy_model *m, uint32_t most)
{
    static const char *const parts[] = {
        "资金",   "短缺",  "区商投局", "发展和改革局", "无",   "。",     "①",         "１０．１％",
        "ABC",    "pm2.5", "公司",     "2024年",       " ",    "\n",     "\r\n",      "\u3000",
        "𠀀",     "é",     "e\u0301",  "，",           "責任", "ﬁ",      "\xFF",      "\0",
        "\u2028", "、",    "10.1",     "臺灣",         "-",    "\uFFFD", "\U0010FFFF"};
    uint32_t n = sy_random_below(most + 1);
    char *text = sy_model_alloc(m, (size_t)n * 20 + 1);
    size_t len = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *p = parts[sy_random_below(sizeof parts / sizeof *parts)];
        size_t size = *p ? strlen(p) : 1;
        memcpy(text + len, p, size);
        len += size;
    }
    return (sy_slice){text, len};
}

static void random_records(sy_model *m, uint32_t n, uint32_t most)
{
    *m = (sy_model){.n_records = n, .n_docs = 1};
    m->docs = sy_model_alloc(m, sizeof *m->docs);
    m->docs[0] = (sy_segment_doc){.source = {"x", 1}, .n_records = n};
    m->records = sy_model_alloc(m, n * sizeof *m->records);
    for (uint32_t d = 0; d < n; d++) {
        sy_stored *r = &m->records[d];
        r->n_values = sy_random_below(7);
        r->values = sy_model_alloc(m, r->n_values * sizeof *r->values);
        for (size_t i = 0; i < r->n_values; i++) {
            r->values[i].field = (sy_field_id)(i < 2 ? i / 2 : i - 1);
            r->values[i].ordinal = i == 1;
            r->values[i].text = random_text(m, sy_random_below(40) ? most : most * 20);
            r->values[i].coded = r->values[i].text;
        }
    }
}

static sy_run runs[MOST_RUNS];
static sy_field_sets sets; /* of the runs */

static void flush(sy_inverter *inv, size_t *n_runs)
{
    assert_true(*n_runs < MOST_RUNS);
    char name[24];
    sprintf(name, "tmp-run-%zu", *n_runs);
    sy_run *run = &runs[(*n_runs)++];
    *run = (sy_run){.sets = &sets};
    run->path = sy_strndup(sy_files_path(name), strlen(sy_files_path(name)));
    assert_non_null(run->path);
    unlink(run->path);
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_inverter_flush(inv, run, &err), &err);
    assert_true(sy_inverter_empty(inv));
}

/* Inverts the model's records, flushing when full and at random; returns the runs. */
static size_t invert(sy_model *m, const sy_schema *schema, size_t budget, uint32_t often)
{
    sy_inverter *inv;
    sy_error err;
    size_t n_runs = 0;
    sy_error_clear(&err);
    check_ok(sy_inverter_new(0, NULL, &no_grams, schema, budget, &inv, &err), &err);
    assert_true(sy_inverter_empty(inv));
    for (sy_docid d = 0; d < m->n_records; d++) {
        if (!sy_inverter_empty(inv) && (sy_inverter_full(inv) || sy_random_below(often) == 0))
            flush(inv, &n_runs);
        sy_record_facts facts;
        check_ok(sy_inverter_add(inv, d, &m->records[d], &facts, &err), &err);
        assert_int_equal(facts.length, m->facts[d].length);
        assert_int_equal(facts.longest, m->facts[d].longest);
    }
    m->n_sets = sy_field_sets_top(sy_inverter_sets(inv), m->sets, SY_FIELD_SETS_MAX);
    if (!sy_inverter_empty(inv))
        flush(inv, &n_runs);
    sets = *sy_inverter_sets(inv);
    sy_inverter_free(inv);
    return n_runs;
}

static void check_lists(const sy_model *m, size_t n_runs)
{
    const char *path = sy_files_path("segment");
    sy_segment_writer *w;
    sy_segment *seg;
    uint64_t len, checksum;
    unlink(path);
    check_ok(sy_segment_writer_open(path, sy_model_uuid, 1, &w, NULL), NULL);
    check_ok(sy_model_put_front(m, w), NULL);
    check_ok(sy_runs_merge(runs, n_runs, w, 1 + (unsigned)n_runs % 3, NULL, NULL, NULL), NULL);
    check_ok(sy_segment_writer_finish(w, &len, &checksum, NULL), NULL);
    check_ok(sy_segment_open(path, sy_model_uuid, &seg, NULL), NULL);
    sy_model_check(m, seg);
    sy_segment_close(seg);
    for (size_t i = 0; i < n_runs; i++)
        sy_run_release(&runs[i]);
}

static void test_against_naive(void **state)
{
    (void)state;
    sy_random_init("test_inverter");
    sy_schema schema = SY_SCHEMA_INIT;
    fill_schema(&schema);
    static const uint32_t sizes[] = {1, 2, 40, 127, 128, 129, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        sy_model m;
        random_records(&m, sizes[i], 12);
        sy_naive_invert(&m, &schema, 0, NULL);
        check_lists(&m, invert(&m, &schema, SIZE_MAX, UINT32_MAX));
        check_lists(&m, invert(&m, &schema, SIZE_MAX, 30));
        check_lists(&m, invert(&m, &schema, 0, UINT32_MAX)); /* each record a run */
        sy_model_free(&m);
    }
    sy_schema_release(&schema);
}

/* A full inverter has room again once it is flushed: memory that is kept must not
 * fill the budget by itself, or every record from then on would be a run. */
static void test_budget(void **state)
{
    (void)state;
    enum { BUDGET = 1 << 20, N_RECORDS = 4000 };
    sy_schema schema = SY_SCHEMA_INIT;
    fill_schema(&schema);
    sy_inverter *inv;
    check_ok(sy_inverter_new(0, NULL, &no_grams, &schema, BUDGET, &inv, NULL), NULL);
    size_t n_runs = 0, since = 0, least = SIZE_MAX;
    for (sy_docid d = 0; d < N_RECORDS; d++) {
        sy_buf text = SY_BUF_INIT;
        for (int i = 0; i < 60; i++)
            sy_buf_put_cp(&text, 0x4E00 + sy_random_below(20000));
        sy_stored_value value = {.field = 0, .text = {text.data, text.len}};
        sy_stored record = {.values = &value, .n_values = 1};
        if (sy_inverter_full(inv)) {
            flush(inv, &n_runs);
            assert_false(sy_inverter_full(inv));
            least = since < least ? since : least;
            since = 0;
        }
        sy_record_facts facts;
        check_ok(sy_inverter_add(inv, d, &record, &facts, NULL), NULL);
        since++;
        sy_buf_release(&text);
    }
    sy_inverter_free(inv);
    assert_in_range(n_runs, 2, N_RECORDS / 50);
    assert_true(least > 50);
    for (size_t i = 0; i < n_runs; i++)
        sy_run_release(&runs[i]);
    sy_schema_release(&schema);
}

/* Words and values just as long as a term may be, and one byte longer. */
static void test_overlong(void **state)
{
    (void)state;
    sy_schema schema = SY_SCHEMA_INIT;
    fill_schema(&schema);
    for (size_t len = SY_TERM_KEY_MAX - 6; len <= SY_TERM_KEY_MAX + 2; len++) {
        for (sy_field_id field = 0; field < 5; field++) {
            sy_model m;
            random_records(&m, 1, 0);
            char *text = sy_model_alloc(&m, len);
            memset(text, 'x', len);
            m.records[0].values = sy_model_alloc(&m, sizeof *m.records[0].values);
            m.records[0].values[0] =
                (sy_stored_value){.field = field, .text = {text, len}, .coded = {text, len}};
            m.records[0].n_values = 1;
            sy_naive_invert(&m, &schema, 0, NULL);
            check_lists(&m, invert(&m, &schema, SIZE_MAX, UINT32_MAX));
            sy_model_free(&m);
        }
    }
    sy_schema_release(&schema);
}

static sy_status add_and_flush(const sy_model *m, const sy_schema *schema, sy_run *run)
{
    sy_inverter *inv;
    sy_status st = sy_inverter_new(0, NULL, &no_grams, schema, SIZE_MAX, &inv, NULL);
    sy_record_facts facts;
    for (sy_docid d = 0; d < m->n_records && st == SY_OK; d++)
        st = sy_inverter_add(inv, d, &m->records[d], &facts, NULL);
    if (st == SY_OK)
        st = sy_inverter_flush(inv, run, NULL);
    if (st == SY_OK)
        sets = *sy_inverter_sets(inv);
    sy_inverter_free(inv);
    return st;
}

/* Each allocation fails, alone or with all that follow, and each operation on files:
 * told, or the lists are whole. */
static void test_failures(void **state)
{
    (void)state;
    sy_schema schema = SY_SCHEMA_INIT;
    fill_schema(&schema);
    sy_model m;
    random_records(&m, 40, 12);
    sy_naive_invert(&m, &schema, 0, NULL);
    const char *path = sy_files_path("failing");
    for (int kind = 0; kind < 3; kind++) {
        bool reached = true;
        for (unsigned long n = 1; reached; n++) {
            runs[0] = (sy_run){.path = sy_strndup(path, strlen(path)), .sets = &sets};
            assert_non_null(runs[0].path);
            if (kind == 2)
                sy_io_fail_at(n, ENOSPC);
            else
                sy_alloc_fail_at(n, kind == 1);
            sy_status st = add_and_flush(&m, &schema, &runs[0]);
            reached = (kind == 2 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            assert_int_equal(sy_files_exists(runs[0].path), st == SY_OK);
            assert_true(st == SY_OK || st == (kind == 2 ? SY_E_IO : SY_E_NOMEM));
            assert_true(st == SY_OK || reached);
            if (st == SY_OK)
                check_lists(&m, 1);
            else
                sy_run_release(&runs[0]);
        }
    }
    sy_model_free(&m);
    sy_schema_release(&schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_overlong),
        cmocka_unit_test(test_failures),
    };
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
