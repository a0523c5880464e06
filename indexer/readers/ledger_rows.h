/* indexer/readers/ledger_rows.h - the structure of a ledger dump: tables with
 * their headers, rows of cells, section headings, and the text around them.
 *
 * What the format is and how rows, headings and cells are told apart stands in
 * ledger.c and in docs/ledgers.md. */
#ifndef SY_INDEXER_READERS_LEDGER_ROWS_H
#define SY_INDEXER_READERS_LEDGER_ROWS_H

#include "indexer/reader.h"
#include "indexer/readers/ledger_numerals.h"

enum { SY_LEDGER_COLUMNS_MAX = 512 };

/* What the walk calls, in the order of the document. Slices are good for the call.
 * A status other than SY_OK ends the walk and is returned. */
typedef struct sy_ledger_events {
    void *ctx;
    /* The header of a table, or the same one again after a page break. */
    sy_status (*header)(void *ctx, const sy_slice *cells, size_t n, uint32_t line, sy_error *err);
    /* A row: n differs from the header's columns if the row is cut or too long. */
    sy_status (*row)(void *ctx, const sy_slice *cells, size_t n, uint32_t line, sy_error *err);
    sy_status (*section)(void *ctx, const sy_heading *heading, uint32_t line, sy_error *err);
    /* n lines of text from `line` on that belong to no table: title, footnote. */
    sy_status (*outside)(void *ctx, sy_slice first, size_t n, uint32_t line, sy_error *err);
    /* n cells from `line` on that stand before any header. */
    sy_status (*orphans)(void *ctx, size_t n, uint32_t line, sy_error *err);
} sy_ledger_events;

/* Walks a document. The events may add fields to its schema. Cost O(len). Errors: NOMEM
 * and what the events return. */
SY_CHECKED sy_status sy_ledger_walk(const sy_document *doc, const sy_ledger_events *events,
                                    sy_error *err);

/* *n: columns of the first header in a document that a cell with text follows, 0 if there
 * is none: then what looks like one is text. NOMEM. */
SY_CHECKED sy_status sy_ledger_first_header(const sy_document *doc, size_t *n, sy_error *err);

#endif
