/* Recursive descent over the lexemes of lex.c. Each list of operands grows on one
 * stack and becomes a node when it ends; lists of the same kind melt into the
 * list around them while they are pushed, so the tree is flat when it is made:
 *
 *     a (b c) d  ->  (and a b c d)
 *
 * Recursion goes one level down for each parenthesis and each NOT, and both
 * count towards SY_QUERY_DEPTH_MAX. */
#include <string.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "query/query_internal.h"
#include "segmenter/normal.h"
#include "segmenter/pinyin.h"

#define NEED_TERM N_("a term such as 资金, a field such as unit:区商投局, or * for every record")

typedef struct parser {
    sy_lexer lx;
    sy_query_memory *memory;
    sy_node **stack; /* operands of the lists that are open */
    size_t n_stack, cap_stack;
    sy_node **leaves;
    size_t n_leaves, cap_leaves;
    size_t n_nodes;
    bool in_list; /* the value of a list of fields is being read */
    bool words;   /* -w */
} parser;

static sy_status parse_or(parser *p, size_t depth, sy_field_id field, sy_node **out);

static sy_status new_node(parser *p, sy_node_kind kind, sy_node **out)
{
    *out = NULL;
    sy_lexeme tok = p->lx.tok;
    if (p->n_nodes == SY_QUERY_NODES_MAX)
        return sy_lex_fail(&p->lx, SY_E_LIMIT, tok.start, tok.end, "fewer terms",
                           "the query has more than %d terms and operators",
                           (int)SY_QUERY_NODES_MAX);
    sy_node *node = sy_query_memory_take(p->memory, 1, sizeof *node);
    if (!node)
        return sy_fail_nomem(p->lx.err);
    *node = (sy_node){.kind = kind, .field = SY_FIELD_ANY, .expr = p->lx.index};
    p->n_nodes++;
    *out = node;
    return SY_OK;
}

static sy_status push(parser *p, sy_node *node)
{
    if (!sy_grow((void **)&p->stack, p->n_stack, &p->cap_stack, sizeof *p->stack))
        return sy_fail_nomem(p->lx.err);
    p->stack[p->n_stack++] = node;
    return SY_OK;
}

/* Pushes an operand of a list of kind `kind`; an operand of that kind melts. */
static sy_status push_operand(parser *p, sy_node_kind kind, sy_node *node)
{
    if (node->kind != kind)
        return push(p, node);
    sy_status status = SY_OK;
    for (size_t i = 0; i < node->n_children && status == SY_OK; i++)
        status = push(p, node->children[i]);
    p->n_nodes--;
    return status;
}

/* Takes the operands above `mark` off the stack as one node; one operand alone is
 * that node itself. */
static sy_status pop_list(parser *p, sy_node_kind kind, size_t mark, sy_node **out)
{
    size_t n = p->n_stack - mark;
    *out = p->stack[mark];
    if (n > 1) {
        sy_status status = new_node(p, kind, out);
        if (status != SY_OK)
            return status;
        sy_node *node = *out;
        node->children = sy_query_memory_take(p->memory, n, sizeof(sy_node *));
        if (!node->children)
            return sy_fail_nomem(p->lx.err);
        memcpy(node->children, p->stack + mark, n * sizeof(sy_node *));
        node->n_children = n;
        node->expr = node->children[0]->expr;
        node->start = node->children[0]->start;
        node->end = node->children[n - 1]->end;
    }
    p->n_stack = mark;
    return SY_OK;
}

/* The name of an operator as it was typed, or what else stands at a lexeme. */
static sy_excerpt excerpt(const parser *p, const sy_lexeme *tok)
{
    return sy_lex_excerpt(&p->lx, tok->start, tok->end);
}

static sy_status fail_here(parser *p, const char *expected, const char *message)
{
    return sy_lex_fail(&p->lx, SY_E_INPUT, p->lx.tok.start, p->lx.tok.end, expected, "%s",
                       sy_tr(message));
}

/* The lexeme cannot start an operand: says what is missing, and where. */
static sy_status fail_operand(parser *p)
{
    const sy_lexeme *tok = &p->lx.tok, *last = &p->lx.last;
    sy_excerpt here = excerpt(p, tok), before = excerpt(p, last);
    bool after_operator =
        last->kind == SY_LEX_AND || last->kind == SY_LEX_OR || last->kind == SY_LEX_NOT;
    if (after_operator)
        return sy_lex_fail(&p->lx, SY_E_INPUT, tok->start, tok->end, "a term or '('",
                           "there is no term after '%s'", before.text);
    if (tok->kind == SY_LEX_END && last->kind == SY_LEX_OPEN)
        return fail_here(p, "a term and ')'", "nothing follows '('");
    if (tok->kind == SY_LEX_END)
        return fail_here(p, NEED_TERM, "empty query");
    if (tok->kind == SY_LEX_CLOSE && last->kind == SY_LEX_OPEN)
        return fail_here(p, "a term before ')'", "there is nothing between '(' and ')'");
    if (tok->kind == SY_LEX_CLOSE)
        return fail_here(p, "'(' before it, or a backslash to search for the character",
                         "')' has no '('");
    return sy_lex_fail(&p->lx, SY_E_INPUT, tok->start, tok->end,
                       "a term before it, or quotes around it to search for the word",
                       "there is no term before '%s'", here.text);
}

static sy_status check_depth(parser *p, size_t depth)
{
    if (depth <= SY_QUERY_DEPTH_MAX)
        return SY_OK;
    return sy_lex_fail(&p->lx, SY_E_LIMIT, p->lx.tok.start, p->lx.tok.end,
                       "fewer parentheses and NOTs inside each other",
                       "the query is nested more than %d deep", (int)SY_QUERY_DEPTH_MAX);
}

static sy_node_kind leaf_kind(const parser *p, sy_field_id field, bool equal)
{
    switch (p->lx.tok.kind) {
    case SY_LEX_STAR:
        return field == SY_FIELD_ANY ? SY_NODE_ALL : SY_NODE_EXISTS;
    case SY_LEX_PREFIX:
        return SY_NODE_PREFIX;
    case SY_LEX_QUOTED:
        return equal ? SY_NODE_EQUAL : SY_NODE_QUOTED;
    case SY_LEX_WILD:
        return SY_NODE_WILD;
    case SY_LEX_FUZZY:
        return SY_NODE_FUZZY;
    case SY_LEX_RANGE:
        return SY_NODE_RANGE;
    case SY_LEX_NEAR:
        return SY_NODE_NEAR;
    case SY_LEX_REGEX:
        return SY_NODE_REGEX;
    default:
        return equal ? SY_NODE_EQUAL : SY_NODE_TERM;
    }
}

static bool starts_leaf(sy_lex_kind kind)
{
    return kind >= SY_LEX_STAR && kind <= SY_LEX_REGEX;
}

/* What stands behind `py:`. */
static sy_status check_pinyin(parser *p)
{
    const sy_lexeme *tok = &p->lx.tok;
    if (!sy_schema_has_pinyin(p->lx.schema))
        return fail_here(p,
                         "an index whose schema has \"pinyin\": true in a field of names or "
                         "keywords (suoyin index --schema; --rebuild if it is an old index)",
                         "no field of this index can be asked for by pinyin");
    if (tok->kind != SY_LEX_WORD && tok->kind != SY_LEX_QUOTED && tok->kind != SY_LEX_PREFIX)
        return fail_here(p, "py:zijin, py:zj or py:zij*",
                         "pinyin is letters, with one * behind them at most");
    sy_buf *normal = &p->lx.normal;
    sy_pinyin pinyin;
    sy_buf_reset(normal);
    sy_status status = sy_normalize(0, tok->text.data, tok->text.len, normal, NULL, p->lx.err);
    if (status == SY_OK)
        status = sy_buf_status(normal, p->lx.err);
    if (status != SY_OK)
        return status;
    switch (sy_pinyin_read((sy_slice){normal->data, normal->len}, &pinyin)) {
    case SY_PINYIN_GOOD:
        return SY_OK;
    case SY_PINYIN_LONG:
        return sy_lex_fail(&p->lx, SY_E_LIMIT, tok->start, tok->end, "fewer letters",
                           "the pinyin has more than %d letters", (int)SY_PINYIN_MAX);
    case SY_PINYIN_OTHER:
    case SY_PINYIN_EMPTY:
        break;
    }
    return fail_here(p, "letters a to z, ü and digits, with ' or blanks between syllables",
                     "this is no pinyin");
}

/* Forms that need more of their surroundings than the lexer sees. */
static sy_status check_leaf(parser *p, sy_field_id field, bool equal)
{
    sy_lex_kind kind = p->lx.tok.kind;
    bool whole = kind == SY_LEX_STAR || kind == SY_LEX_WORD || kind == SY_LEX_QUOTED;
    if (equal && !whole)
        return fail_here(p, "':' instead of '=', or quotes around the value",
                         "'=' asks for a whole value, so a star cannot end it, nor can there be "
                         "another sign");
    if (field == SY_FIELD_PINYIN)
        return check_pinyin(p);
    if (field == SY_FIELD_LINE && (kind == SY_LEX_WILD || kind == SY_LEX_FUZZY ||
                                   kind == SY_LEX_NEAR || kind == SY_LEX_REGEX))
        return fail_here(p, "a number, digits and a star, or low..high",
                         "lines are asked for by number");
    const sy_schema *schema = p->lx.schema;
    sy_field_kind of = field < schema->n_fields ? schema->fields[field].kind : SY_FIELD_TEXT;
    if (kind == SY_LEX_RANGE && field != SY_FIELD_LINE && of != SY_FIELD_NUMBER &&
        of != SY_FIELD_DATE)
        return fail_here(p, "a field of numbers or dates before it, or quotes around it",
                         "a range needs a field of numbers or dates, or line");
    return SY_OK;
}

/* The current lexeme as a leaf that begins at byte `start` (with its field). */
static sy_status parse_leaf(parser *p, size_t start, sy_field_id field, bool equal, sy_node **out)
{
    const sy_lexeme *tok = &p->lx.tok;
    *out = NULL;
    sy_node *node;
    sy_status status = check_leaf(p, field, equal);
    if (status == SY_OK)
        status = new_node(p, leaf_kind(p, field, equal), &node);
    if (status != SY_OK)
        return status;
    node->field = field;
    node->text = tok->text;
    node->number = tok->number;
    node->boost = tok->boost;
    node->whole = p->words && field != SY_FIELD_PINYIN &&
                  (node->kind == SY_NODE_TERM || node->kind == SY_NODE_QUOTED);
    node->start = (uint32_t)start;
    node->end = tok->end;
    node->leaf = (uint32_t)p->n_leaves;
    if (!sy_grow((void **)&p->leaves, p->n_leaves, &p->cap_leaves, sizeof *p->leaves))
        return sy_fail_nomem(p->lx.err);
    p->leaves[p->n_leaves++] = node;
    *out = node;
    return sy_lex_next(&p->lx);
}

/* "(" query ")" */
static sy_status parse_group(parser *p, size_t depth, sy_field_id field, sy_node **out)
{
    *out = NULL;
    size_t open = p->lx.tok.start;
    sy_status status = check_depth(p, depth + 1);
    if (status == SY_OK)
        status = sy_lex_next(&p->lx);
    if (status == SY_OK)
        status = parse_or(p, depth + 1, field, out);
    if (status != SY_OK)
        return status;
    if (p->lx.tok.kind != SY_LEX_CLOSE)
        return sy_lex_fail(&p->lx, SY_E_INPUT, p->lx.tok.start, p->lx.tok.end,
                           "')' or another term", "there is no ')' for '%s'",
                           sy_lex_excerpt(&p->lx, open, p->lx.tok.end).text);
    return sy_lex_next(&p->lx);
}

/* What follows a field: one value, or a group. */
static sy_status parse_value(parser *p, size_t depth, sy_lexeme field, sy_node **out)
{
    *out = NULL;
    sy_status status = sy_lex_next(&p->lx);
    if (status != SY_OK)
        return status;
    const sy_lexeme *tok = &p->lx.tok;
    if (starts_leaf(tok->kind))
        return parse_leaf(p, field.start, field.field, field.equal, out);
    if (tok->kind == SY_LEX_OPEN && !field.equal)
        return parse_group(p, depth, field.field, out);
    if (tok->kind == SY_LEX_OPEN)
        return fail_here(p, "':' instead of '=', or one value", "'=' takes one value, not a group");
    return sy_lex_fail(&p->lx, SY_E_INPUT, tok->start, tok->end,
                       tok->kind == SY_LEX_AND || tok->kind == SY_LEX_OR || tok->kind == SY_LEX_NOT
                           ? N_("a value, in quotes if it is an operator's name")
                           : N_("a value, '(' or *"),
                       "there is no value after '%s'", excerpt(p, &field).text);
}

/* field (":" | "=") value | field ":" "(" query ")". A list of fields is OR: the
 * value is read again for each. */
static sy_status parse_field(parser *p, size_t depth, sy_node **out)
{
    sy_lexeme field = p->lx.tok;
    if (field.kind == SY_LEX_FIELD)
        return parse_value(p, depth, field, out);
    *out = NULL;
    if (p->in_list) /* each level would read the text anew for each field */
        return fail_here(p, "one field", "a list of fields cannot stand inside another's value");
    p->in_list = true;
    sy_status status = check_depth(p, depth + 1);
    size_t mark = p->n_stack, at = p->lx.at;
    for (unsigned i = 0; i < field.number && status == SY_OK; i++) {
        sy_node *node;
        p->lx.at = at;
        p->lx.tok = field;
        field.field = field.fields[i];
        status = parse_value(p, depth + 1, field, &node);
        if (status == SY_OK)
            status = push_operand(p, SY_NODE_OR, node);
    }
    p->in_list = false;
    return status == SY_OK ? pop_list(p, SY_NODE_OR, mark, out) : status;
}

/* not = ("NOT" | "-") not | primary. `field` is what leaves without one get. */
static sy_status parse_not(parser *p, size_t depth, sy_field_id field, sy_node **out)
{
    const sy_lexeme *tok = &p->lx.tok;
    if (tok->kind == SY_LEX_FIELD || tok->kind == SY_LEX_FIELDS)
        return parse_field(p, depth, out);
    if (tok->kind == SY_LEX_OPEN)
        return parse_group(p, depth, field, out);
    if (starts_leaf(tok->kind))
        return parse_leaf(p, tok->start, field, false, out);
    *out = NULL;
    if (tok->kind != SY_LEX_NOT)
        return fail_operand(p);
    uint32_t start = tok->start;
    sy_node *node, *child;
    sy_status status = check_depth(p, depth + 1);
    if (status == SY_OK)
        status = new_node(p, SY_NODE_NOT, &node);
    if (status == SY_OK)
        status = sy_lex_next(&p->lx);
    if (status == SY_OK)
        status = parse_not(p, depth + 1, field, &child);
    if (status != SY_OK)
        return status;
    node->children = sy_query_memory_take(p->memory, 1, sizeof(sy_node *));
    if (!node->children)
        return sy_fail_nomem(p->lx.err);
    node->children[0] = child;
    node->n_children = 1;
    node->start = start;
    node->end = child->end;
    *out = node;
    return SY_OK;
}

/* not { "AND" not }: what --any leaves together. */
static sy_status parse_explicit_and(parser *p, size_t depth, sy_field_id field, sy_node **out)
{
    size_t mark = p->n_stack;
    *out = NULL;
    for (;;) {
        sy_node *operand;
        sy_status status = parse_not(p, depth, field, &operand);
        if (status == SY_OK)
            status = push_operand(p, SY_NODE_AND, operand);
        if (status != SY_OK)
            return status;
        if (p->lx.tok.kind != SY_LEX_AND)
            return pop_list(p, SY_NODE_AND, mark, out);
        status = sy_lex_next(&p->lx);
        if (status != SY_OK)
            return status;
    }
}

static bool ends_chain(const parser *p)
{
    sy_lex_kind kind = p->lx.tok.kind;
    return kind == SY_LEX_END || kind == SY_LEX_CLOSE || kind == SY_LEX_OR;
}

/* Leaves the operands of one chain on the stack; those that are ANDs themselves
 * melt into it if `melt`, and stay whole for --any otherwise. */
static sy_status parse_chain(parser *p, size_t depth, sy_field_id field, bool melt)
{
    do {
        sy_node *operand;
        sy_status status = parse_explicit_and(p, depth, field, &operand);
        if (status == SY_OK)
            status = melt ? push_operand(p, SY_NODE_AND, operand) : push(p, operand);
        if (status != SY_OK)
            return status;
    } while (!ends_chain(p));
    return SY_OK;
}

/* and { "OR" and } */
static sy_status parse_or(parser *p, size_t depth, sy_field_id field, sy_node **out)
{
    size_t mark = p->n_stack;
    *out = NULL;
    for (;;) {
        size_t chain = p->n_stack;
        sy_node *branch;
        sy_status status = parse_chain(p, depth, field, true);
        if (status == SY_OK)
            status = pop_list(p, SY_NODE_AND, chain, &branch);
        if (status == SY_OK)
            status = push_operand(p, SY_NODE_OR, branch);
        if (status != SY_OK)
            return status;
        if (p->lx.tok.kind != SY_LEX_OR)
            return pop_list(p, SY_NODE_OR, mark, out);
        status = sy_lex_next(&p->lx);
        if (status != SY_OK)
            return status;
    }
}

/* Joins the operands above `mark` as --any does: one of the positive ones, and
 * none of the excluded ones. */
static sy_status pop_any(parser *p, size_t mark, sy_node **out)
{
    *out = NULL;
    size_t top = p->n_stack;
    sy_status status = SY_OK;
    for (size_t i = mark; i < top && status == SY_OK; i++)
        if (p->stack[i]->kind != SY_NODE_NOT)
            status = push_operand(p, SY_NODE_OR, p->stack[i]);
    sy_node *positive = NULL;
    if (status == SY_OK && p->n_stack > top)
        status = pop_list(p, SY_NODE_OR, top, &positive);
    if (status == SY_OK && positive)
        status = push_operand(p, SY_NODE_AND, positive);
    for (size_t i = mark; i < top && status == SY_OK; i++)
        if (p->stack[i]->kind == SY_NODE_NOT)
            status = push(p, p->stack[i]);
    if (status == SY_OK)
        status = pop_list(p, SY_NODE_AND, top, out);
    if (status != SY_OK)
        return status;
    if (positive && positive->kind == SY_NODE_OR)
        for (size_t i = 0; i < positive->n_children; i++)
            positive->children[i]->optional = true;
    p->n_stack = mark;
    return SY_OK;
}

/* The top level of one expression under --any. Without OR its operands stay on
 * the stack, to be joined with those of the other expressions; with OR each
 * branch is joined by itself and the whole is one operand. */
static sy_status parse_top_any(parser *p)
{
    size_t mark = p->n_stack;
    sy_status status = parse_chain(p, 0, SY_FIELD_ANY, false);
    if (status != SY_OK || p->lx.tok.kind != SY_LEX_OR)
        return status;
    size_t chain = mark;
    sy_node *branch;
    for (;;) {
        status = pop_any(p, chain, &branch);
        if (status == SY_OK)
            status = push_operand(p, SY_NODE_OR, branch);
        if (status != SY_OK || p->lx.tok.kind != SY_LEX_OR)
            break;
        chain = p->n_stack;
        status = sy_lex_next(&p->lx);
        if (status == SY_OK)
            status = parse_chain(p, 0, SY_FIELD_ANY, false);
        if (status != SY_OK)
            break;
    }
    if (status == SY_OK)
        status = pop_list(p, SY_NODE_OR, mark, &branch);
    return status == SY_OK ? push(p, branch) : status;
}

/* One expression; its operands are left on the stack. */
static sy_status parse_expression(parser *p, const char *expr, uint32_t index, bool any)
{
    sy_status status = sy_lex_start(&p->lx, expr, index);
    if (status == SY_OK)
        status = sy_lex_next(&p->lx);
    if (status != SY_OK)
        return status;
    if (any) {
        status = parse_top_any(p);
    } else {
        sy_node *node;
        status = parse_or(p, 0, SY_FIELD_ANY, &node);
        if (status == SY_OK)
            status = push_operand(p, SY_NODE_AND, node);
    }
    if (status == SY_OK && p->lx.tok.kind != SY_LEX_END)
        return fail_here(p, "'(' before it, or a backslash to search for the character",
                         "')' has no '('");
    return status;
}

static sy_status parse_all(parser *p, const char *const *exprs, size_t n_exprs, bool any,
                           sy_query *out)
{
    if (n_exprs == 0)
        return sy_lex_fail(&p->lx, SY_E_INPUT, 0, 0, NEED_TERM, "empty query");
    sy_status status = SY_OK;
    for (size_t i = 0; i < n_exprs && status == SY_OK; i++)
        status = parse_expression(p, exprs[i], (uint32_t)i, any);
    if (status == SY_OK)
        status = any ? pop_any(p, 0, &out->root) : pop_list(p, SY_NODE_AND, 0, &out->root);
    if (status != SY_OK)
        return status;
    out->leaves = sy_query_memory_take(p->memory, p->n_leaves, sizeof(sy_node *));
    if (!out->leaves)
        return sy_fail_nomem(p->lx.err);
    memcpy(out->leaves, p->leaves, p->n_leaves * sizeof(sy_node *));
    out->n_leaves = p->n_leaves;
    out->memory = p->memory;
    out->regex_seconds = SY_REGEX_SECONDS;
    return SY_OK;
}

sy_status sy_query_parse(const char *const *exprs, size_t n_exprs, const sy_schema *schema,
                         const sy_query_options *options, sy_query *out, sy_query_error *where,
                         sy_error *err)
{
    sy_query_error unasked;
    if (!where)
        where = &unasked;
    *where = (sy_query_error){0};
    *out = (sy_query){0};
    parser p = {.words = options && options->words,
                .lx = {.schema = schema,
                       .text = SY_BUF_INIT,
                       .normal = SY_BUF_INIT,
                       .where = where,
                       .err = err}};
    sy_status status = sy_query_memory_new(&p.memory, err);
    if (status == SY_OK) {
        p.lx.memory = p.memory;
        status = parse_all(&p, exprs, n_exprs, options && options->any, out);
    }
    if (status == SY_OK && options && options->regex_seconds > 0)
        out->regex_seconds = options->regex_seconds;
    if (status != SY_OK) {
        sy_query_memory_free(p.memory);
        *out = (sy_query){0};
    }
    sy_free(p.leaves);
    sy_free(p.stack);
    sy_lex_release(&p.lx);
    return status;
}

void sy_query_release(sy_query *q)
{
    sy_query_memory_free(q->memory);
    *q = (sy_query){0};
}
