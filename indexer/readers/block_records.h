/* indexer/readers/block_records.h - from the blocks of a document to its records.
 *
 * A table whose header the schema knows is a ledger: its rows become goals, exactly
 * as those of a text dump do. Other tables become records whose fields are named by
 * their first row, paragraphs become records of title, section and text. What is
 * which stands in docs/ledgers.md, "Documents of an office". */
#ifndef SY_INDEXER_READERS_BLOCK_RECORDS_H
#define SY_INDEXER_READERS_BLOCK_RECORDS_H

#include "indexer/reader.h"
#include "indexer/readers/blocks.h"

/* Walks the document from its start and puts its blocks to `out`. May leave out
 * the rest of a table once out->enough is set. */
typedef sy_status sy_blocks_walk_fn(const sy_document *doc, sy_blocks *out, sy_error *err);

/* Walks twice: names, and whether there is a ledger, are known after the first. */
SY_CHECKED sy_status sy_block_records(const sy_document *doc, const sy_sink *sink,
                                      sy_blocks_walk_fn *walk, sy_error *err);

#endif
