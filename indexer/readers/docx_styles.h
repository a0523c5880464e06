/* indexer/readers/docx_styles.h - what the styles of a Word document say about
 * paragraphs: whether they are headings, and which list they belong to. */
#ifndef SY_INDEXER_READERS_DOCX_STYLES_H
#define SY_INDEXER_READERS_DOCX_STYLES_H

#include "indexer/readers/string_table.h"
#include "indexer/readers/zip_parts.h"

enum { SY_UNSET = -100 };

typedef struct sy_docx_style {
    int level;    /* as of blocks, or SY_UNSET */
    int64_t list; /* its number, 0: none, or SY_UNSET */
    int64_t list_level;
    uint32_t parent; /* in `styles` + 1, or 0 */
} sy_docx_style;

typedef struct sy_docx_styles {
    sy_string_table ids; /* id -> place in `styles` + 1 */
    sy_docx_style *styles;
    size_t n, cap;
    uint32_t standard; /* the style of paragraphs that name none, + 1, or 0 */
} sy_docx_styles;

SY_CHECKED sy_status sy_docx_styles_read(sy_zip *z, const char *part, sy_docx_styles *out,
                                         sy_error *err);
void sy_docx_styles_release(sy_docx_styles *s);
/* What a style says, with what it inherits; `id` empty: the standard one. */
sy_docx_style sy_docx_style_get(const sy_docx_styles *s, sy_slice id);

#endif
