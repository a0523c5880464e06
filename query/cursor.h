/* query/cursor.h - walk the records of one segment that a query can match, in
 * ascending order of docids.
 *
 * A cursor first says where a match is possible (sy_cursor_seek), from lists of
 * records alone; then, at such a record, whether it is one (sy_cursor_confirm),
 * for which the text is looked at where the lists do not settle it. An exact
 * cursor stops at matches only. A NOT is never answered from what is merely
 * possible: it stops wherever its operand is not certain, and confirms.
 *
 * All cursors of a segment live in one memory and are freed with it. One thread. */
#ifndef SY_QUERY_CURSOR_H
#define SY_QUERY_CURSOR_H

#include "query/query_internal.h"
#include "store/live.h"

typedef struct sy_cursor sy_cursor;

/* What the cursors of one segment share. Borrowed by all of them. */
typedef struct sy_cursor_env {
    sy_query_memory *memory;
    uint32_t n_records;
    const sy_live
        *live;         /* which of them count: cursors stop at others too, but do not count them */
    const char *where; /* the segment's file, for messages */
    /* A damaged list ends its cursor and is noted here: what a cursor said since
     * is void. Look before every answer that is passed on. */
    sy_status status;
    sy_error err;
    /* Whether the record matches the leaf, by its text. */
    sy_status (*check)(void *ctx, const void *leaf, sy_docid doc, bool *yes, sy_error *err);
    /* docs[n] are going to be checked: their bytes may be fetched. NULL: nobody wants to know. */
    void (*expect)(void *ctx, const sy_docid *docs, uint32_t n);
    void *ctx;
} sy_cursor_env;

/* Each returns NULL when there is no memory. Arrays are copied, cursors taken. */
sy_cursor *sy_cursor_list(sy_cursor_env *env, const sy_postings_ref *ref);
/* The records of any of n lists. Reads a window of 65,536 docids at a time, so
 * the cost per record does not grow with n, and the memory is 64 bytes a list. */
sy_cursor *sy_cursor_union(sy_cursor_env *env, const sy_postings_ref *refs, size_t n);
/* The records of the lists [from, to) of a row, of those that the filter (or NULL) may let through;
 * of all its lists: those that have its character. They are looked up when it is moved first, for
 * most are counted only. */
sy_cursor *sy_cursor_row(sy_cursor_env *env, const sy_segment *segment, const sy_bigram_row *row,
                         uint32_t from, uint32_t to, const sy_field_filter *filter);
/* Ranges in ascending order that do not overlap. */
sy_cursor *sy_cursor_ranges(sy_cursor_env *env, const sy_doc_range *ranges, size_t n);
sy_cursor *sy_cursor_all(sy_cursor_env *env);
sy_cursor *sy_cursor_and(sy_cursor_env *env, sy_cursor *const *children, size_t n); /* n >= 1 */
sy_cursor *sy_cursor_or(sy_cursor_env *env, sy_cursor *const *children, size_t n);  /* n >= 1 */
sy_cursor *sy_cursor_not(sy_cursor_env *env, sy_cursor *child);
/* The records of `candidates` that env->check finds to match `leaf` (borrowed). */
sy_cursor *sy_cursor_check(sy_cursor_env *env, sy_cursor *candidates, const void *leaf);

/* The first possible docid >= target; a no-op if already there; never moves back.
 * SY_DOC_END past the last. The depth of recursion is that of the query. */
sy_docid sy_cursor_seek(sy_cursor *c, sy_docid target);
/* Of one list, the records from that on that the last seek found, which is below `end`, as far as
 * they are at hand and below `end`; the cursor moves to the last of them, and they are borrowed
 * until it moves again. 0 for other cursors. */
uint32_t sy_cursor_run(sy_cursor *c, sy_docid end, const sy_docid **docs);
/* Whether the record that the last seek found matches. */
SY_CHECKED sy_status sy_cursor_confirm(sy_cursor *c, bool *yes, sy_error *err);
/* It stops at no more records than this. */
uint64_t sy_cursor_cost(const sy_cursor *c);
/* True if every record it stops at matches: confirming is not needed. */
bool sy_cursor_exact(const sy_cursor *c);

/* Appends the tree for --explain: (and (list 3) (check (list 120))). Of many operands
 * only the first few, which are the cheapest in an AND that was not moved. */
void sy_cursor_print(const sy_cursor *c, sy_buf *out);

/* Counts all records that count at once, if the kind of cursor can and it was never moved: *n is
 * their number, and the cursor is used up. Look for damage before it is passed on. */
bool sy_cursor_count(sy_cursor *c, uint64_t *n);

#endif
