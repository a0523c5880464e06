#include "segmenter/lexicon.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/messages.h"
#include "base/utf8.h"
#include "segmenter/normal.h"
#include "segmenter/word_tables.h"

enum {
    HEADER_LEN = 16,
    WORDS_MOST = 1 << 26,  /* keeps the filter below 2^32 bits */
    FILTER_BITS_LEAST = 6, /* of the logarithm */
    FILTER_BITS_A_WORD = 32
};

static const char magic[4] = {'S', 'Y', 'L', 'X'};

const char *sy_lexicon_fault(sy_slice word)
{
    if (word.len > SY_LEXICON_WORD_MAX)
        return N_("longer than 255 bytes");
    if (sy_utf8_check(word.data, word.len) != word.len)
        return N_("not UTF-8");
    size_t n_chars = 0;
    for (size_t i = 0; i < word.len; n_chars++) {
        uint32_t cp;
        i += sy_utf8_decode(word.data + i, word.len - i, &cp);
        if (cp == ' ' || cp == SY_BARRIER)
            return N_("has white space in it");
        if (sy_cp_is_enclosed_number(cp))
            return N_("has an enclosed number in it");
    }
    return n_chars < 2 ? N_("shorter than two characters") : NULL;
}

static bool is_word(sy_slice word)
{
    return sy_lexicon_fault(word) == NULL;
}

bool sy_lexicon_takes_weight(sy_slice word)
{
    size_t n_chars = 0;
    for (size_t i = 0; i < word.len; n_chars++) {
        uint32_t cp;
        i += sy_utf8_decode(word.data + i, word.len - i, &cp);
        if (sy_break_class_of(cp) != SY_BREAK_HAN)
            return false;
    }
    return n_chars <= SY_LEXICON_WEIGHED_CHARS;
}

bool sy_lexicon_weight_read(sy_slice s, uint32_t *weight)
{
    uint64_t sum = 0;
    size_t n_digits = 0, i = 0, end = s.len;
    while (i < end && s.data[i] == ' ')
        i++;
    while (end > i && s.data[end - 1] == ' ')
        end--;
    for (; i < end && s.data[i] >= '0' && s.data[i] <= '9'; i++, n_digits++)
        if ((sum = 10 * sum + (uint64_t)(s.data[i] - '0')) >= SY_LEXICON_ALWAYS)
            sum = SY_LEXICON_ALWAYS - 1;
    *weight = (uint32_t)sum;
    return n_digits > 0 && i == end;
}

static uint32_t filter_bits_for(uint32_t n_words)
{
    uint32_t bits = FILTER_BITS_LEAST;
    while ((uint64_t)1 << bits < (uint64_t)n_words * FILTER_BITS_A_WORD)
        bits++;
    return bits;
}

/* The filter's bit for the first two characters of a text: multiplicative hashing
 * (Knuth, TAOCP volume 3, 6.4) of both. False if there are not two. */
static bool filter_bit_of(const char *text, size_t len, uint32_t bits, uint32_t *bit)
{
    uint32_t a, b;
    size_t n = len > 0 ? sy_utf8_decode(text, len, &a) : 0;
    if (n >= len)
        return false;
    sy_utf8_decode(text + n, len - n, &b);
    *bit = (a * 0x9E3779B1u + b * 0x85EBCA77u) >> (32 - bits);
    return true;
}

static bool starts_with(sy_slice text, sy_slice prefix)
{
    return text.len >= prefix.len && memcmp(text.data, prefix.data, prefix.len) == 0;
}

/* ---- building ------------------------------------------------------------- */

struct sy_lexicon_builder {
    sy_buf text;      /* the words, one behind the other */
    uint32_t *starts; /* of word i in text; it ends where the next one starts */
    uint32_t *weights;
    size_t n, cap_starts, cap_weights;
    size_t n_weighed; /* words that have a weight */
    uint32_t *slots;  /* hash table: word number + 1, or 0; a power of two */
    size_t n_slots;
    sy_buf form; /* scratch */
};

sy_status sy_lexicon_builder_new(sy_lexicon_builder **out, sy_error *err)
{
    *out = sy_calloc(1, sizeof **out);
    return *out ? SY_OK : sy_fail_nomem(err);
}

void sy_lexicon_builder_free(sy_lexicon_builder *b)
{
    if (!b)
        return;
    sy_buf_release(&b->text);
    sy_buf_release(&b->form);
    sy_free(b->starts);
    sy_free(b->weights);
    sy_free(b->slots);
    sy_free(b);
}

size_t sy_lexicon_builder_count(const sy_lexicon_builder *b)
{
    return b->n;
}

static sy_slice built_word(const sy_lexicon_builder *b, size_t i)
{
    size_t end = i + 1 < b->n ? b->starts[i + 1] : b->text.len;
    return (sy_slice){b->text.data + b->starts[i], end - b->starts[i]};
}

/* The slot that holds `word`, or the empty one where it belongs. */
static uint32_t *slot_of(const sy_lexicon_builder *b, sy_slice word)
{
    size_t at = sy_hash64(word.data, word.len) & (b->n_slots - 1);
    while (b->slots[at] != 0 && !sy_slice_equal(built_word(b, b->slots[at] - 1), word))
        at = (at + 1) & (b->n_slots - 1);
    return &b->slots[at];
}

/* Keeps the table at most half full. */
static bool make_room(sy_lexicon_builder *b)
{
    if (2 * (b->n + 1) <= b->n_slots)
        return true;
    size_t bigger = b->n_slots > 0 ? 2 * b->n_slots : 64;
    uint32_t *slots = sy_calloc(bigger, sizeof *slots);
    if (!slots)
        return false;
    sy_free(b->slots);
    b->slots = slots;
    b->n_slots = bigger;
    for (size_t i = 0; i < b->n; i++)
        *slot_of(b, built_word(b, i)) = (uint32_t)i + 1;
    return true;
}

static sy_slice trim(sy_slice s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == SY_BARRIER))
        s = (sy_slice){s.data + 1, s.len - 1};
    while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == SY_BARRIER))
        s.len--;
    return s;
}

/* Gives word i the greater of two weights. */
static void raise_weight(sy_lexicon_builder *b, size_t i, uint32_t weight)
{
    if (weight <= b->weights[i])
        return;
    b->n_weighed -= weight == SY_LEXICON_ALWAYS;
    b->weights[i] = weight;
}

sy_status sy_lexicon_builder_add(sy_lexicon_builder *b, unsigned norm_flags, const char *word,
                                 size_t len, uint32_t weight, sy_error *err)
{
    sy_buf_reset(&b->form);
    sy_status st = sy_normalize(norm_flags, word, len, &b->form, NULL, err);
    if (st != SY_OK)
        return st;
    sy_slice form = trim((sy_slice){sy_buf_cstr(&b->form), b->form.len});
    if (!is_word(form))
        return SY_OK;
    if (!make_room(b))
        return sy_fail_nomem(err);
    weight = !sy_lexicon_takes_weight(form) ? SY_LEXICON_ALWAYS : weight > 0 ? weight : 1;
    uint32_t *slot = slot_of(b, form);
    if (*slot != 0) {
        raise_weight(b, *slot - 1, weight);
        return SY_OK;
    }
    if (b->n >= WORDS_MOST || b->text.len + form.len > UINT32_MAX)
        return sy_fail(err, SY_E_LIMIT, NULL, "too many words in the lexicon");
    if (!sy_grow((void **)&b->starts, b->n, &b->cap_starts, sizeof *b->starts) ||
        !sy_grow((void **)&b->weights, b->n, &b->cap_weights, sizeof *b->weights) ||
        !sy_buf_reserve(&b->text, form.len)) {
        b->text.status = SY_OK; /* nothing was written: the builder is as it was */
        return sy_fail_nomem(err);
    }
    b->starts[b->n] = (uint32_t)b->text.len;
    b->weights[b->n] = weight;
    b->n_weighed += weight != SY_LEXICON_ALWAYS;
    sy_buf_append(&b->text, form.data, form.len);
    *slot = (uint32_t)++b->n;
    return SY_OK;
}

sy_status sy_lexicon_builder_add_lines(sy_lexicon_builder *b, unsigned norm_flags, const char *text,
                                       size_t len, sy_error *err)
{
    const char *at = text, *end = text + len;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    sy_status st = SY_OK;
    while (st == SY_OK && at < end) {
        const char *line_end = at;
        while (line_end < end && *line_end != '\n' && *line_end != '\r')
            line_end++;
        const char *tab = memchr(at, '\t', (size_t)(line_end - at));
        uint32_t weight;
        if (!tab ||
            !sy_lexicon_weight_read((sy_slice){tab + 1, (size_t)(line_end - tab - 1)}, &weight))
            weight = SY_LEXICON_ALWAYS;
        if (*at != '#')
            st = sy_lexicon_builder_add(b, norm_flags, at, (size_t)((tab ? tab : line_end) - at),
                                        weight, err);
        at = line_end + 1;
    }
    return st;
}

static int compare_words(const void *a, const void *b)
{
    return sy_slice_compare(*(const sy_slice *)a, *(const sy_slice *)b);
}

/* The longest word that words[i] starts with. As the words are sorted, it is on
 * the chain of the word before: all words between a prefix and words[i] start
 * with that prefix too. */
static uint32_t shorter_of(const sy_slice *words, const uint32_t *shorter, uint32_t i)
{
    uint32_t at = i > 0 ? i - 1 : SY_LEXICON_NONE;
    while (at != SY_LEXICON_NONE && !starts_with(words[i], words[at]))
        at = shorter[at];
    return at;
}

static void put_image(const sy_lexicon_builder *b, const sy_slice *words, const uint32_t *shorter,
                      sy_buf *image)
{
    uint32_t n = (uint32_t)b->n;
    uint32_t bits = filter_bits_for(n);
    size_t filter_len = (size_t)1 << (bits - 3);
    sy_buf_append(image, magic, sizeof magic);
    sy_buf_put_u32(image, n);
    sy_buf_put_u32(image, bits);
    sy_buf_put_u32(image, (uint32_t)b->text.len);
    uint32_t start = 0;
    for (uint32_t i = 0; i < n; i++) {
        sy_buf_put_u32(image, start);
        start += (uint32_t)words[i].len;
    }
    sy_buf_put_u32(image, start);
    for (uint32_t i = 0; i < n; i++)
        sy_buf_put_u32(image, shorter[i]);
    uint8_t *filter = (uint8_t *)sy_buf_reserve(image, filter_len);
    if (!filter)
        return;
    memset(filter, 0, filter_len);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t bit;
        if (filter_bit_of(words[i].data, words[i].len, bits, &bit))
            filter[bit / 8] = (uint8_t)(filter[bit / 8] | 1 << bit % 8);
    }
    image->len += filter_len;
    for (uint32_t i = 0; i < n; i++)
        sy_buf_append(image, words[i].data, words[i].len);
    for (uint32_t i = 0; i < n && b->n_weighed > 0; i++)
        sy_buf_put_u32(image, b->weights[*slot_of(b, words[i]) - 1]);
}

sy_status sy_lexicon_builder_finish(sy_lexicon_builder *b, sy_buf *image, sy_error *err)
{
    if (b->n == 0)
        return SY_OK;
    uint32_t n = (uint32_t)b->n;
    sy_status st = SY_OK;
    sy_slice *words = sy_alloc(n, sizeof *words);
    uint32_t *shorter = sy_alloc(n, sizeof *shorter);
    if (!words || !shorter) {
        st = sy_fail_nomem(err);
        goto done;
    }
    for (uint32_t i = 0; i < n; i++)
        words[i] = built_word(b, i);
    qsort(words, n, sizeof *words, compare_words);
    for (uint32_t i = 0; i < n; i++)
        shorter[i] = shorter_of(words, shorter, i);
    put_image(b, words, shorter, image);
    st = sy_buf_status(image, err);
done:
    sy_free(shorter);
    sy_free(words);
    return st;
}

/* ---- reading -------------------------------------------------------------- */

sy_slice sy_lexicon_word(const sy_lexicon *lx, uint32_t i)
{
    uint32_t start = sy_get_u32(lx->starts + 4 * (size_t)i);
    uint32_t end = sy_get_u32(lx->starts + 4 * ((size_t)i + 1));
    return (sy_slice){(const char *)lx->words + start, end - start};
}

uint32_t sy_lexicon_shorter(const sy_lexicon *lx, uint32_t i)
{
    return sy_get_u32(lx->shorter + 4 * (size_t)i);
}

uint32_t sy_lexicon_weight(const sy_lexicon *lx, uint32_t i)
{
    return lx->weights ? sy_get_u32(lx->weights + 4 * (size_t)i) : SY_LEXICON_ALWAYS;
}

static bool passes_filter(const sy_lexicon *lx, const char *text, size_t len)
{
    uint32_t bit;
    return filter_bit_of(text, len, lx->filter_bits, &bit) &&
           (lx->filter[bit / 8] >> bit % 8 & 1) != 0;
}

/* Sets the views, or returns false if the parts do not fill the image. */
static bool lay_out(sy_lexicon *lx)
{
    if (lx->len < HEADER_LEN || memcmp(lx->image, magic, sizeof magic) != 0)
        return false;
    lx->n_words = sy_get_u32(lx->image + 4);
    lx->filter_bits = sy_get_u32(lx->image + 8);
    uint32_t words_len = sy_get_u32(lx->image + 12);
    if (lx->n_words == 0 || lx->n_words > WORDS_MOST ||
        lx->filter_bits != filter_bits_for(lx->n_words))
        return false;
    uint64_t n = lx->n_words, filter_len = (uint64_t)1 << (lx->filter_bits - 3);
    uint64_t len = HEADER_LEN + 4 * (n + 1) + 4 * n + filter_len + words_len;
    if (lx->len != len && lx->len != len + 4 * n)
        return false;
    lx->starts = lx->image + HEADER_LEN;
    lx->shorter = lx->starts + 4 * (n + 1);
    lx->filter = lx->shorter + 4 * n;
    lx->words = lx->filter + filter_len;
    lx->weights = lx->len > len ? lx->words + words_len : NULL;
    return sy_get_u32(lx->starts) == 0 && sy_get_u32(lx->starts + 4 * n) == words_len;
}

static bool weight_is_sound(const sy_lexicon *lx, uint32_t i, sy_slice word)
{
    uint32_t weight = sy_lexicon_weight(lx, i);
    return weight == SY_LEXICON_ALWAYS ||
           (weight > 0 && sy_utf8_count(word.data, word.len) <= SY_LEXICON_WEIGHED_CHARS);
}

/* Word i against what docs/format.md asks of it; the words before it are sound. */
static bool word_is_sound(const sy_lexicon *lx, uint32_t i, uint32_t words_len)
{
    uint32_t start = sy_get_u32(lx->starts + 4 * (size_t)i);
    uint32_t end = sy_get_u32(lx->starts + 4 * ((size_t)i + 1));
    if (start > end || end > words_len)
        return false;
    sy_slice word = sy_lexicon_word(lx, i);
    if (!is_word(word) || !passes_filter(lx, word.data, word.len) || !weight_is_sound(lx, i, word))
        return false;
    if (i == 0)
        return sy_lexicon_shorter(lx, 0) == SY_LEXICON_NONE;
    if (sy_slice_compare(sy_lexicon_word(lx, i - 1), word) >= 0)
        return false;
    uint32_t at = i - 1;
    while (at != SY_LEXICON_NONE && !starts_with(word, sy_lexicon_word(lx, at)))
        at = sy_lexicon_shorter(lx, at);
    return sy_lexicon_shorter(lx, i) == at;
}

sy_status sy_lexicon_open(const uint8_t *image, size_t len, sy_lexicon *out, sy_error *err)
{
    *out = (sy_lexicon){.image = image, .len = len};
    if (len == 0)
        return SY_OK;
    bool sound = lay_out(out), weighed = false;
    uint32_t words_len = sound ? sy_get_u32(image + 12) : 0;
    for (uint32_t i = 0; sound && i < out->n_words; i++) {
        sound = word_is_sound(out, i, words_len);
        weighed = weighed || sy_lexicon_weight(out, i) != SY_LEXICON_ALWAYS;
    }
    if (sound && weighed == (out->weights != NULL))
        return SY_OK;
    *out = (sy_lexicon){0};
    return sy_fail(err, SY_E_CORRUPT, NULL, "the lexicon image is damaged");
}

static size_t common_len(sy_slice a, const char *b, size_t len)
{
    size_t most = a.len < len ? a.len : len, n = 0;
    while (n < most && a.data[n] == b[n])
        n++;
    return n;
}

uint32_t sy_lexicon_find(const sy_lexicon *lx, const char *normal, size_t len)
{
    if (lx->n_words == 0 || !passes_filter(lx, normal, len))
        return SY_LEXICON_NONE;
    sy_slice text = {normal, len < SY_LEXICON_WORD_MAX ? len : SY_LEXICON_WORD_MAX};
    uint32_t low = 0, high = lx->n_words; /* words below `low` are <= text, from `high` > text */
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (sy_slice_compare(sy_lexicon_word(lx, mid), text) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return SY_LEXICON_NONE;
    /* A word that the text starts with is the greatest word <= text or one that
     * this word starts with. */
    uint32_t i = low - 1;
    size_t common = common_len(sy_lexicon_word(lx, i), text.data, text.len);
    while (i != SY_LEXICON_NONE && sy_lexicon_word(lx, i).len > common)
        i = sy_lexicon_shorter(lx, i);
    return i;
}

size_t sy_lexicon_longest(const sy_lexicon *lx, const char *normal, size_t len)
{
    uint32_t i = sy_lexicon_find(lx, normal, len);
    return i == SY_LEXICON_NONE ? 0 : sy_lexicon_word(lx, i).len;
}

bool sy_lexicon_has(const sy_lexicon *lx, const char *normal, size_t len)
{
    return len > 0 && sy_lexicon_longest(lx, normal, len) == len;
}
