#include "segmenter/regex.h"

#include <string.h>
#include <unicode/uregex.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/regex_program.h"

/* ICU counts steps of its matcher in units of about a millisecond. */
enum {
    TIME_LIMIT = 500,
    PLACES = 64 /* tried between looks at the clock */
};

struct sy_regex {
    sy_slice expression; /* while ICU has not read it */
    URegularExpression *icu;
    sy_slice text;
    UChar *units; /* the text in UTF-16 */
    size_t n, cap;
    size_t unit, byte; /* a place of the text, counted in both ways */
    int64_t limit;     /* nanoseconds for a text, or 0 */
    int64_t until;     /* of the clock, or 0 */
    unsigned n_places; /* tried so far */
};

/* ---- folding ---- */

/* Copies what follows a backslash: \p{Han}, \x{41}, \Q…\E, \k<name>, or one character. */
static size_t copy_escape(sy_slice expr, size_t at, sy_buf *out)
{
    size_t start = at++;
    char kind = at < expr.len ? expr.data[at] : '\0';
    uint32_t cp;
    if (at < expr.len)
        at += sy_utf8_decode(expr.data + at, expr.len - at, &cp);
    if (at < expr.len && expr.data[at] == '{' && strchr("pPNx", kind)) {
        const char *end = memchr(expr.data + at, '}', expr.len - at);
        at = end ? (size_t)(end - expr.data) + 1 : expr.len;
    } else if (at < expr.len && expr.data[at] == '<' && kind == 'k') {
        const char *end = memchr(expr.data + at, '>', expr.len - at);
        at = end ? (size_t)(end - expr.data) + 1 : expr.len;
    }
    sy_buf_append(out, expr.data + start, at - start);
    return at;
}

/* The end of what follows (? up to where an expression goes on: flags, a name. */
static size_t group_head(sy_slice expr, size_t at)
{
    if (at < expr.len && expr.data[at] == '<') {
        const char *end = memchr(expr.data + at, '>', expr.len - at);
        bool behind = at + 1 < expr.len && strchr("=!", expr.data[at + 1]);
        return behind ? at + 2 : end ? (size_t)(end - expr.data) + 1 : expr.len;
    }
    while (at < expr.len && strchr("imsxwdu-", expr.data[at]))
        at++;
    return at;
}

/* One plain character in its normal form. */
static sy_status fold_one(unsigned flags, const char *at, size_t n, bool in_set, sy_buf *scratch,
                          sy_buf *out, sy_error *err)
{
    sy_buf_reset(scratch);
    sy_status st = sy_normalize(flags, at, n, scratch, NULL, err);
    if (st != SY_OK)
        return st;
    sy_slice form = {sy_buf_cstr(scratch), scratch->len};
    size_t n_chars = sy_utf8_count(form.data, form.len);
    bool ascii = form.len == 1 && (unsigned char)form.data[0] < 0x80;
    bool was_ascii = (unsigned char)*at < 0x80;
    bool sign = ascii && !was_ascii && strchr("\\^$.|?*+()[]{}-&", form.data[0]);
    if (n_chars != 1 && (in_set || n_chars == 0)) {
        sy_buf_append(out, at, n);
    } else if (n_chars > 1) {
        sy_buf_puts(out, "(?:\\Q");
        sy_buf_append(out, form.data, form.len);
        sy_buf_puts(out, "\\E)");
    } else {
        if (sign)
            sy_buf_putc(out, '\\');
        sy_buf_append(out, form.data, form.len);
    }
    return SY_OK;
}

/* \Q…\E: each character of it stands for itself. */
static sy_status fold_quoted(unsigned flags, sy_slice expr, size_t *at, sy_buf *scratch,
                             sy_buf *out, sy_error *err)
{
    sy_status st = SY_OK;
    sy_buf_puts(out, "\\Q");
    *at += 2;
    while (*at < expr.len && st == SY_OK) {
        if (expr.len - *at >= 2 && memcmp(expr.data + *at, "\\E", 2) == 0)
            break; /* an escape that is copied next */
        uint32_t cp;
        size_t n = sy_utf8_decode(expr.data + *at, expr.len - *at, &cp);
        sy_buf_reset(scratch);
        st = sy_normalize(flags, expr.data + *at, n, scratch, NULL, err);
        if (scratch->len > 0 && !memchr(scratch->data, '\\', scratch->len))
            sy_buf_append(out, scratch->data, scratch->len);
        else
            sy_buf_append(out, expr.data + *at, n);
        *at += n;
    }
    return st;
}

/* (?i) in front of what has no other case in folded texts: ASCII and Han, but for properties and
 * code points in numbers. */
static bool needs_no_case(sy_slice expr)
{
    if (expr.len <= 4 || memcmp(expr.data, "(?i)", 4) != 0)
        return false;
    for (size_t i = 4; i < expr.len;) {
        uint32_t cp;
        char before = expr.data[i - 1], c = expr.data[i];
        if ((before == '\\' && strchr("pPxuU0cN", c)) || (before == '[' && c == ':'))
            return false;
        i += sy_utf8_decode(expr.data + i, expr.len - i, &cp);
        if (cp >= 0x80 && !sy_cp_is_han(cp))
            return false;
    }
    return true;
}

sy_status sy_regex_fold(unsigned norm_flags, sy_slice expr, sy_buf *out, sy_error *err)
{
    sy_buf scratch = SY_BUF_INIT;
    sy_status st = SY_OK;
    if (needs_no_case(expr)) {
        expr.data += 4;
        expr.len -= 4;
    }
    unsigned depth = 0; /* of sets in one another */
    for (size_t i = 0; i < expr.len && st == SY_OK;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(expr.data + i, expr.len - i, &cp);
        if (cp == '\\' && i + 1 < expr.len && expr.data[i + 1] == 'Q') {
            st = fold_quoted(norm_flags, expr, &i, &scratch, out, err);
            continue;
        }
        if (cp == '\\') {
            i = copy_escape(expr, i, out);
            continue;
        }
        if (depth > 0 && cp == '[' && i + 1 < expr.len && expr.data[i + 1] == ':') {
            const char *end = memmem(expr.data + i, expr.len - i, ":]", 2);
            size_t stop = end ? (size_t)(end - expr.data) + 2 : expr.len;
            sy_buf_append(out, expr.data + i, stop - i);
            i = stop;
            continue;
        }
        depth += cp == '[';
        depth -= cp == ']' && depth > 0;
        if (cp < 0x80 && !(cp >= 'A' && cp <= 'Z'))
            sy_buf_append(out, expr.data + i, n);
        else
            st = fold_one(norm_flags, expr.data + i, n, depth > 0, &scratch, out, err);
        i += n;
        if (depth == 0 && cp == '(' && i < expr.len && expr.data[i] == '?') {
            size_t stop = group_head(expr, i + 1);
            sy_buf_append(out, expr.data + i, stop - i);
            i = stop;
        }
    }
    sy_buf_release(&scratch);
    return st == SY_OK ? sy_buf_status(out, err) : st;
}

/* ---- matching ---- */

/* Room for a text of len bytes, which has no more units than bytes. */
static bool make_room(sy_regex *re, size_t len)
{
    if (len + 1 <= re->cap)
        return true;
    UChar *bigger = sy_resize(re->units, len + 1 + len / 2, sizeof *bigger);
    if (!bigger)
        return false;
    re->units = bigger;
    re->cap = len + 1 + len / 2;
    return true;
}

static void to_units(sy_regex *re, sy_slice text)
{
    UChar *out = re->units;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp = (unsigned char)text.data[i];
        i += cp < 0x80 ? 1 : sy_utf8_decode(text.data + i, text.len - i, &cp);
        if (cp >= 0x10000) {
            *out++ = U16_LEAD(cp);
            *out++ = U16_TRAIL(cp);
        } else {
            *out++ = (UChar)cp;
        }
    }
    re->n = (size_t)(out - re->units);
}

/* ICU's own limit counts what it tries, not how long it compares what a back reference says again.
 * So it asks these as well. */
static UBool U_CALLCONV goes_on(const void *context, int32_t steps)
{
    const sy_regex *re = context;
    (void)steps;
    return re->until == 0 || sy_clock_ns() < re->until;
}

static UBool U_CALLCONV goes_on_here(const void *context, int64_t place)
{
    sy_regex *re = (sy_regex *)context; /* it is ICU that may not change it */
    (void)place;
    return ++re->n_places % PLACES != 0 || goes_on(context, 0);
}

static sy_status read_expression(sy_regex *re, sy_error *err)
{
    UErrorCode icu = U_ZERO_ERROR;
    UParseError where = {0};
    if (!make_room(re, re->expression.len))
        return sy_fail_nomem(err);
    to_units(re, re->expression);
    re->icu = uregex_open(re->units, (int32_t)re->n, UREGEX_MULTILINE, &where, &icu);
    if (U_SUCCESS(icu))
        uregex_setTimeLimit(re->icu, TIME_LIMIT, &icu);
    uregex_setMatchCallback(re->icu, goes_on, re, &icu);
    uregex_setFindProgressCallback(re->icu, goes_on_here, re, &icu);
    if (icu == U_MEMORY_ALLOCATION_ERROR)
        return sy_fail_nomem(err);
    const char *name = u_errorName(icu);
    bool prefix = strncmp(name, "U_REGEX_", 8) == 0;
    if (U_FAILURE(icu))
        return sy_fail(err, SY_E_INPUT, NULL,
                       "this is no regular expression: %s at its character %d",
                       prefix ? name + 8 : name, (int)where.offset);
    return SY_OK;
}

sy_status sy_regex_open_later(sy_slice folded, sy_regex **out, sy_error *err)
{
    *out = NULL;
    if (folded.len > SY_REGEX_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "a regular expression has more than %d bytes",
                       SY_REGEX_MAX);
    *out = sy_calloc(1, sizeof **out);
    if (!*out)
        return sy_fail_nomem(err);
    (*out)->expression = folded;
    return SY_OK;
}

sy_status sy_regex_open(sy_slice folded, sy_regex **out, sy_error *err)
{
    sy_status st = sy_regex_open_later(folded, out, err);
    if (st == SY_OK)
        st = read_expression(*out, err);
    if (st != SY_OK) {
        sy_regex_close(*out);
        *out = NULL;
    }
    return st;
}

sy_status sy_regex_check(sy_slice folded, sy_error *err)
{
    sy_regex_program program = {0};
    sy_regex *re = NULL;
    sy_status st = SY_OK;
    if (folded.len <= SY_REGEX_MAX)
        st = sy_regex_program_make(folded, &program, err);
    if (st == SY_OK && !program.plain)
        st = sy_regex_open(folded, &re, err);
    sy_regex_close(re);
    sy_regex_program_release(&program);
    return st;
}

void sy_regex_close(sy_regex *re)
{
    if (!re)
        return;
    uregex_close(re->icu);
    sy_free(re->units);
    sy_free(re);
}

void sy_regex_set_limit(sy_regex *re, int64_t ns)
{
    re->limit = ns;
}

sy_status sy_regex_start(sy_regex *re, sy_slice text, sy_error *err)
{
    UErrorCode icu = U_ZERO_ERROR;
    sy_status st = re->icu ? SY_OK : read_expression(re, err);
    if (st != SY_OK)
        return st;
    if (!make_room(re, text.len))
        return sy_fail_nomem(err);
    to_units(re, text);
    re->text = text;
    re->unit = re->byte = 0;
    re->until = re->limit > 0 ? sy_clock_ns() + re->limit : 0;
    uregex_setText(re->icu, re->units, (int32_t)re->n, &icu);
    return U_SUCCESS(icu) ? SY_OK : sy_fail_nomem(err);
}

/* The byte of a unit that is not before the last one asked for. */
static size_t byte_of(sy_regex *re, size_t unit)
{
    while (re->unit < unit) {
        uint32_t cp;
        re->byte += sy_utf8_decode(re->text.data + re->byte, re->text.len - re->byte, &cp);
        re->unit += U16_LENGTH(cp);
    }
    return re->byte;
}

sy_status sy_regex_next(sy_regex *re, bool *found, size_t *start, size_t *end, sy_error *err)
{
    UErrorCode icu = U_ZERO_ERROR;
    *found = false;
    while (uregex_findNext(re->icu, &icu)) {
        int32_t from = uregex_start(re->icu, 0, &icu), to = uregex_end(re->icu, 0, &icu);
        if (U_FAILURE(icu) || to <= from)
            continue;
        *found = true;
        *start = byte_of(re, (size_t)from);
        *end = byte_of(re, (size_t)to);
        return SY_OK;
    }
    if (icu == U_MEMORY_ALLOCATION_ERROR)
        return sy_fail_nomem(err);
    if (U_FAILURE(icu))
        return sy_fail(err, SY_E_LIMIT, NULL,
                       "a regular expression takes too long or too much memory for one text; "
                       "make it simpler, without repetitions inside repetitions");
    return SY_OK;
}
