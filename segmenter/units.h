/* segmenter/units.h - from tokens to the words that a reader sees.
 *
 * Matching needs small tokens: 10.1 must be found in 10.1%, 元 in 9.2亿元. A reader
 * sees one word there. So the tokens stay as sy_cut gives them, and units say which
 * of them belong together: always whole tokens that touch. Rules:
 * docs/segmentation.md, "Units". */
#ifndef SY_SEGMENTER_UNITS_H
#define SY_SEGMENTER_UNITS_H

#include "segmenter/cut.h"

typedef enum sy_unit_kind {
    SY_UNIT_PUNCTUATION, /* marks and symbols; — — is one              */
    SY_UNIT_NUMBER,      /* 10.1 10.1% 二十三 1.3万 第6 3+2               */
    SY_UNIT_LATIN,       /* gdp pm2.5 aa+ epc+f+o a级                   */
    SY_UNIT_WORD,        /* Han                                        */
    SY_UNIT_NAME,        /* a foreign name in Han: 卡斯帕罗夫               */
    SY_UNIT_QUANTITY,    /* 9.2亿元 45ug/m3 300mw/1800mwh; only joined   */
    SY_UNIT_DATE         /* 2023年1月5日 1-11月 10:30; only joined        */
} sy_unit_kind;

typedef struct sy_unit {
    uint32_t start, end;      /* bytes of the normal form */
    uint32_t first, n_tokens; /* tokens[first, first + n_tokens) */
    sy_unit_kind kind;
} sy_unit;

typedef struct sy_unit_list {
    sy_unit *items; /* sy_free */
    size_t n, cap;
} sy_unit_list;

/* "word", "number" ...: as docs/json.md has it. */
const char *sy_unit_kind_name(sy_unit_kind kind);

/* Fills `out`, emptied first, with the units of tokens[n] of `normal`: each token
 * is in exactly one. `joined`: numbers with their units, and dates, are one unit;
 * else these are their parts. Cost O(n). Errors: NOMEM. */
SY_CHECKED sy_status sy_units(const char *normal, const sy_token *tokens, size_t n, bool joined,
                              sy_unit_list *out, sy_error *err);

#endif
