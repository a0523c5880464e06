/* base/messages.h - texts for people in the language of their reader.
 *
 * The sources speak English. Whoever owns the process may set a translator; cli/language.c
 * does, and a program that uses the library without one hears English. Texts are translated
 * where they become messages: sy_fail and its kin translate their format. A text that takes
 * another way is marked here. `make pot` finds both kinds; docs/architecture.md, "Messages". */
#ifndef SY_BASE_MESSAGES_H
#define SY_BASE_MESSAGES_H

#include <stdint.h>

#if defined(__GNUC__)
#define SY_FORMAT_ARG(n) __attribute__((format_arg(n)))
#else
#define SY_FORMAT_ARG(n)
#endif

/* What is shown for a text: itself, or a translation with the same conversions. Static or
 * as long-lived as `text`. Called from any thread. */
typedef const char *sy_translator(const char *text);

/* NULL: English. Not while other threads run. */
void sy_messages_set(sy_translator *translate);

const char *sy_tr(const char *text) SY_FORMAT_ARG(1);
/* The form for n things; a language without plurals has one for both. */
const char *sy_tr_n(const char *one, const char *many, uint64_t n) SY_FORMAT_ARG(1)
    SY_FORMAT_ARG(2);
/* What strerror says of an errno, translated. */
const char *sy_strerror(int sys);

#define _(text) sy_tr(text)
/* Only marked: whoever shows it translates it. */
#define N_(text) text

#endif
