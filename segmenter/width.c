#include "segmenter/width.h"

#include <unicode/uchar.h>

#include "base/utf8.h"

/* Vowels and finals of decomposed Hangul are drawn inside the syllable's box. */
static bool joins_hangul(UChar32 cp)
{
    int32_t type = u_getIntPropertyValue(cp, UCHAR_HANGUL_SYLLABLE_TYPE);
    return type == U_HST_VOWEL_JAMO || type == U_HST_TRAILING_JAMO;
}

static bool is_invisible(UChar32 cp)
{
    if (cp == 0x00AD) /* terminals draw the soft hyphen */
        return false;
    uint32_t mask = U_MASK(u_charType(cp));
    return (mask & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK | U_GC_CC_MASK | U_GC_ZL_MASK |
                    U_GC_ZP_MASK)) != 0 ||
           joins_hangul(cp);
}

int sy_cp_width(uint32_t cp)
{
    if (cp >= 0x20 && cp < 0x7F) /* most of what a program prints */
        return 1;
    if (cp > 0x10FFFF)
        return 1;
    UChar32 c = (UChar32)cp;
    if (is_invisible(c))
        return 0;
    int32_t width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t sy_text_width(const char *utf8, size_t len)
{
    size_t width = 0;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += sy_utf8_decode(utf8 + i, len - i, &cp);
        width += (size_t)sy_cp_width(cp);
    }
    return width;
}
