/* indexer/readers/ledger_names.h - the names in a cell of a name field.
 *
 * One name a line, or several with 、 ， , ； ; or a space between. A narrow column
 * breaks names over two lines, so lines are joined where there is evidence that
 * they are one name; when in doubt they stay apart. Evidence is the form of the
 * two parts, and where else they stand in the document, so a document is
 * observed whole before its cells are split. Rules: docs/ledgers.md, "Names". */
#ifndef SY_INDEXER_READERS_LEDGER_NAMES_H
#define SY_INDEXER_READERS_LEDGER_NAMES_H

#include "indexer/readers/string_table.h"
#include "segmenter/orgs.h"

typedef struct sy_ledger_names {
    sy_string_table pieces; /* how often each piece stands in the document      */
    sy_string_table pairs;  /* how often "a\nb": a piece at a line's end, the next */
    sy_org_piece *cell;     /* the pieces of the cell at hand, borrowed from it: names may hold
                               line ends, in brackets; a NEW_LINE is only a line end before */
    size_t n, cap;
    sy_buf scratch;
} sy_ledger_names;

#define SY_LEDGER_NAMES_INIT                                                                       \
    {                                                                                              \
        SY_STRING_TABLE_INIT, SY_STRING_TABLE_INIT, NULL, 0, 0, SY_BUF_INIT                        \
    }
void sy_ledger_names_release(sy_ledger_names *names);

/* Takes note of a cell. `bodies`: its names are those of bodies (segmenter/orgs.h): words of
 * roles are no part of them, and they may run together. */
SY_CHECKED sy_status sy_ledger_names_observe(sy_ledger_names *names, sy_slice cell, bool bodies,
                                             sy_error *err);

/* Calls fn for each name of the cell, in order; `name` is good for the call. A cell
 * without any gives one empty name. A status of fn other than SY_OK ends the walk. */
typedef sy_status sy_ledger_name_fn(void *ctx, sy_slice name, sy_org_role role, sy_error *err);
SY_CHECKED sy_status sy_ledger_names_split(sy_ledger_names *names, sy_slice cell, bool bodies,
                                           sy_ledger_name_fn *fn, void *ctx, sy_error *err);

#endif
