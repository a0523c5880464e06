/* indexer/phrase_trainer.h - learn from a sample of the corpus which phrases its
 * text is best spelt with: the dictionary behind stored text.
 *
 * Method: pairs of neighbouring symbols are counted and the most frequent joined,
 * round by round, from characters up; the candidates are then pruned by how often
 * the shortest spelling of the sample uses them. Source: Gage, "A new algorithm for
 * data compression" (1994), in rounds; the pruning follows unigram tokenisers
 * (Kudo 2018). Deterministic: the same sample gives the same phrases. */
#ifndef SY_INDEXER_PHRASE_TRAINER_H
#define SY_INDEXER_PHRASE_TRAINER_H

#include "base/buf.h"
#include "store/phrases.h"

typedef struct sy_phrase_list {
    sy_buf bytes;
    uint32_t *ends; /* ends[n]: phrase i is bytes [ends[i - 1] or 0, ends[i]) */
    size_t n, cap;
} sy_phrase_list;

/* Learns from texts[n_texts]. `total` is the length of all text, of which the
 * sample is a part: what a phrase saves is reckoned for the whole. The most used
 * come first. None are learned where a dictionary would not pay. NOMEM. */
SY_CHECKED sy_status sy_phrases_learn(const sy_slice *texts, size_t n_texts, uint64_t total,
                                      sy_phrase_list *out, sy_error *err);
void sy_phrase_list_release(sy_phrase_list *list);
static inline sy_slice sy_phrase_at(const sy_phrase_list *list, size_t i)
{
    uint32_t start = i == 0 ? 0 : list->ends[i - 1];
    return (sy_slice){list->bytes.data + start, list->ends[i] - start};
}

#endif
