/* cli/query_explain.h - what a query is answered from, what each of its terms finds, and how long
 * that takes; on standard error. */
#ifndef SY_CLI_QUERY_EXPLAIN_H
#define SY_CLI_QUERY_EXPLAIN_H

#include "cli/cli.h"
#include "query/search.h"

/* After a query without hits: what each term found, and which one left nothing. */
SY_CHECKED sy_status sy_query_why_none(const sy_index *index, const sy_query *query,
                                       const char *const *exprs, sy_error *err);
/* For --explain: the tree, the lists that it is answered from, and a table of the terms. */
SY_CHECKED sy_status sy_query_explain(const sy_index *index, const sy_query *query,
                                      const char *const *exprs, sy_error *err);

/* The steps of an answer, with the nanoseconds that each took; 0: there was no such step. */
typedef struct sy_query_steps {
    int64_t open, read, rank, sort, find;
    uint64_t checked; /* see sy_search_checked */
} sy_query_steps;
void sy_query_say_steps(const sy_query_steps *steps);

#endif
