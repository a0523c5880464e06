#include "cli/query_modes.h"

#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "cli/print.h"
#include "cli/term.h"
#include "query/caret.h"
#include "segmenter/normal.h"

/* Writes text of several lines to standard error, each made visible. */
static void say_lines(const sy_buf *text)
{
    sy_buf out = SY_BUF_INIT;
    for (size_t i = 0; i < text->len;) {
        const char *feed = memchr(text->data + i, '\n', text->len - i);
        size_t len = feed ? (size_t)(feed - text->data) - i : text->len - i;
        sy_put_visible(&out, text->data + i, len);
        sy_buf_putc(&out, '\n');
        i += len + 1;
    }
    if (out.len > 0)
        fwrite(out.data, 1, out.len, stderr);
    sy_buf_release(&out);
}

bool sy_query_read(const char *const *exprs, size_t n_exprs, const sy_index *index,
                   const sy_query_options *options, sy_query *out)
{
    sy_query_error where = {0};
    sy_error err;
    sy_error_clear(&err);
    sy_status st = sy_query_parse(exprs, n_exprs, &index->schema, options, out, &where, &err);
    if (st == SY_OK)
        return true;
    if (st == SY_E_NOMEM || where.expr >= n_exprs) {
        sy_say_failure(&err, NULL);
        return false;
    }
    sy_buf text = SY_BUF_INIT, message = SY_BUF_INIT;
    sy_buf_puts(&message, err.msg);
    /* Else the message has advice. */
    if (where.expected[0] != '\0' && !strstr(err.msg, "; ") && !strstr(err.msg, "；"))
        sy_buf_printf(&message, _("; expected %s"), where.expected);
    sy_buf_printf(&text, "suoyin: %s\n", _("cannot read the query:"));
    sy_query_caret(exprs[where.expr], &where, sy_buf_cstr(&message), &text);
    say_lines(&text);
    sy_buf_release(&message);
    sy_buf_release(&text);
    return false;
}

static sy_status fail_field(const sy_index *index, const char *name, size_t len, sy_error *err)
{
    sy_buf names = SY_BUF_INIT;
    for (size_t i = 0; i < index->schema.n_fields; i++)
        sy_buf_printf(&names, "%s%s", i > 0 ? ", " : "", index->schema.fields[i].name);
    sy_status st =
        sy_fail(err, SY_E_INPUT, NULL, "there is no field '%.*s'; there are: %s, key, source, line",
                len < 100 ? (int)len : 100, name, sy_buf_cstr(&names));
    sy_buf_release(&names);
    return st;
}

sy_status sy_query_field(const sy_index *index, const char *name, size_t len, sy_field_id *out,
                         sy_error *err)
{
    sy_buf normal = SY_BUF_INIT;
    sy_status st = sy_normalize(0, name, len, &normal, NULL, err);
    if (st == SY_OK)
        st = sy_buf_status(&normal, err);
    /* "a, b" on a command line has blanks that belong to no name. */
    size_t from = 0, to = normal.len;
    while (from < to && normal.data[from] == ' ')
        from++;
    while (to > from && normal.data[to - 1] == ' ')
        to--;
    if (st == SY_OK && !sy_schema_find(&index->schema, sy_buf_cstr(&normal) + from, to - from, out))
        st = fail_field(index, name, len, err);
    sy_buf_release(&normal);
    return st;
}

/* Bytes before the next comma in a list; *skip: the comma's own, 0 at the end. */
static size_t until_comma(const char *list, size_t *skip)
{
    static const char *const commas[] = {",", "，", "、"}; /* as Chinese keyboards type it */
    size_t len = strlen(list);
    *skip = 0;
    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(list, commas[i]);
        if (at && (size_t)(at - list) < len) {
            len = (size_t)(at - list);
            *skip = strlen(commas[i]);
        }
    }
    return len;
}

sy_status sy_query_fields(const sy_index *index, const char *list, size_t most, sy_field_id *fields,
                          size_t *n, sy_error *err)
{
    size_t skip = 1;
    sy_status st = SY_OK;
    for (*n = 0; skip > 0 && st == SY_OK;) {
        size_t len = until_comma(list, &skip);
        if (*n == most)
            return sy_fail(err, SY_E_INPUT, NULL, "'%s' is one field too many: no more than %zu",
                           list, most);
        st = sy_query_field(index, list, len, &fields[(*n)++], err);
        list += len + skip;
    }
    return st;
}

/* The first term of the top level after which no record is left, or n_leaves. */
static size_t emptying_leaf(const sy_query *query, const sy_leaf_count *counts)
{
    for (size_t i = 0; i < query->n_leaves; i++)
        if (counts[i].top_level && counts[i].left == 0)
            return i;
    return query->n_leaves;
}

/* A line of what may have been meant by a term that nothing has. */
static sy_status put_suggestions(const sy_index *index, const sy_node *leaf, sy_buf *out,
                                 sy_error *err)
{
    bool plain = leaf->kind == SY_NODE_TERM || leaf->kind == SY_NODE_QUOTED ||
                 leaf->kind == SY_NODE_EQUAL || leaf->kind == SY_NODE_PREFIX;
    sy_buf near = SY_BUF_INIT;
    sy_slice text = {leaf->text.data, leaf->text.len};
    sy_status st = plain ? sy_suggest_terms(index, leaf->field, text, &near, err) : SY_OK;
    if (st == SY_OK && near.len > 0)
        sy_buf_printf(out, _("          did you mean: %s?\n"), near.data);
    sy_buf_release(&near);
    return st;
}

sy_status sy_query_explain(const sy_index *index, const sy_query *query, const char *const *exprs,
                           bool tree, sy_error *err)
{
    sy_buf out = SY_BUF_INIT;
    sy_leaf_count *counts = sy_calloc(query->n_leaves, sizeof *counts);
    sy_status st = counts ? sy_search_explain(index, query, counts, err) : sy_fail_nomem(err);
    if (st != SY_OK)
        goto done;
    if (tree) {
        sy_buf_puts(&out, _("query: "));
        sy_query_print(query, &index->schema, &out);
        sy_buf_putc(&out, '\n');
    }
    size_t empty = emptying_leaf(query, counts);
    if (query->n_leaves > 0)
        sy_buf_printf(&out, "%s\n", _("records that match each term alone:"));
    for (size_t i = 0; i < query->n_leaves; i++) {
        const sy_node *leaf = query->leaves[i];
        sy_buf_printf(&out, "%8llu  %.*s", (unsigned long long)counts[i].count,
                      (int)(leaf->end - leaf->start), exprs[leaf->expr] + leaf->start);
        if (i == empty)
            sy_buf_puts(&out, counts[i].count == 0 ? _("  <- nothing has this")
                                                   : _("  <- nothing has this and all before it"));
        sy_buf_putc(&out, '\n');
        if (counts[i].count == 0)
            st = put_suggestions(index, leaf, &out, err);
        if (st != SY_OK)
            goto done;
    }
    st = sy_buf_status(&out, err);
    if (st == SY_OK)
        say_lines(&out);
done:
    sy_free(counts);
    sy_buf_release(&out);
    return st;
}
