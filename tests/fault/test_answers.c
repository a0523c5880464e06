/* A query of a damaged index gives the answer that the sound one gives, or fails: one bit of
 * a byte is turned, all queries are asked, and the bit is turned back.
 *
 * SY_ROUNDS sets how many bytes of the larger index (150), SY_SEED the random numbers. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "query/search.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/small_index.h"

enum { RECORDS = 1500 };

static const char *const exprs[] = {"*",
                                    "诉讼法",
                                    "\"民事诉讼法的\"",
                                    "unit:商投局",
                                    "-unit:商投局 资金",
                                    "status=无",
                                    "-status:*",
                                    "line:10..20",
                                    "资*",
                                    "诉?法 OR 短缺",
                                    "abd~1",
                                    "\"资金 短缺\"~5",
                                    "技",
                                    "10",
                                    "{text,status}:资金短缺",
                                    "text:无",
                                    "key:17",
                                    "source:a.jsonl",
                                    "公司 法 年",
                                    "的规定有限责任公司"};
enum { N_EXPRS = sizeof exprs / sizeof *exprs };

static char dir[320], docs[320];
static sy_buf want[N_EXPRS];

static void make_docs(int n)
{
    static const char *const stock[] = {"民事诉讼法", "有限责任公司", "的规定", "人民共和国",
                                        "年1月1日",   "abc技术",      "，",     "资金"};
    static const char *const states[] = {"无", "资金短缺", "", "人手不足，资金也短缺"};
    sy_buf b = SY_BUF_INIT;
    for (int i = 0; i < n; i++) {
        sy_buf_printf(&b, "{\"id\":\"%d\",\"no\":\"%d\",\"unit\":[\"区商投局\",\"第%d局\"],", i, i,
                      i % 50);
        sy_buf_printf(&b, "\"status\":\"%s\",\"text\":\"", states[i % 4]);
        for (uint32_t k = 4 + sy_random_below(10); k > 0; k--)
            sy_buf_puts(&b, stock[sy_random_below(8)]);
        sy_buf_puts(&b, "\"}\n");
    }
    sy_test_write(docs, b.data, b.len);
    sy_buf_release(&b);
}

/* Keys, values and matches of all hits, and their number. */
static sy_status answer(const sy_index *index, const char *expr, sy_buf *out, sy_error *err)
{
    sy_query query;
    sy_query_options options = {0};
    sy_search *search = NULL;
    sy_matches matches = {0};
    const sy_stored *r;
    sy_hit hit;
    bool more = true;
    uint64_t count = 0;
    check_ok(sy_query_parse(&expr, 1, &index->schema, &options, &query, NULL, err), err);
    sy_buf_reset(out);
    sy_status st = sy_search_open(index, &query, &search, err);
    while (st == SY_OK) {
        st = sy_search_next(search, &more, &hit, err);
        if (st != SY_OK || !more)
            break;
        st = sy_search_record(search, &hit, &r, err);
        if (st == SY_OK)
            st = sy_search_matches(search, &hit, r, &matches, err);
        if (st != SY_OK)
            break;
        sy_segment_doc doc;
        sy_segment_doc_at(hit.segment, r->doc, &doc);
        sy_buf_printf(out, "%.*s:%u:%u ", (int)doc.source.len, doc.source.data, r->line, r->row);
        sy_buf_append(out, r->key.data, r->key.len);
        for (size_t i = 0; i < r->n_values; i++) {
            sy_buf_printf(out, " %u=", r->values[i].field);
            sy_buf_append(out, r->values[i].text.data, r->values[i].text.len);
        }
        for (size_t i = 0; i < matches.n; i++)
            sy_buf_printf(out, " %u-%u", matches.items[i].start, matches.items[i].end);
        sy_buf_putc(out, '\n');
    }
    sy_search_close(search);
    search = NULL;
    if (st == SY_OK)
        st = sy_search_open(index, &query, &search, err);
    if (st == SY_OK)
        st = sy_search_count(search, &count, err);
    sy_buf_printf(out, "%llu", (unsigned long long)count);
    sy_search_close(search);
    sy_matches_release(&matches);
    sy_query_release(&query);
    assert_int_equal(out->status, SY_OK);
    return st;
}

/* Each query is asked of an index that was opened anew, so that nothing is known of it. */
static unsigned ask_all(const char *what, size_t at)
{
    sy_buf got = SY_BUF_INIT;
    unsigned failed = 0;
    for (size_t i = 0; i < N_EXPRS; i++) {
        sy_index *index;
        sy_error err;
        sy_error_clear(&err);
        sy_status st = sy_index_open(dir, &index, &err);
        if (st == SY_OK)
            st = answer(index, exprs[i], &got, &err);
        if (st == SY_E_CORRUPT || st == SY_E_VERSION) {
            assert_true(err.where[0] != '\0' && err.msg[0] != '\0');
            failed++;
        } else if (st != SY_OK || got.len != want[i].len ||
                   memcmp(got.data, want[i].data, got.len) != 0) {
            fail_msg("%s, byte %zu: %s: status %d, another answer", what, at, exprs[i], (int)st);
        }
        sy_index_close(index);
    }
    sy_buf_release(&got);
    return failed;
}

static void make_index(int n)
{
    sy_index *index;
    sy_index_summary sum;
    sy_error err;
    sy_error_clear(&err);
    make_docs(n);
    sy_test_remove(dir);
    check_ok(sy_test_index(dir, docs, &sum, &err), &err);
    check_ok(sy_index_open(dir, &index, &err), &err);
    for (size_t i = 0; i < N_EXPRS; i++)
        check_ok(answer(index, exprs[i], &want[i], &err), &err);
    sy_index_close(index);
    assert_int_equal(ask_all("sound", 0), 0);
}

/* Turns a bit of every byte of the segment, or of `most` of them. */
static void turn_bits(size_t most, unsigned *n_failed, unsigned *n_whole)
{
    size_t len;
    const char *path = sy_files_segment(dir);
    uint8_t *bytes = sy_files_read(path, &len);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t i = 0; i < len && i < most; i++) {
        size_t at = len <= most ? i : sy_random_below((uint32_t)len);
        uint8_t bad = (uint8_t)(bytes[at] ^ 1u << sy_random_below(8));
        assert_int_equal(pwrite(fd, &bad, 1, (off_t)at), 1);
        unsigned failed = ask_all("a bit", at);
        *n_failed += failed > 0;
        *n_whole += failed == 0;
        assert_int_equal(pwrite(fd, &bytes[at], 1, (off_t)at), 1);
    }
    close(fd);
    free(bytes);
}

static void test_small(void **state)
{
    (void)state;
    unsigned failed = 0, whole = 0;
    make_index(6);
    turn_bits(SIZE_MAX, &failed, &whole);
    print_message("%u bytes are asked for by some query, %u by none\n", failed, whole);
    assert_true(failed > whole);
}

static void test_large(void **state)
{
    (void)state;
    unsigned failed = 0, whole = 0;
    make_index(RECORDS);
    turn_bits(sy_rounds(150), &failed, &whole);
    print_message("%u bytes are asked for by some query, %u by none\n", failed, whole);
    assert_true(failed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small), cmocka_unit_test(test_large)};
    sy_files_in_memory();
    sy_random_init("test_answers");
    sy_scratch_path(docs, "a.jsonl");
    sy_scratch_path(dir, "index");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < N_EXPRS; i++)
        sy_buf_release(&want[i]);
    return failed;
}
