/* indexer/readers/ledger_numerals.h - the numbers of a ledger: section headings
 * with their counts, row numbers, and the marks of goals. */
#ifndef SY_INDEXER_READERS_LEDGER_NUMERALS_H
#define SY_INDEXER_READERS_LEDGER_NUMERALS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/* How a heading starts. */
typedef enum sy_heading_form {
    SY_HEADING_PLAIN,  /* no numeral: only a count makes it a heading */
    SY_HEADING_DIGITS, /* 6、 1. : lists in cells look the same       */
    SY_HEADING_HAN     /* 一、 （一） 第一部分                        */
} sy_heading_form;

/* 二、“四新”方向产业发展（共18项） */
typedef struct sy_heading {
    sy_slice title; /* “四新”方向产业发展; borrowed from the line */
    sy_heading_form form;
    bool indented; /* white space stands in front */
    bool counted;  /* declares a count */
    uint32_t declared;
} sy_heading;

/* Whether a line has the form of a section heading. It is short, has a numeral in
 * front or a count behind, and does not end like a sentence. Cost bounded. */
bool sy_heading_parse(sy_slice line, sy_heading *out);

/* Whether a line of any length starts with the numeral of a heading. */
bool sy_heading_lead(sy_slice line, sy_heading_form *form);

/* Reads the number of a row: 8, ８, 8., (8), 1-2, GX01, 第8项, 十二, ⑧. `number` is
 * replaced by it in ASCII (Han numerals stay); `rest` is what stands behind in
 * brackets or on further lines (8（工信）). False if the cell holds no number:
 * `number` is then empty and `rest` the whole cell. Check number's status. */
bool sy_row_number(sy_slice cell, sy_buf *number, sy_slice *rest);

enum { SY_MARKS_MAX = 99 };

/* One goal's mark in a cell, with the text up to the next mark. */
typedef struct sy_mark {
    uint32_t value;   /* ① is 1 */
    uint32_t style;   /* equal for marks of one series: ①, ⑴, (1) ... */
    size_t from;      /* where the mark starts in the cell */
    size_t text, end; /* what follows it: [text, end) */
} sy_mark;

/* Finds the marks of a cell. A mark starts a paragraph, or follows the end of a
 * sentence if it is one more than the mark before (①…；②…). Marks ascend and are
 * of one series; others are text. (1) in brackets counts only if every paragraph
 * starts with one. Returns how many were put in marks[SY_MARKS_MAX]. */
size_t sy_marks_find(sy_slice cell, sy_mark *marks);
/* As above for a cell whose marks are known to be there: one that counts on may stand
 * anywhere, also behind no stop (①无②无). */
size_t sy_marks_find_anywhere(sy_slice cell, sy_mark *marks);

#endif
