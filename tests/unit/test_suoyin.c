/* The public header: an index made and asked through it alone. */
#include "include/suoyin.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static const char records[] =
    "{\"id\":\"1\",\"unit\":[\"区商投局\",\"区财政局\"],\"status\":\"资金短缺，资金\"}\n"
    "{\"id\":\"2\",\"unit\":[\"区商投局\"],\"status\":\"无\"}\n"
    "{\"id\":\"3\",\"status\":\"\"}\n"
    "not json\n";

static char dir[512], docs[512];

static void check_public(suoyin_status st, const suoyin_error *err)
{
    if (st != SUOYIN_OK)
        fail_msg("status %d: %s", (int)st, err->message);
}

typedef struct told {
    unsigned n[3];
} told;

static void on_report(void *ctx, suoyin_report_kind kind, const char *source, uint32_t line,
                      const char *message)
{
    told *t = ctx;
    t->n[kind]++;
    assert_true(source && line > 0 && message[0] != '\0');
}

static int make(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s", sy_files_path("made"));
    snprintf(docs, sizeof docs, "%s", sy_files_path("docs.jsonl"));
    sy_files_write(docs, records, strlen(records));
    const char *paths[] = {docs};
    told t = {{0}};
    suoyin_build build = {.jobs = 1, .report = on_report, .ctx = &t};
    suoyin_summary sum;
    suoyin_error err;
    check_public(suoyin_index_documents(dir, paths, 1, &build, &sum, &err), &err);
    assert_int_equal(sum.records, 3);
    assert_int_equal(sum.total_documents, 1);
    assert_true(t.n[SUOYIN_SKIPPED] == 1 || t.n[SUOYIN_REPLACED] == 1);
    check_public(suoyin_index_documents(dir, paths, 1, NULL, &sum, NULL), &err);
    assert_int_equal(sum.kept_documents, 1);
    return 0;
}

static suoyin_index *open_it(void)
{
    suoyin_index *index;
    suoyin_error err;
    check_public(suoyin_open(dir, &index, &err), &err);
    return index;
}

static suoyin_query *ask(const suoyin_index *index, const char *expr)
{
    suoyin_query *query;
    suoyin_error err;
    check_public(suoyin_ask(index, &expr, 1, 0, &query, &err), &err);
    return query;
}

static void test_about(void **state)
{
    (void)state;
    suoyin_index *index = open_it();
    const suoyin_info *about = suoyin_about(index);
    assert_int_equal(about->n_records, 3);
    assert_int_equal(about->n_documents, 1);
    assert_true(about->committed_ns > 0 && about->generation > 0 && about->icu[0] != '\0');
    unsigned field;
    check_public(suoyin_find_field(index, "责任单位", &field, NULL), NULL);
    assert_string_equal(about->fields[field].name, "unit");
    assert_string_equal(about->fields[field].kind, "names");
    check_public(suoyin_find_field(index, "key", &field, NULL), NULL);
    assert_int_equal(field, SUOYIN_FIELD_KEY);
    suoyin_error err;
    assert_int_equal(suoyin_find_field(index, "没有", &field, &err), SUOYIN_INPUT);
    assert_string_equal(err.message, "there is no field '没有'");
    suoyin_close(index);
}

static void test_hits(void **state)
{
    (void)state;
    suoyin_index *index = open_it();
    suoyin_query *query = ask(index, "status:资金 unit:商投局");
    const suoyin_hit *hit;
    suoyin_error err;
    check_public(suoyin_next(query, &hit, &err), &err);
    assert_int_equal(hit->key.len, 1);
    assert_int_equal(hit->key.data[0], '1');
    assert_int_equal(hit->line, 1);
    assert_int_equal(hit->source.len, strlen(docs));
    assert_int_equal(hit->n_values, 3);
    assert_int_equal(hit->n_matches, 3);
    size_t n_units = 0, n_places = 0;
    for (size_t i = 0; i < hit->n_matches; i++) {
        const suoyin_match *m = &hit->matches[i];
        for (size_t k = 0; k < hit->n_values; k++) {
            const suoyin_value *v = &hit->values[k];
            if (v->field != m->field || v->ordinal != m->ordinal)
                continue;
            sy_slice place = {v->text.data + m->start, m->end - m->start};
            n_units += sy_slice_equal(place, sy_slice_of("区商投局")) ||
                       sy_slice_equal(place, sy_slice_of("商投局"));
            n_places += sy_slice_equal(place, sy_slice_of("资金"));
        }
    }
    assert_int_equal(n_units, 1);
    assert_int_equal(n_places, 2);
    for (int i = 0; i < 2; i++) { /* the end stays the end */
        check_public(suoyin_next(query, &hit, &err), &err);
        assert_null(hit);
    }
    uint64_t count;
    check_public(suoyin_count(query, &count, NULL), &err);
    assert_int_equal(count, 0);
    check_public(suoyin_rewind(query, NULL), &err);
    check_public(suoyin_count(query, &count, NULL), &err);
    assert_int_equal(count, 1);
    suoyin_query_close(query);
    suoyin_close(index);
}

static void test_any_and_counts(void **state)
{
    (void)state;
    suoyin_index *index = open_it();
    const char *exprs[] = {"资金短缺", "key:3"};
    suoyin_query *query;
    suoyin_error err;
    uint64_t count;
    check_public(suoyin_ask(index, exprs, 2, 0, &query, &err), &err);
    check_public(suoyin_count(query, &count, &err), &err);
    assert_int_equal(count, 0);
    suoyin_query_close(query);
    check_public(suoyin_ask(index, exprs, 2, SUOYIN_ANY, &query, &err), &err);
    check_public(suoyin_count(query, &count, &err), &err);
    assert_int_equal(count, 2);
    suoyin_query_close(query);

    query = ask(index, "*");
    unsigned unit;
    const suoyin_facets *counts;
    check_public(suoyin_find_field(index, "unit", &unit, &err), &err);
    for (int i = 0; i < 2; i++) {
        check_public(suoyin_rewind(query, &err), &err);
        check_public(suoyin_count_by(query, unit, &counts, &err), &err);
        assert_int_equal(counts->n, 2);
        assert_int_equal(counts->items[0].count, 2);
        assert_int_equal(counts->without, 1);
    }
    assert_int_equal(suoyin_count_by(query, 4000, &counts, &err), SUOYIN_INPUT);
    assert_null(counts);
    suoyin_query_close(query);
    suoyin_close(index);
}

/* The keys of what is left, in order. */
static const char *keys_of(suoyin_query *query, double *least_score)
{
    static char keys[16];
    size_t n = 0;
    const suoyin_hit *hit;
    suoyin_error err;
    for (*least_score = 1e9;; n++) {
        check_public(suoyin_next(query, &hit, &err), &err);
        if (!hit)
            break;
        assert_true(hit->key.len == 1 && n + 1 < sizeof keys);
        keys[n] = hit->key.data[0];
        *least_score = hit->score < *least_score ? hit->score : *least_score;
    }
    keys[n] = '\0';
    return keys;
}

static void test_orders(void **state)
{
    (void)state;
    suoyin_index *index = open_it();
    suoyin_error err;
    suoyin_query *query;
    double score;
    uint64_t count;
    const char *exprs[] = {"无", "资金短缺"};
    check_public(suoyin_ask(index, exprs, 2, SUOYIN_ANY, &query, &err), &err);
    assert_string_equal(keys_of(query, &score), "12");
    assert_true(score == 0);
    check_public(suoyin_best(query, 9, &err), &err);
    assert_string_equal(keys_of(query, &score), "12");
    assert_true(score > 0);
    check_public(suoyin_best(query, 1, &err), &err);
    for (int i = 0; i < 2; i++) { /* an order stays */
        assert_string_equal(keys_of(query, &score), "1");
        check_public(suoyin_rewind(query, &err), &err);
    }
    check_public(suoyin_count(query, &count, &err), &err);
    assert_int_equal(count, 1);
    assert_string_equal(keys_of(query, &score), ""); /* it went to the end */
    check_public(suoyin_rewind(query, &err), &err);
    assert_int_equal(suoyin_best(query, 0, &err), SUOYIN_INPUT);
    assert_int_equal(suoyin_best(query, SUOYIN_BEST_MAX + 1, &err), SUOYIN_INPUT);
    assert_string_equal(err.message, "the best can be 1 to 1000000, not 1000001");
    assert_int_equal(suoyin_sort(query, 4000, 0, &err), SUOYIN_INPUT);
    assert_string_equal(keys_of(query, &score), "1"); /* as it was before the failures */
    suoyin_query_close(query);

    query = ask(index, "*");
    unsigned status;
    check_public(suoyin_find_field(index, "存在问题", &status, &err), &err);
    check_public(suoyin_sort(query, status, 0, &err), &err);
    assert_string_equal(keys_of(query, &score), "213"); /* 无, 资, none */
    assert_true(score == 0);
    check_public(suoyin_sort(query, status, 1, &err), &err);
    assert_string_equal(keys_of(query, &score), "123");
    check_public(suoyin_sort(query, SUOYIN_FIELD_LINE, 1, &err), &err);
    assert_string_equal(keys_of(query, &score), "321");
    check_public(suoyin_rewind(query, &err), &err);
    check_public(suoyin_count(query, &count, &err), &err);
    assert_int_equal(count, 3);
    check_public(suoyin_count(query, &count, &err), &err);
    assert_int_equal(count, 0);
    check_public(suoyin_best(query, 2, &err), &err);
    assert_string_equal(keys_of(query, &score), "12");
    suoyin_query_close(query);
    suoyin_close(index);
}

static void test_failures(void **state)
{
    (void)state;
    suoyin_error err;
    suoyin_index *none;
    assert_int_equal(suoyin_open(sy_files_path("nowhere"), &none, &err), SUOYIN_IO);
    assert_null(none);
    assert_true(err.sys != 0 && err.where[0] != '\0' && err.message[0] != '\0');
    assert_int_equal(suoyin_open(sy_files_path("nowhere"), &none, NULL), SUOYIN_IO);
    const char *missing[] = {sy_files_path("nothing")};
    assert_int_equal(suoyin_index_documents(dir, missing, 1, NULL, NULL, &err), SUOYIN_INPUT);
    assert_int_equal(suoyin_index_documents(dir, missing, 0, NULL, NULL, &err), SUOYIN_INPUT);
    suoyin_index *index = open_it();
    const char *exprs[] = {"好", "unit:(商投局"};
    suoyin_query *query;
    assert_int_equal(suoyin_ask(index, exprs, 2, 0, &query, &err), SUOYIN_INPUT);
    assert_null(query);
    assert_int_equal(err.expr, 1);
    assert_true(err.end <= strlen(exprs[1]) && err.expected[0] != '\0');
    assert_int_equal(suoyin_ask(index, exprs, 0, 0, &query, &err), SUOYIN_INPUT);
    assert_string_equal(err.message, "no expression given");
    assert_int_equal(suoyin_ask(index, exprs, 1, 8, &query, &err), SUOYIN_INPUT);
    suoyin_query_close(NULL);
    suoyin_close(index);
    suoyin_close(NULL);
}

int main(void)
{
    sy_files_in_memory();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_about),          cmocka_unit_test(test_hits),
        cmocka_unit_test(test_any_and_counts), cmocka_unit_test(test_orders),
        cmocka_unit_test(test_failures),
    };
    int failed = cmocka_run_group_tests(tests, make, NULL);
    sy_scratch_remove();
    return failed;
}
