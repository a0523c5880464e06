/* bench/peer_sqlite.c - SQLite's FTS5 on the benchmark's records.
 *
 *     peer_sqlite build chars|trigram RECORDS.tsv DATABASE
 *     peer_sqlite warm DATABASE QUERIES.tsv ROUNDS
 *
 * `trigram` is FTS5's tokenizer of that name; `chars` is unicode61 over text with a space
 * put between Han characters, so that each is a token. The text itself is in the table
 * `records`; the index holds none (content=''). QUERIES.tsv: count, top10 or keys, a tab, and
 * a MATCH expression. Prints a line a query: the number of records, then the microseconds
 * of each round. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_CELLS = 7, N_FIELDS = 5 };

static _Noreturn void stop(const char *what, const char *detail)
{
    fprintf(stderr, "peer_sqlite: %s: %s\n", what, detail);
    exit(2);
}

static void *checked(void *memory)
{
    if (memory == NULL)
        stop("out of memory", "allocation failed");
    return memory;
}

static void sql(sqlite3 *db, const char *text)
{
    char *error = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
        stop(text, error);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
        stop(text, sqlite3_errmsg(db));
    return statement;
}

static void unescape(char *cell)
{
    char *out = cell;
    for (const char *in = cell; *in != '\0'; in++) {
        if (*in == '\\' && in[1] != '\0') {
            in++;
            *out++ = (char)(*in == 'n' ? '\n' : *in == 't' ? '\t' : *in);
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
}

/* Three bytes of U+3400..U+9FFF or four of any plane above: near enough to "Han" here. */
static size_t han_length(const unsigned char *s)
{
    if (s[0] >= 0xf0)
        return 4;
    return (s[0] >= 0xe4 && s[0] <= 0xe9) || (s[0] == 0xe3 && s[1] >= 0x90) ? 3 : 0;
}

/* `to` has room for three times the text. */
static void space_out(const char *text, char *to)
{
    while (*text != '\0') {
        size_t len = han_length((const unsigned char *)text);
        if (len == 0) {
            *to++ = *text++;
            continue;
        }
        *to++ = ' ';
        memcpy(to, text, len);
        to += len;
        text += len;
        *to++ = ' ';
    }
    *to = '\0';
}

static void add_record(sqlite3_stmt *record, sqlite3_stmt *index, char **cells, bool chars,
                       char *spaced)
{
    sqlite3_bind_int64(record, 1, atoll(cells[0]));
    sqlite3_bind_int64(index, 1, atoll(cells[0]));
    sqlite3_bind_text(record, 2, cells[1], -1, SQLITE_STATIC);
    for (int f = 0; f < N_FIELDS; f++) {
        const char *text = cells[2 + f];
        sqlite3_bind_text(record, 3 + f, text, -1, SQLITE_STATIC);
        if (chars) {
            space_out(text, spaced);
            text = spaced;
            spaced += strlen(spaced) + 1;
        }
        sqlite3_bind_text(index, 2 + f, text, -1, SQLITE_STATIC);
    }
    sqlite3_step(record);
    sqlite3_step(index);
    if (sqlite3_reset(record) != SQLITE_OK || sqlite3_reset(index) != SQLITE_OK)
        stop("cannot insert", cells[1]);
}

static int build(bool chars, const char *records, const char *database)
{
    sqlite3 *db;
    FILE *file = fopen(records, "r");
    if (file == NULL || sqlite3_open(database, &db) != SQLITE_OK)
        stop("cannot open", file == NULL ? records : database);
    sql(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536");
    sql(db,
        "CREATE TABLE records(id INTEGER PRIMARY KEY, key, title, section, article, date, text)");
    sql(db,
        chars
            ? "CREATE VIRTUAL TABLE fts USING fts5(title, section, article, date, text, content='')"
            : "CREATE VIRTUAL TABLE fts USING fts5(title, section, article, date, text, content='',"
              " tokenize='trigram')");
    sql(db, "BEGIN");
    sqlite3_stmt *record = prepare(db, "INSERT INTO records VALUES(?,?,?,?,?,?,?)");
    sqlite3_stmt *index = prepare(
        db, "INSERT INTO fts(rowid, title, section, article, date, text) VALUES(?,?,?,?,?,?)");
    char *line = NULL, *spaced = NULL;
    size_t cap = 0, spaced_cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, file)) > 0) {
        line[len - 1] = '\0';
        if (spaced_cap < 3 * cap) {
            spaced_cap = 3 * cap;
            free(spaced);
            spaced = checked(malloc(spaced_cap));
        }
        char *cells[N_CELLS], *rest = line;
        for (int i = 0; i < N_CELLS; i++) {
            cells[i] = strsep(&rest, "\t");
            if (cells[i] == NULL)
                stop("a record without all its cells", records);
            unescape(cells[i]);
        }
        add_record(record, index, cells, chars, spaced);
    }
    sqlite3_finalize(record);
    sqlite3_finalize(index);
    sql(db, "INSERT INTO fts(fts) VALUES('optimize')");
    sql(db, "COMMIT");
    sql(db, "VACUUM"); /* the pages that the optimizing freed */
    free(line);
    free(spaced);
    fclose(file);
    return sqlite3_close(db) == SQLITE_OK ? 0 : 2;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

typedef struct query {
    char *want, *expression;
    long long count;
    double *us;
} query;

/* Runs the statement of what the query wants; reads every row. */
static long long answer(sqlite3_stmt *statement, const query *q)
{
    long long n = 0;
    int rc;
    sqlite3_bind_text(statement, 1, q->expression, -1, SQLITE_STATIC);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (q->want[0] == 'c')
            n = sqlite3_column_int64(statement, 0);
        else if (sqlite3_column_text(statement, 0) != NULL)
            n++;
    }
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? n : -1;
}

static int warm(const char *database, const char *queries, int rounds)
{
    sqlite3 *db;
    FILE *file = fopen(queries, "r");
    if (file == NULL || sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        stop("cannot open", file == NULL ? queries : database);
    sql(db, "PRAGMA mmap_size=4294967296");
    sqlite3_stmt *count = prepare(db, "SELECT count(*) FROM fts WHERE fts MATCH ?");
    sqlite3_stmt *top10 =
        prepare(db, "SELECT r.key FROM (SELECT rowid AS n FROM fts WHERE fts MATCH ?"
                    " ORDER BY rank LIMIT 10) JOIN records r ON r.id = n");
    sqlite3_stmt *keys =
        prepare(db, "SELECT r.key FROM fts JOIN records r ON r.id = fts.rowid WHERE fts MATCH ?");
    query *list = NULL;
    size_t n = 0, cap = 0;
    char *line = NULL;
    while (getline(&line, &cap, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = checked(strdup(line));
        list = checked(realloc(list, (n + 1) * sizeof *list));
        list[n].want = strsep(&rest, "\t");
        list[n].expression = rest;
        list[n++].us = checked(calloc((size_t)rounds, sizeof(double)));
    }
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            double start = now_us();
            list[i].count = answer(list[i].want[0] == 'c'   ? count
                                   : list[i].want[0] == 't' ? top10
                                                            : keys,
                                   &list[i]);
            list[i].us[round] = now_us() - start;
        }
    }
    for (size_t i = 0; i < n; i++) {
        printf("%lld", list[i].count);
        for (int round = 0; round < rounds; round++)
            printf("\t%.1f", list[i].us[round]);
        putchar('\n');
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "build") == 0)
        return build(strcmp(argv[2], "chars") == 0, argv[3], argv[4]);
    if (argc == 5 && strcmp(argv[1], "warm") == 0 && atoi(argv[4]) > 0)
        return warm(argv[2], argv[3], atoi(argv[4]));
    fputs("usage: peer_sqlite build chars|trigram RECORDS.tsv DATABASE |"
          " warm DATABASE QUERIES.tsv ROUNDS\n",
          stderr);
    return 2;
}
