#include "query/list_meet.h"

#include <string.h>

/* FEW records of a rare string are looked for at a time, so that lists can be left out soon.
 * WINDOW: the marks and what is left fit the first cache. A seek takes as long as marking so many
 * records (ASK), as measured with lists of 2 to 20 % of the records. */
enum { WINDOW = 1 << 13, ASK = 40, SPARSE = 32, FEW = 32, ENOUGH = 32, RARELY = 32 };

/* What a list was asked, and how often it said no. */
typedef struct tally {
    uint32_t asked, refused;
} tally;

struct sy_list_meet {
    sy_postings **lists;
    tally *tallies; /* or NULL: no list is left out */
    size_t n;
    const sy_postings *damaged; /* a list that is, or NULL */
    uint32_t n_records;
    sy_docid next; /* records below are found or behind it */
    uint32_t at, n_docs;
    uint32_t ahead; /* of docs: told by sy_list_meet_ahead */
    uint8_t mark;   /* of the last list marked; others in `marks` are of no meaning */
    uint8_t marks[WINDOW];
    sy_docid docs[WINDOW];
    tally room[];
};

sy_list_meet *sy_list_meet_new(sy_query_memory *memory, sy_postings *const *lists, size_t n,
                               uint32_t n_records)
{
    sy_list_meet *m = sy_query_memory_take(memory, 1, sizeof *m + n * sizeof(tally));
    sy_postings **copy = m ? sy_query_memory_take(memory, n, sizeof(sy_postings *)) : NULL;
    if (!copy)
        return NULL;
    memcpy(copy, lists, n * sizeof(sy_postings *));
    m->lists = copy;
    m->tallies = NULL;
    m->damaged = NULL;
    m->n = n;
    m->n_records = n_records;
    m->next = 0;
    m->at = m->n_docs = m->ahead = 0;
    m->mark = UINT8_MAX;
    return m;
}

void sy_list_meet_be_thrifty(sy_list_meet *m)
{
    memset(m->room, 0, m->n * sizeof *m->room);
    m->tallies = m->room;
}

static void note_damage(sy_list_meet *m, const sy_postings *list)
{
    if (list->corrupt)
        m->damaged = list;
}

/* The first record >= target that the two shortest may have, or SY_DOC_END. */
static sy_docid leap(sy_list_meet *m, sy_docid target)
{
    for (size_t i = 0; i < m->n && i < 2; i++) {
        sy_docid doc = sy_postings_seek(m->lists[i], target);
        target = doc > target ? doc : target;
        note_damage(m, m->lists[i]);
    }
    return target;
}

/* Whether so few records of the shortest list lie in a window that none is worth marking: then all
 * that are at hand are taken. */
static bool is_sparse(const sy_list_meet *m)
{
    return (uint64_t)m->lists[0]->ref.df * WINDOW < (uint64_t)m->n_records * SPARSE;
}

/* Takes records of the shortest list from `from` on: FEW, or those of the next WINDOW docids.
 * Returns where those begin that were not taken. */
static sy_docid take_sparse(sy_list_meet *m, sy_docid from)
{
    sy_postings *list = m->lists[0];
    const sy_docid *docs;
    if (sy_postings_seek(list, from) == SY_DOC_END)
        return SY_DOC_END;
    sy_docid end = list->i + FEW < list->in_block ? list->docs[list->i + FEW] : SY_DOC_END;
    m->n_docs = sy_postings_docs(list, end, &docs);
    memcpy(m->docs, docs, m->n_docs * sizeof *docs);
    return m->docs[m->n_docs - 1] + 1;
}

static sy_docid take_window(sy_list_meet *m, sy_docid from)
{
    sy_postings *list = m->lists[0];
    sy_docid end = from < SY_DOC_END - WINDOW ? from + WINDOW : SY_DOC_END;
    for (sy_docid doc = sy_postings_seek(list, from); doc < end; doc = sy_postings_next(list)) {
        const sy_docid *docs;
        uint32_t n = sy_postings_docs(list, end, &docs);
        memcpy(m->docs + m->n_docs, docs, n * sizeof *docs);
        m->n_docs += n;
    }
    return end;
}

static void keep_by_asking(sy_list_meet *m, sy_postings *list)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->n_docs; i++) {
        sy_docid doc = m->docs[i];
        m->docs[kept] = doc;
        kept += sy_postings_seek(list, doc) == doc;
    }
    m->n_docs = kept;
}

static void keep_by_marks(sy_list_meet *m, sy_postings *list, sy_docid from, sy_docid end)
{
    if (m->mark == UINT8_MAX) {
        memset(m->marks, 0, sizeof m->marks);
        m->mark = 0;
    }
    m->mark++;
    for (sy_docid doc = sy_postings_seek(list, from); doc < end; doc = sy_postings_next(list)) {
        const sy_docid *docs;
        uint32_t n = sy_postings_docs(list, end, &docs);
        for (uint32_t i = 0; i < n; i++)
            m->marks[docs[i] - from] = m->mark;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->n_docs; i++) {
        sy_docid doc = m->docs[i];
        m->docs[kept] = doc;
        kept += m->marks[doc - from] == m->mark;
    }
    m->n_docs = kept;
}

/* Notes what the i-th list refused; true if it is left out from now on. */
static bool leave_out(sy_list_meet *m, size_t i, uint32_t asked, uint32_t refused)
{
    tally *t = &m->tallies[i];
    t->asked += asked;
    t->refused += refused;
    if (t->asked < ENOUGH)
        return false;
    bool out = t->refused < t->asked / RARELY;
    *t = (tally){0};
    if (out) {
        m->n--;
        memmove(m->lists + i, m->lists + i + 1, (m->n - i) * sizeof(sy_postings *));
        memmove(t, t + 1, (m->n - i) * sizeof *t);
    }
    return out;
}

/* Whether reading the list through is dearer than asking it for the records that are left. */
static bool is_asked(const sy_list_meet *m, const sy_postings *list)
{
    return (uint64_t)m->n_docs * ASK * m->n_records < (uint64_t)list->ref.df * WINDOW;
}

/* Finds what all have of the next records that they may have. False: there are none. */
static bool fill(sy_list_meet *m, sy_docid target)
{
    sy_docid from = leap(m, target);
    m->at = m->n_docs = m->ahead = 0;
    m->next = SY_DOC_END;
    if (from == SY_DOC_END)
        return false;
    bool sparse = is_sparse(m);
    sy_docid end = sparse ? take_sparse(m, from) : take_window(m, from);
    for (size_t i = 1; i < m->n && m->n_docs > 0;) {
        uint32_t asked = m->n_docs;
        sy_postings *list = m->lists[i];
        if (sparse || is_asked(m, list))
            keep_by_asking(m, list);
        else
            keep_by_marks(m, list, from, end);
        note_damage(m, list);
        i += !(m->tallies && leave_out(m, i, asked, asked - m->n_docs));
    }
    m->next = end;
    return true;
}

sy_docid sy_list_meet_seek(sy_list_meet *m, sy_docid target)
{
    for (;;) {
        while (m->at < m->n_docs && m->docs[m->at] < target)
            m->at++;
        if (m->at < m->n_docs)
            return m->docs[m->at];
        if (!fill(m, target > m->next ? target : m->next))
            return SY_DOC_END;
    }
}

uint32_t sy_list_meet_ahead(sy_list_meet *m, const sy_docid **docs)
{
    if (m->at < m->ahead || m->at >= m->n_docs)
        return 0;
    uint32_t n = m->n_docs - m->at < FEW ? m->n_docs - m->at : FEW;
    *docs = m->docs + m->at;
    m->ahead = m->at + n;
    return n;
}

uint32_t sy_list_meet_run(sy_list_meet *m, sy_docid end, const sy_docid **docs)
{
    uint32_t first = m->at, last = m->n_docs - 1;
    while (m->docs[last] >= end)
        last--;
    *docs = m->docs + first;
    m->at = last;
    return last - first + 1;
}

uint64_t sy_list_meet_count(sy_list_meet *m)
{
    uint64_t n = 0;
    while (fill(m, m->next))
        n += m->n_docs;
    m->at = m->n_docs = 0;
    return n;
}

const sy_postings *sy_list_meet_damaged(const sy_list_meet *m)
{
    return m->damaged;
}

size_t sy_list_meet_lists(const sy_list_meet *m, sy_postings *const **lists)
{
    *lists = m->lists;
    return m->n;
}
