#include "cli/fold.h"

#include <string.h>

#include "base/utf8.h"
#include "segmenter/width.h"

static bool one_of(uint32_t cp, const char *set)
{
    for (size_t i = 0, len = strlen(set); i < len;) {
        uint32_t member;
        i += sy_utf8_decode(set + i, len - i, &member);
        if (member == cp)
            return true;
    }
    return false;
}

bool sy_line_may_end(uint32_t before, int before_width, uint32_t after, int after_width)
{
    if (after_width == 0 || before == 0x200D || after == ' ')
        return false;
    if (one_of(after, "、。，．：；？！）］｝」』】》〉”’…％,.;:?!)]}%") ||
        one_of(before, "（［｛「『【《〈“‘([{"))
        return false;
    return before == ' ' || before_width == 2 || after_width == 2;
}

/* Bytes at the start of the text that stand on one line, and their columns. */
static size_t piece(const char *text, size_t *columns)
{
    size_t len = strcspn(text, " \n"), i = 0;
    uint32_t before = 0;
    int before_width = 0;
    *columns = 0;
    while (i < len) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text + i, len - i, &cp);
        int width = sy_cp_width(cp);
        if (i > 0 && sy_line_may_end(before, before_width, cp, width))
            break;
        *columns += (size_t)width;
        before = cp;
        before_width = width;
        i += n;
    }
    return i;
}

void sy_put_folded(sy_buf *out, const char *text, unsigned indent, unsigned width)
{
    size_t column = indent, columns;
    bool space = false;
    while (*text != '\0') {
        size_t len = piece(text, &columns);
        if (len == 0 && *text == '\n') {
            sy_buf_printf(out, "\n%*s", text[1] == '\0' || text[1] == '\n' ? 0 : (int)indent, "");
            column = indent;
        }
        if (len == 0) {
            space = *text++ == ' ';
            continue;
        }
        space = space && column > indent;
        if (column > indent && column + space + columns > width) {
            sy_buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (space) {
            sy_buf_putc(out, ' ');
            column++;
        }
        sy_buf_append(out, text, len);
        column += columns;
        text += len;
        space = false;
    }
    sy_buf_putc(out, '\n');
}
