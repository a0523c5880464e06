/* suoyin.h - the library of suoyin: open an index, ask it, walk the records that
 * match, count them by the values of a field; make an index of documents.
 *
 * Statuses and errors. A function that can fail returns a suoyin_status; its results
 * are NULL or zero on failure, and `err`, which may be NULL, is filled. On success it
 * is left alone. The library never prints and never ends the process.
 *
 * Memory. What a call gives is freed or closed with the function that its comment
 * names; every other pointer that comes out of the library is borrowed, until when
 * its comment says. Strings going in are UTF-8 and end in NUL; texts coming out are a
 * pointer and a length.
 *
 * Threads. An open index does not change and may be shared. A query and what it gives
 * belong to one thread at a time. Later commits of an indexer do not touch an index
 * that is open: open it again to see them.
 *
 * Compatibility. Structs that the library fills in place (suoyin_error, _summary) and
 * those that it reads (_build) do not change under one soname; those that it hands out
 * by pointer may get new members at their end, and enumerations new values.
 *
 * The query language: suoyin-query-language(7). More: docs/library.md. */
#ifndef SUOYIN_H
#define SUOYIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SUOYIN_API __attribute__((visibility("default")))
#else
#define SUOYIN_API
#endif

/* ---- statuses ---- */

typedef enum suoyin_status {
    SUOYIN_OK = 0,
    SUOYIN_NO_MEMORY = 1,
    SUOYIN_IO = 2,      /* the system refused; err->sys is the errno       */
    SUOYIN_DAMAGED = 3, /* bytes on disk contradict the format             */
    SUOYIN_VERSION = 4, /* a sound index, of a version that is not read    */
    SUOYIN_INPUT = 5,   /* the query, a document or an argument is wrong   */
    SUOYIN_LIMIT = 6,   /* sound, but past a limit                         */
    SUOYIN_LOCKED = 7   /* another process writes the index                */
} suoyin_status;

typedef struct suoyin_error {
    suoyin_status status;
    int sys;            /* errno of the failing call, or 0                           */
    char where[512];    /* file that it is about, or ""                              */
    char message[512];  /* one clause for people, in English                         */
    char expected[256]; /* a query that cannot be read: what would be right, or ""   */
    size_t expr;        /* likewise: which expression, and the bytes [start, end)    */
    size_t start, end;  /* of it that are wrong; 0 for all other failures            */
} suoyin_error;

/* A run of UTF-8 bytes; not NUL-terminated, and may hold any character. */
typedef struct suoyin_text {
    const char *data;
    size_t len; /* bytes */
} suoyin_text;

/* "0.1.0"; static. */
SUOYIN_API const char *suoyin_version(void);

/* ---- an index ---- */

typedef struct suoyin_index suoyin_index;

/* Opens the index in folder `dir`; to be closed with suoyin_close. Milliseconds at
 * most, whatever its size: files are mapped, not read. IO, DAMAGED, VERSION. */
SUOYIN_API suoyin_status suoyin_open(const char *dir, suoyin_index **out, suoyin_error *err);
/* NULL is a no-op. All queries of it must be closed before. */
SUOYIN_API void suoyin_close(suoyin_index *index);

typedef struct suoyin_field {
    const char *name;  /* as in queries: "unit"                           */
    const char *label; /* as people read it: "责任单位"                   */
    const char *kind;  /* "text", "names", "number", "date" or "keyword"  */
} suoyin_field;

typedef struct suoyin_info {
    uint64_t n_records, n_documents, n_segments;
    uint64_t generation;        /* commits so far                                   */
    int64_t committed_ns;       /* time of the last one, nanoseconds since 1970     */
    const char *icu;            /* version of ICU that it was made with             */
    const suoyin_field *fields; /* fields[n_fields], by number                */
    size_t n_fields;
} suoyin_info;

/* What the index holds; borrowed until it is closed. Never NULL. */
SUOYIN_API const suoyin_info *suoyin_about(const suoyin_index *index);

/* Numbers of what every record has beside its fields. */
#define SUOYIN_FIELD_KEY    0xFFFEu
#define SUOYIN_FIELD_SOURCE 0xFFFDu
#define SUOYIN_FIELD_LINE   0xFFFCu

/* The number of the field that people call `name`, by its name, label or another of
 * its names, key, source and line among them. INPUT if there is none. */
SUOYIN_API suoyin_status suoyin_find_field(const suoyin_index *index, const char *name,
                                           unsigned *field, suoyin_error *err);

/* ---- a query ---- */

typedef struct suoyin_query suoyin_query;

enum {
    SUOYIN_ANY = 1,  /* match records with any of the terms, not all */
    SUOYIN_WORDS = 2 /* bare and quoted terms match whole words only */
};

/* Reads n expressions, n > 0, joined by AND, for asking `index`, which must stay open.
 * To be closed with suoyin_query_close. INPUT and LIMIT with the place. */
SUOYIN_API suoyin_status suoyin_ask(const suoyin_index *index, const char *const *exprs, size_t n,
                                    unsigned flags, suoyin_query **out, suoyin_error *err);
SUOYIN_API void suoyin_query_close(suoyin_query *query); /* NULL is a no-op */

/* A value of a record, as it stood in the document. */
typedef struct suoyin_value {
    unsigned field;   /* its number                       */
    unsigned ordinal; /* which value of its field, from 0 */
    suoyin_text text;
} suoyin_value;

/* A place that matches: bytes [start, end) of a value, of the key or of the source. */
typedef struct suoyin_match {
    unsigned field, ordinal;
    uint32_t start, end;
    int via_group; /* the value is a group that has the name asked for as a member */
} suoyin_match;

typedef struct suoyin_hit {
    suoyin_text key;
    suoyin_text source;         /* path of the document, as it was given to the indexer */
    uint32_t line;              /* of it where the record starts, from 1; 0: it has no lines */
    const suoyin_value *values; /* by field, then in the order of the document */
    size_t n_values;
    const suoyin_match *matches; /* by field, ordinal, start; may overlap */
    size_t n_matches;
    double score; /* after suoyin_best: how well it matches; else 0 */
} suoyin_hit;

/* The next record that matches, in the order of the documents unless another was asked
 * for; *out is NULL behind the last. Borrowed until the next call with this query. A
 * failure is final: every call until suoyin_rewind gives it again. LIMIT when regular
 * expressions take more than ten seconds; the message says what was not searched. */
SUOYIN_API suoyin_status suoyin_next(suoyin_query *query, const suoyin_hit **out,
                                     suoyin_error *err);
/* Counts the records that are left and goes to the end: all that match for a fresh
 * query. Reads no record where lists alone give the answer. */
SUOYIN_API suoyin_status suoyin_count(suoyin_query *query, uint64_t *count, suoyin_error *err);
/* The next call starts from the first record again, in the order asked for last. */
SUOYIN_API suoyin_status suoyin_rewind(suoyin_query *query, suoyin_error *err);

#define SUOYIN_BEST_MAX 1000000

/* From now on the query has its n best records, 1 to SUOYIN_BEST_MAX, best first, and no
 * others; equal ones in the order of the documents. With SUOYIN_ANY its terms may be a
 * question as it is typed. Finds them at once and starts from the first. On failure the
 * query is as it was. INPUT for another n. What a score is: suoyin-query-language(7). */
SUOYIN_API suoyin_status suoyin_best(suoyin_query *query, uint64_t n, suoyin_error *err);
/* From now on the query has all its records in the order of a field's first value that
 * is not empty, the other way if `down`: by number in fields of numbers and dates and in
 * SUOYIN_FIELD_LINE, else by normal form, digits in it by their number. Records without
 * a value come last either way, equal ones in the order of the documents. Finds them at
 * once, with memory for each, and starts from the first. On failure the query is as it
 * was. INPUT if there is no such field. */
SUOYIN_API suoyin_status suoyin_sort(suoyin_query *query, unsigned field, int down,
                                     suoyin_error *err);

typedef struct suoyin_facet {
    suoyin_text value; /* in the spelling met first */
    uint64_t count;    /* records that have it      */
} suoyin_facet;

typedef struct suoyin_facets {
    const suoyin_facet *items; /* the largest count first */
    size_t n;
    uint64_t without; /* records without a value in the field */
} suoyin_facets;

/* Counts the records that are left by the values of a field and goes to the end. A
 * record counts once for each of its values, so the counts are no parts of a sum.
 * *out is borrowed until the query is closed, or this is called again with it. */
SUOYIN_API suoyin_status suoyin_count_by(suoyin_query *query, unsigned field,
                                         const suoyin_facets **out, suoyin_error *err);

/* ---- making an index ---- */

typedef enum suoyin_report_kind {
    SUOYIN_NEWS,     /* worth knowing: declared and found counts differ ...       */
    SUOYIN_REPLACED, /* something was replaced, such as bytes that are not UTF-8  */
    SUOYIN_SKIPPED   /* something was left out                                    */
} suoyin_report_kind;

/* `source` is NULL when it is about the run; `line` 0 when about no line. Called on
 * the thread that builds. All borrowed for the call. */
typedef void suoyin_report_fn(void *ctx, suoyin_report_kind kind, const char *source, uint32_t line,
                              const char *message);

/* All zero: the defaults. */
typedef struct suoyin_build {
    const char *schema;  /* path of a file; NULL: what the index has, else the shipped one */
    const char *aliases; /* path of a file; NULL: what the index has                       */
    const char *const *lexicons; /* paths of n_lexicons files; none: what the index has    */
    size_t n_lexicons;
    unsigned memory_mib;      /* 0: 256                                 */
    unsigned jobs;            /* threads; 0: one per core               */
    int keep_variants;        /* do not fold Traditional to Simplified  */
    int rebuild;              /* drop what the index holds              */
    suoyin_report_fn *report; /* may be NULL                       */
    void *ctx;                /* for it                            */
} suoyin_build;

typedef struct suoyin_summary {
    uint64_t documents, records;             /* read in this run                      */
    uint64_t kept_documents, kept_records;   /* from before                           */
    uint64_t removed_documents;              /* gone from below the paths             */
    uint64_t skipped, replaced;              /* reports of these kinds                */
    uint64_t total_documents, total_records; /* in the index now                      */
} suoyin_summary;

/* Does what `suoyin index` does: reads the documents below the paths that are new or
 * changed and commits an index of them and of what the folder `dir` held. `build` and
 * `summary` may be NULL. On failure the index is as it was. IO, INPUT, LOCKED, LIMIT,
 * DAMAGED, VERSION. */
SUOYIN_API suoyin_status suoyin_index_documents(const char *dir, const char *const *paths,
                                                size_t n_paths, const suoyin_build *build,
                                                suoyin_summary *summary, suoyin_error *err);

#ifdef __cplusplus
}
#endif

#endif
