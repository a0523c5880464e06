#include "indexer/readers/number_format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { DIGITS_MAX = 30, TEXT_MAX = 400 };

const char *sy_number_format_builtin(uint32_t id)
{
    static const struct {
        uint32_t id;
        const char *code;
    } known[] = {{1, "0"},
                 {2, "0.00"},
                 {3, "#,##0"},
                 {4, "#,##0.00"},
                 {9, "0%"},
                 {10, "0.00%"},
                 {11, "0.00E+00"},
                 {14, "yyyy/m/d"},
                 {15, "d-mmm-yy"},
                 {16, "d-mmm"},
                 {17, "mmm-yy"},
                 {18, "h:mm AM/PM"},
                 {19, "h:mm:ss AM/PM"},
                 {20, "h:mm"},
                 {21, "h:mm:ss"},
                 {22, "yyyy/m/d h:mm"},
                 {27, "yyyy\"年\"m\"月\""},
                 {28, "m\"月\"d\"日\""},
                 {29, "m\"月\"d\"日\""},
                 {30, "m-d-yy"},
                 {31, "yyyy\"年\"m\"月\"d\"日\""},
                 {32, "h\"时\"mm\"分\""},
                 {33, "h\"时\"mm\"分\"ss\"秒\""},
                 {34, "上午/下午h\"时\"mm\"分\""},
                 {35, "上午/下午h\"时\"mm\"分\"ss\"秒\""},
                 {36, "yyyy\"年\"m\"月\""},
                 {37, "#,##0;-#,##0"},
                 {38, "#,##0;-#,##0"},
                 {39, "#,##0.00;-#,##0.00"},
                 {40, "#,##0.00;-#,##0.00"},
                 {45, "mm:ss"},
                 {46, "[h]:mm:ss"},
                 {47, "mm:ss.0"},
                 {48, "##0.0E+0"},
                 {50, "yyyy\"年\"m\"月\""},
                 {51, "m\"月\"d\"日\""},
                 {52, "yyyy\"年\"m\"月\""},
                 {53, "m\"月\"d\"日\""},
                 {54, "m\"月\"d\"日\""},
                 {55, "上午/下午h\"时\"mm\"分\""},
                 {56, "上午/下午h\"时\"mm\"分\"ss\"秒\""},
                 {57, "yyyy\"年\"m\"月\""},
                 {58, "m\"月\"d\"日\""}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].id == id)
            return known[i].code;
    }
    return "";
}

/* General: whole numbers in full up to 15 digits, others with 11 digits. */
static void put_general(sy_buf *out, double v)
{
    char text[40];
    if (fabs(v) < 1e15 && v == trunc(v))
        snprintf(text, sizeof text, "%.0f", v == 0 ? 0.0 : v);
    else
        snprintf(text, sizeof text, "%.11G", v);
    sy_buf_puts(out, text);
}

/* ---- the code ---- */

/* Bytes of the element of a format code at s[len]: a quoted text, an escaped
 * character, something in brackets, or one character. */
static size_t element(const char *s, size_t len)
{
    if (*s == '"' || *s == '[') {
        const char *close = memchr(s + 1, *s == '"' ? '"' : ']', len - 1);
        return close ? (size_t)(close - s) + 1 : len;
    }
    if (*s == '\\' || *s == '_' || *s == '*') {
        size_t n = 2;
        while (n < len && ((unsigned char)s[n] & 0xC0) == 0x80)
            n++;
        return n < len ? n : len;
    }
    return 1;
}

static size_t split_sections(sy_slice code, sy_slice *sections)
{
    size_t n = 0, from = 0, i = 0;
    while (i < code.len && n < 3) {
        if (code.data[i] == ';') {
            sections[n++] = (sy_slice){code.data + from, i - from};
            from = ++i;
        } else {
            i += element(code.data + i, code.len - i);
        }
    }
    if (n < 3 || from < code.len) {
        size_t end = from;
        while (end < code.len && code.data[end] != ';')
            end += element(code.data + end, code.len - end);
        end = end < code.len ? end : code.len;
        sections[n++] = (sy_slice){code.data + from, end - from};
    }
    return n;
}

/* The condition of a section: [>=100]. False if it has none. */
static bool condition(sy_slice section, double v, bool *holds)
{
    for (size_t i = 0; i < section.len; i += element(section.data + i, section.len - i)) {
        const char *c = section.data + i;
        if (*c != '[' || i + 2 >= section.len || !strchr("<>=", c[1]))
            continue;
        char op[3] = {c[1], strchr("<>=", c[2]) ? c[2] : '\0', '\0'};
        double limit = strtod(c + 1 + strlen(op), NULL);
        *holds = strcmp(op, "<") == 0    ? v < limit
                 : strcmp(op, "<=") == 0 ? v <= limit
                 : strcmp(op, ">") == 0  ? v > limit
                 : strcmp(op, ">=") == 0 ? v >= limit
                 : strcmp(op, "<>") == 0 ? v != limit
                                         : v == limit;
        return true;
    }
    return false;
}

/* Picks the section for v; *negate: its sign is told by the section. */
static sy_slice pick(const sy_slice *sections, size_t n, double v, bool *negate)
{
    bool holds;
    *negate = false;
    for (size_t i = 0; i < n && i < 2; i++) {
        if (!condition(sections[i], v, &holds))
            continue;
        if (holds)
            return sections[i];
        if (i + 1 == n)
            return sections[0];
        if (!condition(sections[i + 1], v, &holds))
            return sections[i + 1 < 2 && n > 2 ? 2 : i + 1];
    }
    if (v < 0 && n >= 2) {
        *negate = true;
        return sections[1];
    }
    return v == 0 && n >= 3 ? sections[2] : sections[0];
}

typedef enum token_kind { TOKEN_NONE, TOKEN_DATE, TOKEN_DIGIT } token_kind;

static bool is_elapsed(const char *s, size_t n)
{
    return n >= 3 && (strncasecmp(s, "[h", 2) == 0 || strncasecmp(s, "[m", 2) == 0 ||
                      strncasecmp(s, "[s", 2) == 0);
}

static token_kind kind_of(sy_slice section)
{
    token_kind kind = TOKEN_NONE;
    for (size_t i = 0; i < section.len;) {
        const char *c = section.data + i;
        size_t n = element(c, section.len - i);
        if (section.len - i >= 7 && strncasecmp(c, "general", 7) == 0)
            return TOKEN_NONE;
        if (is_elapsed(c, n) || (n == 1 && strchr("yYmMdDhHsS", *c)))
            return TOKEN_DATE;
        if (n == 1 && strchr("0#?", *c))
            kind = TOKEN_DIGIT;
        i += n;
    }
    return kind;
}

/* Appends an element that stands for itself: "text", \x, a plain character. */
static void put_literal(sy_buf *out, const char *s, size_t n)
{
    if (*s == '"')
        sy_buf_append(out, s + 1, n >= 2 ? n - 2 : 0);
    else if (*s == '\\')
        sy_buf_append(out, s + 1, n - 1);
    else if (*s == '[') {
        /* [$¥-804] is a currency sign and a locale */
        const char *dash = n > 3 && s[1] == '$' ? memchr(s + 2, '-', n - 2) : NULL;
        if (n > 3 && s[1] == '$')
            sy_buf_append(out, s + 2, dash ? (size_t)(dash - s) - 2 : n - 3);
    } else if (*s != '_' && *s != '*') {
        sy_buf_append(out, s, n);
    }
}

/* ---- dates ---- */

typedef struct moment {
    long year, month, day, hour, minute, second, weekday;
    long thousandth;
    double days;
} moment;

/* Days from 1970 to a date of the proleptic Gregorian calendar, the other way round
 * (Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days). */
static void civil(long z, moment *m)
{
    z += 719468;
    long era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    m->day = doy - (153 * mp + 2) / 5 + 1;
    m->month = mp < 10 ? mp + 3 : mp - 9;
    m->year = yoe + era * 400 + (m->month <= 2);
}

static bool moment_of(double days, bool from_1904, bool thousandths, moment *m)
{
    enum { LAST = 2958466 }; /* the day after 9999-12-31 */
    if (days < 0 || days >= LAST)
        return false;
    double unit = thousandths ? 86400000.0 : 86400.0;
    double whole = floor(days), part = floor((days - whole) * unit + 0.5);
    if (part >= unit) {
        part -= unit;
        whole += 1;
    }
    long serial = (long)whole, ms = (long)(thousandths ? part : part * 1000);
    *m = (moment){.days = days};
    /* Excel has a 29 February 1900, day 60, which never was. */
    civil(from_1904 ? serial - 24107 : serial - 25569 + (serial < 60), m);
    if (!from_1904 && serial == 60)
        m->month = 2, m->day = 29, m->year = 1900;
    if (!from_1904 && serial == 0)
        m->month = 1, m->day = 0, m->year = 1900;
    m->weekday = (serial + (from_1904 ? 5 : 6)) % 7;
    m->hour = ms / 3600000;
    m->minute = ms / 60000 % 60;
    m->second = ms / 1000 % 60;
    m->thousandth = ms % 1000;
    return true;
}

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const days_en[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
static const char *const days_zh[] = {"日", "一", "二", "三", "四", "五", "六"};

static void put_date_part(sy_buf *out, char letter, size_t n, bool minutes, bool twelve,
                          const moment *m)
{
    long hour = twelve ? (m->hour + 11) % 12 + 1 : m->hour;
    switch (letter) {
    case 'y':
        sy_buf_printf(out, n <= 2 ? "%02ld" : "%04ld", n <= 2 ? m->year % 100 : m->year);
        break;
    case 'm':
        if (minutes)
            sy_buf_printf(out, n > 1 ? "%02ld" : "%ld", m->minute);
        else if (n >= 3)
            sy_buf_printf(out, "%.*s", n == 3 ? 3 : n == 5 ? 1 : 20, months[m->month - 1]);
        else
            sy_buf_printf(out, n > 1 ? "%02ld" : "%ld", m->month);
        break;
    case 'd':
        if (n >= 3)
            sy_buf_printf(out, "%.*s", n == 3 ? 3 : 20, days_en[m->weekday]);
        else
            sy_buf_printf(out, n > 1 ? "%02ld" : "%ld", m->day);
        break;
    case 'a':
        sy_buf_puts(out, n >= 4 ? "星期" : n == 3 ? "周" : "");
        sy_buf_puts(out, days_zh[m->weekday]);
        break;
    case 'h':
        sy_buf_printf(out, n > 1 ? "%02ld" : "%ld", hour);
        break;
    default:
        sy_buf_printf(out, n > 1 ? "%02ld" : "%ld", m->second);
        break;
    }
}

/* Whether the m at s + i is minutes: after hours, or before seconds. */
static bool is_minutes(sy_slice s, size_t i, size_t n, char last)
{
    if (last == 'h')
        return true;
    for (size_t k = i + n; k < s.len; k += element(s.data + k, s.len - k)) {
        char c = s.data[k];
        if (strchr("yYmMdDhH", c))
            return false;
        if (c == 's' || c == 'S' || is_elapsed(s.data + k, element(s.data + k, s.len - k)))
            return c == 's' || c == 'S';
    }
    return false;
}

static size_t half_day(sy_slice s, size_t i)
{
    static const char *const marks[] = {"AM/PM", "A/P", "上午/下午"};
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        size_t n = strlen(marks[k]);
        if (s.len - i >= n && strncasecmp(s.data + i, marks[k], n) == 0)
            return n;
    }
    return 0;
}

static bool has_half_day(sy_slice s)
{
    for (size_t i = 0; i < s.len; i += element(s.data + i, s.len - i)) {
        if (half_day(s, i) > 0)
            return true;
    }
    return false;
}

static void put_elapsed(sy_buf *out, char letter, size_t n, const moment *m)
{
    double unit = letter == 'h' ? 24 : letter == 'm' ? 1440 : 86400;
    sy_buf_printf(out, n > 1 ? "%02.0f" : "%.0f", floor(m->days * unit + 1e-6));
}

static size_t run_of(sy_slice s, size_t i)
{
    size_t n = 1;
    while (i + n < s.len && (s.data[i + n] | 0x20) == (s.data[i] | 0x20))
        n++;
    return n;
}

static void put_date(sy_buf *out, sy_slice s, const moment *m)
{
    bool twelve = has_half_day(s);
    char last = '\0';
    for (size_t i = 0; i < s.len;) {
        const char *c = s.data + i;
        size_t n = element(c, s.len - i), half = half_day(s, i);
        char letter = (char)(*c | 0x20);
        if (half > 0) {
            bool pm = m->hour >= 12;
            sy_buf_puts(out, half > 5 ? pm ? "下午" : "上午" : pm ? "PM" : "AM");
            n = half;
        } else if (is_elapsed(c, n)) {
            letter = (char)(c[1] | 0x20);
            put_elapsed(out, letter, n - 2, m);
            last = letter;
        } else if (n == 1 && strchr("ymdhsa", letter) && (letter != 'a' || run_of(s, i) >= 3)) {
            n = run_of(s, i);
            put_date_part(out, letter, n, letter == 'm' && is_minutes(s, i, n, last), twelve, m);
            last = letter;
        } else if (*c == '.' && i + 1 < s.len && s.data[i + 1] == '0' && last == 's') {
            n = 1 + run_of(s, i + 1);
            char digits[8];
            snprintf(digits, sizeof digits, "%03ld", m->thousandth);
            sy_buf_printf(out, ".%.*s", (int)(n - 1 < 3 ? n - 1 : 3), digits);
        } else {
            put_literal(out, c, n);
        }
        i += n;
    }
}

/* ---- numbers ---- */

typedef struct shape {
    size_t whole, decimals, least_decimals, exponent; /* digits */
    bool groups, scientific, fraction;
    unsigned percent, thousands;
} shape;

static shape shape_of(sy_slice s)
{
    shape f = {0};
    bool point = false;
    size_t commas = 0;
    for (size_t i = 0; i < s.len; i += element(s.data + i, s.len - i)) {
        char c = s.data[i];
        bool digit = c == '0' || c == '#' || c == '?';
        if (digit && f.scientific) {
            f.exponent++;
        } else if (digit && point) {
            f.decimals++;
            if (c != '#')
                f.least_decimals = f.decimals;
        } else if (digit) {
            f.groups |= commas > 0 && f.whole > 0;
            f.whole += c == '0' || f.whole > 0 ? 1 : 0;
            commas = 0;
        } else if (c == '.') {
            point = true;
        } else if (c == ',') {
            commas++;
        } else if (c == '%') {
            f.percent++;
        } else if (c == '/') {
            f.fraction = true;
        } else if ((c == 'E' || c == 'e') && i + 1 < s.len && strchr("+-", s.data[i + 1])) {
            f.scientific = true;
            f.thousands = (unsigned)commas;
        }
        if (digit && commas > 0 && !point)
            commas = 0;
    }
    f.thousands = (unsigned)commas;
    /* #,##0: the comma stands between digits, whichever they are */
    for (size_t i = 1; i + 1 < s.len; i++)
        f.groups |=
            s.data[i] == ',' && strchr("0#?", s.data[i - 1]) && strchr("0#?", s.data[i + 1]);
    return f;
}

/* The digits of v, rounded, with groups; the sign is not among them. */
static void digits_of(double v, const shape *f, sy_buf *out)
{
    char text[TEXT_MAX];
    size_t decimals = f->decimals < DIGITS_MAX ? f->decimals : DIGITS_MAX;
    /* Excel rounds the decimal number of 15 digits, not the binary one. */
    if (fabs(v) < 1e15)
        v += v * 1e-15;
    if (f->scientific)
        snprintf(text, sizeof text, "%.*E", (int)decimals, v);
    else
        snprintf(text, sizeof text, "%.*f", (int)decimals, v);
    size_t len = strlen(text), point = strcspn(text, ".E");
    if (!f->scientific) {
        size_t least = point + 1 + (f->least_decimals < decimals ? f->least_decimals : decimals);
        while (len > least && text[len - 1] == '0' && len > point)
            len--;
        if (len == point + 1)
            len = f->decimals > 0 && f->least_decimals == 0 ? len : point;
    }
    /* # and ? show no zero in front, nor one that is all of the number. */
    bool bare = f->decimals > 0 || !f->scientific;
    size_t from = f->whole == 0 && text[0] == '0' && bare ? 1 : 0;
    for (size_t k = point; k < f->whole && k < DIGITS_MAX; k++)
        sy_buf_putc(out, '0');
    for (size_t i = from; i < len; i++) {
        sy_buf_putc(out, text[i]);
        if (f->groups && i + 1 < point && (point - i - 1) % 3 == 0)
            sy_buf_putc(out, ',');
    }
}

static bool is_digit_part(char c)
{
    return strchr("0#?.,", c) != NULL;
}

static void put_number(sy_buf *out, sy_slice s, double v, bool negative)
{
    shape f = shape_of(s);
    bool done = false;
    for (unsigned i = 0; i < f.percent && i < 4; i++)
        v *= 100;
    for (unsigned i = 0; i < f.thousands && i < 8; i++)
        v /= 1000;
    if (f.fraction) {
        put_general(out, negative ? -v : v);
        return;
    }
    sy_buf digits = SY_BUF_INIT;
    digits_of(v, &f, &digits);
    if (negative && strspn(sy_buf_cstr(&digits), "0.,") < digits.len)
        sy_buf_putc(out, '-');
    for (size_t i = 0; i < s.len;) {
        const char *c = s.data + i;
        size_t n = element(c, s.len - i);
        if (n == 1 && is_digit_part(*c)) {
            if (!done)
                sy_buf_append(out, digits.data, digits.len);
            done = true;
        } else if (n == 1 && done && f.scientific && strchr("Ee", *c)) {
            n = 2; /* the exponent is among the digits */
        } else {
            put_literal(out, c, n);
        }
        i += n;
    }
    if (digits.status != SY_OK)
        out->status = digits.status;
    sy_buf_release(&digits);
}

/* A section of literals alone, or with General in it. */
static void put_words(sy_buf *out, sy_slice s, double v)
{
    for (size_t i = 0; i < s.len;) {
        size_t n = element(s.data + i, s.len - i);
        if (s.len - i >= 7 && strncasecmp(s.data + i, "general", 7) == 0) {
            put_general(out, v);
            n = 7;
        } else if (s.data[i] == '@') {
            put_general(out, v);
        } else {
            put_literal(out, s.data + i, n);
        }
        i += n;
    }
}

void sy_number_format_put(sy_buf *out, sy_slice code, sy_slice text, bool from_1904)
{
    char number[64], *end;
    if (text.len == 0 || text.len >= sizeof number) {
        sy_buf_append(out, text.data, text.len);
        return;
    }
    memcpy(number, text.data, text.len);
    number[text.len] = '\0';
    double v = strtod(number, &end);
    if (*end != '\0' || !isfinite(v)) {
        sy_buf_append(out, text.data, text.len);
        return;
    }
    if (code.len == 0 || strncasecmp(code.data, "general", code.len) == 0 || code.data[0] == '@') {
        put_general(out, v);
        return;
    }
    sy_slice sections[4];
    bool negate;
    size_t n = split_sections(code, sections);
    sy_slice s = pick(sections, n < 3 ? n : 3, v, &negate);
    token_kind kind = kind_of(s);
    moment m;
    if (kind == TOKEN_DATE && moment_of(v, from_1904, memchr(s.data, '.', s.len) != NULL, &m))
        put_date(out, s, &m);
    else if (kind == TOKEN_DATE)
        put_general(out, v);
    else if (kind == TOKEN_DIGIT)
        put_number(out, s, fabs(v), v < 0 && !negate);
    else
        put_words(out, s, negate ? -v : v);
}
