/* indexer/readers/ledger_header.h - recognises the header of a table. */
#ifndef SY_INDEXER_READERS_LEDGER_HEADER_H
#define SY_INDEXER_READERS_LEDGER_HEADER_H

#include "indexer/readers/headings.h"
#include "indexer/readers/ledger_lines.h"
#include "indexer/readers/ledger_rows.h"

/* The cells of a header; all zero is an empty one. */
typedef struct sy_ledger_header {
    size_t n;
    sy_slice cells[SY_LEDGER_COLUMNS_MAX]; /* in `text` */
    size_t off[SY_LEDGER_COLUMNS_MAX];
    sy_buf text, scratch;
} sy_ledger_header;

void sy_ledger_header_release(sy_ledger_header *h);

/* Whether the cells from `from` up to a blank line, or up to the number of a first
 * row, are a header: headings.h. *next is then behind it. A row of a table is turned down
 * at its first long cell or after a few unknown ones, so the cost is bounded. */
SY_CHECKED sy_status sy_ledger_header_read(sy_ledger_header *h, const sy_lines *from,
                                           const sy_schema *schema, bool *found, sy_lines *next,
                                           sy_error *err);

/* A header of two rows, the second directly below the first: where cells of the first
 * span several columns, the second names these, and is empty elsewhere. Gives the
 * empty ones their heading, if the numbers of cells fit; borrowed from `above`. */
void sy_ledger_header_merge(const sy_ledger_header *above, sy_ledger_header *below);

#endif
