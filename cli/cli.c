#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/messages.h"
#include "cli/term.h"

enum { CLIMB_MOST = 256 };

/* Writes "suoyin: text" with a line feed, in one call, so that lines of several
 * processes do not mix. */
static void say_buf(const sy_buf *text)
{
    sy_buf line = SY_BUF_INIT;
    sy_buf_puts(&line, "suoyin: ");
    sy_put_visible(&line, sy_buf_cstr(text), text->len);
    sy_buf_putc(&line, '\n');
    if (line.status == SY_OK)
        fwrite(line.data, 1, line.len, stderr);
    else
        fprintf(stderr, "suoyin: %s\n", _("out of memory"));
    sy_buf_release(&line);
}

void sy_say(const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, sy_tr(fmt), ap);
    va_end(ap);
    sy_buf buf = SY_BUF_INIT;
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    sy_buf_append(&buf, text, len);
    say_buf(&buf);
    sy_buf_release(&buf);
}

/* The message of a failed system call ends in ": " and sy_strerror's text, which
 * goes behind the subject: "cannot open", "x/manifest", "no such file". */
static size_t reason_at(const sy_error *err)
{
    size_t len = strlen(err->msg);
    if (err->sys == 0)
        return len;
    const char *reason = sy_strerror(err->sys);
    size_t tail = strlen(reason) + 2;
    if (len >= tail && strcmp(err->msg + len - tail + 2, reason) == 0)
        return len - tail;
    return len;
}

int sy_say_failure(const sy_error *err, const char *hint)
{
    sy_buf line = SY_BUF_INIT;
    size_t cut = reason_at(err);
    bool about_system = err->msg[cut] != '\0';
    if (err->where[0] == '\0') {
        sy_buf_puts(&line, err->msg);
    } else if (about_system) {
        sy_buf_printf(&line, "%.*s '%s': ", (int)cut, err->msg, err->where);
        sy_buf_putc(&line, (char)tolower((unsigned char)err->msg[cut + 2]));
        sy_buf_puts(&line, err->msg + cut + 3);
    } else {
        sy_buf_printf(&line, "'%s': ", err->where);
        if (err->offset != SY_NO_OFFSET)
            sy_buf_printf(&line, _("offset %llu: "), (unsigned long long)err->offset);
        sy_buf_puts(&line, err->msg);
    }
    if (hint)
        sy_buf_printf(&line, "%s%s", _("; "), hint);
    say_buf(&line);
    sy_buf_release(&line);
    return SY_EXIT_FAILED;
}

int sy_say_index_failure(const sy_error *err, const char *dir)
{
    sy_buf hint = SY_BUF_INIT;
    if (err->status == SY_E_IO && err->sys == ENOENT)
        sy_buf_printf(&hint, _("make one with: suoyin index -i %s PATH…"), dir);
    else if (err->status == SY_E_IO && err->sys == EACCES)
        sy_buf_puts(&hint, _("ask its owner for the right to read it"));
    else if (err->status == SY_E_VERSION)
        sy_buf_printf(&hint,
                      _("use the suoyin that made it, or make it anew with: "
                        "suoyin index --rebuild -i %s PATH…"),
                      dir);
    else if (err->status == SY_E_CORRUPT)
        sy_buf_printf(&hint, _("see all faults with: suoyin verify -i %s"), dir);
    else if (err->status == SY_E_LOCKED)
        sy_buf_puts(&hint, _("run this again when the other one is done"));
    sy_say_failure(err, hint.len > 0 ? sy_buf_cstr(&hint) : NULL);
    sy_buf_release(&hint);
    return SY_EXIT_FAILED;
}

/* Appends the nearest .suoyin folder, from here upwards; false if there is none. */
static bool find_upwards(sy_buf *out)
{
    sy_buf path = SY_BUF_INIT;
    bool found = false;
    for (int level = 0; level < CLIMB_MOST && !found; level++) {
        sy_buf_reset(&path);
        for (int i = 0; i < level; i++)
            sy_buf_puts(&path, "../");
        struct stat here, above, index;
        size_t prefix = path.len;
        sy_buf_puts(&path, ".suoyin");
        if (path.status != SY_OK)
            break;
        found = stat(path.data, &index) == 0 && S_ISDIR(index.st_mode);
        if (found) {
            sy_buf_append(out, path.data, path.len);
            break;
        }
        path.len = prefix;
        path.data[prefix] = '\0';
        sy_buf_putc(&path, '.');
        if (path.status != SY_OK || stat(path.data, &here) != 0)
            break;
        sy_buf_putc(&path, '.');
        if (path.status != SY_OK || stat(path.data, &above) != 0)
            break;
        if (here.st_dev == above.st_dev && here.st_ino == above.st_ino)
            break; /* the root is its own parent */
    }
    sy_buf_release(&path);
    return found;
}

sy_status sy_find_index(const sy_arguments *args, bool make, sy_buf *out, sy_error *err)
{
    const char *given = sy_arguments_value(args, SY_OPT_INDEX);
    if (!given) {
        given = getenv("SUOYIN_INDEX");
        if (given && *given == '\0')
            given = NULL;
    } else if (*given == '\0') {
        return sy_fail(err, SY_E_INPUT, NULL, "--index wants the name of a folder, not ''");
    }
    if (given)
        sy_buf_puts(out, given);
    else if (!find_upwards(out)) {
        if (!make)
            return sy_fail(err, SY_E_INPUT, NULL,
                           "there is no index: no '.suoyin' here or in the folders above; "
                           "name one with -i DIR, or make one with: suoyin index PATH…");
        sy_buf_puts(out, ".suoyin");
    }
    return sy_buf_status(out, err);
}

bool sy_open_index(const sy_arguments *args, sy_index **out)
{
    *out = NULL;
    sy_error err;
    sy_error_clear(&err);
    sy_buf dir = SY_BUF_INIT;
    bool opened = false;
    if (sy_find_index(args, false, &dir, &err) != SY_OK)
        sy_say_failure(&err, NULL);
    else if (sy_index_open(sy_buf_cstr(&dir), out, &err) != SY_OK)
        sy_say_index_failure(&err, sy_buf_cstr(&dir));
    else
        opened = true;
    sy_buf_release(&dir);
    return opened;
}

static sy_status fail_output(sy_error *err)
{
    return sy_fail_sys(err, _("standard output"), errno, "cannot write to");
}

sy_status sy_print_out(sy_buf *out, sy_error *err)
{
    sy_status st = sy_buf_status(out, err);
    if (st == SY_OK && out->len > 0 && fwrite(out->data, 1, out->len, stdout) != out->len)
        st = fail_output(err);
    sy_buf_reset(out);
    return st;
}

sy_status sy_print_flush(sy_error *err)
{
    return fflush(stdout) == 0 ? SY_OK : fail_output(err);
}

void sy_put_count(sy_buf *out, uint64_t n, const char *one, const char *many)
{
    sy_buf_printf(out, "%llu %s", (unsigned long long)n, sy_tr_n(one, many, n));
}
