/* A query, read and answered; the first byte is its options. */
#include <string.h>

#include "query/search.h"
#include "tests/fuzz/fuzz.h"

/* Longer ones are slow to answer and say nothing new; the parser reads them all. */
enum { ANSWERED_MOST = 400, LEAVES_MOST = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sy_index *index;
    if (!index)
        check_ok(sy_index_open(sy_fuzz_index(), &index, NULL), NULL);
    if (size == 0)
        return 0;
    sy_query_options options = {.any = data[0] & 1};
    sy_buf text = SY_BUF_INIT, tree = SY_BUF_INIT;
    sy_buf_append(&text, data + 1, size - 1);
    const char *exprs[] = {sy_buf_cstr(&text), "资金"};
    sy_query query;
    sy_query_error where;
    sy_error err;
    sy_error_clear(&err);
    sy_status st =
        sy_query_parse(exprs, data[0] & 2 ? 2 : 1, &index->schema, &options, &query, &where, &err);
    sy_fuzz_status(st, &err);
    assert_true(st == SY_OK || st == SY_E_INPUT || st == SY_E_LIMIT);
    if (st == SY_OK) {
        sy_query_print(&query, &index->schema, &tree);
        assert_int_equal(tree.status, SY_OK);
        if (size < ANSWERED_MOST && query.n_leaves <= LEAVES_MOST)
            sy_fuzz_search(index, &query, false);
    } else if (st == SY_E_INPUT) {
        assert_true(where.start <= where.end && where.end <= strlen(exprs[where.expr]));
    }
    sy_query_release(&query);
    sy_buf_release(&tree);
    sy_buf_release(&text);
    return 0;
}
