/* A line with a regular expression, then a text. Where the expression matches the normal form of
 * the text, that has what the expression is said to need. */
#include <string.h>

#include "query/query_internal.h"
#include "query/regex_parts.h"
#include "segmenter/normal.h"
#include "segmenter/regex.h"
#include "tests/fuzz/fuzz.h"

static bool has_parts(const sy_parts *p, sy_slice text)
{
    if (p->kind == SY_PARTS_ANY)
        return true;
    if (p->kind == SY_PARTS_TEXT)
        return memmem(text.data, text.len, p->text.data, p->text.len) != NULL;
    bool all = true, any = false;
    for (size_t i = 0; i < p->n_children; i++) {
        bool has = has_parts(p->children[i], text);
        all &= has;
        any |= has;
    }
    return p->kind == SY_PARTS_AND ? all : any;
}

static void match(sy_regex *re, const sy_parts *parts, sy_slice text)
{
    size_t before = 0, start, end;
    bool found = false;
    sy_error err;
    sy_error_clear(&err);
    check_ok(sy_regex_start(re, text, NULL), NULL);
    for (int i = 0; i < 20 && sy_regex_next(re, &found, &start, &end, &err) == SY_OK && found;
         i++) {
        assert_true(before <= start && start < end && end <= text.len);
        assert_true(has_parts(parts, text));
        before = end;
    }
    sy_fuzz_status(err.status, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    const char *line = size > 0 ? memchr(bytes, '\n', size) : NULL;
    size_t n = line ? (size_t)(line - bytes) : 0;
    sy_buf expr = SY_BUF_INIT, folded = SY_BUF_INIT, normal = SY_BUF_INIT;
    sy_query_memory *memory;
    const sy_parts *parts;
    sy_regex *re;
    sy_error err;
    if (!line || n > 200 || size - n > 400)
        return 0;
    sy_error_clear(&err);
    /* Expressions come well-formed from the query. */
    check_ok(sy_normalize(SY_NORM_KEEP_VARIANTS, bytes, n, &expr, NULL, NULL), NULL);
    check_ok(sy_normalize(0, line + 1, size - n - 1, &normal, NULL, NULL), NULL);
    check_ok(sy_regex_fold(0, (sy_slice){sy_buf_cstr(&expr), expr.len}, &folded, NULL), NULL);
    sy_slice form = {sy_buf_cstr(&folded), folded.len};
    check_ok(sy_query_memory_new(&memory, NULL), NULL);
    check_ok(sy_regex_parts(form, memory, &parts, NULL), NULL);
    sy_status st = sy_regex_open(form, &re, &err);
    sy_fuzz_status(st, &err);
    if (st == SY_OK)
        match(re, parts, (sy_slice){sy_buf_cstr(&normal), normal.len});
    sy_regex_close(re);
    sy_query_memory_free(memory);
    sy_buf_release(&expr);
    sy_buf_release(&folded);
    sy_buf_release(&normal);
    return 0;
}
