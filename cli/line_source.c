#include "cli/line_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/messages.h"

enum { STEP = 1 << 16, LINE_MOST = 1 << 30 };

sy_status sy_line_input_open(const char *path, sy_line_input *out, sy_error *err)
{
    *out = (sy_line_input){.fd = STDIN_FILENO, .path = path};
    if (strcmp(path, "-") == 0) {
        out->path = _("standard input");
        return SY_OK;
    }
    out->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (out->fd < 0)
        return sy_fail_sys(err, path, errno, "cannot open");
    return SY_OK;
}

void sy_line_input_close(sy_line_input *lines)
{
    if (lines->fd > STDIN_FILENO)
        close(lines->fd);
    sy_buf_release(&lines->buf);
    *lines = (sy_line_input){.fd = -1};
}

/* Moves the unread rest to the front and reads some more behind it. */
static sy_status fill(sy_line_input *lines, sy_error *err)
{
    sy_buf *b = &lines->buf;
    if (lines->at > 0) {
        memmove(b->data, b->data + lines->at, b->len - lines->at);
        b->len -= lines->at;
        lines->scanned -= lines->at;
        lines->at = 0;
    }
    if (b->len > LINE_MOST)
        return sy_fail(err, SY_E_LIMIT, lines->path, "a line is longer than the limit of 1 GiB");
    /* A long line is read in growing steps: fewer system calls. */
    size_t step = b->len > STEP ? b->len / 2 : STEP;
    char *at = sy_buf_reserve(b, step);
    if (!at)
        return sy_fail_nomem(err);
    ssize_t n;
    do
        n = read(lines->fd, at, step);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return sy_fail_sys(err, lines->path, errno, "cannot read");
    b->len += (size_t)n;
    lines->at_end = n == 0;
    return SY_OK;
}

sy_status sy_line_input_next(sy_line_input *lines, bool *more, sy_slice *line, sy_slice *end,
                             sy_error *err)
{
    *more = false;
    *line = *end = (sy_slice){"", 0};
    sy_buf *b = &lines->buf;
    const char *feed = NULL;
    for (;;) {
        if (b->len > lines->scanned)
            feed = memchr(b->data + lines->scanned, '\n', b->len - lines->scanned);
        if (feed || lines->at_end)
            break;
        lines->scanned = b->len;
        sy_status st = fill(lines, err);
        if (st != SY_OK)
            return st;
    }
    if (!feed && b->len == lines->at)
        return SY_OK;
    const char *start = b->data + lines->at;
    size_t len = feed ? (size_t)(feed - start) : b->len - lines->at;
    size_t end_len = feed != NULL;
    if (feed && len > 0 && start[len - 1] == '\r') {
        len--;
        end_len++;
    }
    *line = (sy_slice){start, len};
    *end = (sy_slice){start + len, end_len};
    *more = true;
    lines->at += len + end_len;
    lines->scanned = lines->at;
    return SY_OK;
}

bool sy_line_input_waits(const sy_line_input *lines, int ms)
{
    const sy_buf *b = &lines->buf;
    struct pollfd ready = {lines->fd, POLLIN, 0};
    if (b->len > lines->at && memchr(b->data + lines->at, '\n', b->len - lines->at))
        return false;
    return poll(&ready, 1, ms) == 0;
}
