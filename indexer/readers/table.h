/* indexer/readers/table.h - the one model of a table: rows of cells on a grid, in
 * which a merged cell gives its value to every row and column that it covers. */
#ifndef SY_INDEXER_READERS_TABLE_H
#define SY_INDEXER_READERS_TABLE_H

#include "base/buf.h"
#include "indexer/readers/blocks.h"

enum {
    SY_TABLE_COLUMNS_MAX = 16384, /* what lies further right is joined to the last */
    SY_TABLE_SPREAD_MAX = 512     /* columns that a merged cell's value is given to */
};

typedef struct sy_table_cell {
    sy_slice text; /* without outer white space; borrowed until the next row */
    bool left;     /* the value comes from the column left of it */
    bool above;    /* ... or from a row above */
} sy_table_cell;

typedef struct sy_table_row {
    const sy_table_cell *cells;
    size_t n;
    uint64_t number; /* from 1, as the document counts */
    uint32_t line;
    bool hidden;
    size_t n_own; /* cells with a text of their own */
    size_t own;   /* the first of them ... */
    size_t reach; /* ... and the columns that it covers */
} sy_table_row;

/* A cell that reaches into the rows below. */
typedef struct sy_table_span {
    uint32_t column, columns;
    uint64_t last; /* row */
    bool open;     /* it reaches down to where a row does not continue it */
    bool renewed;  /* by the row at hand */
    sy_buf text;
} sy_table_span;

typedef struct sy_table_part {
    size_t off, len; /* in text */
    uint32_t column, columns;
    bool above;
} sy_table_part;

typedef struct sy_table {
    uint64_t number;
    uint32_t line, next_column;
    bool hidden;
    sy_buf text; /* of the row at hand */
    sy_table_part *parts;
    size_t n_parts, cap_parts;
    sy_table_span *spans; /* live ones; those behind keep their memory */
    size_t n_spans, made_spans, cap_spans;
    sy_table_cell *cells;
    size_t cap_cells;
    sy_block cell; /* that is being filled */
    size_t cell_off;
} sy_table;

/* All zero is a table without rows. */
void sy_table_release(sy_table *t);
/* Empties but keeps the memory. */
void sy_table_reset(sy_table *t);
void sy_table_begin_row(sy_table *t, const sy_block *row);
/* Begins a cell, which has the block's text and what is added up to its end. */
void sy_table_begin_cell(sy_table *t, const sy_block *cell);
void sy_table_add_paragraph(sy_table *t, sy_slice text);
SY_CHECKED sy_status sy_table_end_cell(sy_table *t, sy_error *err);
/* The row with what reaches into it; good until the next row begins. */
SY_CHECKED sy_status sy_table_end_row(sy_table *t, sy_table_row *out, sy_error *err);

#endif
