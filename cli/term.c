#include "cli/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/messages.h"
#include "base/utf8.h"

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 20, WIDTH_MOST = 10000 };

static const int64_t redraw_ns = 100 * 1000 * 1000;

bool sy_when_parse(const char *word, sy_when *when)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            *when = (sy_when)i;
            return true;
        }
    }
    return false;
}

bool sy_term_dumb(void)
{
    const char *term = getenv("TERM");
    return !term || *term == '\0' || strcmp(term, "dumb") == 0;
}

bool sy_color_wanted(sy_when when, int fd)
{
    if (when != SY_WHEN_AUTO)
        return when == SY_WHEN_ALWAYS;
    const char *no = getenv("NO_COLOR");
    return isatty(fd) && !(no && *no != '\0') && !sy_term_dumb();
}

unsigned sy_term_width(int fd)
{
    struct winsize size;
    unsigned long width = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    const char *columns = getenv("COLUMNS");
    if (width == 0 && columns)
        width = strtoul(columns, NULL, 10);
    if (width == 0 || width > WIDTH_MOST)
        return WIDTH_DEFAULT;
    return width < WIDTH_LEAST ? WIDTH_LEAST : (unsigned)width;
}

int64_t sy_clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sy_progress_init(sy_progress *p, bool wanted)
{
    *p = (sy_progress){.on = wanted && isatty(STDERR_FILENO) && !sy_term_dumb()};
}

void sy_progress_show(sy_progress *p, const char *stage, uint64_t done, uint64_t total)
{
    if (!p->on)
        return;
    int64_t now = sy_clock_ns();
    if (now < p->next_ns)
        return;
    char line[256];
    p->next_ns = now + redraw_ns;
    p->drawn = true;
    if (total > 0)
        snprintf(line, sizeof line, _("%s %llu of %llu"), stage, (unsigned long long)done,
                 (unsigned long long)total);
    else
        snprintf(line, sizeof line, "%s %llu", stage, (unsigned long long)done);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
}

void sy_progress_clear(sy_progress *p)
{
    if (!p->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    p->drawn = false;
    p->next_ns = 0;
}

uint32_t sy_visible_cp(uint32_t cp)
{
    if (cp < 0x20)
        return 0x2400 + cp;
    if (cp == 0x7F)
        return 0x2421;
    return cp >= 0x80 && cp < 0xA0 ? SY_CP_REPLACEMENT : cp;
}

void sy_put_visible(sy_buf *out, const char *text, size_t len)
{
    size_t done = 0; /* bytes already copied */
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        size_t n = sy_utf8_decode(text + i, len - i, &cp);
        /* U+FFFD is written anew, for it may stand for ill-formed bytes. */
        if (sy_visible_cp(cp) != cp || cp == SY_CP_REPLACEMENT) {
            sy_buf_append(out, text + done, i - done);
            sy_buf_put_cp(out, sy_visible_cp(cp));
            done = i + n;
        }
        i += n;
    }
    sy_buf_append(out, text + done, len - done);
}
