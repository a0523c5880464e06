/* indexer/readers/table_header.h - rows that are kept to be looked at, and whether
 * they are the header of a ledger. */
#ifndef SY_INDEXER_READERS_TABLE_HEADER_H
#define SY_INDEXER_READERS_TABLE_HEADER_H

#include "indexer/readers/table.h"
#include "store/schema.h"

enum { SY_HEADER_COLUMNS_MAX = 512 }; /* further right no heading is looked for */

typedef struct sy_kept_cell {
    size_t off, len;
    bool left, above;
} sy_kept_cell;

typedef struct sy_kept_row {
    sy_table_row row; /* without cells: sy_kept_row_get has them */
    size_t first;
} sy_kept_row;

/* Copies of rows. All zero is empty. */
typedef struct sy_kept_rows {
    sy_kept_row *rows;
    size_t n, cap;
    sy_kept_cell *cells;
    size_t n_cells, cap_cells;
    sy_buf text;
    sy_table_cell *out; /* of the row asked for last */
    size_t cap_out;
} sy_kept_rows;

void sy_kept_rows_release(sy_kept_rows *k);
void sy_kept_rows_reset(sy_kept_rows *k);
SY_CHECKED sy_status sy_kept_rows_add(sy_kept_rows *k, const sy_table_row *row, sy_error *err);
/* Row i; its cells are good until the next call of any of these. */
SY_CHECKED sy_status sy_kept_row_get(sy_kept_rows *k, size_t i, sy_table_row *out, sy_error *err);
/* The text of a cell of row i; empty behind its last cell. */
sy_slice sy_kept_cell_text(const sy_kept_rows *k, size_t i, size_t column);

/* The headings of a table's columns, from one row or two. */
typedef struct sy_table_header {
    sy_slice heads[SY_HEADER_COLUMNS_MAX]; /* in the rows kept, or in `joined` */
    size_t n;
    sy_buf joined, scratch;
} sy_table_header;

void sy_table_header_release(sy_table_header *h);

/* Whether row i may have a second row of headings below it: a heading stands over
 * several columns, or columns have none. */
bool sy_header_may_go_on(const sy_kept_rows *kept, size_t i);
/* Fills h->heads from row i, or with `two` from rows i and i + 1, and says whether
 * they are the header of a ledger: three of them known to the schema (two, if there
 * are at most four). Rows that do not fit as two rows of headings are none. */
SY_CHECKED sy_status sy_table_header_read(sy_table_header *h, const sy_kept_rows *kept, size_t i,
                                          bool two, const sy_schema *schema, bool *found,
                                          sy_error *err);

#endif
