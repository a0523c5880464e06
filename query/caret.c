#include "query/caret.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "segmenter/width.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* One character of the expression as it is shown. */
typedef struct cell {
    size_t end; /* byte of the expression after it */
    size_t width;
    char text[16];
} cell;

/* Columns [low, high) of the whole expression are shown. */
typedef struct window {
    size_t low, high;
} window;

/* The underline, in columns of what is printed. */
typedef struct mark {
    size_t column, width;
} mark;

static bool is_hidden(uint32_t cp)
{
    return (cp >= 0x80 && cp < 0xA0) || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF;
}

static cell cell_at(const char *expr, size_t len, size_t at)
{
    cell c;
    uint32_t cp;
    size_t n = sy_utf8_decode(expr + at, len - at, &cp);
    c.end = at + n;
    if (cp == SY_CP_REPLACEMENT && sy_utf8_check(expr + at, n) < n) {
        c.end = at + 1; /* byte by byte, as the error's place counts them */
        snprintf(c.text, sizeof c.text, "<%02X>", (unsigned)(unsigned char)expr[at]);
    } else if (cp < 0x20 || cp == 0x7F) {
        /* The control pictures stand in ASCII's order; DEL is apart. */
        c.text[sy_utf8_encode(cp == 0x7F ? 0x2421 : 0x2400 + cp, c.text)] = '\0';
    } else if (is_hidden(cp)) {
        snprintf(c.text, sizeof c.text, "<U+%04X>", (unsigned)cp);
    } else {
        c.text[sy_utf8_encode(cp, c.text)] = '\0';
        c.width = (size_t)sy_cp_width(cp);
        return c;
    }
    c.width = sy_text_width(c.text, strlen(c.text));
    return c;
}

/* Columns of the whole expression, and of its first `start` bytes. */
static size_t measure(const char *expr, size_t len, size_t start, size_t *before)
{
    size_t columns = 0;
    *before = 0;
    for (size_t i = 0; i < len;) {
        cell c = cell_at(expr, len, i);
        if (c.end <= start)
            *before = columns + c.width;
        columns += c.width;
        i = c.end;
    }
    return columns;
}

/* Room stays for the caret behind the end, and for … at each cut. */
static window choose(size_t columns, size_t place, size_t most)
{
    size_t left = most / 2 - 2; /* columns kept before the place in a cut expression */
    if (columns <= most && place < most)
        return (window){0, columns};
    if (place <= left)
        return (window){0, most - 1};
    size_t low = place - left;
    if (columns + 1 - low <= most - 1) /* the rest fits: show more on the left */
        return (window){columns + 2 - most, columns};
    return (window){low, low + most - 2};
}

/* Prints the cells that lie wholly inside the window; where the place came out
 * is returned. A combining mark whose base was cut is left out too. */
static mark print_window(const char *expr, size_t len, size_t start, size_t end, window shown,
                         size_t columns, sy_buf *out)
{
    mark m = {0, 0};
    bool placed = false;
    size_t column = 0, printed = 0;
    if (shown.low > 0) {
        sy_buf_puts(out, ELLIPSIS);
        printed = 1;
    }
    for (size_t i = 0; i < len && column <= shown.high;) {
        cell c = cell_at(expr, len, i);
        if (!placed && c.end > start) {
            m.column = printed;
            placed = true;
        }
        bool inside = column >= shown.low && column + c.width <= shown.high;
        if (inside && !(c.width == 0 && column == shown.low && shown.low > 0)) {
            sy_buf_puts(out, c.text);
            if (placed && i < end)
                m.width += c.width;
            printed += c.width;
        }
        column += c.width;
        i = c.end;
    }
    if (shown.high < columns)
        sy_buf_puts(out, ELLIPSIS);
    if (!placed)
        m.column = printed;
    return m;
}

static void put_times(sy_buf *out, size_t n, char c)
{
    for (size_t i = 0; i < n; i++)
        sy_buf_putc(out, c);
}

void sy_query_caret(const char *expr, const sy_query_error *where, const char *message,
                    unsigned most, sy_buf *out)
{
    most = most > SY_CARET_COLUMNS ? SY_CARET_COLUMNS : most;
    most = most < SY_CARET_COLUMNS_LEAST ? SY_CARET_COLUMNS_LEAST : most;
    size_t len = strlen(expr);
    size_t start = where->start < len ? where->start : len;
    size_t end = where->end < start ? start : where->end < len ? where->end : len;
    size_t place;
    size_t columns = measure(expr, len, start, &place);
    mark m = print_window(expr, len, start, end, choose(columns, place, most), columns, out);
    size_t under = m.width > 1 ? m.width - 1 : 0;
    sy_buf_putc(out, '\n');
    put_times(out, m.column, ' ');
    sy_buf_putc(out, '^');
    put_times(out, under, '~');
    if (message && *message) {
        size_t used = m.column + 1 + under + 1 + sy_text_width(message, strlen(message));
        sy_buf_putc(out, used <= most ? ' ' : '\n');
        sy_buf_puts(out, message);
    }
    sy_buf_putc(out, '\n');
}
