#include "indexer/readers/ledger_numerals.h"

#include "base/utf8.h"
#include "indexer/readers/reader_text.h"
#include "segmenter/normal.h"

/* A short line as code points, full-width ASCII made plain, so that the grammar
 * below sees one spelling of digits, brackets and stops. */
enum { CHARS_MAX = 64 };

typedef struct chars {
    uint32_t cp[CHARS_MAX + 1]; /* a 0 behind the last one */
    size_t off[CHARS_MAX + 1];  /* where each starts, and the end */
    size_t n;
} chars;

static uint32_t plain(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return cp - 0xFEE0;
    return cp == 0x3000 || cp == 0xA0 || cp == '\t' ? ' ' : cp;
}

/* False if the line is longer than CHARS_MAX characters. */
static bool read_chars(sy_slice s, chars *out)
{
    size_t at = 0;
    out->n = 0;
    while (at < s.len) {
        if (out->n == CHARS_MAX)
            return false;
        uint32_t cp;
        out->off[out->n] = at;
        at += sy_utf8_decode(s.data + at, s.len - at, &cp);
        out->cp[out->n++] = plain(cp);
    }
    out->off[out->n] = at;
    out->cp[out->n] = 0;
    return true;
}

static bool is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

static bool is_one_of(uint32_t cp, const uint32_t *set)
{
    for (; *set != 0; set++) {
        if (*set == cp)
            return true;
    }
    return false;
}

/* 0 to 9 for 〇 to 九 and 零 to 玖, 10 for 十, 100 for 百, -1 for others. */
static int han_numeral(uint32_t cp)
{
    static const uint32_t digits[] = {U'〇', U'一', U'二', U'三', U'四', U'五',
                                      U'六', U'七', U'八', U'九', U'十'};
    static const uint32_t formal[] = {U'零', U'壹', U'贰', U'叁', U'肆', U'伍',
                                      U'陆', U'柒', U'捌', U'玖', U'拾'};
    for (int i = 0; i < 11; i++) {
        if (digits[i] == cp || formal[i] == cp)
            return i;
    }
    return cp == U'百' ? 100 : cp == U'两' ? 2 : -1;
}

/* Reads digits or Han numerals at `at`; returns where they end, or `at`. Numbers
 * past 999,999 are none. */
static size_t read_number(const chars *c, size_t at, uint32_t *value)
{
    size_t i = at;
    uint32_t sum = 0, last = 0;
    if (is_digit(c->cp[i])) {
        for (; is_digit(c->cp[i]) && sum <= 99999; i++)
            sum = sum * 10 + (c->cp[i] - '0');
        *value = sum;
        return is_digit(c->cp[i]) ? at : i;
    }
    for (int digit; i - at < 7 && (digit = han_numeral(c->cp[i])) >= 0; i++) {
        if (digit >= 10) {
            sum += (last ? last : 1) * (uint32_t)digit;
            last = 0;
        } else {
            last = (uint32_t)digit;
        }
    }
    *value = sum + last;
    return i;
}

/* ---- section headings ---- */

static const uint32_t separators[] = {U'、', '.', ',', ':', ';', U'．', ' ', '-', U'—', 0};

static bool is_separator(uint32_t cp)
{
    return cp != 0 && is_one_of(cp, separators);
}

/* 第一部分, 第二章: returns where it ends, or 0. */
static size_t read_part(const chars *c)
{
    static const uint32_t parts[] = {U'章', U'节', U'篇', U'类', U'项', U'块', U'编', 0};
    uint32_t value;
    if (c->cp[0] != U'第')
        return 0;
    size_t at = read_number(c, 1, &value);
    if (at == 1)
        return 0;
    if ((c->cp[at] == U'部' && c->cp[at + 1] == U'分') ||
        (c->cp[at] == U'板' && c->cp[at + 1] == U'块') ||
        (c->cp[at] == U'方' && c->cp[at + 1] == U'面'))
        return at + 2;
    return is_one_of(c->cp[at], parts) ? at + 1 : 0;
}

/* The numeral in front; returns where the title starts, 0 if there is none. */
static size_t read_lead(const chars *c, sy_heading_form *form)
{
    uint32_t value;
    size_t at = read_part(c);
    *form = SY_HEADING_HAN;
    if (at == 0 && c->cp[0] >= U'㈠' && c->cp[0] <= U'㈩')
        at = 1;
    if (at == 0 && c->cp[0] >= U'Ⅰ' && c->cp[0] <= U'Ⅻ' && is_separator(c->cp[1]))
        at = 1;
    if (at == 0) {
        bool bracket = c->cp[0] == '(';
        size_t from = bracket ? 1 : 0;
        at = read_number(c, from, &value);
        if (at == from)
            return 0;
        bool digits = is_digit(c->cp[from]);
        if (digits)
            *form = SY_HEADING_DIGITS;
        if (bracket ? c->cp[at] != ')' : !is_separator(c->cp[at]) || c->cp[at] == '-')
            return 0;
        /* 1.5 and 2,000 are numbers of a text, 3 people is no heading. */
        if (digits && !bracket && (is_digit(c->cp[at + 1]) || c->cp[at] == ' '))
            return 0;
        at++;
    }
    while (is_separator(c->cp[at]))
        at++;
    return at;
}

bool sy_heading_lead(sy_slice line, sy_heading_form *form)
{
    enum { LEAD_MAX = 48 }; /* bytes; a character cut at the end is no part of a numeral */
    chars c;
    sy_slice start = sy_trim(line);
    if (start.len > LEAD_MAX)
        start.len = LEAD_MAX;
    return start.len > 0 && read_chars(start, &c) && read_lead(&c, form) > 0;
}

/* 共18项 up to `end`; a few characters may follow: 18项目标, 18项重点任务. Outside
 * brackets 共 must stand in front, and things are not counted by 个. */
static bool read_count(const chars *c, size_t from, size_t end, bool bracketed, uint32_t *count)
{
    static const uint32_t words[] = {U'共', U'计', U'合', U'总', U'含', U'有', U'包', 0};
    static const uint32_t classes[] = {U'项', U'条', U'件', 0};
    enum { TAIL_MAX = 4 };
    size_t at = from;
    while (at < end && (is_one_of(c->cp[at], words) || c->cp[at] == ' '))
        at++;
    size_t number = at;
    at = read_number(c, number, count);
    if (at == number || (!bracketed && c->cp[from] != U'共'))
        return false;
    while (at < end && c->cp[at] == ' ')
        at++;
    bool is_class = is_one_of(c->cp[at], classes) || (bracketed && c->cp[at] == U'个');
    return at < end && is_class && end - at - 1 <= TAIL_MAX;
}

static const uint32_t opening[] = {'(', '[', U'【', U'〔', 0};
static const uint32_t closing[] = {')', ']', U'】', U'〕', 0};

/* Cuts the count off the title [from, *end). */
static bool cut_count(const chars *c, size_t from, size_t *end, uint32_t *count)
{
    size_t at = *end;
    if (at > from && is_one_of(c->cp[at - 1], closing)) {
        while (at > from && !is_one_of(c->cp[at - 1], opening))
            at--;
        if (at <= from || !read_count(c, at, *end - 1, true, count))
            return false;
        at--;
    } else {
        while (at > from && c->cp[at - 1] != U'共')
            at--;
        if (at <= from || !read_count(c, at - 1, *end, false, count))
            return false;
        at--;
    }
    while (at > from && is_separator(c->cp[at - 1]))
        at--;
    *end = at;
    return true;
}

bool sy_heading_parse(sy_slice line, sy_heading *out)
{
    static const uint32_t stops[] = {U'。', ';', U'；', ',', U'、', ':', '!', '?', 0};
    chars c;
    sy_slice trimmed = sy_trim(line);
    if (trimmed.len == 0 || !read_chars(trimmed, &c))
        return false;
    *out = (sy_heading){.indented = trimmed.data != line.data};
    size_t from = read_lead(&c, &out->form), end = c.n;
    if (from == 0)
        out->form = SY_HEADING_PLAIN;
    out->counted = cut_count(&c, from, &end, &out->declared);
    if (end <= from || is_one_of(c.cp[c.n - 1], stops))
        return false;
    if (out->form == SY_HEADING_PLAIN && !out->counted)
        return false;
    out->title = (sy_slice){trimmed.data + c.off[from], c.off[end] - c.off[from]};
    return true;
}

/* ---- row numbers ---- */

static bool is_number_char(uint32_t cp)
{
    return is_digit(cp) || (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == '-' ||
           cp == '.' || cp == '_' || cp == '/';
}

/* The number itself, c[*from, *to); returns where what follows it starts, or 0. */
static size_t read_row_number(const chars *c, size_t *from, size_t *to)
{
    uint32_t value;
    size_t at = 0;
    bool digit = false;
    while (c->cp[at] == '(' || c->cp[at] == U'第')
        at++;
    *from = at;
    while (is_number_char(c->cp[at]))
        digit |= is_digit(c->cp[at++]);
    if (at == *from)
        at = read_number(c, at, &value);
    else if (!digit)
        return 0;
    *to = at;
    while (*to > *from && !is_digit(c->cp[*to - 1]) && c->cp[*to - 1] < 'A')
        (*to)--;
    while (c->cp[at] == ')' || c->cp[at] == U'、' || c->cp[at] == U'项' || c->cp[at] == U'号' ||
           c->cp[at] == ' ')
        at++;
    return *to > *from ? at : 0;
}

bool sy_row_number(sy_slice cell, sy_buf *number, sy_slice *rest)
{
    chars c;
    sy_slice trimmed = sy_trim(cell);
    sy_buf_reset(number);
    *rest = trimmed;
    if (trimmed.len == 0)
        return false;
    /* Only the first line can hold the number. */
    const char *eol = memchr(trimmed.data, '\n', trimmed.len);
    sy_slice first = {trimmed.data, eol ? (size_t)(eol - trimmed.data) : trimmed.len};
    if (!read_chars(first, &c))
        return false;
    size_t from, to, at;
    unsigned enclosed = sy_cp_enclosed_value(c.cp[0]);
    if (enclosed > 0) {
        at = 1;
        sy_buf_printf(number, "%u", enclosed);
    } else {
        at = read_row_number(&c, &from, &to);
        for (size_t i = from; at > 0 && i < to; i++)
            sy_buf_put_cp(number, c.cp[i]);
    }
    if (at == 0 || (at < c.n && c.cp[at] != '(' && c.cp[at] != '[' && c.cp[at] != U'〔')) {
        sy_buf_reset(number);
        return false;
    }
    *rest = sy_trim((sy_slice){trimmed.data + c.off[at], trimmed.len - c.off[at]});
    return true;
}

/* ---- marks ---- */

enum { STYLE_CIRCLED = 1, STYLE_BRACKETS = 2 }; /* others: the code point before the first */

/* ① to ⑳, ㉑ to ㉟ and ㊱ to ㊿ are one series in three blocks. */
static uint32_t style_of(uint32_t cp, uint32_t value)
{
    bool circled = (cp >= 0x2460 && cp <= 0x2473) || (cp >= 0x3251 && cp <= 0x325F) ||
                   (cp >= 0x32B1 && cp <= 0x32BF);
    return circled ? STYLE_CIRCLED : cp - value;
}

/* (1) or （１２） at s[len]; returns its bytes, or 0. */
static size_t read_brackets(const char *s, size_t len, uint32_t *value)
{
    uint32_t cp;
    size_t at = sy_utf8_decode(s, len, &cp), digits = 0;
    if (plain(cp) != '(')
        return 0;
    for (*value = 0; at < len; digits++) {
        at += sy_utf8_decode(s + at, len - at, &cp);
        cp = plain(cp);
        if (!is_digit(cp) || digits == 2)
            break;
        *value = *value * 10 + (cp - '0');
    }
    return cp == ')' && digits > 0 && *value > 0 ? at : 0;
}

/* Reads a mark at `at`; returns the bytes it takes, or 0. */
static size_t read_mark(sy_slice s, size_t at, sy_mark *mark)
{
    uint32_t cp;
    if (at >= s.len)
        return 0;
    size_t n = sy_utf8_decode(s.data + at, s.len - at, &cp);
    mark->value = sy_cp_enclosed_value(cp);
    if (mark->value > 0 && mark->value <= SY_MARKS_MAX) {
        mark->style = style_of(cp, mark->value);
    } else {
        n = read_brackets(s.data + at, s.len - at, &mark->value);
        mark->style = STYLE_BRACKETS;
    }
    mark->from = at;
    mark->text = at + n;
    return n;
}

static bool ends_sentence(uint32_t cp)
{
    return cp == U'。' || cp == U'；' || cp == ';' || cp == U'！';
}

/* Whether a mark found at a paragraph's start, or inside one, continues the series. */
static bool continues(const sy_mark *mark, const sy_mark *last, bool inside)
{
    if (!last)
        return !inside;
    if (mark->style != last->style)
        return false;
    return inside ? mark->style != STYLE_BRACKETS && mark->value == last->value + 1
                  : mark->value > last->value;
}

static size_t find_marks(sy_slice cell, bool anywhere, sy_mark *marks)
{
    size_t n = 0, at = 0;
    bool start = true, after_stop = false;
    while (at < cell.len) {
        if (n == 0 && !start) { /* the first mark starts a paragraph */
            const char *line_end = memchr(cell.data + at, '\n', cell.len - at);
            if (!line_end)
                return 0;
            at = (size_t)(line_end - cell.data);
        } else if (!start && !after_stop && !sy_may_be_sign(cell.data[at])) {
            at++;
            continue;
        }
        size_t space = sy_space_at(cell.data + at, cell.len - at);
        if (space > 0) {
            start |= cell.data[at] == '\n';
            at += space;
            continue;
        }
        sy_mark mark;
        size_t took = start || after_stop ? read_mark(cell, at, &mark) : 0;
        if (took > 0 && n < SY_MARKS_MAX &&
            continues(&mark, n > 0 ? &marks[n - 1] : NULL, !start)) {
            /* Brackets are no marks unless the cell starts with them. */
            if (n == 0 && mark.style == STYLE_BRACKETS && sy_trim(cell).data != cell.data + at)
                return 0;
            if (n > 0)
                marks[n - 1].end = at;
            marks[n] = mark;
            marks[n++].end = cell.len;
            at += took;
            start = false;
            after_stop = anywhere;
            continue;
        }
        if (start && n > 0 && marks[0].style == STYLE_BRACKETS)
            return 0;
        uint32_t cp;
        at += sy_utf8_decode(cell.data + at, cell.len - at, &cp);
        after_stop = anywhere || ends_sentence(cp);
        start = false;
    }
    return n;
}

size_t sy_marks_find(sy_slice cell, sy_mark *marks)
{
    return find_marks(cell, false, marks);
}

size_t sy_marks_find_anywhere(sy_slice cell, sy_mark *marks)
{
    return find_marks(cell, true, marks);
}
