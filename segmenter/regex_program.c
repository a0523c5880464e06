#include "segmenter/regex_program.h"

#include <string.h>
#include <unicode/uregex.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "segmenter/regex_text.h"

/* The expression becomes a tree, and the tree instructions, from its end to its beginning, so that
 * each knows what comes next. Whatever is not understood makes the expression unfit. */

enum {
    DEPTH_MAX = 64,
    NODES_MAX = 8192,
    REPEAT_MAX = 1000,
    GROUPS_MAX = 32, /* that back references look at */
    PARTS_MAX = 64,  /* of an expression that is searched for what repeats */
    NO_END = UINT16_MAX,
    SET_MAX = 1024,
    PUT_MAX = 100000
};

typedef enum node_kind {
    ATOM,
    SEQUENCE,
    ALTERNATIVES,
    REPEAT,
    REFERENCE, /* its child is the group, which has its own place in the tree */
    LINE_START,
    LINE_END
} node_kind;

typedef struct node {
    node_kind kind;
    bool nullable;     /* it can match nothing */
    bool lazy;         /* REPEAT: as few as possible first */
    uint8_t atom;      /* ATOM */
    uint16_t min, max; /* REPEAT; NO_END: any number */
    uint16_t len;      /* characters of each match; NO_END: it depends */
    uint16_t child;    /* its last part; 0: none */
    uint16_t before;   /* the part before this one, of the same node; 0: none */
} node;

typedef struct reader {
    sy_regex_text in;
    unsigned depth;
    bool literal; /* between \Q and \E */
    bool unfit, nomem;
    bool loose;  /* something that can match nothing is repeated */
    bool vague;  /* a back reference is any text: programs for their groups are too long */
    bool refers; /* there is a back reference to a group */
    bool bound;  /* something asks for more than the tree says */
    bool inside; /* of a back reference: where lines begin and end was asked of the group */
    uint16_t groups[GROUPS_MAX]; /* nodes by their number - 1; 0: not closed yet */
    sy_slice names[GROUPS_MAX];
    size_t n_groups; /* may be more */
    node *nodes;     /* nodes[0] is none */
    size_t n, cap;
    sy_regex_program *program;
    size_t cap_atoms;
    unsigned n_put; /* nodes that were made instructions */
} reader;

static uint16_t unfit(reader *r)
{
    r->unfit = true;
    return 0;
}

static uint16_t new_node(reader *r, node_kind kind)
{
    if (r->n >= NODES_MAX)
        return unfit(r);
    if (!sy_grow((void **)&r->nodes, r->n, &r->cap, sizeof *r->nodes)) {
        r->nomem = true;
        return unfit(r);
    }
    r->nodes[r->n] = (node){.kind = kind, .nullable = kind == SEQUENCE};
    r->nodes[r->n].nullable |= kind == LINE_START || kind == LINE_END;
    r->nodes[r->n].len = kind == ATOM;
    return (uint16_t)r->n++;
}

/* A number of characters, or NO_END if it is as many. */
static uint16_t fixed(size_t n)
{
    return n < NO_END ? (uint16_t)n : NO_END;
}

static void add_child(reader *r, uint16_t parent, uint16_t child)
{
    if (r->unfit)
        return;
    node *p = &r->nodes[parent], *c = &r->nodes[child];
    if (p->kind == SEQUENCE)
        p->len = c->len == NO_END ? NO_END : fixed((size_t)p->len + c->len);
    else
        p->len = p->child == 0 || p->len == c->len ? c->len : NO_END;
    p->nullable = p->kind == SEQUENCE ? p->nullable && c->nullable : p->nullable || c->nullable;
    c->before = p->child;
    p->child = child;
}

/* ---- atoms ---- */

static const char any_but_line_ends[] = ".";

static bool is_letter(uint32_t cp)
{
    return cp >= 0x80 || (cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z') ||
           (cp >= 'a' && cp <= 'z');
}

/* The next range of a plain set from *at on; false at its end, or if it is none. */
static bool next_range(sy_slice set, size_t *at, uint32_t *low, uint32_t *high)
{
    if (*at >= set.len)
        return false;
    *at += sy_utf8_decode(set.data + *at, set.len - *at, low);
    *high = *low;
    bool sign = *low < 0x80 && *low != 0 && strchr(" %,.;_", (int)*low);
    if (!is_letter(*low) || *at + 1 >= set.len || set.data[*at] != '-')
        return sign || is_letter(*low);
    ++*at;
    *at += sy_utf8_decode(set.data + *at, set.len - *at, high);
    return is_letter(*high) && *high >= *low;
}

/* A set without what would have to be asked of ICU, or one character. */
static bool is_plain(sy_slice set)
{
    if (set.len < 2)
        return set.len == 0 || set.data[0] == '.';
    size_t at = set.data[1] == '^' ? 2 : 1;
    uint32_t low, high;
    if (set.data[0] != '[' || at + 1 >= set.len)
        return false;
    set.len--; /* the ] */
    while (next_range(set, &at, &low, &high))
        if (at == set.len)
            return true;
    return false;
}

static bool plain_has(sy_slice set, uint32_t cp)
{
    if (set.len == 1)
        return !((cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029);
    bool others = set.data[1] == '^';
    size_t at = others ? 2 : 1;
    uint32_t low, high;
    set.len--;
    while (next_range(set, &at, &low, &high))
        if (cp >= low && cp <= high)
            return !others;
    return others;
}

static uint16_t new_atom(reader *r, uint32_t cp, sy_slice set)
{
    sy_regex_program *p = r->program;
    size_t i = 0;
    while (i < p->n_atoms && !(p->atoms[i].cp == cp && sy_slice_equal(p->atoms[i].set, set)))
        i++;
    if (i == SY_ATOMS_MAX)
        return unfit(r);
    if (i == p->n_atoms) {
        if (!sy_grow((void **)&p->atoms, i, &r->cap_atoms, sizeof *p->atoms)) {
            r->nomem = true;
            return unfit(r);
        }
        p->atoms[p->n_atoms] = (sy_atom){.cp = cp, .set = set, .plain = is_plain(set)};
        p->plain &= p->atoms[p->n_atoms++].plain;
    }
    uint16_t made = new_node(r, ATOM);
    if (!r->unfit)
        r->nodes[made].atom = (uint8_t)i;
    return made;
}

/* The set that starts at byte `start` and ends where the reader is. */
static uint16_t set_from(reader *r, size_t start)
{
    return new_atom(r, 0, (sy_slice){r->in.all.data + start, r->in.at - start});
}

static bool is_sign(uint32_t cp)
{
    return cp > ' ' && cp < 0x7F && !(cp >= '0' && cp <= '9') && !(cp >= 'A' && cp <= 'Z') &&
           !(cp >= 'a' && cp <= 'z');
}

/* Any text, for what a program cannot say. */
static uint16_t any_text(reader *r)
{
    uint16_t any = new_atom(r, 0, sy_slice_of("[\\s\\S]")), made = new_node(r, REPEAT);
    r->program->exact = r->program->plain = false;
    r->bound = true;
    if (r->unfit)
        return 0;
    r->nodes[made].max = NO_END;
    add_child(r, made, any);
    r->nodes[made].nullable = true;
    r->nodes[made].len = NO_END;
    return made;
}

/* What group `number` matched. */
static uint16_t back_reference(reader *r, size_t number)
{
    if (r->vague || number == 0 || number > GROUPS_MAX || r->groups[number - 1] == 0)
        return any_text(r);
    uint16_t made = new_node(r, REFERENCE), group = r->groups[number - 1];
    r->program->exact = r->program->plain = false;
    if (r->unfit)
        return 0;
    r->refers = true;
    r->nodes[made].child = group;
    r->nodes[made].nullable = r->nodes[group].nullable;
    r->nodes[made].len = r->nodes[group].len;
    return made;
}

/* \k<name>: behind the <. */
static uint16_t named_reference(reader *r)
{
    size_t start = r->in.at, number = 0;
    if (!sy_regex_skip_to(&r->in, ">"))
        return unfit(r);
    sy_slice name = {r->in.all.data + start, r->in.at - 1 - start};
    for (size_t i = 0; i < r->n_groups && i < GROUPS_MAX; i++)
        if (sy_slice_equal(r->names[i], name))
            number = i + 1;
    return back_reference(r, number);
}

/* \12 is group 12 if there were as many before it, else group 1 and a 2: as ICU reads it. */
static uint16_t numbered_reference(reader *r, size_t number)
{
    for (; number < r->n_groups && sy_regex_peek(&r->in) >= '0' && sy_regex_peek(&r->in) <= '9';
         r->in.at++)
        number = number * 10 + (size_t)(sy_regex_peek(&r->in) - '0');
    return back_reference(r, number);
}

/* What stands behind a backslash: a sign of the syntax for itself, or a set. */
static uint16_t read_escape(reader *r)
{
    size_t start = r->in.at++;
    uint32_t kind = sy_regex_take(&r->in);
    if (is_sign(kind))
        return new_atom(r, kind, (sy_slice){NULL, 0});
    r->program->plain = false;
    if (kind < 0x80 && kind != 0 && strchr("bBAZzG", (int)kind)) {
        r->program->exact = false;
        return new_node(r, SEQUENCE);
    }
    if (kind == 'R' || kind == 'X')
        return any_text(r);
    if (kind == 'k' && sy_regex_skip(&r->in, "<"))
        return named_reference(r);
    if (kind >= '1' && kind <= '9')
        return numbered_reference(r, kind - '0');
    if (kind < 0x80 && kind != 0 && strchr("dDwWsShHvVnrtfea", (int)kind))
        return set_from(r, start);
    if ((kind == 'p' || kind == 'P' || kind == 'x') && sy_regex_skip(&r->in, "{") &&
        sy_regex_skip_to(&r->in, "}"))
        return set_from(r, start);
    return unfit(r);
}

/* [ … ], with sets inside it. */
static uint16_t read_set(reader *r)
{
    size_t start = r->in.at++;
    unsigned depth = 1;
    sy_regex_skip(&r->in, "^");
    if (sy_regex_peek(&r->in) == ']')
        return unfit(r);
    while (depth > 0 && !sy_regex_ended(&r->in)) {
        uint32_t cp = sy_regex_take(&r->in);
        if (cp == '\\') {
            cp = sy_regex_take(&r->in);
            bool known = is_sign(cp) || (cp < 0x80 && cp != 0 && strchr("dDwWsSnrt", (int)cp));
            if (!known && !((cp == 'p' || cp == 'P' || cp == 'x') && sy_regex_skip(&r->in, "{") &&
                            sy_regex_skip_to(&r->in, "}")))
                return unfit(r);
        } else if (cp == '[' && sy_regex_skip(&r->in, ":")) {
            if (!sy_regex_skip_to(&r->in, ":]"))
                return unfit(r);
        } else if (cp == '[') {
            depth++;
            if (sy_regex_peek(&r->in) == '^' || sy_regex_peek(&r->in) == ']')
                sy_regex_skip(&r->in, "^");
            if (sy_regex_peek(&r->in) == ']')
                return unfit(r);
        } else if (cp == ']') {
            depth--;
        }
    }
    return depth == 0 ? set_from(r, start) : unfit(r);
}

/* ---- the tree ---- */

static uint16_t read_alternatives(reader *r);

static uint16_t read_group(reader *r)
{
    bool beside = false; /* looks ahead or behind */
    bool captures = true;
    sy_slice name = {"", 0};
    r->in.at++;
    if (sy_regex_skip(&r->in, "?")) {
        beside = sy_regex_skip(&r->in, "=") || sy_regex_skip(&r->in, "!") ||
                 sy_regex_skip(&r->in, "<=") || sy_regex_skip(&r->in, "<!");
        bool atomic = !beside && sy_regex_skip(&r->in, ">"),
             plain = !beside && !atomic && sy_regex_skip(&r->in, ":");
        captures = !beside && !atomic && !plain;
        size_t start = r->in.at + 1;
        if (captures && !(sy_regex_skip(&r->in, "<") && sy_regex_skip_to(&r->in, ">")))
            return unfit(r);
        if (captures)
            name = (sy_slice){r->in.all.data + start, r->in.at - 1 - start};
        r->program->plain &= plain;
        r->program->exact &= !beside && !atomic;
        r->bound |= atomic;
    }
    size_t number = r->n_groups;
    r->n_groups += captures;
    if (captures && number < GROUPS_MAX)
        r->names[number] = name;
    if (++r->depth > DEPTH_MAX)
        return unfit(r);
    uint16_t made = read_alternatives(r);
    r->depth--;
    if (!sy_regex_skip(&r->in, ")"))
        return unfit(r);
    if (captures && number < GROUPS_MAX)
        r->groups[number] = made;
    return beside ? new_node(r, SEQUENCE) : made;
}

static uint16_t read_part(reader *r)
{
    if (r->literal)
        r->program->plain = false;
    if (r->literal && sy_regex_skip(&r->in, "\\E")) {
        r->literal = false;
        return new_node(r, SEQUENCE);
    }
    if (!r->literal && sy_regex_skip(&r->in, "\\Q")) {
        r->literal = true;
        return new_node(r, SEQUENCE);
    }
    if (r->literal)
        return new_atom(r, sy_regex_take(&r->in), (sy_slice){NULL, 0});
    switch (sy_regex_peek(&r->in)) {
    case '\\':
        return read_escape(r);
    case '[':
        return read_set(r);
    case '(':
        return read_group(r);
    case '^':
        r->in.at++;
        r->program->line_starts = true;
        return new_node(r, LINE_START);
    case '$':
        r->in.at++;
        return new_node(r, LINE_END);
    case '.':
        r->in.at++;
        return new_atom(r, 0, sy_slice_of(any_but_line_ends));
    case ']':
    case '{':
    case '}':
    case '*':
    case '+':
    case '?':
        return unfit(r);
    default:
        return new_atom(r, sy_regex_take(&r->in), (sy_slice){NULL, 0});
    }
}

static bool read_number(reader *r, uint16_t *n)
{
    size_t start = r->in.at;
    unsigned value = 0;
    for (; sy_regex_peek(&r->in) >= '0' && sy_regex_peek(&r->in) <= '9' && value <= REPEAT_MAX;
         r->in.at++)
        value = value * 10 + (unsigned)(sy_regex_peek(&r->in) - '0');
    *n = (uint16_t)value;
    return r->in.at > start && value <= REPEAT_MAX;
}

/* What stands behind a part: * + ? {n} {n,} {n,m}, each perhaps with ?. */
static uint16_t read_repeat(reader *r, uint16_t part)
{
    uint16_t min = 0, max = NO_END;
    if (r->unfit || r->literal)
        return part;
    if (sy_regex_skip(&r->in, "*"))
        ;
    else if (sy_regex_skip(&r->in, "+"))
        min = 1;
    else if (sy_regex_skip(&r->in, "?"))
        max = 1;
    else if (sy_regex_skip(&r->in, "{")) {
        if (!read_number(r, &min))
            return unfit(r);
        max = min;
        if (sy_regex_skip(&r->in, ",") && !read_number(r, &max))
            max = sy_regex_peek(&r->in) == '}' ? NO_END : max;
        if (!sy_regex_skip(&r->in, "}") || max < min)
            return unfit(r);
    } else {
        return part;
    }
    bool lazy = sy_regex_skip(&r->in, "?");
    bool possessive = !lazy && sy_regex_skip(&r->in, "+");
    r->program->exact &= !possessive;
    r->bound |= possessive;
    node_kind kind = r->nodes[part].kind;
    bool behind_quotes = kind == SEQUENCE && r->nodes[part].child == 0;
    if (kind == LINE_START || kind == LINE_END || behind_quotes)
        return unfit(r);
    uint16_t made = new_node(r, REPEAT);
    if (r->unfit)
        return 0;
    r->loose |= r->nodes[part].nullable && max > 1;
    r->nodes[made].min = min;
    r->nodes[made].max = max;
    r->nodes[made].lazy = lazy;
    add_child(r, made, part);
    r->nodes[made].nullable |= min == 0;
    size_t len = r->nodes[part].len;
    r->nodes[made].len = min == max && len < NO_END ? fixed(min * len) : NO_END;
    return made;
}

static uint16_t read_sequence(reader *r)
{
    uint16_t made = new_node(r, SEQUENCE);
    while (!r->unfit && !sy_regex_ended(&r->in) &&
           (r->literal || (sy_regex_peek(&r->in) != '|' && sy_regex_peek(&r->in) != ')')))
        add_child(r, made, read_repeat(r, read_part(r)));
    return made;
}

static uint16_t read_alternatives(reader *r)
{
    uint16_t first = read_sequence(r);
    if (r->unfit || sy_regex_peek(&r->in) != '|')
        return first;
    uint16_t made = new_node(r, ALTERNATIVES);
    add_child(r, made, first);
    while (!r->unfit && sy_regex_skip(&r->in, "|"))
        add_child(r, made, read_sequence(r));
    return made;
}

/* ---- instructions ---- */

static uint16_t put(reader *r, sy_instruction one)
{
    sy_regex_program *p = r->program;
    if (p->n == SY_PROGRAM_MAX)
        return unfit(r);
    p->instructions[p->n] = one;
    return (uint16_t)p->n++;
}

static uint16_t put_either(reader *r, bool lazy, uint16_t body, uint16_t next)
{
    return put(r, (sy_instruction){SY_OP_EITHER, lazy ? next : body, lazy ? body : next, 0});
}

static uint16_t put_node(reader *r, uint16_t at, uint16_t next);

static uint16_t put_repeat(reader *r, const node *n, uint16_t next)
{
    uint16_t entry = next;
    if (n->max == NO_END) {
        uint16_t loop = put_either(r, n->lazy, next, next);
        uint16_t body = put_node(r, n->child, loop);
        if (r->unfit)
            return 0;
        sy_instruction *i = &r->program->instructions[loop];
        *(n->lazy ? &i->other : &i->next) = body;
        entry = loop;
    }
    for (unsigned k = n->min; k < n->max && n->max != NO_END && !r->unfit; k++)
        entry = put_either(r, n->lazy, put_node(r, n->child, entry), next);
    for (unsigned k = 0; k < n->min && !r->unfit; k++)
        entry = put_node(r, n->child, entry);
    return entry;
}

/* The instructions of a node and then of `next`; returns the first. */
static uint16_t put_node(reader *r, uint16_t at, uint16_t next)
{
    const node *n = &r->nodes[at];
    uint16_t entry = next;
    if (r->unfit || ++r->n_put > PUT_MAX) /* ((){1000}){1000} puts nothing, often */
        return unfit(r);
    switch (n->kind) {
    case ATOM:
        return put(r, (sy_instruction){SY_OP_ATOM, next, 0, n->atom});
    case LINE_START:
    case LINE_END:
        if (r->inside)
            return next;
        return put(r, (sy_instruction){n->kind == LINE_START ? SY_OP_LINE_START : SY_OP_LINE_END,
                                       next, 0, 0});
    case REPEAT:
        return put_repeat(r, n, next);
    case REFERENCE: {
        bool before = r->inside;
        r->inside = true;
        entry = put_node(r, n->child, next);
        r->inside = before;
        return entry;
    }
    case SEQUENCE:
        for (uint16_t part = n->child; part > 0; part = r->nodes[part].before)
            entry = put_node(r, part, entry);
        return entry;
    case ALTERNATIVES:
        entry = put_node(r, n->child, next);
        for (uint16_t part = r->nodes[n->child].before; part > 0; part = r->nodes[part].before)
            entry = put_either(r, false, put_node(r, part, next), entry);
        return entry;
    }
    return entry;
}

/* ---- what repeats ---- */

/* Parts of a fixed length that follow each other are laid out character by character, so that a
 * reference is known to say what stands at certain places. */
typedef struct layout {
    const reader *r;
    sy_repetition now;
    uint8_t starts[GROUPS_MAX]; /* of groups laid out; NO_PLACE: it was not */
} layout;

enum { NO_PLACE = UINT8_MAX };

static void new_layout(layout *l)
{
    l->now = (sy_repetition){.whole = true};
    memset(l->starts, NO_PLACE, sizeof l->starts);
}

/* One character, the same as that at `as` unless it is NO_PLACE. */
static void lay_char(layout *l, uint8_t atom, size_t as)
{
    sy_repetition *now = &l->now;
    now->whole &= now->n < SY_REPETITION_MAX;
    if (now->n == SY_REPETITION_MAX)
        return;
    if (as != NO_PLACE) {
        now->pairs[now->n_pairs].a = (uint8_t)as;
        now->pairs[now->n_pairs++].b = now->n;
    }
    now->atoms[now->n++] = atom;
}

static void lay_unknown(layout *l, size_t n)
{
    l->now.whole = false;
    for (size_t i = 0; i < n && i < SY_REPETITION_MAX; i++)
        lay_char(l, SY_ATOMS_MAX, NO_PLACE);
}

static void lay_reference(layout *l, const node *reference)
{
    size_t k = 0;
    while (k < GROUPS_MAX && l->r->groups[k] != reference->child)
        k++;
    if (k == GROUPS_MAX || l->starts[k] == NO_PLACE) {
        lay_unknown(l, reference->len);
        return;
    }
    for (size_t i = 0; i < reference->len && l->now.n < SY_REPETITION_MAX; i++)
        lay_char(l, SY_ATOMS_MAX, l->starts[k] + i);
    l->now.whole &= l->now.n < SY_REPETITION_MAX;
}

static void lay(layout *l, uint16_t at);

static void lay_parts(layout *l, const node *sequence)
{
    uint16_t parts[PARTS_MAX], part = sequence->child;
    size_t n = 0;
    for (; part > 0 && n < PARTS_MAX; part = l->r->nodes[part].before)
        parts[n++] = part;
    if (part > 0) {
        lay_unknown(l, sequence->len);
        return;
    }
    l->now.whole &= n > 0; /* what looks around is an empty sequence */
    while (n > 0)
        lay(l, parts[--n]);
}

/* A node of a fixed length. */
static void lay(layout *l, uint16_t at)
{
    const node *n = &l->r->nodes[at];
    if (l->now.n == SY_REPETITION_MAX || n->len == 0) { /* ((){99}){99} lays nothing, often */
        l->now.whole = false;
        return;
    }
    for (size_t k = 0; k < GROUPS_MAX; k++)
        if (l->r->groups[k] == at)
            l->starts[k] = l->now.n;
    switch (n->kind) {
    case ATOM:
        lay_char(l, n->atom, NO_PLACE);
        return;
    case SEQUENCE:
        lay_parts(l, n);
        return;
    case REPEAT:
        for (unsigned k = 0; k < n->min && k < SY_REPETITION_MAX; k++)
            lay(l, n->child);
        l->now.whole &= n->min < SY_REPETITION_MAX;
        return;
    case REFERENCE:
        lay_reference(l, n);
        return;
    case ALTERNATIVES:
    case LINE_START:
    case LINE_END:
        lay_unknown(l, n->len);
        return;
    }
}

static void keep_best(const layout *l, bool whole, sy_repetition *best)
{
    if (l->now.n_pairs > best->n_pairs) {
        *best = l->now;
        best->whole &= whole && !l->r->bound;
    }
}

/* The repetition with the most pairs. Where a part has no fixed length one layout ends and another
 * begins, both with what a repeated part has at least. */
static sy_repetition find_repetition(const reader *r, uint16_t root)
{
    uint16_t parts[PARTS_MAX];
    sy_repetition best = {0};
    layout l = {.r = r};
    size_t n = 0;
    bool from_start = true;
    uint16_t part = r->nodes[root].child;
    for (; part > 0 && n < PARTS_MAX; part = r->nodes[part].before)
        parts[n++] = part;
    if (!r->refers || r->nodes[root].kind != SEQUENCE || part > 0)
        return best;
    new_layout(&l);
    for (size_t i = n; i > 0; i--) {
        const node *one = &r->nodes[parts[i - 1]];
        bool repeats = one->kind == REPEAT && r->nodes[one->child].len < NO_END;
        if (one->len < NO_END) {
            lay(&l, parts[i - 1]);
            continue;
        }
        bool first = i == n, last = i == 1;
        if (repeats && !first)
            lay(&l, parts[i - 1]);
        keep_best(&l, from_start && repeats && last, &best);
        new_layout(&l);
        from_start = repeats && first;
        if (repeats)
            lay(&l, parts[i - 1]);
    }
    keep_best(&l, from_start, &best);
    return best;
}

/* ---- sets ---- */

static sy_status open_matcher(sy_atom *atom, bool *good, sy_error *err)
{
    UChar units[SET_MAX];
    int32_t n = 0;
    UErrorCode icu = U_ZERO_ERROR;
    UParseError where = {0};
    *good = atom->set.len <= SET_MAX;
    for (size_t i = 0; i < atom->set.len && *good;) {
        uint32_t cp;
        i += sy_utf8_decode(atom->set.data + i, atom->set.len - i, &cp);
        U16_APPEND_UNSAFE(units, n, cp);
    }
    if (!*good)
        return SY_OK;
    atom->matcher = uregex_open(units, n, 0, &where, &icu);
    if (icu == U_MEMORY_ALLOCATION_ERROR)
        return sy_fail_nomem(err);
    *good = U_SUCCESS(icu);
    return SY_OK;
}

bool sy_atom_has(const sy_atom *atom, uint32_t cp, bool *failed)
{
    if (atom->plain)
        return atom->set.len == 0 ? cp == atom->cp : plain_has(atom->set, cp);
    UChar units[2];
    int32_t n = 0;
    UErrorCode icu = U_ZERO_ERROR;
    U16_APPEND_UNSAFE(units, n, cp);
    uregex_setText(atom->matcher, units, n, &icu);
    bool has = uregex_matches(atom->matcher, 0, &icu);
    *failed |= U_FAILURE(icu);
    return has;
}

void sy_regex_program_release(sy_regex_program *p)
{
    for (size_t i = 0; i < p->n_atoms; i++)
        uregex_close(p->atoms[i].matcher);
    sy_free(p->atoms);
    sy_free(p->instructions);
    *p = (sy_regex_program){0};
}

/* *fit: it became a program. */
static sy_status make(reader *r, sy_regex_program *out, bool *fit, sy_error *err)
{
    sy_status st = SY_OK;
    *out = (sy_regex_program){.exact = true, .plain = true};
    new_node(r, SEQUENCE); /* none */
    uint16_t root = read_alternatives(r);
    *fit = !r->unfit && sy_regex_ended(&r->in);
    /* With both, what is tried first inside a round that matches nothing decides. */
    out->exact &= !(*fit && r->loose && r->nodes[root].nullable);
    out->plain &= out->exact && r->in.all.len > 0;
    if (*fit)
        out->repetition = find_repetition(r, root);
    for (size_t i = 0; i < out->n_atoms && *fit && st == SY_OK; i++)
        if (!out->atoms[i].plain)
            st = open_matcher(&out->atoms[i], fit, err);
    if (*fit && st == SY_OK) {
        out->instructions = sy_alloc(SY_PROGRAM_MAX, sizeof *out->instructions);
        r->nomem |= !out->instructions;
    }
    if (*fit && st == SY_OK && !r->nomem) {
        uint16_t match = put(r, (sy_instruction){SY_OP_MATCH, 0, 0, 0});
        out->start = put_node(r, root, match);
        *fit = !r->unfit;
    }
    sy_free(r->nodes);
    if (st == SY_OK && r->nomem)
        st = sy_fail_nomem(err);
    if (st != SY_OK || !*fit)
        sy_regex_program_release(out);
    return st;
}

sy_status sy_regex_program_make(sy_slice folded, sy_regex_program *out, sy_error *err)
{
    reader r = {.in = {folded, 0}, .program = out};
    bool fit;
    sy_status st = make(&r, out, &fit, err);
    if (st != SY_OK || fit || !r.refers)
        return st;
    r = (reader){.in = {folded, 0}, .program = out, .vague = true};
    return make(&r, out, &fit, err);
}
