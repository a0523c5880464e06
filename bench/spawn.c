/* bench/spawn.c - measures whole processes, from posix_spawn to exit.
 *
 *     spawn once COMMAND [ARGUMENT...]     prints: wall us, user us, system us, peak KiB, status
 *     spawn each FILE ROUNDS               prints a line a command: median wall us, least wall us,
 *                                          median minor page faults, status, first line of output
 *
 * A line of FILE is a command whose arguments are separated by the byte 0x1f. All commands
 * run once and that round is dropped; then ROUNDS rounds are measured, so that a command is
 * not measured right behind itself. Output is read through a pipe to its end; what a
 * command says on standard error is dropped by "each" and kept by "once". The peak is that
 * of the largest process among the command and the children it waited for; this program
 * is small because a child's peak begins with that of the process which spawned it. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MAX_ARGUMENTS = 256, MAX_HEAD = 128 };

typedef struct measured {
    int64_t wall_ns;
    struct rusage usage;
    int status;          /* exit status, or 128 + signal     */
    char head[MAX_HEAD]; /* the first line of output, cut off */
} measured;

typedef struct command {
    char *argv[MAX_ARGUMENTS];
    int64_t *wall_ns, *faults; /* one each round */
    measured last;
} command;

static _Noreturn void stop(const char *what, const char *name, int error)
{
    fprintf(stderr, "spawn: %s '%s': %s\n", what, name, strerror(error));
    exit(2);
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Reads to the end; keeps the first line. */
static void drain(int fd, char *head)
{
    static char buffer[1 << 16];
    size_t kept = 0;
    ssize_t n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n && kept < MAX_HEAD - 1; i++)
            head[kept++] = buffer[i];
    head[kept] = '\0';
    head[strcspn(head, "\n\t")] = '\0';
}

static void run(char **argv, int keep_errors, measured *m)
{
    int pipes[2];
    posix_spawn_file_actions_t actions;
    pid_t pid;
    if (pipe2(pipes, O_CLOEXEC) != 0)
        stop("no pipe for", argv[0], errno);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    if (!keep_errors)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);

    int64_t start = now_ns();
    int error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    if (error != 0)
        stop("cannot run", argv[0], error);
    close(pipes[1]);
    drain(pipes[0], m->head);
    int status;
    while (wait4(pid, &status, 0, &m->usage) < 0)
        if (errno != EINTR)
            stop("cannot wait for", argv[0], errno);
    m->wall_ns = now_ns() - start;

    m->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    close(pipes[0]);
    posix_spawn_file_actions_destroy(&actions);
}

static long long micros(struct timeval t)
{
    return (long long)t.tv_sec * 1000000 + t.tv_usec;
}

static int once(char **argv)
{
    measured m;
    run(argv, 1, &m);
    printf("%lld\t%lld\t%lld\t%ld\t%d\n", (long long)m.wall_ns / 1000, micros(m.usage.ru_utime),
           micros(m.usage.ru_stime), m.usage.ru_maxrss, m.status);
    return 0;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void *allocate(size_t n, size_t size)
{
    void *p = calloc(n, size);
    if (p == NULL)
        stop("no memory for", "commands", ENOMEM);
    return p;
}

static void split(char *line, command *c, size_t rounds)
{
    size_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    while (line != NULL && n < MAX_ARGUMENTS - 1)
        c->argv[n++] = strsep(&line, "\x1f");
    c->wall_ns = allocate(rounds, sizeof *c->wall_ns);
    c->faults = allocate(rounds, sizeof *c->faults);
}

static command *read_commands(const char *path, size_t rounds, size_t *n)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        stop("cannot open", path, errno);
    size_t cap = 0;
    command *commands = NULL;
    char *line = NULL;
    size_t line_cap = 0;
    *n = 0;
    while (getline(&line, &line_cap, file) > 0) {
        if (*n == cap) {
            cap = cap == 0 ? 64 : 2 * cap;
            commands = realloc(commands, cap * sizeof *commands);
            if (commands == NULL)
                stop("no memory for", path, ENOMEM);
        }
        memset(&commands[*n], 0, sizeof *commands);
        char *copy = strdup(line);
        if (copy == NULL)
            stop("no memory for", path, ENOMEM);
        split(copy, &commands[(*n)++], rounds);
    }
    free(line);
    fclose(file);
    return commands;
}

/* The commands' memory lives until the process ends. */
static int each(const char *path, size_t rounds)
{
    size_t n;
    command *commands = read_commands(path, rounds, &n);
    for (size_t round = 0; round <= rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            command *c = &commands[i];
            run(c->argv, 0, &c->last);
            if (round > 0) {
                c->wall_ns[round - 1] = c->last.wall_ns;
                c->faults[round - 1] = c->last.usage.ru_minflt;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        command *c = &commands[i];
        qsort(c->wall_ns, rounds, sizeof *c->wall_ns, compare);
        qsort(c->faults, rounds, sizeof *c->faults, compare);
        printf("%.1f\t%.1f\t%lld\t%d\t%s\n", (double)c->wall_ns[rounds / 2] / 1000,
               (double)c->wall_ns[0] / 1000, (long long)c->faults[rounds / 2], c->last.status,
               c->last.head);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "once") == 0)
        return once(argv + 2);
    if (argc == 4 && strcmp(argv[1], "each") == 0 && atoi(argv[3]) > 0)
        return each(argv[2], (size_t)atoi(argv[3]));
    fputs("usage: spawn once COMMAND [ARGUMENT...] | spawn each FILE ROUNDS\n", stderr);
    return 2;
}
