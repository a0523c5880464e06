/* What the lean program has in place of the indexer.
 *
 * A query must answer in about the time that a process needs to start, and half of
 * that goes to the dynamic linker if ICU's shared libraries are among its needs. So
 * the program that people call is linked statically and has no indexer; for `index` and
 * `verify --deep` it becomes the full program, suoyin-index, which lies beside it or in libexec.
 * Where ICU cannot be linked statically there is only the full program. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/messages.h"
#include "cli/beside.h"
#include "cli/cmd_verify.h"

#define FULL_PROGRAM "suoyin-index"

static const char *const places[] = {"/" FULL_PROGRAM, "/../libexec/suoyin/" FULL_PROGRAM};

static int become_full(const char *command, const sy_arguments *args)
{
    char path[4096];
    if (!sy_find_beside(places, sizeof places / sizeof *places, X_OK, path, sizeof path))
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
    sy_say("cannot run '%s': %s; it comes with suoyin: install both", path, sy_strerror(errno));
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
