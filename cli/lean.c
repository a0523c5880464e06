/* What the lean program has in place of the indexer.
 *
 * A query must answer in about the time that a process needs to start, and half of
 * that goes to the dynamic linker if ICU's shared libraries are among its needs. So
 * the program that people call is linked statically and has no indexer; for `index` and
 * `verify --deep` it becomes the full program, suoyin-index, which lies beside it or in libexec.
 * Where ICU cannot be linked statically there is only the full program. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/cmd_verify.h"

#define FULL_PROGRAM "suoyin-index"

/* Where it is, as seen from the folder of this program, whatever link that was called
 * by: so a tree that was moved, or unpacked elsewhere, works. */
static const char *const places[] = {"/" FULL_PROGRAM, "/../libexec/suoyin/" FULL_PROGRAM};

static bool find_near(char *out, size_t cap)
{
    ssize_t len = readlink("/proc/self/exe", out, cap);
    if (len <= 0 || (size_t)len >= cap)
        return false;
    out[len] = '\0';
    char *slash = strrchr(out, '/');
    for (size_t i = 0; slash && i < sizeof places / sizeof *places; i++) {
        if ((size_t)(slash - out) + strlen(places[i]) >= cap)
            continue;
        strcpy(slash, places[i]);
        if (access(out, X_OK) == 0)
            return true;
    }
    return false;
}

static int become_full(const char *command, const sy_arguments *args)
{
    char path[4096];
    if (!find_near(path, sizeof path))
        snprintf(path, sizeof path, "%s", SY_LIBEXECDIR "/" FULL_PROGRAM);
    char **words = sy_alloc((size_t)args->n_words + 3, sizeof *words);
    if (words) {
        words[0] = (char *)(uintptr_t) "suoyin";
        words[1] = (char *)(uintptr_t)command;
        for (int i = 0; i < args->n_words; i++)
            words[i + 2] = args->words[i];
        words[args->n_words + 2] = NULL;
        execv(path, words);
    }
    sy_say("cannot run '%s': %s; it comes with suoyin: install both", path, strerror(errno));
    sy_free(words);
    return SY_EXIT_FAILED;
}

int sy_cmd_index(const sy_arguments *args)
{
    return become_full("index", args);
}

int sy_cmd_verify_deep(const sy_arguments *args)
{
    return become_full("verify", args);
}

/* ICU could load plug-ins, which a static program cannot and we do not want: the
 * linker puts these in the place of the C library's functions (--wrap). */
void *__wrap_dlopen(const char *file, int mode);
void *__wrap_dlsym(void *handle, const char *name);
int __wrap_dlclose(void *handle);

void *__wrap_dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    return NULL;
}

void *__wrap_dlsym(void *handle, const char *name)
{
    (void)handle;
    (void)name;
    return NULL;
}

int __wrap_dlclose(void *handle)
{
    (void)handle;
    return -1;
}
