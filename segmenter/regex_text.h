/* segmenter/regex_text.h - a regular expression that is read from its beginning to its end, for
 * those who take it apart. */
#ifndef SY_SEGMENTER_REGEX_TEXT_H
#define SY_SEGMENTER_REGEX_TEXT_H

#include <string.h>

#include "base/slice.h"
#include "base/utf8.h"

typedef struct sy_regex_text {
    sy_slice all; /* borrowed */
    size_t at;    /* the byte that is read next */
} sy_regex_text;

static inline bool sy_regex_ended(const sy_regex_text *t)
{
    return t->at >= t->all.len;
}

/* The next byte, or 0 at the end. */
static inline char sy_regex_peek(const sy_regex_text *t)
{
    return t->at < t->all.len ? t->all.data[t->at] : '\0';
}

/* Passes over `word` if it is what comes next. */
static inline bool sy_regex_skip(sy_regex_text *t, const char *word)
{
    size_t n = strlen(word);
    if (t->all.len - t->at < n || memcmp(t->all.data + t->at, word, n) != 0)
        return false;
    t->at += n;
    return true;
}

/* To behind the next `word`; to the end, and false, if there is none. */
static inline bool sy_regex_skip_to(sy_regex_text *t, const char *word)
{
    const char *found = memmem(t->all.data + t->at, t->all.len - t->at, word, strlen(word));
    t->at = found ? (size_t)(found - t->all.data) + strlen(word) : t->all.len;
    return found != NULL;
}

/* The next character; 0 at the end. */
static inline uint32_t sy_regex_take(sy_regex_text *t)
{
    uint32_t cp = 0;
    if (!sy_regex_ended(t))
        t->at += sy_utf8_decode(t->all.data + t->at, t->all.len - t->at, &cp);
    return cp;
}

#endif
