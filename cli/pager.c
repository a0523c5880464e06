#include "cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* True if a folder of $PATH has the program. */
static bool is_there(const char *program)
{
    const char *path = getenv("PATH");
    char file[4096];
    while (path && *path != '\0') {
        int len = (int)strcspn(path, ":");
        int n = snprintf(file, sizeof file, "%.*s/%s", len, path, program);
        if (n > 0 && (size_t)n < sizeof file && access(file, X_OK) == 0)
            return true;
        path += len + (path[len] == ':');
    }
    return false;
}

/* The command for a shell, or NULL. */
static const char *command(void)
{
    const char *own = getenv("SUOYIN_PAGER"), *common = getenv("PAGER");
    const char *named = own ? own : common;
    if (!named)
        return is_there("less") ? "less" : NULL;
    return *named == '\0' || strcmp(named, "cat") == 0 ? NULL : named;
}

/* The pager's side of the pipe; does not come back. */
static void become(const char *what, const int ends[2])
{
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
    setenv("LESS", "FRX", 0); /* not for less than a page; colours; the screen stays as it is */
    setenv("LESSCHARSET", "utf-8", 0); /* what we write, whatever the locale */
    execl("/bin/sh", "sh", "-c", what, (char *)NULL);
    _exit(127);
}

sy_status sy_pager_start(sy_pager *pager, sy_error *err)
{
    const char *what = command();
    int ends[2];
    *pager = (sy_pager){0};
    if (!what)
        return SY_OK;
    if (pipe(ends) != 0)
        return sy_fail_sys(err, "pager", errno, "cannot start the pager");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        become(what, ends);
    int fault = errno;
    close(ends[0]);
    if (pid > 0)
        dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    if (pid < 0)
        return sy_fail_sys(err, "pager", fault, "cannot start the pager");
    /* Keys such as ^C are the pager's; one that is left early is no failure. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    pager->pid = pid;
    return SY_OK;
}

sy_status sy_pager_end(sy_pager *pager, sy_error *err)
{
    enum { NO_PROGRAM = 126, NOT_FOUND = 127 }; /* of POSIX shells */
    int how = 0;
    if (pager->pid == 0)
        return SY_OK;
    close(STDOUT_FILENO);
    while (waitpid(pager->pid, &how, 0) < 0 && errno == EINTR)
        continue;
    pager->pid = 0;
    int status = WIFEXITED(how) ? WEXITSTATUS(how) : 0;
    if (status == NO_PROGRAM || status == NOT_FOUND)
        return sy_fail(err, SY_E_INPUT, NULL,
                       "cannot run the pager '%.200s'; set $SUOYIN_PAGER to one that there is, or "
                       "use --pager=never",
                       command());
    return SY_OK;
}
