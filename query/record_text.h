/* query/record_text.h - the texts of one record in the forms that matching needs:
 * read, normalised and cut at most once, each when first asked for. */
#ifndef SY_QUERY_RECORD_TEXT_H
#define SY_QUERY_RECORD_TEXT_H

#include "query/code_search.h"
#include "query/tools.h"

enum { SY_CODE_SEARCHES = 4 };

/* One text: a value, the key or the path. */
typedef struct sy_text {
    sy_slice normal;
    bool cut; /* the tokens are there */
    sy_token *tokens;
    size_t n_tokens, cap_tokens;
    sy_buf buf; /* holds `normal` */
    bool normalised;
    unsigned n_near; /* places asked for by sy_text_near */
} sy_text;

/* Fills text->tokens unless they are there. */
SY_CHECKED sy_status sy_text_cut(sy_text *text, sy_tools *tools, sy_error *err);
/* True unless the place lies inside a token: no word goes on across it. */
bool sy_tokens_break_at(const sy_token *tokens, size_t n, size_t place);
/* The same for the bytes `start` and `end` of a text. Between Han, cuts only
 * the clause that they lie in, unless the text is cut already or many of its places were asked for.
 */
SY_CHECKED sy_status sy_text_near(sy_text *text, sy_tools *tools, size_t start, size_t end,
                                  bool *at_start, bool *at_end, sy_error *err);
void sy_text_release(sy_text *text);

/* A string that texts of the segment are asked for again and again. */
typedef struct sy_asked {
    sy_slice string; /* in `copy` */
    char copy[SY_CODE_SEARCH_MAX];
    size_t n;               /* codes */
    sy_code_search *search; /* NULL: it was not asked for in much yet */
} sy_asked;

/* The texts of a record: its values as stored, then its key, then its path. */
typedef struct sy_record_text {
    sy_tools *tools;           /* borrowed */
    const sy_segment *segment; /* NULL: no record is loaded */
    sy_stored stored;          /* not spelt out */
    sy_buf original;           /* scratch */
    sy_text *texts;
    size_t cap_texts;
    const sy_segment *asked_of; /* the segment of `asked` */
    sy_asked asked[SY_CODE_SEARCHES];
    size_t n_asked;
} sy_record_text; /* {.tools = tools} to start with */

/* Reads a record, unless it is the one that is there. */
SY_CHECKED sy_status sy_record_text_load(sy_record_text *r, const sy_segment *segment,
                                         sy_docid docid, sy_error *err);
size_t sy_record_text_count(const sy_record_text *r);
/* The i-th text as it is stored; of the key and the path the reserved field ids alone. */
sy_stored_value sy_record_text_value(const sy_record_text *r, size_t i);
/* The i-th text in the original; borrowed until the next call of this function. */
SY_CHECKED sy_status sy_record_text_original(sy_record_text *r, size_t i, sy_slice *out,
                                             sy_error *err);
/* The same in normal form; borrowed until another record is loaded. */
SY_CHECKED sy_status sy_record_text_normal(sy_record_text *r, size_t i, sy_text **out,
                                           sy_error *err);
/* Whether the i-th text has a string in its normal form: as far as it must be spelt to tell. */
SY_CHECKED sy_status sy_record_text_has(sy_record_text *r, size_t i, const sy_needle *string,
                                        bool *yes, sy_error *err);
void sy_record_text_release(sy_record_text *r);

#endif
