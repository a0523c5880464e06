#include <stdio.h>
#include <string.h>

#include "base/messages.h"
#include "base/utf8.h"
#include "query/query_internal.h"
#include "segmenter/normal.h"
#include "segmenter/regex.h"

#define NONE       SIZE_MAX
#define QUOTE_IT   N_("quotes around it")
#define LOOK_AHEAD 1024 /* bytes read past a word to recognise {a,b}: */

enum { NEAR_MOST = 1000 };

/* One character of the expression. `syntax` is the ASCII character whose part it
 * plays (0: none): a full-width form plays that of its ASCII form, ' ' is any
 * white space, '"' opens a quotation and 'c' closes one that is not open. */
typedef struct lex_char {
    uint32_t cp;
    size_t n; /* bytes */
    char syntax;
} lex_char;

/* What a bare word has been seen to hold, escaped characters left out. */
typedef struct word {
    size_t start;          /* bytes of the expression */
    size_t colon;          /* of its first : or =, or NONE */
    size_t colon_text;     /* bytes of text before that */
    size_t comma;          /* of the last comma before it, or NONE */
    size_t comma_text;     /* bytes of text up to behind that */
    size_t star, question; /* first * and ?, or NONE */
    bool star_last;        /* the word ends with its only star */
    bool many_stars;
    bool escaped;           /* something in it is */
    size_t tilde;           /* bytes of text before a ~ that only digits follow, or NONE */
    size_t caret, caret_at; /* the same for ^, and its byte of the expression */
    size_t dots;            /* bytes of text before the first .., or NONE */
} word;

bool sy_query_is_space(uint32_t cp)
{
    return (cp >= 0x09 && cp <= 0x0D) || cp == 0x20 || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000;
}

static bool is_digit(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
}

static unsigned digit_of(uint32_t cp)
{
    return cp <= '9' ? cp - '0' : cp - 0xFF10;
}

static char syntax_of(uint32_t cp)
{
    if (cp < 0x80)
        return sy_query_is_space(cp)                        ? ' '
               : strchr("():=|*~-\\?^/{.\"", (int)cp) && cp ? (char)cp
                                                            : '\0';
    switch (cp) {
    case 0xFF08: /* （ */
        return '(';
    case 0xFF09: /* ） */
        return ')';
    case 0xFF0A: /* ＊ */
        return '*';
    case 0xFF0D: /* － */
        return '-';
    case 0xFF1A: /* ： */
        return ':';
    case 0xFF1D: /* ＝ */
        return '=';
    case 0xFF5C: /* ｜ */
        return '|';
    case 0xFF5E: /* ～ */
        return '~';
    case 0x201C: /* “ */
    case 0x300C: /* 「 */
    case 0x300E: /* 『 */
    case 0xFF02: /* ＂ */
        return '"';
    case 0x201D: /* ” */
    case 0x300D: /* 」 */
    case 0x300F: /* 』 */
        return 'c';
    default:
        return sy_query_is_space(cp) ? ' ' : '\0';
    }
}

/* The character at byte `at`; at the end one of no bytes with syntax ' ', as the
 * end ends whatever a space ends. */
static lex_char peek_at(const sy_lexer *lx, size_t at)
{
    if (at >= lx->len)
        return (lex_char){0, 0, ' '};
    lex_char c;
    c.n = sy_utf8_decode(lx->expr + at, lx->len - at, &c.cp);
    c.syntax = syntax_of(c.cp);
    return c;
}

static lex_char peek(const sy_lexer *lx)
{
    return peek_at(lx, lx->at);
}

static void copy_cut(char *to, size_t cap, const char *from)
{
    size_t len = strlen(from);
    if (len >= cap) {
        len = cap - 1;
        while (len > 0 && ((unsigned char)from[len] & 0xC0) == 0x80)
            len--;
    }
    memcpy(to, from, len);
    to[len] = '\0';
}

sy_status sy_lex_fail(sy_lexer *lx, sy_status status, size_t start, size_t end,
                      const char *expected, const char *fmt, ...)
{
    lx->where->expr = lx->index;
    lx->where->start = start < UINT32_MAX ? (uint32_t)start : UINT32_MAX;
    lx->where->end = end < UINT32_MAX ? (uint32_t)end : UINT32_MAX;
    copy_cut(lx->where->expected, sizeof lx->where->expected, sy_tr(expected));
    char msg[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, sy_tr(fmt), ap);
    va_end(ap);
    return sy_fail_at(lx->err, status, "query", start, "%s", msg);
}

sy_excerpt sy_lex_excerpt(const sy_lexer *lx, size_t start, size_t end)
{
    sy_excerpt e;
    size_t n = 0;
    for (size_t i = start; i < end;) {
        uint32_t cp;
        size_t bytes = sy_utf8_decode(lx->expr + i, end - i, &cp);
        if (n + bytes > sizeof e.text - 8) {
            n += sy_utf8_encode(0x2026, e.text + n); /* … */
            break;
        }
        bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 ||
                       (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
        n += sy_utf8_encode(control ? SY_CP_REPLACEMENT : cp, e.text + n);
        i += bytes;
    }
    e.text[n] = '\0';
    return e;
}

/* A form of the language that this version knows but does not answer. */
static sy_status unsupported(sy_lexer *lx, const char *what, size_t start, size_t end)
{
    return sy_lex_fail(lx, SY_E_INPUT, start, end, QUOTE_IT,
                       "%s (%s) are not part of this version; quote the term to search for the "
                       "characters themselves",
                       sy_tr(what), sy_lex_excerpt(lx, start, end).text);
}

sy_status sy_lex_start(sy_lexer *lx, const char *expr, uint32_t index)
{
    lx->expr = expr;
    lx->len = strlen(expr);
    lx->index = index;
    lx->at = 0;
    lx->tok = lx->last = (sy_lexeme){.kind = SY_LEX_NONE};
    if (lx->len > SY_QUERY_LEN_MAX)
        return sy_lex_fail(lx, SY_E_LIMIT, SY_QUERY_LEN_MAX, lx->len, "a shorter expression",
                           "the expression has %zu bytes, more than the limit of %d", lx->len,
                           (int)SY_QUERY_LEN_MAX);
    size_t bad = sy_utf8_check(expr, lx->len);
    if (bad < lx->len)
        return sy_lex_fail(lx, SY_E_INPUT, bad, bad + 1, "UTF-8 text",
                           "byte %zu of the query (0x%02X) is not valid UTF-8", bad,
                           (unsigned)(unsigned char)expr[bad]);
    uint32_t first = 0;
    if (lx->len > 0 && sy_utf8_decode(expr, lx->len, &first) == 3 && first == 0xFEFF)
        lx->at = 3; /* a byte order mark, as files of queries begin with */
    return SY_OK;
}

void sy_lex_release(sy_lexer *lx)
{
    sy_buf_release(&lx->text);
    sy_buf_release(&lx->normal);
}

static sy_status finish(sy_lexer *lx, sy_lex_kind kind, size_t start)
{
    lx->tok.kind = kind;
    lx->tok.start = (uint32_t)start;
    lx->tok.end = (uint32_t)lx->at;
    return SY_OK;
}

/* White space alone cannot be searched for: the normal form drops or joins it. */
static sy_status check_substance(sy_lexer *lx, size_t start)
{
    sy_buf_reset(&lx->normal);
    sy_status status =
        sy_normalize(0, sy_buf_cstr(&lx->text), lx->text.len, &lx->normal, NULL, lx->err);
    if (status != SY_OK)
        return status;
    for (size_t i = 0; i < lx->normal.len; i++)
        if (lx->normal.data[i] != ' ' && lx->normal.data[i] != SY_BARRIER)
            return SY_OK;
    return sy_lex_fail(lx, SY_E_INPUT, start, lx->at, "a term with other characters than spaces",
                       "the term holds nothing but spaces");
}

/* Ends a term: what was collected in lx->text becomes the lexeme's text. */
static sy_status finish_text(sy_lexer *lx, sy_lex_kind kind, size_t start)
{
    sy_status status = sy_buf_status(&lx->text, lx->err);
    if (status == SY_OK && kind != SY_LEX_REGEX) /* / / asks for the spaces that are left */
        status = check_substance(lx, start);
    if (status != SY_OK)
        return status;
    char *copy = sy_query_memory_take(lx->memory, lx->text.len + 1, 1);
    if (!copy)
        return sy_fail_nomem(lx->err);
    memcpy(copy, lx->text.data, lx->text.len);
    copy[lx->text.len] = '\0';
    lx->tok.text = (sy_slice){copy, lx->text.len};
    return finish(lx, kind, start);
}

static bool closes(uint32_t opener, uint32_t cp)
{
    switch (opener) {
    case 0x201C: /* “ by ” or by the ASCII quote: people mix them */
        return cp == 0x201D || cp == '"';
    case 0x300C:
        return cp == 0x300D;
    case 0x300E:
        return cp == 0x300F;
    case 0xFF02:
        return cp == 0xFF02 || cp == '"';
    default:
        return cp == '"';
    }
}

static const char *closer_name(uint32_t opener)
{
    switch (opener) {
    case 0x201C:
        return N_("a closing ” or \"");
    case 0x300C:
        return N_("a closing 」");
    case 0x300E:
        return N_("a closing 』");
    default:
        return N_("a closing \"");
    }
}

enum { BOOST_MOST = 1000 };

/* Digits with at most one point among them that counts, as the number behind a ^. */
static double read_boost(const char *at, size_t len)
{
    double value = 0, unit = 1;
    bool fraction = false;
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '.') {
            fraction = true;
        } else if (at[i] >= '0' && at[i] <= '9') {
            unit = fraction ? unit / 10 : unit;
            value = fraction ? value + unit * (at[i] - '0') : value * 10 + (at[i] - '0');
        }
        value = value < BOOST_MOST ? value : BOOST_MOST;
    }
    return value;
}

/* The number behind a ^ as a boost, if there is one. */
static void read_boost_behind(sy_lexer *lx)
{
    lex_char c = peek(lx);
    size_t end = lx->at + c.n;
    if (c.syntax != '^' || !is_digit(peek_at(lx, end).cp))
        return;
    while (is_digit(peek_at(lx, end).cp) || peek_at(lx, end).syntax == '.')
        end += peek_at(lx, end).n;
    lx->tok.boost = read_boost(lx->expr + lx->at, end - lx->at);
    lx->at = end;
}

/* What may follow quotes: ~5 and a boost; a star is refused, or it would become a
 * term. */
static sy_status read_after_quote(sy_lexer *lx, sy_lex_kind *kind)
{
    lex_char c = peek(lx);
    size_t end = lx->at + c.n;
    if (c.syntax == '*')
        return sy_lex_fail(lx, SY_E_INPUT, lx->at, end,
                           "a space in between, or no star: quoted text is found inside longer "
                           "words too",
                           "a star cannot follow quoted text");
    *kind = SY_LEX_QUOTED;
    if (c.syntax == '~') {
        *kind = SY_LEX_NEAR;
        lx->tok.number = 0;
        for (; is_digit(peek_at(lx, end).cp); end += peek_at(lx, end).n)
            if (lx->tok.number <= NEAR_MOST)
                lx->tok.number = lx->tok.number * 10 + digit_of(peek_at(lx, end).cp);
        if (end == lx->at + c.n || lx->tok.number > NEAR_MOST)
            return sy_lex_fail(lx, SY_E_INPUT, lx->at, end, "a number from 0 to 1000 after the ~",
                               "'%.*s' behind quotes says how many characters may lie between "
                               "the words",
                               (int)c.n, lx->expr + lx->at);
        lx->at = end;
    }
    read_boost_behind(lx);
    return SY_OK;
}

static sy_status lex_quoted(sy_lexer *lx)
{
    size_t start = lx->at;
    lex_char open = peek(lx);
    lx->at += open.n;
    for (;;) {
        lex_char c = peek(lx);
        if (c.n > 0 && closes(open.cp, c.cp)) {
            lx->at += c.n;
            break;
        }
        if (c.syntax == '\\') {
            lx->at += c.n;
            c = peek(lx);
        }
        if (c.n == 0)
            return sy_lex_fail(lx, SY_E_INPUT, start, lx->len, closer_name(open.cp),
                               "the quoted text is not closed");
        sy_buf_append(&lx->text, lx->expr + lx->at, c.n);
        lx->at += c.n;
    }
    if (lx->text.len == 0 && lx->text.status == SY_OK)
        return sy_lex_fail(lx, SY_E_INPUT, start, lx->at,
                           "text between the quotes (-field:* finds records without a value)",
                           "the quoted text is empty");
    sy_lex_kind kind = SY_LEX_QUOTED;
    sy_status status = read_after_quote(lx, &kind);
    return status == SY_OK ? finish_text(lx, kind, start) : status;
}

static bool ends_word(char syntax)
{
    return syntax == ' ' || syntax == '(' || syntax == ')' || syntax == '"' || syntax == 'c' ||
           syntax == '|';
}

static bool is_comma(uint32_t cp)
{
    return cp == ',' || cp == ';' || cp == 0x3001 || cp == 0xFF0C || cp == 0xFF1B;
}

/* Takes note of an unescaped character that is about to join the text. */
static void note_char(const sy_lexer *lx, word *w, lex_char c, bool after_dot)
{
    w->star_last = false;
    if (is_comma(c.cp) && w->colon == NONE) {
        w->comma = lx->at;
        w->comma_text = lx->text.len + c.n;
    }
    if (c.syntax == '*') {
        w->many_stars = w->star != NONE;
        w->star_last = !w->many_stars;
        if (w->star == NONE)
            w->star = lx->at;
    } else if (c.syntax == '?' && w->question == NONE) {
        w->question = lx->at;
    } else if ((c.syntax == ':' || c.syntax == '=') && w->colon == NONE) {
        w->colon = lx->at;
        w->colon_text = lx->text.len;
    } else if (c.syntax == '.' && after_dot && w->dots == NONE) {
        w->dots = lx->text.len - 1;
    }
    if (c.syntax == '~')
        w->tilde = lx->text.len;
    else if (c.syntax == '^')
        w->caret = lx->text.len, w->caret_at = lx->at;
    if (c.syntax != '~' && c.syntax != '^' && c.syntax != '.' && !is_digit(c.cp))
        w->tilde = NONE;
    if (c.syntax != '^' && c.syntax != '.' && !is_digit(c.cp))
        w->caret = NONE;
}

/* Reads a bare word into lx->text, up to the first : or = if that ends a field's
 * name (`names`). The expression's byte after it is lx->at. */
static sy_status scan_word(sy_lexer *lx, bool names, word *w)
{
    *w = (word){.start = lx->at,
                .colon = NONE,
                .comma = NONE,
                .star = NONE,
                .question = NONE,
                .tilde = NONE,
                .caret = NONE,
                .dots = NONE};
    bool after_dot = false;
    for (lex_char c; c = peek(lx), !ends_word(c.syntax); lx->at += c.n) {
        if (names && (c.syntax == ':' || c.syntax == '=')) {
            w->colon = lx->at;
            w->colon_text = lx->text.len;
            return SY_OK;
        }
        if (c.syntax == '\\') {
            lx->at += c.n;
            c = peek(lx);
            if (c.n == 0)
                return sy_lex_fail(lx, SY_E_INPUT, lx->at - 1, lx->at,
                                   "a character after the backslash, or two backslashes",
                                   "the backslash at the end escapes nothing");
            w->escaped = true;
            w->star_last = after_dot = false;
            w->tilde = w->caret = NONE;
        } else {
            note_char(lx, w, c, after_dot);
            after_dot = c.syntax == '.';
        }
        sy_buf_append(&lx->text, lx->expr + lx->at, c.n);
    }
    return SY_OK;
}

/* AND, OR or NOT, also in full-width capitals; SY_LEX_NONE for any other text. */
static sy_lex_kind keyword(const sy_buf *text)
{
    char name[4] = "";
    size_t n = 0;
    for (size_t i = 0; i < text->len; n++) {
        uint32_t cp;
        i += sy_utf8_decode(text->data + i, text->len - i, &cp);
        if (cp >= 0xFF21 && cp <= 0xFF3A)
            cp = cp - 0xFF21 + 'A';
        if (n == 3 || cp < 'A' || cp > 'Z')
            return SY_LEX_NONE;
        name[n] = (char)cp;
    }
    if (strcmp(name, "AND") == 0)
        return SY_LEX_AND;
    if (strcmp(name, "OR") == 0)
        return SY_LEX_OR;
    return strcmp(name, "NOT") == 0 ? SY_LEX_NOT : SY_LEX_NONE;
}

/* One end of a range: a number or a date such as 2023-01-31 or 2023年1月. */
static bool is_range_end(const char *s, size_t len)
{
    bool digits = false;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(s + i, len - i, &cp);
        bool sign = i == 0 && (cp == '-' || cp == '+' || cp == 0xFF0D);
        bool mark = digits && (cp == '.' || cp == ',' || cp == '-' || cp == '/' || cp == ':' ||
                               cp == '%' || cp == 0xFF05 || cp == 0x5E74 || cp == 0x6708 ||
                               cp == 0x65E5 || cp == 0x53F7); /* 年 月 日 号 */
        if (!is_digit(cp) && !sign && !mark)
            return false;
        digits = digits || is_digit(cp);
        i += n;
    }
    return digits;
}

static bool is_range(const sy_buf *text, size_t dots)
{
    return dots != NONE && is_range_end(text->data, dots) &&
           is_range_end(text->data + dots + 2, text->len - dots - 2);
}

/* term~1: the digits behind the ~ up to `len` bytes of text. */
static sy_status read_fuzzy(sy_lexer *lx, const word *w, size_t len, sy_lex_kind *kind)
{
    sy_buf *text = &lx->text;
    uint32_t cp = 0;
    size_t at = w->tilde + sy_utf8_decode(text->data + w->tilde, len - w->tilde, &cp);
    size_t n = at < len ? sy_utf8_decode(text->data + at, len - at, &cp) : 0;
    bool good = n > 0 && at + n == len && is_digit(cp) && digit_of(cp) >= 1 && digit_of(cp) <= 2;
    if (!good || w->star != NONE || w->question != NONE)
        return sy_lex_fail(lx, SY_E_INPUT, w->start, lx->at,
                           "a term and ~1 or ~2, or quotes around it",
                           "a fuzzy term has one or two edits and no wildcards");
    text->len = w->tilde;
    size_t n_chars = sy_utf8_count(text->data, text->len);
    lx->tok.number = digit_of(cp);
    *kind = SY_LEX_FUZZY;
    if (n_chars < 3)
        return sy_lex_fail(lx, SY_E_INPUT, w->start, lx->at,
                           "a term of three or more characters, or quotes around it",
                           "the fuzzy term is too short");
    return SY_OK;
}

/* The form of a bare word, whose text loses its signs. */
static sy_status read_word_form(sy_lexer *lx, const word *w, sy_lex_kind *kind)
{
    sy_buf *text = &lx->text;
    bool boosted = w->caret != NONE && w->caret + 1 < text->len;
    size_t len = boosted ? w->caret : text->len;
    size_t end = boosted ? w->caret_at : lx->at;
    *kind = SY_LEX_WORD;
    if (boosted)
        lx->tok.boost = read_boost(text->data + len, text->len - len);
    if (len == 0)
        return sy_lex_fail(lx, SY_E_INPUT, w->start, lx->at, "a term right before the ^",
                           "the boost stands alone");
    if (w->tilde != NONE && w->tilde < len)
        return read_fuzzy(lx, w, len, kind);
    text->len = len;
    if (w->star == NONE && w->question == NONE) {
        if (is_range(text, w->dots)) {
            lx->tok.number = (unsigned)w->dots;
            *kind = SY_LEX_RANGE;
        }
        return SY_OK;
    }
    size_t star_len = w->star == NONE ? 0 : peek_at(lx, w->star).n;
    if (w->question == NONE && !w->many_stars && w->star + star_len == end) {
        text->len -= star_len;
        *kind = text->len == 0 ? SY_LEX_STAR : SY_LEX_PREFIX;
        return SY_OK;
    }
    sy_buf_reset(text);
    sy_buf_append(text, lx->expr + w->start, end - w->start);
    *kind = SY_LEX_WILD;
    for (size_t i = w->start; i < end; i += peek_at(lx, i).n)
        if (peek_at(lx, i).syntax != '*' && peek_at(lx, i).syntax != '?')
            return SY_OK;
    return sy_lex_fail(lx, SY_E_INPUT, w->start, lx->at,
                       "a character beside the wildcards, or one * for any value",
                       "the term has nothing but wildcards");
}

static sy_status unknown_field(sy_lexer *lx, size_t start)
{
    sy_buf expected = SY_BUF_INIT;
    sy_field_suggest(lx->schema, sy_buf_cstr(&lx->normal), lx->normal.len, &expected);
    if (expected.len == 0)
        sy_buf_puts(&expected, _("the name of a field of this index"));
    sy_buf_printf(&expected, _("; or quotes around the text if the '%.*s' belongs to it"),
                  (int)peek(lx).n, lx->expr + lx->at);
    sy_status status = sy_buf_status(&expected, lx->err);
    if (status == SY_OK)
        status = sy_lex_fail(lx, SY_E_INPUT, start, lx->at, sy_buf_cstr(&expected),
                             "there is no field '%s'", sy_lex_excerpt(lx, start, lx->at).text);
    sy_buf_release(&expected);
    return status;
}

/* `unit:区商投局，status:无`: a comma between terms, which would be looked for. */
static sy_status check_comma(sy_lexer *lx, const word *w)
{
    if (w->comma == NONE || w->colon == NONE)
        return SY_OK;
    bool found;
    sy_field_id field;
    sy_buf normal = SY_BUF_INIT; /* that of the whole name may still be told of */
    sy_status status = sy_buf_status(&lx->text, lx->err);
    if (status == SY_OK)
        status = sy_field_lookup(lx->schema, lx->text.data + w->comma_text,
                                 w->colon_text - w->comma_text, &normal, &found, &field, lx->err);
    sy_buf_release(&normal);
    if (status != SY_OK || !found)
        return status;
    size_t n = peek_at(lx, w->comma).n;
    return sy_lex_fail(lx, SY_E_INPUT, w->comma, w->comma + n,
                       "a space in its place, or quotes around the text",
                       "'%.*s' does not part terms", (int)n, lx->expr + w->comma);
}

/* `name:`, with lx->at on the colon and the name in lx->text. */
static sy_status lex_field(sy_lexer *lx, const word *w)
{
    bool found;
    sy_field_id field;
    sy_status status = sy_buf_status(&lx->text, lx->err);
    if (status == SY_OK)
        status = sy_field_lookup(lx->schema, sy_buf_cstr(&lx->text), lx->text.len, &lx->normal,
                                 &found, &field, lx->err);
    if (status == SY_OK && !found)
        status = check_comma(lx, w);
    if (status != SY_OK)
        return status;
    if (!found)
        return unknown_field(lx, w->start);
    lex_char c = peek(lx);
    lx->at += c.n;
    lx->tok.field = field;
    lx->tok.equal = c.syntax == '=';
    return finish(lx, SY_LEX_FIELD, w->start);
}

/* Whether a { starts a list of fields, {a,b}: - looks a bounded way ahead. */
static bool is_field_list(const sy_lexer *lx, size_t *end)
{
    size_t stop = lx->len - lx->at < LOOK_AHEAD ? lx->len : lx->at + LOOK_AHEAD;
    const char *close = memchr(lx->expr + lx->at, '}', stop - lx->at);
    if (!close)
        return false;
    lex_char c = peek_at(lx, (size_t)(close - lx->expr) + 1);
    *end = (size_t)(close - lx->expr) + 1 + c.n;
    return c.syntax == ':' || c.syntax == '=';
}

/* `unit: status:无`: the value of the first field was forgotten. Without the space
 * the colon is a part of the value (source:http://…). */
static sy_status check_forgotten_value(sy_lexer *lx, const word *w)
{
    if (w->colon == NONE)
        return SY_OK;
    bool found;
    sy_field_id field;
    sy_status status = sy_buf_status(&lx->text, lx->err);
    if (status == SY_OK)
        status = sy_field_lookup(lx->schema, lx->text.data, w->colon_text, &lx->normal, &found,
                                 &field, lx->err);
    if (status != SY_OK || !found)
        return status;
    return sy_lex_fail(lx, SY_E_INPUT, w->start, w->colon, "a value in front of the next field",
                       "there is no value after '%s'",
                       sy_lex_excerpt(lx, lx->last.start, lx->last.end).text);
}

/* Signs that mean something else at the start of a value than inside it. */
static sy_status check_value_start(sy_lexer *lx, lex_char c)
{
    size_t start = lx->at, end = start + c.n;
    sy_excerpt field = sy_lex_excerpt(lx, lx->last.start, lx->last.end);
    if (c.syntax == ':' || c.syntax == '=')
        return sy_lex_fail(lx, SY_E_INPUT, start, end, "one : or =, or quotes around the value",
                           "a second '%.*s' follows '%s'", (int)c.n, lx->expr + start, field.text);
    /* Negative numbers and a lone - are values; `unit:-x` means to exclude, and
     * would find the contrary if it were taken for a term. */
    lex_char next = peek_at(lx, end);
    if (c.syntax == '-' && !lx->last.equal && !ends_word(next.syntax) && !is_digit(next.cp))
        return sy_lex_fail(lx, SY_E_INPUT, start, end,
                           "the - in front of the field, or quotes around the value",
                           "'%.*s' cannot follow '%s'", (int)c.n, lx->expr + start, field.text);
    return SY_OK;
}

/* Signs that are no part of a word when they start it. */
static sy_status check_word_start(sy_lexer *lx, lex_char c, bool value)
{
    if (value) {
        sy_status status = check_value_start(lx, c);
        if (status != SY_OK)
            return status;
    } else if (c.syntax == ':' || c.syntax == '=') {
        return sy_lex_fail(lx, SY_E_INPUT, lx->at, lx->at + c.n,
                           "field:value without a space before the sign, or quotes around it",
                           "no field stands right before '%.*s'", (int)c.n, lx->expr + lx->at);
    }
    if (c.syntax != '~')
        return SY_OK;
    word w;
    sy_status status = scan_word(lx, false, &w);
    if (status != SY_OK)
        return status;
    return unsupported(lx, "concepts", w.start, lx->at);
}

/* {a,b}: or {a,b}=, up to byte `end`. */
static sy_status lex_field_list(sy_lexer *lx, size_t end)
{
    size_t start = lx->at;
    size_t sign = end - 1;
    while (((unsigned char)lx->expr[sign] & 0xC0) == 0x80)
        sign--;
    size_t most = end - start;
    lx->tok.fields = sy_query_memory_take(lx->memory, most, sizeof *lx->tok.fields);
    if (!lx->tok.fields)
        return sy_fail_nomem(lx->err);
    lx->tok.number = 0;
    for (size_t at = start + 1; at < sign;) {
        lex_char c = peek_at(lx, at);
        size_t name = at;
        while (at + 1 < sign && c.cp != ',' && c.cp != 0xFF0C && c.cp != 0x3001 && c.cp != '}') {
            at += c.n;
            c = peek_at(lx, at);
        }
        size_t len = at - name;
        for (; len > 0 && lx->expr[name] == ' '; len--)
            name++;
        while (len > 0 && lx->expr[name + len - 1] == ' ')
            len--;
        bool found = false;
        sy_status status = SY_OK;
        if (len > 0)
            status = sy_field_lookup(lx->schema, lx->expr + name, len, &lx->normal, &found,
                                     &lx->tok.fields[lx->tok.number], lx->err);
        if (status != SY_OK)
            return status;
        if (!found) {
            lx->at = name + len;
            return unknown_field(lx, name);
        }
        bool twice = false;
        for (unsigned i = 0; i < lx->tok.number; i++)
            twice |= lx->tok.fields[i] == lx->tok.fields[lx->tok.number];
        lx->tok.number += !twice;
        at += c.n;
    }
    lx->tok.equal = peek_at(lx, sign).syntax == '=';
    lx->at = end;
    return finish(lx, SY_LEX_FIELDS, start);
}

/* What ICU has against an expression is said where it stands. Whether Traditional characters
 * fold, which an index decides, is nothing to the syntax. */
static sy_status check_regex(sy_lexer *lx, size_t start)
{
    sy_buf folded = SY_BUF_INIT;
    sy_error fault;
    sy_error_clear(&fault);
    sy_status st = sy_regex_fold(SY_NORM_KEEP_VARIANTS, (sy_slice){lx->text.data, lx->text.len},
                                 &folded, &fault);
    if (st == SY_OK)
        st = sy_regex_check((sy_slice){folded.data, folded.len}, &fault);
    sy_buf_release(&folded);
    if (st == SY_E_NOMEM)
        return sy_fail_nomem(lx->err);
    return st == SY_OK ? SY_OK
                       : sy_lex_fail(lx, st, start, lx->at,
                                     "an expression as in ICU's page on regular expressions, or "
                                     "quotes to search for the text itself",
                                     "%s", fault.msg);
}

/* /expression/: up to the next / that no backslash is before. */
static sy_status lex_regex(sy_lexer *lx)
{
    size_t start = lx->at++;
    for (;; lx->at += peek(lx).n) {
        lex_char c = peek(lx);
        if (c.n == 0)
            return sy_lex_fail(lx, SY_E_INPUT, start, lx->len,
                               "a closing /, or quotes around the text to search for the / itself",
                               "the regular expression is not closed");
        if (c.cp == '/')
            break;
        if (c.cp == '\\' && peek_at(lx, lx->at + 1).cp == '/')
            lx->at++; /* the expression has the / without it */
        else if (c.cp == '\\' && peek_at(lx, lx->at + 1).n > 0)
            sy_buf_append(&lx->text, lx->expr + lx->at++, 1);
        c = peek(lx);
        sy_buf_append(&lx->text, lx->expr + lx->at, c.n);
    }
    lx->at++;
    if (lx->text.len == 0 && lx->text.status == SY_OK)
        return sy_lex_fail(lx, SY_E_INPUT, start, lx->at,
                           "an expression between the slashes, or quotes to search for //",
                           "the regular expression is empty");
    sy_status st = lx->text.status == SY_OK ? check_regex(lx, start) : SY_OK;
    if (st != SY_OK)
        return st;
    read_boost_behind(lx);
    if (!ends_word(peek(lx).syntax))
        return sy_lex_fail(lx, SY_E_INPUT, start, lx->at + peek(lx).n,
                           "a space behind the closing /, a backslash before a / that belongs to "
                           "the expression, or quotes around the term",
                           "'%s' stands right behind the regular expression",
                           sy_lex_excerpt(lx, lx->at, lx->at + peek(lx).n).text);
    return finish_text(lx, SY_LEX_REGEX, start);
}

/* A bare word: a term, a keyword, or a field with its colon. `value`: it stands
 * right after a field, `spaced` with a space in between. */
static sy_status lex_word(sy_lexer *lx, bool value, bool spaced)
{
    word w;
    size_t list_end = 0;
    sy_status status = check_word_start(lx, peek(lx), value);
    if (status == SY_OK && !value && peek(lx).syntax == '{' && is_field_list(lx, &list_end))
        return lex_field_list(lx, list_end);
    if (status == SY_OK)
        status = scan_word(lx, !value, &w);
    if (status != SY_OK)
        return status;
    if (!value && w.colon != NONE)
        return lex_field(lx, &w);
    sy_lex_kind kind = w.escaped ? SY_LEX_NONE : keyword(&lx->text);
    if (kind != SY_LEX_NONE && lx->text.status == SY_OK)
        return finish(lx, kind, w.start);
    status = sy_buf_status(&lx->text, lx->err);
    if (status == SY_OK && value && spaced)
        status = check_forgotten_value(lx, &w);
    if (status == SY_OK && value)
        status = check_comma(lx, &w);
    if (status == SY_OK)
        status = read_word_form(lx, &w, &kind);
    if (status != SY_OK)
        return status;
    return kind == SY_LEX_STAR ? finish(lx, kind, w.start) : finish_text(lx, kind, w.start);
}

static sy_status lex_minus(sy_lexer *lx, lex_char c)
{
    size_t start = lx->at;
    lex_char next = peek_at(lx, start + c.n);
    if (ends_word(next.syntax) && next.syntax != '(' && next.syntax != '"')
        return sy_lex_fail(lx, SY_E_INPUT, start, start + c.n,
                           "a term right behind it to exclude, or quotes around it",
                           "'%.*s' stands alone", (int)c.n, lx->expr + start);
    lx->at += c.n;
    return finish(lx, SY_LEX_NOT, start);
}

static bool skip_spaces(sy_lexer *lx)
{
    size_t start = lx->at;
    for (lex_char c; c = peek(lx), c.n > 0 && c.syntax == ' ';)
        lx->at += c.n;
    return lx->at > start;
}

sy_status sy_lex_next(sy_lexer *lx)
{
    lx->last = lx->tok;
    lx->tok = (sy_lexeme){.kind = SY_LEX_END, .field = SY_FIELD_ANY, .boost = 1};
    sy_buf_reset(&lx->text);
    bool spaced = skip_spaces(lx);
    bool value = lx->last.kind == SY_LEX_FIELD || lx->last.kind == SY_LEX_FIELDS;
    size_t start = lx->at;
    lex_char c = peek(lx);
    if (c.n == 0)
        return finish(lx, SY_LEX_END, start);
    switch (c.syntax) {
    case '(':
    case ')':
    case '|':
        lx->at += c.n;
        return finish(lx,
                      c.syntax == '('   ? SY_LEX_OPEN
                      : c.syntax == ')' ? SY_LEX_CLOSE
                                        : SY_LEX_OR,
                      start);
    case '"':
        return lex_quoted(lx);
    case 'c':
        return sy_lex_fail(lx, SY_E_INPUT, start, start + c.n,
                           "an opening quote before it, or a backslash to search for it",
                           "the closing %.*s has no opening quote", (int)c.n, lx->expr + start);
    case '/': /* paths begin with one */
        return value && lx->last.field == SY_FIELD_SOURCE ? lex_word(lx, value, spaced)
                                                          : lex_regex(lx);
    case '-':
        return value ? lex_word(lx, value, spaced) : lex_minus(lx, c);
    default:
        return lex_word(lx, value, spaced);
    }
}
