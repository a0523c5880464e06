/* docs/limits.md at the edge: what is just within each limit is taken, what is past it is an
 * error or a report that names the limit. Limits that a module's own test holds are there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "indexer/index_paths.h"
#include "indexer/json.h"
#include "indexer/readers/table.h"
#include "indexer/readers/xml_stream.h"
#include "query/leaf.h"
#include "query/search.h"
#include "tests/support/check.h"
#include "tests/support/documents.h"
#include "tests/support/files.h"
#include "tests/support/read.h"

static void check_limit(sy_status got, const sy_error *err, bool within, const char *says)
{
    if (within) {
        check_ok(got, err);
        return;
    }
    assert_int_equal(got, SY_E_LIMIT);
    if (!strstr(err->msg, says))
        fail_msg("'%s' does not say '%s'", err->msg, says);
}

static void put_times(sy_buf *b, const char *s, size_t n)
{
    while (n-- > 0)
        sy_buf_puts(b, s);
}

/* ---- the schema ---- */

static void test_schema(void **state)
{
    (void)state;
    sy_schema s = SY_SCHEMA_INIT;
    sy_field_id id;
    sy_error err;
    char *name = malloc(SY_ALIAS_LEN_MAX + 1);
    assert_non_null(name);
    memset(name, 'a', SY_ALIAS_LEN_MAX + 1);
    check_ok(sy_schema_add(&s, "f", 1, NULL, SY_FIELD_TEXT, &id, NULL), NULL);
    for (size_t len = SY_ALIAS_LEN_MAX; len <= SY_ALIAS_LEN_MAX + 1; len++) {
        sy_error_clear(&err);
        check_limit(sy_schema_alias(&s, id, name, len, &err), &err, len == SY_ALIAS_LEN_MAX,
                    "1024 bytes");
    }
    free(name);
    for (int i = 1; i <= SY_ALIASES_MAX; i++) {
        char alias[16];
        int len = snprintf(alias, sizeof alias, "x%d", i);
        sy_error_clear(&err);
        check_limit(sy_schema_alias(&s, id, alias, (size_t)len, &err), &err, i < SY_ALIASES_MAX,
                    "4096");
    }
    check_ok(sy_schema_alias(&s, id, "x1", 2, NULL), NULL); /* is there already */
    sy_schema_unalias(&s, id, "x1", 2);
    check_ok(sy_schema_alias(&s, id, "x0", 2, NULL), NULL); /* there is room again */
    sy_schema_release(&s);
}

/* A schema file of `n` other names, and of `len` bytes. */
static sy_status load_schema(int n, size_t len, sy_error *err)
{
    sy_schema s = SY_SCHEMA_INIT;
    sy_buf b = SY_BUF_INIT;
    const char *path = sy_files_path("schema.json");
    sy_buf_puts(&b, "{\"fields\":[{\"name\":\"f\",\"aliases\":[\"b\"");
    for (int i = 0; i < n; i++)
        sy_buf_printf(&b, ",\"b%d\"", i);
    sy_buf_puts(&b, "]}]}");
    while (b.len < len)
        sy_buf_putc(&b, ' ');
    sy_files_write(path, b.data, b.len);
    sy_buf_release(&b);
    sy_error_clear(err);
    sy_status st = sy_schema_load(path, &s, err);
    assert_true(st == SY_OK || strstr(err->where, "schema.json"));
    sy_schema_release(&s);
    return st;
}

static void test_schema_file(void **state)
{
    (void)state;
    sy_error err;
    check_limit(load_schema(3000, 0, &err), &err, true, "");
    check_limit(load_schema(5000, 0, &err), &err, false, "4096");
    check_limit(load_schema(1, 4 << 20, &err), &err, true, "");
    check_limit(load_schema(1, (4 << 20) + 1, &err), &err, false, "4194304");
}

/* ---- queries ---- */

static sy_status ask(const sy_index *index, const sy_buf *text, sy_error *err)
{
    sy_query query;
    sy_query_options options = {0};
    sy_search *search = NULL;
    uint64_t n;
    const char *expr = sy_buf_cstr(text);
    sy_error_clear(err);
    sy_status st = sy_query_parse(&expr, 1, &index->schema, &options, &query, NULL, err);
    if (st == SY_OK)
        st = sy_search_open(index, &query, &search, err);
    if (st == SY_OK)
        st = sy_search_count(search, &n, err);
    sy_search_close(search);
    sy_query_release(&query);
    return st;
}

static void test_queries(void **state)
{
    (void)state;
    sy_index *index;
    sy_index_summary sum;
    sy_error err;
    sy_buf b = SY_BUF_INIT;
    const char *dir = sy_files_folder("index"), *docs = sy_files_folder("docs");
    sy_files_write(sy_files_join(docs, "a.jsonl"), "{\"t\":\"a\"}", 9);
    sy_index_options o = {.dir = dir, .jobs = 1};
    check_ok(sy_index_paths(&o, &docs, 1, &sum, NULL), NULL);
    check_ok(sy_index_open(dir, &index, NULL), NULL);
    for (size_t n = SY_PATTERN_MAX; n <= SY_PATTERN_MAX + 1; n++) {
        sy_buf_reset(&b);
        put_times(&b, "\xE4\xB8\x80", n - 1);
        sy_buf_puts(&b, "~1");
        check_limit(ask(index, &b, &err), &err, true, "");
        sy_buf_reset(&b);
        put_times(&b, "\xE4\xB8\x80", n);
        sy_buf_puts(&b, "~1");
        check_limit(ask(index, &b, &err), &err, n == SY_PATTERN_MAX, "64 characters");
    }
    for (size_t n = SY_NEAR_WORDS_MAX; n <= SY_NEAR_WORDS_MAX + 1; n++) {
        sy_buf_reset(&b);
        sy_buf_putc(&b, '"');
        put_times(&b, "ab ", n);
        sy_buf_puts(&b, "\"~5");
        check_limit(ask(index, &b, &err), &err, n == SY_NEAR_WORDS_MAX, "16 words");
    }
    sy_buf_release(&b);
    sy_index_close(index);
}

/* ---- documents ---- */

static sy_status take_event(void *ctx, sy_json_event event, sy_slice text, size_t offset,
                            sy_error *err)
{
    (void)ctx;
    (void)event;
    (void)text;
    (void)offset;
    (void)err;
    return SY_OK;
}

static void test_json(void **state)
{
    (void)state;
    for (size_t n = SY_JSON_DEPTH_MAX; n <= SY_JSON_DEPTH_MAX + 1; n++) {
        sy_buf b = SY_BUF_INIT;
        size_t used, lone;
        sy_error err;
        sy_error_clear(&err);
        put_times(&b, "[", n);
        put_times(&b, "]", n);
        check_limit(sy_json_read(b.data, b.len, take_event, NULL, &used, &lone, &err), &err,
                    n == SY_JSON_DEPTH_MAX, "64 deep");
        sy_buf_release(&b);
    }
}

static void check_document(const char *name, const sy_buf *bytes, bool within, const char *says)
{
    sy_buf out = SY_BUF_INIT;
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_read_document(&(sy_read){.name = name}, bytes, &out, &err);
    check_limit(st, &err, within, says);
    sy_buf_release(&out);
}

static void test_xml_depth(void **state)
{
    (void)state;
    /* document, body and p are three; r and t inside two more */
    for (size_t n = SY_XML_DEPTH_MAX - 3; n <= SY_XML_DEPTH_MAX - 2; n++) {
        sy_buf body = SY_BUF_INIT, bytes = SY_BUF_INIT;
        sy_buf_puts(&body, "<w:p>");
        put_times(&body, "<w:x>", n);
        put_times(&body, "</w:x>", n);
        sy_buf_puts(&body, "<w:r><w:t>a</w:t></w:r></w:p>");
        sy_doc_word(sy_buf_cstr(&body), NULL, NULL, NULL, &bytes);
        check_document("a.docx", &bytes, n == SY_XML_DEPTH_MAX - 3, "250 deep");
        sy_buf_release(&body);
        sy_buf_release(&bytes);
    }
}

static void test_zip_entries(void **state)
{
    (void)state;
    static sy_doc_part parts[SY_ZIP_ENTRIES_MAX + 1];
    static char names[SY_ZIP_ENTRIES_MAX + 1][16];
    for (int i = 0; i <= SY_ZIP_ENTRIES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "p%d", i);
        parts[i] = (sy_doc_part){names[i], ""};
    }
    for (size_t n = SY_ZIP_ENTRIES_MAX; n <= SY_ZIP_ENTRIES_MAX + 1; n++) {
        sy_buf bytes = SY_BUF_INIT;
        sy_zip *zip;
        sy_error err;
        sy_error_clear(&err);
        sy_doc_zip(parts, n, &bytes);
        check_limit(sy_zip_open(bytes.data, bytes.len, &zip, &err), &err, n == SY_ZIP_ENTRIES_MAX,
                    "20000 entries");
        sy_zip_close(zip);
        sy_buf_release(&bytes);
    }
}

/* Reads a document; gives what came of it. */
static void read_all(const char *name, const sy_buf *bytes, sy_buf *out)
{
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_read_document(&(sy_read){.name = name}, bytes, out, &err), &err);
    assert_int_equal(out->status, SY_OK);
}

static size_t count_of(const sy_buf *text, const char *s)
{
    size_t n = 0;
    for (const char *at = sy_buf_cstr(text); (at = strstr(at, s)) != NULL; at += strlen(s))
        n++;
    return n;
}

/* Cells right of the last column are one with it: nothing is lost. */
static void test_columns(void **state)
{
    (void)state;
    for (size_t n = SY_TABLE_COLUMNS_MAX; n <= SY_TABLE_COLUMNS_MAX + 2; n++) {
        sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        for (int row = 0; row < 3; row++) {
            for (size_t i = 0; i < n; i++)
                sy_buf_printf(&bytes, "%s%c%zu.", i > 0 ? "," : "", 'a' + row, i);
            sy_buf_putc(&bytes, '\n');
        }
        read_all("a.csv", &bytes, &out);
        for (int row = 1; row < 3; row++) {
            for (size_t i = SY_TABLE_COLUMNS_MAX - 2; i < n; i++) {
                char value[16];
                snprintf(value, sizeof value, "%c%zu.", 'a' + row, i);
                assert_int_equal(count_of(&out, value), 1);
            }
        }
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

/* An id of 4,096 bytes, a name of 4,095; what is longer leaves its line out. */
static void test_jsonl_names(void **state)
{
    (void)state;
    for (size_t n = 4095; n <= 4097; n++) {
        sy_buf bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        sy_buf_puts(&bytes, "{\"id\":\"");
        put_times(&bytes, "k", n);
        sy_buf_puts(&bytes, "\",\"item\":\"one\"}\n{\"id\":\"2\",\"");
        put_times(&bytes, "f", n);
        sy_buf_puts(&bytes, "\":\"two\"}\n");
        read_all("a.jsonl", &bytes, &out);
        assert_int_equal(count_of(&out, "=one"), n <= 4096);
        assert_int_equal(count_of(&out, "an id of more than 4096 bytes"), n > 4096);
        assert_int_equal(count_of(&out, "=two"), n < 4096);
        assert_int_equal(count_of(&out, "a field's name of more than 4096 bytes"), n >= 4096);
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

/* Copies of a row and of a cell: 1,024 are taken, of more it is said that they are not. */
static void test_copies(void **state)
{
    (void)state;
    for (int n = 1024; n <= 1025; n++) {
        for (int rows = 0; rows < 2; rows++) {
            sy_buf body = SY_BUF_INIT, bytes = SY_BUF_INIT, out = SY_BUF_INIT;
            sy_buf_printf(&body,
                          "<office:document-content "
                          "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
                          "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
                          "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">"
                          "<office:body><office:spreadsheet><table:table table:name=\"s\">"
                          "<table:table-row table:number-rows-repeated=\"%d\"><table:table-cell "
                          "table:number-columns-repeated=\"%d\"><text:p>copy</text:p>"
                          "</table:table-cell></table:table-row></table:table>"
                          "</office:spreadsheet></office:body></office:document-content>",
                          rows ? n : 1, rows ? 1 : n);
            const sy_doc_part parts[] = {
                {"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                {"content.xml", sy_buf_cstr(&body)}};
            sy_doc_zip(parts, 2, &bytes);
            read_all("a.ods", &bytes, &out);
            assert_int_equal(count_of(&out, "copy"), 1024);
            assert_int_equal(count_of(&out, "more than 1024 times"), n > 1024);
            sy_buf_release(&body);
            sy_buf_release(&bytes);
            sy_buf_release(&out);
        }
    }
}

/* Tables in one another, Word's: the text of those too deep is that of the cell around them. */
static void test_nested_tables(void **state)
{
    (void)state;
    for (size_t n = SY_TABLE_DEPTH_MAX; n <= SY_TABLE_DEPTH_MAX + 1; n++) {
        sy_buf body = SY_BUF_INIT, bytes = SY_BUF_INIT, out = SY_BUF_INIT;
        put_times(&body, "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p>", n);
        sy_buf_puts(&body, "<w:p><w:r><w:t>deepest</w:t></w:r></w:p>");
        put_times(&body, "</w:tc></w:tr></w:tbl>", n);
        sy_doc_word(sy_buf_cstr(&body), NULL, NULL, NULL, &bytes);
        read_all("a.docx", &bytes, &out);
        assert_true(count_of(&out, "deepest") >= 1);
        sy_buf_release(&body);
        sy_buf_release(&bytes);
        sy_buf_release(&out);
    }
}

/* ---- files that steer a run, and those it finds ---- */

static sy_status index_with(const char *aliases, sy_error *err)
{
    sy_index_summary sum;
    const char *docs = sy_files_folder("docs");
    sy_files_write(sy_files_join(docs, "a.jsonl"), "{\"t\":\"a\"}", 9);
    sy_index_options o = {.dir = sy_files_folder("index"), .jobs = 1, .aliases_path = aliases};
    sy_error_clear(err);
    return sy_index_paths(&o, &docs, 1, &sum, err);
}

static void test_alias_file(void **state)
{
    (void)state;
    enum { MOST = 64 << 20 };
    sy_error err;
    char path[1024];
    char *text = malloc(MOST + 1);
    assert_non_null(text);
    memset(text, '\n', MOST + 1);
    snprintf(path, sizeof path, "%s", sy_files_path("aliases.txt"));
    sy_files_write(path, text, MOST);
    check_limit(index_with(path, &err), &err, true, "");
    sy_files_write(path, text, MOST + 1);
    check_limit(index_with(path, &err), &err, false, "67108864");
    assert_non_null(strstr(err.where, "aliases.txt"));
    unlink(path);
    free(text);
}

typedef struct told {
    const char *says;
    int n;
} told;

static void listen(void *ctx, sy_report_kind kind, const char *source, uint32_t line,
                   const char *message)
{
    told *t = ctx;
    (void)source;
    (void)line;
    t->n += kind == SY_REPORT_SKIPPED && strstr(message, t->says) != NULL;
}

static void index_folder(const char *docs, const char *says, int want, uint64_t records)
{
    told t = {says, 0};
    sy_index_summary sum;
    sy_error err;
    sy_index_options o = {
        .dir = sy_files_folder("found"), .jobs = 1, .report = listen, .ctx = &t, .rebuild = true};
    sy_error_clear(&err);
    check_ok(sy_index_paths(&o, &docs, 1, &sum, &err), &err);
    assert_int_equal(t.n, want);
    assert_true(sum.records == records);
}

/* Files with a hole in them, of a byte more than is read; and one that is not read to its end, as
 * its first bytes are no text. */
static void test_document_size(void **state)
{
    (void)state;
    static const struct {
        const char *name, *head, *says;
        off_t size;
    } files[] = {{"large.jsonl", "{\"t\":\"b\"}\n", "17179869184", ((off_t)16 << 30) + 1},
                 {"large.docx", "PK\3\4", "1073741824", ((off_t)1 << 30) + 1},
                 {"large.txt", "", "not text", (off_t)15 << 30}};
    const char *docs = sy_files_folder("large");
    sy_files_write(sy_files_join(docs, "a.jsonl"), "{\"t\":\"a\"}", 9);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s", sy_files_join(docs, files[i].name));
        sy_files_write(path, files[i].head, strlen(files[i].head));
        assert_int_equal(truncate(path, files[i].size), 0);
        index_folder(docs, files[i].says, 1, 1);
        unlink(path);
    }
}

static void test_folders(void **state)
{
    (void)state;
    enum { MOST = 256 };
    char path[2048];
    int len = snprintf(path, sizeof path, "%s", sy_files_folder("deep"));
    const char *docs = sy_files_folder("deep");
    for (int i = 0; i < MOST + 1; i++) {
        char name[2048 + 16];
        len += snprintf(path + len, sizeof path - (size_t)len, "/d");
        check_ok(sy_make_dirs(path, NULL), NULL);
        if (i < MOST - 1)
            continue;
        snprintf(name, sizeof name, "%s/a.jsonl", path);
        sy_files_write(name, "{\"t\":\"a\"}", 9);
        index_folder(docs, "nested too deep", i >= MOST, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),        cmocka_unit_test(test_schema_file),
        cmocka_unit_test(test_queries),       cmocka_unit_test(test_json),
        cmocka_unit_test(test_xml_depth),     cmocka_unit_test(test_zip_entries),
        cmocka_unit_test(test_alias_file),    cmocka_unit_test(test_columns),
        cmocka_unit_test(test_jsonl_names),   cmocka_unit_test(test_copies),
        cmocka_unit_test(test_nested_tables), cmocka_unit_test(test_document_size),
        cmocka_unit_test(test_folders)};
    sy_files_in_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
