#include "cli/query_explain.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "cli/query_modes.h"
#include "segmenter/width.h"

enum { GAP = 2, N_COLUMNS = 5 };

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

/* What other languages join terms with, and ours does not. */
static bool looks_like_operator(const sy_node *leaf)
{
    static const char *const words[] = {"and", "or", "not", "&&", "&", "与", "或", "非"};
    bool found = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        found |= leaf->kind == SY_NODE_TERM && leaf->field == SY_FIELD_ANY &&
                 sy_slice_equal(leaf->text, sy_slice_of(words[i]));
    return found;
}

/* The end of a term's line: the term as it was typed, whether it left nothing, and what may have
 * been meant. */
static sy_status put_term(const sy_index *index, const sy_query *query, const char *const *exprs,
                          const sy_leaf_count *counts, size_t i, sy_buf *out, sy_error *err)
{
    const sy_node *leaf = query->leaves[i];
    sy_buf_append(out, exprs[leaf->expr] + leaf->start, leaf->end - leaf->start);
    if (i == emptying_leaf(query, counts))
        sy_buf_puts(out, counts[i].count == 0 ? _("  <- nothing has this")
                                              : _("  <- nothing has this and all before it"));
    sy_buf_putc(out, '\n');
    if (looks_like_operator(leaf))
        sy_buf_puts(out, _("          a term like others; between terms a space is AND, and there "
                           "are OR and NOT in capitals\n"));
    return counts[i].count == 0 ? put_suggestions(index, leaf, out, err) : SY_OK;
}

/* ---- a table of numbers, the terms behind them ---- */

typedef struct row {
    char cells[N_COLUMNS][24];
} row;

static row row_of(const sy_leaf_count *c)
{
    row r;
    snprintf(r.cells[0], sizeof r.cells[0], "%llu", (unsigned long long)c->count);
    snprintf(r.cells[1], sizeof r.cells[1], "%llu", (unsigned long long)c->left);
    if (!c->top_level)
        snprintf(r.cells[1], sizeof r.cells[1], "-");
    snprintf(r.cells[2], sizeof r.cells[2], "%llu", (unsigned long long)c->listed);
    snprintf(r.cells[3], sizeof r.cells[3], "%llu", (unsigned long long)c->checked);
    snprintf(r.cells[4], sizeof r.cells[4], "%.2f", (double)c->ns / 1e6);
    return r;
}

static void put_cell(const char *text, size_t width, sy_buf *out)
{
    sy_buf_printf(out, "%*s%s%*s", (int)(width - sy_text_width(text, strlen(text))), "", text, GAP,
                  "");
}

static sy_status put_table(const sy_index *index, const sy_query *query, const char *const *exprs,
                           const sy_leaf_count *counts, sy_buf *out, sy_error *err)
{
    const char *const heads[] = {_("alone"), _("left"), _("listed"), _("checked"), _("ms")};
    size_t widths[N_COLUMNS];
    sy_status st = SY_OK;
    for (size_t c = 0; c < N_COLUMNS; c++) {
        widths[c] = sy_text_width(heads[c], strlen(heads[c]));
        for (size_t i = 0; i < query->n_leaves; i++) {
            row r = row_of(&counts[i]);
            widths[c] = strlen(r.cells[c]) > widths[c] ? strlen(r.cells[c]) : widths[c];
        }
    }
    for (size_t c = 0; c < N_COLUMNS; c++)
        put_cell(heads[c], widths[c], out);
    sy_buf_printf(out, "%s\n", _("term"));
    for (size_t i = 0; i < query->n_leaves && st == SY_OK; i++) {
        row r = row_of(&counts[i]);
        for (size_t c = 0; c < N_COLUMNS; c++)
            put_cell(r.cells[c], widths[c], out);
        st = put_term(index, query, exprs, counts, i, out, err);
    }
    return st;
}

static sy_status count_terms(const sy_index *index, const sy_query *query, sy_leaf_count **counts,
                             sy_error *err)
{
    *counts = sy_calloc(query->n_leaves, sizeof **counts);
    return *counts ? sy_search_explain(index, query, *counts, err) : sy_fail_nomem(err);
}

sy_status sy_query_why_none(const sy_index *index, const sy_query *query, const char *const *exprs,
                            sy_error *err)
{
    sy_buf out = SY_BUF_INIT;
    sy_leaf_count *counts;
    sy_status st = count_terms(index, query, &counts, err);
    if (st == SY_OK && query->n_leaves > 0)
        sy_buf_printf(&out, "%s\n", _("records that match each term alone:"));
    for (size_t i = 0; st == SY_OK && i < query->n_leaves; i++) {
        sy_buf_printf(&out, "%8llu  ", (unsigned long long)counts[i].count);
        st = put_term(index, query, exprs, counts, i, &out, err);
    }
    if (st == SY_OK)
        st = sy_buf_status(&out, err);
    if (st == SY_OK)
        sy_say_lines(&out);
    sy_free(counts);
    sy_buf_release(&out);
    return st;
}

sy_status sy_query_explain(const sy_index *index, const sy_query *query, const char *const *exprs,
                           sy_error *err)
{
    sy_buf out = SY_BUF_INIT;
    sy_leaf_count *counts;
    sy_status st = count_terms(index, query, &counts, err);
    if (st == SY_OK) {
        sy_buf_puts(&out, _("query: "));
        sy_query_print(query, &index->schema, &out);
        sy_buf_printf(&out, "\n%s", _("plan: "));
        st = sy_search_plan(index, query, &out, err);
        if (index->n_segments > 1)
            sy_buf_printf(&out, _(", in the largest of %zu segments"), index->n_segments);
        sy_buf_putc(&out, '\n');
    }
    if (st == SY_OK && query->n_leaves > 0)
        st = put_table(index, query, exprs, counts, &out, err);
    if (st == SY_OK)
        st = sy_buf_status(&out, err);
    if (st == SY_OK)
        sy_say_lines(&out);
    sy_free(counts);
    sy_buf_release(&out);
    return st;
}

void sy_query_say_steps(const sy_query_steps *s)
{
    const struct {
        int64_t ns;
        const char *name;
    } steps[] = {{s->open, _("open the index")},
                 {s->read, _("read the query")},
                 {s->rank, _("find the best")},
                 {s->sort, _("find and sort")},
                 {s->find, s->rank > 0 || s->sort > 0 ? _("print") : _("find and print")}};
    sy_buf out = SY_BUF_INIT;
    sy_buf_printf(&out, "%s\n", _("the answer, in ms:"));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i].ns > 0)
            sy_buf_printf(&out, "%8.2f  %s\n", (double)steps[i].ns / 1e6, steps[i].name);
    sy_buf_printf(&out, "%8llu  %s\n", (unsigned long long)s->checked,
                  _("times texts were checked"));
    sy_say_lines(&out);
    sy_buf_release(&out);
}
