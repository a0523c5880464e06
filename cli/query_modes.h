/* cli/query_modes.h - the parts of `suoyin query` beside printing records: reading
 * the query and what names fields, many queries. */
#ifndef SY_CLI_QUERY_MODES_H
#define SY_CLI_QUERY_MODES_H

#include "cli/cli.h"
#include "query/search.h"

/* Parses; on failure shows the place with a caret on standard error. */
bool sy_query_read(const char *const *exprs, size_t n_exprs, const sy_index *index,
                   const sy_query_options *options, sy_query *out);

/* The field of `index` that the user calls name[len], or SY_E_INPUT with the
 * names that there are. */
SY_CHECKED sy_status sy_query_field(const sy_index *index, const char *name, size_t len,
                                    sy_field_id *out, sy_error *err);

/* The fields that a list such as "key,unit" names, separated by commas of any kind: into
 * fields[most], *n of them. INPUT as well if there are more. */
SY_CHECKED sy_status sy_query_fields(const sy_index *index, const char *list, size_t most,
                                     sy_field_id *fields, size_t *n, sy_error *err);

/* Answers the queries in the file `path`, one a line. Returns the exit status. */
int sy_query_batch(const sy_arguments *args, const sy_index *index, const char *path,
                   const sy_query_options *options);

/* Writes text of several lines to standard error, each made visible. */
void sy_say_lines(const sy_buf *text);

#endif
