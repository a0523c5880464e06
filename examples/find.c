/* examples/find.c - find records and say where they match.
 *
 *     cc find.c $(pkg-config --cflags --libs suoyin) -o find
 *     ./find my.idx '资金 -status:无'
 *     ./find -k3 my.idx 资金 缺口       the three best records with any of the words
 *
 * Exit status as of suoyin query: 0 some record matches, 1 none does, 2 error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <suoyin.h>

static int fail(const suoyin_error *err)
{
    fprintf(stderr, "find: %s%s%s\n", err->where, err->where[0] ? ": " : "", err->message);
    if (err->end > 0)
        fprintf(stderr, "find: at byte %zu of expression %zu; expected %s\n", err->start,
                err->expr + 1, err->expected);
    return 2;
}

/* The text that a match lies in, or none if it lies in the key or the source. */
static const suoyin_value *value_of(const suoyin_hit *hit, const suoyin_match *match)
{
    for (size_t i = 0; i < hit->n_values; i++)
        if (hit->values[i].field == match->field && hit->values[i].ordinal == match->ordinal)
            return &hit->values[i];
    return NULL;
}

static void show(const suoyin_info *about, const suoyin_hit *hit)
{
    printf("%.*s:%u:%.*s\n", (int)hit->source.len, hit->source.data, (unsigned)hit->line,
           (int)hit->key.len, hit->key.data);
    for (size_t i = 0; i < hit->n_matches; i++) {
        const suoyin_match *match = &hit->matches[i];
        const suoyin_value *value = value_of(hit, match);
        if (value)
            printf("    %s: %.*s\n", about->fields[match->field].label,
                   (int)(match->end - match->start), value->text.data + match->start);
    }
}

/* How many of the records each bureau has. */
static suoyin_status show_counts(suoyin_query *query, unsigned unit, suoyin_error *err)
{
    const suoyin_facets *counts;
    suoyin_status status = suoyin_rewind(query, err);
    if (status == SUOYIN_OK)
        status = suoyin_count_by(query, unit, &counts, err);
    for (size_t i = 0; status == SUOYIN_OK && i < counts->n; i++)
        printf("%6llu  %.*s\n", (unsigned long long)counts->items[i].count,
               (int)counts->items[i].value.len, counts->items[i].value.data);
    return status;
}

/* What the arguments behind the options ask for: every record, or the `best` ones. */
static suoyin_status ask(const suoyin_index *index, char **exprs, size_t n, unsigned long best,
                         suoyin_query **query, suoyin_error *err)
{
    suoyin_status status =
        suoyin_ask(index, (const char *const *)exprs, n, best > 0 ? SUOYIN_ANY : 0, query, err);
    return status == SUOYIN_OK && best > 0 ? suoyin_best(*query, best, err) : status;
}

int main(int argc, char **argv)
{
    suoyin_index *index = NULL;
    suoyin_query *query = NULL;
    suoyin_error err;
    unsigned unit;
    int found = 0, first = argc > 1 && strncmp(argv[1], "-k", 2) == 0 ? 2 : 1;
    unsigned long best = first == 2 ? strtoul(argv[1] + 2, NULL, 10) : 0;
    if (argc < first + 2 || (first == 2 && best == 0)) {
        fprintf(stderr, "usage: find [-kN] INDEX EXPR...\n");
        return 2;
    }
    suoyin_status status = suoyin_open(argv[first], &index, &err);
    if (status == SUOYIN_OK)
        status = ask(index, argv + first + 1, (size_t)(argc - first - 1), best, &query, &err);
    for (const suoyin_hit *hit = NULL; status == SUOYIN_OK; found = 1) {
        status = suoyin_next(query, &hit, &err);
        if (status != SUOYIN_OK || !hit)
            break;
        show(suoyin_about(index), hit);
    }
    if (status == SUOYIN_OK && found &&
        suoyin_find_field(index, "责任单位", &unit, NULL) == SUOYIN_OK)
        status = show_counts(query, unit, &err);
    suoyin_query_close(query);
    suoyin_close(index);
    return status != SUOYIN_OK ? fail(&err) : !found;
}
