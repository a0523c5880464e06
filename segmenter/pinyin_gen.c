/* segmenter/pinyin_gen.c - prints pinyin_tables.inc, the readings of characters,
 * from the ICU data of the machine that builds and the file that adds to them.
 *
 * A program of the build, not of the library. What the tables mean is said in
 * segmenter/pinyin_internal.h; what ICU knows, in docs/segmentation.md, "Pinyin". */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/pinyin_internal.h"

enum {
    BLOCK = 1 << SY_PINYIN_SHIFT,
    SYLLABLES_MAX = 1024,
    LISTS_MAX = 1 << 16, /* what a value can reach */
    GROUP_MAX = 1024     /* characters that sound alike */
};

typedef struct readings {
    uint16_t syllables[SY_READINGS_MAX]; /* the usual one first */
    uint16_t n;
} readings;

static const UNormalizer2 *nfd;
static char syllables[SYLLABLES_MAX][SY_SYLLABLE_BYTES];
static uint16_t n_syllables;
static readings readings_of[SY_PINYIN_END];
static uint16_t lists[LISTS_MAX];
static uint32_t n_lists = 1; /* offset 0: no reading */
static uint16_t value_of[SY_PINYIN_END];
static uint16_t blocks[SY_PINYIN_END];
static uint32_t n_blocks;

static void die(const char *what)
{
    fprintf(stderr, "pinyin_gen: %s\n", what);
    exit(1);
}

static void check_icu(UErrorCode status)
{
    if (U_FAILURE(status))
        die(u_errorName(status));
}

static bool is_han(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    return cp < SY_PINYIN_END && uscript_getScript(cp, &status) == USCRIPT_HAN;
}

/* The character at *at, which moves behind it. */
static UChar32 next_char(const UChar *text, int32_t *at, int32_t len)
{
    UChar first = text[(*at)++];
    if (!U16_IS_LEAD(first) || *at == len || !U16_IS_TRAIL(text[*at]))
        return first;
    UChar second = text[(*at)++];
    return U16_GET_SUPPLEMENTARY(first, second);
}

/* ---- what is known of a character ---- */

static uint16_t syllable_of(const char *letters)
{
    for (uint16_t i = 0; i < n_syllables; i++)
        if (strcmp(syllables[i], letters) == 0)
            return i;
    if (n_syllables == SYLLABLES_MAX || strlen(letters) >= SY_SYLLABLE_BYTES)
        die("too many syllables, or too long a one");
    memcpy(syllables[n_syllables], letters, strlen(letters));
    return n_syllables++;
}

static void add_syllable(UChar32 cp, uint16_t syllable)
{
    readings *r = &readings_of[cp];
    for (uint16_t i = 0; i < r->n; i++)
        if (r->syllables[i] == syllable)
            return;
    if (r->n == SY_READINGS_MAX)
        die("too many readings of one character");
    r->syllables[r->n++] = syllable;
}

static void add_reading(UChar32 cp, const char *letters)
{
    if (is_han(cp))
        add_syllable(cp, syllable_of(letters));
}

/* The letters of a syllable as ICU writes it, without tones, ü as v; false if the text is
 * none. */
static bool read_syllable(const UChar *text, int32_t len, char letters[SY_SYLLABLE_BYTES])
{
    UChar parts[64];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = len < 32 ? unorm2_normalize(nfd, text, len, parts, 64, &status) : 0;
    check_icu(status);
    size_t out = 0;
    for (int32_t i = 0; i < n; i++) {
        if (parts[i] == 0x308 && out > 0 && letters[out - 1] == 'u')
            letters[out - 1] = 'v';
        else if (parts[i] >= 'a' && parts[i] <= 'z' && out + 1 < SY_SYLLABLE_BYTES)
            letters[out++] = (char)parts[i];
        else if (u_charType(parts[i]) != U_NON_SPACING_MARK)
            return false;
    }
    letters[out] = '\0';
    return out > 0;
}

/* ---- the rules of a transliterator ---- */

static int32_t find(const UChar *text, int32_t from, int32_t end, UChar c)
{
    while (from < end && text[from] != c)
        from++;
    return from;
}

/* One rule, `before { what } behind > reading`: `what` is a set of characters, or one that is
 * read so in a name or beside others. */
static void add_rule(const UChar *rule, int32_t len, bool sets)
{
    UErrorCode status = U_ZERO_ERROR;
    char letters[SY_SYLLABLE_BYTES];
    int32_t arrow = find(rule, 0, len, '>'), from = find(rule, 0, arrow, '{') + 1;
    int32_t to = find(rule, 0, arrow, '}'), right = arrow + 2;
    if (arrow == len || right >= len || !read_syllable(rule + right, len - right, letters))
        return;
    if (from > arrow)
        from = 0;
    if (to == arrow)
        to = arrow > 0 ? arrow - 1 : 0;
    if (sets != (rule[from] == '['))
        return;
    if (!sets) {
        UChar32 cp = next_char(rule, &from, to);
        if (from == to)
            add_reading(cp, letters);
        return;
    }
    USet *set = uset_openPattern(rule + from, to - from, &status);
    check_icu(status);
    for (int32_t i = 0, n = uset_getItemCount(set); i < n; i++) {
        UChar32 first, last;
        int32_t string = uset_getItem(set, i, &first, &last, NULL, 0, &status);
        for (UChar32 cp = first; string == 0 && cp <= last; cp++)
            add_reading(cp, letters);
    }
    uset_close(set);
}

/* Only its rules about sets, or only the others. */
static void add_transliterator(const char *name, bool sets)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar id[32];
    u_charsToUChars(name, id, (int32_t)strlen(name) + 1);
    UTransliterator *t = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    check_icu(status);
    int32_t len = utrans_toRules(t, false, NULL, 0, &status);
    status = U_ZERO_ERROR;
    UChar *rules = calloc((size_t)len + 1, sizeof *rules);
    if (!rules)
        die("out of memory");
    utrans_toRules(t, false, rules, len + 1, &status);
    check_icu(status);
    for (int32_t at = 0; at < len;) { /* a line each, which ends with ; */
        int32_t end = find(rules, at, len, '\n');
        if (end > at)
            add_rule(rules + at, end - at - 1, sets);
        at = end + 1;
    }
    free(rules);
    utrans_close(t);
}

/* ---- the order of a dictionary ---- */

/* In a group all sound alike, so what most of them are usually read as, the others can be. */
static void add_group(const UChar32 *group, size_t n)
{
    uint16_t best = 0;
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        size_t votes = 0;
        for (size_t k = 0; k < n; k++)
            votes += readings_of[group[k]].n > 0 && readings_of[group[i]].n > 0 &&
                     readings_of[group[k]].syllables[0] == readings_of[group[i]].syllables[0];
        if (votes > most) {
            most = votes;
            best = readings_of[group[i]].syllables[0];
        }
    }
    for (size_t i = 0; 2 * most > n && i < n; i++)
        add_reading(group[i], syllables[best]);
}

/* A collation whose rules list the characters by sound, `<*` before each other sound. Only
 * what ICU says by itself votes: groups are all read before any is added. */
static void add_order(const char *locale)
{
    static UChar32 members[SY_PINYIN_END];
    static size_t starts[SY_PINYIN_END];
    UErrorCode status = U_ZERO_ERROR;
    UCollator *coll = ucol_open(locale, &status);
    check_icu(status);
    int32_t len, at = 0;
    const UChar *rules = ucol_getRules(coll, &len);
    size_t n = 0, n_groups = 0;
    while (at + 1 < len && !(rules[at] == '<' && rules[at + 1] == '*'))
        at++;
    for (bool inside = false; at < len && rules[at] != '&';) {
        UChar32 cp = next_char(rules, &at, len);
        if (cp == '<') {
            inside = at < len && rules[at] == '*';
            at += inside;
            starts[n_groups++] = n;
        } else if (inside && cp == '-' && n > 0 && at < len) {
            cp = next_char(rules, &at, len);
            for (UChar32 c = members[n - 1] + 1; c <= cp && n < SY_PINYIN_END; c++)
                members[n++] = c;
        } else if (inside && is_han(cp) && n < SY_PINYIN_END) {
            members[n++] = cp;
        }
    }
    starts[n_groups] = n;
    for (size_t i = 0; i < n_groups; i++)
        if (starts[i + 1] - starts[i] <= GROUP_MAX)
            add_group(members + starts[i], starts[i + 1] - starts[i]);
    ucol_close(coll);
}

/* ---- our own file, and variants ---- */

/* A line: a syllable, a blank, the characters that can be read so. # begins a comment. */
static void add_file(const char *path)
{
    char line[1024];
    FILE *f = fopen(path, "r");
    if (!f)
        die("cannot open the file of further readings");
    while (fgets(line, sizeof line, f)) {
        size_t letters = strspn(line, "abcdefghijklmnopqrstuvwxyz"), end = strcspn(line, "\n");
        if (line[0] == '#' || end == 0)
            continue;
        uint16_t before = n_syllables;
        bool blank = line[letters] == ' ' && letters < SY_SYLLABLE_BYTES;
        line[letters] = '\0';
        if (!blank || syllable_of(line) == before) {
            fprintf(stderr, "pinyin_gen: %s: '%s' begins a line and is no syllable of ICU's\n",
                    path, line);
            exit(1);
        }
        for (size_t i = letters + 1; i < end;) {
            uint32_t cp;
            i += sy_utf8_decode(line + i, end - i, &cp);
            if (!is_han((UChar32)cp))
                die("a line of further readings has what is not a Han character");
            add_reading((UChar32)cp, line);
        }
    }
    if (ferror(f) || fclose(f) != 0)
        die("cannot read the file of further readings");
}

/* A character in a normal form stands for all that fold to it, so it has their readings. */
static void add_variants(void)
{
    for (UChar32 cp = 0; cp < SY_PINYIN_END; cp++) {
        char text[4];
        uint32_t folded;
        sy_buf normal = SY_BUF_INIT;
        if (readings_of[cp].n == 0)
            continue;
        size_t len = sy_utf8_encode((uint32_t)cp, text);
        if (sy_normalize(0, text, len, &normal, NULL, NULL) != SY_OK || normal.status != SY_OK)
            die("out of memory");
        len = sy_utf8_decode(normal.data, normal.len, &folded);
        for (uint16_t i = 0; len == normal.len && i < readings_of[cp].n; i++)
            if (is_han((UChar32)folded))
                add_syllable((UChar32)folded, readings_of[cp].syllables[i]);
        sy_buf_release(&normal);
    }
}

/* ---- the tables ---- */

/* Where the list of a character's readings lies; equal ones are shared. */
static uint16_t list_of(const readings *r)
{
    uint32_t at = 1;
    if (r->n == 0)
        return 0;
    for (; at < n_lists; at += lists[at] + 1u)
        if (lists[at] == r->n &&
            memcmp(lists + at + 1, r->syllables, r->n * sizeof *r->syllables) == 0)
            return (uint16_t)at;
    if (n_lists + r->n + 1u > LISTS_MAX)
        die("too many lists of readings");
    lists[n_lists++] = r->n;
    memcpy(lists + n_lists, r->syllables, r->n * sizeof *r->syllables);
    n_lists += r->n;
    return (uint16_t)at;
}

static void print_u16(const char *name, const uint16_t *numbers, uint32_t n)
{
    printf("static const uint16_t %s[%u] = {", name, (unsigned)n);
    for (uint32_t i = 0; i < n; i++)
        printf(i % 16 ? "%u," : "\n%u,", (unsigned)numbers[i]);
    printf("\n};\n");
}

static void print_tables(void)
{
    static uint16_t index_of[SY_PINYIN_END / BLOCK];
    for (UChar32 cp = 0; cp < SY_PINYIN_END; cp++)
        value_of[cp] = list_of(&readings_of[cp]);
    for (uint32_t i = 0; i < SY_PINYIN_END / BLOCK; i++) {
        const uint16_t *block = value_of + i * BLOCK;
        uint32_t at = 0;
        while (at < n_blocks && memcmp(blocks + at * BLOCK, block, BLOCK * sizeof *block) != 0)
            at++;
        if (at == n_blocks)
            memcpy(blocks + n_blocks++ * BLOCK, block, BLOCK * sizeof *block);
        index_of[i] = (uint16_t)at;
    }
    printf("/* Made by segmenter/pinyin_gen.c from ICU %s. */\n", U_ICU_VERSION);
    print_u16("pinyin_index", index_of, SY_PINYIN_END / BLOCK);
    print_u16("pinyin_blocks", blocks, n_blocks * BLOCK);
    print_u16("pinyin_lists", lists, n_lists);
    printf("static const char pinyin_syllables[%u][SY_SYLLABLE_BYTES] = {", n_syllables);
    for (uint16_t i = 0; i < n_syllables; i++)
        printf(i % 12 ? "\"%s\"," : "\n\"%s\",", syllables[i]);
    printf("\n};\n");
}

int main(int argc, char **argv)
{
    UErrorCode status = U_ZERO_ERROR;
    nfd = unorm2_getNFDInstance(&status);
    check_icu(status);
    if (argc != 2)
        die("wants the file of further readings");
    add_transliterator("Han-Latin", true); /* how each is usually read */
    add_transliterator("Han-Latin", false);
    add_transliterator("Han-Latin/Names", false);
    add_order("zh@collation=zhuyin");
    add_file(argv[1]);
    add_variants();
    print_tables();
    if (fflush(stdout) != 0 || ferror(stdout))
        die("cannot write");
    return 0;
}
