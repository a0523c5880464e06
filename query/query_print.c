#include "base/utf8.h"
#include "query/query.h"

static const char *kind_name(sy_node_kind kind)
{
    switch (kind) {
    case SY_NODE_AND:
        return "and";
    case SY_NODE_OR:
        return "or";
    case SY_NODE_NOT:
        return "not";
    case SY_NODE_ALL:
        return "all";
    case SY_NODE_EXISTS:
        return "exists";
    case SY_NODE_TERM:
        return "term";
    case SY_NODE_PREFIX:
        return "prefix";
    case SY_NODE_QUOTED:
        return "quoted";
    case SY_NODE_EQUAL:
        return "equal";
    case SY_NODE_WILD:
        return "wild";
    case SY_NODE_FUZZY:
        return "fuzzy";
    case SY_NODE_NEAR:
        return "near";
    case SY_NODE_RANGE:
        return "range";
    case SY_NODE_REGEX:
        return "regex";
    }
    return "?";
}

/* Whether a text can stand in the printed tree as it is. */
static bool needs_quotes(sy_slice text)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (cp <= ' ' || cp == '(' || cp == ')' || cp == '"' || cp == '\\' ||
            (cp >= 0x7F && cp <= 0xA0) || (cp >= 0x2000 && cp <= 0x200F) ||
            (cp >= 0x2028 && cp <= 0x202F) || (cp >= 0x205F && cp <= 0x206F) || cp == 0x3000)
            return true;
    }
    return text.len == 0;
}

static void print_leaf(const sy_node *node, const sy_schema *schema, sy_buf *out)
{
    sy_buf_putc(out, ' ');
    sy_buf_puts(out, node->field == SY_FIELD_ANY ? "*" : sy_schema_name(schema, node->field));
    if (node->kind == SY_NODE_EXISTS)
        return;
    sy_buf_putc(out, ' ');
    if (needs_quotes(node->text))
        sy_buf_put_json(out, node->text.data, node->text.len);
    else
        sy_buf_append(out, node->text.data, node->text.len);
    if (node->kind == SY_NODE_FUZZY || node->kind == SY_NODE_NEAR)
        sy_buf_printf(out, " %u", node->number);
    if (node->whole)
        sy_buf_puts(out, " whole");
}

/* The depth of a tree is bounded by the parser's limit on nesting. */
static void print_node(const sy_node *node, const sy_schema *schema, sy_buf *out)
{
    sy_buf_putc(out, '(');
    sy_buf_puts(out, kind_name(node->kind));
    if (node->kind >= SY_NODE_EXISTS)
        print_leaf(node, schema, out);
    for (size_t i = 0; i < node->n_children; i++) {
        sy_buf_putc(out, ' ');
        print_node(node->children[i], schema, out);
    }
    sy_buf_putc(out, ')');
}

void sy_query_print(const sy_query *q, const sy_schema *schema, sy_buf *out)
{
    if (q->root)
        print_node(q->root, schema, out);
}
