#include "query/tools.h"

#include <string.h>

/* Whether a word of the lexicon has a mark at which sy_text_near stops. */
static bool has_marks(const sy_lexicon *lx)
{
    if (lx->n_words == 0)
        return false;
    size_t len = lx->len - (size_t)(lx->words - lx->image);
    return memchr(lx->words, ',', len) || memchr(lx->words, ';', len) ||
           memmem(lx->words, len, "\xE3\x80\x81", 3) || memmem(lx->words, len, "\xE3\x80\x82", 3);
}

sy_status sy_tools_lexicon(sy_tools *t, const sy_lexicon **out, sy_error *err)
{
    const sy_slice image = t->index->lexicon;
    sy_status st = SY_OK;
    if (!t->opened)
        st = sy_lexicon_open((const uint8_t *)image.data, image.len, &t->lexicon, err);
    t->opened = st == SY_OK;
    *out = &t->lexicon;
    return st;
}

sy_status sy_tools_cut(sy_tools *t, sy_slice normal, const sy_token **tokens, size_t *n_tokens,
                       sy_error *err)
{
    *tokens = NULL;
    *n_tokens = 0;
    if (!t->cutter) {
        const sy_lexicon *lexicon;
        sy_status st = sy_tools_lexicon(t, &lexicon, err);
        if (st == SY_OK)
            st = sy_cutter_new(lexicon, &t->cutter, err);
        if (st != SY_OK)
            return st;
        t->words_with_marks = has_marks(lexicon);
    }
    return sy_cut(t->cutter, normal.data, normal.len, tokens, n_tokens, err);
}

sy_status sy_tools_aliases(sy_tools *t, const sy_aliases **out, sy_error *err)
{
    sy_status st = SY_OK;
    if (!t->aliases)
        st = sy_aliases_parse(t->index->info.norm_flags, "aliases", t->index->aliases.data,
                              t->index->aliases.len, &t->aliases, err);
    *out = t->aliases;
    return st;
}

bool sy_tools_is_names(const sy_tools *t, sy_field_id id)
{
    const sy_schema *schema = &t->index->schema;
    return id < schema->n_fields && schema->fields[id].kind == SY_FIELD_NAMES;
}

void sy_tools_release(sy_tools *t)
{
    sy_cutter_free(t->cutter);
    sy_aliases_free(t->aliases);
    *t = (sy_tools){.index = t->index};
}
