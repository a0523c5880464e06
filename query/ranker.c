#include "query/ranker.h"

#include "store/scoring.h"

sy_slice sy_scored_text(const sy_leaf *leaf)
{
    bool texts = leaf->rule == SY_RULE_PART || leaf->rule == SY_RULE_SPREAD ||
                 leaf->rule == SY_RULE_WHOLE || leaf->rule == SY_RULE_BEGIN;
    bool reserved = leaf->field != SY_FIELD_ANY && leaf->field >= SY_FIELDS_MAX;
    return texts && !reserved ? leaf->text.text : (sy_slice){"", 0};
}

uint64_t sy_wanted_fields(const sy_leaf *leaf)
{
    return leaf->field == SY_FIELD_ANY ? UINT64_MAX : UINT64_C(1) << sy_field_bit(leaf->field);
}

sy_status sy_ranker_cursor_damage(const sy_ranker *r, sy_error *err)
{
    const sy_cursor_env *env = &r->s->walk->env;
    if (env->status != SY_OK && err && err->status == SY_OK)
        *err = env->err;
    return env->status;
}

sy_status sy_ranker_keep(sy_ranker *r, sy_docid doc, uint64_t score, uint64_t bonus, sy_error *err)
{
    return sy_best_keep(&r->best, (sy_hit){r->seg, r->ordinal, doc, score, bonus}, err);
}

void sy_ranker_enter(sy_ranker *r, size_t i)
{
    r->ordinal = i;
    r->seg = r->s->index->segments[i];
    r->live = &r->s->index->live[i];
    r->sources = r->all + i * r->units.n;
    r->weights = sy_segment_weights(r->seg);
    r->lengths = sy_segment_lengths(r->seg);
    uint32_t n = sy_segment_n_records(r->seg);
    double own = n > 0 ? (double)sy_segment_total_length(r->seg) / n : 0;
    /* A share grows with the average, at most in the same proportion. */
    r->looser = own > 0 && r->average > own ? r->average / own : 1;
    for (unsigned set = 0; set < SY_RANK_SETS; set++) {
        uint64_t fields = sy_segment_fields(r->seg, 0, (uint8_t)set);
        bool known = set != SY_SET_UNKNOWN && set != SY_SET_LONGEST;
        r->set_extra[set] = known ? sy_field_extra(fields, r->weights) : 0;
    }
    r->plain = true;
    for (unsigned bit = 0; bit < SY_FIELD_BITS; bit++)
        r->plain &= r->weights[bit] == SY_WEIGHT_ONE;
    /* Bounds do not know what fields add that have no code: such postings can have all. */
    if (!r->plain && sy_segment_fields(r->seg, 0, SY_FIELD_SETS_MAX) != 0)
        r->looser = UINT8_MAX;
}
