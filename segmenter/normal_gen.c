/* segmenter/normal_gen.c - prints normal_tables.inc, the tables of the normal
 * form, from the ICU data of the machine that builds.
 *
 * A program of the build, not of the library. What the tables mean is said in
 * segmenter/normal_internal.h; the rules are in docs/segmentation.md. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "segmenter/normal_internal.h"

enum {
    CODE_POINTS = 0x110000,
    CHAIN_MAX = 8,        /* steps from Traditional to Simplified          */
    FORM_MAX = 64,        /* code points of one normal form; U+FDFA has 18 */
    POOL_MAX = 1 << 20,   /* what an offset can reach                      */
    ENTRIES_MAX = 1 << 16 /* what a value can reach                        */
};

typedef struct form {
    UChar32 cp[FORM_MAX];
    int32_t n;
} form;

static const UNormalizer2 *nfkc, *nfkd;
static UTransliterator *to_simplified;
static uint32_t entry_of[CODE_POINTS];
static uint16_t value_of[CODE_POINTS];
static uint16_t index_of[CODE_POINTS / SY_NORMAL_BLOCK];
static uint16_t blocks[CODE_POINTS];
static uint32_t n_blocks;
static uint32_t entries[ENTRIES_MAX];
static uint32_t n_entries;
static uint8_t pool[POOL_MAX];
static uint32_t n_pool = 1; /* offset 0 means "itself" */

static void die(UChar32 cp, const char *why)
{
    fprintf(stderr, "normal_gen: U+%04X: %s\n", (unsigned)cp, why);
    exit(1);
}

static void check_icu(UChar32 cp, UErrorCode status)
{
    if (U_FAILURE(status))
        die(cp, u_errorName(status));
}

static bool is_han(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(cp, &status) == USCRIPT_HAN;
}

static bool is_enclosed_number(UChar32 cp)
{
    if (u_getNumericValue(cp) == U_NO_NUMERIC_VALUE)
        return false;
    char name[128];
    UErrorCode status = U_ZERO_ERROR;
    u_charName(cp, U_UNICODE_CHAR_NAME, name, sizeof name, &status);
    check_icu(cp, status);
    static const char *const kinds[] = {"CIRCLED ", "PARENTHESIZED ", " FULL STOP", " COMMA"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strstr(name, kinds[i]))
            return true;
    return false;
}

static bool is_barrier(UChar32 cp)
{
    return (cp >= 0x0A && cp <= 0x0D) || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* Surrogates are no characters; text never has them. */
static bool is_surrogate(UChar32 cp)
{
    return cp >= 0xD800 && cp <= 0xDFFF;
}

static bool is_inert(UChar32 cp)
{
    return is_surrogate(cp) || is_enclosed_number(cp) || is_barrier(cp);
}

static void from_utf16(UChar32 from, const UChar *text, int32_t len, form *f)
{
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF32(f->cp, FORM_MAX, &f->n, text, len, &status);
    check_icu(from, status);
}

/* NFKC of the case folding of NFKD (Unicode 3.13, D146). */
static void fold(form *f)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar a[4 * FORM_MAX], b[4 * FORM_MAX];
    int32_t len;
    u_strFromUTF32(a, 4 * FORM_MAX, &len, f->cp, f->n, &status);
    len = unorm2_normalize(nfkd, a, len, b, 4 * FORM_MAX, &status);
    len = u_strFoldCase(a, 4 * FORM_MAX, b, len, U_FOLD_CASE_DEFAULT, &status);
    len = unorm2_normalize(nfkc, a, len, b, 4 * FORM_MAX, &status);
    check_icu(f->cp[0], status);
    from_utf16(f->cp[0], b, len, f);
}

/* What ICU makes of one Han character, out of any context: one Han character, or
 * `cp` itself where ICU has none or one of several characters. */
static UChar32 simplified_once(UChar32 cp)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar text[FORM_MAX];
    int32_t len = 0;
    U16_APPEND_UNSAFE(text, len, cp);
    int32_t limit = len;
    utrans_transUChars(to_simplified, text, &len, FORM_MAX, 0, &limit, &status);
    check_icu(cp, status);
    form f;
    from_utf16(cp, text, len, &f);
    return f.n == 1 && is_han(f.cp[0]) ? f.cp[0] : cp;
}

/* The end of the chain that ICU's data make from `cp`. Where they run in a circle
 * (ICU 72: U+82CE and U+82E7), its smallest character stands for all. */
static UChar32 simplified(UChar32 cp)
{
    if (!is_han(cp))
        return cp;
    UChar32 at = cp;
    for (int step = 0; step < CHAIN_MAX && simplified_once(at) != at; step++)
        at = simplified_once(at);
    UChar32 smallest = at, next = simplified_once(at);
    for (int step = 0; next != at; step++, next = simplified_once(next)) {
        if (step == CHAIN_MAX)
            die(cp, "its Simplified form does not settle");
        if (next < smallest)
            smallest = next;
    }
    return smallest;
}

/* One round of all rules on one character. */
static void apply(UChar32 cp, bool simplify, form *f)
{
    f->n = 1;
    f->cp[0] = cp;
    if (is_inert(cp))
        return;
    fold(f);
    for (int32_t i = 0; simplify && i < f->n; i++)
        f->cp[i] = simplified(f->cp[i]);
}

/* The rules again and again until nothing changes, so that a normal form is its
 * own normal form (ICU's Simplified forms have chains). */
static void close_form(UChar32 cp, bool simplify, form *f)
{
    apply(cp, simplify, f);
    for (int round = 0; round < CHAIN_MAX; round++) {
        bool changed = false;
        form next = {.n = 0};
        for (int32_t i = 0; i < f->n; i++) {
            form one;
            apply(f->cp[i], simplify, &one);
            changed |= one.n != 1 || one.cp[0] != f->cp[i];
            if (next.n + one.n > FORM_MAX)
                die(cp, "its normal form is too long");
            memcpy(next.cp + next.n, one.cp, (size_t)one.n * sizeof *one.cp);
            next.n += one.n;
        }
        if (!changed)
            return;
        *f = next;
    }
    die(cp, "its normal form does not settle");
}

static bool is_itself(const form *f, UChar32 cp)
{
    return f->n == 1 && f->cp[0] == cp;
}

static bool same_form(const form *a, const form *b)
{
    return a->n == b->n && memcmp(a->cp, b->cp, (size_t)a->n * sizeof *a->cp) == 0;
}

static size_t put_form(const form *f, uint8_t *out)
{
    int32_t len = 1;
    for (int32_t i = 0; i < f->n; i++)
        U8_APPEND_UNSAFE(out, len, (uint32_t)f->cp[i]);
    if (len > UINT8_MAX)
        die(f->cp[0], "its normal form is too long");
    out[0] = (uint8_t)(len - 1);
    return (size_t)len;
}

/* Offset of the form, and of the form with variants kept, in the pool; anything
 * there already with these bytes is shared. */
static uint32_t pooled(UChar32 cp, const form *f, const form *kept)
{
    uint8_t bytes[2 * (1 + 4 * FORM_MAX)];
    size_t len = put_form(f, bytes);
    if (!same_form(f, kept)) {
        if (is_itself(kept, cp))
            bytes[len++] = 0;
        else
            len += put_form(kept, bytes + len);
    }
    const uint8_t *found = memmem(pool + 1, n_pool - 1, bytes, len);
    if (found)
        return (uint32_t)(found - pool);
    if (n_pool + len > POOL_MAX)
        die(cp, "the pool is full");
    memcpy(pool + n_pool, bytes, len);
    n_pool += (uint32_t)len;
    return n_pool - (uint32_t)len;
}

static uint32_t properties(UChar32 cp)
{
    uint32_t flags = 0;
    uint32_t type = U_GET_GC_MASK(cp);
    if (is_han(cp))
        flags |= SY_NORMAL_HAN | SY_NORMAL_LETTER;
    if (type & (U_GC_L_MASK | U_GC_M_MASK | U_GC_NL_MASK))
        flags |= SY_NORMAL_LETTER;
    if (type & U_GC_ND_MASK)
        flags |= SY_NORMAL_DIGIT;
    return flags;
}

/* How the form behaves among its neighbours. */
static uint32_t form_flags(const form *f)
{
    int32_t n_han = 0, n_spaces = 0;
    for (int32_t i = 0; i < f->n; i++) {
        n_han += is_han(f->cp[i]);
        n_spaces += u_isUWhiteSpace(f->cp[i]);
    }
    if (n_spaces > 0 || (n_han > 0 && n_han < f->n))
        return SY_NORMAL_MIXED;
    return n_han > 0 ? SY_NORMAL_HAN_FORM : 0;
}

static uint32_t make_entry(UChar32 cp)
{
    if (is_surrogate(cp))
        return 0;
    if (is_barrier(cp))
        return SY_NORMAL_BARRIER;
    if (is_enclosed_number(cp))
        return SY_NORMAL_ENCLOSED | (uint32_t)u_getNumericValue(cp) << SY_NORMAL_FLAG_BITS;
    if (u_isUWhiteSpace(cp))
        return SY_NORMAL_SPACE;
    form f, kept;
    close_form(cp, true, &f);
    close_form(cp, false, &kept);
    uint32_t entry = properties(cp) | form_flags(&f);
    if (form_flags(&kept) != form_flags(&f))
        die(cp, "keeping variants changes its kind");
    if (!unorm2_hasBoundaryBefore(nfkc, cp))
        entry |= SY_NORMAL_JOINS;
    if (!unorm2_hasBoundaryAfter(nfkc, cp) || !unorm2_hasBoundaryAfter(nfkc, f.cp[f.n - 1]))
        entry |= SY_NORMAL_COMPOSES;
    if (!same_form(&f, &kept))
        entry |= SY_NORMAL_VARIANT;
    if (!is_itself(&f, cp) || !is_itself(&kept, cp))
        entry |= pooled(cp, &f, &kept) << SY_NORMAL_FLAG_BITS;
    return entry;
}

/* What segmenter/normal.c relies on beyond the tables themselves. */
static void check_assumptions(UChar32 cp)
{
    uint32_t entry = entry_of[cp];
    if (entry & (SY_NORMAL_SPACE | SY_NORMAL_BARRIER | SY_NORMAL_ENCLOSED) || is_surrogate(cp))
        return;
    form f;
    close_form(cp, true, &f);
    if (cp < 0x300 && (entry & SY_NORMAL_JOINS))
        die(cp, "joins, but its first byte does not show it");
    if (!(entry & SY_NORMAL_JOINS) && !unorm2_hasBoundaryBefore(nfkc, f.cp[0]))
        die(cp, "its normal form joins, but not itself");
    UChar text[FORM_MAX];
    UErrorCode status = U_ZERO_ERROR;
    if (unorm2_getDecomposition(nfkc, cp, text, FORM_MAX, &status) >= 0)
        return;
    for (int32_t i = 0; i < f.n; i++)
        if (unorm2_getDecomposition(nfkc, f.cp[i], text, FORM_MAX, &status) >= 0)
            die(cp, "folding brings a composed character");
}

static uint16_t value_for(uint32_t entry)
{
    for (uint32_t i = 0; i < n_entries; i++)
        if (entries[i] == entry)
            return (uint16_t)i;
    if (n_entries == ENTRIES_MAX)
        die(0, "too many entries");
    entries[n_entries++] = entry;
    return (uint16_t)(n_entries - 1);
}

static void make_blocks(void)
{
    size_t bytes = SY_NORMAL_BLOCK * sizeof *blocks;
    for (uint32_t i = 0; i < CODE_POINTS / SY_NORMAL_BLOCK; i++) {
        const uint16_t *block = value_of + (i << SY_NORMAL_SHIFT);
        uint32_t at = 0;
        while (at < n_blocks && memcmp(blocks + (at << SY_NORMAL_SHIFT), block, bytes) != 0)
            at++;
        if (at == n_blocks)
            memcpy(blocks + (n_blocks++ << SY_NORMAL_SHIFT), block, bytes);
        index_of[i] = (uint16_t)at;
    }
}

static unsigned ascii_byte(uint32_t cp)
{
    uint32_t entry = entry_of[cp];
    if (entry & (SY_NORMAL_SPACE | SY_NORMAL_BARRIER))
        return SY_NORMAL_ASCII_SPECIAL;
    uint32_t offset = entry >> SY_NORMAL_FLAG_BITS;
    unsigned byte = offset ? pool[offset + 1] : cp;
    return entry & SY_NORMAL_COMPOSES ? byte | SY_NORMAL_ASCII_COMPOSES : byte;
}

/* FNV-1a (Fowler, Noll, Vo) over the numbers printed, low byte first. */
static uint64_t tables_hash = 0xcbf29ce484222325u;

static void print_number(uint32_t i, uint32_t number)
{
    for (int shift = 0; shift < 32; shift += 8)
        tables_hash = (tables_hash ^ (number >> shift & 0xFF)) * 0x100000001b3u;
    printf(i % 16 ? "%u," : "\n%u,", (unsigned)number);
}

static void print_u16(const char *name, const uint16_t *numbers, uint32_t n)
{
    printf("static const uint16_t %s[%u] = {", name, (unsigned)n);
    for (uint32_t i = 0; i < n; i++)
        print_number(i, numbers[i]);
    printf("\n};\n");
}

static void print_tables(void)
{
    printf("/* Made by segmenter/normal_gen.c from ICU %s, Unicode %s. */\n", U_ICU_VERSION,
           U_UNICODE_VERSION);
    print_u16("normal_index", index_of, CODE_POINTS / SY_NORMAL_BLOCK);
    print_u16("normal_blocks", blocks, n_blocks << SY_NORMAL_SHIFT);
    printf("static const uint32_t normal_entries[%u] = {", (unsigned)n_entries);
    for (uint32_t i = 0; i < n_entries; i++)
        print_number(i, entries[i]);
    printf("\n};\nstatic const uint8_t normal_pool[%u] = {", (unsigned)n_pool);
    for (uint32_t i = 0; i < n_pool; i++)
        print_number(i, pool[i]);
    printf("\n};\nstatic const uint8_t normal_ascii[128] = {");
    for (uint32_t i = 0; i < 128; i++)
        print_number(i, ascii_byte(i));
    printf("\n};\nstatic const uint64_t normal_tables_hash = 0x%016llxu;\n",
           (unsigned long long)tables_hash);
}

int main(void)
{
    UErrorCode status = U_ZERO_ERROR;
    nfkc = unorm2_getNFKCInstance(&status);
    nfkd = unorm2_getNFKDInstance(&status);
    check_icu(0, status);
    UChar id[32];
    u_charsToUChars("Traditional-Simplified", id, 23);
    to_simplified = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    check_icu(0, status);
    for (UChar32 cp = 0; cp < CODE_POINTS; cp++)
        entry_of[cp] = make_entry(cp);
    for (UChar32 cp = 0; cp < CODE_POINTS; cp++)
        check_assumptions(cp);
    for (uint32_t plain = 0; plain < SY_NORMAL_PLAIN; plain++)
        entries[n_entries++] = plain;
    for (UChar32 cp = 0; cp < CODE_POINTS; cp++)
        value_of[cp] = value_for(entry_of[cp]);
    make_blocks();
    print_tables();
    utrans_close(to_simplified);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "normal_gen: cannot write\n");
        return 1;
    }
    return 0;
}
