#include <string.h>

#include "base/utf8.h"
#include "query/query_internal.h"
#include "segmenter/normal.h"

enum { NAME_MAX_CP = 32, SUGGESTIONS = 3, CONTAINED = 100 };

typedef struct name_cps {
    uint32_t cps[NAME_MAX_CP];
    size_t n; /* 0: too long to compare */
} name_cps;

typedef struct suggestion {
    const char *name;
    unsigned score; /* smaller is nearer */
} suggestion;

sy_status sy_field_lookup(const sy_schema *schema, const char *name, size_t len, sy_buf *scratch,
                          bool *found, sy_field_id *id, sy_error *err)
{
    /* An index that keeps variants has names with Traditional characters; the
     * schema does not say which kind it is, so both normal forms are tried. */
    static const unsigned flags[] = {SY_NORM_KEEP_VARIANTS, 0};
    *found = false;
    *id = SY_FIELD_ANY;
    for (size_t i = 0; i < 2 && !*found; i++) {
        sy_buf_reset(scratch);
        sy_status status = sy_normalize(flags[i], name, len, scratch, NULL, err);
        if (status != SY_OK)
            return status;
        *found = sy_schema_find(schema, sy_buf_cstr(scratch), scratch->len, id);
    }
    return SY_OK;
}

static name_cps decode(const char *s, size_t len)
{
    name_cps name = {{0}, 0};
    for (size_t i = 0; i < len;) {
        if (name.n == NAME_MAX_CP)
            return (name_cps){{0}, 0};
        i += sy_utf8_decode(s + i, len - i, &name.cps[name.n++]);
    }
    return name;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edit distance in which two neighbours that changed places count once (optimal
 * string alignment): transposed letters are the commonest slip in field names. */
static unsigned distance(const name_cps *a, const name_cps *b)
{
    unsigned rows[3][NAME_MAX_CP + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b->n; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a->n; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b->n; j++) {
            bool same = a->cps[i - 1] == b->cps[j - 1];
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a->cps[i - 1] == b->cps[j - 2] &&
                a->cps[i - 2] == b->cps[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b->n];
}

static bool contains(const name_cps *big, const name_cps *small)
{
    for (size_t i = 0; i + small->n <= big->n; i++)
        if (memcmp(big->cps + i, small->cps, small->n * sizeof *small->cps) == 0)
            return true;
    return false;
}

/* The score of a name, or UINT32_MAX if it is not near. */
static unsigned nearness(const name_cps *typed, const char *name)
{
    name_cps other = decode(name, strlen(name));
    if (typed->n == 0 || other.n == 0)
        return UINT32_MAX;
    size_t longer = typed->n > other.n ? typed->n : other.n;
    unsigned allowed = longer < 2 ? 0 : longer < 5 ? 1 : longer < 9 ? 2 : 3;
    unsigned d = distance(typed, &other);
    if (d <= allowed)
        return d;
    if (contains(&other, typed) || (other.n > 1 && contains(typed, &other)))
        return (unsigned)(CONTAINED + longer - (typed->n < other.n ? typed->n : other.n));
    return UINT32_MAX;
}

/* Keeps `best` sorted; equal scores stay in the order of the schema. */
static void keep(suggestion *best, size_t *n, suggestion s)
{
    size_t at = *n;
    while (at > 0 && best[at - 1].score > s.score)
        at--;
    if (at == SUGGESTIONS)
        return;
    size_t last = *n < SUGGESTIONS ? (*n)++ : SUGGESTIONS - 1;
    memmove(best + at + 1, best + at, (last - at) * sizeof *best);
    best[at] = s;
}

/* The nearest of all names of one field. */
static suggestion nearest_name(const name_cps *typed, const sy_field *f)
{
    suggestion s = {f->name, nearness(typed, f->name)};
    for (size_t i = 0; i < f->n_aliases; i++) {
        unsigned score = nearness(typed, f->aliases[i]);
        if (score < s.score)
            s = (suggestion){f->aliases[i], score};
    }
    return s;
}

void sy_field_suggest(const sy_schema *schema, const char *name, size_t len, sy_buf *out)
{
    static const char *const reserved[] = {"key", "source", "line"};
    name_cps typed = decode(name, len);
    suggestion best[SUGGESTIONS];
    size_t n = 0;
    for (size_t i = 0; i < schema->n_fields; i++) {
        suggestion s = nearest_name(&typed, &schema->fields[i]);
        if (s.score != UINT32_MAX)
            keep(best, &n, s);
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        suggestion s = {reserved[i], nearness(&typed, reserved[i])};
        if (s.score != UINT32_MAX)
            keep(best, &n, s);
    }
    for (size_t i = 0; i < n; i++) {
        sy_buf_puts(out, i == 0 ? "" : ", ");
        sy_buf_puts(out, best[i].name);
    }
}
