#include "indexer/name_learner.h"

#include "base/messages.h"
#include "segmenter/names.h"
#include "segmenter/normal.h"
#include "segmenter/whole_value.h"

static sy_status add_alias(void *ctx, sy_slice name, sy_error *err)
{
    sy_name_learner *l = ctx;
    return sy_lexicon_builder_add(l->words, l->norm_flags, name.data, name.len, SY_LEXICON_ALWAYS,
                                  err);
}

sy_status sy_name_learner_open(unsigned norm_flags, sy_slice aliases, sy_slice user_words,
                               sy_name_learner *out, sy_error *err)
{
    sy_aliases *parsed = NULL;
    *out = (sy_name_learner){.norm_flags = norm_flags};
    sy_status st = sy_lexicon_builder_new(&out->words, err);
    if (st == SY_OK)
        st = sy_lexicon_builder_add_lines(out->words, norm_flags, user_words.data, user_words.len,
                                          err);
    if (st == SY_OK)
        st = sy_aliases_parse(norm_flags, _("the alias file"), aliases.data, aliases.len, &parsed,
                              err);
    if (st == SY_OK)
        st = sy_aliases_each(parsed, add_alias, out, err);
    sy_aliases_free(parsed);
    return st;
}

void sy_name_learner_begin(sy_name_learner *l)
{
    sy_string_table_reset(&l->pending);
}

sy_status sy_name_learner_add(sy_name_learner *l, sy_slice text, sy_error *err)
{
    sy_buf_reset(&l->normal);
    sy_status st = sy_normalize(l->norm_flags, text.data, text.len, &l->normal, NULL, err);
    if (st != SY_OK)
        return st;
    sy_slice name = sy_whole_value((sy_slice){sy_buf_cstr(&l->normal), l->normal.len});
    if (name.len == 0 || name.len > SY_LEXICON_WORD_MAX)
        return SY_OK;
    return sy_string_table_at(&l->pending, name) ? SY_OK : sy_fail_nomem(err);
}

sy_status sy_name_learner_keep(sy_name_learner *l, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < l->pending.n && st == SY_OK; i++) {
        const sy_string_entry *e = &l->pending.entries[i];
        st = sy_name_learner_know(l, (sy_slice){l->pending.bytes.data + e->off, e->len}, err);
    }
    sy_name_learner_begin(l);
    return st;
}

sy_status sy_name_learner_know(sy_name_learner *l, sy_slice name, sy_error *err)
{
    if (name.len == 0 || name.len > SY_LEXICON_WORD_MAX)
        return SY_OK;
    uint32_t *seen = sy_string_table_at(&l->names, name);
    if (!seen)
        return sy_fail_nomem(err);
    return (*seen)++ > 0 ? SY_OK
                         : sy_lexicon_builder_add(l->words, l->norm_flags, name.data, name.len,
                                                  SY_LEXICON_ALWAYS, err);
}

sy_status sy_name_learner_finish(sy_name_learner *l, sy_buf *image, sy_error *err)
{
    return sy_lexicon_builder_finish(l->words, image, err);
}

void sy_name_learner_release(sy_name_learner *l)
{
    sy_lexicon_builder_free(l->words);
    sy_string_table_release(&l->names);
    sy_string_table_release(&l->pending);
    sy_buf_release(&l->normal);
    *l = (sy_name_learner){.words = NULL};
}
