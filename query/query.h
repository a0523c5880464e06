/* query/query.h - the query language: text in, a tree out.
 *
 * Grammar and meaning: docs/query-language.md. The tree says what was asked for;
 * query/plan.c decides how it is answered. */
#ifndef SY_QUERY_QUERY_H
#define SY_QUERY_QUERY_H

#include "base/slice.h"
#include "store/schema.h"

enum {
    SY_QUERY_DEPTH_MAX = 64,    /* nesting of parentheses and NOT       */
    SY_QUERY_NODES_MAX = 4096,  /* terms and operators of one query     */
    SY_QUERY_LEN_MAX = 1 << 20, /* bytes of one expression             */
    SY_REGEX_SECONDS = 10,
    SY_REGEX_SECONDS_MAX = 86400
};

typedef enum sy_node_kind {
    SY_NODE_AND,    /* all children; none: every record              */
    SY_NODE_OR,     /* at least one child                            */
    SY_NODE_NOT,    /* not its one child                             */
    SY_NODE_ALL,    /* `*`                                           */
    SY_NODE_EXISTS, /* `field:*`: a non-empty value                  */
    SY_NODE_TERM,   /* bare term: rules 2, 3 and 5 of design section 5 */
    SY_NODE_PREFIX, /* `term*`                                       */
    SY_NODE_QUOTED, /* "…": rule 1                                   */
    SY_NODE_EQUAL,  /* field=value: rule 4; field=* is SY_NODE_EXISTS */
    SY_NODE_WILD,   /* a term with * or ?; its text keeps backslashes */
    SY_NODE_FUZZY,  /* term~1: `number` edits                         */
    SY_NODE_NEAR,   /* "a b"~5: `number` characters beside the words  */
    SY_NODE_RANGE,  /* low..high: `number` bytes of text are low      */
    SY_NODE_REGEX   /* /…/; its text keeps backslashes               */
} sy_node_kind;

typedef struct sy_node {
    sy_node_kind kind;
    sy_field_id field;   /* leaves: SY_FIELD_ANY or one field, reserved ones too */
    bool optional;       /* direct child of the root AND under --any           */
    bool whole;          /* TERM, QUOTED: as whole words; not of SY_FIELD_PINYIN */
    sy_slice text;       /* leaves: the term as typed, without quotes, escapes
                            undone; borrowed from the query                    */
    unsigned number;     /* see the kinds                                      */
    double boost;        /* leaves: how much they count in ranking, 0 to 1,000 */
    uint32_t start, end; /* bytes of the leaf in the expression, field included */
    uint32_t expr;       /* which expression it came from                      */
    uint32_t leaf;       /* leaves: index into query->leaves                   */
    struct sy_node **children;
    size_t n_children;
} sy_node;

typedef struct sy_query {
    sy_node *root;    /* never NULL after a successful parse */
    sy_node **leaves; /* every leaf, in the order typed */
    size_t n_leaves;
    unsigned regex_seconds;         /* as in the options; not 0 */
    struct sy_query_memory *memory; /* owns all nodes and text */
} sy_query;

/* Where a query went wrong, for the caret message. */
typedef struct sy_query_error {
    uint32_t expr;       /* index of the expression                        */
    uint32_t start, end; /* bytes in it; start == end at the end of the text */
    char expected[256];  /* what would have been right, or ""              */
} sy_query_error;

typedef struct sy_query_options {
    bool any;   /* --any: the terms of the top level are optional (OR) */
    bool words; /* -w: bare and quoted terms match as whole words      */
    /* What regular expressions that are left to ICU may take, in seconds of one search: past it
     * the search fails. 0: SY_REGEX_SECONDS. */
    unsigned regex_seconds;
} sy_query_options;

/* Parses n expressions and joins them with AND (with OR under `any`, which joins
 * the top-level terms of all of them). Fields are looked up in `schema` by their
 * normal form. Concepts (~x), a form of a later version, are SY_E_INPUT with a message that
 * says so. On failure *out is zeroed
 * and *where says the place (where may be NULL). INPUT, LIMIT, NOMEM. */
SY_CHECKED sy_status sy_query_parse(const char *const *exprs, size_t n_exprs,
                                    const sy_schema *schema, const sy_query_options *options,
                                    sy_query *out, sy_query_error *where, sy_error *err);
void sy_query_release(sy_query *q);

/* Appends the tree in a canonical form, for --explain and tests:
 * (and (term unit 区商投局) (not (equal status 无))). */
void sy_query_print(const sy_query *q, const sy_schema *schema, sy_buf *out);

#endif
