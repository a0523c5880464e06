#include "indexer/record_coder.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "indexer/phrase_trainer.h"
#include "segmenter/normal.h"
#include "store/phrase_matcher.h"
#include "store/record_code.h"

enum {
    TEXT_LEAST = 64 << 10,
    CHANGED = 0x80 /* a phrase that is not its own normal form */
};

struct sy_record_coder {
    unsigned norm_flags;
    sy_phrase_matcher *matcher; /* NULL: no dictionary */
    sy_buf bytes;               /* of the dictionary */
    sy_phrases phrases;
    uint8_t *lens; /* bytes of each phrase, and CHANGED */
    size_t n_lens, cap_lens;
};

/* ---- learning ---- */

/* A phrase whose normal form is too long is left out. */
static sy_status add_phrase(sy_record_coder *c, sy_phrases_writer *w, sy_slice phrase,
                            sy_buf *normal, sy_error *err)
{
    sy_buf_reset(normal);
    sy_status st = sy_normalize(c->norm_flags, phrase.data, phrase.len, normal, NULL, err);
    if (st != SY_OK || normal->len > SY_PHRASE_LEN_MAX || phrase.len > SY_PHRASE_LEN_MAX)
        return st;
    if (!sy_grow((void **)&c->lens, c->n_lens, &c->cap_lens, sizeof *c->lens))
        return sy_fail_nomem(err);
    uint32_t code = w->n + SY_PHRASE_BYTES;
    sy_slice form = {sy_buf_cstr(normal), normal->len};
    c->lens[c->n_lens++] = (uint8_t)(phrase.len | (sy_slice_equal(phrase, form) ? 0 : CHANGED));
    sy_phrases_add(w, phrase, form);
    return sy_phrase_matcher_add(c->matcher, phrase.data, phrase.len, code, err);
}

static sy_status make_dictionary(sy_record_coder *c, const sy_phrase_list *list, sy_error *err)
{
    sy_phrases_writer w = {0};
    sy_buf normal = SY_BUF_INIT;
    sy_status st = sy_phrase_matcher_new(&c->matcher, err);
    for (size_t i = 0; i < list->n && st == SY_OK; i++)
        st = add_phrase(c, &w, sy_phrase_at(list, i), &normal, err);
    if (st == SY_OK)
        st = sy_phrase_matcher_build(c->matcher, err);
    sy_phrases_finish(&w, &c->bytes);
    if (st == SY_OK)
        st = sy_buf_status(&c->bytes, err);
    if (st == SY_OK && !sy_phrases_open((const uint8_t *)c->bytes.data, c->bytes.len, &c->phrases))
        st = sy_fail(err, SY_E_LIMIT, NULL, "the dictionary of phrases is too large");
    sy_buf_release(&normal);
    sy_phrases_writer_release(&w);
    return st;
}

sy_status sy_record_coder_new(const sy_sample *sample, unsigned norm_flags, sy_record_coder **out,
                              sy_error *err)
{
    sy_phrase_list list = {.n = 0};
    *out = NULL;
    sy_record_coder *c = sy_calloc(1, sizeof *c);
    if (!c)
        return sy_fail_nomem(err);
    c->norm_flags = norm_flags;
    sy_status st = SY_OK;
    if (sample->total >= TEXT_LEAST)
        st = sy_phrases_learn(sample->texts, sample->n, sample->total, &list, err);
    if (st == SY_OK && list.n > 0)
        st = make_dictionary(c, &list, err);
    sy_phrase_list_release(&list);
    if (st != SY_OK)
        sy_record_coder_free(c);
    else
        *out = c;
    return st;
}

void sy_record_coder_free(sy_record_coder *c)
{
    if (!c)
        return;
    sy_phrase_matcher_free(c->matcher);
    sy_buf_release(&c->bytes);
    sy_free(c->lens);
    sy_free(c);
}

sy_slice sy_record_coder_phrases(const sy_record_coder *c)
{
    return (sy_slice){c->bytes.data, c->bytes.len};
}

/* ---- coding ---- */

/* Takes text[len] off the front of *rest, if it is there. */
static bool take(sy_slice *rest, const char *text, size_t len)
{
    if (rest->len < len || memcmp(rest->data, text, len) != 0)
        return false;
    *rest = (sy_slice){rest->data + len, rest->len - len};
    return true;
}

/* Whether what readers put together from the codes of a text, before they look at its spaces, is
 * `normal`. Most phrases are their own normal form, so mostly the text is looked at; the
 * dictionary is not in the caches. */
static bool spells(const sy_record_coder *c, sy_slice text, const uint8_t *codes, size_t n,
                   sy_slice normal)
{
    const char *same = text.data, *at = same; /* [same, at): not looked at yet */
    for (size_t i = 0; i < n; i++) {
        uint32_t code = sy_get_u16(codes + 2 * i), len = 1;
        bool changed = code >= 'A' && code <= 'Z';
        if (code >= SY_PHRASE_BYTES) {
            len = c->lens[code - SY_PHRASE_BYTES];
            changed = len & CHANGED;
            len &= ~(uint32_t)CHANGED;
        }
        if (changed) {
            char byte;
            sy_slice form;
            if (!take(&normal, same, (size_t)(at - same)) ||
                !sy_phrases_normal(&c->phrases, code, &byte, &form) ||
                !take(&normal, form.data, form.len))
                return false;
            same = at + len;
        }
        at += len;
    }
    return take(&normal, same, (size_t)(at - same)) && normal.len == 0;
}

/* The same with spaces, as slow as it is rare. */
static bool spells_with_spaces(const sy_record_coder *c, sy_coding *scratch, const uint8_t *codes,
                               size_t n, sy_slice normal)
{
    sy_buf_reset(&scratch->spelt);
    if (!sy_phrases_spell(&c->phrases, codes, n, true, &scratch->spelt))
        return false;
    sy_normal_join_spaces(&scratch->spelt, 0);
    return sy_slice_equal((sy_slice){sy_buf_cstr(&scratch->spelt), scratch->spelt.len}, normal);
}

/* Spells one value; its codes go to scratch->codes. It is simple if what readers put
 * together from the phrases is its normal form: tried, not reasoned. */
static sy_status code_value(const sy_record_coder *c, sy_coding *scratch, sy_stored_value *v,
                            sy_error *err)
{
    sy_buf_reset(&scratch->normal);
    sy_status st =
        sy_normalize(c->norm_flags, v->text.data, v->text.len, &scratch->normal, NULL, err);
    if (st != SY_OK)
        return st;
    sy_slice normal = {sy_buf_cstr(&scratch->normal), scratch->normal.len};
    if (!c->matcher) {
        v->coded = v->text;
        v->simple = sy_slice_equal(v->text, normal);
        return SY_OK;
    }
    st = sy_phrase_matcher_parse(c->matcher, v->text.data, v->text.len, scratch->parse, err);
    if (st != SY_OK)
        return st;
    size_t n = scratch->parse->n;
    uint8_t *codes = (uint8_t *)sy_buf_reserve(&scratch->codes, 2 * n);
    if (!codes)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        sy_put_u16(codes + 2 * i, (uint16_t)scratch->parse->codes[i]);
    scratch->codes.len += 2 * n;
    v->coded.len = 2 * n;
    v->simple =
        spells(c, v->text, codes, n, normal) || spells_with_spaces(c, scratch, codes, n, normal);
    return sy_buf_status(&scratch->spelt, err);
}

sy_status sy_record_code(const sy_record_coder *c, sy_coding *scratch, sy_stored *record,
                         sy_buf *out, sy_error *err)
{
    if (!scratch->parse) {
        scratch->parse = sy_calloc(1, sizeof *scratch->parse);
        if (!scratch->parse)
            return sy_fail_nomem(err);
    }
    sy_buf_reset(&scratch->codes);
    sy_status st = SY_OK;
    for (size_t i = 0; i < record->n_values && st == SY_OK; i++)
        st = code_value(c, scratch, &record->values[i], err);
    const char *at = sy_buf_cstr(&scratch->codes);
    for (size_t i = 0; c->matcher && i < record->n_values && st == SY_OK; i++) {
        record->values[i].coded.data = at;
        at += record->values[i].coded.len;
    }
    if (st == SY_OK) {
        sy_record_put_key(out, record->key);
        sy_record_encode(out, record, c->matcher ? 2 : 1);
    }
    return st == SY_OK ? sy_buf_status(out, err) : st;
}

void sy_coding_release(sy_coding *scratch)
{
    if (scratch->parse)
        sy_phrase_parse_release(scratch->parse);
    sy_free(scratch->parse);
    sy_buf_release(&scratch->codes);
    sy_buf_release(&scratch->normal);
    sy_buf_release(&scratch->spelt);
}
