/* query/query_internal.h - what the files of the query parser share: the memory
 * of a query, the lexer, and the search for field names that were misspelt.
 *
 * The lexer gives one lexeme at a time and knows which of them stand in the
 * place of a value (right after `field:`), because the same characters mean
 * something else there. All places are bytes of the expression. */
#ifndef SY_QUERY_QUERY_INTERNAL_H
#define SY_QUERY_QUERY_INTERNAL_H

#include "query/query.h"

/* Nodes and text of one query: a list of chunks that are freed together. */
typedef struct sy_query_memory sy_query_memory;

SY_CHECKED sy_status sy_query_memory_new(sy_query_memory **out, sy_error *err);
/* Uninitialised room for n objects of `size` bytes, aligned for any of our
 * structs, or NULL. Lives until sy_query_memory_free. */
void *sy_query_memory_take(sy_query_memory *m, size_t n, size_t size);
void sy_query_memory_free(sy_query_memory *m); /* NULL is a no-op */

typedef enum sy_lex_kind {
    SY_LEX_NONE, /* before the first lexeme                   */
    SY_LEX_END,
    SY_LEX_OPEN,
    SY_LEX_CLOSE,
    SY_LEX_AND,
    SY_LEX_OR,
    SY_LEX_NOT,    /* the keyword, or a - in front of a term    */
    SY_LEX_FIELD,  /* `field:` or `field=`                      */
    SY_LEX_STAR,   /* `*` alone                                 */
    SY_LEX_WORD,   /* a bare term                               */
    SY_LEX_PREFIX, /* a bare term with a star behind            */
    SY_LEX_WILD,   /* a term with * or ? elsewhere              */
    SY_LEX_FUZZY,  /* term~1                                    */
    SY_LEX_RANGE,  /* low..high                                 */
    SY_LEX_QUOTED,
    SY_LEX_NEAR,  /* "…"~5                                     */
    SY_LEX_REGEX, /* /…/                                       */
    SY_LEX_FIELDS /* {a,b}: or {a,b}=                          */
} sy_lex_kind;

typedef struct sy_lexeme {
    sy_lex_kind kind;
    uint32_t start, end; /* bytes of the expression, quotes and star included */
    sy_slice text;       /* terms: escapes undone, but not in WILD and REGEX; in the memory */
    unsigned number;     /* FUZZY: edits; NEAR: characters between; RANGE: bytes of low */
    double boost;        /* the number behind a ^, else 1 */
    sy_field_id field;   /* FIELD */
    bool equal;          /* FIELD, FIELDS: = stands there, not : */
    sy_field_id *fields; /* FIELDS: fields[number]; in the memory */
} sy_lexeme;

typedef struct sy_lexer {
    const char *expr; /* valid UTF-8 */
    size_t len;
    uint32_t index; /* of the expression, for errors */
    size_t at;      /* the next byte to look at */
    sy_lexeme tok;  /* the current lexeme */
    sy_lexeme last; /* the one before it */
    const sy_schema *schema;
    sy_query_memory *memory;
    sy_buf text, normal;   /* scratch */
    sy_query_error *where; /* not NULL */
    sy_error *err;
} sy_lexer;

/* Starts on another expression; scratch memory is kept. SY_E_LIMIT when it is too
 * long, SY_E_INPUT when it is not UTF-8. */
SY_CHECKED sy_status sy_lex_start(sy_lexer *lx, const char *expr, uint32_t index);
/* Moves `tok` to `last` and reads the next lexeme. Past the end it stays END. */
SY_CHECKED sy_status sy_lex_next(sy_lexer *lx);
void sy_lex_release(sy_lexer *lx);

/* Records an error at [start, end) of the current expression and returns
 * `status`. `expected` completes "expected ..."; "" if there is nothing to say. */
sy_status sy_lex_fail(sy_lexer *lx, sy_status status, size_t start, size_t end,
                      const char *expected, const char *fmt, ...) SY_PRINTF(6, 7);

/* White space of any kind. */
bool sy_query_is_space(uint32_t cp);

/* A piece of the expression as it can be shown inside a message: cut after a
 * few characters, without control characters. */
typedef struct sy_excerpt {
    char text[80];
} sy_excerpt;
sy_excerpt sy_lex_excerpt(const sy_lexer *lx, size_t start, size_t end);

/* Finds the field that people mean by name[len], in any spelling of its normal
 * form; SY_FIELD_PINYIN if no field has the name and it is that. `scratch` is overwritten with the
 * normal form. NOMEM. */
SY_CHECKED sy_status sy_field_lookup(const sy_schema *schema, const char *name, size_t len,
                                     sy_buf *scratch, bool *found, sy_field_id *id, sy_error *err);
/* Appends up to three field names near to the normal form name[len], joined by
 * ", "; nothing if none is near. Cost: one comparison of at most 32 by 32
 * characters for each name of the schema. */
void sy_field_suggest(const sy_schema *schema, const char *name, size_t len, sy_buf *out);

#endif
