/* Reading fails in the middle of a document, as a bad disk does, and parts of archives are
 * damaged in the middle: that document is named with the reason, the others are indexed,
 * nothing of its first half is, and the next run has it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/small_index.h"

enum { DOCS = 4, TEXT = 2 };
static const char *const names[DOCS] = {"a.docx", "b.csv", "c.txt", "d.jsonl"};
static const uint64_t records[DOCS] = {2, 2, 220, 1};
static char docs[320], dir[320];

/* What a run tells. */
typedef struct told {
    char source[340], message[300];
    int skipped;
} told;

static void on_report(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                      const char *message)
{
    told *t = ctx;
    (void)line;
    if (kind != SY_REPORT_SKIPPED)
        return;
    t->skipped++;
    snprintf(t->source, sizeof t->source, "%s", source);
    snprintf(t->message, sizeof t->message, "%s", message);
}

static sy_status run(told *t, sy_index_summary *sum, sy_error *err)
{
    const char *path = docs;
    sy_index_options options = {.dir = dir, .jobs = 1, .ctx = t, .report = on_report};
    *t = (told){.skipped = 0};
    sy_error_clear(err);
    return sy_index_paths(&options, &path, 1, sum, err);
}

static void write_doc(const char *name, const sy_buf *bytes)
{
    char path[340];
    snprintf(path, sizeof path, "%s/%s", docs, name);
    sy_test_write(path, bytes->data, bytes->len);
}

/* A text of several pieces of reading, which is of another version each time. */
static void write_text(const char *version)
{
    sy_buf text = SY_BUF_INIT;
    for (uint64_t i = 0; i < records[TEXT]; i++)
        sy_buf_printf(&text, "第%llu段，版本%s：%0900d。\n", (unsigned long long)i, version, 0);
    assert_true(text.len > 3 * SY_READ_PIECE);
    write_doc(names[TEXT], &text);
    sy_buf_release(&text);
}

static void prepare(void)
{
    static const sy_doc_cell cells[] = {{"序号", 1, 1}, {"工作目标", 1, 1}, {"责任单位", 1, 1},
                                        {"1", 1, 1},    {"修路。", 1, 1},   {"区交通局", 1, 1},
                                        {"2", 1, 1},    {"植树。", 1, 1},   {"区林业局", 1, 1}};
    static const sy_doc_table table = {NULL, 0, cells, 3, 3};
    sy_buf docx = SY_BUF_INIT, csv = SY_BUF_INIT, jsonl = SY_BUF_INIT;
    sy_scratch_path(docs, "docs");
    sy_scratch_path(dir, "index");
    sy_test_remove(docs);
    sy_test_remove(dir);
    assert_int_equal(sy_make_dirs(docs, NULL), SY_OK);
    sy_doc_docx(&table, &docx);
    sy_doc_csv(&table, &csv);
    sy_buf_puts(&jsonl, "{\"id\":\"x\",\"status\":\"无\"}\n");
    write_doc(names[0], &docx);
    write_doc(names[1], &csv);
    write_doc(names[3], &jsonl);
    write_text("一");
    sy_buf_release(&docx);
    sy_buf_release(&csv);
    sy_buf_release(&jsonl);
}

static uint64_t all_records(void)
{
    uint64_t n = 0;
    for (int i = 0; i < DOCS; i++)
        n += records[i];
    return n;
}

/* Which of the documents a run left out, for the reason that was made; DOCS: it could not
 * look into their folder. */
static int left_out(const told *t)
{
    const char *slash = strrchr(t->source, '/');
    if (strcmp(t->source, docs) == 0)
        return DOCS;
    assert_int_equal(t->skipped, 1);
    assert_non_null(slash);
    assert_non_null(strstr(t->message, strerror(EIO)));
    for (int i = 0; i < DOCS; i++) {
        if (strcmp(slash + 1, names[i]) == 0)
            return i;
    }
    fail_msg("%s: %s", t->source, t->message);
    return -1;
}

/* In a new index, each operation on files fails once. */
static void test_build(void **state)
{
    (void)state;
    int times[DOCS + 1] = {0};
    bool reached = true;
    prepare();
    for (unsigned long n = 1; reached; n++) {
        told t;
        sy_error err;
        sy_index_summary sum;
        sy_test_remove(dir);
        sy_io_fail_at(n, EIO);
        sy_status st = run(&t, &sum, &err);
        reached = sy_io_fail_at(0, 0) >= n;
        if (st == SY_OK && t.skipped > 0) {
            int doc = left_out(&t);
            times[doc]++;
            assert_int_equal(sum.total_documents, doc < DOCS ? DOCS - 1 : 0);
            assert_int_equal(sum.total_records, doc < DOCS ? all_records() - records[doc] : 0);
        } else if (st == SY_OK) {
            assert_int_equal(sum.total_records, all_records());
        } else {
            assert_int_equal(err.status, st);
            assert_int_equal(err.sys, EIO);
        }
        if (st == SY_OK && t.skipped == 0)
            continue;
        check_ok(run(&t, &sum, &err), &err);
        assert_int_equal(t.skipped, 0);
        assert_int_equal(sum.total_records, all_records());
    }
    for (int i = 0; i < DOCS; i++)
        assert_true(times[i] >= (i == TEXT ? 4 : 2)); /* opened, and read to its end */
}

/* In an index that has the documents, one that cannot be read stays as it was. */
static void test_update(void **state)
{
    (void)state;
    char before[320];
    int kept = 0;
    bool reached = true;
    told t;
    sy_error err;
    sy_index_summary sum;
    prepare();
    check_ok(run(&t, &sum, &err), &err);
    sy_test_copy(dir, sy_scratch_path(before, "before"));
    write_text("二");
    for (unsigned long n = 1; reached; n++) {
        sy_test_remove(dir);
        sy_test_copy(before, dir);
        sy_io_fail_at(n, EIO);
        sy_status st = run(&t, &sum, &err);
        reached = sy_io_fail_at(0, 0) >= n;
        if (st == SY_OK && t.skipped > 0) {
            int doc = left_out(&t);
            bool looked = strstr(t.message, "cannot look at") != NULL;
            assert_true(doc == DOCS || looked || strstr(t.message, "of the last reading stay"));
            kept += doc == TEXT && !looked;
        }
        if (st == SY_OK)
            assert_int_equal(sum.total_records, all_records());
    }
    assert_true(kept >= 4);
}

/* A part of an archive whose bytes are wrong in the middle, behind rows that were read. */
static void test_archive(void **state)
{
    (void)state;
    sy_buf body = SY_BUF_INIT, docx = SY_BUF_INIT;
    told t;
    sy_error err;
    sy_index_summary sum;
    prepare();
    sy_random_init("test_archive");
    for (int i = 0; i < 20000; i++) /* no two alike, so that they do not pack well */
        sy_buf_printf(&body, "<w:p><w:r><w:t>%08x%08x</w:t></w:r></w:p>",
                      (unsigned)sy_random_below(UINT32_MAX), (unsigned)sy_random_below(UINT32_MAX));
    sy_doc_word(sy_buf_cstr(&body), NULL, NULL, NULL, &docx);
    docx.data[docx.len / 2] ^= 0x55;
    write_doc("e.docx", &docx);
    check_ok(run(&t, &sum, &err), &err);
    assert_int_equal(t.skipped, 1);
    assert_non_null(strstr(t.source, "e.docx"));
    assert_non_null(strstr(t.message, "word/document.xml"));
    assert_int_equal(sum.total_documents, DOCS);
    assert_int_equal(sum.total_records, all_records());
    sy_buf_release(&body);
    sy_buf_release(&docx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_build), cmocka_unit_test(test_update),
                                       cmocka_unit_test(test_archive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
