/* bench/words.c - how good and how fast our words are: F1, precision, recall,
 * recall of words outside the training vocabulary, and MB/s, ICU alone beside ours.
 * Run by bench/words.sh, which makes the table whole.
 *
 *     words score GOLD VOCABULARY|-    a line a way of cutting
 *     words speed FILE                 MB/s of normal form, one thread and two
 *     words open                       ms to the first word of a process
 *
 * GOLD has words with spaces between them, one sentence a line; they are put
 * together, cut, and a word is right if both its ends are. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/utf8.h"
#include "segmenter/cut_internal.h"
#include "segmenter/normal.h"
#include "segmenter/units.h"
#include "segmenter/word_tables.h"

enum { FILE_MOST = 1 << 30, ROUNDS = 5, PIECE = 1 << 18 };

typedef enum way { ICU_ITERATOR, ICU_WORDS, OURS, OURS_JOINED, N_WAYS } way;

static const char *const way_names[] = {"icu-iterator", "icu-words", "ours", "ours-joined"};

static void check(sy_status st, const sy_error *err)
{
    if (st == SY_OK)
        return;
    fprintf(stderr, "words: %s\n", err->msg);
    exit(2);
}

static sy_base_cut base_for(way w)
{
    return (sy_base_cut){.trie = w == ICU_WORDS ? &sy_trie_icu : &sy_trie_learned,
                         .only_icu = w == ICU_ITERATOR};
}

/* ---- vocabulary: a sorted list of lines ------------------------------------ */

typedef struct vocabulary {
    sy_buf text;
    sy_slice *words;
    size_t n, cap;
} vocabulary;

static int by_bytes(const void *a, const void *b)
{
    return sy_slice_compare(*(const sy_slice *)a, *(const sy_slice *)b);
}

static void read_vocabulary(const char *path, vocabulary *v)
{
    sy_error err;
    check(sy_read_file(path, FILE_MOST, &v->text, &err), &err);
    for (size_t at = 0; at < v->text.len;) {
        size_t end = at;
        while (end < v->text.len && v->text.data[end] != '\n' && v->text.data[end] != '\r')
            end++;
        if (!sy_grow((void **)&v->words, v->n, &v->cap, sizeof *v->words))
            exit(2);
        v->words[v->n++] = (sy_slice){v->text.data + at, end - at};
        at = end + 1;
    }
    qsort(v->words, v->n, sizeof *v->words, by_bytes);
}

static bool knows(const vocabulary *v, sy_slice word)
{
    return bsearch(&word, v->words, v->n, sizeof word, by_bytes) != NULL;
}

/* ---- score ------------------------------------------------------------------ */

typedef struct score {
    size_t right, gold, found, unknown, unknown_right;
} score;

typedef struct scorer {
    way way;
    sy_base_cut base;
    sy_token_list tokens;
    sy_unit_list units;
    sy_buf raw, form;
    sy_norm_map map;
    size_t *ends; /* of the gold words in raw */
    size_t n_ends, cap_ends;
    uint32_t *starts_at; /* by byte of raw: 1 + the end of our word that starts there */
    size_t cap_starts;
    score sum;
} scorer;

static void put_together(scorer *s, const char *line, const char *end)
{
    sy_buf_reset(&s->raw);
    s->n_ends = 0;
    while (line < end) {
        const char *word = line;
        while (line < end && *line != ' ' && *line != '\r')
            line++;
        if (line > word) {
            sy_buf_append(&s->raw, word, (size_t)(line - word));
            if (!sy_grow((void **)&s->ends, s->n_ends, &s->cap_ends, sizeof *s->ends))
                exit(2);
            s->ends[s->n_ends++] = s->raw.len;
        }
        line++;
    }
}

static void add_found(scorer *s, uint32_t start, uint32_t end, size_t *last)
{
    size_t from = s->map.start[start], to = s->map.end[end - 1];
    if (from < *last) /* of the same original character as the one before */
        return;
    *last = to;
    s->starts_at[from] = (uint32_t)to + 1;
    s->sum.found++;
}

static void cut_line(scorer *s)
{
    sy_error err;
    size_t last = 0;
    sy_buf_reset(&s->form);
    check(sy_normalize(0, s->raw.data, s->raw.len, &s->form, &s->map, &err), &err);
    s->tokens.n = 0;
    check(sy_base_cut_text(&s->base, s->form.data, 0, s->form.len, &s->tokens, &err), &err);
    if (s->way < OURS) {
        for (size_t i = 0; i < s->tokens.n; i++)
            add_found(s, s->tokens.items[i].start, s->tokens.items[i].end, &last);
        return;
    }
    check(sy_units(s->form.data, s->tokens.items, s->tokens.n, s->way == OURS_JOINED, &s->units,
                   &err),
          &err);
    for (size_t i = 0; i < s->units.n; i++)
        add_found(s, s->units.items[i].start, s->units.items[i].end, &last);
}

static void score_line(scorer *s, const vocabulary *v)
{
    if (s->raw.len == 0)
        return;
    if (s->raw.len > s->cap_starts) {
        s->starts_at = sy_resize(s->starts_at, s->raw.len, sizeof *s->starts_at);
        s->cap_starts = s->raw.len;
        if (!s->starts_at)
            exit(2);
    }
    memset(s->starts_at, 0, s->raw.len * sizeof *s->starts_at);
    cut_line(s);
    for (size_t i = 0, start = 0; i < s->n_ends; start = s->ends[i++]) {
        bool right = s->starts_at[start] == s->ends[i] + 1;
        bool unknown = v->n > 0 && !knows(v, (sy_slice){s->raw.data + start, s->ends[i] - start});
        s->sum.gold++;
        s->sum.right += right;
        s->sum.unknown += unknown;
        s->sum.unknown_right += unknown && right;
    }
}

static void score_gold(const char *path, const char *vocabulary_path)
{
    sy_error err;
    vocabulary v = {.text = SY_BUF_INIT};
    sy_buf gold = SY_BUF_INIT;
    if (strcmp(vocabulary_path, "-") != 0)
        read_vocabulary(vocabulary_path, &v);
    check(sy_read_file(path, FILE_MOST, &gold, &err), &err);
    for (way w = 0; w < N_WAYS; w++) {
        scorer s = {.way = w, .base = base_for(w)};
        for (const char *at = gold.data, *end; at < gold.data + gold.len; at = end + 1) {
            end = memchr(at, '\n', (size_t)(gold.data + gold.len - at));
            end = end ? end : gold.data + gold.len;
            put_together(&s, at, end);
            score_line(&s, &v);
        }
        double p = (double)s.sum.right / (double)s.sum.found;
        double r = (double)s.sum.right / (double)s.sum.gold;
        printf("%s\t%.4f\t%.4f\t%.4f\t", way_names[w], 2 * p * r / (p + r), p, r);
        if (s.sum.unknown > 0)
            printf("%.4f\n", (double)s.sum.unknown_right / (double)s.sum.unknown);
        else
            printf("-\n");
        sy_base_release(&s.base);
        sy_free(s.tokens.items);
        sy_free(s.units.items);
        sy_free(s.ends);
        sy_free(s.starts_at);
        sy_buf_release(&s.raw);
        sy_buf_release(&s.form);
        sy_norm_map_release(&s.map);
    }
    sy_free(v.words);
    sy_buf_release(&v.text);
    sy_buf_release(&gold);
}

/* ---- speed ------------------------------------------------------------------ */

typedef struct work {
    way way;
    const char *text;
    size_t len;
    atomic_size_t next; /* byte of the text that no thread has taken */
} work;

/* Behind the line end at or behind `at`. */
static size_t line_behind(const work *w, size_t at)
{
    const char *end = at < w->len ? memchr(w->text + at, SY_BARRIER, w->len - at) : NULL;
    return end ? (size_t)(end - w->text) + 1 : w->len;
}

/* Cuts line by line, as documents are cut value by value; the lines that start in one piece of
 * the text after the other, until all are taken. */
static void *cut_all(void *arg)
{
    work *w = arg;
    sy_base_cut base = base_for(w->way);
    sy_token_list tokens = {NULL, 0, 0};
    sy_unit_list units = {NULL, 0, 0};
    sy_error err;
    for (size_t piece; (piece = atomic_fetch_add(&w->next, PIECE)) < w->len;) {
        size_t at = piece > 0 ? line_behind(w, piece - 1) : 0;
        for (size_t to; at < w->len && at < piece + PIECE; at = to) {
            to = line_behind(w, at);
            tokens.n = 0;
            check(sy_base_cut_text(&base, w->text, at, to, &tokens, &err), &err);
            if (w->way == OURS_JOINED)
                check(sy_units(w->text, tokens.items, tokens.n, true, &units, &err), &err);
        }
    }
    sy_base_release(&base);
    sy_free(tokens.items);
    sy_free(units.items);
    return NULL;
}

/* On one thread its own time counts, so that a busy machine spoils nothing. */
static double now(int n_threads)
{
    struct timespec t;
    clock_gettime(n_threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds for the text on so many threads. */
static double time_of(way how, const sy_buf *form, int n_threads)
{
    work w = {.way = how, .text = form->data, .len = form->len};
    pthread_t thread;
    double start = now(n_threads);
    if (n_threads == 2 && pthread_create(&thread, NULL, cut_all, &w) != 0)
        exit(2);
    cut_all(&w);
    if (n_threads == 2)
        pthread_join(thread, NULL);
    return now(n_threads) - start;
}

/* The fastest of some rounds, in each of which every way has its turn: what else the machine
 * does meets them all. */
static void measure(const char *path)
{
    sy_error err;
    sy_buf text = SY_BUF_INIT, form = SY_BUF_INIT;
    double least[N_WAYS][2];
    check(sy_read_file(path, FILE_MOST, &text, &err), &err);
    check(sy_normalize(0, text.data, text.len, &form, NULL, &err), &err);
    for (int round = 0; round < ROUNDS; round++)
        for (way w = 0; w < N_WAYS; w++)
            for (int n = 1; n <= 2; n++) {
                double used = time_of(w, &form, n);
                if (round == 0 || used < least[w][n - 1])
                    least[w][n - 1] = used;
            }
    for (way w = 0; w < N_WAYS; w++)
        printf("%s\t%.1f\t%.1f\n", way_names[w], 1e-6 * (double)form.len / least[w][0],
               1e-6 * (double)form.len / least[w][1]);
    sy_buf_release(&text);
    sy_buf_release(&form);
}

/* The dictionary lies in the program and is mapped with it: opening it is making a cutter and
 * reading the pages that the first word needs. */
static void measure_opening(void)
{
    static const char text[] = "枣庄市山亭区";
    sy_error err;
    sy_cutter *c;
    const sy_token *tokens;
    size_t n;
    double start = now(1);
    check(sy_cutter_new(NULL, &c, &err), &err);
    double made = now(1);
    check(sy_cut(c, text, sizeof text - 1, &tokens, &n, &err), &err);
    printf("a cutter: %.4f ms, its first cut: %.4f ms\n", 1e3 * (made - start),
           1e3 * (now(1) - made));
    sy_cutter_free(c);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "score") == 0)
        score_gold(argv[2], argv[3]);
    else if (argc == 3 && strcmp(argv[1], "speed") == 0)
        measure(argv[2]);
    else if (argc == 2 && strcmp(argv[1], "open") == 0)
        measure_opening();
    else
        return 2;
    return 0;
}
