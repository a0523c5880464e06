#include "indexer/readers/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/messages.h"

typedef struct converter {
    sy_office_kind kind;
    const char *program;
    const char *before[6]; /* arguments, NULL: the file's name */
    const char *package;
} converter;

/* The file's name stands where NULL is; what follows comes after it. */
static const converter converters[] = {
    {SY_OFFICE_DOC, "antiword", {"-m", "UTF-8.txt", "-w", "0"}, "antiword"},
    {SY_OFFICE_DOC, "catdoc", {"-d", "utf-8", "-w"}, "catdoc"},
    {SY_OFFICE_XLS, "xls2csv", {"-d", "utf-8", "-q", "3"}, "catdoc"},
    {SY_OFFICE_PDF, "pdftotext", {"-q", "-enc", "UTF-8", "-layout"}, "poppler-utils"}};

extern char **environ;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Starts the program with its output in *fd. ENOENT: it is not installed. */
static int start(const converter *c, const char *path, pid_t *pid, int *fd)
{
    int ends[2];
    char *argv[10];
    size_t n = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    argv[n++] = (char *)(uintptr_t)c->program;
    for (size_t i = 0; i < 6 && c->before[i]; i++)
        argv[n++] = (char *)(uintptr_t)c->before[i];
    argv[n++] = (char *)(uintptr_t)path;
    if (c->kind == SY_OFFICE_PDF) { /* the output's name */
        static const char out[] = "-";
        argv[n++] = (char *)(uintptr_t)out;
    }
    argv[n] = NULL;
    posix_spawn_file_actions_t actions;
    int sys = posix_spawn_file_actions_init(&actions);
    if (sys == 0) {
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        sys = posix_spawnp(pid, c->program, &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    *fd = ends[0];
    if (sys != 0)
        close(ends[0]);
    return sys;
}

/* Reads all that the program writes, within the limits. */
static sy_status collect(const converter *c, int fd, int64_t until, sy_spill *out, sy_error *err)
{
    char piece[16 << 10];
    for (;;) {
        int64_t left = until - now_ms();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return sy_fail(err, SY_E_LIMIT, NULL, "%s took more than %d seconds", c->program,
                           SY_CONVERT_SECONDS);
        ssize_t n = read(fd, piece, sizeof piece);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sy_fail_sys(err, NULL, errno, "cannot read from %s", c->program);
        if (n == 0)
            return SY_OK;
        sy_status st = sy_spill_put(out, piece, (size_t)n, err);
        if (st != SY_OK)
            return st;
        if (out->len > SY_CONVERT_BYTES)
            return sy_fail(err, SY_E_LIMIT, NULL, "%s wrote more than %d MiB of text", c->program,
                           SY_CONVERT_BYTES >> 20);
    }
}

/* Waits for a program that has closed its output: it may go on all the same. */
static bool ends(pid_t pid, int64_t until, int *status)
{
    enum { PAUSE_MS = 10 };
    while (waitpid(pid, status, WNOHANG) == 0) {
        if (now_ms() > until)
            return false;
        poll(NULL, 0, PAUSE_MS);
    }
    return true;
}

static sy_status run(const converter *c, const char *path, sy_spill *out, bool *missing,
                     sy_error *err)
{
    pid_t pid;
    int fd = -1, status = 0;
    int sys = start(c, path, &pid, &fd);
    *missing = sys == ENOENT;
    if (sys != 0)
        return *missing ? SY_OK : sy_fail_sys(err, NULL, sys, "cannot run %s", c->program);
    int64_t until = now_ms() + SY_CONVERT_SECONDS * 1000;
    sy_status st = collect(c, fd, until, out, err);
    close(fd);
    if (st == SY_OK && !ends(pid, until, &status))
        st = sy_fail(err, SY_E_LIMIT, NULL, "%s took more than %d seconds", c->program,
                     SY_CONVERT_SECONDS);
    if (st != SY_OK) {
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    if (st == SY_OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        st = sy_fail(err, SY_E_INPUT, NULL, "%s could not read it", c->program);
    return st;
}

sy_status sy_convert(sy_office_kind kind, const char *path, sy_spill *spill, sy_extent *text,
                     const char **program, sy_error *err)
{
    const char *packages[2] = {NULL, NULL};
    /* A name that begins with - would be taken for an option. */
    sy_buf name = SY_BUF_INIT;
    sy_buf_puts(&name, path[0] == '-' ? "./" : "");
    sy_buf_puts(&name, path);
    sy_status st = sy_buf_status(&name, err);
    bool settled = st != SY_OK, tried = false;
    sy_error why; /* of the first that failed */
    sy_error_clear(&why);
    for (size_t i = 0; i < sizeof converters / sizeof *converters && !settled; i++) {
        const converter *c = &converters[i];
        bool missing;
        if (c->kind != kind)
            continue;
        packages[packages[0] ? 1 : 0] = c->package;
        *program = c->program;
        sy_spill_clear(spill);
        st = run(c, name.data, spill, &missing, why.status == SY_OK ? &why : NULL);
        tried |= !missing;
        settled = !missing && st != SY_E_INPUT; /* what one cannot read another may */
    }
    sy_buf_release(&name);
    if (settled && st == SY_OK)
        return sy_spill_end(spill, text, NULL, err);
    if (settled || tried) {
        st = why.status != SY_OK ? why.status : st;
        if (err && err->status == SY_OK)
            *err = why;
    } else {
        st = sy_fail(err, SY_E_INPUT, NULL, "it is read only where %s%s%s is installed",
                     packages[0] ? packages[0] : _("a converter"), packages[1] ? _(" or ") : "",
                     packages[1] ? packages[1] : "");
    }
    return st;
}
