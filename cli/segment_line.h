/* cli/segment_line.h - one line of text as suoyin segment writes it. */
#ifndef SY_CLI_SEGMENT_LINE_H
#define SY_CLI_SEGMENT_LINE_H

#include "base/slice.h"
#include "segmenter/normal.h"
#include "segmenter/units.h"

typedef struct sy_line_form {
    unsigned norm_flags;
    bool sub, json, normal;
    bool tokens; /* what the index matches, not the units that a reader sees */
    bool icu;    /* ICU's plain words; these are tokens too */
} sy_line_form;

/* Words [first, first + n) of the tokens that share original characters. */
typedef struct sy_shown_word {
    uint32_t start, end; /* bytes of the original line */
    uint32_t first, n;
    sy_unit_kind kind;
} sy_shown_word;

/* Scratch memory of one thread, and what it has written. Zeroed, then opened. */
typedef struct sy_line_cutter {
    const sy_line_form *form; /* borrowed */
    sy_cutter *cutter;
    sy_buf normal, out;
    sy_norm_map map;
    sy_unit_list units;
    sy_shown_word *words;
    size_t n_words, cap_words;
} sy_line_cutter;

/* Borrows `form` and `lexicon` until release. */
SY_CHECKED sy_status sy_line_cutter_open(sy_line_cutter *j, const sy_line_form *form,
                                         const sy_lexicon *lexicon, sy_error *err);
void sy_line_cutter_release(sy_line_cutter *j);

/* Appends a line, well-formed UTF-8 without its end, to j->out, then `end`; as JSON
 * an object and a line feed. */
SY_CHECKED sy_status sy_line_cutter_put(sy_line_cutter *j, sy_slice line, sy_slice end,
                                        sy_error *err);

#endif
