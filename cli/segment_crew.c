#include "cli/segment_crew.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "cli/cli.h"

enum {
    BATCH_BYTES = 1 << 18,
    SMALL_TEXT = 1 << 14, /* up to here a thread costs more than it gains */
    BATCHES_EACH = 4,     /* for each thread: read ahead while one cuts a slow one */
    KEEP_BYTES = 4 << 20, /* of memory for a batch, when it was written */
    CACHE_LINE = 64,
    PATIENCE_MS = 10 /* for more input, before all threads go idle for it */
};

typedef struct batch_line {
    size_t start, len; /* in the batch's text */
    uint8_t end_len;   /* of the line end behind it */
} batch_line;

typedef struct batch {
    sy_buf text, out;
    batch_line *lines;
    size_t n, cap;
    uint64_t number;  /* of its first line, from 1 */
    bool cut;         /* and not yet written */
    sy_status status; /* what came behind the lines in `out` */
    sy_error err;
} batch;

typedef struct worker {
    sy_crew *crew;
    sy_line_cutter cutter;
    sy_buf repaired;
    sy_crew_repairs repairs;
    char apart[CACHE_LINE]; /* what the next one's thread writes all the time */
} worker;

struct sy_crew {
    worker *workers;
    size_t n_workers;
    batch *batches; /* batch i is batches[i % n_batches] from its reading to its writing */
    size_t n_batches;
    sy_line_input *lines;
    uint64_t n_lines; /* read so far; the reader's */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t told;
    uint64_t n_read, n_written; /* batches */
    size_t ahead;               /* bytes of text read and not written */
    bool reading, writing;      /* some thread is at it, without the lock */
    bool over;                  /* no more is to be read */
    sy_status status;           /* the first failure in the order of the text */
    sy_error err;
};

/* ---- reading -------------------------------------------------------------- */

static sy_status add_line(batch *b, sy_slice line, sy_slice end, sy_error *err)
{
    if (!sy_grow((void **)&b->lines, b->n, &b->cap, sizeof *b->lines))
        return sy_fail_nomem(err);
    b->lines[b->n++] = (batch_line){b->text.len, line.len, (uint8_t)end.len};
    sy_buf_append(&b->text, line.data, line.len);
    sy_buf_append(&b->text, end.data, end.len);
    return sy_buf_status(&b->text, err);
}

/* Fills the batch; *more is false if nothing is behind it. */
static void read_batch(sy_crew *c, batch *b, bool *more)
{
    sy_line_input *lines = c->lines;
    sy_error_clear(&b->err);
    b->n = 0;
    b->number = c->n_lines + 1;
    b->status = SY_OK;
    bool idle = false;
    do {
        sy_slice line, end;
        b->status = sy_line_input_next(lines, more, &line, &end, &b->err);
        if (b->status != SY_OK || !*more)
            break;
        if (c->n_lines++ == 0 && line.len >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0)
            line = (sy_slice){line.data + 3, line.len - 3}; /* a byte order mark is no text */
        b->status = add_line(b, line, end, &b->err);
        idle = sy_line_input_waits(lines, 0);
    } while (b->status == SY_OK && !idle && b->text.len < BATCH_BYTES);
    *more = *more && b->status == SY_OK;
}

/* Long lines fill the room with fewer batches. */
static bool has_room(const sy_crew *c)
{
    return c->n_read == c->n_written ||
           (c->n_read - c->n_written < c->n_batches && c->ahead < c->n_batches * BATCH_BYTES);
}

/* Waits for the turn to read, and room to read into; false if there is no more to read.
 * Called with the lock. */
static bool wait_to_read(sy_crew *c)
{
    while (!c->over && (c->reading || !has_room(c)))
        pthread_cond_wait(&c->told, &c->lock);
    if (c->over)
        return false;
    c->reading = true;
    /* Nobody can wake who waits for input. So before that may take long, all that was read
     * is to be written: if it cannot be, the program ends at once. */
    pthread_mutex_unlock(&c->lock);
    bool idle = sy_line_input_waits(c->lines, PATIENCE_MS);
    pthread_mutex_lock(&c->lock);
    while (idle && !c->over && c->n_written < c->n_read)
        pthread_cond_wait(&c->told, &c->lock);
    if (c->over)
        c->reading = false;
    return !c->over;
}

/* The next batch of the text, or NULL: there is none. */
static batch *take_batch(sy_crew *c)
{
    batch *b = NULL;
    pthread_mutex_lock(&c->lock);
    if (wait_to_read(c)) {
        b = &c->batches[c->n_read % c->n_batches];
        pthread_mutex_unlock(&c->lock);
        bool more;
        read_batch(c, b, &more);
        pthread_mutex_lock(&c->lock);
        c->n_read++;
        c->ahead += b->text.len;
        c->reading = false;
        c->over = c->over || !more;
        pthread_cond_broadcast(&c->told);
    }
    pthread_mutex_unlock(&c->lock);
    return b;
}

/* ---- cutting -------------------------------------------------------------- */

/* The line as UTF-8: itself, or a copy in w->repaired with U+FFFD. */
static sy_status repair_line(worker *w, uint64_t number, sy_slice *line, sy_error *err)
{
    if (sy_utf8_check(line->data, line->len) == line->len)
        return SY_OK;
    size_t first;
    sy_buf_reset(&w->repaired);
    if (w->repairs.n == 0)
        w->repairs.first = number;
    w->repairs.n += sy_utf8_repair(line->data, line->len, &w->repaired, &first);
    *line = (sy_slice){sy_buf_cstr(&w->repaired), w->repaired.len};
    return sy_buf_status(&w->repaired, err);
}

/* Fills b->out with the lines as they are shown, up to a failure. */
static void cut_batch(worker *w, batch *b)
{
    const char *text = sy_buf_cstr(&b->text);
    sy_status st = SY_OK;
    sy_error err;
    sy_error_clear(&err);
    sy_buf_reset(&w->cutter.out);
    for (size_t i = 0; st == SY_OK && i < b->n; i++) {
        const batch_line *l = &b->lines[i];
        sy_slice line = {text + l->start, l->len}, end = {text + l->start + l->len, l->end_len};
        st = repair_line(w, b->number + i, &line, &err);
        if (st == SY_OK)
            st = sy_line_cutter_put(&w->cutter, line, end, &err);
    }
    if (st != SY_OK) { /* it is before any that reading met with */
        b->status = st;
        b->err = err;
    }
    sy_buf out = b->out;
    b->out = w->cutter.out;
    w->cutter.out = out;
}

/* ---- writing -------------------------------------------------------------- */

/* Empties a buffer; one for a long line is not kept. */
static void empty(sy_buf *buf)
{
    if (buf->cap > KEEP_BYTES)
        sy_buf_release(buf);
    else
        sy_buf_reset(buf);
}

static sy_status write_batch(batch *b, sy_error *err)
{
    sy_status st = sy_print_out(&b->out, err);
    if (st == SY_OK)
        st = sy_print_flush(err);
    if (st == SY_OK && b->status != SY_OK) {
        st = b->status;
        *err = b->err;
    }
    return st;
}

/* Puts down a batch that was cut, and writes what is ready to be written, unless another
 * thread is at it: that one goes on to this batch. */
static void put_batch(sy_crew *c, batch *b)
{
    pthread_mutex_lock(&c->lock);
    b->cut = true;
    while (!c->writing && c->n_written < c->n_read) {
        b = &c->batches[c->n_written % c->n_batches];
        if (!b->cut)
            break;
        b->cut = false;
        if (c->status == SY_OK) {
            sy_error err;
            sy_error_clear(&err);
            c->writing = true;
            pthread_mutex_unlock(&c->lock);
            sy_status st = write_batch(b, &err);
            pthread_mutex_lock(&c->lock);
            c->writing = false;
            if (st != SY_OK) {
                c->status = st;
                c->err = err;
                c->over = true;
            }
        }
        c->ahead -= b->text.len;
        empty(&b->text);
        empty(&b->out);
        c->n_written++;
        pthread_cond_broadcast(&c->told);
    }
    pthread_mutex_unlock(&c->lock);
}

/* ---- the crew ------------------------------------------------------------- */

static void *work(void *arg)
{
    worker *w = arg;
    batch *b;
    while ((b = take_batch(w->crew)) != NULL) {
        cut_batch(w, b);
        put_batch(w->crew, b);
    }
    return NULL;
}

sy_status sy_crew_cut(sy_crew *c, sy_line_input *lines, sy_crew_repairs *repairs, sy_error *err)
{
    pthread_t threads[SY_CREW_MOST];
    size_t n_threads = 1; /* this one is the first */
    *repairs = (sy_crew_repairs){0, UINT64_MAX};
    c->lines = lines;
    c->n_lines = c->n_read = c->n_written = 0;
    c->ahead = 0;
    c->over = false;
    c->status = SY_OK;
    for (size_t i = 0; i < c->n_workers; i++)
        c->workers[i].repairs = (sy_crew_repairs){0, 0};
    /* A text of few lines, or one that comes line by line, is cut here alone. */
    for (batch *b; n_threads == 1 && (b = take_batch(c)) != NULL;) {
        if (b->text.len > SMALL_TEXT && !c->over)
            while (n_threads < c->n_workers &&
                   pthread_create(&threads[n_threads], NULL, work, &c->workers[n_threads]) == 0)
                n_threads++;
        cut_batch(&c->workers[0], b);
        put_batch(c, b);
    }
    work(&c->workers[0]);
    for (size_t i = 1; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < c->n_workers; i++) {
        const sy_crew_repairs *own = &c->workers[i].repairs;
        if (own->n > 0 && own->first < repairs->first)
            repairs->first = own->first;
        repairs->n += own->n;
    }
    if (c->status != SY_OK)
        *err = c->err;
    return c->status;
}

sy_status sy_crew_new(const sy_line_form *form, const sy_lexicon *lexicon, size_t n, sy_crew **out,
                      sy_error *err)
{
    *out = NULL;
    sy_crew *c = sy_calloc(1, sizeof *c);
    if (!c)
        return sy_fail_nomem(err);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->told, NULL);
    c->workers = sy_calloc(n, sizeof *c->workers);
    c->batches = sy_calloc(BATCHES_EACH * n, sizeof *c->batches);
    sy_status st = c->workers && c->batches ? SY_OK : sy_fail_nomem(err);
    for (; st == SY_OK && c->n_workers < n; c->n_workers++) {
        c->workers[c->n_workers].crew = c;
        st = sy_line_cutter_open(&c->workers[c->n_workers].cutter, form, lexicon, err);
    }
    c->n_batches = c->batches ? BATCHES_EACH * n : 0;
    if (st == SY_OK)
        *out = c;
    else
        sy_crew_free(c);
    return st;
}

void sy_crew_free(sy_crew *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_workers; i++) {
        sy_line_cutter_release(&c->workers[i].cutter);
        sy_buf_release(&c->workers[i].repaired);
    }
    for (size_t i = 0; i < c->n_batches; i++) {
        sy_buf_release(&c->batches[i].text);
        sy_buf_release(&c->batches[i].out);
        sy_free(c->batches[i].lines);
    }
    sy_free(c->workers);
    sy_free(c->batches);
    pthread_cond_destroy(&c->told);
    pthread_mutex_destroy(&c->lock);
    sy_free(c);
}
