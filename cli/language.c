/* The C library's setlocale is not asked: it knows only the locales that the system has
 * generated, and LANG=zh_CN.UTF-8 is often set where there is none. */
#include "cli/language.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/catalogue.h"
#include "base/io.h"
#include "base/messages.h"
#include "cli/beside.h"

#define CATALOGUE "/zh_CN/LC_MESSAGES/suoyin.mo"

/* Where it is, as seen from the folder of the program: built; bin; libexec/suoyin. */
static const char *const places[] = {"/locale" CATALOGUE, "/../share/locale" CATALOGUE,
                                     "/../../share/locale" CATALOGUE};

/* Opened at the first message and kept until the process ends. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sy_catalogue catalogue;

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value && *value != '\0' ? value : NULL;
}

/* Whether name[len], such as "zh_CN.UTF-8", "zh" or "zh-Hans", is of the language. */
static bool is_of(const char *name, size_t len, const char *language)
{
    size_t own = strlen(language);
    return len >= own && strncasecmp(name, language, own) == 0 &&
           (len == own || strchr("_-.@", name[own]));
}

/* A locale whose terminals read no UTF-8 would get noise; English is the same in all. */
static bool reads_utf8(const char *locale)
{
    const char *codeset = strchr(locale, '.');
    return !codeset || strncasecmp(codeset, ".utf-8", 6) == 0 ||
           strncasecmp(codeset, ".utf8", 5) == 0;
}

/* As gettext: the first that is set of LC_ALL, LC_MESSAGES and LANG is the locale; the list
 * LANGUAGE comes before it, unless it is C. All of zh get the one catalogue there is. */
static bool wants_chinese(void)
{
    const char *locale = setting("LC_ALL");
    if (!locale)
        locale = setting("LC_MESSAGES");
    if (!locale)
        locale = setting("LANG");
    if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || !reads_utf8(locale))
        return false;
    const char *list = setting("LANGUAGE");
    for (list = list ? list : locale; *list != '\0';) {
        size_t len = strcspn(list, ":");
        if (is_of(list, len, "zh"))
            return true;
        if (is_of(list, len, "en") || is_of(list, len, "C"))
            return false;
        list += len + (list[len] == ':');
    }
    return false;
}

static void load(void)
{
    char path[4096];
    sy_map file; /* stays mapped */
    if (!wants_chinese())
        return;
    if (!sy_find_beside(places, sizeof places / sizeof *places, R_OK, path, sizeof path))
        snprintf(path, sizeof path, "%s", SY_LOCALEDIR CATALOGUE);
    if (sy_map_load(path, &file, NULL) == SY_OK &&
        !sy_catalogue_open(file.data, file.len, &catalogue))
        sy_map_close(&file);
}

static const char *translate(const char *text)
{
    pthread_once(&once, load);
    const char *found = catalogue.n > 0 ? sy_catalogue_find(&catalogue, text) : NULL;
    return found ? found : text;
}

void sy_language_start(void)
{
    sy_messages_set(translate);
}

void sy_language_plain(void)
{
    sy_messages_set(NULL);
}
