/* cli/query_modes.h - the parts of `suoyin query` beside printing records: reading
 * the query, many queries, counts by value, and why nothing was found. */
#ifndef SY_CLI_QUERY_MODES_H
#define SY_CLI_QUERY_MODES_H

#include "cli/cli.h"
#include "query/search.h"

enum { SY_BEST_MOST = 1000000 }; /* records that -k gives */

/* Parses; on failure shows the place with a caret on standard error. */
bool sy_query_read(const char *const *exprs, size_t n_exprs, const sy_index *index,
                   const sy_query_options *options, sy_query *out);

/* The field of `index` that the user calls name[len], or SY_E_INPUT with the
 * names that there are. */
SY_CHECKED sy_status sy_query_field(const sy_index *index, const char *name, size_t len,
                                    sy_field_id *out, sy_error *err);

/* Answers the queries in the file `path`, one a line. Returns the exit status. */
int sy_query_batch(const sy_arguments *args, const sy_index *index, const char *path);

/* Writes the tree (if `tree`) and what each term found to standard error. */
SY_CHECKED sy_status sy_query_explain(const sy_index *index, const sy_query *query,
                                      const char *const *exprs, bool tree, sy_error *err);

/* Counts a search's records by the values of a field and prints that: as JSON if
 * `json`, visible if `terminal`. `limit` 0: all. *n_hits: whether any matched. */
typedef struct sy_count_by {
    sy_field_id field;
    bool json, terminal;
    char end;
    uint64_t offset, limit;
} sy_count_by;
SY_CHECKED sy_status sy_query_count_by(sy_search *search, const sy_schema *schema,
                                       const sy_count_by *how, sy_buf *out, bool *any_hit,
                                       sy_error *err);

#endif
