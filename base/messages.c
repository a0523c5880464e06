#include "base/messages.h"

#include <string.h>

/* Global, as the locale of a process is: a translator that every failing function were
 * handed would be in every signature. Set before there are threads. */
static sy_translator *translator;

void sy_messages_set(sy_translator *translate)
{
    translator = translate;
}

const char *sy_tr(const char *text)
{
    return translator ? translator(text) : text;
}

const char *sy_tr_n(const char *one, const char *many, uint64_t n)
{
    const char *shown = sy_tr(one);
    return shown != one ? shown : n == 1 ? one : many;
}

const char *sy_strerror(int sys)
{
    return sy_tr(strerror(sys));
}
