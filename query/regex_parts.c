#include "query/regex_parts.h"

#include <string.h>

#include "base/utf8.h"
#include "segmenter/normal.h"

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
    sy_slice expr;
    size_t at;
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

static char peek(const reader *r)
{
    return r->at < r->expr.len ? r->expr.data[r->at] : '\0';
}

static bool skip(reader *r, const char *text)
{
    size_t n = strlen(text);
    if (r->expr.len - r->at < n || memcmp(r->expr.data + r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* To behind the next `end`. */
static void skip_to(reader *r, const char *end)
{
    const char *found = memmem(r->expr.data + r->at, r->expr.len - r->at, end, strlen(end));
    r->at = found ? (size_t)(found - r->expr.data) + strlen(end) : r->expr.len;
}

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
    size_t at = r->at + 2;
    *cp = 0;
    if (r->expr.len - r->at < 4 || memcmp(r->expr.data + r->at, "x{", 2) != 0)
        return false;
    for (; at < r->expr.len && r->expr.data[at] != '}' && *cp < 0x110000; at++) {
        char c = r->expr.data[at], low = (char)(c | 0x20);
        if (!(c >= '0' && c <= '9') && !(low >= 'a' && low <= 'f'))
            return false;
        *cp = *cp * 16 + (uint32_t)(c <= '9' ? c - '0' : low - 'a' + 10);
    }
    if (at == r->expr.len || r->expr.data[at] != '}')
        return false;
    r->at = at + 1;
    return true;
}

static piece read_escape(reader *r)
{
    r->at++;
    char kind = peek(r);
    if (kind == '\0')
        return unknown;
    uint32_t cp;
    if (skip_code_point(r, &cp)) {
        char *copy = take(r, 4, 1);
        return copy ? plain(r, copy, sy_utf8_encode(cp, copy), cp) : unknown;
    }
    const char *at = r->expr.data + r->at;
    size_t n = sy_utf8_decode(at, r->expr.len - r->at, &cp);
    bool word = (kind >= '0' && kind <= '9') || (kind >= 'a' && kind <= 'z') ||
                (kind >= 'A' && kind <= 'Z');
    r->at += n;
    if (!word)
        return plain(r, at, n, cp);
    if (strchr("bBAZzG", kind))
        return nothing(r);
    if (kind == 'Q') {
        size_t start = r->at;
        skip_to(r, "\\E");
        size_t end = r->at >= start + 2 && memcmp(r->expr.data + r->at - 2, "\\E", 2) == 0
                         ? r->at - 2
                         : r->at;
        bool good = end > start && end - start <= TEXT_BYTES;
        for (size_t i = start; i < end && good; i++)
            good = is_plain((unsigned char)r->expr.data[i]);
        return good ? one_text(r, (sy_slice){r->expr.data + start, end - start}) : unknown;
    }
    if (strchr("pPNx", kind) && peek(r) == '{')
        skip_to(r, "}");
    else if (kind == 'k' && peek(r) == '<')
        skip_to(r, ">");
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
    r->at++;
    if (peek(r) == '^') {
        simple = false;
        r->at++;
    }
    for (bool first = true; r->at < r->expr.len; first = false) {
        uint32_t cp, last;
        const char *at = r->expr.data + r->at;
        size_t len = sy_utf8_decode(at, r->expr.len - r->at, &cp);
        if (cp == ']' && depth == 0 && !first)
            break;
        depth -= cp == ']' && depth > 0;
        depth += cp == '[';
        r->at += len;
        bool escaped = cp == '\\' && skip_code_point(r, &cp);
        simple &= cp != '[' && cp != '\\' && cp != '&' && cp != '-' && cp != ']' && is_plain(cp);
        simple &= !(first && cp == ':'); /* [:alpha:] */
        if (!escaped && cp == '\\' && r->at < r->expr.len)
            r->at += sy_utf8_decode(r->expr.data + r->at, r->expr.len - r->at, &last);
        last = cp;
        bool range =
            simple && peek(r) == '-' && r->at + 1 < r->expr.len && r->expr.data[r->at + 1] != ']';
        if (range) {
            r->at++;
            r->at += sy_utf8_decode(r->expr.data + r->at, r->expr.len - r->at, &last);
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
    r->at += r->at < r->expr.len;
    sy_slice *all = simple && n > 0 ? take(r, n, sizeof *all) : NULL;
    if (!all)
        return unknown;
    memcpy(all, texts, n * sizeof *all);
    return (piece){.exact = true, .texts = all, .n_texts = n};
}

static piece read_group(reader *r)
{
    bool beside = false, holds = false; /* looks ahead or behind; for what has to be there */
    r->at++;
    if (skip(r, "?")) {
        if (skip(r, "#")) {
            skip_to(r, ")");
            return nothing(r);
        }
        holds = skip(r, "=") || skip(r, "<=");
        if (holds || skip(r, "!") || skip(r, "<!"))
            beside = true;
        else if (skip(r, "<"))
            skip_to(r, ">");
        else if (!skip(r, ":") && !skip(r, ">"))
            r->lost = true; /* flags */
    }
    piece p = unknown;
    if (++r->depth > DEPTH_MAX)
        r->lost = true;
    else
        p = read_either(r);
    r->depth--;
    if (!skip(r, ")"))
        r->lost = true;
    const sy_parts *need = holds ? need_of(r, &p) : NULL;
    return need ? (piece){.need = need} : beside ? nothing(r) : p;
}

static piece read_atom(reader *r)
{
    uint32_t cp;
    const char *at = r->expr.data + r->at;
    switch (peek(r)) {
    case '\\':
        return read_escape(r);
    case '[':
        return read_class(r);
    case '(':
        return read_group(r);
    case '^':
    case '$':
        r->at++;
        return nothing(r);
    case '.':
        r->at++;
        return unknown;
    default:
        break;
    }
    size_t n = sy_utf8_decode(at, r->expr.len - r->at, &cp);
    r->at += n;
    return plain(r, at, n, cp);
}

/* A number of {2,5}; false if there is none. */
static bool read_number(reader *r, unsigned *n)
{
    size_t start = r->at;
    *n = 0;
    for (; peek(r) >= '0' && peek(r) <= '9'; r->at++)
        *n = *n < 1000 ? *n * 10 + (unsigned)(peek(r) - '0') : *n;
    return r->at > start;
}

/* What stands behind an atom: * + ? {n} {n,} {n,m}, each perhaps with ? or +. */
static piece read_repeat(reader *r, piece atom)
{
    unsigned least = 1, most = 1;
    if (skip(r, "*"))
        least = 0, most = 2;
    else if (skip(r, "+"))
        most = 2;
    else if (skip(r, "?"))
        least = 0;
    else if (skip(r, "{")) {
        r->lost |= !read_number(r, &least);
        most = least;
        if (skip(r, ",") && !read_number(r, &most))
            most = least + 1;
        r->lost |= !skip(r, "}");
    } else {
        return atom;
    }
    if (!skip(r, "?"))
        skip(r, "+");
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
    while (!r->failed && !r->lost && r->at < r->expr.len && peek(r) != '|' && peek(r) != ')') {
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
    while (!r->failed && !r->lost && skip(r, "|")) {
        piece next = read_sequence(r);
        all = either(r, &all, &next);
    }
    return all;
}

sy_status sy_regex_parts(sy_slice folded, sy_query_memory *memory, const sy_parts **out,
                         sy_error *err)
{
    static const sy_parts any = {.kind = SY_PARTS_ANY};
    reader r = {.expr = folded, .memory = memory};
    piece all = read_either(&r);
    const sy_parts *need = need_of(&r, &all);
    *out = need && !r.lost && r.at == folded.len ? need : &any;
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
