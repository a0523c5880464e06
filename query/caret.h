/* query/caret.h - show where a query went wrong: the expression, a caret below
 * the place, and what was wrong with it. */
#ifndef SY_QUERY_CARET_H
#define SY_QUERY_CARET_H

#include "query/query.h"

enum {
    SY_CARET_COLUMNS = 76, /* what a line with the expression takes at most */
    SY_CARET_COLUMNS_LEAST = 20
};

/* Appends two lines, each ended by a newline:
 *
 *     unit:(
 *           ^ expected a term or ')'
 *
 * A place of several characters is underlined, ^~~~. A long expression is cut
 * around the place, with … at each cut; a message that does not fit beside the
 * caret stands on a third line. Characters that a terminal does not draw are
 * shown as ␛ or <U+202E>, bytes that are not UTF-8 as <FF>. `expr` is the
 * expression that where->expr is the index of; a place past its end counts as
 * the end; message NULL or "": none. `columns`: of the terminal; fewer or more than the limits
 * count as these. Cost O(length of expr); failure is in out's status. */
void sy_query_caret(const char *expr, const sy_query_error *where, const char *message,
                    unsigned columns, sy_buf *out);

#endif
