#include "indexer/old_index.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "indexer/word_change.h"
#include "store/file.h"
#include "store/term_key.h"

static sy_status open_segment(const sy_index *index, size_t i, sy_old_segment *out, sy_error *err)
{
    const sy_segment_ref *ref = &index->manifest->segments[i];
    *out = (sy_old_segment){.segment = index->segments[i], .ref = *ref};
    out->dropped = sy_calloc((size_t)ref->n_docs, sizeof *out->dropped);
    if (!out->dropped)
        return sy_fail_nomem(err);
    for (size_t k = 0; k < ref->n_deleted; k++)
        out->dropped[ref->deleted[k]] = true;
    out->n_dropped = (uint32_t)ref->n_deleted;
    out->dropped_records = (uint32_t)(ref->n_records - index->live[i].n_records);
    return SY_OK;
}

static int by_place(const void *a, const void *b)
{
    const sy_old_doc *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static void list_docs(sy_old_index *old)
{
    for (size_t s = 0; s < old->n_segments; s++) {
        const sy_old_segment *seg = &old->segments[s];
        for (uint32_t i = 0; i < seg->ref.n_docs; i++) {
            sy_segment_doc doc;
            sy_segment_doc_at(seg->segment, i, &doc);
            if (!seg->dropped[i])
                old->docs[old->n_docs++] = (sy_old_doc){(uint32_t)s, i, doc.place};
            if (doc.place >= old->next_place)
                old->next_place = doc.place + 1;
        }
    }
    if (old->n_docs > 1)
        qsort(old->docs, old->n_docs, sizeof *old->docs, by_place);
}

sy_status sy_old_index_open(const sy_index *index, sy_old_index *out, sy_error *err)
{
    *out = (sy_old_index){.index = index};
    if (!index)
        return SY_OK;
    out->segments = sy_calloc(index->n_segments, sizeof *out->segments);
    out->docs = sy_alloc((size_t)index->n_documents, sizeof *out->docs);
    if (!out->segments || !out->docs)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < index->n_segments; i++) {
        sy_status st = open_segment(index, out->n_segments++, &out->segments[i], err);
        if (st != SY_OK)
            return st;
    }
    list_docs(out);
    return SY_OK;
}

void sy_old_index_release(sy_old_index *old)
{
    for (size_t i = 0; i < old->n_segments; i++)
        sy_free(old->segments[i].dropped);
    sy_free(old->segments);
    sy_free(old->docs);
    sy_free(old->deleted);
    *old = (sy_old_index){.index = NULL};
}

void sy_old_index_doc(const sy_old_index *old, size_t i, sy_segment_doc *out)
{
    const sy_old_doc *d = &old->docs[i];
    sy_segment_doc_at(old->segments[d->segment].segment, d->ordinal, out);
}

void sy_old_index_drop(sy_old_index *old, size_t i)
{
    const sy_old_doc *d = &old->docs[i];
    sy_old_segment *s = &old->segments[d->segment];
    sy_segment_doc doc;
    sy_old_index_doc(old, i, &doc);
    s->dropped[d->ordinal] = true;
    s->n_dropped++;
    s->dropped_records += doc.n_records;
}

bool sy_old_index_dropped(const sy_old_index *old, size_t i)
{
    const sy_old_doc *d = &old->docs[i];
    return old->segments[d->segment].dropped[d->ordinal];
}

sy_status sy_old_index_keys(const sy_old_index *old, sy_seen_keys *keys, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t i = 0; i < old->n_docs && st == SY_OK; i++) {
        const sy_segment *seg = old->segments[old->docs[i].segment].segment;
        sy_segment_doc doc;
        sy_old_index_doc(old, i, &doc);
        uint32_t n = sy_old_index_dropped(old, i) ? 0 : doc.n_records;
        for (uint32_t k = 0; k < n && st == SY_OK; k++) {
            sy_slice key;
            st = sy_segment_key(seg, doc.first + k, &key, err);
            if (st == SY_OK)
                st = sy_seen_keys_add(keys, (uint32_t)i, key, err);
        }
    }
    return st;
}

typedef struct learning {
    const sy_schema *schema;
    sy_name_learner *names;
} learning;

static sy_status learn_record(void *ctx, const sy_stored *record, sy_error *err)
{
    const learning *l = ctx;
    const sy_schema *schema = l->schema;
    sy_status st = SY_OK;
    for (size_t i = 0; i < record->n_values && st == SY_OK; i++) {
        const sy_stored_value *v = &record->values[i];
        if (v->field < schema->n_fields && schema->fields[v->field].kind == SY_FIELD_NAMES)
            st = sy_name_learner_add(l->names, v->text, err);
    }
    return st;
}

sy_status sy_old_index_spool(const sy_old_index *old, size_t i, const sy_schema *schema,
                             sy_spool *spool, sy_name_learner *names, sy_error *err)
{
    const sy_segment *seg = old->segments[old->docs[i].segment].segment;
    learning l = {schema, names};
    sy_segment_doc doc;
    sy_old_index_doc(old, i, &doc);
    if (!names)
        return sy_spool_copy(spool, seg, &doc, NULL, NULL, err);
    sy_name_learner_begin(names);
    sy_status st = sy_spool_copy(spool, seg, &doc, learn_record, &l, err);
    return st == SY_OK ? sy_name_learner_keep(names, err) : st;
}

sy_status sy_old_index_compare_words(sy_old_index *old, const sy_tiers *tiers, sy_slice lexicon,
                                     sy_error *err)
{
    sy_lexicon before = {0}, after = {0};
    uint64_t hash = sy_hash64(lexicon.data, lexicon.len);
    sy_status st = sy_lexicon_open((const uint8_t *)lexicon.data, lexicon.len, &after, err);
    if (st == SY_OK && old->index)
        st = sy_lexicon_open((const uint8_t *)old->index->lexicon.data, old->index->lexicon.len,
                             &before, err);
    for (size_t i = 0; i < old->n_segments && st == SY_OK; i++) {
        sy_old_segment *s = &old->segments[i];
        bool touched = true;
        if (s->ref.lexicon_hash == hash)
            continue;
        if (s->ref.lexicon_hash == old->index->info.lexicon_hash)
            st = sy_word_change_touches(s->segment, &before, &after, &touched, err);
        if (!touched)
            s->ref.lexicon_hash = hash;
        s->recut = touched && sy_tiers_recut(tiers, s->ref.len);
    }
    return st;
}

sy_status sy_old_index_merge(sy_old_index *old, const sy_tiers *tiers, const sy_schema *schema,
                             sy_spool *spool, sy_error *err)
{
    sy_tier_segment *choice = sy_calloc(old->n_segments, sizeof *choice);
    if (!choice)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < old->n_segments; i++) {
        const sy_old_segment *s = &old->segments[i];
        choice[i] = (sy_tier_segment){.bytes = s->ref.len,
                                      .n_records = s->ref.n_records,
                                      .n_deleted = s->dropped_records,
                                      .merge = s->recut};
    }
    sy_tiers_choose(tiers, spool->text_bytes, choice, old->n_segments);
    for (size_t i = 0; i < old->n_segments; i++)
        old->segments[i].taken = choice[i].merge;
    sy_free(choice);
    sy_status st = SY_OK;
    for (size_t i = 0; i < old->n_docs && st == SY_OK; i++) {
        if (old->segments[old->docs[i].segment].taken && !sy_old_index_dropped(old, i))
            st = sy_old_index_spool(old, i, schema, spool, NULL, err);
    }
    return st;
}

void sy_old_index_take_all(sy_old_index *old)
{
    for (size_t i = 0; i < old->n_segments; i++)
        old->segments[i].taken = true;
}

/* Whether a document that counts has a record of the list. */
static sy_status has_live(const sy_old_segment *s, const sy_postings_ref *ref, bool *yes,
                          sy_error *err)
{
    sy_postings list;
    *yes = s->n_dropped == 0;
    if (*yes)
        return SY_OK;
    sy_postings_init(&list, ref);
    for (sy_docid at = 0; !*yes && (at = sy_postings_seek(&list, at)) != SY_DOC_END;) {
        sy_segment_doc doc;
        if (at >= s->ref.n_records)
            return sy_fail(err, SY_E_CORRUPT, sy_segment_file(s->segment)->path,
                           "a list names a record that does not exist");
        uint32_t ordinal = sy_segment_doc_of(s->segment, at);
        sy_segment_doc_at(s->segment, ordinal, &doc);
        *yes = !s->dropped[ordinal];
        at = doc.first + doc.n_records;
    }
    return sy_postings_status(&list, sy_segment_file(s->segment)->path, err);
}

/* The names of one field in one segment. */
static sy_status learn_field(const sy_old_segment *s, sy_field_id field, sy_name_learner *names,
                             sy_error *err)
{
    sy_buf prefix = SY_BUF_INIT;
    sy_term_walk walk;
    sy_term_key_value(&prefix, field, (sy_slice){"", 0});
    sy_status st =
        sy_term_walk_open(s->segment, (sy_slice){sy_buf_cstr(&prefix), prefix.len}, &walk, err);
    if (st == SY_OK)
        st = sy_buf_status(&prefix, err);
    while (st == SY_OK) {
        sy_slice key, name;
        sy_postings_ref ref;
        char space;
        sy_field_id id;
        bool more, counts;
        st = sy_term_walk_next(&walk, &more, &key, &ref, err);
        if (st != SY_OK || !more)
            break;
        if (!sy_term_key_parse(key, &space, &id, &name))
            continue;
        st = has_live(s, &ref, &counts, err);
        if (st == SY_OK && counts)
            st = sy_name_learner_know(names, name, err);
    }
    sy_term_walk_close(&walk);
    sy_buf_release(&prefix);
    return st;
}

sy_status sy_old_index_learn(const sy_old_index *old, const sy_schema *schema,
                             sy_name_learner *names, sy_error *err)
{
    sy_status st = SY_OK;
    for (size_t s = 0; s < old->n_segments; s++) {
        for (size_t f = 0; f < schema->n_fields && st == SY_OK; f++) {
            if (schema->fields[f].kind == SY_FIELD_NAMES)
                st = learn_field(&old->segments[s], (sy_field_id)f, names, err);
        }
    }
    return st;
}

uint64_t sy_old_index_first_place(const sy_old_index *old, uint64_t number)
{
    sy_segment_doc doc = {.place = 0};
    for (size_t i = 0; i < old->n_segments; i++) {
        if (old->segments[i].ref.number == number)
            sy_segment_doc_at(old->segments[i].segment, 0, &doc);
    }
    return doc.place;
}

sy_status sy_old_index_refs(sy_old_index *old, sy_segment_ref *refs, size_t *n, sy_error *err)
{
    size_t n_deleted = 0, at = 0;
    for (size_t i = 0; i < old->n_segments; i++)
        n_deleted += old->segments[i].n_dropped;
    sy_free(old->deleted);
    old->deleted = sy_alloc(n_deleted, sizeof *old->deleted);
    if (!old->deleted)
        return sy_fail_nomem(err);
    for (size_t i = 0; i < old->n_segments; i++) {
        const sy_old_segment *s = &old->segments[i];
        if (s->taken)
            continue;
        refs[*n] = s->ref;
        refs[*n].deleted = old->deleted + at;
        refs[(*n)++].n_deleted = s->n_dropped;
        for (uint32_t k = 0; k < s->ref.n_docs; k++) {
            if (s->dropped[k])
                old->deleted[at++] = k;
        }
    }
    return SY_OK;
}
