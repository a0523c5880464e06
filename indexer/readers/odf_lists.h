/* indexer/readers/odf_lists.h - the automatic numbers of lists and headings in
 * OpenDocument: part of what people see, but not of the text in the file
 * (OpenDocument 1.3 part 3, 5.3 and 16.30 to 16.34). */
#ifndef SY_INDEXER_READERS_ODF_LISTS_H
#define SY_INDEXER_READERS_ODF_LISTS_H

#include "indexer/readers/string_table.h"
#include "indexer/readers/xml_stream.h"

enum { SY_ODF_LEVELS = 10, SY_ODF_LISTS_MAX = 100000 };

/* One level of a list style. Texts are places in `strings`, 0 being "". */
typedef struct sy_odf_level {
    size_t format, before, after; /* the numeral; what stands around it */
    size_t pattern;               /* the whole, %1% … %10% for numbers; or 0 */
    size_t bullet;                /* instead of all this, or 0 */
    uint32_t start, shown;        /* first number; how many levels are shown */
    bool letters_repeat;          /* aa, bb behind z, else aa, ab */
    bool joined;                  /* nothing stands between number and text */
} sy_odf_level;

typedef struct sy_odf_style {
    sy_odf_level levels[SY_ODF_LEVELS];
    uint32_t last; /* the counters of its newest list, place + 1 */
} sy_odf_style;

typedef struct sy_odf_counters {
    uint32_t at[SY_ODF_LEVELS];
    bool started[SY_ODF_LEVELS];
} sy_odf_counters;

/* A list that is open, and its item at hand. */
typedef struct sy_odf_open_list {
    uint32_t counters;       /* place */
    uint32_t style, of_item; /* place + 1; 0: none */
    uint32_t level;          /* from 0 */
    bool fresh;              /* the item has no paragraph yet */
    int64_t start;           /* its number, or negative */
    unsigned sublists;       /* of the item */
} sy_odf_open_list;

typedef struct sy_odf_lists {
    sy_buf strings;
    sy_odf_style *styles; /* the first is that of headings */
    size_t n_styles, cap_styles;
    sy_odf_counters *counters; /* the first are those of headings */
    size_t n_counters, cap_counters;
    sy_string_table style_names, ids; /* place + 1 */
    sy_odf_open_list open[SY_XML_DEPTH_MAX];
    size_t n_open;
    size_t base; /* lists below it are outside of the table or text box at hand */
} sy_odf_lists;
#define SY_ODF_LISTS_INIT                                                                          \
    {                                                                                              \
        .style_names = SY_STRING_TABLE_INIT, .ids = SY_STRING_TABLE_INIT                           \
    }

/* Reads the list styles of a document, which styles.xml and the head of content.xml
 * hold. A damaged styles.xml fails as a damaged content.xml does. */
SY_CHECKED sy_status sy_odf_lists_read(sy_zip *z, sy_odf_lists *out, sy_error *err);
void sy_odf_lists_release(sy_odf_lists *l);

/* text:list and its end. */
SY_CHECKED sy_status sy_odf_list_begin(sy_odf_lists *l, const sy_xml_element *e, sy_error *err);
void sy_odf_list_end(sy_odf_lists *l);
/* text:list-item, or with `header` text:list-header, which has no number. */
void sy_odf_list_item(sy_odf_lists *l, const sy_xml_element *e, bool header);
/* text:p or text:h: appends the number of the paragraph, if it has one. */
void sy_odf_list_label(sy_odf_lists *l, const sy_xml_element *e, bool heading, sy_buf *out);
/* A table or a text box begins, whose lists are not those around it; it ends with
 * leave, which takes what enter gave. */
size_t sy_odf_lists_enter(sy_odf_lists *l);
void sy_odf_lists_leave(sy_odf_lists *l, size_t before);

#endif
