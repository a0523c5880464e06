/* store/scoring.h - the numbers of ranking that lie on disk: how often a term stands
 * in a record, how long the record is, and what a posting can add to a score at most.
 *
 * Both sides use them: who writes a segment, for the bounds of its blocks, and who
 * ranks. Bytes: docs/format.md, 5.7. Source of the form: Robertson and Zaragoza,
 * "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3.6. */
#ifndef SY_STORE_SCORING_H
#define SY_STORE_SCORING_H

#include <stdint.h>

enum {
    SY_TF_CODES = 16,   /* a frequency is rounded down to one of so many */
    SY_FIELD_BITS = 64, /* fields 0 to 62 have a bit each, all others share the last */
    SY_OTHER_FIELDS = 63,
    SY_WEIGHT_ONE = 4 /* field weights are counted in quarters */
};

/* The code of a frequency, tf >= 1; and the frequency a code stands for. */
uint8_t sy_tf_code(uint32_t tf);
uint32_t sy_tf_of(uint8_t code);

/* The code of a record's length (sy_normal_length of its values); and the length a code stands for,
 * which is at most an eighth shorter. */
uint8_t sy_length_code(uint32_t length);
uint32_t sy_length_of(uint8_t code);

static inline unsigned sy_field_bit(unsigned field)
{
    return field < SY_OTHER_FIELDS ? field : SY_OTHER_FIELDS;
}

/* What the fields in which a term stands add to its frequency, in quarters: each
 * field's weight less 1. weights[SY_FIELD_BITS] are in quarters. */
int sy_field_extra(uint64_t fields, const uint8_t *weights);

/* The share of its full weight that a term gets, 0 to 1, for `quarters` of
 * frequency in a record of that length where the average is `average`. It
 * grows with quarters and falls with length. */
double sy_score_share(int quarters, double length, double average);
/* The same in two steps: what the length contributes, and the share with it. */
double sy_score_norm(double length, double average);
static inline double sy_score_share_of(int quarters, double norm)
{
    double tf = quarters < 1 ? .25 : quarters / 4.0;
    return tf / (tf + norm);
}

#endif
