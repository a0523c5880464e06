/* indexer/readers/walks.h - the blocks of the documents of each format. */
#ifndef SY_INDEXER_READERS_WALKS_H
#define SY_INDEXER_READERS_WALKS_H

#include "indexer/readers/block_records.h"

sy_blocks_walk_fn sy_docx_walk;  /* body, footnotes, endnotes   */
sy_blocks_walk_fn sy_xlsx_walk;  /* the sheets, in their order  */
sy_blocks_walk_fn sy_odf_walk;   /* of .odt and .ods            */
sy_blocks_walk_fn sy_html_walk;  /* the text as browsers do     */
sy_blocks_walk_fn sy_csv_walk;   /* one sheet without a name    */
sy_blocks_walk_fn sy_prose_walk; /* plain text and Markdown     */

#endif
