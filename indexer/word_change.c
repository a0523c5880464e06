#include "indexer/word_change.h"

#include "base/utf8.h"
#include "store/file.h"

enum { PAIRS_MAX = SY_LEXICON_WORD_MAX };

/* A docid that all lists have, or SY_DOC_END. */
static sy_docid meet(sy_postings *lists, size_t n)
{
    sy_docid at = 0;
    for (size_t agreed = 0, i = 0; agreed < n; i = i + 1 == n ? 0 : i + 1) {
        sy_docid doc = sy_postings_seek(&lists[i], at);
        if (doc == SY_DOC_END)
            return SY_DOC_END;
        agreed = doc == at ? agreed + 1 : 1;
        at = doc;
    }
    return at;
}

/* Whether some record has all pairs of characters of a word. */
static sy_status may_have(const sy_segment *seg, sy_slice word, bool *yes, sy_error *err)
{
    sy_postings lists[PAIRS_MAX];
    const char *path = sy_segment_file(seg)->path;
    size_t n = 0;
    uint32_t before = 0;
    *yes = false;
    for (size_t i = 0; i < word.len && n < PAIRS_MAX;) {
        uint32_t cp;
        size_t at = i;
        sy_postings_ref ref;
        i += sy_utf8_decode(word.data + i, word.len - i, &cp);
        if (at > 0) {
            sy_status st = sy_segment_bigram(seg, before, cp, &ref, err);
            if (st != SY_OK || ref.df == 0)
                return st;
            sy_postings_init(&lists[n++], &ref);
        }
        before = cp;
    }
    *yes = n > 0 && meet(lists, n) != SY_DOC_END;
    sy_status st = SY_OK;
    for (size_t i = 0; i < n && st == SY_OK; i++)
        st = sy_postings_status(&lists[i], path, err);
    return st;
}

sy_status sy_word_change_touches(const sy_segment *seg, const sy_lexicon *before,
                                 const sy_lexicon *after, bool *touches, sy_error *err)
{
    sy_status st = SY_OK;
    *touches = false;
    for (uint32_t i = 0, k = 0; !*touches && st == SY_OK;) {
        bool left = i < before->n_words, right = k < after->n_words;
        if (!left && !right)
            break;
        sy_slice old = left ? sy_lexicon_word(before, i) : (sy_slice){"", 0};
        sy_slice new = right ? sy_lexicon_word(after, k) : (sy_slice){"", 0};
        int order = !left ? 1 : !right ? -1 : sy_slice_compare(old, new);
        i += order <= 0;
        k += order >= 0;
        if (order != 0 || sy_lexicon_weight(before, i - 1) != sy_lexicon_weight(after, k - 1))
            st = may_have(seg, order < 0 ? old : new, touches, err);
    }
    return st;
}
