#include "indexer/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static const char *source_name(size_t i)
{
    static char name[32];
    snprintf(name, sizeof name, "doc-%zu", i);
    return name;
}

/* Adds a record whose key tells its place; `len` bytes of text. */
static void add(sy_spool *spool, uint32_t number, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, 'a' + (int)(number % 26), len);
    char key[16];
    int n = snprintf(key, sizeof key, "%u", number);
    sy_record_value values[] = {{.field = 2, .text = {text, len}}, {.field = 1, .text = {"x", 1}}};
    sy_record record = {.key = {key, (size_t)n}, .line = number, .values = values, .n_values = 2};
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_spool_add(spool, &record, &err), &err);
    free(text);
}

static void keep(sy_spool *spool, size_t doc)
{
    char reader[] = "jsonl";
    sy_segment_doc d = {.source = sy_slice_of(source_name(doc)),
                        .reader = sy_slice_of(reader),
                        .size = doc + 100,
                        .first = 77,
                        .n_records = 88};
    check_ok(sy_spool_keep(spool, &d, NULL), NULL);
    reader[0] = 'X'; /* strings were copied */
}

/* Reads places [first, end): docids and keys go on from *next. */
static void check_range(const sy_spool *spool, size_t first, size_t end, uint32_t *next,
                        const uint32_t *numbers)
{
    sy_spool_reader r;
    sy_stored record = {0};
    sy_spool_read(spool, first, end, &r);
    for (;;) {
        sy_docid docid;
        bool more;
        sy_error err;
        sy_error_clear(&err);
        check_ok(sy_spool_next(&r, &more, &docid, &record, &err), &err);
        if (!more)
            break;
        assert_int_equal(docid, *next);
        assert_int_equal(record.line, numbers[*next]);
        assert_int_equal(record.n_values, 2);
        assert_int_equal(record.values[0].field, 1); /* in the order of fields */
        assert_int_equal(record.values[1].field, 2);
        assert_true(sy_slice_equal(record.values[1].text, record.values[1].coded));
        ++*next;
    }
    sy_stored_release(&record);
}

/* Documents of 0 to some records, each third not kept; ranges of places cover all. */
static void check_documents(size_t n_docs, uint32_t most, size_t text)
{
    sy_spool spool;
    const char *dir = sy_files_folder("spool");
    static uint32_t numbers[20000];
    uint32_t number = 0, kept = 0;
    uint64_t sizes = 0;
    size_t n_kept = 0;
    check_ok(sy_spool_open(dir, &spool, NULL), NULL);
    for (size_t i = 0; i < n_docs; i++) {
        sy_spool_begin(&spool);
        uint32_t n = sy_random_below(4) ? sy_random_below(most + 1) : 0;
        bool keeps = i % 3 != 1;
        for (uint32_t k = 0; k < n; k++) {
            if (keeps)
                numbers[kept++] = number;
            add(&spool, number++, text);
        }
        if (keeps) {
            keep(&spool, i);
            n_kept++;
            sizes += n * (text + 1);
        }
    }
    check_ok(sy_spool_finish(&spool, NULL), NULL);
    assert_int_equal(spool.n_docs, n_kept);
    assert_int_equal(spool.n_records, kept);
    assert_true(spool.text_bytes >= sizes);
    sy_docid first = 0;
    for (size_t i = 0; i < n_kept; i++) {
        const sy_segment_doc *d = &spool.docs[i].doc;
        assert_int_equal(d->first, first);
        first += d->n_records;
        check_slice(d->source, source_name(d->size - 100));
        check_slice(d->reader, "jsonl");
    }
    assert_int_equal(first, kept);
    uint32_t next = 0;
    check_range(&spool, 0, spool.n_places, &next, numbers);
    assert_int_equal(next, kept);
    next = 0;
    for (size_t from = 0; from < spool.n_places;) {
        size_t to = from + 1 + sy_random_below(3);
        check_range(&spool, from, to < spool.n_places ? to : spool.n_places, &next, numbers);
        from = to;
    }
    assert_int_equal(next, kept);
    sy_spool_release(&spool);
    assert_int_equal(sy_files_count(dir, "tmp-"), 0);
}

static void test_documents(void **state)
{
    (void)state;
    sy_random_init("test_spool");
    check_documents(0, 0, 0);
    check_documents(1, 0, 1);
    for (unsigned i = 0; i < 40; i++)
        check_documents(1 + sy_random_below(12), sy_random_below(9), sy_random_below(300));
    /* More than a MiB in a document: places inside it. */
    check_documents(3, 60, 90000);
    check_documents(9, 30, 200000);
}

static void test_too_long(void **state)
{
    (void)state;
    sy_spool spool;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_spool_open(sy_files_folder("long"), &spool, NULL), NULL);
    sy_spool_begin(&spool);
    add(&spool, 0, 1);
    char *text = calloc(1, SY_RECORD_MAX + 1);
    assert_non_null(text);
    sy_record_value value = {.field = 0, .text = {text, SY_RECORD_MAX + 1}};
    sy_record record = {.values = &value, .n_values = 1};
    assert_int_equal(sy_spool_add(&spool, &record, &err), SY_E_LIMIT);
    assert_non_null(strstr(err.msg, "64 MiB"));
    free(text);
    add(&spool, 1, 1); /* nothing was added in between */
    keep(&spool, 0);
    check_ok(sy_spool_finish(&spool, NULL), NULL);
    uint32_t next = 0;
    check_range(&spool, 0, spool.n_places, &next, (const uint32_t[]){0, 1});
    assert_int_equal(next, 2);
    sy_spool_release(&spool);
}

/* Values of one field keep their order; fields come in theirs. */
static void test_value_order(void **state)
{
    (void)state;
    sy_spool spool;
    check_ok(sy_spool_open(sy_files_folder("order"), &spool, NULL), NULL);
    sy_spool_begin(&spool);
    static const sy_field_id fields[] = {9, 4095, 0, 9, 3, 0, 9};
    static const char *const want = "2:0 5:0 4:3 0:9 3:9 6:9 1:4095 ";
    sy_record_value values[7];
    static const char digits[] = "0123456";
    for (size_t i = 0; i < 7; i++)
        values[i] = (sy_record_value){.field = fields[i], .text = {digits + i, 1}};
    check_ok(sy_spool_add(&spool, &(sy_record){.values = values, .n_values = 7}, NULL), NULL);
    check_ok(sy_spool_add(&spool, &(sy_record){.key = {"k", 1}}, NULL), NULL);
    keep(&spool, 0);
    check_ok(sy_spool_finish(&spool, NULL), NULL);
    sy_spool_reader r;
    sy_docid docid;
    bool more;
    sy_stored record = {0};
    sy_buf got = SY_BUF_INIT;
    sy_spool_read(&spool, 0, spool.n_places, &r);
    check_ok(sy_spool_next(&r, &more, &docid, &record, NULL), NULL);
    assert_true(more);
    for (size_t i = 0; i < record.n_values; i++)
        sy_buf_printf(&got, "%.1s:%u ", record.values[i].text.data, record.values[i].field);
    assert_string_equal(sy_buf_cstr(&got), want);
    check_ok(sy_spool_next(&r, &more, &docid, &record, NULL), NULL);
    assert_true(more);
    assert_int_equal(record.n_values, 0);
    sy_buf_release(&got);
    sy_stored_release(&record);
    sy_spool_release(&spool);
}

static sy_status fill(const char *dir, sy_spool *spool, bool *open)
{
    sy_status st = sy_spool_open(dir, spool, NULL);
    *open = st == SY_OK;
    for (uint32_t d = 0; d < 12 && st == SY_OK; d++) {
        sy_record_value value = {.field = 0, .text = {"text", 4}};
        sy_record record = {.values = &value, .n_values = 1};
        sy_segment_doc doc = {.source = {"s", 1}, .reader = {"r", 1}};
        sy_spool_begin(spool);
        st = sy_spool_add(spool, &record, NULL);
        if (st == SY_OK)
            st = sy_spool_keep(spool, &doc, NULL);
    }
    return st == SY_OK ? sy_spool_finish(spool, NULL) : st;
}

static void test_failures(void **state)
{
    (void)state;
    const char *dir = sy_files_folder("failing");
    for (int kind = 0; kind < 3; kind++) {
        bool reached = true;
        unsigned long n = 1;
        for (; reached; n++) {
            sy_spool spool;
            bool open;
            if (kind == 2)
                sy_io_fail_at(n, ENOSPC);
            else
                sy_alloc_fail_at(n, kind == 1);
            sy_status st = fill(dir, &spool, &open);
            reached = (kind == 2 ? sy_io_fail_at(0, 0) : sy_alloc_fail_at(0, false)) >= n;
            assert_true(st == SY_OK || (reached && st == (kind == 2 ? SY_E_IO : SY_E_NOMEM)));
            if (st == SY_OK)
                assert_int_equal(spool.n_records, 12);
            if (open) /* otherwise nothing is held */
                sy_spool_release(&spool);
            assert_int_equal(sy_files_count(dir, "tmp-"), 0);
        }
        assert_true(n > 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_value_order),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
