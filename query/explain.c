/* How many records each term matches alone, how many are left term by term, and the lists that a
 * query is answered from. */
#include "base/alloc.h"
#include "base/clock.h"
#include "query/search_internal.h"

static sy_status count_alone(sy_search *s, const sy_node *leaf, sy_leaf_count *out, sy_error *err)
{
    int64_t start = sy_clock_ns();
    sy_search_restart(s, leaf);
    s->listed = s->checked = 0;
    sy_status st = sy_search_count(s, &out->count, err);
    /* A union's lists may name a record more than once. */
    out->listed = s->listed < s->index->n_records ? s->listed : s->index->n_records;
    out->checked = s->checked;
    out->ns = sy_clock_ns() - start;
    return st;
}

/* One pass over the matches of the first part: each goes on to the next part as
 * long as it matches, and counts for every part that it has passed. */
static sy_status count_passed(sy_search *s, sy_cursor *const *parts, size_t n, uint64_t *passed,
                              sy_error *err)
{
    for (sy_docid doc = 0;; doc++) {
        sy_status st = sy_search_seek(s, parts[0], doc, &doc, err);
        if (st != SY_OK || doc == SY_DOC_END)
            return st;
        passed[0]++;
        bool passes = true;
        for (size_t i = 1; i < n && passes; i++) {
            sy_docid at = sy_cursor_seek(parts[i], doc);
            passes = at == doc;
            if (passes)
                st = sy_search_try(s, parts[i], doc, &passes, &at, err);
            if (st != SY_OK)
                return st;
            passed[i] += passes;
        }
    }
}

static sy_status count_left(sy_search *s, sy_leaf_count *counts, sy_error *err)
{
    const sy_node *root = s->query->root;
    bool is_and = root->kind == SY_NODE_AND;
    size_t n = is_and ? root->n_children : 1;
    const sy_node *const *parts = is_and ? (const sy_node *const *)root->children : &root;
    sy_cursor **cursors = sy_calloc(n, sizeof *cursors);
    uint64_t *passed = sy_calloc(n, sizeof *passed);
    sy_status st = cursors && passed ? SY_OK : sy_fail_nomem(err);
    for (size_t i = 0; i < s->index->n_segments && st == SY_OK && n > 0; i++) {
        st = sy_search_enter(s, i, err);
        for (size_t k = 0; k < n && st == SY_OK; k++)
            st = sy_plan_node(&s->plan, parts[k], &cursors[k], err);
        if (st == SY_OK)
            st = count_passed(s, cursors, n, passed, err);
        sy_search_leave(s);
    }
    for (size_t k = 0; k < n && st == SY_OK; k++) {
        if (parts[k]->kind < SY_NODE_ALL)
            continue;
        counts[parts[k]->leaf].left = passed[k];
        counts[parts[k]->leaf].top_level = true;
    }
    sy_free(cursors);
    sy_free(passed);
    return st;
}

sy_status sy_search_explain(const sy_index *index, const sy_query *query, sy_leaf_count *counts,
                            sy_error *err)
{
    sy_search *s;
    sy_status st = sy_search_open(index, query, &s, err);
    for (size_t i = 0; i < query->n_leaves && st == SY_OK; i++) {
        counts[i] = (sy_leaf_count){0};
        st = count_alone(s, query->leaves[i], &counts[i], err);
    }
    if (st == SY_OK)
        st = count_left(s, counts, err);
    sy_search_close(s);
    return st;
}

sy_status sy_search_plan(const sy_index *index, const sy_query *query, sy_buf *out, sy_error *err)
{
    size_t largest = 0;
    for (size_t i = 1; i < index->n_segments; i++)
        if (sy_segment_n_records(index->segments[i]) >
            sy_segment_n_records(index->segments[largest]))
            largest = i;
    if (index->n_segments == 0)
        return SY_OK;
    sy_search *s;
    sy_cursor *root;
    sy_status st = sy_search_open(index, query, &s, err);
    if (st == SY_OK)
        st = sy_search_enter(s, largest, err);
    if (st == SY_OK)
        st = sy_plan_node(&s->plan, query->root, &root, err);
    if (st == SY_OK)
        sy_cursor_print(root, out);
    sy_search_close(s);
    return st;
}
