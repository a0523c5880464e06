/* What may have been meant by a term that nothing has. */
#include "base/utf8.h"
#include "query/nearness.h"
#include "query/search.h"
#include "segmenter/normal.h"
#include "segmenter/pinyin.h"
#include "store/file.h"
#include "store/live.h"
#include "store/term_key.h"

/* Offers the terms of a segment whose key starts with `prefix`, without it, if some record that
 * counts has them; `spelt`, unless NULL, is scratch for their pinyin, which is offered instead. */
static sy_status offer_terms(const sy_index *index, size_t segment, sy_slice prefix, sy_buf *spelt,
                             sy_nearest *nearest, sy_error *err)
{
    const sy_segment *seg = index->segments[segment];
    sy_term_walk walk;
    sy_status st = sy_term_walk_open(seg, prefix, &walk, err);
    while (st == SY_OK) {
        bool more;
        sy_slice key;
        sy_postings_ref ref;
        uint32_t df;
        st = sy_term_walk_next(&walk, &more, &key, &ref, err);
        if (st != SY_OK || !more)
            break;
        st = sy_live_df(&index->live[segment], &ref, sy_segment_file(seg)->path, &df, err);
        sy_slice text = {key.data + prefix.len, key.len - prefix.len};
        if (st == SY_OK && spelt) {
            sy_buf_reset(spelt);
            sy_pinyin_spell(text, spelt);
            st = sy_buf_status(spelt, err);
            text = (sy_slice){sy_buf_cstr(spelt), spelt->len};
        }
        if (st == SY_OK && df > 0)
            sy_nearest_offer(nearest, text, df);
    }
    sy_term_walk_close(&walk);
    return st;
}

/* Names, and words that are told apart by their ends; values of several Han characters that are no
 * names have no list. */
static sy_status offer_all(const sy_index *index, sy_field_id field, bool han, sy_nearest *nearest,
                           sy_error *err)
{
    sy_buf key = SY_BUF_INIT, spelt = SY_BUF_INIT;
    sy_status st = SY_OK;
    for (size_t s = 0; s < index->n_segments && st == SY_OK; s++) {
        nearest->edits_only = false;
        for (size_t i = 0; i < index->schema.n_fields && st == SY_OK; i++) {
            sy_field_kind kind = index->schema.fields[i].kind;
            bool asked = field == SY_FIELD_ANY      ? kind == SY_FIELD_NAMES
                         : field == SY_FIELD_PINYIN ? index->schema.fields[i].pinyin
                                                    : field == i;
            if (!asked || !sy_field_has_values(kind))
                continue;
            sy_term_key_value(&key, (sy_field_id)i, (sy_slice){"", 0});
            st = sy_buf_status(&key, err);
            if (st == SY_OK)
                st = offer_terms(index, s, (sy_slice){key.data, key.len},
                                 field == SY_FIELD_PINYIN ? &spelt : NULL, nearest, err);
        }
        nearest->edits_only = true;
        if (st == SY_OK && !han && field == SY_FIELD_ANY)
            st = offer_terms(index, s, sy_slice_of("w"), NULL, nearest, err);
    }
    sy_buf_release(&key);
    sy_buf_release(&spelt);
    return st;
}

sy_status sy_suggest_terms(const sy_index *index, sy_field_id field, sy_slice text, sy_buf *out,
                           sy_error *err)
{
    sy_buf normal = SY_BUF_INIT;
    sy_status st = sy_normalize(index->info.norm_flags, text.data, text.len, &normal, NULL, err);
    if (st == SY_OK)
        st = sy_buf_status(&normal, err);
    sy_slice typed = {sy_buf_cstr(&normal), normal.len};
    sy_pinyin pinyin;
    if (field == SY_FIELD_PINYIN && sy_pinyin_read(typed, &pinyin) == SY_PINYIN_GOOD)
        typed = (sy_slice){pinyin.letters, pinyin.n};
    sy_nearest nearest = {.typed = sy_near_read(typed)};
    bool han = false;
    for (size_t i = 0; i < nearest.typed.n; i++)
        han |= sy_cp_is_han(nearest.typed.cps[i]);
    if (st == SY_OK && nearest.typed.n > 1)
        st = offer_all(index, field, han, &nearest, err);
    sy_nearest_put(&nearest, out);
    sy_buf_release(&normal);
    return st == SY_OK ? sy_buf_status(out, err) : st;
}
