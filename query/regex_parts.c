#include "query/regex_parts.h"

#include <string.h>

#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/regex_text.h"

/* Each piece of the expression either is one of a few texts (exact), or at least is
 * known to need some. Texts that follow each other are put together; where they become too
 * many or too long, they are noted as needed and a new set is begun. */

enum {
    TEXTS_MAX = 100, /* of a set: two digits */
    TEXT_BYTES = 64, /* of one text */
    DEPTH_MAX = 64,  /* of groups; below it nothing is understood */
    CLASS_MAX = 100  /* characters of a class that is written out */
};

typedef struct piece {
    bool exact;
    sy_slice *texts; /* exact: it is one of texts[n_texts], of which one may be empty */
    size_t n_texts;
    const sy_parts *need; /* else: NULL is ANY */
} piece;

typedef struct reader {
    sy_regex_text in;
    sy_query_memory *memory;
    unsigned depth;
    bool failed; /* no memory */
    bool lost;   /* a form that changes what the rest means */
} reader;

static void *take(reader *r, size_t n, size_t size)
{
    void *p = sy_query_memory_take(r->memory, n, size);
    r->failed |= !p;
    return p;
}

static const sy_parts *node(reader *r, sy_parts_kind kind, const sy_parts **children, size_t n)
{
    sy_parts *p = take(r, 1, sizeof *p);
    if (p)
        *p = (sy_parts){.kind = kind, .children = children, .n_children = n};
    return p;
}

static const piece unknown = {.exact = false};

static piece one_text(reader *r, sy_slice text)
{
    sy_slice *texts = take(r, 1, sizeof *texts);
    if (!texts)
        return unknown;
    *texts = text;
    return (piece){.exact = true, .texts = texts, .n_texts = 1};
}

static piece nothing(reader *r)
{
    return one_text(r, (sy_slice){"", 0});
}

/* What a piece needs. */
static const sy_parts *need_of(reader *r, const piece *p)
{
    if (!p->exact)
        return p->need;
    const sy_parts **children = take(r, p->n_texts, sizeof *children);
    for (size_t i = 0; children && i < p->n_texts; i++) {
        sy_parts *text = p->texts[i].len > 0 ? take(r, 1, sizeof *text) : NULL;
        if (!text)
            return NULL;
        *text = (sy_parts){.kind = SY_PARTS_TEXT, .text = p->texts[i]};
        children[i] = text;
    }
    if (!children)
        return NULL;
    return p->n_texts == 1 ? children[0] : node(r, SY_PARTS_OR, children, p->n_texts);
}

/* Both are needed; NULL is ANY. */
static const sy_parts *both(reader *r, const sy_parts *a, const sy_parts *b)
{
    if (!a || !b)
        return a ? a : b;
    const sy_parts **children = take(r, 2, sizeof *children);
    if (!children)
        return NULL;
    children[0] = a;
    children[1] = b;
    return node(r, SY_PARTS_AND, children, 2);
}

/* a followed by b, if that is still a small set. */
static bool append(reader *r, const piece *a, const piece *b, piece *out)
{
    size_t n = a->n_texts * b->n_texts, k = 0;
    if (!a->exact || !b->exact || n > TEXTS_MAX)
        return false;
    for (size_t i = 0; i < a->n_texts; i++)
        for (size_t j = 0; j < b->n_texts; j++)
            if (a->texts[i].len + b->texts[j].len > TEXT_BYTES)
                return false;
    sy_slice *texts = take(r, n, sizeof *texts);
    for (size_t i = 0; texts && i < a->n_texts; i++) {
        for (size_t j = 0; j < b->n_texts; j++) {
            sy_slice x = a->texts[i], y = b->texts[j];
            char *copy = take(r, x.len + y.len + 1, 1);
            if (!copy)
                return false;
            memcpy(copy, x.data, x.len);
            memcpy(copy + x.len, y.data, y.len);
            texts[k++] = (sy_slice){copy, x.len + y.len};
        }
    }
    *out = (piece){.exact = true, .texts = texts, .n_texts = k};
    return texts != NULL;
}

/* a or b. */
static piece either(reader *r, const piece *a, const piece *b)
{
    size_t n = a->n_texts + b->n_texts;
    if (a->exact && b->exact && n <= TEXTS_MAX) {
        sy_slice *texts = take(r, n, sizeof *texts);
        if (!texts)
            return unknown;
        memcpy(texts, a->texts, a->n_texts * sizeof *texts);
        memcpy(texts + a->n_texts, b->texts, b->n_texts * sizeof *texts);
        return (piece){.exact = true, .texts = texts, .n_texts = n};
    }
    const sy_parts *x = need_of(r, a), *y = need_of(r, b);
    const sy_parts **children = x && y ? take(r, 2, sizeof *children) : NULL;
    if (!children)
        return unknown;
    children[0] = x;
    children[1] = y;
    return (piece){.need = node(r, SY_PARTS_OR, children, 2)};
}

/* ---- reading ---- */

static piece read_either(reader *r);

/* Space and barriers are not looked for: whether they stand in a normal form depends on what is
 * beside them. */
static bool is_plain(uint32_t cp)
{
    return cp > ' ' && cp != 0x7F && cp < 0x110000;
}

static piece plain(reader *r, const char *at, size_t n, uint32_t cp)
{
    return is_plain(cp) ? one_text(r, (sy_slice){at, n}) : unknown;
}

/* x{1F4A9}, behind a backslash: passes over it. */
static bool skip_code_point(reader *r, uint32_t *cp)
{
    size_t at = r->in.at + 2;
    *cp = 0;
    if (r->in.all.len - r->in.at < 4 || memcmp(r->in.all.data + r->in.at, "x{", 2) != 0)
        return false;
    for (; at < r->in.all.len && r->in.all.data[at] != '}' && *cp < 0x110000; at++) {
        char c = r->in.all.data[at], low = (char)(c | 0x20);
        if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'f'))
            return false;
        *cp = *cp * 16 + (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
    }
    if (at == r->in.all.len || r->in.all.data[at] != '}')
        return false;
    r->in.at = at + 1;
    return true;
}

/* Behind what stands for no character of its own: what is repeated is the character before it. */
static void lose_if_repeated(reader *r)
{
    char next = sy_regex_peek(&r->in);
    r->lost |= next == '*' || next == '+' || next == '?' || next == '{';
}

/* What stands behind \Q, up to \E. */
static piece read_quoted(reader *r)
{
    size_t start = r->in.at;
    size_t end = sy_regex_skip_to(&r->in, "\\E") ? r->in.at - 2 : r->in.at;
    bool good = end > start && end - start <= TEXT_BYTES;
    for (size_t i = start; i < end && good; i++)
        good = is_plain((unsigned char)r->in.all.data[i]);
    lose_if_repeated(r); /* of it that is the last character */
    return good ? one_text(r, (sy_slice){r->in.all.data + start, end - start}) : unknown;
}

/* Behind \1: there may be a group 12, to which \12 refers then. */
static piece read_reference(reader *r)
{
    while (sy_regex_peek(&r->in) >= '0' && sy_regex_peek(&r->in) <= '9')
        r->in.at++;
    return unknown;
}

static piece read_escape(reader *r)
{
    r->in.at++;
    char kind = sy_regex_peek(&r->in);
    if (kind == '\0')
        return unknown;
    uint32_t cp;
    if (skip_code_point(r, &cp)) {
        char *copy = take(r, 4, 1);
        return copy ? plain(r, copy, sy_utf8_encode(cp, copy), cp) : unknown;
    }
    const char *at = r->in.all.data + r->in.at;
    size_t n = sy_utf8_decode(at, r->in.all.len - r->in.at, &cp);
    bool word = (kind >= '0' && kind <= '9') || (kind >= 'a' && kind <= 'z') ||
                (kind >= 'A' && kind <= 'Z');
    r->in.at += n;
    if (!word)
        return plain(r, at, n, cp);
    if (strchr("bBAZzG", kind))
        return nothing(r);
    if (kind == 'Q')
        return read_quoted(r);
    if (kind >= '1' && kind <= '9')
        return read_reference(r);
    if (strchr("pPNx", kind) && sy_regex_peek(&r->in) == '{')
        (void)sy_regex_skip_to(&r->in, "}");
    else if (kind == 'k' && sy_regex_peek(&r->in) == '<')
        (void)sy_regex_skip_to(&r->in, ">");
    else if (strchr("xuU0c", kind))
        r->lost = true; /* digits follow, how many depends */
    return unknown;
}

/* [abc], [a-f]: written out if it is small; else one unknown character. */
static piece read_class(reader *r)
{
    sy_slice texts[CLASS_MAX];
    size_t n = 0;
    unsigned depth = 0;
    bool simple = true;
    r->in.at++;
    if (sy_regex_peek(&r->in) == '^') {
        simple = false;
        r->in.at++;
    }
    for (bool first = true; !sy_regex_ended(&r->in); first = false) {
        uint32_t cp, last;
        const char *at = r->in.all.data + r->in.at;
        size_t len = sy_utf8_decode(at, r->in.all.len - r->in.at, &cp);
        if (cp == ']' && depth == 0 && !first)
            break;
        depth -= cp == ']' && depth > 0;
        depth += cp == '[';
        r->in.at += len;
        bool escaped = cp == '\\' && skip_code_point(r, &cp);
        simple &= cp != '[' && cp != '\\' && cp != '&' && cp != '-' && cp != ']' && is_plain(cp);
        simple &= !(first && cp == ':'); /* [:alpha:] */
        if (!escaped && cp == '\\' && !sy_regex_ended(&r->in))
            r->in.at += sy_utf8_decode(r->in.all.data + r->in.at, r->in.all.len - r->in.at, &last);
        last = cp;
        bool range = simple && sy_regex_peek(&r->in) == '-' && r->in.at + 1 < r->in.all.len &&
                     r->in.all.data[r->in.at + 1] != ']';
        if (range) {
            r->in.at++;
            r->in.at += sy_utf8_decode(r->in.all.data + r->in.at, r->in.all.len - r->in.at, &last);
            simple &=
                last != '[' && last != '\\' && last != '-' && last >= cp && last - cp < CLASS_MAX;
        }
        for (uint32_t c = cp; simple && c <= last; c++) {
            char *copy = n < CLASS_MAX ? take(r, 4, 1) : NULL;
            simple = copy != NULL;
            if (copy)
                texts[n++] = (sy_slice){copy, sy_utf8_encode(c, copy)};
        }
    }
    r->in.at += !sy_regex_ended(&r->in);
    sy_slice *all = simple && n > 0 ? take(r, n, sizeof *all) : NULL;
    if (!all)
        return unknown;
    memcpy(all, texts, n * sizeof *all);
    return (piece){.exact = true, .texts = all, .n_texts = n};
}

static piece read_group(reader *r)
{
    bool beside = false, holds = false; /* looks ahead or behind; for what has to be there */
    r->in.at++;
    if (sy_regex_skip(&r->in, "?")) {
        if (sy_regex_skip(&r->in, "#")) {
            (void)sy_regex_skip_to(&r->in, ")");
            lose_if_repeated(r);
            return nothing(r);
        }
        holds = sy_regex_skip(&r->in, "=") || sy_regex_skip(&r->in, "<=");
        if (holds || sy_regex_skip(&r->in, "!") || sy_regex_skip(&r->in, "<!"))
            beside = true;
        else if (sy_regex_skip(&r->in, "<"))
            (void)sy_regex_skip_to(&r->in, ">");
        else if (!sy_regex_skip(&r->in, ":") && !sy_regex_skip(&r->in, ">"))
            r->lost = true; /* flags */
    }
    piece p = unknown;
    if (++r->depth > DEPTH_MAX)
        r->lost = true;
    else
        p = read_either(r);
    r->depth--;
    if (!sy_regex_skip(&r->in, ")"))
        r->lost = true;
    const sy_parts *need = holds ? need_of(r, &p) : NULL;
    return need ? (piece){.need = need} : beside ? nothing(r) : p;
}

static piece read_atom(reader *r)
{
    uint32_t cp;
    const char *at = r->in.all.data + r->in.at;
    switch (sy_regex_peek(&r->in)) {
    case '\\':
        return read_escape(r);
    case '[':
        return read_class(r);
    case '(':
        return read_group(r);
    case '^':
    case '$':
        r->in.at++;
        return nothing(r);
    case '.':
        r->in.at++;
        return unknown;
    default:
        break;
    }
    size_t n = sy_utf8_decode(at, r->in.all.len - r->in.at, &cp);
    r->in.at += n;
    return plain(r, at, n, cp);
}

/* A number of {2,5}; false if there is none. */
static bool read_number(reader *r, unsigned *n)
{
    size_t start = r->in.at;
    *n = 0;
    for (; sy_regex_peek(&r->in) >= '0' && sy_regex_peek(&r->in) <= '9'; r->in.at++)
        *n = *n < 1000 ? *n * 10 + (unsigned)(sy_regex_peek(&r->in) - '0') : *n;
    return r->in.at > start;
}

/* What stands behind an atom: * + ? {n} {n,} {n,m}, each perhaps with ? or +. */
static piece read_repeat(reader *r, piece atom)
{
    unsigned least = 1, most = 1;
    if (sy_regex_skip(&r->in, "*"))
        least = 0, most = 2;
    else if (sy_regex_skip(&r->in, "+"))
        most = 2;
    else if (sy_regex_skip(&r->in, "?"))
        least = 0;
    else if (sy_regex_skip(&r->in, "{")) {
        r->lost |= !read_number(r, &least);
        most = least;
        if (sy_regex_skip(&r->in, ",") && !read_number(r, &most))
            most = least + 1;
        r->lost |= !sy_regex_skip(&r->in, "}");
    } else {
        return atom;
    }
    if (!sy_regex_skip(&r->in, "?"))
        sy_regex_skip(&r->in, "+");
    if (least == 0 && most == 1 && atom.exact) {
        piece none = nothing(r);
        return either(r, &atom, &none);
    }
    if (least == 0)
        return unknown;
    piece all = atom;
    for (unsigned i = 1; i < least && least == most; i++)
        if (!append(r, &all, &atom, &all))
            return (piece){.need = need_of(r, &atom)};
    return least == most ? all : (piece){.need = need_of(r, &atom)};
}

static piece read_sequence(reader *r)
{
    piece now = nothing(r);
    const sy_parts *need = NULL;
    bool exact = true;
    while (!r->failed && !r->lost && !sy_regex_ended(&r->in) && sy_regex_peek(&r->in) != '|' &&
           sy_regex_peek(&r->in) != ')') {
        piece next = read_repeat(r, read_atom(r));
        if (append(r, &now, &next, &now))
            continue;
        exact = false;
        need = both(r, need, need_of(r, &now));
        if (next.exact) {
            now = next;
        } else {
            need = both(r, need, next.need);
            now = nothing(r);
        }
    }
    if (exact)
        return now;
    return (piece){.need = both(r, need, need_of(r, &now))};
}

static piece read_either(reader *r)
{
    piece all = read_sequence(r);
    while (!r->failed && !r->lost && sy_regex_skip(&r->in, "|")) {
        piece next = read_sequence(r);
        all = either(r, &all, &next);
    }
    return all;
}

sy_status sy_regex_parts(sy_slice folded, sy_query_memory *memory, const sy_parts **out,
                         sy_error *err)
{
    static const sy_parts any = {.kind = SY_PARTS_ANY};
    reader r = {.in = {folded, 0}, .memory = memory};
    piece all = read_either(&r);
    const sy_parts *need = need_of(&r, &all);
    *out = need && !r.lost && sy_regex_ended(&r.in) ? need : &any;
    return r.failed ? sy_fail_nomem(err) : SY_OK;
}

/* As deep as groups are. */
sy_slice sy_parts_longest(const sy_parts *parts)
{
    sy_slice longest = {"", 0};
    if (parts->kind == SY_PARTS_TEXT)
        return parts->text;
    for (size_t i = 0; i < parts->n_children && parts->kind == SY_PARTS_AND; i++) {
        sy_slice text = sy_parts_longest(parts->children[i]);
        longest = text.len > longest.len ? text : longest;
    }
    return longest;
}
