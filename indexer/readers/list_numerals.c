#include "indexer/readers/list_numerals.h"

#include <string.h>

/* Appends the i-th of the characters in `set`, which have `width` bytes each. */
static bool put_nth(sy_buf *out, const char *set, size_t width, uint32_t i)
{
    if ((i + 1) * width > strlen(set))
        return false;
    sy_buf_append(out, set + i * width, width);
    return true;
}

/* 一百零二, 十二: units from the largest, one 零 for a run of zeros inside. */
static void put_han(sy_buf *out, uint32_t v, const char *digits, const char *units)
{
    static const uint32_t powers[] = {1000, 100, 10, 1};
    bool any = false, zero = false;
    if (v >= 10000) {
        put_han(out, v / 10000, digits, units);
        sy_buf_puts(out, "万");
        v %= 10000;
        any = true;
    }
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t d = v / powers[i] % 10;
        if (d == 0) {
            zero = any;
            continue;
        }
        if (zero && any)
            put_nth(out, digits, 3, 0);
        zero = false;
        if (!(i == 2 && d == 1 && !any && units[0] == '\xE5' &&
              digits[3] == '\xE4')) /* 十, not 一十 */
            put_nth(out, digits, 3, d);
        if (i < 3)
            put_nth(out, units, 3, 2 - i);
        any = true;
    }
    if (!any)
        put_nth(out, digits, 3, 0);
}

static void put_roman(sy_buf *out, uint32_t v, bool upper)
{
    static const struct {
        uint32_t value;
        const char *lower, *upper;
    } parts[] = {{1000, "m", "M"}, {900, "cm", "CM"}, {500, "d", "D"}, {400, "cd", "CD"},
                 {100, "c", "C"},  {90, "xc", "XC"},  {50, "l", "L"},  {40, "xl", "XL"},
                 {10, "x", "X"},   {9, "ix", "IX"},   {5, "v", "V"},   {4, "iv", "IV"},
                 {1, "i", "I"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (; v >= parts[i].value; v -= parts[i].value)
            sy_buf_puts(out, upper ? parts[i].upper : parts[i].lower);
    }
}

/* a … z, aa, bb, as Word counts. */
static void put_letters(sy_buf *out, uint32_t v, char first)
{
    uint32_t times = (v - 1) / 26 + 1;
    for (uint32_t i = 0; i < times && i < 100; i++)
        sy_buf_putc(out, (char)(first + (char)((v - 1) % 26)));
}

typedef struct set {
    const char *format, *digits; /* of three bytes each, from 1 on */
    bool cycles;
} set;

static const set sets[] = {
    {"ideographTraditional", "甲乙丙丁戊己庚辛壬癸", true},
    {"ideographZodiac", "子丑寅卯辰巳午未申酉戌亥", true},
    {"decimalEnclosedCircle",
     "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿", false},
    {"decimalEnclosedCircleChinese", "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", false},
    {"decimalEnclosedFullstop", "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛", false},
    {"decimalEnclosedParen", "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇", false},
    {"ideographEnclosedCircle", "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", false},
};

static bool put_of_set(sy_buf *out, const char *format, uint32_t v)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        const set *s = &sets[i];
        if (strcmp(s->format, format) == 0)
            return put_nth(out, s->digits, 3,
                           s->cycles ? (v - 1) % (uint32_t)(strlen(s->digits) / 3) : v - 1);
    }
    return false;
}

static bool is_one_of(const char *format, const char *const *list)
{
    while (*list && strcmp(*list, format) != 0)
        list++;
    return *list != NULL;
}

static void put_each_digit(sy_buf *out, const char *digits, uint32_t v)
{
    char text[16];
    sy_buf ascii = SY_BUF_INIT;
    sy_buf_printf(&ascii, "%u", (unsigned)v);
    size_t n = ascii.len < sizeof text ? ascii.len : sizeof text;
    memcpy(text, sy_buf_cstr(&ascii), n);
    sy_buf_release(&ascii);
    for (size_t i = 0; i < n; i++)
        put_nth(out, digits, 3, (uint32_t)(text[i] - '0'));
}

void sy_numeral_put(sy_buf *out, const char *format, uint32_t v)
{
    static const char *const han[] = {"chineseCounting",   "chineseCountingThousand",
                                      "taiwaneseCounting", "taiwaneseCountingThousand",
                                      "japaneseCounting",  NULL};
    static const char *const legal[] = {"chineseLegalSimplified", "ideographLegalTraditional",
                                        "japaneseLegal", NULL};
    if (v > 0 && put_of_set(out, format, v))
        return;
    if (is_one_of(format, han))
        put_han(out, v, "零一二三四五六七八九", "十百千");
    else if (is_one_of(format, legal))
        put_han(out, v, "零壹贰叁肆伍陆柒捌玖", "拾佰仟");
    else if (strcmp(format, "ideographDigital") == 0 || strcmp(format, "taiwaneseDigital") == 0 ||
             strcmp(format, "japaneseDigitalTenThousand") == 0)
        put_each_digit(out, "〇一二三四五六七八九", v);
    else if (strcmp(format, "decimalFullWidth") == 0 || strcmp(format, "decimalFullWidth2") == 0)
        put_each_digit(out, "０１２３４５６７８９", v);
    else if (strcmp(format, "upperRoman") == 0 && v < 4000)
        put_roman(out, v, true);
    else if (strcmp(format, "lowerRoman") == 0 && v < 4000)
        put_roman(out, v, false);
    else if (strcmp(format, "upperLetter") == 0 && v > 0)
        put_letters(out, v, 'A');
    else if (strcmp(format, "lowerLetter") == 0 && v > 0)
        put_letters(out, v, 'a');
    else if (strcmp(format, "decimalZero") == 0)
        sy_buf_printf(out, "%02u", (unsigned)v);
    else if (strcmp(format, "none") != 0)
        sy_buf_printf(out, "%u", (unsigned)v);
}

void sy_bullet_put(sy_buf *out, const char *text)
{
    bool is_private = (unsigned char)text[0] == 0xEE ||
                      ((unsigned char)text[0] == 0xEF && (unsigned char)text[1] >= 0x80 &&
                       (unsigned char)text[1] <= 0xA3);
    sy_buf_puts(out, is_private || !*text ? "•" : text);
}
