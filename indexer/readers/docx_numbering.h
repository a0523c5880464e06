/* indexer/readers/docx_numbering.h - the automatic numbers of lists in Word: part of
 * what people see, but not of the text in the file (ISO/IEC 29500-1, 17.9). */
#ifndef SY_INDEXER_READERS_DOCX_NUMBERING_H
#define SY_INDEXER_READERS_DOCX_NUMBERING_H

#include "indexer/readers/string_table.h"
#include "indexer/readers/zip_parts.h"

enum { SY_LIST_LEVELS = 9 };

/* One level of a list: 一、 or （%1） or %1.%2. */
typedef struct sy_list_level {
    size_t text; /* in `strings`: what is shown, %1 to %9 for numbers; 0: nothing */
    size_t format;
    uint32_t start;
    bool legal, keeps; /* numbers as 1, 2; not restarted by the levels above */
    bool space;        /* something stands between number and text */
} sy_list_level;

typedef struct sy_list_kind { /* abstractNum */
    sy_list_level levels[SY_LIST_LEVELS];
    size_t style_link; /* it is the list of this style, or 0 */
    uint32_t counters[SY_LIST_LEVELS];
    bool started[SY_LIST_LEVELS];
} sy_list_kind;

typedef struct sy_list { /* num */
    uint32_t kind;       /* its id */
    uint32_t starts[SY_LIST_LEVELS];
    bool overrides[SY_LIST_LEVELS], used[SY_LIST_LEVELS];
} sy_list;

typedef struct sy_numbering {
    sy_buf strings; /* offset 0 is "" */
    sy_list_kind *kinds;
    size_t n_kinds, cap_kinds;
    sy_list *lists;
    size_t n_lists, cap_lists;
    sy_string_table kind_places, list_places; /* bytes of an id -> place + 1 */
} sy_numbering;
#define SY_NUMBERING_INIT                                                                          \
    {                                                                                              \
        .kind_places = SY_STRING_TABLE_INIT, .list_places = SY_STRING_TABLE_INIT                   \
    }

SY_CHECKED sy_status sy_numbering_read(sy_zip *z, const char *part, sy_numbering *out,
                                       sy_error *err);
void sy_numbering_release(sy_numbering *n);
/* Appends the number of the next paragraph of a list; an unknown list has none. */
void sy_numbering_next(sy_numbering *n, uint32_t list, uint32_t level, sy_buf *out);
/* Style whose list a list stands for, "" if none. */
const char *sy_numbering_style(const sy_numbering *n, uint32_t list);

#endif
