/* query/leaf.h - a leaf of the query made ready: its normal form, the rule by
 * which it matches, and its words. Worked out once for a search. */
#ifndef SY_QUERY_LEAF_H
#define SY_QUERY_LEAF_H

#include "query/needle.h"
#include "query/pattern.h"
#include "query/query_internal.h"
#include "query/regex_parts.h"
#include "query/regex_scan.h"
#include "query/tools.h"
#include "segmenter/pinyin.h"
#include "segmenter/regex.h"

/* How a leaf matches a text. Numbers are those of design section 5. */
typedef enum sy_leaf_rule {
    SY_RULE_NOTHING, /* no text can match                                      */
    SY_RULE_ALL,     /* every record                                           */
    SY_RULE_EXISTS,  /* a text that is not empty                               */
    SY_RULE_PART,    /* 1: it stands anywhere                                  */
    SY_RULE_SPREAD,  /* 2: it stands anywhere, or all its words do             */
    SY_RULE_WHOLE,   /* 3: it begins and ends where words do                   */
    SY_RULE_BEGIN,   /* 3 with a star: it begins where a word does             */
    SY_RULE_EQUAL,   /* 4: the whole value                                     */
    SY_RULE_NAME,    /* 5: only name fields are looked at, by the name rule    */
    SY_RULE_LINE,    /* the number of the line                                 */
    SY_RULE_PATTERN, /* wildcards or edits, by `pattern`                       */
    SY_RULE_NEAR,    /* all `words` inside a window                            */
    SY_RULE_RANGE,   /* a number or date from `low` to `high`                  */
    SY_RULE_REGEX,   /* `regex` matches                                        */
    SY_RULE_PINYIN   /* neighbouring characters can be read as `pinyin`        */
} sy_leaf_rule;

#define SY_NEAR_WORDS_MAX 16

/* A word that rule 2 looks for. */
typedef struct sy_leaf_word {
    sy_needle needle;
    bool whole; /* as a whole word (Latin, numbers), not anywhere (Han) */
} sy_leaf_word;

typedef struct sy_leaf {
    sy_leaf_rule rule;
    sy_field_id field;
    sy_needle text;      /* EQUAL: without what whole values ignore. Empty under SPREAD
                            if the text has a barrier, which nothing can match across */
    size_t n_chars;      /* of text */
    bool one_token;      /* WHOLE: where it stands as whole words it is one token   */
    bool by_name;        /* name fields are looked at by the name rule, with `name` */
    sy_needle name;      /* empty: it names nothing                                 */
    sy_leaf_word *words; /* SPREAD; none: the text is one word */
    size_t n_words;
    bool begins;           /* LINE: the number may go on */
    sy_pattern pattern;    /* its literal texts are `words`: all under wildcards, one of
                              them at least under edits */
    size_t window;         /* NEAR: characters from the first word to the last */
    double low, high;      /* RANGE, both included */
    bool dates;            /* RANGE */
    sy_regex *regex;       /* REGEX; owned: sy_leaf_release */
    sy_regex_scan *scan;   /* the same, faster, for whether it matches; NULL: it cannot be; owned */
    const sy_parts *parts; /* what it cannot do without */
    bool literal;          /* it is no more than `text` */
    sy_needle needed;      /* of that a text of two characters or more, if there is one */
    /* PINYIN: and what says which fields are looked at, borrowed from the index */
    const sy_pinyin *pinyin;
    const sy_schema *schema;
} sy_leaf;

/* Fills *out for one leaf of a query; memory is taken from `memory`. */
SY_CHECKED sy_status sy_leaf_prepare(sy_tools *tools, sy_query_memory *memory, const sy_node *node,
                                     sy_leaf *out, sy_error *err);
void sy_leaf_release(sy_leaf *leaf);
/* Whether the leaf looks at texts of the field; SY_FIELD_ANY leaves out the
 * reserved ones. */
bool sy_leaf_looks_at(const sy_leaf *leaf, sy_field_id field);

#endif
