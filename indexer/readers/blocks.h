/* indexer/readers/blocks.h - what a document with paragraphs and tables is made
 * of, as a stream: the one language that the readers of Word, Excel, OpenDocument,
 * HTML, CSV and plain text speak.
 *
 * Order of blocks:  document = { paragraph | table | sheet , table }
 *                   table    = TABLE , { ROW , { cell } , ROW_END } , TABLE_END
 *                   cell     = CELL , { paragraph | table } , CELL_END | CELL_WHOLE
 * Who reads the stream: table.h spreads merged cells, block_records.h makes records. */
#ifndef SY_INDEXER_READERS_BLOCKS_H
#define SY_INDEXER_READERS_BLOCKS_H

#include "indexer/record.h"

typedef enum sy_block_kind {
    SY_BLOCK_PARAGRAPH, /* text, level                                         */
    SY_BLOCK_SHEET,     /* text: the sheet's name; hidden. Its table follows   */
    SY_BLOCK_TABLE,
    SY_BLOCK_TABLE_END,
    SY_BLOCK_ROW, /* number, hidden                                      */
    SY_BLOCK_ROW_END,
    SY_BLOCK_CELL, /* column, columns, rows, continues; its text follows  */
    SY_BLOCK_CELL_END,
    SY_BLOCK_CELL_WHOLE /* as CELL, with its text; nothing follows */
} sy_block_kind;

enum {
    SY_LEVEL_TEXT = 0,
    SY_LEVEL_TITLE = -1, /* of the document; 1 to 9 are headings */
    SY_COLUMN_NEXT = 0x7fffffff,
    SY_TABLE_DEPTH_MAX = 16
};

typedef struct sy_block {
    sy_block_kind kind;
    sy_slice text;    /* borrowed for the call; well-formed UTF-8, paragraphs end in \n */
    int level;        /* SY_LEVEL_TEXT, _TITLE, or the rank of a heading */
    bool hidden;      /* of sheets and rows */
    bool continues;   /* the cell goes on the one above it (vMerge of Word) */
    bool open;        /* how far the cell reaches down is told by `continues` of those below */
    uint32_t line;    /* where it starts in the document, 0 if it has no lines */
    uint64_t number;  /* of a row, from 1; 0: the next one */
    uint32_t column;  /* from 0, or SY_COLUMN_NEXT */
    uint32_t columns; /* that the cell covers; 0 counts as 1 */
    uint64_t rows;    /* that the cell covers; 0 counts as 1 */
} sy_block;

/* Takes the blocks. A status of `take` other than SY_OK ends the reading and is
 * returned. */
typedef struct sy_blocks {
    void *ctx;
    sy_status (*take)(void *ctx, const sy_block *block, sy_error *err);
    bool enough; /* set by who takes: no more rows are wanted of this table */
    /* Of what was left out; NULL: nobody listens. */
    void (*tell)(void *ctx, sy_report_kind kind, const char *message);
} sy_blocks;

static inline sy_status sy_blocks_take(sy_blocks *b, const sy_block *block, sy_error *err)
{
    return b->take(b->ctx, block, err);
}

static inline sy_status sy_blocks_mark(sy_blocks *b, sy_block_kind kind, uint32_t line,
                                       sy_error *err)
{
    sy_block block = {.kind = kind, .line = line, .column = SY_COLUMN_NEXT};
    return b->take(b->ctx, &block, err);
}

#endif
